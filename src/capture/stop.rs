//! Telling a device's thread to end, and waiting on that thread for a moment in time, whichever comes first. Waits are for a
//! deadline on the monotonic clock, never for a length of time, so lateness does not add up.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::clock;
use crate::core::time::Moment;

/// The owner's end: dropping it stops the thread, without waiting for it.
#[derive(Debug)]
pub struct Stop(StopSignal);

/// The thread's end.
#[derive(Clone, Debug, Default)]
pub struct StopSignal(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    stopped: Mutex<bool>,
    changed: Condvar,
}

impl Stop {
    pub fn new() -> Stop {
        Stop(StopSignal::default())
    }

    pub fn signal(&self) -> StopSignal {
        self.0.clone()
    }
}

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.stop();
    }
}

impl StopSignal {
    pub fn stop(&self) {
        *self.0.stopped.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.changed.notify_all();
    }

    pub fn is_stopped(&self) -> bool {
        *self.0.stopped.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until `deadline`, or less when stopped; says whether it was stopped.
    pub fn wait_until(&self, deadline: Moment) -> bool {
        let mut stopped = self.0.stopped.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let left = deadline.since(clock::now());
            if *stopped || left == 0 {
                return *stopped;
            }
            let waited = self.0.changed.wait_timeout(stopped, Duration::from_nanos(left));
            stopped = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_ends_at_its_deadline_or_when_stopped() {
        let stop = Stop::new();
        let signal = stop.signal();
        let soon = clock::now().plus_secs(0.01);
        assert!(!signal.wait_until(soon));
        assert!(clock::now() >= soon);
        let waiting = std::thread::spawn(move || signal.wait_until(Moment(u64::MAX)));
        drop(stop);
        assert!(waiting.join().unwrap());
    }
}
