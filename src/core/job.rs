//! A job: one request to an engine, from the click to what it made or why it did not.

use serde::{Deserialize, Serialize};

use super::asset::AssetId;

/// What is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Text,
    Image,
    Video,
    Speech,
    Transcription,
    Music,
}

impl Kind {
    pub const ALL: [Kind; 6] = [Kind::Text, Kind::Image, Kind::Video, Kind::Speech, Kind::Transcription, Kind::Music];

    pub fn name(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Image => "image",
            Kind::Video => "video",
            Kind::Speech => "speech",
            Kind::Transcription => "transcription",
            Kind::Music => "music",
        }
    }

    pub fn named(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Queued,
    /// The engine has it, and may charge for it.
    Submitted,
    Running,
    Done,
    Failed,
    Cancelled,
}

impl State {
    pub const ALL: [State; 6] = [State::Queued, State::Submitted, State::Running, State::Done, State::Failed, State::Cancelled];

    pub fn name(self) -> &'static str {
        match self {
            State::Queued => "queued",
            State::Submitted => "submitted",
            State::Running => "running",
            State::Done => "done",
            State::Failed => "failed",
            State::Cancelled => "cancelled",
        }
    }

    pub fn named(name: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Nothing more comes.
    pub fn over(self) -> bool {
        matches!(self, State::Done | State::Failed | State::Cancelled)
    }
}

/// One request and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    pub id: String,
    pub project: Option<String>,
    /// Name of the engine, such as `venice`.
    pub engine: String,
    pub model: String,
    pub kind: Kind,
    /// What was asked besides the prompt, a JSON object. Never holds a key.
    pub params: serde_json::Value,
    pub seed: Option<i64>,
    /// Id of the prompt's version.
    pub prompt_version: Option<String>,
    /// What it was given besides, each by its part in the request: `first_frame`, `song`.
    pub inputs: Vec<(String, AssetId)>,
    pub state: State,
    /// The engine's own name for it.
    pub provider_id: Option<String>,
    /// All ids and addresses that the engine answered with, a JSON object.
    pub links: serde_json::Value,
    /// What it costs, quoted or charged, in millionths of `currency`.
    pub cost_micros: Option<u64>,
    /// Three letters (ISO 4217), empty without a cost.
    pub currency: String,
    /// Why it failed, in one sentence.
    pub problem: Option<String>,
    /// RFC 3339 UTC.
    pub created_at: String,
    pub updated_at: String,
    /// When it was over.
    pub ended_at: Option<String>,
}
