//! An upload in one form, for browsers, curl and everything that can only post: `video` (the file) and `metadata` (JSON text),
//! in any order. It can't be resumed, so one that breaks off leaves nothing behind, not even a row.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{FromRequest, Request, State};
use axum::http::{StatusCode, header};
use axum::{Extension, Json};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::caller::Caller;
use super::receive::{DRAIN, drain};
use super::refusal::{Refusal, blocking};
use super::{App, finish, headers};
use crate::blobs::files;
use crate::clock;
use crate::core::upload::{Metadata, Recording, Status};

/// Ending of a form's file while it arrives; what a crash leaves is found by it.
pub(super) const ENDING: &str = "form";
/// The largest `metadata`, in bytes.
const METADATA_BYTES: usize = 1 << 20;
/// What a form may have beside the video: boundaries, headers, metadata.
const FRAME_BYTES: u64 = 2 << 20;
const QUEUE: usize = 8;

/// `metadata` as it may come.
#[derive(Debug, Default, Deserialize)]
struct Told {
    #[serde(flatten)]
    metadata: Metadata,
    take: Option<String>,
    sha256: Option<String>,
}

/// A file that has arrived under its temporary name; removed when dropped.
struct Arrived {
    path: PathBuf,
    bytes: u64,
    hasher: Sha256,
}

