//! Words as they are written: `POST /chat/completions` with `stream`. The same road for OpenAI, gateways, Venice and local servers. A
//! server that is still loading its model is waited for; one that refuses a field which not every model knows is asked again without
//! it: a refusal costs nothing.

mod reader;
mod thoughts;

use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use self::reader::{Reader, Step};
use crate::core::engine::{Engine, Form};
use crate::core::generate::{Class, Failure, Made, Order};
use crate::core::secret::Secret;
use crate::engines::events::Events;
use crate::engines::http::{Answer, Auth, Client, cause};
use crate::engines::wire::Wire;
use crate::engines::{Asked, Talk, Writer, Written};

/// For the first word: a local model reads the whole prompt before it writes.
const FIRST: Duration = Duration::from_secs(600);
/// Between two.
const STALL: Duration = Duration::from_secs(180);
/// How long a server may load its model, and how often it is asked.
const LOADING: Duration = Duration::from_secs(600);
const AGAIN: Duration = Duration::from_millis(700);
/// Fields that some models refuse.
const NOT_EVERYWHERE: [&str; 6] =
    ["stream_options", "temperature", "seed", "max_completion_tokens", "max_tokens", "venice_parameters"];

/// A writer of this form.
#[derive(Clone, Debug)]
pub struct Words {
    client: Client,
    local: bool,
    venice: bool,
}

impl Words {
    /// # Errors
    /// An address or a key that can't be used.
    pub fn open(entry: &Engine, base: &str, key: Option<Secret>) -> Result<Words, Failure> {
        let wire = Wire::new(entry, base, Auth::bearer(key), &[], super::refusal::judge)?;
        Ok(Words::over(wire.client, entry))
    }

    /// Over a line to the engine of this entry.
    pub(super) fn over(client: Client, entry: &Engine) -> Words {
        Words { client, local: entry.local, venice: entry.form == Form::Venice }
    }

    /// An order for words: the prompt is all that is said.
    pub(in crate::engines) async fn made(&self, order: &Order) -> Result<Made, Failure> {
        let number = |name: &str| order.wish.extra.get(name).and_then(Value::as_f64);
        let talk = Talk {
            model: order.model.clone(),
            system: order.wish.extra.get("system").and_then(Value::as_str).unwrap_or_default().to_owned(),
            turns: vec![order.prompt.clone()],
            temperature: number("temperature"),
            most_tokens: number("max_tokens").map(|tokens| tokens as u32),
            seed: order.seed,
        };
        let written = self.written(&talk, &mut |_| true).await?;
        Ok(Made { text: Some(written.text), cost: written.cost, ..Made::default() })
    }

    async fn written(&self, talk: &Talk, on: &mut (dyn FnMut(&str) -> bool + Send)) -> Result<Written, Failure> {
        let Some(answer) = self.answered(self.body(talk), on).await? else {
            return Ok(Written { cut: true, ..Written::default() });
        };
        let media = answer.header("content-type").unwrap_or_default().to_ascii_lowercase();
        if media.contains("json") {
            // A server that streams nothing gives the whole.
            let whole: Value = answer.read().await?;
            let mut reader = Reader::default();
            let step = reader.whole(&whole).map_err(|failure| self.client.clean(failure))?;
            if let Step::Text(text) = step {
                on(&text);
            }
            return self.finished(reader);
        }
        if !media.contains("event-stream") {
            let what = if media.is_empty() { "something" } else { &media };
            return Err(self.client.odd(!self.local, &format!("it sent {what} where words were to come")));
        }
        self.stream(answer, on).await
    }

