//! The two threads beside a recording: one owns the bus and with it every transition of the pipeline, one brings the file
//! to the disk. They are two, because a sync may wait for a slow disk and a failure must be told all the same.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use gstreamer as gst;
use gstreamer::prelude::*;
use tracing::{debug, error, warn};

use super::follow::Follower;
use super::{Counters, Event};
use crate::clock;
use crate::core::disk::Outlook;
use crate::media::error::Error;
use crate::media::files::folder_of;

/// Told what happens, on the thread it happens on.
pub type OnEvent = dyn Fn(Event) + Send + Sync;

/// A power cut costs at most about this much and one cluster.
const SYNC_EVERY: Duration = Duration::from_millis(150);

/// How often the bus thread looks whether something reaches the file.
const LOOK_EVERY_MS: u64 = 500;

/// A file that nothing reaches for longer while frames are given has stalled: the disk hangs, or encoders that hang one after the
/// other are being replaced.
const STALL: Duration = Duration::from_secs(5);

/// The message that takes a pipeline down before its end.
const HALT: &str = "onetake-halt";

/// Owns the bus until the end of the stream, a failure or `halt`; then takes the pipeline down and says so.
pub fn spawn_bus(
    pipeline: &gst::Pipeline,
    path: &Path,
    counters: Arc<Counters>,
    on_event: Arc<OnEvent>,
    ended: Sender<()>,
) -> Result<(), Error> {
    let bus = pipeline.bus().ok_or_else(|| Error::build("record", "no bus"))?;
    let (pipeline, path) = (pipeline.clone(), path.to_owned());
    let body = move || {
        let mut progress = Progress::default();
        loop {
            let message = bus.timed_pop(gst::ClockTime::from_mseconds(LOOK_EVERY_MS));
            if progress.stalled(&counters) {
                warn!(path = %path.display(), "nothing reaches the file");
                on_event(Event::Stalled);
            }
            let Some(message) = message else { continue };
            match message.view() {
                gst::MessageView::Error(message) => {
                    counters.ended.store(true, Ordering::Relaxed);
                    on_event(failure(&path, message));
                    break;
                }
                gst::MessageView::Eos(_) => break,
                gst::MessageView::Application(message) if message.structure().is_some_and(|s| s.name() == HALT) => break,
                gst::MessageView::Warning(message) => debug!(error = %message.error(), "warning of the pipeline"),
                _ => {}
            }
        }
        counters.ended.store(true, Ordering::Relaxed);
        if pipeline.set_state(gst::State::Null).is_err() {
            warn!("the recording pipeline did not stop in order");
        }
        let _ = ended.send(());
    };
    std::thread::Builder::new()
        .name("record-bus".into())
        .spawn(body)
        .map(drop)
        .map_err(|error| Error::build("record-bus", error))
}

/// Makes the bus thread take the pipeline down now.
pub fn halt(pipeline: &gst::Pipeline) {
    let message = gst::message::Application::new(gst::Structure::new_empty(HALT));
    if let Some(bus) = pipeline.bus() {
        let _ = bus.post(message);
    }
}

/// Why a pipeline did not start.
pub fn first_error(pipeline: &gst::Pipeline, path: &Path) -> Error {
    let message = pipeline.bus().and_then(|bus| bus.pop_filtered(&[gst::MessageType::Error]));
    match message.as_ref().map(|message| message.view()) {
        Some(gst::MessageView::Error(message)) => Error::writing(path, message),
        _ => Error::build("record", "the pipeline did not start"),
    }
}

