//! Places in a workflow: `{{prompt}}`, `{{steps=28}}` with what stands there when nobody says otherwise, `{{last_frame?}}` whose node
//! goes when there is nothing to put there. A text that is one place and nothing else takes the value as it is, so that a number stays
//! a number.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// One place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub name: String,
    /// What stands there when nobody says otherwise.
    pub usual: Option<String>,
    /// Its node goes when there is nothing for it.
    pub may_go: bool,
}

impl Place {
    /// Something has to be said.
    pub fn must(&self) -> bool {
        self.usual.is_none() && !self.may_go
    }

    fn read(inside: &str) -> Place {
        let (name, usual) = match inside.split_once('=') {
            Some((name, usual)) => (name, Some(usual.to_owned())),
            None => (inside, None),
        };
        let name = name.trim();
        let may_go = name.ends_with('?');
        Place { name: name.trim_end_matches('?').to_owned(), usual, may_go }
    }

    fn value(&self, values: &Map<String, Value>) -> Option<Value> {
        values.get(&self.name).cloned().or_else(|| self.usual.as_deref().map(scalar))
    }
}

/// All places of a workflow.
pub(super) fn all(nodes: &Map<String, Value>) -> Vec<Place> {
    let mut found = Vec::new();
    for node in nodes.values() {
        texts(node, &mut |text| found.extend(parts(text).filter_map(Part::place)));
    }
    found
}

/// The workflow with every place filled; else the names that nobody said anything for.
pub(super) fn filled(nodes: &Map<String, Value>, values: &Map<String, Value>) -> Result<Map<String, Value>, Vec<String>> {
    let mut gone = BTreeSet::new();
    let mut missing = BTreeSet::new();
    for (number, node) in nodes {
        texts(node, &mut |text| {
            for place in parts(text).filter_map(Part::place).filter(|place| place.value(values).is_none()) {
                if place.may_go {
                    gone.insert(number.clone());
                } else {
                    missing.insert(place.name);
                }
            }
        });
    }
    if !missing.is_empty() {
        return Err(missing.into_iter().collect());
    }
    let mut nodes: Map<String, Value> = nodes
        .iter()
        .filter(|(number, _)| !gone.contains(*number))
        .map(|(number, node)| (number.clone(), fill(node, values)))
        .collect();
    for inputs in nodes.values_mut().filter_map(|node| node["inputs"].as_object_mut()) {
        inputs.retain(|_, input| !input[0].as_str().is_some_and(|from| gone.contains(from)));
    }
    Ok(nodes)
}

fn fill(value: &Value, values: &Map<String, Value>) -> Value {
    match value {
        Value::String(text) => fill_text(text, values),
        Value::Array(items) => items.iter().map(|item| fill(item, values)).collect(),
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(name, field)| (name.clone(), fill(field, values))).collect())
        }
        other => other.clone(),
    }
}

fn fill_text(text: &str, values: &Map<String, Value>) -> Value {
    let parts: Vec<Part<'_>> = parts(text).collect();
    if let [Part::Place(place)] = parts.as_slice() {
        return place.value(values).unwrap_or(Value::Null);
    }
    let words = |part: &Part<'_>| match part {
        Part::Text(text) => (*text).to_owned(),
        Part::Place(place) => match place.value(values) {
            Some(Value::String(text)) => text,
            Some(value) => value.to_string(),
            None => String::new(),
        },
    };
    Value::String(parts.iter().map(words).collect())
}

/// `28` is a number, `true` is one of two, anything else is a text.
fn scalar(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(value @ (Value::Number(_) | Value::Bool(_))) => value,
        _ => Value::String(text.to_owned()),
    }
}

fn texts(value: &Value, on: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => on(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, on)),
        Value::Object(fields) => fields.values().for_each(|field| texts(field, on)),
        _ => {}
    }
}

enum Part<'a> {
    Text(&'a str),
    Place(Place),
}

impl Part<'_> {
    fn place(self) -> Option<Place> {
        if let Part::Place(place) = self { Some(place) } else { None }
    }
}

fn parts(text: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let open = rest.find("{{").filter(|open| rest[*open..].contains("}}"));
        match open {
            Some(0) => {
                let end = rest.find("}}").unwrap_or(rest.len() - 2);
                let place = Place::read(&rest[2..end]);
                rest = &rest[end + 2..];
                Some(Part::Place(place))
            }
            Some(open) => {
                let before = &rest[..open];
                rest = &rest[open..];
                Some(Part::Text(before))
            }
            None => Some(Part::Text(std::mem::take(&mut rest))),
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn values_keep_their_kind_and_texts_are_joined() {
        let nodes = map(json!({"1": {"class_type": "A", "inputs": {
            "seed": "{{seed}}", "steps": "{{steps=28}}", "on": "{{on=true}}", "text": "{{prompt}}, {{mood=calm}} {x} }}",
            "from": ["2", 0], "empty": "{{negative=}}"
        }}}));
        let values = map(json!({"seed": 7, "prompt": "a \"{{seed}}\" {{"}));
        let inputs = filled(&nodes, &values).unwrap()["1"]["inputs"].clone();
        assert_eq!(
            inputs,
            json!({"seed": 7, "steps": 28, "on": true, "text": "a \"{{seed}}\" {{, calm {x} }}", "from": ["2", 0], "empty": ""})
        );
    }

    #[test]
    fn a_node_without_its_picture_goes_with_what_leads_to_it() {
        let nodes = map(json!({
            "7": {"class_type": "LoadImage", "inputs": {"image": "{{last_frame?}}"}},
            "9": {"class_type": "Film", "inputs": {"start": ["5", 0], "end": ["7", 0], "sizes": [7, 9]}}
        }));
        let without = filled(&nodes, &Map::new()).unwrap();
        assert_eq!(
            Value::Object(without),
            json!({"9": {"class_type": "Film", "inputs": {"start": ["5", 0], "sizes": [7, 9]}}})
        );
        let with = filled(&nodes, &map(json!({"last_frame": "a.png"}))).unwrap();
        assert_eq!(with["7"]["inputs"]["image"], "a.png");
        assert_eq!(with["9"]["inputs"]["end"], json!(["7", 0]));
    }

    #[test]
    fn what_nobody_said_is_named() {
        let nodes = map(json!({"1": {"class_type": "A", "inputs": {"a": "{{checkpoint}}", "b": "{{prompt}} {{ }}"}}}));
        assert_eq!(filled(&nodes, &map(json!({"prompt": ""}))), Err(vec![String::new(), "checkpoint".to_owned()]));
    }

    proptest::proptest! {
        #[test]
        fn any_text_can_be_filled(text in ".{0,60}|[{}=? a]{0,30}") {
            let nodes = map(json!({"1": {"class_type": "A", "inputs": {"a": text}}}));
            let _ = filled(&nodes, &Map::new());
        }
    }
}