impl Drop for Arrived {
    fn drop(&mut self) {
        // Renamed by then when all went well; the sweep finds what can't be removed now.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// `POST /api/v1/studio/upload`
pub(super) async fn upload(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Json<Value>, Refusal> {
    let size = headers::number(request.headers(), header::CONTENT_LENGTH.as_str())?;
    if size.is_some_and(|size| size > app.config.limits.form_bytes.saturating_add(FRAME_BYTES)) {
        drain(request.into_body().into_data_stream()).await;
        return Err(too_large(&app));
    }
    let need = size.unwrap_or(0).saturating_add(app.config.limits.reserve_bytes);
    let folder = app.config.folder.incoming();
    let room = blocking(move || Ok(files::free_bytes(&folder)? >= need)).await?;
    if !room {
        drain(request.into_body().into_data_stream()).await;
        return Err(Refusal::new(StatusCode::INSUFFICIENT_STORAGE, "The server's disk has no room for this file."));
    }
    let form = Multipart::from_request(request, &()).await;
    let form = form.map_err(|_| Refusal::malformed("The body is not a form (multipart/form-data)."))?;
    // A task of its own, so that a client that goes away leaves no half file.
    let work = Arc::clone(&app);
    app.tasks.spawn(receive(work, form, caller)).await.map_err(Refusal::internal)?
}

async fn receive(app: App, mut form: Multipart, caller: Caller) -> Result<Json<Value>, Refusal> {
    let received = read(&app, &mut form).await;
    if received.is_err() {
        // A client that is still sending would not see the answer.
        let rest = async { while let Ok(Some(_)) = form.next_field().await {} };
        let _ = tokio::time::timeout(DRAIN, rest).await;
    }
    let (id, arrived, told) = received?;
    blocking(move || file(&app, &id, &arrived, told, caller)).await
}

/// The file, under its temporary name, and what was told about it.
async fn read(app: &App, form: &mut Multipart) -> Result<(String, Arrived, Told), Refusal> {
    let id = Uuid::now_v7().to_string();
    let (mut arrived, mut told) = (None, Told::default());
    while let Some(mut field) = patiently(app, form.next_field()).await? {
        match field.name().unwrap_or_default() {
            "video" if arrived.is_some() => return Err(Refusal::malformed("The form has two video fields.")),
            "video" => arrived = Some(video(app, &id, &mut field).await?),
            "metadata" => told = metadata(app, &mut field).await?,
            _ => while patiently(app, field.chunk()).await?.is_some() {},
        }
    }
    let arrived = arrived.ok_or_else(|| Refusal::malformed("no video field"))?;
    if arrived.bytes == 0 {
        return Err(Refusal::malformed("The video field is empty."));
    }
    Ok((id, arrived, told))
}

/// The row and the file's final place.
fn file(app: &App, id: &str, arrived: &Arrived, told: Told, caller: Caller) -> Result<Json<Value>, Refusal> {
    let db = &app.config.db;
    db.create_recording(&Recording {
        id: id.to_owned(),
        take: told.take.map(|take| headers::title(&take)),
        user_id: caller.user.map(|user| user.id),
        title: headers::title(&told.metadata.title),
        file_path: String::new(),
        duration_seconds: told.metadata.duration_seconds,
        status: Status::Pending,
        bytes: arrived.bytes,
        sha256: String::new(),
        scenes: told.metadata.scenes,
        created_at: clock::wall(),
        studio_metadata: told.metadata.studio_metadata,
    })?;
    db.set_recording_status(id, Status::Uploading)?;
    let expected = told.sha256.map(|hex| hex.to_ascii_lowercase());
    let settled = finish::settle(app, &arrived.path, id, expected, Some(arrived.hasher.clone()));
    if settled.is_err() {
        db.set_recording_status(id, Status::Failed)?;
    }
    let sha256 = settled?;
    let file_path = db.recording(id)?.map(|recording| recording.file_path).unwrap_or_default();
    // A megabyte is a million bytes.
    let size_mb = format!("{:.1}", arrived.bytes as f64 / 1e6);
    let status = Status::Uploaded.name();
    Ok(Json(json!({ "video_id": id, "file_path": file_path, "size_mb": size_mb, "status": status, "sha256": sha256 })))
}

/// Streams the video to its temporary file.
async fn video(app: &App, id: &str, field: &mut Field<'_>) -> Result<Arrived, Refusal> {
    let path = app.config.folder.incoming().join(format!("{id}.{ENDING}"));
    let (feed, pieces) = mpsc::channel::<Bytes>(QUEUE);
    let writing = tokio::spawn(blocking(move || write(path, pieces)));
    let mut total = 0;
    let mut read = async || {
        while let Some(bytes) = patiently(app, field.chunk()).await? {
            total += bytes.len() as u64;
            if total > app.config.limits.form_bytes {
                return Err(too_large(app));
            }
            if feed.send(bytes).await.is_err() {
                // The disk gave up; its own error says why.
                break;
            }
        }
        Ok(())
    };
    let read = read().await;
    drop(feed);
    let arrived = writing.await.map_err(Refusal::internal)?;
    read.and(arrived)
}

fn write(path: PathBuf, mut pieces: mpsc::Receiver<Bytes>) -> Result<Arrived, Refusal> {
    let mut file = File::create_new(&path)?;
    let mut arrived = Arrived { path, bytes: 0, hasher: Sha256::new() };
    while let Some(bytes) = pieces.blocking_recv() {
        file.write_all(&bytes)?;
        arrived.hasher.update(&bytes);
        arrived.bytes += bytes.len() as u64;
    }
    file.sync_all()?;
    Ok(arrived)
}

async fn metadata(app: &App, field: &mut Field<'_>) -> Result<Told, Refusal> {
    let mut text = Vec::new();
    while let Some(bytes) = patiently(app, field.chunk()).await? {
        if text.len() + bytes.len() > METADATA_BYTES {
            return Err(Refusal::malformed("The metadata field is too long."));
        }
        text.extend_from_slice(&bytes);
    }
    let told: Told = serde_json::from_slice(&text)
        .map_err(|error| Refusal::malformed(format!("The metadata field is not the JSON it should be ({error}).")))?;
    if !headers::sound(told.metadata.duration_seconds) {
        return Err(Refusal::malformed("The metadata's duration_seconds is not a length of time."));
    }
    Ok(told)
}

/// The next part of the form, unless nothing comes or the server stops.
async fn patiently<T>(app: &App, next: impl Future<Output = Result<T, MultipartError>>) -> Result<T, Refusal> {
    tokio::select! {
        biased;
        () = app.stop.cancelled() => Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "The server is stopping.")),
        next = tokio::time::timeout(app.config.limits.idle, next) => match next {
            Ok(Ok(next)) => Ok(next),
            Ok(Err(error)) => Err(Refusal::malformed(format!("The form can't be read ({}).", error.body_text()))),
            Err(_) => Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, "Nothing came for a while.")),
        },
    }
}

fn too_large(app: &App) -> Refusal {
    let sentence = format!("A form may carry {} bytes; send larger files resumably.", app.config.limits.form_bytes);
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, sentence)
}
