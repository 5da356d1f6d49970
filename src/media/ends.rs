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
    let first = first.into_iter().next().ok_or_else(|| Error::NotMedia(path.to_owned()))?;
    Ok((first, last_of(path, length, MOST, cancel)?))
}

/// The last picture, at most `most.0` × `most.1`: what the next clip is to begin with.
pub fn last(path: &Path, most: (u32, u32), cancel: &AtomicBool) -> Result<Still, Error> {
    let (length, _) = super::length(path)?;
    last_of(path, length, most, cancel)
}

fn last_of(path: &Path, length: u64, most: (u32, u32), cancel: &AtomicBool) -> Result<Still, Error> {
    let times = BEFORE.map(|before| length.saturating_sub(before));
    let last = stills(path, &times, most, cancel)?;
    last.into_iter().next_back().ok_or_else(|| Error::NotMedia(path.to_owned()))
}
