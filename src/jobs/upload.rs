//! Uploads: which takes are on their way, and the orders for them. What one of them does is `transfer`'s; a take that is sent
//! while it is recorded is followed by `growing`, and its screen comes after it (`second`).

mod bucket;
mod growing;
mod metadata;
mod second;
mod transfer;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::clock;
use crate::core::problem::Problem;
use crate::core::storage::Storage;
use crate::core::take::{Take, TakeId, TakeState};
use crate::core::upload::{Goal, SecondFile, Status};
use crate::db;
use crate::keyring::Ask;
use crate::remote::{self, Token};
use crate::studio::{Message, upload};

use super::house::{House, Ways};
use super::objects;
use super::server::{EMBEDDED, Embedded};
use growing::Told;
use transfer::Transfer;

pub(super) use transfer::Road;

/// Where takes go.
#[derive(Clone, Debug)]
pub enum Target {
    /// The studio's own server, or the storage where that is chosen.
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

/// One transfer that was started.
#[derive(Debug)]
struct Running {
    cancel: CancellationToken,
    /// Nothing of it is wanted any more.
    dropped: Arc<AtomicBool>,
    /// To a take that is being recorded.
    told: Option<watch::Sender<Told>>,
    task: JoinHandle<()>,
}

/// The transfers of one studio.
#[derive(Debug)]
pub struct Uploads {
    house: Arc<House>,
    ways: Ways,
    embedded: Arc<Embedded>,
    target: Arc<Mutex<Target>>,
    running: Mutex<HashMap<TakeId, Running>>,
    /// Transfers that end now were not cancelled by the person.
    closing: Arc<AtomicBool>,
}

impl Uploads {
    pub fn new(house: Arc<House>, ways: Ways, embedded: Arc<Embedded>) -> Uploads {
        let target = Arc::new(Mutex::new(Target::Embedded));
        Uploads { house, ways, embedded, target, running: Mutex::default(), closing: Arc::default() }
    }

    /// Where takes go from now on.
    pub fn aim(&self, target: Target) {
        *self.target.lock().unwrap_or_else(PoisonError::into_inner) = target;
    }

    /// The same, for who signs in to servers.
    pub fn target(&self) -> Arc<Mutex<Target>> {
        Arc::clone(&self.target)
    }

    pub fn run(&self, effect: upload::Effect) {
        match effect {
            upload::Effect::Start { take } => self.start(*take),
            upload::Effect::Send { parcel } => {
                let id = TakeId(parcel.id.clone());
                self.spawn(id, None, |transfer, cancel| transfer.deliver(*parcel, cancel));
            }
            upload::Effect::Where { storage } => {
                let goal = self.goal(&storage);
                self.ways.outbox.send(Message::Upload(upload::Message::Goes(goal)));
            }
            upload::Effect::Cancel { take } => {
                if let Some(running) = self.lock().get(&take) {
                    running.cancel.cancel();
                }
            }
            upload::Effect::Follow { take } => self.follow(take),
            upload::Effect::Synced { take, bytes, busy } => self.tell(&take, |told| {
                (told.synced, told.busy) = (bytes, busy);
            }),
            upload::Effect::Recorded { take } => {
                let id = take.id.clone();
                self.tell(&id, |told| told.ended = Some(take));
            }
            upload::Effect::Drop { take } => self.drop_upload(&take),
            // Read from the library, which is `resume`'s, on the library's thread.
            upload::Effect::Resume => {}
        }
    }

    /// Where takes go, with these settings.
    fn goal(&self, storage: &Storage) -> Goal {
        let target = self.road().target;
        match (objects::goal(storage), target) {
            (Some(goal), Target::Embedded) => goal,
            (None, Target::Embedded) => goal_of(&self.house, EMBEDDED),
            (_, Target::Other { url, .. }) => goal_of(&self.house, &url),
        }
    }

    /// A take's screen on the server that takes go to, when it is there.
    pub fn sent_screen(&self, take: &TakeId) -> Option<SecondFile> {
        let row = self.house.db.upload(take, &self.road().name()).ok()??;
        row.screen.filter(|_| row.status == Status::Uploaded)
    }

    /// Stops all transfers, resumable, and the embedded server.
    pub fn finish(self) {
        self.closing.store(true, Ordering::Relaxed);
        let running: Vec<_> = self.lock().drain().collect();
        for (_, running) in running {
            running.cancel.cancel();
            if self.house.runtime.block_on(running.task).is_err() {
                tracing::warn!("a transfer did not end in order");
            }
        }
        self.embedded.stop();
    }

    fn start(&self, take: Take) {
        let id = take.id.clone();
        self.spawn(id, None, |transfer, cancel| transfer.run(take, None, cancel));
    }

    /// A take that is being recorded: its row is there before its first frame.
    fn follow(&self, id: TakeId) {
        let (told, heard) = watch::channel(Told::default());
        let take = id.clone();
        self.spawn(id, Some(told), |transfer, cancel| transfer.follow(take, heard, cancel));
    }

