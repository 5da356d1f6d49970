//! What Venice wants a person to agree to before it films a face: asked for by a refusal that costs nothing, answered by sending the
//! same order again with three confirmations. Form: <https://docs.venice.ai/guides/media/seedance-face-consent>.

use serde_json::{Value, json};

use crate::core::generate::{Class, Failure};

/// The one question whose answer is known here.
const FACES: &str = "seedance";

/// What a person is shown and agrees to; it comes back as the order's consent.
pub(super) fn asked(refusal: &Value) -> Value {
    json!({
        "flow": refusal.get("consent_flow"),
        "faces_in": refusal.get("face_media_roles"),
        "policy": refusal.pointer("/consent/policy_text"),
        "version": refusal.pointer("/consent/consent_version"),
        "you_confirm": [
            "You accept the policy above, with Venice's terms of service and privacy policy.",
            "Each face is your own, or whoever it shows has agreed to this.",
            "You know that what you send may be screened by machines before it is used.",
        ],
    })
}

/// What was agreed to, as the order has it. A person's own object in Venice's form goes as it is.
pub(super) fn given(consent: Option<&Value>) -> Result<Option<Value>, Failure> {
    let Some(consent) = consent else { return Ok(None) };
    match consent.get("flow").and_then(Value::as_str) {
        None => Ok(Some(consent.clone())),
        Some(FACES) => Ok(Some(json!({ FACES: {
            "confirmed_terms_and_privacy": true,
            "confirmed_legal_right": true,
            "confirmed_screening_acknowledged": true,
        } }))),
        Some(other) => {
            let words = format!("Venice asks for a consent (“{other}”) that this version can't give.");
            Err(Failure::new(Class::Invalid, words))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_known_is_agreed_to() {
        assert_eq!(given(None).unwrap(), None);
        let faces = given(Some(&asked(&json!({"consent_flow": "seedance"})))).unwrap().unwrap();
        assert_eq!(faces["seedance"].as_object().unwrap().len(), 3);
        assert_eq!(given(Some(&json!({"flow": "souls"}))).unwrap_err().class, Class::Invalid);
        assert_eq!(given(Some(&json!({"own": {}}))).unwrap(), Some(json!({"own": {}})));
    }
}
