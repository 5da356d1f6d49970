//! Venice: pictures and voices at once, clips and music through its queue. One road tells how far a clip is and, once it is made, is
//! the clip; a few models give a link that works once instead, which is kept from the first answer on.
//! Wire form: <https://docs.venice.ai/api-reference>.

mod bodies;
mod consent;
mod judge;
mod models;
mod sound;

use std::time::Duration;

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::fetch::Spot;
use super::http::{Auth, line};
use super::state::State;
use super::wire::{FILES, Wire, done, kind_of, loose, settled};
use super::{Asked, Engine, Landing};
use crate::core::engine::{Engine as Entry, Model, Money};
use crate::core::generate::{Account, Class, Failure, Made, Order, Standing, Submission, Ticket};
use crate::core::job::Kind;
use crate::core::secret::Secret;

/// A picture comes as the answer to its order.
const PICTURE: Duration = Duration::from_secs(300);
/// Several of 4K in base64.
const PICTURES_BYTES: usize = 256 << 20;

#[derive(Debug)]
pub struct Venice(Wire);

#[derive(Deserialize)]
struct Queued {
    #[serde(default, deserialize_with = "loose")]
    queue_id: Option<String>,
    #[serde(default, deserialize_with = "loose")]
    model: Option<String>,
    #[serde(default, deserialize_with = "loose")]
    download_url: Option<String>,
}

#[derive(Deserialize)]
struct Far {
    #[serde(default, deserialize_with = "loose")]
    status: Option<String>,
    /// Milliseconds; the 80th percentile of jobs like it.
    #[serde(default, deserialize_with = "loose")]
    average_execution_time: Option<f64>,
    #[serde(default, deserialize_with = "loose")]
    execution_duration: Option<f64>,
    #[serde(default, deserialize_with = "loose")]
    download_url: Option<String>,
}

#[derive(Deserialize)]
struct Quote {
    #[serde(default, deserialize_with = "loose")]
    quote: Option<f64>,
}

#[derive(Deserialize)]
struct Balance {
    #[serde(default, deserialize_with = "loose")]
    balances: Option<Balances>,
}

#[derive(Deserialize)]
struct Balances {
    #[serde(default, deserialize_with = "loose")]
    usd: Option<f64>,
}

impl Venice {
    pub fn open(entry: &Entry, base: &str, key: Option<Secret>) -> Result<Venice, Failure> {
        Ok(Venice(Wire::new(entry, base, Auth::bearer(key), &[], judge::judge)?))
    }

    async fn picture(&self, order: &Order, landing: &Landing) -> Result<Submission, Failure> {
        let body = bodies::picture(&self.0.entry, order)?;
        let call = self.0.client.order("image/generate").json(&body).limit(PICTURE).flowing();
        let mut answer = call.answer().await?;
        let softened =
            ["x-venice-is-content-violation", "x-venice-is-blurred"].iter().any(|name| answer.header(name) == Some("true"));
        if softened {
            let why = "Venice took the picture for one that it must not show, and blurred it.";
            return Err(Failure { charged: true, ..Failure::new(Class::Content, why) });
        }
        let spot = Spot { landing, name: "1", kind: Kind::Image };
        let mut files = Vec::new();
        if answer.is_json().await? {
            let value: Value = answer.most(PICTURES_BYTES).read().await?;
            let images = value.get("images").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            for (at, image) in images.iter().filter_map(Value::as_str).take(FILES).enumerate() {
                let name = (at + 1).to_string();
                files.push(self.0.files.inline(image, Spot { name: &name, ..spot }).await.map_err(super::fetch::paid)?);
            }
            if files.is_empty() {
                return Err(self.0.lacks(true, "picture"));
            }
        } else {
            files.push(self.0.files.answer(answer, spot).await?);
        }
        Ok(Submission::Made(Made { files, seed: body.get("seed").and_then(Value::as_i64), ..Made::default() }))
    }

    /// Puts it into Venice's queue.
    async fn queue(&self, order: &Order, road: &str, body: Value) -> Result<Submission, Failure> {
        let queued: Queued = self.0.client.order(&format!("{road}/queue")).json(&body).object().await?;
        let id = queued.queue_id.filter(|id| !id.is_empty()).ok_or_else(|| self.0.lacks(true, "queue_id"))?;
        let mut links = Map::new();
        links.insert("road".into(), road.into());
        links.insert("kind".into(), order.kind.name().into());
        if let Some(link) = queued.download_url {
            links.insert("download_url".into(), link.into());
        }
        let model = queued.model.unwrap_or_else(|| order.model.clone());
        Ok(Submission::Ticket { ticket: Ticket { id, model, links }, cost: None })
    }

