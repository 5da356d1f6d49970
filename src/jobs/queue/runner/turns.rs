//! Whose turn it is: as many are sent as may be sent. Where there is a budget each is asked about the money first, and stands aside when
//! there is none.

use std::collections::HashMap;

use tokio_util::sync::CancellationToken;

use super::super::life::{Begin, Life};
use super::{Living, Runner};
use crate::clock;
use crate::core::job::State;
use crate::core::queue::{Row, Turn};
use crate::core::time::Moment;
use crate::db::Change;

/// How many are started at a time: what they tell meanwhile is heard in between.
const START_MOST: usize = 64;
/// How often at most it is looked whether there is money again for what is held.
const ASK_SECS: f64 = 2.0;

impl Runner {
    /// Sends as many as may be sent.
    pub(super) fn dispatch(&mut self) {
        if self.claim.is_none() {
            return;
        }
        let now = clock::now();
        let turns: Vec<Turn> = std::iter::from_fn(|| self.line.next(now)).take(START_MOST).collect();
        if turns.is_empty() {
            return;
        }
        if self.hand.shop.budget().is_set() {
            return self.ask(turns);
        }
        let sends: Vec<Change> = turns.iter().map(|turn| Change::Sends { id: turn.id.clone(), terms: None }).collect();
        let taken = match self.hand.house.db.change_jobs(&sends, &clock::wall()) {
            Ok(taken) => taken,
            Err(error) => {
                self.put_back(turns);
                return self.watch.problem(error.into());
            }
        };
        let mut sent = Vec::new();
        for (turn, taken) in turns.into_iter().zip(taken) {
            match taken {
                true => sent.push(turn.id),
                // Cancelled by another process a moment ago.
                false => self.line.ended(&turn.engine),
            }
        }
        match self.hand.house.db.queue_rows_of(&sent) {
            Ok(rows) => rows.into_iter().for_each(|row| self.live(row, Begin::Send)),
            Err(error) => self.watch.problem(error.into()),
        }
        self.changed.extend(sent);
    }

    /// Whether the money is there is asked by each life, since its engine may have to be asked for the price.
    fn ask(&mut self, turns: Vec<Turn>) {
        let ids: Vec<String> = turns.iter().map(|turn| turn.id.clone()).collect();
        let rows = match self.hand.house.db.queue_rows_of(&ids) {
            Ok(rows) => rows,
            Err(error) => {
                self.put_back(turns);
                return self.watch.problem(error.into());
            }
        };
        let mut waiting: HashMap<String, Row> =
            rows.into_iter().filter(|row| row.job.state == State::Queued).map(|row| (row.job.id.clone(), row)).collect();
        for turn in turns {
            match waiting.remove(&turn.id) {
                Some(row) => self.live(row, Begin::Turn),
                None => self.line.ended(&turn.engine),
            }
        }
    }

    /// They wait on, and so does everybody: the disk is asked again in a moment.
    fn put_back(&mut self, turns: Vec<Turn>) {
        let later = clock::now().plus_secs(5.0);
        for turn in turns {
            self.line.ended(&turn.engine);
            self.line.push(&turn.id, &turn.engine, turn.place, Some(later));
        }
    }

    pub(super) fn live(&mut self, row: Row, begin: Begin) {
        let (id, engine, cancel) = (row.job.id.clone(), row.job.engine.clone(), CancellationToken::new());
        self.begun += 1;
        let number = self.begun;
        let life = Life { number, hand: self.hand.clone(), row, cancel: cancel.clone() };
        let task = self.hand.house.runtime.spawn(life.run(begin));
        self.lives.insert(id, Living { number, engine, cancel, task, left: false, over: false });
    }

    /// It was not sent although its turn had come: it is held, or somebody stopped it, or all.
    pub(super) fn stays(&mut self, id: &str) {
        self.finish_life(id);
        self.changed.insert(id.to_owned());
        let rows = self.hand.house.db.queue_rows_of(&[id.to_owned()]).unwrap_or_default();
        match rows.first() {
            Some(row) if row.job.state == State::Cancelled => self.ended.push(id.to_owned()),
            Some(row) if row.job.state != State::Queued => {}
            Some(row) if row.held.is_some() => drop(self.held.insert(id.to_owned())),
            Some(row) => self.line.push(id, &row.job.engine, row.place, None),
            None => {}
        }
    }

    /// At the next opportunity.
    pub(super) fn ask_now(&mut self) {
        (self.freed, self.asked.0) = (true, Moment(0));
    }

    /// What is held is asked for again when there may be room for it, but not at every step of others.
    pub(super) fn ask_again(&mut self) {
        let now = clock::now();
        if self.claim.is_none() || now.secs_from(self.asked.0) < ASK_SECS {
            return;
        }
        let month = clock::wall().get(..7).unwrap_or_default().to_owned();
        let another = self.asked.1 != month;
        self.asked = (now, month);
        if (std::mem::take(&mut self.freed) || another) && !self.held.is_empty() {
            self.held.clear();
            self.read_line();
        }
    }
}
