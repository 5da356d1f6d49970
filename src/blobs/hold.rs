//! Who is writing a take: a lock on its journal, held by the process that records and let go by the system however that
//! process ends. So a take whose row says “recording” and whose journal nobody holds was interrupted.

use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};

use super::Error;
use super::error::sorted;
use crate::core::take::JOURNAL_FILE;

/// Between two tries.
const AGAIN: Duration = Duration::from_millis(5);

/// Held as long as it lives.
#[derive(Debug)]
pub struct Hold {
    _journal: File,
}

/// Takes hold of a take's folder; `Ok(None)` when another process has it.
pub fn hold(folder: &Path) -> Result<Option<Hold>, Error> {
    let path = folder.join(JOURNAL_FILE);
    let journal = File::open(&path).map_err(sorted("opened", &path))?;
    match flock(&journal, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Some(Hold { _journal: journal })),
        Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
        Err(errno) => Err(sorted("locked", &path)(errno.into())),
    }
}

/// `hold`, tried again until `limit` has passed: who looks through the folders has each of them for a moment.
pub fn wait(folder: &Path, limit: Duration) -> Result<Option<Hold>, Error> {
    let begin = Instant::now();
    loop {
        let held = hold(folder)?;
        if held.is_some() || begin.elapsed() > limit {
            return Ok(held);
        }
        std::thread::sleep(AGAIN);
    }
}

/// True while some process records into the folder.
pub fn is_held(folder: &Path) -> bool {
    matches!(hold(folder), Ok(None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hold_shuts_others_out_until_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(JOURNAL_FILE), "").unwrap();
        let first = hold(folder.path()).unwrap();
        assert!(first.is_some() && is_held(folder.path()));
        assert!(wait(folder.path(), AGAIN).unwrap().is_none());
        drop(first);
        assert!(!is_held(folder.path()));
        assert!(wait(folder.path(), AGAIN).unwrap().is_some());
    }
}
