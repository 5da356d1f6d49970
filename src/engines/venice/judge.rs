//! How Venice refuses: `error` is a sentence or an object, the code stands in one of two places, and some refusals come with a
//! proposal.

use reqwest::header::HeaderMap;
use serde_json::{Map, Value};

use super::consent;
use crate::core::generate::{Class, Failure};
use crate::engines::http::Refusal;

pub(super) fn judge(refusal: &Refusal) -> Failure {
    let json = &refusal.json;
    let code = refusal.code();
    let known = code.as_deref().unwrap_or_default();
    let mut failure = refusal.plainly();
    failure.class = class(refusal, known);
    failure.refunded =
        ["/credits_refunded", "/error/credits_refunded"].iter().any(|place| json.pointer(place) == Some(&Value::Bool(true)));
    let fields = fields(json);
    if !fields.is_empty() {
        failure.words = format!("{}: {fields}", failure.words);
    }
    failure.proposal = match failure.class {
        Class::Consent => Some(consent::asked(json)),
        _ => proposal(json),
    };
    // Too many refusals in a row: its own words say so, no header does.
    if failure.class == Class::RateLimited && failure.wait_secs.is_none() && failure.words.contains("failed attempts") {
        failure.wait_secs = Some(30.0);
    }
    failure
}

/// A job that failed under status 200 says why as a refusal does.
pub(super) fn failed(answer: Value) -> Failure {
    let refusal = Refusal { status: 500, headers: HeaderMap::new(), text: answer.to_string(), json: answer };
    let mut failure = judge(&refusal);
    if failure.words.starts_with("It answered with status") {
        failure.words = "Venice says that it failed, and not why.".to_owned();
    }
    failure
}

fn class(refusal: &Refusal, code: &str) -> Class {
    let words = refusal.text.to_ascii_lowercase();
    match (refusal.status, code) {
        // Nobody's key was seen at all: it offers to be paid on the spot.
        (402, _) if refusal.json.get("x402Version").is_some() => Class::Auth,
        (_, "INSUFFICIENT_BALANCE" | "PAYMENT_REQUIRED") => Class::Payment,
        (_, code) if code.ends_with("SPEND_LIMIT_EXCEEDED") => Class::Payment,
        (409, _) if code == "needs_consent" || refusal.json.get("consent").is_some() => Class::Consent,
        (_, "MODEL_OVERLOADED" | "MODEL_AT_CAPACITY" | "MODEL_OFFLINE") => Class::Overloaded,
        (404, "MEDIA_NOT_FOUND") => Class::Expired,
        (404, code) if code != "MODEL_NOT_FOUND" && words.contains("media") => Class::Expired,
        (403, code) if code.is_empty() && words.contains("region") => Class::Invalid,
        (_, "CONTENT_POLICY_VIOLATION" | "provider_content_policy") => Class::Content,
        (422, _) => {
            let said = refusal.words();
            let shape = ["VIDEO_DURATION", "IMAGE_"].iter().any(|kind| code.starts_with(kind) || said.starts_with(kind));
            if shape || refusal.json.get("issues").is_some() { Class::Invalid } else { Class::Content }
        }
        _ => refusal.class(),
    }
}

/// Another prompt, or another model.
fn proposal(json: &Value) -> Option<Value> {
    let mut parts = Map::new();
    for (name, places) in [
        ("prompt", ["/suggested_prompt", "/error/suggested_prompt"]),
        ("model", ["/recommended_model", "/error/recommended_model"]),
    ] {
        if let Some(text) = places.iter().find_map(|place| json.pointer(place)?.as_str()) {
            parts.insert(name.into(), text.into());
        }
    }
    (!parts.is_empty()).then_some(Value::Object(parts))
}

/// What is wrong with which field: `{"details": {"seed": {"_errors": ["too big"]}}}`.
fn fields(json: &Value) -> String {
    let Some(details) = json.get("details").and_then(Value::as_object) else { return String::new() };
    let parts = details.iter().filter_map(|(field, about)| {
        let errors = if field == "_errors" { about } else { about.get("_errors")? };
        let text = errors.as_array()?.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ");
        (!text.is_empty()).then(|| if field == "_errors" { text.clone() } else { format!("{field}: {text}") })
    });
    parts.take(5).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn judged(status: u16, json: Value) -> Failure {
        judge(&Refusal { status, headers: HeaderMap::new(), text: json.to_string(), json })
    }

    #[test]
    fn each_refusal_has_its_class() {
        let class = |status, json| judged(status, json).class;
        assert_eq!(class(401, json!({"error": "Authentication failed"})), Class::Auth);
        assert_eq!(class(402, json!({"error": "Insufficient USD or Diem balance"})), Class::Payment);
        assert_eq!(class(402, json!({"x402Version": 2, "accepts": []})), Class::Auth);
        assert_eq!(class(403, json!({"error": "Not available in your region"})), Class::Invalid);
        assert_eq!(
            class(404, json!({"error": "Media could not be found. Request may be invalid, expired, or deleted."})),
            Class::Expired
        );
        assert_eq!(class(404, json!({"error": "x", "code": "MODEL_NOT_FOUND"})), Class::Invalid);
        assert_eq!(class(422, json!({"error": "no"})), Class::Content);
        assert_eq!(class(422, json!({"error": {"message": "no", "code": "VIDEO_DURATION_TOO_LONG"}})), Class::Invalid);
        assert_eq!(class(429, json!({"error": "x", "code": "MODEL_OVERLOADED"})), Class::Overloaded);
        assert_eq!(class(503, json!({"error": "The model is at capacity."})), Class::Overloaded);
        assert_eq!(class(500, json!({"error": "x", "code": "INFERENCE_FAILED"})), Class::Server);
    }

    #[test]
    fn a_failed_job_is_read_like_a_refusal() {
        let refused = failed(
            json!({"status": "FAILED", "error": {"message": "no", "type": "provider_content_policy", "credits_refunded": true}}),
        );
        assert_eq!((refused.class, refused.words.as_str(), refused.refunded), (Class::Content, "no", true));
        assert_eq!(failed(json!({"status": "FAILED", "error": "broke"})).class, Class::Server);
        assert_eq!(failed(json!({"status": "FAILED"})).words, "Venice says that it failed, and not why.");
    }

    #[test]
    fn what_helps_is_kept() {
        let failure = judged(
            400,
            json!({"error": "Invalid request parameters", "details": {"_errors": [], "seed": {"_errors": ["too big"]}}}),
        );
        assert_eq!(failure.words, "Invalid request parameters: seed: too big");
        let failure = judged(422, json!({"error": "no", "suggested_prompt": "a calm sea"}));
        assert_eq!(failure.proposal, Some(json!({"prompt": "a calm sea"})));
        let nested = json!({"error": {"message": "no", "type": "provider_content_policy", "recommended_model": "m", "credits_refunded": true}});
        let failure = judged(422, nested);
        assert!(failure.refunded && failure.class == Class::Content);
        assert_eq!(failure.proposal, Some(json!({"model": "m"})));
        assert_eq!(judged(429, json!({"error": "Too many failed attempts (> 20)"})).wait_secs, Some(30.0));
    }
}
