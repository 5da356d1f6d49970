//! What is chosen in the library's list, by click, range and arrow, as file managers have it. Everything is by place in what
//! was found; what is no longer found is no longer chosen.

use std::collections::HashSet;
use std::ops::Range;

use crate::core::library::Seq;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    chosen: HashSet<Seq>,
    /// Where the keyboard stands: place and asset.
    cursor: Option<(usize, Seq)>,
    /// From where a range counts.
    anchor: Option<usize>,
}

/// How a click or a step joins what is chosen already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// This and nothing else.
    Only,
    /// This too, or not any more (Ctrl).
    Toggle,
    /// Everything from the last one to this one (Shift).
    Range,
}

impl Selection {
    pub fn len(&self) -> usize {
        self.chosen.len()
    }

    pub fn is_empty(&self) -> bool {
        self.chosen.is_empty()
    }

    pub fn contains(&self, seq: Seq) -> bool {
        self.chosen.contains(&seq)
    }

    /// The one that is chosen, when it is one.
    pub fn single(&self) -> Option<Seq> {
        if self.chosen.len() == 1 { self.chosen.iter().next().copied() } else { None }
    }

    /// All that is chosen, in the order of the list.
    pub fn in_order(&self, found: &[Seq]) -> Vec<Seq> {
        if self.chosen.len() == found.len() {
            return found.to_vec();
        }
        found.iter().copied().filter(|seq| self.chosen.contains(seq)).collect()
    }

    /// The place the keyboard stands at.
    pub fn cursor(&self) -> Option<usize> {
        self.cursor.map(|(place, _)| place)
    }

    /// Chooses the asset at a place.
    pub fn choose(&mut self, found: &[Seq], place: usize, how: How) {
        let Some(&seq) = found.get(place) else { return };
        match how {
            How::Only => {
                self.chosen = HashSet::from([seq]);
                self.anchor = Some(place);
            }
            How::Toggle => {
                if !self.chosen.remove(&seq) {
                    self.chosen.insert(seq);
                }
                self.anchor = Some(place);
            }
            How::Range => {
                let from = *self.anchor.get_or_insert(place);
                let range = from.min(place)..=from.max(place);
                self.chosen = found.get(range).unwrap_or_default().iter().copied().collect();
            }
        }
        self.cursor = Some((place, seq));
    }

    /// Goes `by` places on (or back); from nowhere to the first, or to the last when that is where it would lead from anywhere.
    pub fn step(&mut self, found: &[Seq], by: isize, how: How) {
        let Some(last) = found.len().checked_sub(1) else { return };
        let place = match self.cursor {
            Some((place, _)) => place.saturating_add_signed(by).min(last),
            None if by > 0 && by.unsigned_abs() > last => last,
            None => 0,
        };
        self.choose(found, place, how);
    }

    /// Chooses stretches of the list, beside what was chosen before when `with` names it.
    pub fn band(&mut self, found: &[Seq], stretches: &[Range<usize>], with: Option<&HashSet<Seq>>) {
        self.chosen = with.cloned().unwrap_or_default();
        for stretch in stretches {
            let stretch = stretch.start.min(found.len())..stretch.end.min(found.len());
            self.chosen.extend(found.get(stretch).unwrap_or_default());
        }
        if let Some(place) = stretches.first().map(|stretch| stretch.start).filter(|place| *place < found.len()) {
            (self.cursor, self.anchor) = (Some((place, found[place])), Some(place));
        }
    }

    pub fn all(&mut self, found: &[Seq]) {
        self.chosen = found.iter().copied().collect();
    }

    pub fn none(&mut self) {
        self.chosen.clear();
        self.anchor = None;
    }

    /// What a band is added to.
    pub fn chosen(&self) -> &HashSet<Seq> {
        &self.chosen
    }

