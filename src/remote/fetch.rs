//! The way back: stretches of a recording, to heal a file that was damaged here. A line that breaks costs what was not yet
//! handed on; the next try begins there.

use std::ops::Range;
use std::time::Duration;

use bytes::Bytes;

use super::Patience;
use super::error::Error;
use super::transfer::jitter;
use super::wire::{Setback, Wire};
use crate::core::upload::backoff_secs;

/// No byte for so long means the line is dead.
const STALL: Duration = Duration::from_secs(30);

pub(super) async fn run(
    wire: &Wire,
    recording: &str,
    ranges: &[Range<u64>],
    patience: Patience,
    mut take: impl FnMut(u64, Bytes) -> Result<(), Error>,
) -> Result<(), Error> {
    for range in ranges {
        let (mut at, mut failures) = (range.start, 0);
        while at < range.end {
            let before = at;
            let reason = match stretch(wire, recording, &mut at, range.end, &mut take).await {
                Ok(()) => continue,
                Err(Setback::Final(error) | Setback::Gone(error)) => return Err(error),
                Err(Setback::Again(reason) | Setback::Mismatch(reason)) => reason,
            };
            failures = if at > before { 1 } else { failures + 1 };
            if failures >= patience.tries {
                return Err(Error::Silent { host: wire.host(), tries: failures, last: reason });
            }
            let secs = backoff_secs(failures, jitter()) * patience.pace;
            tracing::debug!(failures, secs, reason, "fetching was interrupted");
            tokio::time::sleep(Duration::try_from_secs_f64(secs).unwrap_or_default()).await;
        }
    }
    Ok(())
}

/// From `at` to `end`, as far as the line holds; `at` says how far that was.
async fn stretch(
    wire: &Wire,
    recording: &str,
    at: &mut u64,
    end: u64,
    take: &mut impl FnMut(u64, Bytes) -> Result<(), Error>,
) -> Result<(), Setback> {
    let timely = |_| Setback::Again("no byte came for a while".to_owned());
    let mut answer = tokio::time::timeout(STALL, wire.fetch(recording, &(*at..end))).await.map_err(timely)??;
    while *at < end {
        let Some(piece) = tokio::time::timeout(STALL, wire.piece(&mut answer)).await.map_err(timely)?? else {
            return Err(Setback::Again("the connection ended too soon".to_owned()));
        };
        if piece.len() as u64 > end - *at {
            return Err(wire.nonsense("it sent more than was asked for"));
        }
        let length = piece.len() as u64;
        take(*at, piece)?;
        *at += length;
    }
    Ok(())
}
