//! The template as it is written, and the small language of places in an answer: JSON pointers (RFC 6901) with `*` for every item.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{Headers, invalid};
use crate::core::engine::Engine;
use crate::core::generate::{Class, Failure};

/// All of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Template {
    #[serde(default)]
    pub key: KeyForm,
    /// Sent with every request.
    #[serde(default)]
    pub headers: Headers,
    pub submit: Submit,
    /// Without it the answer to the order has the result in it, or is it.
    #[serde(default)]
    pub look: Option<Look>,
    #[serde(default)]
    pub find: Option<Find>,
    #[serde(default)]
    pub cancel: Option<Request>,
    #[serde(default)]
    pub forget: Option<Request>,
    #[serde(default)]
    pub quote: Option<Quote>,
    #[serde(default)]
    pub check: Option<Request>,
    /// Words for states, beside the usual ones.
    #[serde(default)]
    states: BTreeMap<State, Vec<String>>,
    /// Classes of failures by words in their code or sentence.
    #[serde(default)]
    failures: BTreeMap<String, Vec<String>>,
}

/// How the key is sent.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(super) enum KeyForm {
    #[default]
    Bearer,
    Key,
    Basic,
    Header(String),
}

/// One request.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Request {
    #[serde(default = "get")]
    pub method: String,
    pub path: String,
    #[serde(default)]
    pub headers: Headers,
    #[serde(default)]
    pub body: Option<Value>,
    #[serde(default = "limit")]
    pub limit_secs: f64,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Submit {
    #[serde(flatten)]
    pub request: Request,
    pub id: Option<String>,
    pub cost: Option<String>,
    pub result: Option<String>,
    pub text: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Look {
    #[serde(flatten)]
    pub request: Request,
    pub state: String,
    pub progress: Option<String>,
    /// The progress counts to 100.
    #[serde(default)]
    pub percent: bool,
    pub before: Option<String>,
    pub result: Option<String>,
    /// Where the file is to be had, with the key, when the answer doesn't name a link.
    pub content: Option<Request>,
    pub text: Option<String>,
    pub seed: Option<String>,
    pub cost: Option<String>,
    pub error: Option<String>,
    pub code: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Find {
    #[serde(flatten)]
    pub request: Request,
    pub id: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Quote {
    #[serde(flatten)]
    pub request: Request,
    pub cost: String,
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    Queued,
    Running,
    Done,
    Failed,
    Cancelled,
}

/// What many servers say.
const USUAL: [(State, &[&str]); 4] = [
    (State::Queued, &["queued", "pending", "waiting", "in_queue", "starting", "submitted"]),
    (State::Done, &["done", "completed", "complete", "succeeded", "success", "finished", "ready"]),
    (State::Failed, &["failed", "failure", "error", "errored"]),
    (State::Cancelled, &["cancelled", "canceled", "aborted"]),
];

impl Template {
    /// The template of an engine, looked at before anything is sent by it.
    pub fn read(engine: &Engine) -> Result<Template, Failure> {
        let Some(value) = engine.template.clone() else {
            return Err(invalid(&format!("“{}” has none ([engine.template])", engine.name)));
        };
        let mut template: Template = serde_json::from_value(value).map_err(|error| invalid(&error.to_string()))?;
        if template.submit.request.method == "GET" {
            // Asking is no order.
            template.submit.request.method = "POST".into();
        }
        let requests = [Some(&template.submit.request), template.look.as_ref().map(|look| &look.request)]
            .into_iter()
            .chain([
                template.look.as_ref().and_then(|look| look.content.as_ref()),
                template.find.as_ref().map(|find| &find.request),
            ])
            .chain([&template.cancel, &template.forget, &template.check].map(Option::as_ref))
            .chain([template.quote.as_ref().map(|quote| &quote.request)]);
        for request in requests.flatten() {
            if !request.path.starts_with('/') && !request.path.starts_with("{{") {
                return Err(invalid(&format!("the path “{}” does not begin with /", request.path)));
            }
            if !matches!(request.method.as_str(), "GET" | "POST" | "PUT" | "PATCH" | "DELETE") {
                return Err(invalid(&format!("“{}” is no method", request.method)));
            }
        }
        if template.look.is_some() && template.submit.id.is_none() {
            return Err(invalid("submit does not say where the id stands"));
        }
        if let Some(name) = template.failures.keys().find(|name| Class::named(name).is_none()) {
            return Err(invalid(&format!("“{name}” is no class of failures")));
        }
        Ok(template)
    }

    /// What a word for a state means; one that nobody knows says that it is at work.
    pub fn state(&self, word: &str) -> State {
        let word = word.to_lowercase();
        let own = self.states.iter().find(|(_, words)| words.iter().any(|own| own.to_lowercase() == word));
        let usual = || USUAL.into_iter().find(|(_, words)| words.contains(&word.as_str()));
        own.map(|(state, _)| *state).or_else(|| usual().map(|(state, _)| state)).unwrap_or(State::Running)
    }

    /// The class of a failure by its code and words.
    pub fn class(&self, code: &str, words: &str) -> Class {
        let text = format!("{code} {words}").to_lowercase();
        let told = self.failures.iter().find(|(_, parts)| parts.iter().any(|part| text.contains(&part.to_lowercase())));
        told.and_then(|(name, _)| Class::named(name)).unwrap_or(Class::Server)
    }
}

impl Request {
    pub fn get(path: &str) -> Request {
        Request { method: get(), path: path.into(), headers: Headers::new(), body: None, limit_secs: limit() }
    }
}

/// All values at a place of an answer: `/output/*/url`. A null is nothing.
pub(super) fn select<'a>(json: &'a Value, place: &str) -> Vec<&'a Value> {
    let mut found = vec![json];
    let (first, rest) = place.split_once("/*").map_or((place, None), |(first, rest)| (first, Some(rest)));
    found = found.into_iter().filter_map(|value| value.pointer(first)).collect();
    match rest {
        Some(rest) => {
            let items = found.into_iter().flat_map(|value| match value {
                Value::Array(items) => items.iter().collect::<Vec<_>>(),
                Value::Object(members) => members.values().collect(),
                _ => Vec::new(),
            });
            items.flat_map(|item| select(item, rest)).collect()
        }
        None => found.into_iter().filter(|value| !value.is_null()).collect(),
    }
}

/// Whether an answer says plainly that nothing is at a place: as far as the place can be followed, what is there is empty. An answer of
/// another form says nothing.
pub(super) fn holds_nothing(json: &Value, place: &str) -> bool {
    let mut here = json;
    for step in place.split('/').skip(1) {
        let next = match (here, step) {
            (Value::Array(items), "*") => items.first(),
            (Value::Object(members), "*") => members.values().next(),
            _ => here.pointer(&format!("/{step}")),
        };
        let Some(next) = next else { break };
        here = next;
    }
    match here {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

fn get() -> String {
    "GET".into()
}

fn limit() -> f64 {
    180.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::engine::Catalogue;
    use serde_json::json;

    fn read(text: &str) -> Result<Template, Failure> {
        let list = format!("[[engine]]\nname = 'x'\nlabel = 'X'\nform = 'custom'\n{text}");
        Template::read(&Catalogue::read(&list).unwrap().engines[0])
    }

    #[test]
    fn places_of_an_answer_are_found() {
        let json = json!({"a": {"b": [{"u": "1"}, {"u": "2"}, {"v": 3}]}, "n": null, "s": "x"});
        assert_eq!(select(&json, "/a/b/*/u"), [&json!("1"), &json!("2")]);
        assert_eq!(select(&json, "/a/b/0/u"), [&json!("1")]);
        assert_eq!(select(&json, "/s"), [&json!("x")]);
        for nothing in ["/n", "/x", "/s/*", "/a/b/*/w", "s"] {
            assert!(select(&json, nothing).is_empty(), "{nothing}");
        }
    }

    #[test]
    fn nothing_is_told_from_what_is_not_understood() {
        for (nothing, place) in [
            (json!([]), "/0/id"),
            (json!({"jobs": []}), "/jobs/0/id"),
            (json!({"jobs": []}), "/jobs/*/id"),
            (json!({"job": null}), "/job/id"),
            (json!({}), "/id"),
            (json!(null), "/id"),
        ] {
            assert!(holds_nothing(&nothing, place), "{nothing}");
        }
        for (odd, place) in [
            (json!({"items": [{"id": 1}]}), "/jobs/0/id"),
            (json!({"jobs": [{"name": "x"}]}), "/jobs/0/id"),
            (json!({"error": "not here"}), "/id"),
            (json!("none"), "/id"),
        ] {
            assert!(!holds_nothing(&odd, place), "{odd}");
        }
    }

    #[test]
    fn words_for_states_are_the_usual_ones_and_the_templates_own() {
        let template =
            read("template.submit = {path = '/x'}\ntemplate.states = {done = ['Baked'], failed = ['done']}\n").unwrap();
        assert_eq!(template.state("BAKED"), State::Done);
        assert_eq!(template.state("done"), State::Failed, "its own words go first");
        assert_eq!(template.state("Pending"), State::Queued);
        assert_eq!(template.state("warming up"), State::Running);
    }

    #[test]
    fn what_can_not_work_is_said_before_anything_is_sent() {
        for bad in [
            "",
            "template.submit = {path = 'x'}",
            "template.submit = {path = '/x', method = 'FETCH'}",
            "template.submit = {path = '/x'}\ntemplate.look = {path = '/y', state = '/s'}",
            "template.submit = {path = '/x'}\ntemplate.failures = {nothing = ['x']}",
            "template.submit = {path = '/x'}\ntemplate.odd = 1",
            "template = 7",
        ] {
            assert_eq!(read(bad).unwrap_err().class, Class::Invalid, "{bad}");
        }
        let template = read("template.submit = {path = '/x'}\ntemplate.failures = {content = ['moderat']}").unwrap();
        assert_eq!(template.class("", "was Moderated"), Class::Content);
        assert_eq!(template.class("E1", "broke"), Class::Server);
    }
}
