//! What another library file holds comes over: every table both know, whatever its order, and nothing that names what is not there.

use rusqlite::Connection;

use super::super::migrate::MIGRATIONS;
use super::super::{Db, Error, replaceable, retire};
use super::{library, take};
use crate::core::project::Project;

/// Tables and rows of a file, but the steps and what is made anew.
fn rows(path: &std::path::Path) -> Vec<(String, i64)> {
    let connection = Connection::open(path).unwrap();
    let mut tables = connection
        .prepare(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%'
             AND name NOT IN ('migrations', 'words_due') ORDER BY name",
        )
        .unwrap();
    let names: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    let count = |name: &String| connection.query_row(&format!("SELECT count(*) FROM {name}"), [], |row| row.get(0)).unwrap();
    names.iter().map(|name| (name.clone(), count(name))).collect()
}

/// A library with takes and projects that refer to each other, at `folder/old.db`.
fn old(folder: &std::path::Path) -> std::path::PathBuf {
    let path = folder.join("old.db");
    let db = Db::open(&path).unwrap();
    for id in ["b", "a"] {
        db.save_project(&Project { id: id.into(), title: id.into(), folder: format!("/p/{id}") }).unwrap();
    }
    for number in 1..=3 {
        db.save_take(&take(&format!("t{number}"), "a", number)).unwrap();
    }
    db.bin_take(&crate::core::take::TakeId("t2".into()), "2026-11-20T12:00:00.000Z").unwrap();
    db.save_settings("{}").unwrap();
    path
}

#[test]
fn every_row_comes_over_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let old = old(folder.path());
    retire(&old).unwrap();
    let fresh = library(folder.path());
    let carried = fresh.carry_over(&old).unwrap();
    assert_eq!((carried.unreadable.len(), carried.dangling), (0, 0), "{carried:?}");
    let before = Db::open(&old).unwrap();
    assert_eq!(fresh.all_takes().unwrap(), before.all_takes().unwrap());
    assert_eq!(fresh.binned_takes().unwrap(), before.binned_takes().unwrap());
    assert_eq!(fresh.projects().unwrap(), before.projects().unwrap());
    assert_eq!(fresh.all_assets().unwrap(), before.all_assets().unwrap());
    drop(before);
    drop(fresh);
    assert_eq!(rows(&folder.path().join("library.db")), rows(&old));
    // And it works on: triggers and references are on again.
    let fresh = library(folder.path());
    fresh.forget_take(&crate::core::take::TakeId("t1".into())).unwrap();
    assert_eq!(fresh.all_assets().unwrap().len(), 2);
    assert_eq!(fresh.integrity().unwrap(), Vec::<String>::new());
}

#[test]
fn an_older_file_gives_what_it_knows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.db");
    let busy = std::time::Duration::from_secs(5);
    for version in 1..MIGRATIONS.len() {
        let _ = std::fs::remove_file(&path);
        Db::open_with(&path, &MIGRATIONS[..version], busy).unwrap();
        super::migrating::save_as_first_version(&path, &take("kept", "p", 1));
        retire(&path).unwrap();
        let fresh = Db::open(&folder.path().join(format!("{version}.db"))).unwrap();
        let carried = fresh.carry_over(&path).unwrap();
        assert_eq!((carried.rows["takes"], carried.unreadable.len()), (1, 0), "version {version}: {carried:?}");
        assert_eq!(fresh.all_takes().unwrap()[0].id.0, "kept");
        assert_eq!(fresh.integrity().unwrap(), Vec::<String>::new());
    }
}

#[test]
fn rows_that_name_what_is_not_there_are_mended() {
    let folder = tempfile::tempdir().unwrap();
    let old = old(folder.path());
    let connection = Connection::open(&old).unwrap();
    connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    connection.execute("UPDATE projects SET parent = 'gone' WHERE id = 'a'", []).unwrap();
    connection
        .execute(
            "INSERT INTO uploads (take, server, bytes, status, attempt, updated_at) VALUES ('gone', 's', 1, 'pending', 0, '')",
            [],
        )
        .unwrap();
    drop(connection);
    retire(&old).unwrap();
    let fresh = library(folder.path());
    let carried = fresh.carry_over(&old).unwrap();
    assert!(carried.dangling >= 2, "{carried:?}");
    assert_eq!(fresh.integrity().unwrap(), Vec::<String>::new());
    assert_eq!((fresh.projects().unwrap().len(), fresh.unfinished_uploads().unwrap().len()), (2, 0));
}

#[test]
fn what_is_not_ours_to_replace_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.db");
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE other (x)").unwrap();
    assert!(matches!(replaceable(&path), Err(Error::Foreign(_))));
    let ours = old(folder.path());
    let open = Db::open(&ours).unwrap();
    assert!(replaceable(&ours).is_ok());
    assert!(matches!(retire(&ours), Err(Error::Busy(_))), "somebody has it open");
    drop(open);
    retire(&ours).unwrap();
    Connection::open(&ours).unwrap().pragma_update(None, "user_version", 9_999).unwrap();
    assert!(matches!(retire(&ours), Err(Error::Newer { .. })));
    std::fs::write(&path, vec![0x55u8; 4096]).unwrap();
    assert!(retire(&path).is_err_and(|error| !matches!(error, Error::Foreign(_) | Error::Newer { .. } | Error::Busy(_))));
}
