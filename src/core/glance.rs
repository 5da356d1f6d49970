//! What is seen of an asset at a glance: a small picture, a larger one, a strip of frames to scrub through, a waveform. They can be
//! made again from the file at any time, so they are kept only in caches.

use super::cache::Cache;
use super::frame::Still;
use super::peaks::Peaks;

/// Frames of a clip that lie beside each other in its strip, evenly over its length.
pub const STRIP_FRAMES: u32 = 20;

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Glance {
    /// For a tile.
    Thumb,
    /// For the inspector.
    Preview,
    /// `STRIP_FRAMES` frames in one row, all of the same width.
    Strip,
    Wave,
}

impl Glance {
    pub const ALL: [Glance; 4] = [Glance::Thumb, Glance::Preview, Glance::Strip, Glance::Wave];

    pub fn name(self) -> &'static str {
        match self {
            Glance::Thumb => "thumb",
            Glance::Preview => "preview",
            Glance::Strip => "strip",
            Glance::Wave => "wave",
        }
    }

    /// The largest width and height of a picture of this kind, in pixels; of one frame for a strip.
    pub fn size(self) -> (u32, u32) {
        match self {
            // A tile at twice the pixel density.
            Glance::Thumb => (480, 270),
            Glance::Preview => (1280, 720),
            Glance::Strip => (240, 135),
            Glance::Wave => (0, 0),
        }
    }
}

/// The frame of a strip under the pointer, for `at` from 0 (left edge) to 1.
pub fn strip_frame(at: f32) -> u32 {
    // A number that is none becomes 0.
    ((at.clamp(0.0, 1.0) * STRIP_FRAMES as f32) as u32).min(STRIP_FRAMES - 1)
}

/// Part of the strip's picture that frame `number` takes, from and to, 0 to 1 of its width.
pub fn strip_part(number: u32) -> (f32, f32) {
    let number = number.min(STRIP_FRAMES - 1);
    (number as f32 / STRIP_FRAMES as f32, (number + 1) as f32 / STRIP_FRAMES as f32)
}

/// What lies in memory, by the asset's id. What is not there is asked for (`studio::glance`).
#[derive(Clone, Debug)]
pub struct Glances {
    pub thumbs: Cache<Still>,
    pub previews: Cache<Still>,
    pub strips: Cache<Still>,
    pub waves: Cache<Peaks>,
}

impl Glances {
    /// The picture of this kind.
    pub fn still(&self, glance: Glance, asset: &str) -> Option<std::sync::Arc<Still>> {
        match glance {
            Glance::Thumb => self.thumbs.get(asset),
            Glance::Preview => self.previews.get(asset),
            Glance::Strip => self.strips.get(asset),
            Glance::Wave => None,
        }
    }

    /// Forgets all that is known of an asset, as when its file was replaced.
    pub fn remove(&self, asset: &str) {
        self.thumbs.remove(asset);
        self.previews.remove(asset);
        self.strips.remove(asset);
        self.waves.remove(asset);
    }
}

impl Default for Glances {
    /// Room for some hundred tiles: several screens full.
    fn default() -> Glances {
        Glances {
            thumbs: Cache::new(160 << 20),
            previews: Cache::new(32 << 20),
            strips: Cache::new(48 << 20),
            waves: Cache::new(16 << 20),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_has_its_frame_and_each_frame_its_part() {
        assert_eq!((strip_frame(0.0), strip_frame(1.0), strip_frame(f32::NAN)), (0, STRIP_FRAMES - 1, 0));
        for number in 0..STRIP_FRAMES {
            let (from, to) = strip_part(number);
            assert_eq!(strip_frame((from + to) / 2.0), number);
        }
        assert_eq!(strip_part(999), strip_part(STRIP_FRAMES - 1));
    }
}
