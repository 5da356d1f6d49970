//! The road of one upload: ask, create or find again, chunk after chunk, confirm. After each setback the server is asked how
//! much it holds, because only it knows; a try counts as lost only when not one byte more got through. Chunks halve when the
//! line breaks and double when it holds, so a bad line repeats little and a good one is used in full.
//!
//! Towards a Onetake server the file is hashed while it is sent: hashing first took as long as half the sending on loopback.
//! Other servers are told the hash when the upload is created, so there the file is read once before. A hash that is known
//! already is announced at the start; a Onetake server then checks the whole by it, and nobody hashes chunks.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::BytesMut;
use reqwest::Url;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::error::Error;
use super::report::Report;
use super::source::{Check, Chunk, Hashed, Proof, Source};
use super::wire::{self, Abilities, Place, Setback, Wire};
use super::{Event, Job, Uploaded, address, metadata};
use crate::clock;
use crate::core::time;
use crate::core::upload::backoff_secs;

/// Largest and smallest chunk, in bytes.
const CHUNK_MOST: usize = 8 << 20;
const CHUNK_LEAST: usize = 256 << 10;
/// Between two looks at how far the bytes are.
const TICK: Duration = Duration::from_millis(100);
/// No byte taken for so long means the line is dead.
const STALL_SECS: f64 = 30.0;
/// The server may sync and check this long after a chunk; after the last one also read the whole file, at this rate.
const ANSWER_SECS: f64 = 60.0;
const CHECK_BYTES_PER_SEC: f64 = 50e6;
/// New uploads begun because the server had lost the one before.
const RENEWALS: u32 = 3;

pub(super) async fn run(job: Job, on_event: impl FnMut(Event), cancel: CancellationToken) -> Result<Uploaded, Error> {
    let wire = Wire::new(&job.server, job.token.clone())?;
    let source = Source::open(job.file.clone()).await?;
    let mut report = Report::new(on_event, source.length);
    let sha256 = job.sha256.as_ref().map(|known| known.to_ascii_lowercase());
    if let Some(sha256) = sha256.clone() {
        report.tell(Event::Hashed { sha256 });
    }
    // An address on another host belongs to a server that was set before: begin anew on this one.
    let upload = job.location.as_deref().and_then(|location| address::located(&wire.endpoint, location).ok());
    let transfer = Transfer {
        job,
        wire,
        source,
        report,
        cancel,
        sha256,
        hashed: Hashed::default(),
        upload,
        abilities: None,
        acknowledged: 0,
        chunk_bytes: CHUNK_MOST,
        ahead: None,
        spare: None,
        failures: 0,
        mismatches: 0,
        renewals: 0,
    };
    transfer.run().await
}

struct Transfer<F> {
    job: Job,
    wire: Wire,
    source: Source,
    report: Report<F>,
    cancel: CancellationToken,
    /// Of the whole file; `None` while it is hashed on its way.
    sha256: Option<String>,
    /// Of what the server has for sure, while `sha256` is `None`.
    hashed: Hashed,
    upload: Option<Url>,
    abilities: Option<Abilities>,
    /// The most the server has ever said to hold of this upload.
    acknowledged: u64,
    chunk_bytes: usize,
    ahead: Option<(u64, JoinHandle<Result<Chunk, Error>>)>,
    /// The memory of a chunk that was sent, for the next one: fresh memory costs as much as reading into it.
    spare: Option<BytesMut>,
    failures: u32,
    /// Chunks in a row that did not match on the other side.
    mismatches: u32,
    renewals: u32,
}

impl<F: FnMut(Event)> Transfer<F> {
    async fn run(mut self) -> Result<Uploaded, Error> {
        loop {
            match self.attempt().await {
                Ok(uploaded) => return Ok(uploaded),
                Err(Setback::Final(error)) => return Err(error),
                Err(Setback::Gone(error)) => self.renew(error)?,
                Err(Setback::Again(reason)) => self.wait(reason).await?,
                Err(Setback::Mismatch(reason)) => self.mismatch(reason).await?,
            }
        }
    }

