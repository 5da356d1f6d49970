//! Storage elsewhere, wired: where it is by settings and environment, whether it works, and what the commands do there.

use std::sync::Arc;
use std::time::Duration;

use crate::blobs::objects::{self, Patience, Store};
use crate::clock;
use crate::core::problem::Problem;
use crate::core::storage::check::Report;
use crate::core::storage::environment::{self, Found, find, provider};
use crate::core::storage::{Access, Destination, Kept, Parcel, Place, Provider, Secret, Storage};
use crate::core::take::{Take, TakeState};
use crate::core::upload::Goal;
use crate::db;
use crate::db::{ObjectReceipt, ObjectUpload};
use crate::keyring;
pub use crate::keyring::Ask;
use crate::studio::storage::{Effect, FROM_KEYRING, FROM_SESSION, InForce, Message};

use super::house::{House, Ways};

/// Days after which an unfinished upload that nobody went on with is given up.
pub const KEEP_DAYS: u32 = 7;

/// Runs an effect, on the network's threads.
pub(super) fn run(house: &Arc<House>, ways: &Ways, effect: Effect) {
    let (house_of, outbox) = (Arc::clone(house), ways.outbox.clone());
    house.runtime.spawn(async move {
        let house = house_of;
        let message = match effect {
            Effect::Look { storage } => Message::Looked(in_force(&house, &storage).await),
            Effect::Keep { storage, kept } => Message::Kept(hold(&house, &storage, &kept).await),
            Effect::Forget { storage } => Message::Kept(forget_keys(&house, &storage).await),
            Effect::Test { storage } => Message::Tested(test(&house, &storage).await),
        };
        outbox.send(crate::studio::Message::Storage(message));
    });
}

/// The settings' storage with what the environment says, and the keys from there or from the keyring.
pub async fn access(house: &House, storage: &Storage, ask: Ask) -> Result<Access, Problem> {
    let (place, missing) = match find(storage, &variable)? {
        Found::Access(access) => return Ok(access),
        Found::NoKeys(place, missing) => (place, missing),
    };
    let opened = |text: &Secret, keys_from, missing| -> Result<Access, Problem> {
        let keys = Kept::of_text(text).ok_or(missing)?.keys(place.provider);
        Ok(Access { place: place.clone(), keys, keys_from })
    };
    if let Some(held) = house.session.get(&place.name()) {
        return opened(&held.secret, FROM_SESSION, missing);
    }
    match keyring::load(&place.name(), ask).await {
        Ok(Some(text)) => opened(&text, FROM_KEYRING, missing),
        Ok(None) => Err(missing),
        Err(error @ keyring::Error::Locked) => Err(error.into()),
        // Without a keyring the keys are simply not there.
        Err(error) => {
            tracing::debug!(%error, "no keyring");
            Err(missing)
        }
    }
}

/// Keeps keys for the storage of these settings in the keyring.
pub async fn keep(storage: &Storage, kept: &Kept) -> Result<(), Problem> {
    let place = place(storage)?;
    if !kept.is_whole(place.provider) {
        return Err(Problem::usage("The keys are not whole.", "Enter all that the provider gave out."));
    }
    let label = format!("Onetake: {}", place.words());
    Ok(keyring::keep(&place.name(), &label, &kept.to_text()).await?)
}

/// The same from the window: without a keyring they hold until the program ends.
async fn hold(house: &House, storage: &Storage, kept: &Kept) -> Result<(), Problem> {
    let place = place(storage)?;
    if !kept.is_whole(place.provider) {
        return keep(storage, kept).await;
    }
    let label = format!("Onetake: {}", place.words());
    match keyring::keep(&place.name(), &label, &kept.to_text()).await {
        Ok(()) => _ = house.session.forget(&place.name()),
        Err(error) => house.session.hold(&place.name(), kept.to_text(), error.to_string()),
    }
    Ok(())
}

/// Takes them out of the keyring again.
pub async fn forget_keys(house: &House, storage: &Storage) -> Result<(), Problem> {
    let name = place(storage)?.name();
    if house.session.forget(&name) {
        return Ok(());
    }
    Ok(keyring::forget(&name).await?)
}

fn place(storage: &Storage) -> Result<Place, Problem> {
    Ok(match find(storage, &variable)? {
        Found::Access(access) => access.place,
        Found::NoKeys(place, _) => place,
    })
}

/// True when takes go to the storage: by the settings, or because the environment names one for this run.
pub fn wanted(storage: &Storage) -> bool {
    match provider(&variable) {
        // Everything stays on this machine, unless a folder for it is named.
        Ok(Some(Provider::Local)) => {
            variable("ONETAKE_STORAGE_FOLDER").is_some() || storage.destination == Destination::Storage
        }
        // One that is no provider is said when it is used.
        Ok(Some(_)) | Err(_) => true,
        Ok(None) => storage.destination == Destination::Storage,
    }
}

/// The storage as a place that takes go to; `None` where they go to a server. One that can't be read is said when it is used.
pub fn goal(storage: &Storage) -> Option<Goal> {
    let place = || place(storage).map_or_else(|_| "storage".to_owned(), |place| place.words());
    wanted(storage).then(|| Goal::Storage { place: place() })
}

async fn in_force(house: &House, storage: &Storage) -> Result<InForce, Problem> {
    let found = access(house, storage, Ask::Nobody).await?;
    Ok(InForce {
        place: found.place.words(),
        keys: found.keys_from.to_owned(),
        by_environment: variable(environment::PROVIDER).is_some(),
    })
}

