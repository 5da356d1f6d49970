//! How fast a microphone's crystal runs against the clock of the take, told from the stamps of its blocks, and the pace at
//! which its sound has to be written so that neither lips nor pitch move.
//!
//! Each second gives one point: the median of how late its blocks' stamps are against counting. Through the points of the
//! last minute goes a line: its slope, the crystal's error, is the median of the slopes of all pairs of points, its height
//! the median of theirs (Theil and Sen), which a quarter of wild points does not move. How far the sound is off that line
//! is pulled in over ten seconds, so gently that nobody hears the pitch move: by less than a cent.

use std::collections::VecDeque;

/// Seconds that the line is drawn through. Crystals change with their temperature, over minutes.
const POINTS: usize = 64;

/// Fewer say more about the jitter of stamps than about the crystal: with 2 ms of it, eight are right to 40 ppm.
const LEAST_POINTS: usize = 8;

/// Crystals are within 0.1 % of their rate; virtual sound cards, which count by a timer, within 0.5 %.
const MAX_DRIFT: f64 = 0.005;

/// What is off is pulled in by this part a second, at most so fast: 0.05 % is less than a cent.
const PULL: f64 = 0.1;
const MAX_PULL: f64 = 0.000_5;

/// Within this time the pace gets to two thirds of where it should be: a bend so soft that even a spectrum does not show it.
const GLIDE_SECS: f64 = 2.0;

/// Nothing is corrected before the sound is off by more, and then always: a clock that is right needs nothing, and
/// rounding to whole samples stays below.
const STARTS_SECS: f64 = 100e-6;

/// All times in seconds; a stretch is sound without a hole.
#[derive(Clone, Debug)]
pub struct Drift {
    /// Of each past second of this stretch: its middle, counted from the stretch's begin, and how late its stamps were.
    points: VecDeque<(f64, f64)>,
    counted: f64,
    /// The second that is running: how late each block's stamp was, and its length so far.
    late: Vec<f64>,
    length: f64,
    /// The crystal's error.
    drift: f64,
    /// Where the pace glides to.
    target: f64,
    pace: f64,
    correcting: bool,
}

impl Drift {
    pub fn new() -> Drift {
        Drift {
            points: VecDeque::with_capacity(POINTS),
            counted: 0.0,
            late: Vec::new(),
            length: 0.0,
            drift: 0.0,
            target: 1.0,
            pace: 1.0,
            correcting: false,
        }
    }

    /// Begins another stretch; the crystal is the same.
    pub fn restart(&mut self) {
        self.points.clear();
        self.late.clear();
        (self.counted, self.length) = (0.0, 0.0);
        self.target = if self.correcting { 1.0 + self.drift } else { 1.0 };
    }

    /// A block of `length` whose stamp is `late` against counting from the stretch's begin, and which would be written
    /// `put_right` later than counting says. Gives the pace to write it at: seconds written for each second given.
    pub fn measure(&mut self, length: f64, late: f64, put_right: f64) -> f64 {
        self.late.push(late);
        self.counted += length;
        self.length += length;
        if self.length >= 1.0 {
            self.end_second(put_right);
        }
        self.pace += (self.target - self.pace) * (length / GLIDE_SECS).min(1.0);
        self.pace
    }

    fn end_second(&mut self, put_right: f64) {
        if self.points.len() == POINTS {
            self.points.pop_front();
        }
        self.points.push_back((self.counted - self.length / 2.0, median(&mut self.late)));
        self.late.clear();
        self.length = 0.0;
        if self.points.len() >= LEAST_POINTS {
            self.drift = self.slope().clamp(-MAX_DRIFT, MAX_DRIFT);
        }
        let off = self.line(self.counted) - put_right;
        self.correcting |= off.abs() > STARTS_SECS;
        if self.correcting {
            self.target = 1.0 + self.drift + (PULL * off).clamp(-MAX_PULL, MAX_PULL);
        }
    }

    /// How late the line says that sound is, `at` seconds into the stretch.
    fn line(&self, at: f64) -> f64 {
        let heights = self.points.iter().map(|(middle, late)| late + self.drift * (at - middle));
        median(&mut heights.collect::<Vec<f64>>())
    }

