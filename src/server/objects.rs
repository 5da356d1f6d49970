//! Pictures of projects, by their SHA-256. A `PUT` is checked against the hash it names and may be repeated; a `GET` gives what the
//! caller gave or sees in a project, and nothing else is said to be there.

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use tokio::sync::mpsc;
use tokio_util::io::ReaderStream;

use super::caller::Caller;
use super::receive::drain;
use super::refusal::{Refusal, blocking};
use super::{App, body, headers};
use crate::blobs::files;
use crate::blobs::shared::{self, Arriving};
use crate::core::shared::{MAX_OBJECT_BYTES, is_digest};

const QUEUE: usize = 8;
/// A picture that was given and is shown by no version may be on its way into one; not after a week.
const UNUSED_DAYS: i64 = 7;

/// `GET …/objects/{sha256}`
pub(super) async fn give(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(sha256): Path<String>,
) -> Result<Response, Refusal> {
    let (db, hash) = (app.config.db.clone(), digest(&sha256)?);
    let known = hash.clone();
    let bytes = blocking(move || db.usable_object(&known, caller.user_id())?.ok_or_else(unknown)).await?;
    let file = tokio::fs::File::open(app.config.folder.shared_object(&hash)?).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Refusal::new(StatusCode::GONE, "The file of this picture has been removed."),
        _ => error.into(),
    })?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_LENGTH, bytes.to_string()),
        (header::ETAG, format!("\"{hash}\"")),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    Ok((headers, Body::from_stream(ReaderStream::new(file))).into_response())
}

/// `PUT …/objects/{sha256}`
pub(super) async fn take(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(sha256): Path<String>,
    request: Request,
) -> Result<StatusCode, Refusal> {
    let (head, body) = request.into_parts();
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
    read.and(kept)
}

/// All that is checked before the first byte is taken.
async fn admit(app: &App, sha256: &str, bytes: Option<u64>) -> Result<String, Refusal> {
    let hash = digest(sha256)?;
    if bytes.is_some_and(|bytes| bytes > MAX_OBJECT_BYTES) {
        return Err(too_large());
    }
    let need = bytes.unwrap_or(0).saturating_add(app.config.limits.reserve_bytes);
    let folder = app.config.folder.shared();
    blocking(move || if files::free_bytes(&folder)? < need { Err(Refusal::disk_full()) } else { Ok(()) }).await?;
    Ok(hash)
}

/// Writes pieces as they come; an empty one is the end, without which the line broke.
fn write(app: &App, sha256: &str, caller: &Caller, mut pieces: mpsc::Receiver<Bytes>) -> Result<StatusCode, Refusal> {
    let (folder, db) = (&app.config.folder, &app.config.db);
    let mut arriving = Arriving::new(folder)?;
    loop {
        match pieces.blocking_recv() {
            Some(bytes) if bytes.is_empty() => break,
            Some(bytes) => arriving.write(&bytes)?,
            None => return Err(Refusal::malformed("The picture broke off.")),
        }
    }
    let bytes = arriving.bytes;
    // The sweep takes no file between these two steps.
    let _objects = app.objects.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if !arriving.keep(folder, sha256)? {
        return Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "What arrived is not the picture with this SHA-256."));
    }
    db.give_object(sha256, bytes, caller.user_id())?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes pictures that no version shows any more.
pub(super) fn sweep(app: &App) -> Result<(), Refusal> {
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
    Refusal::unknown("picture")
}

fn too_large() -> Refusal {
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, format!("A picture may have {MAX_OBJECT_BYTES} bytes."))
}
