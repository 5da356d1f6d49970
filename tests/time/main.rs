//! Time in a take: every picture at the moment it was taken, every click where its flash is, whatever rate the devices have
//! and whatever is wrong with their stamps.
//!
//! Devices are arithmetic and so is their clock, so ten minutes take as long as encoding them does; from the stamps on all
//! is real: the smoothing of `capture`, the recorder, its encoders, the file, and the decoders that read it back.

mod dark;
mod film;
mod long;
mod matrix;
mod world;
