//! The answer to a request that can't be done: a status and one sentence as `{"error": …}`. Trouble of the server's own is
//! logged here in full and told in general, because paths and SQL are no business of the other side.

use std::io::{self, ErrorKind};

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::{blobs, db};

/// What goes back instead of the thing asked for.
#[derive(Debug)]
pub(super) struct Refusal {
    pub status: StatusCode,
    pub sentence: String,
    header: Option<(HeaderName, HeaderValue)>,
}

impl Refusal {
    pub fn new(status: StatusCode, sentence: impl Into<String>) -> Refusal {
        Refusal { status, sentence: sentence.into(), header: None }
    }

    pub fn with(self, name: &'static str, value: HeaderValue) -> Refusal {
        Refusal { header: Some((HeaderName::from_static(name), value)), ..self }
    }

    /// 400: the request contradicts itself or its form.
    pub fn malformed(sentence: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::BAD_REQUEST, sentence)
    }

    /// 404 for something with an id.
    pub fn unknown(what: &str) -> Refusal {
        Refusal::new(StatusCode::NOT_FOUND, format!("There is no such {what}."))
    }

    /// 507: what is there stays, and can go on.
    pub fn disk_full() -> Refusal {
        let sentence = "The server's disk is full; what has arrived is kept and the upload can go on when there is space.";
        Refusal::new(StatusCode::INSUFFICIENT_STORAGE, sentence)
    }

    /// 500, with the reason in the log only.
    pub fn internal(reason: impl std::fmt::Display) -> Refusal {
        tracing::error!(%reason, "a request failed");
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "The server could not do this; its log says why.")
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        tracing::debug!(status = self.status.as_u16(), sentence = self.sentence, "refused");
        let mut response = (self.status, Json(json!({ "error": self.sentence }))).into_response();
        if let Some((name, value)) = self.header {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Refusal {
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Refusal::disk_full(),
            _ => Refusal::internal(error),
        }
    }
}

impl From<db::Error> for Refusal {
    fn from(error: db::Error) -> Refusal {
        match error {
            db::Error::Full(_) => Refusal::disk_full(),
            db::Error::Busy(_) => Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "The server is busy; try again in a moment."),
            error => Refusal::internal(error),
        }
    }
}

impl From<blobs::Error> for Refusal {
    fn from(error: blobs::Error) -> Refusal {
        match error {
            blobs::Error::Full(_) => Refusal::disk_full(),
            error => Refusal::internal(error),
        }
    }
}

/// Runs work that waits for the disk on the blocking pool.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(Refusal::internal(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_full_disk_is_told_apart_from_other_trouble() {
        // The kernel's own "no space left", from the device that always says so.
        let mut full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let error = full.write_all(b"x").unwrap_err();
        assert_eq!(Refusal::from(error).status, StatusCode::INSUFFICIENT_STORAGE);
        let other = Refusal::from(io::Error::other("/secret/path"));
        assert_eq!(other.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!other.sentence.contains("path"));
    }
}
