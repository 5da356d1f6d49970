//! Reads the pieces of a stream, or the whole where nothing is streamed: text, why it ended, what it used, or an error in the middle
//! of it, which gateways send under status 200.

use serde_json::Value;

use super::thoughts::Thoughts;
use crate::core::engine::Money;
use crate::core::generate::{Class, Failure};
use crate::engines::Written;
use crate::engines::openai::refusal;

/// What a piece said.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    Text(String),
    Nothing,
    /// Nothing more comes.
    End,
}

/// What was read so far.
#[derive(Debug, Default)]
pub(super) struct Reader {
    written: Written,
    thoughts: Thoughts,
    /// `stop`, `length`, `content_filter`…
    finish: Option<String>,
    refusal: String,
}

impl Reader {
    /// The data of one event.
    pub fn take(&mut self, data: &str) -> Result<Step, Failure> {
        if data.trim().is_empty() {
            return Ok(Step::Nothing);
        }
        if data.trim() == "[DONE]" {
            return Ok(Step::End);
        }
        let piece: Value = serde_json::from_str(data)
            .map_err(|error| Failure::new(Class::Unclear, format!("A piece of what it wrote can't be read ({error}).")))?;
        self.piece(&piece, "delta")
    }

    /// An answer that is not streamed.
    pub fn whole(&mut self, answer: &Value) -> Result<Step, Failure> {
        self.piece(answer, "message")
    }

    /// It said itself that it has ended.
    pub fn has_ended(&self) -> bool {
        self.finish.is_some()
    }

    /// What came so far.
    pub fn written(self) -> Written {
        self.written
    }

    /// All came: what it is, or why it is none.
    pub fn finished(mut self) -> Result<Written, Failure> {
        self.written.text.push_str(&self.thoughts.rest());
        if !self.refusal.is_empty() && self.written.text.is_empty() {
            return Err(Failure::new(Class::Content, self.refusal));
        }
        match self.finish.as_deref() {
            Some("content_filter") => {
                Err(Failure::new(Class::Content, "It broke off, because its filter refuses what it was writing."))
            }
            Some("length") => Ok(Written { cut: true, ..self.written }),
            _ => Ok(self.written),
        }
    }

    fn piece(&mut self, piece: &Value, inside: &str) -> Result<Step, Failure> {
        if let Some(error) = piece.get("error").filter(|error| !error.is_null()) {
            return Err(refusal::within(error, Class::Server));
        }
        self.count(piece);
        let choice = &piece["choices"][0];
        if let Some(finish) = choice["finish_reason"].as_str() {
            self.finish = Some(finish.to_owned());
        }
        let message = &choice[inside];
        if let Some(words) = message["refusal"].as_str() {
            self.refusal.push_str(words);
        }
        let text = self.thoughts.without(&text(&message["content"]));
        self.written.text.push_str(&text);
        Ok(if text.is_empty() { Step::Nothing } else { Step::Text(text) })
    }

    /// Tokens and money, where it says.
    fn count(&mut self, piece: &Value) {
        let usage = &piece["usage"];
        let tokens = |name: &str| usage[name].as_u64();
        self.written.prompt_tokens = tokens("prompt_tokens").or(self.written.prompt_tokens);
        self.written.written_tokens = tokens("completion_tokens").or(self.written.written_tokens);
        let dollars = piece.pointer("/cost/usd").or(usage.get("cost")).and_then(Value::as_f64);
        if let Some(dollars) = dollars.filter(|dollars| dollars.is_finite() && *dollars >= 0.0) {
            self.written.cost = Some(Money::usd(dollars));
        }
    }
}

/// A text, or the texts of its parts.
fn text(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter_map(|part| part["text"].as_str()).collect(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(pieces: &[Value]) -> Result<Written, Failure> {
        let mut reader = Reader::default();
        for piece in pieces {
            reader.take(&piece.to_string())?;
        }
        reader.finished()
    }

    #[test]
    fn text_is_put_together_and_counted() {
        let written = read(&[
            json!({"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": null}]}),
            json!({"choices": [{"delta": {"content": "Write "}}], "usage": null}),
            json!({"choices": [{"delta": {"content": [{"type": "text", "text": "it."}]}}]}),
            json!({"choices": [{"delta": {}, "finish_reason": "stop"}]}),
            json!({"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 3}, "cost": {"usd": 0.002, "diem": 0.002}}),
        ]);
        let written = written.unwrap();
        assert_eq!((written.text.as_str(), written.cut), ("Write it.", false));
        assert_eq!((written.prompt_tokens, written.written_tokens, written.cost), (Some(9), Some(3), Some(Money::usd(0.002))));
    }

    #[test]
    fn how_it_ends_matters() {
        let ending = |finish: &str| read(&[json!({"choices": [{"delta": {"content": "a"}, "finish_reason": finish}]})]);
        assert!(ending("length").unwrap().cut);
        assert!(!ending("of next year").unwrap().cut);
        assert_eq!(ending("content_filter").unwrap_err().class, Class::Content);
        let refused = read(&[json!({"choices": [{"delta": {"refusal": "I won't."}}]})]).unwrap_err();
        assert_eq!((refused.class, refused.words.as_str()), (Class::Content, "I won't."));
    }

    #[test]
    fn an_error_in_the_middle_is_one() {
        let at =
            |error: Value| read(&[json!({"choices": [{"delta": {"content": "a"}}]}), json!({ "error": error })]).unwrap_err();
        assert_eq!(at(json!({"message": "gone", "code": 502})).words, "gone");
        assert_eq!(at(json!("overheated")).words, "overheated");
        assert_eq!(Reader::default().take("{").unwrap_err().class, Class::Unclear);
    }
}
