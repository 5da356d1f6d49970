//! The library's database: one SQLite file, one connection, one writer. The only module that names rusqlite.
//!
//! The database is an index. Takes and projects can be made again from their folders, so a damaged file costs a rebuild and
//! never a take; what only lives here (settings, uploads, the server's rows) is small and written with full syncs.

mod asset_edits;
mod assets;
mod carry;
mod contents;
mod details;
mod error;
mod exports;
mod find;
mod incoming;
mod jobs;
mod lineage;
mod made;
mod migrate;
mod objects;
mod open;
mod paired;
mod project_sync;
mod projects;
mod prompts;
mod queue;
mod recordings;
mod scripts;
mod settings;
mod shared;
mod shared_objects;
mod tags;
mod takes;
mod unanswered;
mod uploads;
mod users;
mod value;
mod versions;
mod weight;
mod words;

pub use carry::{Carried, replaceable, retire};
pub use contents::digest;
pub use error::Error;
pub use incoming::Incoming;
pub use made::Made;
pub use objects::{AssetFile, Item, ObjectReceipt, ObjectUpload};
pub use open::Db;
pub use paired::{KEEP_DAYS, PairedDevice};
pub use project_sync::ProjectSync;
pub use queue::{Change, Landed, LandedFile, NewJob, Placed, Waiting};
pub use shared::{Kept, Put};
pub use uploads::Upload;
pub use users::{User, UserRow};
pub use versions::{KeptVersion, NewVersion};

#[cfg(test)]
mod tests;
