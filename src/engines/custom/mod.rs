//! An engine that a person describes by a template in `engines.toml`: what is sent where, and where in the answers the interesting parts
//! stand. docs/ENGINES.md explains each field.

mod fill;
mod template;

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Map, Value};

use super::fetch::{Fetcher, Spot};
use super::http::{Answer, Auth, Call, Client, Refusal, id};
use super::wire::FILES;
use super::{Asked, Engine, Landing};
use crate::core::engine::{self, Money};
use crate::core::generate::{Account, Class, Failure, Made, Order, Standing, Submission, Ticket};
use crate::core::job::Kind;
use crate::core::secret::Secret;
use template::{KeyForm, Look, Request, Template, holds_nothing, select};

/// Longer texts of an answer are pictures or worse, and are not kept with the ticket.
const LINK_BYTES: usize = 4 << 10;
/// An answer of which more than this is left is kept without.
const LINKS_BYTES: usize = 64 << 10;
/// What a job's kind is called within the ticket: what comes of it has to be that.
const KIND: &str = "onetake_kind";

/// An engine by template.
#[derive(Debug)]
pub struct Custom {
    client: Client,
    fetcher: Fetcher,
    template: Template,
}

impl Custom {
    /// Opens it, or says what is wrong with its template.
    pub fn open(entry: &engine::Engine, base: &str, key: Option<Secret>) -> Result<Custom, Failure> {
        let template = Template::read(entry)?;
        let auth = match (&template.key, key) {
            (_, None) => Auth::None,
            (KeyForm::Bearer, Some(key)) => Auth::Bearer(key),
            (KeyForm::Key, Some(key)) => Auth::Key(key),
            (KeyForm::Basic, Some(key)) => Auth::Basic(key),
            (KeyForm::Header(name), Some(key)) => Auth::Header(name.clone(), key),
        };
        let headers: Vec<(&str, &str)> = template.headers.iter().map(|(name, value)| (&**name, &**value)).collect();
        let client = Client::new(base, auth, &headers, judge)?;
        let fetcher = Fetcher::new(&client)?;
        Ok(Custom { client, fetcher, template })
    }

