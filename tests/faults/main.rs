//! The real binary in bad places: killed, stopped, cut off from its power, its disk, its devices and its clock. After each fault
//! the take opens, the loss is within the promise, and a second take right after works. `scripts/test` runs each fault briefly,
//! `scripts/torture` at length; what is measured is written to the file that `ONETAKE_TORTURE` names.

#[path = "../rig/answer.rs"]
mod answer;
mod clock;
mod desktop;
mod devices;
mod disk;
mod encoder;
#[path = "../rig/guard.rs"]
mod guard;
mod kill;
mod library;
mod pause;
mod place;
mod portal;
mod power;
mod record_log;
mod report;
mod rescue;
mod screen;
mod sleep;
mod sound_alone;
mod studios;
#[path = "../rig/waiting.rs"]
mod waiting;
#[path = "../rig/xvfb.rs"]
mod xvfb;

use std::time::Duration;

/// Anything here that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(60);
