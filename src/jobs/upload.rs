//! Uploads: each take's transfer, its row in the library, and what the studio is told of it. The row is written before bytes
//! flow, so that a killed studio goes on where the server stands.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::clock;
use crate::core::problem::{Kind, Problem};
use crate::core::take::{Take, TakeId};
use crate::core::time::secs;
use crate::core::upload::{Metadata, SceneTimes, Status};
use crate::db;
use crate::remote::{self, Event, Job, Patience, Token};
use crate::studio::{Message, upload};

use super::house::{House, Ways};
use super::inbox::Outbox;
use super::server::{EMBEDDED, Embedded};

/// Where takes go.
#[derive(Clone, Debug)]
pub enum Target {
    /// The studio's own server.
    Embedded,
    /// Another one.
    Other { url: String, token: Token },
}

impl Target {
    /// Another server, by its address and token.
    pub fn other(url: &str, token: &str) -> Result<Target, Problem> {
        Ok(Target::Other { url: url.to_owned(), token: Token::new(token)? })
    }
}

type Running = Arc<Mutex<HashMap<TakeId, (CancellationToken, JoinHandle<()>)>>>;

/// The transfers of one studio.
#[derive(Debug)]
pub struct Uploads {
    house: Arc<House>,
    ways: Ways,
    embedded: Arc<Embedded>,
    target: Target,
    running: Running,
    /// Transfers that end now were not cancelled by the person.
    closing: Arc<AtomicBool>,
}

impl Uploads {
    pub fn new(house: Arc<House>, ways: Ways, embedded: Arc<Embedded>) -> Uploads {
        Uploads { house, ways, embedded, target: Target::Embedded, running: Arc::default(), closing: Arc::default() }
    }

    /// Where takes go from now on.
    pub fn aim(&mut self, target: Target) {
        self.target = target;
    }

    pub fn run(&self, effect: upload::Effect) {
        match effect {
            upload::Effect::Start { take } => self.start(*take),
            upload::Effect::Cancel { take } => {
                if let Some((cancel, _)) = self.lock().get(&take) {
                    cancel.cancel();
                }
            }
            // Read from the library, which is `resume`'s, on the library's thread.
            upload::Effect::Resume => {}
        }
    }

    /// Stops all transfers, resumable, and the embedded server.
    pub fn finish(self) {
        self.closing.store(true, Ordering::Relaxed);
        let running: Vec<_> = self.lock().drain().collect();
        for (_, (cancel, task)) in running {
            cancel.cancel();
            if self.house.runtime.block_on(task).is_err() {
                tracing::warn!("a transfer did not end in order");
            }
        }
        self.embedded.stop();
    }

