//! Making something by an engine: what is ordered, the ticket for it, how far it is, what came of it. One shape for all engines, so
//! that one queue, one page and one budget serve them all; each engine's file in `engines/` turns it into its own wire form.

mod failure;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::engine::Money;
use super::job::Kind;

pub use failure::{Class, Failure};

/// What a person chose besides the prompt; the `params` of a job. Every part may be missing, and what the model doesn't allow is left
/// out before it is sent. Never holds a key.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wish {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub negative: String,
    /// Such as `16:9`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aspect: Option<String>,
    /// Such as `720p`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolution: Option<String>,
    /// Length of a clip, or of the sound that is written down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// Whether a clip has sound, where that may be chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sound: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub style: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voice: Option<String>,
    /// BCP 47.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Where it belongs: heading and number of the scene, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scene: Option<Place>,
    /// What the person agreed to when the engine asked (`Class::Consent`), in the engine's own form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent: Option<Value>,
    /// What one engine alone knows, in its own names.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

/// The part of a project that something is made for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Counts from 0.
    pub scene: usize,
    pub heading: String,
    pub role: Role,
}

/// What it is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The scene's picture, which is also the keyframe its clip begins with.
    #[default]
    Picture,
    /// The keyframe its clip ends with.
    End,
    Clip,
    Voice,
    Music,
}

/// A file that goes with an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    pub role: InputRole,
    pub path: PathBuf,
    /// Media type, such as `image/png`.
    pub mime: String,
    /// Where the engine may fetch it from, when it lies somewhere public.
    pub url: Option<String>,
    /// Who made it, when an engine did.
    pub maker: Option<Maker>,
}

/// The engine that made a file, and its own name for that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Maker {
    pub engine: String,
    pub id: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InputRole {
    FirstFrame,
    LastFrame,
    /// A picture whose look or person is to be kept.
    Reference,
    /// To be transcribed, or to be sung over.
    Sound,
    /// To be changed, made bigger, or gone on from.
    Clip,
}

impl InputRole {
    pub const ALL: [InputRole; 5] =
        [InputRole::FirstFrame, InputRole::LastFrame, InputRole::Reference, InputRole::Sound, InputRole::Clip];

    /// Its part in `job::Job::inputs`.
    pub fn name(self) -> &'static str {
        match self {
            InputRole::FirstFrame => "first_frame",
            InputRole::LastFrame => "last_frame",
            InputRole::Reference => "reference",
            InputRole::Sound => "sound",
            InputRole::Clip => "clip",
        }
    }

    pub fn named(name: &str) -> Option<InputRole> {
        InputRole::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// All that an engine is told.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// Our own id of the job, a UUID. Sent along where the engine takes an id of the client's, and looked for after a crash.
    pub job: String,
    pub kind: Kind,
    pub model: String,
    pub prompt: String,
    pub seed: Option<i64>,
    pub wish: Wish,
    pub inputs: Vec<Input>,
}

impl Order {
    /// The first file with this role.
    pub fn input(&self, role: InputRole) -> Option<&Input> {
        self.inputs.iter().find(|input| input.role == role)
    }
}

/// What an engine gave for an order: enough to ask for it again after a restart.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ticket {
    /// The engine's own name for it.
    pub id: String,
    pub model: String,
    /// All other ids and addresses it answered with; kept as they came, since some can't be made up again.
    #[serde(default)]
    pub links: Map<String, Value>,
}

/// The answer to an order.
#[derive(Clone, Debug, PartialEq)]
pub enum Submission {
    /// It is made later.
    Ticket {
        ticket: Ticket,
        /// What it will cost, when the engine says.
        cost: Option<Money>,
    },
    /// It is made already.
    Made(Made),
}

/// How far an order is.
#[derive(Clone, Debug, PartialEq)]
pub enum Standing {
    /// Waits at the engine; how many are before it, when it says.
    Queued {
        before: Option<u32>,
    },
    /// 0 to 1, when it can be told from what the engine says.
    Running {
        progress: Option<f32>,
    },
    Done(Made),
    Failed(Failure),
    Cancelled,
}

/// What was made: files in the landing folder, or words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Made {
    pub files: Vec<Piece>,
    /// Written or transcribed text.
    pub text: Option<String>,
    /// Words with their times, of a transcription.
    pub words: Vec<TimedWord>,
    /// The seed it was made with, when the engine says.
    pub seed: Option<i64>,
    /// What it has cost, when the engine says.
    pub cost: Option<Money>,
}

/// A file that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub path: PathBuf,
    /// Media type told by the file's first bytes.
    pub mime: &'static str,
}

/// A word as it was heard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimedWord {
    pub word: String,
    /// Seconds from the beginning of the sound.
    pub start: f64,
    pub end: f64,
}

/// What an engine says of an account, for the Test button.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Account {
    /// One sentence: who or what answered.
    pub words: String,
    /// What is left to spend.
    pub balance: Option<Money>,
    pub models: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_is_as_small_as_what_was_said() {
        assert_eq!(serde_json::to_string(&Wish::default()).unwrap(), "{}");
        let place = Place { scene: 2, heading: "The habit".into(), role: Role::Clip };
        let wish = Wish { seconds: Some(5.0), scene: Some(place), ..Wish::default() };
        let text = serde_json::to_string(&wish).unwrap();
        assert_eq!(serde_json::from_str::<Wish>(&text).unwrap(), wish);
        assert_eq!(serde_json::from_str::<Wish>("{\"of a newer program\": 1}").unwrap(), Wish::default());
    }

    #[test]
    fn roles_come_back_by_their_names() {
        for role in InputRole::ALL {
            assert_eq!(InputRole::named(role.name()), Some(role));
        }
    }
}
