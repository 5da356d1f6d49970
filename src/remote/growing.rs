//! A file that is sent while it is written. What is on the disk and will not change goes out in parts, at a polite rate, never
//! ahead of what is known to be safe; when the file is complete, its rest, its corrected beginning and the hash of the whole
//! follow, so that the end of a take of two hours costs as much sending as that of one of two minutes.
//!
//! While the file grows the line may be away for as long as it likes. Only a server that takes corrections is sent anything;
//! with any other this ends at once (`Error::Grows`), and the file goes the ordinary way when it is complete.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::BytesMut;
use reqwest::Url;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::error::Error;
use super::report::Report;
use super::source::{Check, Source};
use super::transfer::jitter;
use super::wire::{self, Closing, Correction, Place, Setback, Wire};
use super::{Event, Job, Uploaded, address, metadata};
use crate::clock;
use crate::core::blocks::Blocks;
use crate::core::time::{self, Moment};
use crate::core::upload::{Metadata, backoff_secs};

/// Bytes in a part while the file grows, and when it has stopped.
const PART: usize = 1 << 20;
const LAST_PARTS: usize = 8 << 20;
/// What is sent of a growing file a second at most, so that after an hour without a line the backlog does not take the whole
/// of it: four times what a 1080p take has, and a network of the kind that people have at home is not full of it.
const POLITE_BYTES_PER_SEC: f64 = 4e6;
/// A part, or an answer without work behind it, takes no longer on a line that lives.
const PART_SECS: f64 = 120.0;
/// The server reads the whole file before it says that it is right, at this rate at least.
const CHECK_BYTES_PER_SEC: f64 = 50e6;
/// New uploads begun because the server had lost the one before, or could not check a part.
const RENEWALS: u32 = 3;
/// Parts in a row that arrive wrong.
const MISMATCHES: u32 = 4;
/// The beginning that may be corrected, in bytes.
const MOST_HEAD: u64 = 1 << 20;
const TICK: Duration = Duration::from_millis(100);

/// How far a growing file has come.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extent {
    /// Bytes from the start that are on the disk and stay as they are, but for the head.
    pub settled: u64,
    /// Whatever writes the file has its hands full: nothing is to be sent just now.
    pub busy: bool,
    /// The file is complete.
    pub end: Option<End>,
}

/// What is known of a file that has stopped growing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct End {
    /// Bytes of the whole.
    pub length: u64,
    /// Bytes at its beginning that were written anew at the end.
    pub head: u64,
    pub metadata: Metadata,
}

/// Sends `job.file` while it grows as `extents` tells; ends when it has arrived whole. `job.metadata` has the title, the rest
/// comes with the end. Cancelling leaves what arrived on the server.
///
/// # Errors
/// `Error::Grows` from a server that can't do this, `Error::Differs` when the corrected file is not the one here (send it the
/// ordinary way), else as [`super::upload()`]. `Error::Cancelled` also when nobody tells the extent any more.
pub async fn upload_growing(
    job: Job,
    extents: watch::Receiver<Extent>,
    on_event: impl FnMut(Event),
    cancel: CancellationToken,
) -> Result<Uploaded, Error> {
    let guard = cancel.clone();
    tokio::select! {
        biased;
        () = guard.cancelled() => Err(Error::Cancelled),
        done = run(job, extents, on_event, cancel) => done,
    }
}

async fn run(
    job: Job,
    extents: watch::Receiver<Extent>,
    on_event: impl FnMut(Event),
    cancel: CancellationToken,
) -> Result<Uploaded, Error> {
    let wire = Wire::new(&job.server, job.token.clone())?;
    let upload = job.location.as_deref().and_then(|location| address::located(&wire.endpoint, location).ok());
    let source = Source::growing(job.file.clone()).await?;
    let growing = Growing {
        job,
        wire,
        source,
        extents,
        report: Report::new(on_event, 0),
        cancel,
        upload,
        able: false,
        measured: None,
        spare: BytesMut::new(),
        failures: 0,
        mismatches: 0,
        renewals: 0,
    };
    growing.run().await
}

struct Growing<F> {
    job: Job,
    wire: Wire,
    source: Source,
    extents: watch::Receiver<Extent>,
    report: Report<F>,
    cancel: CancellationToken,
    upload: Option<Url>,
    /// The server was asked, and takes corrections.
    able: bool,
    /// Of the complete file.
    measured: Option<Blocks>,
    /// The memory of the part before.
    spare: BytesMut,
    failures: u32,
    mismatches: u32,
    renewals: u32,
}

