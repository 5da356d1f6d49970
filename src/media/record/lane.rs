//! The way of pictures, or of sound, through an encoder into the file, whichever encoder that is at the moment.
//!
//! A lane keeps what it has given to the encoder until the encoder gave it back, so that another encoder can take it from there:
//! what one that failed or hangs had in its hands is encoded again, and nothing is lost or shifted. Only what came out counts.
//! (The bytes are shared with the encoder's own queue, so keeping them costs nothing.)
//!
//! Three parties meet here, and none waits for another for longer than a handover: the device (`push_buffer`), the encoder
//! (`Hear`, which is held up only when the file is), and the keeper who swaps encoders (`swap`). Locks are taken in the order
//! `out`, `now`.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use gstreamer as gst;
use gstreamer_app as gst_app;
use tracing::{debug, warn};

use super::encode::{Encoding, Hear, Raw};
use super::swap::Word;
use crate::core::profile::Encoder;
use crate::media::error::Error;

/// What may wait for an encoder that hangs, until another one takes its place: some seconds of 1280×720, two of 1920×1080.
const PATIENT_BYTES: u64 = 256 << 20;

/// An encoder is suspected to hang when a third of a second, but no fewer than three, were given without output: more than any of
/// them holds back. Of what comes then all is kept.
const SUSPECT_MOST: u32 = 10;
const SUSPECT_LEAST: u32 = 3;

/// A handle; clones lead to the same lane. When the last one is gone the encoder is taken down.
#[derive(Clone, Debug)]
pub struct Lane(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    raw: Raw,
    input: gst_app::AppSrc,
    words: Sender<Word>,
    now: Mutex<Now>,
    out: Mutex<Out>,
    /// The encoder waits for the file, not the file for the encoder.
    writing: AtomicBool,
}

/// The side of the devices.
#[derive(Debug)]
struct Now {
    encoding: Option<Encoding>,
    /// Of what is given from now on.
    caps: gst::Caps,
    waiting: VecDeque<(gst::Buffer, gst::Caps)>,
    bytes: u64,
    /// Given, or refused for want of room, since something came out.
    fed: u32,
    /// Looks of the keeper since the encoder is suspected.
    looks: u32,
    /// More than usual may wait: the encoder is suspected, or another one is catching up.
    patient: bool,
    closed: bool,
    /// No encoder is left.
    dead: bool,
}

/// The side of the file.
#[derive(Debug)]
struct Out {
    /// The encoder that may write. An earlier one that wakes up is not heard.
    generation: u32,
    /// What kind of stream it is, from the first block on.
    caps: Option<gst::Caps>,
    /// This generation has given something.
    works: bool,
}

impl Lane {
    /// Starts with this encoder; what comes out goes to `input`. `words` hears of its failures.
    pub fn start(raw: Raw, input: gst_app::AppSrc, encoder: &Encoder, words: Sender<Word>) -> Result<Lane, Error> {
        let now = Now {
            encoding: None,
            caps: raw.caps()?,
            waiting: VecDeque::new(),
            bytes: 0,
            fed: 0,
            looks: 0,
            patient: false,
            closed: false,
            dead: false,
        };
        let out = Out { generation: 0, caps: None, works: false };
        let writing = AtomicBool::new(false);
        let lane = Lane(Arc::new(Shared { raw, input, words, now: Mutex::new(now), out: Mutex::new(out), writing }));
        let encoding = Encoding::start(&raw, encoder, lane.hearer(0))?;
        lane.0.now().encoding = Some(encoding);
        Ok(lane)
    }

