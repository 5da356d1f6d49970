//! Sound at another pace: by a hair, to follow a microphone's crystal, or at another rate, when a microphone changes its
//! format. Each sample that is written is computed from those around its place by a windowed sinc, wherever between two
//! samples that place is.
//!
//! Own arithmetic, because a take needs three things that resampling libraries hide: the exact place of every sample (so
//! that the delay can be taken out and the drift be measured against what was written), an end wherever sound is lost, and
//! samples that are left as they are to the last bit while nothing has to be corrected.

use std::f64::consts::PI;

/// Samples on either side that a written one is made of. With the window below: even to 0.44 of the sample rate (21 kHz
/// of 48), and what is folded down from above it at −90 dB.
const REACH: usize = 24;

/// Places between two samples that are tabulated; between them weights are interpolated, which errs by −98 dB at 20 kHz.
const PHASES: usize = 256;

/// Shape of the Kaiser window, for −90 dB (J. F. Kaiser, R. W. Schafer: On the use of the I0-sinh window, 1980).
const KAISER_BETA: f64 = 9.0;

/// Of the lower of two rates, what is kept when they differ: leaves room for the window's slope.
const KEPT_OF_OTHER_RATE: f64 = 0.92;

/// A line of interleaved samples, and the place in it that is written next.
#[derive(Clone, Debug)]
pub struct Resampler {
    kernel: Kernel,
    channels: usize,
    /// Samples given for each sample written, at pace 1.
    base: f64,
    /// The same now.
    step: f64,
    /// What is still needed: `kernel.reach - 1` audio frames before the place, and all after it.
    held: Vec<f32>,
    /// The place: whole audio frames from the start of `held`, and the rest of one.
    whole: usize,
    rest: f64,
}

/// Weights of the samples around a place, for each tabulated place between two samples.
#[derive(Clone, Debug)]
struct Kernel {
    reach: usize,
    weights: Vec<f32>,
}

impl Resampler {
    /// For sound at `from` hertz that is written at `to` hertz.
    pub fn new(from: u32, to: u32, channels: u16) -> Resampler {
        let base = f64::from(from.max(1)) / f64::from(to.max(1));
        let kept = if from == to { 1.0 } else { KEPT_OF_OTHER_RATE / base.max(1.0) };
        let mut resampler = Resampler {
            kernel: Kernel::new(kept),
            channels: usize::from(channels.max(1)),
            base,
            step: base,
            held: Vec::new(),
            whole: 0,
            rest: 0.0,
        };
        resampler.restart();
        resampler
    }

    /// Written audio frames until the end of what was given is reached.
    pub fn ahead(&self) -> f64 {
        (self.frames() as f64 - self.whole as f64 - self.rest) / self.step
    }

    /// Takes samples and appends to `out` what can be written with them: all but the last `REACH` audio frames, which
    /// need those to come. The pace glides to `pace`, seconds written for each second given, while they are written.
    pub fn feed(&mut self, samples: &[f32], pace: f64, out: &mut Vec<f32>) {
        self.held.extend_from_slice(samples);
        let target = self.base / pace;
        let end = self.frames().saturating_sub(self.kernel.reach);
        if self.step == 1.0 && target == 1.0 && self.rest == 0.0 {
            let end = end.max(self.whole);
            out.extend_from_slice(&self.held[self.whole * self.channels..end * self.channels]);
            self.whole = end;
        } else {
            self.write(end, target, out);
        }
        let passed = self.whole + 1 - self.kernel.reach;
        self.held.drain(..passed * self.channels);
        self.whole -= passed;
    }

    /// Writes what is left and begins anew: what is given next has no connection with what was.
    pub fn drain(&mut self, out: &mut Vec<f32>) {
        let end = self.frames();
        self.held.resize(self.held.len() + self.kernel.reach * self.channels, 0.0);
        self.write(end, self.step, out);
        self.restart();
    }

