//! Who is next: the jobs that wait, by lane and place, and how many of them an engine may be given now. An engine is one lane, or one
//! for each kind of job (`Engine::lane`). Every question costs the logarithm of what waits, so that ten thousand jobs are no slower
//! than ten.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use crate::core::engine::Engine;
use crate::core::job::Kind;
use crate::core::time::Moment;

/// A minute, in which an engine takes so many orders.
const MINUTE_SECS: f64 = 60.0;

/// Between an engine's name and the kind of a lane of its own.
const APART: char = '\n';

impl Engine {
    /// The lane in which its jobs of a kind wait.
    pub fn lane(&self, kind: Kind) -> String {
        if self.kinds_apart { format!("{}{APART}{}", self.name, kind.name()) } else { self.name.clone() }
    }
}

/// Whether a lane is an engine's.
fn is_of(lane: &str, engine: &str) -> bool {
    lane.strip_prefix(engine).is_some_and(|rest| rest.is_empty() || rest.starts_with(APART))
}

/// What one engine is given at a time, and what it has.
#[derive(Clone, Debug)]
struct Lane {
    parallel: u32,
    /// 0: as many as it takes.
    per_minute: u32,
    going: u32,
    /// When the orders of the last minute went out.
    sent: VecDeque<Moment>,
    rest: Rest,
    /// The jobs that may be sent, by place.
    ready: BTreeSet<(i64, String)>,
    /// Those that wait for a moment of their own.
    later: BTreeSet<(Moment, i64, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Rest {
    No,
    Until(Moment),
    UntilTold,
}

/// Whose turn it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    pub id: String,
    pub lane: String,
    pub place: i64,
}

/// All that waits.
#[derive(Clone, Debug, Default)]
pub struct Line {
    paused: bool,
    lanes: BTreeMap<String, Lane>,
    /// Where each waiting job stands: lane, place, and the moment it waits for.
    at: HashMap<String, (String, i64, Option<Moment>)>,
}

impl Lane {
    fn new(parallel: u32, per_minute: u32) -> Lane {
        Lane {
            parallel: parallel.max(1),
            per_minute,
            going: 0,
            sent: VecDeque::new(),
            rest: Rest::No,
            ready: BTreeSet::new(),
            later: BTreeSet::new(),
        }
    }

    /// When it may be given one more; `None` until one of its jobs ends or somebody says so.
    fn free_at(&self, now: Moment) -> Option<Moment> {
        let rested = match self.rest {
            Rest::No => now,
            Rest::Until(end) => end.max(now),
            Rest::UntilTold => return None,
        };
        if self.going >= self.parallel {
            return None;
        }
        let minute = match self.sent.front() {
            Some(first) if self.per_minute > 0 && self.sent.len() >= self.per_minute as usize => first.plus_secs(MINUTE_SECS),
            _ => now,
        };
        Some(rested.max(minute))
    }

    fn forget_old(&mut self, now: Moment) {
        while self.sent.front().is_some_and(|first| now.secs_from(*first) >= MINUTE_SECS) {
            self.sent.pop_front();
        }
    }

    fn wake_up(&mut self, now: Moment) {
        while let Some((due, ..)) = self.later.first()
            && *due <= now
            && let Some((_, place, id)) = self.later.pop_first()
        {
            self.ready.insert((place, id));
        }
    }
}

impl Line {
    /// Says what an engine may be given; what it has and what waits for it stays.
    pub fn engine(&mut self, engine: &Engine) {
        for name in Kind::ALL.map(|kind| engine.lane(kind)) {
            let lane = self.lane(&name);
            lane.parallel = engine.parallel.max(1);
            lane.per_minute = engine.per_minute;
        }
    }

    /// A job waits, from `due` on when that is said. One that waits already gets a new place.
    pub fn push(&mut self, id: &str, name: &str, place: i64, due: Option<Moment>) {
        self.remove(id);
        let lane = self.lane(name);
        match due {
            Some(due) => lane.later.insert((due, place, id.to_owned())),
            None => lane.ready.insert((place, id.to_owned())),
        };
        self.at.insert(id.to_owned(), (name.to_owned(), place, due));
    }

