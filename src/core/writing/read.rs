//! Reads a writer's answer. Asked for our Markdown, writers send it in fences, with a word before and after, as JSON, with headings of
//! another level, labels in bold, speakers' names, or break off in the middle. What comes out is a `Draft` all the same, also of an
//! answer that is still coming; what can't be understood as part of a script is left out, and nothing is made up.

use super::draft::{Draft, Scene};
use super::json;
use super::labels::{Label, label, seconds};

/// More scenes than this are not a script.
const MAX_SCENES: usize = 200;
/// Keys that may stand in the front matter.
const FRONT: [&str; 6] = ["title", "language", "pace", "style", "characters", "made"];
/// What a paragraph begins with that is said to the person who asked, not to the audience.
const CHATTER: [&str; 16] = [
    "let me know",
    "would you like",
    "i hope",
    "feel free",
    "this script",
    "note:",
    "notes:",
    "total:",
    "total ",
    "word count",
    "happy to",
    "if you'd like",
    "if you’d like",
    "want me to",
    "i can also",
    "shall i",
];

/// Reads an answer, whole or as far as it has come.
pub fn answer(raw: &str) -> Draft {
    let text = raw.replace("\r\n", "\n");
    let text = without_thoughts(text.trim_start_matches('\u{feff}'));
    if let Some(draft) = json::draft(&text) {
        return draft;
    }
    let text = inside_fence(&text);
    let mut reader =
        Reader { level: Level::of(text), draft: Draft::default(), body: Vec::new(), pending: None, front: false, begun: false };
    for line in text.lines() {
        reader.line(line);
    }
    reader.finish()
}

/// Reads one scene, as a person edited it.
pub fn scene(text: &str) -> Scene {
    let mut scenes = answer(text).scenes.into_iter();
    let mut first = scenes.next().unwrap_or_default();
    // A heading was typed into it: one scene stays one.
    for more in scenes {
        first.body = [first.body.as_str(), more.body.as_str()].join("\n\n").trim().to_owned();
    }
    first
}

/// Without what a model thinks aloud before it answers.
fn without_thoughts(text: &str) -> String {
    let mut text = text.to_owned();
    for (open, close) in [("<think>", "</think>"), ("<thinking>", "</thinking>")] {
        while let Some(from) = text.find(open) {
            let to = text[from..].find(close).map_or(text.len(), |at| from + at + close.len());
            text.replace_range(from..to, "");
        }
        // Some servers keep the opening to themselves.
        if let Some(at) = text.find(close) {
            text.replace_range(..at + close.len(), "");
        }
    }
    text
}

/// What stands in the first fence that holds a script, else all of it.
fn inside_fence(text: &str) -> &str {
    let mut from = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let here = at;
        at += line.len();
        if !line.trim_start().starts_with("```") && !line.trim_start().starts_with("~~~") {
            continue;
        }
        match from.take() {
            None => from = Some(at),
            Some(start) if has_heading(&text[start..here]) => return &text[start..here],
            Some(_) => {}
        }
    }
    // The fence may not be closed yet.
    from.filter(|start| has_heading(&text[*start..]) || !has_heading(text)).map_or(text, |start| &text[start..])
}

fn has_heading(text: &str) -> bool {
    text.lines().any(|line| marks(line).is_some() || scene_line(line).is_some())
}

/// What begins a scene in this answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    /// Headings of so many marks.
    Marks(usize),
    /// Lines such as `**Scene 1: The door**`.
    Numbered,
}

impl Level {
    fn of(text: &str) -> Level {
        let titles = |level: usize| {
            text.lines()
                .filter_map(marks)
                .filter(move |(found, text)| *found == level && is_title(*found, text))
                .map(|(_, text)| text)
        };
        let numbered = titles(3).filter(|text| scene_line(text).is_some()).count();
        match (titles(1).count(), titles(2).count(), titles(3).count()) {
            // The second level is the title's.
            (_, 1, 2..) if numbered >= 2 => Level::Marks(3),
            (_, 1.., _) => Level::Marks(2),
            (_, _, 1..) => Level::Marks(3),
            (2.., ..) => Level::Marks(1),
            _ if text.lines().any(|line| scene_line(line).is_some()) => Level::Numbered,
            _ => Level::Marks(1),
        }
    }
}

struct Reader {
    level: Level,
    draft: Draft,
    /// Paragraphs of the scene that is being read; an empty line ends one.
    body: Vec<String>,
    /// A label without words: they are in the next lines.
    pending: Option<Label>,
    /// Inside the front matter.
    front: bool,
    /// Something of the script was read.
    begun: bool,
}

