//! The rows that are near the screen. A list of a hundred thousand places is kept whole, what stands in them is read for a
//! window of it only, so that memory and every frame cost the same however much there is.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::ops::Range;
use std::sync::Arc;

/// Places that may be shown at once; a screen larger than any has fewer.
const MOST_SEEN: usize = 400;

/// A place of a list, which says whose it is.
pub trait Place {
    type Key: Clone + Eq + Hash;

    fn key(&self) -> Self::Key;
}

impl Place for i64 {
    type Key = i64;

    fn key(&self) -> i64 {
        *self
    }
}

/// What stands in the places of a list, by the places' keys.
#[derive(Clone, Debug)]
pub struct Rows<K, V> {
    known: HashMap<K, Arc<V>>,
    /// On their way.
    asked: HashSet<K>,
    /// Places on the screen.
    seen: Range<usize>,
    /// Kept wherever the list is scrolled to.
    pinned: HashSet<K>,
}

impl<K, V> Default for Rows<K, V> {
    fn default() -> Rows<K, V> {
        Rows { known: HashMap::new(), asked: HashSet::new(), seen: 0..0, pinned: HashSet::new() }
    }
}

impl<K: Clone + Eq + Hash, V: Clone> Rows<K, V> {
    /// What stands there, once it has been read.
    pub fn get(&self, key: &K) -> Option<&Arc<V>> {
        self.known.get(key)
    }

    /// All that is kept, in no order.
    pub fn known(&self) -> impl Iterator<Item = (&K, &Arc<V>)> {
        self.known.iter()
    }

    /// These places are on the screen: gives what has to be read for them and for a screen before and after.
    pub fn see(&mut self, found: &[impl Place<Key = K>], seen: Range<usize>) -> Vec<K> {
        let end = seen.end.min(found.len());
        let start = seen.start.min(end);
        let end = end.min(start + MOST_SEEN);
        self.seen = start..end;
        self.read(found)
    }

    /// Another list under the same part of the screen.
    pub fn see_again(&mut self, found: &[impl Place<Key = K>]) -> Vec<K> {
        self.see(found, self.seen.clone())
    }

    /// These are read too, and kept.
    pub fn pin(&mut self, found: &[impl Place<Key = K>], pinned: impl IntoIterator<Item = K>) -> Vec<K> {
        self.pinned = pinned.into_iter().collect();
        self.read(found)
    }

    /// Everything may have changed: what is shown is read again, and shown as it was until then.
    pub fn reread(&mut self, found: &[impl Place<Key = K>]) -> Vec<K> {
        let wanted = self.wanted(found);
        self.known.retain(|key, _| wanted.contains(key));
        self.asked = wanted;
        self.asked.iter().cloned().collect()
    }

    /// What was asked for has come; what is not among it does not exist any more.
    pub fn arrived(&mut self, found: &[impl Place<Key = K>], asked: &[K], rows: impl IntoIterator<Item = (K, V)>) {
        let wanted = self.wanted(found);
        for key in asked {
            self.asked.remove(key);
            self.known.remove(key);
        }
        let rows = rows.into_iter().filter(|(key, _)| wanted.contains(key));
        self.known.extend(rows.map(|(key, row)| (key, Arc::new(row))));
    }

    /// Changes what is shown before the library has answered.
    pub fn change(&mut self, keys: &[K], how: impl Fn(&mut V)) {
        for key in keys {
            if let Some(row) = self.known.get_mut(key) {
                how(Arc::make_mut(row));
            }
        }
    }

    /// It is another one now, where it is shown or about to be.
    pub fn put(&mut self, found: &[impl Place<Key = K>], rows: impl IntoIterator<Item = (K, V)>) {
        let wanted = self.wanted(found);
        self.known.extend(rows.into_iter().filter(|(key, _)| wanted.contains(key)).map(|(key, row)| (key, Arc::new(row))));
    }

    fn read(&mut self, found: &[impl Place<Key = K>]) -> Vec<K> {
        let wanted = self.wanted(found);
        self.known.retain(|key, _| wanted.contains(key));
        let missing: Vec<K> =
            wanted.into_iter().filter(|key| !self.known.contains_key(key) && !self.asked.contains(key)).collect();
        self.asked.extend(missing.iter().cloned());
        missing
    }

    fn wanted(&self, found: &[impl Place<Key = K>]) -> HashSet<K> {
        let around = self.seen.len();
        let window = self.seen.start.saturating_sub(around)..(self.seen.end + around).min(found.len());
        let near = found.get(window).unwrap_or_default().iter().map(Place::key);
        near.chain(self.pinned.iter().cloned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry(key: i64) -> (i64, String) {
        (key, format!("row {key}"))
    }

    #[test]
    fn a_place_is_read_once_and_with_its_neighbours() {
        let found: Vec<i64> = (0..100_000).collect();
        let mut rows = Rows::default();
        let mut asked = rows.see(&found, 50_000..50_040);
        asked.sort_unstable();
        assert_eq!((asked.first(), asked.last(), asked.len()), (Some(&49_960), Some(&50_079), 120));
        assert!(rows.see(&found, 50_000..50_040).is_empty(), "it is on its way");
        rows.arrived(&found, &asked, asked.iter().map(|key| entry(*key)));
        assert!((50_000..50_040).all(|key| rows.get(&key).is_some()));
        assert_eq!(rows.see(&found, 50_020..50_060).len(), 20);
        assert!(rows.get(&49_970).is_none(), "what is far is forgotten");
    }

    #[test]
    fn what_is_gone_is_not_shown_and_not_asked_for_ever() {
        let found: Vec<i64> = (0..3).collect();
        let mut rows = Rows::default();
        let asked = rows.see(&found, 0..3);
        rows.arrived(&found, &asked, [entry(0), entry(2)]);
        assert!(rows.get(&1).is_none());
        let again = rows.reread(&found);
        assert_eq!(again.len(), 3);
        assert!(rows.get(&0).is_some(), "until it is read again the old row is shown");
        rows.arrived(&found, &again, [entry(2)]);
        assert!(rows.get(&0).is_none() && rows.get(&2).is_some());
    }

    proptest! {
        #[test]
        fn memory_is_bounded_wherever_it_is_scrolled(places in proptest::collection::vec((0..3000usize, 0..2000usize), 1..12)) {
            let found: Vec<i64> = (0..2500).collect();
            let mut rows = Rows::default();
            for (at, count) in places {
                let asked = rows.see(&found, at..at + count);
                rows.arrived(&found, &asked, asked.iter().map(|key| entry(*key)));
                let more = rows.pin(&found, [7]);
                rows.arrived(&found, &more, more.iter().map(|key| entry(*key)));
                prop_assert!(rows.known.len() <= 3 * MOST_SEEN + 1);
                prop_assert!(rows.asked.is_empty() && rows.get(&7).is_some());
                prop_assert!(rows.seen.clone().all(|place| rows.get(&found[place]).is_some()));
            }
        }
    }
}
