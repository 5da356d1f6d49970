//! Two studios on one data folder: the window keeps to itself, commands work side by side, and nobody takes a running take for
//! one that was interrupted.

use std::fs;

use onetake::core::take::TakeState;
use onetake::jobs::house::{Claim, House};

use super::place::{Film, Place, answered};
use super::report;

#[test]
fn two_takes_at_once_leave_each_other_alone() {
    report::several(report::rounds("ONETAKE_PAIRS", 1, 5), |_| {
        let place = Place::new();
        let first = place.rolling("60");
        let (folder, media) = (first.folder.clone(), first.media());
        let size = fs::metadata(&media).unwrap().len();
        // The other one looks through all folders at its start and its end.
        for _ in 0..2 {
            answered(&place.take("1").output().unwrap(), 0);
        }
        assert_eq!(place.row_of(&folder).state, TakeState::Recording);
        assert!(fs::metadata(&media).unwrap().len() > size, "it went on");
        first.child.signal("-INT");
        first.answer(0);
        let row = place.second_take_and_row_of(&folder);
        let film = Film::read(&media);
        assert_eq!((row.state, row.frames), (TakeState::Finished, film.pictures.len() as u64));
        assert_eq!(film.unreadable, 0);
        let mut numbers: Vec<u32> = place.library().all_takes().unwrap().iter().map(|take| take.number).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, [1, 2, 3, 4]);
        report::trial("two studios on one folder", 0.0, 0.0);
    });
}

#[test]
fn a_second_window_is_refused_and_told_who_has_the_folder() {
    let place = Place::new();
    let first = House::open(Some(&place.data), Claim::Alone).unwrap();
    let refused = House::open(Some(&place.data), Claim::Alone).map(drop).unwrap_err();
    assert!(refused.what.contains(&std::process::id().to_string()), "{refused}");
    drop(first);
    House::open(Some(&place.data), Claim::Alone).unwrap();
}
