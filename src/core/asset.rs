//! An asset: any media in the library, whatever it came from. A take is one too, under the take's id.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::take::TakeId;
use super::time::Rate;

/// An asset's identity: a UUID (version 7) as text. A take's asset has the take's id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AssetId(pub String);

impl std::fmt::Display for AssetId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Video,
    Audio,
    Image,
    /// A picture with holes to look through: titles, frames, logos.
    Overlay,
}

impl Kind {
    pub const ALL: [Kind; 4] = [Kind::Video, Kind::Audio, Kind::Image, Kind::Overlay];

    pub fn name(self) -> &'static str {
        match self {
            Kind::Video => "video",
            Kind::Audio => "audio",
            Kind::Image => "image",
            Kind::Overlay => "overlay",
        }
    }

    pub fn named(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Where it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Brought in by the person.
    Upload,
    Recording,
    Export,
    Generated,
}

impl Source {
    pub const ALL: [Source; 4] = [Source::Upload, Source::Recording, Source::Export, Source::Generated];

    pub fn name(self) -> &'static str {
        match self {
            Source::Upload => "upload",
            Source::Recording => "recording",
            Source::Export => "export",
            Source::Generated => "generated",
        }
    }

    pub fn named(name: &str) -> Option<Source> {
        Source::ALL.into_iter().find(|source| source.name() == name)
    }
}

/// Whether its file can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Importing,
    Ready,
    Failed,
    /// Its file is not where it was.
    Missing,
}

impl Status {
    pub fn name(self) -> &'static str {
        match self {
            Status::Importing => "importing",
            Status::Ready => "ready",
            Status::Failed => "failed",
            Status::Missing => "missing",
        }
    }

    pub fn named(name: &str) -> Option<Status> {
        [Status::Importing, Status::Ready, Status::Failed, Status::Missing].into_iter().find(|s| s.name() == name)
    }
}

/// What is in the file, as it was probed. Zero and empty where there is none of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// Length in nanoseconds; 0 for a picture.
    pub nanos: u64,
    pub width: u32,
    pub height: u32,
    pub rate: Rate,
    /// In words, such as “H.264”.
    pub video_codec: String,
    pub audio_codec: String,
    pub channels: u32,
    /// Samples a second.
    pub sample_rate: u32,
    /// Media type, such as `video/mp4`.
    pub mime: String,
}

impl Default for Facts {
    fn default() -> Self {
        Facts {
            nanos: 0,
            width: 0,
            height: 0,
            rate: Rate { num: 0, den: 1 },
            video_codec: String::new(),
            audio_codec: String::new(),
            channels: 0,
            sample_rate: 0,
            mime: String::new(),
        }
    }
}

/// Everything the library knows of one asset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Asset {
    pub id: AssetId,
    /// Project it belongs to, if to one.
    pub project: Option<String>,
    pub owner: Option<String>,
    pub team: Option<String>,
    /// The take it is.
    pub take: Option<TakeId>,
    pub name: String,
    pub description: String,
    pub category: String,
    pub kind: Kind,
    pub source: Source,
    pub status: Status,
    /// Why it can't be used, in one sentence.
    pub problem: Option<String>,
    /// Relative to the data folder, or absolute for a file that lies elsewhere.
    pub path: String,
    /// The file stays where it is and is never changed or deleted by the studio.
    pub linked: bool,
    pub bytes: u64,
    /// Of the whole file, lower-case hex; a take that is being written has none.
    pub sha256: Option<String>,
    pub facts: Facts,
    /// The media fields of its origin, a JSON object (docs/DATA.md).
    pub metadata: serde_json::Value,
    /// RFC 3339 UTC.
    pub created_at: String,
    pub updated_at: String,
    pub binned_at: Option<String>,
    /// In alphabetical order.
    pub tags: Vec<String>,
}

impl Asset {
    /// Where its file is, for a data folder at `root`.
    pub fn file(&self, root: &Path) -> PathBuf {
        root.join(&self.path)
    }
}

/// The form of sidecars that this program writes; older ones are read.
pub const SIDECAR_SCHEMA: u32 = 1;

/// An asset as the file beside its own tells it (`media/{id}.json`), from which a lost database is made again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sidecar {
    pub schema: u32,
    pub asset: Asset,
}

/// Why a sidecar says nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SidecarError {
    #[error("it was written by a newer Onetake (form {0})")]
    Newer(u64),
    #[error("{0}")]
    Unreadable(String),
}

impl Sidecar {
    pub fn of(asset: &Asset) -> Sidecar {
        Sidecar { schema: SIDECAR_SCHEMA, asset: asset.clone() }
    }

    /// Lines that a person can read, with a newline at the end.
    pub fn to_json(&self) -> String {
        // Text keys and plain values only: it can't fail.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Reads a sidecar. Whether its path leads anywhere is not looked at.
    pub fn read(text: &str) -> Result<Asset, SidecarError> {
        let unreadable = |error: serde_json::Error| SidecarError::Unreadable(error.to_string());
        let value: serde_json::Value = serde_json::from_str(text).map_err(unreadable)?;
        // Its form first: what is newer may lack what this one needs.
        match value.get("schema").and_then(serde_json::Value::as_u64) {
            Some(schema) if schema > u64::from(SIDECAR_SCHEMA) => Err(SidecarError::Newer(schema)),
            Some(_) => serde_json::from_value::<Sidecar>(value).map(|sidecar| sidecar.asset).map_err(unreadable),
            None => Err(SidecarError::Unreadable("it does not tell its form (“schema”)".into())),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A picture that was brought in.
    pub(crate) fn asset(id: &str) -> Asset {
        Asset {
            id: AssetId(id.into()),
            project: None,
            owner: None,
            team: None,
            take: None,
            name: "Lantern".into(),
            description: String::new(),
            category: String::new(),
            kind: Kind::Image,
            source: Source::Upload,
            status: Status::Ready,
            problem: None,
            path: format!("media/{id}.png"),
            linked: false,
            bytes: 7,
            sha256: Some("a".repeat(64)),
            facts: Facts { width: 4, height: 3, mime: "image/png".into(), ..Facts::default() },
            metadata: serde_json::json!({}),
            created_at: "2026-11-20T12:00:00Z".into(),
            updated_at: "2026-11-20T12:00:00Z".into(),
            binned_at: None,
            tags: vec!["dawn".into()],
        }
    }

    #[test]
    fn a_sidecar_reads_back_as_it_was_written() {
        let asset = asset("0193a");
        assert_eq!(Sidecar::read(&Sidecar::of(&asset).to_json()), Ok(asset));
    }

    #[test]
    fn sidecars_of_other_forms_are_refused() {
        let newer = Sidecar { schema: SIDECAR_SCHEMA + 1, asset: asset("1") }.to_json();
        assert_eq!(Sidecar::read(&newer), Err(SidecarError::Newer(2)));
        for text in ["", "[]", "{}", "{\"schema\": 1}", "{\"schema\": \"1\", \"asset\": {}}", "\0"] {
            assert!(matches!(Sidecar::read(text), Err(SidecarError::Unreadable(_))), "{text:?}");
        }
    }
}
