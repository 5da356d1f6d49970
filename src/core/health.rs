//! How a take is doing, a few times a second: what the health line shows and what the journal keeps.

use serde::{Deserialize, Serialize};

/// Counted since the take began, unless said otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Health {
    /// Nanoseconds of picture written to the file.
    pub recorded_nanos: u64,
    /// Frames handed to the encoder.
    pub frames: u64,
    /// Frames the camera lost before we saw them (gaps in its numbering or stamps).
    pub missed: u64,
    /// Frames we had and could not encode in time.
    pub dropped: u64,
    /// Stretches of sound that were lost.
    pub audio_gaps: u64,
    /// How often the sound clipped.
    #[serde(default)]
    pub clips: u64,
    /// Size of the media file.
    pub bytes: u64,
    /// Bytes known to be on the disk, synced.
    pub synced_bytes: u64,
    /// Free space where the take is written.
    pub disk_free_bytes: u64,
    /// Seconds until the disk is as full as a take may make it (`core::disk`); `None` until it was looked at.
    pub disk_secs_left: Option<u64>,
    /// How often another encoder went on in place of one that failed.
    #[serde(default)]
    pub encoder_changes: u64,
}
