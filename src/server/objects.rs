//! Files of projects, by their SHA-256: pictures, clips, sounds. A `PUT` is checked against the hash it names and may be repeated; one
//! with a `Content-Range` is a part of a large file (`parts`). A `GET` gives what the caller gave or sees in a project, from where it is
//! asked to, and nothing else is said to be there.

use std::time::Duration;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio::sync::mpsc;
use tokio_util::io::ReaderStream;

use super::caller::Caller;
use super::range::{Part, part};
use super::receive::drain;
use super::refusal::{Refusal, blocking};
use super::{App, body, headers, parts};
use crate::blobs::files;
use crate::blobs::partial::Partial;
use crate::blobs::shared::{self, Arriving};
use crate::core::shared::{ARRIVED_HEADER, MAX_OBJECT_BYTES, is_digest};

pub(super) const QUEUE: usize = 8;
/// A picture that was given and is shown by no version may be on its way into one; not after a week.
const UNUSED_DAYS: i64 = 7;

/// `GET …/objects/{sha256}`
pub(super) async fn give(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(sha256): Path<String>,
    asked: HeaderMap,
) -> Result<Response, Refusal> {
    let (work, hash) = (app.clone(), digest(&sha256)?);
    let known = hash.clone();
    let bytes = blocking(move || match work.config.db.usable_object(&known, caller.user_id())? {
        Some(bytes) => Ok(bytes),
        None => Err(not_here(&work, &known, &caller)),
    });
    let bytes = bytes.await?;
    let mut file =
        tokio::fs::File::open(app.config.folder.shared_object(&hash)?).await.map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Refusal::new(StatusCode::GONE, "The file has been removed."),
            _ => error.into(),
        })?;
    let range = part(asked.get(header::RANGE).and_then(|value| value.to_str().ok()), bytes);
    let wanted = match &range {
        Part::Whole => 0..bytes,
        Part::Some(range) => range.clone(),
        Part::Beyond => {
            let size = HeaderValue::try_from(format!("bytes */{bytes}")).map_err(Refusal::internal)?;
            let refusal = Refusal::new(StatusCode::RANGE_NOT_SATISFIABLE, "The file is shorter than that.");
            return Err(refusal.with(header::CONTENT_RANGE.as_str(), size));
        }
    };
    file.seek(std::io::SeekFrom::Start(wanted.start)).await?;
    let length = wanted.end - wanted.start;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_LENGTH, length.to_string()),
        (header::ETAG, format!("\"{hash}\"")),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    let mut response = (headers, Body::from_stream(ReaderStream::new(file.take(length)))).into_response();
    if matches!(range, Part::Some(_)) {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let said = format!("bytes {}-{}/{bytes}", wanted.start, wanted.end - 1);
        response.headers_mut().insert(header::CONTENT_RANGE, HeaderValue::try_from(said).map_err(Refusal::internal)?);
    }
    Ok(response)
}

/// What is said of a file that is not there: how much of it has arrived from this caller.
fn not_here(app: &App, sha256: &str, caller: &Caller) -> Refusal {
    let arrived = app.config.folder.shared_arriving(sha256, caller.user_id()).map_or(0, |path| Partial::arrived(&path));
    unknown().with(ARRIVED_HEADER, HeaderValue::from(arrived))
}

