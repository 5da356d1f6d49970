//! When the next frame will be seen. A frame's time is taken from a grid of the display's refreshes, not from the clock at
//! the moment the processor came to it: the processor is a little early or late each time, and text placed by it trembles.

use crate::core::time::Moment;

/// Part of the distance between grid and clock that is corrected with each frame.
const FOLLOW: f64 = 0.04;

/// Part of a period by which a frame may be begun before its place in the grid: enough for a display that is a little faster
/// than it says, too little to run ahead of one that never makes us wait.
const EARLY: u64 = 8;

/// The grid of refreshes of one display.
#[derive(Clone, Copy, Debug)]
pub struct Cadence {
    /// Nanoseconds between refreshes.
    period: u64,
    /// The refresh the last frame was made for.
    last: Option<Moment>,
}

impl Cadence {
    pub fn new(period: u64) -> Cadence {
        Cadence { period: period.max(1), last: None }
    }

    /// Motion begins: the grid begins with it.
    pub fn restart(&mut self) {
        self.last = None;
    }

    /// Before this the next frame must not be begun; none for the first. A display that paces us by itself comes later anyway.
    pub fn not_before(&self) -> Option<Moment> {
        // A frame is begun a period before it is seen, so the next one when this one is.
        self.last.map(|seen| Moment(seen.0.saturating_sub(self.period / EARLY)))
    }

    /// The refresh at which a frame begun `now` will be seen. Never before the one before it.
    pub fn next(&mut self, now: Moment) -> Moment {
        let expected = Moment(now.0 + self.period);
        let Some(last) = self.last else {
            self.last = Some(expected);
            return expected;
        };
        let period = self.period as f64;
        let apart = expected.0 as f64 - last.0 as f64;
        let steps = (apart / period).round().max(1.0);
        let on_grid = last.0 as f64 + steps * period;
        // A display's period is never quite what it says, so the grid follows the clock slowly.
        let followed = on_grid + (expected.0 as f64 - on_grid).clamp(-period, period) * FOLLOW;
        let next = Moment(followed.round().max(0.0) as u64).max(last);
        self.last = Some(next);
        next
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PERIOD: u64 = 16_666_667;

    proptest! {
        #[test]
        fn a_processor_that_is_early_and_late_gives_even_frames(late in prop::collection::vec(0u64..6_000_000, 2..300)) {
            let mut cadence = Cadence::new(PERIOD);
            let times: Vec<u64> =
                late.iter().enumerate().map(|(i, late)| cadence.next(Moment(i as u64 * PERIOD + late)).0).collect();
            for pair in times.windows(2) {
                let off = (pair[1] - pair[0]) as f64 - PERIOD as f64;
                prop_assert!(off.abs() < 6_000_000.0 * 2.0 * FOLLOW, "{off} ns off the period");
            }
        }

        #[test]
        fn it_stays_near_the_clock_whatever_the_true_period_is(period in 12_000_000u64..40_000_000) {
            let mut cadence = Cadence::new(PERIOD);
            let mut now = Moment(0);
            for i in 0..600 {
                // As the loop does: with the display's next refresh, and never before the grid allows it.
                let free = Moment(now.0 + period);
                now = cadence.not_before().map_or(free, |begin| begin.max(free));
                let apart = cadence.next(now).0 as f64 - (now.0 + PERIOD) as f64;
                prop_assert!(apart.abs() <= 1.5 * PERIOD as f64, "{apart} ns from the clock in frame {i}");
            }
        }
    }

    #[test]
    fn a_display_that_never_makes_us_wait_is_not_run_ahead_of() {
        let mut cadence = Cadence::new(PERIOD);
        let mut now = Moment(0);
        for _ in 0..600 {
            now = cadence.not_before().map_or(now, |begin| begin.max(Moment(now.0 + PERIOD / 3)));
            cadence.next(now);
        }
        let frames = now.0 as f64 / PERIOD as f64;
        assert!((590.0..=601.0).contains(&frames), "{frames}");
    }

    #[test]
    fn a_missed_refresh_is_stepped_over() {
        let mut cadence = Cadence::new(PERIOD);
        let first = cadence.next(Moment(0));
        assert_eq!(cadence.next(Moment(4 * PERIOD)).0, first.0 + 4 * PERIOD);
    }
}
