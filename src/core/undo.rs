//! Steps that can be undone and done again, as differences: a step costs what it changed and not the whole text, so that
//! hundreds of them fit a row of the library and survive the window.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Steps that are kept.
const MOST_STEPS: usize = 200;
/// Bytes the steps may take; a replaced script of 100,000 words takes a good megabyte.
const MOST_BYTES: usize = 16 << 20;
/// Texts are compared in pieces of this size until they differ.
const PIECE: usize = 4096;

/// One change: at `at`, `removed` gave way to `inserted`. It fits only the text it was made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Splice {
    /// Bytes from the beginning, the same before and after.
    pub at: usize,
    pub removed: Box<str>,
    pub inserted: Box<str>,
}

impl Splice {
    /// What turns `before` into `after`: all between the first and the last byte that differ.
    pub fn between(before: &str, after: &str) -> Splice {
        let mut front = same_front(before.as_bytes(), after.as_bytes());
        while !(before.is_char_boundary(front) && after.is_char_boundary(front)) {
            front -= 1;
        }
        let mut back = same_back(&before.as_bytes()[front..], &after.as_bytes()[front..]);
        while !(before.is_char_boundary(before.len() - back) && after.is_char_boundary(after.len() - back)) {
            back -= 1;
        }
        Splice {
            at: front,
            removed: before[front..before.len() - back].into(),
            inserted: after[front..after.len() - back].into(),
        }
    }

    /// The text after the change; `None` when it does not fit.
    pub fn apply(&self, before: &str) -> Option<String> {
        exchanged(before, self.at, &self.removed, &self.inserted)
    }

    /// The text before the change; `None` when it does not fit.
    pub fn undo(&self, after: &str) -> Option<String> {
        exchanged(after, self.at, &self.inserted, &self.removed)
    }

    /// True when nothing changed.
    pub fn is_empty(&self) -> bool {
        self.removed.is_empty() && self.inserted.is_empty()
    }

    fn bytes(&self) -> usize {
        self.removed.len() + self.inserted.len()
    }
}

/// How many bytes are the same at the beginning: whole pieces first, then one by one.
fn same_front(a: &[u8], b: &[u8]) -> usize {
    let whole: usize = a.chunks(PIECE).zip(b.chunks(PIECE)).take_while(|(a, b)| a == b).map(|(a, _)| a.len()).sum();
    whole + a[whole..].iter().zip(&b[whole..]).take_while(|(a, b)| a == b).count()
}

/// And at the end.
fn same_back(a: &[u8], b: &[u8]) -> usize {
    let whole: usize = a.rchunks(PIECE).zip(b.rchunks(PIECE)).take_while(|(a, b)| a == b).map(|(a, _)| a.len()).sum();
    let (a, b) = (&a[..a.len() - whole], &b[..b.len() - whole]);
    whole + a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count()
}

fn exchanged(text: &str, at: usize, from: &str, to: &str) -> Option<String> {
    let (before, rest) = (text.get(..at)?, text.get(at..)?);
    Some([before, to, rest.strip_prefix(from)?].concat())
}

/// What can be undone and done again from the text that is open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Steps {
    /// Oldest first.
    undo: Vec<Arc<Splice>>,
    /// The next one last.
    redo: Vec<Arc<Splice>>,
    /// The last step may still grow.
    #[serde(skip)]
    open: bool,
}

impl Steps {
    /// Notes a change. `joined` makes it part of the step before, as the letters of a word are one step.
    pub fn record(&mut self, before: &str, after: &str, joined: bool) {
        self.redo.clear();
        let base = self.undo.last().filter(|_| joined && self.open).and_then(|last| last.undo(before));
        if base.is_some() {
            self.undo.pop();
        }
        let step = Splice::between(base.as_deref().unwrap_or(before), after);
        // What was typed and taken back at once is no step.
        self.open = !step.is_empty();
        if self.open {
            self.undo.push(Arc::new(step));
        }
        self.bound();
    }

    /// The text before the last step. A step that does not fit `text` ends them all.
    pub fn undo(&mut self, text: &str) -> Option<String> {
        let step = self.undo.pop()?;
        self.open = false;
        let before = step.undo(text);
        if before.is_some() {
            self.redo.push(step)
        } else {
            *self = Steps::default()
        }
        before
    }

    /// The text after the step that was undone last.
    pub fn redo(&mut self, text: &str) -> Option<String> {
        let step = self.redo.pop()?;
        self.open = false;
        let after = step.apply(text);
        if after.is_some() {
            self.undo.push(step)
        } else {
            *self = Steps::default()
        }
        after
    }

