//! Stands on the wire between object_store and its HTTP client, and keeps what a provider answers when it says no: object_store's own
//! errors have no place for it, and their text has addresses that may carry a signature.

use std::error::Error as _;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpRequestBody, HttpResponse, HttpResponseBody,
    HttpService, ReqwestConnector,
};
use object_store::path::Path;
use object_store::signer::Signer;

use super::answer::{Answer, Failure, Status, one_line};
use crate::clock;

/// The most that is read of an answer that is an error.
const BODY: usize = 64 << 10;
/// A wait that a provider asks for is believed up to here.
const LONGEST_WAIT_SECS: u32 = 120;

/// Makes connections that have a witness.
#[derive(Debug, Default)]
pub(super) struct Connector(ReqwestConnector);

/// A connection for requests of our own.
#[derive(Clone, Debug)]
pub(super) struct Line(HttpClient);

#[derive(Debug)]
struct Witness {
    line: HttpClient,
}

impl HttpConnector for Connector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(Witness { line: self.0.connect(options)? }))
    }
}

type Response<'a> = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'a>>;

impl HttpService for Witness {
    fn call<'life0, 'async_trait>(&'life0 self, request: HttpRequest) -> Response<'async_trait>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(async move {
            let host = host(&request);
            let response = match self.line.execute(request).await {
                Ok(response) => response,
                Err(error) => {
                    let (kind, failure) = (error.kind(), broken(&error));
                    // What can't change by itself within seconds is not tried again at once.
                    let kind = if matches!(failure, Failure::Tls(_)) { HttpErrorKind::Unknown } else { kind };
                    return Err(HttpError::new(kind, Answer { host, failure }));
                }
            };
            let status = response.status().as_u16();
            // 304 is an answer to a question with a condition; 200 to 299 are successes.
            if (200..300).contains(&status) || status == 304 {
                return Ok(response);
            }
            let failure = Failure::Status(read(response).await);
            let again = matches!(status, 408 | 429 | 500..=599);
            let kind = if again { HttpErrorKind::Request } else { HttpErrorKind::Unknown };
            Err(HttpError::new(kind, Answer { host, failure }))
        })
    }
}

impl Line {
    pub fn open(options: &ClientOptions) -> object_store::Result<Line> {
        Connector::default().connect(options).map(Line)
    }

    /// Reads at most `limit` bytes from an address; `None` when it is none.
    pub async fn read(&self, url: &str, limit: usize) -> Option<Result<Bytes, HttpError>> {
        let mut request = HttpRequest::new(HttpRequestBody::empty());
        *request.uri_mut() = url.parse().ok()?;
        Some(match self.0.execute(request).await {
            Ok(response) => collect(response.into_body(), limit).await,
            Err(error) => Err(error),
        })
    }
}

/// A link for reading an object. The method is that of a fresh request, which names no crate but this one.
pub(super) async fn sign(signer: &dyn Signer, path: &Path, lasts: Duration) -> object_store::Result<String> {
    let reading = HttpRequest::new(HttpRequestBody::empty()).method().clone();
    Ok(signer.signed_url(reading, path, lasts).await?.to_string())
}

/// An error and all its causes as one text.
pub(super) fn text(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(" · ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

fn host(request: &HttpRequest) -> String {
    request.uri().authority().map(|authority| authority.as_str().to_owned()).unwrap_or_default()
}

async fn read(response: HttpResponse) -> Status {
    let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let number = response.status().as_u16();
    let (code, region) = (header("x-ms-error-code"), header("x-amz-bucket-region"));
    let ahead_secs = header("date").and_then(|date| ahead(&date));
    let retry_secs =
        header("retry-after").and_then(|secs| secs.trim().parse().ok()).map(|secs: u32| secs.min(LONGEST_WAIT_SECS));
    let body = collect(response.into_body(), BODY).await.unwrap_or_default();
    let read = Status::read(number, &String::from_utf8_lossy(&body));
    Status {
        code: code.map(|code| one_line(&code)).unwrap_or(read.code),
        region: region.map(|region| one_line(&region)).or(read.region),
        ahead_secs,
        retry_secs,
        ..Status { code: String::new(), region: None, ..read }
    }
}

async fn collect(body: HttpResponseBody, limit: usize) -> Result<Bytes, HttpError> {
    let mut all = Vec::new();
    let mut pieces = body.bytes_stream();
    while all.len() < limit
        && let Some(piece) = pieces.next().await
    {
        let piece = piece?;
        all.extend_from_slice(&piece[..piece.len().min(limit - all.len())]);
    }
    Ok(all.into())
}

/// Seconds that this machine's clock is ahead of a `Date` header.
fn ahead(date: &str) -> Option<i64> {
    let theirs = jiff::fmt::rfc2822::parse(date).ok()?.timestamp();
    let ours: jiff::Timestamp = clock::wall().parse().ok()?;
    Some(ours.as_second() - theirs.as_second())
}

/// Why nothing was answered. Only texts tell some of the causes apart.
fn broken(error: &HttpError) -> Failure {
    let (mut words, mut io) = (String::new(), None);
    let mut cause = error.source();
    while let Some(error) = cause {
        words.push_str(&error.to_string());
        words.push('\n');
        io = io.or(error.downcast_ref::<std::io::Error>().map(std::io::Error::kind));
        cause = error.source();
    }
    let has = |needles: &[&str]| needles.iter().any(|needle| words.to_ascii_lowercase().contains(needle));
    if has(&["dns error", "failed to lookup", "name or service not known"]) {
        return Failure::NoHost;
    }
    if has(&["certificate", "invalid peer", "tls handshake", "received corrupt message", "handshake"]) {
        return Failure::Tls(words.lines().last().map(one_line).unwrap_or_default());
    }
    match (error.kind(), io) {
        (HttpErrorKind::Timeout, _) | (_, Some(std::io::ErrorKind::TimedOut)) => Failure::Slow,
        (HttpErrorKind::Connect, _) | (_, Some(std::io::ErrorKind::ConnectionRefused)) => Failure::Closed,
        (HttpErrorKind::Interrupted | HttpErrorKind::Request, _) => Failure::Broken,
        _ => Failure::Other(words.lines().last().map(one_line).unwrap_or_default()),
    }
}
