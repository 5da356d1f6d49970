//! The queue's thread. It owns the line of those that wait, starts lives, and writes every step; whatever has come meanwhile is written
//! in one transaction, so that a hundred jobs cost the disk no more than one. Without the claim on the queue it only looks on.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::blobs::layout::Lock;
use crate::clock;
use crate::core::generate::{Class, Failure};
use crate::core::job::{Kind, State};
use crate::core::problem::Problem;
use crate::core::queue::{Group, Line, Resting, Row};
use crate::core::time::Moment;
use crate::db::{Change, Landed, Waiting};

use super::life::{Begin, Life};
use super::{Hand, Watch, Word, catch, order, paused};

/// How often it is looked whether another process did something.
const LOOK: Duration = Duration::from_millis(400);
/// How often at most is told what changed.
const TELL_SECS: f64 = 0.1;
/// Rows that are told at a time; of more the list is read anew.
const TELL_MOST: usize = 256;
/// How many are started at a time: what they tell meanwhile is heard in between.
const START_MOST: usize = 64;
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
    rests: HashMap<String, (Failure, Option<Moment>)>,
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
    engine: String,
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
            rests: HashMap::new(),
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
        if !self.lives.contains_key(&waiting.id) {
            self.line.push(&waiting.id, &waiting.engine, waiting.place, waiting.due_at.as_deref().and_then(moment));
        }
    }

    /// What was at an engine when an earlier run ended.
    fn recover(&mut self) -> Result<(), Problem> {
        let db = self.hand.house.db.clone();
        let ids = db.jobs_in(Group::Going)?;
        let rows = db.queue_rows_of(&ids)?;
        catch::sweep(&self.hand.house);
        for row in rows {
            if row.job.kind == Kind::Text && row.job.provider_id.is_none() {
                if is_old(&row) {
                    let failure = Failure::new(Class::Unclear, "Onetake ended while it was written.");
                    db.change_jobs(&[Change::Failed { id: row.job.id.clone(), failure, cost: None }], &clock::wall())?;
                }
                continue;
            }
            let folder = self.hand.house.folder.landing(&row.job.id)?;
            let lies = |landed: &Landed| landed.files.iter().all(|file| folder.join(&file.name).is_file());
            let begin = match (db.landed(&row.job.id)?, order::ticket(&row)) {
                (Some(landed), ticket) if lies(&landed) || ticket.is_none() => Begin::Catch(landed),
                (_, Some(ticket)) => Begin::Look(ticket),
                (_, None) => Begin::Find,
            };
            tracing::info!(job = %row.job.id, engine = %row.job.engine, "a job of an earlier run goes on");
            self.line.resumed(&row.job.engine);
            self.changed.insert(row.job.id.clone());
            self.live(row, begin);
        }
        Ok(())
    }

    /// Sends as many as may be sent.
    fn dispatch(&mut self) {
        if self.claim.is_none() {
            return;
        }
        let now = clock::now();
        let turns: Vec<_> = std::iter::from_fn(|| self.line.next(now)).take(START_MOST).collect();
        if turns.is_empty() {
            return;
        }
        let sends: Vec<Change> = turns.iter().map(|turn| Change::Sends { id: turn.id.clone() }).collect();
        let taken = match self.hand.house.db.change_jobs(&sends, &clock::wall()) {
            Ok(taken) => taken,
            Err(error) => {
                // They wait on, and so does everybody: the disk is asked again in a moment.
                for turn in turns {
                    self.line.ended(&turn.engine);
                    self.line.push(&turn.id, &turn.engine, turn.place, Some(now.plus_secs(5.0)));
                }
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

    fn live(&mut self, row: Row, begin: Begin) {
        let (id, engine, cancel) = (row.job.id.clone(), row.job.engine.clone(), CancellationToken::new());
        let life = Life { hand: self.hand.clone(), row, cancel: cancel.clone() };
        let task = self.hand.house.runtime.spawn(life.run(begin));
        self.lives.insert(id, Living { engine, cancel, task, left: false, over: false });
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
            Word::Over(id) => self.bury(&id),
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
                self.changed.extend(ids);
                self.reread();
                self.tell_now();
            }
            Word::Trouble(problem) => self.watch.problem(problem),
            Word::Project(project) => {
                self.project = project;
                self.tell_now();
            }
            Word::Stop => self.stopping = true,
        }
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
        for id in self.hand.house.db.jobs_to_cancel().unwrap_or_default() {
            if let Some(living) = self.lives.get(&id) {
                living.cancel.cancel();
            }
        }
    }

    /// Another process may have written.
    fn look_around(&mut self) {
        let version = self.hand.house.db.data_version().unwrap_or(self.seen);
        if version == self.seen {
            return;
        }
        self.seen = version;
        self.reread();
        self.watch.relisted();
    }

    /// Writes steps, and answers whether each was taken.
    fn write(&mut self, steps: Vec<(Change, Reply)>) {
        if steps.is_empty() {
            return;
        }
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
            if matches!(written, Ok(true)) {
                self.wrote(&change);
            }
            // A life that was ended meanwhile does not hear it.
            let _ = reply.send(written);
        }
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
                        self.line.push(&id, &row.job.engine, row.place, due_at.as_deref().and_then(moment));
                    }
                    // It was to be stopped meanwhile.
                    _ => self.ended.push(id),
                }
            }
            Change::Done { .. } | Change::Failed { .. } | Change::Cancelled { .. } => {
                self.finish_life(&id);
                self.ended.push(id);
            }
            Change::Sends { .. } | Change::Taken { .. } | Change::Goes { .. } | Change::Landed { .. } => {}
        }
    }

    fn finish_life(&mut self, id: &str) {
        self.leave(id);
        if let Some(living) = self.lives.get_mut(id) {
            living.over = true;
        }
    }

    /// Its engine may be given another.
    fn leave(&mut self, id: &str) {
        if let Some(living) = self.lives.get_mut(id)
            && !std::mem::replace(&mut living.left, true)
        {
            let engine = living.engine.clone();
            self.line.ended(&engine);
        }
    }

    /// A life has ended. One that did not say how it ended broke inside.
    fn bury(&mut self, id: &str) {
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
        let change = Change::Failed { id: id.to_owned(), failure, cost: None };
        if let Ok(taken) = self.hand.house.db.change_jobs(std::slice::from_ref(&change), &clock::wall())
            && taken == [true]
        {
            self.wrote(&change);
        }
    }

    fn tell(&mut self) {
        if !self.changed.is_empty() && clock::now().secs_from(self.told) >= TELL_SECS {
            self.tell_now();
        }
    }

    /// What changed, and then what is over.
    fn tell_now(&mut self) {
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
        let resting = self.resting();
        let totals = super::totals(&self.hand.house, self.project.as_deref(), resting);
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

    fn tell_rests(&mut self) {
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
