//! Plays a file: pictures into the newest-frame slot, sound to the speakers.
//!
//! No call waits for the pipeline. Callers write down what they want and ring; one thread of the player does it, one seek
//! at a time, and while a seek runs only the newest wish is kept, so a scrubbing hand never makes a queue. Which picture is
//! on screen comes from the file's own list of times (`index`), not from a frame rate, so a step is one picture even where
//! the camera lost some, and the end is the real end even when the file's header was never finished.

mod control;
mod pipeline;

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use gstreamer as gst;
use gstreamer::prelude::*;
use tracing::debug;

use super::decode::{check, stream_time};
use super::denoise::Switch;
use super::error::Error;
use super::frames::unwrap;
use super::index::Index;
use crate::core::frame::Frame;
use crate::core::latest::Latest;
use crate::core::time::{Moment, Rate};
use control::Control;

/// Slowest and fastest play; beyond, speech is no longer understood.
pub const RATES: std::ops::RangeInclusive<f64> = 0.25..=4.0;

/// No place is aimed at.
const NOWHERE: u64 = u64::MAX;

/// What can happen to a player, told on its thread. The position is polled, see `Player::position`.
#[derive(Debug)]
pub enum Event {
    /// The first picture is in the slot. Width and height are 0 and the rate 0/1 for a file without pictures.
    Opened { nanos: u64, width: u32, height: u32, rate: Rate },
    /// The end was played; `play` begins again at the start.
    Ended,
    /// It plays no more.
    Failed(Error),
}

/// A file that is open for playing. Dropping it stops it on a thread of its own; the last picture stays in the slot.
#[derive(Debug)]
pub struct Player {
    shared: Arc<Shared>,
    bus: gst::Bus,
    /// Closed by the control thread's end.
    ended: Receiver<()>,
}

/// What callers, the control thread and the streaming threads share.
#[derive(Debug)]
struct Shared {
    wanted: Mutex<Wanted>,
    frames: Latest<Frame>,
    /// `None` inside when the file could not be indexed; it plays all the same.
    index: OnceLock<Option<Index>>,
    /// Start of the picture on screen.
    shown: AtomicU64,
    /// Where a seek that is asked for or under way will end; `NOWHERE` otherwise.
    aim: AtomicU64,
    duration: AtomicU64,
    playing: AtomicBool,
    /// Noise is taken out of what is heard.
    denoise: Switch,
    quit: AtomicBool,
}

/// What callers have asked for and the control thread has not yet taken up.
#[derive(Debug, Default)]
struct Wanted {
    playing: Option<bool>,
    seek: Option<Seek>,
    steps: i64,
    rate: Option<f64>,
    volume: Option<f64>,
}

#[derive(Clone, Copy, Debug)]
struct Seek {
    nanos: u64,
    exact: bool,
}

impl Player {
    /// Opens `path`, paused; its first picture is published into `frames` and `Opened` told. Frames carry their time in the
    /// file as `stamp` and their place in it as `number`. Errors here only when the file is missing or empty.
    pub fn open(path: &Path, frames: Latest<Frame>, on_event: impl Fn(Event) + Send + Sync + 'static) -> Result<Player, Error> {
        super::init()?;
        check(path)?;
        let path = std::path::absolute(path).map_err(|error| Error::file(path, error))?;
        let shared = Arc::new(Shared {
            wanted: Mutex::default(),
            frames,
            index: OnceLock::new(),
            shown: AtomicU64::new(0),
            aim: AtomicU64::new(NOWHERE),
            duration: AtomicU64::new(0),
            playing: AtomicBool::new(false),
            denoise: Switch::default(),
            quit: AtomicBool::new(false),
        });
        let pipeline = pipeline::build(&path, &shared)?;
        let bus = pipeline.bus().ok_or_else(|| Error::build("play", "no bus"))?;
        let (ending, ended) = std::sync::mpsc::channel();
        let player = Player { shared: Arc::clone(&shared), bus: bus.clone(), ended };
        read_index(&path, Arc::clone(&shared), bus.clone())?;
        let control = Control::new(path, pipeline, bus, shared, Box::new(on_event));
        std::thread::Builder::new()
            .name("player".into())
            .spawn(move || {
                control.run();
                drop::<Sender<()>>(ending);
            })
            .map_err(|error| Error::build("player", error))?;
        Ok(player)
    }

