//! Every rule of the line, with microphones of arithmetic.

use std::f64::consts::TAU;

use super::super::measure::beside_db;
use super::*;
use crate::core::time::Moment;

const MS: i64 = 1_000_000;
const MONO: AudioFormat = AudioFormat { sample_rate: 48_000, channels: 1 };

/// A line and all that it wrote.
struct Bench {
    line: SoundLine,
    pieces: Vec<Piece>,
}

impl Bench {
    fn new(format: AudioFormat) -> Bench {
        Bench { line: SoundLine::new(format), pieces: Vec::new() }
    }

    /// A block of `MONO` whose samples are their own place plus 1, from `first` on.
    fn count(&mut self, offset: i64, first: usize, frames: usize) -> bool {
        let samples = (first..first + frames).map(|n| 1.0 + n as f32).collect();
        self.give(offset, MONO, samples)
    }

    fn give(&mut self, offset: i64, format: AudioFormat, samples: Vec<f32>) -> bool {
        let block = AudioBlock { format, samples, stamp: Moment(0) };
        let pieces = &mut self.pieces;
        self.line.block(offset, &block, &mut |piece| pieces.push(piece))
    }

    fn fill(&mut self, nanos: u64) {
        let pieces = &mut self.pieces;
        self.line.fill(nanos, &mut |piece| pieces.push(piece));
    }

    /// All samples from the take's start; fails where pieces overlap or leave a hole.
    fn written(&mut self) -> Vec<f32> {
        let pieces = &mut self.pieces;
        self.line.drain(&mut |piece| pieces.push(piece));
        let channels = usize::from(self.line.format.channels);
        let mut all = Vec::new();
        for piece in &self.pieces {
            let (at, samples) = match piece {
                Piece::Silence { at, frames } => (*at, vec![0.0; *frames as usize * channels]),
                Piece::Samples { at, samples } => (*at, samples.clone()),
            };
            assert_eq!(all.len(), at as usize * channels, "a hole or an overlap before a piece");
            all.extend(samples);
        }
        all
    }
}

#[test]
fn sound_from_before_the_start_is_trimmed_to_the_sample() {
    let mut bench = Bench::new(MONO);
    bench.count(-25 * MS, 0, 480);
    bench.count(-15 * MS, 480, 480);
    bench.count(-5 * MS, 960, 480);
    bench.count(5 * MS, 1_440, 480);
    let written = bench.written();
    assert_eq!((written.len(), written[0], written[719]), (720, 1_201.0, 1_920.0));
}

#[test]
fn a_late_microphone_begins_with_silence_and_no_gap() {
    let mut bench = Bench::new(MONO);
    assert!(!bench.count(100 * MS, 0, 480));
    let written = bench.written();
    assert_eq!((written.len(), written[4_799], written[4_800]), (5_280, 0.0, 1.0));
}

#[test]
fn jitter_is_counted_through_and_a_hole_is_filled() {
    let mut bench = Bench::new(MONO);
    assert!(!bench.count(0, 0, 480));
    assert!(!bench.count(19 * MS, 480, 480));
    assert!(bench.count(120 * MS, 960, 480));
    let written = bench.written();
    assert_eq!(written[..960], (1..=960).map(|n| n as f32).collect::<Vec<_>>());
    assert!(written[960..5_760].iter().all(|&sample| sample == 0.0));
    assert_eq!((written[5_760], written.len()), (961.0, 6_240));
}

#[test]
fn a_stamp_that_jumps_back_never_overlaps() {
    let mut bench = Bench::new(MONO);
    bench.count(0, 0, 4_800);
    assert!(bench.count(50 * MS, 4_800, 4_800));
    let written = bench.written();
    assert_eq!((written.len(), written[4_799], written[4_800]), (7_200, 4_800.0, 7_201.0));
}

#[test]
fn silence_stands_in_for_a_lost_microphone_until_it_comes_back() {
    let mut bench = Bench::new(MONO);
    bench.count(0, 0, 480);
    bench.fill(1_000 * MS as u64);
    assert_eq!(bench.line.end_nanos(), 1_000 * MS as u64);
    assert!(!bench.count(995 * MS, 480, 480), "what came before was filled already");
    let written = bench.written();
    assert_eq!((written[479], written[480], written[48_000], written.len()), (480.0, 0.0, 721.0, 48_240));
}

#[test]
fn a_block_that_was_not_written_leaves_a_hole() {
    let mut bench = Bench::new(MONO);
    bench.count(0, 0, 480);
    bench.line.lose();
    assert!(bench.count(20 * MS, 960, 480));
    let written = bench.written();
    assert_eq!((written[479], written[480], written[960], written.len()), (480.0, 0.0, 961.0, 1_440));
}

#[test]
fn rubbish_is_silence() {
    let mut bench = Bench::new(MONO);
    bench.give(0, MONO, vec![f32::NAN, 0.5, f32::INFINITY]);
    assert_eq!(bench.written(), [0.0, 0.5, 0.0]);
    // Stamps of a driver gone mad end in bounds too.
    assert!(bench.count(i64::MIN, 0, 480));
    bench.line.drain(&mut |piece| panic!("{piece:?}"));
}

