//! One take on its way: its row in the library and what the studio is told of it. The row is written before bytes flow, so that a
//! killed studio goes on where the server stands; when all has arrived, the take's fingerprint is kept beside it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::blobs::healing::{self, Sent};
use crate::clock;
use crate::core::problem::{Kind, Problem};
use crate::core::storage::Parcel;
use crate::core::take::{Take, TakeId};
use crate::core::upload::{Arrived, Goal, Status};
use crate::db;
use crate::remote::{self, Error, Event, Extent, Job, Patience, Token, Uploaded};
use crate::studio::{Message, upload};

use super::super::house::House;
use super::super::inbox::Outbox;
use super::super::objects;
use super::super::server::{EMBEDDED, Embedded};
use super::growing::{self, Told};
use super::{Target, bucket, metadata, second};

/// The way to a server.
pub(in crate::jobs) struct Road {
    pub embedded: Arc<Embedded>,
    pub target: Target,
}

/// A server that can be reached now.
pub(in crate::jobs) struct At {
    pub url: String,
    pub token: Token,
}

impl Road {
    /// What the library calls this server.
    pub fn name(&self) -> String {
        match &self.target {
            Target::Embedded => EMBEDDED.to_owned(),
            Target::Other { url, .. } => url.trim_end_matches('/').to_owned(),
        }
    }

    /// Where nothing else was named, the settings and the environment say.
    fn leads_to_storage(&self, house: &House) -> bool {
        matches!(self.target, Target::Embedded) && objects::wanted(&house.settings().0.storage)
    }

    pub fn reach(&self) -> Result<At, Problem> {
        Ok(match &self.target {
            Target::Embedded => {
                let (url, token) = self.embedded.reach()?;
                At { url, token }
            }
            Target::Other { url, token } => At { url: url.clone(), token: token.clone() },
        })
    }
}

/// What a transfer works with.
pub(super) struct Transfer {
    pub house: Arc<House>,
    pub outbox: Outbox,
    pub road: Road,
    /// The studio ends.
    pub closing: Arc<AtomicBool>,
    /// Nobody wants the take any more; nothing is said about it.
    pub dropped: Arc<AtomicBool>,
}

impl Transfer {
    /// Sends a take; one that is being recorded as `told` tells.
    pub async fn run(self, take: Take, told: Option<watch::Receiver<Told>>, cancel: CancellationToken) {
        let id = take.id.clone();
        let result = if self.road.leads_to_storage(&self.house) {
            self.store(take, told, cancel).await.map(|sha256| self.stored(sha256))
        } else {
            let goal = super::goal_of(&self.house, &self.road.name());
            let sent = self.send(take, told, cancel).await;
            sent.map(|uploaded| Arrived { recording: uploaded.recording, sha256: uploaded.sha256, goal })
        };
        self.ended(id, result);
    }

    /// Sends anything to the storage.
    pub async fn deliver(self, parcel: Parcel, cancel: CancellationToken) {
        let result = self.parcel(&parcel, cancel).await.map(|sha256| self.stored(sha256));
        self.ended(TakeId(parcel.id), result);
    }

    /// What arrived in the storage.
    fn stored(&self, sha256: String) -> Arrived {
        let goal = objects::goal(&self.house.settings().0.storage);
        // What is sent there by hand goes there wherever takes go.
        let goal = goal.unwrap_or(Goal::Storage { place: "storage".to_owned() });
        Arrived { recording: None, sha256, goal }
    }

    fn ended(&self, take: TakeId, result: Result<Arrived, Problem>) {
        if !self.dropped.load(Ordering::Relaxed) {
            self.outbox.send(Message::Upload(upload::Message::Ended { take, result }));
        }
    }

    /// A bucket takes only what is whole: the head of a take is written last.
    async fn store(
        &self,
        take: Take,
        told: Option<watch::Receiver<Told>>,
        cancel: CancellationToken,
    ) -> Result<String, Problem> {
        let take = match told {
            Some(told) => ended(told, &cancel).await?,
            None => take,
        };
        self.parcel(&Parcel::of_take(&take), cancel).await
    }

    async fn parcel(&self, parcel: &Parcel, cancel: CancellationToken) -> Result<String, Problem> {
        let tell = |message| {
            if !self.dropped.load(Ordering::Relaxed) {
                self.outbox.try_send(Message::Upload(message));
            }
        };
        bucket::send(&self.house, parcel, &self.closing, tell, cancel).await
    }

    /// Sends the take with this id, which is being recorded.
    pub async fn follow(self, id: TakeId, told: watch::Receiver<Told>, cancel: CancellationToken) {
        match self.house.db.take(&id) {
            Ok(Some(take)) => self.run(take, Some(told), cancel).await,
            Ok(None) => tracing::warn!(take = %id, "a take that is recorded has no row and is not sent"),
            Err(error) => self.outbox.problem(error),
        }
    }