/// Tries everything that uploads need.
pub async fn test(house: &House, storage: &Storage) -> Result<Report, Problem> {
    let access = access(house, storage, Ask::Person).await?;
    let checks = objects::test(&access).await;
    Ok(Report { place: access.place.words(), keys: access.keys_from.to_owned(), checks })
}

/// What a link to an object is, or where the file lies in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    Url(String),
    File(String),
}

/// A link to what was sent of an item, for so long. Needs its receipt, so that nobody is given a link to nothing.
pub async fn link(house: &House, storage: &Storage, item: &str, lasts: Duration) -> Result<Link, Problem> {
    let (store, receipt) = sent(house, storage, item).await?;
    let url = store.link(&receipt.object, lasts).await?;
    Ok(url.map_or_else(|| Link::File(store.address(&receipt.object)), Link::Url))
}

/// Deletes what was sent of an item. The file here stays.
pub async fn delete(house: &House, storage: &Storage, item: &str) -> Result<ObjectReceipt, Problem> {
    let (store, receipt) = sent(house, storage, item).await?;
    store.delete(&receipt.object).await?;
    house.db.forget_receipt(&receipt.place, &receipt.object)?;
    Ok(receipt)
}

async fn sent(house: &House, storage: &Storage, item: &str) -> Result<(Store, ObjectReceipt), Problem> {
    let access = access(house, storage, Ask::Person).await?;
    let name = access.place.name();
    let receipt = house.db.object_receipts(Some(item))?.into_iter().find(|receipt| receipt.place == name);
    let Some(receipt) = receipt else {
        let what = format!("{item} was not uploaded to the {}.", access.place.words());
        return Err(Problem::usage(
            what,
            "Upload it with “onetake storage upload”; “onetake storage list” shows what is there.",
        ));
    };
    Ok((Store::open(&access, &Patience::default())?, receipt))
}

/// Gives up unfinished uploads that did not move for `days`: the provider drops their parts, the library its rows. Answers with
/// them. Those to another place than the present one are left alone, because its keys are not at hand.
pub async fn give_up(house: &House, storage: &Storage, days: u32, ask: Ask) -> Result<Vec<ObjectUpload>, Problem> {
    let access = access(house, storage, ask).await?;
    let store = Store::open(&access, &Patience::default())?;
    let mut given_up = Vec::new();
    for upload in house.db.object_uploads(&days_ago(days))?.into_iter().filter(|upload| upload.place == store.place().name()) {
        store.abort(&upload.object, &upload.upload).await?;
        house.db.forget_object_upload(&upload.place, &upload.object)?;
        given_up.push(upload);
    }
    Ok(given_up)
}

/// The same at a studio's start, where nobody waits for it and nobody need hear of it.
pub(super) fn sweep(house: &Arc<House>) {
    let (settings, _) = house.settings();
    if house.db.object_uploads(&days_ago(KEEP_DAYS)).is_ok_and(|stale| stale.is_empty()) {
        return;
    }
    let mine = Arc::clone(house);
    house.runtime.spawn(async move {
        match give_up(&mine, &settings.storage, KEEP_DAYS, Ask::Nobody).await {
            Ok(given_up) => tracing::info!(uploads = given_up.len(), "unfinished uploads to the storage were given up"),
            Err(problem) => tracing::warn!(%problem, "unfinished uploads stay in the storage"),
        }
    });
}

/// RFC 3339 UTC.
fn days_ago(days: u32) -> String {
    let now: Result<jiff::Timestamp, _> = clock::wall().parse();
    let then = now.ok().and_then(|now| now.checked_sub(jiff::SignedDuration::from_hours(24 * i64::from(days))).ok());
    // Before everything: nothing is given up by mistake.
    then.map_or_else(|| "0000".to_owned(), |then| then.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
}

/// What an id, or its beginning, stands for among takes and assets.
pub fn parcel(house: &House, begins: &str) -> Result<Parcel, Problem> {
    let takes = house.db.all_takes()?;
    let takes = takes.iter().filter(|take| begins == "last" || take.id.0.starts_with(begins));
    let takes: Vec<&Take> = takes.take(if begins == "last" { 1 } else { 2 }).collect();
    if let Some(take) = takes.iter().find(|take| take.state == TakeState::Recording) {
        return Err(Problem::refused(format!("Take {} is still being recorded.", take.id), "Stop it, then try again."));
    }
    let mut found: Vec<Parcel> = takes.into_iter().map(Parcel::of_take).collect();
    if begins != "last" {
        found.extend(house.db.files_of_assets(begins)?.into_iter().filter(|file| file.ready).map(parcel_of));
    }
    match (found.len(), found.pop()) {
        (1, Some(parcel)) => Ok(parcel),
        (0, _) | (_, None) => {
            Err(Problem::usage(format!("There is no take or asset “{begins}”."), "“onetake library list” shows what there is."))
        }
        _ => Err(Problem::usage(format!("More than one take or asset begins with “{begins}”."), "Give more of its id.")),
    }
}

fn parcel_of(file: db::AssetFile) -> Parcel {
    Parcel { id: file.id, is_take: false, name: file.name, path: file.path, bytes: file.bytes }
}

/// A variable of the environment that is set to something.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}
