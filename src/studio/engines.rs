//! The engines as the person sees them: the list with its models and prices, which have a key and where it is from, whether they
//! answer, and what is chosen for each kind of thing. The choice itself is remembered in the settings (`Settings::engines`).

pub mod cost;
mod standing;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use crate::core::engine::{Catalogue, Choices, Engine, Form, KeyNeed, Model};
use crate::core::generate::{Account, Failure};
use crate::core::job::Kind;
use crate::core::problem::Problem;
use crate::core::secret::Secret;
use crate::core::settings::Settings;
use crate::core::time::Moment;

use super::Action;
pub use standing::Standing;

/// What comes with the program; shared, because it is read from a file.
static OURS: LazyLock<Arc<Catalogue>> = LazyLock::new(|| Arc::new(Catalogue::ours()));

#[derive(Clone, Debug)]
pub struct State {
    /// Ours, with the person's own file and refreshed models over it.
    pub list: Arc<Catalogue>,
    /// Why the person's own file is not in it.
    pub problem: Option<Problem>,
    /// What is known of each engine, by its name; nothing before it was looked at.
    pub known: BTreeMap<String, Known>,
    /// Local servers are being looked for.
    pub probing: bool,
    /// What that came to, when the person wanted to know.
    pub found: Option<String>,
    /// The person wants to know.
    aloud: bool,
    /// It was looked where the keys are.
    looked: bool,
}

impl Default for State {
    fn default() -> State {
        State {
            list: Arc::clone(&OURS),
            problem: None,
            known: BTreeMap::new(),
            probing: false,
            found: None,
            aloud: false,
            looked: false,
        }
    }
}

/// What is known of one engine.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    pub key: KeyFrom,
    /// The address in force, and the variable that holds it where the environment decides.
    pub base: String,
    pub base_variable: Option<String>,
    pub test: Test,
    /// When it last worked, or since when it does not.
    pub since: Option<Moment>,
    /// Its models are being read from it.
    pub refreshing: bool,
    /// A key is on its way into the keyring or out of it.
    pub keeping: bool,
    /// What the last thing came to that was wanted of it, besides a test.
    pub said: Option<Result<String, Problem>>,
}

/// Where a key is from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum KeyFrom {
    /// There is none.
    #[default]
    Nowhere,
    /// This variable holds it.
    Environment(String),
    Keyring,
    /// It is held until the program ends, because the keyring does not take it: its reason.
    Session(String),
}

/// How the last test went.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Test {
    #[default]
    None,
    Running,
    Works(Account),
    Fails(Failure),
    /// Nothing answers where it usually is on this machine.
    Absent,
}

/// Whether an engine can be used, as far as that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    Ready,
    NeedsKey,
    /// Nobody said where it is.
    NeedsAddress,
    /// It was tried, and did not work.
    Fails,
}

#[derive(Clone, Debug)]
pub enum Message {
    /// List, keys and addresses may have changed.
    Look,
    Looked(Box<Looked>),
    /// The choice for one kind, the budget or an address were changed.
    Choose(Box<Choices>),
    /// Try address and key, at no cost.
    Test(String),
    Tested {
        engine: String,
        result: Result<Account, Failure>,
    },
    /// Put this key into the desktop's keyring.
    Keep {
        engine: String,
        key: Secret,
    },
    /// Take it out again.
    Forget(String),
    /// The keyring has done as it was asked, or not.
    Kept {
        engine: String,
        result: Result<(), Problem>,
    },
    /// Read its models from the engine.
    Refresh(String),
    /// How many there are now; the list itself comes by `Looked`.
    Refreshed {
        engine: String,
        result: Result<usize, Problem>,
    },
    /// Look on this machine for servers that run. What came of it is said only when the person asked for it.
    Probe {
        aloud: bool,
    },
    /// Those that answered: the engine's name and the address.
    Probed(Vec<(String, String)>),
}

/// What the hands found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Looked {
    pub list: Arc<Catalogue>,
    /// Why a part of it can't be used.
    pub problem: Option<Problem>,
    /// By the engine's name.
    pub places: BTreeMap<String, Place>,
}

/// Where an engine's key and address are from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub key: KeyFrom,
    pub base: String,
    pub base_variable: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Read the list; say where keys and addresses are from. Never asks for the keyring's password.
    Look,
    /// These addresses and budgets hold from now on.
    Choices(Box<Choices>),
    Test(String),
    Keep {
        engine: String,
        key: Secret,
    },
    Forget(String),
    Refresh(String),
    Probe,
}

