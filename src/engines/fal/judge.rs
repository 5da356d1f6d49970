//! How fal refuses: the model's own words are a list, those of the queue a sentence with a type.

use serde_json::Value;

use crate::core::generate::{Class, Failure};
use crate::engines::http::Refusal;

/// Our code for what fal says will fail again.
pub(super) const FINAL: &str = "not_retryable";

/// Kinds of failures of a request that its runner never answered; the queue has tried again by itself before it says so.
const RUNNERS: [&str; 3] = ["runner_", "request_timeout", "startup_timeout"];

/// Whether this, said as a result, will be said again.
pub(super) fn is_final(failure: &Failure) -> bool {
    let code = failure.code.as_deref().unwrap_or_default();
    let broke = matches!(failure.class, Class::Server | Class::Overloaded);
    broke && (code == FINAL || RUNNERS.iter().any(|kind| code.starts_with(kind)))
}

pub(super) fn judge(refusal: &Refusal) -> Failure {
    let mut failure = refusal.plainly();
    let kinds = kinds(&refusal.json);
    if failure.code.is_none() {
        failure.code = refusal.header("x-fal-error-type").or(kinds.first().copied()).map(str::to_owned);
    }
    let low = failure.words.to_ascii_lowercase();
    failure.class = match refusal.status {
        _ if kinds.contains(&"content_policy_violation") => Class::Content,
        403 | 402 if ["balance", "exhausted", "locked", "billing"].iter().any(|word| low.contains(word)) => Class::Payment,
        404 => Class::Expired,
        _ => failure.class,
    };
    // A model's own failure has its words; a gateway's has none.
    let said = refusal.status == 500 && refusal.json.get("detail").is_some() && failure.code.is_none();
    if failure.class == Class::Server && (said || refusal.header("x-fal-retryable") == Some("false")) {
        failure.code = Some(FINAL.to_owned());
    }
    // `{"status": "ALREADY_COMPLETED"}` has no sentence.
    if let Some(status) = refusal.json.get("status").and_then(Value::as_str) {
        failure.words = format!("fal answered {status}.");
    }
    failure
}

/// What is wrong, one word for each.
fn kinds(json: &Value) -> Vec<&str> {
    let list = json.get("detail").and_then(Value::as_array);
    list.map(|list| list.iter().filter_map(|item| item.get("type")?.as_str()).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderMap, HeaderValue};
    use serde_json::json;

    use super::*;

    fn judged(status: u16, json: Value, header: Option<(&'static str, &'static str)>) -> Failure {
        let headers: HeaderMap =
            header.map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).into_iter().collect();
        judge(&Refusal { status, headers, text: json.to_string(), json })
    }

    #[test]
    fn the_models_words_have_a_type() {
        let body = json!({"detail": [{"loc": ["body", "prompt"], "msg": "Flagged", "type": "content_policy_violation"}]});
        let failure = judged(422, body, None);
        assert_eq!((failure.class, failure.words.as_str()), (Class::Content, "prompt: Flagged"));
        let missing =
            judged(422, json!({"detail": [{"loc": ["body", "prompt"], "msg": "Field required", "type": "missing"}]}), None);
        assert_eq!((missing.class, missing.code.as_deref()), (Class::Invalid, Some("missing")));
    }

    #[test]
    fn the_queues_words_have_one_too() {
        let failure = judged(504, json!({"detail": "Request timed out", "error_type": "request_timeout"}), None);
        assert_eq!((failure.class, failure.code.as_deref()), (Class::Overloaded, Some("request_timeout")));
        let last = judged(500, json!({"detail": "broken"}), Some(("x-fal-retryable", "false")));
        assert_eq!(last.code.as_deref(), Some(FINAL));
        assert!(is_final(&last) && is_final(&judged(500, json!({"detail": "out of memory"}), None)));
        assert!(is_final(&judged(503, json!({"detail": "x", "error_type": "runner_disconnected"}), None)));
        assert!(is_final(&judged(504, json!({"detail": "x"}), Some(("x-fal-error-type", "startup_timeout")))));
        for passing in
            [judged(502, json!(null), None), judged(500, json!({"detail": "x", "error_type": "internal_error"}), None)]
        {
            assert!(!is_final(&passing), "{passing:?}");
        }
        assert!(!is_final(&judged(429, json!({"detail": "x"}), None)));
        let locked = judged(403, json!({"detail": "User is locked. Reason: Exhausted balance."}), None);
        assert_eq!(locked.class, Class::Payment);
    }
}
