//! How ComfyUI says no: `error` is a text or an object, and what is wrong stands with the node it is wrong in.

use serde_json::Value;

use crate::core::generate::{Class, Failure};
use crate::engines::http::Refusal;

/// Nodes whose faults are told.
const NODES: usize = 3;

pub(super) fn judge(refusal: &Refusal) -> Failure {
    let plain = refusal.plainly();
    if refusal.status == 403 && refusal.text.trim().is_empty() {
        return Failure::new(
            Class::Auth,
            "It lets nobody in from here (status 403): start ComfyUI with --listen, or look at what stands before it.",
        );
    }
    let faults = faults(&refusal.json["node_errors"]);
    let words = if faults.is_empty() { plain.words } else { faults.join("; ") };
    Failure {
        words,
        code: refusal.json.pointer("/error/type").and_then(Value::as_str).map(str::to_owned).or(plain.code),
        ..Failure::new(plain.class, "")
    }
}

fn faults(nodes: &Value) -> Vec<String> {
    let nodes = nodes.as_object().into_iter().flat_map(|nodes| nodes.values());
    let fault = |node: &Value| {
        let class = node["class_type"].as_str().unwrap_or("A node");
        let error = &node["errors"][0];
        let (what, more) = (error["message"].as_str()?, error["details"].as_str().unwrap_or_default());
        Some(if more.is_empty() { format!("{class}: {what}") } else { format!("{class}: {what} ({more})") })
    };
    nodes.filter_map(fault).take(NODES).collect()
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderMap;

    use super::*;

    fn judged(status: u16, body: &str) -> Failure {
        let json = serde_json::from_str(body).unwrap_or(Value::Null);
        judge(&Refusal { status, headers: HeaderMap::new(), json, text: body.to_owned() })
    }

    #[test]
    fn the_node_at_fault_is_named() {
        let body = r#"{"error":{"type":"prompt_outputs_failed_validation","message":"Prompt outputs failed validation","details":"","extra_info":{}},
            "node_errors":{"4":{"errors":[{"type":"value_not_in_list","message":"Value not in list","details":"ckpt_name: 'x' not in []"}],"class_type":"CheckpointLoaderSimple"}}}"#;
        let failure = judged(400, body);
        assert_eq!(failure.words, "CheckpointLoaderSimple: Value not in list (ckpt_name: 'x' not in [])");
        assert_eq!((failure.class, failure.code.as_deref()), (Class::Invalid, Some("prompt_outputs_failed_validation")));
    }

    #[test]
    fn the_older_form_is_read_too() {
        assert_eq!(judged(400, r#"{"error":"no prompt","node_errors":[]}"#).words, "no prompt");
        assert_eq!(judged(403, "").class, Class::Auth);
        assert_eq!(judged(500, "boom").class, Class::Server);
    }
}
