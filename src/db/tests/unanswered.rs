//! Questions about interrupted takes: asked until answered, gone with their take, asked once of what older libraries hold.

use super::super::migrate::MIGRATIONS;
use super::super::{Db, Error};
use super::migrating::save_as_first_version;
use super::{library, take};
use crate::core::take::{Take, TakeId, TakeState};

const AT: &str = "2026-11-20T12:14:03.500Z";

fn interrupted(id: &str, number: u32) -> Take {
    Take { state: TakeState::Interrupted, ..take(id, "p", number) }
}

fn asked(db: &Db) -> Vec<(String, String)> {
    db.unanswered().unwrap().into_iter().map(|(take, at)| (take.id.0, at)).collect()
}

#[test]
fn a_question_stays_until_it_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    for take in [interrupted("a", 1), interrupted("b", 2)] {
        db.save_take(&take).unwrap();
        db.ask_about(&take.id, AT).unwrap();
    }
    // Saving its row again asks and answers nothing.
    db.save_take(&interrupted("a", 1)).unwrap();
    drop(db);
    let db = library(folder.path());
    assert_eq!(asked(&db), [("b".to_owned(), AT.to_owned()), ("a".to_owned(), AT.to_owned())]);
    db.answered(&TakeId("b".into())).unwrap();
    db.answered(&TakeId("no such take".into())).unwrap();
    assert_eq!(asked(&db), [("a".to_owned(), AT.to_owned())]);
    assert!(matches!(db.ask_about(&TakeId("no such take".into()), AT), Err(Error::Orphan { .. })));
}

#[test]
fn nobody_is_asked_about_what_lies_in_the_bin_or_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    let take = interrupted("a", 1);
    db.save_take(&take).unwrap();
    db.ask_about(&take.id, AT).unwrap();
    db.bin_take(&take.id, AT).unwrap();
    assert!(asked(&db).is_empty());
    db.restore_take(&take.id).unwrap();
    assert_eq!(asked(&db).len(), 1, "back from the bin it waits as before");
    db.forget_take(&take.id).unwrap();
    db.save_take(&take).unwrap();
    assert!(asked(&db).is_empty());
}

#[test]
fn an_older_librarys_interrupted_takes_are_asked_about_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let before = MIGRATIONS.iter().position(|step| step.name.ends_with("_unanswered")).unwrap();
    let db = Db::open_with(&path, &MIGRATIONS[..before], std::time::Duration::from_secs(5)).unwrap();
    drop(db);
    let strange = Take { started_at: "long ago".into(), ..interrupted("strange", 3) };
    for take in [take("whole", "p", 1), interrupted("broken", 2), strange] {
        save_as_first_version(&path, &take);
    }
    let db = library(folder.path());
    // It began at 12:00:02 and is 142 s long.
    let expected = [("strange", "long ago"), ("broken", "2026-11-20T12:02:24.000Z")];
    assert_eq!(asked(&db), expected.map(|(id, at)| (id.to_owned(), at.to_owned())));
}
