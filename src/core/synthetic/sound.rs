//! The synthetic microphone's sound: a quiet bed, so that meters move and silence can be told from loss, and a click that
//! starts at the first sample of each whole second. The click is a rising sweep: a sweep correlates sharply with itself, so
//! its onset can be found to the sample, and within a millisecond after lossy coding.

use std::f32::consts::TAU;

const MILLION: u64 = 1_000_000;

/// Tones of the bed, in hertz; whole numbers, so that the bed repeats each second without a seam.
const BED_HZ: [u64; 3] = [110, 165, 220];
/// Amplitude of each tone: three of them make an RMS of 0.01, −40 dBFS.
const BED_AMPLITUDE: f32 = 0.008_165;

/// The click: how long, from and to which frequency, and its amplitude at the first sample (−6 dBFS).
const CLICK_SECS: f32 = 0.005;
const CLICK_FROM_HZ: f32 = 500.0;
const CLICK_TO_HZ: f32 = 6000.0;
const CLICK_AMPLITUDE: f32 = 0.5;

/// A sample this loud may belong to a click; the bed stays below 0.025.
const TRIGGER: f32 = 0.08;
/// Normalised correlation from which it is one; lossy coding keeps over 0.9, speech and noise stay below 0.5.
const MATCH: f32 = 0.7;

/// Fills `out` with interleaved samples, the same in every channel, from `first_sample` (counted per channel) on.
pub fn sound(first_sample: u64, sample_rate: u32, channels: u16, out: &mut [f32]) {
    drifting_sound(first_sample, sample_rate, 0, channels, out);
}

/// The same sound as a microphone hears it whose crystal is off by `ppm` (parts in a million, fast when above 0): it takes
/// sample *s* `s / (sample_rate · (1 + ppm / 10⁶))` seconds after the start.
pub fn drifting_sound(first_sample: u64, sample_rate: u32, ppm: i32, channels: u16, out: &mut [f32]) {
    // Counted in millionths of a sample, exactly, so that days later a click is still where it belongs.
    let per_second = millionths(sample_rate, ppm);
    let mut within = (u128::from(first_sample) * u128::from(MILLION) % u128::from(per_second)) as u64;
    for frame in out.chunks_mut(usize::from(channels.max(1))) {
        let secs = (within as f64 / per_second as f64) as f32;
        let bed: f32 = BED_HZ.iter().map(|hz| ((hz * within % per_second) as f64 / per_second as f64) as f32).map(wave).sum();
        frame.fill(bed * BED_AMPLITUDE + if secs < CLICK_SECS { click(secs, sample_rate) } else { 0.0 });
        within = (within + MILLION) % per_second;
    }
}

/// Millionths of a sample in a second.
fn millionths(sample_rate: u32, ppm: i32) -> u64 {
    u64::from(sample_rate.max(1)) * (MILLION as i64 + i64::from(ppm)).max(1).unsigned_abs()
}

fn wave(turns: f32) -> f32 {
    (turns * TAU).sin()
}

/// Onsets of the clicks in one channel, as sample indices. Sample-exact on clean sound. A click cut off at either end is
/// not found.
pub fn find_clicks(mono: &[f32], sample_rate: u32) -> Vec<usize> {
    let secs = |index: usize| index as f32 / sample_rate.max(1) as f32;
    let template: Vec<f32> = (0..click_samples(sample_rate)).map(|index| click(secs(index), sample_rate)).collect();
    let reach = template.len();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(loud) = mono.get(at..).and_then(|rest| rest.iter().position(|sample| sample.abs() >= TRIGGER)) {
        let loud = at + loud;
        // Of one that is cut off the part that is there is compared too, so that it is not taken for a whole one beside it.
        let seen = |start: isize| {
            let (first, past) = (start.max(0) as usize, (start + reach as isize).clamp(0, mono.len() as isize) as usize);
            let there = mono.get(first..past).filter(|there| there.len() * 2 > reach)?;
            Some(likeness(there, &template[first.wrapping_add_signed(-start)..]))
        };
        let candidates = loud as isize - reach as isize..(loud + reach) as isize;
        let scored = candidates.filter_map(|start| Some((start, seen(start)?)));
        match scored.max_by(|a, b| a.1.total_cmp(&b.1)) {
            Some((start, likeness)) if likeness >= MATCH && start >= 0 && start as usize + reach <= mono.len() => {
                found.push(start as usize);
                at = start as usize + sample_rate as usize / 2;
            }
            _ => at = loud + reach,
        }
    }
    found
}

