//! The one place that reads the monotonic clock. Devices, pipelines and the window stamp with the same numbers, so that a
//! frame, a sample and a prompter anchor can be compared. `core`, `studio` and `ui` never call it: time reaches them as an argument.

use crate::core::time::{Moment, SECOND};

/// Now, in nanoseconds of `CLOCK_MONOTONIC`.
pub fn now() -> Moment {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    Moment(time.tv_sec as u64 * SECOND + time.tv_nsec as u64)
}

/// The wall clock as RFC 3339 in UTC, for rows and journals; never used to measure.
pub fn wall() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}
