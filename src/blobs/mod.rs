//! Files on the disk: where each lies, how it is named, and that it is whole. Nothing here knows what a row is.
//!
//! One rule runs through it: a file under its final name is complete and synced. What is being made has another name, and a
//! crash leaves either the old file, the new one, or a leftover that says what it is.

mod error;
pub mod files;
pub mod healing;
pub mod hold;
pub mod journal;
pub mod layout;
pub mod names;
pub mod objects;
pub mod pictures;
pub mod projects;
pub mod rescue;
pub mod takes;

pub use error::Error;

#[cfg(test)]
mod tests;
