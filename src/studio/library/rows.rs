//! The rows that are near the screen. A list of a hundred thousand places is kept whole, what stands in them is read for a
//! window of it only, so that memory and every frame cost the same however much there is.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use crate::core::asset::Asset;
use crate::core::library::{Entry, Seq};

/// Places that may be shown at once; a screen larger than any has fewer.
const MOST_SEEN: usize = 400;

#[derive(Clone, Debug, Default)]
pub struct Rows {
    known: HashMap<Seq, Arc<Asset>>,
    /// On their way.
    asked: HashSet<Seq>,
    /// Places on the screen.
    seen: Range<usize>,
    /// Kept wherever the list is scrolled to.
    pinned: HashSet<Seq>,
}

impl Rows {
    /// What stands there, once it has been read.
    pub fn get(&self, seq: Seq) -> Option<&Arc<Asset>> {
        self.known.get(&seq)
    }

    /// All that is kept, in no order.
    pub fn known(&self) -> impl Iterator<Item = (Seq, &Arc<Asset>)> {
        self.known.iter().map(|(seq, asset)| (*seq, asset))
    }

    /// Where an asset that is known stands.
    pub fn of_id(&self, id: &crate::core::asset::AssetId) -> Option<(Seq, &Arc<Asset>)> {
        self.known.iter().find(|(_, asset)| asset.id == *id).map(|(seq, asset)| (*seq, asset))
    }

    /// These places are on the screen: gives what has to be read for them and for a screen before and after.
    pub fn see(&mut self, found: &[Seq], seen: Range<usize>) -> Vec<Seq> {
        let end = seen.end.min(found.len());
        let start = seen.start.min(end);
        let end = end.min(start + MOST_SEEN);
        self.seen = start..end;
        self.read(found)
    }

    /// Another list under the same part of the screen.
    pub fn see_again(&mut self, found: &[Seq]) -> Vec<Seq> {
        self.see(found, self.seen.clone())
    }

    /// These are read too, and kept.
    pub fn pin(&mut self, found: &[Seq], pinned: impl IntoIterator<Item = Seq>) -> Vec<Seq> {
        self.pinned = pinned.into_iter().collect();
        self.read(found)
    }

    /// Everything may have changed: what is shown is read again, and shown as it was until then.
    pub fn reread(&mut self, found: &[Seq]) -> Vec<Seq> {
        let wanted = self.wanted(found);
        self.known.retain(|seq, _| wanted.contains(seq));
        self.asked = wanted;
        self.asked.iter().copied().collect()
    }

    /// What was asked for has come; what is not among it does not exist any more.
    pub fn arrived(&mut self, found: &[Seq], asked: &[Seq], entries: Vec<Entry>) {
        let wanted = self.wanted(found);
        for seq in asked {
            self.asked.remove(seq);
            self.known.remove(seq);
        }
        let entries = entries.into_iter().filter(|entry| wanted.contains(&entry.seq));
        self.known.extend(entries.map(|entry| (entry.seq, Arc::new(entry.asset))));
    }

    /// Changes what is shown before the library has answered.
    pub fn change(&mut self, seqs: &[Seq], how: impl Fn(&mut Asset)) {
        for seq in seqs {
            if let Some(asset) = self.known.get_mut(seq) {
                how(Arc::make_mut(asset));
            }
        }
    }

    fn read(&mut self, found: &[Seq]) -> Vec<Seq> {
        let wanted = self.wanted(found);
        self.known.retain(|seq, _| wanted.contains(seq));
        let missing: Vec<Seq> =
            wanted.into_iter().filter(|seq| !self.known.contains_key(seq) && !self.asked.contains(seq)).collect();
        self.asked.extend(&missing);
        missing
    }

    fn wanted(&self, found: &[Seq]) -> HashSet<Seq> {
        let around = self.seen.len();
        let window = self.seen.start.saturating_sub(around)..(self.seen.end + around).min(found.len());
        let near = found.get(window).unwrap_or_default().iter().copied();
        near.chain(self.pinned.iter().copied()).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry(seq: Seq) -> Entry {
        Entry { seq, asset: crate::core::asset::tests::asset(&seq.to_string()) }
    }

    #[test]
    fn a_place_is_read_once_and_with_its_neighbours() {
        let found: Vec<Seq> = (0..100_000).collect();
        let mut rows = Rows::default();
        let mut asked = rows.see(&found, 50_000..50_040);
        asked.sort_unstable();
        assert_eq!((asked.first(), asked.last(), asked.len()), (Some(&49_960), Some(&50_079), 120));
        assert!(rows.see(&found, 50_000..50_040).is_empty(), "it is on its way");
        rows.arrived(&found, &asked, asked.iter().map(|seq| entry(*seq)).collect());
        assert!((50_000..50_040).all(|seq| rows.get(seq).is_some()));
        assert_eq!(rows.see(&found, 50_020..50_060).len(), 20);
        assert!(rows.get(49_970).is_none(), "what is far is forgotten");
    }

    #[test]
    fn what_is_gone_is_not_shown_and_not_asked_for_ever() {
        let found: Vec<Seq> = (0..3).collect();
        let mut rows = Rows::default();
        let asked = rows.see(&found, 0..3);
        rows.arrived(&found, &asked, vec![entry(0), entry(2)]);
        assert!(rows.get(1).is_none());
        let again = rows.reread(&found);
        assert_eq!(again.len(), 3);
        assert!(rows.get(0).is_some(), "until it is read again the old row is shown");
        rows.arrived(&found, &again, vec![entry(2)]);
        assert!(rows.get(0).is_none() && rows.get(2).is_some());
    }

    proptest! {
        #[test]
        fn memory_is_bounded_wherever_it_is_scrolled(places in proptest::collection::vec((0..3000usize, 0..2000usize), 1..12)) {
            let found: Vec<Seq> = (0..2500).collect();
            let mut rows = Rows::default();
            for (at, count) in places {
                let asked = rows.see(&found, at..at + count);
                rows.arrived(&found, &asked, asked.iter().map(|seq| entry(*seq)).collect());
                let more = rows.pin(&found, [7]);
                rows.arrived(&found, &more, more.iter().map(|seq| entry(*seq)).collect());
                prop_assert!(rows.known.len() <= 3 * MOST_SEEN + 1);
                prop_assert!(rows.asked.is_empty() && rows.get(7).is_some());
                prop_assert!(rows.seen.clone().all(|place| rows.get(found[place]).is_some()));
            }
        }
    }
}
