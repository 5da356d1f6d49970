//! Makes one line of samples, without hole or overlap, of the blocks that a microphone gives. Arithmetic only, so that every
//! rule is tested without a device.
//!
//! A sound card counts samples by its own crystal and the operating system stamps blocks a little early or late. Placing
//! each block by its stamp would click; counting samples only would drift (50 ppm are 30 ms in ten minutes). So samples are
//! counted, the crystal's error is told from the stamps over a minute (`Drift`), and the samples between are computed anew
//! (`Resampler`). Only a real hole or jump is bridged with silence or cut.

use super::drift::Drift;
use super::resample::Resampler;
use crate::core::frame::{AudioBlock, AudioFormat};
use crate::core::time::SECOND;

/// A block further than this from its place is a gap or a jump, not jitter: four blocks of 10 ms.
const REBASE_NANOS: f64 = 40e6;

/// A stretch of the line, from the audio frame `at` on, counted from the take's start.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    Silence { at: u64, frames: u64 },
    Samples { at: u64, samples: Vec<f32> },
}

/// The line of one take, and how far it has come.
#[derive(Clone, Debug)]
pub struct SoundLine {
    /// What is written.
    format: AudioFormat,
    /// What the microphone gives now.
    given: AudioFormat,
    /// The next audio frame to be written, from the take's start.
    next: u64,
    started: bool,
    /// The next block is placed by its stamp alone.
    lost: bool,
    resampler: Resampler,
    drift: Drift,
    /// Of the stretch without a hole that is being written: when its first sample was taken, nanoseconds from the take's
    /// start, and the audio frames given since.
    origin: i64,
    counted: u64,
    /// The block's samples in the channels that are written.
    mapped: Vec<f32>,
}

impl SoundLine {
    /// A line of `format`; the microphone is believed to give that too, until a block says otherwise.
    pub fn new(format: AudioFormat) -> SoundLine {
        SoundLine {
            format,
            given: format,
            next: 0,
            started: false,
            lost: false,
            resampler: Resampler::new(format.sample_rate, format.sample_rate, format.channels),
            drift: Drift::new(),
            origin: 0,
            counted: 0,
            mapped: Vec::new(),
        }
    }

    /// End of what has been written, nanoseconds from the take's start. Some samples of the last block are always yet to
    /// come, since they are made of those that follow.
    pub fn end_nanos(&self) -> u64 {
        self.nanos(self.next)
    }

    /// When audio frame `at` begins, nanoseconds from the take's start.
    pub fn nanos(&self, at: u64) -> u64 {
        (u128::from(at) * u128::from(SECOND) / u128::from(self.format.sample_rate.max(1))) as u64
    }

    /// Writes a block that was taken `offset` nanoseconds after the take's start (before, when negative). Whether sound was
    /// lost before it.
    pub fn block(&mut self, offset: i64, block: &AudioBlock, put: &mut dyn FnMut(Piece)) -> bool {
        if block.format != self.given {
            self.change(block.format, put);
        }
        let mut skip = 0;
        let mut gap = false;
        let deviation = offset as f64 - self.expected_nanos();
        if !self.started || self.lost || deviation.abs() > REBASE_NANOS {
            (skip, gap) = self.rebase(offset, block.frames() as u64, put);
        }
        let pace = self.follow(offset, block.frames() as u64);
        self.map(block, skip);
        let mut samples = Vec::with_capacity(self.mapped.len() + self.mapped.len() / 8);
        self.resampler.feed(&self.mapped, pace, &mut samples);
        self.write(samples, put);
        gap
    }

    /// Silence up to `nanos`, for a microphone that has stopped giving.
    pub fn fill(&mut self, nanos: u64, put: &mut dyn FnMut(Piece)) {
        self.drain(put);
        let until = self.frames_at(i64::try_from(nanos).unwrap_or(i64::MAX));
        self.silence(until, put);
        self.started = true;
        self.lost = true;
    }

    /// A block can't be written; its place stays empty.
    pub fn lose(&mut self) {
        self.lost = true;
    }

    /// Writes what still waits for samples to come.
    pub fn drain(&mut self, put: &mut dyn FnMut(Piece)) {
        let mut samples = Vec::new();
        self.resampler.drain(&mut samples);
        self.write(samples, put);
    }

