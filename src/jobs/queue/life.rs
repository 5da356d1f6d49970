//! One job's life: sent once, asked after until it is done, its files brought in. Each step is in the database before the next begins;
//! where a life goes on after a crash is told by its row alone.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::clock;
use crate::core::asset::AssetId;
use crate::core::engine::{Form, Money};
use crate::core::generate::{Class, Failure, Made, Standing, Submission, Ticket};
use crate::core::problem;
use crate::core::queue::{Next, Rest, Row, after_look, after_submit, may_still_be_had};
use crate::db::{Change, Landed, LandedFile};
use crate::engines::{Engine, Landing, fetch};

use super::turn::Turn;
use super::{Closing, Hand, Word, catch, hearing, nothing, order};

/// How long an engine may take to stop something.
const CANCEL: Duration = Duration::from_secs(20);
/// How long that is waited for when the program ends.
const FORGET: Duration = Duration::from_secs(3);
/// How long a disk that is full is left alone.
const DISK: Duration = Duration::from_secs(20);
/// What is told of progress is written when it is so much more: each write wears the disk.
const STEP: f32 = 0.02;

/// Where a life begins.
pub(super) enum Begin {
    /// Its turn has come, and the money is to be asked for first.
    Turn,
    /// It was claimed and is to be sent.
    Send,
    /// It may have been sent before a crash.
    Find,
    Look(Ticket),
    /// All that was made lies here.
    Catch(Landed),
}

pub(super) struct Life {
    /// Which of the lives of this run it is.
    pub number: u64,
    pub hand: Hand,
    pub row: Row,
    pub cancel: CancellationToken,
}

/// What a person or the program's end does to a life that waits.
pub(super) enum Pause {
    Over,
    Cancelled,
}

/// How a part of a life ended.
pub(super) enum End {
    Made(Made, Option<Ticket>),
    /// The last step.
    Over(Change),
}

impl Life {
    pub async fn run(self, begin: Begin) {
        let _over = Over { id: self.row.job.id.clone(), number: self.number, hand: self.hand.clone() };
        // The program ends: what is in the database says how it goes on.
        let _: Result<(), Closing> = self.walk(begin).await;
    }

    async fn walk(&self, begin: Begin) -> Result<(), Closing> {
        let end = match begin {
            Begin::Catch(landed) => return self.catch(landed, order::ticket(&self.row)).await,
            Begin::Turn => match self.turn().await? {
                Turn::Goes => self.send().await?,
                Turn::Stays => return Ok(()),
                Turn::Ends(end) => end,
            },
            Begin::Send => self.send().await?,
            Begin::Find => self.find().await?,
            Begin::Look(ticket) => self.follow(ticket, 0.0).await?,
        };
        match end {
            End::Made(made, ticket) => {
                let landed = landed(made);
                self.hand.step(Change::Landed { id: self.id(), landed: Box::new(landed.clone()) }).await?;
                self.catch(landed, ticket).await
            }
            End::Over(change) => {
                // What can still be had may lie there in part.
                let needed = matches!(change, Change::Waits { .. } | Change::Failed { kept: true, .. });
                self.hand.step(change).await?;
                if !needed {
                    self.clear().await;
                }
                Ok(())
            }
        }
    }

    /// Sends the order, once.
    async fn send(&self) -> Result<End, Closing> {
        let (engine, order, landing) = match self.ready().await {
            Ok(ready) => ready,
            Err(failure) => return Ok(self.unsent(failure).await),
        };
        if self.cancel.is_cancelled() {
            return Ok(End::Over(Change::Cancelled { id: self.id(), cost: nothing() }));
        }
        let ordering = self.hand.finding.ordering(&self.row.job.engine).await;
        // Nothing stops it from here on: an answer that nobody hears is money lost.
        match engine.submit(&order, &landing).await {
            Ok(Submission::Ticket { ticket, cost }) => {
                self.hand.step(Change::Taken { id: self.id(), ticket: ticket.clone(), cost }).await?;
                drop(ordering);
                self.follow(ticket, self.poll_secs()).await
            }
            Ok(Submission::Made(made)) => Ok(self.made(made, None)),
            Err(failure) => Ok(self.unsent(failure).await),
        }
    }

    pub(super) async fn ready(&self) -> Result<(Arc<dyn Engine>, crate::core::generate::Order, Landing), Failure> {
        let order = self.order().await?;
        let engine = self.hand.shop.open(&self.row.job.engine).await?;
        let landing = self.landing().await?;
        Ok((engine, hearing::with_sound(order, &landing).await?, landing))
    }

