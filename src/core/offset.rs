//! How far another machine's clock is from ours, estimated as NTP does (RFC 5905, section 8): ask for its time, note when the
//! question left and when the answer came. The truth lies within half the round trip of the middle, whatever the line did, so the
//! quickest of the last answers is believed. What is shown moves towards a better estimate at a speed nobody sees, and jumps only
//! when the other clock has jumped.

use std::collections::VecDeque;

use super::time::{Moment, SECOND};

/// So many answers are weighed against each other.
const KEPT: usize = 8;
/// The first answers after a (re)start are believed at once: nothing was shown by the clock before.
const FIRST: usize = 5;
/// A second of age makes an answer worse by so much: clocks drift apart (PHI of RFC 5905, 15 ppm).
const DRIFT: f64 = 15e-6;
/// A change beyond this is no correction: the other machine was restarted, or one of the two slept.
const STEP_NANOS: f64 = 50e6;
/// Smaller changes are made at this speed, in seconds per second. Half a percent of the pace is not seen.
const SLEW: f64 = 0.005;

/// One question and its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Ours, when the question left.
    pub sent: Moment,
    /// Theirs, when they answered.
    pub remote: Moment,
    /// Ours, when the answer came.
    pub received: Moment,
}

impl Sample {
    pub fn round_trip_nanos(&self) -> u64 {
        self.received.since(self.sent)
    }

    /// Theirs minus ours in nanoseconds, if both ways took the same time. Wrong by half the round trip at most.
    pub fn offset_nanos(&self) -> i64 {
        let twice = 2 * i128::from(self.remote.0) - i128::from(self.sent.0) - i128::from(self.received.0);
        i64::try_from(twice / 2).unwrap_or(if twice < 0 { i64::MIN } else { i64::MAX })
    }

    /// Half the width of the stretch that holds the truth, in nanoseconds, when looked at from `now`.
    fn doubt(&self, now: Moment) -> f64 {
        self.round_trip_nanos() as f64 / 2.0 + now.since(self.received) as f64 * DRIFT
    }
}

/// Theirs minus ours, as a function of our time: a small correction is spread over the seconds after it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Offset {
    /// What it was at `since`, in nanoseconds.
    from: i64,
    since: Moment,
    /// What it settles at, in nanoseconds: the best estimate.
    pub nanos: i64,
    /// Of the answer that is believed. The estimate is wrong by half of it at most.
    pub round_trip_nanos: u64,
}

impl Offset {
    /// At a moment of ours, in nanoseconds.
    pub fn at(&self, now: Moment) -> i64 {
        let way = now.since(self.since) as f64 * SLEW;
        let left = self.nanos as f64 - self.from as f64;
        if left.abs() <= way { self.nanos } else { self.from.saturating_add((way * left.signum()) as i64) }
    }

    /// Their clock at a moment of ours.
    pub fn theirs(&self, now: Moment) -> Moment {
        Moment(now.0.saturating_add_signed(self.at(now)))
    }

    /// Our clock at a moment of theirs, as it looks at `now`.
    pub fn ours(&self, theirs: Moment, now: Moment) -> Moment {
        Moment(theirs.0.saturating_add_signed(self.at(now).saturating_neg()))
    }

    /// The estimate, in milliseconds.
    pub fn millis(&self) -> f64 {
        self.nanos as f64 / 1e6
    }

    pub fn round_trip_millis(&self) -> f64 {
        self.round_trip_nanos as f64 / 1e6
    }
}

/// Weighs answers.
#[derive(Clone, Debug, Default)]
pub struct Estimator {
    samples: VecDeque<Sample>,
    /// Answers since the start or the last jump.
    heard: usize,
    offset: Option<Offset>,
}

impl Estimator {
    pub fn offset(&self) -> Option<Offset> {
        self.offset
    }

    /// Weighs one more answer. One that came before its question is no answer and changes nothing.
    pub fn hear(&mut self, sample: Sample) -> Option<Offset> {
        if sample.received < sample.sent {
            return self.offset;
        }
        let now = sample.received;
        let mut jumped = false;
        // The truth lies in both stretches. When they do not meet, the clocks have moved since and the old answers are void.
        if let Some(best) = self.best(now) {
            let apart = (sample.offset_nanos() as f64 - best.offset_nanos() as f64).abs();
            let gap = apart - sample.doubt(now) - best.doubt(now);
            if gap > 0.0 {
                self.samples.clear();
                jumped = apart > STEP_NANOS;
            }
        }
        if jumped {
            self.heard = 0;
        }
        self.samples.push_back(sample);
        if self.samples.len() > KEPT {
            self.samples.pop_front();
        }
        self.heard = self.heard.saturating_add(1);
        let best = self.best(now).unwrap_or(sample);
        let nanos = best.offset_nanos();
        let shown = self.offset.map_or(nanos, |offset| offset.at(now));
        let is_step = self.heard <= FIRST || (nanos as f64 - shown as f64).abs() > STEP_NANOS;
        let from = if is_step { nanos } else { shown };
        self.offset = Some(Offset { from, since: now, nanos, round_trip_nanos: best.round_trip_nanos() });
        self.offset
    }

    fn best(&self, now: Moment) -> Option<Sample> {
        self.samples.iter().copied().min_by(|a, b| a.doubt(now).total_cmp(&b.doubt(now)))
    }
}

