//! The end of a file that was sent while it was written: how long it became, what of it has changed since it was sent (a
//! Matroska file's head gets its length and its index only when the recording stops), and the SHA-256 of the whole, by which
//! the corrected file is checked before it becomes a recording.
//!
//! Corrections are written before the rows say that the file is complete: a crash in between leaves an upload that still
//! grows, and the same request closes it again.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::chunk::locked;
use super::id::Id;
use super::receive::{drain, part_path};
use super::refusal::{Refusal, blocking};
use super::tus::{Answer, SETTLING, find, fits};
use super::{App, finish, headers};
use crate::core::upload::{SceneTimes, Status, StudioMetadata};
use crate::db::Incoming;

/// What `Onetake-Extension` names.
pub(super) const EXTENSION: &str = "closing";
/// After the upload's own address.
pub(super) const ROAD: &str = "close";
/// The largest request, in bytes. A head has some hundred bytes; scenes of a long script have a few thousand.
const MOST: usize = 4 << 20;

/// What the client says at the end.
#[derive(Debug, Deserialize)]
struct Closing {
    /// Bytes of the file; those that were sent beyond it are cut off.
    length: u64,
    /// Hex, of the file as it is with the corrections.
    sha256: String,
    #[serde(default)]
    duration_seconds: f64,
    #[serde(default)]
    scenes: Vec<SceneTimes>,
    studio_metadata: Option<StudioMetadata>,
    #[serde(default)]
    corrections: Vec<Correction>,
}

/// A stretch that is other than it was sent.
#[derive(Debug, Deserialize)]
struct Correction {
    offset: u64,
    /// Base64.
    bytes: String,
}

/// A correction that fits into the file.
struct Patch {
    offset: u64,
    bytes: Vec<u8>,
}

/// `POST …/{id}/close`
pub(super) async fn close(State(app): State<App>, Id(id): Id, request: Request) -> Result<Response, Refusal> {
    if headers::number(request.headers(), "content-length")?.is_some_and(|bytes| bytes > MOST as u64) {
        drain(request.into_body().into_data_stream()).await;
        return Err(too_long());
    }
    let body = axum::body::to_bytes(request.into_body(), MOST).await.map_err(|_| too_long())?;
    let closing: Closing = serde_json::from_slice(&body)
        .map_err(|error| Refusal::malformed(format!("The closing request can't be read ({error}).")))?;
    let sha256 = headers::digest(&closing.sha256)
        .ok_or_else(|| Refusal::malformed("The closing request's sha256 is not a SHA-256 in hex."))?;
    fits(&app, closing.length)?;
    let patches = closing.patches()?;
    find(&app, &id).await?;
    let claim = app.live.claim_soon(&id, SETTLING).await.ok_or_else(locked)?;
    let (incoming, recording) = find(&app, &id).await?;
    if recording.status == Status::Uploaded {
        // Its answer got lost; the same file is closed already.
        return if recording.sha256 == sha256 { Ok(answer(&recording.id, &sha256)) } else { Err(complete()) };
    }
    if incoming.length.is_some_and(|length| length != closing.length) {
        return Err(complete());
    }
    if closing.length > incoming.offset {
        let sentence = format!("The upload stands at byte {} of {}.", incoming.offset, closing.length);
        let holds = HeaderValue::from(incoming.offset);
        return Err(Refusal::new(StatusCode::CONFLICT, sentence).with("upload-offset", holds));
    }
    let work = Arc::clone(&app);
    // A task of its own: the client may go away, and half a closing is worse than a whole one.
    let task = app.tasks.spawn(async move {
        let (app, known) = (Arc::clone(&work), sha256.clone());
        let ended = blocking(move || settle(&app, incoming, &closing, &patches, &known)).await?;
        let done = finish::file(&work, ended, Some(sha256), None).await;
        drop(claim);
        done
    });
    let sha256 = task.await.map_err(Refusal::internal)??;
    Ok(answer(&recording.id, &sha256))
}

