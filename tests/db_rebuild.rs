//! The promise behind the library: a take's folder explains itself, so a lost database is made again from the folders, row
//! for row.

use std::fs;
use std::path::Path;

use onetake::blobs::journal::JournalWriter;
use onetake::blobs::layout::DataFolder;
use onetake::blobs::takes;
use onetake::core::frame::{Matrix, Pixels, VideoFormat};
use onetake::core::journal::{Entry, Event, Opened, VERSION};
use onetake::core::take::{Take, TakeId, TakeState};
use onetake::core::time::{Rate, SECOND};
use onetake::db::Db;
use proptest::prelude::*;

/// What a recording is made of, as far as its row goes.
#[derive(Clone, Debug)]
struct Recorded {
    title: String,
    number: u32,
    bytes: usize,
    /// Stretches that were read again, in nanoseconds.
    agains: Vec<(u64, u64)>,
    scenes: Vec<(u64, String)>,
    dropped: u64,
    stopped: bool,
    binned: bool,
}

fn recorded() -> impl Strategy<Value = Recorded> {
    let scenes = prop::collection::vec((0..60 * SECOND, "\\PC{0,12}"), 0..4);
    let agains = prop::collection::vec((0..60 * SECOND, 0..9 * SECOND), 0..3);
    ("\\PC{0,20}", 1..99u32, 0..5_000usize, agains, scenes, 0..40u64, any::<bool>(), any::<bool>()).prop_map(
        |(title, number, bytes, agains, mut scenes, dropped, stopped, binned)| {
            scenes.sort();
            Recorded { title, number, bytes, agains, scenes, dropped, stopped, binned }
        },
    )
}

/// Records it as the studio does: folder, journal, media, row; then perhaps the bin.
fn record(data: &DataFolder, db: &Db, index: usize, recorded: &Recorded) {
    let opened = Opened {
        version: VERSION,
        take: TakeId(format!("0193f0a0-0000-7000-8000-{index:012}")),
        project: format!("project-{}", index % 2),
        number: recorded.number,
        title: recorded.title.clone(),
        started_at: format!("2026-11-20T12:{index:02}:00.000Z"),
        camera: "Synthetic".into(),
        microphone: Some("Synthetic".into()),
        video: Some(VideoFormat {
            width: 1280,
            height: 720,
            rate: Rate::whole(30),
            pixels: Pixels::I420,
            matrix: Matrix::Bt709,
            full_range: false,
        }),
        audio: None,
        profile: "x264".into(),
        script: "## One\n".into(),
    };
    let made = takes::create(data, &opened).unwrap();
    fs::write(&made.media, vec![1u8; recorded.bytes]).unwrap();
    let writer = JournalWriter::open(&made.journal).unwrap();
    let mut entries = vec![Entry { t: 0, event: Event::Rolling }];
    for (scene, (t, heading)) in recorded.scenes.iter().enumerate() {
        entries.push(Entry { t: *t, event: Event::SceneEntered { scene, heading: heading.clone() } });
    }
    let last = recorded.scenes.last().map_or(0, |(t, _)| *t);
    entries.push(Entry { t: last, event: Event::Dropped { frames: recorded.dropped } });
    for (from, length) in recorded.agains.iter().filter(|(from, length)| from + length <= last) {
        entries.push(Entry { t: from + length, event: Event::Again { from: *from, scene: 0, line: 0 } });
    }
    let nanos = if recorded.stopped { last + SECOND } else { last };
    let frames = if recorded.stopped { 30 } else { 0 };
    if recorded.stopped {
        let bytes = recorded.bytes as u64;
        entries.push(Entry { t: nanos, event: Event::Stopped { nanos, frames, dropped: recorded.dropped, bytes } });
    }
    let scenes = onetake::core::journal::scene_marks(&entries, nanos);
    let spans = onetake::core::span::spans(&entries, nanos);
    entries.into_iter().for_each(|entry| assert!(writer.append(entry)));
    writer.close().unwrap();
    let take = Take {
        id: opened.take,
        project: opened.project,
        number: opened.number,
        title: opened.title,
        folder: made.folder.to_str().unwrap().into(),
        media: made.media.to_str().unwrap().into(),
        started_at: opened.started_at,
        state: if recorded.stopped { TakeState::Finished } else { TakeState::Interrupted },
        nanos,
        frames,
        dropped: recorded.dropped,
        width: 1280,
        height: 720,
        rate: Rate::whole(30),
        bytes: recorded.bytes as u64,
        scenes,
        spans,
        screen: None,
    };
    db.save_take(&take).unwrap();
    if recorded.binned {
        let at = format!("2026-11-21T00:{index:02}:00.000Z");
        db.save_take(&takes::move_to_bin(data, &take, &at).unwrap()).unwrap();
        db.bin_take(&take.id, &at).unwrap();
    }
}

/// A library from the folders alone.
fn rebuild(data: &DataFolder, path: &Path) -> Db {
    let db = Db::open(path).unwrap();
    for folder in takes::list(data).unwrap() {
        db.save_take(&takes::read_take_folder(&folder).unwrap()).unwrap();
    }
    for folder in takes::list_bin(data).unwrap() {
        let take = takes::read_take_folder(&folder).unwrap();
        db.save_take(&take).unwrap();
        db.bin_take(&take.id, &takes::binned_at(&folder).unwrap()).unwrap();
    }
    db
}

proptest! {
    // Each case records real folders with full syncs.
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn a_lost_library_comes_back_row_for_row(all in prop::collection::vec(recorded(), 0..7)) {
        let folder = tempfile::tempdir().unwrap();
        let data = DataFolder::open(&folder.path().join("data")).unwrap();
        let saved = Db::open(&data.database()).unwrap();
        for (index, recorded) in all.iter().enumerate() {
            record(&data, &saved, index, recorded);
        }
        let rebuilt = rebuild(&data, &folder.path().join("rebuilt.db"));
        prop_assert_eq!(rebuilt.all_takes().unwrap(), saved.all_takes().unwrap());
        prop_assert_eq!(rebuilt.binned_takes().unwrap(), saved.binned_takes().unwrap());
        for project in ["project-0", "project-1"] {
            prop_assert_eq!(rebuilt.takes(project).unwrap(), saved.takes(project).unwrap());
            prop_assert_eq!(rebuilt.next_take_number(project).unwrap(), saved.next_take_number(project).unwrap());
        }
        prop_assert_eq!(saved.all_takes().unwrap().len() + saved.binned_takes().unwrap().len(), all.len());
    }
}
