//! Opening the library: look before writing, then pragmas, check, migrations. A database of a newer or another program stays
//! byte for byte as it was.
//!
//! Only SQLite ever opens the file: POSIX drops all of a process's locks on a file when any of its descriptors is closed, so
//! a look at the header past SQLite would unlock a library that this process has open (<https://sqlite.org/howtocorrupt.html>,
//! 2.2).

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::error::{Error, Fault, sorted, sorted_row};
use super::find::Orders;
use super::migrate::{self, MIGRATIONS, Migration};
use crate::clock;

/// "OTk1" in ASCII, kept in the file's header: tells our files from those of other programs.
pub(super) const APPLICATION_ID: i32 = 0x4f54_6b31;

/// How long a write waits for another process (the server or a command beside the studio) before it is refused.
const BUSY: Duration = Duration::from_secs(5);
/// Statements that are kept prepared: all that entering an asset and a screen of the library need.
const STATEMENTS: usize = 64;
/// Between two tries of what SQLite itself does not wait for.
const AGAIN: Duration = Duration::from_millis(5);

/// Handle to the library; cloning shares the one connection. Calls block on the disk: never on the window's thread.
#[derive(Clone, Debug)]
pub struct Db {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    connection: Mutex<Connection>,
    path: PathBuf,
    /// What was read of the library's order, for the next search.
    orders: Mutex<Orders>,
}

impl Db {
    /// Opens the library at `path`, creating it or bringing it up to date. The folder must exist.
    pub fn open(path: &Path) -> Result<Db, Error> {
        Db::open_with(path, MIGRATIONS, BUSY)
    }

    /// `open` with a list of migrations and a waiting time of one's own, for the tests of both.
    pub(super) fn open_with(path: &Path, migrations: &[Migration], busy: Duration) -> Result<Db, Error> {
        may_be_written(path)?;
        // Frames in the log of a file that is refused must not be merged into it when it is closed.
        let keep_log = has_log(path);
        let mut connection = Connection::open_with_flags(
            path,
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )
        .map_err(|error| sorted(path, error))?;
        let found = look(&connection, busy, keep_log).map_err(|error| sorted(path, error))?;
        found.judge(path, migrations.len() as i64)?;
        configure(&connection, path, busy).map_err(|error| sorted(path, error))?;
        migrate::check(&connection, path)?;
        migrate::run(&mut connection, path, migrations)?;
        connection.pragma_update(None, "foreign_keys", true).map_err(|error| sorted(path, error))?;
        let (connection, path, orders) = (Mutex::new(connection), path.to_owned(), Mutex::default());
        Ok(Db { inner: Arc::new(Inner { connection, path, orders }) })
    }

    /// Runs `body` on the connection.
    pub(super) fn with<T>(&self, body: impl FnOnce(&mut Connection) -> Result<T, Fault>) -> Result<T, Error> {
        self.run(body, sorted)
    }

    /// Runs a write of one row, named in errors.
    pub(super) fn write<T>(
        &self,
        what: &'static str,
        id: &str,
        body: impl FnOnce(&mut Connection) -> Result<T, Fault>,
    ) -> Result<T, Error> {
        self.run(body, |path, error| sorted_row(path, what, id, error))
    }

    pub(super) fn orders(&self) -> MutexGuard<'_, Orders> {
        // What a panic left half done is checked against the library like anything else.
        self.inner.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run<T>(
        &self,
        body: impl FnOnce(&mut Connection) -> Result<T, Fault>,
        sort: impl FnOnce(&Path, rusqlite::Error) -> Error,
    ) -> Result<T, Error> {
        // A poisoned lock is sound here: a transaction that was cut short by a panic has been rolled back by its guard.
        let mut connection = self.inner.connection.lock().unwrap_or_else(PoisonError::into_inner);
        body(&mut connection).map_err(|fault| match fault {
            Fault::Typed(error) => error,
            Fault::Sqlite(error) => sort(&self.inner.path, error),
        })
    }
}

/// What a file says of itself.
struct Found {
    version: i64,
    application: i32,
    tables: i64,
}

impl Found {
    /// Refuses what is not ours or newer than `program` steps.
    fn judge(&self, path: &Path, program: i64) -> Result<(), Error> {
        let fresh = self.application == 0 && self.tables == 0;
        if self.application != APPLICATION_ID && !fresh {
            return Err(Error::Foreign(path.to_owned()));
        }
        if self.version > program {
            return Err(Error::Newer { path: path.to_owned(), file: self.version, program });
        }
        Ok(())
    }
}

/// Refuses what can't be a library or can't be written. SQLite itself would first leave a log with a read-only file's
/// permissions beside it, and then stumble over that log when the file has become writable.
fn may_be_written(path: &Path) -> Result<(), Error> {
    use rustix::fs::{Access, access};
    let unwritable = |error: rustix::io::Errno| {
        let detail = std::io::Error::from(error).to_string();
        Error::Unwritable { path: path.to_owned(), detail }
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return Err(Error::FolderMissing(folder.to_owned()));
    }
    access(folder, Access::WRITE_OK | Access::EXEC_OK).map_err(unwritable)?;
    match path.metadata() {
        Ok(facts) if !facts.is_file() => Err(Error::NotADatabase(path.to_owned())),
        Ok(_) => access(path, Access::READ_OK | Access::WRITE_OK).map_err(unwritable),
        // Not there yet.
        Err(_) => Ok(()),
    }
}

/// True when a write-ahead log with something in it lies beside the file.
fn has_log(path: &Path) -> bool {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    std::fs::metadata(name).is_ok_and(|facts| facts.len() > 0)
}

/// Reads what the file says of itself, without changing it.
fn look(connection: &Connection, busy: Duration, keep_log: bool) -> rusqlite::Result<Found> {
    connection.busy_timeout(busy)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep_log)?;
    // One view of the file for all questions, while another process may be migrating it.
    let view = connection.unchecked_transaction()?;
    Ok(Found {
        version: view.pragma_query_value(None, "user_version", |row| row.get(0))?,
        application: view.pragma_query_value(None, "application_id", |row| row.get(0))?,
        tables: view.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?,
    })
}

/// Write-ahead log and a sync at each commit: a row that was reported as saved survives a power cut.
fn configure(connection: &Connection, path: &Path, busy: Duration) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Off while migrating, so that a table can be rebuilt; `foreign_key_check` stands in, and `open` turns it on.
    connection.pragma_update(None, "foreign_keys", false)?;
    let mode = write_ahead(connection, busy)?;
    if mode != "wal" {
        tracing::warn!(path = %path.display(), mode, "this file system has no write-ahead log; the library is slower here");
    }
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "trusted_schema", false)
}

/// Turns the write-ahead log on and gives the mode that is in force. While another process does the same to a fresh file,
/// SQLite answers "busy" at once, without its usual waiting; so the waiting is done here.
fn write_ahead(connection: &Connection, busy: Duration) -> rusqlite::Result<String> {
    let asked = clock::now();
    loop {
        let mode: rusqlite::Result<String> = connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0));
        let waited = Duration::from_nanos(clock::now().since(asked));
        match mode {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && waited < busy => {
                std::thread::sleep(AGAIN);
            }
            mode => return mode,
        }
    }
}
