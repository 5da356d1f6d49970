//! Luma's Dream Machine, its older interface: Ray 2 between two keyframes, and Photon's pictures. It fetches keyframes itself, so that a
//! picture which lies only on this computer can't go along. What it has made and is making can be listed, which tells after a crash
//! whether an order was taken.
//! Wire form: <https://docs.lumalabs.ai/reference>.

mod finding;

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::fitted::{add, fitted, said};
use super::http::{Auth, Refusal, id};
use super::input::{name, public};
use super::state::State;
use super::wire::{Wire, done, kind_of, loose, seconds_word, settled};
use super::{Asked, Engine, Landing};
use crate::core::engine::{Engine as Entry, Money};
use crate::core::generate::{Account, Class, Failure, Input, Order, Standing, Submission, Ticket};
use crate::core::job::Kind;
use crate::core::secret::Secret;

#[derive(Debug)]
pub struct LumaDream(Wire);

#[derive(Deserialize)]
struct Generation {
    #[serde(default, deserialize_with = "loose")]
    id: Option<String>,
    #[serde(default, deserialize_with = "loose")]
    state: Option<String>,
    #[serde(default, deserialize_with = "loose")]
    failure_reason: Option<String>,
    /// RFC 3339.
    #[serde(default, deserialize_with = "loose")]
    created_at: Option<String>,
    #[serde(default, deserialize_with = "loose")]
    assets: Option<Assets>,
    /// What it was ordered with.
    #[serde(default, deserialize_with = "loose")]
    request: Option<Value>,
}

#[derive(Default, Deserialize)]
struct Assets {
    #[serde(default, deserialize_with = "loose")]
    video: Option<String>,
    #[serde(default, deserialize_with = "loose")]
    image: Option<String>,
}

#[derive(Deserialize)]
struct Credits {
    /// Cents.
    #[serde(default, deserialize_with = "loose")]
    credit_balance: Option<f64>,
}

impl LumaDream {
    pub fn open(entry: &Entry, base: &str, key: Option<Secret>) -> Result<LumaDream, Failure> {
        Ok(LumaDream(Wire::new(entry, base, Auth::bearer(key), &[], judge)?))
    }

    /// Road and body of an order.
    fn body(&self, order: &Order) -> Result<(&'static str, Value), Failure> {
        match order.kind {
            Kind::Video => Ok(("generations/video", self.clip(order)?)),
            Kind::Image => Ok(("generations/image", self.picture(order)?)),
            _ => Err(Failure::new(Class::Invalid, "Luma's Dream Machine makes clips and pictures only.")),
        }
    }

    async fn order(&self, order: &Order) -> Result<Submission, Failure> {
        let (road, body) = self.body(order)?;
        let made: Generation = self.0.client.order(road).json(&body).object().await?;
        let ticket = ticket(order, made.id).ok_or_else(|| self.0.lacks(true, "id"))?;
        Ok(Submission::Ticket { ticket, cost: None })
    }

    fn clip(&self, order: &Order) -> Result<Value, Failure> {
        let fitted = fitted(&self.0.entry, order)?;
        let mut frames = Map::new();
        for (name, input) in [("frame0", fitted.first), ("frame1", fitted.last)] {
            if let Some(input) = input {
                frames.insert(name.into(), json!({ "type": "image", "url": address(input)? }));
            }
        }
        let mut body = said(json!({
            "generation_type": "video",
            "model": order.model,
            "prompt": fitted.prompt,
            "aspect_ratio": fitted.aspect,
            "duration": fitted.seconds.map(seconds_word),
            "resolution": fitted.resolution,
            "keyframes": (!frames.is_empty()).then_some(frames),
        }));
        add(&mut body, &order.wish.extra);
        Ok(body)
    }

    fn picture(&self, order: &Order) -> Result<Value, Failure> {
        let fitted = fitted(&self.0.entry, order)?;
        let mut references = Vec::new();
        for input in &fitted.references {
            references.push(json!({ "url": address(input)? }));
        }
        let mut body = said(json!({
            "generation_type": "image",
            "model": order.model,
            "prompt": fitted.prompt,
            "aspect_ratio": fitted.aspect,
            "format": "png",
            "image_ref": (!references.is_empty()).then_some(references),
        }));
        add(&mut body, &order.wish.extra);
        Ok(body)
    }