    fn start(&self, take: Take) {
        let mut running = self.lock();
        let before = running.remove(&take.id);
        let cancel = CancellationToken::new();
        let transfer = Transfer {
            house: Arc::clone(&self.house),
            outbox: self.ways.outbox.clone(),
            embedded: Arc::clone(&self.embedded),
            target: self.target.clone(),
            take: take.clone(),
            closing: Arc::clone(&self.closing),
        };
        let (id, mine) = (take.id, cancel.clone());
        let task = self.house.runtime.spawn(async move {
            // It has said that it ended and may not quite have: two at a time would fight over the upload.
            if let Some((_, task)) = before {
                let _ = task.await;
            }
            transfer.run(mine).await;
        });
        running.insert(id, (cancel, task));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<TakeId, (CancellationToken, JoinHandle<()>)>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Goes on with what an earlier run was sending. Told through the studio, which then asks for the start like a person's click.
pub fn resume(house: &House, ways: &Ways) {
    let unfinished = match house.db.unfinished_uploads() {
        Ok(unfinished) => unfinished,
        Err(error) => return ways.outbox.problem(error),
    };
    // What the person cancelled has its reason in the row and waits for the person.
    let goes_on = |row: &db::Upload| row.server == EMBEDDED && row.status != Status::Failed && row.problem.is_none();
    for row in unfinished.into_iter().filter(goes_on) {
        match house.db.take(&row.take) {
            Ok(Some(take)) => ways.outbox.send(Message::Upload(upload::Message::Start(Box::new(take)))),
            Ok(None) => {}
            Err(error) => ways.outbox.problem(error),
        }
    }
}

/// One take on its way.
struct Transfer {
    house: Arc<House>,
    outbox: Outbox,
    embedded: Arc<Embedded>,
    target: Target,
    take: Take,
    closing: Arc<AtomicBool>,
}

impl Transfer {
    async fn run(self, cancel: CancellationToken) {
        let result = self.send(cancel).await;
        let take = self.take.id.clone();
        self.outbox.send(Message::Upload(upload::Message::Ended { take, result }));
    }

    async fn send(&self, cancel: CancellationToken) -> Result<(Option<String>, String), Problem> {
        let (name, server, token) = match &self.target {
            Target::Embedded => {
                let (url, token) = self.embedded.reach()?;
                (EMBEDDED.to_owned(), url, token)
            }
            Target::Other { url, token } => (url.trim_end_matches('/').to_owned(), url.clone(), token.clone()),
        };
        let known = self.house.db.upload(&self.take.id, &name)?;
        let mut row = self.row(&name, known);
        self.house.db.save_upload(&row)?;
        let job = Job {
            file: PathBuf::from(&self.take.media),
            server: server.clone(),
            token,
            take: Some(self.take.id.clone()),
            metadata: metadata(&self.take),
            location: row.location.as_ref().map(|path| located(&server, path)),
            sha256: row.sha256.clone(),
            patience: Patience::default(),
        };
        let sent = remote::upload(job, |event| self.told(event, &mut row), cancel).await;
        let result = sent.map_err(Problem::from);
        row.updated_at = clock::wall();
        match &result {
            Ok(uploaded) => {
                row.status = Status::Uploaded;
                row.recording = uploaded.recording.clone();
                row.sha256 = Some(uploaded.sha256.clone());
                row.problem = None;
            }
            // What arrived stays on the server; the next upload goes on there, by itself when only the studio was closed.
            Err(problem) if problem.kind == Kind::Cancelled => {
                let by_hand = !self.closing.load(Ordering::Relaxed);
                (row.status, row.problem) = (Status::Pending, by_hand.then(|| problem.what.clone()));
            }
            Err(problem) => (row.status, row.problem) = (Status::Failed, Some(problem.what.clone())),
        }
        self.house.db.save_upload(&row)?;
        result.map(|uploaded| (uploaded.recording, uploaded.sha256))
    }

    /// The row of this upload: an unfinished one's, or a new one.
    fn row(&self, server: &str, known: Option<db::Upload>) -> db::Upload {
        let fresh = db::Upload {
            take: self.take.id.clone(),
            server: server.to_owned(),
            location: None,
            recording: None,
            sha256: None,
            bytes: self.take.bytes,
            status: Status::Uploading,
            attempt: 0,
            problem: None,
            updated_at: clock::wall(),
        };
        match known {
            Some(known) if known.status != Status::Uploaded && known.bytes == self.take.bytes => {
                db::Upload { status: Status::Uploading, attempt: known.attempt + 1, problem: None, ..known }
            }
            _ => fresh,
        }
    }

    fn told(&self, event: Event, row: &mut db::Upload) {
        let take = self.take.id.clone();
        let message = match event {
            Event::Hashing { done_bytes, total_bytes } => {
                upload::Message::Hashing { take, done: done_bytes, total: total_bytes }
            }
            Event::Sending(progress) => upload::Message::Sending { take, progress },
            Event::Waiting { attempt, secs, reason } => upload::Message::Retrying { take, attempt, secs, reason },
            Event::Hashed { sha256 } => {
                row.sha256 = Some(sha256);
                return;
            }
            Event::Located { location } => {
                row.location = Some(if row.server == EMBEDDED { path_of(&location) } else { location });
                row.updated_at = clock::wall();
                if let Err(error) = self.house.db.save_upload(row) {
                    tracing::warn!(%error, "an upload's address was not saved; after a crash it begins anew");
                }
                return;
            }
        };
        self.outbox.try_send(Message::Upload(message));
    }
}

/// The path of an address: the embedded server has another port at each start.
fn path_of(location: &str) -> String {
    let after_host = location.split_once("://").map_or(location, |(_, rest)| rest);
    after_host.find('/').map_or_else(|| location.to_owned(), |at| after_host[at..].to_owned())
}

fn located(server: &str, location: &str) -> String {
    if location.starts_with('/') { format!("{}{location}", server.trim_end_matches('/')) } else { location.to_owned() }
}

fn metadata(take: &Take) -> Metadata {
    let scenes = take.scenes.iter().map(|mark| SceneTimes {
        id: format!("scene-{}", mark.scene + 1),
        title: mark.heading.clone(),
        start: secs(mark.start),
        end: secs(mark.end),
    });
    Metadata { title: take.title.clone(), duration_seconds: secs(take.nanos), scenes: scenes.collect() }
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
