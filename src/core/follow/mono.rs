//! A microphone's sound as recognisers want it: one channel, 16,000 samples a second, 16 bits. A windowed sinc keeps what lies
//! above 8 kHz from folding down into the speech.

use crate::core::frame::{AudioBlock, AudioFormat};

/// Samples a second.
pub const RATE: u32 = 16_000;
/// Zero crossings of the sinc on each side: about 60 dB of what would fold back is gone.
const CROSSINGS: f64 = 10.0;
/// The pass band ends at this part of the lower of both Nyquist frequencies, to leave room for the slope.
const PASS: f64 = 0.92;
/// Rates outside make no sense for a microphone.
const RATES: std::ops::RangeInclusive<u32> = 4_000..=768_000;

/// Converts one stream of blocks.
#[derive(Clone, Debug)]
pub struct Mono {
    format: AudioFormat,
    /// The kernel, once for each place an output sample can have between two input samples.
    phases: Vec<Vec<f32>>,
    /// Input samples per output sample, as a fraction in lowest terms.
    step: (usize, usize),
    /// Mixed input that is still needed.
    waiting: Vec<f32>,
    /// The next output sample begins at this input sample of `waiting`, and this phase.
    at: usize,
    phase: usize,
}

impl Mono {
    /// For sound of this format; `None` for one that no microphone has.
    pub fn new(format: AudioFormat) -> Option<Mono> {
        if format.channels == 0 || !RATES.contains(&format.sample_rate) {
            return None;
        }
        let divisor = gcd(format.sample_rate, RATE);
        let (input, output) = ((format.sample_rate / divisor) as usize, (RATE / divisor) as usize);
        let cut = PASS * (f64::from(RATE) / f64::from(format.sample_rate)).min(1.0);
        let half = (CROSSINGS / cut).ceil() as usize;
        let phases = (0..output).map(|phase| kernel(half, cut, phase as f64 / output as f64)).collect();
        // Silence before the first sample, so that the first output lies on it.
        Some(Mono { format, phases, step: (input, output), waiting: vec![0.0; half], at: 0, phase: 0 })
    }

    pub fn format(&self) -> AudioFormat {
        self.format
    }

    /// Appends what this block completes. Blocks of another format are left out.
    pub fn push(&mut self, block: &AudioBlock, out: &mut Vec<i16>) {
        if block.format != self.format {
            return;
        }
        let channels = usize::from(self.format.channels);
        let mix = |frame: &[f32]| frame.iter().sum::<f32>() / channels as f32;
        let finite = |sample: f32| if sample.is_finite() { sample } else { 0.0 };
        self.waiting.extend(block.samples.chunks_exact(channels).map(mix).map(finite));
        let taps = self.phases[0].len();
        while self.at + taps <= self.waiting.len() {
            let window = &self.waiting[self.at..self.at + taps];
            let sum: f32 = window.iter().zip(&self.phases[self.phase]).map(|(sample, factor)| sample * factor).sum();
            out.push((sum * 32_767.0).round().clamp(-32_768.0, 32_767.0) as i16);
            self.phase += self.step.0;
            self.at += self.phase / self.step.1;
            self.phase %= self.step.1;
        }
        self.waiting.drain(..self.at.min(self.waiting.len()));
        self.at = 0;
    }
}

/// Hann-windowed sinc with cut-off `cut` (1 is the input's Nyquist frequency), `offset` samples past its middle, with sum 1.
fn kernel(half: usize, cut: f64, offset: f64) -> Vec<f32> {
    let tap = |i: usize| {
        let x = i as f64 - half as f64 - offset;
        let sinc = if x == 0.0 { cut } else { (std::f64::consts::PI * x * cut).sin() / (std::f64::consts::PI * x) };
        let reach = (x / (half as f64 + 1.0)).clamp(-1.0, 1.0);
        sinc * 0.5 * (1.0 + (std::f64::consts::PI * reach).cos())
    };
    let taps: Vec<f64> = (0..=2 * half).map(tap).collect();
    let sum: f64 = taps.iter().sum();
    taps.into_iter().map(|tap| (tap / sum) as f32).collect()
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::time::Moment;

    /// A second of a tone through blocks of odd sizes.
    fn through(sample_rate: u32, channels: u16, hertz: f64) -> Vec<i16> {
        let format = AudioFormat { sample_rate, channels };
        let mut mono = Mono::new(format).unwrap();
        let tone = |i: usize| (std::f64::consts::TAU * hertz * i as f64 / f64::from(sample_rate)).sin() as f32 * 0.5;
        let all: Vec<f32> = (0..sample_rate as usize).flat_map(|i| vec![tone(i); usize::from(channels)]).collect();
        let mut out = Vec::new();
        for chunk in all.chunks(usize::from(channels) * 479) {
            mono.push(&AudioBlock { format, samples: chunk.to_vec(), stamp: Moment(0) }, &mut out);
        }
        out
    }

    fn level(samples: &[i16]) -> f64 {
        let middle = &samples[2000..samples.len() - 2000];
        (middle.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / middle.len() as f64).sqrt() / 32_767.0
    }

    #[test]
    fn speech_passes_at_every_rate_and_what_would_fold_back_does_not() {
        for (rate, channels) in [(48_000, 2), (44_100, 1), (96_000, 2), (16_000, 1), (8_000, 1), (22_050, 6)] {
            let out = through(rate, channels, 1_000.0);
            assert!(out.len().abs_diff(16_000) < 60, "{rate}: {}", out.len());
            assert!((level(&out) - 0.3536).abs() < 0.01, "{rate}: {}", level(&out));
        }
        assert!(level(&through(48_000, 1, 10_000.0)) < 0.002);
        // The first output lies on the first input.
        let out = through(48_000, 1, 500.0);
        let expected = (std::f64::consts::TAU * 500.0 * 1000.0 / 16_000.0).sin() * 0.5 * 32_767.0;
        assert!((f64::from(out[1000]) - expected).abs() < 200.0, "{} {expected}", out[1000]);
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(Mono::new(AudioFormat { sample_rate: 48_000, channels: 0 }).is_none());
        assert!(Mono::new(AudioFormat { sample_rate: 1, channels: 1 }).is_none());
        let format = AudioFormat { sample_rate: 16_000, channels: 1 };
        let mut out = Vec::new();
        Mono::new(format).unwrap().push(&AudioBlock { format, samples: vec![f32::NAN; 500], stamp: Moment(0) }, &mut out);
        assert!(!out.is_empty() && out.iter().all(|sample| *sample == 0));
    }
}