    async fn order(&self) -> Result<crate::core::generate::Order, Failure> {
        let (house, row) = (Arc::clone(&self.hand.house), self.row.clone());
        let read = tokio::task::spawn_blocking(move || order::order(&house, &row)).await;
        read.unwrap_or_else(|_| Err(Failure::new(Class::Here, "The order could not be read.")))
    }

    /// What follows when it was not sent, or was refused.
    pub(super) async fn unsent(&self, failure: Failure) -> End {
        let (next, rest) = after_submit(&failure, self.row.tries, jitter());
        self.rest(rest, &failure).await;
        let id = self.id();
        End::Over(match next {
            Next::Again { secs } => Change::Waits { id, due_at: Some(later(secs)), failure },
            // It may have been taken, or was: what it was to cost is counted.
            Next::Fails if failure.class == Class::Unclear || failure.charged => failed(id, failure, None),
            Next::Fails => failed(id, failure, nothing()),
        })
    }

    /// Whether the engine took it before a crash. What costs nothing is simply sent again.
    async fn find(&self) -> Result<End, Closing> {
        if let Some(made) = self.lying() {
            return Ok(End::Made(made, None));
        }
        let mut tries = 0;
        loop {
            tries += 1;
            let failure = match self.found().await? {
                Ok(Some(ticket)) => return self.follow(ticket, 0.0).await,
                Ok(None) => return Ok(self.again("Onetake ended before the order was sent.")),
                Err(failure) => failure,
            };
            if failure.class == Class::Unclear && self.is_free() {
                return Ok(self.again("Onetake ended while it was being made."));
            }
            let (next, rest) = after_look(&failure, tries, jitter());
            self.rest(rest, &failure).await;
            match next {
                Next::Again { secs } => match self.pause(secs).await? {
                    Pause::Over => {}
                    Pause::Cancelled => return Ok(End::Over(Change::Cancelled { id: self.id(), cost: None })),
                },
                Next::Fails => {
                    let failure = Failure { class: Class::Unclear, ..failure };
                    return Ok(End::Over(failed(self.id(), failure, None)));
                }
            }
        }
    }

    fn again(&self, why: &str) -> End {
        let failure = Failure::new(Class::Here, why);
        End::Over(Change::Waits { id: self.id(), due_at: None, failure })
    }

    /// Asks how far it is until it is over, first after so many seconds.
    async fn follow(&self, ticket: Ticket, mut secs: f64) -> Result<End, Closing> {
        let (mut misses, mut told) = (0, (false, self.row.progress, self.row.before));
        loop {
            if secs > 0.0
                && let Pause::Cancelled = self.pause(secs).await?
            {
                return Ok(self.stop(&ticket, told.0).await);
            }
            let (engine, landing) = match (self.hand.shop.open(&self.row.job.engine).await, self.landing().await) {
                (Ok(engine), Ok(landing)) => (engine, landing),
                (Err(failure), _) | (_, Err(failure)) => {
                    misses += 1;
                    secs = match self.missed(&failure, misses).await {
                        Ok(secs) => secs,
                        Err(end) => return Ok(end),
                    };
                    continue;
                }
            };
            let standing = tokio::select! {
                standing = engine.look(&ticket, &landing) => standing,
                () = self.cancel.cancelled() => return Ok(self.stop(&ticket, told.0).await),
                () = self.hand.closing.cancelled() => return Err(Closing),
            };
            secs = self.poll_secs();
            match standing {
                Ok(Standing::Queued { before }) => (misses, told) = (0, self.tell(told, (false, None, before)).await?),
                Ok(Standing::Running { progress }) => (misses, told) = (0, self.tell(told, (true, progress, None)).await?),
                Ok(Standing::Done(made)) => return Ok(self.made(made, Some(ticket))),
                Ok(Standing::Failed(failure)) => {
                    let cost = if failure.refunded { nothing() } else { None };
                    return Ok(End::Over(failed(self.id(), failure, cost)));
                }
                Ok(Standing::Cancelled) => return Ok(End::Over(Change::Cancelled { id: self.id(), cost: None })),
                Err(failure) => {
                    misses += 1;
                    secs = match self.missed(&failure, misses).await {
                        Ok(again) => again.max(secs),
                        Err(end) => return Ok(end),
                    };
                }
            }
        }
    }

