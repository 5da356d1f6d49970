//! What the server's rows hold: no version over another unseen, nothing for those it is not for, pictures by right.

use serde_json::Map;

use super::*;
use crate::core::shared::{Document, SharedFile};
use crate::db::User;

struct House {
    db: Db,
    _folder: tempfile::TempDir,
}

/// Anna and Ben are in a team (editor, viewer), Cleo is in none.
fn house() -> House {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&folder.path().join("library.db")).unwrap();
    for (id, hash) in [("anna", "a"), ("ben", "b"), ("cleo", "c")] {
        db.add_user(&User { id: id.into(), name: id.to_uppercase() }, &hash.repeat(64)).unwrap();
    }
    db.join_team("anna", "Films", "t", Access::Editor).unwrap();
    db.join_team("ben", "Films", "t", Access::Viewer).unwrap();
    House { db, _folder: folder }
}

fn document(script: &str, stage: Stage) -> Document {
    Document::new(script.to_owned(), Map::new(), stage, Vec::new())
}

impl House {
    /// In a word, and the revision where there is one to tell.
    fn put(&self, user: &str, base: Option<u64>, document: &Document) -> (&'static str, u64) {
        match self.db.put_shared(&Put { id: "p", user: Some(user), device: "desk", base, document }).unwrap() {
            Kept::Added { facts, new: true } => ("new", facts.revision),
            Kept::Added { facts, new: false } => ("added", facts.revision),
            Kept::Same(facts) => ("same", facts.revision),
            Kept::Stale(facts) => ("stale", facts.map_or(0, |facts| facts.revision)),
            Kept::Forbidden => ("forbidden", 0),
            Kept::Unknown => ("unknown", 0),
            Kept::Missing(hashes) => ("missing", hashes.len() as u64),
        }
    }

    fn sees(&self, user: &str) -> Option<(u64, Access)> {
        self.db.shared("p", Some(user)).unwrap().map(|facts| (facts.revision, facts.access))
    }
}

#[test]
fn a_version_is_only_added_by_who_knows_the_newest() {
    let house = house();
    let (one, two, three) = (document("one", Stage::Draft), document("two", Stage::Draft), document("three", Stage::Draft));
    assert_eq!(house.put("anna", Some(1), &one), ("unknown", 0));
    assert_eq!(house.put("anna", None, &one), ("new", 1));
    // The answer got lost: the same again is no conflict.
    assert_eq!(house.put("anna", None, &one), ("same", 1));
    assert_eq!(house.put("anna", None, &two), ("stale", 1));
    assert_eq!(house.put("anna", Some(1), &two), ("added", 2));
    assert_eq!(house.put("anna", Some(1), &three), ("stale", 2));
    assert_eq!(house.put("anna", Some(1), &two), ("same", 2));
    assert_eq!(house.db.shared_document("p", 1).unwrap().unwrap(), one);
    assert_eq!(house.db.shared_versions("p", Some("anna")).unwrap().len(), 2);
    assert!(house.db.shared_contains("p", &two.sha256(), 1).unwrap());
    assert!(!house.db.shared_contains("p", &one.sha256(), 1).unwrap());
}

#[test]
fn a_draft_is_its_owners_and_their_teams() {
    let house = house();
    house.put("anna", None, &document("one", Stage::Draft));
    assert_eq!(house.sees("anna"), Some((1, Access::Owner)));
    assert_eq!(house.sees("ben"), None);
    assert!(house.db.share_with("p", Some("films"), Some("anna")).unwrap());
    assert_eq!(house.sees("ben"), Some((1, Access::Viewer)));
    assert_eq!(house.put("ben", Some(1), &document("ben's", Stage::Draft)), ("forbidden", 0));
    assert_eq!(house.sees("cleo"), None);
    assert_eq!(house.put("cleo", Some(1), &document("cleo's", Stage::Draft)), ("unknown", 0));
    assert_eq!(house.put("cleo", None, &document("cleo's", Stage::Draft)), ("stale", 0));
    assert!(!house.db.share_with("p", Some("Nobody's"), Some("anna")).unwrap());
    // Who runs the server sees all.
    assert_eq!(house.db.shared("p", None).unwrap().unwrap().access, Access::Owner);
    assert!(house.db.share_with("p", None, Some("anna")).unwrap());
    assert_eq!(house.sees("ben"), None);
}

#[test]
fn others_see_the_published_version_and_no_later_draft() {
    let house = house();
    house.put("anna", None, &document("one", Stage::Draft));
    house.put("anna", Some(1), &document("two", Stage::Published));
    house.put("anna", Some(2), &document("three", Stage::Draft));
    assert_eq!(house.sees("cleo"), Some((2, Access::Public)));
    let versions = house.db.shared_versions("p", Some("cleo")).unwrap();
    assert_eq!(versions.iter().map(|facts| facts.revision).collect::<Vec<_>>(), [2]);
    assert_eq!(house.db.shared_projects(Some("cleo")).unwrap().len(), 1);
    assert_eq!(house.put("cleo", Some(2), &document("cleo's", Stage::Draft)), ("forbidden", 0));
}

#[test]
fn versions_are_thinned_and_their_pictures_with_them() {
    let house = house();
    let sha256 = "d".repeat(64);
    house.db.give_object(&sha256, 3, Some("anna")).unwrap();
    let picture = SharedFile { path: "pictures/a.jpg".into(), sha256: sha256.clone(), bytes: 3 };
    let mut with = document("with", Stage::Draft);
    with.pictures.push(picture);
    assert_eq!(house.put("cleo", None, &with), ("missing", 1), "not Cleo's, and shown to her nowhere");
    house.put("anna", None, &with);
    assert_eq!(house.db.usable_object(&sha256, Some("cleo")).unwrap(), None);
    assert_eq!(house.db.usable_object(&sha256, Some("anna")).unwrap(), Some(3));
    assert_eq!(house.db.forget_unused_objects("9999").unwrap(), Vec::<String>::new(), "in use");
    for revision in 1..=80 {
        let next = document(&format!("{revision}"), Stage::Draft);
        assert_eq!(house.put("anna", Some(revision), &next), ("added", revision + 1));
    }
    assert!(house.db.shared_versions("p", Some("anna")).unwrap().len() <= 52);
    let gone = house.db.forget_unused_objects("9999").unwrap();
    assert_eq!(gone, std::slice::from_ref(&sha256));
    assert_eq!(house.db.usable_object(&sha256, Some("anna")).unwrap(), None);
}

#[test]
fn what_was_a_users_is_the_servers_when_the_user_is_gone() {
    let house = house();
    house.put("anna", None, &document("one", Stage::Draft));
    house.db.remove_user("anna").unwrap();
    let facts = house.db.shared("p", None).unwrap().unwrap();
    assert_eq!((facts.owner, facts.author), (None, None));
    assert_eq!(house.sees("ben"), None);
}
