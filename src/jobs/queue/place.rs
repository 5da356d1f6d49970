//! Placing orders: what can't work is said first; files become assets, prices are asked for, and the database takes all of them or none.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use crate::clock;
use crate::core::asset::{AssetId, Source as Origin};
use crate::core::engine::{Engine as Entry, Money, Price};
use crate::core::generate::{Class, Failure, Wish};
use crate::core::job::State;
use crate::core::problem::Problem;
use crate::core::queue::{Draft, Given, MOST_WAITING, Quote, Why};
use crate::db::{NewJob, Placed, Waiting};

use super::super::engines::Shop;
use super::{Hand, catch};

/// Where it stands whether nothing is sent.
pub const PAUSED: &str = "queue.paused";

/// What became of orders.
#[derive(Clone, Debug)]
pub enum Outcome {
    Placed {
        waiting: Vec<Waiting>,
        /// Failed jobs that are gone on with: what was ordered could still be had.
        resumed: Vec<String>,
    },
    /// A person has to say first whether so much may be spent.
    Asks(Why),
}

impl Outcome {
    /// Of all jobs that something comes of.
    pub fn ids(self) -> Vec<String> {
        match self {
            Outcome::Placed { waiting, resumed } => waiting.into_iter().map(|waiting| waiting.id).chain(resumed).collect(),
            Outcome::Asks(_) => Vec::new(),
        }
    }
}

/// An order and the job of which it is another try.
pub(super) struct Wanted {
    pub draft: Draft,
    pub retry_of: Option<String>,
}

pub(super) fn place(hand: &Hand, drafts: Vec<Draft>, free: bool) -> Result<Outcome, Problem> {
    let wanted: Vec<Wanted> = drafts.into_iter().map(|draft| Wanted { draft, retry_of: None }).collect();
    place_all(hand, &wanted, free)
}

pub(super) fn place_all(hand: &Hand, wanted: &[Wanted], free: bool) -> Result<Outcome, Problem> {
    let runtime = &hand.house.runtime;
    let list = hand.shop.list();
    let mut checked: HashMap<&str, &Entry> = HashMap::new();
    for Wanted { draft, .. } in wanted {
        let entry = match checked.get(draft.engine.as_str()) {
            Some(entry) => *entry,
            None => {
                let entry = list.engine(&draft.engine).ok_or_else(|| unknown(&draft.engine))?;
                runtime.block_on(hand.shop.ready(entry))?;
                checked.insert(&draft.engine, entry);
                entry
            }
        };
        if let Some(fault) = draft.fault(entry) {
            return Err(Problem::usage(fault, "Change the order, then try again."));
        }
    }
    let mut prices = Prices::default();
    let mut jobs = Vec::with_capacity(wanted.len());
    for Wanted { draft, retry_of } in wanted {
        let entry = checked[draft.engine.as_str()];
        let quote = runtime.block_on(prices.of(&hand.shop, entry, draft))?;
        let mut inputs = Vec::new();
        for (role, given) in &draft.inputs {
            inputs.push((role.name(), asset(hand, draft, given)?));
        }
        jobs.push(NewJob {
            id: uuid::Uuid::now_v7().to_string(),
            project: draft.project.clone(),
            engine: draft.engine.clone(),
            model: draft.model.clone(),
            kind: draft.kind,
            prompt: draft.prompt.clone(),
            purpose: draft.purpose,
            parent_version: draft.parent_version.clone(),
            sentence: draft.sentence.clone(),
            params: serde_json::to_value(&draft.wish).unwrap_or_default(),
            seed: draft.seed,
            inputs,
            quote,
            retry_of: retry_of.clone(),
        });
    }
    let budget = hand.shop.choices().budget;
    match hand.house.db.place(&jobs, (!free).then_some(&budget), &clock::wall())? {
        Placed::Waiting(places) => {
            // Another try stands in the place of the one before.
            let retried: Vec<String> = jobs.iter().filter_map(|job| job.retry_of.clone()).collect();
            hand.house.db.clear_jobs(&[State::Failed, State::Cancelled], Some(&retried))?;
            let waiting = jobs.into_iter().zip(places).map(|(job, place)| Waiting {
                id: job.id,
                engine: job.engine,
                kind: job.kind,
                place,
                due_at: None,
                held: false,
            });
            Ok(Outcome::Placed { waiting: waiting.collect(), resumed: Vec::new() })
        }
        Placed::Asks { why } => Ok(Outcome::Asks(why)),
        Placed::Full => {
            let what = format!("More than {MOST_WAITING} orders would wait.");
            Err(Problem::usage(what, "Wait until some are made, or cancel some."))
        }
    }
}

