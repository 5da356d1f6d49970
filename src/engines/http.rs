//! One engine's line: its base, its key, its way to refuse. Nothing is followed and nothing is repeated in here; an order that may
//! cost money is sent once, over a connection of its own, so that a failure tells whether it can have arrived. A failure never
//! holds the key.

mod answer;
mod wait;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, RequestBuilder, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::reach::{self, Reach};
use crate::core::generate::{Class, Failure};
use crate::core::secret::Secret;

pub use answer::{Answer, Reached, Refusal};
pub(super) use answer::{cause, line};

const CONNECT: Duration = Duration::from_secs(10);
/// For a question, answer included.
const QUESTION: Duration = Duration::from_secs(30);
/// For an order, answer included: pictures go with it.
const ORDER: Duration = Duration::from_secs(180);
/// Bytes a second that the slowest line carries: an order with pictures is not given up while it flows.
const SLOWEST: u64 = 16 * 1024;
/// No answer in JSON is read beyond this, unless the call says more.
const ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// How an engine is told who asks.
#[derive(Clone, Debug)]
pub enum Auth {
    None,
    /// `Authorization: Bearer KEY`.
    Bearer(Secret),
    /// `Authorization: Key KEY`.
    Key(Secret),
    /// `Authorization: Basic …` of `NAME:WORD`.
    Basic(Secret),
    /// A header of this name.
    Header(String, Secret),
}

/// Reads an engine's refusal; its words, code and proposal are blanked afterwards.
pub type Judge = fn(&Refusal) -> Failure;

/// A line to one engine.
#[derive(Clone, Debug)]
pub struct Client {
    base: Url,
    auth: Auth,
    headers: HeaderMap,
    judge: Judge,
    questions: reqwest::Client,
    /// Keeps no connections: one that the other side has just closed would look like an order that got lost.
    orders: reqwest::Client,
}

/// A request being made up.
#[derive(Debug)]
#[must_use]
pub struct Call<'a> {
    client: &'a Client,
    request: RequestBuilder,
    billable: bool,
    limit: Duration,
    /// And as much longer as what goes along needs on a slow line.
    load: Duration,
    /// The limit is for the first word of the answer alone.
    flowing: bool,
    most: usize,
}

impl Auth {
    /// `Bearer` of a key that is there, else nothing.
    pub fn bearer(key: Option<Secret>) -> Auth {
        key.map_or(Auth::None, Auth::Bearer)
    }

    fn header(&self) -> Result<Option<(HeaderName, HeaderValue)>, Failure> {
        let bad = |_| Failure::new(Class::Auth, "The key holds characters that no key has.");
        let (name, text) = match self {
            Auth::None => return Ok(None),
            Auth::Bearer(key) => (AUTHORIZATION, format!("Bearer {}", key.expose())),
            Auth::Key(key) => (AUTHORIZATION, format!("Key {}", key.expose())),
            Auth::Basic(pair) => (AUTHORIZATION, format!("Basic {}", STANDARD.encode(pair.expose()))),
            Auth::Header(name, key) => {
                let name = name
                    .parse()
                    .map_err(|_| Failure::new(Class::Invalid, "The key's header has a name that can't be sent."))?;
                (name, key.expose().to_owned())
            }
        };
        let mut value = HeaderValue::from_str(&text).map_err(bad)?;
        value.set_sensitive(true);
        Ok(Some((name, value)))
    }

    /// `text` without the key, in whatever form it is sent.
    pub(super) fn blank(&self, text: &str) -> String {
        match self {
            Auth::None => text.to_owned(),
            Auth::Bearer(key) | Auth::Key(key) | Auth::Header(_, key) => key.blank(text),
            Auth::Basic(pair) => {
                let word = pair.expose().split_once(':').map_or("", |(_, word)| word);
                Secret::new(word).blank(&pair.blank(&Secret::new(STANDARD.encode(pair.expose())).blank(text)))
            }
        }
    }
}

