//! Bringing the library up to date: every missing step in one transaction, recorded with the SHA-256 of its text, verified
//! before the commit. A shipped step is never edited; that its text changed is noticed by its recorded digest.

use std::path::Path;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use sha2::{Digest, Sha256};

use super::error::{Error, sorted};
use super::open::APPLICATION_ID;
use crate::clock;

/// One step; its version is its place in the list, from 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Migration {
    pub name: &'static str,
    pub sql: &'static str,
}

/// All steps in order. It only grows.
pub(super) const MIGRATIONS: &[Migration] = &[
    Migration { name: "0001_library", sql: include_str!("migrations/0001_library.sql") },
    Migration { name: "0002_uploads", sql: include_str!("migrations/0002_uploads.sql") },
    Migration { name: "0003_server", sql: include_str!("migrations/0003_server.sql") },
    Migration { name: "0004_paired_devices", sql: include_str!("migrations/0004_paired_devices.sql") },
    Migration { name: "0005_spans", sql: include_str!("migrations/0005_spans.sql") },
    Migration { name: "0006_unanswered", sql: include_str!("migrations/0006_unanswered.sql") },
    Migration { name: "0007_growing_uploads", sql: include_str!("migrations/0007_growing_uploads.sql") },
    Migration { name: "0008_screen", sql: include_str!("migrations/0008_screen.sql") },
    Migration { name: "0009_assets", sql: include_str!("migrations/0009_assets.sql") },
    Migration { name: "0010_lineage", sql: include_str!("migrations/0010_lineage.sql") },
    Migration { name: "0011_versions", sql: include_str!("migrations/0011_versions.sql") },
    Migration { name: "0012_objects", sql: include_str!("migrations/0012_objects.sql") },
    Migration { name: "0013_shared_projects", sql: include_str!("migrations/0013_shared_projects.sql") },
    Migration { name: "0014_second_files", sql: include_str!("migrations/0014_second_files.sql") },
    Migration { name: "0015_queue", sql: include_str!("migrations/0015_queue.sql") },
    Migration { name: "0016_receipts_in_lineage", sql: include_str!("migrations/0016_receipts_in_lineage.sql") },
    Migration { name: "0017_awaited_objects", sql: include_str!("migrations/0017_awaited_objects.sql") },
    Migration { name: "0018_held_jobs", sql: include_str!("migrations/0018_held_jobs.sql") },
];

/// Tables that must be there when all of `MIGRATIONS` have run.
const TABLES: &[&str] = &[
    "settings",
    "projects",
    "takes",
    "uploads",
    "video_recordings",
    "incoming",
    "paired_devices",
    "unanswered",
    "users",
    "teams",
    "team_members",
    "assets",
    "tags",
    "asset_tags",
    "project_tags",
    "project_assets",
    "asset_words",
    "words_due",
    "contents",
    "script_versions",
    "take_scripts",
    "prompts",
    "prompt_versions",
    "jobs",
    "job_inputs",
    "exports",
    "export_clips",
    "lineage",
    "snapshots",
    "undo_steps",
    "user_tokens",
    "shared_projects",
    "shared_versions",
    "shared_objects",
    "shared_objects_awaited",
    "project_sync",
    "object_uploads",
    "object_parts",
    "object_receipts",
    "job_outputs",
];

/// Tables that are always read through at the start.
const SMALL_TABLES: &[&str] = &[
    "settings",
    "projects",
    "takes",
    "uploads",
    "video_recordings",
    "incoming",
    "paired_devices",
    "unanswered",
    "users",
    "teams",
    "team_members",
    "jobs",
];

/// Up to here the whole file is read at the start, in some ten milliseconds: ten thousand takes.
const LARGE_BYTES: i64 = 16 << 20;

/// Applies what is missing. On any error nothing has changed.
pub(super) fn run(connection: &mut Connection, path: &Path, migrations: &[Migration]) -> Result<(), Error> {
    {
        // One view of the file for all questions, while another process may be migrating it.
        let view = connection.transaction().map_err(|error| sorted(path, error))?;
        if applied(&view, path, migrations)? == migrations.len() {
            return expect_tables(&view, path, migrations);
        }
    }
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(|error| sorted(path, error))?;
    // Another process may have migrated while this one waited for the lock.
    let done = applied(&transaction, path, migrations)?;
    for (index, migration) in migrations.iter().enumerate().skip(done) {
        apply(&transaction, index as i64 + 1, migration).map_err(|error| match sorted(path, error) {
            Error::Sqlite { source, .. } => {
                Error::Migration { path: path.to_owned(), name: migration.name.into(), detail: source.to_string() }
            }
            other => other,
        })?;
    }
    verify(&transaction, path, migrations)?;
    transaction.commit().map_err(|error| sorted(path, error))?;
    tracing::info!(path = %path.display(), from = done, to = migrations.len(), "library brought up to date");
    Ok(())
}

