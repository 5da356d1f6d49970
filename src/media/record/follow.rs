//! Follows the take's file as it reaches the disk: reads the heads of its blocks (not the pictures) right behind the sync, so
//! that “safe” is what the file itself says, and tells now and then where a recovery may begin to count.

use std::path::Path;

use tracing::debug;

use crate::core::take::Checkpoint;
use crate::core::time::SECOND;
use crate::media::settled::Settled;

/// Time between two places that are told. Recovery counts what comes after the last one, so it reads this much and a cluster.
const TELL_EVERY_NANOS: u64 = 5 * SECOND;

#[derive(Debug)]
pub struct Follower {
    settled: Settled,
    told_nanos: u64,
}

impl Follower {
    /// `None` when the file can't be read, which is no reason not to record.
    pub fn new(path: &Path) -> Option<Follower> {
        let settled = Settled::open(path).inspect_err(|error| debug!(%error, "the take's file can't be followed")).ok()?;
        Some(Follower { settled, told_nanos: 0 })
    }

    /// Goes on to `synced`, the bytes that are on the disk; a place to tell, when it is time for one.
    pub fn advance(&mut self, synced: u64) -> Option<Checkpoint> {
        let place = self.settled.advance(synced)?;
        if place.nanos < self.told_nanos + TELL_EVERY_NANOS {
            return None;
        }
        self.told_nanos = place.nanos;
        Some(place)
    }
}
