//! How Runway refuses: an empty account is a 400, which only its sentence tells, and a failed task has a code of several parts.

use serde_json::Value;

use crate::core::generate::{Class, Failure};
use crate::engines::http::Refusal;

pub(super) fn judge(refusal: &Refusal) -> Failure {
    let mut failure = refusal.plainly();
    let low = failure.words.to_ascii_lowercase();
    failure.class = match refusal.status {
        400 if low.contains("enough credits") => Class::Payment,
        404 if low.contains("task") => Class::Expired,
        400 | 403 | 422 if low.contains("moderation") || low.contains("safety") => Class::Content,
        _ => failure.class,
    };
    let issues = issues(&refusal.json);
    if !issues.is_empty() {
        failure.words = format!("{}: {issues}", failure.words);
    }
    failure
}

/// The class that a failed task's code tells by its beginning.
pub(super) fn class_of_code(code: &str) -> Class {
    if code.starts_with("SAFETY") || code.starts_with("INPUT_PREPROCESSING.SAFETY") {
        return Class::Content;
    }
    if code.starts_with("ASSET") { Class::Invalid } else { Class::Server }
}

/// What is wrong with which field: `{"issues": [{"path": ["promptText"], "message": "too long"}]}`.
fn issues(json: &Value) -> String {
    let Some(list) = json.get("issues").and_then(Value::as_array) else { return String::new() };
    let parts = list.iter().take(5).filter_map(|issue| {
        let message = issue.get("message")?.as_str()?;
        let path = issue.get("path").and_then(Value::as_array).map(|path| {
            let steps = path.iter().map(|step| step.as_str().map_or_else(|| step.to_string(), str::to_owned));
            steps.collect::<Vec<_>>().join(".")
        });
        Some(match path.filter(|path| !path.is_empty()) {
            Some(path) => format!("{path}: {message}"),
            None => message.to_owned(),
        })
    });
    parts.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderMap;
    use serde_json::json;

    use super::*;

    #[test]
    fn an_empty_account_is_told_by_its_sentence() {
        let judged = |status, json: Value| judge(&Refusal { status, headers: HeaderMap::new(), text: json.to_string(), json });
        assert_eq!(judged(400, json!({"error": "You do not have enough credits to run this task."})).class, Class::Payment);
        let long = json!({"error": "Validation of body failed", "issues": [{"code": "too_big", "path": ["promptText"], "message": "Too long"}]});
        let failure = judged(400, long);
        assert_eq!(
            (failure.class, failure.words.as_str()),
            (Class::Invalid, "Validation of body failed: promptText: Too long")
        );
        assert_eq!(judged(404, json!({"error": "Could not find Task"})).class, Class::Expired);
        assert_eq!(judged(429, json!({"error": "daily limit"})).class, Class::RateLimited);
    }

    #[test]
    fn codes_go_by_their_beginning() {
        for code in ["SAFETY.INPUT.TEXT", "SAFETY.OUTPUT.VIDEO", "INPUT_PREPROCESSING.SAFETY.TEXT"] {
            assert_eq!(class_of_code(code), Class::Content, "{code}");
        }
        assert_eq!(class_of_code("ASSET.INVALID"), Class::Invalid);
        for code in ["INTERNAL.BAD_OUTPUT.CODE01", "INPUT_PREPROCESSING.INTERNAL", "THIRD_PARTY.X", ""] {
            assert_eq!(class_of_code(code), Class::Server, "{code}");
        }
    }
}
