//! Records one take: frames and sound in, one Matroska file out that can be played whatever happens.
//!
//! Three things shape it. *Nothing waits for the file*: a camera or sound thread that hands over a frame never blocks; when
//! the encoder can't keep up the frame is dropped and counted, and what follows keeps its true time. *The file is always
//! whole*: each block reaches the kernel as soon as it is encoded (an unbuffered sink), a thread syncs it to the disk a few
//! times a second, so a kill costs some milliseconds and a power cut about one sync. *Neither device can stop the other*:
//! a muxer waits for all its streams, so when one falls silent the recorder stands in for it (see `intake`). *No encoder can
//! stop the take*: each works in a pipeline of its own and can be replaced by another (see `lane` and `swap`).

pub(super) mod encode;
mod follow;
mod gate;
mod intake;
mod lane;
mod pause;
mod pipeline;
mod sound;
mod swap;
mod watch;

use std::fs::{File, OpenOptions};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use gstreamer as gst;
use gstreamer::prelude::*;
use tracing::{info, warn};

use super::error::Error;
use super::files::sync_folder;
use crate::core::disk::{self, Outlook};
use crate::core::frame::{AudioBlock, AudioFormat, Frame, VideoFormat};
use crate::core::health::Health;
use crate::core::profile::Encoder;
use crate::core::take::Checkpoint;
use crate::core::take_clock::TakeClock;
use crate::core::time::Moment;
use gate::Gate;
use intake::Intake;
use pause::Gated;
use swap::{Kept, Ladder, Word};

/// How long a stop may take to empty the encoder before the file is closed as it is: time for one that hangs to be replaced. It is
/// playable either way.
const STOP_LIMIT: Duration = Duration::from_secs(8);

/// And how long the pipeline then has to let go.
const HALT_LIMIT: Duration = Duration::from_secs(2);

/// What to record, and how.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The file to write; refused when it exists.
    pub file: PathBuf,
    /// `None` for a take of sound alone.
    pub video: Option<VideoFormat>,
    /// `None` for a take without sound. Of more than two channels the first two are kept.
    pub audio: Option<AudioFormat>,
    /// Needed when `video` is given.
    pub video_encoder: Option<Encoder>,
    /// What the take goes on with when that one fails, in this order; those of another codec can't be used.
    pub spare_encoders: Vec<Encoder>,
    /// Needed when `audio` is given.
    pub audio_encoder: Option<Encoder>,
    /// The recording ends, in order, half a minute before the disk has less free than this (`core::disk`).
    pub keep_free_bytes: u64,
}

/// What can happen to a recording, told once each (`Safe` every few seconds), on a thread of the recorder. After a failure it
/// takes nothing more; `finish` then tells what is in the file.
#[derive(Debug)]
pub enum Event {
    DiskFull(Error),
    EncoderFailed(Error),
    Failed(Error),
    /// An encoder failed, and another one went on where it stopped, at `nanos` of the take. Told when it has given something.
    EncoderChanged {
        nanos: u64,
        failed: String,
        now: String,
        error: Error,
    },
    /// No encoder is left for the sound. The take goes on without it.
    SoundLost(Error),
    /// Frames go in and nothing reaches the file for seconds; it may come back.
    Stalled,
    /// A device gives another format than the take began with; what, in a sentence. The take goes on in its own.
    Changed(String),
    /// Everything before this place is on the disk.
    Safe(Checkpoint),
    /// The take was paused, or has gone on; its clock knows when.
    Turned(TakeClock),
}

/// What a finished recording holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finished {
    /// Length of the picture, or of the sound where there is none.
    pub nanos: u64,
    /// Frames in the file, stand-ins for a lost camera not counted.
    pub frames: u64,
    /// Frames that were handed over and are not in the file.
    pub dropped: u64,
    pub audio_gaps: u64,
    pub bytes: u64,
}

/// A running recording. Dropping it stops it in order, on a thread of its own.
#[derive(Debug)]
pub struct Recorder {
    inlet: Inlet,
    running: Option<Running>,
}

/// Where devices hand over frames and sound; cloned into each device's thread. After the recording ends it ignores all.
#[derive(Clone, Debug)]
pub struct Inlet {
    intake: Arc<Mutex<Gated>>,
    counters: Arc<Counters>,
}

/// Counted by several threads, read by any, without a lock.
#[derive(Debug, Default)]
struct Counters {
    frames: AtomicU64,
    missed: AtomicU64,
    dropped: AtomicU64,
    audio_gaps: AtomicU64,
    /// Pictures that reached the muxer, and how many of them were stand-ins.
    muxed: AtomicU64,
    stand_ins: AtomicU64,
    recorded_nanos: AtomicU64,
    bytes: AtomicU64,
    synced_bytes: AtomicU64,
    disk_free_bytes: AtomicU64,
    /// One more than the seconds the disk will last; 0 while they are not known.
    disk_secs_left: AtomicU64,
    encoder_changes: AtomicU64,
    ended: AtomicBool,
    paused: AtomicBool,
}

