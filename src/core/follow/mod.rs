//! Following a voice: where in the script is somebody who reads it aloud? The recogniser is told the script, so it only has to
//! say *where*; what it hears is uncertain, comes late and sometimes is nonsense. So a place is believed only as far as
//! recognised words bear it out: a word or two move it on, a run of words makes it jump, silence makes it wait.
//!
//! ```text
//! Script ──> Words ──> Window ──> language model        (words, window, language, sounds)
//! sound ───> recogniser ──> Heard ──> Follower ──> Belief ──> ems on the sheet    (follower, align, places)
//! ```
//!
//! Everything here is pure; the recogniser is `voice`, the processes and threads are `jobs::follow`.

mod align;
mod follower;
mod language;
mod mono;
mod numbers;
mod places;
mod sounds;
mod wire;
mod words;

use serde::{Deserialize, Serialize};

pub use follower::Follower;
pub use language::{Window, language_model};
pub use mono::{Mono, RATE};
pub use places::Places;
pub use sounds::{Dictionary, Entry, bare};
pub use wire::{Answer, FRAME_HEAD, Frame, MAX_FRAME_BYTES, head};
pub use words::{Word, Words, fold};

/// A word the recogniser believes to have heard, with its place in the stream of sound.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeardWord {
    /// As the window wrote it; anything else is a word that is not in the script.
    pub text: String,
    /// Seconds from the stream's beginning.
    pub start: f64,
    pub end: f64,
}

/// What the recogniser believes now.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Heard {
    /// Seconds of sound heard so far: all of this was judged from the sound before this point.
    pub at: f64,
    /// Grows with each stretch of speech between silences; the words of earlier ones no longer change.
    pub utterance: u64,
    /// All words of this stretch so far; they replace what was said of it before.
    pub words: Vec<HeardWord>,
}

impl Heard {
    /// The same on the clock of a stream that began `secs` before: a recogniser that was started later counts from its own
    /// beginning. Its utterances are other ones than those before.
    pub fn later(mut self, secs: f64) -> Heard {
        self.at += secs;
        self.utterance += (secs * 1000.0) as u64;
        for word in &mut self.words {
            word.start += secs;
            word.end += secs;
        }
        self
    }
}

/// How the voice is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hearing {
    /// No word yet.
    #[default]
    Waiting,
    /// Reads along.
    Following,
    /// Knows the place, hears nothing.
    Silent,
    /// Hears words that do not fit the place.
    Lost,
}

/// Where the speaker is believed to be.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Belief {
    /// Words of the script spoken so far: 0 at the beginning, the number of words at the end.
    pub place: f64,
    /// Words per second; 0 while the voice is silent or lost.
    pub pace: f64,
    /// 0 to 1.
    pub confidence: f32,
    pub hearing: Hearing,
    /// Seconds of speech that did not fit, up to now.
    pub lost_secs: f64,
}

#[cfg(test)]
mod tests;
