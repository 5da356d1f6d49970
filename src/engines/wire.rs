//! What every engine that is asked over the web is made of: its entry in the catalogue, the line to it, and a fetcher for what it makes.

use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use serde_json::Value;

use super::fetch::{Fetcher, Spot};
use super::http::{Auth, Client, Judge};
use super::{Landing, fitted};
use crate::core::engine::{Engine as Entry, Money};
use crate::core::generate::{Class, Made};
use crate::core::generate::{Failure, Order, Piece, Standing};
use crate::core::job::Kind;

/// Files of one order that are fetched; an answer that names more is no answer to what was ordered.
pub(super) const FILES: usize = 64;

#[derive(Debug)]
pub(super) struct Wire {
    pub entry: Entry,
    pub client: Client,
    pub files: Fetcher,
}

impl Wire {
    /// `headers` go before those of the entry.
    pub(super) fn new(entry: &Entry, base: &str, auth: Auth, headers: &[(&str, &str)], judge: Judge) -> Result<Wire, Failure> {
        let own = entry.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let all: Vec<(&str, &str)> = headers.iter().copied().chain(own).collect();
        let client = Client::new(base, auth, &all, judge)?;
        let files = Fetcher::new(&client)?;
        Ok(Wire { entry: entry.clone(), client, files })
    }

    /// What the price list says of an order as it would be sent.
    pub(super) fn listed(&self, order: &Order) -> Result<Option<Money>, Failure> {
        Ok(fitted::listed(self.entry.model(&order.model), &fitted::fitted(&self.entry, order)?))
    }

    /// Fetches all of these, named by their place.
    pub(super) async fn links(&self, links: &[String], landing: &Landing, kind: Kind) -> Result<Vec<Piece>, Failure> {
        let mut files = Vec::new();
        for (at, link) in links.iter().take(FILES).enumerate() {
            let name = (at + 1).to_string();
            files.push(self.files.link(link, Spot { landing, name: &name, kind }).await?);
        }
        match files.is_empty() {
            true => Err(self.client.odd(false, "it made something and does not say where it is")),
            false => Ok(files),
        }
    }

    /// An answer of this shape that came but lacks what it must have.
    pub(super) fn lacks(&self, billable: bool, what: &str) -> Failure {
        self.client.odd(billable, &format!("its answer has no {what}"))
    }
}

/// A question about an order that will never be answered otherwise is the order's end; one that may be is asked again. What an engine
/// does not know is asked for again too, some times (`core::queue::after_look`): right after an order it may not have heard of itself.
pub(super) fn settled(asked: Result<Standing, Failure>) -> Result<Standing, Failure> {
    match asked {
        Err(failure) if matches!(failure.class, Class::Content | Class::Invalid) => Ok(Standing::Failed(failure)),
        other => other,
    }
}

pub(super) fn done(files: Vec<Piece>) -> Standing {
    Standing::Done(Made { files, ..Made::default() })
}

/// A number as JSON: 5 and not 5.0.
pub(super) fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 1e15 { Value::from(value as i64) } else { Value::from(value) }
}

/// Seconds as several engines want them: `5s`.
pub(super) fn seconds_word(value: f64) -> String {
    format!("{}s", number(value))
}

/// What a ticket's links say a job makes.
pub(super) fn kind_of(links: &serde_json::Map<String, Value>) -> Kind {
    links.get("kind").and_then(Value::as_str).and_then(Kind::named).unwrap_or(Kind::Video)
}

/// A part of an answer that may be missing, or be something else one day: what was paid for doesn't hang on it.
pub(super) fn loose<'de, D: Deserializer<'de>, T: DeserializeOwned>(source: D) -> Result<Option<T>, D::Error> {
    Ok(serde_json::from_value(Value::deserialize(source)?).ok())
}
