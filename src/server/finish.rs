//! The last byte has come: is it the file that was announced, and one that can be played? Then it gets its final name and its
//! row becomes `uploaded`. The row of the upload stays until it expires, so that a client whose answer got lost can ask again.
//!
//! A crash between renaming and the row is healed by doing the same again: the file is then found under its final name.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use axum::http::StatusCode;
use sha2::{Digest, Sha256};

use super::App;
use super::kind::{HEAD_BYTES, Kind};
use super::receive::part_path;
use super::refusal::{Refusal, blocking};
use crate::blobs::files;
use crate::core::upload::Status;
use crate::db::Incoming;

/// Files a complete upload. Returns its hash. `hasher` has seen all of it, or is `None` and the file is read.
///
/// # Errors
/// 422 when the bytes are not those of `expected`, 415 when they are no video; both end the upload and mark the recording
/// failed. Anything else leaves all as it was, to be tried again.
pub(super) async fn file(
    app: &App,
    incoming: Incoming,
    expected: Option<String>,
    hasher: Option<Sha256>,
) -> Result<String, Refusal> {
    let work = std::sync::Arc::clone(app);
    blocking(move || {
        let at = locate(&work, &incoming)?;
        let found = settle(&work, &at, &incoming.recording, expected, hasher);
        match &found {
            Ok(_) => tracing::info!(recording = incoming.recording, bytes = incoming.offset, "uploaded"),
            Err(refusal) if refusal.status.is_client_error() => {
                tracing::warn!(recording = incoming.recording, reason = refusal.sentence, "an upload was refused at its end");
                discard(&work, &incoming)?;
            }
            Err(_) => return found,
        }
        work.live.forget(&incoming.id);
        found
    })
    .await
}

/// Ends an upload that can't become a recording: its bytes, its row; the recording is marked failed.
pub(super) fn discard(app: &App, incoming: &Incoming) -> Result<(), Refusal> {
    let db = &app.config.db;
    let uploaded = db.recording(&incoming.recording)?.is_some_and(|recording| recording.status == Status::Uploaded);
    if !uploaded {
        remove(&part_path(app, &incoming.id))?;
        db.set_recording_status(&incoming.recording, Status::Failed)?;
    }
    db.delete_incoming(&incoming.id)?;
    app.live.forget(&incoming.id);
    Ok(())
}

/// Checks the file at `at`, moves it to its final name and finishes the row of `recording`, which must be `uploading`.
/// Returns the hash.
pub(super) fn settle(
    app: &App,
    at: &Path,
    recording: &str,
    expected: Option<String>,
    hasher: Option<Sha256>,
) -> Result<String, Refusal> {
    let sha256 = match hasher {
        Some(hasher) => files::hex(&hasher.finalize()),
        None => files::sha256_file(at, |_| {})?,
    };
    if expected.is_some_and(|expected| expected != sha256) {
        let sentence = "What arrived is not the file that was announced (its SHA-256 differs); upload it again.";
        return Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, sentence));
    }
    let Some(kind) = Kind::of(&head(at)?) else {
        let sentence = "This is no Matroska, WebM, MP4 or MOV file.";
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, sentence));
    };
    let sound = app.config.db.recording(recording)?.is_some_and(|row| row.studio_metadata.is_sound());
    let kind = if sound { kind.of_sound() } else { kind };
    let row = app.config.folder.video_row(&format!("{recording}.{}", kind.ending()))?;
    let place = app.config.folder.video_file(&row)?;
    let bytes = fs::metadata(at)?.len();
    if at != place {
        fs::rename(at, &place)?;
        files::sync_folder(&app.config.folder.videos())?;
    }
    app.config.db.finish_recording(recording, &row, bytes, &sha256)?;
    Ok(sha256)
}

/// Removes a file that may be gone already.
pub(super) fn remove(path: &Path) -> Result<(), Refusal> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// The bytes of a complete upload: still a part, or already under their final name.
fn locate(app: &App, incoming: &Incoming) -> Result<PathBuf, Refusal> {
    let part = part_path(app, &incoming.id);
    if part.exists() {
        return Ok(part);
    }
    let named = Kind::ALL.iter().filter_map(|kind| {
        let row = app.config.folder.video_row(&format!("{}.{}", incoming.recording, kind.ending())).ok()?;
        app.config.folder.video_file(&row).ok().filter(|path| path.exists())
    });
    named.into_iter().next().ok_or_else(|| Refusal::internal(format!("the bytes of upload {} are gone", incoming.id)))
}

fn head(path: &Path) -> Result<Vec<u8>, Refusal> {
    let mut head = Vec::new();
    File::open(path)?.take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    Ok(head)
}