impl Client {
    /// `headers` go with every request.
    ///
    /// # Errors
    /// An address that can't be used, a key that can't be sent, or would be sent readable by everyone on the way.
    pub fn new(base: &str, auth: Auth, headers: &[(&str, &str)], judge: Judge) -> Result<Client, Failure> {
        let base = reach::base(base)?;
        let bare = base.scheme() == "http" && matches!(reach::of(&base), Reach::Public);
        if bare && !matches!(auth, Auth::None) {
            let why = format!(
                "The key would cross the network readable by everyone: {} is not an https:// address.",
                reach::host(&base)
            );
            return Err(Failure::new(Class::Invalid, why));
        }
        let mut all: HeaderMap = auth.header()?.into_iter().collect();
        for (name, value) in headers {
            let bad = || Failure::new(Class::Invalid, format!("The header “{name}” can't be sent."));
            let (name, value) =
                (name.parse::<HeaderName>().map_err(|_| bad())?, HeaderValue::from_str(value).map_err(|_| bad())?);
            all.insert(name, value);
        }
        let questions = plain(&base).build();
        let orders = plain(&base).pool_max_idle_per_host(0).build();
        match (questions, orders) {
            (Ok(questions), Ok(orders)) => Ok(Client { base, auth, headers: all, judge, questions, orders }),
            (Err(error), _) | (_, Err(error)) => {
                Err(Failure::new(Class::Here, format!("No connection can be made here: {}", cause(&error))))
            }
        }
    }

    /// The same engine at another of its own hosts.
    pub(super) fn twin(&self, base: &str) -> Result<Client, Failure> {
        Ok(Client { base: reach::base(base)?, ..self.clone() })
    }

    pub fn base(&self) -> &Url {
        &self.base
    }

    pub fn host(&self) -> String {
        reach::host(&self.base)
    }

    pub(super) fn auth(&self) -> &Auth {
        &self.auth
    }

    /// The address of a road under the base; it may end with `?NAME=VALUE`.
    pub fn url(&self, road: &str) -> Url {
        let (path, query) = road.split_once('?').map_or((road, None), |(path, query)| (path, Some(query)));
        let mut url = self.base.clone();
        url.set_path(&format!("{}/{}", self.base.path().trim_end_matches('/'), path.trim_start_matches('/')));
        url.set_query(query);
        url
    }

    /// An address that an answer gave for further questions. It gets the key, so it must be the engine's own.
    pub fn own(&self, address: &str) -> Result<Url, Failure> {
        match self.base.join(address.trim()) {
            Ok(url) if url.origin() == self.base.origin() && url.username().is_empty() && url.password().is_none() => Ok(url),
            Ok(url) => {
                let why = format!("It wants to be asked at another place ({}), which would get the key.", reach::host(&url));
                Err(self.fail(Class::Nonsense, &why))
            }
            Err(_) => Err(self.fail(Class::Nonsense, "It gave an address that can't be read.")),
        }
    }

