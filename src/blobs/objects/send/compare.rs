//! Is what arrived what was sent? By the provider's own digest of what it stored where that is one we can compute, which costs nothing;
//! else all of it is read back.

use sha2::{Digest, Sha256};

use super::{Event, Job, Sent, patiently};
use crate::blobs::objects::digest::hex;
use crate::blobs::objects::{Error, Store};
use crate::core::storage::{Checked, parts};
use crate::core::upload::Progress;

/// Compares the object with what is known of the file; one that differs is deleted, because nothing may mistake it for the file.
pub(super) async fn compare(
    store: &Store,
    job: &Job,
    bytes: u64,
    etag: &str,
    sha256: String,
    on_event: &mut impl FnMut(Event),
) -> Result<Sent, Error> {
    let compared = compare_only(store, job, bytes, etag, sha256, on_event).await;
    if let Err(Error::Differs { .. }) = &compared {
        patiently(&job.patience, on_event, || store.delete(&job.key)).await?;
    }
    compared
}

/// `compare` without deleting.
pub(super) async fn compare_only(
    store: &Store,
    job: &Job,
    bytes: u64,
    etag: &str,
    sha256: String,
    on_event: &mut impl FnMut(Event),
) -> Result<Sent, Error> {
    let facts = patiently(&job.patience, on_event, || store.facts(&job.key)).await?;
    let differs = || Error::Differs { place: store.place().words() };
    if facts.bytes != bytes {
        return Err(differs());
    }
    let same = facts.etag.as_deref().is_some_and(|found| found.eq_ignore_ascii_case(etag));
    if !same && read_back(store, job, bytes, on_event).await? != sha256 {
        return Err(differs());
    }
    let checked = if same { Checked::Digest } else { Checked::ReadBack };
    Ok(Sent { bytes, sha256, etag: facts.etag, checked })
}

/// SHA-256 of the object as it comes back, lower-case hex.
async fn read_back(store: &Store, job: &Job, bytes: u64, on_event: &mut impl FnMut(Event)) -> Result<String, Error> {
    let (mut hasher, mut at) = (Sha256::new(), 0);
    while at < bytes {
        on_event(Event::Comparing(Progress { sent_bytes: at, total_bytes: bytes, bytes_per_sec: 0.0 }));
        let end = bytes.min(at + parts::PART_BYTES);
        let piece = patiently(&job.patience, on_event, || store.range(&job.key, at..end)).await?;
        hasher.update(&piece);
        at = end;
    }
    Ok(hex(&hasher.finalize()))
}
