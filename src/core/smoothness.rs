//! How evenly frames come: the moments at which a display was given its frames go in, percentiles of their distances come
//! out. Only frames of moving text count, because a display that rests draws none, and the gap before the next motion is no
//! fault.

use std::collections::BTreeMap;

use super::live::Smoothness;
use super::time::{Moment, SECOND};

/// Distances are counted in steps of this many nanoseconds, so that a day of frames takes no more memory than a minute.
pub const STEP_NANOS: u64 = 10_000;

/// Counts the distances between frames of one display.
#[derive(Clone, Debug)]
pub struct Collector {
    /// The display's frame period in nanoseconds.
    period: u64,
    /// The frame before, while the text moves.
    last: Option<Moment>,
    frames: u64,
    /// How often each distance occurred, in steps.
    counts: BTreeMap<u64, u64>,
    longest: u64,
    missed: u64,
}

impl Collector {
    /// For a display with this frame period in nanoseconds (0 is taken as 60 a second).
    pub fn new(period: u64) -> Collector {
        let period = if period == 0 { SECOND / 60 } else { period };
        Collector { period, last: None, frames: 0, counts: BTreeMap::new(), longest: 0, missed: 0 }
    }

    /// A frame of moving text reached the display.
    pub fn presented(&mut self, at: Moment) {
        self.frames += 1;
        let Some(last) = self.last.replace(at) else { return };
        let distance = at.since(last);
        *self.counts.entry(distance / STEP_NANOS).or_default() += 1;
        self.longest = self.longest.max(distance);
        // A frame that comes within half a period of its refresh has hit it.
        self.missed += ((distance + self.period / 2) / self.period).saturating_sub(1);
    }

    /// The text stands: the distance to the next frame does not count.
    pub fn rest(&mut self) {
        self.last = None;
    }

    /// The display is another one now, or runs at another rate. What was counted stays.
    pub fn set_period(&mut self, period: u64) {
        if period > 0 && period != self.period {
            self.period = period;
            self.last = None;
        }
    }

    /// What was counted; `None` when no text moved.
    pub fn smoothness(&self) -> Option<Smoothness> {
        (self.frames > 0).then(|| Smoothness {
            frames: self.frames,
            period_ms: millis(self.period),
            p50_ms: self.percentile(50),
            p99_ms: self.percentile(99),
            longest_ms: millis(self.longest),
            missed: self.missed,
        })
    }

    /// What was counted since the last call; counting goes on from zero.
    pub fn take(&mut self) -> Option<Smoothness> {
        let taken = self.smoothness();
        *self = Collector { last: self.last, ..Collector::new(self.period) };
        taken
    }

    /// The smallest distance that at least so many percent of all distances do not exceed, in milliseconds, a step exact.
    fn percentile(&self, percent: u64) -> f64 {
        let total: u64 = self.counts.values().sum();
        let rank = (total * percent).div_ceil(100).max(1);
        let mut seen = 0;
        for (step, count) in &self.counts {
            seen += count;
            if seen >= rank {
                return millis(step * STEP_NANOS);
            }
        }
        0.0
    }
}

fn millis(nanos: u64) -> f64 {
    nanos as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PERIOD: u64 = SECOND / 60;

    /// The same figures, computed from the list of all distances.
    fn naive(distances: &[u64]) -> (f64, f64, f64, u64) {
        let mut sorted = distances.to_vec();
        sorted.sort_unstable();
        let nearest = |percent: usize| {
            let rank = (sorted.len() * percent).div_ceil(100).max(1);
            sorted.get(rank - 1).map_or(0.0, |nanos| millis(*nanos))
        };
        let missed = distances.iter().map(|d| ((*d as f64 / PERIOD as f64).round() as u64).saturating_sub(1)).sum();
        (nearest(50), nearest(99), sorted.last().map_or(0.0, |nanos| millis(*nanos)), missed)
    }

    proptest! {
        #[test]
        fn figures_are_those_of_the_whole_list(
            runs in prop::collection::vec(prop::collection::vec(0u64..200_000_000, 0..60), 0..5),
        ) {
            let mut collector = Collector::new(PERIOD);
            let (mut now, mut frames) = (Moment(7), 0);
            for run in &runs {
                collector.rest();
                now = Moment(now.0 + 3 * SECOND);
                collector.presented(now);
                frames += 1;
                for distance in run {
                    now = Moment(now.0 + distance);
                    collector.presented(now);
                    frames += 1;
                }
            }
            let Some(got) = collector.smoothness() else {
                prop_assert!(runs.is_empty());
                return Ok(());
            };
            let (p50, p99, longest, missed) = naive(&runs.concat());
            let step = millis(STEP_NANOS);
            prop_assert_eq!(got.frames, frames);
            prop_assert!(got.p50_ms <= p50 && p50 - got.p50_ms < step, "{} {}", got.p50_ms, p50);
            prop_assert!(got.p99_ms <= p99 && p99 - got.p99_ms < step, "{} {}", got.p99_ms, p99);
            prop_assert_eq!(got.longest_ms, longest);
            prop_assert_eq!(got.missed, missed);
        }
    }

    #[test]
    fn taking_begins_anew_and_a_rest_is_no_fault() {
        let mut collector = Collector::new(PERIOD);
        let at = |frame: u64| Moment(frame * PERIOD);
        (0..10).for_each(|frame| collector.presented(at(frame)));
        assert_eq!(collector.take().map(|s| (s.frames, s.missed)), Some((10, 0)));
        collector.presented(at(12));
        assert_eq!(collector.take().map(|s| (s.frames, s.missed)), Some((1, 2)));
        collector.rest();
        assert_eq!(collector.take(), None);
        collector.presented(at(500));
        assert_eq!(collector.take().map(|s| (s.frames, s.missed)), Some((1, 0)));
    }
}
