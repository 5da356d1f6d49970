//! What can go wrong with the database, as people need to hear it: which file, and what to do. SQLite's codes are sorted here
//! once, so that no caller ever compares one.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use crate::core::problem::{Kind, Problem};
use crate::core::upload::Status;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("The folder {} for the library does not exist.", .0.display())]
    FolderMissing(PathBuf),
    #[error("The library {} can't be written here ({detail}).", path.display())]
    Unwritable { path: PathBuf, detail: String },
    #[error("{} is not a database.", .0.display())]
    NotADatabase(PathBuf),
    #[error("{} is a database of another program.", .0.display())]
    Foreign(PathBuf),
    #[error("The library {} was written by a newer Onetake (its version {file}, this program knows {program}).", path.display())]
    Newer { path: PathBuf, file: i64, program: i64 },
    #[error("The library {} was made by a different build: its step {name} is not the one this program has.", path.display())]
    ChangedMigration { path: PathBuf, name: String },
    #[error("The library {} could not be brought up to date: step {name} failed ({detail}).", path.display())]
    Migration { path: PathBuf, name: String, detail: String },
    #[error("The library {} is damaged ({detail}).", path.display())]
    Corrupt { path: PathBuf, detail: String },
    #[error("The library {} is locked by another program.", .0.display())]
    Busy(PathBuf),
    #[error("The disk is full: the library {} can't be written.", .0.display())]
    Full(PathBuf),
    #[error("There is no {what} {id} in the library.")]
    Unknown { what: &'static str, id: String },
    #[error("There is a {what} {id} in the library already.")]
    Exists { what: &'static str, id: String },
    /// A row names another one that is not there.
    #[error("The {what} {id} belongs to something that is not in the library.")]
    Orphan { what: &'static str, id: String },
    /// Something refers to it, so it stays.
    #[error("The {what} {id} is used by {by}, so it stays.")]
    Used { what: &'static str, id: String, by: String },
    #[error("The asset {id} is a take, which goes to the bin and comes back with its folder.")]
    OfTake { id: String },
    #[error("The recording {id} can't go from {} to {}.", from.name(), to.name())]
    StatusMove { id: String, from: Status, to: Status },
    #[error("The {what} {id} was not saved: {detail}.")]
    Value { what: &'static str, id: String, detail: String },
    #[error("The library {} failed ({source}).", path.display())]
    Sqlite { path: PathBuf, source: rusqlite::Error },
}

/// What the body of a query may fail with, before the file's path and the row's name are known.
#[derive(Debug)]
pub(super) enum Fault {
    Sqlite(rusqlite::Error),
    Typed(Error),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Fault {
        Fault::Sqlite(error)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
        Fault::Typed(error)
    }
}

/// Sorts an error of SQLite for the file at `path`.
pub(super) fn sorted(path: &Path, error: rusqlite::Error) -> Error {
    let path = path.to_owned();
    let Some(code) = error.sqlite_error_code() else {
        return Error::Sqlite { path, source: error };
    };
    match code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Error::Busy(path),
        ErrorCode::NotADatabase => Error::NotADatabase(path),
        ErrorCode::DatabaseCorrupt => Error::Corrupt { path, detail: error.to_string() },
        ErrorCode::DiskFull => Error::Full(path),
        ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied => {
            Error::Unwritable { path, detail: error.to_string() }
        }
        _ => Error::Sqlite { path, source: error },
    }
}

/// Like `sorted`, for a write of one row: constraints become sentences about that row.
pub(super) fn sorted_row(path: &Path, what: &'static str, id: &str, error: rusqlite::Error) -> Error {
    let id = id.to_owned();
    match &error {
        rusqlite::Error::ToSqlConversionFailure(detail) => Error::Value { what, id, detail: detail.to_string() },
        rusqlite::Error::SqliteFailure(failure, detail) if failure.code == ErrorCode::ConstraintViolation => {
            match failure.extended_code {
                rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY | rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE => {
                    Error::Exists { what, id }
                }
                rusqlite::ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Error::Orphan { what, id },
                _ => Error::Value { what, id, detail: detail.clone().unwrap_or_else(|| error.to_string()) },
            }
        }
        _ => sorted(path, error),
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        let (kind, fix) = match &error {
            Error::FolderMissing(_) => (Kind::Disk, "Create the folder, or choose another data folder."),
            Error::Unwritable { .. } => (Kind::Disk, "Allow writing to that folder, or choose another data folder."),
            Error::NotADatabase(_) | Error::Foreign(_) => (Kind::Usage, "Move that file away, or choose another data folder."),
            Error::Newer { .. } => {
                (Kind::Usage, "Start the newer Onetake, or choose another data folder; nothing was changed.")
            }
            Error::ChangedMigration { .. } => {
                (Kind::Usage, "Use the build that made it, or move the file away; takes are listed again from their folders.")
            }
            Error::Migration { .. } => (Kind::Failed, "Nothing was changed; start the older Onetake again and report this."),
            Error::Corrupt { .. } => (Kind::Disk, "Run “onetake library rebuild”; takes are listed again from their folders."),
            Error::Busy(_) => (Kind::Failed, "Close the other program that uses this data folder, then try again."),
            Error::Full(_) => (Kind::Disk, "Free some space on that disk, then try again."),
            Error::Unknown { .. } => (Kind::Usage, "Look at the list again; it may have been deleted."),
            Error::Exists { .. } => (Kind::Refused, "Use another id."),
            Error::Orphan { .. } => (Kind::Failed, "Save what it belongs to first."),
            Error::Used { .. } => (Kind::Refused, "Take it out there first."),
            Error::OfTake { .. } => (Kind::Usage, "Delete or restore the take instead."),
            Error::StatusMove { .. } => (Kind::Refused, "Start a new upload."),
            Error::Value { .. } => (Kind::Usage, "Correct the value and save again."),
            Error::Sqlite { .. } => (Kind::Failed, "Try again; if it stays, move the library file away and start again."),
        };
        Problem::new(kind, error.to_string(), fix)
    }
}
