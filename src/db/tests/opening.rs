//! Files that are not ours, not whole, not writable or not free: each gives its own sentence, and stays as it was.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

use super::super::migrate::{MIGRATIONS, check_tables};
use super::super::{Db, Error};
use super::{CHILD, itself_for_anyone, library, take};
use crate::core::library::Query;
use crate::core::problem::{Kind, Problem};

/// Long enough for a lock to be tried again, short enough not to be noticed.
const SHORT: Duration = Duration::from_millis(20);

/// Opens, expects a refusal, checks that it makes whole sentences, and gives it.
fn refused(path: &Path) -> Error {
    let error = Db::open_with(path, MIGRATIONS, SHORT).expect_err("must be refused");
    let text = error.to_string();
    assert!(text.contains(path.to_str().unwrap()) || matches!(error, Error::FolderMissing(_)), "{text}");
    assert!(text.ends_with('.'), "{text}");
    error
}

fn fix(error: Error) -> (Kind, String) {
    let problem = Problem::from(error);
    assert!(problem.fix.ends_with('.'), "{problem:?}");
    (problem.kind, problem.fix)
}

/// Every file of a folder by name, whole.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|item| item.unwrap().path())
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn a_newer_file_is_refused_and_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    drop(library(folder.path()));
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = contents(folder.path());
    let error = refused(&path);
    assert!(matches!(error, Error::Newer { file: 99, .. }), "{error}");
    assert_eq!(fix(error).0, Kind::Usage);
    assert_eq!(contents(folder.path()), before);
}

#[test]
fn a_newer_file_whose_version_is_still_in_its_log_is_untouched_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    drop(library(folder.path()));
    let newer = Connection::open(&path).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    // What a crash of the newer program leaves: file and log, not yet merged.
    let crashed = tempfile::tempdir().unwrap();
    for name in ["library.db", "library.db-wal"] {
        fs::copy(folder.path().join(name), crashed.path().join(name)).unwrap();
    }
    let before = contents(crashed.path());
    assert!(matches!(refused(&crashed.path().join("library.db")), Error::Newer { file: 99, .. }));
    let after: Vec<_> = contents(crashed.path()).into_iter().filter(|(path, _)| !path.ends_with("library.db-shm")).collect();
    assert_eq!(after, before);
}

#[test]
fn other_files_are_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("notes.db");
    fs::write(&text, "Not a database, though it is long enough to have a header. ".repeat(4)).unwrap();
    let short = folder.path().join("short.db");
    fs::write(&short, "SQLite format 3\0").unwrap();
    let foreign = folder.path().join("places.sqlite");
    Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE places (url TEXT)").unwrap();
    let marked = folder.path().join("map.gpkg");
    Connection::open(&marked).unwrap().pragma_update(None, "application_id", 0x4750_4b47).unwrap();
    let before = contents(folder.path());
    for path in [&text, &short] {
        assert!(matches!(refused(path), Error::NotADatabase(_)));
    }
    for path in [&foreign, &marked] {
        assert!(matches!(refused(path), Error::Foreign(_)));
    }
    assert_eq!(contents(folder.path()), before);
    assert!(matches!(refused(folder.path()), Error::NotADatabase(_)));
    assert!(fix(refused(&text)).1.contains("Move that file away"));
}

#[test]
fn an_empty_file_is_a_new_library() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("library.db"), "").unwrap();
    assert_eq!(library(folder.path()).all_takes().unwrap(), []);
}

#[test]
fn a_missing_folder_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("gone");
    let error = refused(&missing.join("library.db"));
    assert!(matches!(&error, Error::FolderMissing(path) if *path == missing), "{error}");
    assert_eq!(fix(error).0, Kind::Disk);
    assert!(!missing.exists());
}

#[test]
fn damage_is_told_apart_and_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let db = library(folder.path());
    for number in 1..400 {
        db.save_take(&take(&format!("t{number:04}"), "p", number)).unwrap();
    }
    drop(db);
    let whole = fs::read(&path).unwrap();
    let mut overwritten = whole.clone();
    // Everything behind the schema's page, up to the last.
    let end = overwritten.len() - 4096;
    overwritten[4096..end].fill(0xaa);
    for damaged in [&overwritten[..], &whole[..whole.len() / 2]] {
        fs::write(&path, damaged).unwrap();
        let error = refused(&path);
        assert!(matches!(error, Error::Corrupt { .. }), "{error}");
        let (kind, fix) = fix(error);
        assert_eq!(kind, Kind::Disk);
        assert!(fix.contains("from their folders"), "{fix}");
    }
}

