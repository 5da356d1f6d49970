//! The real binary in bad places: killed, stopped, cut off from its power, its disk, its devices and its clock. After each fault
//! the take opens, the loss is within the promise, and a second take right after works. `scripts/test` runs each fault briefly,
//! `scripts/torture` at length; what is measured is written to the file that `ONETAKE_TORTURE` names.

mod clock;
mod devices;
mod disk;
mod kill;
mod library;
mod pause;
mod place;
mod power;
mod record_log;
mod report;
mod sleep;
mod sound_alone;
mod studios;
