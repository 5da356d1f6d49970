//! The screen beside the camera: found when the Record page opens, recorded by a recorder of its own into the take's folder.
//!
//! ```text
//! screen ──> Sink: newest picture, its time ──> recorder without sound ──> screen.mkv
//!              └── what does not change is shown again by the thread `screen-pace`
//! ```
//!
//! Nothing here can stop the camera's take: the screen has its own recorder, and what fails is said and left.

mod sink;
mod source;
#[cfg(target_os = "linux")]
mod stream;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::Owner;
use crate::blobs::journal::JournalWriter;
use crate::clock;
use crate::core::disk;
use crate::core::frame::VideoFormat;
use crate::core::journal::{Entry, Event};
use crate::core::problem::Problem;
use crate::core::profile::Encoder;
use crate::core::take::{Checkpoint, SCREEN_FILE};
use crate::media::record::{self, Recorder};
use crate::studio::{Message, screen as studio};

use super::super::house::Ways;
use super::super::inbox::Outbox;
use sink::Sink;
use source::Ready;

/// How often a screen that does not change is looked after.
const PACE: Duration = Duration::from_millis(50);

/// And every how many times of that its health is told.
const HEALTH_EVERY: u32 = 5;

/// The journal of the running take.
type Journal = Arc<Mutex<Option<JournalWriter>>>;

/// The screen as the stage holds it.
#[derive(Debug, Default)]
pub(super) struct Hand {
    /// What can be recorded.
    slot: source::Slot,
    take: Option<Rolling>,
}

/// The take's second file while it is written.
#[derive(Debug)]
struct Rolling {
    recorder: Recorder,
    /// Dropping it stops the pictures.
    source: source::Running,
    sink: Arc<Mutex<Sink>>,
    done: Arc<AtomicBool>,
    file: PathBuf,
    journal: Journal,
    outbox: Outbox,
}

/// The second file on its way to being closed.
#[derive(Debug)]
pub(super) struct Stopping(JoinHandle<()>);

impl Owner {
    pub(super) fn screen(&mut self, effect: studio::Effect) {
        match effect {
            studio::Effect::List => list(self.ways.clone()),
            studio::Effect::Open { session, choice, token, fps } => {
                let wanted = source::Wanted { session, choice, token, fps };
                source::open(&self.house, &self.ways, &self.screen.slot, wanted);
            }
            studio::Effect::Join => {
                if let Some(folder) = self.take.as_ref().map(|take| take.folder().to_owned()) {
                    self.screen_begins(&folder);
                }
            }
            // No opening has this number.
            studio::Effect::Close => self.screen.slot.empty(0).into_iter().for_each(|ready| ready.close(&self.house)),
        }
    }

    /// Records the screen into a take's folder, when it was found.
    pub(super) fn screen_begins(&mut self, folder: &Path) {
        if self.screen.take.is_some() {
            return;
        }
        let Some(ready) = self.screen.slot.get() else { return };
        match Rolling::start(self, &ready, folder) {
            Ok(rolling) => self.screen.take = Some(rolling),
            Err(problem) => self.ways.outbox.send(Message::Screen(studio::Message::Ended(Some(problem)))),
        }
    }
}

impl Hand {
    /// Begins to close the running take's second file.
    pub(super) fn stop_take(&mut self) -> Option<Stopping> {
        let rolling = self.take.take()?;
        rolling.done.store(true, Ordering::Relaxed);
        let spawned = std::thread::Builder::new().name("screen-end".into()).spawn(move || rolling.end());
        spawned.inspect_err(|error| tracing::error!(%error, "no thread to close the screen's file")).ok().map(Stopping)
    }

    /// The take came to nothing.
    pub(super) fn drop_take(&mut self) {
        if let Some(rolling) = self.take.take() {
            rolling.done.store(true, Ordering::Relaxed);
        }
    }
}

impl Stopping {
    /// Waits until the file is closed and the journal knows.
    pub(super) fn wait(self) {
        if self.0.join().is_err() {
            tracing::error!("the screen's thread had died");
        }
    }
}

impl Rolling {
    fn start(owner: &Owner, ready: &Ready, folder: &Path) -> Result<Rolling, Problem> {
        let file = folder.join(SCREEN_FILE);
        let (outbox, journal) = (owner.ways.outbox.clone(), Arc::clone(&owner.journal));
        let closed = Arc::new(AtomicBool::new(false));
        let (told, ended) = (Arc::clone(&journal), Arc::clone(&closed));
        let recorder = record(&file, ready.format, (ready.encoder.clone(), ready.spares.clone()), outbox.clone(), told, ended)?;
        let sink = Sink::new(Arc::clone(&owner.tap), recorder.inlet(), Arc::clone(&journal), closed);
        let sink = Arc::new(Mutex::new(sink));
        let source = source::start(ready, &sink, outbox.clone())?;
        let done = Arc::new(AtomicBool::new(false));
        let rolling = Rolling { recorder, source, sink, done, file, journal, outbox };
        rolling.pace()?;
        Ok(rolling)
    }

