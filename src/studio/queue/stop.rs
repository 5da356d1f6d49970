//! Stopping many jobs at once is asked about first: it can't be undone, and what is at an engine may be charged all the same.

use crate::core::queue::{Group, Sum};

use super::{Effect, Message, State, do_};
use crate::studio::Action;

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Stop {
    pub waiting: usize,
    pub going: usize,
    /// What those cost that are at engines; `None` until it was added up.
    pub cost: Option<Sum>,
    jobs: Vec<String>,
}

impl Stop {
    pub fn jobs(&self) -> usize {
        self.jobs.len()
    }
}

impl State {
    pub(super) fn stop(&mut self, message: Message) -> Vec<Action> {
        match message {
            Message::AskStop { going } => {
                let groups: &[Group] = if going { &[Group::Waiting, Group::Going] } else { &[Group::Waiting] };
                let places = groups.iter().flat_map(|group| self.list.of(Some(*group)));
                let jobs: Vec<String> = places.map(|place| place.id.clone()).collect();
                if jobs.is_empty() {
                    return Vec::new();
                }
                let going = if going { self.list.count(Group::Going) } else { 0 };
                self.stopping = Some(Stop { waiting: jobs.len() - going, going, cost: None, jobs });
                if going > 0 { vec![do_(Effect::Weigh)] } else { Vec::new() }
            }
            Message::Weighed(sum) => {
                if let Some(stop) = &mut self.stopping {
                    stop.cost = Some(sum);
                }
                Vec::new()
            }
            Message::Stop(yes) => {
                let Some(stop) = self.stopping.take().filter(|_| yes) else { return Vec::new() };
                // Some have ended while it was asked.
                let open = |job: &String| self.list.get(job).is_some_and(|place| !place.state.over());
                let jobs: Vec<String> = stop.jobs.into_iter().filter(open).collect();
                if jobs.is_empty() { Vec::new() } else { vec![do_(Effect::Cancel(jobs))] }
            }
            _ => Vec::new(),
        }
    }
}
