//! Engines that make pictures, clips, words and voices, each spoken to in its own wire form. One trait, so that the queue knows none
//! of them; `open` gives the one that an entry of the catalogue describes. Nothing here decides when to ask again: that is the queue's.
//! An order that may cost money is sent once and never repeated in here.

pub mod fetch;
pub mod http;
mod reach;

use std::fmt::Debug;
use std::path::{Path, PathBuf};

use futures_util::future::BoxFuture;

use crate::core::engine::{Model, Money};
use crate::core::generate::{Account, Failure, Order, Standing, Submission, Ticket};

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
    /// `Class::Unclear`.
    fn find<'a>(&'a self, order: &'a Order) -> Asked<'a, Option<Ticket>> {
        let _ = order;
        Box::pin(async {
            Err(Failure::new(
                crate::core::generate::Class::Unclear,
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
