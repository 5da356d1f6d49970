//! Two copies of a project that have one ancestor: which side changed what, and whether both changes fit together. Three-way, by
//! part: the script with its pictures is one part, each thing said beside it is one, each clip and sound is one. Nothing is ever decided for a person: a part
//! that both sides changed is a conflict.

use serde_json::{Map, Value};

use super::shared::{Document, Facts, SharedFile, Stage};

/// What is to be done about two copies.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// They are the same.
    Same,
    /// Only mine changed.
    Push,
    /// Only theirs changed.
    Pull,
    /// Both changed, but not the same parts: this is both together.
    Merge(Box<Document>),
    /// Both changed the same part.
    Conflict,
}

/// Two versions of which a person has to choose.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    pub mine: Document,
    pub theirs: Document,
    /// What the server says of its version, with the time of this place.
    pub facts: Facts,
    /// When mine was last written, by the clock of this place: `2026-11-21T14:32:05`.
    pub written_at: String,
    /// What people call this machine.
    pub device: String,
}

/// A document that is to become the local one.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrival {
    /// What is on the server, and its revision: the ancestor from then on.
    pub theirs: Document,
    pub revision: u64,
    /// What the local copy becomes: theirs, or theirs together with what changed here.
    pub wanted: Document,
    /// The local script that this was judged by. When it has changed since, nothing is taken over.
    pub over: String,
}

/// Which side changed a part.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Neither,
    Mine,
    Theirs,
    Both,
}

fn side<T: PartialEq>(base: &T, mine: &T, theirs: &T) -> Side {
    match (mine == theirs, theirs == base, mine == base) {
        (true, ..) => Side::Neither,
        (_, true, _) => Side::Mine,
        (.., true) => Side::Theirs,
        _ => Side::Both,
    }
}

/// Judges two copies by their common ancestor. Without one they are the same or in conflict.
pub fn judge(base: Option<&Document>, mine: &Document, theirs: &Document) -> Verdict {
    if mine.sha256() == theirs.sha256() {
        return Verdict::Same;
    }
    let Some(base) = base else { return Verdict::Conflict };
    let text = |d: &Document| (d.script.clone(), d.pictures.clone());
    let text = side(&text(base), &text(mine), &text(theirs));
    let stage = side(&base.stage, &mine.stage, &theirs.stage);
    let keys = keys(base, mine, theirs);
    let details = keys.iter().map(|key| side(&base.details.get(*key), &mine.details.get(*key), &theirs.details.get(*key)));
    let media = media(base, mine, theirs);
    let media = media.iter().map(|path| side(&named(base, path), &named(mine, path), &named(theirs, path)));
    let sides: Vec<Side> = details.chain(media).chain([text, stage]).collect();
    if sides.contains(&Side::Both) {
        return Verdict::Conflict;
    }
    match (sides.contains(&Side::Mine), sides.contains(&Side::Theirs)) {
        (false, false) => Verdict::Same,
        (true, false) => Verdict::Push,
        (false, true) => Verdict::Pull,
        (true, true) => Verdict::Merge(Box::new(together(base, mine, theirs))),
    }
}

/// Both changes, for parts that only one side changed.
fn together(base: &Document, mine: &Document, theirs: &Document) -> Document {
    let from_mine = mine.script != base.script || mine.pictures != base.pictures;
    let text = if from_mine { mine } else { theirs };
    let stage: Stage = if mine.stage == base.stage { theirs.stage } else { mine.stage };
    let mut details: Map<String, Value> = Map::new();
    for key in keys(base, mine, theirs) {
        let changed = mine.details.get(key) != base.details.get(key);
        if let Some(value) = if changed { mine } else { theirs }.details.get(key) {
            details.insert(key.to_owned(), value.clone());
        }
    }
    let side_of = |path: &str| if named(mine, path) == named(base, path) { theirs } else { mine };
    let files = media(base, mine, theirs).into_iter().filter_map(|path| named(side_of(path), path).cloned());
    Document::new(text.script.clone(), details, stage, text.pictures.clone()).with_media(files.collect())
}

/// What a document says of a clip or a sound.
fn named<'a>(document: &'a Document, path: &str) -> Option<&'a SharedFile> {
    document.media.iter().find(|file| file.path == path)
}

/// The clips and sounds of all three, by path.
fn media<'a>(base: &'a Document, mine: &'a Document, theirs: &'a Document) -> Vec<&'a str> {
    let all = [base, mine, theirs].into_iter().flat_map(|document| &document.media);
    let mut paths: Vec<&str> = all.map(|file| file.path.as_str()).collect();
    paths.sort_unstable();
    paths.dedup();
    paths
}

fn keys<'a>(base: &'a Document, mine: &'a Document, theirs: &'a Document) -> Vec<&'a str> {
    let all = [base, mine, theirs].into_iter().flat_map(|document| document.details.keys());
    let mut keys: Vec<&str> = all.map(String::as_str).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

