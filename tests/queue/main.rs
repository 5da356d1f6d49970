//! The queue through the real binary, against an engine of the custom form that counts what it charges: killed at every step, refused,
//! slow, paused, over budget at the click and at the sending, failing on this side, a thousand jobs, and keys looked for everywhere.

mod budget;
mod claimed;
mod engine;
mod held;
mod kept;
mod kill;
mod life;
mod many;
mod rig;
mod scenes;
mod secrets;

#[path = "../rig/fake.rs"]
#[allow(dead_code)]
mod fake;
#[path = "../rig/marker.rs"]
mod marker;
