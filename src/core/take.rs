//! A take: one continuous recording in a folder that explains itself (media file and journal). The database row is an index
//! of the folder and can be made from it again.

use serde::{Deserialize, Serialize};

use super::span::Span;
use super::time::Rate;

#[cfg(test)]
#[path = "../../tests/rig/take.rs"]
pub mod made_up;

/// A take's identity: a UUID (version 7, so that ids sort by time) as text; also the name of its folder.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TakeId(pub String);

impl std::fmt::Display for TakeId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a take stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TakeState {
    /// Being written, by this process or one that died.
    Recording,
    /// Stopped in order.
    Finished,
    /// Its process died; what was written is playable.
    Interrupted,
}

impl TakeState {
    pub fn name(self) -> &'static str {
        match self {
            TakeState::Recording => "recording",
            TakeState::Finished => "finished",
            TakeState::Interrupted => "interrupted",
        }
    }

    /// The state with this name, as the database keeps it.
    pub fn named(name: &str) -> Option<TakeState> {
        [TakeState::Recording, TakeState::Finished, TakeState::Interrupted].into_iter().find(|s| s.name() == name)
    }
}

/// A scene's stretch of a take, in nanoseconds from the take's start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SceneMark {
    /// Index of the scene in the script, from 0.
    pub scene: usize,
    pub heading: String,
    pub start: u64,
    pub end: u64,
}

/// Everything the studio knows about one take without opening its media.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Take {
    pub id: TakeId,
    /// Id of the project it belongs to.
    pub project: String,
    /// Counts from 1 within the project.
    pub number: u32,
    /// The script's title when it was recorded.
    pub title: String,
    /// Absolute path of the take's folder.
    pub folder: String,
    /// Absolute path of the media file.
    pub media: String,
    /// Wall clock at the start, RFC 3339 UTC.
    pub started_at: String,
    pub state: TakeState,
    /// Length in nanoseconds.
    pub nanos: u64,
    /// Pictures; none in a take of sound alone.
    pub frames: u64,
    /// Frames missed or dropped.
    pub dropped: u64,
    /// 0 without pictures.
    pub width: u32,
    pub height: u32,
    pub rate: Rate,
    pub bytes: u64,
    pub scenes: Vec<SceneMark>,
    /// What of it is kept and what rejected, from its start to its end; empty for one that was listed before spans were.
    pub spans: Vec<Span>,
    /// The screen as it was meanwhile, when it was recorded.
    pub screen: Option<ScreenTrack>,
}

/// A second file of a take, beside its first and on the same clock: the screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScreenTrack {
    /// Name in the take's folder.
    pub file: String,
    /// When its first picture is on the take's clock, in nanoseconds.
    pub offset: i64,
    /// Length in nanoseconds; 0 when it was never closed and has not been measured.
    pub nanos: u64,
    pub bytes: u64,
}

impl Take {
    /// A take of sound alone.
    pub fn is_sound(&self) -> bool {
        self.width == 0
    }

    /// Absolute path of the screen's file.
    pub fn screen_media(&self) -> Option<String> {
        let track = self.screen.as_ref()?;
        Some(format!("{}/{}", self.folder, track.file))
    }

    /// Stretches that were read again.
    pub fn agains(&self) -> usize {
        self.spans.iter().filter(|span| span.spoilt()).count()
    }
}

/// A place in a running take's file up to which it is known to be whole and on the disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checkpoint {
    /// Length of the file up to here; the next cluster begins here.
    pub bytes: u64,
    /// Pictures before it.
    pub frames: u64,
    /// Length of the picture before it, in nanoseconds.
    pub nanos: u64,
}

/// Names inside a take's folder.
pub const MEDIA_FILE: &str = "take.mkv";
pub const SCREEN_FILE: &str = "screen.mkv";
pub const JOURNAL_FILE: &str = "journal.jsonl";
