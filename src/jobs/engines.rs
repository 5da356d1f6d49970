//! Engines, wired: the list that is in force, where an engine is and which key it gets, the engine itself, opened once. `run` does
//! what the settings page asks for; the queue opens engines here.

mod keys;
mod list;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use crate::core::engine::{Catalogue, Choices, Engine as Entry, Form, KeyNeed};
use crate::core::generate::{Account, Class, Failure};
use crate::core::problem::Problem;
use crate::core::queue::Budget;
use crate::core::secret::Secret;
use crate::engines::{self, Engine, Writer};
pub use crate::keyring::Ask;
use crate::studio::engines::{Effect, KeyFrom, Looked, Message, Place};

use super::house::{House, Ways};
use super::offline::Offline;
pub use keys::Key;

/// How long an engine may take to say whether address and key are right, or which models it has.
const ANSWER: Duration = Duration::from_secs(45);

/// All engines of one studio or command.
#[derive(Debug)]
pub struct Shop {
    house: Arc<House>,
    list: RwLock<list::InForce>,
    choices: RwLock<Choices>,
    /// One for good: it knows what it has at work.
    offline: Arc<dyn Engine>,
    /// Opened with the address and key that held then.
    opened: Mutex<HashMap<String, Arc<dyn Engine>>>,
}

impl Shop {
    pub fn new(house: Arc<House>, choices: Choices) -> Shop {
        let list = list::read(&house.folder);
        let offline = Arc::new(Offline::new(&house.folder));
        Shop { house, offline, list: RwLock::new(list), choices: RwLock::new(choices), opened: Mutex::default() }
    }

    /// The list in force.
    pub fn list(&self) -> Arc<Catalogue> {
        Arc::clone(&self.list.read().unwrap_or_else(PoisonError::into_inner).list)
    }

    /// Why a part of the list can't be used.
    pub fn problem(&self) -> Option<Problem> {
        self.list.read().unwrap_or_else(PoisonError::into_inner).problem.clone()
    }

    /// Reads the list again. When it is another one, engines are opened anew: address, key or template may be others.
    pub fn reload(&self) {
        let now = list::read(&self.house.folder);
        let mut held = self.list.write().unwrap_or_else(PoisonError::into_inner);
        if held.list != now.list {
            self.opened().clear();
        }
        *held = now;
    }

