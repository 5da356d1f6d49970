//! Luma's present interface: Ray 3.2's clips and Uni's pictures. Pictures go along inside the order. Its links live an hour, and asking
//! again gives fresh ones.
//! Wire form: <https://docs.agents.lumalabs.ai>.

use serde::Deserialize;
use serde_json::{Value, json};

use super::fitted::{Fitted, add, fitted, listed, said};
use super::http::{Auth, Refusal, id};
use super::input::{base64, name, public};
use super::state::State;
use super::wire::{Wire, done, kind_of, loose, seconds_word, settled};
use super::{Asked, Engine, Landing};
use crate::core::engine::{Engine as Entry, Money};
use crate::core::generate::{Account, Class, Failure, Input, Order, Standing, Submission, Ticket};
use crate::core::job::Kind;
use crate::core::secret::Secret;

/// A picture that goes along, and how many of them.
const PICTURE_BYTES: u64 = 20 * 1024 * 1024;
const REFERENCES: usize = 8;
/// A clip that begins or ends with a given picture is never longer; one between two may be, when they are given as keyframes.
const ANCHORED_SECS: f64 = 5.0;
/// By which keyframes are placed.
const FRAMES_A_SECOND: f64 = 24.0;

#[derive(Debug)]
pub struct LumaAgents(Wire);

#[derive(Deserialize)]
struct Generation {
    #[serde(default, deserialize_with = "loose")]
    id: Option<String>,
    #[serde(default, deserialize_with = "loose")]
    state: Option<String>,
    #[serde(default, deserialize_with = "loose")]
    output: Option<Vec<Output>>,
    #[serde(default, deserialize_with = "loose")]
    failure_reason: Option<String>,
    #[serde(default, deserialize_with = "loose")]
    failure_code: Option<String>,
}

#[derive(Deserialize)]
struct Output {
    #[serde(default, deserialize_with = "loose")]
    url: Option<String>,
}

impl LumaAgents {
    pub fn open(entry: &Entry, base: &str, key: Option<Secret>) -> Result<LumaAgents, Failure> {
        Ok(LumaAgents(Wire::new(entry, base, Auth::bearer(key), &[], judge)?))
    }

    async fn order(&self, order: &Order) -> Result<Submission, Failure> {
        let fitted = fit(&self.0.entry, order)?;
        let mut body = match order.kind {
            Kind::Video => said(json!({
                "type": "video",
                "model": order.model,
                "prompt": fitted.prompt,
                "aspect_ratio": fitted.aspect,
                "video": clip(&self.0.entry.name, &fitted).await?,
            })),
            Kind::Image => {
                let mut references = Vec::new();
                for input in fitted.references.iter().take(REFERENCES) {
                    references.push(picture(Some(input)).await?);
                }
                said(json!({
                    "type": "image",
                    "model": order.model,
                    "prompt": fitted.prompt,
                    "aspect_ratio": fitted.aspect,
                    "style": fitted.style,
                    "output_format": "png",
                    "image_ref": (!references.is_empty()).then_some(references),
                }))
            }
            _ => return Err(Failure::new(Class::Invalid, "Luma makes clips and pictures only.")),
        };
        add(&mut body, &order.wish.extra);
        let made: Generation = self.0.client.order("generations").json(&body).object().await?;
        let id = made.id.filter(|id| !id.is_empty()).ok_or_else(|| self.0.lacks(true, "id"))?;
        let links = [("kind".to_owned(), Value::from(order.kind.name()))].into_iter().collect();
        let ticket = Ticket { id, model: order.model.clone(), links };
        Ok(Submission::Ticket { ticket, cost: self.cost(order, &fitted) })
    }

    /// What the list says; high dynamic range costs twice that, and is only had by those who ask for it by its name.
    fn cost(&self, order: &Order, fitted: &Fitted<'_>) -> Option<Money> {
        let listed = listed(self.0.entry.model(&order.model), fitted)?;
        let hdr = order.wish.extra.get("video").and_then(|video| video.get("hdr")) == Some(&Value::Bool(true));
        Some(if hdr { Money { micros: listed.micros.saturating_mul(2), ..listed } } else { listed })
    }

    async fn generation(&self, ticket: &Ticket) -> Result<Generation, Failure> {
        self.0.client.get(&format!("generations/{}", id(&ticket.id)?)).object().await
    }

    async fn far(&self, ticket: &Ticket, landing: &Landing) -> Result<Standing, Failure> {
        let made = self.generation(ticket).await?;
        match State::of(&made.state.clone().ok_or_else(|| self.0.lacks(false, "state"))?) {
            State::Waits => Ok(Standing::Queued { before: None }),
            State::Runs => Ok(Standing::Running { progress: None }),
            State::Cancelled => Ok(Standing::Cancelled),
            State::Failed => Ok(Standing::Failed(self.failed(made))),
            State::Done => {
                let kind = kind_of(&ticket.links);
                let first = self.0.links(&links(made), landing, kind).await;
                match first {
                    // The link was of an older answer: a new one gives a new link.
                    Err(failure) if failure.class == Class::Expired => {
                        let again = self.generation(ticket).await?;
                        Ok(done(self.0.links(&links(again), landing, kind).await?))
                    }
                    other => Ok(done(other?)),
                }
            }
        }
    }

