//! Edits of a script as splices of its text: everything outside the splice stays byte for byte what the person wrote.

use std::ops::Range;

use super::{Scene, Script};

impl Script {
    /// The script with `range` of its text replaced. A range outside the text or inside a character changes nothing.
    pub fn splice(&self, range: Range<usize>, text: &str) -> Script {
        let source = self.source();
        if source.get(range.clone()).is_none() {
            return self.clone();
        }
        Script::markdown([&source[..range.start], text, &source[range.end..]].concat())
    }

    /// Sets, replaces or (with `None`) removes a directive of a scene.
    pub fn with_directive(&self, scene: usize, key: &str, value: Option<&str>) -> Script {
        let Some(target) = self.scenes.get(scene) else { return self.clone() };
        let present = target.directives.iter().rev().find(|d| d.key == key);
        let value = value.map(one_line);
        match (present, value) {
            (Some(directive), Some(value)) if directive.value_range.is_empty() => {
                self.splice(directive.value_range.clone(), &format!(" {value}"))
            }
            (Some(directive), Some(value)) => self.splice(directive.value_range.clone(), &value),
            (Some(directive), None) => self.splice(directive.line_range.clone(), ""),
            (None, Some(value)) => self.add_directive(target, key, &value),
            (None, None) => self.clone(),
        }
    }

    /// The spoken part of a scene in the source: from its heading, or the directives under that, to the directives after its last
    /// sentence, without blank lines around it. Empty, at the place where it would begin, when nothing is spoken.
    pub fn body(&self, scene: usize) -> Option<Range<usize>> {
        let target = self.scenes.get(scene)?;
        let (first, last) = match (target.lines.first(), target.lines.last()) {
            (Some(first), Some(last)) => (first.start, last.start),
            _ => (target.range.end, target.range.end),
        };
        let heading = target.heading_range.as_ref().map_or(target.range.start, |heading| heading.end);
        let lines = || target.directives.iter().map(|directive| &directive.line_range);
        let start = lines().filter(|line| line.end <= first).fold(heading, |start, line| start.max(line.end));
        let end = lines().filter(|line| line.start > last).fold(target.range.end, |end, line| end.min(line.start));
        let text = self.source().get(start..end)?;
        let blank = text.len() - text.trim_start().len();
        Some(start + blank..start + blank.max(text.trim_end().len()))
    }

    /// Replaces the spoken part of a scene.
    pub fn with_body(&self, scene: usize, text: &str) -> Script {
        let Some(range) = self.body(scene) else { return self.clone() };
        let text = text.trim();
        if !range.is_empty() || text.is_empty() {
            return self.splice(range, text);
        }
        // A scene that said nothing: between blank lines, and a last one ends with its line.
        let before = blank_line_after(&self.source()[..range.start]);
        let after = if range.end == self.source().len() { "\n" } else { "\n\n" };
        self.splice(range, &[before, text, after].concat())
    }

    /// Renames a scene; one without a heading gets its first.
    pub fn with_heading(&self, scene: usize, heading: &str) -> Script {
        let Some(target) = self.scenes.get(scene) else { return self.clone() };
        let line = format!("## {}", one_line(heading));
        match &target.heading_range {
            Some(range) => self.splice(range.clone(), &line),
            None => self.splice(target.range.start..target.range.start, &format!("{line}\n\n")),
        }
    }

    /// Sets the title in the front matter, which is made when there is none.
    pub fn with_title(&self, title: &str) -> Script {
        let title = one_line(title);
        if let Some(entry) = self.front.entries.iter().find(|e| e.key == "title") {
            let space = if entry.value_range.is_empty() { " " } else { "" };
            return self.splice(entry.value_range.clone(), &format!("{space}{title}"));
        }
        match &self.front.range {
            Some(range) => {
                let after_fence = self.source()[range.clone()].find('\n').map_or(range.end, |i| range.start + i + 1);
                self.splice(after_fence..after_fence, &format!("title: {title}\n"))
            }
            None => self.splice(0..0, &format!("---\ntitle: {title}\n---\n\n")),
        }
    }