    /// A question, filled in.
    fn ask(&self, request: &Request, values: &Map<String, Value>) -> Result<Call<'_>, Failure> {
        let road = fill::road(&request.path, values)?;
        let url = if road.starts_with("http") { self.client.own(&road)? } else { self.client.url(&road) };
        Ok(self.dress(self.client.call(method(request)?, url), request, values))
    }

    fn dress<'a>(&self, mut call: Call<'a>, request: &Request, values: &Map<String, Value>) -> Call<'a> {
        for (name, text) in &request.headers {
            call = call.header(name, &fill::text(text, values));
        }
        if let Some(body) = &request.body {
            call = call.json(&fill::json(body, values).unwrap_or(Value::Object(Map::new())));
        }
        call.limit(Duration::from_secs_f64(request.limit_secs.clamp(1.0, 3600.0)))
    }

    async fn order(&self, order: &Order, landing: &Landing) -> Result<Submission, Failure> {
        let values = fill::values(order).await?;
        let submit = &self.template.submit;
        let road = fill::road(&submit.request.path, &values)?;
        let call = self.client.order_by(method(&submit.request)?, &road);
        let mut answer = self.dress(call, &submit.request, &values).answer().await?;
        // From here on the order was taken: nothing may say that it was not.
        let cost = |json: &Value| submit.cost.as_deref().and_then(|place| money(select(json, place).first().copied()?));
        if !answer.is_json().await? {
            let made = self.file(answer, order.kind, landing).await.map_err(taken)?;
            return Ok(Submission::Made(made));
        }
        let json: Value = answer.read().await?;
        let links: Vec<&str> = submit.result.iter().flat_map(|place| select(&json, place)).filter_map(Value::as_str).collect();
        let inline = !links.is_empty() && !links.iter().any(|link| is_link(link));
        let text = submit.text.as_deref().and_then(|place| select(&json, place).first()?.as_str().map(str::to_owned));
        if inline || (text.is_some() && self.template.look.is_none()) {
            let mut made = self.collect(&links, order.kind, landing).await.map_err(taken)?;
            (made.text, made.cost) = (text, cost(&json));
            return Ok(Submission::Made(made));
        }
        let name = submit.id.as_deref().and_then(|place| named(select(&json, place).first().copied()?));
        let name = match (name, &self.template.look) {
            (Some(name), _) => name,
            // Nobody is asked for it again.
            (None, None) if !links.is_empty() => order.job.clone(),
            _ => return Err(self.client.odd(true, "its answer has no id where the template says")),
        };
        // Ids are kept and shown; a server that says the key back must not have it written down.
        if self.client.blank(&name) != name {
            return Err(self.client.odd(true, "its answer has the key where the id should be"));
        }
        let mut kept = match self.kept(&json) {
            Value::Object(members) => members,
            other => Map::from_iter([("answer".to_owned(), other)]),
        };
        kept.insert(KIND.into(), order.kind.name().into());
        Ok(Submission::Ticket { cost: cost(&json), ticket: Ticket { id: name, model: order.model.clone(), links: kept } })
    }

    /// What of an answer is kept with the ticket: everything but the key and what is too long.
    fn kept(&self, json: &Value) -> Value {
        let text = self.client.blank(&fill::short(json, LINK_BYTES).to_string());
        if text.len() > LINKS_BYTES { Value::Object(Map::new()) } else { serde_json::from_str(&text).unwrap_or_default() }
    }

    async fn stand(&self, ticket: &Ticket, landing: &Landing) -> Result<Standing, Failure> {
        let kind = ticket.links.get(KIND).and_then(Value::as_str).and_then(Kind::named).unwrap_or(Kind::Image);
        let Some(look) = &self.template.look else {
            let links = Value::Object(ticket.links.clone());
            let found = self.template.submit.result.iter().flat_map(|place| select(&links, place));
            let found: Vec<&str> = found.filter_map(Value::as_str).collect();
            return Ok(Standing::Done(self.collect(&found, kind, landing).await?));
        };
        let values = fill::of_ticket(ticket)?;
        let mut answer = self.ask(&look.request, &values)?.answer().await?;
        if !answer.is_json().await? {
            return Ok(Standing::Done(self.file(answer, kind, landing).await?));
        }
        let json: Value = answer.read().await?;
        let state = select(&json, &look.state).first().copied().and_then(said);
        let Some(state) = state else {
            return Err(self.client.odd(false, "its answer has no state where the template says"));
        };
        let number = |place: &Option<String>| select(&json, place.as_deref()?).first()?.as_f64();
        match self.template.state(&state) {
            template::State::Queued => Ok(Standing::Queued { before: number(&look.before).map(|before| before as u32) }),
            template::State::Running => {
                let progress = number(&look.progress).map(|done| if look.percent { done / 100.0 } else { done });
                Ok(Standing::Running { progress: progress.map(|done| done.clamp(0.0, 1.0) as f32) })
            }
            template::State::Done => self.done(look, &values, &json, kind, landing).await.map(Standing::Done),
            template::State::Failed => Ok(Standing::Failed(self.failure(look, &json))),
            template::State::Cancelled => Ok(Standing::Cancelled),
        }
    }

    async fn done(
        &self,
        look: &Look,
        values: &Map<String, Value>,
        json: &Value,
        kind: Kind,
        landing: &Landing,
    ) -> Result<Made, Failure> {
        let mut made = match &look.content {
            Some(content) => {
                let answer = self.ask(content, values)?.flowing().answer().await?;
                self.file(answer, kind, landing).await?
            }
            None => {
                let found = look.result.iter().flat_map(|place| select(json, place));
                let links: Vec<&str> = found.filter_map(Value::as_str).collect();
                self.collect(&links, kind, landing).await?
            }
        };
        let first = |place: &Option<String>| select(json, place.as_deref()?).first().copied();
        made.text = first(&look.text).and_then(Value::as_str).map(str::to_owned);
        made.seed = first(&look.seed).and_then(Value::as_i64);
        made.cost = first(&look.cost).and_then(money);
        if made.files.is_empty() && made.text.is_none() {
            return Err(self.client.odd(false, "it says that it is done, and there is nothing where the template says"));
        }
        Ok(made)
    }

    fn failure(&self, look: &Look, json: &Value) -> Failure {
        let first = |place: &Option<String>| select(json, place.as_deref()?).first().copied().and_then(said);
        let words = first(&look.error).unwrap_or_else(|| "It failed there, and gave no reason.".into());
        let code = first(&look.code);
        let class = self.template.class(code.as_deref().unwrap_or_default(), &words);
        self.client.clean(Failure { code, ..Failure::new(class, words) })
    }

    async fn file(&self, answer: Answer<'_>, kind: Kind, landing: &Landing) -> Result<Made, Failure> {
        let piece = self.fetcher.answer(answer, Spot { landing, name: "1", kind }).await?;
        Ok(Made { files: vec![piece], ..Made::default() })
    }

    /// Files behind links, or out of the answer itself.
    async fn collect(&self, found: &[&str], kind: Kind, landing: &Landing) -> Result<Made, Failure> {
        let mut made = Made::default();
        for (number, text) in (1..=FILES).zip(found) {
            let name = format!("{number}");
            let spot = Spot { landing, name: &name, kind };
            let piece = if is_link(text) { self.fetcher.link(text, spot).await } else { self.fetcher.inline(text, spot).await };
            made.files.push(piece?);
        }
        Ok(made)
    }

    async fn found(&self, order: &Order) -> Result<Option<Ticket>, Failure> {
        let Some(find) = &self.template.find else {
            return Err(Failure::new(
                Class::Unclear,
                "Onetake ended while the order was being sent, and this engine's template has no way to ask whether it was taken.",
            ));
        };
        let values = fill::values(order).await?;
        let unclear = |why: &str| Err(self.client.fail(Class::Unclear, why));
        let json: Value = match self.ask(&find.request, &values)?.answer().await {
            Ok(answer) => answer.read().await?,
            // “There is no such thing” is an answer; “I don't understand” is none.
            Err(failure) if failure.class == Class::Expired => return Ok(None),
            Err(failure) if failure.class == Class::Invalid => {
                return unclear(&format!(
                    "It can't be asked as the template says whether it took the order: {}",
                    failure.words
                ));
            }
            Err(failure) => return Err(failure),
        };
        let Some(name) = select(&json, &find.id).first().copied().and_then(named) else {
            return match holds_nothing(&json, &find.id) {
                true => Ok(None),
                false => {
                    unclear("Its answer has no id where the template says, so it can't be told whether it took the order.")
                }
            };
        };
        let links = Map::from_iter([(KIND.to_owned(), order.kind.name().into())]);
        Ok(Some(Ticket { id: name, model: order.model.clone(), links }))
    }

    /// True when the template has such a call.
    async fn tell(&self, request: &Option<Request>, ticket: &Ticket) -> Result<bool, Failure> {
        let Some(request) = request else { return Ok(false) };
        match self.ask(request, &fill::of_ticket(ticket)?)?.done().await {
            // What is not there any more neither runs nor lies there.
            Err(failure) if failure.class == Class::Expired => Ok(true),
            other => other.map(|()| true),
        }
    }
}

