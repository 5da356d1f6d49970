//! Take folders read back from their journals, whole, torn or damaged, and the bin.

use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::super::journal::JournalWriter;
use super::super::layout::DataFolder;
use super::super::{Error, takes};
use super::data;
use crate::core::frame::{AudioFormat, Matrix, Pixels, VideoFormat};
use crate::core::journal::{Entry, Event, Opened, VERSION, line};
use crate::core::span::{Span, Verdict};
use crate::core::take::{Checkpoint, JOURNAL_FILE, SCREEN_FILE, SceneMark, ScreenTrack, Take, TakeId, TakeState};
use crate::core::time::{Rate, SECOND};

pub(super) fn opened(id: &str) -> Opened {
    Opened {
        version: VERSION,
        take: TakeId(id.into()),
        project: "why-we-write".into(),
        number: 3,
        title: "Why we write".into(),
        started_at: "2026-11-20T12:00:00.000Z".into(),
        camera: "Synthetic".into(),
        microphone: None,
        video: Some(VideoFormat {
            width: 1280,
            height: 720,
            rate: Rate { num: 30_000, den: 1_001 },
            pixels: Pixels::Nv12,
            matrix: Matrix::Bt709,
            full_range: false,
        }),
        audio: Some(AudioFormat { sample_rate: 48_000, channels: 1 }),
        profile: "x264".into(),
        script: "# Opening\nWords – なぜ.\n".into(),
    }
}

/// What a whole take's journal holds after its opening line.
fn events() -> Vec<Entry> {
    let entered = |t, scene, heading: &str| Entry { t, event: Event::SceneEntered { scene, heading: heading.into() } };
    vec![
        Entry { t: 0, event: Event::Rolling },
        entered(0, 0, "Opening"),
        Entry { t: 4 * SECOND, event: Event::Dropped { frames: 2 } },
        entered(5 * SECOND, 1, "なぜ"),
        Entry { t: 9 * SECOND, event: Event::Dropped { frames: 3 } },
        Entry { t: 10 * SECOND, event: Event::Stopped { nanos: 10 * SECOND, frames: 295, dropped: 5, bytes: 9 } },
    ]
}

/// Records a take's folder: journal through the real writer, media as bytes.
fn record(data: &DataFolder, id: &str, events: &[Entry]) -> Take {
    let made = takes::create(data, &opened(id)).unwrap();
    assert!(!made.media.exists());
    fs::write(&made.media, b"nine byte").unwrap();
    let writer = JournalWriter::open(&made.journal).unwrap();
    events.iter().for_each(|entry| assert!(writer.append(entry.clone())));
    writer.close().unwrap();
    takes::read_take_folder(&made.folder).unwrap()
}

#[test]
fn a_folder_tells_every_script_that_was_prompted() {
    let (_folder, data) = data();
    let edited = |t, script: &str| Entry { t, event: Event::Edited { script: script.into() } };
    let take = record(&data, "0193-a", &[edited(1, "## Two\n"), edited(2, "")]);
    assert_eq!(takes::scripts(Path::new(&take.folder)).unwrap(), [opened("0193-a").script, "## Two\n".into(), String::new()]);
    fs::remove_file(data.takes().join("0193-a/journal.jsonl")).unwrap();
    assert!(matches!(takes::scripts(Path::new(&take.folder)), Err(Error::Journal { .. })));
}

#[test]
fn a_folder_tells_its_whole_take() {
    let (_folder, data) = data();
    let take = record(&data, "0193-a", &events());
    let folder = data.takes().join("0193-a");
    let expected = Take {
        id: TakeId("0193-a".into()),
        project: "why-we-write".into(),
        number: 3,
        title: "Why we write".into(),
        folder: folder.to_str().unwrap().into(),
        media: folder.join("take.mkv").to_str().unwrap().into(),
        started_at: "2026-11-20T12:00:00.000Z".into(),
        state: TakeState::Finished,
        nanos: 10 * SECOND,
        frames: 295,
        dropped: 5,
        width: 1280,
        height: 720,
        rate: Rate { num: 30_000, den: 1_001 },
        bytes: 9,
        scenes: vec![
            SceneMark { scene: 0, heading: "Opening".into(), start: 0, end: 5 * SECOND },
            SceneMark { scene: 1, heading: "なぜ".into(), start: 5 * SECOND, end: 10 * SECOND },
        ],
        spans: vec![Span { start: 0, end: 10 * SECOND, verdict: Verdict::Kept }],
        screen: None,
    };
    assert_eq!(take, expected);
}

