//! Why something was not done at a bucket, sorted once into what a person can act on.

use std::path::PathBuf;

use super::answer::{self, Answer, Failure, Status};
use super::witness;
use crate::core::storage::{Keys, Place};

mod advice;

/// What was being done, for the sentence and for whose right is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    Write,
    Read,
    List,
    Delete,
    Link,
}

impl Doing {
    fn words(self) -> &'static str {
        match self {
            Doing::Write => "write",
            Doing::Read | Doing::Link => "read",
            Doing::List => "list",
            Doing::Delete => "delete",
        }
    }
}

/// What can go wrong between a file here and an object there. `place` is for people, `host` who was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{} can't be read: {source}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("{} is empty", path.display())]
    Empty { path: PathBuf },
    #[error("{} changed while it was being sent", path.display())]
    Changed { path: PathBuf },
    #[error("{} has {bytes} bytes; a bucket takes at most {limit} in one file", path.display())]
    TooLarge { path: PathBuf, bytes: u64, limit: u64 },
    /// The place can't be opened as it is described.
    #[error("the storage can't be set up: {why}")]
    Setup { why: String },
    /// The file with the keys.
    #[error("the file with the keys, {}, can't be used: {why}", path.display())]
    KeyFile { path: PathBuf, why: String },
    /// The folder that is the storage.
    #[error("the storage folder {} can't be used: {source}", path.display())]
    Folder { path: PathBuf, source: std::io::Error },
    #[error("there is no computer named {host}")]
    NoHost { host: String },
    #[error("nothing answers at {host}")]
    Closed { host: String },
    #[error("no secure connection to {host} could be made ({why})")]
    Tls { host: String, why: String },
    #[error("{host} did not answer in time")]
    Slow { host: String },
    #[error("the connection to {host} broke off in the middle")]
    Broken { host: String },
    #[error("the clock of this computer is {} the storage's", skew(*ahead_secs))]
    Clock { ahead_secs: i64 },
    #[error("there is no {place}")]
    NoBucket { place: String },
    #[error("the {place} is in the region {region}")]
    Region { place: String, region: String },
    #[error("{host} does not know the access key")]
    UnknownKey { host: String },
    #[error("{host} does not accept the secret key")]
    WrongKey { host: String },
    #[error("the keys for {host} have expired")]
    ExpiredKey { host: String },
    #[error("these keys may not {doing} in the {place}")]
    Denied { place: String, doing: &'static str },
    /// No such object.
    #[error("{key} is not in the {place}")]
    NoObject { key: String, place: String },
    /// The provider has forgotten the upload, or has other parts.
    #[error("{host} does not know this upload any more")]
    NoUpload { host: String },
    #[error("{host} asks for fewer requests ({status})")]
    TooMany { host: String, status: u16, retry_secs: Option<u32> },
    #[error("{host} has a trouble of its own ({status}{})", named(code))]
    Trouble { host: String, status: u16, code: String, retry_secs: Option<u32> },
    #[error("what arrived at {host} is not what was sent")]
    Garbled { host: String },
    /// Understood, and refused for a reason of its own.
    #[error("{host} refused ({status}{}){}", named(code), said(message))]
    Refused { host: String, status: u16, code: String, message: String },
    #[error("the {place} gave an answer that makes no sense: {what}")]
    Nonsense { place: String, what: String },
    #[error("what is in the {place} differs from the file")]
    Differs { place: String },
    #[error("{last}, {tries} times in a row")]
    GaveUp { tries: u32, last: Box<Error> },
    #[error("cancelled")]
    Cancelled,
}

impl Error {
    /// It may pass by itself.
    pub fn may_pass(&self) -> bool {
        matches!(
            self,
            Error::NoHost { .. }
                | Error::Closed { .. }
                | Error::Slow { .. }
                | Error::Broken { .. }
                | Error::TooMany { .. }
                | Error::Trouble { .. }
                | Error::Garbled { .. }
        )
    }

    /// Seconds that the other side asked to be left alone.
    pub fn asked_secs(&self) -> Option<u32> {
        match self {
            Error::TooMany { retry_secs, .. } | Error::Trouble { retry_secs, .. } => *retry_secs,
            _ => None,
        }
    }

    pub fn is_missing_object(&self) -> bool {
        matches!(self, Error::NoObject { .. })
    }

    pub fn is_missing_upload(&self) -> bool {
        matches!(self, Error::NoUpload { .. })
    }
}