impl Conflict {
    /// What both sides changed beside the script, by name.
    pub fn other_parts(&self) -> Vec<String> {
        let names = keys(&self.mine, &self.mine, &self.theirs);
        let differs = |key: &&str| self.mine.details.get(*key) != self.theirs.details.get(*key);
        let mut parts: Vec<String> = names.into_iter().filter(differs).map(|key| key.replace('_', " ")).collect();
        if self.mine.stage != self.theirs.stage {
            parts.push("draft or published".to_owned());
        }
        if self.mine.script == self.theirs.script && self.mine.pictures != self.theirs.pictures {
            parts.push("pictures".to_owned());
        }
        if self.mine.script == self.theirs.script && self.mine.media != self.theirs.media {
            parts.push("clips and sounds".to_owned());
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn document(script: &str, details: Value) -> Document {
        let Value::Object(details) = details else { unreachable!() };
        Document::new(script.to_owned(), details, Stage::Draft, Vec::new())
    }

    #[test]
    fn one_side_alone_is_taken_over_and_both_are_asked_about() {
        let base = document("one", json!({}));
        let (mine, theirs) = (document("one, mine", json!({})), document("one, theirs", json!({})));
        assert_eq!(judge(Some(&base), &base, &base), Verdict::Same);
        assert_eq!(judge(Some(&base), &mine, &base), Verdict::Push);
        assert_eq!(judge(Some(&base), &base, &theirs), Verdict::Pull);
        assert_eq!(judge(Some(&base), &mine, &theirs), Verdict::Conflict);
        assert_eq!(judge(Some(&base), &mine, &mine), Verdict::Same);
        assert_eq!(judge(None, &mine, &theirs), Verdict::Conflict);
    }

    #[test]
    fn changes_of_different_parts_fit_together() {
        let base = document("one", json!({ "tags": ["a"], "category": "x" }));
        let mine = document("two", json!({ "tags": ["a"], "category": "x" }));
        let theirs = document("one", json!({ "tags": ["a", "b"], "description": "new" }));
        let Verdict::Merge(both) = judge(Some(&base), &mine, &theirs) else { panic!("no merge") };
        assert_eq!(*both, document("two", json!({ "tags": ["a", "b"], "description": "new" })));
        let clash = document("one", json!({ "tags": ["c"], "category": "x" }));
        assert_eq!(judge(Some(&base), &clash, &theirs), Verdict::Conflict);
    }

    #[test]
    fn a_clip_that_gets_its_hash_is_no_change_of_the_words() {
        let clip = |path: &str, sign: &str| SharedFile { path: path.into(), sha256: sign.repeat(64), bytes: 1 };
        let base = document("one", json!({}));
        let mine = base.clone().with_media(vec![clip("clips/a.mp4", "a")]);
        let theirs = document("two", json!({})).with_media(vec![clip("sounds/b.wav", "b")]);
        let Verdict::Merge(both) = judge(Some(&base), &mine, &theirs) else { panic!("no merge") };
        assert_eq!(*both, theirs.clone().with_media(vec![clip("clips/a.mp4", "a"), clip("sounds/b.wav", "b")]));
        let other = base.clone().with_media(vec![clip("clips/a.mp4", "c")]);
        assert_eq!(judge(Some(&base), &mine, &other), Verdict::Conflict);
        assert_eq!(judge(Some(&mine), &base, &mine), Verdict::Push, "one that was taken out stays out");
    }

    fn any_document() -> impl Strategy<Value = Document> {
        let details = proptest::collection::btree_map("[a-c]", 0u8..3, 0..3);
        ("[xy]{0,1}", details, any::<bool>()).prop_map(|(script, details, published)| {
            let details = details.into_iter().map(|(key, value)| (key, json!(value))).collect();
            let stage = if published { Stage::Published } else { Stage::Draft };
            Document::new(script, details, stage, Vec::new())
        })
    }

    proptest! {
        /// No verdict but a conflict ever drops what one side alone has changed.
        #[test]
        fn nothing_that_changed_is_dropped(base in any_document(), mine in any_document(), theirs in any_document()) {
            let result = match judge(Some(&base), &mine, &theirs) {
                Verdict::Same | Verdict::Push => mine.clone(),
                Verdict::Pull => theirs.clone(),
                Verdict::Merge(both) => *both,
                Verdict::Conflict => return Ok(()),
            };
            for side in [&mine, &theirs] {
                if side.script != base.script {
                    prop_assert_eq!(&result.script, &side.script);
                }
                if side.stage != base.stage {
                    prop_assert_eq!(result.stage, side.stage);
                }
                for key in ["a", "b", "c"] {
                    if side.details.get(key) != base.details.get(key) {
                        prop_assert_eq!(result.details.get(key), side.details.get(key));
                    }
                }
            }
        }

        #[test]
        fn both_sides_judge_alike(base in any_document(), mine in any_document(), theirs in any_document()) {
            let there = match judge(Some(&base), &theirs, &mine) {
                Verdict::Push => Verdict::Pull,
                Verdict::Pull => Verdict::Push,
                other => other,
            };
            prop_assert_eq!(judge(Some(&base), &mine, &theirs), there);
        }
    }
}