impl State {
    /// The first effects: what holds, and what there is.
    pub(super) fn start(choices: &Choices) -> [super::Effect; 2] {
        [Effect::Choices(Box::new(choices.clone())), Effect::Look].map(super::Effect::Engines)
    }

    /// The engine and model that make this, by the settings.
    pub fn chosen(&self, choices: &Choices, kind: Kind) -> Option<(&Engine, &Model)> {
        choices.resolve(&self.list, kind)
    }

    /// What people call an engine.
    pub fn label<'a>(&'a self, name: &'a str) -> &'a str {
        self.list.engine(name).map_or(name, |engine| &engine.label)
    }

    /// What people call a model.
    pub fn model_title<'a>(&'a self, engine: &str, model: &'a str) -> &'a str {
        self.list.engine(engine).and_then(|engine| engine.model(model)).map_or(model, Model::title)
    }

    /// Whether it can be used. Before the keys were looked for, one that may have its own is given the benefit of the doubt.
    pub fn readiness(&self, engine: &Engine) -> Readiness {
        let known = self.known.get(&engine.name);
        if engine.form != Form::Offline && self.looked && known.is_none_or(|known| known.base.is_empty()) {
            return Readiness::NeedsAddress;
        }
        let key = known.is_some_and(|known| known.key != KeyFrom::Nowhere);
        match known.map(|known| &known.test) {
            _ if engine.key == KeyNeed::Required && self.looked && !key => Readiness::NeedsKey,
            Some(Test::Fails(_) | Test::Absent) => Readiness::Fails,
            _ => Readiness::Ready,
        }
    }

    pub fn update(&mut self, message: Message, settings: &Settings, now: Moment) -> Vec<Action> {
        match message {
            Message::Look => vec![do_(Effect::Look)],
            Message::Looked(looked) => self.looked(*looked),
            Message::Choose(wanted) => choose(*wanted, settings).into_iter().collect(),
            Message::Test(engine) => {
                let known = self.asked_of(&engine);
                if known.test == Test::Running {
                    return Vec::new();
                }
                known.test = Test::Running;
                vec![do_(Effect::Test(engine))]
            }
            Message::Tested { engine, result } => {
                self.shown(&engine, result.map_or_else(Test::Fails, Test::Works), now);
                Vec::new()
            }
            Message::Keep { engine, key } => {
                self.asked_of(&engine).keeping = true;
                vec![do_(Effect::Keep { engine, key })]
            }
            Message::Forget(engine) => {
                self.asked_of(&engine).keeping = true;
                vec![do_(Effect::Forget(engine))]
            }
            Message::Kept { engine, result } => self.kept(&engine, result),
            Message::Refresh(engine) => {
                if std::mem::replace(&mut self.asked_of(&engine).refreshing, true) {
                    return Vec::new();
                }
                vec![do_(Effect::Refresh(engine))]
            }
            Message::Refreshed { engine, result } => self.refreshed(&engine, result),
            Message::Probe { aloud } => self.probe(aloud, settings),
            Message::Probed(found) => self.probed(&found, settings, now),
        }
    }

    /// What was said of the engine before is answered by what is wanted now.
    fn asked_of(&mut self, engine: &str) -> &mut Known {
        let known = self.known.entry(engine.to_owned()).or_default();
        known.said = None;
        known
    }

    fn looked(&mut self, looked: Looked) -> Vec<Action> {
        let said = looked.problem.is_some() && looked.problem != self.problem;
        (self.list, self.problem, self.looked) = (looked.list, looked.problem, true);
        let mut before = std::mem::take(&mut self.known);
        for (name, place) in looked.places {
            let mut known = before.remove(&name).unwrap_or_default();
            // What was found with another key or elsewhere says nothing of this one.
            let same = known.key == place.key && known.base == place.base;
            if !same && known.test != Test::Running {
                (known.test, known.since) = (Test::None, None);
            }
            (known.key, known.base, known.base_variable) = (place.key, place.base, place.base_variable);
            self.known.insert(name, known);
        }
        self.problem.iter().filter(|_| said).map(Action::show).collect()
    }