#[test]
fn the_screen_is_told_by_the_journal_and_found_without_it() {
    let (_folder, data) = data();
    let stopped = Event::ScreenStopped { nanos: 9 * SECOND, frames: 90, dropped: 0, bytes: 6 };
    let screen = |file: &str| Event::Screen { file: file.into(), offset: 32_000_000 };
    let entry = |event: Event| Entry { t: 0, event };
    let of = |id: &str, file: &str, told: Vec<Event>| {
        let made = takes::create(&data, &opened(id)).unwrap();
        fs::write(made.folder.join(file), b"screen").unwrap();
        let writer = JournalWriter::open(&made.journal).unwrap();
        told.into_iter().for_each(|event| assert!(writer.append(entry(event))));
        writer.close().unwrap();
        takes::read_take_folder(&made.folder).unwrap().screen
    };
    let track = |offset, nanos| Some(ScreenTrack { file: SCREEN_FILE.into(), offset, nanos, bytes: 6 });
    assert_eq!(of("0193-a", SCREEN_FILE, vec![screen(SCREEN_FILE), stopped]), track(32_000_000, 9 * SECOND));
    assert_eq!(of("0193-b", SCREEN_FILE, vec![screen(SCREEN_FILE)]), track(32_000_000, 0), "not closed");
    assert_eq!(of("0193-c", SCREEN_FILE, vec![]), track(0, 0), "killed before the journal knew");
    assert_eq!(of("0193-d", "other", vec![screen("../../library.db")]), None, "a name from outside stays inside");
    assert_eq!(of("0193-e", "other", vec![screen(SCREEN_FILE)]), None, "the file is gone");
    let safe = Event::ScreenSafe { bytes: 5, frames: 2, nanos: 7 };
    of("0193-f", SCREEN_FILE, vec![screen(SCREEN_FILE), safe]);
    let found = takes::screen_checkpoint(&data.takes().join("0193-f")).unwrap();
    assert_eq!(found, Some(Checkpoint { bytes: 5, frames: 2, nanos: 7 }));
}

#[test]
fn what_was_read_again_is_rejected_until_somebody_keeps_it() {
    let (_folder, data) = data();
    let mut told = events();
    let again = |from: u64, t: u64| Entry { t: t * SECOND, event: Event::Again { from: from * SECOND, scene: 0, line: 0 } };
    told.splice(5..5, [again(2, 4), again(7, 9)]);
    for (id, told) in [("0193-a", &told[..]), ("0193-b", &told[..7])] {
        let take = record(&data, id, told);
        let verdicts = |spans: &[Span]| spans.iter().map(|span| span.verdict).collect::<Vec<_>>();
        assert_eq!(take.agains(), 2);
        let [_, first, ..] = take.spans[..] else { panic!("{:?}", take.spans) };
        assert_eq!((first.start, first.end, first.verdict), (2 * SECOND, 4 * SECOND, Verdict::Rejected));
        let judged = takes::judge(&take, first.start, first.end, true).unwrap();
        assert_eq!(verdicts(&judged)[..2], [Verdict::Kept, Verdict::Restored]);
        let read = takes::read_take_folder(Path::new(&take.folder)).unwrap();
        assert_eq!((&read.spans, read.state, read.nanos), (&judged, take.state, take.nanos), "it is so after a restart");
        let back = takes::judge(&take, first.start, first.end, false).unwrap();
        assert_eq!(back, take.spans);
    }
    let running = Take { state: TakeState::Recording, ..record(&data, "0193-c", &told) };
    assert!(matches!(takes::judge(&running, 0, 1, true), Err(Error::StillRecording(_))));
    fs::remove_file(Path::new(&running.folder).join(JOURNAL_FILE)).unwrap();
    assert!(takes::judge(&Take { state: TakeState::Finished, ..running.clone() }, 0, 1, true).is_err());
    assert!(!Path::new(&running.folder).join(JOURNAL_FILE).exists());
}