    fn restart(&mut self) {
        self.held.clear();
        self.whole = self.kernel.reach - 1;
        self.held.resize(self.whole * self.channels, 0.0);
        self.rest = 0.0;
    }

    fn frames(&self) -> usize {
        self.held.len() / self.channels
    }

    /// Writes every place before audio frame `end` of what is held.
    fn write(&mut self, end: usize, target: f64, out: &mut Vec<f32>) {
        let places = (end.saturating_sub(self.whole) as f64 / self.step).max(1.0);
        let glide = (target - self.step) / places;
        while self.whole < end {
            self.write_one(out);
            self.step += glide;
            let place = self.rest + self.step;
            let passed = place as usize;
            self.whole += passed;
            self.rest = place - passed as f64;
        }
        self.step = target;
    }

    fn write_one(&self, out: &mut Vec<f32>) {
        let place = self.rest * PHASES as f64;
        let phase = (place as usize).min(PHASES - 1);
        let part = (place - phase as f64) as f32;
        let taps = 2 * self.kernel.reach;
        let (before, after) = self.kernel.weights[phase * taps..(phase + 2) * taps].split_at(taps);
        let first = (self.whole + 1 - self.kernel.reach) * self.channels;
        let around = &self.held[first..first + taps * self.channels];
        for channel in 0..self.channels {
            // By index: nothing for the optimiser to miss, and builds without one, which run the tests, are far faster.
            let (mut sum, mut tap) = (0.0, 0);
            while tap < taps {
                sum += around[tap * self.channels + channel] * (before[tap] + (after[tap] - before[tap]) * part);
                tap += 1;
            }
            out.push(sum);
        }
    }
}

impl Kernel {
    /// For sound of which the part `kept` of the given bandwidth is to stay.
    fn new(kept: f64) -> Kernel {
        let reach = (REACH as f64 / kept).ceil() as usize;
        let mut weights = Vec::with_capacity((PHASES + 1) * 2 * reach);
        for phase in 0..=PHASES {
            let place = phase as f64 / PHASES as f64;
            let of_tap = |tap: usize| weight(tap as f64 + 1.0 - reach as f64 - place, kept, reach as f64);
            let row: Vec<f64> = (0..2 * reach).map(of_tap).collect();
            // Steady sound keeps its level at every place.
            let sum: f64 = row.iter().sum();
            weights.extend(row.iter().map(|weight| (weight / sum) as f32));
        }
        Kernel { reach, weights }
    }
}

/// The windowed sinc, `distance` samples from its middle.
fn weight(distance: f64, kept: f64, reach: f64) -> f64 {
    let inside = 1.0 - (distance / reach).powi(2);
    if inside <= 0.0 {
        return 0.0;
    }
    // Exactly 1 and 0 at whole distances, so that places that fall on samples copy them.
    let sinc = match kept * distance {
        0.0 => 1.0,
        turns if turns.fract() == 0.0 => 0.0,
        turns => (PI * turns).sin() / (PI * turns),
    };
    sinc * bessel_i0(KAISER_BETA * inside.sqrt()) / bessel_i0(KAISER_BETA)
}