impl Engine for Custom {
    fn submit<'a>(&'a self, order: &'a Order, landing: &'a Landing) -> Asked<'a, Submission> {
        Box::pin(self.order(order, landing))
    }

    fn look<'a>(&'a self, ticket: &'a Ticket, landing: &'a Landing) -> Asked<'a, Standing> {
        Box::pin(self.stand(ticket, landing))
    }

    fn find<'a>(&'a self, order: &'a Order, _: &'a HashSet<String>) -> Asked<'a, Option<Ticket>> {
        Box::pin(self.found(order))
    }

    fn cancel<'a>(&'a self, ticket: &'a Ticket) -> Asked<'a, bool> {
        Box::pin(self.tell(&self.template.cancel, ticket))
    }

    fn forget<'a>(&'a self, ticket: &'a Ticket) -> Asked<'a, ()> {
        Box::pin(async { self.tell(&self.template.forget, ticket).await.map(drop) })
    }

    fn quote<'a>(&'a self, order: &'a Order) -> Asked<'a, Option<Money>> {
        Box::pin(async {
            let Some(quote) = &self.template.quote else { return Ok(None) };
            let json: Value = self.ask(&quote.request, &fill::values(order).await?)?.read().await?;
            Ok(select(&json, &quote.cost).first().copied().and_then(money))
        })
    }

    fn check(&self) -> Asked<'_, Account> {
        Box::pin(async {
            let request = self.template.check.clone().unwrap_or_else(|| Request::get("/"));
            self.ask(&request, &Map::new())?.done().await?;
            Ok(Account { words: format!("{} answers.", self.client.host()), ..Account::default() })
        })
    }
}

/// A template says PUT where it must; orders are posted else.
fn method(request: &Request) -> Result<Method, Failure> {
    request.method.parse().map_err(|_| invalid("a method is none"))
}

/// What is not there is over; all else goes by its status.
fn judge(refusal: &Refusal) -> Failure {
    let plain = refusal.plainly();
    if matches!(refusal.status, 404 | 410) { Failure { class: Class::Expired, ..plain } } else { plain }
}

/// A failure after an order was taken is never one that lets it be sent again.
fn taken(failure: Failure) -> Failure {
    if failure.class.passes() { Failure { class: Class::Unclear, ..failure } } else { failure }
}

fn is_link(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://") || text.starts_with('/') && !text.starts_with("/9j/")
}

/// An id, which may be a number.
fn named(value: &Value) -> Option<String> {
    let text = said(value)?;
    id(&text).is_ok().then_some(text)
}

fn said(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Object(members) => members.get("message").and_then(said),
        _ => None,
    }
}

/// Dollars, as a number or as text.
fn money(value: &Value) -> Option<Money> {
    let amount = value.as_f64().or_else(|| value.as_str()?.trim().trim_start_matches('$').parse().ok())?;
    (amount.is_finite() && (0.0..1e9).contains(&amount)).then(|| Money::usd(amount))
}

fn invalid(why: &str) -> Failure {
    Failure::new(Class::Invalid, format!("The engine's template can't be used: {why}."))
}

/// Headers by their names.
type Headers = BTreeMap<String, String>;
