//! Projects on a studio server: what is there, the newest version of one, a new version made from a known one; `objects` has their
//! files. Each call is tried once: whoever keeps projects in step comes back anyway, and knows better when.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{AUTHORIZATION, HeaderMap, IF_MATCH, IF_NONE_MATCH};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::address::{self, host};
use super::error::Error;
use super::token::Token;
use super::wire::cause;
use crate::core::shared::{ACCOUNT_ROAD, Account, Facts, Offer, PROJECTS_ROAD, Version};

const CONNECT: Duration = Duration::from_secs(10);
/// How long a server may think, and how long nothing may come.
pub(super) const ANSWER: Duration = Duration::from_secs(30);
/// The slowest line worth waiting for, in bytes a second.
const SLOWEST: u64 = 16 * 1024;
/// No answer is larger; a project is at most some forty megabytes of JSON.
const MOST: usize = 64 << 20;

/// A server that keeps projects, and the token for it.
#[derive(Clone, Debug)]
pub struct Projects {
    client: Client,
    token: Token,
    base: Url,
}

/// What a server says of a project's newest version.
#[derive(Debug)]
pub enum Newest {
    /// It is the revision that was named.
    Unchanged,
    Changed(Box<Version>),
    /// There is no such project, for this token.
    Gone,
}

/// What became of a version that was put.
#[derive(Debug)]
pub enum Put {
    Kept(Box<Facts>),
    /// Somebody else was faster.
    Stale,
    /// Pictures with these hashes are not there.
    Missing(Vec<String>),
    Gone,
}

#[derive(Deserialize)]
struct Listed {
    projects: Vec<Facts>,
}

#[derive(Deserialize)]
struct Wanting {
    missing: Vec<String>,
}

impl Projects {
    /// # Errors
    /// The address is none, or secure connections can't be set up.
    pub fn new(server: &str, token: Token) -> Result<Projects, Error> {
        let base = address::base(server)?;
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, token.header()?);
        // Redirects are judged, never followed: they could carry the token and a script to someone else.
        let mut builder = Client::builder()
            .default_headers(headers)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .read_timeout(ANSWER)
            .user_agent(concat!("onetake/", env!("CARGO_PKG_VERSION")));
        if address::loopback(&base) {
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(|error| Error::Setup { why: cause(&error) })?;
        Ok(Projects { client, token, base })
    }

    /// Who the token belongs to.
    pub async fn account(&self) -> Result<Account, Error> {
        let answer = self.send(self.request(Method::GET, ACCOUNT_ROAD).timeout(ANSWER)).await?;
        match answer.status() {
            StatusCode::OK => self.json(answer).await,
            StatusCode::NOT_FOUND => Err(self.nonsense("it keeps no projects")),
            _ => Err(self.declined(answer).await),
        }
    }

    /// All projects the token sees, the one changed last first.
    pub async fn list(&self) -> Result<Vec<Facts>, Error> {
        let answer = self.send(self.request(Method::GET, PROJECTS_ROAD)).await?;
        match answer.status() {
            StatusCode::OK => Ok(self.json::<Listed>(answer).await?.projects),
            _ => Err(self.declined(answer).await),
        }
    }

    /// The newest version of a project, unless it is `revision`. `mine` is the fingerprint of what is here.
    pub async fn newest(&self, id: &str, revision: u64, mine: &str) -> Result<Newest, Error> {
        let mut request = self.request(Method::GET, &format!("{PROJECTS_ROAD}/{id}?known={mine}&base={revision}"));
        if revision > 0 {
            request = request.header(IF_NONE_MATCH, format!("\"{revision}\""));
        }
        let answer = self.send(request).await?;
        match answer.status() {
            StatusCode::NOT_MODIFIED => Ok(Newest::Unchanged),
            StatusCode::OK => {
                let version: Version = self.json(answer).await?;
                version.document.check().map_err(|why| self.nonsense(&why))?;
                Ok(Newest::Changed(Box::new(version)))
            }
            StatusCode::NOT_FOUND => Ok(Newest::Gone),
            _ => Err(self.declined(answer).await),
        }
    }