    /// What goes through it, for sentences.
    pub fn word(&self) -> &'static str {
        self.0.raw.word()
    }

    pub fn is_sound(&self) -> bool {
        matches!(self.0.raw, Raw::Sound(_))
    }

    /// Hands over; never waits.
    pub fn push_buffer(&self, buffer: gst::Buffer) -> Result<gst::FlowSuccess, gst::FlowError> {
        let mut now = self.0.now();
        if now.closed || now.dead {
            return Err(gst::FlowError::Eos);
        }
        now.bytes += buffer.size() as u64;
        now.fed = now.fed.saturating_add(1);
        let caps = now.caps.clone();
        now.waiting.push_back((buffer.clone(), caps));
        if let Some(encoding) = &now.encoding {
            // One that fails is told by its bus, and what is given it meanwhile waits for the next.
            let _ = encoding.source.push_buffer(buffer);
        }
        Ok(gst::FlowSuccess::Ok)
    }

    /// Bytes that were given and have not come out.
    pub fn current_level_bytes(&self) -> u64 {
        self.0.now().bytes
    }

    /// Whether so many more bytes may wait, where usually no more than `usual` do. More than that is kept while an encoder hangs,
    /// until the next one has caught up: what is late is not lost.
    pub fn has_room(&self, more: u64, usual: u64) -> bool {
        let mut now = self.0.now();
        if now.looks > 0 {
            now.patient = true;
        } else if now.bytes <= usual / 2 {
            now.patient = false;
        }
        let limit = if now.patient { usual.max(PATIENT_BYTES) } else { usual };
        let room = now.bytes + more <= limit;
        now.fed = now.fed.saturating_add(u32::from(!room));
        room
    }

    /// What is given from now on has other caps.
    pub fn set_caps(&self, caps: Option<&gst::Caps>) {
        let Some(caps) = caps else { return };
        let mut now = self.0.now();
        now.caps = caps.clone();
        if let Some(encoding) = &now.encoding {
            encoding.source.set_caps(Some(caps));
        }
    }

    /// Nothing more comes; what waits flows out.
    pub fn end_of_stream(&self) -> Result<gst::FlowSuccess, gst::FlowError> {
        let mut now = self.0.now();
        now.closed = true;
        match &now.encoding {
            Some(encoding) if !now.dead => encoding.source.end_of_stream(),
            _ => self.0.input.end_of_stream(),
        }
    }

    /// The keeper looks by: whether the encoder hangs, which it does after so many looks without output.
    pub fn hangs(&self, after: u32) -> bool {
        let suspect = match self.0.raw {
            Raw::Pictures(format) => ((format.rate.fps() / 3.0) as u32).clamp(SUSPECT_LEAST, SUSPECT_MOST),
            Raw::Sound(_) => SUSPECT_MOST,
        };
        let mut now = self.0.now();
        let owes = now.fed >= suspect || (now.closed && !now.waiting.is_empty());
        if now.dead || !owes || self.0.writing.load(Ordering::Relaxed) {
            now.looks = 0;
            return false;
        }
        now.looks = now.looks.saturating_add(1);
        now.looks >= after && now.encoding.as_ref().is_some_and(|encoding| now.reaches(encoding))
    }

    /// Puts another encoder in the place of the one at work, which is given up, and gives it what the old one has not given back.
    pub fn replace(&self, encoder: &Encoder) -> Result<(), Error> {
        let generation = self.0.out().generation + 1;
        let encoding = Encoding::start(&self.0.raw, encoder, self.hearer(generation))?;
        let mut out = self.0.out();
        let mut now = self.0.now();
        (out.generation, out.works) = (generation, false);
        let mut given: Option<&gst::Caps> = None;
        for (buffer, caps) in &now.waiting {
            if given != Some(caps) {
                encoding.source.set_caps(Some(caps));
                given = Some(caps);
            }
            let _ = encoding.source.push_buffer(buffer.clone());
        }
        debug!(waiting = now.waiting.len(), encoder = encoder.name, "another encoder goes on");
        if given != Some(&now.caps) {
            encoding.source.set_caps(Some(&now.caps));
        }
        if now.closed {
            let _ = encoding.source.end_of_stream();
        }
        (now.fed, now.looks, now.patient) = (0, 0, true);
        if let Some(old) = now.encoding.replace(encoding) {
            old.discard();
        }
        Ok(())
    }

    /// The encoder that is at work.
    pub fn generation(&self) -> u32 {
        self.0.out().generation
    }

    /// When the oldest that waits is to be seen or heard, in nanoseconds of the take.
    pub fn waits_from(&self) -> Option<u64> {
        self.0.now().waiting.front().and_then(|(buffer, _)| buffer.pts()).map(gst::ClockTime::nseconds)
    }

    /// No encoder is left. Sound ends here, so that pictures go on; pictures end with the take.
    pub fn give_up(&self) {
        let mut out = self.0.out();
        let mut now = self.0.now();
        out.generation += 1;
        now.dead = true;
        now.waiting.clear();
        now.bytes = 0;
        if let Some(encoding) = now.encoding.take() {
            encoding.discard();
        }
        if now.closed || self.is_sound() {
            let _ = self.0.input.end_of_stream();
        }
    }

    /// Takes the encoder down, after everything came out or when it no longer matters.
    pub fn stop(&self) {
        let encoding = {
            let mut now = self.0.now();
            now.dead = true;
            now.encoding.take()
        };
        if let Some(encoding) = encoding {
            encoding.stop();
        }
    }

    fn hearer(&self, generation: u32) -> Hearer {
        Hearer { lane: Arc::downgrade(&self.0), generation, failed: AtomicBool::new(false) }
    }
}

