//! What an engine answered: a success whose body is still to be read, or a refusal with its own words.

use std::error::Error as _;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::Response;
use reqwest::header::{HeaderMap, LOCATION};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Client, wait};
use crate::core::generate::{Class, Failure};

/// Of a refusal no more is read than this.
const REFUSAL_BYTES: usize = 64 * 1024;
/// And not longer.
const REFUSAL_TIME: Duration = Duration::from_secs(20);
/// Characters of words that reach a person.
const WORDS: usize = 400;

/// A success; its body flows when it is asked for.
#[derive(Debug)]
pub struct Answer<'a> {
    pub(super) client: &'a Client,
    pub(super) response: Response,
    /// What was read of the body already.
    pub(super) first: Vec<u8>,
    pub(super) billable: bool,
    pub(super) most: usize,
    /// How long a body that is read as a whole may take.
    pub(super) limit: Duration,
}

/// What was asked for, or where it is.
#[derive(Debug)]
pub enum Reached<'a> {
    Answer(Answer<'a>),
    Elsewhere(String),
}

/// Status 300 and above.
#[derive(Debug)]
pub struct Refusal {
    pub status: u16,
    pub headers: HeaderMap,
    /// Its body as JSON; null when it is none.
    pub json: Value,
    /// Its body as text.
    pub text: String,
}

impl Answer<'_> {
    pub fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.response.headers().get(name)?.to_str().ok()
    }

    /// What the engine's own clock shows, when it says.
    pub(in crate::engines) fn clock(&self) -> Option<Timestamp> {
        wait::clock(self.response.headers())
    }

    /// Whether it may have cost money.
    pub(in crate::engines) fn billable(&self) -> bool {
        self.billable
    }

    /// Whether the body is JSON, by its first byte: some roads answer with the file itself once it is made, and what a header says of
    /// it is only what it says.
    pub async fn is_json(&mut self) -> Result<bool, Failure> {
        let (limit, most) = (self.limit, self.most);
        let first = async {
            loop {
                if let Some(byte) = self.first.iter().find(|byte| !byte.is_ascii_whitespace()) {
                    return Ok(matches!(byte, b'{' | b'['));
                }
                match self.response.chunk().await {
                    Ok(Some(piece)) if self.first.len() + piece.len() <= most => self.first.extend_from_slice(&piece),
                    Ok(_) => return Ok(false),
                    Err(error) => return Err(self.client.lost(&error, self.billable)),
                }
            }
        };
        tokio::time::timeout(limit, first).await.unwrap_or_else(|_| Err(self.client.silent(self.billable)))
    }

    /// How many bytes of it are read.
    pub(in crate::engines) fn most(mut self, bytes: usize) -> Self {
        self.most = bytes;
        self
    }

    /// The whole body, when it is not too big.
    pub async fn bytes(mut self) -> Result<Vec<u8>, Failure> {
        let (client, billable) = (self.client, self.billable);
        let mut body = std::mem::take(&mut self.first);
        let read = async {
            loop {
                match self.response.chunk().await {
                    Ok(Some(piece)) if body.len() + piece.len() > self.most => {
                        return Err(client.odd(billable, &format!("its answer is bigger than {} MiB", self.most >> 20)));
                    }
                    Ok(Some(piece)) => body.extend_from_slice(&piece),
                    Ok(None) => return Ok(body),
                    Err(error) => return Err(client.lost(&error, billable)),
                }
            }
        };
        tokio::time::timeout(self.limit, read).await.unwrap_or_else(|_| Err(client.silent(billable)))
    }

    /// The body as an object of this shape. A list is none, though its first items could be taken for the first members.
    pub async fn object<T: DeserializeOwned>(self) -> Result<T, Failure> {
        let (client, billable) = (self.client, self.billable);
        let value = self.read().await?;
        if !value.is_object() {
            return Err(client.odd(billable, "its answer is of another form"));
        }
        serde_json::from_value(value).map_err(|error| client.odd(billable, &format!("its answer can't be read ({error})")))
    }

    /// The body as JSON.
    pub async fn read(self) -> Result<Value, Failure> {
        let (client, billable) = (self.client, self.billable);
        let body = self.bytes().await?;
        serde_json::from_slice(&body).map_err(|error| {
            let why =
                if body.is_empty() { "its answer is empty".to_owned() } else { format!("its answer can't be read ({error})") };
            client.odd(billable, &why)
        })
    }

    /// The body as it flows, for a file: what was read of it already, and the rest.
    pub(in crate::engines) fn flow(self) -> (Vec<u8>, Response) {
        (self.first, self.response)
    }
}

