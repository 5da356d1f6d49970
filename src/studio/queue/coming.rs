//! What is on its way for scenes. Every tile asks in every frame whether something comes for it, so that is looked up, however many wait.

use std::collections::HashMap;

use serde::Deserialize;

use crate::core::generate::{Place, Role};
use crate::core::queue::Row;

/// A part of a scene of a project, by the scene's heading, wherever it stands.
type Part = (String, String, Role);

#[derive(Clone, Debug, Default)]
pub(super) struct Coming {
    jobs: HashMap<String, Part>,
    parts: HashMap<Part, usize>,
}

impl Coming {
    /// A job is as it is told now.
    pub fn put(&mut self, row: &Row) {
        let place = scene(row).filter(|_| !row.job.state.over());
        let part = row.job.project.clone().zip(place).map(|(project, place)| (project, place.heading, place.role));
        let before = match &part {
            Some(part) => self.jobs.insert(row.job.id.clone(), part.clone()),
            None => self.jobs.remove(&row.job.id),
        };
        if before == part {
            return;
        }
        before.iter().for_each(|before| self.less(before));
        if let Some(part) = part {
            *self.parts.entry(part).or_default() += 1;
        }
    }

    /// Of all others nothing comes any more.
    pub fn keep(&mut self, wanted: impl Fn(&str) -> bool) {
        let gone: Vec<String> = self.jobs.keys().filter(|job| !wanted(job)).cloned().collect();
        for job in gone {
            if let Some(part) = self.jobs.remove(&job) {
                self.less(&part);
            }
        }
    }

    fn less(&mut self, part: &Part) {
        if let Some(count) = self.parts.get_mut(part) {
            *count -= 1;
            if *count == 0 {
                self.parts.remove(part);
            }
        }
    }

    pub fn comes(&self, project: &str, place: &Place) -> bool {
        self.parts.contains_key(&(project.to_owned(), place.heading.clone(), place.role))
    }
}

/// The part of its project that a job is for.
pub fn scene(row: &Row) -> Option<Place> {
    Place::deserialize(row.job.params.get("scene")?).ok()
}
