//! What has been uploaded: the list, one row, and the file itself in parts, so that a player can seek in it.

use std::io::SeekFrom;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use super::App;
use super::caller::Caller;
use super::id::Id;
use super::kind::Kind;
use super::range::{Part, part};
use super::refusal::{Refusal, blocking};
use crate::core::upload::{Recording, Status};

/// Read from the disk at a time, in bytes.
const PIECE: usize = 256 * 1024;

/// `GET …/recordings`, newest first; a user's own, or all for who runs the server.
pub(super) async fn list(State(app): State<App>, Extension(caller): Extension<Caller>) -> Result<Json<Value>, Refusal> {
    let db = app.config.db.clone();
    let mut recordings = blocking(move || Ok(db.recordings()?)).await?;
    if let Some(user) = caller.user_id() {
        recordings.retain(|recording| recording.user_id.as_deref() == Some(user));
    }
    Ok(Json(json!({ "recordings": recordings })))
}

/// `GET …/recordings/{id}`
pub(super) async fn one(State(app): State<App>, Id(id): Id) -> Result<Json<Recording>, Refusal> {
    Ok(Json(find(&app, id).await?))
}

/// `GET …/recordings/{id}/file`, whole or the one range asked for.
pub(super) async fn file(State(app): State<App>, Id(id): Id, headers: HeaderMap) -> Result<Response, Refusal> {
    let recording = find(&app, id).await?;
    if recording.status != Status::Uploaded {
        return Err(Refusal::new(StatusCode::NOT_FOUND, "This recording has no file (yet)."));
    }
    let path = app.config.folder.video_file(&recording.file_path)?;
    let gone = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => Refusal::new(StatusCode::GONE, "The file of this recording has been removed."),
        _ => error.into(),
    };
    let mut file = tokio::fs::File::open(&path).await.map_err(gone)?;
    let length = file.metadata().await?.len();
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    // The hash is the strongest tag there is.
    let tag = format!("\"{}\"", recording.sha256);
    if text(header::IF_NONE_MATCH).is_some_and(|tags| tags.contains(&tag)) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let range = text(header::RANGE).filter(|_| text(header::IF_RANGE).is_none_or(|known| known == tag));
    let (status, bytes) = match part(range, length) {
        Part::Whole => (StatusCode::OK, 0..length),
        Part::Some(bytes) => (StatusCode::PARTIAL_CONTENT, bytes),
        Part::Beyond => {
            let refusal = Refusal::new(StatusCode::RANGE_NOT_SATISFIABLE, format!("The file has {length} bytes."));
            let mut response = refusal.into_response();
            set(&mut response, header::CONTENT_RANGE, &format!("bytes */{length}"));
            return Ok(response);
        }
    };
    file.seek(SeekFrom::Start(bytes.start)).await?;
    let size = bytes.end - bytes.start;
    let mut response = (status, Body::from_stream(ReaderStream::with_capacity(file.take(size), PIECE))).into_response();
    set(&mut response, header::CONTENT_LENGTH, &size.to_string());
    set(&mut response, header::CONTENT_TYPE, mime(&recording.file_path));
    set(&mut response, header::ACCEPT_RANGES, "bytes");
    set(&mut response, header::ETAG, &tag);
    set(&mut response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if status == StatusCode::PARTIAL_CONTENT {
        set(&mut response, header::CONTENT_RANGE, &format!("bytes {}-{}/{length}", bytes.start, bytes.end - 1));
    }
    Ok(response)
}

async fn find(app: &App, id: String) -> Result<Recording, Refusal> {
    let db = app.config.db.clone();
    blocking(move || db.recording(&id)?.ok_or_else(|| Refusal::unknown("recording"))).await
}

fn mime(file_path: &str) -> &'static str {
    let ending = file_path.rsplit('.').next().unwrap_or_default();
    Kind::ALL.iter().find(|kind| kind.ending() == ending).map_or("application/octet-stream", |kind| kind.mime())
}

fn set(response: &mut Response, name: header::HeaderName, value: &str) {
    // All values here are numbers, hex or our own words.
    if let Ok(value) = value.parse() {
        response.headers_mut().insert(name, value);
    }
}
