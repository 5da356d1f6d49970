//! The engines as the person sees them: the list with its models and prices, which have a key and where it is from, whether they
//! answer, and what is chosen for each kind of thing. The choice itself is remembered in the settings (`Settings::engines`).

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use crate::core::engine::{Catalogue, Choices, Engine, Form, KeyNeed, Model};
use crate::core::generate::{Account, Failure};
use crate::core::job::Kind;
use crate::core::problem::Problem;
use crate::core::secret::Secret;
use crate::core::settings::Settings;

use super::Action;

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
    /// It was looked where the keys are.
    looked: bool,
}

impl Default for State {
    fn default() -> State {
        State { list: Arc::clone(&OURS), problem: None, known: BTreeMap::new(), probing: false, looked: false }
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
    /// Its models are being read from it.
    pub refreshing: bool,
    /// A key is on its way into the keyring or out of it.
    pub keeping: bool,
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
}

/// How the last test went.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Test {
    #[default]
    None,
    Running,
    Works(Account),
    Fails(Failure),
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
    /// Look on this machine for servers that run.
    Probe,
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
            Some(Test::Fails(_)) => Readiness::Fails,
            _ => Readiness::Ready,
        }
    }

    pub fn update(&mut self, message: Message, settings: &Settings) -> Vec<Action> {
        match message {
            Message::Look => vec![do_(Effect::Look)],
            Message::Looked(looked) => self.looked(*looked),
            Message::Choose(wanted) => choose(*wanted, settings).into_iter().collect(),
            Message::Test(engine) => {
                let known = self.known.entry(engine.clone()).or_default();
                if known.test == Test::Running {
                    return Vec::new();
                }
                known.test = Test::Running;
                vec![do_(Effect::Test(engine))]
            }
            Message::Tested { engine, result } => {
                self.known.entry(engine).or_default().test = result.map_or_else(Test::Fails, Test::Works);
                Vec::new()
            }
            Message::Keep { engine, key } => {
                self.known.entry(engine.clone()).or_default().keeping = true;
                vec![do_(Effect::Keep { engine, key })]
            }
            Message::Forget(engine) => {
                self.known.entry(engine.clone()).or_default().keeping = true;
                vec![do_(Effect::Forget(engine))]
            }
            Message::Kept { engine, result } => self.kept(&engine, result),
            Message::Refresh(engine) => {
                let known = self.known.entry(engine.clone()).or_default();
                if std::mem::replace(&mut known.refreshing, true) {
                    return Vec::new();
                }
                vec![do_(Effect::Refresh(engine))]
            }
            Message::Refreshed { engine, result } => self.refreshed(&engine, result),
            Message::Probe if self.probing => Vec::new(),
            Message::Probe => {
                self.probing = true;
                vec![do_(Effect::Probe)]
            }
            Message::Probed(found) => self.probed(&found, settings),
        }
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
                known.test = Test::None;
            }
            (known.key, known.base, known.base_variable) = (place.key, place.base, place.base_variable);
            self.known.insert(name, known);
        }
        self.problem.iter().filter(|_| said).map(Action::show).collect()
    }

    fn kept(&mut self, engine: &str, result: Result<(), Problem>) -> Vec<Action> {
        if let Some(known) = self.known.get_mut(engine) {
            known.keeping = false;
            known.test = Test::None;
        }
        let mut actions = vec![do_(Effect::Look)];
        actions.extend(result.err().as_ref().map(Action::show));
        actions
    }

    fn refreshed(&mut self, engine: &str, result: Result<usize, Problem>) -> Vec<Action> {
        if let Some(known) = self.known.get_mut(engine) {
            known.refreshing = false;
        }
        match result {
            Ok(count) => {
                let models = if count == 1 { "1 model".to_owned() } else { format!("{count} models") };
                vec![do_(Effect::Look), Action::say(format!("{}: {models}.", self.label(engine)))]
            }
            Err(problem) => vec![Action::show(&problem)],
        }
    }

    /// Servers that run here are used where they are.
    fn probed(&mut self, found: &[(String, String)], settings: &Settings) -> Vec<Action> {
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
                known.test = Test::Works(Account { words: format!("It answers at {base}."), ..Account::default() });
            }
        }
        let names: Vec<&str> = found.iter().map(|(engine, _)| self.label(engine)).collect();
        let said = match names[..] {
            [] => Action::say("No local engine answers on its usual port. Start one, or enter its address."),
            _ => Action::say(format!("Running on this machine: {}.", names.join(", "))),
        };
        choose(choices, settings).into_iter().chain([said]).collect()
    }
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
mod tests {
    use super::*;
    use crate::core::generate::Class;
    use crate::studio;

