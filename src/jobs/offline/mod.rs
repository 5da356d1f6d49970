//! The engine that is always there: pictures painted from words, clips made by a camera that moves over pictures, speech by espeak-ng.
//! No key, no network, no cost, and no AI: what it makes says so. It works as the other engines do, so that the queue knows no difference;
//! the order itself is its ticket, so that what was lost with a crash is simply made again.

pub(super) mod camera_move;
pub(super) mod painting;
mod png;
mod speech;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::blobs::layout::DataFolder;
use crate::core::engine::Money;
use crate::core::generate::{Account, Class, Failure, Input, InputRole, Made, Order, Standing, Submission, Ticket, Wish};
use crate::core::job::Kind;
use crate::core::problem::Problem;
use crate::engines::{Asked, Engine, Landing};

/// Its name in the catalogue.
pub const NAME: &str = "offline";

/// What all its work says of itself.
pub const DRAWN: &str = "Drawn by Onetake, not by AI.";

/// The engine; one is enough for all jobs.
#[derive(Debug)]
pub struct Offline {
    encoder_profiles: PathBuf,
    works: Mutex<HashMap<String, Arc<Work>>>,
}

/// One order at work on a thread of its own.
#[derive(Debug, Default)]
struct Work {
    cancel: AtomicBool,
    /// In ten-thousandths.
    progress: AtomicU32,
    result: Mutex<Option<Result<Made, Failure>>>,
}

/// What whoever makes something is given.
struct Bench<'a> {
    order: &'a Order,
    landing: &'a Landing,
    encoder_profiles: &'a std::path::Path,
    work: &'a Work,
}

impl Bench<'_> {
    fn progress(&self, part: f32) {
        self.work.progress.store((part.clamp(0.0, 1.0) * 10_000.0) as u32, Ordering::Relaxed);
    }

    fn cancelled(&self) -> bool {
        self.work.cancel.load(Ordering::Relaxed)
    }

    /// The order's seed, or one that its job decides.
    fn seed(&self) -> i64 {
        self.order.seed.unwrap_or_else(|| seed_of(&self.order.job))
    }
}

fn seed_of(job: &str) -> i64 {
    let hash =
        job.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    (hash >> 33) as i64
}

impl Offline {
    pub fn new(folder: &DataFolder) -> Offline {
        Offline { encoder_profiles: folder.encoder_profiles(), works: Mutex::default() }
    }

    /// The order's work, begun if it is not at work here.
    fn work(&self, order: Order, landing: &Landing) -> Result<Arc<Work>, Failure> {
        let mut works = self.works.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(work) = works.get(&order.job) {
            return Ok(Arc::clone(work));
        }
        let work = Arc::new(Work::default());
        let (own, landing, profiles) = (Arc::clone(&work), landing.clone(), self.encoder_profiles.clone());
        let job = order.job.clone();
        let begun = std::thread::Builder::new().name("offline".into()).spawn(move || {
            let bench = Bench { order: &order, landing: &landing, encoder_profiles: &profiles, work: &own };
            // A panic in a driver must not leave a job that never ends.
            let made = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| make(&bench)));
            let made =
                made.unwrap_or_else(|_| Err(Failure::new(Class::Here, "The offline engine broke down over this order.")));
            *own.result.lock().unwrap_or_else(PoisonError::into_inner) = Some(made);
        });
        begun.map_err(|error| Failure::new(Class::Here, format!("No thread could be started: {error}.")))?;
        works.insert(job, Arc::clone(&work));
        Ok(work)
    }
}

/// Makes what is ordered, however long it takes.
fn make(bench: &Bench<'_>) -> Result<Made, Failure> {
    match (bench.order.kind, bench.order.model.as_str()) {
        (Kind::Image, _) => painting::paint(bench),
        (Kind::Video, _) => camera_move::film(bench),
        (Kind::Speech, _) => speech::speak(bench),
        (_, model) => Err(Failure::new(Class::Invalid, format!("The offline engine has no model “{model}” for this."))),
    }
}

