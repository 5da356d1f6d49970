//! The folder of a take that nobody recorded: journal and files as the studio leaves them.

use std::fs;
use std::path::PathBuf;

use onetake::blobs::journal::JournalWriter;
use onetake::blobs::layout::DataFolder;
use onetake::blobs::takes;
use onetake::core::frame::{Matrix, Pixels, VideoFormat};
use onetake::core::journal::{self, Entry, Event, Opened};
use onetake::core::take::{SCREEN_FILE, TakeId};
use onetake::core::time::{Rate, SECOND};

/// What the take is like; three seconds long.
#[derive(Clone, Copy, Debug)]
pub struct Like<'a> {
    pub project: &'a str,
    pub number: u32,
    pub media: &'a [u8],
    /// None: a take of sound alone.
    pub pictures: bool,
    /// Bytes of the screen's file, which begins a second into the take.
    pub screen: Option<&'a [u8]>,
    /// What was said is spoilt from its start to its end.
    pub spoilt: bool,
}

impl Default for Like<'_> {
    fn default() -> Self {
        Like { project: "p", number: 1, media: b"pictures and sound", pictures: true, screen: None, spoilt: false }
    }
}

/// Makes the folder; the take's id and where it lies.
pub fn make(data: &DataFolder, like: Like<'_>) -> (TakeId, PathBuf) {
    let take = TakeId(uuid::Uuid::now_v7().to_string());
    let video = VideoFormat {
        width: 640,
        height: 360,
        rate: Rate::whole(30),
        pixels: Pixels::Nv12,
        matrix: Matrix::Bt709,
        full_range: false,
    };
    let opened = Opened {
        version: journal::VERSION,
        take: take.clone(),
        project: like.project.into(),
        number: like.number,
        title: "Both".into(),
        started_at: onetake::clock::wall(),
        camera: String::new(),
        microphone: None,
        video: like.pictures.then_some(video),
        audio: None,
        profile: String::new(),
        script: "## One\n\nWords.\n".into(),
    };
    let made = takes::create(data, &opened).unwrap();
    fs::write(&made.media, like.media).unwrap();
    let writer = JournalWriter::open(&made.journal).unwrap();
    let append = |secs: u64, event: Event| assert!(writer.append(Entry { t: secs * SECOND, event }));
    append(0, Event::SceneEntered { scene: 0, heading: "One".into() });
    if let Some(bytes) = like.screen {
        fs::write(made.folder.join(SCREEN_FILE), bytes).unwrap();
        append(1, Event::Screen { file: SCREEN_FILE.into(), offset: SECOND as i64 });
        append(3, Event::ScreenStopped { nanos: 2 * SECOND, frames: 60, dropped: 0, bytes: bytes.len() as u64 });
    }
    if like.spoilt {
        append(3, Event::Again { from: 0, scene: 0, line: 0 });
    }
    let frames = if like.pictures { 90 } else { 0 };
    append(3, Event::Stopped { nanos: 3 * SECOND, frames, dropped: 0, bytes: like.media.len() as u64 });
    writer.close().unwrap();
    (take, made.folder)
}
