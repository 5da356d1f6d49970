//! The queue at work. One thread (`runner`) owns who is next and writes every step of every job, many in one transaction; the jobs
//! themselves live on the network's threads (`life`). One process runs the queue of a data folder; others place, cancel and look on
//! through the database, and one of them takes over when it ends.

mod catch;
mod effects;
mod finding;
mod hearing;
mod life;
mod order;
mod place;
mod retry;
mod runner;
mod tell;
mod turn;

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::clock;
use crate::core::engine::{Choices, Money};
use crate::core::generate::Failure;
use crate::core::job::State;
use crate::core::problem::Problem;
use crate::core::queue::{Draft, Quote, Resting, Row, Totals};
use crate::db::{Change, Waiting};

use super::engines::Shop;
use super::gate::Gate;
use super::house::House;
use crate::studio::queue::Again;
use runner::Runner;

pub(super) use effects::Orders;
pub use place::Outcome;
use place::PAUSED;

/// Words that may wait for the runner; who has one waits until there is room.
const WORDS: usize = 1024;

/// Who is told what goes on. Called on the runner's thread.
pub trait Watch: Send + Sync {
    /// These jobs are as they are told now; several times a second at most.
    fn changed(&self, rows: Vec<Row>, totals: Totals);
    /// It is over, and what it made is in the library.
    fn ended(&self, row: &Row);
    /// Another process did more than can be told job by job.
    fn relisted(&self);
    fn problem(&self, problem: Problem);
}

/// Nobody is.
#[derive(Debug)]
pub struct Nobody;

impl Watch for Nobody {
    fn changed(&self, _: Vec<Row>, _: Totals) {}
    fn ended(&self, _: &Row) {}
    fn relisted(&self) {}
    fn problem(&self, problem: Problem) {
        tracing::warn!(%problem, "the queue");
    }
}

/// What the runner is told.
enum Word {
    /// A step of a job's life; the answer says whether it was taken.
    Step(Change, oneshot::Sender<Result<bool, Failure>>),
    /// The engine has done its part: it may be given the next.
    Left(String),
    /// A life ended, in order or not; its job may have begun another one since.
    Over(String, u64),
    /// An engine is left alone for a while, or until somebody says otherwise.
    Rest(String, Failure, Option<f64>),
    /// It may be asked again.
    Wake(String),
    /// Jobs wait that nobody has seen yet.
    Placed(Vec<Waiting>),
    /// What waits, what is to be stopped and whether all is paused stands in the database.
    Look(Vec<String>),
    /// Somebody wants the whole list. Told in one row with what changes, so that no older list comes behind it.
    List,
    /// What is held may fit by now.
    AskAgain,
    /// Something a person should know.
    Trouble(Problem),
    /// The project whose spending is counted.
    Project(Option<String>),
    Stop,
}

/// What everybody has who speaks with the runner.
#[derive(Clone)]
pub(super) struct Hand {
    house: Arc<House>,
    shop: Arc<Shop>,
    gate: Arc<Gate>,
    words: mpsc::Sender<Word>,
    /// The program ends: what has a ticket is left where it is.
    closing: tokio_util::sync::CancellationToken,
    /// Who looks for an order that may have been taken is alone with its engine.
    finding: finding::Doors,
}

/// A queue.
pub struct Queue {
    hand: Hand,
    thread: Option<JoinHandle<()>>,
    resting: Arc<Mutex<Vec<Resting>>>,
}

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Queue")
    }
}

impl Queue {
    /// Begins to run it, as soon as no other process does. Bringing files in passes the gate.
    pub fn start(house: Arc<House>, shop: Arc<Shop>, gate: Arc<Gate>, watch: Arc<dyn Watch>) -> Result<Queue, Problem> {
        let (words, heard) = mpsc::channel(WORDS);
        let hand = Hand {
            house,
            shop,
            gate,
            words,
            closing: tokio_util::sync::CancellationToken::new(),
            finding: finding::Doors::default(),
        };
        let resting = Arc::default();
        let runner = Runner::new(hand.clone(), heard, watch, Arc::clone(&resting));
        let thread = std::thread::Builder::new().name("queue".into()).spawn(move || runner.run());
        let thread = thread.map_err(|error| {
            Problem::failed(format!("The queue's thread could not be started: {error}."), "Close other programs and try again.")
        })?;
        Ok(Queue { hand, thread: Some(thread), resting })
    }

    /// Prices orders, judges them by the budget, and places all of them or none. `free`: a person has said that they are to go on
    /// whatever they cost.
    pub fn place(&self, drafts: Vec<Draft>, free: bool) -> Result<Outcome, Problem> {
        let outcome = place::place(&self.hand, drafts, free)?;
        self.hand.announce(&outcome);
        Ok(outcome)
    }

