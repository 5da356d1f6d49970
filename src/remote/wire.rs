//! One request and its answer: tus 1.0.0 (<https://tus.io/protocols/resumable-upload>) as the client speaks it. Every answer is
//! judged here, once: what may be tried again, what is final, and what no tus server would say.

use std::error::Error as _;
use std::ops::Range;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::{Body, Client, Method, RequestBuilder, Response, StatusCode, Url};
use serde::Serialize;

use super::address::{self, host};
use super::error::Error;
use super::metadata;
use super::source::{Chunk, Proof};
use super::token::Token;
use crate::core::upload::{SceneTimes, StudioMetadata};

const TUS: HeaderName = HeaderName::from_static("tus-resumable");
const VERSION: &str = "1.0.0";

/// How long a server may think about a request without a body.
const ANSWER: Duration = Duration::from_secs(30);
const CONNECT: Duration = Duration::from_secs(10);
/// No more of an error's text is read than this.
const MESSAGE_BYTES: usize = 4096;

/// Why a request did not do what it was for.
#[derive(Debug)]
pub(super) enum Setback {
    Final(Error),
    /// The upload is not (or no longer) known to the server: start a new one.
    Gone(Error),
    /// A broken connection or a server with a momentary trouble: ask for the offset and go on.
    Again(String),
    /// A chunk did not match what it came with.
    Mismatch(String),
}

impl From<Error> for Setback {
    fn from(error: Error) -> Setback {
        Setback::Final(error)
    }
}

/// What the server says it can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Abilities {
    /// A Onetake server: it keeps a recording, checks the whole file and says so.
    pub onetake: bool,
    /// It checks a SHA-256 per chunk.
    pub checksums: bool,
    /// It takes a file while it is written, and corrections at the end.
    pub closing: bool,
    /// Largest upload in bytes, when it has a limit.
    pub most: Option<u64>,
}

/// Where an upload stands on the server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub offset: u64,
    /// Only a `HEAD` tells it.
    pub length: Option<u64>,
    pub recording: Option<String>,
    /// Lower-case hex of all that arrived, once a Onetake server has checked it.
    pub sha256: Option<String>,
    /// Lower-case hex of the file this upload was begun for, when the server gives the metadata back.
    pub expects: Option<String>,
}

/// How a growing upload ends.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Closing {
    pub length: u64,
    /// Lower-case hex of the whole.
    pub sha256: String,
    pub duration_seconds: f64,
    pub scenes: Vec<SceneTimes>,
    pub studio_metadata: StudioMetadata,
    pub corrections: Vec<Correction>,
}

/// A stretch that has changed since it was sent.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Correction {
    pub offset: u64,
    /// Base64.
    pub bytes: String,
}

/// A client bound to one endpoint and its token.
#[derive(Clone, Debug)]
pub(super) struct Wire {
    client: Client,
    token: Token,
    pub endpoint: Url,
}

impl Wire {
    pub fn new(server: &str, token: Token) -> Result<Wire, Error> {
        let endpoint = address::endpoint(server)?;
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, token.header()?);
        headers.insert(TUS, HeaderValue::from_static(VERSION));
        // Redirects are judged, never followed: they could carry the token and half a take to someone else.
        let mut builder = Client::builder()
            .default_headers(headers)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .user_agent(concat!("onetake/", env!("CARGO_PKG_VERSION")));
        if address::loopback(&endpoint) {
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(|error| Error::Setup { why: cause(&error) })?;
        Ok(Wire { client, token, endpoint })
    }

    pub fn host(&self) -> String {
        host(&self.endpoint)
    }

    /// `OPTIONS`: is this a tus server, and which one?
    pub async fn abilities(&self) -> Result<Abilities, Setback> {
        let answer = self.send(self.client.request(Method::OPTIONS, self.endpoint.clone()).timeout(ANSWER)).await?;
        let headers = answer.headers();
        if !answer.status().is_success() {
            return Err(self.judge(answer).await);
        }
        let Some(versions) = text(headers, "tus-version") else {
            return Err(self.nonsense("it does not speak the tus upload protocol"));
        };
        if !lists(versions, VERSION) {
            return Err(self.nonsense("it speaks another version of the tus upload protocol"));
        }
        if !text(headers, "tus-extension").is_some_and(|all| lists(all, "creation")) {
            return Err(self.nonsense("it takes no new uploads"));
        }
        let extends = |name| text(headers, "tus-extension").is_some_and(|all| lists(all, name));
        let checks = extends("checksum");
        let closes = text(headers, "onetake-extension").is_some_and(|all| lists(all, "closing"));
        Ok(Abilities {
            onetake: headers.contains_key("onetake-version"),
            checksums: checks && text(headers, "tus-checksum-algorithm").is_some_and(|all| lists(all, "sha256")),
            closing: closes && extends("creation-defer-length"),
            most: number(headers, "tus-max-size"),
        })
    }

