//! Devices that go, freeze, or change what they give, in the middle of a take: it goes on with what is left, keeps its times,
//! and says what happened. The synthetic devices do it on demand (`docs/SYNTHETIC.md`).

use std::fs;

use onetake::core::journal::Event;
use onetake::core::take::{JOURNAL_FILE, TakeState};
use serde_json::Value;

use super::place::{Film, Place};
use super::report;

const LENGTH: &str = "9";

/// A take of nine seconds with these devices; what it answered and said, and what is in its file.
fn take(camera: &str, microphone: &str) -> (Place, Value, Film, String) {
    let place = Place::new();
    let rolling = place.roll(place.take_with(LENGTH, &["--camera", camera, "--microphone", microphone]));
    let (folder, media) = (rolling.folder.clone(), rolling.media());
    let said = rolling.said();
    let answer = rolling.answer(0);
    let film = Film::read(&media);
    assert_eq!(place.second_take_and_row_of(&folder).state, TakeState::Finished);
    (place, answer, film, said())
}

fn sound_secs(film: &Film) -> f64 {
    film.clicks.last().map_or(0.0, |click| *click as f64 / 1e9)
}

#[test]
fn a_camera_that_is_unplugged_leaves_its_last_picture_and_all_sound() {
    let place = Place::new();
    let rolling = place.roll(place.take_with("60", &["--camera", "synthetic:gone@5", "--microphone", "synthetic"]));
    let (folder, media) = (rolling.folder.clone(), rolling.media());
    super::place::wait_for("the loss in the journal", || {
        fs::read_to_string(folder.join(JOURNAL_FILE)).unwrap().contains("device_lost").then_some(())
    });
    std::thread::sleep(std::time::Duration::from_secs(3));
    rolling.child.signal("-INT");
    let said = rolling.said();
    rolling.answer(0);
    assert!(said().contains("“Synthetic camera” is gone"), "{}", said());
    let film = Film::read(&media);
    let last = film.last();
    assert!(film.pictures.iter().filter(|(number, _)| *number == last).count() > 10, "the last picture stays");
    let shown = film.pictures.last().unwrap().1 as f64 / 1e9;
    assert!(shown > 5.0 && sound_secs(&film) > shown - 1.5, "{shown} {}", sound_secs(&film));
    assert_eq!(place.second_take_and_row_of(&folder).state, TakeState::Finished);
    report::trial("camera unplugged", 0.0, 0.0);
}

#[test]
fn a_camera_that_freezes_comes_back_at_its_time() {
    let (_place, _, film, _) = take("synthetic:frozen@4+2", "synthetic");
    let gap = film.longest_gap_secs();
    assert!((1.9..4.0).contains(&gap), "{gap}");
    let mut new = film.pictures.clone();
    new.dedup_by_key(|(number, _)| *number);
    Film { pictures: new, ..film }.assert_true_times();
    report::trial("camera frozen for 2 s", (gap - 2.1).max(0.0), 0.5);
}

#[test]
fn a_camera_that_changes_its_size_is_recorded_on() {
    let (_place, answer, film, _) = take("synthetic:changed@4", "synthetic");
    assert_eq!(film.unreadable, 0);
    assert!(film.longest_gap_secs() < 1.0, "{}", film.longest_gap_secs());
    assert!(film.pictures.len() as f64 > 0.8 * 9.0 * 30.0, "{answer}");
    film.assert_true_times();
    report::trial("camera changes its size", film.longest_gap_secs() - 1.0 / 30.0, 0.5);
}

#[test]
fn a_microphone_that_is_unplugged_leaves_silence_and_all_pictures() {
    let (_place, answer, film, said) = take("synthetic", "synthetic:gone@4");
    assert!(said.contains("“Synthetic microphone” is gone"), "{said}");
    let journal = fs::read_to_string(answer["journal"].as_str().unwrap()).unwrap();
    assert!(journal.contains("device_lost"), "{journal}");
    assert!(film.longest_gap_secs() < 1.0 && film.unreadable == 0);
    assert!(film.pictures.len() as f64 > 0.8 * 9.0 * 30.0 && sound_secs(&film) < 5.0);
    film.assert_true_times();
    report::trial("microphone unplugged", film.longest_gap_secs() - 1.0 / 30.0, 0.5);
}

#[test]
fn a_microphone_that_changes_its_rate_is_heard_on_at_the_right_time() {
    let (_place, _, film, _) = take("synthetic", "synthetic:changed@4");
    assert!(sound_secs(&film) > 7.0, "{:?}", film.clicks);
    assert!(film.worst_offset_ms() < 40.0, "{} ms", film.worst_offset_ms());
    assert!(film.clicks.windows(2).all(|pair| (pair[1] - pair[0]).abs_diff(1_000_000_000) < 40_000_000), "{:?}", film.clicks);
    report::trial("microphone changes its rate", 0.0, 0.0);
}

/// What the journal says of devices: lost and back, each with its moment in seconds.
fn told(answer: &Value) -> Vec<(String, f64)> {
    let journal = fs::read_to_string(answer["journal"].as_str().unwrap()).unwrap();
    let (entries, _) = onetake::core::journal::read(&journal);
    let told = entries.into_iter().filter_map(|entry| match entry.event {
        Event::DeviceLost { .. } => Some(("lost".to_owned(), entry.t as f64 / 1e9)),
        Event::DeviceBack { .. } => Some(("back".to_owned(), entry.t as f64 / 1e9)),
        _ => None,
    });
    told.collect()
}

#[test]
fn a_camera_that_is_plugged_in_again_is_recorded_on() {
    let (_place, answer, film, _) = take("synthetic:gone@4+1", "synthetic");
    let told = told(&answer);
    assert_eq!(told.iter().map(|(what, _)| what.as_str()).collect::<Vec<_>>(), ["lost", "back"], "{told:?}");
    let back = told[1].1;
    let mut new = film.pictures.clone();
    new.dedup_by_key(|(number, _)| *number);
    let after = new.iter().filter(|(_, time)| *time as f64 / 1e9 > back).count();
    assert!(after > 10, "{after} new pictures after it came back at {back} s");
    assert_eq!(film.unreadable, 0);
    // Its pictures are where their numbers say, before and after.
    let gap = film.longest_gap_secs();
    Film { pictures: new, ..film }.assert_true_times();
    report::trial("camera unplugged and plugged in again", gap - (back - told[0].1) - 0.1, 0.5);
}

#[test]
fn a_microphone_that_is_plugged_in_again_is_heard_on() {
    let (_place, answer, film, _) = take("synthetic", "synthetic:gone@4+1");
    let told = told(&answer);
    assert_eq!(told.iter().map(|(what, _)| what.as_str()).collect::<Vec<_>>(), ["lost", "back"], "{told:?}");
    let back = told[1].1;
    assert!(sound_secs(&film) > back, "the last click at {} s, back at {back} s", sound_secs(&film));
    assert!(film.longest_gap_secs() < 1.0, "the camera was not disturbed: {}", film.longest_gap_secs());
    assert!(film.worst_offset_ms() < 40.0, "{} ms", film.worst_offset_ms());
    film.assert_true_times();
}