/// When to ask: `FIRST` quick questions after each start, then one every two seconds.
pub fn pause_nanos(asked: usize) -> u64 {
    if asked < FIRST { SECOND / 20 } else { 2 * SECOND }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BASE: u64 = 10_000 * SECOND;

    /// Asked at `at` seconds; the way there and back in nanoseconds.
    fn sample(at: f64, offset: i64, there: u64, back: u64) -> Sample {
        let sent = Moment(BASE).plus_secs(at);
        let remote = Moment((sent.0 + there).saturating_add_signed(offset));
        Sample { sent, remote, received: Moment(sent.0 + there + back) }
    }

    #[test]
    fn small_corrections_are_spread_and_large_ones_are_made_at_once() {
        let mut clock = Estimator::default();
        for i in 0..10 {
            clock.hear(sample(f64::from(i), 1_000_000_000, 4_000_000, 0));
        }
        // All that was heard took 4 ms on the way there only: 2 ms off.
        let before = clock.offset().unwrap();
        assert_eq!(before.nanos, 1_002_000_000);
        let better = clock.hear(sample(10.0, 1_000_000_000, 1_000, 1_000)).unwrap();
        let now = sample(10.0, 0, 1_000, 1_000).received;
        assert_eq!(better.nanos, 1_000_000_000);
        assert_eq!(better.at(now), 1_002_000_000, "no jump");
        assert_eq!(better.at(now.plus_secs(0.1)), 1_001_500_000, "half a percent");
        assert_eq!(better.at(now.plus_secs(1.0)), 1_000_000_000, "arrived");
        // The studio's machine was restarted: its clock begins again.
        let after = clock.hear(sample(12.0, -900_000_000, 5_000_000, 1_000)).unwrap();
        assert!((after.at(sample(12.0, 0, 5_000_000, 1_000).received) + 900_000_000).abs() <= 2_500_000);
    }

    #[test]
    fn nonsense_changes_nothing_and_breaks_nothing() {
        let mut clock = Estimator::default();
        assert_eq!(clock.hear(Sample { sent: Moment(5), remote: Moment(9), received: Moment(4) }), None);
        for remote in [0, 1, u64::MAX, u64::MAX / 2] {
            let extreme = Sample { sent: Moment(0), remote: Moment(remote), received: Moment(u64::MAX) };
            let offset = clock.hear(extreme).unwrap();
            for now in [0, BASE, u64::MAX] {
                offset.theirs(Moment(now));
                offset.ours(Moment(now), Moment(now));
            }
        }
    }

    #[test]
    fn there_and_back_is_the_same() {
        let mut clock = Estimator::default();
        let offset = clock.hear(sample(0.0, -123_456_789, 10, 10)).unwrap();
        let now = Moment(BASE).plus_secs(3.0);
        assert_eq!(offset.ours(offset.theirs(now), now), now);
    }

    /// Ways there and back: mostly short, at times long, never the same.
    fn way() -> impl Strategy<Value = u64> {
        prop_oneof![8 => 20_000u64..2_000_000, 1 => 2_000_000u64..400_000_000]
    }

    fn answers() -> impl Strategy<Value = Vec<(u64, u64)>> {
        proptest::collection::vec((way(), way()), 1..60)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// However the line delays, the estimate is within half the believed round trip of the truth, and is the best heard.
        #[test]
        fn the_error_is_at_most_half_the_round_trip(offset in -i64::from(i32::MAX) * 1000..i64::from(i32::MAX) * 1000, answers in answers()) {
            let mut clock = Estimator::default();
            for (i, (there, back)) in answers.iter().enumerate() {
                let heard = clock.hear(sample(i as f64 * 2.0, offset, *there, *back)).unwrap();
                let error = (heard.nanos - offset).unsigned_abs();
                prop_assert!(error <= heard.round_trip_nanos / 2 + 1, "{error} beyond half of {}", heard.round_trip_nanos);
                let recent = &answers[(i + 1).saturating_sub(KEPT)..=i];
                let least = recent.iter().map(|(there, back)| there + back).min().unwrap();
                // Age counts, too: 16 s make an answer worse by 0.24 ms.
                prop_assert!(heard.round_trip_nanos <= least + 1_000_000);
            }
        }

        /// What a display shows by it never jumps while the clocks keep their distance.
        #[test]
        fn what_is_shown_moves_smoothly(offset in -1_000_000_000i64..1_000_000_000, answers in answers()) {
            let mut clock = Estimator::default();
            for (i, (there, back)) in answers.iter().enumerate() {
                let sample = sample(i as f64 * 2.0, offset, (*there).min(40_000_000), (*back).min(40_000_000));
                let before = clock.offset();
                let after = clock.hear(sample).unwrap();
                let now = sample.received;
                if let Some(before) = before.filter(|_| i >= FIRST) {
                    prop_assert!((after.at(now) - before.at(now)).abs() <= 1);
                }
                for later in [0.01, 0.5, 1.9] {
                    let speed = (after.at(now.plus_secs(later)) - after.at(now)) as f64 / (later * 1e9);
                    prop_assert!(speed.abs() <= SLEW * 1.01);
                }
            }
        }

        /// A clock that jumps is followed with the very next answer, however good the old ones were.
        #[test]
        fn a_clock_that_jumps_is_followed_at_once(jump in 1u64..1_000_000, back_in_time: bool, answers in answers(), last in (way(), way())) {
            let mut clock = Estimator::default();
            for (i, (there, back)) in answers.iter().enumerate() {
                clock.hear(sample(i as f64 * 2.0, 7_000_000, *there, *back));
            }
            // Beyond the step and all that the slowest answers leave open.
            let jump = i64::try_from(jump * 1_000_000).unwrap() + 2_000_000_000;
            let offset = if back_in_time { 7_000_000 - jump } else { 7_000_000 + jump };
            let sample = sample(answers.len() as f64 * 2.0, offset, last.0, last.1);
            let heard = clock.hear(sample).unwrap();
            prop_assert_eq!(heard.at(sample.received), heard.nanos, "a step");
            prop_assert!((heard.nanos - offset).unsigned_abs() <= heard.round_trip_nanos / 2 + 1);
        }
    }
}