/// The modified Bessel function of the first kind and order 0, by its series.
fn bessel_i0(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let terms = (1..=32).scan(1.0, |term, n| {
        *term *= quarter / f64::from(n * n);
        Some(*term)
    });
    1.0 + terms.sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::super::measure::{beside_db, level_db};
    use super::*;

    fn sine(hz: f64, rate: f64, samples: usize) -> Vec<f32> {
        (0..samples).map(|n| (0.5 * (2.0 * PI * hz * n as f64 / rate).sin()) as f32).collect()
    }

    fn resampled(given: &[f32], resampler: &mut Resampler, pace: f64) -> Vec<f32> {
        let mut out = Vec::new();
        for block in given.chunks(441) {
            resampler.feed(block, pace, &mut out);
        }
        resampler.drain(&mut out);
        out
    }

    #[test]
    fn what_needs_no_correction_is_copied_to_the_bit() {
        let given = sine(997.0, 48_000.0, 5_000);
        let stereo: Vec<f32> = given.iter().flat_map(|&sample| [sample, -sample]).collect();
        let mut resampler = Resampler::new(48_000, 48_000, 2);
        assert_eq!(resampled(&stereo, &mut resampler, 1.0), stereo);
        assert_eq!(resampled(&stereo[..6], &mut resampler, 1.0), stereo[..6], "and again, a short one");
    }

    #[test]
    fn an_end_in_the_middle_loses_nothing() {
        let mut resampler = Resampler::new(48_000, 48_000, 1);
        let mut out = Vec::new();
        resampler.feed(&[1.0; 100], 1.0, &mut out);
        assert_eq!((out.len(), resampler.ahead()), (100 - REACH, REACH as f64));
        resampler.drain(&mut out);
        assert_eq!((out.len(), resampler.ahead()), (100, 0.0));
    }

    #[test]
    fn a_pace_keeps_the_pitch_it_should_and_adds_nothing() {
        for ppm in [200.0, -200.0, 1_000.0] {
            let pace: f64 = 1.0 + ppm / 1e6;
            // The crystal is slow by `ppm`, so the tone seems high by as much, and is put right.
            let given = sine(1_000.0 * pace, 48_000.0, 6 * 48_000);
            let mut resampler = Resampler::new(48_000, 48_000, 1);
            resampler.step = 1.0 / pace;
            let out = resampled(&given, &mut resampler, pace);
            assert!((out.len() as f64 / given.len() as f64 - pace).abs() < 1e-5);
            let steady = &out[4_800..out.len() - 4_800];
            let level = level_db(steady, 1_000.0, 48_000.0);
            assert!((level - level_db(&sine(1_000.0, 48_000.0, steady.len()), 1_000.0, 48_000.0)).abs() < 0.01, "{level}");
            let rest = beside_db(steady, 1_000.0, 48_000.0);
            assert!(rest < -95.0, "{ppm} ppm: {rest} dB beside a tone of 1 kHz");
        }
    }

    #[test]
    fn a_high_tone_stays_clean_too() {
        let pace = 1.0 + 150e-6;
        let mut resampler = Resampler::new(48_000, 48_000, 1);
        resampler.step = 1.0 / pace;
        let out = resampled(&sine(15_000.0 * pace, 48_000.0, 4 * 48_000), &mut resampler, pace);
        let steady = &out[4_800..out.len() - 4_800];
        let rest = beside_db(steady, 15_000.0, 48_000.0);
        assert!(rest < -80.0, "{rest} dB");
    }

    #[test]
    fn other_rates_keep_length_tone_and_beginning() {
        for (from, to) in [(44_100, 48_000), (16_000, 48_000), (96_000, 48_000), (48_000, 16_000)] {
            let mut resampler = Resampler::new(from, to, 1);
            let given = sine(1_000.0, f64::from(from), 3 * from as usize);
            let out = resampled(&given, &mut resampler, 1.0);
            assert!(out.len().abs_diff(3 * to as usize) <= 1, "{from} to {to}: {} samples", out.len());
            let expected = sine(1_000.0, f64::from(to), out.len());
            let middle = 1_000..out.len() - 1_000;
            let off = middle.map(|n| (out[n] - expected[n]).abs()).fold(0.0f32, f32::max);
            assert!(off < 1e-4, "{from} to {to}: a sample is off by {off}");
        }
    }

    #[test]
    fn what_the_lower_rate_can_not_hold_is_taken_out() {
        let mut resampler = Resampler::new(48_000, 16_000, 1);
        let out = resampled(&sine(9_000.0, 48_000.0, 48_000), &mut resampler, 1.0);
        let loudest = out[500..out.len() - 500].iter().fold(0.0f32, |most, sample| most.max(sample.abs()));
        assert!(loudest < 0.5 * 10f32.powf(-60.0 / 20.0), "9 kHz leaves {loudest} at 16 kHz");
    }
}