#[derive(Debug)]
struct Running {
    pipeline: gst::Pipeline,
    path: PathBuf,
    file: File,
    /// Told by the bus thread when the pipeline is down.
    ended: Receiver<()>,
    /// Tells the keeper of the encoders that they are no longer needed, and is told when they are down.
    words: Sender<Word>,
    encoders_down: Receiver<()>,
    /// Dropping it ends the sync thread.
    syncing: Sender<()>,
    sync_thread: JoinHandle<()>,
}

impl Recorder {
    /// Makes the file and starts to record into it; returns at once. The first frame accepted is time zero, or the first sound
    /// where there are no pictures.
    pub fn start(plan: Plan, on_event: impl Fn(Event) + Send + Sync + 'static) -> Result<Recorder, Error> {
        super::init()?;
        let counters = Arc::new(Counters::default());
        let (words, heard) = std::sync::mpsc::channel();
        let graph = pipeline::build(&plan, &counters, &words)?;
        let file =
            OpenOptions::new().write(true).create_new(true).open(&plan.file).map_err(|error| Error::file(&plan.file, error))?;
        let started = Recorder::run(&plan, graph, (words, heard), file, counters, Arc::new(on_event));
        if started.is_err() {
            // Nothing is in it yet; an empty take would only be in the way.
            let _ = std::fs::remove_file(&plan.file);
        }
        started
    }

    fn run(
        plan: &Plan,
        graph: pipeline::Graph,
        (words, heard): (Sender<Word>, Receiver<Word>),
        file: File,
        counters: Arc<Counters>,
        on_event: Arc<watch::OnEvent>,
    ) -> Result<Recorder, Error> {
        let path = plan.file.clone();
        let second = file.try_clone().map_err(|error| Error::file(&path, error))?;
        sync_folder(&path);
        let pipeline = graph.pipeline.clone();
        let lanes = keep(plan, &graph);
        let intake = Intake::new(plan, graph, Arc::clone(&counters), Arc::clone(&on_event));
        let gate = Gate::new(plan.video.map(|video| video.rate.frame_nanos()));
        let gated = Gated::new(gate, intake, Arc::clone(&counters), Arc::clone(&on_event));
        let intake = Arc::new(Mutex::new(gated));
        let (ended_in, ended) = std::sync::mpsc::channel();
        let (syncing, stop_sync) = std::sync::mpsc::channel();
        let outlook = Outlook::new(disk::bytes_per_sec(plan.video.as_ref(), plan.audio.is_some()), plan.keep_free_bytes);
        let sync_thread = watch::spawn_sync(second, &path, outlook, stop_sync, Arc::clone(&counters), Arc::clone(&on_event))?;
        if pipeline.set_state(gst::State::Playing).is_err() {
            let reason = watch::first_error(&pipeline, &path);
            let _ = pipeline.set_state(gst::State::Null);
            return Err(reason);
        }
        watch::spawn_bus(&pipeline, &path, Arc::clone(&counters), Arc::clone(&on_event), ended_in)?;
        let (down, encoders_down) = std::sync::mpsc::channel();
        swap::spawn_keeper(lanes, heard, Arc::clone(&counters), on_event, down)?;
        let encoder = plan.video_encoder.as_ref().or(plan.audio_encoder.as_ref()).map(|encoder| &encoder.name);
        info!(path = %path.display(), ?encoder, "recording");
        let inlet = Inlet { intake, counters };
        let running = Running { pipeline, path, file, ended, words, encoders_down, syncing, sync_thread };
        Ok(Recorder { inlet, running: Some(running) })
    }

    /// A handle for a device's thread.
    pub fn inlet(&self) -> Inlet {
        self.inlet.clone()
    }

    /// See `Inlet::push_frame`.
    pub fn push_frame(&self, frame: &Frame) {
        self.inlet.push_frame(frame);
    }

    /// See `Inlet::push_sound`.
    pub fn push_sound(&self, block: &AudioBlock) {
        self.inlet.push_sound(block);
    }

    /// How the take is doing; reads a few atomics.
    pub fn health(&self) -> Health {
        self.inlet.health()
    }

    /// Stops: empties the encoders, closes and syncs the file and its folder. Waits for the encoder at most 8 s; call it
    /// on a thread that may wait. Whatever went wrong before, it tells what is in the file.
    pub fn finish(mut self) -> Result<Finished, Error> {
        let inlet = self.inlet.clone();
        match self.running.take() {
            Some(running) => running.end(&inlet),
            None => Err(Error::Cancelled),
        }
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        let Some(running) = self.running.take() else { return };
        let inlet = self.inlet.clone();
        let spawned = std::thread::Builder::new().name("record-drop".into()).spawn(move || {
            if let Err(error) = running.end(&inlet) {
                warn!(%error, "a dropped recording did not end in order");
            }
        });
        if let Err(error) = spawned {
            warn!(%error, "no thread to end a dropped recording");
        }
    }
}

