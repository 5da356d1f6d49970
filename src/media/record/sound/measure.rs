//! The ear of the tests: a spectrum fine enough to see what a listener could hear beside a tone.

use std::f64::consts::{PI, TAU};

/// Blackman-Harris with seven terms: nothing of a tone above −160 dB beyond seven lines (H.-H. Albrecht, 2001).
const WINDOW: [f64; 7] = [
    0.271_051_400_693_42,
    -0.433_297_939_234_48,
    0.218_122_999_543_11,
    -0.065_925_446_388_03,
    0.010_811_742_098_37,
    -0.000_776_584_825_22,
    0.000_013_887_217_35,
];

/// Lines on either side that belong to a tone.
const TONE_LINES: usize = 12;

/// How loud the tone at `hz` is, in decibels of some reference that is the same for equally long sounds.
pub fn level_db(samples: &[f32], hz: f64, rate: f64) -> f64 {
    let lines = spectrum(samples);
    decibels(loudest(&lines, |line| line.abs_diff(line_of(hz, rate, lines.len())) <= TONE_LINES))
}

/// The loudest of all that is not the tone at `hz` (hum, sidebands, distortion, noise), in decibels of the tone.
pub fn beside_db(samples: &[f32], hz: f64, rate: f64) -> f64 {
    let lines = spectrum(samples);
    let of_tone = |line: usize| line.abs_diff(line_of(hz, rate, lines.len())) <= TONE_LINES;
    decibels(loudest(&lines, |line| !of_tone(line)) / loudest(&lines, of_tone))
}

fn loudest(lines: &[f64], which: impl Fn(usize) -> bool) -> f64 {
    lines.iter().enumerate().filter(|(line, _)| which(*line)).map(|(_, power)| *power).fold(0.0, f64::max)
}

fn line_of(hz: f64, rate: f64, lines: usize) -> usize {
    (hz / rate * 2.0 * lines as f64).round() as usize
}

fn decibels(power: f64) -> f64 {
    10.0 * power.log10()
}

/// Power of each line up to half the rate, of as many samples as are a power of two.
fn spectrum(samples: &[f32]) -> Vec<f64> {
    let count = 1 << samples.len().ilog2();
    let windowed = samples[..count].iter().enumerate().map(|(n, &sample)| {
        let turn = TAU * n as f64 / count as f64;
        let window: f64 = WINDOW.iter().enumerate().map(|(term, weight)| weight * (term as f64 * turn).cos()).sum();
        (f64::from(sample) * window, 0.0)
    });
    let mut values: Vec<(f64, f64)> = windowed.collect();
    transform(&mut values);
    values[..count / 2].iter().map(|(re, im)| re * re + im * im).collect()
}

/// Cooley and Tukey's transform, in place.
fn transform(values: &mut [(f64, f64)]) {
    let count = values.len();
    let bits = count.ilog2();
    for n in 0..count {
        let mirrored = n.reverse_bits() >> (usize::BITS - bits);
        if n < mirrored {
            values.swap(n, mirrored);
        }
    }
    let mut half = 1;
    while half < count {
        let turns: Vec<(f64, f64)> = (0..half).map(|n| (-PI * n as f64 / half as f64).sin_cos()).collect();
        for block in values.chunks_exact_mut(2 * half) {
            let (low, high) = block.split_at_mut(half);
            for ((a, b), (sin, cos)) in low.iter_mut().zip(high).zip(&turns) {
                let turned = (b.0 * cos - b.1 * sin, b.0 * sin + b.1 * cos);
                (*a, *b) = ((a.0 + turned.0, a.1 + turned.1), (a.0 - turned.0, a.1 - turned.1));
            }
        }
        half *= 2;
    }
}
