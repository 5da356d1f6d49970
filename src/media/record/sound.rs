//! Where a block of sound belongs in a take. Arithmetic only, so that every rule can be tested without a device.
//!
//! A sound card counts samples by its own crystal and the operating system stamps blocks a little early or late. Placing
//! each block by its stamp would click; counting samples only would drift (50 ppm are 30 ms in ten minutes). So samples are
//! counted, the stamps are followed slowly by making a block one sample longer or shorter, and only a real hole or jump is
//! bridged with silence or cut.

use crate::core::frame::{AudioBlock, AudioFormat};
use crate::core::time::SECOND;

/// A block further than this from its place is a gap or a jump, not jitter: four blocks of 10 ms.
pub const REBASE_NANOS: i64 = 40_000_000;

/// The mean deviation from which the count starts to follow the stamps: a tenth of what a viewer can notice.
const DRIFT_STARTS_NANOS: f64 = 1_000_000.0;

/// And where it stops again.
const DRIFT_ENDS_NANOS: f64 = 300_000.0;

/// Weight of the newest deviation in the mean: over about 64 blocks, which quiets the jitter of stamps.
const DRIFT_WEIGHT: f64 = 1.0 / 64.0;

/// What to do with a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Placed {
    /// Audio frames of silence to write before it.
    pub silence: u64,
    /// Audio frames to leave out at its beginning.
    pub skip: u64,
    /// Where its first remaining audio frame stands, counted from the take's start.
    pub at: u64,
    /// One audio frame more (1) or less (−1) than it has.
    pub slip: i8,
    /// Sound was lost before it.
    pub gap: bool,
}

/// Counts the audio frames of one take.
#[derive(Clone, Debug)]
pub struct SoundClock {
    rate: u32,
    /// The next audio frame to be written, from the take's start.
    next: u64,
    started: bool,
    /// The next block is placed by its stamp alone.
    lost: bool,
    /// Mean of stamp minus count, nanoseconds.
    drift: f64,
    following: bool,
}

impl SoundClock {
    pub fn new(rate: u32) -> SoundClock {
        SoundClock { rate: rate.max(1), next: 0, started: false, lost: false, drift: 0.0, following: false }
    }

    /// End of what has been placed, nanoseconds from the take's start.
    pub fn end_nanos(&self) -> u64 {
        self.nanos(self.next)
    }

    /// When audio frame `at` begins, nanoseconds from the take's start.
    pub fn nanos(&self, at: u64) -> u64 {
        (u128::from(at) * u128::from(SECOND) / u128::from(self.rate)) as u64
    }

    /// Places a block of `frames` audio frames that was taken `offset` nanoseconds after the take's start (before, when
    /// negative). The caller writes what the answer says.
    pub fn place(&mut self, offset: i64, frames: u64) -> Placed {
        let expected = self.nanos(self.next) as i64;
        let deviation = offset.saturating_sub(expected);
        if !self.started || self.lost || deviation.abs() > REBASE_NANOS {
            return self.rebase(offset, frames);
        }
        self.drift += (deviation as f64 - self.drift) * DRIFT_WEIGHT;
        let limit = if self.following { DRIFT_ENDS_NANOS } else { DRIFT_STARTS_NANOS };
        self.following = self.drift.abs() > limit;
        let slip: i8 = match self.following {
            true if frames > 2 && self.drift > 0.0 => 1,
            true if frames > 2 => -1,
            _ => 0,
        };
        let placed = Placed { at: self.next, slip, ..Placed::default() };
        self.next = self.next.saturating_add(frames).saturating_add_signed(i64::from(slip));
        // What a slip has corrected is no longer deviation.
        self.drift -= f64::from(slip) * SECOND as f64 / f64::from(self.rate);
        placed
    }

    /// Silence up to `nanos`, for a microphone that has stopped giving; the audio frames to write and where they begin.
    pub fn fill(&mut self, nanos: u64) -> Placed {
        let until = self.frames_at(i64::try_from(nanos).unwrap_or(i64::MAX));
        let silence = until.saturating_sub(self.next);
        let placed = Placed { silence, at: self.next, ..Placed::default() };
        self.next += silence;
        self.started = true;
        self.lost = true;
        placed
    }

