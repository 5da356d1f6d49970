//! The queue of everything that engines make, as the person sees it: what stands in it, what it costs, what is asked before money is
//! spent. The queue itself runs in `jobs/queue`; what it tells comes here row by row.

mod batch;
mod coming;
pub mod list;
mod price;
mod question;
mod stop;

use std::collections::HashSet;
use std::ops::Range;

use crate::core::engine::Catalogue;
use crate::core::generate::{Failure, Place};
use crate::core::problem::Problem;
use crate::core::queue::{Draft, Group, Quote, Row, Sum, Totals};
use crate::core::settings::Settings;
use crate::core::time::Moment;

use super::rows::Rows;
use super::{Action, Page};
use batch::Batch;
use coming::Coming;
pub use coming::scene;
use list::{List, Listed};
pub use price::{Priced, Quotes};
pub use question::{Answer, Question};
pub use stop::Stop;

#[derive(Clone, Debug, Default)]
pub struct State {
    /// All jobs that were not cleared away, in order. Nothing is known before it was listed.
    pub list: List,
    pub listed: bool,
    /// What stands in the places near the screen.
    pub rows: Rows<String, Row>,
    /// The group that is shown; `None` is all.
    pub group: Option<Group>,
    pub totals: Totals,
    /// What engines said that orders will cost.
    pub quotes: Quotes,
    /// What has to be answered before anything more is spent.
    pub question: Option<Question>,
    /// Orders are being priced and placed: nothing is ordered twice by a second click.
    pub placing: bool,
    /// Whether many are to be stopped at once, while it is asked.
    pub stopping: Option<Stop>,
    /// The job that is called for from elsewhere, until the page stands at it.
    pub called: Option<String>,
    coming: Coming,
    /// Jobs that are over, of which `Message::Ended` has still to come.
    ending: HashSet<String>,
    /// What has ended since something last began.
    batch: Batch,
}

/// Another try of a job. What is `None` stays as it was.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Again {
    pub job: String,
    pub prompt: Option<String>,
    /// Engine and model. The wish is fitted to what that model allows.
    pub target: Option<(String, String)>,
    /// The person agreed to what the engine asked (`Class::Consent`).
    pub agreed: bool,
    /// To be ordered again even where what was ordered can still be had (`Row::kept`).
    pub anew: bool,
}

impl Again {
    /// The same once more.
    pub fn same(job: &str) -> Again {
        Again { job: job.to_owned(), ..Again::default() }
    }

    /// Nothing about it is another: what can still be had need not be ordered again.
    pub fn is_same(&self) -> bool {
        *self == Again::same(&self.job)
    }
}

#[derive(Clone, Debug)]
pub enum Message {
    /// The page is open.
    Enter,
    /// Show this group.
    Show(Option<Group>),
    /// These places of what is shown are on the screen.
    Seen(Range<usize>),
    Listed(Result<List, Problem>),
    Read {
        asked: Vec<String>,
        result: Result<Vec<Row>, Problem>,
    },
    /// These jobs are new, or something about them is; many at once where there are many.
    Changed(Vec<Row>),
    Totals(Totals),
    /// A job is over: said once for each, after `Changed`.
    Ended(Box<Row>),
    /// The person wants these made.
    Place(Vec<Draft>),
    /// So many lie in the queue now, or why not. A question comes in its place.
    Placed(Result<usize, Problem>),
    /// Somebody wants to know what this costs.
    Price(Box<Draft>),
    /// `None` when nobody can say.
    Quoted {
        key: String,
        result: Result<Option<Quote>, Failure>,
    },
    Ask(Question),
    Answer(Answer),
    /// The person wants to answer for what is held: for this job, or for all that are.
    Decide(Option<String>),
    /// Goes to a job, also one that was taken off the list.
    Find(String),
    Found {
        job: String,
        there: bool,
    },
    /// The page stands at the job that was called for.
    Called,
    Cancel(Vec<String>),
    /// Everything that waits is to be stopped, and what is at engines too; asked about first.
    AskStop {
        going: bool,
    },
    /// What those cost that are at engines.
    Weighed(Sum),
    /// Whether all of them are stopped.
    Stop(bool),
    Retry(Vec<Again>),
    /// Before another job that waits, or behind all of them.
    Move {
        job: String,
        before: Option<String>,
    },
    Pause(bool),
    /// Takes jobs that are over off the list; what they made and cost stays.
    Clear(Vec<String>),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Every place, and the totals.
    List,
    /// This job stands on the list again.
    Find(String),
    /// Adds up what those cost that are at engines.
    Weigh,
    /// Judges what is held by the budget of now, and asks: all of it, or this job.
    Decide(Option<String>),
    /// These rows.
    Read(Vec<String>),
    /// The project that is looked at, whose spending is counted in the totals.
    Project(Option<String>),
    /// Prices the orders, judges them by the budget, places them or asks.
    Place(Vec<Draft>),
    Quote {
        key: String,
        draft: Box<Draft>,
    },
    Answer {
        question: u64,
        answer: Answer,
    },
    Cancel(Vec<String>),
    Retry(Vec<Again>),
    Move {
        job: String,
        before: Option<String>,
    },
    Pause(bool),
    Clear(Vec<String>),
}