    /// From wherever the server stands to the end, or to the first setback.
    async fn attempt(&mut self) -> Result<Uploaded, Setback> {
        let abilities = self.abilities().await?;
        if !abilities.onetake {
            self.know_hash().await?;
        }
        let (upload, mut place) = match &self.upload {
            Some(upload) => (upload.clone(), self.wire.place(upload).await?),
            None => self.create(abilities).await?,
        };
        if place.expects.is_some() || place.sha256.is_some() {
            self.know_hash().await?;
        }
        self.check(&place)?;
        self.gained(place.offset);
        self.report.resumed(place.offset);
        while place.offset < self.source.length {
            let next = self.send(&upload, place.offset, abilities).await?;
            if next.offset == place.offset {
                return Err(Setback::Again("the server kept nothing of the last chunk".to_owned()));
            }
            place = next;
            self.gained(place.offset);
            self.chunk_bytes = (self.chunk_bytes * 2).min(CHUNK_MOST);
        }
        self.report.sending_last(place.offset);
        let sha256 = self.know_hash().await?;
        self.confirm(upload, place, sha256, abilities)
    }

    async fn abilities(&mut self) -> Result<Abilities, Setback> {
        if let Some(known) = self.abilities {
            return Ok(known);
        }
        let abilities = match self.wire.abilities().await {
            // The endpoint itself is missing: no new upload would help.
            Err(Setback::Gone(error)) => return Err(Setback::Final(error)),
            other => other?,
        };
        if let Some(most) = abilities.most.filter(|most| *most < self.source.length) {
            let message = format!("the file has {} bytes, it takes {most}", self.source.length);
            return Err(Setback::Final(Error::Refused { host: self.wire.host(), status: 413, message }));
        }
        self.abilities = Some(abilities);
        Ok(abilities)
    }

    async fn create(&mut self, abilities: Abilities) -> Result<(Url, Place), Setback> {
        let header = metadata::header(&self.job, self.sha256.as_deref(), abilities.onetake);
        let created = self.wire.create(Some(self.source.length), &header).await;
        let (upload, place) = match created {
            Err(Setback::Gone(error)) => return Err(Setback::Final(error)),
            other => other?,
        };
        self.report.tell(Event::Located { location: upload.to_string() });
        self.upload = Some(upload.clone());
        Ok((upload, place))
    }

    /// Is this still our upload, and does the server not contradict itself?
    fn check(&self, place: &Place) -> Result<(), Setback> {
        let other_length = place.length.is_some_and(|length| length != self.source.length);
        let named = [&place.expects, &place.sha256];
        let other_file = named.into_iter().flatten().any(|named| self.sha256.as_ref().is_some_and(|own| named != own));
        if other_length || other_file {
            let what = "the upload there is one of another file".to_owned();
            return Err(Setback::Gone(Error::Nonsense { host: self.wire.host(), what }));
        }
        if place.offset > self.source.length {
            return Err(self.wire.nonsense(&format!("it holds {} bytes of {}", place.offset, self.source.length)));
        }
        if place.offset < self.acknowledged {
            let what = format!("it held {} bytes and now holds {}", self.acknowledged, place.offset);
            return Err(self.wire.nonsense(&what));
        }
        Ok(())
    }

    fn gained(&mut self, offset: u64) {
        if offset > self.acknowledged {
            self.acknowledged = offset;
            (self.failures, self.mismatches) = (0, 0);
        }
    }

