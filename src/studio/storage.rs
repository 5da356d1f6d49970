//! The storage as the person sees it in Settings: what is in force, and whether it works. Sending to it is `upload`'s.

use crate::core::problem::Problem;
use crate::core::storage::check::Report;
use crate::core::storage::{Kept, Storage};

use super::Action;

/// Where keys are that are in the keyring, and those that no keyring keeps.
pub const FROM_KEYRING: &str = "the keyring";
pub const FROM_SESSION: &str = "memory, until Onetake closes";

#[derive(Clone, Debug, Default)]
pub struct State {
    /// What settings and environment come to; `None` until it was looked at.
    pub in_force: Option<Result<InForce, Problem>>,
    pub test: Test,
}

/// The storage that is used, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce {
    pub place: String,
    /// The variable its keys were found in, or the keyring.
    pub keys: String,
    /// The environment names the provider; the settings' fields do not count.
    pub by_environment: bool,
}

/// How the last test went.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Test {
    #[default]
    None,
    Running,
    Done(Result<Report, Problem>),
}

#[derive(Clone, Debug)]
pub enum Message {
    /// What is in force may have changed.
    Look,
    Looked(Result<InForce, Problem>),
    /// Try everything that uploads need.
    Test,
    Tested(Result<Report, Problem>),
    /// Keep these keys in the desktop's keyring.
    Keep(Box<Kept>),
    /// Take the keys out of the keyring.
    Forget,
    /// The keyring has done as it was asked, or not.
    Kept(Result<(), Problem>),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Look { storage: Box<Storage> },
    Test { storage: Box<Storage> },
    Keep { storage: Box<Storage>, kept: Box<Kept> },
    Forget { storage: Box<Storage> },
}

impl State {
    pub fn update(&mut self, message: Message, settings: &Storage) -> Vec<Action> {
        let storage = || Box::new(settings.clone());
        match message {
            Message::Look => {
                // What was found of another place says nothing of this one.
                if !matches!(self.test, Test::Running) {
                    self.test = Test::None;
                }
                vec![do_(Effect::Look { storage: storage() })]
            }
            Message::Looked(found) => {
                self.in_force = Some(found);
                Vec::new()
            }
            Message::Test if self.test == Test::Running => Vec::new(),
            Message::Test => {
                self.test = Test::Running;
                vec![do_(Effect::Test { storage: storage() })]
            }
            Message::Keep(kept) => vec![do_(Effect::Keep { storage: storage(), kept })],
            Message::Forget => vec![do_(Effect::Forget { storage: storage() })],
            Message::Kept(Ok(())) => self.update(Message::Look, settings),
            Message::Kept(Err(problem)) => vec![Action::show(&problem)],
            Message::Tested(report) => {
                self.test = Test::Done(report);
                Vec::new()
            }
        }
    }
}

fn do_(effect: Effect) -> Action {
    Action::Do(super::Effect::Storage(effect))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_test_at_a_time_and_a_change_puts_its_result_away() {
        let (mut state, settings) = (State::default(), Storage::default());
        assert_eq!(state.update(Message::Test, &settings).len(), 1);
        assert!(state.update(Message::Test, &settings).is_empty(), "it runs already");
        state.update(Message::Look, &settings);
        assert_eq!(state.test, Test::Running, "its answer is still to come");
        state.update(Message::Tested(Ok(Report::default())), &settings);
        assert!(matches!(state.test, Test::Done(_)));
        assert_eq!(state.update(Message::Look, &settings).len(), 1);
        assert_eq!(state.test, Test::None);
    }
}
