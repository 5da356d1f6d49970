//! A project as one folder: what is in it, for whoever brings it to another library. Each file stands in the manifest with its
//! hash, so that nothing arrives changed or in part.
//!
//! ```text
//! Why we write/    manifest.json   script.md   project.json
//!   pictures/      those of the scenes
//!   media/         {id}.mp4, {id}.json: assets of the project, each with its sidecar
//!   takes/{id}/    take.mkv, journal.jsonl, … as in the library
//! ```

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::asset::AssetId;
use super::take::TakeId;

pub const MANIFEST_FILE: &str = "manifest.json";
/// The form of manifests that this program writes; older ones are read.
pub const MANIFEST_SCHEMA: u32 = 1;
/// The largest manifest that is read: some hundred thousand files.
pub const MAX_MANIFEST_BYTES: u64 = 64 << 20;

/// What a bundle holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    pub schema: u32,
    /// Program and version.
    pub made_by: String,
    /// RFC 3339 UTC.
    pub made_at: String,
    /// Id the project had where it comes from.
    pub project: String,
    pub title: String,
    pub files: Vec<Listed>,
}

/// A file of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Within the bundle, with `/`.
    pub path: String,
    pub bytes: u64,
    /// Lower-case hex.
    pub sha256: String,
}

/// Why a manifest says nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    #[error("it was written by a newer Onetake (form {0})")]
    Newer(u64),
    #[error("its manifest can't be read ({0})")]
    Unreadable(String),
}

impl Manifest {
    pub fn read(text: &str) -> Result<Manifest, ManifestError> {
        let unreadable = |error: serde_json::Error| ManifestError::Unreadable(error.to_string());
        let value: serde_json::Value = serde_json::from_str(text).map_err(unreadable)?;
        // Its form first: what is newer may lack what this one needs.
        match value.get("schema").and_then(serde_json::Value::as_u64) {
            Some(schema) if schema > u64::from(MANIFEST_SCHEMA) => Err(ManifestError::Newer(schema)),
            Some(_) => serde_json::from_value(value).map_err(unreadable),
            None => Err(ManifestError::Unreadable("it does not tell its form (“schema”)".into())),
        }
    }

    /// Of all files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).fold(0, u64::saturating_add)
    }
}

/// Which takes go with a project.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Takes {
    /// All that are not in the bin.
    #[default]
    All,
    /// Those in which something is kept; not those that were interrupted and about which nobody has answered yet.
    Kept,
    None,
}

/// How far it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Progress {
    pub done_bytes: u64,
    pub total_bytes: u64,
}

impl Progress {
    /// 0 to 1.
    pub fn part(&self) -> f32 {
        if self.total_bytes == 0 { 0.0 } else { (self.done_bytes as f64 / self.total_bytes as f64).min(1.0) as f32 }
    }
}

/// What was brought in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Arrived {
    /// Id of the project here.
    pub project: String,
    pub title: String,
    /// Absolute path of its folder.
    pub folder: String,
    pub takes: Vec<TakeId>,
    pub assets: Vec<AssetId>,
    /// Assets that the library had already, which are used instead of a copy.
    pub known: usize,
    pub bytes: u64,
}

/// The same JSON with every text that is one of the ids given another: what refers to assets that have got new ids refers to
/// them again.
pub fn renamed(details: Value, new: &impl Fn(&str) -> Option<String>) -> Value {
    match details {
        Value::String(text) => Value::String(new(&text).unwrap_or(text)),
        Value::Array(values) => values.into_iter().map(|value| renamed(value, new)).collect(),
        Value::Object(values) => values.into_iter().map(|(key, value)| (key, renamed(value, new))).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_manifest_reads_back_and_other_forms_are_refused() {
        let file = Listed { path: "script.md".into(), bytes: 3, sha256: "ab".into() };
        let manifest = Manifest {
            schema: MANIFEST_SCHEMA,
            made_by: "onetake".into(),
            made_at: "2026-11-20T12:00:00Z".into(),
            project: "p".into(),
            title: "Why – なぜ".into(),
            files: vec![file.clone(), Listed { bytes: u64::MAX, ..file }],
        };
        assert_eq!(Manifest::read(&serde_json::to_string(&manifest).unwrap()), Ok(manifest.clone()));
        assert_eq!(manifest.bytes(), u64::MAX, "a sum that does not fit is no small one");
        let newer = serde_json::to_string(&Manifest { schema: 9, ..manifest }).unwrap();
        assert_eq!(Manifest::read(&newer), Err(ManifestError::Newer(9)));
        for text in ["", "[]", "{}", "{\"schema\": 1}", "{\"schema\": \"1\"}", "\0", "null"] {
            assert!(matches!(Manifest::read(text), Err(ManifestError::Unreadable(_))), "{text:?}");
        }
    }

    #[test]
    fn ids_are_followed_wherever_they_stand() {
        let before =
            json!({ "timeline": { "layers": [{ "clips": [{ "asset": "a", "start": 1 }, { "asset": "c" }] }] }, "n": null });
        let after =
            json!({ "timeline": { "layers": [{ "clips": [{ "asset": "b", "start": 1 }, { "asset": "c" }] }] }, "n": null });
        assert_eq!(renamed(before, &|id| (id == "a").then(|| "b".to_owned())), after);
    }
}
