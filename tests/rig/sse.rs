//! What a writer of OpenAI's form streams.

use serde_json::{Value, json};

use super::fake::Reply;

/// The tokens that each answer counts: what was asked, and what was said.
pub const TOKENS: (u64, u64) = (700, 300);

/// A text as a stream of OpenAI's form, some letters an event, with a comment and the figures at its end.
pub fn stream(model: &str, text: &str, finish: &str) -> Reply {
    let letters: Vec<char> = text.chars().collect();
    let mut body = String::from(": ping\n\n");
    let chunk = |delta: Value, finish: Value| {
        let choices = json!([{ "index": 0, "delta": delta, "finish_reason": finish }]);
        format!("data: {}\n\n", json!({ "id": "c1", "object": "chat.completion.chunk", "model": model, "choices": choices }))
    };
    body.push_str(&chunk(json!({ "role": "assistant", "content": "" }), Value::Null));
    for part in letters.chunks(9) {
        body.push_str(&chunk(json!({ "content": part.iter().collect::<String>() }), Value::Null));
    }
    body.push_str(&chunk(json!({}), finish.into()));
    let (asked, said) = TOKENS;
    let usage = json!({ "prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said });
    body.push_str(&format!("data: {}\n\ndata: [DONE]\n\n", json!({ "id": "c1", "choices": [], "usage": usage })));
    Reply::new(200, "text/event-stream", body)
}