#[test]
fn a_take_that_was_cut_off_is_interrupted_and_kept() {
    let (_folder, data) = data();
    let whole = events();
    let take = record(&data, "0193-a", &whole[..5]);
    assert_eq!((take.state, take.nanos, take.dropped, take.bytes), (TakeState::Interrupted, 9 * SECOND, 5, 9));
    assert_eq!(take.scenes.last().unwrap().end, 9 * SECOND);
    // Died before the first frame: only the opening line is there.
    let made = takes::create(&data, &opened("0193-b")).unwrap();
    let take = takes::read_take_folder(&made.folder).unwrap();
    assert_eq!((take.state, take.nanos, take.bytes), (TakeState::Interrupted, 0, 0));
    assert_eq!(take.scenes, []);
}

#[test]
fn folders_are_listed_and_other_things_passed_over() {
    let (_folder, data) = data();
    for id in ["0193-b", "0193-a"] {
        takes::create(&data, &opened(id)).unwrap();
    }
    fs::write(data.takes().join("note.txt"), "").unwrap();
    fs::create_dir(data.takes().join(".Trash-0")).unwrap();
    assert_eq!(takes::list(&data).unwrap(), ["0193-a", "0193-b"].map(|id| data.takes().join(id)));
    assert!(matches!(takes::create(&data, &opened("0193-a")), Err(Error::Exists(_))));
    for bad in ["", "..", "../bin", "a/b", "/tmp/x"] {
        assert!(matches!(takes::create(&data, &opened(bad)), Err(Error::Name(_))), "{bad:?}");
    }
}

#[test]
fn a_journal_that_cannot_be_used_says_why() {
    let (_folder, data) = data();
    let folder = data.takes().join("0193-a");
    let told = |folder: &Path| match takes::read_take_folder(folder).unwrap_err() {
        Error::Journal { detail, .. } => detail,
        other => panic!("{other}"),
    };
    assert!(matches!(takes::read_take_folder(&folder), Err(Error::NotFound(_))));
    fs::create_dir(&folder).unwrap();
    assert!(told(&folder).contains("No such file"));
    fs::write(folder.join(JOURNAL_FILE), "").unwrap();
    assert!(told(&folder).contains("no opening line"));
    let newer = Opened { version: VERSION + 1, ..opened("0193-a") };
    fs::write(folder.join(JOURNAL_FILE), line(&Entry { t: 0, event: Event::Opened(Box::new(newer)) })).unwrap();
    assert!(told(&folder).contains("newer"));
}

#[test]
fn the_bin_takes_gives_back_and_empties_by_age() {
    let (_folder, data) = data();
    let [old, new] = ["0193-a", "0193-b"].map(|id| record(&data, id, &events()));
    let binned = takes::move_to_bin(&data, &old, "2026-10-01T00:00:00.000Z").unwrap();
    assert_eq!(binned.folder, data.bin().join("0193-a").to_str().unwrap());
    assert_eq!(takes::read_take_folder(Path::new(&binned.folder)).unwrap(), binned);
    assert_eq!(takes::list(&data).unwrap(), [data.takes().join("0193-b")]);
    assert_eq!(takes::binned_at(&data.bin().join("0193-a")).as_deref(), Some("2026-10-01T00:00:00.000Z"));

    assert_eq!(takes::restore(&data, &binned).unwrap(), old);
    assert_eq!(takes::read_take_folder(Path::new(&old.folder)).unwrap(), old);
    assert_eq!(fs::read_dir(&old.folder).unwrap().count(), 2, "the date does not come back with it");

    takes::move_to_bin(&data, &old, "2026-10-01T00:00:00.000Z").unwrap();
    takes::move_to_bin(&data, &new, "2026-11-01T00:00:00.000Z").unwrap();
    let days = |now| takes::empty_bin_older_than(&data, 30, now, |_| false).unwrap();
    assert_eq!(days("2026-10-31T00:00:00.000Z"), [], "30 days and not more");
    assert_eq!(days("2026-10-31T00:00:01.000Z"), [old.id]);
    assert_eq!(takes::list_bin(&data).unwrap(), [data.bin().join("0193-b")]);
    // Without its date a folder is given one, not deleted.
    fs::remove_file(data.bin().join("0193-b/binned_at")).unwrap();
    assert_eq!(days("2027-01-01T00:00:00.000Z"), []);
    assert_eq!(days("2027-01-31T00:00:00.000Z"), []);
    let used = takes::empty_bin_older_than(&data, 30, "2027-01-31T00:00:01.000Z", |id| *id == new.id).unwrap();
    assert_eq!(used, [], "what is used stays");
    assert_eq!(days("2027-01-31T00:00:01.000Z"), [new.id]);
    assert_eq!(fs::read_dir(data.bin()).unwrap().count(), 0);
    assert!(matches!(takes::empty_bin_older_than(&data, 30, "yesterday", |_| false), Err(Error::Time(_))));
}