impl Reader {
    fn line(&mut self, line: &str) {
        let bare = line.trim();
        if bare.starts_with("```") || bare.starts_with("~~~") || bare.starts_with("<!--") {
            return;
        }
        if is_rule(bare) {
            // The front matter opens with the first one, and may never close.
            self.front = !self.begun && self.draft.front.is_empty() && bare == "---";
            self.begun |= self.front;
            return self.paragraph_ends();
        }
        if let Some(heading) = self.heading(bare) {
            self.front = false;
            return self.scene_begins(heading);
        }
        let in_a_scene = !self.draft.scenes.is_empty();
        if !in_a_scene && self.front_line(bare) {
            return;
        }
        if bare.is_empty() {
            self.paragraph_ends();
            // A label may be followed by an empty line, its words not.
            return;
        }
        self.content(bare);
    }

    /// The heading of a scene in this line. Other headings are a title, or labels.
    fn heading(&mut self, line: &str) -> Option<String> {
        let Some((found, text)) = marks(line) else {
            return scene_line(line).filter(|_| self.level == Level::Numbered);
        };
        if !is_title(found, text) {
            self.pending = label(text);
            return None;
        }
        match self.level {
            Level::Marks(level) if found == level => Some(text.to_owned()),
            _ if self.draft.scenes.is_empty() => {
                self.begun = true;
                self.front_set("title", text);
                None
            }
            _ => None,
        }
    }

    fn scene_begins(&mut self, heading: String) {
        self.scene_ends();
        self.begun = true;
        // A title and nothing spoken under it: the first heading was that of the whole.
        if let (Level::Marks(1), [only]) = (self.level, &self.draft.scenes[..])
            && only.body.is_empty()
            && only.directives.is_empty()
            && self.draft.title().is_none()
        {
            let title = only.heading.clone();
            self.draft.scenes.clear();
            self.front_set("title", &title);
        }
        let (heading, secs) = tidy_heading(&heading);
        let mut scene = Scene { heading, ..Scene::default() };
        if let Some(secs) = secs {
            scene.set("seconds", &figure(secs));
        }
        self.draft.scenes.push(scene);
        self.pending = None;
    }

    /// A line before the first scene; true when it is none of the script's words.
    fn front_line(&mut self, line: &str) -> bool {
        let Some((key, value)) = line.split_once(':') else { return self.front || line.is_empty() };
        let key = emphasis(key).to_lowercase();
        if !FRONT.contains(&key.as_str()) {
            return self.front;
        }
        self.begun = true;
        self.front_set(&key, value.trim().trim_matches(['"', '\'', '*']).trim());
        true
    }

    fn front_set(&mut self, key: &str, value: &str) {
        let value = emphasis(value).split_whitespace().collect::<Vec<_>>().join(" ");
        let bare = value.split_once(':').filter(|(word, _)| matches!(word.to_lowercase().as_str(), "script" | "title"));
        let bare = bare.map_or(value.as_str(), |(_, title)| title.trim());
        let value = if key == "title" { bare.trim_matches(['"', '“', '”']).to_owned() } else { value };
        if !value.is_empty() && !self.draft.front.iter().any(|(of, _)| of == key) {
            self.draft.front.push((key.to_owned(), value));
        }
    }

    /// A line with something in it.
    fn content(&mut self, line: &str) {
        if marks(line).is_some() {
            return;
        }
        let quoted = line.starts_with('>');
        let line = line.trim_start_matches('>').trim();
        if line.is_empty() {
            return;
        }
        if let Some((label, value)) = labelled(line) {
            self.pending = None;
            return if value.is_empty() { self.pending = Some(label) } else { self.take(label, value, quoted) };
        }
        if let Some(label) = self.pending.filter(|label| !(quoted && *label == Label::Spoken)) {
            return self.take(label, line, quoted);
        }
        if !(quoted && self.goes_on(line)) {
            self.speak(line);
        }
    }

