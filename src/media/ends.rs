//! The first and the last picture of a clip, to see how it meets its neighbours.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::error::Error;
use super::stills::stills;
use crate::core::frame::Still;
use crate::core::time::SECOND;

/// Large enough to compare, small enough to be quick.
const MOST: (u32, u32) = (384, 384);

/// Before the end, in nanoseconds, where the last picture is looked for: the last of these that gives one counts. They lie close
/// together, so that each is met exactly.
const BEFORE: [u64; 4] = [SECOND / 4, SECOND / 8, SECOND / 20, SECOND / 100];

/// The first and the last picture.
pub fn ends(path: &Path, cancel: &AtomicBool) -> Result<(Still, Still), Error> {
    let (length, _) = super::length(path)?;
    let first = stills(path, &[0], MOST, cancel)?;
    let times = BEFORE.map(|before| length.saturating_sub(before));
    let last = stills(path, &times, MOST, cancel)?;
    match (first.into_iter().next(), last.into_iter().next_back()) {
        (Some(first), Some(last)) => Ok((first, last)),
        _ => Err(Error::NotMedia(path.to_owned())),
    }
}
