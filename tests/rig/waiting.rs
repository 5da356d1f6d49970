//! Waiting for what a program does in its own time.

use std::time::{Duration, Instant};

/// Anything that takes longer hangs. A busy machine, and drawing without a GPU, are slow to start.
pub const LIMIT: Duration = Duration::from_secs(120);

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
