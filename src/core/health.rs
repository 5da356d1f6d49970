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
    /// Size of the media file.
    pub bytes: u64,
    /// Bytes known to be on the disk, synced.
    pub synced_bytes: u64,
    /// Free space where the take is written.
    pub disk_free_bytes: u64,
    /// How often another encoder went on in place of one that failed.
    #[serde(default)]
    pub encoder_changes: u64,
}

impl Health {
    /// Whole minutes that still fit on the disk at the size the take has had so far; `None` until a second is written.
    pub fn minutes_left(&self) -> Option<u64> {
        let secs = super::time::secs(self.recorded_nanos);
        if secs < 1.0 || self.bytes == 0 {
            return None;
        }
        let bytes_per_sec = self.bytes as f64 / secs;
        Some((self.disk_free_bytes as f64 / bytes_per_sec / 60.0) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_left_follow_the_takes_own_size() {
        let mut health = Health { recorded_nanos: 10 * 1_000_000_000, bytes: 10_000_000, ..Health::default() };
        health.disk_free_bytes = 600_000_000;
        assert_eq!(health.minutes_left(), Some(10));
        health.recorded_nanos = 0;
        assert_eq!(health.minutes_left(), None);
    }
}
