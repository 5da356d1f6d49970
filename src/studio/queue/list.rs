//! The queue as a list of places: what is being made, what waits, what failed, what is done. Every place says whose it is and why it
//! stands there; what is written in it is read for the part that is on the screen.

use std::cmp::{Ordering, Reverse};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::core::job::State;
use crate::core::queue::{Group, Row};
use crate::studio::rows::Place;

/// From so many new places on, all are put in order anew.
const MANY: usize = 64;

/// One job's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub id: String,
    pub state: State,
    /// Among those that wait: smaller is sooner.
    pub place: i64,
    /// When it was over, else when it was placed; RFC 3339 UTC.
    pub at: String,
}

impl Listed {
    pub fn of(row: &Row) -> Listed {
        let job = &row.job;
        let at = job.ended_at.as_ref().unwrap_or(&job.created_at).clone();
        Listed { id: job.id.clone(), state: job.state, place: row.place, at }
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
}

impl List {
    /// This and nothing else.
    pub fn new(listed: Vec<Listed>) -> List {
        let known: HashMap<String, Arc<Listed>> = listed.into_iter().map(|place| (place.id.clone(), Arc::new(place))).collect();
        let mut list = List { places: Vec::new(), known };
        list.sort();
        list
    }

    /// Many at once: from some number on it costs less to put all in order than each in its place.
    pub fn put_all(&mut self, listed: impl ExactSizeIterator<Item = Listed>) {
        if listed.len() < MANY {
            for place in listed {
                self.put(place);
            }
        } else {
            self.known.extend(listed.map(|place| (place.id.clone(), Arc::new(place))));
            self.sort();
        }
    }

    fn sort(&mut self) {
        self.places = self.known.values().cloned().collect();
        self.places.sort_unstable_by(|a, b| a.order(b));
    }

    /// A job is new, or stands elsewhere now. Answers with the state it had.
    pub fn put(&mut self, listed: Listed) -> Option<State> {
        let before = self.known.get(&listed.id).cloned();
        if before.as_deref() == Some(&listed) {
            return Some(listed.state);
        }
        if let Some(before) = &before {
            self.take(before);
        }
        let listed = Arc::new(listed);
        let at = self.places.partition_point(|place| place.order(&listed) == Ordering::Less);
        self.places.insert(at, Arc::clone(&listed));
        self.known.insert(listed.id.clone(), listed);
        before.map(|before| before.state)
    }

    /// It was cleared away.
    pub fn remove(&mut self, id: &str) {
        if let Some(before) = self.known.remove(id) {
            self.take(&before);
        }
    }

    fn take(&mut self, place: &Arc<Listed>) {
        if let Ok(at) = self.places.binary_search_by(|other| other.order(place)) {
            self.places.remove(at);
        }
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

    fn place() -> Listed {
        Listed { id: String::new(), state: State::Queued, place: 4, at: "2026-11-03T00:00:00Z".into() }
    }

    fn listed() -> impl Strategy<Value = Listed> {
        let state = prop::sample::select(State::ALL.to_vec());
        (0..12u8, state, -3..9i64, 0..6u8).prop_map(|(id, state, place, at)| Listed {
            id: id.to_string(),
            state,
            place,
            at: format!("2026-11-0{at}T00:00:00Z"),
        })
    }

    proptest! {
        #[test]
        fn one_by_one_gives_the_same_as_all_at_once(steps in prop::collection::vec((listed(), any::<bool>()), 0..60)) {
            let (mut list, mut whole) = (List::default(), HashMap::new());
            for (place, gone) in steps {
                if gone {
                    list.remove(&place.id);
                    whole.remove(&place.id);
                } else {
                    let before = whole.insert(place.id.clone(), place.clone());
                    prop_assert_eq!(list.put(place), before.map(|before: Listed| before.state));
                }
            }
            let fresh = List::new(whole.values().cloned().collect());
            prop_assert_eq!(&list.places, &fresh.places);
            let mut many = List::default();
            many.put_all((0..MANY).map(|id| Listed { id: format!("many {id}"), ..place() }));
            many.put_all(whole.values().cloned().collect::<Vec<_>>().into_iter());
            (0..MANY).for_each(|id| many.remove(&format!("many {id}")));
            prop_assert_eq!(&many.places, &fresh.places);
            let groups: usize = Group::ALL.into_iter().map(|group| list.count(group)).sum();
            prop_assert_eq!(groups, list.of(None).len());
            for group in Group::ALL {
                prop_assert!(list.of(Some(group)).iter().all(|place| place.group() == group));
            }
        }
    }

    #[test]
    fn what_waits_stands_by_its_place_and_what_is_over_by_its_end() {
        let place = |id: &str, state, place, at: &str| Listed { id: id.into(), state, place, at: at.into() };
        let list = List::new(vec![
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