#[test]
fn moves_that_would_lose_something_are_refused() {
    let (_folder, data) = data();
    let take = record(&data, "0193-a", &events());
    let rolling = Take { state: TakeState::Recording, ..take.clone() };
    assert!(matches!(takes::move_to_bin(&data, &rolling, "2026-10-01T00:00:00Z"), Err(Error::StillRecording(_))));
    takes::move_to_bin(&data, &take, "2026-10-01T00:00:00Z").unwrap();
    let other = record(&data, "0193-a", &events()[..2]);
    assert!(matches!(takes::restore(&data, &take), Err(Error::Exists(_))));
    assert!(matches!(takes::move_to_bin(&data, &other, "2026-10-01T00:00:00Z"), Err(Error::Exists(_))));
    assert_eq!(takes::read_take_folder(Path::new(&other.folder)).unwrap(), other);
    assert!(matches!(takes::move_to_bin(&data, &other, "yesterday"), Err(Error::Time(_))));
    let gone = Take { id: TakeId("0193-c".into()), ..take };
    assert!(matches!(takes::move_to_bin(&data, &gone, "2026-10-01T00:00:00Z"), Err(Error::NotFound(_))));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// A crash may end the journal after any byte: everything before the torn line counts.
    #[test]
    fn a_journal_cut_anywhere_gives_what_it_held(place in any::<prop::sample::Index>(), rubbish in prop::collection::vec(any::<u8>(), 0..40)) {
        let (_folder, data) = data();
        let made = takes::create(&data, &opened("0193-a")).unwrap();
        let lines: Vec<String> = std::iter::once(Entry { t: 0, event: Event::Opened(Box::new(opened("0193-a"))) })
            .chain(events())
            .map(|entry| line(&entry))
            .collect();
        let whole = lines.concat().into_bytes();
        let cut = place.index(whole.len() + 1);
        let mut bytes = whole[..cut].to_vec();
        // After a power cut, a tail of zeros or of another file's bytes; never text that makes a line of its own.
        bytes.extend(rubbish.into_iter().map(|byte| if byte.is_ascii_whitespace() { 0 } else { byte }));
        let clean = bytes.len() == cut;
        fs::write(&made.journal, &bytes).unwrap();
        // A line counts when it is all there, with its end unless nothing follows.
        let mut end = 0;
        let kept = lines.iter().take_while(|line| { end += line.len(); end <= cut || (clean && end - 1 == cut) }).count();
        match takes::read_take_folder(&made.folder) {
            Err(Error::Journal { .. }) => prop_assert_eq!(kept, 0),
            Err(other) => prop_assert!(false, "{}", other),
            Ok(take) => {
                prop_assert!(kept >= 1);
                prop_assert_eq!(take.state, if kept == lines.len() { TakeState::Finished } else { TakeState::Interrupted });
                let nanos = events().iter().take(kept - 1).map(|entry| entry.t).max().unwrap_or(0);
                prop_assert_eq!(take.nanos, nanos);
            }
        }
    }

    #[test]
    fn no_journal_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), text in "(\\{\"t\":[0-9]{1,22},\"event\":\"[a-z_]{0,12}\"\\}\n){0,6}") {
        let (_folder, data) = data();
        let made = takes::create(&data, &opened("0193-a")).unwrap();
        let opening = fs::read(&made.journal).unwrap();
        for journal in [&bytes[..], &[&opening[..], text.as_bytes(), &bytes[..]].concat()[..]] {
            fs::write(&made.journal, journal).unwrap();
            if let Ok(take) = takes::read_take_folder(&made.folder) {
                prop_assert_eq!(take.id.0, "0193-a");
            }
        }
    }
}
