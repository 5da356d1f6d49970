//! The library's database: one SQLite file, one connection, one writer. The only module that names rusqlite.
//!
//! The database is an index. Takes and projects can be made again from their folders, so a damaged file costs a rebuild and
//! never a take; what only lives here (settings, uploads, the server's rows) is small and written with full syncs.

mod error;
mod incoming;
mod migrate;
mod open;
mod paired;
mod project_sync;
mod projects;
mod recordings;
mod settings;
mod shared;
mod shared_objects;
mod takes;
mod unanswered;
mod uploads;
mod users;
mod value;

pub use error::Error;
pub use incoming::Incoming;
pub use open::Db;
pub use paired::{KEEP_DAYS, PairedDevice};
pub use project_sync::ProjectSync;
pub use shared::{Kept, Put};
pub use uploads::Upload;
pub use users::{User, UserRow};

#[cfg(test)]
mod tests;
