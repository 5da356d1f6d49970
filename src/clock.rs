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

/// The wall clock of this place at a moment given as RFC 3339, `2026-11-21T14:32:05`; `None` for what is no moment.
pub fn local(stamp: &str) -> Option<String> {
    let at = stamp.parse::<jiff::Timestamp>().ok()?.to_zoned(jiff::tz::TimeZone::system());
    Some(at.strftime("%Y-%m-%dT%H:%M:%S").to_string())
}

/// The date at this place, `2026-11-21`.
pub fn today() -> String {
    jiff::Zoned::now().strftime("%Y-%m-%d").to_string()
}

/// The wall clock of this place: seconds since midnight, for telling when something will end; never used to measure.
pub fn time_of_day() -> f64 {
    let now = jiff::Zoned::now();
    f64::from(now.hour()) * 3600.0 + f64::from(now.minute()) * 60.0 + f64::from(now.second())
}