/// Sorts an error of object_store.
pub(super) fn sort(place: &Place, keys: &Keys, doing: Doing, key: &str, error: &(dyn std::error::Error + 'static)) -> Error {
    let words = place.words();
    let Some(Answer { host, failure }) = answer::behind(error).cloned() else {
        return unanswered(place, key, &witness::text(error), keys);
    };
    match failure {
        Failure::Status(status) => Asked { words, host, doing, key }.sort(status, keys),
        Failure::NoHost => Error::NoHost { host },
        Failure::Closed => Error::Closed { host },
        Failure::Tls(why) => Error::Tls { host, why },
        Failure::Slow => Error::Slow { host },
        Failure::Broken => Error::Broken { host },
        Failure::Other(what) => Error::Nonsense { place: words, what: keys.blank(&what) },
    }
}

/// object_store says it itself: a folder's errors, answers that can't be read, keys that can't be used.
fn unanswered(place: &Place, key: &str, text: &str, keys: &Keys) -> Error {
    let lower = text.to_ascii_lowercase();
    if lower.contains("not found") || lower.contains("no such file") {
        return Error::NoObject { key: key.to_owned(), place: place.words() };
    }
    // A connection that ends inside a body.
    if [
        "error decoding response body",
        "end of file before message",
        "incomplete message",
        "unexpected eof",
        "connection closed",
        "body error",
        "error reading a body",
    ]
    .iter()
    .any(|sign| lower.contains(sign))
    {
        return Error::Broken { host: host(place) };
    }
    if lower.contains("timed out") || lower.contains("timeout") {
        return Error::Slow { host: host(place) };
    }
    if ["private key", "no rsa key", "pem", "decoding credential", "invalid access key", "base64"]
        .iter()
        .any(|sign| lower.contains(sign))
    {
        return Error::WrongKey { host: host(place) };
    }
    // The last cause says most; what comes before repeats addresses.
    let what = text.rsplit(" · ").next().unwrap_or_default();
    let what = what.split_whitespace().filter(|word| !word.contains("://")).collect::<Vec<_>>().join(" ");
    Error::Nonsense { place: place.words(), what: answer::one_line(&keys.blank(&what)) }
}

fn host(place: &Place) -> String {
    place.host().map_or_else(|| place.provider.label().to_owned(), str::to_owned)
}

/// The clocks of Amazon and Azure may differ by a quarter of an hour; what is off by five minutes is worth a word.
const SKEW_SECS: i64 = 300;

/// A request that was answered with a status.
struct Asked<'a> {
    words: String,
    host: String,
    doing: Doing,
    key: &'a str,
}

impl Asked<'_> {
    fn sort(self, found: Status, keys: &Keys) -> Error {
        let Asked { words: place, host, doing, key } = self;
        let Status { status, code, message, region, ahead_secs, retry_secs } = found;
        let message = keys.blank(&message);
        let skewed = ahead_secs.filter(|ahead| ahead.abs() >= SKEW_SECS);
        match (status, code.as_str()) {
            (_, "RequestTimeTooSkewed") => Error::Clock { ahead_secs: ahead_secs.unwrap_or_default() },
            (401 | 403, _) if skewed.is_some() => Error::Clock { ahead_secs: skewed.unwrap_or_default() },
            (
                301 | 307 | 400,
                "PermanentRedirect"
                | "TemporaryRedirect"
                | "AuthorizationHeaderMalformed"
                | "IllegalLocationConstraintException",
            ) => match region {
                Some(region) => Error::Region { place, region },
                None => Error::Refused { host, status, code, message },
            },
            (300..=399, _) => match region {
                Some(region) => Error::Region { place, region },
                None => Error::Refused { host, status, code, message },
            },
            (_, "InvalidAccessKeyId") => Error::UnknownKey { host },
            (
                _,
                "SignatureDoesNotMatch"
                | "AuthenticationFailed"
                | "InvalidAuthenticationInfo"
                | "invalid_grant"
                | "invalid_client",
            ) => Error::WrongKey { host },
            // Azure has one name for a wrong signature and for a closed door.
            (403, "AuthorizationFailure") if message.contains("signature") => Error::WrongKey { host },
            (_, "ExpiredToken" | "TokenRefreshRequired" | "InvalidToken") => Error::ExpiredKey { host },
            (404, "NoSuchUpload") | (400, "InvalidPart" | "InvalidPartOrder" | "InvalidBlockList") => Error::NoUpload { host },
            (404, "NoSuchBucket" | "ContainerNotFound" | "ResourceNotFound" | "UserProjectAccountProblem") => {
                Error::NoBucket { place }
            }
            // An object that is not there has a code of its own, or none when only its facts were asked for.
            (404, "NoSuchKey" | "BlobNotFound") => Error::NoObject { key: key.to_owned(), place },
            (404, _) if matches!(doing, Doing::Write | Doing::List) => Error::NoBucket { place },
            (404, _) => Error::NoObject { key: key.to_owned(), place },
            (400, "BadDigest" | "Md5Mismatch" | "InvalidDigest" | "XAmzContentSHA256Mismatch" | "IncompleteBody") => {
                Error::Garbled { host }
            }
            (401, _) => Error::WrongKey { host },
            (403, _) => Error::Denied { place, doing: doing.words() },
            (429, _) | (503, "SlowDown" | "ServerBusy") => Error::TooMany { host, status, retry_secs },
            (408 | 500..=599, _) => Error::Trouble { host, status, code, retry_secs },
            _ => Error::Refused { host, status, code, message },
        }
    }
}

fn named(code: &str) -> String {
    if code.is_empty() { String::new() } else { format!(", {code}") }
}

fn said(message: &str) -> String {
    if message.is_empty() { String::new() } else { format!(": {}", message.trim_end_matches('.')) }
}

/// “12 minutes ahead of”.
fn skew(ahead_secs: i64) -> String {
    let minutes = (ahead_secs.unsigned_abs() + 30) / 60;
    let far = match minutes {
        0..=119 => format!("{minutes} minutes"),
        _ => format!("{} hours", (minutes + 30) / 60),
    };
    format!("{far} {}", if ahead_secs >= 0 { "ahead of" } else { "behind" })
}

#[cfg(test)]
mod tests;