    fn spawn<T>(
        &self,
        id: TakeId,
        told: Option<watch::Sender<Told>>,
        run: impl FnOnce(Transfer, CancellationToken) -> T + Send + 'static,
    ) where
        T: Future<Output = ()> + Send,
    {
        let mut all = self.lock();
        let before = all.remove(&id);
        let (cancel, dropped) = (CancellationToken::new(), Arc::new(AtomicBool::new(false)));
        let transfer = Transfer {
            house: Arc::clone(&self.house),
            outbox: self.ways.outbox.clone(),
            road: self.road(),
            closing: Arc::clone(&self.closing),
            dropped: Arc::clone(&dropped),
        };
        let mine = cancel.clone();
        let task = self.house.runtime.spawn(async move {
            // It has said that it ended and may not quite have: two at a time would fight over the upload.
            if let Some(before) = before {
                let _ = before.task.await;
            }
            run(transfer, mine).await;
        });
        all.insert(id, Running { cancel, dropped, told, task });
    }

    fn tell(&self, take: &TakeId, change: impl FnOnce(&mut Told)) {
        if let Some(told) = self.lock().get(take).and_then(|running| running.told.as_ref()) {
            told.send_modify(change);
        }
    }

    /// Ends a transfer, and takes back what the server has of it.
    fn drop_upload(&self, take: &TakeId) {
        let mut all = self.lock();
        let before = all.remove(take);
        if let Some(running) = &before {
            running.dropped.store(true, Ordering::Relaxed);
            running.cancel.cancel();
        }
        let (house, road, id, cancel) = (Arc::clone(&self.house), self.road(), take.clone(), CancellationToken::new());
        let mine = cancel.clone();
        let task = self.house.runtime.spawn(async move {
            if let Some(before) = before {
                let _ = before.task.await;
            }
            let taken_back = tokio::select! {
                done = take_back(&house, &road, &id) => done,
                () = mine.cancelled() => Err(Problem::cancelled()),
            };
            if let Err(problem) = taken_back {
                tracing::warn!(%problem, take = %id, "a server keeps part of a take that is gone, until it expires there");
            }
        });
        all.insert(take.clone(), Running { cancel, dropped: Arc::default(), told: None, task });
    }

    /// The way to where takes go.
    pub(super) fn road(&self) -> Road {
        let target = self.target.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Road { embedded: Arc::clone(&self.embedded), target }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TakeId, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A server as people know it, by what the library calls it.
pub(super) fn goal_of(house: &House, server: &str) -> Goal {
    match server {
        EMBEDDED => Goal::Here { folder: house.folder.videos().display().to_string() },
        url => Goal::Server { url: url.to_owned() },
    }
}

/// Makes the server forget what it has of a take that did not arrive whole.
async fn take_back(house: &House, road: &Road, take: &TakeId) -> Result<(), Problem> {
    for row in house.db.uploads_of(take)?.into_iter().filter(|row| row.status != Status::Uploaded) {
        if row.server != road.name() {
            continue;
        }
        let second = row.screen.and_then(|second| second.location);
        for location in row.location.iter().chain(&second) {
            let at = road.reach()?;
            remote::terminate(&at.url, &transfer::located(&at.url, location), at.token).await?;
        }
        house.db.forget_upload(take, &row.server)?;
    }
    Ok(())
}

/// Goes on with what an earlier run was sending. Told through the studio, which then asks for the start like a person's click.
pub fn resume(house: &House, ways: &Ways) {
    let unfinished = match house.db.unfinished_uploads() {
        Ok(unfinished) => unfinished,
        Err(error) => return ways.outbox.problem(error),
    };
    // What the person cancelled has its reason in the row and waits for the person.
    let binned = house.db.binned_takes().unwrap_or_default();
    let goes_on = |row: &db::Upload| {
        let here = row.server == EMBEDDED && !binned.iter().any(|(take, _)| take.id == row.take);
        here && row.status != Status::Failed && row.problem.is_none()
    };
    for row in unfinished.into_iter().filter(goes_on) {
        match house.db.take(&row.take) {
            // Another process records it, and sends it.
            Ok(Some(take)) if take.state == TakeState::Recording => {}
            Ok(Some(take)) => ways.outbox.send(Message::Upload(upload::Message::Start(Box::new(take)))),
            Ok(None) => {}
            Err(error) => ways.outbox.problem(error),
        }
    }
    resume_parcels(house, ways);
}

/// What was on its way to the storage goes on if that is still the one in force.
fn resume_parcels(house: &House, ways: &Ways) {
    let unfinished = house.db.object_uploads(&clock::wall()).unwrap_or_default();
    if unfinished.is_empty() {
        return;
    }
    let (settings, _) = house.settings();
    let access = objects::access(house, &settings.storage, Ask::Nobody);
    let Ok(access) = house.runtime.block_on(access) else { return };
    for row in unfinished.into_iter().filter(|row| !row.waits && row.place == access.place.name()) {
        match objects::parcel(house, row.item.id()) {
            Ok(parcel) => ways.outbox.send(Message::Upload(upload::Message::Send(Box::new(parcel)))),
            Err(problem) => tracing::info!(%problem, "an upload to the storage does not go on"),
        }
    }
}