    /// Puts a version that was made from `base`; `None` is a new project.
    pub async fn put(&self, id: &str, base: Option<u64>, offer: &Offer) -> Result<Put, Error> {
        let json = Bytes::from(serde_json::to_vec(offer).map_err(|error| self.nonsense(&error.to_string()))?);
        let mut request = self.request(Method::PUT, &format!("{PROJECTS_ROAD}/{id}")).timeout(patience(json.len() as u64));
        request = match base {
            Some(revision) => request.header(IF_MATCH, format!("\"{revision}\"")),
            None => request.header(IF_NONE_MATCH, "*"),
        };
        let answer = self.send(request.header("content-type", "application/json").body(json)).await?;
        match answer.status() {
            StatusCode::OK | StatusCode::CREATED => Ok(Put::Kept(Box::new(self.json(answer).await?))),
            StatusCode::PRECONDITION_FAILED => Ok(Put::Stale),
            StatusCode::CONFLICT => Ok(Put::Missing(self.json::<Wanting>(answer).await?.missing)),
            StatusCode::NOT_FOUND => Ok(Put::Gone),
            _ => Err(self.declined(answer).await),
        }
    }

    /// Gives a project to a team, or makes it its owner's alone.
    pub async fn share(&self, id: &str, team: Option<&str>) -> Result<Facts, Error> {
        let request = self.request(Method::PUT, &format!("{PROJECTS_ROAD}/{id}/team")).timeout(ANSWER);
        let answer = self.send(request.json(&serde_json::json!({ "team": team }))).await?;
        match answer.status() {
            StatusCode::OK => self.json(answer).await,
            _ => Err(self.declined(answer).await),
        }
    }

    pub(super) fn request(&self, method: Method, road: &str) -> RequestBuilder {
        let (path, query) = road.split_once('?').map_or((road, None), |(path, query)| (path, Some(query)));
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        url.set_query(query);
        self.client.request(method, url)
    }

    pub(super) async fn send(&self, request: RequestBuilder) -> Result<Response, Error> {
        request.send().await.map_err(|error| self.away(&error))
    }

    async fn json<T: DeserializeOwned>(&self, answer: Response) -> Result<T, Error> {
        let bytes = self.whole(answer, MOST).await?;
        serde_json::from_slice(&bytes).map_err(|_| self.nonsense("what it says is not what a studio server says"))
    }

    /// At most `most` bytes of an answer.
    async fn whole(&self, mut answer: Response, most: usize) -> Result<BytesMut, Error> {
        let mut all = BytesMut::new();
        while let Some(piece) = answer.chunk().await.map_err(|error| self.away(&error))? {
            if all.len() + piece.len() > most {
                return Err(self.nonsense("it answers without an end"));
            }
            all.extend_from_slice(&piece);
        }
        Ok(all)
    }

    /// Trouble that may pass, or a no.
    pub(super) async fn declined(&self, answer: Response) -> Error {
        #[derive(Deserialize)]
        struct Said {
            error: String,
        }
        let status = answer.status();
        if status.is_redirection() {
            let target = answer.headers().get("location").and_then(|value| value.to_str().ok()).unwrap_or_default();
            let target = self.base.join(target).map_or_else(|_| "an unreadable one".to_owned(), |url| host(&url));
            return Error::Elsewhere { host: host(&self.base), target };
        }
        let said = match self.whole(answer, MOST).await {
            Ok(bytes) => serde_json::from_slice::<Said>(&bytes).ok().map(|said| self.token.blank(&said.error)),
            Err(_) => None,
        };
        let message = said.unwrap_or_else(|| status.canonical_reason().unwrap_or("no reason was given").to_owned());
        match status.as_u16() {
            408 | 425 | 429 | 500 | 502.. => Error::Away { host: host(&self.base), why: message },
            status => Error::Declined { host: host(&self.base), status, message },
        }
    }

    pub(super) fn away(&self, error: &reqwest::Error) -> Error {
        Error::Away { host: host(&self.base), why: self.token.blank(&cause(error)) }
    }

    pub(super) fn nonsense(&self, what: &str) -> Error {
        Error::Nonsense { host: host(&self.base), what: what.to_owned() }
    }
}

/// What a body of so many bytes may take.
pub(super) fn patience(bytes: u64) -> Duration {
    ANSWER + Duration::from_secs(bytes / SLOWEST)
}
