//! Uploads and recordings of users: each sees and touches their own. Who runs the server sees all.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::caller::Caller;
use super::refusal::{Refusal, blocking};
use super::{App, TUS_ROAD};

/// Where recordings are listed and fetched.
pub(super) const RECORDINGS: &str = "/api/v1/studio/recordings";

/// Runs before every route that names an upload or a recording: what is another's is not there.
pub(super) async fn only(State(app): State<App>, request: Request, next: Next) -> Response {
    let user = request.extensions().get::<Caller>().and_then(|caller| caller.user_id().map(str::to_owned));
    let (Some(user), Some(named)) = (user, named(request.uri().path())) else { return next.run(request).await };
    let db = app.config.db.clone();
    let theirs = blocking(move || {
        let recording = match named {
            Named::Upload(id) => db.incoming(&id)?.map(|incoming| incoming.recording),
            Named::Recording(id) => Some(id),
        };
        let row = match recording {
            Some(id) => db.recording(&id)?,
            None => None,
        };
        // What is not there at all is the route's own to refuse.
        Ok(row.is_none_or(|row| row.user_id.as_deref() == Some(&user)))
    });
    match theirs.await {
        Ok(true) => next.run(request).await,
        Ok(false) => Refusal::unknown("recording or upload").into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Named {
    Upload(String),
    Recording(String),
}

fn named(path: &str) -> Option<Named> {
    let first = |road: &str| Some(path.strip_prefix(road)?.strip_prefix('/')?.split('/').next()?.to_ascii_lowercase());
    first(TUS_ROAD).map(Named::Upload).or_else(|| first(RECORDINGS).map(Named::Recording))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uploads_and_recordings_are_named_by_their_address() {
        assert_eq!(named("/api/v1/studio/tus/ABC/close"), Some(Named::Upload("abc".into())));
        assert_eq!(named("/api/v1/studio/recordings/abc/file"), Some(Named::Recording("abc".into())));
        for other in ["/api/v1/studio/tus", "/api/v1/studio/recordings", "/api/v1/projects/abc", "/"] {
            assert_eq!(named(other), None, "{other}");
        }
    }
}