    /// Another list: what is still in it stays chosen, and the keyboard stays at its asset, or near where it was.
    pub fn refound(&mut self, found: &[Seq]) {
        if !self.chosen.is_empty() {
            self.chosen = found.iter().copied().filter(|seq| self.chosen.contains(seq)).collect();
        }
        self.cursor = self.cursor.and_then(|(place, seq)| {
            let place = found.iter().position(|known| *known == seq).unwrap_or(place.min(found.len().saturating_sub(1)));
            Some((place, *found.get(place)?))
        });
        self.anchor = self.cursor();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Op {
        Choose(usize, How),
        Step(isize, How),
        Band(Vec<Range<usize>>, bool),
        All,
        None,
        Refound(Vec<Seq>),
    }

    fn how() -> impl Strategy<Value = How> {
        prop_oneof![Just(How::Only), Just(How::Toggle), Just(How::Range)]
    }

    /// A list without doubles, in any order.
    fn list() -> impl Strategy<Value = Vec<Seq>> {
        proptest::collection::hash_set(0..40i64, 0..30).prop_map(|set| set.into_iter().collect())
    }

    fn op() -> impl Strategy<Value = Op> {
        prop_oneof![
            4 => (0..40usize, how()).prop_map(|(place, how)| Op::Choose(place, how)),
            3 => (-50..50isize, how()).prop_map(|(by, how)| Op::Step(by, how)),
            2 => (proptest::collection::vec((0..40usize, 0..9usize).prop_map(|(at, n)| at..at + n), 0..4), any::<bool>())
                .prop_map(|(stretches, with)| Op::Band(stretches, with)),
            1 => Just(Op::All),
            1 => Just(Op::None),
            2 => list().prop_map(Op::Refound),
        ]
    }

    proptest! {
        #[test]
        fn only_what_is_found_is_ever_chosen(first in list(), ops in proptest::collection::vec(op(), 0..30)) {
            let (mut found, mut selection) = (first, Selection::default());
            for op in ops {
                match op {
                    Op::Choose(place, how) => selection.choose(&found, place, how),
                    Op::Step(by, how) => selection.step(&found, by, how),
                    Op::Band(stretches, with) => {
                        let before = selection.chosen().clone();
                        selection.band(&found, &stretches, with.then_some(&before));
                    }
                    Op::All => selection.all(&found),
                    Op::None => selection.none(),
                    Op::Refound(other) => {
                        found = other;
                        selection.refound(&found);
                    }
                }
                prop_assert!(selection.chosen.iter().all(|seq| found.contains(seq)));
                prop_assert_eq!(selection.in_order(&found).len(), selection.len());
                prop_assert!(selection.cursor.is_none_or(|(place, seq)| found.get(place) == Some(&seq)));
                prop_assert!(selection.anchor.is_none_or(|place| place < found.len()));
            }
        }
    }

    #[test]
    fn ranges_count_from_where_the_first_click_was() {
        let found: Vec<Seq> = (100..110).collect();
        let mut selection = Selection::default();
        selection.choose(&found, 3, How::Only);
        selection.choose(&found, 6, How::Range);
        assert_eq!(selection.in_order(&found), [103, 104, 105, 106]);
        selection.choose(&found, 1, How::Range);
        assert_eq!(selection.in_order(&found), [101, 102, 103], "the other way from the same place");
        selection.choose(&found, 8, How::Toggle);
        selection.step(&found, 1, How::Range);
        assert_eq!(selection.in_order(&found), [108, 109]);
        selection.step(&found, 50, How::Only);
        assert_eq!((selection.cursor(), selection.single()), (Some(9), Some(109)), "the list ends there");
        for (by, place) in [(1, 0), (-1, 0), (10, 9), (-10, 0)] {
            let mut from_nowhere = Selection::default();
            from_nowhere.step(&found, by, How::Only);
            assert_eq!(from_nowhere.cursor(), Some(place), "{by}");
        }
    }

    #[test]
    fn another_order_keeps_what_is_chosen() {
        let mut selection = Selection::default();
        selection.choose(&[1, 2, 3, 4], 2, How::Only);
        selection.refound(&[4, 3, 2, 1]);
        assert_eq!((selection.single(), selection.cursor()), (Some(3), Some(1)));
        selection.refound(&[4, 2]);
        assert_eq!((selection.single(), selection.cursor()), (None, Some(1)), "it stands where it was");
        selection.refound(&[]);
        assert_eq!(selection.cursor(), None);
    }
}
