//! How much of a file that is being recorded will not change any more. The muxer goes back to the head of its newest cluster
//! and, at the very end, to the file's head; everything between the first cluster and the newest is done with.

use std::fs::File;
use std::path::Path;

use super::error::Error;
use super::matroska::{Bytes, Head, Walk};
use crate::core::take::Checkpoint;

/// Follows one file, reading the heads of its blocks (not the pictures).
#[derive(Debug)]
pub struct Settled {
    bytes: Bytes,
    reading: Option<(Head, Walk)>,
}

impl Settled {
    pub fn open(path: &Path) -> Result<Settled, Error> {
        let file = File::open(path).map_err(|error| Error::file(path, error))?;
        Ok(Settled { bytes: Bytes(file), reading: None })
    }

    /// Goes on to `synced`, the bytes that are on the disk. Gives where the newest cluster begins; `None` before there is one.
    pub fn advance(&mut self, synced: u64) -> Option<Checkpoint> {
        if self.reading.is_none() {
            let head = self.bytes.head().ok()?.filter(|head| head.first < synced)?;
            let walk = Walk::new(&head, None);
            self.reading = Some((head, walk));
        }
        let (head, walk) = self.reading.as_mut()?;
        walk.advance(&self.bytes, head, synced).ok()?;
        walk.forget();
        walk.checkpoint
    }
}

/// Bytes before the first cluster, which are written anew when a recording stops or is recovered.
pub fn head_bytes(path: &Path) -> Result<u64, Error> {
    let failed = |error| Error::file(path, error);
    let bytes = Bytes(File::open(path).map_err(failed)?);
    let head = bytes.head().map_err(failed)?.ok_or_else(|| Error::NotMedia(path.to_owned()))?;
    Ok(head.first)
}
