//! Follows the take's file as it reaches the disk: reads the heads of its blocks (not the pictures) right behind the sync, so
//! that “safe” is what the file itself says, and tells now and then where a recovery may begin to count.

use std::fs::File;
use std::path::Path;

use tracing::debug;

use crate::core::take::Checkpoint;
use crate::core::time::SECOND;
use crate::media::matroska::{Bytes, Head, Walk};

/// Time between two places that are told. Recovery counts what comes after the last one, so it reads this much and a cluster.
const TELL_EVERY_NANOS: u64 = 5 * SECOND;

#[derive(Debug)]
pub struct Follower {
    bytes: Bytes,
    reading: Option<(Head, Walk)>,
    told_nanos: u64,
}

impl Follower {
    /// `None` when the file can't be read, which is no reason not to record.
    pub fn new(path: &Path) -> Option<Follower> {
        let file = File::open(path).inspect_err(|error| debug!(%error, "the take's file can't be followed")).ok()?;
        Some(Follower { bytes: Bytes(file), reading: None, told_nanos: 0 })
    }

    /// Goes on to `synced`, the bytes that are on the disk; a place to tell, when it is time for one.
    pub fn advance(&mut self, synced: u64) -> Option<Checkpoint> {
        if self.reading.is_none() {
            let head = self.bytes.head().ok()?.filter(|head| head.first < synced)?;
            let walk = Walk::new(&head, None);
            self.reading = Some((head, walk));
        }
        let (head, walk) = self.reading.as_mut()?;
        walk.advance(&self.bytes, head, synced).ok()?;
        // The muxer corrects only the newest cluster's head; those before it are done with.
        walk.forget();
        let place = walk.checkpoint.filter(|place| place.nanos >= self.told_nanos + TELL_EVERY_NANOS)?;
        self.told_nanos = place.nanos;
        Some(place)
    }
}