    fn kept(&mut self, engine: &str, result: Result<(), Problem>) -> Vec<Action> {
        if let Some(known) = self.known.get_mut(engine) {
            (known.keeping, known.test, known.since) = (false, Test::None, None);
            known.said = result.err().map(Err);
        }
        vec![do_(Effect::Look)]
    }

    fn refreshed(&mut self, engine: &str, result: Result<usize, Problem>) -> Vec<Action> {
        let known = self.known.entry(engine.to_owned()).or_default();
        known.refreshing = false;
        let looks = result.is_ok().then(|| do_(Effect::Look));
        known.said = Some(result.map(|count| match count {
            1 => "It has 1 model.".to_owned(),
            count => format!("It has {count} models."),
        }));
        looks.into_iter().collect()
    }

    /// Those that are somewhere else than usual are asked there.
    fn probe(&mut self, aloud: bool, settings: &Settings) -> Vec<Action> {
        self.aloud |= aloud;
        if std::mem::replace(&mut self.probing, true) {
            return Vec::new();
        }
        self.found = None;
        let elsewhere = self.list.engines.iter().filter(|engine| is_local(engine) && self.is_elsewhere(engine, settings));
        let mut actions = vec![do_(Effect::Probe)];
        for engine in elsewhere.map(|engine| engine.name.clone()).collect::<Vec<_>>() {
            self.known.entry(engine.clone()).or_default().test = Test::Running;
            actions.push(do_(Effect::Test(engine)));
        }
        actions
    }

    fn is_elsewhere(&self, engine: &Engine, settings: &Settings) -> bool {
        let by_variable = self.known.get(&engine.name).is_some_and(|known| known.base_variable.is_some());
        let chosen = settings.engines.bases.get(&engine.name).is_some_and(|base| *base != engine.base);
        by_variable || chosen || engine.base.is_empty()
    }

    /// Servers that run here are used where they are.
    fn probed(&mut self, found: &[(String, String)], settings: &Settings, now: Moment) -> Vec<Action> {
        self.probing = false;
        let mut choices = settings.engines.clone();
        for (engine, base) in found {
            let known = self.known.get(engine);
            let there = known.is_some_and(|known| known.base == *base || known.base_variable.is_some());
            if !there {
                choices.bases.insert(engine.clone(), base.clone());
            }
            let known = self.known.entry(engine.clone()).or_default();
            if known.base_variable.is_none() {
                known.base.clone_from(base);
                let account = Account { words: format!("It answers at {base}."), ..Account::default() };
                self.shown(engine, Test::Works(account), now);
            }
        }
        let list = Arc::clone(&self.list);
        let absent = |engine: &&Engine| is_local(engine) && !found.iter().any(|(name, _)| *name == engine.name);
        for engine in list.engines.iter().filter(absent) {
            if !self.is_elsewhere(engine, settings) {
                self.shown(&engine.name, Test::Absent, now);
            }
        }
        if std::mem::take(&mut self.aloud) {
            let names: Vec<&str> = found.iter().map(|(engine, _)| self.label(engine)).collect();
            self.found = Some(match names[..] {
                [] => "No local engine answers on its usual port. Start one, or enter its address.".to_owned(),
                _ => format!("Running on this machine: {}.", names.join(", ")),
            });
        }
        choose(choices, settings).into_iter().collect()
    }
}

/// One that runs on the person's own machine and is no part of this program.
fn is_local(engine: &Engine) -> bool {
    engine.local && engine.form != Form::Offline
}

/// What changed is remembered; who works by it hears of it from there.
fn choose(wanted: Choices, now: &Settings) -> Option<Action> {
    let changed = wanted != now.engines;
    changed.then(|| Action::Tell(super::Message::Settings(Box::new(Settings { engines: wanted, ..now.clone() }))))
}

/// What follows from other choices in the settings.
pub(super) fn changed(before: &Choices, now: &Choices) -> Vec<Action> {
    let mut actions = Vec::new();
    if before.bases != now.bases || before.budget != now.budget {
        actions.push(do_(Effect::Choices(Box::new(now.clone()))));
    }
    if before.bases != now.bases {
        actions.push(do_(Effect::Look));
    }
    actions
}

fn do_(effect: Effect) -> Action {
    Action::Do(super::Effect::Engines(effect))
}

#[cfg(test)]
#[path = "engines/tests.rs"]
mod tests;