    /// Tells that the last block placed was not written after all.
    pub fn forget(&mut self, placed: Placed) {
        self.next = placed.at.saturating_sub(placed.silence);
        self.lost = true;
    }

    fn rebase(&mut self, offset: i64, frames: u64) -> Placed {
        let first = !self.started;
        let jumped = !first && !self.lost;
        let wanted = self.frames_at(offset);
        // Sound from before the take's start, and sound whose place is taken, is left out.
        let before = self.frames_at(offset.saturating_neg());
        let taken = self.next.saturating_sub(wanted);
        let skip = if offset < 0 { before.saturating_add(self.next) } else { taken }.min(frames);
        if skip == frames {
            self.lost |= jumped;
            return Placed { skip, at: self.next, gap: jumped, ..Placed::default() };
        }
        let silence = wanted.saturating_sub(self.next);
        let gap = jumped || (self.lost && silence > 0);
        self.next += silence;
        let at = self.next;
        self.next = self.next.saturating_add(frames - skip);
        self.started = true;
        self.lost = false;
        self.drift = 0.0;
        self.following = false;
        Placed { silence, skip, at, slip: 0, gap }
    }

    /// Audio frames in `nanos`, rounded; zero for negative times.
    fn frames_at(&self, nanos: i64) -> u64 {
        let nanos = u128::from(nanos.max(0).unsigned_abs());
        ((nanos * u128::from(self.rate) + u128::from(SECOND / 2)) / u128::from(SECOND)) as u64
    }
}

/// The block one audio frame longer (`slip` 1) or shorter (−1): what is lost at the highest frequencies of one block a second
/// is less than a click.
pub fn stretch(samples: &[f32], channels: usize, slip: i8) -> Vec<f32> {
    let from = samples.len() / channels.max(1);
    let to = from.saturating_add_signed(isize::from(slip));
    resize(samples, channels, to)
}

/// A block of a microphone that has changed its format, in the take's: plain, but heard and in its place. A first channel that
/// is alone stands for all.
pub fn convert(block: &AudioBlock, format: AudioFormat) -> AudioBlock {
    let (from, to) = (usize::from(block.format.channels.max(1)), usize::from(format.channels.max(1)));
    let mapped = block.samples.chunks_exact(from).flat_map(|frame| (0..to).map(move |channel| frame[channel.min(from - 1)]));
    let mapped: Vec<f32> = mapped.collect();
    let frames = block.frames() as u64 * u64::from(format.sample_rate);
    let rate = u64::from(block.format.sample_rate.max(1));
    let samples = resize(&mapped, to, ((frames + rate / 2) / rate) as usize);
    AudioBlock { format, samples, stamp: block.stamp }
}

