//! Tests a place by doing there what uploads do, with an object of its own that is gone afterwards. Each step says what is wrong; what
//! depends on one that failed is not tried.

use std::time::Duration;

use bytes::Bytes;

use super::Store;
use super::error::Error;
use super::send::{Event, Patience, patiently};
use crate::blobs::files;
use crate::core::problem::Problem;
use crate::core::storage::check::{Check, Found};
use crate::core::storage::{Access, Provider};

const PROBE: &[u8] = b"Onetake looks whether it can write here. This file may be deleted.";
/// Where in it the range begins that is asked for.
const FROM: usize = 8;
const LINK_LASTS: Duration = Duration::from_secs(300);
/// Some parts' worth of memory is nothing here; a probe never sends one.
const PART_BYTES: u64 = 8 << 20;

/// A test is patient with a single hiccup only: who waits for it is a person.
pub const PATIENCE: Patience = Patience { tries: 2, pace: 1.0, request_secs: 15 };

/// Tries everything, in the order in which it is needed.
pub async fn test(access: &Access) -> Vec<Check> {
    let names = ["Write", "Read", "Read a part", "List", "Signed link", "Large files", "Delete"];
    let store = match Store::open(access, &PATIENCE) {
        Ok(store) => store,
        Err(error) => return refused(&names, error),
    };
    // In a folder of its own, so that listing it is short.
    let key = store.place().key(&format!("probe{}/probe.txt", files::temporary_name().trim_start_matches('.')), "probe");
    let wrote = ask(|| store.put(&key, Bytes::from_static(PROBE))).await;
    if let Err(error) = wrote {
        return refused(&names, error);
    }
    let read = ask(|| store.range(&key, 0..PROBE.len() as u64)).await.and_then(|found| same(&store, &found, PROBE));
    let range =
        ask(|| store.range(&key, FROM as u64..PROBE.len() as u64)).await.and_then(|found| same(&store, &found, &PROBE[FROM..]));
    let listed = ask(|| store.list(folder_of(&key), usize::MAX)).await.and_then(|keys| match keys.contains(&key) {
        true => Ok(()),
        false => Err(nonsense(&store, "what was written is not in the list")),
    });
    let link = link(&store, &key).await;
    let parts = in_parts(&store, &key).await;
    // Last, and whatever came before.
    let deleted = ask(|| store.delete(&key)).await;
    let found = [Ok(()), read, range, listed].map(found).into_iter().chain([link, found(parts), found(deleted)]);
    names.into_iter().zip(found).map(|(name, found)| Check { name, found }).collect()
}

async fn link(store: &Store, key: &str) -> Found {
    match ask(|| store.link(key, LINK_LASTS)).await {
        Ok(Some(link)) => {
            let followed = ask(|| store.follow(&link, 2 * PROBE.len())).await;
            found(followed.and_then(|bytes| same(store, &bytes, PROBE)))
        }
        Ok(None) if store.place().provider == Provider::Local => Found::Skipped { why: "a folder has none" },
        Ok(None) => Found::Skipped { why: "these keys can't sign" },
        Err(error) => found(Err(error)),
    }
}

/// The right to begin and to give up, without sending eight megabytes.
async fn in_parts(store: &Store, key: &str) -> Result<(), Error> {
    let key = format!("{key}.parts");
    let upload = ask(|| store.begin(&key, PART_BYTES)).await?;
    ask(|| store.abort(&key, &upload)).await
}

/// The first step failed: the others would say the same.
fn refused(names: &[&'static str], error: Error) -> Vec<Check> {
    let mut error = Some(error);
    let step = |name: &&'static str| {
        let found = error.take().map_or(Found::Skipped { why: "nothing can be written" }, |error| found(Err(error)));
        Check { name, found }
    };
    names.iter().map(step).collect()
}

async fn ask<T, F: Future<Output = Result<T, Error>>>(ask: impl FnMut() -> F) -> Result<T, Error> {
    patiently(&PATIENCE, &mut |_: Event| {}, ask).await
}

fn same(store: &Store, found: &[u8], wanted: &[u8]) -> Result<(), Error> {
    if found == wanted { Ok(()) } else { Err(nonsense(store, "what was read is not what was written")) }
}

fn nonsense(store: &Store, what: &str) -> Error {
    Error::Nonsense { place: store.place().words(), what: what.to_owned() }
}

fn found(result: Result<(), Error>) -> Found {
    match result {
        Ok(()) => Found::Works,
        Err(error) => Found::Fails { problem: Problem::from(error) },
    }
}

/// The part of a key before its last slash.
fn folder_of(key: &str) -> &str {
    key.rsplit_once('/').map_or("", |(folder, _)| folder)
}