    pub fn get(&self, road: &str) -> Call<'_> {
        self.call(Method::GET, self.url(road))
    }

    /// A question by POST, which costs nothing.
    pub fn post(&self, road: &str) -> Call<'_> {
        self.call(Method::POST, self.url(road))
    }

    pub fn put(&self, road: &str) -> Call<'_> {
        self.call(Method::PUT, self.url(road))
    }

    pub fn delete(&self, road: &str) -> Call<'_> {
        self.call(Method::DELETE, self.url(road))
    }

    /// A question at an address that `own` has passed.
    pub fn call(&self, method: Method, url: Url) -> Call<'_> {
        let request = self.questions.request(method, url).headers(self.headers.clone());
        Call {
            client: self,
            request,
            billable: false,
            limit: QUESTION,
            load: Duration::ZERO,
            flowing: false,
            most: ANSWER_BYTES,
        }
    }

    /// A POST that may cost money.
    pub fn order(&self, road: &str) -> Call<'_> {
        self.order_at(Method::POST, self.url(road))
    }

    /// As `order`, where the engine wants it said otherwise.
    pub fn order_by(&self, method: Method, road: &str) -> Call<'_> {
        self.order_at(method, self.url(road))
    }

    /// As `order`, at an address that `own` has passed.
    pub fn order_at(&self, method: Method, url: Url) -> Call<'_> {
        let request = self.orders.request(method, url).headers(self.headers.clone());
        Call { client: self, request, billable: true, limit: ORDER, load: Duration::ZERO, flowing: false, most: ANSWER_BYTES }
    }

    /// `text` without the key.
    pub fn blank(&self, text: &str) -> String {
        self.auth.blank(text)
    }

    /// A failure in these words, blanked and in one line.
    pub fn fail(&self, class: Class, words: &str) -> Failure {
        self.clean(Failure::new(class, words))
    }

    /// It answers something else than it should. An order whose answer makes no sense may have been taken.
    pub fn odd(&self, billable: bool, why: &str) -> Failure {
        match billable {
            true => self.fail(Class::Unclear, &format!("{} took the order, but {why}.", self.host())),
            false => self.fail(Class::Nonsense, &format!("{} does not answer as it should: {why}.", self.host())),
        }
    }

    /// The line broke, or never was.
    pub(super) fn lost(&self, error: &reqwest::Error, billable: bool) -> Failure {
        let (host, why) = (self.host(), cause(error));
        if error.is_connect() || error.is_builder() {
            return self.fail(Class::Transport, &format!("{host} can't be reached: {why}."));
        }
        if billable {
            return self.fail(Class::Unclear, &format!("The line to {host} broke while the order was on its way: {why}."));
        }
        // The HTTP layer names what it could not parse this way; such an answer does not get better by asking again.
        if why.starts_with("invalid ") || why.contains("too large") {
            return self.odd(false, &format!("it does not speak HTTP ({why})"));
        }
        self.fail(Class::Transport, &format!("The line to {host} broke: {why}."))
    }

    /// It took the request and says nothing.
    pub(super) fn silent(&self, billable: bool) -> Failure {
        let class = if billable { Class::Unclear } else { Class::Transport };
        self.fail(class, &format!("{} does not answer in time.", self.host()))
    }

    /// A failure as it may be seen: without the key, words in one line.
    pub fn clean(&self, failure: Failure) -> Failure {
        Failure {
            words: line(&self.blank(&failure.words)),
            code: failure.code.map(|code| line(&self.blank(&code))),
            proposal: failure.proposal.map(|value| self.blanked(value)),
            ..failure
        }
    }

    /// Every text in it without the key.
    fn blanked(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.blank(&text)),
            Value::Array(list) => list.into_iter().map(|item| self.blanked(item)).collect(),
            Value::Object(parts) => parts.into_iter().map(|(name, part)| (self.blank(&name), self.blanked(part))).collect(),
            other => other,
        }
    }

    /// A refusal as its engine reads it.
    async fn refused(&self, response: reqwest::Response, billable: bool) -> Failure {
        let refusal = Refusal::read(response).await;
        let mut failure = (self.judge)(&refusal);
        if failure.wait_secs.is_none() {
            failure.wait_secs = refusal.wait_secs();
        }
        // What is not there has not been made yet: a model or a road that has gone.
        if billable && failure.class == Class::Expired {
            failure.class = Class::Invalid;
        }
        // Two at once, or too early (RFC 8470): a question may be put again.
        if !billable && failure.class == Class::Invalid && matches!(refusal.status, 409 | 425) {
            failure.class = Class::Overloaded;
        }
        // Whoever stands before the engine gave up waiting for it: the order may have gone through.
        if billable && failure.class == Class::Overloaded && !matches!(refusal.status, 429 | 503) {
            failure.class = Class::Unclear;
        }
        self.clean(failure)
    }
}

