//! The queue of everything that engines make, as the person sees it: what stands in it, what it costs, what is asked before money is
//! spent. The queue itself runs in `jobs/queue`; what it tells comes here row by row.

pub mod list;
mod price;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use serde::Deserialize;

use crate::core::engine::Catalogue;
use crate::core::generate::{Class, Failure, Place};
use crate::core::job::{Kind, State as JobState};
use crate::core::problem::Problem;
use crate::core::queue::{Budget, Draft, Group, Quote, Row, Totals, Why};
use crate::core::settings::Settings;
use crate::core::time::Moment;

use super::command::Command;
use super::rows::Rows;
use super::{Action, Page};
use list::{List, Listed};
pub use price::{Priced, Quotes};

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
    /// What is on its way for scenes, by the job: its project and its place there.
    coming: HashMap<String, (String, Place)>,
    /// Jobs that are over, of which `Message::Ended` has still to come.
    ending: HashSet<String>,
    /// What has ended since something last began.
    batch: Batch,
}

/// Asked before money is spent that goes over a budget. The orders are not placed yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The hands' own number for it.
    pub id: u64,
    pub why: Why,
    pub budget: Budget,
    /// Title of the project the orders are for.
    pub project: Option<String>,
}

/// What is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// This time.
    Once,
    /// With this budget from now on.
    Raise(Budget),
    No,
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
}

impl Again {
    /// The same once more.
    pub fn same(job: &str) -> Again {
        Again { job: job.to_owned(), ..Again::default() }
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
    Listed(Result<Vec<Listed>, Problem>),
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
    Cancel(Vec<String>),
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

/// What ended since the queue was last empty.
#[derive(Clone, Debug, Default)]
struct Batch {
    pictures: usize,
    clips: usize,
    others: usize,
    failed: usize,
    /// The first one's failure and engine.
    failure: Option<(String, Failure)>,
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

    /// Whether this part of a project's scene is on its way.
    pub fn comes(&self, project: &str, place: &Place) -> bool {
        let same = |(of, at): &(String, Place)| of == project && at.heading == place.heading && at.role == place.role;
        self.coming.values().any(same)
    }

    /// Nothing is being made or placed, and everyone has heard of all that was.
    pub fn is_settled(&self) -> bool {
        !self.placing && self.list.open() == 0 && self.ending.is_empty()
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
            Message::Listed(Ok(listed)) => {
                (self.list, self.listed) = (List::new(listed), true);
                read(self.rows.reread(self.list.of(self.group)))
            }
            Message::Listed(Err(problem)) => vec![Action::show(&problem)],
            Message::Read { asked, result } => self.arrived(&asked, result),
            Message::Changed(rows) => self.changed(rows),
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
            message => self.order(message, seen),
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
                (self.placing, self.question) = (false, Some(question));
                return Vec::new();
            }
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

    fn changed(&mut self, rows: Vec<Row>) -> Vec<Action> {
        let idle = self.list.open() == 0;
        let ends = |row: &&Row| {
            let was_over = self.list.get(&row.job.id).is_some_and(|known| known.state.over());
            row.job.state.over() && !was_over
        };
        self.ending.extend(rows.iter().filter(ends).map(|row| row.job.id.clone()));
        self.list.put_all(rows.iter().map(Listed::of));
        for row in &rows {
            let place = scene(row).filter(|_| !row.job.state.over());
            match row.job.project.clone().zip(place) {
                Some(place) => drop(self.coming.insert(row.job.id.clone(), place)),
                None => drop(self.coming.remove(&row.job.id)),
            }
        }
        if idle && self.list.open() > 0 {
            self.batch = Batch::default();
        }
        let places = self.list.of(self.group);
        self.rows.put(places, rows.into_iter().map(|row| (row.job.id.clone(), row)));
        read(self.rows.see_again(places))
    }

    /// When the last one has ended the person hears how it went, unless they look at it.
    fn ended(&mut self, row: &Row, seen: &Seen<'_>) -> Vec<Action> {
        self.batch.count(row);
        self.ending.remove(&row.job.id);
        if self.list.open() > 0 {
            return Vec::new();
        }
        let batch = std::mem::take(&mut self.batch);
        if seen.page == Page::Queue { Vec::new() } else { batch.said(seen.list).into_iter().collect() }
    }

    fn answer(&mut self, answer: Answer, settings: &Settings) -> Vec<Action> {
        let Some(question) = self.question.take() else { return Vec::new() };
        self.placing = answer != Answer::No;
        let mut actions = vec![do_(Effect::Answer { question: question.id, answer })];
        if let Answer::Raise(budget) = answer {
            let mut settings = settings.clone();
            settings.engines.budget = budget;
            actions.push(Action::Tell(super::Message::Settings(Box::new(settings))));
        }
        actions
    }
}

impl Batch {
    fn count(&mut self, row: &Row) {
        match (row.job.state, row.job.kind) {
            (JobState::Done, Kind::Image) => self.pictures += 1,
            (JobState::Done, Kind::Video) => self.clips += 1,
            (JobState::Done, _) => self.others += 1,
            (JobState::Failed, _) => {
                self.failed += 1;
                let failure = row.failure.clone().unwrap_or_else(|| Failure::new(Class::Here, "It failed."));
                self.failure.get_or_insert((row.job.engine.clone(), failure));
            }
            _ => {}
        }
    }

    /// What is said of it; nothing when all were cancelled.
    fn said(self, list: &Catalogue) -> Option<Action> {
        let made = [(self.pictures, "picture"), (self.clips, "clip"), (self.others, "item")];
        let made: Vec<String> =
            made.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| counted(count, what)).collect();
        let made = made.join(" and ");
        let text = match (made.is_empty(), self.failed, self.failure) {
            (true, 0, _) => return None,
            (false, 0, _) => format!("{made} made."),
            (true, 1, Some((engine, failure))) => {
                let label = list.engine(&engine).map_or(engine.as_str(), |engine| &engine.label);
                format!("{label}: {}", failure.words)
            }
            (true, failed, _) => format!("{} failed.", counted(failed, "order")),
            (false, failed, _) => format!("{made} made, {failed} failed."),
        };
        Some(Action::offer(text, Command::GoQueue))
    }
}

/// The part of its project that a job is for.
pub fn scene(row: &Row) -> Option<Place> {
    Place::deserialize(row.job.params.get("scene")?).ok()
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn read(missing: Vec<String>) -> Vec<Action> {
    if missing.is_empty() { Vec::new() } else { vec![do_(Effect::Read(missing))] }
}

fn do_(effect: Effect) -> Action {
    Action::Do(super::Effect::Queue(effect))
}

#[cfg(test)]
mod tests;