    /// What a label says about these words.
    fn take(&mut self, label: Label, value: &str, quoted: bool) {
        match label {
            Label::Spoken => {
                self.pending = None;
                self.speak(value);
            }
            Label::Dropped => self.pending = self.pending.filter(|_| !quoted),
            Label::Directive("seconds") => {
                self.pending = None;
                if let (Some(secs), Some(scene)) = (seconds(&emphasis(value)), self.draft.scenes.last_mut()) {
                    scene.set("seconds", &figure(secs));
                }
            }
            Label::Directive(key) => {
                let value = unbracketed(&emphasis(value)).to_owned();
                // A file's name is no prompt.
                let file = key == "image" && !value.contains(' ') && value.contains(['/', '.']);
                if let Some(scene) = self.draft.scenes.last_mut().filter(|_| !file) {
                    match scene.directives.iter_mut().find(|(of, _)| of == key).filter(|_| self.pending.is_some()) {
                        Some((_, known)) => *known = format!("{known} {value}"),
                        None => scene.set(key, &value),
                    }
                }
            }
        }
    }

    /// A line of a quote block that has no key goes on with the prompt before it. False when there is none.
    fn goes_on(&mut self, line: &str) -> bool {
        let spoken = self.body.iter().any(|text| !text.is_empty());
        let Some((key, value)) = self.draft.scenes.last_mut().filter(|_| !spoken).and_then(|scene| scene.directives.last_mut())
        else {
            return false;
        };
        if key != "seconds" {
            *value = format!("{value} {line}");
        }
        true
    }

    fn speak(&mut self, line: &str) {
        // What would mean something else in a script is not spoken.
        let line = direction(line.trim_start_matches(['#', '>', ' ']));
        if line.is_empty() {
            return;
        }
        match self.body.last_mut() {
            Some(last) if !last.is_empty() => {
                last.push('\n');
                last.push_str(&line);
            }
            Some(last) => *last = line,
            None => self.body.push(line),
        }
    }

    fn paragraph_ends(&mut self) {
        // A label's words end with their paragraph, once there were some.
        if let (Some(Label::Directive(key)), Some(scene)) = (self.pending, self.draft.scenes.last())
            && scene.value(key).is_some()
        {
            self.pending = None;
        }
        if self.body.last().is_some_and(|text| !text.is_empty()) {
            self.body.push(String::new());
        }
    }

    fn scene_ends(&mut self) {
        let paragraphs: Vec<String> =
            std::mem::take(&mut self.body).into_iter().map(|text| unquoted(&text)).filter(|text| !text.is_empty()).collect();
        // What stood before the first scene was said to the person who asked.
        if let Some(scene) = self.draft.scenes.last_mut() {
            scene.body = paragraphs.join("\n\n");
            // A length that stood in the heading was read first.
            let place = |key: &str| ["image", "keyframe", "clip", "seconds", "layout"].iter().position(|of| *of == key);
            scene.directives.sort_by_key(|(key, _)| place(key));
        }
    }

    fn finish(mut self) -> Draft {
        if self.draft.scenes.is_empty() && self.body.iter().any(|text| !text.is_empty()) && self.level == Level::Marks(1) {
            // No heading at all: one scene, if there is more than a word or two.
            let long = self.body.iter().map(|text| text.split_whitespace().count()).sum::<usize>() >= 12;
            if long {
                self.draft.scenes.push(Scene { heading: "First scene".into(), ..Scene::default() });
            }
        }
        let mut spoken = self.body.iter().rposition(|text| !text.is_empty());
        while let Some(last) = spoken.filter(|last| *last > 0) {
            let said = self.body[last].to_lowercase();
            if !CHATTER.iter().any(|begin| said.starts_with(begin)) {
                break;
            }
            self.body.truncate(last);
            spoken = self.body.iter().rposition(|text| !text.is_empty());
        }
        self.scene_ends();
        self.draft.scenes.retain(|scene| !scene.body.is_empty() || !scene.directives.is_empty() || !scene.heading.is_empty());
        self.draft.scenes.truncate(MAX_SCENES);
        self.draft
    }
}

/// The marks of a heading and its text.
fn marks(line: &str) -> Option<(usize, &str)> {
    let line = line.trim_start();
    let count = line.bytes().take_while(|byte| *byte == b'#').count();
    let text = line[count..].trim().trim_end_matches('#').trim();
    ((1..=6).contains(&count) && line[count..].starts_with(' ') && !text.is_empty()).then_some((count, text))
}

/// False for deeper headings such as `### Image prompt:`, which are labels.
fn is_title(level: usize, text: &str) -> bool {
    level <= 2 || label(text).is_none()
}