    fn slope(&self) -> f64 {
        let pairs = self.points.iter().enumerate().flat_map(|(n, before)| {
            let later = self.points.range(n + 1..);
            later.map(move |after| (after.1 - before.1) / (after.0 - before.0))
        });
        median(&mut pairs.collect::<Vec<f64>>())
    }
}

/// Zero for none.
fn median(values: &mut [f64]) -> f64 {
    let middle = values.len() / 2;
    if values.is_empty() {
        return 0.0;
    }
    *values.select_nth_unstable_by(middle, f64::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A crystal slow by `drift`, with stamps off by `jitter` of their block's number, for `secs`: what is off at each second's
    /// end, and the paces.
    fn follow(drift: f64, jitter: impl Fn(usize) -> f64, secs: usize) -> (Vec<f64>, Vec<f64>) {
        let mut loop_ = Drift::new();
        let (mut off, mut paces) = (Vec::new(), Vec::new());
        let mut put_right = 0.0;
        for block in 0..secs * 100 {
            let truly = block as f64 * 0.01 * drift;
            let pace = loop_.measure(0.01, truly + jitter(block), put_right);
            put_right += 0.01 * (pace - 1.0);
            paces.push(pace);
            if block % 100 == 99 {
                off.push(truly - put_right);
            }
        }
        (off, paces)
    }

    fn noise(block: usize) -> f64 {
        ((block as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as f64 / (1 << 24) as f64 - 0.5
    }

    #[test]
    fn a_clock_that_is_right_is_left_alone() {
        let (_, paces) = follow(0.0, |_| 0.0, 60);
        assert!(paces.iter().all(|&pace| pace == 1.0));
    }

    #[test]
    fn a_crystal_is_followed_before_anybody_notices() {
        for drift in [200e-6, -200e-6, 1_000e-6] {
            let (off, paces) = follow(drift, |_| 0.0, 120);
            let worst = off.iter().fold(0.0f64, |worst, off| worst.max(off.abs()));
            assert!(worst < 9.0 * drift.abs(), "{drift}: off by {worst} s");
            assert!(off[95..].iter().all(|off| off.abs() < 20e-6), "{drift}: off by {:?} s in the end", &off[95..]);
            assert!((paces.last().unwrap() - 1.0 - drift).abs() < 2e-6);
        }
    }

    #[test]
    fn jittery_stamps_move_neither_time_nor_pitch() {
        let jitter = |block| match block % 50 {
            // And now and then one that is wild.
            0 => 0.03,
            _ => 0.008 * noise(block),
        };
        let (off, paces) = follow(100e-6, jitter, 180);
        assert!(off[30..].iter().all(|off| off.abs() < 0.5e-3), "{off:?}");
        let most = paces[3_000..].iter().fold(0.0f64, |most, pace| most.max((pace - 1.0 - 100e-6).abs()));
        assert!(most < 80e-6, "the pitch moves by {most}");
    }

    #[test]
    fn a_begin_that_was_stamped_wrong_is_pulled_in_gently() {
        let (off, paces) = follow(0.0, |_| 0.004, 90);
        assert!((off[80] + 0.004).abs() < 30e-6, "{}", off[80]);
        assert!(paces.iter().all(|pace| (pace - 1.0).abs() <= MAX_PULL * 1.01 + 20e-6));
        assert!(paces.windows(2).all(|pair| (pair[1] - pair[0]).abs() <= 4e-6));
    }

    #[test]
    fn after_a_hole_the_crystal_is_still_known() {
        let mut loop_ = Drift::new();
        let mut put_right = 0.0;
        for block in 0..3_000 {
            put_right += 0.01 * (loop_.measure(0.01, f64::from(block) * 0.01 * 300e-6, put_right) - 1.0);
        }
        loop_.restart();
        let pace = loop_.measure(0.01, 0.0, 0.0);
        assert!((pace - 1.0 - 300e-6).abs() < 30e-6, "{pace}");
    }
}
