//! An export: a film that was made here, and what it was cut from. The film itself is an asset.

use serde::{Deserialize, Serialize};

use super::asset::AssetId;

/// How a film came to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Export {
    /// The film.
    pub asset: AssetId,
    /// Id of the project it was made from.
    pub project: Option<String>,
    /// A JSON object: `resolution`, `fps`, `codec` and what else was chosen.
    pub settings: serde_json::Value,
    /// RFC 3339 UTC.
    pub exported_at: String,
    /// In the film's order.
    pub clips: Vec<Clip>,
}

/// A stretch of an asset, in nanoseconds of its own time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clip {
    pub asset: AssetId,
    pub start: u64,
    pub end: u64,
}