    /// Stops it and waits until it has stopped, or for `limit`. A process must not end while a sound device is being opened:
    /// libraries are then loaded that are being taken down, which aborts it.
    pub fn close(self, limit: Duration) {
        self.ask_to_quit();
        if self.ended.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
            tracing::warn!("the player hangs and is left behind");
        }
    }

    /// Plays on; from the start when the end was reached.
    pub fn play(&self) {
        self.ask(|wanted| wanted.playing = Some(true));
    }

    fn ask_to_quit(&self) {
        self.shared.quit.store(true, Ordering::Relaxed);
        ring(&self.bus);
    }

    pub fn pause(&self) {
        self.ask(|wanted| wanted.playing = Some(false));
    }

    /// Goes to a time in nanoseconds. `exact` shows the picture of that very time; otherwise the key frame before it, which
    /// is faster. Replaces a seek that has not begun.
    pub fn seek(&self, nanos: u64, exact: bool) {
        self.shared.aim.store(nanos, Ordering::Relaxed);
        self.ask(|wanted| {
            wanted.seek = Some(Seek { nanos, exact });
            wanted.steps = 0;
        });
    }

    /// Pauses and goes `frames` pictures forward, or back when negative; no further than the first and the last.
    pub fn step(&self, frames: i32) {
        self.ask(|wanted| {
            wanted.playing = Some(false);
            wanted.steps = wanted.steps.saturating_add(i64::from(frames));
        });
    }

    /// Speed, within `RATES`; voices keep their pitch.
    pub fn rate(&self, rate: f64) {
        if rate.is_finite() {
            self.ask(|wanted| wanted.rate = Some(rate.clamp(*RATES.start(), *RATES.end())));
        }
    }

    /// 0 is silent, 1 as recorded; at most 1.
    pub fn volume(&self, volume: f64) {
        if volume.is_finite() {
            self.ask(|wanted| wanted.volume = Some(volume.clamp(0.0, 1.0)));
        }
    }

    /// Whether noise is taken out of what is heard. While it plays, what is on its way to the speaker already comes first.
    pub fn denoise(&self, on: bool) {
        self.shared.denoise.store(on, Ordering::Relaxed);
    }

    /// Start of the picture on screen in nanoseconds, or of the one a running seek will show.
    pub fn position(&self) -> u64 {
        match self.shared.aim.load(Ordering::Relaxed) {
            NOWHERE => self.shared.shown.load(Ordering::Relaxed),
            aim => aim,
        }
    }

    /// Length in nanoseconds; 0 until `Opened`. Exact once the file has been read through.
    pub fn duration(&self) -> u64 {
        self.shared.duration.load(Ordering::Relaxed)
    }

    pub fn is_playing(&self) -> bool {
        self.shared.playing.load(Ordering::Relaxed)
    }

    fn ask(&self, change: impl FnOnce(&mut Wanted)) {
        change(&mut self.shared.wanted());
        ring(&self.bus);
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.ask_to_quit();
    }
}

impl Shared {
    fn wanted(&self) -> MutexGuard<'_, Wanted> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn index(&self) -> Option<&Index> {
        self.index.get().and_then(Option::as_ref)
    }

    /// Publishes a decoded picture; on a streaming thread. A seek cuts the first picture's time to its target, so the list
    /// of times tells which picture it is.
    fn show(&self, sample: &gst::Sample) {
        // The slot may be another player's by now.
        if self.quit.load(Ordering::Relaxed) {
            return;
        }
        let Some(time) = stream_time(sample) else { return };
        let known = self.index().and_then(|index| index.at(time));
        let (number, start) = known.map_or((0, time), |(number, start)| (number as u64, start));
        let Some(mut frame) = unwrap(sample, Moment(start), number) else { return };
        if known.is_none() && frame.format.rate.frame_nanos() > 0 {
            let nanos = frame.format.rate.frame_nanos();
            frame.number = (time + nanos / 2) / nanos;
        }
        self.shown.store(start, Ordering::Relaxed);
        self.frames.publish(frame);
    }
}

/// Wakes the control thread, which sleeps on the bus.
fn ring(bus: &gst::Bus) {
    let _ = bus.post(gst::message::Application::new(gst::Structure::new_empty("onetake-ring")));
}

/// Reads the list of pictures on a thread of its own; long files take a second or two.
fn read_index(path: &Path, shared: Arc<Shared>, bus: gst::Bus) -> Result<(), Error> {
    let path = path.to_owned();
    let body = move || {
        let index = match Index::read(&path, &shared.quit) {
            Ok(index) => Some(index),
            Err(error) => {
                debug!(%error, path = %path.display(), "no list of pictures; steps follow the frame rate");
                None
            }
        };
        if let Some(index) = &index
            && index.end() > 0
        {
            shared.duration.store(index.end(), Ordering::Relaxed);
        }
        let _ = shared.index.set(index);
        ring(&bus);
    };
    std::thread::Builder::new()
        .name("player-index".into())
        .spawn(body)
        .map(drop)
        .map_err(|error| Error::build("player-index", error))
}
