//! Sends a file into a place, in parts that are sent side by side and each told when it arrived, so that a later run sends only the
//! others. What arrived is compared with the file before it counts as sent (`compare`).
//!
//! ```text
//! file ── read + hash, in order ──> part n ─┬─> put, tried again ──┐
//!                                  part n+1 ┴─> put, tried again ──┴─> complete ──> compare
//! ```

mod compare;
mod tries;

use std::path::PathBuf;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::Store;
use super::digest::{self, Md5Sum};
use super::error::Error;
use super::source::Source;
use crate::clock;
use crate::core::storage::{Checked, parts};
use crate::core::time::secs;
use crate::core::upload::{Progress, TRIES};

pub(super) use tries::patiently;

/// One file to send.
#[derive(Clone, Debug)]
pub struct Job {
    pub file: PathBuf,
    /// The object's name.
    pub key: String,
    /// What an earlier run left unfinished.
    pub begun: Option<Begun>,
    pub patience: Patience,
}

/// An upload in parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// The provider's id; may be empty.
    pub upload: String,
    /// Of the file, when it began.
    pub bytes: u64,
    pub changed: i64,
    pub part_bytes: u64,
    /// Number and the provider's id of each part that arrived.
    pub parts: Vec<(u64, String)>,
}

/// How long to keep trying.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Patience {
    /// Tries of one request.
    pub tries: u32,
    /// Multiplies the waits between them; tests wait less.
    pub pace: f64,
    /// The longest a request may take, its body included.
    pub request_secs: u64,
}

impl Default for Patience {
    fn default() -> Self {
        Patience { tries: TRIES, pace: 1.0, request_secs: 60 }
    }
}

impl Patience {
    /// For a file of `bytes`: its parts may be as slow as 64 kB a second.
    pub fn for_file(bytes: u64) -> Patience {
        let usual = Patience::default();
        Patience { request_secs: usual.request_secs + parts::part_bytes(bytes) / (64 << 10), ..usual }
    }
}

/// What happens on the way. What is to be remembered comes before anything is built on it.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// An upload in parts has begun; what was known of an earlier one is void. To be remembered.
    Begun(Begun),
    /// A part arrived. To be remembered.
    Part {
        number: u64,
        content: String,
    },
    Sending(Progress),
    /// Everything arrived and is read back.
    Comparing(Progress),
    /// Something broke; the next try comes after `secs`.
    Waiting {
        attempt: u32,
        secs: f64,
        reason: String,
    },
}

/// A file that is there whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    pub bytes: u64,
    /// Lower-case hex of the file here.
    pub sha256: String,
    pub etag: Option<String>,
    pub checked: Checked,
}

/// Sends `job.file`. Cancelling ends it at once; the parts that arrived stay for a later run.
///
/// # Errors
/// See [`Error`]; what can pass by itself was tried `job.patience.tries` times before.
pub async fn send(store: &Store, job: Job, mut on_event: impl FnMut(Event), cancel: CancellationToken) -> Result<Sent, Error> {
    tokio::select! {
        biased;
        () = cancel.cancelled() => Err(Error::Cancelled),
        sent = run(store, job, &mut on_event) => sent,
    }
}

async fn run(store: &Store, mut job: Job, on_event: &mut impl FnMut(Event)) -> Result<Sent, Error> {
    let (bytes, changed) = super::source::facts(&job.file)?;
    if bytes > parts::MAX_BYTES {
        return Err(Error::TooLarge { path: job.file, bytes, limit: parts::MAX_BYTES });
    }
    let old = job.begun.take();
    job.begun = old.clone().filter(|begun| begun.bytes == bytes && begun.changed == changed);
    if let Some(begun) = old.filter(|_| job.begun.is_none()) {
        // Another file's parts. If they stay there, they are swept with the rest of what is unfinished.
        let _ = store.abort(&job.key, &begun.upload).await;
    }
    let sent = Flight::new(store, &job).await?.run(on_event).await;
    match sent {
        Err(error) if error.is_missing_upload() => {
            // It was completed and the answer lost, now or in a run that was killed; or the provider gave it up.
            job.begun = None;
            let there = patiently(&job.patience, on_event, || store.facts(&job.key)).await;
            if there.is_ok_and(|facts| facts.bytes == bytes)
                && let Ok(sent) = Flight::new(store, &job).await?.already_there(on_event).await
            {
                return Ok(sent);
            }
            Flight::new(store, &job).await?.run(on_event).await
        }
        other => other,
    }
}

/// One run over the file.
struct Flight<'a> {
    store: &'a Store,
    job: &'a Job,
    source: Source,
    part_bytes: u64,
    count: u64,
    md5s: Vec<Md5Sum>,
    report: Report,
}