    /// `POST`: a new upload of `length` bytes, or of a file that still grows. Returns its address, which is on the endpoint's
    /// origin.
    pub async fn create(&self, length: Option<u64>, metadata: &str) -> Result<(Url, Place), Setback> {
        let mut request = self.client.post(self.endpoint.clone()).timeout(ANSWER).header(CONTENT_LENGTH, 0);
        request = match length {
            Some(length) => request.header("upload-length", length),
            None => request.header("upload-defer-length", 1),
        };
        if !metadata.is_empty() {
            request = request.header("upload-metadata", metadata);
        }
        let answer = self.send(request).await?;
        if answer.status() != StatusCode::CREATED {
            return Err(self.unexpected(answer, "it did not create the upload").await);
        }
        let Some(location) = answer.headers().get(LOCATION).and_then(|value| value.to_str().ok()) else {
            return Err(self.nonsense("it created an upload without an address"));
        };
        let url = address::located(&self.endpoint, location)?;
        Ok((url, place(answer.headers(), 0)))
    }

    /// `HEAD`: how much has arrived.
    pub async fn place(&self, upload: &Url) -> Result<Place, Setback> {
        let answer = self.send(self.client.head(upload.clone()).timeout(ANSWER)).await?;
        if !answer.status().is_success() {
            return Err(match answer.status() {
                // A HEAD has no text, and for some servers 403 is how an unknown upload is answered.
                StatusCode::NOT_FOUND | StatusCode::GONE => Setback::Gone(self.refused(answer.status(), "it is gone")),
                _ => self.judge(answer).await,
            });
        }
        let Some(offset) = number(answer.headers(), "upload-offset") else {
            return Err(self.nonsense("it does not say how much has arrived"));
        };
        Ok(Place { length: number(answer.headers(), "upload-length"), ..place(answer.headers(), offset) })
    }

    /// `PATCH`: one chunk, as `body`. No time limit: the caller watches that bytes move.
    pub async fn patch(&self, upload: &Url, chunk: &Chunk, body: Body) -> Result<Place, Setback> {
        let mut request = self.client.patch(upload.clone()).body(body);
        request = request
            .header("upload-offset", chunk.offset)
            .header(CONTENT_TYPE, "application/offset+octet-stream")
            .header(CONTENT_LENGTH, chunk.bytes.len());
        match &chunk.proof {
            Proof::No => {}
            Proof::Chunk(checksum) => request = request.header("upload-checksum", format!("sha256 {checksum}")),
            Proof::File(hashed) => request = request.header("onetake-sha256", hashed.hex()),
        }
        let answer = self.send(request).await?;
        if !matches!(answer.status(), StatusCode::NO_CONTENT | StatusCode::OK) {
            return Err(self.unexpected(answer, "it answered a chunk with something else").await);
        }
        let Some(offset) = number(answer.headers(), "upload-offset") else {
            return Err(self.nonsense("it does not say how much has arrived"));
        };
        let end = chunk.offset + chunk.bytes.len() as u64;
        if offset < chunk.offset || offset > end {
            let what = format!("after bytes {} to {end} it claims to hold {offset}", chunk.offset);
            return Err(self.nonsense(&what));
        }
        Ok(place(answer.headers(), offset))
    }

    /// `POST …/close`: a file that grew is complete, with what changed in it since it was sent. The server reads the whole
    /// before it answers, for `limit` at most.
    pub async fn close(&self, upload: &Url, closing: &Closing, limit: Duration) -> Result<Place, Setback> {
        let mut road = upload.clone();
        road.set_path(&format!("{}/close", upload.path().trim_end_matches('/')));
        let answer = self.send(self.client.post(road).timeout(limit).json(closing)).await?;
        if answer.status() != StatusCode::NO_CONTENT {
            return Err(self.unexpected(answer, "it did not close the upload").await);
        }
        Ok(place(answer.headers(), closing.length))
    }

    /// `GET` of a stretch of a recording's file. The answer's body is that stretch and nothing else.
    pub async fn fetch(&self, recording: &str, range: &Range<u64>) -> Result<Response, Setback> {
        let file = address::recording(&self.endpoint, recording)?;
        let wanted = format!("bytes={}-{}", range.start, range.end.saturating_sub(1));
        let answer = self.send(self.client.get(file).header("range", wanted)).await?;
        match answer.status() {
            StatusCode::PARTIAL_CONTENT if answer.content_length() == Some(range.end - range.start) => Ok(answer),
            StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => {
                Err(self.nonsense("the recording there has another length"))
            }
            _ => Err(self.unexpected(answer, "it did not send the part that was asked for").await),
        }
    }

    /// The next piece of a body; `None` at its end.
    pub async fn piece(&self, answer: &mut Response) -> Result<Option<Bytes>, Setback> {
        answer.chunk().await.map_err(|error| Setback::Again(self.token.blank(&cause(&error))))
    }

