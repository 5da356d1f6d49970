//! A draft: a script that was proposed, scene by scene, in whatever form it came; written out in our own Markdown.

use crate::core::script::count_words;

/// What a writer proposed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// `key: value` for the front matter, the title among them.
    pub front: Vec<(String, String)>,
    pub scenes: Vec<Scene>,
}

/// One of its scenes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    pub heading: String,
    /// `image`, `clip`, `seconds` and such, each on one line.
    pub directives: Vec<(String, String)>,
    /// Spoken paragraphs and cues.
    pub body: String,
}

impl Draft {
    pub fn title(&self) -> Option<&str> {
        self.front.iter().find(|(key, _)| key == "title").map(|(_, title)| title.as_str())
    }

    /// The whole as a script's text.
    pub fn markdown(&self) -> String {
        let mut text = String::new();
        if !self.front.is_empty() {
            text.push_str("---\n");
            for (key, value) in &self.front {
                text.push_str(&format!("{key}: {value}\n"));
            }
            text.push_str("---\n\n");
        }
        let scenes: Vec<String> = self.scenes.iter().map(Scene::markdown).collect();
        text.push_str(&scenes.join("\n"));
        text
    }

    /// Words of all scenes.
    pub fn words(&self) -> usize {
        self.scenes.iter().map(Scene::words).sum()
    }

    /// Seconds all scenes take at `pace` words per minute.
    pub fn seconds(&self, pace: f64) -> f64 {
        self.scenes.iter().map(|scene| scene.seconds(pace)).sum()
    }
}

impl Scene {
    pub fn value(&self, key: &str) -> Option<&str> {
        self.directives.iter().find(|(of, _)| of == key).map(|(_, value)| value.as_str())
    }

    /// Sets a directive that is not there yet; an empty value is none.
    pub(super) fn set(&mut self, key: &str, value: &str) {
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        if !value.is_empty() && self.value(key).is_none() {
            self.directives.push((key.to_owned(), value));
        }
    }

    /// The scene's text: heading, directives, what is spoken. Ends with a line end.
    pub fn markdown(&self) -> String {
        let mut text = format!("## {}\n", if self.heading.is_empty() { "Scene" } else { &self.heading });
        if !self.directives.is_empty() {
            text.push('\n');
        }
        for (key, value) in &self.directives {
            text.push_str(&format!("> {key}: {value}\n"));
        }
        if !self.body.is_empty() {
            text.push_str(&format!("\n{}\n", self.body));
        }
        text
    }

    /// Spoken words: cues are not counted.
    pub fn words(&self) -> usize {
        let mut spoken = String::new();
        let mut depth = 0u32;
        for c in self.body.chars() {
            match c {
                '[' => depth += 1,
                ']' => depth = depth.saturating_sub(1),
                c if depth == 0 => spoken.push(c),
                _ => {}
            }
        }
        count_words(&spoken)
    }

    /// Target seconds, or what the words take.
    pub fn seconds(&self, pace: f64) -> f64 {
        let target = self.value("seconds").and_then(|secs| secs.parse::<f64>().ok()).filter(|secs| *secs > 0.0);
        target.unwrap_or_else(|| self.words() as f64 * 60.0 / pace.max(1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::script::Script;

    #[test]
    fn what_is_written_is_a_script() {
        let scene = |heading: &str, body: &str| {
            let mut scene = Scene { heading: heading.into(), body: body.into(), ..Scene::default() };
            scene.set("image", "a lamp\nat night");
            scene.set("seconds", "12");
            scene
        };
        let draft = Draft {
            front: vec![("title".into(), "Light".into())],
            scenes: vec![scene("One", "Hello [smile] you.\n\nAgain."), scene("Two", "")],
        };
        let script = Script::markdown(draft.markdown());
        assert_eq!((script.title(), script.scenes.len(), script.words()), ("Light", 2, 3));
        assert_eq!(script.scenes[0].image_prompt(), Some("a lamp at night"));
        assert_eq!((draft.words(), draft.seconds(150.0), script.seconds()), (3, 24.0, 24.0));
    }
}
