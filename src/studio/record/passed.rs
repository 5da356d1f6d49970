//! Which sentence was read when, as a running take knows it: from here “again” takes since when the words are spoilt, and the
//! journal which sentence comes next.

use crate::core::script::same::{Sentence, index_of, successor};

/// Rows by which the text may stand before a sentence that is about to be read again, and a bit for what is still easing.
const PREROLL_ROWS: f64 = 3.25;

/// Scene and sentence.
pub type Place = (usize, usize);

/// The sentences of a take in the order they were read; what was spoilt is taken out again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Passed {
    /// When each came to the eye line, in nanoseconds on the take's clock.
    lines: Vec<(u64, Place)>,
    /// The sentence that is read again, until it has come back to the eye line.
    awaited: Option<Place>,
}

impl Passed {
    /// The sentence that counts as being read while `actual` is at the eye line: during a pre-roll the one it leads to.
    /// `before` is how many rows its beginning is still away, and `rolling_back` is true while the text is on its way up.
    pub fn counts(&mut self, actual: Place, rolling_back: bool, before: impl Fn(Place) -> Option<f64>) -> Place {
        let Some(awaited) = self.awaited else { return actual };
        let near = || before(awaited).is_some_and(|rows| rows <= PREROLL_ROWS);
        if rolling_back || (actual < awaited && near()) {
            return awaited;
        }
        self.awaited = None;
        actual
    }

    /// A sentence came to the eye line.
    pub fn reached(&mut self, t: u64, place: Place) {
        if self.lines.last().is_none_or(|(_, last)| *last != place) {
            self.lines.push((t, place));
        }
    }

    /// The sentence is read again from `t` on. Answers since when the words are spoilt: since it was last begun, or, when it was not
    /// read at all, since what was read instead.
    pub fn again(&mut self, t: u64, place: Place) -> u64 {
        let begun = self.lines.iter().rposition(|(_, read)| *read == place).or(self.lines.len().checked_sub(1));
        let from = begun.map_or(t, |at| self.lines[at].0);
        self.lines.truncate(begun.unwrap_or(0));
        self.lines.push((from.max(t), place));
        self.awaited = Some(place);
        from.min(t)
    }

    /// Scenes and sentences as an edited script numbers them.
    pub fn renumber(&mut self, old: &[Sentence], new: &[Sentence], found: &[Option<usize>]) {
        let place = |place: Place| renumbered(place, old, new, found);
        self.awaited = self.awaited.and_then(place);
        self.lines = self.lines.iter().filter_map(|(t, read)| Some((*t, place(*read)?))).collect();
    }
}

/// A sentence's place in an edited script, or that of what stands there now.
pub fn renumbered(place: Place, old: &[Sentence], new: &[Sentence], found: &[Option<usize>]) -> Option<Place> {
    let at = index_of(old, place.0, place.1)?;
    let (to, _) = successor(found, at, new.len())?;
    new.get(to).map(|sentence| (sentence.scene, sentence.line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[(u64, Place)]) -> Passed {
        Passed { lines: lines.to_vec(), awaited: None }
    }

    #[test]
    fn what_was_read_since_the_sentence_began_is_spoilt() {
        let mut passed = read(&[(0, (0, 0)), (50, (0, 1)), (90, (0, 2))]);
        assert_eq!(passed.again(120, (0, 2)), 90);
        assert_eq!(passed.again(140, (0, 1)), 50, "one further back");
        assert_eq!(passed.again(200, (0, 1)), 140, "the second try is spoilt from its own beginning");
        assert_eq!(passed.lines, [(0, (0, 0)), (200, (0, 1))]);
    }

    #[test]
    fn a_sentence_that_was_never_read_spoils_what_was() {
        let mut passed = read(&[(0, (0, 0)), (50, (2, 0))]);
        assert_eq!(passed.again(80, (1, 0)), 50);
        assert_eq!(read(&[]).again(7, (0, 0)), 7);
    }

    #[test]
    fn the_way_in_belongs_to_the_sentence_it_leads_to() {
        let mut passed = read(&[(0, (0, 0)), (50, (0, 1))]);
        passed.again(80, (0, 1));
        assert_eq!(passed.counts((0, 2), true, |_| Some(-2.0)), (0, 1));
        assert_eq!(passed.counts((0, 0), false, |_| Some(1.5)), (0, 1));
        assert_eq!(passed.counts((0, 1), false, |_| Some(0.0)), (0, 1));
        assert_eq!(passed.counts((0, 0), false, |_| Some(1.5)), (0, 0), "it had come; now somebody goes back by hand");
        passed.again(99, (0, 1));
        assert_eq!(passed.counts((0, 0), false, |_| Some(9.0)), (0, 0), "far away nobody waits for it");
    }
}