    /// Asks until it writes or refuses. `None`: the person doesn't want it any more.
    async fn answered(
        &self,
        mut body: Map<String, Value>,
        on: &mut (dyn FnMut(&str) -> bool + Send),
    ) -> Result<Option<Answer<'_>>, Failure> {
        let since = Instant::now();
        loop {
            let call = match self.local {
                true => self.client.post("chat/completions"),
                false => self.client.order("chat/completions"),
            };
            let failure = match call.header("accept", "text/event-stream").json(&body).limit(FIRST).flowing().answer().await {
                Ok(answer) => return Ok(Some(answer)),
                Err(failure) => failure,
            };
            if failure.class == Class::Overloaded
                && failure.words.to_lowercase().contains("loading")
                && since.elapsed() < LOADING
            {
                if !on("") {
                    return Ok(None);
                }
                tokio::time::sleep(AGAIN).await;
            } else if let Some(field) = refused_field(&body, &failure) {
                body.remove(field);
            } else {
                return Err(failure);
            }
        }
    }

    fn body(&self, talk: &Talk) -> Map<String, Value> {
        let mut messages = Vec::new();
        if !talk.system.is_empty() {
            messages.push(json!({ "role": "system", "content": talk.system }));
        }
        for (at, turn) in talk.turns.iter().enumerate() {
            let role = if at % 2 == 0 { "user" } else { "assistant" };
            messages.push(json!({ "role": role, "content": turn }));
        }
        let mut body = Map::new();
        let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
        put("model", json!(talk.model));
        put("messages", json!(messages));
        put("stream", json!(true));
        put("stream_options", json!({ "include_usage": true }));
        if let Some(temperature) = talk.temperature.filter(|value| value.is_finite()) {
            put("temperature", json!(temperature.clamp(0.0, 2.0)));
        }
        if let Some(most) = talk.most_tokens {
            // The newer name at clouds; what runs at home mostly knows the older one.
            put(if self.local { "max_tokens" } else { "max_completion_tokens" }, json!(most));
        }
        if let Some(seed) = talk.seed {
            put("seed", json!(seed));
        }
        if self.venice {
            // Its own words before ours would change the form that is asked for.
            put("venice_parameters", json!({ "include_venice_system_prompt": false, "strip_thinking_response": true }));
        }
        body
    }

    async fn stream(&self, answer: Answer<'_>, on: &mut (dyn FnMut(&str) -> bool + Send)) -> Result<Written, Failure> {
        let (first, mut response) = answer.flow();
        let mut first = Some(bytes::Bytes::from(first)).filter(|first| !first.is_empty());
        let mut events = Events::default();
        let mut reader = Reader::default();
        // Some say at once that they write, and think for long before the first word.
        let mut patience = FIRST;
        loop {
            let piece = match first.take() {
                None => match tokio::time::timeout(patience, response.chunk()).await {
                    Ok(Ok(piece)) => piece,
                    Ok(Err(error)) => return Err(self.broken(&cause(&error))),
                    Err(_) => return Err(self.broken(&format!("nothing came for {} seconds", patience.as_secs()))),
                },
                first => first,
            };
            let (ended, last) = match piece {
                Some(piece) => (events.feed(&piece).map_err(|_| self.broken("one piece of it has no end"))?, false),
                None => (std::mem::take(&mut events).end().into_iter().collect(), true),
            };
            for data in ended {
                match reader.take(&data).map_err(|failure| self.client.clean(failure))? {
                    Step::Text(text) if !on(&text) => return Ok(Written { cut: true, ..reader.written() }),
                    Step::Text(_) => patience = STALL,
                    Step::Nothing => {}
                    Step::End => return self.finished(reader),
                }
            }
            if last {
                // Some servers leave the last line out; then its own word that it has ended counts.
                return if reader.has_ended() { self.finished(reader) } else { Err(self.broken("it has no end")) };
            }
        }
    }

    fn finished(&self, reader: Reader) -> Result<Written, Failure> {
        let written = reader.finished().map_err(|failure| self.client.clean(failure))?;
        if written.text.trim().is_empty() {
            return Err(self.client.odd(!self.local, "it wrote nothing"));
        }
        Ok(written)
    }

    fn broken(&self, why: &str) -> Failure {
        let class = if self.local { Class::Transport } else { Class::Unclear };
        self.client.fail(class, &format!("What {} wrote broke off: {why}.", self.client.host()))
    }
}

impl Writer for Words {
    fn write<'a>(&'a self, talk: &'a Talk, on: &'a mut (dyn FnMut(&str) -> bool + Send)) -> Asked<'a, Written> {
        Box::pin(self.written(talk, on))
    }
}

/// The field that it was refused for, when it can do without.
fn refused_field(body: &Map<String, Value>, failure: &Failure) -> Option<&'static str> {
    let names = |field: &str| failure.words.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == field);
    let may_go = |field: &&&str| body.contains_key(**field) && names(field);
    (failure.class == Class::Invalid).then(|| NOT_EVERYWHERE.iter().find(may_go).copied()).flatten()
}
