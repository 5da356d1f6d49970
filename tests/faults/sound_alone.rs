//! A take without a camera, by the real binary: it is listed as one of sound alone, and a kill costs no more than elsewhere.

use std::time::Duration;

use onetake::core::journal;
use onetake::core::take::{JOURNAL_FILE, TakeState};
use onetake::core::time::SECOND;

use super::place::{self, Film, Place};
use super::report;

const DEVICES: [&str; 4] = ["--camera", "none", "--microphone", "synthetic"];

/// What a kill may cost.
const KILL_NANOS: u64 = 250_000_000;

#[test]
fn sound_alone_makes_a_take() {
    let place = Place::new();
    let rolling = place.roll(place.take_with("3", &DEVICES));
    let (media, folder) = (rolling.media(), rolling.folder.clone());
    let answer = rolling.answer(0);
    assert_eq!((answer["width"].as_u64(), answer["frames"].as_u64(), answer["dropped"].as_u64()), (Some(0), Some(0), Some(0)));
    let seconds = answer["seconds"].as_f64().unwrap();
    assert!((2.9..3.2).contains(&seconds), "{answer}");
    let (entries, _) = journal::read(&std::fs::read_to_string(folder.join(JOURNAL_FILE)).unwrap());
    assert!(journal::opened(&entries).is_some_and(|opened| opened.video.is_none() && opened.audio.is_some()));
    let film = Film::read(&media);
    assert!(film.pictures.is_empty() && film.clicks.len() >= 2, "{film:?}");
    for pair in film.clicks.windows(2) {
        assert!((pair[1] - pair[0]).abs_diff(SECOND) < 10_000_000, "{:?}", film.clicks);
    }
    assert!(place.row_of(&folder).is_sound());
}

#[test]
fn a_kill_leaves_the_sound() {
    let place = Place::new();
    let rolling = place.roll(place.take_with("60", &DEVICES));
    let (media, folder) = (rolling.media(), rolling.folder.clone());
    std::thread::sleep(Duration::from_millis(2_500));
    rolling.kill();
    let row = place.second_take_and_row_of(&folder);
    assert_eq!((row.state, row.frames), (TakeState::Interrupted, 0), "{row:?}");
    // It began before the journal's line was seen; so it has at least what went by since, but what was lost.
    assert!(row.nanos + KILL_NANOS > 2_000_000_000, "{row:?}");
    let survey = onetake::media::repair::survey(&media, None).unwrap();
    assert!(survey.indexed, "{survey:?}");
    assert!(Film::read(&media).clicks.len() >= 2);
    assert!(place::take_folders(&place.data).len() == 2);
    report::trial("kill -9 of a take of sound alone", 0.0, 0.25);
}
