//! Interrupted takes: each is offered until the person keeps it or moves it to the bin. Looking at it first answers nothing.

use crate::core::problem::Problem;
use crate::core::rescue::Interrupted;
use crate::core::take::{Take, TakeId};
use crate::core::time::Moment;

use super::{Action, prepare, review};

/// Seconds in which a take that went to the bin can be called back from where it was sent there.
const UNDO_SECS: f64 = 10.0;

#[derive(Clone, Debug, Default)]
pub struct State {
    /// Newest first.
    pub offers: Vec<Offer>,
    /// To be shown as soon as its project is open and its takes are listed.
    wanted: Option<TakeId>,
}

/// A take that waits for an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    pub found: Interrupted,
    pub phase: Phase,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Phase {
    Asked,
    /// The answer is on its way to the disk.
    Answered,
    /// In the bin; it can be called back until then.
    Binned {
        until: Moment,
    },
}

#[derive(Clone, Debug)]
pub enum Message {
    /// All that wait for an answer, and which of them nobody knew of before.
    Found {
        waiting: Vec<Interrupted>,
        fresh: Vec<TakeId>,
    },
    Keep(TakeId),
    /// Look at it first.
    Review(TakeId),
    Discard(TakeId),
    /// Back from the bin, to be asked about again.
    PutBack(TakeId),
    Kept {
        take: TakeId,
        result: Result<(), Problem>,
    },
    Discarded {
        take: TakeId,
        result: Result<(), Problem>,
    },
    Returned {
        take: TakeId,
        result: Result<(), Problem>,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Keep { take: Box<Take> },
    Discard { take: Box<Take> },
    PutBack { take: Box<Take> },
}

impl Offer {
    /// True when it is a take of the project that is open.
    pub fn is_of(&self, prepare: &prepare::State) -> bool {
        prepare.project.as_ref().is_some_and(|open| open.id == self.found.take.project)
    }
}

impl State {
    pub fn update(&mut self, message: Message, prepare: &prepare::State, now: Moment) -> Vec<Action> {
        match message {
            Message::Found { waiting, .. } => {
                self.found(waiting);
                Vec::new()
            }
            Message::Keep(take) => self.answer(&take, |take| Effect::Keep { take }),
            Message::Discard(take) => self.answer(&take, |take| Effect::Discard { take }),
            Message::PutBack(take) => self.answer(&take, |take| Effect::PutBack { take }),
            Message::Review(take) => self.review(take, prepare),
            Message::Kept { take, result: Ok(()) } => {
                let name = self.offer(&take).map(|offer| offer.found.name(!offer.is_of(prepare)));
                self.gone(&take);
                name.map_or_else(Vec::new, |name| vec![Action::say(format!("{name} is kept."))])
            }
            Message::Discarded { take, result: Ok(()) } => {
                self.set(&take, Phase::Binned { until: now.plus_secs(UNDO_SECS) });
                vec![tell_review(review::Message::Gone(take))]
            }
            Message::Returned { take, result: Ok(()) } => {
                self.set(&take, Phase::Asked);
                vec![tell_review(review::Message::Relist)]
            }
            // It could not be done, so the question stands.
            Message::Kept { take, result: Err(problem) }
            | Message::Discarded { take, result: Err(problem) }
            | Message::Returned { take, result: Err(problem) } => {
                self.set(&take, Phase::Asked);
                vec![Action::show(&problem)]
            }
        }
    }

    pub fn tick(&mut self, now: Moment) {
        self.offers.retain(|offer| !matches!(offer.phase, Phase::Binned { until } if until <= now));
    }

    /// The takes of a project were listed: one of them may be the one to be shown.
    pub(super) fn listed(&mut self, takes: &[Take]) -> Vec<Action> {
        let wanted = self.wanted.take().filter(|id| takes.iter().any(|take| take.id == *id));
        wanted.map_or_else(Vec::new, |take| vec![tell_review(review::Message::Show(take))])
    }

    /// There is nothing to ask about this take any more.
    pub(super) fn gone(&mut self, take: &TakeId) {
        self.offers.retain(|offer| offer.found.take.id != *take);
    }

    fn found(&mut self, waiting: Vec<Interrupted>) {
        let known = std::mem::take(&mut self.offers);
        let phase = |id: &TakeId| known.iter().find(|offer| offer.found.take.id == *id).map(|offer| offer.phase);
        let offer = |found: Interrupted| {
            let phase = phase(&found.take.id).filter(|phase| *phase == Phase::Answered).unwrap_or(Phase::Asked);
            Offer { found, phase }
        };
        self.offers = waiting.into_iter().map(offer).collect();
        // What was just sent to the bin waits for nothing, but can be called back.
        let binned = known.into_iter().filter(|offer| matches!(offer.phase, Phase::Binned { .. }));
        let binned: Vec<Offer> = binned.filter(|offer| self.offer(&offer.found.take.id).is_none()).collect();
        self.offers.extend(binned);
        self.offers.sort_by(|a, b| b.found.take.id.cmp(&a.found.take.id));
    }

    /// Sends an answer, once.
    fn answer(&mut self, take: &TakeId, effect: fn(Box<Take>) -> Effect) -> Vec<Action> {
        let Some(offer) = self.offers.iter_mut().find(|offer| offer.found.take.id == *take) else { return Vec::new() };
        if std::mem::replace(&mut offer.phase, Phase::Answered) == Phase::Answered {
            return Vec::new();
        }
        vec![Action::Do(super::Effect::Rescue(effect(Box::new(offer.found.take.clone()))))]
    }

    /// Opens the take, and its project first where another one is open.
    fn review(&mut self, take: TakeId, prepare: &prepare::State) -> Vec<Action> {
        let Some(offer) = self.offer(&take) else { return Vec::new() };
        let project = &offer.found.take.project;
        if offer.is_of(prepare) {
            return vec![tell_review(review::Message::Show(take))];
        }
        let Some(other) = prepare.projects.iter().find(|known| known.id == *project) else {
            let what = format!("The script of take {} is not in the library any more.", offer.found.take.number);
            let fix = format!("Keep the take all the same, or look at its file in {}.", offer.found.take.folder);
            return vec![Action::show(&Problem::usage(what, fix))];
        };
        self.wanted = Some(take);
        vec![Action::Tell(super::Message::Prepare(prepare::Message::OpenFolder(other.folder.clone())))]
    }

    fn offer(&self, take: &TakeId) -> Option<&Offer> {
        self.offers.iter().find(|offer| offer.found.take.id == *take)
    }

    fn set(&mut self, take: &TakeId, phase: Phase) {
        if let Some(offer) = self.offers.iter_mut().find(|offer| offer.found.take.id == *take) {
            offer.phase = phase;
        }
    }
}

fn tell_review(message: review::Message) -> Action {
    Action::Tell(super::Message::Review(message))
}
