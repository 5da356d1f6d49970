//! A take that is sent while it is recorded: from what the recorder has synced to what can be sent of it.

use std::path::{Path, PathBuf};

use tokio::sync::watch;

use crate::blobs::files;
use crate::core::problem::Problem;
use crate::core::take::Take;
use crate::media::settled::{Settled, head_bytes};
use crate::remote::{End, Extent};

use super::metadata;

/// What is told of a take while it is recorded.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    /// Bytes on the disk.
    pub synced: u64,
    pub busy: bool,
    /// It is whole.
    pub ended: Option<Box<Take>>,
}

/// The extent of a take that has ended.
pub(super) fn complete(take: &Take) -> Result<Extent, Problem> {
    let media = Path::new(&take.media);
    let length = files::length(media)?;
    let end = End { length, head: head_bytes(media)?, metadata: metadata::of_take(take) };
    Ok(Extent { settled: length, busy: false, end: Some(end) })
}

/// Follows a take's file: what `told` says is synced becomes what is settled. Ends with the take, or when nobody listens.
pub(super) fn follow(media: PathBuf, told: watch::Receiver<Told>) -> watch::Receiver<Extent> {
    let (extents, heard) = watch::channel(Extent::default());
    tokio::spawn(async move {
        tokio::select! {
            () = extents.closed() => {}
            () = settle(media, told, &extents) => {}
        }
    });
    heard
}

async fn settle(media: PathBuf, mut told: watch::Receiver<Told>, extents: &watch::Sender<Extent>) {
    let mut follower = None;
    while told.changed().await.is_ok() {
        let now = told.borrow_and_update().clone();
        if let Some(take) = now.ended {
            match tokio::task::spawn_blocking(move || complete(&take)).await {
                Ok(Ok(extent)) => _ = extents.send(extent),
                Ok(Err(problem)) => tracing::warn!(%problem, "a take that was sent while it was recorded can't be read"),
                Err(_) => {}
            }
            return;
        }
        let media = media.clone();
        let advanced = tokio::task::spawn_blocking(move || {
            let mut follower = match follower {
                Some(follower) => follower,
                None => Settled::open(&media)?,
            };
            let settled = follower.advance(now.synced).map(|place| place.bytes);
            Ok::<_, crate::media::Error>((follower, settled))
        });
        match advanced.await {
            Ok(Ok((same, settled))) => {
                follower = Some(same);
                extents.send_modify(|extent| {
                    extent.settled = settled.unwrap_or(0).max(extent.settled);
                    extent.busy = now.busy;
                });
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, "a take can't be followed; it is sent when it has ended");
                follower = None;
            }
            Err(_) => return,
        }
    }
}