impl Now {
    /// Whether what waits gets as far as the encoder: a JPEG decoder leaves out what is broken.
    fn reaches(&self, encoding: &Encoding) -> bool {
        let Some(decoded) = &encoding.decoded else { return true };
        let oldest = self.waiting.front().and_then(|(buffer, _)| buffer.pts());
        oldest.is_some_and(|oldest| decoded.load(Ordering::Relaxed) >= oldest.nseconds())
    }

    /// What begins no later than `until` has come out.
    fn came_out(&mut self, until: gst::ClockTime) {
        while self.waiting.front().is_some_and(|(buffer, _)| buffer.pts().is_none_or(|pts| pts <= until)) {
            let Some((buffer, _)) = self.waiting.pop_front() else { return };
            self.bytes = self.bytes.saturating_sub(buffer.size() as u64);
        }
        (self.fed, self.looks) = (0, 0);
    }
}

impl Shared {
    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn out(&self) -> MutexGuard<'_, Out> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, word: Word) {
        // The keeper has gone when the recording is over.
        let _ = self.words.send(word);
    }

    fn write(&self, generation: u32, sample: &gst::Sample) -> Result<gst::FlowSuccess, gst::FlowError> {
        let mut out = self.out();
        if out.generation != generation {
            return Err(gst::FlowError::Flushing);
        }
        let (Some(caps), Some(buffer)) = (sample.caps_owned(), retimed(sample)) else { return Ok(gst::FlowSuccess::Ok) };
        match &out.caps {
            None => {
                self.input.set_caps(Some(&caps));
                out.caps = Some(caps);
            }
            Some(first) if kind(first) != kind(&caps) => {
                warn!(%caps, "another kind of stream does not fit into the file");
                return Err(gst::FlowError::NotNegotiated);
            }
            // The muxer keeps the first: the parameters of this encoder are in the stream.
            Some(_) => {}
        }
        if !std::mem::replace(&mut out.works, true) {
            self.tell(Word::Works { sound: matches!(self.raw, Raw::Sound(_)), generation });
        }
        if let Some(pts) = buffer.pts() {
            // A block of sound ends where it ends; what a picture lasts is only what was expected of it.
            let until = match self.raw {
                Raw::Pictures(_) => pts,
                Raw::Sound(_) => pts + buffer.duration().unwrap_or_default().saturating_sub(gst::ClockTime::MSECOND),
            };
            self.now().came_out(until);
        }
        self.writing.store(true, Ordering::Relaxed);
        let flow = self.input.push_buffer(buffer);
        self.writing.store(false, Ordering::Relaxed);
        flow
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let now = self.now.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(encoding) = now.encoding.take() {
            encoding.discard();
        }
    }
}

/// Hears one encoder of the lane.
struct Hearer {
    lane: Weak<Shared>,
    generation: u32,
    failed: AtomicBool,
}

impl Hear for Hearer {
    fn encoded(&self, sample: gst::Sample) -> Result<gst::FlowSuccess, gst::FlowError> {
        let Some(lane) = self.lane.upgrade() else { return Err(gst::FlowError::Flushing) };
        lane.write(self.generation, &sample)
    }

    fn emptied(&self) {
        let Some(lane) = self.lane.upgrade() else { return };
        // A source whose encoder failed ends its stream too.
        if lane.out().generation != self.generation || self.failed.load(Ordering::Relaxed) {
            return;
        }
        let mut now = lane.now();
        if !now.closed {
            drop(now);
            return self.failed(Error::build("encoder", "it ended by itself"));
        }
        now.waiting.clear();
        now.bytes = 0;
        let _ = lane.input.end_of_stream();
    }

    fn failed(&self, error: Error) {
        let Some(lane) = self.lane.upgrade() else { return };
        self.failed.store(true, Ordering::Relaxed);
        lane.tell(Word::Failed { sound: matches!(lane.raw, Raw::Sound(_)), generation: self.generation, error });
    }
}

/// The block on the take's own time. Encoders shift their stamps to make room for reordering; the segment undoes it.
fn retimed(sample: &gst::Sample) -> Option<gst::Buffer> {
    let mut buffer = sample.buffer_owned()?;
    let segment = sample.segment().and_then(|segment| segment.downcast_ref::<gst::ClockTime>());
    let pts = buffer.pts().map(|pts| segment.and_then(|segment| segment.to_running_time(pts)).unwrap_or(pts));
    let own = buffer.make_mut();
    own.set_pts(pts);
    // Matroska has no other times, and the muxer would sort by these.
    own.set_dts(gst::ClockTime::NONE);
    Some(buffer)
}

fn kind(caps: &gst::Caps) -> Option<&str> {
    caps.structure(0).map(|structure| structure.name().as_str())
}
