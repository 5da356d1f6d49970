//! Client of a studio server: sends a take so that it arrives whole or can go on later, and keeps projects in step (`projects`). It speaks tus 1.0.0, because a cut
//! then costs at most one chunk and any tus server can be the other end; a Onetake server also checks the whole file.

mod address;
mod error;
mod fetch;
mod growing;
pub mod live;
mod metadata;
mod objects;
pub mod projects;
mod report;
mod source;
mod token;
mod transfer;
mod wire;

use std::ops::Range;
use std::path::PathBuf;

use reqwest::Url;
use tokio_util::sync::CancellationToken;

use crate::core::blocks::Blocks;
use crate::core::take::TakeId;
use crate::core::upload::{self, Metadata, Progress};

pub use error::Error;
pub use growing::{End, Extent, upload_growing};
pub use objects::Held;
pub use token::Token;

/// One file to send.
#[derive(Clone, Debug)]
pub struct Job {
    pub file: PathBuf,
    /// `http://host:port` of a Onetake server, or the full address of another tus endpoint.
    pub server: String,
    pub token: Token,
    /// The take it is, when it is one.
    pub take: Option<TakeId>,
    pub metadata: Metadata,
    /// Where an earlier run put it (`Event::Located`); it goes on there if the server still knows it.
    pub location: Option<String>,
    /// Lower-case hex, when the file was hashed before; saves reading it once.
    pub sha256: Option<String>,
    pub patience: Patience,
}

/// How long to keep trying.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Patience {
    /// Tries in a row without a single byte getting through.
    pub tries: u32,
    /// Multiplies the waits of `core::upload::backoff_secs`; tests wait less.
    pub pace: f64,
}

impl Default for Patience {
    fn default() -> Self {
        Patience { tries: upload::TRIES, pace: 1.0 }
    }
}

/// What happens on the way, in this order but for `Waiting` and `Hashed`.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Bytes hashed so far, when the file must be read before it can be sent. At most ten a second, as `Sending`.
    Hashing { done_bytes: u64, total_bytes: u64 },
    /// The whole file's SHA-256, lower-case hex. It comes first when it was known or had to be, and last when the file was
    /// hashed on its way.
    Hashed { sha256: String },
    /// The upload's address. Keep it: a later `Job` with it goes on where this one stops. Told before the first byte flows.
    Located { location: String },
    /// Bytes the connection has taken; what a cut loses is taken back.
    Sending(Progress),
    /// Something broke; the next try comes after `secs`.
    Waiting { attempt: u32, secs: f64, reason: String },
}

/// A file that arrived whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uploaded {
    /// The server's recording; `None` from a tus server that is not Onetake.
    pub recording: Option<String>,
    pub bytes: u64,
    /// Lower-case hex of the file here; a Onetake server has found the same.
    pub sha256: String,
    pub location: String,
    /// The file's fingerprint, when it was taken on the way.
    pub blocks: Option<Blocks>,
}

/// Sends `job.file`, resuming at `job.location` when the server still has it. Cancelling ends the transfer at once and leaves
/// what arrived on the server, so that it can go on later.
///
/// # Errors
/// See [`Error`]; whatever can pass by itself was tried `job.patience.tries` times before.
pub async fn upload(job: Job, on_event: impl FnMut(Event), cancel: CancellationToken) -> Result<Uploaded, Error> {
    let guard = cancel.clone();
    tokio::select! {
        biased;
        () = guard.cancelled() => Err(Error::Cancelled),
        done = transfer::run(job, on_event, cancel) => done,
    }
}

/// Fetches stretches of a recording, in order, and hands on each piece with its place in the file. A broken connection is
/// tried again from where it broke, `patience.tries` times in a row without a byte.
///
/// # Errors
/// As [`upload()`], and what `take` answers with.
pub async fn fetch(
    server: &str,
    token: Token,
    recording: &str,
    ranges: &[Range<u64>],
    patience: Patience,
    take: impl FnMut(u64, bytes::Bytes) -> Result<(), Error>,
) -> Result<(), Error> {
    fetch::run(&wire::Wire::new(server, token)?, recording, ranges, patience, take).await
}

/// Makes the server forget an unfinished upload. One it does not know any more is fine.
///
/// # Errors
/// As [`upload()`]; a `location` on another host than `server` is refused, because the token belongs to `server`.
pub async fn terminate(server: &str, location: &str, token: Token) -> Result<(), Error> {
    let wire = wire::Wire::new(server, token)?;
    let upload: Url = address::located(&wire.endpoint, location)?;
    match wire.delete(&upload).await {
        Ok(()) | Err(wire::Setback::Gone(_)) => Ok(()),
        Err(wire::Setback::Final(error)) => Err(error),
        Err(wire::Setback::Again(last) | wire::Setback::Mismatch(last)) => {
            Err(Error::GaveUp { host: wire.host(), tries: 1, last })
        }
    }
}
