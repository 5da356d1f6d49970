//! Waiting for what a program does in its own time; how long is said at the root of the tests.

use std::time::{Duration, Instant};

use crate::LIMIT;

/// What `look` finds, as soon as it finds something.
pub fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(value) = look() {
            return value;
        }
        assert!(begin.elapsed() < LIMIT, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
