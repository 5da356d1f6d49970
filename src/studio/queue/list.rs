//! The queue as a list of places: what is being made, what waits, what failed, what is done. Every place says whose it is and why it
//! stands there; what is written in it is read for the part that is on the screen.

use std::cmp::{Ordering, Reverse};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::core::job::State;
use crate::core::queue::{Group, Row};
use crate::studio::rows::Place;

/// One job's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub id: String,
    pub state: State,
    /// Among those that wait: smaller is sooner.
    pub place: i64,
    /// When it was over, else when it was placed; RFC 3339 UTC.
    pub at: String,
    /// It was not sent when its turn came, and waits for an answer.
    pub held: bool,
}

impl Listed {
    pub fn of(row: &Row) -> Listed {
        let job = &row.job;
        let at = job.ended_at.as_ref().unwrap_or(&job.created_at).clone();
        Listed { id: job.id.clone(), state: job.state, place: row.place, at, held: row.held.is_some() }
    }

    pub fn group(&self) -> Group {
        Group::of(self.state)
    }

    /// The order of the list: by place while it is not over, then the newest first.
    fn order(&self, other: &Listed) -> Ordering {
        let key = |it: &Listed| if it.state.over() { 0 } else { it.place };
        (self.group(), key(self))
            .cmp(&(other.group(), key(other)))
            .then_with(|| if self.state.over() { Reverse(&self.at).cmp(&Reverse(&other.at)) } else { Ordering::Equal })
            .then_with(|| self.id.cmp(&other.id))
    }
}

impl Place for Arc<Listed> {
    type Key = String;

    fn key(&self) -> String {
        self.id.clone()
    }
}

/// All places in order.
#[derive(Clone, Debug, Default)]
pub struct List {
    places: Vec<Arc<Listed>>,
    known: HashMap<String, Arc<Listed>>,
    held: usize,
}

/// This and nothing else.
impl FromIterator<Listed> for List {
    fn from_iter<I: IntoIterator<Item = Listed>>(listed: I) -> List {
        let known: HashMap<String, Arc<Listed>> = listed.into_iter().map(|place| (place.id.clone(), Arc::new(place))).collect();
        let mut places: Vec<Arc<Listed>> = known.values().cloned().collect();
        places.sort_unstable_by(|a, b| a.order(b));
        let held = places.iter().filter(|place| place.held).count();
        List { places, known, held }
    }
}

impl List {
    /// Many at once: the list is gone through once, however many they are.
    pub fn put_all(&mut self, listed: impl IntoIterator<Item = Listed>) {
        let mut fresh: HashMap<String, Listed> = listed.into_iter().map(|place| (place.id.clone(), place)).collect();
        fresh.retain(|id, place| self.known.get(id).is_none_or(|known| **known != *place));
        let (mut gone, mut come) = (Vec::new(), Vec::with_capacity(fresh.len()));
        for (id, place) in fresh {
            let place = Arc::new(place);
            let before = self.known.insert(id, Arc::clone(&place));
            self.held = self.held + usize::from(place.held) - usize::from(before.as_ref().is_some_and(|before| before.held));
            gone.extend(before.and_then(|before| self.stands(&before)));
            come.push((self.places.partition_point(|other| other.order(&place) == Ordering::Less), place));
        }
        if come.is_empty() {
            return;
        }
        gone.sort_unstable();
        come.sort_unstable_by(|(_, a), (_, b)| a.order(b));
        let mut places = Vec::with_capacity(self.places.len() - gone.len() + come.len());
        let (mut gone, mut come) = (gone.into_iter().peekable(), come.into_iter().peekable());
        for (at, place) in std::mem::take(&mut self.places).into_iter().enumerate() {
            while let Some((_, fresh)) = come.next_if(|(to, _)| *to <= at) {
                places.push(fresh);
            }
            if gone.next_if_eq(&at).is_none() {
                places.push(place);
            }
        }
        places.extend(come.map(|(_, fresh)| fresh));
        self.places = places;
    }

    /// It was cleared away.
    pub fn remove(&mut self, id: &str) {
        if let Some(before) = self.known.remove(id) {
            self.held -= usize::from(before.held);
            if let Some(at) = self.stands(&before) {
                self.places.remove(at);
            }
        }
    }

