//! The live link from end to end: a real server on loopback with a studio's hub, our own displays on it, and strangers that
//! speak WebSocket by another client or byte by byte. One binary, because linking the studio is what tests cost most.

mod bad;
mod control;
mod fake;
mod keeps;
mod raw;
mod rig;
mod speed;
mod strange;
mod sync;
