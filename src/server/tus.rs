//! Resumable uploads, tus 1.0.0 with creation, creation-defer-length, checksum, termination and expiration
//! (<https://tus.io/protocols/resumable-upload>). Beyond the protocol, answers carry `Onetake-Recording` (the row's id) and,
//! once the whole file has been checked, `Onetake-Sha256`; other clients ignore both. A `PATCH` may carry `Onetake-Sha256`
//! too: the hash of the file from its first byte to the chunk's last (`headers::Checks`). A file that was sent while it was
//! written is closed with corrections (`closing`); `docs/UPLOAD.md` has the wire.

use std::fs::OpenOptions;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::caller::Caller;
use super::chunk::locked;
use super::closing;
use super::headers::{self, ALGORITHMS, Facts};
use super::id::Id;
use super::receive::{Patch, drain, part_path, too_much};
use super::refusal::{Refusal, blocking};
use super::{App, TUS_ROAD, finish};
use crate::blobs::files;
use crate::clock;
use crate::core::upload::{Recording, Status};
use crate::db::Incoming;

const VERSION: &str = "1.0.0";
/// A `HEAD` right after a cut waits so long for the broken `PATCH` to save what it has.
pub(super) const SETTLING: Duration = Duration::from_secs(2);

/// Holds the protocol's version on both sides of every request.
pub(super) async fn speak(request: Request, next: Next) -> Response {
    let speaks = request.headers().get("tus-resumable").is_some_and(|version| version == VERSION);
    let mut response = if speaks || request.method() == Method::OPTIONS {
        next.run(request).await
    } else {
        let refusal =
            Refusal::new(StatusCode::PRECONDITION_FAILED, "This server speaks tus 1.0.0; the request does not say so.");
        drain(request.into_body().into_data_stream()).await;
        refusal.with("tus-version", HeaderValue::from_static(VERSION)).into_response()
    };
    response.headers_mut().insert("tus-resumable", HeaderValue::from_static(VERSION));
    response
}

/// `OPTIONS`: what this server can do.
pub(super) async fn discover(State(app): State<App>) -> Response {
    let mut answer = Answer::new(StatusCode::NO_CONTENT);
    answer.set("tus-version", VERSION);
    answer.set("tus-extension", "creation,creation-defer-length,checksum,termination,expiration");
    answer.set("tus-checksum-algorithm", ALGORITHMS);
    answer.set("tus-max-size", &app.config.limits.upload_bytes.to_string());
    answer.set("onetake-version", env!("CARGO_PKG_VERSION"));
    answer.set("onetake-extension", closing::EXTENSION);
    answer.0
}

/// `POST`: a new upload and the row it will become.
pub(super) async fn create(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let length = headers::length(&headers)?;
    fits(&app, length.unwrap_or(1))?;
    let metadata = headers::metadata(&headers)?;
    let facts = headers::facts(&metadata)?;
    let incoming = Incoming {
        id: Uuid::now_v7().to_string(),
        recording: Uuid::now_v7().to_string(),
        length,
        offset: 0,
        metadata,
        created_at: clock::wall(),
    };
    let (work, row) = (Arc::clone(&app), incoming.clone());
    blocking(move || begin(&work, &row, facts, caller)).await?;
    let mut answer = Answer::new(StatusCode::CREATED);
    answer.set("location", &format!("{TUS_ROAD}/{}", incoming.id));
    answer.set("upload-offset", "0");
    answer.set("onetake-recording", &incoming.recording);
    answer.expires(&app);
    Ok(answer.0)
}

/// `HEAD`: how far an upload is.
pub(super) async fn head(State(app): State<App>, Id(id): Id) -> Result<Response, Refusal> {
    find(&app, &id).await?;
    let claim = app.live.claim_soon(&id, SETTLING).await;
    let (incoming, mut recording) = find(&app, &id).await?;
    if claim.is_some() && incoming.complete() && recording.status == Status::Uploading {
        // The server went down between the last byte and the row.
        let expected = headers::facts(&incoming.metadata)?.sha256;
        let (work, row) = (Arc::clone(&app), incoming.clone());
        let task = app.tasks.spawn(async move {
            let done = finish::file(&work, row, expected, None).await;
            drop(claim);
            done
        });
        task.await.map_err(Refusal::internal)??;
        recording = find(&app, &id).await?.1;
    }
    let mut answer = Answer::new(StatusCode::OK);
    answer.set("upload-offset", &incoming.offset.to_string());
    match incoming.length {
        Some(length) => answer.set("upload-length", &length.to_string()),
        None => answer.set("upload-defer-length", "1"),
    }
    answer.set("cache-control", "no-store");
    answer.set("onetake-recording", &recording.id);
    if !incoming.metadata.is_empty() {
        answer.set("upload-metadata", &incoming.metadata);
    }
    if recording.status == Status::Uploaded {
        answer.set("onetake-sha256", &recording.sha256);
    }
    Ok(answer.0)
}