    /// One chunk from `offset` on, while the next is read.
    async fn send(&mut self, upload: &Url, offset: u64, abilities: Abilities) -> Result<Place, Setback> {
        let chunk = self.chunk(offset, abilities).await?;
        let size = chunk.bytes.len() as u64;
        let end = offset + size;
        if end < self.source.length {
            let spare = self.spare.take().unwrap_or_default();
            let read = self.source.clone().chunk(end, self.chunk_bytes, chunk.next_check(), spare);
            self.ahead = Some((end, tokio::spawn(read)));
        }
        let taken = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&taken);
        let body = wire::body(chunk.bytes.clone(), move |bytes| {
            count.fetch_add(bytes as u64, Ordering::Relaxed);
        });
        let patience = if end == self.source.length { end as f64 / CHECK_BYTES_PER_SEC } else { 0.0 } + ANSWER_SECS;
        let mut sending = Box::pin(self.wire.patch(upload, &chunk, body));
        let mut tick = tokio::time::interval(TICK);
        let (mut last, mut since) = (0, clock::now());
        loop {
            tokio::select! {
                answer = &mut sending => {
                    if let (Ok(place), Proof::File(hashed)) = (&answer, &chunk.proof) && place.offset == end {
                        self.hashed = hashed.clone();
                    }
                    drop(sending);
                    self.spare = chunk.bytes.try_into_mut().ok();
                    return answer;
                }
                _ = tick.tick() => {
                    let (sent, now) = (taken.load(Ordering::Relaxed), clock::now());
                    self.report.sending(offset + sent);
                    if sent != last {
                        (last, since) = (sent, now);
                    }
                    let limit = if sent < size { STALL_SECS } else { patience };
                    if time::secs(now.since(since)) > limit {
                        return Err(Setback::Again("no byte moved for a while".to_owned()));
                    }
                }
            }
        }
    }

    async fn chunk(&mut self, offset: u64, abilities: Abilities) -> Result<Chunk, Error> {
        if let Some((_, read)) = self.ahead.take_if(|(start, _)| *start == offset) {
            return read.await.unwrap_or(Err(Error::Cancelled));
        }
        let check = if self.sha256.is_none() {
            self.hash_to(offset).await?;
            Check::File(self.hashed.clone())
        } else if abilities.checksums && !abilities.onetake {
            Check::Chunk
        } else {
            Check::No
        };
        self.source.clone().chunk(offset, self.chunk_bytes, check, self.spare.take().unwrap_or_default()).await
    }

    /// The whole file's hash, read now if it is not known.
    async fn know_hash(&mut self) -> Result<String, Error> {
        if let Some(known) = &self.sha256 {
            return Ok(known.clone());
        }
        self.hash_to(self.source.length).await?;
        let sha256 = self.hashed.hex();
        self.ahead = None;
        self.sha256 = Some(sha256.clone());
        self.report.tell(Event::Hashed { sha256: sha256.clone() });
        Ok(sha256)
    }

    /// Brings `hashed` to byte `end`.
    async fn hash_to(&mut self, end: u64) -> Result<(), Error> {
        let from = if self.hashed.bytes <= end { std::mem::take(&mut self.hashed) } else { Hashed::default() };
        if from.bytes < end {
            let done = Arc::new(AtomicU64::new(from.bytes));
            let hashing = self.source.hash(from, end, Arc::clone(&done), self.cancel.clone());
            tokio::pin!(hashing);
            let mut tick = tokio::time::interval(TICK);
            self.hashed = loop {
                tokio::select! {
                    hashed = &mut hashing => break hashed?,
                    _ = tick.tick() => self.report.hashing(done.load(Ordering::Relaxed)),
                }
            };
        } else {
            self.hashed = from;
        }
        Ok(())
    }

    /// All bytes are there: are they ours?
    fn confirm(&self, upload: Url, place: Place, sha256: String, abilities: Abilities) -> Result<Uploaded, Setback> {
        match &place.sha256 {
            Some(theirs) if *theirs != sha256 => {
                return Err(Setback::Final(Error::Differs { host: self.wire.host() }));
            }
            None if abilities.onetake => return Err(Setback::Again("the server is still checking the file".to_owned())),
            _ => {}
        }
        let bytes = self.source.length;
        Ok(Uploaded { recording: place.recording, bytes, sha256, location: upload.to_string(), blocks: None })
    }

    fn renew(&mut self, error: Error) -> Result<(), Error> {
        if self.upload.take().is_none() || self.renewals == RENEWALS {
            return Err(error);
        }
        tracing::info!("the server no longer has the upload; sending the file from its start");
        self.renewals += 1;
        (self.acknowledged, self.mismatches, self.ahead) = (0, 0, None);
        Ok(())
    }

    /// A chunk is sent again. If the file up to its end still does not match, the fault is in what was there before: another
    /// file's bytes, or ones that broke on the way of an earlier chunk. Then only a new upload helps.
    async fn mismatch(&mut self, reason: String) -> Result<(), Error> {
        self.mismatches += 1;
        if self.mismatches < 2 || self.sha256.is_some() {
            return self.wait(reason).await;
        }
        if let Some(upload) = &self.upload {
            // If it stays there, it expires.
            let _ = self.wire.delete(upload).await;
        }
        self.renew(Error::Differs { host: self.wire.host() })
    }

    async fn wait(&mut self, reason: String) -> Result<(), Error> {
        self.failures += 1;
        self.ahead = None;
        self.chunk_bytes = (self.chunk_bytes / 2).max(CHUNK_LEAST);
        if self.failures >= self.job.patience.tries {
            return Err(Error::GaveUp { host: self.wire.host(), tries: self.failures, last: reason });
        }
        let secs = backoff_secs(self.failures, jitter()) * self.job.patience.pace;
        tracing::debug!(attempt = self.failures, secs, reason, "upload interrupted");
        self.report.tell(Event::Waiting { attempt: self.failures, secs, reason });
        tokio::time::sleep(Duration::try_from_secs_f64(secs).unwrap_or_default()).await;
        Ok(())
    }
}

/// 0 to 1; the middle when the system has no random numbers, which costs nothing but the spread.
pub(super) fn jitter() -> f64 {
    getrandom::u32().map_or(0.5, |number| f64::from(number) / f64::from(u32::MAX))
}