impl Inlet {
    /// Hands over a frame, in order of time. Never blocks: when the encoder is behind, the frame is dropped and counted.
    /// Its bytes are shared, not copied.
    pub fn push_frame(&self, frame: &Frame) {
        self.intake().frame(frame);
    }

    /// Hands over a block of sound, in order of time and within a second of the pictures of its time. Never blocks.
    pub fn push_sound(&self, block: &AudioBlock) {
        self.intake().sound(block);
    }

    /// Whether a frame handed over now would be taken. Who makes frames faster than time passes waits for it.
    pub fn has_room(&self) -> bool {
        self.intake().has_room()
    }

    /// Pauses the take: nothing is recorded from `at` on, until `resume`. Told by `Event::Turned` before it returns. Without an
    /// effect before the first frame.
    pub fn pause(&self, at: Moment) {
        self.intake().pause(at);
    }

    /// Goes on from `at`, without a gap in the file; with the next picture, where there are pictures. Told by `Event::Turned`.
    pub fn resume(&self, at: Moment) {
        self.intake().resume(at);
    }

    /// The take's clock with its pauses; `None` before the first frame.
    pub fn clock(&self) -> Option<TakeClock> {
        self.intake().clock().cloned()
    }

    /// How the take is doing; reads a few atomics.
    pub fn health(&self) -> Health {
        let c = &self.counters;
        Health {
            recorded_nanos: c.recorded_nanos.load(Ordering::Relaxed),
            frames: c.frames.load(Ordering::Relaxed),
            missed: c.missed.load(Ordering::Relaxed),
            dropped: c.dropped.load(Ordering::Relaxed),
            audio_gaps: c.audio_gaps.load(Ordering::Relaxed),
            // The microphone's meter counts them.
            clips: 0,
            bytes: c.bytes.load(Ordering::Relaxed),
            synced_bytes: c.synced_bytes.load(Ordering::Relaxed),
            disk_free_bytes: c.disk_free_bytes.load(Ordering::Relaxed),
            disk_secs_left: c.disk_secs_left.load(Ordering::Relaxed).checked_sub(1),
            encoder_changes: c.encoder_changes.load(Ordering::Relaxed),
        }
    }

    fn intake(&self) -> MutexGuard<'_, Gated> {
        self.intake.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The lanes, each with the encoders it may go on with.
fn keep(plan: &Plan, graph: &pipeline::Graph) -> Vec<Kept> {
    let pictures = graph.pictures.clone().zip(plan.video_encoder.as_ref());
    let alone = pictures.is_none();
    let pictures = pictures.map(|(lane, encoder)| Kept::new(lane, Ladder::new(encoder, &plan.spare_encoders), true));
    // Another codec would be another track, and each encoder of a codec begins its sound a little differently: the same, afresh.
    let sound = graph.sound.clone().zip(plan.audio_encoder.as_ref());
    let sound = sound.map(|(lane, encoder)| Kept::new(lane, Ladder::new(encoder, &[]), alone));
    pictures.into_iter().chain(sound).collect()
}

impl Running {
    fn end(self, inlet: &Inlet) -> Result<Finished, Error> {
        inlet.intake().close();
        if self.ended.recv_timeout(STOP_LIMIT).is_err() {
            warn!(path = %self.path.display(), "the encoder did not empty in time; the file is closed as it is");
            watch::halt(&self.pipeline);
            if self.ended.recv_timeout(HALT_LIMIT).is_err() {
                warn!("the recording pipeline hangs and is left behind");
            }
        }
        let _ = self.words.send(Word::Enough);
        if self.encoders_down.recv_timeout(HALT_LIMIT).is_err() {
            warn!("an encoder hangs and is left behind");
        }
        drop(self.syncing);
        if self.sync_thread.join().is_err() {
            warn!("the sync thread had died");
        }
        let failed = |error| Error::file(&self.path, error);
        self.file.sync_all().map_err(failed)?;
        sync_folder(&self.path);
        let bytes = self.file.metadata().map_err(failed)?.len();
        let c = &inlet.counters;
        c.bytes.store(bytes, Ordering::Relaxed);
        c.synced_bytes.store(bytes, Ordering::Relaxed);
        let muxed = c.muxed.load(Ordering::Relaxed).saturating_sub(c.stand_ins.load(Ordering::Relaxed));
        let given = c.frames.load(Ordering::Relaxed);
        let frames = muxed.min(given);
        let finished = Finished {
            nanos: c.recorded_nanos.load(Ordering::Relaxed),
            frames,
            dropped: c.dropped.load(Ordering::Relaxed) + (given - frames),
            audio_gaps: c.audio_gaps.load(Ordering::Relaxed),
            bytes,
        };
        info!(?finished, "recorded");
        Ok(finished)
    }
}
