//! When a take broke off, and whether it is kept, from its folder alone.

use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::super::rescue::{Interruption, interruption, keep};
use super::super::takes::{self, read_take_folder};
use super::data;
use super::takes::opened;
use crate::core::journal::{self, Event};
use crate::core::take::{JOURNAL_FILE, Take};

/// A take that began at `started_at` and was last written to `ago` seconds before now; its folder goes with the first part.
fn broken(started_at: &str, ago: u64) -> (tempfile::TempDir, Take) {
    let (folder, data) = data();
    let opened = journal::Opened { started_at: started_at.into(), ..opened("01") };
    let made = takes::create(&data, &opened).unwrap();
    fs::write(&made.media, [1; 100]).unwrap();
    for path in [&made.media, &made.journal] {
        File::options().append(true).open(path).unwrap().set_modified(SystemTime::now() - Duration::from_secs(ago)).unwrap();
    }
    (folder, read_take_folder(&made.folder).unwrap())
}

fn secs_ago(found: &Interruption) -> i64 {
    jiff::Timestamp::now().as_second() - found.at.parse::<jiff::Timestamp>().unwrap().as_second()
}

#[test]
fn the_last_writing_tells_when_a_take_broke_off_and_is_written_down() {
    let (_folder, take) = broken("2026-01-01T10:00:00.000Z", 5000);
    let found = interruption(&take).unwrap();
    assert!((4990..5100).contains(&secs_ago(&found)) && !found.kept, "{found:?}");
    // What mends the file comes later and is no sign of life.
    fs::write(&take.media, [2; 200]).unwrap();
    assert_eq!(interruption(&take).unwrap(), found);
    let text = fs::read_to_string(Path::new(&take.folder).join(JOURNAL_FILE)).unwrap();
    let (entries, skipped) = journal::read(&text);
    let told = entries.iter().filter(|entry| matches!(entry.event, Event::Interrupted { .. })).count();
    assert_eq!((told, skipped), (1, 0), "{text}");
    assert_eq!(read_take_folder(Path::new(&take.folder)).unwrap().nanos, take.nanos, "it makes no take longer");
}

#[test]
fn a_time_outside_the_take_is_not_believed() {
    // The wall clock was set back after the start, or the files' times are lost.
    let (_folder, take) = broken("2026-01-01T10:00:00.000Z", 40 * 365 * 86_400);
    assert_eq!(interruption(&take).unwrap().at, "2026-01-01T10:00:00.000Z");
    let (_folder, take) = broken("2999-01-01T10:00:00.000Z", 5);
    let take = Take { nanos: 61_000_000_000, ..take };
    assert_eq!(interruption(&take).unwrap().at, "2999-01-01T10:01:01.000Z");
    let (_folder, take) = broken("some time ago", 500);
    assert!((490..600).contains(&secs_ago(&interruption(&take).unwrap())));
}

#[test]
fn a_journal_with_a_rubbish_time_or_a_torn_line_still_answers() {
    let (_folder, take) = broken("2026-01-01T10:00:00.000Z", 500);
    let path = Path::new(&take.folder).join(JOURNAL_FILE);
    let mut text = fs::read_to_string(&path).unwrap();
    text.push_str("{\"t\":0,\"event\":\"interrupted\",\"at\":\"soon\"}\n{\"t\":1,\"ev");
    fs::write(&path, text).unwrap();
    assert!(secs_ago(&interruption(&take).unwrap()) < 100);
    keep(&take).unwrap();
    assert!(interruption(&take).unwrap().kept);
}

#[test]
fn a_take_is_kept_once_and_a_lost_journal_stays_lost() {
    let (_folder, take) = broken("2026-01-01T10:00:00.000Z", 5);
    let path = Path::new(&take.folder).join(JOURNAL_FILE);
    keep(&take).unwrap();
    let once = fs::read_to_string(&path).unwrap();
    keep(&take).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), once);
    fs::remove_file(&path).unwrap();
    assert!(keep(&take).is_err() && interruption(&take).is_err() && !path.exists());
}
