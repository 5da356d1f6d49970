//! The sound's side of a recording: from blocks of a microphone to stamped buffers for the encoder. Where each sample
//! belongs is `line`'s to say.

mod drift;
mod line;
#[cfg(test)]
mod measure;
mod resample;

use std::collections::VecDeque;

use gstreamer as gst;

use super::lane::Lane;
use crate::core::frame::{AudioBlock, AudioFormat};
use crate::core::time::{Moment, SECOND};
use line::{Piece, SoundLine};

/// Encoded slower than this, sound is dropped; it never is on a machine that works.
const WAITING_SOUND_SECS: u64 = 10;

/// Sound kept until the first frame comes.
const EARLY_NANOS: u64 = SECOND;

/// Takes blocks and pushes buffers.
#[derive(Debug)]
pub struct Sound {
    out: Out,
    format: AudioFormat,
    line: SoundLine,
    early: VecDeque<AudioBlock>,
    /// The microphone has stopped, and silence stands in for it.
    gone: bool,
}

/// Where buffers go.
#[derive(Debug)]
struct Out {
    source: Lane,
    rate: u64,
    frame_bytes: usize,
    /// One second of silence, shared by all buffers that need some.
    silence: gst::Buffer,
}

impl Sound {
    /// Into `source`, as `format` says; its channels are those that are recorded.
    pub fn new(source: Lane, format: AudioFormat) -> Sound {
        let frame_bytes = usize::from(format.channels.max(1)) * size_of::<f32>();
        let silence = gst::Buffer::from_slice(vec![0u8; format.sample_rate as usize * frame_bytes]);
        let out = Out { source, rate: u64::from(format.sample_rate.max(1)), frame_bytes, silence };
        Sound { out, format, line: SoundLine::new(format), early: VecDeque::new(), gone: false }
    }

    /// The rate that is recorded.
    pub fn sample_rate(&self) -> u32 {
        self.format.sample_rate
    }

    /// End of what was pushed, nanoseconds from the take's start.
    pub fn end_nanos(&self) -> u64 {
        self.line.end_nanos()
    }

    /// Whether silence stands in for the microphone.
    pub fn is_gone(&self) -> bool {
        self.gone
    }

    /// Keeps a block from before the first frame, which may belong to it.
    pub fn keep_early(&mut self, block: &AudioBlock) {
        self.early.push_back(block.clone());
        while self.early.front().is_some_and(|oldest| block.stamp.since(oldest.stamp) > EARLY_NANOS) {
            self.early.pop_front();
        }
    }

    /// Writes what came early, now that the take's start is known.
    pub fn place_early(&mut self, zero: Moment) {
        for block in std::mem::take(&mut self.early) {
            self.block(&block, zero);
        }
    }

    /// Writes a block at its place; whether sound was lost before it.
    pub fn block(&mut self, block: &AudioBlock, zero: Moment) -> bool {
        let was_gone = std::mem::take(&mut self.gone);
        if self.out.is_behind() {
            self.line.lose();
            return false;
        }
        let offset = i128::from(block.stamp.0) - i128::from(zero.0);
        let offset = i64::try_from(offset).unwrap_or(if offset < 0 { i64::MIN } else { i64::MAX });
        let gap = self.line.block(offset, block, &mut |piece| self.out.put(piece));
        gap && !was_gone
    }

    /// Writes silence up to `nanos` for a microphone that has stopped; whether it is news that it has.
    pub fn stand_in(&mut self, nanos: u64) -> bool {
        self.line.fill(nanos, &mut |piece| self.out.put(piece));
        !std::mem::replace(&mut self.gone, true)
    }

    /// Nothing more will come.
    pub fn close(&mut self) {
        self.line.drain(&mut |piece| self.out.put(piece));
        let _ = self.out.source.end_of_stream();
    }
}

impl Out {
    fn is_behind(&self) -> bool {
        self.source.current_level_bytes() > WAITING_SOUND_SECS * self.silence.size() as u64
    }

    fn put(&self, piece: Piece) {
        match piece {
            Piece::Samples { at, samples } => self.push(gst::Buffer::from_slice(Floats(samples)), at),
            Piece::Silence { at, frames } => self.put_silence(at, frames),
        }
    }

    fn put_silence(&self, mut at: u64, mut frames: u64) {
        while frames > 0 {
            let now = frames.min(self.rate);
            let bytes = now as usize * self.frame_bytes;
            let Ok(buffer) = self.silence.copy_region(gst::BufferCopyFlags::MEMORY, ..bytes) else { return };
            self.push(buffer, at);
            at += now;
            frames -= now;
        }
    }

    /// Stamps a buffer of whole audio frames and hands it on.
    fn push(&self, mut buffer: gst::Buffer, at: u64) {
        let frames = (buffer.size() / self.frame_bytes) as u64;
        let (begin, end) = (self.nanos(at), self.nanos(at + frames));
        if let Some(buffer) = buffer.get_mut() {
            buffer.set_pts(gst::ClockTime::from_nseconds(begin));
            buffer.set_duration(gst::ClockTime::from_nseconds(end - begin));
        }
        // Refused only when the pipeline is going down, which the bus reports.
        let _ = self.source.push_buffer(buffer);
    }

    fn nanos(&self, at: u64) -> u64 {
        (u128::from(at) * u128::from(SECOND) / u128::from(self.rate)) as u64
    }
}

/// Lets samples be the bytes of a buffer.
struct Floats(Vec<f32>);

impl AsRef<[u8]> for Floats {
    fn as_ref(&self) -> &[u8] {
        bytemuck::cast_slice(&self.0)
    }
}
