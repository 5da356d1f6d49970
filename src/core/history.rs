//! A project's history: the states of its script that are kept, what differs between them, and which of them may go. A state
//! is kept without asking; what a person published, named or might want back stays.

pub mod compare;
pub mod retention;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::script::Script;

/// Why a state was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// By itself, while the script was written.
    Draft,
    /// The person published it.
    Published,
    /// It gave way to an older version.
    BeforeRestore,
    /// What the project began with here.
    Imported,
    /// It gave way to what another device wrote.
    SetAside,
}

impl Kind {
    pub const ALL: [Kind; 5] = [Kind::Draft, Kind::Published, Kind::BeforeRestore, Kind::Imported, Kind::SetAside];

    pub fn name(self) -> &'static str {
        match self {
            Kind::Draft => "draft",
            Kind::Published => "published",
            Kind::BeforeRestore => "before_restore",
            Kind::Imported => "imported",
            Kind::SetAside => "set_aside",
        }
    }

    pub fn named(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// As lists show it.
    pub fn label(self) -> &'static str {
        match self {
            Kind::Draft => "Draft",
            Kind::Published => "Published",
            Kind::BeforeRestore => "Before a restore",
            Kind::Imported => "The beginning",
            Kind::SetAside => "Set aside",
        }
    }
}

/// Letters of a version's name.
pub const MAX_NAME: usize = 200;

/// A kept state, as lists show it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Version {
    /// Its number in this library; later ones are larger.
    pub seq: i64,
    pub kind: Kind,
    /// What the person called it.
    pub name: Option<String>,
    /// RFC 3339 UTC.
    pub made_at: String,
    /// The script's title then.
    pub title: String,
    pub words: u64,
    /// What it takes to be spoken.
    pub secs: f64,
    /// Lower-case hex, of the script's text.
    pub sha256: String,
    /// Against the version before it; the first has none.
    pub change: Option<Change>,
}

impl Version {
    /// Its name, or else why it was kept.
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or_else(|| self.kind.label())
    }
}

/// Where a project stands between draft and published.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standing {
    /// It counts as published, whatever was written since.
    pub published: bool,
    /// The version published last.
    pub last: Option<Version>,
}

/// What a text is like, in a few bytes a scene: enough to say what changed without reading any text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outline {
    pub title: String,
    pub words: u64,
    pub secs: f64,
    /// A fingerprint of what stands before the first scene, and one of each scene.
    pub marks: Vec<u64>,
}

/// What differs between two states.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Scenes that are new, are gone, read otherwise.
    pub added: u64,
    pub removed: u64,
    pub changed: u64,
    /// The same scenes, in another order.
    pub moved: bool,
    /// The title, or what else stands before the first scene.
    pub front: bool,
    pub words: i64,
    /// The text is the same, byte for byte; why there are two states of it says the newer one's kind.
    pub same: bool,
}

impl Outline {
    pub fn of(script: &Script) -> Outline {
        let source = script.source();
        let front = script.scenes.first().map_or(source.len(), |scene| scene.range.start);
        let front = source.get(..front).unwrap_or(source);
        let scenes = script.scenes.iter().map(|scene| source.get(scene.range.clone()).unwrap_or_default());
        Outline {
            title: script.title().to_owned(),
            words: script.words() as u64,
            secs: script.seconds(),
            marks: std::iter::once(front).chain(scenes).map(fingerprint).collect(),
        }
    }

    /// What changed since `before`.
    pub fn since(&self, before: &Outline) -> Change {
        let (front, scenes) = split(&self.marks);
        let (front_before, scenes_before) = split(&before.marks);
        let (fresh, gone) = (without(scenes, scenes_before), without(scenes_before, scenes));
        let changed = fresh.min(gone);
        Change {
            added: (fresh - changed) as u64,
            removed: (gone - changed) as u64,
            changed: changed as u64,
            moved: fresh == 0 && gone == 0 && scenes != scenes_before,
            front: front != front_before,
            words: self.words as i64 - before.words as i64,
            same: false,
        }
    }
}

fn split(marks: &[u64]) -> (u64, &[u64]) {
    marks.split_first().map_or((0, &[]), |(first, rest)| (*first, rest))
}

/// How many of `these` are not among `those`, each counted as often as it occurs.
fn without(these: &[u64], those: &[u64]) -> usize {
    let mut left: std::collections::HashMap<u64, usize> = std::collections::HashMap::new();
    those.iter().for_each(|mark| *left.entry(*mark).or_default() += 1);
    let found = |mark: &&u64| match left.get_mut(mark) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        _ => false,
    };
    these.len() - these.iter().filter(found).count()
}

/// Blank space at the ends does not count.
fn fingerprint(text: &str) -> u64 {
    let digest = Sha256::digest(text.trim().as_bytes());
    digest.iter().take(8).fold(0, |mark, byte| mark << 8 | u64::from(*byte))
}

impl Change {
    /// In a line: `2 scenes changed, 1 added, +38 words`.
    pub fn sentence(&self) -> String {
        let mut parts = Vec::new();
        for (count, what) in [(self.changed, "changed"), (self.added, "added"), (self.removed, "removed")] {
            match (count, parts.is_empty()) {
                (0, _) => {}
                (1, true) => parts.push(format!("1 scene {what}")),
                (count, true) => parts.push(format!("{count} scenes {what}")),
                (count, false) => parts.push(format!("{count} {what}")),
            }
        }
        if self.moved {
            parts.push("scenes in another order".to_owned());
        }
        if self.front {
            parts.push("title or front matter".to_owned());
        }
        match self.words {
            0 if self.same => parts.push("the script is the same".to_owned()),
            0 if parts.is_empty() => parts.push("spaces alone".to_owned()),
            0 => {}
            words => parts.push(format!(
                "{}{} {}",
                if words > 0 { "+" } else { "−" },
                words.abs(),
                if words.abs() == 1 { "word" } else { "words" }
            )),
        }
        parts.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(text: &str) -> Outline {
        Outline::of(&Script::markdown(text))
    }

    fn said(before: &str, after: &str) -> String {
        outline(after).since(&outline(before)).sentence()
    }

    const TEXT: &str = "---\ntitle: T\n---\n\n## One\n\nFirst words.\n\n## Two\n\nSecond words here.\n";

    #[test]
    fn a_change_is_said_in_a_line() {
        assert_eq!(said(TEXT, &TEXT.replace("First words.", "First of all words.")), "1 scene changed, +2 words");
        assert_eq!(said(TEXT, &format!("{TEXT}\n## Three\n\nMore.\n")), "1 scene added, +1 word");
        assert_eq!(said(TEXT, &TEXT[..TEXT.find("## Two").unwrap()]), "1 scene removed, −3 words");
        assert_eq!(said(TEXT, &TEXT.replace("title: T", "title: U")), "title or front matter");
        assert_eq!(said(TEXT, &TEXT.replace("\n\n## Two", "\n\n\n## Two")), "spaces alone");
        let moved = Script::markdown(TEXT).move_scene(0, 1);
        assert_eq!(said(TEXT, moved.source()), "scenes in another order");
        let both = TEXT.replace("First", "Other").replace("Second", "Another") + "\n## Three\n\nMore.\n";
        assert_eq!(said(TEXT, &both), "2 scenes changed, 1 added, +1 word");
        assert_eq!(said("", TEXT), "2 scenes added, title or front matter, +5 words");
    }

    #[test]
    fn kinds_are_read_by_their_names() {
        for kind in Kind::ALL {
            assert_eq!(Kind::named(kind.name()), Some(kind));
        }
        assert_eq!(Kind::named("branch"), None);
    }
}