/// What an order costs, as the engine says where it is asked, else by the list.
pub(super) async fn quote(shop: &Shop, draft: &Draft) -> Result<Quote, Failure> {
    if let Some(quote) = listed(shop, draft) {
        return Ok(quote);
    }
    let cost = shop.open(&draft.engine).await?.quote(&draft.order()).await?;
    Ok(Quote { cost, by_engine: true })
}

/// What an order costs by the list; `None` where its engine says the price.
pub(super) fn listed(shop: &Shop, draft: &Draft) -> Option<Quote> {
    let entry = shop.entry(&draft.engine).ok()?;
    let asks = entry.model(&draft.model).is_some_and(|model| model.price == Price::Quoted);
    (!asks).then(|| Quote::listed(&entry, draft))
}

/// Prices of one call: orders that differ in their words alone cost the same where the engine is asked.
#[derive(Default)]
struct Prices {
    said: HashMap<String, Option<Money>>,
}

impl Prices {
    async fn of(&mut self, shop: &Shop, entry: &Entry, draft: &Draft) -> Result<Option<Money>, Failure> {
        if entry.model(&draft.model).is_none_or(|model| model.price != Price::Quoted) {
            return Ok(Quote::listed(entry, draft).cost);
        }
        let wish = Wish { scene: None, negative: String::new(), consent: None, ..draft.wish.clone() };
        let key = format!("{} {} {}", draft.engine, draft.model, serde_json::to_string(&wish).unwrap_or_default());
        if let Some(said) = self.said.get(&key) {
            return Ok(said.clone());
        }
        let said = match quote(shop, draft).await {
            Ok(quote) => quote.cost,
            // A price that nobody says is no reason not to order; a key that is refused is.
            Err(failure) if matches!(failure.class, Class::Auth | Class::Invalid) => return Err(failure),
            Err(failure) => {
                tracing::info!(%failure, "an engine did not say what an order costs");
                None
            }
        };
        self.said.insert(key, said.clone());
        Ok(said)
    }
}

/// A given file as an asset that is there.
fn asset(hand: &Hand, draft: &Draft, given: &Given) -> Result<AssetId, Problem> {
    match given {
        Given::Asset(id) => match hand.house.db.asset(id)? {
            Some(asset) if asset.binned_at.is_none() => Ok(id.clone()),
            _ => Err(Problem::usage(
                format!("There is no asset {id} in the library that could go with the order."),
                "Choose another file.",
            )),
        },
        Given::File(path) => bring_in(hand, draft, path),
    }
}

fn bring_in(hand: &Hand, draft: &Draft, path: &Path) -> Result<AssetId, Problem> {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let about = catch::About {
        project: draft.project.clone(),
        name: catch::line(&name, "Untitled"),
        description: String::new(),
        source: Origin::Upload,
        metadata: serde_json::json!({ "original_name": path.file_name().unwrap_or_default().to_string_lossy() }),
    };
    catch::bring_in(&hand.house, &hand.gate, &AtomicBool::new(false), path, &about)
}

fn unknown(engine: &str) -> Problem {
    Problem::usage(format!("There is no engine called “{engine}”."), "“onetake engines list” shows all of them.")
}
