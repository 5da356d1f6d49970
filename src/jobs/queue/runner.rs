//! The queue's thread. It owns the line of those that wait, starts lives, and writes every step; whatever has come meanwhile is written
//! in one transaction, so that a hundred jobs cost the disk no more than one. Without the claim on the queue it only looks on.

mod steps;
mod told;
mod turns;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::blobs::layout::Lock;
use crate::clock;
use crate::core::generate::{Class, Failure};
use crate::core::job::{Kind, State};
use crate::core::problem::Problem;
use crate::core::queue::{Budget, Group, Line, Resting, Row};
use crate::core::time::Moment;
use crate::db::{Change, Landed, Waiting};

use super::life::Begin;
use super::{Hand, Watch, Word, catch, order, paused};

/// How often it is looked whether another process did something.
const LOOK: Duration = Duration::from_millis(400);
/// How often at most is told what changed.
const TELL_SECS: f64 = 0.1;
/// Rows that are told at a time; of more the list is read anew.
const TELL_MOST: usize = 256;
/// How long an order that is being sent is waited for when the program ends: some engines answer when all is made.
const LAST: Duration = Duration::from_secs(30);
/// A text job is written by whoever asked for it; after so many minutes without a word it has ended with its process.
const TEXT_MINUTES: i64 = 15;

type Reply = oneshot::Sender<Result<bool, Failure>>;

pub(super) struct Runner {
    hand: Hand,
    words: mpsc::Receiver<Word>,
    watch: Arc<dyn Watch>,
    resting: Arc<Mutex<Vec<Resting>>>,
    /// Given up when the program ends, however it ends.
    claim: Option<Lock>,
    line: Line,
    lives: HashMap<String, Living>,
    /// Lives that were begun.
    begun: u64,
    rests: HashMap<String, (Failure, Option<Moment>)>,
    /// Jobs that were not sent when their turn came, until something may have changed that holds them.
    held: HashSet<String>,
    /// The budget they were held by.
    budget: Budget,
    /// Money may have come back.
    freed: bool,
    /// When that was looked at last, and in which month.
    asked: (Moment, String),
    project: Option<String>,
    /// Jobs of which something is to be told.
    changed: BTreeSet<String>,
    /// Those that are over, in this order.
    ended: Vec<String>,
    told: Moment,
    seen: i64,
    stopping: bool,
}

/// A job at its engine.
struct Living {
    number: u64,
    /// Where it waited.
    lane: String,
    cancel: CancellationToken,
    task: JoinHandle<()>,
    /// Its engine has done its part.
    left: bool,
    /// Its last step was written.
    over: bool,
}

impl Runner {
    pub fn new(hand: Hand, words: mpsc::Receiver<Word>, watch: Arc<dyn Watch>, resting: Arc<Mutex<Vec<Resting>>>) -> Runner {
        Runner {
            hand,
            words,
            watch,
            resting,
            claim: None,
            line: Line::default(),
            lives: HashMap::new(),
            begun: 0,
            rests: HashMap::new(),
            held: HashSet::new(),
            budget: Budget::default(),
            freed: false,
            asked: (Moment(0), String::new()),
            project: None,
            changed: BTreeSet::new(),
            ended: Vec::new(),
            told: Moment(0),
            seen: 0,
            stopping: false,
        }
    }

    pub fn run(mut self) {
        self.seen = self.hand.house.db.data_version().unwrap_or(0);
        while !self.stopping {
            self.claim();
            self.ask_again();
            self.dispatch();
            self.tell();
            let words = self.hear();
            self.obey(words);
            self.look_around();
        }
        self.end();
    }

    /// Becomes the one who runs the queue, when nobody else is. What an earlier run left is gone on with.
    fn claim(&mut self) {
        if self.claim.is_some() {
            return;
        }
        match self.hand.house.folder.lock_queue() {
            Ok(lock) => {
                self.claim = Some(lock);
                // All of them are asked about anew.
                if let Err(error) = self.hand.house.db.release_jobs() {
                    self.watch.problem(error.into());
                }
                self.read_line();
                if let Err(problem) = self.recover() {
                    self.watch.problem(problem);
                }
            }
            Err(error) => tracing::trace!(%error, "another process runs the queue"),
        }
    }

