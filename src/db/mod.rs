//! The library's database: one SQLite file, one connection, one writer. The only module that names rusqlite.
//!
//! The database is an index. Takes and projects can be made again from their folders, so a damaged file costs a rebuild and
//! never a take; what only lives here (settings, uploads, the server's rows) is small and written with full syncs.

mod error;
mod incoming;
mod migrate;
mod objects;
mod open;
mod paired;
mod projects;
mod recordings;
mod settings;
mod takes;
mod unanswered;
mod uploads;
mod value;

pub use error::Error;
pub use incoming::Incoming;
pub use objects::{AssetFile, Item, ObjectReceipt, ObjectUpload};
pub use open::Db;
pub use paired::{KEEP_DAYS, PairedDevice};
pub use uploads::Upload;

#[cfg(test)]
mod tests;
