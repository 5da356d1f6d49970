//! The script: what is said, in scenes, with cues and directions. The text the person wrote is kept byte for byte and is the
//! only truth; scenes, lines and directives are a reading of it, and every edit is a splice of the text followed by a new
//! reading. So nothing the program does not understand can get lost.

mod again;
pub mod edit;
pub mod markdown;
pub mod plain;
pub mod same;

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::compose::Layout;

/// Words per minute when the script names no pace: a calm speaking voice.
pub const DEFAULT_PACE: f64 = 150.0;

/// A script and its reading.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Script {
    source: String,
    pub front: Front,
    pub scenes: Vec<Scene>,
}

/// What the front matter says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Front {
    /// From `title:`, else from the first `# heading`.
    pub title: Option<String>,
    /// Words per minute.
    pub pace: Option<f64>,
    /// BCP 47 tag, as written.
    pub language: Option<String>,
    /// All `key: value` lines with the value's place in the source.
    pub entries: Vec<Directive>,
    /// The block with its fences, when there is one.
    pub range: Option<Range<usize>>,
}

/// One scene: a `##` heading and what follows it, or the text before the first one.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// Empty when the text begins without a heading.
    pub heading: String,
    /// The whole scene in the source, heading included.
    pub range: Range<usize>,
    /// The heading's line, without its line end.
    pub heading_range: Option<Range<usize>>,
    pub paragraphs: Vec<Paragraph>,
    /// Sentences, in order; `Piece::line` points here.
    pub lines: Vec<Line>,
    pub directives: Vec<Directive>,
    /// Spoken words.
    pub words: usize,
}

/// A `key: value` of the front matter or of a scene's quote block.
#[derive(Clone, Debug, PartialEq)]
pub struct Directive {
    /// Lower case.
    pub key: String,
    pub value: String,
    /// The value in the source.
    pub value_range: Range<usize>,
    /// Its whole line, with its line end.
    pub line_range: Range<usize>,
}

/// A sentence: what a caption shows and what is retaken.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub text: String,
    pub words: usize,
    /// Where it begins in the source.
    pub start: usize,
}

/// A paragraph as the prompter shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Paragraph {
    pub pieces: Vec<Piece>,
}

/// A run of spoken text or a cue.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// Cues keep their brackets.
    pub text: String,
    pub cue: bool,
    /// Index into the scene's `lines`; a cue belongs to the line that follows it, or the last
    /// one (0 in a scene of cues alone).
    pub line: usize,
}

impl Script {
    /// Reads Markdown. Never fails: what is not understood stays in the text.
    pub fn markdown(source: impl Into<String>) -> Script {
        let source = source.into();
        let (front, scenes) = markdown::read(&source);
        Script { source, front, scenes }
    }

    /// Reads a file's text by its name: `.txt` without Markdown headings is plain text (blank lines make scenes), anything
    /// else is Markdown.
    pub fn of_file(name: &str, text: &str) -> Script {
        let plain = name.to_ascii_lowercase().ends_with(".txt") && !plain::looks_like_markdown(text);
        if plain { Script::markdown(plain::to_markdown(name, text)) } else { Script::markdown(text) }
    }

    /// The text, exactly as it was given or edited.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The title people see.
    pub fn title(&self) -> &str {
        self.front.title.as_deref().filter(|t| !t.trim().is_empty()).unwrap_or("Untitled script")
    }

    pub fn words(&self) -> usize {
        self.scenes.iter().map(|scene| scene.words).sum()
    }

    /// Words per minute from the front matter, or the default.
    pub fn pace(&self) -> f64 {
        self.front.pace.unwrap_or(DEFAULT_PACE)
    }

    /// Seconds the whole takes, scene by scene as `Scene::seconds`.
    pub fn seconds(&self) -> f64 {
        let pace = self.pace();
        self.scenes.iter().map(|scene| scene.seconds(pace)).sum()
    }
}

impl Scene {
    /// The heading, or a number for a scene without one.
    pub fn title(&self, index: usize) -> String {
        if self.heading.trim().is_empty() { format!("Scene {}", index + 1) } else { self.heading.clone() }
    }

    /// The value of a directive.
    pub fn directive(&self, key: &str) -> Option<&str> {
        self.directives.iter().rev().find(|d| d.key == key).map(|d| d.value.as_str()).filter(|v| !v.is_empty())
    }

    /// The picture prompt.
    pub fn image_prompt(&self) -> Option<&str> {
        self.directive("image")
    }

    /// The picture's file, relative to the project's folder.
    pub fn picture(&self) -> Option<&str> {
        self.directive("picture")
    }

    /// How camera and picture share the program, if the scene says.
    pub fn layout(&self) -> Option<Layout> {
        self.directive("layout").and_then(Layout::named)
    }

    /// Target seconds, if the scene says; more than a day is taken for a mistake.
    pub fn target_secs(&self) -> Option<f64> {
        self.directive("seconds")?.trim_end_matches(['s', ' ']).parse::<f64>().ok().filter(|s| *s > 0.0 && *s <= 86_400.0)
    }

    /// Target seconds, or what the words take at `pace` words per minute.
    pub fn seconds(&self, pace: f64) -> f64 {
        self.target_secs().unwrap_or_else(|| self.words as f64 * 60.0 / pace.max(1.0))
    }
}

/// Words as Unicode counts them (UAX 29): numbers count, punctuation and emoji do not.
pub fn count_words(text: &str) -> usize {
    text.unicode_words().count()
}

#[cfg(test)]
mod tests;
