//! Projects on a studio server from end to end: the real program as the server, real studios without windows on data folders of
//! their own, and a line between them that breaks. One binary, because linking the studio is what tests cost most.

mod away;
mod conflict;
mod keyring;
mod line;
mod media;
mod pictures;
mod random;
mod rig;
mod rights;
#[path = "../rig/secrets.rs"]
mod secrets;
mod together;
mod wire;