impl<'a> Call<'a> {
    pub fn json(mut self, body: &impl Serialize) -> Call<'a> {
        let Ok(bytes) = serde_json::to_vec(body) else {
            // Sending it says what is wrong with it.
            self.request = self.request.json(body);
            return self;
        };
        self.load = Duration::from_secs(bytes.len() as u64 / SLOWEST);
        self.request = self.request.header(CONTENT_TYPE, "application/json").body(bytes);
        self
    }

    pub fn multipart(mut self, form: reqwest::multipart::Form) -> Call<'a> {
        self.request = self.request.multipart(form);
        self
    }

    pub fn header(mut self, name: &str, value: &str) -> Call<'a> {
        self.request = self.request.header(name, value);
        self
    }

    /// How long it may take, answer included; a body in JSON has its own time besides.
    pub fn limit(mut self, limit: Duration) -> Call<'a> {
        self.limit = limit;
        self
    }

    /// How many bytes of answer are read.
    pub fn most(mut self, bytes: usize) -> Call<'a> {
        self.most = bytes;
        self
    }

    /// The body may take as long as it flows: the limit is for the first word of the answer alone.
    pub fn flowing(mut self) -> Call<'a> {
        self.flowing = true;
        self
    }

    /// Sends it; what is no success is a failure.
    pub async fn answer(self) -> Result<Answer<'a>, Failure> {
        let answer = self.sent().await?;
        match answer.response.status().is_success() {
            true => Ok(answer),
            false => Err(answer.client.refused(answer.response, answer.billable).await),
        }
    }

    /// As `answer`, for a file that may be kept elsewhere: the place is only told, since who goes there must leave the key behind.
    pub async fn answer_or_place(self) -> Result<Reached<'a>, Failure> {
        let answer = self.sent().await?;
        let target = answer.header("location").and_then(|target| answer.response.url().join(target).ok());
        match (answer.status(), target) {
            (301 | 302 | 303 | 307 | 308, Some(target)) => Ok(Reached::Elsewhere(target.into())),
            _ if answer.response.status().is_success() => Ok(Reached::Answer(answer)),
            _ => Err(answer.client.refused(answer.response, answer.billable).await),
        }
    }

    async fn sent(self) -> Result<Answer<'a>, Failure> {
        let Call { client, request, billable, limit, load, flowing, most } = self;
        let limit = limit + load;
        let request = if flowing { request } else { request.timeout(limit) };
        let sent = tokio::time::timeout(limit + CONNECT, request.send()).await;
        let response = match sent {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(client.lost(&error, billable)),
            Err(_) => return Err(client.silent(billable)),
        };
        Ok(Answer { client, response, first: Vec::new(), billable, most, limit })
    }

    /// The answer as an object of this shape.
    pub async fn object<T: DeserializeOwned>(self) -> Result<T, Failure> {
        self.answer().await?.object().await
    }

    /// The answer as JSON.
    pub async fn read(self) -> Result<Value, Failure> {
        self.answer().await?.read().await
    }

    /// Any success will do.
    pub async fn done(self) -> Result<(), Failure> {
        self.answer().await.map(|_| ())
    }
}

/// An engine's name for something, fit to stand in an address.
pub fn id(text: &str) -> Result<&str, Failure> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '~');
    if text.is_empty() || text.len() > 256 || !text.chars().all(plain) || text.chars().all(|c| c == '.') {
        return Err(Failure::new(Class::Nonsense, "It gave a name that can't be asked for."));
    }
    Ok(text)
}

/// A client that follows nothing.
pub(super) fn plain(base: &Url) -> reqwest::ClientBuilder {
    let builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(CONNECT)
        .user_agent(concat!("onetake/", env!("CARGO_PKG_VERSION")));
    if reach::of(base) == Reach::Loopback { builder.no_proxy() } else { builder }
}