    /// `DELETE`: the server forgets the upload. One that is gone already counts as deleted.
    pub async fn delete(&self, upload: &Url) -> Result<(), Setback> {
        let answer = self.send(self.client.delete(upload.clone()).timeout(ANSWER)).await?;
        match answer.status() {
            StatusCode::NO_CONTENT | StatusCode::OK | StatusCode::NOT_FOUND | StatusCode::GONE => Ok(()),
            _ => Err(self.unexpected(answer, "it did not delete the upload").await),
        }
    }

    pub fn nonsense(&self, what: &str) -> Setback {
        Setback::Final(Error::Nonsense { host: self.host(), what: what.to_owned() })
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, Setback> {
        request.send().await.map_err(|error| {
            let why = self.token.blank(&cause(&error));
            // The HTTP layer names what it could not parse this way; such an answer does not get better by asking again.
            if why.starts_with("invalid ") || why.contains("too large") {
                return self.nonsense(&format!("it does not speak HTTP ({why})"));
            }
            Setback::Again(why)
        })
    }

    /// A success that is not the one asked for is nonsense; the rest is judged by its status.
    async fn unexpected(&self, answer: Response, what: &str) -> Setback {
        if answer.status().is_success() || answer.status().is_informational() {
            return self.nonsense(&format!("{what} (status {})", answer.status().as_u16()));
        }
        self.judge(answer).await
    }

    async fn judge(&self, answer: Response) -> Setback {
        let status = answer.status();
        if status.is_redirection() {
            let target = answer.headers().get(LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
            let target = self.endpoint.join(target).map(|url| host(&url)).unwrap_or_else(|_| "an unreadable one".to_owned());
            return Setback::Final(Error::Elsewhere { host: self.host(), target });
        }
        let message = self.message(answer).await;
        match status.as_u16() {
            404 | 410 => Setback::Gone(self.refused(status, &message)),
            408 | 409 | 423 | 425 | 429 => Setback::Again(message),
            460 => Setback::Mismatch(message),
            // Not supported will stay so; the other server errors may pass.
            501 | 505 => Setback::Final(self.refused(status, &message)),
            500.. => Setback::Again(message),
            _ => Setback::Final(self.refused(status, &message)),
        }
    }

    fn refused(&self, status: StatusCode, message: &str) -> Error {
        Error::Refused { host: self.host(), status: status.as_u16(), message: message.to_owned() }
    }

    /// The server's own sentence, `{"error": …}` or a short plain text, else what the status means.
    async fn message(&self, mut answer: Response) -> String {
        let status = answer.status();
        let mut body: Vec<u8> = Vec::new();
        let read = async {
            while let Ok(Some(piece)) = answer.chunk().await {
                let room = MESSAGE_BYTES - body.len();
                body.extend_from_slice(&piece[..piece.len().min(room)]);
                if body.len() == MESSAGE_BYTES {
                    break;
                }
            }
        };
        // Half a message is as good as none; the status stands either way.
        let _ = tokio::time::timeout(ANSWER, read).await;
        let said = match serde_json::from_slice::<serde_json::Value>(&body) {
            Ok(value) => value.get("error").and_then(|error| error.as_str()).map(str::to_owned),
            Err(_) => std::str::from_utf8(&body).ok().filter(|text| !text.contains('<')).map(str::to_owned),
        };
        let said = said.map(|text| self.token.blank(&text)).filter(|text| !text.is_empty());
        said.unwrap_or_else(|| status.canonical_reason().map_or_else(|| format!("status {}", status.as_u16()), str::to_owned))
    }
}

/// A body that counts its bytes as the connection takes them, in pieces small enough for a smooth progress bar.
pub(super) fn body(bytes: Bytes, mut taken: impl FnMut(usize) + Send + 'static) -> Body {
    const PIECE: usize = 128 * 1024;
    let pieces = (0..bytes.len()).step_by(PIECE).map(move |start| {
        let piece = bytes.slice(start..bytes.len().min(start + PIECE));
        taken(piece.len());
        Ok::<Bytes, std::convert::Infallible>(piece)
    });
    Body::wrap_stream(futures_util::stream::iter(pieces))
}

fn place(headers: &HeaderMap, offset: u64) -> Place {
    let own = |name: &str| text(headers, name).map(str::to_owned);
    Place {
        offset,
        length: None,
        recording: own("onetake-recording"),
        sha256: own("onetake-sha256").map(|hex| hex.to_ascii_lowercase()),
        expects: text(headers, "upload-metadata").and_then(metadata::sha256),
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    text(headers, name)?.parse().ok()
}

fn lists(list: &str, word: &str) -> bool {
    list.split(',').any(|item| item.trim().eq_ignore_ascii_case(word))
}

/// The innermost reason; the outer ones repeat the address.
pub(super) fn cause(error: &reqwest::Error) -> String {
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