    /// When the first sample of the next block will be heard, nanoseconds from the take's start.
    fn expected_nanos(&self) -> f64 {
        (self.next as f64 + self.resampler.ahead()) * SECOND as f64 / f64::from(self.format.sample_rate.max(1))
    }

    /// Tells the drift about a block, and gives the pace to write it at.
    fn follow(&mut self, offset: i64, frames: u64) -> f64 {
        let nanos_each = SECOND as f64 / f64::from(self.given.sample_rate.max(1));
        let by_count = self.origin as f64 + self.counted as f64 * nanos_each;
        let (late, put_right) = (offset as f64 - by_count, self.expected_nanos() - by_count);
        self.counted += frames;
        self.drift.measure(frames as f64 * nanos_each / 1e9, late / 1e9, put_right / 1e9)
    }

    /// Places a block by its stamp alone: how many of its audio frames have no place, and whether sound was lost.
    fn rebase(&mut self, offset: i64, frames: u64, put: &mut dyn FnMut(Piece)) -> (u64, bool) {
        self.drain(put);
        let jumped = self.started && !self.lost;
        let wanted = self.frames_at(offset);
        // Sound from before the take's start, and sound whose place is taken, is left out.
        let before = self.frames_at(offset.saturating_neg());
        let taken = if offset < 0 { before.saturating_add(self.next) } else { self.next.saturating_sub(wanted) };
        let skip = scaled(taken, self.given.sample_rate, self.format.sample_rate).min(frames);
        self.drift.restart();
        (self.origin, self.counted) = (offset, 0);
        if skip == frames {
            self.lost |= jumped;
            return (skip, jumped);
        }
        let gap = jumped || (self.lost && wanted > self.next);
        self.silence(wanted, put);
        self.started = true;
        self.lost = false;
        (skip, gap)
    }

    /// The microphone gives another format from now on; its sound goes on where it was.
    fn change(&mut self, given: AudioFormat, put: &mut dyn FnMut(Piece)) {
        if given.sample_rate != self.given.sample_rate {
            self.drain(put);
            self.resampler = Resampler::new(given.sample_rate, self.format.sample_rate, self.format.channels);
            self.drift = Drift::new();
            (self.origin, self.counted) = (i64::try_from(self.end_nanos()).unwrap_or(i64::MAX), 0);
        }
        self.given = given;
    }

    /// The block's samples from audio frame `skip` on, in the line's channels: one channel alone stands for all.
    fn map(&mut self, block: &AudioBlock, skip: u64) {
        let from = usize::from(block.format.channels.max(1));
        let to = usize::from(self.format.channels.max(1));
        self.mapped.clear();
        for frame in block.samples.chunks_exact(from).skip(usize::try_from(skip).unwrap_or(usize::MAX)) {
            self.mapped.extend((0..to).map(|channel| finite(frame[channel.min(from - 1)])));
        }
    }

    fn silence(&mut self, until: u64, put: &mut dyn FnMut(Piece)) {
        if until > self.next {
            put(Piece::Silence { at: self.next, frames: until - self.next });
            self.next = until;
        }
    }

    fn write(&mut self, samples: Vec<f32>, put: &mut dyn FnMut(Piece)) {
        let frames = samples.len() / usize::from(self.format.channels.max(1));
        if frames > 0 {
            let at = self.next;
            self.next += frames as u64;
            put(Piece::Samples { at, samples });
        }
    }

    /// Audio frames in `nanos`, rounded; zero for negative times.
    fn frames_at(&self, nanos: i64) -> u64 {
        let nanos = u128::from(nanos.max(0).unsigned_abs());
        ((nanos * u128::from(self.format.sample_rate) + u128::from(SECOND / 2)) / u128::from(SECOND)) as u64
    }
}

/// Rubbish from a driver becomes silence; one NaN would spoil all that an encoder gives after it.
fn finite(sample: f32) -> f32 {
    if sample.is_finite() { sample } else { 0.0 }
}

/// `frames` at `of` hertz as frames at `to` hertz, rounded.
fn scaled(frames: u64, to: u32, of: u32) -> u64 {
    let of = u128::from(of.max(1));
    u64::try_from((u128::from(frames) * u128::from(to) + of / 2) / of).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
