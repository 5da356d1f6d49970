//! The suppressor as a part of a pipeline:
//!
//! ```text
//! to-samples ──── to-48-kHz ───── samples ─── denoise ─
//! audioconvert    audioresample   capsfilter  identity, whose src pad does the work
//! ```
//!
//! Sound leaves it in frames of its own, each stamped with the time of the samples in it, so nothing downstream shifts.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gstreamer as gst;
use gstreamer::prelude::*;

use super::{SAMPLE_RATE, Suppressor};
use crate::core::time::SECOND;
use crate::media::elements::{chain, make, pad};
use crate::media::error::Error;
use crate::media::frames::samples_of;

/// A step in the time stamps up to this is their rounding (Matroska counts in milliseconds); beyond it sound is missing.
const ROUNDING_NANOS: u64 = 5_000_000;

/// On or off, while it plays.
pub type Switch = Arc<AtomicBool>;

/// A filter for raw sound, at work whenever `on` is set.
pub fn make_denoise(on: Switch) -> Result<gst::Bin, Error> {
    let bin = gst::Bin::builder().name("denoise").build();
    let caps = gst::Caps::builder("audio/x-raw")
        .field("format", if cfg!(target_endian = "little") { "F32LE" } else { "F32BE" })
        .field("layout", "interleaved")
        .field("rate", SAMPLE_RATE as i32)
        .build();
    let (first, samples, last) =
        (make("audioconvert", "to-samples")?, make("capsfilter", "samples")?, make("identity", "suppressor")?);
    samples.set_property("caps", caps);
    chain(&bin, &[first.clone(), make("audioresample", "to-48-kHz")?, samples, last.clone()])?;
    work_at(&pad(&last, "src")?, on);
    for (element, name) in [(first, "sink"), (last, "src")] {
        let end = gst::GhostPad::with_target(&pad(&element, name)?).map_err(|error| Error::build("denoise", error))?;
        bin.add_pad(&end).map_err(|error| Error::build("denoise", error))?;
    }
    Ok(bin)
}

/// Has everything that passes a pad worked on.
fn work_at(pad: &gst::Pad, on: Switch) {
    let line = Arc::new(Mutex::new(Line { on, suppressor: None, begins: 0, given: 0, next_in: None }));
    let what = gst::PadProbeType::BUFFER | gst::PadProbeType::EVENT_DOWNSTREAM | gst::PadProbeType::EVENT_FLUSH;
    pad.add_probe(what, move |pad, info| match info.data.take() {
        Some(gst::PadProbeData::Buffer(buffer)) => {
            let (rest, done) = lock(&line).pass(pad, &buffer);
            go_ahead(pad, rest);
            info.data = done.map(gst::PadProbeData::Buffer);
            if info.data.is_some() { gst::PadProbeReturn::Ok } else { gst::PadProbeReturn::Drop }
        }
        other => {
            if let Some(gst::PadProbeData::Event(event)) = &other {
                let rest = lock(&line).hear(event);
                go_ahead(pad, rest);
            }
            info.data = other;
            gst::PadProbeReturn::Ok
        }
    });
}

/// Sends what a gap or an end has left over before what comes now. The line is not locked meanwhile: downstream may hold the
/// sound back for as long as nobody plays.
fn go_ahead(pad: &gst::Pad, rest: Option<gst::Buffer>) {
    if let (Some(rest), Some(peer)) = (rest, pad.peer()) {
        // A refusal meets the next buffer too, which tells upstream.
        let _ = peer.chain(rest);
    }
}

fn lock(line: &Mutex<Line>) -> MutexGuard<'_, Line> {
    line.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A stretch of sound without a gap, and where in it the work is.
#[derive(Debug)]
struct Line {
    on: Switch,
    suppressor: Option<Suppressor>,
    /// Time of its first sample, nanoseconds.
    begins: u64,
    /// Samples of each channel given since.
    given: u64,
    /// When the next sample should come in; `None` before the first.
    next_in: Option<u64>,
}

impl Line {
    /// Takes a buffer in; gives the rest of the stretch before it, if it begins a new one, and what is done.
    fn pass(&mut self, pad: &gst::Pad, buffer: &gst::Buffer) -> (Option<gst::Buffer>, Option<gst::Buffer>) {
        let map = buffer.map_readable();
        let (Some(channels), Ok(map)) = (channels_of(pad), map) else { return (None, Some(buffer.clone())) };
        let samples = samples_of(&map);
        let at = buffer.pts().map(gst::ClockTime::nseconds);
        let gap = at.zip(self.next_in).is_some_and(|(at, due)| at.abs_diff(due) > ROUNDING_NANOS);
        let other_format = self.suppressor.as_ref().is_some_and(|known| known.channels() != channels);
        let rest = if gap || other_format { self.end() } else { None };
        if self.next_in.is_none() {
            (self.begins, self.given) = (at.unwrap_or(0), 0);
        }
        let suppressor = match &mut self.suppressor {
            Some(known) if !other_format => known,
            other => other.insert(Suppressor::new(channels)),
        };
        let mut out = Vec::new();
        suppressor.switch(self.on.load(Ordering::Relaxed));
        suppressor.push(&samples, &mut out);
        self.next_in = Some(self.next_in.unwrap_or(self.begins) + nanos((samples.len() / channels) as u64));
        (rest, self.stamped(out, channels))
    }

    /// Follows the stream's events; gives the rest of what they end.
    fn hear(&mut self, event: &gst::Event) -> Option<gst::Buffer> {
        match event.view() {
            gst::EventView::FlushStop(_) => {
                if let Some(suppressor) = &mut self.suppressor {
                    suppressor.forget();
                }
                self.next_in = None;
                None
            }
            gst::EventView::Eos(_) | gst::EventView::Segment(_) => self.end(),
            _ => None,
        }
    }

    /// Ends the stretch; gives its rest.
    fn end(&mut self) -> Option<gst::Buffer> {
        self.next_in = None;
        let suppressor = self.suppressor.as_mut()?;
        let mut out = Vec::new();
        suppressor.finish(&mut out);
        let channels = suppressor.channels();
        self.stamped(out, channels)
    }

    fn stamped(&mut self, samples: Vec<f32>, channels: usize) -> Option<gst::Buffer> {
        let frames = (samples.len() / channels) as u64;
        if frames == 0 {
            return None;
        }
        let (from, to) = (self.begins + nanos(self.given), self.begins + nanos(self.given + frames));
        let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_ne_bytes()).collect();
        let mut buffer = gst::Buffer::from_mut_slice(bytes);
        let writable = buffer.get_mut()?;
        writable.set_pts(gst::ClockTime::from_nseconds(from));
        writable.set_duration(gst::ClockTime::from_nseconds(to - from));
        self.given += frames;
        Some(buffer)
    }
}

fn channels_of(pad: &gst::Pad) -> Option<usize> {
    let caps = pad.current_caps()?;
    let channels: i32 = caps.structure(0)?.get("channels").ok()?;
    usize::try_from(channels).ok().filter(|count| *count > 0)
}

fn nanos(samples: u64) -> u64 {
    (u128::from(samples) * u128::from(SECOND) / u128::from(SAMPLE_RATE)) as u64
}
