//! What is told of all this, several times a second at most.

use std::sync::PoisonError;

use super::super::totals;
use super::{Runner, TELL_MOST, TELL_SECS};
use crate::clock;
use crate::core::queue::{Resting, Row};

impl Runner {
    pub(super) fn tell(&mut self) {
        if !self.changed.is_empty() && clock::now().secs_from(self.told) >= TELL_SECS {
            self.tell_now();
        }
    }

    /// What changed, and then what is over.
    pub(super) fn tell_now(&mut self) {
        self.told = clock::now();
        let ids: Vec<String> = std::mem::take(&mut self.changed).into_iter().collect();
        let ended = std::mem::take(&mut self.ended);
        if self.hand.closing.is_cancelled() {
            // Nobody listens any more.
            return;
        }
        let db = &self.hand.house.db;
        let rows = if ids.len() > TELL_MOST { Ok(Vec::new()) } else { db.queue_rows_of(&ids) };
        let ended = db.queue_rows_of(&ended).unwrap_or_default();
        let ended: Vec<Row> = ended.into_iter().filter(|row| row.job.state.over()).collect();
        let resting = self.resting();
        let totals = totals(&self.hand.house, self.project.as_deref(), resting);
        if ids.len() > TELL_MOST {
            self.watch.relisted();
        }
        match (rows, totals) {
            (Ok(rows), Ok(totals)) => self.watch.changed(rows, totals),
            (Err(error), _) => self.watch.problem(error.into()),
            (_, Err(problem)) => self.watch.problem(problem),
        }
        ended.iter().for_each(|row| self.watch.ended(row));
    }

    pub(super) fn tell_rests(&mut self) {
        let resting = self.resting();
        *self.resting.lock().unwrap_or_else(PoisonError::into_inner) = resting;
        self.tell_now();
    }

    fn resting(&mut self) -> Vec<Resting> {
        let now = clock::now();
        self.rests.retain(|_, (_, until)| until.is_none_or(|until| until > now));
        let mut resting: Vec<Resting> = self
            .rests
            .iter()
            .map(|(engine, (failure, until))| Resting {
                engine: engine.clone(),
                failure: failure.clone(),
                secs: until.map(|until| until.secs_from(now)),
            })
            .collect();
        resting.sort_by(|a, b| a.engine.cmp(&b.engine));
        resting
    }
}