    /// Seconds until the same is asked again, or the end.
    async fn missed(&self, failure: &Failure, misses: u32) -> Result<f64, End> {
        let (next, rest) = after_look(failure, misses, jitter());
        self.rest(rest, failure).await;
        match next {
            Next::Again { secs } => Ok(secs),
            Next::Fails => {
                let kept = may_still_be_had(failure.class);
                Err(End::Over(Change::Failed { id: self.id(), failure: failure.clone(), cost: None, kept }))
            }
        }
    }

    /// Writes how far it is, when that is worth it.
    async fn tell(&self, told: Told, now: Told) -> Result<Told, Closing> {
        let moved = match (told.1, now.1) {
            (Some(before), Some(after)) => (after - before).abs() >= STEP,
            (before, after) => before != after,
        };
        if (told.0, told.2) == (now.0, now.2) && !moved {
            return Ok(told);
        }
        self.hand.step(Change::Goes { id: self.id(), running: now.0, progress: now.1, ahead: now.2 }).await?;
        Ok(now)
    }

    /// Stops it there, as far as the engine lets itself be stopped.
    async fn stop(&self, ticket: &Ticket, running: bool) -> End {
        let stopped = match self.hand.shop.open(&self.row.job.engine).await {
            Ok(engine) => matches!(tokio::time::timeout(CANCEL, engine.cancel(ticket)).await, Ok(Ok(true))),
            Err(_) => false,
        };
        // What had not begun there and was stopped is not charged for.
        let cost = if stopped && !running { nothing() } else { None };
        End::Over(Change::Cancelled { id: self.id(), cost })
    }

    fn made(&self, made: Made, ticket: Option<Ticket>) -> End {
        if made.files.is_empty() && made.text.is_none() && made.words.is_empty() {
            let failure = Failure::new(Class::Nonsense, "It says that it is done, and made nothing.");
            return End::Over(failed(self.id(), failure, None));
        }
        End::Made(made, ticket)
    }

    /// Brings the files into the library. The engine has done its part.
    async fn catch(&self, landed: Landed, ticket: Option<Ticket>) -> Result<(), Closing> {
        let _ = self.hand.words.send(Word::Left(self.id())).await;
        let id = self.id();
        match self.bring_in(&landed).await? {
            Ok(assets) => {
                self.hand.step(Change::Done { id, assets }).await?;
                self.clear().await;
            }
            Err(failure) => {
                let kept = may_still_be_had(failure.class);
                self.hand.step(Change::Failed { id, failure, cost: None, kept }).await?;
                if kept {
                    // Not even the engine's copy is given up.
                    return Ok(());
                }
            }
        }
        if let Some(ticket) = ticket {
            tokio::select! {
                () = self.forget(&ticket) => {}
                () = self.hand.ends_in(FORGET) => {}
            }
        }
        Ok(())
    }

    /// The engine's copy is not needed any more.
    async fn forget(&self, ticket: &Ticket) {
        if let Ok(engine) = self.hand.shop.open(&self.row.job.engine).await
            && let Ok(Err(failure)) = tokio::time::timeout(CANCEL, engine.forget(ticket)).await
        {
            tracing::debug!(%failure, "an engine keeps its copy");
        }
    }

    /// What was paid for is not given up because a disk is full: it is tried again until there is room.
    async fn bring_in(&self, landed: &Landed) -> Result<Result<Vec<AssetId>, Failure>, Closing> {
        let mut said = false;
        loop {
            let (hand, row, files, form) = (self.hand.clone(), self.row.clone(), landed.files.clone(), self.form());
            let caught = tokio::task::spawn_blocking(move || {
                let folder = hand.house.folder.landing(&row.job.id)?;
                catch::catch(&hand.house, &hand.gate, &row, form, &folder, &files)
            });
            match caught.await {
                Ok(Ok(assets)) => return Ok(Ok(assets)),
                Ok(Err(problem)) if problem.kind == problem::Kind::Disk => {
                    if !std::mem::replace(&mut said, true) {
                        let _ = self.hand.words.send(Word::Trouble(problem)).await;
                    }
                }
                Ok(Err(problem)) => return Ok(Err(Failure::new(class(problem.kind), problem.what))),
                Err(_) => return Ok(Err(Failure::new(Class::Here, "What came could not be examined."))),
            }
            tokio::select! {
                () = self.hand.closing.cancelled() => return Err(Closing),
                () = tokio::time::sleep(DISK) => {}
            }
        }
    }

