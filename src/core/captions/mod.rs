//! Captions: what is said and when, in pieces that can be read. They come from the script and the take's journal, which knows when each
//! sentence stood at the eye line, so that nobody has to recognise any speech; from the script and the voices of a film's scenes; or from
//! the words of a transcription.

mod file;
mod film;
mod rows;

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::generate::TimedWord;
use super::journal::{Entry, Event};
use super::script::{Script, count_words};
use super::time::{SECOND, nanos};

pub use file::{srt, vtt};
pub use film::{Passage, of_film};

/// A caption stays at least this long, where the next one leaves it room.
const LEAST_NANOS: u64 = SECOND;
/// A silence in a transcription that ends a caption.
const PAUSE_SECS: f64 = 0.7;
/// The slowest speech, in seconds a word: when a sentence stands longer, its caption goes, since nobody speaks any more.
const SLOWEST_WORD_SECS: f64 = 1.2;
/// And this much more, for a breath before it.
const BREATH_SECS: f64 = 2.0;

/// One caption, in nanoseconds on the clock of the take or file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caption {
    pub start: u64,
    /// Behind `start`.
    pub end: u64,
    /// One or two rows.
    pub text: String,
}

/// A form of caption file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    #[default]
    Srt,
    Vtt,
}

impl Form {
    pub fn write(self, captions: &[Caption]) -> String {
        match self {
            Form::Srt => srt(captions),
            Form::Vtt => vtt(captions),
        }
    }

    /// The ending of its files.
    pub fn ending(self) -> &'static str {
        match self {
            Form::Srt => "srt",
            Form::Vtt => "vtt",
        }
    }
}

impl FromStr for Form {
    type Err = String;

    fn from_str(name: &str) -> Result<Form, String> {
        match name.to_ascii_lowercase().as_str() {
            "srt" => Ok(Form::Srt),
            "vtt" | "webvtt" => Ok(Form::Vtt),
            other => Err(format!("“{other}” is neither srt nor vtt")),
        }
    }
}

/// The one that stands at a moment; they are in the order of time.
pub fn at(captions: &[Caption], nanos: u64) -> Option<&Caption> {
    let after = captions.partition_point(|caption| caption.start <= nanos);
    captions.get(after.checked_sub(1)?).filter(|caption| nanos < caption.end)
}

/// What the script says of a take that is `nanos` long: each sentence from when it came to the eye line until the next one did. Text
/// that was edited while it rolled counts from when it was shown.
pub fn of_take(entries: &[Entry], nanos: u64) -> Vec<Caption> {
    let mut script: Option<Script> = None;
    let mut said: Vec<(u64, String)> = Vec::new();
    for entry in entries {
        match &entry.event {
            Event::Opened(opened) => script = Some(Script::markdown(opened.script.clone())),
            Event::Edited { script: text } => script = Some(Script::markdown(text.clone())),
            Event::LinePassed { scene, line } => {
                let found = script.as_ref().and_then(|script| script.scenes.get(*scene)?.lines.get(*line));
                // The first one stands there from the beginning.
                let at = if said.is_empty() { 0 } else { entry.t };
                let text = found.map_or("", |line| line.text.as_str());
                match said.last_mut() {
                    // Told again under another number: it goes on.
                    Some((_, last)) if *last == text && !again(entries, entry.t) => {}
                    _ => said.push((at, text.to_owned())),
                }
            }
            _ => {}
        }
    }
    let ends: Vec<u64> = said.iter().skip(1).map(|(at, _)| *at).chain([nanos]).collect();
    let mut captions = Vec::new();
    for ((start, text), end) in said.iter().zip(ends) {
        captions.extend(rows::share(text, *start, end.min(nanos).min(start.saturating_add(longest(text)))));
    }
    captions
}

/// Nanoseconds after which nobody still speaks a text.
fn longest(text: &str) -> u64 {
    nanos(count_words(text) as f64 * SLOWEST_WORD_SECS + BREATH_SECS)
}

/// A sentence was begun anew at this moment.
fn again(entries: &[Entry], at: u64) -> bool {
    entries.iter().any(|entry| entry.t == at && matches!(entry.event, Event::Again { .. }))
}

/// What a transcription says: words become captions that end with their sentence, at a silence, or when they are full.
pub fn of_words(words: &[TimedWord]) -> Vec<Caption> {
    let mut captions: Vec<Caption> = Vec::new();
    let mut from = 0;
    for at in 0..words.len() {
        let next = words.get(at + 1);
        let text = joined(&words[from..=at]);
        let full = next.is_none_or(|_| !rows::fits(&joined(&words[from..=(at + 1).min(words.len() - 1)])));
        let silence = next.is_some_and(|next| next.start - words[at].end > PAUSE_SECS);
        let sentence = ends_sentence(&words[at].word) && rows::width(&text) > rows::ROW / 3;
        if next.is_none() || full || silence || sentence {
            let start = nanos(words[from].start).max(captions.last().map_or(0, |last| last.end));
            let end = nanos(words[at].end).max(start + 1);
            let room = next.map_or(u64::MAX, |next| nanos(next.start)).max(end);
            captions.push(Caption { start, end: end.max(start + LEAST_NANOS).min(room), text: rows::two(&text) });
            from = at + 1;
        }
    }
    captions
}

/// Words as they are written; those of scripts without spaces stand side by side.
fn joined(words: &[TimedWord]) -> String {
    let mut text = String::new();
    for word in words.iter().map(|word| word.word.trim()).filter(|word| !word.is_empty()) {
        let wide = text.chars().next_back().is_some_and(rows::wide) && word.chars().next().is_some_and(rows::wide);
        if !text.is_empty() && !wide {
            text.push(' ');
        }
        text.push_str(word);
    }
    text
}

fn ends_sentence(word: &str) -> bool {
    word.trim_end_matches(['"', '”', '’', ')', '»']).ends_with(['.', '?', '!', '…', '。', '？', '！', '؟'])
}

#[cfg(test)]
mod tests;
