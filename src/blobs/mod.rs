//! Files on the disk: where each lies, how it is named, and that it is whole. Nothing here knows what a row is.
//!
//! One rule runs through it: a file under its final name is complete and synced. What is being made has another name, and a
//! crash leaves either the old file, the new one, or a leftover that says what it is.

pub mod bundle;
pub mod cache;
pub mod details;
mod error;
pub mod files;
pub mod healing;
pub mod hold;
pub mod journal;
pub mod layout;
pub mod media;
pub mod names;
pub mod objects;
pub mod partial;
pub mod parts;
pub mod pictures;
pub mod projects;
pub mod rescue;
pub mod shared;
pub mod source;
pub mod stills;
pub mod takes;
pub mod walk;

pub use error::Error;

#[cfg(test)]
mod tests;
