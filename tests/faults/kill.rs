//! `kill -9` at random moments. By promise P4 it costs at most a quarter of a second; a machine that is busy with other things
//! may deliver pictures late, which here counts as lost, so a short run asks for less.

use std::path::Path;
use std::time::Duration;

use onetake::core::time::Moment;

use super::place::{Film, Place, assert_recovered};
use super::report;

pub const PROMISE_SECS: f64 = 0.25;
const MOST_SECS: f64 = 1.5;

#[test]
fn a_kill_at_any_moment_costs_a_quarter_of_a_second() {
    report::several(report::rounds("ONETAKE_KILLS", 3, 200), |_| {
        let place = Place::new();
        let rolling = place.rolling("60");
        let (media, folder, start) = (rolling.media(), rolling.folder.clone(), rolling.camera_start());
        // Beyond the first place that the journal names as safe, in one of three.
        std::thread::sleep(Duration::from_secs_f64(report::chance() * 8.0));
        let said = rolling.said();
        let moment = rolling.kill();
        check(&place, &media, &folder, start, moment, &said());
    });
}

fn check(place: &Place, media: &Path, folder: &Path, start: Moment, moment: Moment, said: &str) {
    let before = Film::read(media);
    let row = place.second_take_and_row_of(folder);
    let film = Film::read(media);
    assert_eq!(film.pictures, before.pictures, "mending changes no picture");
    assert_recovered(&row, &film);
    assert_eq!(film.unreadable, 0);
    film.assert_true_times();
    let lost = film.lost_before(moment, start);
    report::trial("kill -9, from the moment of the kill", lost, PROMISE_SECS);
    report::trial("kill -9, from the last picture delivered", film.lost_of_delivered(said), PROMISE_SECS);
    // At length the table judges, by the promise itself.
    assert!(lost < MOST_SECS || report::at_length(), "{lost} s");
}