/// A microphone off by `ppm` (slow when above 0) hears a tone of 1 kHz; its blocks' stamps are off by up to `jitter`.
fn tone(ppm: f64, jitter: f64, secs: usize, format: AudioFormat, from: usize) -> impl Iterator<Item = (i64, Vec<f32>)> {
    let nanos_each = 1e9 / f64::from(format.sample_rate) * (1.0 + ppm / 1e6);
    let frames = format.sample_rate as usize / 100;
    (from * 100..(from + secs) * 100).map(move |block| {
        let first = block * frames;
        let noise = ((block as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as f64 / f64::from(1 << 23) - 1.0;
        let stamp = first as f64 * nanos_each + noise * jitter;
        let sample = |n: usize| (0.5 * (TAU * 1e3 * (n as f64 * nanos_each / 1e9)).sin()) as f32;
        let samples = (first..first + frames).flat_map(|n| std::iter::repeat_n(sample(n), usize::from(format.channels)));
        (stamp as i64, samples.collect())
    })
}

/// Loudest beside the tone, in decibels below it.
fn beside(samples: &[f32]) -> f64 {
    beside_db(samples, 1e3, 48e3)
}

/// How far the tone is off its place at the end of `written`, seconds; it tells half a period at most.
fn late_at_end(written: &[f32]) -> f64 {
    let from = written.len() - 48_000;
    let (mut sine, mut cosine) = (0.0, 0.0);
    for (n, &sample) in written.iter().enumerate().skip(from) {
        let phase = TAU * 1e3 * n as f64 / 48e3;
        sine += f64::from(sample) * phase.sin();
        cosine += f64::from(sample) * phase.cos();
    }
    (-cosine).atan2(sine) / TAU / 1e3
}

#[test]
fn a_drifting_tone_is_put_right_without_a_sound_beside_it() {
    for ppm in [200.0, -200.0] {
        let mut bench = Bench::new(MONO);
        for (stamp, samples) in tone(ppm, 0.0, 75, MONO, 0) {
            assert!(!bench.give(stamp, MONO, samples));
        }
        let written = bench.written();
        // The first seconds, in which the correction sets in, stretch after stretch, and then the steady part.
        for second in [0, 1, 7, 9, 20] {
            let beside = beside(&written[second * 48_000..][..1 << 17]);
            println!("{ppm} ppm, from second {second}: {beside:.1} dB beside the tone");
            assert!(beside < -80.0, "{ppm} ppm, from second {second}: {beside} dB");
        }
        let steady = beside(&written[written.len() - (1 << 18)..]);
        let late = late_at_end(&written);
        println!("{ppm} ppm: {steady:.1} dB beside the tone; {:.1} µs late in the end", late * 1e6);
        assert!(steady < -95.0, "{ppm} ppm: {steady} dB");
        assert!(late.abs() < 50e-6, "{ppm} ppm: {late} s late");
    }
}

#[test]
fn stamps_that_jitter_are_not_heard_either() {
    let mut bench = Bench::new(MONO);
    for (stamp, samples) in tone(120.0, 4e6, 60, MONO, 0) {
        assert!(!bench.give(stamp, MONO, samples));
    }
    let written = bench.written();
    let steady = beside(&written[written.len() - (1 << 18)..]);
    println!("4 ms of jitter: {steady:.1} dB beside the tone");
    assert!(steady < -80.0, "{steady} dB");
    assert!(late_at_end(&written).abs() < 0.3e-3, "{}", late_at_end(&written));
}

#[test]
fn a_microphone_that_changes_its_format_goes_on_in_its_place() {
    let stereo = AudioFormat { sample_rate: 48_000, channels: 2 };
    let other = AudioFormat { sample_rate: 44_100, channels: 1 };
    let mut bench = Bench::new(stereo);
    for (stamp, samples) in tone(0.0, 0.0, 2, stereo, 0) {
        assert!(!bench.give(stamp, stereo, samples));
    }
    for (stamp, samples) in tone(0.0, 0.0, 5, other, 2) {
        assert!(!bench.give(stamp, other, samples));
    }
    let written = bench.written();
    let (left, right): (Vec<f32>, Vec<f32>) = written.chunks_exact(2).map(|frame| (frame[0], frame[1])).unzip();
    assert!(left.len().abs_diff(7 * 48_000) <= 1 && left == right, "{}", left.len());
    assert!(late_at_end(&left).abs() < 1e-6, "{}", late_at_end(&left));
    let rest = beside(&left[3 * 48_000..]);
    assert!(rest < -90.0, "{rest} dB");
    // Nor does it click where it changed.
    let steepest = left.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
    assert!(steepest < 0.5 * TAU as f32 / 48.0 * 1.5, "{steepest}");
}
