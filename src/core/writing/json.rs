//! Scripts that come as JSON, under whatever names a writer finds for title, scenes and their parts, also when the answer breaks off
//! in the middle of it.

use serde_json::{Map, Value};

use super::draft::{Draft, Scene};
use super::labels::{Label, field, seconds};

/// Deeper than this is no script.
const MAX_DEPTH: usize = 64;

/// The script in an answer that is JSON, or holds some; `None` for another answer.
pub fn draft(text: &str) -> Option<Draft> {
    let start = beginning(text)?;
    let value = parsed(&text[start..])?;
    let (scenes, title, style) = match &value {
        Value::Array(scenes) => (scenes, None, None),
        Value::Object(fields) => {
            let scenes = list(fields)?;
            (scenes, text_of(fields, &["title", "name"]), text_of(fields, &["style", "visual_style"]))
        }
        _ => return None,
    };
    let scenes: Vec<Scene> = scenes.iter().filter_map(scene).collect();
    let front = [("title", title), ("style", style)].into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
    (!scenes.is_empty()).then(|| Draft { front: front.collect(), scenes })
}

/// Where JSON begins: at once, in a fence, or on a line of its own.
fn beginning(text: &str) -> Option<usize> {
    let first = text.len() - text.trim_start().len();
    if text[first..].starts_with(['{', '[']) {
        return Some(first);
    }
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_start();
        let fence = bare.find("```").map(|fence| &bare[fence + 3..]);
        let rest = fence.map_or(bare, |rest| rest.trim_start_matches(|c: char| c.is_ascii_alphabetic()).trim_start());
        if rest.starts_with('{') || (fence.is_some() && rest.starts_with('[')) {
            return Some(at + line.len() - rest.len());
        }
        // Markdown with braces in it is still Markdown.
        if bare.starts_with("## ") {
            return None;
        }
        at += line.len();
    }
    None
}

/// The value at the beginning of `text`; one that breaks off is closed behind its last whole part.
fn parsed(text: &str) -> Option<Value> {
    let (mut stack, mut in_text, mut escaped) = (Vec::new(), false, false);
    // The last place behind a whole part, and what was open there.
    let mut whole: Option<(usize, Vec<char>)> = None;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' => in_text = !in_text,
            _ if in_text => {}
            '{' | '[' => {
                stack.push(if c == '{' { '}' } else { ']' });
                if stack.len() > MAX_DEPTH {
                    return None;
                }
            }
            '}' | ']' => {
                if stack.pop() != Some(c) {
                    return None;
                }
                if stack.is_empty() {
                    return serde_json::from_str(&text[..=at]).ok();
                }
                whole = Some((at + 1, stack.clone()));
            }
            ',' => whole = Some((at, stack.clone())),
            _ => {}
        }
    }
    // A text that breaks off is worth showing when it is what is being said just now.
    let open = if in_text { format!("{}\"", text.strip_suffix('\\').unwrap_or(text)) } else { text.to_owned() };
    let close =
        |text: &str, stack: &[char]| serde_json::from_str(&[text, &stack.iter().rev().collect::<String>()].concat()).ok();
    close(&open, &stack).or_else(|| whole.and_then(|(at, stack)| close(&text[..at], &stack)))
}

/// The list of scenes in an object.
fn list(fields: &Map<String, Value>) -> Option<&Vec<Value>> {
    let named = ["scenes", "script", "sections", "parts", "segments", "storyboard", "shots"];
    if let Some(Value::Array(scenes)) = named.iter().find_map(|name| fields.get(*name).filter(|value| value.is_array())) {
        return Some(scenes);
    }
    // One object around it all: `{"script": {"scenes": […]}}`.
    fields.values().filter_map(Value::as_object).find_map(|inner| match inner.get("scenes") {
        Some(Value::Array(scenes)) => Some(scenes),
        _ => None,
    })
}