/// What the queue has to know of the rest.
pub struct Seen<'a> {
    pub settings: &'a Settings,
    pub list: &'a Catalogue,
    pub page: Page,
}

impl State {
    /// The places that are shown.
    pub fn shown(&self) -> &[std::sync::Arc<Listed>] {
        self.list.of(self.group)
    }

    /// What an order costs, as far as it is known.
    pub fn price(&self, list: &Catalogue, draft: &Draft) -> Priced {
        self.quotes.of(list, draft)
    }

    /// Something has to be answered before anything else is done.
    pub fn asks(&self) -> bool {
        self.question.is_some() || self.stopping.is_some()
    }

    /// Whether this part of a project's scene is on its way.
    pub fn comes(&self, project: &str, place: &Place) -> bool {
        self.coming.comes(project, place)
    }

    /// Nothing is being made or placed, and everyone has heard of all that was. What is held waits for a person.
    pub fn is_settled(&self) -> bool {
        !self.placing && self.list.moving() == 0 && self.ending.is_empty()
    }

    /// Prices that engines said grow old.
    pub(super) fn tick(&mut self, now: Moment) {
        self.quotes.tick(now);
    }

    pub fn update(&mut self, message: Message, seen: &Seen<'_>) -> Vec<Action> {
        match message {
            Message::Enter => vec![do_(Effect::List)],
            Message::Show(group) => {
                self.group = group;
                let missing = self.rows.see_again(self.list.of(group));
                read(missing)
            }
            Message::Seen(places) => {
                let missing = self.rows.see(self.list.of(self.group), places);
                read(missing)
            }
            Message::Listed(Ok(list)) => {
                (self.list, self.listed) = (list, true);
                self.coming.keep(|job| self.list.get(job).is_some_and(|place| !place.state.over()));
                read(self.rows.reread(self.list.of(self.group)))
            }
            Message::Listed(Err(problem)) => vec![Action::show(&problem)],
            Message::Read { asked, result } => self.arrived(&asked, result),
            Message::Changed(rows) => self.changed(rows, seen),
            Message::Totals(totals) => {
                self.totals = totals;
                Vec::new()
            }
            Message::Ended(row) => self.ended(&row, seen),
            Message::Price(draft) => self.quotes.want(*draft).into_iter().map(do_).collect(),
            Message::Quoted { key, result } => {
                self.quotes.said(key, result);
                Vec::new()
            }
            Message::Find(_) | Message::Found { .. } | Message::Called => self.find(message),
            Message::AskStop { .. } | Message::Weighed(_) | Message::Stop(_) => self.stop(message),
            message => self.order(message, seen),
        }
    }

    /// A job is wanted from elsewhere: the page shows where it stands.
    fn find(&mut self, message: Message) -> Vec<Action> {
        match message {
            Message::Find(job) if self.list.get(&job).is_none() => vec![do_(Effect::Find(job))],
            Message::Find(job) | Message::Found { job, there: true } => {
                self.group = None;
                self.called = Some(job);
                read(self.rows.see_again(self.list.of(None)))
            }
            Message::Found { .. } => vec![Action::say("That job is not in the library any more.")],
            _ => {
                self.called = None;
                Vec::new()
            }
        }
    }

