//! The steps of all lives, written together, and what each means for who is next. A life ends once, however it ends.

use super::{LOOK, Reply, Runner, moment};
use crate::clock;
use crate::core::generate::{Class, Failure};
use crate::core::job::State;
use crate::db::Change;

impl Runner {
    /// Writes steps, and answers whether each was taken.
    pub(super) fn write(&mut self, steps: Vec<(Change, Reply)>) {
        if steps.is_empty() {
            return;
        }
        let steps = self.without_paused(steps);
        let (changes, replies): (Vec<Change>, Vec<Reply>) = steps.into_iter().unzip();
        let now = clock::wall();
        let written = match self.hand.house.db.change_jobs(&changes, &now) {
            Ok(taken) => taken.into_iter().map(Ok).collect(),
            // One of them may be what can't be written; the others can.
            Err(_) if changes.len() > 1 => {
                let one = |change: &Change| self.hand.house.db.change_jobs(std::slice::from_ref(change), &now);
                changes.iter().map(|change| one(change).map(|taken| taken == [true])).collect::<Vec<_>>()
            }
            Err(error) => vec![Err(error)],
        };
        for ((change, reply), written) in changes.into_iter().zip(replies).zip(written) {
            let written = written.map_err(|error| {
                let words = error.to_string();
                self.watch.problem(error.into());
                Failure::new(Class::Here, words)
            });
            match (&written, &change) {
                (Ok(true), _) => self.wrote(&change),
                (Ok(false), Change::Sends { id, .. }) => self.stays(id),
                _ => {}
            }
            // A life that was ended meanwhile does not hear it.
            let _ = reply.send(written);
        }
    }

    /// A person who pauses means what is just being priced too.
    fn without_paused(&mut self, steps: Vec<(Change, Reply)>) -> Vec<(Change, Reply)> {
        let (paused, steps): (Vec<_>, Vec<_>) =
            steps.into_iter().partition(|(change, _)| self.line.paused() && matches!(change, Change::Sends { .. }));
        for (change, reply) in paused {
            self.stays(change.id());
            let _ = reply.send(Ok(false));
        }
        steps
    }

    fn wrote(&mut self, change: &Change) {
        let id = change.id().to_owned();
        self.changed.insert(id.clone());
        match change {
            Change::Waits { due_at, .. } => {
                self.finish_life(&id);
                let rows = self.hand.house.db.queue_rows_of(std::slice::from_ref(&id)).unwrap_or_default();
                match rows.first() {
                    Some(row) if row.job.state == State::Queued => {
                        let lane = self.lane(&row.job.engine, row.job.kind);
                        self.line.push(&id, &lane, row.place, due_at.as_deref().and_then(moment));
                    }
                    // It was to be stopped meanwhile.
                    _ => self.ended.push(id),
                }
            }
            Change::Done { .. } | Change::Failed { .. } | Change::Cancelled { .. } => {
                self.finish_life(&id);
                // What came to nothing may have given its money back.
                self.freed |= !matches!(change, Change::Done { .. });
                self.ended.push(id);
            }
            Change::Sends { .. } | Change::Taken { .. } | Change::Goes { .. } | Change::Landed { .. } => {}
        }
    }

    pub(super) fn finish_life(&mut self, id: &str) {
        self.leave(id);
        if let Some(living) = self.lives.get_mut(id) {
            living.over = true;
        }
    }

    /// Its engine may be given another.
    pub(super) fn leave(&mut self, id: &str) {
        if let Some(living) = self.lives.get_mut(id)
            && !std::mem::replace(&mut living.left, true)
        {
            let lane = living.lane.clone();
            self.line.ended(&lane);
        }
    }

    /// A life has ended. One that did not say how it ended broke inside.
    pub(super) fn bury(&mut self, id: &str, number: u64) {
        // One that was to wait again may have been sent again before its first life was quite over.
        if self.lives.get(id).is_none_or(|living| living.number != number) {
            return;
        }
        self.leave(id);
        let Some(living) = self.lives.remove(id) else { return };
        if self.hand.closing.is_cancelled() {
            // It lets go of the house before the house goes.
            let _ = self.hand.house.runtime.block_on(async { tokio::time::timeout(LOOK, living.task).await });
            return;
        }
        if living.over {
            return;
        }
        tracing::error!(job = id, "a job's life ended without an end");
        let failure = Failure::new(Class::Here, "It broke off inside the program.");
        let change = Change::Failed { id: id.to_owned(), failure, cost: None, kept: true };
        if let Ok(taken) = self.hand.house.db.change_jobs(std::slice::from_ref(&change), &clock::wall())
            && taken == [true]
        {
            self.wrote(&change);
        }
    }
}