    fn stands(&self, place: &Listed) -> Option<usize> {
        self.places.binary_search_by(|other| other.order(place)).ok()
    }

    /// Where a job stands among those of a group, or of all.
    pub fn at(&self, id: &str, group: Option<Group>) -> Option<usize> {
        let range = self.range(group);
        let at = self.stands(self.known.get(id)?)?;
        range.contains(&at).then(|| at - range.start)
    }

    pub fn get(&self, id: &str) -> Option<&Arc<Listed>> {
        self.known.get(id)
    }

    /// The places of a group, or all.
    pub fn of(&self, group: Option<Group>) -> &[Arc<Listed>] {
        &self.places[self.range(group)]
    }

    pub fn count(&self, group: Group) -> usize {
        self.range(Some(group)).len()
    }

    /// Jobs that are not over.
    pub fn open(&self) -> usize {
        self.count(Group::Going) + self.count(Group::Waiting)
    }

    /// Those of them that wait for a person.
    pub fn held(&self) -> usize {
        self.held
    }

    /// Those that go on by themselves.
    pub fn moving(&self) -> usize {
        self.open().saturating_sub(self.held)
    }

    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    fn range(&self, group: Option<Group>) -> Range<usize> {
        let Some(group) = group else { return 0..self.places.len() };
        let start = self.places.partition_point(|place| place.group() < group);
        start..start + self.places[start..].partition_point(|place| place.group() == group)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn listed() -> impl Strategy<Value = Listed> {
        let state = prop::sample::select(State::ALL.to_vec());
        (0..40u8, state, -3..9i64, 0..6u8, any::<bool>()).prop_map(|(id, state, place, at, held)| Listed {
            id: id.to_string(),
            state,
            place,
            at: format!("2026-11-0{at}T00:00:00Z"),
            held: held && state == State::Queued,
        })
    }

    #[derive(Clone, Debug)]
    enum Op {
        Put(Vec<Listed>),
        Remove(u8),
    }

    fn op() -> impl Strategy<Value = Op> {
        prop_oneof![
            4 => prop::collection::vec(listed(), 0..9).prop_map(Op::Put),
            1 => (0..40u8).prop_map(Op::Remove),
        ]
    }

    proptest! {
        /// Whatever comes and goes, the list is the one that all of it put in order at once would be.
        #[test]
        fn changes_give_the_same_as_all_at_once(ops in prop::collection::vec(op(), 0..30)) {
            let (mut list, mut whole) = (List::default(), HashMap::new());
            for op in ops {
                match op {
                    Op::Put(places) => {
                        whole.extend(places.iter().map(|place| (place.id.clone(), place.clone())));
                        list.put_all(places);
                    }
                    Op::Remove(id) => {
                        list.remove(&id.to_string());
                        whole.remove(&id.to_string());
                    }
                }
                let fresh: List = whole.values().cloned().collect();
                prop_assert_eq!(&list.places, &fresh.places);
                prop_assert_eq!(list.held(), whole.values().filter(|place| place.held).count());
                prop_assert_eq!(list.moving() + list.held(), list.open());
            }
            for group in Group::ALL {
                for (at, place) in list.of(Some(group)).iter().enumerate() {
                    prop_assert_eq!((place.group(), list.at(&place.id, Some(group))), (group, Some(at)));
                }
            }
            for (at, place) in list.of(None).iter().enumerate() {
                prop_assert_eq!(list.at(&place.id, None), Some(at));
            }
            prop_assert_eq!(list.at("nobody", None), None);
        }
    }

    #[test]
    fn what_waits_stands_by_its_place_and_what_is_over_by_its_end() {
        let place = |id: &str, state, place, at: &str| Listed { id: id.into(), state, place, at: at.into(), held: false };
        let list = List::from_iter([
            place("old", State::Done, 1, "2026-11-01"),
            place("second", State::Queued, 9, "2026-11-01"),
            place("new", State::Done, 7, "2026-11-02"),
            place("first", State::Queued, -2, "2026-11-03"),
            place("going", State::Running, 50, "2026-11-01"),
            place("failed", State::Failed, 0, "2026-11-01"),
        ]);
        let order: Vec<&str> = list.of(None).iter().map(|place| place.id.as_str()).collect();
        assert_eq!(order, ["going", "first", "second", "failed", "new", "old"]);
        assert_eq!(list.open(), 3);
    }
}