impl<F: FnMut(Event)> Growing<F> {
    async fn run(mut self) -> Result<Uploaded, Error> {
        loop {
            match self.attempt().await {
                Ok(uploaded) => return Ok(uploaded),
                Err(Setback::Final(error)) => return Err(self.ended(error).await),
                Err(Setback::Gone(error)) => self.renew(error)?,
                Err(Setback::Again(reason)) => self.wait(reason).await?,
                Err(Setback::Mismatch(reason)) => self.mismatch(reason).await?,
            }
        }
    }

    /// From wherever the server stands to the end, or to the first setback.
    async fn attempt(&mut self) -> Result<Uploaded, Setback> {
        self.ask().await?;
        let (upload, mut place) = match &self.upload {
            Some(upload) => (upload.clone(), self.wire.place(upload).await?),
            None => self.create().await?,
        };
        self.failures = 0;
        self.extend();
        self.report.resumed(place.offset);
        loop {
            if let Some(sha256) = place.sha256.clone() {
                return self.confirm(&upload, place, &sha256).await;
            }
            let extent = self.next(place.offset).await?;
            if extent.settled > place.offset {
                place = self.part(&upload, &place, &extent).await?;
                (self.failures, self.mismatches) = (0, 0);
                continue;
            }
            if let Some(end) = extent.end {
                place = self.close(&upload, &end).await?;
            }
        }
    }

    async fn ask(&mut self) -> Result<(), Setback> {
        if self.able {
            return Ok(());
        }
        let abilities = match self.wire.abilities().await {
            Err(Setback::Gone(error)) => return Err(Setback::Final(error)),
            other => other?,
        };
        if !abilities.closing || !abilities.checksums {
            return Err(Setback::Final(Error::Grows { host: self.wire.host() }));
        }
        self.able = true;
        Ok(())
    }

    async fn create(&mut self) -> Result<(Url, Place), Setback> {
        let header = metadata::header(&self.job, None, true);
        let created = match self.wire.create(None, &header).await {
            Err(Setback::Gone(error)) => return Err(Setback::Final(error)),
            other => other?,
        };
        self.report.tell(Event::Located { location: created.0.to_string() });
        self.upload = Some(created.0.clone());
        Ok(created)
    }

    /// Waits until there is something to do beyond `offset`.
    async fn next(&mut self, offset: u64) -> Result<Extent, Error> {
        let wanted = |extent: &Extent| extent.end.is_some() || (extent.settled > offset && !extent.busy);
        let extent = self.extents.wait_for(wanted).await.map_err(|_| Error::Cancelled)?.clone();
        self.extend();
        Ok(extent)
    }

    /// What there is to send has become more.
    fn extend(&mut self) {
        let extent = self.extents.borrow();
        self.report.total(extent.end.as_ref().map_or(extent.settled, |end| end.length));
    }

    /// One part, and the rest that politeness asks for after it.
    async fn part(&mut self, upload: &Url, place: &Place, extent: &Extent) -> Result<Place, Setback> {
        let begin = clock::now();
        let ended = extent.end.is_some();
        let limit = if ended { LAST_PARTS } else { PART };
        let source = self.source.to(extent.settled);
        let chunk = source.chunk(place.offset, limit, Check::Chunk, std::mem::take(&mut self.spare)).await?;
        let size = chunk.bytes.len() as u64;
        let sent = timely(self.wire.patch(upload, &chunk, wire::body(chunk.bytes.clone(), |_| {}))).await?;
        self.spare = chunk.bytes.try_into_mut().unwrap_or_default();
        if sent.offset != place.offset + size {
            return Err(Setback::Again("the server kept only a part of the last one".to_owned()));
        }
        self.report.sending(sent.offset);
        if !ended {
            self.rest(begin, size).await;
        }
        Ok(sent)
    }

    /// Rests until `bytes` sent since `begin` are no more than is polite, or the file has stopped growing.
    async fn rest(&mut self, begin: Moment, bytes: u64) {
        let secs = bytes as f64 / POLITE_BYTES_PER_SEC - time::secs(clock::now().since(begin));
        let Ok(rest) = Duration::try_from_secs_f64(secs) else { return };
        // Over either way: by time, by the end, or because nobody tells any more, which the next look says.
        let _ = tokio::time::timeout(rest, self.extents.wait_for(|extent| extent.end.is_some())).await;
    }

