//! Pause and resume of the real binary: the file has no gap, what follows the pause stays in sync, and a pause protects a take
//! no worse than anything else.

use std::time::Duration;

use onetake::core::journal::{self, Entry, Event};
use onetake::core::take::JOURNAL_FILE;

use super::place::{self, Film, Place, RATE, Rolling};
use super::report;

/// What of the newest pictures a kill may cost, in nanoseconds.
const KILL_NANOS: u64 = 250_000_000;

/// Pictures that a busy machine may drop on both sides of a joint.
const JOINT_NANOS: u64 = 500_000_000;

fn entries(rolling: &Rolling) -> Vec<Entry> {
    journal::read(&std::fs::read_to_string(rolling.folder.join(JOURNAL_FILE)).unwrap()).0
}

/// Asks the take to pause or go on, and waits until its journal says so.
fn turn(rolling: &Rolling, wanted: fn(&Event) -> bool) -> Entry {
    let before = entries(rolling).iter().filter(|entry| wanted(&entry.event)).count();
    rolling.child.signal("-USR1");
    place::wait_for("the journal's line", || entries(rolling).into_iter().filter(|entry| wanted(&entry.event)).nth(before))
}

fn is_pause(event: &Event) -> bool {
    matches!(event, Event::Paused)
}

fn is_resume(event: &Event) -> bool {
    matches!(event, Event::Resumed { .. })
}

#[test]
fn a_pause_leaves_no_gap_and_no_drift() {
    let place = Place::new();
    let rolling = place.rolling("7");
    std::thread::sleep(Duration::from_millis(1_700));
    let paused = turn(&rolling, is_pause);
    std::thread::sleep(Duration::from_millis(2_300));
    let resumed = turn(&rolling, is_resume);
    let Event::Resumed { after } = resumed.event else { panic!("{resumed:?}") };
    assert_eq!(resumed.t, paused.t, "the take's clock stood");
    assert!(after > 2_000_000_000, "{after}");
    let (media, folder) = (rolling.media(), rolling.folder.clone());
    let answer = rolling.answer(0);
    let seconds = answer["seconds"].as_f64().unwrap();
    assert!((seconds - 7.0).abs() < 0.3, "the limit counts the take, not the pause: {answer}");

    let film = Film::read(&media);
    let (first, zero) = film.pictures[0];
    let joint =
        film.pictures.iter().position(|(_, time)| *time + 2_000_000 >= paused.t + zero).expect("pictures after the pause");
    for (at, (number, time)) in film.pictures.iter().enumerate() {
        let left_out = if at < joint { 0 } else { after };
        let due = (RATE.frame_start(*number) - RATE.frame_start(first) + zero).saturating_sub(left_out);
        // A picture that stands in for one that is late is only later.
        assert!(
            due.abs_diff(*time) < 2_000_000 || at > 0 && film.pictures[at - 1].0 == *number,
            "picture {number} at {time}, due {due}"
        );
    }
    let jumped = film.pictures[joint].0 - film.pictures[joint - 1].0;
    assert!(RATE.frame_start(jumped) + JOINT_NANOS > after, "{jumped} pictures are left out");
    let apart = film.pictures[joint].1 - film.pictures[joint - 1].1;
    assert!(apart < JOINT_NANOS, "{apart} ns between the pictures at the joint");
    assert!(film.flashes.iter().any(|flash| *flash > film.pictures[joint].1), "there is a flash after it");
    assert!(film.worst_offset_ms() < 40.0, "{} ms", film.worst_offset_ms());
    let row = place.row_of(&folder);
    assert!(row.scenes.iter().all(|mark| mark.start <= mark.end && mark.end <= row.nanos), "{row:?}");
    report::trial("paused for a while", 0.0, 0.25);
}

#[test]
fn a_take_that_is_killed_in_a_pause_is_whole() {
    let place = Place::new();
    let rolling = place.rolling("60");
    std::thread::sleep(Duration::from_millis(1_500));
    let paused = turn(&rolling, is_pause);
    std::thread::sleep(Duration::from_millis(1_000));
    let (media, folder) = (rolling.media(), rolling.folder.clone());
    rolling.kill();
    let row = place.second_take_and_row_of(&folder);
    let film = Film::read(&media);
    place::assert_recovered(&row, &film);
    let lost = paused.t.saturating_sub(row.nanos);
    assert!(lost <= KILL_NANOS, "{lost} ns before the pause are lost");
    report::trial("kill -9 in a pause", lost as f64 / 1e9, 0.25);
}