    fn failed(&self, made: Generation) -> Failure {
        let code = made.failure_code.unwrap_or_default();
        let class = match code.as_str() {
            "content_moderated" => Class::Content,
            "budget_exhausted" => Class::Payment,
            "rate_limited" => Class::RateLimited,
            "image_too_large" | "unsupported_format" | "corrupt_input" | "invalid_request" => Class::Invalid,
            "output_not_found" => Class::Expired,
            _ => Class::Server,
        };
        let words = made.failure_reason.filter(|text| !text.is_empty());
        let words = words
            .unwrap_or_else(|| format!("Luma says that it failed ({}).", if code.is_empty() { "no reason" } else { &code }));
        let code = (!code.is_empty()).then_some(code);
        self.0.client.clean(Failure { code, ..Failure::new(class, words) })
    }

    /// There is no road to ask who one is; one that asks for nothing is answered according to the key.
    async fn account(&self) -> Result<Account, Failure> {
        let nothing = "generations/00000000-0000-0000-0000-000000000000";
        match self.0.client.get(nothing).done().await {
            Err(failure) if !matches!(failure.class, Class::Expired | Class::Invalid) => Err(failure),
            _ => {
                let words = "Luma answered, and the key is right. It does not say what is left to spend.".to_owned();
                Ok(Account { words, balance: None, models: self.0.entry.models.len() })
            }
        }
    }
}

/// An order as it is sent. A clip with one given picture is short, and so is one that goes on from another.
fn fit<'a>(entry: &'a Entry, order: &'a Order) -> Result<Fitted<'a>, Failure> {
    let mut fitted = fitted(entry, order)?;
    if order.kind == Kind::Video && (fitted.clip.is_some() || fitted.first.is_some() != fitted.last.is_some()) {
        fitted.seconds = fitted.seconds.map(|secs| secs.min(ANCHORED_SECS));
    }
    Ok(fitted)
}

async fn clip(engine: &str, fitted: &Fitted<'_>) -> Result<Value, Failure> {
    let (first, last) = match fitted.clip {
        Some(before) => (Some(whence(engine, before)?), picture(fitted.last).await?),
        None => (picture(fitted.first).await?, picture(fitted.last).await?),
    };
    let mut clip = json!({ "resolution": fitted.resolution, "duration": fitted.seconds.map(seconds_word) });
    match (first, last, fitted.seconds) {
        (Some(first), Some(last), Some(secs)) if secs > ANCHORED_SECS => {
            clip["keyframes"] = json!([first, last]);
            clip["keyframe_indexes"] = json!([0, (secs * FRAMES_A_SECOND) as u32]);
        }
        (first, last, _) => (clip["start_frame"], clip["end_frame"]) = (first.into(), last.into()),
    }
    Ok(clip)
}

/// The clip that this one goes on from: Luma knows its own by their names, and no others.
fn whence(engine: &str, clip: &Input) -> Result<Value, Failure> {
    match &clip.maker {
        Some(maker) if maker.engine == engine => Ok(json!({ "generation_id": maker.id })),
        _ => {
            let words = format!("Luma goes on only from clips that it has made itself, and {} is none of them.", name(clip));
            Err(Failure::new(Class::Invalid, words))
        }
    }
}

async fn picture(input: Option<&Input>) -> Result<Option<Value>, Failure> {
    let Some(input) = input else { return Ok(None) };
    Ok(Some(match public(input) {
        Some(url) => json!({ "url": url }),
        None => json!({ "data": base64(input, PICTURE_BYTES).await?, "media_type": input.mime }),
    }))
}

fn links(made: Generation) -> Vec<String> {
    made.output.unwrap_or_default().into_iter().filter_map(|output| output.url).collect()
}

fn judge(refusal: &Refusal) -> Failure {
    let mut failure = refusal.plainly();
    let low = failure.words.to_ascii_lowercase();
    failure.class = match refusal.status {
        404 => Class::Expired,
        400 | 403 | 422 if low.contains("moderat") => Class::Content,
        _ => failure.class,
    };
    failure
}

impl Engine for LumaAgents {
    fn submit<'a>(&'a self, order: &'a Order, _landing: &'a Landing) -> Asked<'a, Submission> {
        Box::pin(self.order(order))
    }

    fn look<'a>(&'a self, ticket: &'a Ticket, landing: &'a Landing) -> Asked<'a, Standing> {
        Box::pin(async move { settled(self.far(ticket, landing).await) })
    }

    fn cancel<'a>(&'a self, _ticket: &'a Ticket) -> Asked<'a, bool> {
        Box::pin(async { Ok(false) })
    }

    fn quote<'a>(&'a self, order: &'a Order) -> Asked<'a, Option<Money>> {
        Box::pin(async { Ok(self.cost(order, &fit(&self.0.entry, order)?)) })
    }

    fn check(&self) -> Asked<'_, Account> {
        Box::pin(self.account())
    }
}