    /// It waits no more. True when it did.
    pub fn remove(&mut self, id: &str) -> bool {
        let Some((name, place, due)) = self.at.remove(id) else { return false };
        let lane = self.lane(&name);
        lane.ready.remove(&(place, id.to_owned()));
        if let Some(due) = due {
            lane.later.remove(&(due, place, id.to_owned()));
        }
        true
    }

    /// Puts it elsewhere among those that wait.
    pub fn replace(&mut self, id: &str, place: i64) {
        if let Some((name, _, due)) = self.at.get(id).cloned() {
            self.push(id, &name, place, due);
        }
    }

    /// Nothing waits any more; what engines have, and their rests, stay.
    pub fn clear(&mut self) {
        self.at.clear();
        for lane in self.lanes.values_mut() {
            lane.ready.clear();
            lane.later.clear();
        }
    }

    pub fn waiting(&self) -> usize {
        self.at.len()
    }

    pub fn pause(&mut self, paused: bool) {
        self.paused = paused;
    }

    pub fn paused(&self) -> bool {
        self.paused
    }

    /// The next job to be sent now: it is at its engine from here on, until `ended` says otherwise.
    pub fn next(&mut self, now: Moment) -> Option<Turn> {
        if self.paused {
            return None;
        }
        let mut best: Option<(i64, String)> = None;
        for (name, lane) in &mut self.lanes {
            lane.wake_up(now);
            lane.forget_old(now);
            if lane.free_at(now).is_none_or(|at| at > now) {
                continue;
            }
            if let Some((place, _)) = lane.ready.first()
                && best.as_ref().is_none_or(|(first, _)| place < first)
            {
                best = Some((*place, name.clone()));
            }
        }
        let (_, name) = best?;
        let lane = self.lanes.get_mut(&name)?;
        let (place, id) = lane.ready.pop_first()?;
        lane.going += 1;
        if lane.per_minute > 0 {
            lane.sent.push_back(now);
        }
        self.at.remove(&id);
        Some(Turn { id, lane: name, place })
    }

    /// A job of this lane was found at its engine after a restart.
    pub fn resumed(&mut self, name: &str) {
        self.lane(name).going += 1;
    }

    /// A job of this lane is at its engine no more.
    pub fn ended(&mut self, name: &str) {
        let lane = self.lane(name);
        lane.going = lane.going.saturating_sub(1);
    }

    /// Leaves an engine alone until `end`; `None` until `wake` is said.
    pub fn rest(&mut self, engine: &str, end: Option<Moment>) {
        self.lane(engine);
        for lane in self.lanes_of(engine) {
            lane.rest = match (end, lane.rest) {
                (None, _) | (_, Rest::UntilTold) => Rest::UntilTold,
                (Some(end), Rest::Until(other)) => Rest::Until(end.max(other)),
                (Some(end), Rest::No) => Rest::Until(end),
            };
        }
    }

    /// An engine that was left alone may be asked again.
    pub fn wake(&mut self, engine: &str) {
        self.lanes_of(engine).for_each(|lane| lane.rest = Rest::No);
    }

    /// True while nothing is sent to it for a reason of its own.
    pub fn resting(&self, engine: &str, now: Moment) -> bool {
        self.lanes.iter().filter(|(name, _)| is_of(name, engine)).any(|(_, lane)| match lane.rest {
            Rest::Until(end) => end > now,
            Rest::UntilTold => true,
            Rest::No => false,
        })
    }

    /// The moment at which `next` may have something that it has not now; `None` until something else happens.
    pub fn wake_at(&self, now: Moment) -> Option<Moment> {
        if self.paused {
            return None;
        }
        let of_lane = |lane: &Lane| {
            let waits_for = match (lane.ready.first(), lane.later.first()) {
                (Some(_), _) => now,
                (None, Some((due, ..))) => *due,
                (None, None) => return None,
            };
            Some(lane.free_at(now)?.max(waits_for))
        };
        self.lanes.values().filter_map(of_lane).min()
    }

    fn lanes_of(&mut self, engine: &str) -> impl Iterator<Item = &mut Lane> {
        self.lanes.iter_mut().filter(move |(name, _)| is_of(name, engine)).map(|(_, lane)| lane)
    }

    fn lane(&mut self, name: &str) -> &mut Lane {
        if !self.lanes.contains_key(name) {
            self.lanes.insert(name.to_owned(), Lane::new(1, 0));
        }
        self.lanes.get_mut(name).expect("it was put there")
    }
}