impl Refusal {
    pub(in crate::engines) async fn read(mut response: Response) -> Refusal {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut body: Vec<u8> = Vec::new();
        let read = async {
            while let Ok(Some(piece)) = response.chunk().await {
                body.extend_from_slice(&piece[..piece.len().min(REFUSAL_BYTES - body.len())]);
                if body.len() == REFUSAL_BYTES {
                    break;
                }
            }
        };
        // Half of its words are better than none; the status stands either way.
        let _ = tokio::time::timeout(REFUSAL_TIME, read).await;
        let json = serde_json::from_slice(&body).unwrap_or(Value::Null);
        Refusal { status, headers, json, text: String::from_utf8_lossy(&body).into_owned() }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Seconds it wants to be left alone.
    pub fn wait_secs(&self) -> Option<f64> {
        wait::secs(&self.headers, self.status == 429)
    }

    /// Its own sentence, wherever engines put it; else what the status means.
    pub fn words(&self) -> String {
        said(&self.json).or_else(|| self.plain()).unwrap_or_else(|| {
            if (300..400).contains(&self.status) {
                let target = self.headers.get(LOCATION).and_then(|value| value.to_str().ok()).unwrap_or("somewhere");
                return format!(
                    "It sends elsewhere ({}), which is not followed.",
                    target.chars().take(120).collect::<String>()
                );
            }
            let meaning = reqwest::StatusCode::from_u16(self.status).ok().and_then(|status| status.canonical_reason());
            format!("It answered with status {}{}.", self.status, meaning.map(|text| format!(" ({text})")).unwrap_or_default())
        })
    }

    /// Its own code for it, at the usual places.
    pub fn code(&self) -> Option<String> {
        let places = ["/code", "/error/code", "/error/type", "/error_type", "/type", "/name"];
        places.iter().find_map(|place| self.json.pointer(place)?.as_str().map(str::to_owned))
    }

    /// The class that the status alone tells.
    pub fn class(&self) -> Class {
        match self.status {
            300..=399 => Class::Nonsense,
            401 | 403 => Class::Auth,
            402 => Class::Payment,
            429 => Class::RateLimited,
            408 | 502..=504 | 520..=529 => Class::Overloaded,
            500.. => Class::Server,
            _ => Class::Invalid,
        }
    }

    /// Judged by the status alone, in its own words.
    pub fn plainly(&self) -> Failure {
        Failure { code: self.code(), wait_secs: self.wait_secs(), ..Failure::new(self.class(), self.words()) }
    }

    fn plain(&self) -> Option<String> {
        let text = self.text.trim();
        (!text.is_empty() && self.json.is_null() && !text.contains('<')).then(|| text.to_owned())
    }
}

/// The sentence in an engine's JSON, wherever it puts one.
fn said(json: &Value) -> Option<String> {
    let sentence = |value: &Value| value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    for place in ["/error/message", "/message", "/error", "/detail", "/detail/message", "/errors/message"] {
        if let Some(text) = json.pointer(place).and_then(sentence) {
            return Some(text);
        }
    }
    let lists = ["/detail", "/errors", "/error"].iter().filter_map(|place| json.pointer(place)?.as_array());
    for list in lists {
        let parts = list.iter().filter_map(|item| {
            let text = sentence(item).or_else(|| item.get("msg").or(item.get("message")).and_then(sentence))?;
            let field = item.get("loc").and_then(Value::as_array).and_then(|loc| loc.last()?.as_str());
            Some(field.map_or_else(|| text.clone(), |field| format!("{field}: {text}")))
        });
        let joined = parts.take(5).collect::<Vec<_>>().join("; ");
        if !joined.is_empty() {
            return Some(joined);
        }
    }
    json.as_str().and_then(|_| sentence(json))
}

/// One line that fits a row: no control characters, at most 400 characters.
pub(in crate::engines) fn line(text: &str) -> String {
    let words =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    if words.chars().count() <= WORDS { words } else { words.chars().take(WORDS - 1).chain(['…']).collect() }
}

/// The innermost reason; the outer ones repeat the address.
pub(in crate::engines) fn cause(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut inner = error.source();
    let mut why = None;
    while let Some(error) = inner {
        why = Some(error.to_string());
        inner = error.source();
    }
    why.unwrap_or_else(|| "the connection failed".to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refusal(status: u16, body: &str) -> Refusal {
        let json = serde_json::from_str(body).unwrap_or(Value::Null);
        Refusal { status, headers: HeaderMap::new(), json, text: body.to_owned() }
    }

    #[test]
    fn its_words_are_found_wherever_they_are() {
        let words = |value: Value| refusal(400, &value.to_string()).words();
        assert_eq!(words(json!({"error": "flat"})), "flat");
        assert_eq!(words(json!({"error": {"message": "nested", "type": "t"}})), "nested");
        assert_eq!(words(json!({"detail": "luma"})), "luma");
        assert_eq!(words(json!({"detail": [{"loc": ["body", "prompt"], "msg": "too long", "type": "x"}]})), "prompt: too long");
        assert_eq!(
            words(json!({"id": "1", "name": "bad_request", "errors": ["prompt: cannot be blank"]})),
            "prompt: cannot be blank"
        );
        assert_eq!(words(json!({"error": "", "message": ""})), "It answered with status 400 (Bad Request).");
        assert_eq!(refusal(503, "busy\nnow").words(), "busy\nnow");
        assert_eq!(refusal(503, "<html>busy</html>").words(), "It answered with status 503 (Service Unavailable).");
        assert_eq!(refusal(599, "").words(), "It answered with status 599.");
    }

    #[test]
    fn a_row_holds_one_line() {
        assert_eq!(line(" a\n\tb\u{7}\r\n c "), "a b c");
        assert_eq!(line(&"x".repeat(5000)).chars().count(), WORDS);
    }

    #[test]
    fn codes_are_found_too() {
        assert_eq!(refusal(402, r#"{"error":"x","code":"A"}"#).code().as_deref(), Some("A"));
        assert_eq!(refusal(402, r#"{"error":{"code":"B"}}"#).code().as_deref(), Some("B"));
        assert_eq!(refusal(402, r#"{"error":{"code":7}}"#).code(), None);
    }
}
