//! A project carried from one data folder to another as one folder (`core::bundle`).
//!
//! Out: everything is copied under a temporary name beside the final one, hashed on its way, and renamed when it is complete.
//! In: everything is copied into the data folder and checked; what is complete and adapted is *sealed* by one rename; from there
//! on each piece only moves to its place. A crash before the seal leaves something to sweep, one after it a few moves that the
//! next start does. So a project is here or it is not.

mod copy;
mod land;
mod pack;
mod place;
mod stage;

pub use land::{Landing, landings};
pub use pack::{Piece, Source, pack};
pub use stage::{Staged, stage};

/// What a person can do about a bundle that can't be used.
fn unusable(path: &std::path::Path, detail: impl Into<String>) -> super::Error {
    super::Error::Bundle { path: path.to_owned(), detail: detail.into() }
}