    pub fn choices(&self) -> Choices {
        self.choices.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What may be spent.
    pub fn budget(&self) -> Budget {
        self.choices.read().unwrap_or_else(PoisonError::into_inner).budget
    }

    /// What holds from now on.
    pub fn choose(&self, choices: Choices) {
        let mut held = self.choices.write().unwrap_or_else(PoisonError::into_inner);
        if held.bases != choices.bases {
            self.opened().clear();
        }
        *held = choices;
    }

    /// The engine of this name.
    pub fn entry(&self, name: &str) -> Result<Entry, Failure> {
        self.list().engine(name).cloned().ok_or_else(|| {
            Failure::new(
                Class::Here,
                format!("There is no engine called “{name}” in the list; “onetake engines list” shows it."),
            )
        })
    }

    /// Where an engine is: by its variable, the settings, or the list. Empty when nobody said.
    pub fn base(&self, entry: &Entry) -> (String, Option<String>) {
        for variable in &entry.base_variables {
            if let Some(base) = keys::variable(variable) {
                return (base, Some(variable.clone()));
            }
        }
        let chosen = self.choices().bases.get(&entry.name).cloned();
        (chosen.unwrap_or_else(|| entry.base.clone()), None)
    }

    /// Opens an engine, or gives the one that is open.
    pub async fn open(&self, name: &str) -> Result<Arc<dyn Engine>, Failure> {
        if let Some(engine) = self.opened().get(name) {
            return Ok(Arc::clone(engine));
        }
        let entry = self.entry(name)?;
        let engine = self.connect(&entry, Ask::Nobody).await?;
        self.opened().insert(name.to_owned(), Arc::clone(&engine));
        Ok(engine)
    }

    /// Opens a writer; its key is asked for as for an engine's orders.
    pub async fn writer(&self, entry: &Entry) -> Result<Arc<dyn Writer>, Failure> {
        let key = self.key(entry, Ask::Nobody).await?;
        let (base, _) = self.base(entry);
        engines::writer(entry, (!base.is_empty()).then_some(base.as_str()), key)
    }

    async fn connect(&self, entry: &Entry, ask: Ask) -> Result<Arc<dyn Engine>, Failure> {
        if entry.form == Form::Offline {
            return Ok(Arc::clone(&self.offline));
        }
        let key = self.key(entry, ask).await?;
        let (base, _) = self.base(entry);
        let base = (!base.is_empty()).then_some(base);
        engines::open(entry, base.as_deref(), key)
    }

    /// The key for an engine, `None` where it goes without.
    pub async fn key(&self, entry: &Entry, ask: Ask) -> Result<Option<Secret>, Failure> {
        if entry.key == KeyNeed::None {
            return Ok(None);
        }
        match keys::find(entry, &self.house.session, ask).await {
            Ok(Some(key)) => Ok(Some(key.secret)),
            Ok(None) if entry.key == KeyNeed::Optional => Ok(None),
            Ok(None) => Err(keys::missing(entry)),
            Err(_) if entry.key == KeyNeed::Optional => Ok(None),
            Err(error) => Err(Failure::new(Class::Auth, format!("{} {}", keys::missing(entry).words, error))),
        }
    }

    /// Whether an order can be sent to it at all: what is missing is said before it is placed.
    pub async fn ready(&self, entry: &Entry) -> Result<(), Problem> {
        if entry.form != Form::Offline && self.base(entry).0.is_empty() {
            let what = format!("Nobody said where {} is.", entry.label);
            return Err(Problem::usage(what, "Enter its address in Settings, Engines."));
        }
        if self.opened().contains_key(&entry.name) {
            return Ok(());
        }
        self.key(entry, Ask::Nobody).await.map(drop).map_err(Problem::from)
    }

    /// Tries address and key, at no cost.
    pub async fn test(&self, name: &str) -> Result<Account, Failure> {
        let entry = self.entry(name)?;
        let engine = self.connect(&entry, Ask::Person).await?;
        within(&entry, engine.check()).await
    }

    /// Reads an engine's own list of models, and keeps it; tells how many there are. `Err` when it has none.
    pub async fn refresh(&self, name: &str) -> Result<usize, Problem> {
        let entry = self.entry(name)?;
        let engine = self.connect(&entry, Ask::Person).await?;
        let Some(models) = within(&entry, engine.models()).await? else {
            let what = format!("{} has no list of its models.", entry.label);
            return Err(Problem::usage(what, "Write its models into engines.toml (docs/ENGINES.md)."));
        };
        list::keep_models(&self.house.folder, name, &models)?;
        self.reload();
        Ok(models.len())
    }

    /// Puts a key into the keyring; the engine is asked with it from now on.
    pub async fn keep_key(&self, name: &str, key: &Secret) -> Result<(), Problem> {
        let entry = self.entry(name)?;
        keys::keep(&entry, key).await?;
        self.opened().remove(name);
        Ok(())
    }

    /// The same from the window, where a key that no keyring takes holds until the program ends.
    async fn hold_key(&self, name: &str, key: &Secret) -> Result<(), Problem> {
        let entry = self.entry(name)?;
        keys::hold(&entry, key, &self.house.session).await?;
        self.opened().remove(name);
        Ok(())
    }

    /// Takes it out again.
    pub async fn forget_key(&self, name: &str) -> Result<(), Problem> {
        keys::forget(name, &self.house.session).await?;
        self.opened().remove(name);
        Ok(())
    }

    /// Where each engine's key and address are from. Never asks for the keyring's password.
    pub async fn places(&self) -> BTreeMap<String, Place> {
        let mut places = BTreeMap::new();
        for entry in &self.list().engines {
            let (base, base_variable) = self.base(entry);
            let key = match entry.key {
                KeyNeed::None => KeyFrom::Nowhere,
                _ => keys::find(entry, &self.house.session, Ask::Nobody)
                    .await
                    .ok()
                    .flatten()
                    .map_or(KeyFrom::Nowhere, |key| key.from),
            };
            places.insert(entry.name.clone(), Place { key, base, base_variable });
        }
        places
    }

    /// The engines that answer on this machine where they usually are: name and address.
    pub async fn probe(&self) -> Vec<(String, String)> {
        let found = engines::local::probe().await;
        found.into_iter().map(|found| (found.engine.to_owned(), found.base)).collect()
    }

    fn opened(&self) -> MutexGuard<'_, HashMap<String, Arc<dyn Engine>>> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn within<T>(entry: &Entry, asked: engines::Asked<'_, T>) -> Result<T, Failure> {
    match tokio::time::timeout(ANSWER, asked).await {
        Ok(answer) => answer,
        Err(_) => Err(Failure::new(Class::Transport, format!("{} did not answer within {} s.", entry.label, ANSWER.as_secs()))),
    }
}

/// Runs an effect of the settings page, on the network's threads. `woken` hears of engines that may be asked again.
pub(super) fn run(shop: &Arc<Shop>, ways: &Ways, effect: Effect, woken: impl Fn(&str) + Send + 'static) {
    let (shop, outbox) = (Arc::clone(shop), ways.outbox.clone());
    let runtime = shop.house.runtime.handle().clone();
    runtime.spawn(async move {
        let message = match effect {
            Effect::Look => {
                let reloaded = Arc::clone(&shop);
                // Files are read there.
                let _ = tokio::task::spawn_blocking(move || reloaded.reload()).await;
                let looked = Looked { list: shop.list(), problem: shop.problem(), places: shop.places().await };
                Message::Looked(Box::new(looked))
            }
            Effect::Choices(choices) => return shop.choose(*choices),
            Effect::Test(engine) => {
                let result = shop.test(&engine).await;
                if result.is_ok() {
                    woken(&engine);
                }
                Message::Tested { engine, result }
            }
            Effect::Keep { engine, key } => {
                let result = shop.hold_key(&engine, &key).await;
                woken(&engine);
                Message::Kept { engine, result }
            }
            Effect::Forget(engine) => {
                let result = shop.forget_key(&engine).await;
                Message::Kept { engine, result }
            }
            Effect::Refresh(engine) => {
                let result = shop.refresh(&engine).await;
                Message::Refreshed { engine, result }
            }
            Effect::Probe => Message::Probed(shop.probe().await),
        };
        outbox.send(crate::studio::Message::Engines(message));
    });
}
