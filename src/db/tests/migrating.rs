//! Every older version comes up to date with its rows; a step that fails, or is not the one that was shipped, changes nothing.

use std::path::Path;
use std::time::Duration;

use proptest::prelude::*;
use rusqlite::Connection;

use super::super::migrate::{MIGRATIONS, Migration};
use super::super::{Db, Error, Upload};
use super::{library, take};
use crate::core::library::{Query, Sort};
use crate::core::take::Take;
use crate::core::upload::Status;

const BUSY: Duration = Duration::from_secs(5);

/// The schema's text, in a fixed order.
fn schema(path: &Path) -> Vec<String> {
    let connection = Connection::open(path).unwrap();
    let mut statement = connection.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name").unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

fn version(path: &Path) -> i64 {
    Connection::open(path).unwrap().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
}

fn open(path: &Path, migrations: &[Migration]) -> Result<Db, Error> {
    Db::open_with(path, migrations, BUSY)
}

/// A take as the first version of the library kept it: it knew nothing of spans.
pub(super) fn save_as_first_version(path: &Path, take: &Take) {
    let connection = Connection::open(path).unwrap();
    let scenes = serde_json::to_string(&take.scenes).unwrap();
    let values: [&dyn rusqlite::ToSql; 17] = [
        &take.id.0,
        &take.project,
        &take.number,
        &take.title,
        &take.folder,
        &take.media,
        &take.started_at,
        &take.state.name(),
        &(take.nanos as i64),
        &(take.frames as i64),
        &(take.dropped as i64),
        &take.width,
        &take.height,
        &take.rate.num,
        &take.rate.den,
        &(take.bytes as i64),
        &scenes,
    ];
    let sql = "INSERT INTO takes (id, project, number, title, folder, media, started_at, state, nanos, frames, dropped, width,
                                  height, rate_num, rate_den, bytes, scenes)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)";
    connection.execute(sql, &values[..]).unwrap();
}

/// An upload as the second version kept it: it knew nothing of takes that are sent while they are recorded.
fn save_as_second_version(path: &Path, upload: &Upload) {
    let sql = "INSERT INTO uploads (take, server, bytes, status, attempt, updated_at) VALUES (?1, ?2, ?3, ?4, 0, ?5)";
    let values = (&upload.take.0, &upload.server, upload.bytes as i64, upload.status.name(), &upload.updated_at);
    Connection::open(path).unwrap().execute(sql, values).unwrap();
}

fn upload(take: &Take) -> Upload {
    Upload {
        take: take.id.clone(),
        server: "https://studio.example".into(),
        location: None,
        recording: None,
        sha256: None,
        bytes: take.bytes,
        status: Status::Pending,
        growing: false,
        attempt: 0,
        problem: None,
        updated_at: "2026-11-20T12:00:00.000Z".into(),
    }
}

#[test]
fn steps_have_a_reason_and_their_place_in_the_name() {
    for (index, migration) in MIGRATIONS.iter().enumerate() {
        assert!(migration.sql.starts_with("-- Reason: "), "{}", migration.name);
        assert!(migration.name.starts_with(&format!("{:04}_", index + 1)), "{}", migration.name);
    }
}

proptest! {
    // Each case writes real files with full syncs.
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn every_older_version_comes_up_with_its_rows(count in 0..6u32, settings in "\\PC{0,40}") {
        for older in 0..=MIGRATIONS.len() {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("library.db");
            // Only the newest version has a place for everything this program knows of a take.
            let newest = older == MIGRATIONS.len();
            let known = |take: Take| if newest { take } else { Take { spans: Vec::new(), ..take } };
            let takes: Vec<Take> = (1..=count).rev().map(|number| known(take(&format!("t{number}"), "p", number))).collect();
            let db = open(&path, &MIGRATIONS[..older]).unwrap();
            if older >= 1 {
                for take in &takes {
                    if newest { db.save_take(take).unwrap() } else { save_as_first_version(&path, take) }
                }
                db.save_value("note", &settings).unwrap();
            }
            if older >= 2 {
                takes.iter().for_each(|take| save_as_second_version(&path, &upload(take)));
            }
            drop(db);
            prop_assert_eq!(version(&path), older as i64);

            let db = library(folder.path());
            if older >= 1 {
                prop_assert_eq!(db.all_takes().unwrap(), takes.clone());
                prop_assert_eq!(db.value("note").unwrap(), Some(settings.clone()));
                // Takes of any age are in the list of all media, and are found.
                let query = Query { words: "write".into(), sort: Sort::Length, ..Query::default() };
                prop_assert_eq!(db.find(&query).unwrap().len(), takes.len());
            }
            if older >= 2 {
                prop_assert_eq!(db.unfinished_uploads().unwrap(), takes.iter().rev().map(upload).collect::<Vec<_>>());
            }
            drop(db);
            let fresh = tempfile::tempdir().unwrap();
            drop(library(fresh.path()));
            prop_assert_eq!(version(&path), MIGRATIONS.len() as i64);
            prop_assert_eq!(schema(&path), schema(&fresh.path().join("library.db")));
        }
    }
}

#[test]
fn a_step_that_fails_undoes_the_whole_update() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    drop(open(&path, &MIGRATIONS[..1]).unwrap());
    let kept = Take { spans: Vec::new(), ..take("kept", "p", 1) };
    save_as_first_version(&path, &kept);
    let before = schema(&path);
    let broken =
        Migration { name: "9999_broken", sql: "-- Reason: test.\nCREATE TABLE half (x); INSERT INTO nowhere VALUES (1)" };
    let orphan = Migration {
        name: "9999_orphan",
        sql: "-- Reason: test.\nINSERT INTO incoming VALUES ('i', 'no such recording', 1, 0, '', '', '')",
    };
    for (bad, expected) in [(broken, "9999_broken"), (orphan, "incoming")] {
        let steps = [MIGRATIONS, &[bad]].concat();
        let error = open(&path, &steps).unwrap_err();
        assert!(matches!(error, Error::Migration { .. } | Error::Corrupt { .. }), "{error}");
        assert!(error.to_string().contains(expected), "{error}");
        assert_eq!((version(&path), schema(&path)), (1, before.clone()));
    }
    let db = library(folder.path());
    assert_eq!(db.all_takes().unwrap(), [kept]);
}

#[test]
fn a_shipped_step_that_was_edited_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    drop(library(folder.path()));
    let mut steps = MIGRATIONS.to_vec();
    let text = format!("{}-- a harmless afterthought\n", steps[1].sql);
    steps[1].sql = text.leak();
    let error = open(&path, &steps).unwrap_err();
    assert!(matches!(&error, Error::ChangedMigration { name, .. } if name == "0002_uploads"), "{error}");

    let mut renamed = MIGRATIONS.to_vec();
    renamed[0].name = "0001_other";
    assert!(matches!(open(&path, &renamed), Err(Error::ChangedMigration { .. })));

    Connection::open(&path).unwrap().execute("DELETE FROM migrations WHERE version = 3", []).unwrap();
    assert!(matches!(open(&path, MIGRATIONS), Err(Error::ChangedMigration { .. })));
}