    /// What the person wants done.
    fn order(&mut self, message: Message, seen: &Seen<'_>) -> Vec<Action> {
        let effect = match message {
            Message::Place(drafts) if !drafts.is_empty() && !self.placing => {
                self.placing = true;
                Effect::Place(drafts)
            }
            Message::Placed(result) => {
                self.placing = false;
                return result.err().iter().map(Action::show).collect();
            }
            Message::Ask(question) => {
                self.ask(question);
                return Vec::new();
            }
            Message::Decide(only) => Effect::Decide(only),
            Message::Answer(answer) => return self.answer(answer, seen.settings),
            Message::Cancel(jobs) if !jobs.is_empty() => Effect::Cancel(jobs),
            Message::Retry(tries) if !tries.is_empty() && !self.placing => {
                self.placing = true;
                Effect::Retry(tries)
            }
            Message::Move { job, before } if before.as_ref() != Some(&job) => Effect::Move { job, before },
            Message::Pause(paused) => {
                self.totals.paused = paused;
                Effect::Pause(paused)
            }
            Message::Clear(jobs) if !jobs.is_empty() => {
                jobs.iter().for_each(|job| self.list.remove(job));
                Effect::Clear(jobs)
            }
            _ => return Vec::new(),
        };
        vec![do_(effect)]
    }

    /// What the studio heard of a job meanwhile is newer than what was read of it.
    fn arrived(&mut self, asked: &[String], result: Result<Vec<Row>, Problem>) -> Vec<Action> {
        let (rows, problem) = match result {
            Ok(rows) => (rows, None),
            Err(problem) => (Vec::new(), Some(problem)),
        };
        let newer = |row: Row| match self.rows.get(&row.job.id) {
            Some(known) if known.job.updated_at > row.job.updated_at => (**known).clone(),
            _ => row,
        };
        let rows: Vec<(String, Row)> = rows.into_iter().map(newer).map(|row| (row.job.id.clone(), row)).collect();
        self.rows.arrived(self.list.of(self.group), asked, rows);
        problem.iter().map(Action::show).collect()
    }

    fn changed(&mut self, rows: Vec<Row>, seen: &Seen<'_>) -> Vec<Action> {
        let idle = self.list.moving() == 0;
        let held = self.newly_held(&rows).filter(|_| seen.page != Page::Queue);
        let ends = |row: &&Row| {
            let was_over = self.list.get(&row.job.id).is_some_and(|known| known.state.over());
            row.job.state.over() && !was_over
        };
        self.ending.extend(rows.iter().filter(ends).map(|row| row.job.id.clone()));
        self.list.put_all(rows.iter().map(Listed::of));
        rows.iter().for_each(|row| self.coming.put(row));
        if idle && self.list.moving() > 0 {
            self.batch = Batch::default();
        }
        let places = self.list.of(self.group);
        self.rows.put(places, rows.into_iter().map(|row| (row.job.id.clone(), row)));
        let mut actions = read(self.rows.see_again(places));
        actions.extend(held);
        actions
    }

    /// When the last one has ended the person hears how it went, unless they look at it.
    fn ended(&mut self, row: &Row, seen: &Seen<'_>) -> Vec<Action> {
        self.batch.count(row);
        self.ending.remove(&row.job.id);
        if self.list.moving() > 0 {
            return Vec::new();
        }
        let batch = std::mem::take(&mut self.batch);
        if seen.page == Page::Queue { Vec::new() } else { batch.said(seen.list).into_iter().collect() }
    }
}

fn read(missing: Vec<String>) -> Vec<Action> {
    if missing.is_empty() { Vec::new() } else { vec![do_(Effect::Read(missing))] }
}

fn do_(effect: Effect) -> Action {
    Action::Do(super::Effect::Queue(effect))
}

#[cfg(test)]
mod tests;