    /// These steps and, before them, those that led to the text they begin with.
    pub fn after(self, older: Steps) -> Steps {
        let redo = if self.undo.is_empty() && self.redo.is_empty() { older.redo } else { self.redo };
        let mut steps = Steps { undo: older.undo, redo, open: self.open };
        steps.undo.extend(self.undo);
        steps.bound();
        steps
    }

    pub fn can_undo(&self) -> bool {
        !self.undo.is_empty()
    }

    pub fn can_redo(&self) -> bool {
        !self.redo.is_empty()
    }

    /// The oldest give way.
    fn bound(&mut self) {
        let mut bytes: usize = self.redo.iter().map(|step| step.bytes()).sum();
        let fits = |step: &&Arc<Splice>| {
            bytes += step.bytes();
            bytes <= MOST_BYTES
        };
        let kept = self.undo.iter().rev().take(MOST_STEPS).take_while(fits).count().max(1);
        self.undo.drain(..self.undo.len().saturating_sub(kept));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn splice(at: usize, removed: &str, inserted: &str) -> Splice {
        Splice { at, removed: removed.into(), inserted: inserted.into() }
    }

    #[test]
    fn a_splice_is_what_lies_between_the_differences() {
        assert_eq!(Splice::between("one two three", "one 2 three"), splice(4, "two", "2"));
        assert_eq!(Splice::between("aaa", "aa"), splice(2, "a", ""));
        assert_eq!(Splice::between("é", "è"), splice(0, "é", "è"), "the first byte alone is the same");
        assert_eq!(Splice::between("xé", "xĩ"), splice(1, "é", "ĩ"), "the last byte alone is the same");
        assert!(Splice::between("same", "same").is_empty());
        let long = "word ".repeat(5_000);
        let changed = format!("{}X{}", &long[..12_345], &long[12_345..]);
        assert_eq!(Splice::between(&long, &changed).inserted.as_ref(), "X");
    }

    #[test]
    fn letters_are_one_step() {
        let mut steps = Steps::default();
        steps.record("", "a", false);
        steps.record("a", "ab", true);
        steps.record("ab", "abc", false);
        assert_eq!(steps.undo("abc").as_deref(), Some("ab"));
        assert_eq!(steps.undo("ab").as_deref(), Some(""));
        assert_eq!((steps.can_undo(), steps.redo("").as_deref()), (false, Some("ab")));
    }

    #[test]
    fn what_was_typed_and_taken_back_is_no_step_and_joins_no_older_one() {
        let mut steps = Steps::default();
        steps.record("", "old", false);
        steps.record("old", "old!", false);
        steps.record("old!", "old", true);
        steps.record("old", "older", true);
        assert_eq!(steps.undo("older").as_deref(), Some("old"));
    }

    #[test]
    fn steps_of_another_text_are_dropped() {
        let mut steps = Steps::default();
        steps.record("one", "two", false);
        assert_eq!(steps.undo("something else"), None);
        assert!(!steps.can_undo() && !steps.can_redo());
    }

    #[test]
    fn the_oldest_steps_give_way() {
        let mut steps = Steps::default();
        for i in 0..MOST_STEPS + 5 {
            steps.record(&"x".repeat(i), &"x".repeat(i + 1), false);
        }
        assert_eq!(steps.undo.len(), MOST_STEPS);
        let (large, larger) = ("a".repeat(MOST_BYTES), "b".repeat(MOST_BYTES));
        steps.record(&large, &larger, false);
        assert_eq!(steps.undo.len(), 1, "one step is kept whatever it takes");
    }

    proptest! {
        #[test]
        fn a_splice_leads_both_ways(before in "[aé漢 \n]{0,40}", after in "[aé漢 \n]{0,40}") {
            let splice = Splice::between(&before, &after);
            prop_assert_eq!(splice.apply(&before), Some(after.clone()));
            prop_assert_eq!(splice.undo(&after), Some(before));
        }

        /// Steps written down, read again and joined with newer ones lead back to the first text and on to the last.
        #[test]
        fn steps_survive_being_written_down(texts in proptest::collection::vec("[aéb\n]{0,12}", 2..20), cut in 0..20usize) {
            let cut = cut.min(texts.len() - 1);
            let (mut older, mut newer) = (Steps::default(), Steps::default());
            for (i, pair) in texts.windows(2).enumerate() {
                let steps = if i < cut { &mut older } else { &mut newer };
                steps.record(&pair[0], &pair[1], false);
            }
            let written = serde_json::to_string(&older).unwrap();
            let mut steps = newer.after(serde_json::from_str(&written).unwrap());
            let last = texts.last().unwrap();
            let mut text = last.clone();
            while let Some(before) = steps.undo(&text) {
                text = before;
            }
            prop_assert_eq!(&text, &texts[0]);
            while let Some(after) = steps.redo(&text) {
                text = after;
            }
            prop_assert_eq!(&text, last);
        }
    }
}