fn apply(transaction: &Transaction<'_>, version: i64, migration: &Migration) -> rusqlite::Result<()> {
    transaction.execute_batch(
        "CREATE TABLE IF NOT EXISTS migrations (
            version    INTEGER PRIMARY KEY,
            name       TEXT NOT NULL,
            sha256     TEXT NOT NULL,
            applied_at TEXT NOT NULL
        ) STRICT",
    )?;
    transaction.execute_batch(migration.sql)?;
    transaction.execute(
        "INSERT INTO migrations (version, name, sha256, applied_at) VALUES (?1, ?2, ?3, ?4)",
        (version, migration.name, digest(migration.sql), clock::wall()),
    )?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", version)
}

/// How many steps the file has had; an error when they are not the first of ours.
fn applied(connection: &Connection, path: &Path, migrations: &[Migration]) -> Result<usize, Error> {
    let version: i64 =
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(|error| sorted(path, error))?;
    if version == 0 {
        return Ok(0);
    }
    if !has_table(connection, "migrations").map_err(|error| sorted(path, error))? {
        return Err(corrupt(path, "its table migrations is missing".into()));
    }
    let rows: Vec<(i64, String, String)> = connection
        .prepare("SELECT version, name, sha256 FROM migrations ORDER BY version")
        .and_then(|mut statement| statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect())
        .map_err(|error| sorted(path, error))?;
    if version > migrations.len() as i64 {
        return Err(Error::Newer { path: path.to_owned(), file: version, program: migrations.len() as i64 });
    }
    for (index, (version, name, sha256)) in rows.iter().enumerate() {
        let same = migrations
            .get(index)
            .is_some_and(|ours| *version == index as i64 + 1 && ours.name == name && digest(ours.sql) == *sha256);
        if !same {
            return Err(Error::ChangedMigration { path: path.to_owned(), name: name.clone() });
        }
    }
    if rows.len() as i64 != version {
        return Err(Error::ChangedMigration { path: path.to_owned(), name: format!("number {version}") });
    }
    Ok(rows.len())
}

/// References, pages and tables are as they must be.
fn verify(connection: &Connection, path: &Path, migrations: &[Migration]) -> Result<(), Error> {
    let broken: Option<String> = connection
        .prepare("PRAGMA foreign_key_check")
        .and_then(|mut statement| statement.query_map([], |row| row.get(0))?.next().transpose())
        .map_err(|error| sorted(path, error))?;
    if let Some(table) = broken {
        return Err(corrupt(path, format!("a row of {table} refers to one that is not there")));
    }
    check_whole(connection, path)?;
    expect_tables(connection, path, migrations)
}

fn expect_tables(connection: &Connection, path: &Path, migrations: &[Migration]) -> Result<(), Error> {
    if migrations.len() < MIGRATIONS.len() {
        return Ok(());
    }
    for table in TABLES {
        if !has_table(connection, table).map_err(|error| sorted(path, error))? {
            return Err(corrupt(path, format!("its table {table} is missing")));
        }
    }
    Ok(())
}

/// Asked of the file: `Connection::table_exists` answers from a schema that another process may have outdated.
fn has_table(connection: &Connection, name: &str) -> rusqlite::Result<bool> {
    connection.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1")?.exists([name])
}

/// Looks for damage before anything is asked of the file. A large one holds a large list of media, which can be made again; only
/// the tables that can't be told from it are read then, so that the studio's start does not grow with the library.
pub(super) fn check(connection: &Connection, path: &Path) -> Result<(), Error> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let bytes = pragma("page_count").and_then(|count| Ok(count * pragma("page_size")?));
    match bytes.map_err(|error| sorted(path, error))? {
        ..=LARGE_BYTES => check_whole(connection, path),
        _ => check_tables(connection, path),
    }
}

/// Reads every page once.
fn check_whole(connection: &Connection, path: &Path) -> Result<(), Error> {
    judged(connection, path, "PRAGMA quick_check(1)")
}

/// Reads every page of the small tables once.
pub(super) fn check_tables(connection: &Connection, path: &Path) -> Result<(), Error> {
    for table in SMALL_TABLES {
        if has_table(connection, table).map_err(|error| sorted(path, error))? {
            judged(connection, path, &format!("PRAGMA quick_check('{table}')"))?;
        }
    }
    Ok(())
}

fn judged(connection: &Connection, path: &Path, check: &str) -> Result<(), Error> {
    let verdict: String = connection.query_row(check, [], |row| row.get(0)).map_err(|error| sorted(path, error))?;
    if verdict == "ok" { Ok(()) } else { Err(corrupt(path, verdict)) }
}

fn corrupt(path: &Path, detail: String) -> Error {
    // SQLite lists its findings line by line; one is enough for a sentence.
    let detail = detail.lines().last().unwrap_or_default().to_owned();
    Error::Corrupt { path: path.to_owned(), detail }
}

fn digest(sql: &str) -> String {
    Sha256::digest(sql.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