impl Closing {
    fn patches(&self) -> Result<Vec<Patch>, Refusal> {
        let patch = |correction: &Correction| {
            let bytes = STANDARD.decode(&correction.bytes).ok();
            let fits =
                |bytes: &Vec<u8>| correction.offset.checked_add(bytes.len() as u64).is_some_and(|end| end <= self.length);
            match bytes.filter(fits) {
                Some(bytes) => Ok(Patch { offset: correction.offset, bytes }),
                None => Err(Refusal::malformed("A correction is not base64, or lies outside the file.")),
            }
        };
        if !headers::sound(self.duration_seconds) {
            return Err(Refusal::malformed("The duration is not a number of seconds."));
        }
        self.studio_metadata.as_ref().map_or(Ok(()), headers::short)?;
        self.corrections.iter().map(patch).collect()
    }
}

/// Corrects the bytes, then the rows: from here on the upload is one of known length and hash.
fn settle(app: &App, incoming: Incoming, closing: &Closing, patches: &[Patch], sha256: &str) -> Result<Incoming, Refusal> {
    correct(app, &incoming, closing.length, patches)?;
    let db = &app.config.db;
    let metadata = with_hash(&incoming.metadata, sha256);
    let studio_metadata = closing.studio_metadata.as_ref();
    db.describe_recording(&incoming.recording, closing.duration_seconds, &closing.scenes, studio_metadata)?;
    db.set_recording_status(&incoming.recording, Status::Uploading)?;
    db.end_incoming(&incoming.id, closing.length, &metadata)?;
    Ok(Incoming { length: Some(closing.length), offset: closing.length, metadata, ..incoming })
}

fn correct(app: &App, incoming: &Incoming, length: u64, patches: &[Patch]) -> Result<(), Refusal> {
    let path = part_path(app, &incoming.id);
    let file = match OpenOptions::new().write(true).open(&path) {
        // It was closed before and got its name when the server went down.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && incoming.complete() => return Ok(()),
        other => other?,
    };
    hold(&file)?;
    file.set_len(length)?;
    for patch in patches {
        file.write_all_at(&patch.bytes, patch.offset)?;
    }
    Ok(file.sync_all()?)
}

/// A second server on the same folder is a second writer.
fn hold(file: &File) -> Result<(), Refusal> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(std::fs::TryLockError::WouldBlock) => Err(locked()),
        Err(std::fs::TryLockError::Error(error)) => Err(error.into()),
    }
}

/// The metadata with the hash that is known now, so that a server that goes down before the last step checks by it.
fn with_hash(metadata: &str, sha256: &str) -> String {
    let others = metadata.split(',').map(str::trim).filter(|pair| !pair.is_empty());
    let others = others.filter(|pair| pair.split(' ').next() != Some("sha256"));
    let hash = format!("sha256 {}", STANDARD.encode(sha256));
    others.map(str::to_owned).chain([hash]).collect::<Vec<_>>().join(",")
}

fn too_long() -> Refusal {
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, format!("The request broke off or has more than {MOST} bytes."))
}

fn complete() -> Refusal {
    Refusal::new(StatusCode::FORBIDDEN, "This upload is complete.")
}

fn answer(recording: &str, sha256: &str) -> Response {
    let mut answer = Answer::new(StatusCode::NO_CONTENT);
    answer.set("onetake-recording", recording);
    answer.set("onetake-sha256", sha256);
    answer.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closing(offset: u64, bytes: &str) -> Closing {
        let corrections = vec![Correction { offset, bytes: bytes.into() }];
        let (sha256, scenes) = (String::new(), Vec::new());
        Closing { length: 10, sha256, duration_seconds: 1.0, scenes, studio_metadata: None, corrections }
    }

    #[test]
    fn corrections_stay_inside_the_file() {
        for (offset, bytes, fits) in [
            (0, "YWJj", true),
            (7, "YWJj", true),
            (8, "YWJj", false),
            (u64::MAX, "YWJj", false),
            (10, "", true),
            (0, "not base64", false),
        ] {
            assert_eq!(closing(offset, bytes).patches().is_ok(), fits, "{offset} {bytes}");
        }
        assert!(Closing { duration_seconds: -1.0, ..closing(0, "") }.patches().is_err());
    }

    #[test]
    fn the_hash_is_named_once() {
        let known = with_hash("title QQ==, sha256 YWI=,take Yg==", "cd");
        assert_eq!(known, "title QQ==,take Yg==,sha256 Y2Q=");
        assert_eq!(with_hash("", "cd"), "sha256 Y2Q=");
    }
}
