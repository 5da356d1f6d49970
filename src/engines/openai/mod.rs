//! OpenAI's form, which most gateways and local servers speak too (<https://github.com/openai/openai-openapi>): pictures, clips,
//! voices and transcriptions as orders, words as a stream. What each server does its own way is decoded leniently or told by the
//! engine's options (docs/ENGINES.md).

mod clips;
mod hearing;
mod list;
mod pictures;
mod refusal;
mod voice;
mod words;

use std::collections::HashSet;
use std::time::Duration;

use serde_json::Value;

use super::fetch::{self, Spot};
use super::http::{Auth, Call};
use super::wire::Wire;
use super::{Asked, Engine, Landing, fitted};
use crate::core::engine::{self, Limits};
use crate::core::generate::{Account, Class, Failure, Made, Order, Standing, Submission, Ticket};
use crate::core::job::Kind;
use crate::core::secret::Secret;

pub(super) use hearing::heard;
pub use words::Words;

/// For what is answered only when it is made: seconds at a cloud, up to an hour on a slow machine of one's own.
const CLOUD: Duration = Duration::from_secs(600);
const LOCAL: Duration = Duration::from_secs(3600);

/// An engine of this form.
#[derive(Debug)]
pub struct OpenAi {
    wire: Wire,
    clips: clips::Road,
    words: Words,
}

impl OpenAi {
    /// # Errors
    /// An address or a key that can't be used, or options that make no sense.
    pub fn open(entry: &engine::Engine, base: &str, key: Option<Secret>) -> Result<OpenAi, Failure> {
        let wire = Wire::new(entry, base, Auth::bearer(key), &[], refusal::judge)?;
        let words = Words::over(wire.client.clone(), entry);
        Ok(OpenAi { wire, clips: clips::Road::of(entry)?, words })
    }

    /// It costs nothing, so that an order may be sent again.
    fn local(&self) -> bool {
        self.wire.entry.local
    }

    /// A request that makes something: it may cost money, but on one's own machine.
    fn order(&self, road: &str) -> Call<'_> {
        match self.local() {
            true => self.wire.client.post(road).limit(LOCAL),
            false => self.wire.client.order(road).limit(CLOUD),
        }
    }

    fn limits(&self, model: &str) -> Limits {
        self.wire.entry.model(model).map(|model| model.limits.clone()).unwrap_or_default()
    }

    /// A failure that came after the order was taken: it may have been paid for.
    fn after(&self, failure: Failure) -> Failure {
        if self.local() { failure } else { fetch::paid(failure) }
    }

    async fn make(&self, order: &Order, landing: &Landing) -> Result<Submission, Failure> {
        if matches!(order.kind, Kind::Image | Kind::Video | Kind::Speech) {
            // What the model can't take is said before anything is sent.
            fitted::fitted(&self.wire.entry, order)?;
        }
        match order.kind {
            Kind::Text => self.words.made(order).await.map(Submission::Made),
            Kind::Image => self.picture(order, landing).await,
            Kind::Video => self.clip(order).await,
            Kind::Speech => self.speech(order, landing).await.map(Submission::Made),
            Kind::Transcription => self.transcription(order).await.map(Submission::Made),
            Kind::Music => Err(Failure::new(Class::Invalid, "An engine of OpenAI's form makes no music.")),
        }
    }

    async fn standing(&self, ticket: &Ticket, landing: &Landing) -> Result<Standing, Failure> {
        match Waiting::read(ticket) {
            Some(waiting) => self.fetch(&waiting, landing).await.map(Standing::Done),
            None => self.clip_standing(ticket, landing).await,
        }
    }

    /// What is made already and only has to be fetched.
    async fn fetch(&self, waiting: &Waiting, landing: &Landing) -> Result<Made, Failure> {
        let mut files = Vec::new();
        for (at, link) in waiting.links.iter().enumerate() {
            let name = format!("made-{}", at + 1);
            let spot = Spot { landing, name: &name, kind: waiting.kind };
            files.push(match self.wire.files.link(link, spot).await {
                // A server of one's own that wants a key wants it for its files, too; nobody else is shown it.
                Err(failure) if failure.class == Class::Expired && self.wire.client.own(link).is_ok() => {
                    let call = self.wire.client.call(reqwest::Method::GET, self.wire.client.own(link)?);
                    self.wire.files.answer(call.flowing().answer().await.map_err(|_| failure)?, spot).await?
                }
                other => other?,
            });
        }
        Ok(Made { files, ..Made::default() })
    }
}

impl Engine for OpenAi {
    fn submit<'a>(&'a self, order: &'a Order, landing: &'a Landing) -> Asked<'a, Submission> {
        Box::pin(self.make(order, landing))
    }

    fn look<'a>(&'a self, ticket: &'a Ticket, landing: &'a Landing) -> Asked<'a, Standing> {
        Box::pin(self.standing(ticket, landing))
    }

    fn find<'a>(&'a self, _: &'a Order, _: &'a HashSet<String>) -> Asked<'a, Option<Ticket>> {
        Box::pin(async {
            match self.local() {
                // What was lost has cost nothing.
                true => Ok(None),
                false => Err(self.wire.client.fail(
                    Class::Unclear,
                    "Onetake ended while the order was being sent, and an engine of this form can't be asked whether it took it.",
                )),
            }
        })
    }

    fn cancel<'a>(&'a self, ticket: &'a Ticket) -> Asked<'a, bool> {
        Box::pin(async {
            match Waiting::read(ticket) {
                Some(_) => Ok(false),
                None => self.delete_clip(ticket).await,
            }
        })
    }

    fn forget<'a>(&'a self, ticket: &'a Ticket) -> Asked<'a, ()> {
        Box::pin(async {
            match Waiting::read(ticket) {
                Some(_) => Ok(()),
                None => self.delete_clip(ticket).await.map(|_| ()),
            }
        })
    }

    fn models(&self) -> Asked<'_, Option<Vec<engine::Model>>> {
        Box::pin(async { list::models(&self.wire).await.map(Some) })
    }

    fn check(&self) -> Asked<'_, Account> {
        Box::pin(async {
            let models = list::models(&self.wire).await?.len();
            let plural = if models == 1 { "" } else { "s" };
            let words = format!("{} answers and lists {models} model{plural} that can be used here.", self.wire.client.host());
            Ok(Account { words, balance: None, models })
        })
    }
}

/// What an order made at once, but behind links: these go into the ticket, so that a line that breaks while they are fetched
/// costs nothing.
#[derive(Debug, PartialEq)]
struct Waiting {
    kind: Kind,
    links: Vec<String>,
}

impl Waiting {
    fn ticket(&self, order: &Order) -> Ticket {
        let links = serde_json::json!({ "made": self.kind.name(), "links": self.links });
        let links = if let Value::Object(links) = links { links } else { serde_json::Map::new() };
        Ticket { id: order.job.clone(), model: order.model.clone(), links }
    }

    fn read(ticket: &Ticket) -> Option<Waiting> {
        let kind = Kind::named(ticket.links.get("made")?.as_str()?)?;
        let links = ticket.links.get("links")?.as_array()?.iter().filter_map(|link| Some(link.as_str()?.to_owned())).collect();
        Some(Waiting { kind, links })
    }
}