    /// Other tries of jobs that are over, as `place`; those whose outcome can still be had are gone on with, at no cost.
    pub fn again(&self, tries: &[Again], free: bool) -> Result<Outcome, Problem> {
        let (house, shop) = (&self.hand.house, &self.hand.shop);
        let resumed = resume(&self.hand, tries)?;
        let rest = tries.iter().filter(|again| !resumed.contains(&again.job));
        let wanted = rest.map(|again| retry::wanted(house, shop, again)).collect::<Result<Vec<_>, _>>()?;
        let outcome = place::place_all(&self.hand, &wanted, free)?;
        wanted.iter().for_each(|wanted| self.wake(&wanted.draft.engine));
        self.hand.announce(&outcome);
        Ok(match outcome {
            Outcome::Placed { waiting, .. } => Outcome::Placed { waiting, resumed },
            asks @ Outcome::Asks(_) => asks,
        })
    }

    /// What an order costs.
    pub fn quote(&self, draft: &Draft) -> Result<Quote, Failure> {
        self.hand.house.runtime.block_on(place::quote(&self.hand.shop, draft))
    }

    /// The figures as they are now.
    pub fn totals(&self, project: Option<&str>) -> Result<Totals, Problem> {
        let resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner).clone();
        totals(&self.hand.house, project, resting)
    }

    /// Stops these jobs, wherever they are.
    pub fn cancel(&self, ids: &[String]) -> Result<usize, Problem> {
        let cancelled = cancel(&self.hand.house, ids)?;
        self.hand.look(ids);
        Ok(cancelled)
    }

    /// An engine that was left alone may be asked again.
    pub fn wake(&self, engine: &str) {
        self.hand.say(Word::Wake(engine.to_owned()));
    }

    /// Ends it: what is at an engine stays there and is gone on with next time; an order that is just being sent is waited for.
    pub fn finish(mut self) {
        self.hand.closing.cancel();
        self.hand.say(Word::Stop);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the queue had died");
        }
    }
}

/// The figures, for who runs no queue.
pub fn totals(house: &House, project: Option<&str>, resting: Vec<Resting>) -> Result<Totals, Problem> {
    let totals = house.db.queue_totals(project, &clock::wall())?;
    Ok(Totals { paused: paused(house), resting, ..totals })
}

/// Stops jobs, through the database: whoever runs them obeys. Tells how many were not over.
pub fn cancel(house: &House, ids: &[String]) -> Result<usize, Problem> {
    Ok(house.db.cancel_jobs(ids, &clock::wall())?)
}

/// Goes on with those of failed jobs whose outcome can still be had; answers which.
fn resume(hand: &Hand, tries: &[Again]) -> Result<Vec<String>, Problem> {
    let same: Vec<String> = tries.iter().filter(|again| again.is_same()).map(|again| again.job.clone()).collect();
    let resumed = hand.house.db.revive_jobs(&same, &clock::wall())?;
    if !resumed.is_empty() {
        hand.look(&resumed);
    }
    Ok(resumed)
}

/// Takes all that is over off the list.
pub fn clear(house: &House) -> Result<usize, Problem> {
    let over: Vec<State> = State::ALL.into_iter().filter(|state| state.over()).collect();
    Ok(house.db.clear_jobs(&over, None)?)
}

/// Whether nothing is to be sent.
pub fn paused(house: &House) -> bool {
    house.db.value(PAUSED).ok().flatten().is_some_and(|value| value == "yes")
}

/// Says so.
pub fn pause(house: &House, paused: bool) -> Result<(), Problem> {
    Ok(house.db.save_value(PAUSED, if paused { "yes" } else { "no" })?)
}

/// The choices that are saved, for commands.
pub fn choices(house: &House) -> Choices {
    house.settings().0.engines
}

impl Hand {
    /// For threads that may wait. After the end it does nothing.
    fn say(&self, word: Word) {
        let _ = self.words.blocking_send(word);
    }

    fn look(&self, ids: &[String]) {
        self.say(Word::Look(ids.to_vec()));
    }

    fn announce(&self, outcome: &Outcome) {
        if let Outcome::Placed { waiting, .. } = outcome {
            self.say(Word::Placed(waiting.clone()));
        }
    }

    /// So long after the program was asked to end.
    async fn ends_in(&self, limit: Duration) {
        self.closing.cancelled().await;
        tokio::time::sleep(limit).await;
    }

    /// Writes a step; waits until it can be written, however long the disk is full. `false`: the job is not what it has to be for it.
    async fn step(&self, change: Change) -> Result<bool, Closing> {
        loop {
            let (answer, heard) = oneshot::channel();
            if self.words.send(Word::Step(change.clone(), answer)).await.is_err() {
                return Err(Closing);
            }
            match heard.await {
                Ok(Ok(taken)) => return Ok(taken),
                // What is known of a job must not be lost because a disk was full for a moment.
                Ok(Err(failure)) => tracing::warn!(%failure, job = change.id(), "a step of a job was not written yet"),
                Err(_) => return Err(Closing),
            }
            tokio::select! {
                () = self.closing.cancelled() => return Err(Closing),
                () = tokio::time::sleep(Duration::from_secs(3)) => {}
            }
        }
    }
}

/// The program ends.
#[derive(Debug)]
struct Closing;

/// No money.
fn nothing() -> Option<Money> {
    Some(Money::usd(0.0))
}