fn scene(value: &Value) -> Option<Scene> {
    let fields = match value {
        Value::Object(fields) => fields,
        Value::String(text) => return Some(Scene { heading: "Scene".into(), body: lines(text), ..Scene::default() }),
        _ => return None,
    };
    let heading = text_of(fields, &["heading", "title", "name", "scene", "label"]).unwrap_or_default();
    let mut scene = Scene { heading: heading.trim_start_matches(['#', ' ']).to_owned(), ..Scene::default() };
    let mut spoken = Vec::new();
    for (name, value) in fields {
        match field(name) {
            Some(Label::Directive("seconds")) => {
                let secs = value.as_f64().or_else(|| seconds(value.as_str()?)).filter(|secs| *secs > 0.0 && *secs <= 86_400.0);
                scene.set("seconds", &secs.map_or_else(String::new, |secs| format!("{}", (secs * 10.0).round() / 10.0)));
            }
            Some(Label::Directive(key)) => scene.set(key, &words(value).join(" ")),
            Some(Label::Spoken) => spoken.extend(words(value)),
            Some(Label::Dropped) | None => {}
        }
    }
    // JSON has no order that means anything; the script has.
    scene.directives.sort_by_key(|(key, _)| ["image", "keyframe", "clip", "seconds", "layout"].iter().position(|of| of == key));
    let said: Vec<String> = spoken.iter().map(|text| lines(text)).filter(|text| !text.is_empty()).collect();
    scene.body = said.join("\n\n");
    (!scene.heading.is_empty() || !scene.body.is_empty() || !scene.directives.is_empty()).then_some(scene)
}

/// The texts in a value: a text, a list of texts, a list of objects with one each.
fn words(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(words).collect(),
        Value::Object(fields) => {
            let named = ["prompt", "text", "line", "narration", "description", "content"];
            named.iter().find_map(|name| fields.get(*name)).map(words).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

fn text_of(fields: &Map<String, Value>, names: &[&str]) -> Option<String> {
    let found = names.iter().find_map(|name| fields.get(*name)?.as_str())?;
    let text = found.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}

/// Spoken text without what would mean something else in a script.
fn lines(text: &str) -> String {
    let kept = text.lines().map(|line| line.trim().trim_start_matches(['#', '>', ' ']).trim());
    let kept: Vec<&str> = kept.filter(|line| !line.starts_with("```") && !line.starts_with("~~~")).collect();
    kept.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_do_not_matter() {
        let text = r##"{"script": {"title": "T", "scenes": []}, "storyboard": [{"name": "One", "visual": {"prompt": "a lamp"}, "lines": [{"speaker": "A", "text": "Hello."}, "# Bye"]}]}"##;
        let draft = draft(text).unwrap();
        let one = &draft.scenes[0];
        assert_eq!((one.heading.as_str(), one.value("image"), one.body.as_str()), ("One", Some("a lamp"), "Hello.\n\nBye"));
        assert!(super::draft("[\"First words.\", \"Second words.\"]").is_some());
    }

    #[test]
    fn what_is_no_script_is_none() {
        for text in [
            "{}",
            "[]",
            "{\"a\": 1}",
            "[smile]\n\n## One\n\nHello {name}.",
            "## One\n\n{\"scenes\": [\"x\"]}",
            "",
            "{\"scenes\": 7}",
            "[[[[",
            "{]",
        ] {
            assert_eq!(draft(text), None, "{text}");
        }
    }

    #[test]
    fn every_beginning_of_it_is_read() {
        let text = r#"{"title": "T", "scenes": [{"heading": "One", "text": "He said \"hello\" to all."}, {"heading": "Two", "seconds": 4}]}"#;
        let mut before = 0;
        for at in 0..=text.len() {
            let scenes = draft(&text[..at]).map_or(0, |draft| draft.scenes.len());
            assert!(scenes >= before, "{}", &text[..at]);
            before = scenes;
        }
        assert_eq!(before, 2);
    }
}