    async fn far(&self, ticket: &Ticket, landing: &Landing) -> Result<Standing, Failure> {
        let road = format!("generations/{}", id(&ticket.id)?);
        let made: Generation = match self.0.client.get(&road).object().await {
            Err(failure) if failure.code.as_deref() == Some(GONE) => {
                return Err(self.0.client.fail(Class::Expired, "Luma does not know this generation any more."));
            }
            other => other?,
        };
        match State::of(&made.state.clone().ok_or_else(|| self.0.lacks(false, "state"))?) {
            State::Waits => Ok(Standing::Queued { before: None }),
            State::Runs => Ok(Standing::Running { progress: None }),
            State::Cancelled => Ok(Standing::Cancelled),
            State::Failed => Ok(Standing::Failed(self.failed(made.failure_reason.as_deref().unwrap_or_default()))),
            State::Done => {
                let kind = kind_of(&ticket.links);
                let assets = made.assets.unwrap_or_default();
                let link = if kind == Kind::Image { assets.image } else { assets.video };
                let links: Vec<String> = link.into_iter().collect();
                Ok(done(self.0.links(&links, landing, kind).await?))
            }
        }
    }

    fn failed(&self, reason: &str) -> Failure {
        let low = reason.to_ascii_lowercase();
        let refused = ["moderat", "policy", "not allowed", "inappropriate"].iter().any(|word| low.contains(word));
        let class = if refused { Class::Content } else { Class::Server };
        self.0.client.fail(class, if reason.is_empty() { "Luma says that it failed, and not why." } else { reason })
    }

    /// There as long as nobody has deleted it.
    async fn delete(&self, ticket: &Ticket) -> Result<(), Failure> {
        match self.0.client.delete(&format!("generations/{}", id(&ticket.id)?)).done().await {
            Err(failure) if failure.code.as_deref() == Some(GONE) => Ok(()),
            other => other,
        }
    }

    async fn account(&self) -> Result<Account, Failure> {
        let credits: Credits = self.0.client.get("credits").object().await?;
        let balance = credits.credit_balance.map(|cents| Money::usd(cents / 100.0));
        Ok(Account { words: "Luma answered, and the key is right.".into(), balance, models: self.0.entry.models.len() })
    }
}

/// Our own word for a 404, which Luma has no code for.
const GONE: &str = "not_found";

fn judge(refusal: &Refusal) -> Failure {
    let mut failure = refusal.plainly();
    let low = failure.words.to_ascii_lowercase();
    if refusal.status == 404 {
        failure.code = Some(GONE.to_owned());
    } else if low.contains("credit") && matches!(refusal.status, 400 | 403 | 422) {
        failure.class = Class::Payment;
    } else if low.contains("moderat") && refusal.status < 500 {
        failure.class = Class::Content;
    }
    failure
}

fn ticket(order: &Order, id: Option<String>) -> Option<Ticket> {
    let id = id.filter(|id| !id.is_empty())?;
    let links = [("kind".to_owned(), Value::from(order.kind.name()))].into_iter().collect();
    Some(Ticket { id, model: order.model.clone(), links })
}

/// Where Luma may fetch a picture.
fn address(input: &Input) -> Result<&str, Failure> {
    public(input).ok_or_else(|| {
        let name = name(input);
        let words = format!(
            "Luma's Dream Machine fetches pictures from a public address, and {name} lies only on this computer. Luma's newer interface \
             (“Luma”) and other engines take it from here."
        );
        Failure::new(Class::Invalid, words)
    })
}

impl Engine for LumaDream {
    fn submit<'a>(&'a self, order: &'a Order, _landing: &'a Landing) -> Asked<'a, Submission> {
        Box::pin(self.order(order))
    }

    fn look<'a>(&'a self, ticket: &'a Ticket, landing: &'a Landing) -> Asked<'a, Standing> {
        Box::pin(async move { settled(self.far(ticket, landing).await) })
    }

    fn find<'a>(&'a self, order: &'a Order, held: &'a HashSet<String>) -> Asked<'a, Option<Ticket>> {
        Box::pin(self.search(order, held))
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
