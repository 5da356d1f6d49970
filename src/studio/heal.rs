//! Healing: whether the file of an uploaded take is still what was uploaded, and bringing back from the server what is not.

use std::collections::HashMap;

use crate::core::blocks::Damage;
use crate::core::problem::Problem;
use crate::core::take::{Take, TakeId};
use crate::core::upload::Progress;

use super::{Action, review};

#[derive(Clone, Debug, Default)]
pub struct State {
    /// Takes of which something is known; of most there is nothing to say.
    pub takes: HashMap<TakeId, Phase>,
}

/// Where a take stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// Its file is being read.
    Checking(Progress),
    Damaged(Damage),
    /// What is damaged comes from the server.
    Healing(Progress),
    /// It was not healed; the file is as it was.
    Failed {
        damage: Damage,
        problem: Problem,
    },
}

impl Phase {
    /// True while something is done.
    pub fn active(&self) -> bool {
        matches!(self, Phase::Checking(_) | Phase::Healing(_))
    }
}

#[derive(Clone, Debug)]
pub enum Message {
    /// Read the whole file and compare.
    Check(Box<Take>),
    Checking {
        take: TakeId,
        progress: Progress,
    },
    /// What was found; `None` when every byte is as it was uploaded.
    Checked {
        take: TakeId,
        result: Result<Option<Damage>, Problem>,
    },
    /// Damage that was seen in passing, by the file's length alone.
    Noticed {
        take: TakeId,
        damage: Option<Damage>,
    },
    Heal(Box<Take>),
    Healing {
        take: TakeId,
        progress: Progress,
    },
    /// So many bytes came from the server, and the file is whole again.
    Healed {
        take: TakeId,
        result: Result<u64, Problem>,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Check { take: Box<Take> },
    Heal { take: Box<Take> },
}

impl State {
    pub fn update(&mut self, message: Message) -> Vec<Action> {
        match message {
            Message::Check(take) => self.begin(take, Phase::Checking, |take| Effect::Check { take }),
            Message::Heal(take) => {
                if !matches!(self.takes.get(&take.id), Some(Phase::Damaged(_) | Phase::Failed { .. })) {
                    return Vec::new();
                }
                let damage = self.damage(&take.id);
                let bytes = damage.map_or(0, |damage| damage.bytes);
                self.begin(
                    take,
                    |_| Phase::Healing(Progress { total_bytes: bytes, ..Progress::default() }),
                    |take| Effect::Heal { take },
                )
            }
            Message::Checking { take, progress } => self.move_on(&take, Phase::Checking(progress)),
            Message::Healing { take, progress } => self.move_on(&take, Phase::Healing(progress)),
            Message::Noticed { take, damage } => {
                if !self.takes.get(&take).is_some_and(Phase::active) {
                    self.note(take, damage);
                }
                Vec::new()
            }
            Message::Checked { take, result: Ok(damage) } => {
                let said = match &damage {
                    None => "The take's file is whole: every byte is as it was uploaded.".to_owned(),
                    Some(damage) => damage.sentence(),
                };
                self.note(take, damage);
                vec![Action::say(said)]
            }
            Message::Checked { take, result: Err(problem) } => {
                self.takes.remove(&take);
                vec![Action::show(&problem)]
            }
            Message::Healed { take, result } => self.healed(take, result),
        }
    }

    fn begin(
        &mut self,
        take: Box<Take>,
        phase: impl FnOnce(Progress) -> Phase,
        effect: impl FnOnce(Box<Take>) -> Effect,
    ) -> Vec<Action> {
        if self.takes.get(&take.id).is_some_and(Phase::active) {
            return Vec::new();
        }
        let progress = Progress { total_bytes: take.bytes, ..Progress::default() };
        self.takes.insert(take.id.clone(), phase(progress));
        vec![Action::Do(super::Effect::Heal(effect(take)))]
    }

    /// A late word of something that has ended changes nothing.
    fn move_on(&mut self, take: &TakeId, next: Phase) -> Vec<Action> {
        if let Some(phase) = self.takes.get_mut(take).filter(|phase| phase.active()) {
            *phase = next;
        }
        Vec::new()
    }

    fn note(&mut self, take: TakeId, damage: Option<Damage>) {
        match damage {
            Some(damage) => self.takes.insert(take, Phase::Damaged(damage)),
            None => self.takes.remove(&take),
        };
    }

    fn healed(&mut self, take: TakeId, result: Result<u64, Problem>) -> Vec<Action> {
        match result {
            Ok(bytes) => {
                self.takes.remove(&take);
                let megabytes = bytes as f64 / 1e6;
                vec![
                    Action::say(format!(
                        "The take is whole again: {megabytes:.1} MB came from the server, and every byte agrees."
                    )),
                    Action::Tell(super::Message::Review(review::Message::OpenTake(take))),
                ]
            }
            Err(problem) => {
                let damage = self.damage(&take).unwrap_or_default();
                self.takes.insert(take, Phase::Failed { damage, problem: problem.clone() });
                vec![Action::show(&problem)]
            }
        }
    }

    fn damage(&self, take: &TakeId) -> Option<Damage> {
        match self.takes.get(take)? {
            Phase::Damaged(damage) | Phase::Failed { damage, .. } => Some(damage.clone()),
            Phase::Healing(progress) => Some(Damage { bytes: progress.total_bytes, ..Damage::default() }),
            Phase::Checking(_) => None,
        }
    }
}

#[cfg(test)]
#[path = "heal/tests.rs"]
mod tests;
