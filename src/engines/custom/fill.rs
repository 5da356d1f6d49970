//! Filling a template in: `{{prompt}}` and its like. A text that is one placeholder takes the value as it is, a number as a number; a
//! member whose value nobody chose is left out.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::super::http::id;
use super::invalid;
use crate::core::generate::{Class, Failure, Input, InputRole, Order, Ticket};

/// The largest file that is put into a request.
const MOST_BYTES: u64 = 64 << 20;

/// What an order has to fill in.
pub(super) async fn values(order: &Order) -> Result<Map<String, Value>, Failure> {
    let wish = &order.wish;
    let mut values = Map::new();
    let mut put = |name: &str, value: Value| {
        if !value.is_null() {
            values.insert(name.to_owned(), value);
        }
    };
    put("job", json!(order.job));
    put("kind", json!(order.kind.name()));
    put("model", json!(order.model));
    put("prompt", json!(order.prompt));
    put("seed", json!(order.seed));
    put("negative", if wish.negative.is_empty() { Value::Null } else { json!(wish.negative) });
    put("aspect", json!(wish.aspect));
    put("resolution", json!(wish.resolution));
    put("seconds", json!(wish.seconds));
    put("sound", json!(wish.sound));
    put("style", json!(wish.style));
    put("voice", json!(wish.voice));
    put("language", json!(wish.language));
    for (name, value) in &wish.extra {
        put(&format!("extra.{name}"), value.clone());
    }
    for role in InputRole::ALL {
        let Some(input) = order.input(role) else { continue };
        let name = if role == InputRole::Sound { "sound_file" } else { role.name() };
        put(&format!("{name}.url"), json!(input.url));
        put(name, json!(data_url(input).await?));
    }
    Ok(values)
}

/// What a ticket has to fill in: its id, its model, and the parts of the answer it came with as `{{answer/…}}`.
pub(super) fn of_ticket(ticket: &Ticket) -> Result<Map<String, Value>, Failure> {
    let mut values = Map::new();
    values.insert("id".into(), json!(id(&ticket.id)?));
    values.insert("model".into(), json!(ticket.model));
    values.insert("answer".into(), Value::Object(ticket.links.clone()));
    Ok(values)
}

/// A body, filled in; `None` when it is a placeholder without a value.
pub(super) fn json(body: &Value, values: &Map<String, Value>) -> Option<Value> {
    match body {
        Value::String(text) => match alone(text) {
            Some(name) => value(name, values).cloned(),
            None => Some(Value::String(self::text(text, values))),
        },
        Value::Array(items) => Some(Value::Array(items.iter().filter_map(|item| json(item, values)).collect())),
        Value::Object(members) => {
            let filled = members.iter().filter_map(|(name, member)| Some((name.clone(), json(member, values)?)));
            Some(Value::Object(filled.collect()))
        }
        other => Some(other.clone()),
    }
}

/// A text, filled in.
pub(super) fn text(template: &str, values: &Map<String, Value>) -> String {
    replace(template, values, str::to_owned)
}

/// A path with its query, filled in: what comes from outside is escaped. A path that is one placeholder is an address of an answer.
pub(super) fn road(template: &str, values: &Map<String, Value>) -> Result<String, Failure> {
    if let Some(name) = alone(template) {
        let address = value(name, values).and_then(Value::as_str);
        return address.map(str::to_owned).ok_or_else(|| Failure::new(Class::Nonsense, format!("Its answer had no “{name}”.")));
    }
    let filled = replace(template, values, escape);
    if filled.contains("..") { Err(invalid("a path leads upwards")) } else { Ok(filled) }
}

/// Without texts longer than `most` bytes.
pub(super) fn short(json: &Value, most: usize) -> Value {
    match json {
        Value::String(text) if text.len() > most => Value::Null,
        Value::Array(items) => items.iter().map(|item| short(item, most)).collect(),
        Value::Object(members) => members.iter().map(|(name, member)| (name.clone(), short(member, most))).collect(),
        other => other.clone(),
    }
}

/// `{{name}}` and nothing else.
fn alone(text: &str) -> Option<&str> {
    let name = text.strip_prefix("{{")?.strip_suffix("}}")?;
    (!name.contains("{{")).then_some(name.trim())
}

fn value<'a>(name: &str, values: &'a Map<String, Value>) -> Option<&'a Value> {
    match name.split_once('/') {
        Some((first, rest)) => values.get(first)?.pointer(&format!("/{rest}")),
        None => values.get(name),
    }
}

fn replace(template: &str, values: &Map<String, Value>, form: impl Fn(&str) -> String) -> String {
    let (mut filled, mut rest) = (String::new(), template);
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        let Some((name, behind)) = after.split_once("}}") else {
            rest = &rest[before.len()..];
            break;
        };
        match value(name.trim(), values) {
            Some(Value::String(text)) => filled.push_str(&form(text)),
            Some(other) if !other.is_null() => filled.push_str(&form(&other.to_string())),
            _ => {}
        }
        rest = behind;
    }
    filled.push_str(rest);
    filled
}

fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => escaped.push(byte as char),
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

async fn data_url(input: &Input) -> Result<String, Failure> {
    let name = input.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let here = |why: String| Failure::new(Class::Here, format!("{name} can't be sent: {why}."));
    let length = tokio::fs::metadata(&input.path).await.map_err(|error| here(error.to_string()))?.len();
    if length > MOST_BYTES {
        return Err(here(format!("it is larger than {} MiB", MOST_BYTES >> 20)));
    }
    let bytes = tokio::fs::read(&input.path).await.map_err(|error| here(error.to_string()))?;
    Ok(format!("data:{};base64,{}", input.mime, STANDARD.encode(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn some() -> Map<String, Value> {
        let Value::Object(values) =
            json!({"prompt": "a \"lamp\" {{id}}", "seed": 7, "id": "a/b c", "answer": {"u": {"s": "https://x"}}})
        else {
            unreachable!()
        };
        values
    }

    #[test]
    fn a_placeholder_alone_keeps_its_type_and_what_nobody_chose_is_left_out() {
        let body =
            json!({"p": "{{prompt}}", "n": "{{ seed }}", "t": "seed {{seed}}", "gone": "{{voice}}", "list": ["{{voice}}", 1]});
        let filled = json(&body, &some()).unwrap();
        assert_eq!(filled, json!({"p": "a \"lamp\" {{id}}", "n": 7, "t": "seed 7", "list": [1]}));
    }

    #[test]
    fn an_address_can_not_be_led_astray() {
        assert_eq!(road("/jobs/{{id}}?s={{seed}}", &some()).unwrap(), "/jobs/a%2Fb%20c?s=7");
        assert_eq!(road("{{answer/u/s}}", &some()).unwrap(), "https://x");
        assert!(road("{{answer/u/t}}", &some()).is_err());
        let up = Map::from_iter([("id".to_owned(), json!(".."))]);
        assert!(road("/jobs/{{id}}", &up).is_err());
    }

    #[test]
    fn long_texts_are_not_kept() {
        assert_eq!(short(&json!({"a": "x", "b": ["yyyy"]}), 3), json!({"a": "x", "b": [null]}));
    }

    proptest! {
        #[test]
        fn any_template_and_any_words_give_something(template in "\\PC*|[{}a-z/]*", words in "\\PC*") {
            let values = Map::from_iter([("prompt".to_owned(), json!(words))]);
            let _ = text(&template, &values);
            if let Ok(road) = road(&format!("/{template}"), &values) {
                prop_assert!(!road.contains(".."));
            }
        }
    }
}