/// `PATCH`: the next chunk.
pub(super) async fn patch(State(app): State<App>, Id(id): Id, request: Request) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let (patch, recording) = match admit(&app, &id, &parts.headers).await {
        Ok((claim, incoming, checks, facts)) => {
            let recording = incoming.recording.clone();
            (Patch { app: Arc::clone(&app), claim, incoming, facts, checks, body }, recording)
        }
        Err(refusal) => {
            drain(body.into_data_stream()).await;
            return Err(refusal);
        }
    };
    // A task of its own: the client may go away in the middle, and what arrived is saved all the same.
    let (offset, sha256) = app.tasks.spawn(patch.run()).await.map_err(Refusal::internal)??;
    let mut answer = Answer::new(StatusCode::NO_CONTENT);
    answer.set("upload-offset", &offset.to_string());
    answer.set("onetake-recording", &recording);
    match sha256 {
        Some(sha256) => answer.set("onetake-sha256", &sha256),
        None => answer.expires(&app),
    }
    Ok(answer.0)
}

/// `DELETE`: forgets an upload. A finished recording stays.
pub(super) async fn delete(State(app): State<App>, Id(id): Id) -> Result<Response, Refusal> {
    find(&app, &id).await?;
    // Who gives up an upload has often just broken off its last chunk.
    let claim = app.live.claim_soon(&id, SETTLING).await.ok_or_else(locked)?;
    let (incoming, _) = find(&app, &id).await?;
    let work = Arc::clone(&app);
    blocking(move || {
        let done = finish::discard(&work, &incoming);
        drop(claim);
        done
    })
    .await?;
    Ok(Answer::new(StatusCode::NO_CONTENT).0)
}

/// `POST` with `X-HTTP-Method-Override`, for clients behind something that knows only GET and POST.
pub(super) async fn disguised(app: State<App>, id: Id, request: Request) -> Result<Response, Refusal> {
    match request.headers().get("x-http-method-override").map(HeaderValue::as_bytes) {
        Some(b"PATCH") => patch(app, id, request).await,
        Some(b"HEAD") => head(app, id).await,
        Some(b"DELETE") => delete(app, id).await,
        _ => Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "This address does not do that.")),
    }
}

type Admitted = (super::live::Claim, Incoming, headers::Checks, Facts);

/// All that is checked before the first byte of a chunk is taken.
async fn admit(app: &App, id: &str, headers: &HeaderMap) -> Result<Admitted, Refusal> {
    headers::content_type(headers)?;
    let offset = headers::required(headers, "upload-offset")?;
    let checks = headers::checks(headers)?;
    let size = headers::number(headers, "content-length")?;
    find(app, id).await?;
    let claim = app.live.claim(id).ok_or_else(locked)?;
    let (mut incoming, recording) = find(app, id).await?;
    if offset != incoming.offset {
        let sentence = format!("The upload stands at byte {}, not {offset}.", incoming.offset);
        let holds = HeaderValue::from(incoming.offset);
        return Err(Refusal::new(StatusCode::CONFLICT, sentence).with("upload-offset", holds));
    }
    if recording.status == Status::Uploaded {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "This upload is complete."));
    }
    if let (None, Some(length)) = (incoming.length, headers::number(headers, "upload-length")?) {
        incoming.length = Some(end_growth(app, &incoming, length).await?);
    }
    if size.is_some_and(|size| size > room(app, &incoming)) {
        return Err(too_much());
    }
    let (folder, reserve) = (app.config.folder.incoming(), app.config.limits.reserve_bytes);
    let need = size.unwrap_or(0).saturating_add(reserve);
    blocking(move || if files::free_bytes(&folder)? < need { Err(Refusal::disk_full()) } else { Ok(()) }).await?;
    let facts = headers::facts(&incoming.metadata)?;
    Ok((claim, incoming, checks, facts))
}