#[test]
fn damage_to_what_is_nowhere_else_is_found_in_a_large_file_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let db = library(folder.path());
    for number in 1..400 {
        db.save_take(&take(&format!("t{number:04}"), "p", number)).unwrap();
    }
    drop(db);
    let read = |path: &Path| check_tables(&Connection::open(path).unwrap(), path);
    read(&path).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let at = bytes.windows(5).position(|part| part == b"t0200").unwrap() / 4096 * 4096;
    bytes[at..at + 4096].fill(0xaa);
    fs::write(&path, bytes).unwrap();
    assert!(matches!(read(&path), Err(Error::Corrupt { .. })));
}

#[test]
fn a_library_without_its_tables_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    for table in ["incoming", "migrations"] {
        let _ = fs::remove_file(&path);
        drop(library(folder.path()));
        Connection::open(&path).unwrap().execute_batch(&format!("DROP TABLE {table}")).unwrap();
        let error = refused(&path);
        assert!(matches!(&error, Error::Corrupt { detail, .. } if detail.contains(table)), "{error}");
    }
}

#[test]
fn a_locked_library_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let other = Connection::open(&path).unwrap();
    other.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE held (x)").unwrap();
    let error = refused(&path);
    assert!(matches!(error, Error::Busy(_)), "{error}");
    assert!(fix(error).1.contains("Close the other program"));
}

#[test]
fn another_writer_delays_writes_but_not_reads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    library(folder.path()).save_take(&take("a", "p", 1)).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let db = Db::open_with(&path, MIGRATIONS, SHORT).unwrap();
    assert_eq!(db.all_takes().unwrap().len(), 1);
    assert_eq!(db.find(&Query::default()).unwrap().len(), 1, "a search does without what is not indexed yet");
    assert!(matches!(db.save_take(&take("b", "p", 2)), Err(Error::Busy(_))));
    other.execute_batch("COMMIT").unwrap();
    db.save_take(&take("b", "p", 2)).unwrap();
}

#[test]
fn a_full_disk_says_so_and_keeps_what_was_saved() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    db.save_take(&take("kept", "p", 1)).unwrap();
    // SQLite's own limit gives the very error that a full disk gives.
    db.with(|connection| {
        let pages: i64 = connection.pragma_query_value(None, "page_count", |row| row.get(0))?;
        Ok(connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?)
    })
    .unwrap();
    let error = (2..2_000).find_map(|number| db.save_take(&take(&format!("t{number}"), "p", number)).err()).unwrap();
    assert!(matches!(error, Error::Full(_)), "{error}");
    assert_eq!(fix(error).0, Kind::Disk);
    assert!(db.take(&take("kept", "p", 1).id).unwrap().is_some());
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    const PLAIN_USER: u32 = 65_534;
    if std::env::var_os(CHILD).is_none() && rustix::process::geteuid().is_root() {
        // Permissions do not hold root back.
        let folder = tempfile::tempdir().unwrap();
        let mut child = itself_for_anyone(folder.path(), "opening::a_folder_that_cannot_be_written_is_named");
        let output = child.uid(PLAIN_USER).gid(PLAIN_USER).output().unwrap();
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && told.contains("1 passed"), "{told}{}", String::from_utf8_lossy(&output.stderr));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mode = |path: &Path, bits| fs::set_permissions(path, fs::Permissions::from_mode(bits)).unwrap();
    let path = folder.path().join("library.db");
    mode(folder.path(), 0o555);
    let nothing_there = refused(&path);
    mode(folder.path(), 0o755);
    drop(library(folder.path()));
    mode(folder.path(), 0o555);
    let folder_only = refused(&path);
    mode(&path, 0o444);
    let both = refused(&path);
    mode(folder.path(), 0o755);
    let file_only = refused(&path);
    mode(&path, 0o000);
    let unreadable = refused(&path);
    mode(&path, 0o644);
    for error in [nothing_there, folder_only, both, file_only, unreadable] {
        assert!(matches!(error, Error::Unwritable { .. }), "{error}");
        assert!(fix(error).1.contains("Allow writing"));
    }
    library(folder.path()).save_take(&take("a", "p", 1)).unwrap();
}