    async fn send(
        &self,
        mut take: Take,
        told: Option<watch::Receiver<Told>>,
        cancel: CancellationToken,
    ) -> Result<Uploaded, Problem> {
        let at = self.road.reach()?;
        let name = self.road.name();
        let known = self.house.db.upload(&take.id, &name)?;
        let mut row = row(&take, &name, known, told.is_some());
        self.house.db.save_upload(&row)?;
        let sent = self.all(&mut take, told, &at, &mut row, &cancel).await;
        row.updated_at = clock::wall();
        match &sent {
            Ok(uploaded) => {
                row.status = Status::Uploaded;
                row.recording = uploaded.recording.clone();
                row.sha256 = Some(uploaded.sha256.clone());
                (row.bytes, row.problem) = (uploaded.bytes, None);
            }
            // What arrived stays on the server; the next upload goes on there, by itself when only the studio was closed.
            Err(problem) if problem.kind == Kind::Cancelled => {
                let by_hand = !self.closing.load(Ordering::Relaxed);
                (row.status, row.problem) = (Status::Pending, by_hand.then(|| problem.what.clone()));
            }
            Err(problem) => (row.status, row.problem) = (Status::Failed, Some(problem.what.clone())),
        }
        if !self.dropped.load(Ordering::Relaxed) {
            self.house.db.save_upload(&row)?;
        }
        sent
    }

    /// The take's own file, and then its screen.
    async fn all(
        &self,
        take: &mut Take,
        told: Option<watch::Receiver<Told>>,
        at: &At,
        row: &mut db::Upload,
        cancel: &CancellationToken,
    ) -> Result<Uploaded, Problem> {
        let first = match second::first(row) {
            Some(first) => first,
            None => {
                let recorded = told.clone();
                let first = self.carry(take, told, at, row, cancel).await?;
                // What was recorded meanwhile is known whole by now.
                let whole = recorded.and_then(|told| told.borrow().ended.as_deref().cloned());
                whole.into_iter().for_each(|whole| *take = whole);
                keep_fingerprint(take, &row.server, &first).await;
                first
            }
        };
        if let Some(track) = &take.screen {
            if row.screen.is_none() {
                second::begin(row, &first);
                self.keep(row);
            }
            self.send_screen(take, track, at, row, cancel).await?;
        }
        Ok(first)
    }

    /// While the take is recorded, what goes wrong is no one's business: it is tried again when the take has ended, the
    /// ordinary way if the server knows no other.
    async fn carry(
        &self,
        take: &mut Take,
        mut told: Option<watch::Receiver<Told>>,
        at: &At,
        row: &mut db::Upload,
        cancel: &CancellationToken,
    ) -> Result<Uploaded, Problem> {
        loop {
            let job = job(take, at, row);
            let result = if row.growing {
                let extents = extents(take, told.as_ref()).await?;
                remote::upload_growing(job, extents, |event| self.told(take, event, row), cancel.clone()).await
            } else {
                remote::upload(job, |event| self.told(take, event, row), cancel.clone()).await
            };
            let other_way = row.growing && matches!(result, Err(Error::Differs { .. } | Error::Grows { .. }));
            if other_way {
                (row.growing, row.location, row.sha256) = (false, None, None);
            }
            match (result, told.take()) {
                (Err(error), Some(told)) if !cancel.is_cancelled() => {
                    tracing::info!(%error, take = %take.id, "the take is sent when it has ended");
                    *take = ended(told, cancel).await?;
                }
                (Err(_), None) if other_way => {}
                (result, _) => return result.map_err(Problem::from),
            }
            row.bytes = take.bytes;
        }
    }

    fn told(&self, take: &Take, event: Event, row: &mut db::Upload) {
        let after = second::screen_bytes(take);
        let take = take.id.clone();
        let message = match event {
            Event::Hashing { done_bytes, total_bytes } => {
                upload::Message::Hashing { take, done: done_bytes, total: total_bytes }
            }
            Event::Sending(progress) => {
                upload::Message::Sending { take, progress: second::of_all(progress, 0, progress.total_bytes + after) }
            }
            Event::Waiting { attempt, secs, reason } => upload::Message::Retrying { take, attempt, secs, reason },
            Event::Hashed { sha256 } => {
                row.sha256 = Some(sha256);
                return;
            }
            Event::Located { location } => {
                row.location = Some(kept_location(&row.server, location));
                row.updated_at = clock::wall();
                return self.keep(row);
            }
        };
        self.tell(Message::Upload(message));
    }

    /// Saves where the upload stands, for a studio that is killed.
    pub(super) fn keep(&self, row: &db::Upload) {
        if let Err(error) = self.house.db.save_upload(row) {
            tracing::warn!(%error, "where an upload stands was not saved; after a crash it begins anew");
        }
    }