/// Bytes that may still come.
pub(super) fn room(app: &App, incoming: &Incoming) -> u64 {
    incoming.length.unwrap_or(app.config.limits.upload_bytes).saturating_sub(incoming.offset)
}

/// 400 or 413 for a file of a size that is not taken.
pub(super) fn fits(app: &App, length: u64) -> Result<(), Refusal> {
    let most = app.config.limits.upload_bytes;
    match length {
        0 => Err(Refusal::malformed("An empty file is no recording.")),
        length if length > most => {
            let sentence = format!("The file has {length} bytes; this server takes {most}.");
            Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, sentence))
        }
        _ => Ok(()),
    }
}

/// A chunk says how long a growing file has become.
async fn end_growth(app: &App, incoming: &Incoming, length: u64) -> Result<u64, Refusal> {
    fits(app, length)?;
    if length < incoming.offset {
        return Err(too_much());
    }
    let (db, id, metadata) = (app.config.db.clone(), incoming.id.clone(), incoming.metadata.clone());
    blocking(move || Ok(db.end_incoming(&id, length, &metadata)?)).await?;
    Ok(length)
}

/// The upload with this id and its recording. Asked before a claim is made, so that made-up ids leave no trace, and after it,
/// when nobody else moves the row.
pub(super) async fn find(app: &App, id: &str) -> Result<(Incoming, Recording), Refusal> {
    let (db, id) = (app.config.db.clone(), id.to_owned());
    blocking(move || {
        let Some(incoming) = db.incoming(&id)? else { return Err(Refusal::unknown("upload")) };
        let Some(recording) = db.recording(&incoming.recording)? else { return Err(Refusal::unknown("upload")) };
        Ok((incoming, recording))
    })
    .await
}

/// The file first, then the rows: a crash leaves an empty file that the sweep removes, never a row without a file.
fn begin(app: &App, incoming: &Incoming, facts: Facts, caller: Caller) -> Result<(), Refusal> {
    let folder = app.config.folder.incoming();
    let free = files::free_bytes(&folder)?.saturating_sub(app.config.limits.reserve_bytes);
    if free < incoming.length.unwrap_or(1) {
        let length = incoming.length.map_or_else(|| "grows".to_owned(), |length| format!("has {length} bytes"));
        let sentence = format!("The file {length}; the server's disk has room for {free}.");
        return Err(Refusal::new(StatusCode::INSUFFICIENT_STORAGE, sentence));
    }
    let part = part_path(app, &incoming.id);
    OpenOptions::new().write(true).create_new(true).open(&part)?.sync_all()?;
    files::sync_folder(&folder)?;
    let recording = Recording {
        id: incoming.recording.clone(),
        take: facts.take,
        user_id: caller.user.map(|user| user.id),
        title: facts.title,
        file_path: String::new(),
        duration_seconds: facts.duration_seconds,
        status: Status::Pending,
        bytes: incoming.length.unwrap_or(0),
        sha256: String::new(),
        scenes: facts.scenes,
        created_at: incoming.created_at.clone(),
        studio_metadata: facts.studio_metadata,
    };
    let rows = app.config.db.create_recording(&recording).and_then(|()| app.config.db.create_incoming(incoming));
    if rows.is_err() {
        finish::remove(&part)?;
    }
    Ok(rows?)
}

/// An answer without a body.
pub(super) struct Answer(pub Response);

impl Answer {
    pub fn new(status: StatusCode) -> Answer {
        Answer(status.into_response())
    }

    /// Sets a header; a value that no header can carry (metadata was checked when it came in) is left out.
    pub fn set(&mut self, name: &'static str, value: &str) {
        if let Ok(value) = HeaderValue::try_from(value) {
            self.0.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }

    fn expires(&mut self, app: &App) {
        if let Some(date) = headers::date_in(app.config.limits.keep.as_secs()) {
            self.0.headers_mut().insert(HeaderName::from_static("upload-expires"), date);
        }
    }
}