    /// All bytes are there: the corrected beginning and the hash of the whole.
    async fn close(&mut self, upload: &Url, end: &End) -> Result<Place, Setback> {
        self.report.sending_last(end.length);
        let sha256 = self.measure(end.length).await?.sha256.clone();
        let head = self.source.to(end.head.min(MOST_HEAD).min(end.length));
        let head = head.chunk(0, MOST_HEAD as usize, Check::No, BytesMut::new()).await?;
        let closing = Closing {
            length: end.length,
            sha256,
            duration_seconds: end.metadata.duration_seconds,
            scenes: end.metadata.scenes.clone(),
            studio_metadata: end.metadata.studio_metadata.clone(),
            corrections: vec![Correction { offset: 0, bytes: STANDARD.encode(&head.bytes) }],
        };
        let limit = Duration::from_secs_f64(PART_SECS + end.length as f64 / CHECK_BYTES_PER_SEC);
        match self.wire.close(upload, &closing, limit).await {
            // What was sent is not what is here now: someone changed more than the beginning.
            Err(Setback::Final(Error::Refused { status: 422, .. })) => {
                Err(Setback::Final(Error::Differs { host: self.wire.host() }))
            }
            other => other,
        }
    }

    /// The server has checked a whole file; is it this one?
    async fn confirm(&mut self, upload: &Url, place: Place, theirs: &str) -> Result<Uploaded, Setback> {
        let end = self.extents.wait_for(|extent| extent.end.is_some()).await.map_err(|_| Error::Cancelled)?.end.clone();
        let length = end.map_or(0, |end| end.length);
        let blocks = self.measure(length).await?.clone();
        if blocks.sha256 != theirs {
            return Err(Setback::Final(Error::Differs { host: self.wire.host() }));
        }
        let (sha256, location) = (blocks.sha256.clone(), upload.to_string());
        Ok(Uploaded { recording: place.recording, bytes: length, sha256, location, blocks: Some(blocks) })
    }

    /// The complete file's fingerprint, read once.
    async fn measure(&mut self, length: u64) -> Result<&Blocks, Error> {
        if self.measured.as_ref().is_none_or(|known| known.bytes != length) {
            let done = Arc::new(AtomicU64::new(0));
            let source = self.source.to(length);
            let measuring = source.measure(Arc::clone(&done), self.cancel.clone());
            tokio::pin!(measuring);
            let mut tick = tokio::time::interval(TICK);
            let blocks = loop {
                tokio::select! {
                    blocks = &mut measuring => break blocks?,
                    _ = tick.tick() => self.report.hashing(done.load(Ordering::Relaxed)),
                }
            };
            self.report.tell(Event::Hashed { sha256: blocks.sha256.clone() });
            self.measured = Some(blocks);
        }
        self.measured.as_ref().ok_or(Error::Cancelled)
    }

    /// The way to the end is barred: nothing of this upload is of use.
    async fn ended(&mut self, error: Error) -> Error {
        if matches!(error, Error::Differs { .. })
            && let Some(upload) = &self.upload
        {
            // If it stays there, it expires.
            let _ = self.wire.delete(upload).await;
        }
        error
    }

    fn renew(&mut self, error: Error) -> Result<(), Error> {
        if self.upload.take().is_none() || self.renewals == RENEWALS {
            return Err(error);
        }
        tracing::info!("the server no longer has the growing upload; sending the file from its start");
        self.renewals += 1;
        self.mismatches = 0;
        Ok(())
    }

    async fn mismatch(&mut self, reason: String) -> Result<(), Error> {
        self.mismatches += 1;
        if self.mismatches < MISMATCHES {
            self.wait(reason).await
        } else {
            self.renew(Error::Differs { host: self.wire.host() })
        }
    }

    /// While the file grows there is time; afterwards someone waits for it.
    async fn wait(&mut self, reason: String) -> Result<(), Error> {
        self.failures += 1;
        let complete = self.extents.borrow().end.is_some();
        if complete && self.failures >= self.job.patience.tries {
            return Err(Error::GaveUp { host: self.wire.host(), tries: self.failures, last: reason });
        }
        let secs = backoff_secs(self.failures, jitter()) * self.job.patience.pace;
        tracing::debug!(attempt = self.failures, secs, reason, "upload of a growing file interrupted");
        self.report.tell(Event::Waiting { attempt: self.failures, secs, reason });
        let rest = Duration::try_from_secs_f64(secs).unwrap_or_default();
        if complete {
            tokio::time::sleep(rest).await;
        } else if let Ok(Ok(_)) = tokio::time::timeout(rest, self.extents.wait_for(|extent| extent.end.is_some())).await {
            // It is complete now: the tries that someone waits for begin.
            self.failures = 0;
        }
        Ok(())
    }
}

/// A request that may take as long as a part does.
async fn timely<T>(request: impl Future<Output = Result<T, Setback>>) -> Result<T, Setback> {
    match tokio::time::timeout(Duration::from_secs_f64(PART_SECS), request).await {
        Ok(answer) => answer,
        Err(_) => Err(Setback::Again("no answer in time".to_owned())),
    }
}