    /// All that waits, as it stands in the database.
    fn read_line(&mut self) {
        let list = self.hand.shop.list();
        list.engines.iter().for_each(|entry| self.line.engine(entry));
        self.line.pause(paused(&self.hand.house));
        match self.hand.house.db.waiting_jobs() {
            Ok(waiting) => {
                self.line.clear();
                waiting.iter().for_each(|waiting| self.wait(waiting));
            }
            Err(error) => self.watch.problem(error.into()),
        }
    }

    fn wait(&mut self, waiting: &Waiting) {
        // Somebody has answered when the row says so.
        if waiting.held && self.held.contains(&waiting.id) {
            return;
        }
        // A life that is over has only not been buried yet.
        if self.lives.get(&waiting.id).is_none_or(|living| living.over) {
            let lane = self.lane(&waiting.engine, waiting.kind);
            self.line.push(&waiting.id, &lane, waiting.place, waiting.due_at.as_deref().and_then(moment));
        }
    }

    /// The lane in which such a job waits; one whose engine is not in the list any more waits in one of the engine's name.
    fn lane(&self, engine: &str, kind: Kind) -> String {
        self.hand.shop.list().engine(engine).map_or_else(|| engine.to_owned(), |entry| entry.lane(kind))
    }

    /// What was at an engine when an earlier run ended.
    fn recover(&mut self) -> Result<(), Problem> {
        let db = self.hand.house.db.clone();
        let rows = db.queue_rows_of(&db.jobs_in(Group::Going)?)?;
        catch::sweep(&self.hand.house);
        let (written, made): (Vec<Row>, Vec<Row>) =
            rows.into_iter().partition(|row| row.job.kind == Kind::Text && row.job.provider_id.is_none());
        for row in written.iter().filter(|row| is_old(row)) {
            let failure = Failure::new(Class::Unclear, "Onetake ended while it was written.");
            let change = Change::Failed { id: row.job.id.clone(), failure, cost: None, kept: false };
            db.change_jobs(&[change], &clock::wall())?;
        }
        self.go_on(made)
    }

    /// Jobs that failed on this side and were tried again: nobody lives them yet.
    fn adopt(&mut self) -> Result<(), Problem> {
        let db = self.hand.house.db.clone();
        let unlived: Vec<String> = db.jobs_in(Group::Going)?.into_iter().filter(|id| !self.lives.contains_key(id)).collect();
        let mut rows = db.queue_rows_of(&unlived)?;
        rows.retain(|row| row.job.state == State::Running && row.job.kind != Kind::Text);
        self.go_on(rows)
    }

    fn go_on(&mut self, rows: Vec<Row>) -> Result<(), Problem> {
        let db = self.hand.house.db.clone();
        for row in rows {
            let folder = self.hand.house.folder.landing(&row.job.id)?;
            let lies = |landed: &Landed| landed.files.iter().all(|file| folder.join(&file.name).is_file());
            let begin = match (db.landed(&row.job.id)?, order::ticket(&row)) {
                (Some(landed), ticket) if lies(&landed) || ticket.is_none() => Begin::Catch(landed),
                (_, Some(ticket)) => Begin::Look(ticket),
                (_, None) => Begin::Find,
            };
            tracing::info!(job = %row.job.id, engine = %row.job.engine, "a job goes on");
            let lane = self.lane(&row.job.engine, row.job.kind);
            self.line.resumed(&lane);
            self.changed.insert(row.job.id.clone());
            self.live(row, begin);
        }
        Ok(())
    }

    /// The next words: what has come, or the first that comes before there is something else to do.
    fn hear(&mut self) -> Vec<Word> {
        let now = clock::now();
        let mut limit = LOOK;
        let due = self.line.wake_at(now).filter(|_| self.claim.is_some());
        let tell = (!self.changed.is_empty()).then(|| self.told.plus_secs(TELL_SECS));
        for at in [due, tell].into_iter().flatten() {
            limit = limit.min(Duration::from_nanos(at.since(now)));
        }
        let words = &mut self.words;
        let first = self.hand.house.runtime.block_on(async { tokio::time::timeout(limit, words.recv()).await });
        let mut all: Vec<Word> = first.ok().flatten().into_iter().collect();
        while let Ok(word) = self.words.try_recv() {
            all.push(word);
            if all.len() >= super::WORDS {
                break;
            }
        }
        all
    }

