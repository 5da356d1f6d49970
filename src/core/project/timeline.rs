//! How a project's media are arranged: the storyboard's cards, the timeline's tracks and its audio tracks. Times are integer
//! nanoseconds; what plays is named by its asset, never by a path.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::core::asset::AssetId;

/// All of it. Also what a newer program wrote beside it, which is kept and written back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Arrangement {
    pub storyboard: Vec<Card>,
    pub timeline: Timeline,
    pub audio_tracks: Vec<AudioTrack>,
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// What a scene shows. Its words, its prompt and its seconds are the script's; here is what was chosen for it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Card {
    /// The scene it is for, by its heading in the script.
    pub scene: String,
    /// A prompt that does not stand in the script.
    pub prompt: String,
    /// How long it is to be; 0 for as long as its words take.
    pub nanos: u64,
    pub clip: Option<AssetId>,
    pub picture: Option<AssetId>,
    /// Where its clip and its picture lie in the world, when they are not in the library.
    pub clip_link: Option<String>,
    pub picture_link: Option<String>,
}

/// Tracks from the lowest to the one on top.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Timeline {
    pub tracks: Vec<Track>,
    pub markers: Vec<Marker>,
}

/// What a track's clips are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrackKind {
    #[default]
    Video,
    Audio,
    /// Titles and overlays.
    Overlay,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Track {
    pub id: String,
    pub name: String,
    pub kind: TrackKind,
    pub locked: bool,
    pub clips: Vec<Clip>,
}

/// A stretch of an asset at its place on a track.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Clip {
    pub id: String,
    pub asset: AssetId,
    /// Where it begins on the timeline.
    pub at: u64,
    /// Where it begins in the asset.
    pub from: u64,
    /// How much of the timeline it takes.
    pub nanos: u64,
    /// 1 is as recorded; all three are finite.
    pub volume: f64,
    pub opacity: f64,
    pub speed: f64,
    /// The scene it belongs to, by its heading.
    pub scene: Option<String>,
    pub effects: Vec<Value>,
    pub locked: bool,
}

impl Default for Clip {
    fn default() -> Self {
        Clip {
            id: String::new(),
            asset: AssetId(String::new()),
            at: 0,
            from: 0,
            nanos: 0,
            volume: 1.0,
            opacity: 1.0,
            speed: 1.0,
            scene: None,
            effects: Vec::new(),
            locked: false,
        }
    }
}

/// A note at a moment of the timeline.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Marker {
    pub at: u64,
    /// `note`, `scene`, `beat`, `suggestion`.
    pub kind: String,
    pub label: String,
    pub description: String,
    pub scene: Option<String>,
}

/// Sound under the whole film.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AudioTrack {
    pub id: String,
    pub name: String,
    pub asset: Option<AssetId>,
    /// Where it lies in the world, when it is not in the library.
    pub link: Option<String>,
    /// Where it begins on the timeline.
    pub at: u64,
    /// 1 is as recorded; finite.
    pub volume: f64,
}

impl Default for AudioTrack {
    fn default() -> Self {
        AudioTrack { id: String::new(), name: String::new(), asset: None, link: None, at: 0, volume: 1.0 }
    }
}

impl Arrangement {
    /// All assets that are played or shown, each once. They must not be deleted.
    pub fn assets(&self) -> BTreeSet<&AssetId> {
        let cards = self.storyboard.iter().flat_map(|card| card.clip.iter().chain(&card.picture));
        let clips = self.timeline.tracks.iter().flat_map(|track| track.clips.iter().map(|clip| &clip.asset));
        let sounds = self.audio_tracks.iter().filter_map(|track| track.asset.as_ref());
        cards.chain(clips).chain(sounds).filter(|asset| !asset.0.is_empty()).collect()
    }
}