impl<'a> Flight<'a> {
    async fn new(store: &'a Store, job: &'a Job) -> Result<Flight<'a>, Error> {
        let source = Source::open(job.file.clone()).await?;
        let part_bytes = job.begun.as_ref().map_or_else(|| parts::part_bytes(source.bytes), |begun| begun.part_bytes.max(1));
        let count = parts::count(source.bytes, part_bytes);
        let report = Report::new(source.bytes);
        Ok(Flight { store, job, source, part_bytes, count, md5s: Vec::new(), report })
    }

    async fn run(self, on_event: &mut impl FnMut(Event)) -> Result<Sent, Error> {
        if self.count == 1 && self.job.begun.is_none() { self.whole(on_event).await } else { self.in_parts(on_event).await }
    }

    /// A small file, in one request.
    async fn whole(self, on_event: &mut impl FnMut(Event)) -> Result<Sent, Error> {
        let (source, part) = self.source.next(self.part_bytes).await?;
        let (bytes, sha256) = (source.bytes, source.finish().await?);
        patiently(&self.job.patience, on_event, || self.store.put(&self.job.key, part.bytes.clone())).await?;
        on_event(Event::Sending(Progress { sent_bytes: bytes, total_bytes: bytes, bytes_per_sec: 0.0 }));
        compare::compare(self.store, self.job, bytes, &digest::etag(&[part.md5], false), sha256, on_event).await
    }

    /// The object is there already; only its digests are missing.
    async fn already_there(mut self, on_event: &mut impl FnMut(Event)) -> Result<Sent, Error> {
        let mut source = self.source;
        for _ in 0..self.count {
            let (read, part) = source.next(self.part_bytes).await?;
            source = read;
            self.md5s.push(part.md5);
        }
        let (bytes, sha256) = (source.bytes, source.finish().await?);
        compare::compare_only(self.store, self.job, bytes, &digest::etag(&self.md5s, true), sha256, on_event).await
    }

    async fn in_parts(mut self, on_event: &mut impl FnMut(Event)) -> Result<Sent, Error> {
        let begun = match self.job.begun.clone() {
            Some(begun) => begun,
            None => self.begin(on_event).await?,
        };
        let mut contents: Vec<Option<String>> = vec![None; usize::try_from(self.count).unwrap_or(usize::MAX)];
        let known: std::collections::HashMap<u64, String> = begun.parts.iter().cloned().collect();
        let (notes, mut noted) = mpsc::channel(32);
        let (mut running, mut number) = (JoinSet::new(), 0);
        let (mut source, at_once) = (self.source, parts::at_once(self.part_bytes));
        loop {
            while number < self.count && running.len() < at_once {
                let (read, part) = source.next(self.part_bytes).await?;
                source = read;
                self.md5s.push(part.md5);
                let length = part.bytes.len() as u64;
                match known.get(&number).filter(|content| digest::may_be(content, &part.md5)) {
                    Some(content) => {
                        put(&mut contents, number, content.clone());
                        self.report.arrived_before(length);
                    }
                    None => {
                        let (store, key, upload) = (self.store.clone(), self.job.key.clone(), begun.upload.clone());
                        let (patience, notes) = (self.job.patience, notes.clone());
                        running.spawn(async move {
                            let mut tell = |event| _ = notes.try_send(event);
                            let sent =
                                patiently(&patience, &mut tell, || store.part(&key, &upload, number, part.bytes.clone()));
                            sent.await.map(|content| (number, content, length))
                        });
                    }
                }
                number += 1;
            }
            on_event(Event::Sending(self.report.progress));
            if running.is_empty() && number == self.count {
                break;
            }
            tokio::select! {
                Some(note) = noted.recv() => on_event(note),
                Some(done) = running.join_next() => {
                    let (number, content, length) = done.map_err(|_| Error::Cancelled)??;
                    on_event(Event::Part { number, content: content.clone() });
                    put(&mut contents, number, content);
                    self.report.arrived(length);
                }
            }
        }
        let (bytes, sha256) = (source.bytes, source.finish().await?);
        let contents: Vec<String> = contents.into_iter().flatten().collect();
        let (store, key, upload) = (self.store, &self.job.key, &begun.upload);
        patiently(&self.job.patience, on_event, || store.complete(key, upload, contents.clone())).await?;
        compare::compare(store, self.job, bytes, &digest::etag(&self.md5s, true), sha256, on_event).await
    }

    async fn begin(&self, on_event: &mut impl FnMut(Event)) -> Result<Begun, Error> {
        let (store, key, part_bytes) = (self.store, &self.job.key, self.part_bytes);
        let upload = patiently(&self.job.patience, on_event, || store.begin(key, part_bytes)).await?;
        let (bytes, changed) = (self.source.bytes, self.source.changed);
        let begun = Begun { upload, bytes, changed, part_bytes, parts: Vec::new() };
        on_event(Event::Begun(begun.clone()));
        Ok(begun)
    }
}

fn put(contents: &mut [Option<String>], number: u64, content: String) {
    if let Some(slot) = usize::try_from(number).ok().and_then(|number| contents.get_mut(number)) {
        *slot = Some(content);
    }
}

/// How far it is, with a rate that does not count what arrived in an earlier run.
struct Report {
    progress: Progress,
    told: crate::core::time::Moment,
}

impl Report {
    fn new(total_bytes: u64) -> Report {
        Report { progress: Progress { total_bytes, ..Progress::default() }, told: clock::now() }
    }

    fn arrived_before(&mut self, bytes: u64) {
        self.progress.sent_bytes += bytes;
    }

    fn arrived(&mut self, bytes: u64) {
        let now = clock::now();
        self.progress = self.progress.advance(self.progress.sent_bytes + bytes, secs(now.since(self.told)));
        self.told = now;
    }
}
