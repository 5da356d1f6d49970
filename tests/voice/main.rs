//! Following a voice with the real recogniser in its real process, read to by synthesised speakers. Needs espeak-ng, flite and
//! PocketSphinx with its model; `scripts/setup run test` installs them.

mod reading;
mod restart;
mod rig;
mod speech;