/// `PUT …/objects/{sha256}`
pub(super) async fn take(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(sha256): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let (head, body) = request.into_parts();
    if let Some(range) = head.headers.get(header::CONTENT_RANGE) {
        return parts::take(&app, caller, digest(&sha256)?, range, body).await;
    }
    let mut pieces = body.into_data_stream();
    let admitted = admit(&app, &sha256, headers::number(&head.headers, "content-length")?).await;
    let sha256 = match admitted {
        Ok(sha256) => sha256,
        Err(refusal) => {
            drain(pieces).await;
            return Err(refusal);
        }
    };
    let (feed, written) = mpsc::channel::<Bytes>(QUEUE);
    let (work, hash) = (app.clone(), sha256.clone());
    let writing = tokio::spawn(blocking(move || write(&work, &hash, &caller, written)));
    let mut room = MAX_OBJECT_BYTES;
    let read = loop {
        match body::next(&app, &mut pieces).await {
            Ok(Some(bytes)) if bytes.len() as u64 > room => break Err(too_large()),
            Ok(Some(bytes)) => {
                room -= bytes.len() as u64;
                if !bytes.is_empty() && feed.send(bytes).await.is_err() {
                    // The disk gave up; its own error says why.
                    break Ok(());
                }
            }
            Ok(None) => {
                // As above.
                let _ = feed.send(Bytes::new()).await;
                break Ok(());
            }
            Err(refusal) => break Err(refusal),
        }
    };
    drop(feed);
    let kept = writing.await.map_err(Refusal::internal)?;
    if read.is_err() || kept.is_err() {
        drain(pieces).await;
    }
    read.and(kept).map(IntoResponse::into_response)
}

/// All that is checked before the first byte is taken.
async fn admit(app: &App, sha256: &str, bytes: Option<u64>) -> Result<String, Refusal> {
    let hash = digest(sha256)?;
    if bytes.is_some_and(|bytes| bytes > MAX_OBJECT_BYTES) {
        return Err(too_large());
    }
    room(app, bytes.unwrap_or(0)).await?;
    Ok(hash)
}

/// Refuses what the disk has no room for.
pub(super) async fn room(app: &App, bytes: u64) -> Result<(), Refusal> {
    let need = bytes.saturating_add(app.config.limits.reserve_bytes);
    let folder = app.config.folder.shared();
    blocking(move || if files::free_bytes(&folder)? < need { Err(Refusal::disk_full()) } else { Ok(()) }).await
}

/// Writes pieces as they come; an empty one is the end, without which the line broke.
fn write(app: &App, sha256: &str, caller: &Caller, mut pieces: mpsc::Receiver<Bytes>) -> Result<StatusCode, Refusal> {
    let (folder, db) = (&app.config.folder, &app.config.db);
    let mut arriving = Arriving::new(folder)?;
    loop {
        match pieces.blocking_recv() {
            Some(bytes) if bytes.is_empty() => break,
            Some(bytes) => arriving.write(&bytes)?,
            None => return Err(Refusal::malformed("The file broke off.")),
        }
    }
    let bytes = arriving.bytes;
    // The sweep takes no file between these two steps.
    let _objects = app.objects.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if !arriving.keep(folder, sha256)? {
        return Err(other_bytes());
    }
    db.give_object(sha256, bytes, caller.user_id())?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes files that no version shows any more, and what nobody has gone on with.
pub(super) fn sweep(app: &App) -> Result<(), Refusal> {
    parts::sweep(app, Duration::from_secs(UNUSED_DAYS as u64 * 24 * 60 * 60))?;
    let age = jiff::SignedDuration::from_hours(24 * UNUSED_DAYS);
    let Ok(then) = jiff::Timestamp::now().checked_sub(age) else { return Ok(()) };
    let then = then.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
    let _objects = app.objects.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    for sha256 in app.config.db.forget_unused_objects(&then)? {
        shared::remove(&app.config.folder, &sha256)?;
    }
    Ok(())
}

fn digest(text: &str) -> Result<String, Refusal> {
    if is_digest(text) { Ok(text.to_owned()) } else { Err(unknown()) }
}

fn unknown() -> Refusal {
    Refusal::unknown("file")
}

pub(super) fn other_bytes() -> Refusal {
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "What arrived is not the file with this SHA-256.")
}

fn too_large() -> Refusal {
    Refusal::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        format!("In one piece {MAX_OBJECT_BYTES} bytes are taken; send larger files in parts."),
    )
}