    pub(super) fn tell(&self, message: Message) {
        if !self.dropped.load(Ordering::Relaxed) {
            self.outbox.try_send(message);
        }
    }
}

/// The row of this upload: an unfinished one's, or a new one.
fn row(take: &Take, server: &str, known: Option<db::Upload>, growing: bool) -> db::Upload {
    let unfinished = known.filter(|known| known.status != Status::Uploaded && (known.growing || known.bytes == take.bytes));
    if let Some(known) = unfinished {
        // An upload that lost its growth has no more to correct than another.
        let growing = known.growing && known.location.is_some() || growing;
        let (status, attempt) = (Status::Uploading, known.attempt + 1);
        return db::Upload { status, attempt, growing, bytes: take.bytes, problem: None, ..known };
    }
    db::Upload {
        take: take.id.clone(),
        server: server.to_owned(),
        location: None,
        recording: None,
        sha256: None,
        bytes: take.bytes,
        status: Status::Uploading,
        growing,
        attempt: 0,
        problem: None,
        updated_at: clock::wall(),
        screen: None,
    }
}

fn job(take: &Take, at: &At, row: &db::Upload) -> Job {
    Job {
        file: PathBuf::from(&take.media),
        server: at.url.clone(),
        token: at.token.clone(),
        take: Some(take.id.clone()),
        metadata: metadata::of_take(take),
        location: row.location.as_ref().map(|path| located(&at.url, path)),
        sha256: row.sha256.clone(),
        patience: Patience::default(),
    }
}

/// What there is of a take to send: as it grows, or all of it.
async fn extents(take: &Take, told: Option<&watch::Receiver<Told>>) -> Result<watch::Receiver<Extent>, Problem> {
    if let Some(told) = told {
        return Ok(growing::follow(PathBuf::from(&take.media), told.clone()));
    }
    let take = take.clone();
    let complete = tokio::task::spawn_blocking(move || growing::complete(&take)).await;
    let extent = complete.unwrap_or_else(|_| Err(Problem::cancelled()))?;
    Ok(watch::channel(extent).1)
}

/// Waits for a take's end.
async fn ended(mut told: watch::Receiver<Told>, cancel: &CancellationToken) -> Result<Take, Problem> {
    tokio::select! {
        biased;
        () = cancel.cancelled() => Err(Problem::cancelled()),
        told = told.wait_for(|told| told.ended.is_some()) => {
            told.ok().and_then(|told| told.ended.as_deref().cloned()).ok_or_else(Problem::cancelled)
        }
    }
}

/// Keeps what a take's file is, so that damage is found and healed later. Without it only the whole can be compared.
async fn keep_fingerprint(take: &Take, server: &str, uploaded: &Uploaded) {
    let (folder, media) = (PathBuf::from(&take.folder), PathBuf::from(&take.media));
    let (server, recording) = (server.to_owned(), uploaded.recording.clone());
    let (known, sha256) = (uploaded.blocks.clone(), uploaded.sha256.clone());
    let kept = tokio::task::spawn_blocking(move || keep(&folder, &media, known, &sha256, server, recording));
    if let Ok(Err(problem)) = kept.await {
        tracing::warn!(%problem, take = %take.id, "the fingerprint of an uploaded take was not kept");
    }
}

fn keep(
    folder: &Path,
    media: &Path,
    known: Option<crate::core::blocks::Blocks>,
    sha256: &str,
    server: String,
    recording: Option<String>,
) -> Result<(), Problem> {
    let blocks = match known {
        Some(blocks) => blocks,
        None => healing::measure(media, |_| true)?.unwrap_or_default(),
    };
    if blocks.sha256 != sha256 {
        return Err(Problem::failed("The take's file is no longer what was uploaded.", ""));
    }
    Ok(healing::save(folder, &Sent { server, recording, blocks })?)
}

/// An upload's address as the library keeps it.
pub(super) fn kept_location(server: &str, location: String) -> String {
    if server == EMBEDDED { path_of(&location) } else { location }
}

/// The path of an address: the embedded server has another port at each start.
fn path_of(location: &str) -> String {
    let after_host = location.split_once("://").map_or(location, |(_, rest)| rest);
    after_host.find('/').map_or_else(|| location.to_owned(), |at| after_host[at..].to_owned())
}

pub(super) fn located(server: &str, location: &str) -> String {
    if location.starts_with('/') { format!("{}{location}", server.trim_end_matches('/')) } else { location.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_embedded_address_survives_a_new_port() {
        let path = path_of("http://127.0.0.1:40123/api/v1/studio/tus/abc");
        assert_eq!(path, "/api/v1/studio/tus/abc");
        assert_eq!(located("http://127.0.0.1:50000", &path), "http://127.0.0.1:50000/api/v1/studio/tus/abc");
        assert_eq!(located("http://x", "http://other/y"), "http://other/y");
    }
}