    fn place(key: KeyFrom, base: &str) -> Place {
        Place { key, base: base.into(), base_variable: None }
    }

    /// One engine beside ours, with this key and address.
    fn state(key: KeyFrom, base: &str) -> State {
        let more = "[[engine]]\nname = 'venice'\nlabel = 'Venice'\nform = 'venice'\n";
        let list = Arc::new(Catalogue::ours().with(Catalogue::read(more).unwrap()));
        let mut state = State::default();
        let places = [("venice".to_owned(), place(key, base))].into();
        state.update(Message::Looked(Box::new(Looked { list, problem: None, places })), &Settings::default());
        state
    }

    fn readiness(state: &State, name: &str) -> Readiness {
        state.readiness(state.list.engine(name).unwrap())
    }

    #[test]
    fn what_an_engine_lacks_is_told() {
        assert_eq!(readiness(&State::default(), "offline"), Readiness::Ready);
        assert_eq!(readiness(&state(KeyFrom::Nowhere, "https://v"), "venice"), Readiness::NeedsKey);
        assert_eq!(readiness(&state(KeyFrom::Keyring, ""), "venice"), Readiness::NeedsAddress);
        let mut state = state(KeyFrom::Keyring, "https://v");
        assert_eq!((readiness(&state, "venice"), readiness(&state, "offline")), (Readiness::Ready, Readiness::Ready));
        let settings = Settings::default();
        assert_eq!(state.update(Message::Test("venice".into()), &settings).len(), 1);
        assert!(state.update(Message::Test("venice".into()), &settings).is_empty(), "one at a time");
        let result = Err(Failure::new(Class::Auth, "no"));
        state.update(Message::Tested { engine: "venice".into(), result }, &settings);
        assert_eq!(readiness(&state, "venice"), Readiness::Fails);
    }

    #[test]
    fn another_key_puts_the_last_test_away() {
        let mut state = state(KeyFrom::Nowhere, "https://v");
        let settings = Settings::default();
        let result = Err(Failure::new(Class::Auth, "no"));
        state.update(Message::Tested { engine: "venice".into(), result }, &settings);
        let actions = state.update(Message::Keep { engine: "venice".into(), key: Secret::new("abcd") }, &settings);
        assert!(matches!(&actions[..], [Action::Do(studio::Effect::Engines(Effect::Keep { .. }))]));
        assert!(!format!("{actions:?}").contains("abcd"), "a key shows nowhere");
        assert!(state.known["venice"].keeping);
        assert_eq!(state.update(Message::Kept { engine: "venice".into(), result: Ok(()) }, &settings).len(), 1);
        assert_eq!((state.known["venice"].keeping, &state.known["venice"].test), (false, &Test::None));
    }

    #[test]
    fn a_local_server_that_runs_is_used_where_it_is() {
        let mut state = state(KeyFrom::Nowhere, "http://127.0.0.1:1");
        let settings = Settings::default();
        assert_eq!(state.update(Message::Probe, &settings).len(), 1);
        assert!(state.probing && state.update(Message::Probe, &settings).is_empty());
        let found = vec![("venice".to_owned(), "http://127.0.0.1:2".to_owned())];
        let actions = state.update(Message::Probed(found), &settings);
        let [Action::Tell(studio::Message::Settings(wanted)), Action::Tell(studio::Message::Notice(_))] = &actions[..] else {
            panic!("{actions:?}")
        };
        assert_eq!(wanted.engines.bases["venice"], "http://127.0.0.1:2");
        assert!(matches!(state.known["venice"].test, Test::Works(_)), "it has just answered");
        assert!(matches!(changed(&settings.engines, &wanted.engines)[..], [Action::Do(_), Action::Do(_)]));
        assert!(changed(&wanted.engines, &wanted.engines).is_empty());
    }
}
