//! The queue of fal, through which Pika is asked, and hundreds of other models that the person may add: a model is named by its road.
//! All further questions go to the addresses that the first answer gives, as long as they are fal's own: they get the key.
//! Wire form: <https://docs.fal.ai/model-endpoints/queue>.

mod bodies;
mod judge;
mod uploads;

use reqwest::{Method, Url};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::http::{Auth, Call};
use super::state::State;
use super::wire::{Wire, done, kind_of, loose, settled};
use super::{Asked, Engine, Landing};
use crate::core::engine::{Engine as Entry, Money};
use crate::core::generate::{Account, Class, Failure, Made, Order, Standing, Submission, Ticket};
use crate::core::secret::Secret;

#[derive(Debug)]
pub struct Fal(Wire);

#[derive(Deserialize)]
struct Queued {
    #[serde(default, deserialize_with = "loose")]
    request_id: Option<String>,
    #[serde(default, deserialize_with = "loose")]
    response_url: Option<String>,
    #[serde(default, deserialize_with = "loose")]
    status_url: Option<String>,
    #[serde(default, deserialize_with = "loose")]
    cancel_url: Option<String>,
}

#[derive(Deserialize)]
struct Far {
    #[serde(default, deserialize_with = "loose")]
    status: Option<String>,
    #[serde(default, deserialize_with = "loose")]
    queue_position: Option<u32>,
}

impl Fal {
    pub fn open(entry: &Entry, base: &str, key: Option<Secret>) -> Result<Fal, Failure> {
        let auth = key.map_or(Auth::None, Auth::Key);
        Ok(Fal(Wire::new(entry, base, auth, &[], judge::judge)?))
    }

    async fn order(&self, order: &Order) -> Result<Submission, Failure> {
        let road = road(&order.model)?;
        let (body, cost) = bodies::body(&self.0, order).await?;
        let queued: Queued = self.0.client.order(road).json(&body).object().await?;
        let id = queued.request_id.filter(|id| !id.is_empty()).ok_or_else(|| self.0.lacks(true, "request_id"))?;
        let mut links = Map::new();
        links.insert("kind".into(), order.kind.name().into());
        for (name, url) in [("status", queued.status_url), ("response", queued.response_url), ("cancel", queued.cancel_url)] {
            if let Some(url) = url {
                links.insert(name.into(), url.into());
            }
        }
        Ok(Submission::Ticket { ticket: Ticket { id, model: order.model.clone(), links }, cost })
    }

    /// An address of the first answer, which must be fal's own.
    fn at(&self, ticket: &Ticket, name: &str) -> Result<Url, Failure> {
        match ticket.links.get(name).and_then(Value::as_str) {
            Some(address) => self.0.client.own(address),
            None => Err(self.0.lacks(false, &format!("{name}_url"))),
        }
    }

    fn ask(&self, method: Method, ticket: &Ticket, name: &str) -> Result<Call<'_>, Failure> {
        Ok(self.0.client.call(method, self.at(ticket, name)?))
    }

    async fn far(&self, ticket: &Ticket, landing: &Landing) -> Result<Standing, Failure> {
        let mut url = self.at(ticket, "status")?;
        url.query_pairs_mut().append_pair("logs", "0");
        let far: Far = self.0.client.call(Method::GET, url).object().await?;
        match State::of(&far.status.ok_or_else(|| self.0.lacks(false, "status"))?) {
            State::Waits => Ok(Standing::Queued { before: far.queue_position }),
            State::Runs => Ok(Standing::Running { progress: None }),
            State::Cancelled => Ok(Standing::Cancelled),
            State::Failed => Ok(Standing::Failed(self.0.client.fail(Class::Server, "fal says that it failed, and not why."))),
            State::Done => self.result(ticket, landing).await,
        }
    }

    /// What is over may still have failed: only its result says so.
    async fn result(&self, ticket: &Ticket, landing: &Landing) -> Result<Standing, Failure> {
        let output: Value = match self.ask(Method::GET, ticket, "response")?.read().await {
            // The result of what is over is what the model or its runner said: asked again it says the same. fal does not charge for
            // what broke there.
            Err(failure) if judge::is_final(&failure) => return Ok(Standing::Failed(Failure { refunded: true, ..failure })),
            other => other?,
        };
        let kind = kind_of(&ticket.links);
        let standing = done(self.0.links(&bodies::links(&output), landing, kind).await?);
        let seed = output.get("seed").and_then(Value::as_i64);
        Ok(match standing {
            Standing::Done(made) => Standing::Done(Made { seed, ..made }),
            other => other,
        })
    }

    async fn stop(&self, ticket: &Ticket) -> Result<bool, Failure> {
        match self.ask(Method::PUT, ticket, "cancel")?.done().await {
            // It was over already.
            Err(failure) if failure.class == Class::Invalid => Ok(false),
            // Nobody knows it any more: nothing runs.
            Err(failure) if failure.class == Class::Expired => Ok(true),
            other => other.map(|()| true),
        }
    }

    /// There is no road to ask who one is; one that asks for nothing is answered according to the key.
    async fn account(&self) -> Result<Account, Failure> {
        let owner = self.0.entry.models.first().map_or("fal-ai/pika", |model| owner(&model.name));
        let nothing = format!("{owner}/requests/00000000-0000-0000-0000-000000000000/status");
        match self.0.client.get(&nothing).done().await {
            Err(failure) if !matches!(failure.class, Class::Expired | Class::Invalid | Class::Content) => Err(failure),
            _ => {
                let words = "fal answered, and the key is right. It does not say what is left to spend.".to_owned();
                Ok(Account { words, balance: None, models: self.0.entry.models.len() })
            }
        }
    }
}

/// A model's name is a road: parts between single slashes.
fn road(model: &str) -> Result<&str, Failure> {
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
    };
    if model.split('/').count() >= 2 && model.split('/').all(plain) {
        return Ok(model);
    }
    Err(Failure::new(
        Class::Invalid,
        format!("“{model}” is no model of fal: it would be called like fal-ai/pika/v2.2/text-to-video."),
    ))
}

/// The first two parts, under which all requests of a model's owner lie.
fn owner(model: &str) -> &str {
    let end = model.match_indices('/').nth(1).map_or(model.len(), |(at, _)| at);
    &model[..end]
}

impl Engine for Fal {
    fn submit<'a>(&'a self, order: &'a Order, _landing: &'a Landing) -> Asked<'a, Submission> {
        Box::pin(self.order(order))
    }

    fn look<'a>(&'a self, ticket: &'a Ticket, landing: &'a Landing) -> Asked<'a, Standing> {
        Box::pin(async move { settled(self.far(ticket, landing).await) })
    }

    fn cancel<'a>(&'a self, ticket: &'a Ticket) -> Asked<'a, bool> {
        Box::pin(self.stop(ticket))
    }

    fn quote<'a>(&'a self, order: &'a Order) -> Asked<'a, Option<Money>> {
        Box::pin(async { self.0.listed(order) })
    }

    fn check(&self) -> Asked<'_, Account> {
        Box::pin(self.account())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_a_road_and_nothing_else() {
        assert!(road("fal-ai/pika/v2.2/text-to-video").is_ok() && road("owner/app").is_ok());
        for bad in ["", "pika", "/a/b", "a/../b", "a//b", "a/b?c", "https://x/y", "a/b/"] {
            assert_eq!(road(bad).unwrap_err().class, Class::Invalid, "{bad}");
        }
        assert_eq!((owner("fal-ai/pika/v2.2/x"), owner("a/b")), ("fal-ai/pika", "a/b"));
    }
}
