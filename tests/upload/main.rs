//! Uploads from end to end: a real server on loopback over a temporary data folder, the real client against it, the protocol
//! spoken by hand without the client, and servers that lie. One binary, because linking the studio is what tests cost most.

#[path = "../rig/answer.rs"]
mod answer;
mod binary;
mod closing;
mod crash;
mod cut;
mod dropped;
mod fake;
mod form;
mod growing;
#[path = "../rig/guard.rs"]
mod guard;
mod lies;
#[path = "../rig/take.rs"]
mod made_up;
mod protocol;
mod proxy;
mod raw;
mod rig;
mod road;
mod second;
#[path = "../rig/take_folder.rs"]
mod take_folder;
#[path = "../rig/waiting.rs"]
mod waiting;

use std::time::Duration;

/// Anything here that takes longer hangs; the machine may be building other things.
const LIMIT: Duration = Duration::from_secs(120);
