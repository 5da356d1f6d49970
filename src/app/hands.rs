//! The hands of a window. They begin when its first frame is on the screen: until then, whatever they do would make it wait.

use crate::core::problem::Problem;
use crate::jobs::Jobs;
use crate::jobs::house::{House, Ways};
use crate::studio::Effect;

/// Where the hands stand.
pub(super) enum Hands {
    /// What they need, and what they are to do first, in order.
    Waiting {
        needs: Box<(House, Ways)>,
        effects: Vec<Effect>,
    },
    AtWork(Box<Jobs>),
    /// The window has closed, or they could not begin.
    Gone,
}

impl Hands {
    pub fn new(house: House, ways: Ways) -> Hands {
        Hands::Waiting { needs: Box::new((house, ways)), effects: Vec::new() }
    }

    pub fn are_waiting(&self) -> bool {
        matches!(self, Hands::Waiting { .. })
    }

    /// Takes up work, and does what has been asked of them so far.
    pub fn begin(&mut self) -> Result<(), Problem> {
        match std::mem::replace(self, Hands::Gone) {
            Hands::Waiting { needs, effects } => {
                let (house, ways) = *needs;
                let mut jobs = Jobs::start(house, ways)?;
                effects.into_iter().for_each(|effect| jobs.run(effect));
                *self = Hands::AtWork(Box::new(jobs));
            }
            other => *self = other,
        }
        Ok(())
    }

    /// Runs an effect, now or when they begin.
    pub fn run(&mut self, effect: Effect) {
        match self {
            Hands::Waiting { effects, .. } => effects.push(effect),
            Hands::AtWork(jobs) => jobs.run(effect),
            Hands::Gone => {}
        }
    }

    /// Does the last that there is to do, and ends.
    pub fn finish(&mut self, last: impl IntoIterator<Item = Effect>) {
        if let Hands::AtWork(mut jobs) = std::mem::replace(self, Hands::Gone) {
            last.into_iter().for_each(|effect| jobs.run(effect));
            jobs.finish();
        }
    }
}
