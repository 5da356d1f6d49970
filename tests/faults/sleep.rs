//! The process stopped and continued, as a machine's sleep does it: the take goes on, with a gap that is as long as the sleep,
//! and everything after it at its true time.

use std::time::Duration;

use super::place::{Film, Place};
use super::report;

#[test]
fn a_take_goes_on_after_a_sleep() {
    let sleep = if report::at_length() { 20.0 } else { 3.0 };
    report::several(report::rounds("ONETAKE_SLEEPS", 1, 3), |_| {
        let place = Place::new();
        let rolling = place.rolling(&format!("{}", sleep + 6.0));
        let (media, folder) = (rolling.media(), rolling.folder.clone());
        std::thread::sleep(Duration::from_secs(2));
        rolling.child.signal("-STOP");
        std::thread::sleep(Duration::from_secs_f64(sleep));
        rolling.child.signal("-CONT");
        rolling.answer(0);
        let film = Film::read(&media);
        film.assert_true_times();
        let gap = film.longest_gap_secs();
        assert!(gap > sleep - 0.5, "{gap} s");
        let (first, last) = (film.pictures[0].0, film.last());
        let length = (last - first) as f64 / 30.0;
        assert!(length > sleep + 4.0, "the take ended after {length} s");
        assert!(film.worst_offset_ms() < 40.0, "{} ms", film.worst_offset_ms());
        place.second_take_and_row_of(&folder);
        report::trial("stopped for a while (SIGSTOP)", (gap - sleep).max(0.0), 0.5);
    });
}