fn click_samples(sample_rate: u32) -> usize {
    ((CLICK_SECS * sample_rate as f32) as usize).max(1)
}

/// The click `t` seconds after its start: a linear sweep under a decaying, tapered envelope.
fn click(t: f32, sample_rate: u32) -> f32 {
    let to_hz = CLICK_TO_HZ.min(0.4 * sample_rate.max(1) as f32);
    let phase = TAU * (CLICK_FROM_HZ * t + (to_hz - CLICK_FROM_HZ) / (2.0 * CLICK_SECS) * t * t);
    CLICK_AMPLITUDE * (-3.0 * t / CLICK_SECS).exp() * (1.0 - t / CLICK_SECS).max(0.0) * phase.cos()
}

/// Normalised correlation: 1 for the template at any loudness, near 0 for anything unlike it. Rubbish (NaN) scores 0.
fn likeness(samples: &[f32], template: &[f32]) -> f32 {
    let (mut product, mut energy, mut own) = (0f64, 0f64, 0f64);
    for (&sample, &expected) in samples.iter().zip(template) {
        let (sample, expected) = (f64::from(sample), f64::from(expected));
        product += sample * expected;
        energy += sample * sample;
        own += expected * expected;
    }
    let likeness = product / (energy * own).sqrt();
    if likeness.is_finite() { likeness as f32 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::levels::Levels;
    use proptest::prelude::*;

    fn mono(first: u64, rate: u32, samples: usize) -> Vec<f32> {
        let mut out = vec![0.0; samples];
        sound(first, rate, 1, &mut out);
        out
    }

    #[test]
    fn the_bed_is_at_minus_forty() {
        let levels = Levels::of(&mono(24_000, 48_000, 24_000));
        assert!((levels.rms_db + 40.0).abs() < 0.2, "{levels:?}");
    }

    #[test]
    fn clicks_start_at_whole_seconds() {
        for rate in [8_000, 16_000, 44_100, 48_000, 96_000] {
            let second = rate as usize;
            let found = find_clicks(&mono(0, rate, second * 3), rate);
            assert_eq!(found, [0, second, 2 * second], "{rate}");
        }
    }

    #[test]
    fn a_crystal_that_is_off_moves_the_clicks_by_as_much() {
        for ppm in [200, -200] {
            let mut out = vec![0.0; 48_000 * 2];
            let first = 48_000 * 100;
            drifting_sound(first, 48_000, ppm, 1, &mut out);
            // Second 101 comes after 101 · 48,000 · (1 + ppm / 10⁶) samples.
            let expected = (101.0 * 48_000.0 * (1.0 + f64::from(ppm) / 1e6)).ceil() as usize - first as usize;
            let found = find_clicks(&out, 48_000);
            assert!(found.iter().any(|found| found.abs_diff(expected) <= 1), "{ppm}: {found:?}, not {expected}");
        }
    }

    #[test]
    fn channels_are_alike_and_blocks_join() {
        let whole = mono(47_000, 48_000, 2_000);
        let mut stereo = vec![0.0; 4_000];
        for (index, block) in stereo.chunks_mut(960).enumerate() {
            sound(47_000 + index as u64 * 480, 48_000, 2, block);
        }
        assert!(stereo.chunks(2).zip(&whole).all(|(frame, &sample)| frame == [sample, sample]));
    }

    #[test]
    fn speechlike_noise_and_rubbish_have_no_clicks() {
        let mut state = 1u32;
        let noise: Vec<f32> = (0..96_000)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / (1 << 23) as f32 - 1.0
            })
            .collect();
        assert_eq!(find_clicks(&noise, 48_000), [] as [usize; 0]);
        assert_eq!(find_clicks(&[f32::NAN, 1.0, f32::INFINITY], 48_000), [] as [usize; 0]);
        assert_eq!(find_clicks(&[], 0), [] as [usize; 0]);
    }

    proptest! {
        #[test]
        fn an_onset_is_exact_wherever_the_block_begins(first in 0u64..10_000_000, gain in 0.3f32..1.9) {
            let samples: Vec<f32> = mono(first, 48_000, 48_000).into_iter().map(|sample| sample * gain).collect();
            let expected = (48_000 - first % 48_000) % 48_000;
            let found = find_clicks(&samples, 48_000);
            // A click cut off at the end of the stretch is none; all others must be there.
            if expected as usize + click_samples(48_000) <= samples.len() {
                prop_assert_eq!(found, vec![expected as usize]);
            } else {
                prop_assert!(found.is_empty(), "{found:?}, cut off at {expected}");
            }
        }
    }
}