impl Engine for Offline {
    fn submit<'a>(&'a self, order: &'a Order, landing: &'a Landing) -> Asked<'a, Submission> {
        Box::pin(async move {
            let ticket = ticket(order)?;
            self.work(order.clone(), landing)?;
            Ok(Submission::Ticket { ticket, cost: Some(Money::usd(0.0)) })
        })
    }

    fn look<'a>(&'a self, ticket: &'a Ticket, landing: &'a Landing) -> Asked<'a, Standing> {
        Box::pin(async move {
            let work = self.work(order(ticket)?, landing)?;
            let result = work.result.lock().unwrap_or_else(PoisonError::into_inner).clone();
            Ok(match result {
                None => Standing::Running { progress: Some(work.progress.load(Ordering::Relaxed) as f32 / 10_000.0) },
                Some(Ok(made)) => Standing::Done(made),
                Some(Err(failure)) if failure.class == Class::Cancelled => Standing::Cancelled,
                Some(Err(failure)) => Standing::Failed(failure),
            })
        })
    }

    /// Nothing is lost with an order that was not noted: it is made again, and costs nothing.
    fn find<'a>(&'a self, _order: &'a Order, _: &'a HashSet<String>) -> Asked<'a, Option<Ticket>> {
        Box::pin(async { Ok(None) })
    }

    fn cancel<'a>(&'a self, ticket: &'a Ticket) -> Asked<'a, bool> {
        Box::pin(async move {
            if let Some(work) = self.works.lock().unwrap_or_else(PoisonError::into_inner).get(&ticket.id) {
                work.cancel.store(true, Ordering::Relaxed);
            }
            Ok(true)
        })
    }

    fn forget<'a>(&'a self, ticket: &'a Ticket) -> Asked<'a, ()> {
        Box::pin(async move {
            self.works.lock().unwrap_or_else(PoisonError::into_inner).remove(&ticket.id);
            Ok(())
        })
    }

    fn quote<'a>(&'a self, _order: &'a Order) -> Asked<'a, Option<Money>> {
        Box::pin(async { Ok(Some(Money::usd(0.0))) })
    }

    fn check(&self) -> Asked<'_, Account> {
        Box::pin(async {
            let voice = speech::version().map_or_else(|| speech::MISSING.to_owned(), |version| format!("Speech by {version}."));
            Ok(Account { words: format!("Always there, without a key or a network. {voice}"), balance: None, models: 4 })
        })
    }
}

/// An order as its ticket keeps it.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    kind: Kind,
    prompt: String,
    seed: Option<i64>,
    wish: Wish,
    inputs: Vec<(InputRole, PathBuf, String)>,
}

fn ticket(order: &Order) -> Result<Ticket, Failure> {
    let inputs = order.inputs.iter().map(|input| (input.role, input.path.clone(), input.mime.clone())).collect();
    let kept = Kept { kind: order.kind, prompt: order.prompt.clone(), seed: order.seed, wish: order.wish.clone(), inputs };
    let kept =
        serde_json::to_value(kept).map_err(|error| Failure::new(Class::Here, format!("The order can't be kept: {error}.")))?;
    let links = [("order".to_owned(), kept)].into_iter().collect();
    Ok(Ticket { id: order.job.clone(), model: order.model.clone(), links })
}

fn order(ticket: &Ticket) -> Result<Order, Failure> {
    let kept = ticket.links.get("order").cloned().unwrap_or_default();
    let kept: Kept = serde_json::from_value(kept)
        .map_err(|error| Failure::new(Class::Expired, format!("The order was not kept: {error}.")))?;
    let inputs = kept.inputs.into_iter().map(|(role, path, mime)| Input { role, path, mime, url: None, maker: None }).collect();
    Ok(Order {
        job: ticket.id.clone(),
        kind: kept.kind,
        model: ticket.model.clone(),
        prompt: kept.prompt,
        seed: kept.seed,
        wish: kept.wish,
        inputs,
    })
}

/// A problem of this machine as the failure of an order.
fn failure(problem: impl Into<Problem>) -> Failure {
    let problem: Problem = problem.into();
    let class = if problem.kind == crate::core::problem::Kind::Cancelled { Class::Cancelled } else { Class::Here };
    Failure::new(class, format!("{} {}", problem.what, problem.fix).trim().to_owned())
}

fn cancelled() -> Failure {
    Failure::new(Class::Cancelled, "Cancelled.")
}