    /// Sets, replaces or (with `None`) removes a line of the front matter, which is made when there is none.
    pub fn with_front(&self, key: &str, value: Option<&str>) -> Script {
        let present = self.front.entries.iter().rev().find(|entry| entry.key == key);
        let value = value.map(one_line);
        match (present, value, &self.front.range) {
            (Some(entry), Some(value), _) => {
                let space = if entry.value_range.is_empty() { " " } else { "" };
                self.splice(entry.value_range.clone(), &format!("{space}{value}"))
            }
            // An empty block would read as two rules.
            (Some(_), None, Some(range)) if self.source()[range.clone()].trim_end().lines().count() <= 3 => {
                let rest = &self.source()[range.end..];
                self.splice(range.start..self.source().len() - rest.trim_start_matches(['\n', '\r']).len(), "")
            }
            (Some(entry), None, _) => self.splice(entry.line_range.clone(), ""),
            (None, Some(value), Some(range)) => {
                let block = self.source()[range.clone()].trim_end();
                let fence = block.rfind('\n').map_or(range.end, |at| range.start + at + 1);
                self.splice(fence..fence, &format!("{key}: {value}\n"))
            }
            (None, Some(value), None) => self.splice(0..0, &format!("---\n{key}: {value}\n---\n\n")),
            (None, None, _) => self.clone(),
        }
    }

    /// Puts a new scene before scene `at` (or last).
    pub fn insert_scene(&self, at: usize, heading: &str) -> Script {
        self.insert_scenes(at, &format!("## {}\n\n", one_line(heading)))
    }

    /// Puts the text of whole scenes before scene `at` (or last).
    pub fn insert_scenes(&self, at: usize, text: &str) -> Script {
        let place = self.scenes.get(at).map_or(self.source().len(), |scene| scene.range.start);
        let before = blank_line_after(&self.source()[..place]);
        self.splice(place..place, &format!("{before}{text}"))
    }

    /// Takes a scene out.
    pub fn remove_scene(&self, scene: usize) -> Script {
        match self.scenes.get(scene) {
            Some(target) => self.splice(target.range.clone(), ""),
            None => self.clone(),
        }
    }

    /// Moves scene `from` so that it becomes scene `to`.
    pub fn move_scene(&self, from: usize, to: usize) -> Script {
        let Some(first) = self.scenes.first() else { return self.clone() };
        if from >= self.scenes.len() || to >= self.scenes.len() || from == to {
            return self.clone();
        }
        let mut texts: Vec<&str> = self.scenes.iter().map(|scene| &self.source()[scene.range.clone()]).collect();
        let moved = texts.remove(from);
        texts.insert(to, moved);
        let mut out = self.source()[..first.range.start].to_owned();
        for text in texts {
            out.push_str(blank_line_after(&out));
            out.push_str(text);
        }
        Script::markdown(out)
    }

    /// Adds to the scene's quote block, or makes one under the heading.
    fn add_directive(&self, scene: &Scene, key: &str, value: &str) -> Script {
        if let Some(last) = scene.directives.iter().max_by_key(|d| d.line_range.end) {
            let end = last.line_range.end;
            let line_end = if self.source()[last.line_range.clone()].ends_with('\n') { "" } else { "\n" };
            return self.splice(end..end, &format!("{line_end}> {key}: {value}\n"));
        }
        match &scene.heading_range {
            Some(heading) => {
                let rest = &self.source()[heading.end..];
                let line_end = rest.find('\n').map_or(rest.len(), |i| i + 1);
                let at = heading.end + line_end;
                let before = if rest[..line_end].ends_with('\n') { "\n" } else { "\n\n" };
                let after = if self.source()[at..].starts_with(['\n', '\r']) || at == self.source().len() { "" } else { "\n" };
                self.splice(at..at, &format!("{before}> {key}: {value}\n{after}"))
            }
            None => self.splice(scene.range.start..scene.range.start, &format!("> {key}: {value}\n\n")),
        }
    }
}

/// The line ends that bring `text` to a blank line.
fn blank_line_after(text: &str) -> &'static str {
    let unix = text.trim_end_matches(['\r', ' ', '\t']);
    if text.is_empty() || text.ends_with("\n\n") || text.ends_with("\n\r\n") {
        ""
    } else if unix.ends_with('\n') {
        "\n"
    } else {
        "\n\n"
    }
}

/// Values live on one line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