    async fn retrieve(&self, ticket: &Ticket, landing: &Landing) -> Result<Standing, Failure> {
        let spot = Spot { landing, name: "1", kind: kind_of(&ticket.links) };
        if ticket.links.contains_key("download_url") {
            // It works once: what came by it before a restart is here.
            if let Some(file) = self.0.files.landed(spot).await {
                return Ok(done(vec![file]));
            }
        }
        let body = json!({ "model": ticket.model, "queue_id": ticket.id, "delete_media_on_completion": false });
        let mut answer = self.0.client.post(&format!("{}/retrieve", road(ticket))).json(&body).flowing().answer().await?;
        if !answer.is_json().await? {
            return Ok(done(vec![self.0.files.answer(answer, spot).await?]));
        }
        let whole: Value = answer.read().await?;
        let far = Some(&whole).filter(|whole| whole.is_object()).and_then(|whole| Far::deserialize(whole).ok());
        let far = far.ok_or_else(|| self.0.client.odd(false, "its answer is of another form"))?;
        match State::of(&far.status.clone().ok_or_else(|| self.0.lacks(false, "status"))?) {
            State::Waits => Ok(Standing::Queued { before: None }),
            State::Runs => Ok(Standing::Running { progress: progress(&far) }),
            State::Cancelled => Ok(Standing::Cancelled),
            State::Failed => Ok(Standing::Failed(self.0.client.clean(judge::failed(whole)))),
            State::Done => {
                let kept = ticket.links.get("download_url").and_then(Value::as_str);
                let Some(link) = far.download_url.as_deref().or(kept) else { return Err(self.0.lacks(false, "download_url")) };
                Ok(done(vec![self.0.files.link(link, spot).await?]))
            }
        }
    }

    async fn complete(&self, ticket: &Ticket) -> Result<(), Failure> {
        if let Some(link) = ticket.links.get("download_url").and_then(Value::as_str) {
            // The link carries its own right to delete what is behind it.
            return match self.0.files.handed(self.0.files.outside(Method::DELETE, link)?).await {
                Err(failure) if failure.class.passes() => Err(failure),
                _ => Ok(()),
            };
        }
        let body = json!({ "model": ticket.model, "queue_id": ticket.id });
        match self.0.client.post(&format!("{}/complete", road(ticket))).json(&body).done().await {
            Err(failure) if failure.class == Class::Expired => Ok(()),
            other => other,
        }
    }

    async fn ask_price(&self, order: &Order) -> Result<Option<Money>, Failure> {
        let (road, body) = match order.kind {
            Kind::Video => ("video/quote", bodies::clip_quote(&self.0.entry, order)),
            Kind::Music => ("audio/quote", bodies::music_quote(&self.0.entry, order)?),
            _ => return self.0.listed(order),
        };
        let quote: Quote = self.0.client.post(road).json(&body).object().await?;
        match quote.quote {
            Some(dollars) if dollars.is_finite() && dollars >= 0.0 => Ok(Some(Money::usd(dollars))),
            _ => Err(self.0.lacks(false, "quote")),
        }
    }

    async fn account(&self) -> Result<Account, Failure> {
        let balance: Balance = self.0.client.get("billing/balance").object().await?;
        let balance = balance.balances.and_then(|all| all.usd).map(Money::usd);
        let models = models::list(&self.0.client).await?.len();
        Ok(Account { words: line("Venice answered, and the key is right."), balance, models })
    }
}

fn road(ticket: &Ticket) -> &str {
    match ticket.links.get("road").and_then(Value::as_str) {
        Some("audio") => "audio",
        _ => "video",
    }
}

fn progress(far: &Far) -> Option<f32> {
    let (done, usual) = (far.execution_duration?, far.average_execution_time?);
    (usual > 0.0 && done >= 0.0).then(|| (done / usual).min(0.99) as f32)
}

impl Engine for Venice {
    fn submit<'a>(&'a self, order: &'a Order, landing: &'a Landing) -> Asked<'a, Submission> {
        Box::pin(async move {
            match order.kind {
                Kind::Image => self.picture(order, landing).await,
                Kind::Video => self.queue(order, "video", bodies::clip(&self.0.entry, order).await?).await,
                Kind::Music => self.queue(order, "audio", bodies::music(&self.0.entry, order)?).await,
                Kind::Speech => sound::speech(&self.0, order, landing).await,
                Kind::Transcription => sound::transcription(&self.0, order).await,
                Kind::Text => Err(Failure::new(Class::Invalid, "Text is asked of Venice's writer.")),
            }
        })
    }

    fn look<'a>(&'a self, ticket: &'a Ticket, landing: &'a Landing) -> Asked<'a, Standing> {
        Box::pin(async move { settled(self.retrieve(ticket, landing).await) })
    }

    fn cancel<'a>(&'a self, _ticket: &'a Ticket) -> Asked<'a, bool> {
        Box::pin(async { Ok(false) })
    }

    fn forget<'a>(&'a self, ticket: &'a Ticket) -> Asked<'a, ()> {
        Box::pin(self.complete(ticket))
    }

    fn quote<'a>(&'a self, order: &'a Order) -> Asked<'a, Option<Money>> {
        Box::pin(self.ask_price(order))
    }

    fn models(&self) -> Asked<'_, Option<Vec<Model>>> {
        Box::pin(async { models::list(&self.0.client).await.map(Some) })
    }

    fn check(&self) -> Asked<'_, Account> {
        Box::pin(self.account())
    }
}