    /// Looks after a screen that does not change, and tells how the file is doing.
    fn pace(&self) -> Result<(), Problem> {
        let (sink, done) = (Arc::clone(&self.sink), Arc::clone(&self.done));
        let (inlet, outbox) = (self.recorder.inlet(), self.outbox.clone());
        let run = move || {
            for round in 1u32.. {
                std::thread::sleep(PACE);
                if done.load(Ordering::Relaxed) {
                    return;
                }
                sink.lock().unwrap_or_else(PoisonError::into_inner).again(clock::now());
                if round % HEALTH_EVERY == 0 {
                    outbox.try_send(Message::Screen(studio::Message::Health(inlet.health())));
                }
            }
        };
        let spawned = std::thread::Builder::new().name("screen-pace".into()).spawn(run);
        spawned.map(drop).map_err(|error| {
            Problem::failed(format!("The screen could not be recorded: {error}."), "Close other programs and try again.")
        })
    }

    /// Closes the file and tells the journal.
    fn end(self) {
        drop(self.source);
        self.sink.lock().unwrap_or_else(PoisonError::into_inner).end(clock::now());
        let lines = match self.recorder.finish() {
            Ok(finished) if finished.frames > 0 => {
                let record::Finished { nanos, frames, dropped, bytes, .. } = finished;
                let sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner);
                let t = sink.journal_time(nanos);
                let opening = sink.opening_line();
                let closing = Entry { t, event: Event::ScreenStopped { nanos, frames, dropped, bytes } };
                opening.into_iter().chain([closing]).collect()
            }
            Ok(_) => {
                // Without a picture it would only be in the way.
                if let Err(error) = std::fs::remove_file(&self.file) {
                    tracing::warn!(%error, "the empty file of the screen is left");
                }
                Vec::new()
            }
            Err(error) => {
                tracing::warn!(%error, "the screen's file was not closed in order");
                self.outbox.problem(error);
                Vec::new()
            }
        };
        if let Some(writer) = self.journal.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            let lost = lines.into_iter().filter(|line| !writer.append(line.clone())).count();
            if lost > 0 {
                tracing::warn!(lost, "the journal's queue is full; the end of the screen's file is not in it");
            }
        }
        self.outbox.try_send(Message::Screen(studio::Message::Ended(None)));
    }
}

/// The recorder of the screen's file. `closed` is set when it takes nothing more.
fn record(
    file: &Path,
    video: VideoFormat,
    encoders: (Encoder, Vec<Encoder>),
    outbox: Outbox,
    journal: Journal,
    closed: Arc<AtomicBool>,
) -> Result<Recorder, Problem> {
    let plan = record::Plan {
        file: file.to_owned(),
        video: Some(video),
        audio: None,
        video_encoder: Some(encoders.0),
        spare_encoders: encoders.1,
        audio_encoder: None,
        keep_free_bytes: disk::KEEP_FREE_BYTES,
    };
    let tell = move |event: record::Event| match event {
        record::Event::DiskFull(error) | record::Event::EncoderFailed(error) | record::Event::Failed(error) => {
            if closed.swap(true, Ordering::Relaxed) {
                return;
            }
            let problem = Problem::from(error);
            let what = format!("The screen is not recorded any more: {}", problem.what);
            let problem = Problem { what, ..problem };
            outbox.try_send(Message::Screen(studio::Message::Ended(Some(problem))));
        }
        record::Event::Changed(what) => tracing::info!(what, "the screen changed its size"),
        record::Event::EncoderChanged { failed, now, error, .. } => {
            tracing::warn!(%error, failed, now, "another encoder goes on with the screen");
        }
        // It has no sound, and is not paused: its pictures come with the take's own times.
        record::Event::SoundLost(_) | record::Event::Turned(_) => {}
        record::Event::Stalled => tracing::warn!("the encoder of the screen has stalled"),
        record::Event::Safe(Checkpoint { bytes, frames, nanos }) => {
            if let Some(writer) = journal.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
                writer.append(Entry { t: nanos, event: Event::ScreenSafe { bytes, frames, nanos } });
            }
        }
    };
    Ok(Recorder::start(plan, tell)?)
}

/// Lists monitors on a thread of its own.
fn list(ways: Ways) {
    let spawned = std::thread::Builder::new().name("screen-list".into()).spawn(move || {
        let asks = crate::capture::screen::session() == crate::capture::screen::Session::Wayland;
        let monitors = crate::capture::screen::monitors();
        ways.outbox.send(Message::Screen(studio::Message::Listed { monitors, asks }));
    });
    if let Err(error) = spawned {
        tracing::error!(%error, "no thread to list monitors");
    }
}
