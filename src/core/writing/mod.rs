//! From a theme to a script: what a writer is asked, how its answer is read whatever form it has, the outline that needs no writer,
//! and how what was proposed comes into the person's own script. A writer's answer is a draft until a person accepts it.

pub mod adopt;
pub mod ask;
pub mod draft;
pub mod improve;
mod json;
mod labels;
pub mod outline;
pub mod read;

use serde::{Deserialize, Serialize};

use super::script::DEFAULT_PACE;
use super::style::Style;

pub use draft::{Draft, Scene};

/// Lengths that may be asked for, in seconds.
pub const SECONDS: std::ops::RangeInclusive<f64> = 10.0..=3600.0;
/// Numbers of scenes that may be asked for.
pub const SCENES: std::ops::RangeInclusive<u32> = 1..=40;
/// The longest theme that is sent on.
pub const MAX_THEME_CHARS: usize = 4000;
/// Answers are read up to here; a writer that goes on is stopped.
pub const MAX_ANSWER_BYTES: usize = 400_000;

/// What is to be written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Brief {
    pub theme: String,
    /// How long the whole is to take.
    pub seconds: f64,
    /// `None` lets the writer decide.
    pub scenes: Option<u32>,
    pub tone: Tone,
    /// BCP 47 tag, or a language's name; empty for that of the theme.
    pub language: String,
    /// Words per minute it is to be spoken at.
    pub pace: f64,
    pub style: Style,
}

impl Default for Brief {
    fn default() -> Self {
        Brief {
            theme: String::new(),
            seconds: 120.0,
            scenes: None,
            tone: Tone::Calm,
            language: String::new(),
            pace: DEFAULT_PACE,
            style: Style::default(),
        }
    }
}

impl Brief {
    /// The same with figures that can be worked with.
    pub fn bounded(self) -> Brief {
        let finite = |value: f64, or: f64| if value.is_finite() { value } else { or };
        Brief {
            theme: self.theme.trim().chars().take(MAX_THEME_CHARS).collect(),
            seconds: finite(self.seconds, 120.0).clamp(*SECONDS.start(), *SECONDS.end()),
            scenes: self.scenes.map(|scenes| scenes.clamp(*SCENES.start(), *SCENES.end())),
            pace: finite(self.pace, DEFAULT_PACE).clamp(10.0, 1000.0),
            ..self
        }
    }

    /// Scenes that suit the length when nobody said how many: about twenty-five seconds each.
    pub fn scene_count(&self) -> u32 {
        self.scenes.unwrap_or_else(|| ((self.seconds / 25.0).round() as u32).clamp(2, 12))
    }

    /// Words that are spoken in that time.
    pub fn words(&self) -> u32 {
        (self.seconds * self.pace / 60.0).round() as u32
    }
}

/// How it sounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    #[default]
    Calm,
    Lively,
    Serious,
    Funny,
    Plain,
}

impl Tone {
    pub const ALL: [Tone; 5] = [Tone::Calm, Tone::Lively, Tone::Serious, Tone::Funny, Tone::Plain];

    pub fn name(self) -> &'static str {
        match self {
            Tone::Calm => "calm",
            Tone::Lively => "lively",
            Tone::Serious => "serious",
            Tone::Funny => "funny",
            Tone::Plain => "plain",
        }
    }

    pub fn named(name: &str) -> Option<Tone> {
        Tone::ALL.into_iter().find(|tone| tone.name() == name)
    }

    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Tone::Calm => "Calm and personal",
            Tone::Lively => "Lively",
            Tone::Serious => "Serious",
            Tone::Funny => "Funny",
            Tone::Plain => "Plain, explaining",
        }
    }

    /// What a writer is told.
    pub fn direction(self) -> &'static str {
        match self {
            Tone::Calm => "calm and personal, like somebody talking to one friend in a quiet room",
            Tone::Lively => "lively and warm, short sentences, a quick pace, never shouting",
            Tone::Serious => "serious and exact, with weight, without pathos",
            Tone::Funny => "funny in a dry way; the jokes come from what is observed, not from wordplay",
            Tone::Plain => "plain and explaining, one thought a sentence, everyday words",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_brought_into_bounds() {
        let wild = Brief { theme: " x ".into(), seconds: f64::NAN, scenes: Some(0), pace: 0.0, ..Brief::default() };
        let brief = wild.bounded();
        assert_eq!((brief.theme.as_str(), brief.seconds, brief.scenes, brief.pace), ("x", 120.0, Some(1), 10.0));
        assert_eq!((Brief::default().words(), Brief::default().scene_count()), (300, 5));
    }

    #[test]
    fn tones_come_back_by_their_names() {
        for tone in Tone::ALL {
            assert_eq!(Tone::named(tone.name()), Some(tone));
        }
    }
}
