//! Sound levels for the meter: peak and RMS in dBFS, and whether it clipped. Pure arithmetic over blocks of samples that
//! neither locks nor allocates.

use serde::{Deserialize, Serialize};

/// Silence, as far as the meter is concerned.
pub const FLOOR_DB: f32 = -90.0;

/// At or above this a sample counts as clipped: the last step of a 16-bit converter.
pub const CLIP: f32 = 0.999_96;

/// Levels over a stretch of sound: of one channel, or of all together.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Levels {
    /// Highest absolute sample, dBFS.
    pub peak_db: f32,
    /// Root mean square, dBFS (a full-scale sine reads −3).
    pub rms_db: f32,
    /// A sample reached full scale.
    pub clipped: bool,
}

impl Default for Levels {
    fn default() -> Self {
        Levels { peak_db: FLOOR_DB, rms_db: FLOOR_DB, clipped: false }
    }
}

/// A linear amplitude in dBFS, not below `FLOOR_DB`.
pub fn db(amplitude: f32) -> f32 {
    if amplitude > 0.0 { (20.0 * amplitude.log10()).max(FLOOR_DB) } else { FLOOR_DB }
}

impl Levels {
    /// Measures samples, whatever channels they are of. Not-a-number samples count as silence.
    pub fn of(samples: &[f32]) -> Levels {
        Levels::measure(samples.iter().copied())
    }

    /// Measures one channel of a block of interleaved samples.
    pub fn of_channel(samples: &[f32], channel: usize, channels: usize) -> Levels {
        Levels::measure(samples.iter().copied().skip(channel).step_by(channels.max(1)))
    }

    fn measure(samples: impl Iterator<Item = f32>) -> Levels {
        let (mut peak, mut sum, mut count) = (0f32, 0f64, 0u64);
        for sample in samples {
            let sample = if sample.is_finite() { sample } else { 0.0 };
            peak = peak.max(sample.abs());
            sum += f64::from(sample) * f64::from(sample);
            count += 1;
        }
        let rms = (sum / count.max(1) as f64).sqrt() as f32;
        Levels { peak_db: db(peak), rms_db: db(rms), clipped: peak >= CLIP }
    }

    /// What the meter shows next: rises at once, falls by `fall_db` (the time since the last block × the meter's speed).
    pub fn fall(self, newer: Levels, fall_db: f32) -> Levels {
        Levels {
            peak_db: newer.peak_db.max(self.peak_db - fall_db),
            rms_db: newer.rms_db.max(self.rms_db - fall_db),
            clipped: newer.clipped || self.clipped,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_scale_sine_reads_minus_three() {
        let sine: Vec<f32> = (0..48_000).map(|i| (i as f32 * 440.0 / 48_000.0 * std::f32::consts::TAU).sin()).collect();
        let levels = Levels::of(&sine);
        assert!((levels.rms_db + 3.01).abs() < 0.05, "{levels:?}");
        assert!(levels.peak_db > -0.01);
    }

    #[test]
    fn each_channel_is_measured_by_itself() {
        let block: Vec<f32> = (0..960).map(|i| if i % 2 == 0 { 0.5 } else { 0.0 }).collect();
        assert!((Levels::of_channel(&block, 0, 2).rms_db + 6.02).abs() < 0.01);
        assert_eq!(Levels::of_channel(&block, 1, 2), Levels::default());
        assert!((Levels::of(&block).rms_db + 9.03).abs() < 0.01);
    }

    #[test]
    fn silence_and_rubbish_are_the_floor() {
        assert_eq!(Levels::of(&[]), Levels::default());
        assert_eq!(Levels::of(&[f32::NAN, 0.0]), Levels::default());
    }

    #[test]
    fn the_meter_rises_at_once_and_falls_slowly() {
        let loud = Levels { peak_db: -6.0, rms_db: -12.0, clipped: true };
        let shown = loud.fall(Levels::default(), 2.0);
        assert_eq!(shown, Levels { peak_db: -8.0, rms_db: -14.0, clipped: true });
        assert_eq!(Levels::default().fall(loud, 2.0), loud);
    }
}