/// Syncs the file until the sender of `stop` is dropped, and publishes its size, what of it is on the disk, and the space
/// that is left. When the disk's outlook is that it will soon be full, the take ends. Every few seconds it tells how far the
/// file is safe.
pub fn spawn_sync(
    file: File,
    path: &Path,
    mut outlook: Outlook,
    stop: Receiver<()>,
    counters: Arc<Counters>,
    on_event: Arc<OnEvent>,
) -> Result<JoinHandle<()>, Error> {
    let path = path.to_owned();
    let body = move || {
        let (mut failed, mut full) = (false, false);
        let mut follower = Follower::new(&path);
        loop {
            let scarce = space(&path, &counters, &mut outlook).filter(|_| outlook.is_over());
            if let Some(free) = scarce
                && !std::mem::replace(&mut full, true)
                && !counters.ended.swap(true, Ordering::Relaxed)
            {
                on_event(Event::DiskFull(Error::DiskScarce { path: path.clone(), free }));
            }
            if let Err(error) = sync(&file, &counters)
                && !std::mem::replace(&mut failed, true)
            {
                error!(%error, path = %path.display(), "the take can't be synced");
                counters.ended.store(true, Ordering::Relaxed);
                on_event(Event::Failed(Error::file(&path, error)));
            }
            let synced = counters.synced_bytes.load(Ordering::Relaxed);
            if let Some(place) = follower.as_mut().and_then(|follower| follower.advance(synced)) {
                on_event(Event::Safe(place));
            }
            if stop.recv_timeout(SYNC_EVERY) != Err(RecvTimeoutError::Timeout) {
                return;
            }
        }
    };
    std::thread::Builder::new().name("record-sync".into()).spawn(body).map_err(|error| Error::build("record-sync", error))
}

/// Whether something comes out while something goes in.
#[derive(Debug)]
struct Progress {
    /// Pictures that had come out, and gone in, when the last one came out.
    muxed: u64,
    given: u64,
    since: Instant,
    told: bool,
}

impl Default for Progress {
    fn default() -> Self {
        Progress { muxed: 0, given: 0, since: Instant::now(), told: false }
    }
}

impl Progress {
    /// True once per stall.
    fn stalled(&mut self, counters: &Counters) -> bool {
        let muxed = counters.muxed.load(Ordering::Relaxed);
        let given = counters.frames.load(Ordering::Relaxed) + counters.stand_ins.load(Ordering::Relaxed);
        // A broken picture of a camera goes in and never comes out, so the two numbers need not meet again. What waits during a
        // pause waits for what comes after it.
        if muxed != self.muxed || given == self.given || counters.paused.load(Ordering::Relaxed) {
            *self = Progress { muxed, given, ..Progress::default() };
            return false;
        }
        self.since.elapsed() > STALL && !std::mem::replace(&mut self.told, true)
    }
}

fn failure(path: &Path, message: &gst::message::Error) -> Event {
    let error = Error::writing(path, message);
    error!(%error, debug = message.debug().as_deref().unwrap_or_default(), "recording failed");
    match error {
        Error::DiskFull(_) => Event::DiskFull(error),
        error => Event::Failed(error),
    }
}

fn sync(file: &File, counters: &Counters) -> std::io::Result<()> {
    let bytes = file.metadata()?.len();
    counters.bytes.store(bytes, Ordering::Relaxed);
    if bytes != counters.synced_bytes.load(Ordering::Relaxed) {
        file.sync_data()?;
        counters.synced_bytes.store(bytes, Ordering::Relaxed);
    }
    Ok(())
}

/// Publishes the space that is left and how long it will last, and gives it; `None` when it is not known.
fn space(path: &Path, counters: &Counters, outlook: &mut Outlook) -> Option<u64> {
    match rustix::fs::statvfs(folder_of(path)) {
        Ok(facts) => {
            let free = facts.f_bavail.saturating_mul(facts.f_frsize);
            counters.disk_free_bytes.store(free, Ordering::Relaxed);
            outlook.look(clock::now(), free, counters.bytes.load(Ordering::Relaxed));
            let left = outlook.secs_left().map_or(0, |secs| secs.saturating_add(1));
            counters.disk_secs_left.store(left, Ordering::Relaxed);
            Some(free)
        }
        Err(error) => {
            debug!(%error, "the free space is not known");
            None
        }
    }
}
