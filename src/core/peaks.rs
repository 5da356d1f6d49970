//! The waveform of a take: one highest absolute value per stretch of time, small enough to keep whole in memory and to draw
//! at any width.

use serde::{Deserialize, Serialize};

/// Values per second of sound. 50 keeps a two-hour take at 360,000 bytes and still shows every syllable.
pub const PER_SECOND: u32 = 50;

/// Highest absolute sample per 1/`PER_SECOND` s, 0 to 255.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peaks(pub Vec<u8>);

impl Peaks {
    /// The highest value between two points of the whole, each 0 to 1; 0 where there is nothing.
    pub fn between(&self, from: f64, to: f64) -> u8 {
        let n = self.0.len();
        if n == 0 || !from.is_finite() || !to.is_finite() {
            return 0;
        }
        let first = ((from.clamp(0.0, 1.0) * n as f64) as usize).min(n - 1);
        let last = ((to.clamp(0.0, 1.0) * n as f64).ceil() as usize).clamp(first + 1, n);
        self.0[first..last].iter().copied().max().unwrap_or(0)
    }
}

/// Builds `Peaks` from samples as they come.
#[derive(Debug)]
pub struct Scanner {
    /// Interleaved samples per value, as an exact fraction's running remainder.
    samples_per_second: u64,
    seen: u64,
    highest: f32,
    peaks: Peaks,
}

impl Scanner {
    /// For sound with `sample_rate` × `channels` interleaved samples per second.
    pub fn new(sample_rate: u32, channels: u16) -> Scanner {
        let samples_per_second = (u64::from(sample_rate) * u64::from(channels)).max(1);
        Scanner { samples_per_second, seen: 0, highest: 0.0, peaks: Peaks::default() }
    }

    pub fn push(&mut self, samples: &[f32]) {
        for &sample in samples {
            if sample.is_finite() {
                self.highest = self.highest.max(sample.abs());
            }
            self.seen += 1;
            if self.seen * u64::from(PER_SECOND) / self.samples_per_second > self.peaks.0.len() as u64 {
                self.close_value();
            }
        }
    }

    /// The waveform, with whatever was begun.
    pub fn finish(mut self) -> Peaks {
        if !(self.seen * u64::from(PER_SECOND)).is_multiple_of(self.samples_per_second) {
            self.close_value();
        }
        self.peaks
    }

    fn close_value(&mut self) {
        self.peaks.0.push((self.highest.min(1.0) * 255.0).round() as u8);
        self.highest = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_per_fiftieth_of_a_second() {
        for rate in [16_000, 44_100, 48_000] {
            let mut scanner = Scanner::new(rate, 2);
            let mut sound = vec![0.0; rate as usize * 2 * 3];
            sound[rate as usize * 2 + 7] = -0.5;
            for part in sound.chunks(441) {
                scanner.push(part);
            }
            let peaks = scanner.finish();
            assert_eq!(peaks.0.len(), 150, "{rate} Hz");
            assert_eq!(peaks.0.iter().position(|&v| v > 0), Some(50));
            assert_eq!(peaks.0[50], 128);
        }
    }

    #[test]
    fn any_width_finds_the_loud_spot() {
        let peaks = Peaks(vec![0, 0, 9, 0]);
        assert_eq!(peaks.between(0.5, 0.51), 9);
        assert_eq!(peaks.between(0.0, 1.0), 9);
        assert_eq!(peaks.between(2.0, 3.0), 0);
        assert_eq!(Peaks::default().between(0.0, 1.0), 0);
    }
}
