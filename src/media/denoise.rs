//! Noise suppression: hiss, hum and fans leave, the voice stays. For what is heard in review and what is exported; a take's own
//! file always holds what the microphone gave.
//!
//! The work is done by RNNoise (J.-M. Valin, "A Hybrid DSP/Deep Learning Approach to Real-Time Full-Band Speech Enhancement",
//! 2018) in its Rust form: frames of 10 ms at 48 kHz, one channel each. It gives each frame back one frame later; here that is
//! taken out again, so that sample *n* comes out as sample *n* and as many come out as went in.

mod filter;

use nnnoiseless::DenoiseState;

pub(super) use filter::{Switch, make_denoise};

/// The one rate it works at.
pub const SAMPLE_RATE: u32 = 48_000;

/// Samples of one channel that are worked on at a time: 10 ms.
pub const FRAME: usize = DenoiseState::FRAME_SIZE;

/// RNNoise counts in 16-bit steps.
const FULL_SCALE: f32 = 32_768.0;

/// Takes noise out of a stream of interleaved samples at `SAMPLE_RATE`.
pub struct Suppressor {
    channels: Vec<Box<DenoiseState<'static>>>,
    /// All channels have been the same so far: the first one's result is everyone's, and nothing is worked out twice.
    alike: bool,
    /// What has come in and is not worked on yet: less than a frame.
    waiting: Vec<f32>,
    /// The frame before, as it came in: what is given back next, with or without its noise.
    before: Option<Vec<f32>>,
    /// It is wanted; `mix` follows within a frame, so that switching does not click.
    on: bool,
    mix: f32,
    /// Frames worked on without a break; the first gives back what was before the break.
    run: usize,
    /// Frames of all channels that came in and went out.
    taken: u64,
    given: u64,
}

impl Suppressor {
    pub fn new(channels: usize) -> Suppressor {
        let channels = channels.max(1);
        Suppressor {
            channels: (0..channels).map(|_| DenoiseState::new()).collect(),
            alike: true,
            waiting: Vec::new(),
            before: None,
            on: true,
            mix: 1.0,
            run: 0,
            taken: 0,
            given: 0,
        }
    }

    pub fn channels(&self) -> usize {
        self.channels.len()
    }

    /// Noise is taken out from here on, or not. What comes out stays in its place either way.
    pub fn switch(&mut self, on: bool) {
        self.on = on;
    }

    /// Forgets sound that is under way, as after a jump, but not what noise sounds like here.
    pub fn forget(&mut self) {
        self.waiting.clear();
        self.before = None;
        self.mix = if self.on { 1.0 } else { 0.0 };
        (self.run, self.taken, self.given) = (0, 0, 0);
    }

    /// Takes samples in and gives those that are done to `out`; up to two frames stay behind.
    pub fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        self.taken += (samples.len() / self.channels()) as u64;
        self.waiting.extend_from_slice(samples);
        let whole = FRAME * self.channels();
        let mut waiting = std::mem::take(&mut self.waiting);
        let mut frames = waiting.chunks_exact(whole);
        for frame in frames.by_ref() {
            self.work(frame, out);
        }
        let done = waiting.len() - frames.remainder().len();
        waiting.drain(..done);
        self.waiting = waiting;
    }

    /// Gives what stayed behind. After this, as many samples went out as came in.
    pub fn finish(&mut self, out: &mut Vec<f32>) {
        let channels = self.channels();
        let missing = (self.taken - self.given) as usize * channels;
        let from = out.len();
        let mut frame = std::mem::take(&mut self.waiting);
        while out.len() - from < missing {
            // Silence pushes the rest out.
            frame.resize(FRAME * channels, 0.0);
            self.work(&frame, out);
            frame.clear();
        }
        out.truncate(from + missing);
        self.forget();
    }

    /// Works on one frame and gives back the one before it.
    fn work(&mut self, frame: &[f32], out: &mut Vec<f32>) {
        let target = if self.on { 1.0 } else { 0.0 };
        let wet = (self.on || self.mix > 0.0).then(|| self.suppress(frame));
        // The first result after a break is of what was before it.
        self.run = if wet.is_some() { self.run + 1 } else { 0 };
        let wet = wet.filter(|_| self.run > 1);
        let Some(dry) = self.before.replace(frame.to_vec()) else { return };
        let from = self.mix;
        self.mix = if wet.is_some() || !self.on { target } else { 0.0 };
        match wet {
            Some(wet) => mix(&dry, &wet, [from, self.mix], self.channels(), out),
            None => out.extend_from_slice(&dry),
        }
        self.given += FRAME as u64;
    }

    /// The frame before, without its noise.
    fn suppress(&mut self, frame: &[f32]) -> Vec<f32> {
        let count = self.channels();
        let mut result = vec![0.0; frame.len()];
        if self.alike && !frame.chunks_exact(count).all(|samples| samples.iter().all(|sample| *sample == samples[0])) {
            self.alike = false;
            let first = self.channels[0].clone();
            self.channels[1..].iter_mut().for_each(|other| other.clone_from(&first));
        }
        let (mut input, mut output) = ([0.0; FRAME], [0.0; FRAME]);
        for (channel, state) in self.channels.iter_mut().enumerate() {
            if channel == 0 || !self.alike {
                for (into, samples) in input.iter_mut().zip(frame.chunks_exact(count)) {
                    let sample = samples[channel] * FULL_SCALE;
                    *into = if sample.is_finite() { sample } else { 0.0 };
                }
                state.process_frame(&mut output, &input);
            }
            for (samples, done) in result.chunks_exact_mut(count).zip(&output) {
                samples[channel] = done / FULL_SCALE;
            }
        }
        result
    }
}

/// One frame of both, whose part of `wet` goes evenly from the first to the second.
fn mix(dry: &[f32], wet: &[f32], [from, to]: [f32; 2], channels: usize, out: &mut Vec<f32>) {
    let step = (to - from) / FRAME as f32;
    let part = |at: usize| from + step * (at / channels) as f32;
    out.extend(dry.iter().zip(wet).enumerate().map(|(at, (dry, wet))| dry + (wet - dry) * part(at)));
}

impl std::fmt::Debug for Suppressor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Suppressor({} channels, {})", self.channels(), if self.on { "on" } else { "off" })
    }
}

#[cfg(test)]
mod tests;
