//! Whose turn it is: as many are sent as may be sent. Where there is a budget each is asked about the money first, and stands aside when
//! there is none.

use std::collections::HashMap;

use tokio_util::sync::CancellationToken;

use super::super::life::{Begin, Life};
use super::super::{order, place};
use super::{Living, Runner};
use crate::clock;
use crate::core::job::State;
use crate::core::queue::{Budget, Row, Terms, Turn};
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
        let budget = self.hand.shop.budget();
        let turns = match budget.is_set() {
            true => self.priced(turns, budget),
            false => turns.into_iter().map(|turn| (turn, None)).collect(),
        };
        let send = |(turn, terms): &(Turn, Option<Terms>)| Change::Sends { id: turn.id.clone(), terms: terms.clone() };
        let sends: Vec<Change> = turns.iter().map(send).collect();
        let taken = match self.hand.house.db.change_jobs(&sends, &clock::wall()) {
            Ok(taken) => taken,
            Err(error) => {
                self.put_back(turns.into_iter().map(|(turn, _)| turn));
                return self.watch.problem(error.into());
            }
        };
        let mut sent = Vec::new();
        for ((turn, _), taken) in turns.into_iter().zip(taken) {
            if taken {
                sent.push(turn.id);
            } else {
                self.line.ended(&turn.lane);
                self.stands_aside(&turn.id);
            }
        }
        match self.hand.house.db.queue_rows_of(&sent) {
            Ok(rows) => rows.into_iter().for_each(|row| self.live(row, Begin::Send)),
            Err(error) => self.watch.problem(error.into()),
        }
        self.changed.extend(sent);
    }

    /// With what each costs by the list, so that they are judged by their places. Those whose engine has to be asked for its price live
    /// already.
    fn priced(&mut self, turns: Vec<Turn>, budget: Budget) -> Vec<(Turn, Option<Terms>)> {
        let ids: Vec<String> = turns.iter().map(|turn| turn.id.clone()).collect();
        let rows = match self.hand.house.db.queue_rows_of(&ids) {
            Ok(rows) => rows,
            Err(error) => {
                self.put_back(turns);
                self.watch.problem(error.into());
                return Vec::new();
            }
        };
        let mut waiting: HashMap<String, Row> =
            rows.into_iter().filter(|row| row.job.state == State::Queued).map(|row| (row.job.id.clone(), row)).collect();
        let mut priced = Vec::new();
        for turn in turns {
            let Some(row) = waiting.remove(&turn.id) else {
                self.line.ended(&turn.lane);
                continue;
            };
            match place::listed(&self.hand.shop, &order::draft(&row)) {
                Some(quote) => priced.push((turn, Some(Terms { price: quote.cost, budget }))),
                None => self.live(row, Begin::Turn),
            }
        }
        priced
    }

    /// They wait on, and so does everybody: the disk is asked again in a moment.
    fn put_back(&mut self, turns: impl IntoIterator<Item = Turn>) {
        let later = clock::now().plus_secs(5.0);
        for turn in turns {
            self.line.ended(&turn.lane);
            self.line.push(&turn.id, &turn.lane, turn.place, Some(later));
        }
    }

    pub(super) fn live(&mut self, row: Row, begin: Begin) {
        let (id, cancel) = (row.job.id.clone(), CancellationToken::new());
        let lane = self.lane(&row.job.engine, row.job.kind);
        self.begun += 1;
        let number = self.begun;
        let life = Life { number, hand: self.hand.clone(), row, cancel: cancel.clone() };
        let task = self.hand.house.runtime.spawn(life.run(begin));
        self.lives.insert(id, Living { number, lane, cancel, task, left: false, over: false });
    }

    /// It was not sent although its turn had come.
    pub(super) fn stays(&mut self, id: &str) {
        self.finish_life(id);
        self.stands_aside(id);
    }

    /// It is held, or somebody stopped it, or all.
    fn stands_aside(&mut self, id: &str) {
        self.changed.insert(id.to_owned());
        let rows = self.hand.house.db.queue_rows_of(&[id.to_owned()]).unwrap_or_default();
        match rows.first() {
            Some(row) if row.job.state == State::Cancelled => self.ended.push(id.to_owned()),
            Some(row) if row.job.state != State::Queued => {}
            Some(row) if row.held.is_some() => drop(self.held.insert(id.to_owned())),
            Some(row) => {
                let lane = self.lane(&row.job.engine, row.job.kind);
                self.line.push(id, &lane, row.place, None);
            }
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
