//! Prompts: what an engine is asked, in versions. Each knows the sentence it is for and the version it was improved from.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// In the params of a job that works on a prompt and makes nothing of it: the part of a scene that the prompt is for, as a
/// `generate::Place`.
pub const ABOUT: &str = "about";

/// What a prompt is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// A whole project in a sentence.
    Theme,
    Script,
    Image,
    Clip,
    Voice,
    Music,
}

impl Purpose {
    pub const ALL: [Purpose; 6] =
        [Purpose::Theme, Purpose::Script, Purpose::Image, Purpose::Clip, Purpose::Voice, Purpose::Music];

    pub fn name(self) -> &'static str {
        match self {
            Purpose::Theme => "theme",
            Purpose::Script => "script",
            Purpose::Image => "image",
            Purpose::Clip => "clip",
            Purpose::Voice => "voice",
            Purpose::Music => "music",
        }
    }

    pub fn named(name: &str) -> Option<Purpose> {
        Purpose::ALL.into_iter().find(|purpose| purpose.name() == name)
    }
}

/// Who wrote its first version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Written,
    /// It stands in the script.
    Script,
    Engine,
    Imported,
}

impl Source {
    pub const ALL: [Source; 4] = [Source::Written, Source::Script, Source::Engine, Source::Imported];

    pub fn name(self) -> &'static str {
        match self {
            Source::Written => "written",
            Source::Script => "script",
            Source::Engine => "engine",
            Source::Imported => "imported",
        }
    }

    pub fn named(name: &str) -> Option<Source> {
        Source::ALL.into_iter().find(|source| source.name() == name)
    }
}

/// A prompt; its words are in its versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    pub id: String,
    /// Id of the project it is for.
    pub project: Option<String>,
    pub purpose: Purpose,
    pub source: Source,
    /// The prompt it was varied from.
    pub parent: Option<String>,
    /// RFC 3339 UTC.
    pub created_at: String,
}

/// A prompt's words at one time; they never change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    pub id: String,
    pub prompt: String,
    /// Counts from 1 within the prompt.
    pub number: u32,
    pub text: String,
    /// Id of the version it was improved from, of this prompt or another.
    pub parent: Option<String>,
    pub sentence: Option<Sentence>,
    /// RFC 3339 UTC.
    pub made_at: String,
}

/// A part of a script's version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// Id of the script's version.
    pub script: String,
    /// Bytes of its text.
    pub bytes: Range<u64>,
}
