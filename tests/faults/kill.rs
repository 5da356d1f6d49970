//! `kill -9` at random moments. By promise P4 it costs at most a quarter of a second; a machine that is busy with other things
//! may deliver pictures late, which here counts as lost, so a short run asks for less.

use std::time::Duration;

use onetake::core::take::{Take, TakeState};

use super::place::{Film, Place, assert_recovered};
use super::report;

pub const PROMISE_SECS: f64 = 0.25;
const MOST_SECS: f64 = 1.5;

#[test]
fn a_kill_at_any_moment_costs_a_quarter_of_a_second() {
    report::several(report::rounds("ONETAKE_KILLS", 3, 200), |round| {
        let place = Place::new();
        let rolling = place.rolling("60");
        let noticed = onetake::clock::now();
        let (media, folder, start) = (rolling.media(), rolling.folder.clone(), rolling.camera_start());
        // One in six lies beyond the first place that the journal names as safe.
        std::thread::sleep(Duration::from_secs_f64(report::chance() * 6.0));
        let said = rolling.said();
        let moment = rolling.kill();
        // Decoding takes longer than all else, so that mending changes no picture is not looked at every time.
        let before = (round % 8 == 0).then(|| Film::find(&media)).flatten();
        let row = place.second_take_and_row_of(&folder);
        assert_eq!(row.state, TakeState::Interrupted);
        let (since_kill, of_delivered) = match Film::find(&media) {
            Some(film) => {
                assert!(before.is_none_or(|before| film.pictures == before.pictures), "mending changes no picture");
                check(&row, &film);
                (film.lost_before(moment, start), film.lost_of_delivered(&said()))
            }
            // Killed before the encoder had given its first picture.
            None => (moment.since(noticed) as f64 / 1e9, moment.since(noticed) as f64 / 1e9),
        };
        report::trial("kill -9, from the moment of the kill", since_kill, PROMISE_SECS);
        report::trial("kill -9, from the last picture delivered", of_delivered, PROMISE_SECS);
        // At length the table judges, by the promise itself.
        assert!(since_kill < MOST_SECS || report::at_length(), "{since_kill} s");
    });
}

fn check(row: &Take, film: &Film) {
    assert_recovered(row, film);
    assert_eq!(film.unreadable, 0);
    film.assert_true_times();
}