    /// Whole files of a run that was killed before it could say that they are there.
    fn lying(&self) -> Option<Made> {
        let folder = self.hand.house.folder.landing(&self.row.job.id).ok()?;
        let mut files = Vec::new();
        for item in std::fs::read_dir(folder).ok()?.flatten() {
            let path = item.path();
            if path.extension().is_some_and(|ending| ending == "part") || !path.is_file() {
                continue;
            }
            let mut head = [0; 64];
            let read = std::fs::File::open(&path).and_then(|mut file| std::io::Read::read(&mut file, &mut head)).ok()?;
            files.push(crate::core::generate::Piece { mime: fetch::sniff(&head[..read])?, path });
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        (!files.is_empty()).then(|| Made { files, ..Made::default() })
    }

    async fn landing(&self) -> Result<Landing, Failure> {
        let here = |error: String| Failure::new(Class::Here, format!("The folder for what comes can't be made: {error}."));
        let folder: PathBuf = self.hand.house.folder.landing(&self.row.job.id).map_err(|error| here(error.to_string()))?;
        tokio::fs::create_dir_all(&folder).await.map_err(|error| here(error.to_string()))?;
        Ok(Landing::new(&folder))
    }

    /// Nothing of it is needed any more.
    async fn clear(&self) {
        if let Ok(folder) = self.hand.house.folder.landing(&self.row.job.id) {
            // What stays is cleared away at the next start.
            let _ = tokio::fs::remove_dir_all(folder).await;
        }
    }

    pub(super) async fn rest(&self, rest: Rest, failure: &Failure) {
        let secs = match rest {
            Rest::None => return,
            Rest::Secs(secs) => Some(secs),
            Rest::UntilTold => None,
        };
        let _ = self.hand.words.send(Word::Rest(self.row.job.engine.clone(), failure.clone(), secs)).await;
    }

    pub(super) async fn pause(&self, secs: f64) -> Result<Pause, Closing> {
        tokio::select! {
            () = self.hand.closing.cancelled() => Err(Closing),
            () = self.cancel.cancelled() => Ok(Pause::Cancelled),
            () = tokio::time::sleep(Duration::from_secs_f64(secs.clamp(0.0, 7200.0))) => Ok(Pause::Over),
        }
    }

    fn poll_secs(&self) -> f64 {
        self.hand.shop.entry(&self.row.job.engine).map_or(5.0, |entry| entry.pause_secs())
    }

    fn form(&self) -> Option<Form> {
        self.hand.shop.entry(&self.row.job.engine).ok().map(|entry| entry.form)
    }

    fn is_free(&self) -> bool {
        self.row.quote.as_ref().is_some_and(|quote: &Money| quote.micros == 0)
    }

    fn id(&self) -> String {
        self.row.job.id.clone()
    }
}

/// Whether it runs, how far it is, how many are before it.
type Told = (bool, Option<f32>, Option<u32>);

/// Says that a life is over, also when it panicked.
struct Over {
    id: String,
    number: u64,
    hand: Hand,
}

impl Drop for Over {
    fn drop(&mut self) {
        let (words, id, number) = (self.hand.words.clone(), std::mem::take(&mut self.id), self.number);
        // The runner is never so far behind for long.
        self.hand.house.runtime.spawn(async move { words.send(Word::Over(id, number)).await });
    }
}

fn landed(made: Made) -> Landed {
    let files = made.files.into_iter().map(|piece| LandedFile {
        name: piece.path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        mime: piece.mime.to_owned(),
    });
    Landed { files: files.collect(), text: made.text, words: made.words, seed: made.seed, cost: made.cost }
}

/// The engine's own no: to have it, it has to be ordered again.
fn failed(id: String, failure: Failure, cost: Option<Money>) -> Change {
    Change::Failed { id, failure, cost, kept: false }
}

/// Whose fault it is that a file could not be brought in: the file's own, or something here that can be mended.
fn class(kind: problem::Kind) -> Class {
    match kind {
        problem::Kind::Usage | problem::Kind::Refused => Class::Nonsense,
        _ => Class::Here,
    }
}

/// 0 to 1, by chance.
pub(super) fn jitter() -> f64 {
    let mut bytes = [0; 4];
    // Without chance all jobs knock at the same instant, which is no worse than what they did before.
    let _ = getrandom::fill(&mut bytes);
    f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX)
}

/// The wall clock so many seconds from now, RFC 3339 UTC.
fn later(secs: f64) -> String {
    let now: jiff::Timestamp = clock::wall().parse().unwrap_or_default();
    let span = jiff::SignedDuration::try_from_secs_f64(secs.clamp(0.0, 86_400.0)).unwrap_or_default();
    now.checked_add(span).unwrap_or(now).strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}
