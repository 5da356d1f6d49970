//! Runway: clips from words, from pictures or from other clips, pictures, and voices. Every request names the version of the interface it was written
//! for. Small pictures go inside the order, bigger ones to Runway's storage first, which gets no key.
//! Wire form: <https://docs.dev.runwayml.com/api>.

mod bodies;
mod judge;
mod uploads;

use serde::Deserialize;
use serde_json::Value;

use super::http::{Auth, id};
use super::state::State;
use super::wire::{Wire, done, kind_of, loose, settled};
use super::{Asked, Engine, Landing};
use crate::core::engine::{Engine as Entry, Money};
use crate::core::generate::{Account, Class, Failure, Made, Order, Standing, Submission, Ticket};
use crate::core::secret::Secret;

const VERSION: (&str, &str) = ("X-Runway-Version", "2024-11-06");

#[derive(Debug)]
pub struct Runway(Wire);

#[derive(Deserialize)]
struct Created {
    #[serde(default, deserialize_with = "loose")]
    id: Option<String>,
    #[serde(rename = "estimatedCost", default, deserialize_with = "loose")]
    cost: Option<Credits>,
}

#[derive(Deserialize)]
struct Credits {
    #[serde(default, deserialize_with = "loose")]
    credits: Option<f64>,
}

#[derive(Deserialize)]
struct Task {
    #[serde(default, deserialize_with = "loose")]
    status: Option<String>,
    #[serde(default, deserialize_with = "loose")]
    progress: Option<f32>,
    #[serde(default, deserialize_with = "loose")]
    output: Option<Vec<String>>,
    #[serde(default, deserialize_with = "loose")]
    failure: Option<String>,
    #[serde(rename = "failureCode", default, deserialize_with = "loose")]
    code: Option<String>,
    #[serde(default, deserialize_with = "loose")]
    cost: Option<Credits>,
}

#[derive(Deserialize)]
struct Organization {
    #[serde(rename = "creditBalance", default, deserialize_with = "loose")]
    balance: Option<f64>,
    #[serde(default, deserialize_with = "loose")]
    tier: Option<Tier>,
}

#[derive(Deserialize)]
struct Tier {
    #[serde(default, deserialize_with = "loose")]
    models: Option<serde_json::Map<String, Value>>,
}

impl Credits {
    /// A credit is a cent.
    fn money(&self) -> Option<Money> {
        self.credits.filter(|credits| credits.is_finite() && *credits >= 0.0).map(|credits| Money::usd(credits / 100.0))
    }
}

impl Runway {
    pub fn open(entry: &Entry, base: &str, key: Option<Secret>) -> Result<Runway, Failure> {
        // An address that ends with the version's path is meant as the one before it.
        let base = base.trim().trim_end_matches('/').trim_end_matches("/v1");
        Ok(Runway(Wire::new(entry, base, Auth::bearer(key), &[VERSION], judge::judge)?))
    }

    async fn order(&self, order: &Order) -> Result<Submission, Failure> {
        let (road, body) = bodies::body(&self.0, order).await?;
        let created: Created = self.0.client.order(road).json(&body).object().await?;
        let id = created.id.filter(|id| !id.is_empty()).ok_or_else(|| self.0.lacks(true, "id"))?;
        let links = [("kind".to_owned(), Value::from(order.kind.name()))].into_iter().collect();
        let ticket = Ticket { id, model: order.model.clone(), links };
        Ok(Submission::Ticket { ticket, cost: created.cost.and_then(|cost| cost.money()) })
    }

    async fn task(&self, ticket: &Ticket) -> Result<Task, Failure> {
        self.0.client.get(&format!("v1/tasks/{}", id(&ticket.id)?)).object().await
    }

    async fn far(&self, ticket: &Ticket, landing: &Landing) -> Result<Standing, Failure> {
        let task = self.task(ticket).await?;
        match State::of(&task.status.clone().ok_or_else(|| self.0.lacks(false, "status"))?) {
            State::Waits => Ok(Standing::Queued { before: None }),
            State::Runs => Ok(Standing::Running { progress: task.progress.filter(|part| (0.0..=1.0).contains(part)) }),
            State::Cancelled => Ok(Standing::Cancelled),
            State::Failed => Ok(Standing::Failed(self.failed(task))),
            State::Done => {
                let kind = kind_of(&ticket.links);
                let cost = task.cost.as_ref().and_then(Credits::money);
                let files = match self.0.links(&task.output.unwrap_or_default(), landing, kind).await {
                    // The link was of an older answer: a new one gives a new link.
                    Err(failure) if failure.class == Class::Expired => {
                        let again = self.task(ticket).await?;
                        self.0.links(&again.output.unwrap_or_default(), landing, kind).await?
                    }
                    other => other?,
                };
                let Standing::Done(made) = done(files) else { return Err(self.0.lacks(false, "output")) };
                Ok(Standing::Done(Made { cost, ..made }))
            }
        }
    }

    fn failed(&self, task: Task) -> Failure {
        let code = task.code.filter(|code| !code.is_empty());
        let class = judge::class_of_code(code.as_deref().unwrap_or_default());
        let words = task
            .failure
            .filter(|text| !text.is_empty())
            .unwrap_or_else(|| "Runway says that it failed, and not why.".to_owned());
        // It says what a failed task has cost as well: nothing, when it gave the credits back.
        let refunded = task.cost.and_then(|cost| cost.credits) == Some(0.0);
        self.0.client.clean(Failure { code, refunded, ..Failure::new(class, words) })
    }

    /// Stops a task that runs, and takes away what one has made.
    async fn delete(&self, ticket: &Ticket) -> Result<(), Failure> {
        match self.0.client.delete(&format!("v1/tasks/{}", id(&ticket.id)?)).done().await {
            Err(failure) if failure.class == Class::Expired => Ok(()),
            other => other,
        }
    }

    async fn account(&self) -> Result<Account, Failure> {
        let organization: Organization = self.0.client.get("v1/organization").object().await?;
        let balance = Credits { credits: organization.balance }.money();
        let models = organization.tier.and_then(|tier| tier.models).map_or(self.0.entry.models.len(), |models| models.len());
        Ok(Account { words: "Runway answered, and the key is right.".into(), balance, models })
    }
}

impl Engine for Runway {
    fn submit<'a>(&'a self, order: &'a Order, _landing: &'a Landing) -> Asked<'a, Submission> {
        Box::pin(self.order(order))
    }

    fn look<'a>(&'a self, ticket: &'a Ticket, landing: &'a Landing) -> Asked<'a, Standing> {
        Box::pin(async move { settled(self.far(ticket, landing).await) })
    }

    fn cancel<'a>(&'a self, ticket: &'a Ticket) -> Asked<'a, bool> {
        Box::pin(async move { self.delete(ticket).await.map(|()| true) })
    }

    fn forget<'a>(&'a self, ticket: &'a Ticket) -> Asked<'a, ()> {
        Box::pin(self.delete(ticket))
    }

    fn quote<'a>(&'a self, order: &'a Order) -> Asked<'a, Option<Money>> {
        Box::pin(async { self.0.listed(order) })
    }

    fn check(&self) -> Asked<'_, Account> {
        Box::pin(self.account())
    }
}
