//! Which uploads are being written right now, and the hash of each as far as it has come. One writer per upload; the hash
//! stays in memory between chunks, so that a file is read a second time only when the server was restarted meanwhile.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::sync::OwnedMutexGuard;

/// Uploads known to this process.
#[derive(Debug, Default)]
pub(super) struct Live {
    uploads: Mutex<HashMap<String, Arc<tokio::sync::Mutex<Hashed>>>>,
}

/// The hash of the first `bytes` bytes; `None` when nobody has it in memory.
#[derive(Clone, Default)]
pub(super) struct Hashed(Option<(u64, Sha256)>);

/// The right to write an upload, until dropped.
#[derive(Debug)]
pub(super) struct Claim(OwnedMutexGuard<Hashed>);

impl std::fmt::Debug for Hashed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Hashed").field(&self.0.as_ref().map(|(bytes, _)| bytes)).finish()
    }
}

impl Live {
    /// The right to write, or `None` while another has it.
    pub fn claim(&self, id: &str) -> Option<Claim> {
        self.slot(id).try_lock_owned().ok().map(Claim)
    }

    /// As `claim`, waiting a while for a writer that is just ending.
    pub async fn claim_soon(&self, id: &str, patience: Duration) -> Option<Claim> {
        tokio::time::timeout(patience, self.slot(id).lock_owned()).await.ok().map(Claim)
    }

    /// Drops what is known of an upload that is finished or gone.
    pub fn forget(&self, id: &str) {
        self.uploads.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }

    fn slot(&self, id: &str) -> Arc<tokio::sync::Mutex<Hashed>> {
        let mut uploads = self.uploads.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(uploads.entry(id.to_owned()).or_default())
    }
}

impl Claim {
    /// The hash of exactly the first `bytes` bytes, if it is in memory; it always is for none.
    pub fn hasher(&self, bytes: u64) -> Option<Sha256> {
        match &self.0.0 {
            Some((hashed, hasher)) if *hashed == bytes => Some(hasher.clone()),
            _ if bytes == 0 => Some(Sha256::new()),
            _ => None,
        }
    }

    pub fn keep(&mut self, bytes: u64, hasher: Option<Sha256>) {
        self.0.0 = hasher.map(|hasher| (bytes, hasher));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_writer_at_a_time_and_the_hash_fits_its_offset() {
        let live = Live::default();
        let mut claim = live.claim("a").unwrap();
        assert!(live.claim("a").is_none() && live.claim("b").is_some());
        assert!(claim.hasher(0).is_some() && claim.hasher(3).is_none());
        claim.keep(3, Some(Sha256::new_with_prefix(b"abc")));
        drop(claim);
        let claim = live.claim("a").unwrap();
        assert!(claim.hasher(3).is_some() && claim.hasher(2).is_none());
        live.forget("a");
        assert!(live.claim("a").unwrap().hasher(3).is_none());
    }
}
