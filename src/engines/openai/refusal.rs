//! How a server of this form says no: `{"error": {message, type, param, code}}`, `{"error": "text"}` or plain text.

use crate::core::generate::{Class, Failure};
use crate::engines::http::Refusal;

/// Codes that say the prompt is refused, at OpenAI and at gateways before it.
const CONTENT: [&str; 7] = [
    "content_policy",
    "moderation",
    "content_filter",
    "content_violation",
    "sexual",
    "safety_violation",
    "image_generation_user_error",
];
/// Codes that say the money is gone, whatever the status.
const PAYMENT: [&str; 5] =
    ["insufficient_quota", "billing", "insufficient_balance", "insufficient_credits", "payment_required"];

/// Reads a refusal.
pub(in crate::engines) fn judge(refusal: &Refusal) -> Failure {
    let failure = refusal.plainly();
    let kind = refusal.json.pointer("/error/type").and_then(|kind| kind.as_str()).unwrap_or_default();
    let class = by_code(&format!("{} {kind}", failure.code.as_deref().unwrap_or_default())).unwrap_or(failure.class);
    Failure { class, ..failure }
}

/// The class that a code tells, when it does.
pub(super) fn by_code(code: &str) -> Option<Class> {
    let code = code.to_ascii_lowercase();
    let is = |list: &[&str]| list.iter().any(|part| code.contains(part));
    if is(&PAYMENT) {
        Some(Class::Payment)
    } else if is(&CONTENT) {
        Some(Class::Content)
    } else if is(&["invalid_api_key", "authentication"]) {
        Some(Class::Auth)
    } else if is(&["rate_limit"]) {
        Some(Class::RateLimited)
    } else if is(&["overloaded", "unavailable_error", "model_overloaded", "model_at_capacity"]) {
        Some(Class::Overloaded)
    } else {
        None
    }
}

/// What an answer under status 200 says went wrong in the middle of it, or about an order that failed later: `error` as it stands there.
pub(super) fn within(error: &serde_json::Value, otherwise: Class) -> Failure {
    let text = |place: &str| error.pointer(place).and_then(|value| value.as_str()).filter(|text| !text.is_empty());
    let words = error.as_str().or(text("/message")).unwrap_or("It says that it failed, and not why.");
    let code = text("/code").or(text("/type"));
    let codes = format!("{} {}", text("/code").unwrap_or_default(), text("/type").unwrap_or_default());
    Failure { code: code.map(str::to_owned), ..Failure::new(by_code(&codes).unwrap_or(otherwise), words) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn codes_decide_before_the_status() {
        for (code, class) in [
            ("insufficient_quota", Some(Class::Payment)),
            ("content_policy_violation", Some(Class::Content)),
            ("moderation_blocked", Some(Class::Content)),
            ("rate_limit_exceeded", Some(Class::RateLimited)),
            ("model_not_found", None),
            ("", None),
        ] {
            assert_eq!(by_code(code), class, "{code}");
        }
    }

    #[test]
    fn an_error_is_a_text_or_an_object() {
        assert_eq!(within(&json!("out of memory"), Class::Server), Failure::new(Class::Server, "out of memory"));
        let failure = within(&json!({"message": "No.", "code": "moderation_blocked"}), Class::Server);
        assert_eq!(
            (failure.class, failure.words.as_str(), failure.code.as_deref()),
            (Class::Content, "No.", Some("moderation_blocked"))
        );
        assert_eq!(within(&json!(null), Class::Server).class, Class::Server);
        assert_eq!(within(&json!({"code": 500}), Class::Server).code, None);
    }
}