    fn obey(&mut self, words: Vec<Word>) {
        let mut steps: Vec<(Change, Reply)> = Vec::new();
        for word in words {
            match word {
                Word::Step(change, reply) => steps.push((change, reply)),
                other => {
                    // In the order in which they came: a life's end stands behind its last step.
                    self.write(std::mem::take(&mut steps));
                    self.follow(other);
                }
            }
        }
        self.write(steps);
    }

    fn follow(&mut self, word: Word) {
        match word {
            Word::Step(..) => {}
            Word::Left(id) => self.leave(&id),
            Word::Over(id, number) => self.bury(&id, number),
            Word::Rest(engine, failure, secs) => {
                let until = secs.map(|secs| clock::now().plus_secs(secs));
                self.line.rest(&engine, until);
                self.rests.insert(engine, (failure, until));
                self.tell_rests();
            }
            Word::Wake(engine) => {
                self.line.wake(&engine);
                self.rests.remove(&engine);
                self.tell_rests();
            }
            Word::Placed(waiting) => {
                self.changed.extend(waiting.iter().map(|waiting| waiting.id.clone()));
                if self.claim.is_some() {
                    self.know_engines();
                    waiting.iter().for_each(|waiting| self.wait(waiting));
                }
            }
            Word::Look(ids) => {
                self.ended.extend(self.stopped(&ids));
                self.changed.extend(ids);
                self.reread();
                self.tell_now();
            }
            Word::List => {
                self.tell_now();
                self.watch.relisted();
            }
            Word::AskAgain => self.ask_now(),
            Word::Trouble(problem) => self.watch.problem(problem),
            Word::Project(project) => {
                self.project = project;
                self.tell_now();
            }
            Word::Stop => self.stopping = true,
        }
    }

    /// What was stopped while it waited has no life that would say so. Of many the list alone tells.
    fn stopped(&self, ids: &[String]) -> Vec<String> {
        if ids.len() > TELL_MOST {
            return Vec::new();
        }
        let lifeless: Vec<String> = ids.iter().filter(|id| !self.lives.contains_key(*id)).cloned().collect();
        let rows = self.hand.house.db.queue_rows_of(&lifeless).unwrap_or_default();
        rows.into_iter().filter(|row| row.job.state == State::Cancelled).map(|row| row.job.id).collect()
    }

    /// What engines may be given may have changed with the list.
    fn know_engines(&mut self) {
        let list = self.hand.shop.list();
        list.engines.iter().for_each(|entry| self.line.engine(entry));
    }

    fn reread(&mut self) {
        if self.claim.is_none() {
            return;
        }
        self.read_line();
        if let Err(problem) = self.adopt() {
            self.watch.problem(problem);
        }
        for id in self.hand.house.db.jobs_to_cancel().unwrap_or_default() {
            if let Some(living) = self.lives.get(&id) {
                living.cancel.cancel();
            }
        }
    }

    /// Another budget may hold, and another process may have written.
    fn look_around(&mut self) {
        let budget = self.hand.shop.budget();
        if std::mem::replace(&mut self.budget, budget) != budget {
            self.ask_now();
        }
        let version = self.hand.house.db.data_version().unwrap_or(self.seen);
        if version == self.seen {
            return;
        }
        self.seen = version;
        self.reread();
        self.watch.relisted();
    }

    /// Lives end where they stand; one that is sending or bringing in is waited for, and what it says is written.
    fn end(mut self) {
        let begin = clock::now();
        while !self.lives.is_empty() && clock::now().secs_from(begin) < LAST.as_secs_f64() {
            let words = self.hear();
            self.obey(words);
        }
        for (id, living) in self.lives.drain() {
            tracing::warn!(job = id, "a job was left while it was being sent");
            living.task.abort();
        }
    }
}

/// When a moment of the wall clock is on ours; `None` when it is over.
fn moment(stamp: &str) -> Option<Moment> {
    let (at, now): (jiff::Timestamp, jiff::Timestamp) = (stamp.parse().ok()?, clock::wall().parse().ok()?);
    let secs = at.duration_since(now).as_secs_f64();
    (secs > 0.0).then(|| clock::now().plus_secs(secs))
}

fn is_old(row: &Row) -> bool {
    let (Ok(at), Ok(now)) = (row.job.updated_at.parse::<jiff::Timestamp>(), clock::wall().parse::<jiff::Timestamp>()) else {
        return true;
    };
    now.duration_since(at).as_secs() > TEXT_MINUTES * 60
}