/// `**Scene 3: The door**`, `Scene 3 – The door`, `3. The door` in bold: the heading in it.
fn scene_line(line: &str) -> Option<String> {
    let line = line.trim();
    // Behind the bold words there may be a length: `**Scene 1: The door** (12 s)`.
    let bold = line.strip_prefix("**").and_then(|rest| rest.split_once("**")).filter(|(_, after)| {
        let after = after.trim();
        after.is_empty() || (after.starts_with(['(', '[', '|', '–', '—']) && !after.contains("**"))
    });
    let text =
        bold.map_or_else(|| line.to_owned(), |(inner, after)| format!("{} {}", inner.trim(), after.trim()).trim().to_owned());
    let first = text.split([' ', '\u{a0}']).next()?.to_lowercase();
    let word = ["scene", "szene", "scène", "escena", "part", "act", "chapter", "section"].contains(&first.as_str());
    let after = text.split_once([' ', '\u{a0}']).map_or("", |(_, after)| after).trim_start();
    let numbered = after.starts_with(|c: char| c.is_ascii_digit());
    let number =
        text.split(['.', ')']).next().is_some_and(|n| (1..=2).contains(&n.len()) && n.bytes().all(|b| b.is_ascii_digit()));
    let short = text.chars().count() <= 90;
    (short && ((word && numbered) || (bold.is_some() && number && text.len() > 3))).then_some(text)
}

/// A heading without its number, and the seconds that stand in it.
fn tidy_heading(heading: &str) -> (String, Option<f64>) {
    let mut text = emphasis(heading);
    let mut secs = None;
    if let Some(open) = text.rfind(['(', '[', '—', '|'])
        && let Some(found) = seconds(text[open..].trim_start_matches(['(', '[', '—', '|', ' ']).trim_end_matches([')', ']']))
    {
        secs = Some(found);
        text.truncate(open);
    }
    let text = text.trim();
    let lower = text.to_lowercase();
    let named = ["scene ", "szene ", "scène ", "escena ", "part ", "chapter ", "section "]
        .iter()
        .find(|word| lower.starts_with(**word));
    let rest = named.and_then(|word| text.get(word.len()..)).unwrap_or(text).trim_start();
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let after = rest[digits..].trim_start();
    let separated = after.strip_prefix([':', '.', ')', '-', '–', '—', '|']).map(str::trim);
    let tidy = match (digits, separated) {
        (1..=3, Some(name)) if !name.is_empty() => name,
        // “Scene 3” alone says no more than its place does.
        _ => text,
    };
    (tidy.trim_matches(['"', '“', '”', ' ', ':', '#', '`']).to_owned(), secs)
}

/// A known label and the words behind it: `**Image:** a lamp`, `- Image: a lamp`, `[Image: a lamp]`.
fn labelled(line: &str) -> Option<(Label, &str)> {
    let inner =
        line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).filter(|inner| inner.contains(':')).unwrap_or(line);
    let inner = inner.trim_start_matches(['-', '*', '•', '_', '+']).trim_start();
    let (before, after) = inner.split_once(':')?;
    if before.chars().count() > 40 {
        return None;
    }
    Some((label(before)?, after.trim_start_matches(['*', '_']).trim()))
}

/// A line that is a direction alone, in our brackets: `(smiles)`, `*smiles*`.
fn direction(line: &str) -> String {
    let inside =
        |open: char, close: char| line.strip_prefix(open)?.strip_suffix(close).filter(|inner| !inner.contains([open, close]));
    match inside('(', ')').or(inside('*', '*')).or(inside('_', '_')) {
        Some(inner) if !inner.trim().is_empty() && inner.chars().count() <= 80 => format!("[{}]", inner.trim()),
        _ => line.to_owned(),
    }
}

/// Without stars and underscores around it.
fn emphasis(text: &str) -> String {
    text.trim().trim_matches(['*', '_', '`']).trim().replace("**", "")
}

fn unbracketed(text: &str) -> &str {
    let inner = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    inner.trim().trim_matches(['"', '“', '”']).trim()
}

/// A paragraph without the quotation marks around the whole of it.
fn unquoted(paragraph: &str) -> String {
    let text = paragraph.trim();
    for (open, close) in [('"', '"'), ('“', '”'), ('„', '“'), ('«', '»')] {
        let inner = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
        if let Some(inner) = inner.filter(|inner| !inner.contains([open, close])) {
            return inner.trim().to_owned();
        }
    }
    text.to_owned()
}

fn is_rule(line: &str) -> bool {
    let mark = line.chars().next();
    line.len() >= 3 && mark.is_some_and(|mark| "-*_=".contains(mark) && line.chars().all(|c| c == mark || c == ' '))
}

/// Seconds as the script has them.
fn figure(secs: f64) -> String {
    format!("{}", (secs * 10.0).round() / 10.0)
}

#[cfg(test)]
mod tests;
