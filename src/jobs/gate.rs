//! A gate that work in the background passes at every step: shut while a take is recorded, so that disk and processor are the take's.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// How often who waits looks whether it is still wanted.
const LOOK: Duration = Duration::from_millis(200);

/// Open until it is shut.
#[derive(Debug, Default)]
pub struct Gate {
    shut: Mutex<bool>,
    changed: Condvar,
}

impl Gate {
    pub fn shut(&self, shut: bool) {
        *self.shut.lock().unwrap_or_else(PoisonError::into_inner) = shut;
        self.changed.notify_all();
    }

    pub fn is_shut(&self) -> bool {
        *self.shut.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it is open. False when `cancel` was set.
    pub fn pass(&self, cancel: &AtomicBool) -> bool {
        let mut shut = self.shut.lock().unwrap_or_else(PoisonError::into_inner);
        while *shut && !cancel.load(Ordering::Relaxed) {
            shut = self.changed.wait_timeout(shut, LOOK).unwrap_or_else(PoisonError::into_inner).0;
        }
        !cancel.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn it_holds_until_it_opens_or_nobody_wants_to_pass() {
        let (gate, cancel) = (Arc::new(Gate::default()), Arc::new(AtomicBool::new(false)));
        assert!(gate.pass(&cancel), "open at first");
        gate.shut(true);
        let (theirs, flag) = (Arc::clone(&gate), Arc::clone(&cancel));
        let waiting = std::thread::spawn(move || theirs.pass(&flag));
        assert!(gate.is_shut());
        gate.shut(false);
        assert!(waiting.join().unwrap());
        gate.shut(true);
        cancel.store(true, Ordering::Relaxed);
        assert!(!gate.pass(&cancel));
    }
}