/// The block with another number of audio frames, by linear interpolation over its whole length.
fn resize(samples: &[f32], channels: usize, to: usize) -> Vec<f32> {
    let channels = channels.max(1);
    let from = samples.len() / channels;
    if from == to || from < 2 || to < 2 {
        return samples.to_vec();
    }
    let step = (from - 1) as f64 / (to - 1) as f64;
    let mut stretched = Vec::with_capacity(to * channels);
    for frame in 0..to {
        let place = frame as f64 * step;
        let left = (place as usize).min(from - 2);
        let part = (place - left as f64) as f32;
        for channel in 0..channels {
            let (a, b) = (samples[left * channels + channel], samples[(left + 1) * channels + channel]);
            stretched.push(a + (b - a) * part);
        }
    }
    stretched
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::time::Moment;

    const MS: i64 = 1_000_000;

    #[test]
    fn sound_from_before_the_start_is_trimmed_to_the_sample() {
        let mut clock = SoundClock::new(48_000);
        assert_eq!(clock.place(-25 * MS, 480).skip, 480);
        assert_eq!(clock.place(-15 * MS, 480).skip, 480);
        let placed = clock.place(-5 * MS, 480);
        assert_eq!(placed, Placed { skip: 240, at: 0, ..Placed::default() });
        assert_eq!(clock.end_nanos(), 5 * MS as u64);
        assert_eq!(clock.place(5 * MS, 480), Placed { at: 240, ..Placed::default() });
    }

    #[test]
    fn a_late_microphone_begins_with_silence_and_no_gap() {
        let mut clock = SoundClock::new(48_000);
        assert_eq!(clock.place(100 * MS, 480), Placed { silence: 4_800, at: 4_800, ..Placed::default() });
    }

    #[test]
    fn jitter_is_counted_through_and_a_hole_is_filled() {
        let mut clock = SoundClock::new(48_000);
        clock.place(0, 480);
        assert_eq!(clock.place(19 * MS, 480), Placed { at: 480, ..Placed::default() });
        let after_hole = clock.place(120 * MS, 480);
        assert_eq!(after_hole, Placed { silence: 4_800, at: 5_760, gap: true, ..Placed::default() });
    }

    #[test]
    fn a_stamp_that_jumps_back_never_overlaps() {
        let mut clock = SoundClock::new(48_000);
        clock.place(0, 4_800);
        let back = clock.place(50 * MS, 4_800);
        assert_eq!(back, Placed { skip: 2_400, at: 4_800, gap: true, ..Placed::default() });
        assert_eq!(clock.end_nanos(), 150 * MS as u64);
    }

    #[test]
    fn a_slow_crystal_is_followed_without_a_gap() {
        // 100 ppm slow: each block of 480 samples takes 10.001 ms.
        let mut clock = SoundClock::new(48_000);
        let mut worst = 0;
        for block in 0..60_000i64 {
            let placed = clock.place(block * 10_001_000, 480);
            assert!(!placed.gap && placed.silence == 0 && placed.skip == 0);
            worst = worst.max((clock.nanos(placed.at) as i64 - block * 10_001_000).abs());
        }
        assert!(worst < 3 * MS, "off by {worst} ns after ten minutes");
    }

    #[test]
    fn silence_stands_in_for_a_lost_microphone_until_it_comes_back() {
        let mut clock = SoundClock::new(48_000);
        clock.place(0, 480);
        assert_eq!(clock.fill(1_000 * MS as u64).silence, 47_520);
        let back = clock.place(995 * MS, 480);
        assert_eq!(back, Placed { skip: 240, at: 48_000, ..Placed::default() });
    }

    #[test]
    fn a_block_that_was_not_written_leaves_a_hole() {
        let mut clock = SoundClock::new(48_000);
        clock.place(0, 480);
        let placed = clock.place(10 * MS, 480);
        clock.forget(placed);
        assert_eq!(clock.place(20 * MS, 480), Placed { silence: 480, at: 960, gap: true, ..Placed::default() });
    }

    #[test]
    fn sound_of_another_format_keeps_its_length_and_ends() {
        let samples: Vec<f32> = (0..441).map(|i| i as f32).collect();
        let given = AudioBlock { format: AudioFormat { sample_rate: 44_100, channels: 1 }, samples, stamp: Moment(7) };
        let converted = convert(&given, AudioFormat { sample_rate: 48_000, channels: 2 });
        assert_eq!((converted.frames(), converted.samples[0], converted.stamp), (480, 0.0, Moment(7)));
        assert!((converted.samples[959] - 440.0).abs() < 1e-3 && converted.samples[958] == converted.samples[959]);
    }

    #[test]
    fn stretching_keeps_the_ends() {
        let block: Vec<f32> = (0..480).flat_map(|i| [i as f32, -(i as f32)]).collect();
        for slip in [-1, 0, 1] {
            let stretched = stretch(&block, 2, slip);
            assert_eq!(stretched.len() as i64, 960 + 2 * i64::from(slip));
            assert_eq!(stretched[..2], [0.0, 0.0]);
            assert!((stretched[stretched.len() - 2] - 479.0).abs() < 1e-3);
        }
    }
}
