//! One order for words, from row to row: priced and placed unless a budget is in the way, asked, ended with what it has cost.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;

use super::{Ears, Refused, Written};
use crate::clock;
use crate::core::engine::{Measure, Money, Price};
use crate::core::generate::Failure;
use crate::core::job::Kind;
use crate::core::problem::Problem;
use crate::core::prompt::Purpose;
use crate::core::queue::Budget;
use crate::core::writing::MAX_ANSWER_BYTES;
use crate::db::{Change, Landed, NewJob, Placed};
use crate::engines::{self, Talk, Writer};
use crate::jobs::house::House;
use crate::studio::words::End;

/// How often it is looked whether somebody stops it, and at how many of these looks on the queue's page.
const LOOK: Duration = Duration::from_millis(100);
const PAGE: u32 = 10;

/// What is asked, as the books have it.
#[derive(Debug)]
pub struct Order {
    pub project: Option<String>,
    pub engine: String,
    pub model: String,
    pub prompt: String,
    pub purpose: Purpose,
    pub parent_version: Option<String>,
    pub sentence: Option<(String, std::ops::Range<usize>)>,
    pub params: Value,
    /// About how many tokens it takes.
    pub tokens: u64,
}

/// Where orders are written down, at the model's price.
pub struct Books<'a> {
    pub house: &'a House,
    pub price: Price,
}

impl Books<'_> {
    /// Places the order, asks, and ends its row. `budget` is `None` where a person has said that it is to go on.
    pub async fn ask(
        &self,
        order: &Order,
        budget: Option<&Budget>,
        writer: &dyn Writer,
        talk: &Talk,
        ears: &mut Ears<'_>,
    ) -> Result<Written, Refused> {
        let id = uuid::Uuid::now_v7().to_string();
        self.place(&id, order, budget)?;
        let version = self.house.db.job(&id).map_err(problem)?.and_then(|job| job.prompt_version).unwrap_or_default();
        (ears.begun)(&version);
        let mut said = String::new();
        let answer = {
            let stop = ears.stop;
            let mut on = |text: &str| {
                said.push_str(text);
                if !text.is_empty() {
                    (ears.piece)(text);
                }
                said.len() <= MAX_ANSWER_BYTES && !stop.load(Ordering::Relaxed)
            };
            tokio::select! {
                answer = writer.write(talk, &mut on) => Some(answer),
                () = self.stopped(&id, stop) => None,
            }
        };
        let stopped = answer.is_none() || ears.stop.load(Ordering::Relaxed);
        match answer.unwrap_or(Ok(engines::Written { text: said, cut: true, ..engines::Written::default() })) {
            Ok(answer) => {
                let cost = self.cost(&answer);
                self.end(&id, &answer, cost.clone(), stopped)?;
                let end = End { cut: answer.cut, cost };
                Ok(Written { text: answer.text, end, job: id, version })
            }
            Err(failure) => {
                self.fail(&id, &failure)?;
                Err(Refused::Problem(failure.into()))
            }
        }
    }

    /// Until somebody wants it stopped: here, or on the queue's page, also of another process. A model that thinks says nothing for
    /// minutes, so that its words can't be waited for.
    async fn stopped(&self, id: &str, stop: &AtomicBool) {
        let mut turn = 0u32;
        loop {
            tokio::time::sleep(LOOK).await;
            turn += 1;
            let cancelled =
                turn.is_multiple_of(PAGE) && self.house.db.jobs_to_cancel().is_ok_and(|ids| ids.iter().any(|of| of == id));
            if cancelled {
                stop.store(true, Ordering::Relaxed);
            }
            if stop.load(Ordering::Relaxed) {
                return;
            }
        }
    }

    fn place(&self, id: &str, order: &Order, budget: Option<&Budget>) -> Result<(), Refused> {
        let job = NewJob {
            id: id.to_owned(),
            project: order.project.clone(),
            engine: order.engine.clone(),
            model: order.model.clone(),
            kind: Kind::Text,
            prompt: order.prompt.clone(),
            purpose: order.purpose,
            parent_version: order.parent_version.clone(),
            sentence: order.sentence.clone(),
            params: order.params.clone(),
            seed: None,
            inputs: Vec::new(),
            quote: self.price.of(&Measure { units: order.tokens, ..Measure::default() }),
            retry_of: None,
        };
        match self.house.db.place(&[job], budget, &clock::wall()).map_err(problem)? {
            Placed::Waiting(_) => Ok(()),
            Placed::Asks { why } => Err(Refused::Budget(why)),
            Placed::Full => {
                let what = "There are too many jobs in the queue.";
                Err(Refused::Problem(Problem::refused(what, "Wait until some are done, or cancel some.")))
            }
        }
    }

    /// What it has cost: as the engine says, else by the tokens it counted.
    fn cost(&self, answer: &engines::Written) -> Option<Money> {
        let counted = || Some(answer.prompt_tokens? + answer.written_tokens?);
        answer.cost.clone().or_else(|| self.price.of(&Measure { units: counted()?, ..Measure::default() }))
    }

    fn end(&self, id: &str, answer: &engines::Written, cost: Option<Money>, stopped: bool) -> Result<(), Refused> {
        let landed = Landed { text: Some(answer.text.clone()), cost: cost.clone(), ..Landed::default() };
        let last = match stopped {
            true => Change::Cancelled { id: id.to_owned(), cost },
            false => Change::Done { id: id.to_owned(), assets: Vec::new() },
        };
        let changes = [Change::Landed { id: id.to_owned(), landed: Box::new(landed) }, last];
        self.house.db.change_jobs(&changes, &clock::wall()).map(drop).map_err(problem)
    }

    fn fail(&self, id: &str, failure: &Failure) -> Result<(), Refused> {
        // What surely never arrived, or was refused, has cost nothing.
        let free = failure.class.was_not_taken() || !crate::core::queue::may_have_cost(failure.class, false);
        let cost = free.then(|| Money::usd(0.0));
        let change = Change::Failed { id: id.to_owned(), failure: failure.clone(), cost, kept: false };
        self.house.db.change_jobs(&[change], &clock::wall()).map(drop).map_err(problem)
    }
}

fn problem(error: crate::db::Error) -> Refused {
    Refused::Problem(error.into())
}
