//! A take or another asset on its way into a bucket: rows first, so that a killed studio goes on where it was; a receipt last, when
//! what arrived was compared with the file.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio_util::sync::CancellationToken;

use crate::blobs::objects::{self, Begun, Event, Job, Patience, Sent, Store};
use crate::clock;
use crate::core::problem::{Kind, Problem};
use crate::core::storage::{Parcel, Place};
use crate::core::take::TakeId;
use crate::core::upload::Progress;
use crate::db::{Item, ObjectReceipt, ObjectUpload};
use crate::jobs::house::House;
use crate::jobs::objects::access;
use crate::keyring::Ask;
use crate::studio::upload;

/// One parcel and where it goes.
struct Road<'a> {
    house: &'a House,
    parcel: &'a Parcel,
    place: Place,
    key: String,
}

/// Sends a parcel; `tell` hears of it. Gives the SHA-256 of what is there.
pub(super) async fn send(
    house: &Arc<House>,
    parcel: &Parcel,
    closing: &AtomicBool,
    mut tell: impl FnMut(upload::Message),
    cancel: CancellationToken,
) -> Result<String, Problem> {
    let (settings, _) = house.settings();
    let access = access(house, &settings.storage, Ask::Person).await?;
    let (place, key) = (access.place.clone(), parcel.key(&access.place));
    let road = Road { house, parcel, place, key };
    let known = house.db.object_upload(&road.place.name(), &road.key)?;
    house.db.set_object_waits(&road.place.name(), &road.key, false)?;
    let file = house.folder.root().join(&parcel.path);
    let store = Store::open(&access, &Patience::for_file(parcel.bytes))?;
    let sent = road.carry(&store, file, known, &mut tell, cancel).await;
    match sent {
        Ok(sent) => {
            house.db.finish_object(&road.receipt(&sent))?;
            Ok(sent.sha256)
        }
        Err(problem) => {
            // What arrived stays there; it goes on by itself when only the studio was closed.
            let by_itself = problem.kind == Kind::Cancelled && closing.load(Ordering::Relaxed);
            house.db.set_object_waits(&road.place.name(), &road.key, !by_itself)?;
            Err(problem)
        }
    }
}

impl Road<'_> {
    async fn carry(
        &self,
        store: &Store,
        file: PathBuf,
        known: Option<ObjectUpload>,
        tell: &mut impl FnMut(upload::Message),
        cancel: CancellationToken,
    ) -> Result<Sent, Problem> {
        let mut row = known.as_ref().map(|known| known.id);
        let begun = known.map(|known| Begun {
            upload: known.upload,
            bytes: known.bytes,
            changed: known.changed,
            part_bytes: known.part_bytes,
            parts: known.parts,
        });
        let job = Job { file, key: self.key.clone(), begun, patience: Patience::for_file(self.parcel.bytes) };
        let take = TakeId(self.parcel.id.clone());
        let on_event = |event| match event {
            Event::Begun(begun) => row = self.begun(&begun),
            Event::Part { number, content } => self.arrived(row, number, &content),
            Event::Sending(progress) => tell(upload::Message::Sending { take: take.clone(), progress }),
            Event::Comparing(Progress { sent_bytes, total_bytes, .. }) => {
                tell(upload::Message::Comparing { take: take.clone(), done: sent_bytes, total: total_bytes });
            }
            Event::Waiting { attempt, secs, reason } => {
                tell(upload::Message::Retrying { take: take.clone(), attempt, secs, reason });
            }
        };
        Ok(objects::send(store, job, on_event, cancel).await?)
    }

    /// Its row; without one it is sent all the same, and begins anew after a crash.
    fn begun(&self, begun: &Begun) -> Option<i64> {
        let now = clock::wall();
        let upload = ObjectUpload {
            id: 0,
            item: self.item(),
            place: self.place.name(),
            object: self.key.clone(),
            upload: begun.upload.clone(),
            bytes: begun.bytes,
            part_bytes: begun.part_bytes,
            changed: begun.changed,
            waits: false,
            begun_at: now.clone(),
            updated_at: now,
            parts: Vec::new(),
        };
        let saved = self.house.db.begin_object(&upload);
        saved.inspect_err(|error| tracing::warn!(%error, "an upload was not noted; after a crash it begins anew")).ok()
    }

    fn arrived(&self, row: Option<i64>, number: u64, content: &str) {
        let Some(row) = row else { return };
        if let Err(error) = self.house.db.save_part(row, number, content, &clock::wall()) {
            tracing::warn!(%error, number, "a part was not noted; after a crash it is sent again");
        }
    }

    fn receipt(&self, sent: &Sent) -> ObjectReceipt {
        ObjectReceipt {
            item: self.parcel.id.clone(),
            is_take: self.parcel.is_take,
            place: self.place.name(),
            object: self.key.clone(),
            provider: self.place.provider,
            bucket: self.place.bucket.clone(),
            etag: sent.etag.clone(),
            bytes: sent.bytes,
            sha256: sent.sha256.clone(),
            checked: sent.checked,
            at: clock::wall(),
        }
    }

    fn item(&self) -> Item {
        let id = self.parcel.id.clone();
        if self.parcel.is_take { Item::Take(id) } else { Item::Asset(id) }
    }
}
