//! A take's own time: nanoseconds since its first frame, standing still while the take is paused. Everything that dates what
//! happens in a take asks this, so that file, journal, timer and displays never disagree about where a pause is.

use super::time::Moment;

/// Maps the machine's moments to a take's time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TakeClock {
    started: Moment,
    /// In order of time, none within another; only the last may still last.
    pauses: Vec<Pause>,
}

/// A stretch that is not in the take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    pub from: Moment,
    /// `None` while it lasts.
    pub until: Option<Moment>,
}

impl Pause {
    /// How much of it had gone by at `moment`.
    fn nanos(&self, moment: Moment) -> u64 {
        self.until.map_or(moment, |until| until.min(moment)).since(self.from)
    }
}

impl TakeClock {
    /// The clock of a take whose first frame was taken at `started`.
    pub fn starting(started: Moment) -> TakeClock {
        TakeClock { started, pauses: Vec::new() }
    }

    pub fn started(&self) -> Moment {
        self.started
    }

    /// When the pause began that lasts.
    pub fn paused_since(&self) -> Option<Moment> {
        self.last_pause().filter(|pause| pause.until.is_none()).map(|pause| pause.from)
    }

    /// The newest pause, over or not.
    pub fn last_pause(&self) -> Option<Pause> {
        self.pauses.last().copied()
    }

    /// Stands still from `at` on. A pause that lasts goes on.
    pub fn pause(&mut self, at: Moment) {
        if self.paused_since().is_none() {
            let earliest = self.last_pause().and_then(|pause| pause.until).unwrap_or(self.started);
            self.pauses.push(Pause { from: at.max(earliest), until: None });
        }
    }

    /// Goes on at `at`, from the time at which it stood.
    pub fn resume(&mut self, at: Moment) {
        if let Some(pause) = self.pauses.last_mut().filter(|pause| pause.until.is_none()) {
            pause.until = Some(at.max(pause.from));
        }
    }

    /// The take's time at `moment`; zero before its start.
    pub fn time(&self, moment: Moment) -> u64 {
        let paused: u64 = self.pauses.iter().map(|pause| pause.nanos(moment)).sum();
        moment.since(self.started).saturating_sub(paused)
    }

    /// When a take without pauses would have begun that is where this one is: whoever only counts counts from here.
    pub fn counts_from(&self) -> Moment {
        let over = self.pauses.iter().filter_map(|pause| Some(pause.until?.since(pause.from)));
        Moment(self.started.0.saturating_add(over.sum()))
    }

    /// How often it was paused or resumed. Of two clocks of a take the one with more is the newer.
    pub fn turns(&self) -> usize {
        2 * self.pauses.len() - usize::from(self.paused_since().is_some())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn clock(turns: &[u64]) -> TakeClock {
        let mut clock = TakeClock::starting(Moment(1_000));
        for (i, at) in turns.iter().enumerate() {
            if i % 2 == 0 { clock.pause(Moment(*at)) } else { clock.resume(Moment(*at)) }
        }
        clock
    }

    #[test]
    fn time_stands_while_the_take_is_paused() {
        let clock = clock(&[1_500, 1_800, 2_000]);
        let times: Vec<u64> = [900, 1_000, 1_500, 1_700, 1_800, 1_900, 2_000, 9_000].map(|at| clock.time(Moment(at))).into();
        assert_eq!(times, [0, 0, 500, 500, 500, 600, 700, 700]);
        assert_eq!((clock.paused_since(), clock.counts_from(), clock.turns()), (Some(Moment(2_000)), Moment(1_300), 3));
    }

    #[test]
    fn a_second_pause_or_resume_changes_nothing() {
        let mut twice = clock(&[1_500]);
        twice.pause(Moment(1_600));
        assert_eq!(twice, clock(&[1_500]));
        twice.resume(Moment(1_700));
        twice.resume(Moment(1_900));
        assert_eq!(twice, clock(&[1_500, 1_700]));
    }

    proptest! {
        /// Whatever is pressed when: time never runs back, never jumps, and what is missing is the sum of the pauses.
        #[test]
        fn pauses_leave_no_gap(gaps in proptest::collection::vec(0u64..5_000, 0..20), looks in proptest::collection::vec(0u64..200_000, 1..60)) {
            let mut at = 1_000;
            let turns: Vec<u64> = gaps.iter().map(|gap| { at += gap; at }).collect();
            let clock = clock(&turns);
            let mut looks = looks;
            looks.extend(&turns);
            looks.sort_unstable();
            for pair in looks.windows(2) {
                let (a, b) = (clock.time(Moment(pair[0])), clock.time(Moment(pair[1])));
                prop_assert!(a <= b && b - a <= pair[1] - pair[0]);
            }
            for (pause, resume) in turns.chunks_exact(2).map(|pair| (pair[0], pair[1])) {
                prop_assert_eq!(clock.time(Moment(pause)), clock.time(Moment(resume)));
            }
            let end = Moment(at + 100_000);
            let mut whole = clock.clone();
            whole.resume(end);
            let paused: u64 = turns.chunks(2).map(|pair| pair.get(1).copied().unwrap_or(end.0) - pair[0]).sum();
            prop_assert_eq!(whole.time(end), end.0 - 1_000 - paused);
            prop_assert_eq!(end.since(whole.counts_from()), whole.time(end));
            prop_assert_eq!(clock.turns(), turns.len());
        }
    }
}
