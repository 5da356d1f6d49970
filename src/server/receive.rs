//! From the connection to the chunk's thread: a bounded queue, a limit on how long nothing may come, and an eye on the stop
//! signal. It runs as a task of its own, because hyper drops the request when the client goes, and what has arrived by then is
//! still to be saved.

use std::path::PathBuf;
use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use futures_util::StreamExt;
use tokio::sync::mpsc::{self, Sender};

use super::App;
use super::chunk::{Chunk, End, Piece};
use super::finish;
use super::headers::{self, Checks, Facts};
use super::live::Claim;
use super::refusal::{Refusal, blocking};
use crate::core::upload::Status;
use crate::db::Incoming;

/// Pieces of at most some hundred kilobytes that may wait for the disk.
const QUEUE: usize = 8;
/// A refused body is read on for so long and so far, because a client that is still sending would not see the answer.
const DRAIN_BYTES: u64 = 32 << 20;
pub(super) const DRAIN: Duration = Duration::from_secs(10);

/// One `PATCH` that may begin.
pub(super) struct Patch {
    pub app: App,
    pub claim: Claim,
    pub incoming: Incoming,
    pub facts: Facts,
    pub checks: Checks,
    pub body: Body,
}

/// Why the connection stopped delivering.
enum Pause {
    Whole,
    Excess,
    /// The disk's side gave up and says why itself.
    Deaf,
    Cut,
    Slow,
    Stopping,
}

impl Patch {
    /// Receives the chunk; after the last byte also checks and files the whole. Returns the new offset, and the hash of the
    /// file when it is complete.
    pub async fn run(mut self) -> Result<(u64, Option<String>), Refusal> {
        let (db, recording) = (self.app.config.db.clone(), self.incoming.recording.clone());
        blocking(move || Ok(db.set_recording_status(&recording, Status::Uploading)?)).await?;
        let (feed, pieces) = mpsc::channel(QUEUE);
        let expected = self.facts.sha256.clone().or_else(|| self.checks.file.clone());
        let chunk = Chunk {
            db: self.app.config.db.clone(),
            id: self.incoming.id.clone(),
            path: part_path(&self.app, &self.incoming.id),
            offset: self.incoming.offset,
            checks: std::mem::take(&mut self.checks),
            guarded: expected.is_some(),
            // Of a file that grows the beginning will change, so its hash would be of nothing.
            hasher: self.claim.hasher(self.incoming.offset).filter(|_| self.incoming.length.is_some()),
        };
        let writing = tokio::spawn(blocking(move || chunk.write(pieces)));
        let room = super::tus::room(&self.app, &self.incoming);
        let mut body = std::mem::take(&mut self.body).into_data_stream();
        let pause = pump(&self.app, &mut body, feed, room).await;
        let written = match writing.await.unwrap_or_else(|error| Err(Refusal::internal(error))) {
            Ok(written) => written,
            Err(refusal) => {
                drain(body).await;
                return Err(refusal);
            }
        };
        self.claim.keep(written.offset, written.hasher.clone());
        self.incoming.offset = written.offset;
        let refusal = match written.end {
            End::Whole => None,
            End::Mismatch => Some(Refusal::new(headers::mismatch(), "The chunk does not match its checksum; send it again.")),
            End::Excess => Some(too_much()),
            End::Disk(error) => Some(error.into()),
            End::Broken => Some(broken(&pause)),
        };
        if let Some(refusal) = refusal {
            if matches!(pause, Pause::Excess | Pause::Deaf) {
                drain(body).await;
            }
            return Err(refusal);
        }
        if !self.incoming.complete() {
            return Ok((written.offset, None));
        }
        let length = self.incoming.offset;
        let sha256 = finish::file(&self.app, self.incoming, expected, written.hasher).await?;
        Ok((length, Some(sha256)))
    }
}

/// Where the bytes of an unfinished upload lie.
pub(super) fn part_path(app: &App, id: &str) -> PathBuf {
    app.config.folder.incoming().join(format!("{id}.part"))
}

/// Reads what a refused client is still sending, within bounds.
pub(super) async fn drain<E>(mut body: impl futures_util::Stream<Item = Result<bytes::Bytes, E>> + Unpin) {
    let read = async {
        let mut left = DRAIN_BYTES;
        while let Some(Ok(bytes)) = body.next().await {
            left = left.saturating_sub(bytes.len() as u64);
            if left == 0 {
                break;
            }
        }
    };
    // Whether it ended in time changes nothing: the answer goes out next.
    let _ = tokio::time::timeout(DRAIN, read).await;
}

/// 413: more bytes than the upload was announced with.
pub(super) fn too_much() -> Refusal {
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "The chunk reaches beyond the end of the upload.")
}

async fn pump(app: &App, body: &mut axum::body::BodyDataStream, feed: Sender<Piece>, mut room: u64) -> Pause {
    loop {
        let next = tokio::select! {
            biased;
            () = app.stop.cancelled() => return Pause::Stopping,
            next = tokio::time::timeout(app.config.limits.idle, body.next()) => next,
        };
        let piece = match next {
            Err(_) => return Pause::Slow,
            Ok(None) => Piece::Whole,
            Ok(Some(Err(_))) => return Pause::Cut,
            Ok(Some(Ok(bytes))) if bytes.len() as u64 > room => Piece::Excess,
            Ok(Some(Ok(bytes))) => {
                room -= bytes.len() as u64;
                Piece::Bytes(bytes)
            }
        };
        let pause = match &piece {
            Piece::Whole => Some(Pause::Whole),
            Piece::Excess => Some(Pause::Excess),
            Piece::Bytes(_) => None,
        };
        if feed.send(piece).await.is_err() {
            return Pause::Deaf;
        }
        if let Some(pause) = pause {
            return pause;
        }
    }
}

fn broken(pause: &Pause) -> Refusal {
    match pause {
        Pause::Stopping => Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "The server is stopping; what has arrived is kept."),
        Pause::Slow => Refusal::new(StatusCode::REQUEST_TIMEOUT, "Nothing came for a while; what has arrived is kept."),
        _ => Refusal::malformed("The chunk broke off; what has arrived is kept."),
    }
}
