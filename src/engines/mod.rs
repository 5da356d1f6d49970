//! Engines that make pictures, clips, words and voices, each spoken to in its own wire form. One trait, so that the queue knows none
//! of them; `open` gives the one that an entry of the catalogue describes. Nothing here decides when to ask again: that is the queue's.
//! An order that may cost money is sent once and never repeated in here.

mod automatic;
mod comfy;
mod custom;
mod events;
mod fal;
pub mod fetch;
mod fitted;
pub mod http;
mod input;
pub mod local;
mod luma_agents;
mod luma_dream;
mod openai;
mod reach;
mod runway;
mod size;
mod stability;
mod state;
mod venice;
mod wire;

use std::collections::HashSet;
use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::core::engine::{Engine as Entry, Form, KeyNeed, Model, Money};
use crate::core::generate::{Account, Class, Failure, Order, Standing, Submission, Ticket};
use crate::core::secret::Secret;

/// The answer to come.
pub type Asked<'a, T> = BoxFuture<'a, Result<T, Failure>>;

/// Where what is made comes to lie: files are streamed there as `NAME.part` and renamed when they are whole and synced.
#[derive(Clone, Debug)]
pub struct Landing {
    /// A folder of this job's own, which is there.
    pub folder: PathBuf,
}

impl Landing {
    pub fn new(folder: &Path) -> Landing {
        Landing { folder: folder.to_owned() }
    }
}

/// What the queue asks of every engine.
pub trait Engine: Send + Sync + Debug {
    /// Sends the order, once. `Failure` of `Class::Transport` says that it surely did not leave; when it may have arrived, it is
    /// `Class::Unclear`.
    fn submit<'a>(&'a self, order: &'a Order, landing: &'a Landing) -> Asked<'a, Submission>;

    /// How far it is; what is done comes to lie in `landing`. May be asked again at any time.
    fn look<'a>(&'a self, ticket: &'a Ticket, landing: &'a Landing) -> Asked<'a, Standing>;

    /// Looks for an order that may have been taken before a crash. `Ok(None)`: it surely was not. An engine that can't tell says
    /// `Class::Unclear`. `held`: the engine's names for what other jobs have already, which is not looked for.
    fn find<'a>(&'a self, order: &'a Order, held: &'a HashSet<String>) -> Asked<'a, Option<Ticket>> {
        let _ = (order, held);
        Box::pin(async {
            Err(Failure::new(
                Class::Unclear,
                "Onetake ended while the order was being sent, and this engine can't be asked whether it took it.",
            ))
        })
    }

    /// Tells it to stop. An engine without such a call answers `false`: the order is let go of here and runs on there.
    fn cancel<'a>(&'a self, ticket: &'a Ticket) -> Asked<'a, bool>;

    /// What was made is safe here; the engine may delete its copy.
    fn forget<'a>(&'a self, ticket: &'a Ticket) -> Asked<'a, ()> {
        let _ = ticket;
        Box::pin(async { Ok(()) })
    }

    /// What the engine says an order will cost; `None` when it can't be asked.
    fn quote<'a>(&'a self, order: &'a Order) -> Asked<'a, Option<Money>> {
        let _ = order;
        Box::pin(async { Ok(None) })
    }

    /// Its models as it lists them; `None` when it has no list.
    fn models(&self) -> Asked<'_, Option<Vec<Model>>> {
        Box::pin(async { Ok(None) })
    }

    /// Whether address and key are right, at no cost.
    fn check(&self) -> Asked<'_, Account>;
}

/// The engine that an entry of the catalogue describes. `base` goes before the entry's own address.
///
/// # Errors
/// Of `Class::Auth` without a key that it needs, of `Class::Invalid` for an address that can't be used.
pub fn open(entry: &Entry, base: Option<&str>, key: Option<Secret>) -> Result<Arc<dyn Engine>, Failure> {
    let (base, key) = line(entry, base, key)?;
    Ok(match entry.form {
        Form::Automatic1111 => Arc::new(automatic::Automatic::open(entry, base, key)?),
        Form::Custom => Arc::new(custom::Custom::open(entry, base, key)?),
        Form::ComfyUi => Arc::new(comfy::Comfy::open(entry, base, key)?),
        Form::Fal => Arc::new(fal::Fal::open(entry, base, key)?),
        Form::LumaAgents => Arc::new(luma_agents::LumaAgents::open(entry, base, key)?),
        Form::LumaDream => Arc::new(luma_dream::LumaDream::open(entry, base, key)?),
        Form::OpenAi => Arc::new(openai::OpenAi::open(entry, base, key)?),
        Form::Runway => Arc::new(runway::Runway::open(entry, base, key)?),
        Form::Stability => Arc::new(stability::Stability::open(entry, base, key)?),
        Form::Venice => Arc::new(venice::Venice::open(entry, base, key)?),
        Form::Offline => {
            return Err(Failure::new(Class::Here, format!("This version can't speak to {}.", entry.label)));
        }
    })
}

/// The writer that an entry of the catalogue describes, as `open`.
///
/// # Errors
/// As `open`; an engine that doesn't write in OpenAI's form is refused.
pub fn writer(entry: &Entry, base: Option<&str>, key: Option<Secret>) -> Result<Arc<dyn Writer>, Failure> {
    let (base, key) = line(entry, base, key)?;
    match entry.form {
        Form::OpenAi | Form::Venice => Ok(Arc::new(openai::Words::open(entry, base, key)?)),
        _ => Err(Failure::new(Class::Invalid, format!("{} does not write.", entry.label))),
    }
}

/// The address and the key that an entry is spoken to with.
fn line<'a>(entry: &'a Entry, base: Option<&'a str>, key: Option<Secret>) -> Result<(&'a str, Option<Secret>), Failure> {
    let base = base.map(str::trim).filter(|text| !text.is_empty()).unwrap_or(&entry.base);
    // A key that was copied out of a page often brings its line's end along.
    let key = key.map(|key| Secret::new(key.expose().trim())).filter(|key| !key.expose().is_empty());
    if entry.form == Form::Offline {
        return Err(Failure::new(Class::Here, format!("{} is part of this program and has no address.", entry.label)));
    }
    if base.is_empty() {
        return Err(Failure::new(
            Class::Invalid,
            format!("Nobody has said yet where {} is: its address is missing.", entry.label),
        ));
    }
    if entry.key == KeyNeed::Required && key.is_none() {
        return Err(Failure::new(Class::Auth, format!("{} wants a key, and there is none.", entry.label)));
    }
    let key = key.filter(|_| entry.key != KeyNeed::None);
    Ok((base, key))
}

/// An engine that writes: words come as they are made.
pub trait Writer: Send + Sync + Debug {
    /// Continues a conversation. `on` gets each piece of text as it comes and answers whether to go on; the whole comes back.
    fn write<'a>(&'a self, talk: &'a Talk, on: &'a mut (dyn FnMut(&str) -> bool + Send)) -> Asked<'a, Written>;
}

/// What a writer is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Talk {
    pub model: String,
    /// How to behave.
    pub system: String,
    /// What is wanted, and what was said in turns: the first is the person's.
    pub turns: Vec<String>,
    /// 0 to 2.
    pub temperature: Option<f64>,
    pub most_tokens: Option<u32>,
    pub seed: Option<i64>,
}

/// What it wrote.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Written {
    pub text: String,
    /// It stopped because the limit was reached, not because it had ended.
    pub cut: bool,
    pub prompt_tokens: Option<u64>,
    pub written_tokens: Option<u64>,
    pub cost: Option<Money>,
}
