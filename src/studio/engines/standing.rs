//! How an engine stands, as far as a test, a search on this machine or an order has shown it. Nothing is said to work before it did.

use crate::core::engine::{Engine, Form};
use crate::core::generate::{Account, Class, Failure};
use crate::core::time::Moment;

use super::{KeyFrom, Readiness, State, Test, is_local};

/// How it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is part of this program.
    Ours,
    NeedsKey,
    NeedsAddress,
    Testing,
    /// There is a key, and nobody knows whether it is right.
    KeyUntested,
    /// It wants no key, and was not asked yet.
    Untested,
    /// It is one of this machine, and was not looked for yet.
    NotLookedFor,
    Works,
    /// It says that the key is not right.
    Refused,
    /// It can't be reached.
    Silent,
    /// It answered that something else is wrong.
    Fails(Class),
    /// It is one of this machine, and does not run.
    Off,
}

impl State {
    pub fn standing(&self, engine: &Engine) -> Standing {
        if engine.form == Form::Offline {
            return Standing::Ours;
        }
        let known = self.known.get(&engine.name);
        match (self.readiness(engine), known.map_or(&Test::None, |known| &known.test)) {
            (_, Test::Running) => Standing::Testing,
            (Readiness::NeedsKey, _) => Standing::NeedsKey,
            (Readiness::NeedsAddress, _) => Standing::NeedsAddress,
            (_, Test::Works(_)) => Standing::Works,
            (_, Test::Absent) => Standing::Off,
            (_, Test::Fails(failure)) => match failure.class {
                Class::Auth => Standing::Refused,
                Class::Transport => Standing::Silent,
                class => Standing::Fails(class),
            },
            (_, Test::None) if is_local(engine) => Standing::NotLookedFor,
            (_, Test::None) if known.is_some_and(|known| known.key != KeyFrom::Nowhere) => Standing::KeyUntested,
            (_, Test::None) => Standing::Untested,
        }
    }

    /// An order has shown something of its engine. `Err` when it failed.
    pub fn learned(&mut self, engine: &str, order: Result<(), &Failure>, now: Moment) {
        if self.list.engine(engine).is_none_or(|engine| engine.form == Form::Offline) {
            return;
        }
        let before = self.known.get(engine).map_or(&Test::None, |known| &known.test);
        let shown = match (order, before) {
            // The test's own answer is still to come.
            (_, Test::Running) => return,
            (Ok(()), Test::Works(account)) => Test::Works(account.clone()),
            (Ok(()), _) => Test::Works(Account { words: "It made what was ordered.".into(), ..Account::default() }),
            (Err(failure), _) if tells_of_engine(failure.class) => Test::Fails(failure.clone()),
            // A prompt that was refused says nothing of key and address.
            (Err(_), _) => return,
        };
        self.shown(engine, shown, now);
    }

    /// Works as of now; does not since the first time that it did not.
    pub(super) fn shown(&mut self, engine: &str, test: Test, now: Moment) {
        let known = self.known.entry(engine.to_owned()).or_default();
        let same = match (&known.test, &test) {
            (Test::Fails(before), Test::Fails(now)) => before.class == now.class,
            (Test::Absent, Test::Absent) => true,
            _ => false,
        };
        if !same || known.since.is_none() {
            known.since = Some(now);
        }
        known.test = test;
    }
}

/// True for failures that every order would have.
fn tells_of_engine(class: Class) -> bool {
    matches!(class, Class::Auth | Class::Payment | Class::Transport)
}
