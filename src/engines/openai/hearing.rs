//! What was said, with the times of its words: `POST /audio/transcriptions`. OpenAI's `verbose_json` has `words` and `segments` at the
//! top, Venice has both under `timestamps`; a server that knows no words has its segments shared out among their words by letters.

use reqwest::multipart::Form;
use serde_json::Value;

use super::OpenAi;
use crate::core::generate::{Class, Failure, InputRole, Made, Order, TimedWord};
use crate::engines::input;

/// Words an answer may have: a day of fast speech.
const WORDS: usize = 400_000;
const ANSWER_BYTES: usize = 64 << 20;

impl OpenAi {
    pub(super) async fn transcription(&self, order: &Order) -> Result<Made, Failure> {
        let Some(sound) = order.input(InputRole::Sound) else {
            return Err(Failure::new(Class::Invalid, "There is no sound to be written down."));
        };
        let mut form = Form::new().text("model", order.model.clone());
        // Newer models know no times and refuse to be asked for them.
        form = match order.model.starts_with("gpt-4o") {
            true => form.text("response_format", "json"),
            false => form
                .text("response_format", "verbose_json")
                .text("timestamp_granularities[]", "word")
                .text("timestamp_granularities[]", "segment"),
        };
        if let Some(language) = &order.wish.language {
            // The form takes ISO 639-1, the first part of a language tag.
            let short = language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
            form = form.text("language", short);
        }
        if !order.prompt.is_empty() {
            form = form.text("prompt", order.prompt.clone());
        }
        for (name, value) in &order.wish.extra {
            form = form.text(name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        }
        form = form.part("file", input::part(sound, "sound").await?);
        let answer: Value = self.order("audio/transcriptions").multipart(form).most(ANSWER_BYTES).read().await?;
        let heard = heard(&answer);
        if heard.text.is_none() && heard.words.is_empty() {
            return Err(self.wire.lacks(!self.local(), "words"));
        }
        Ok(heard)
    }
}

/// Reads an answer of either form.
pub(in crate::engines) fn heard(answer: &Value) -> Made {
    let list =
        |places: [&str; 2]| places.iter().find_map(|place| answer.pointer(place)?.as_array().filter(|list| !list.is_empty()));
    let words: Vec<TimedWord> = match list(["/words", "/timestamps/word"]) {
        Some(words) => words.iter().filter_map(word).take(WORDS).collect(),
        None => {
            let segments = list(["/segments", "/timestamps/segment"]).map(Vec::as_slice).unwrap_or_default();
            segments.iter().flat_map(segment_words).take(WORDS).collect()
        }
    };
    let text = answer["text"].as_str().or(answer["transcript"].as_str()).map(|text| text.trim().to_owned());
    Made { text, words, ..Made::default() }
}

fn word(item: &Value) -> Option<TimedWord> {
    let word = item["word"].as_str().or(item["text"].as_str())?.trim();
    let (start, end) = span(item)?;
    (!word.is_empty()).then(|| TimedWord { word: word.to_owned(), start, end })
}

/// Start and end in seconds, as far as they make sense.
fn span(item: &Value) -> Option<(f64, f64)> {
    let second = |name: &str| {
        item[name].as_f64().or_else(|| item[name].as_str()?.parse().ok()).filter(|at| at.is_finite() && *at >= 0.0)
    };
    let start = second("start")?;
    Some((start, second("end")?.max(start)))
}

/// The words of a segment: its own list where it has one, as whisper.cpp's.
fn segment_words(segment: &Value) -> Vec<TimedWord> {
    let own: Vec<TimedWord> = segment["words"].as_array().into_iter().flatten().filter_map(word).collect();
    if own.is_empty() { shared_out(segment) } else { own }
}

/// The words of a segment, each as long as its share of the letters.
fn shared_out(segment: &Value) -> Vec<TimedWord> {
    let (Some((start, end)), Some(text)) = (span(segment), segment["text"].as_str()) else { return Vec::new() };
    let words: Vec<&str> = text.split_whitespace().collect();
    let weight = |word: &str| word.chars().count() as f64 + 1.0;
    let whole: f64 = words.iter().map(|word| weight(word)).sum();
    let mut at = start;
    let share = |word: &&str| {
        let begin = at;
        at = (begin + (end - start) * weight(word) / whole).min(end);
        TimedWord { word: (*word).to_owned(), start: begin, end: at }
    };
    words.iter().map(share).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(answer: Value) -> Vec<(String, f64, f64)> {
        heard(&answer).words.into_iter().map(|word| (word.word, word.start, word.end)).collect()
    }

    #[test]
    fn both_forms_are_read() {
        let ours = [("The".to_owned(), 0.0, 0.24), ("habit".to_owned(), 0.24, 0.7)];
        let words = json!([{"word": "The", "start": 0.0, "end": 0.24}, {"word": " habit", "start": 0.24, "end": 0.7}]);
        assert_eq!(
            said(
                json!({"task": "transcribe", "text": "The habit", "words": words, "segments": [{"start": 0, "end": 9, "text": "x"}]})
            ),
            ours
        );
        assert_eq!(said(json!({"text": "The habit", "timestamps": {"word": words, "segment": []}})), ours);
        assert_eq!(heard(&json!({"text": " The habit "})).text.as_deref(), Some("The habit"));
    }

    #[test]
    fn segments_are_shared_out_by_letters() {
        let words = said(json!({"segments": [{"start": 1.0, "end": 3.0, "text": " abc abc "}, {"start": "x", "text": 7}]}));
        assert_eq!(words, [("abc".to_owned(), 1.0, 2.0), ("abc".to_owned(), 2.0, 3.0)]);
    }

    #[test]
    fn words_may_stand_in_their_segments() {
        let words =
            json!([{"word": " The", "start": 0.0, "end": 0.2, "t_dtw": -1}, {"word": " habit", "start": 0.2, "end": 0.9}]);
        let segments = json!([{"text": " The habit", "start": 0.0, "end": 1.0, "words": words}, {"text": "x", "start": 1.0, "end": 2.0, "words": []}]);
        let all = said(json!({"text": "The habit x", "segments": segments}));
        assert_eq!(
            all.iter().map(|word| (word.0.as_str(), word.2)).collect::<Vec<_>>(),
            [("The", 0.2), ("habit", 0.9), ("x", 2.0)]
        );
    }

    #[test]
    fn times_that_make_no_sense_are_left_out() {
        let words = json!([{"word": "a", "start": -1, "end": 2}, {"word": "b"}, {"word": "", "start": 0, "end": 1}, 7, {"word": "c", "start": 3, "end": 2}]);
        assert_eq!(said(json!({"words": words})), [("c".to_owned(), 3.0, 3.0)]);
    }
}
