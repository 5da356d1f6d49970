//! Versions in a real library: nothing twice, nothing lost that is wanted, no text without a row.

use rusqlite::Connection;

use super::library;
use crate::core::history::{Kind, Outline};
use crate::core::project::Project;
use crate::core::script::Script;
use crate::core::undo::Steps;
use crate::db::{Db, Error, KeptVersion, NewVersion, digest};

struct Place {
    folder: tempfile::TempDir,
    db: Db,
}

impl Place {
    fn new() -> Place {
        let folder = tempfile::tempdir().unwrap();
        let db = library(folder.path());
        for id in ["p", "q"] {
            db.save_project(&Project { id: id.into(), title: id.into(), folder: format!("/{id}") }).unwrap();
        }
        Place { folder, db }
    }

    fn keep(&self, kind: Kind, name: Option<&str>, made_at: &str, text: &str) -> KeptVersion {
        self.keep_with(kind, name, made_at, text, None)
    }

    fn keep_with(&self, kind: Kind, name: Option<&str>, made_at: &str, text: &str, steps: Option<&Steps>) -> KeptVersion {
        let outline = Outline::of(&Script::markdown(text));
        let new = NewVersion { project: "p", kind, name, made_at, outline: &outline, text, details: None, steps };
        self.db.keep_version(&new).unwrap()
    }

    fn kinds(&self) -> Vec<(Kind, Option<String>)> {
        self.db.versions("p").unwrap().into_iter().map(|version| (version.kind, version.name)).collect()
    }

    fn texts(&self) -> i64 {
        let connection = Connection::open(self.folder.path().join("library.db")).unwrap();
        connection.query_row("SELECT count(*) FROM contents", [], |row| row.get(0)).unwrap()
    }
}

const ONE: &str = "---\ntitle: T\n---\n\n## One\n\nFirst words.\n";
const DAY: &str = "2026-11-02T12:00:00.000Z";

#[test]
fn the_same_text_is_kept_once_and_the_better_reason_counts() {
    let place = Place::new();
    let first = place.keep(Kind::Imported, None, DAY, ONE);
    assert!(first.fresh);
    assert_eq!(place.keep(Kind::Draft, None, DAY, ONE), KeptVersion { fresh: false, ..first.clone() });
    let published = place.keep(Kind::Published, Some("Cut"), "2026-11-02T13:00:00.000Z", ONE);
    assert_eq!((published.seq, published.fresh), (first.seq, true));
    assert_eq!(place.kinds(), [(Kind::Published, Some("Cut".to_owned()))]);
    assert!(!place.keep(Kind::BeforeRestore, None, DAY, ONE).fresh, "published is safe already");
    place.keep(Kind::Published, Some("Again"), DAY, ONE);
    assert_eq!(place.kinds().len(), 2, "publishing is an act of its own");
    assert_eq!(place.texts(), 1);
    let standing = place.db.standing("p").unwrap();
    assert_eq!((standing.published, standing.last.unwrap().label()), (true, "Again"));
    place.db.withdraw("p", DAY).unwrap();
    let standing = place.db.standing("p").unwrap();
    assert!(!standing.published && standing.last.is_some());
    assert_eq!(place.db.standing("q").unwrap(), Default::default());
}

#[test]
fn versions_come_back_with_what_changed_in_them() {
    let place = Place::new();
    place.keep(Kind::Imported, None, DAY, ONE);
    let two = format!("{ONE}\n## Two\n\nMore of the same.\n");
    let second = place.keep(Kind::Draft, None, DAY, &two);
    let versions = place.db.versions("p").unwrap();
    assert_eq!(versions[0].seq, second.seq);
    assert_eq!(
        (versions[0].title.as_str(), versions[0].words, versions[0].sha256.as_str()),
        ("T", 6, digest(two.as_bytes()).as_str())
    );
    assert_eq!(versions[0].change.unwrap().sentence(), "1 scene added, +4 words");
    assert_eq!(versions[1].change, None);
    assert_eq!(place.db.version_text("p", second.seq).unwrap(), two);
    assert!(matches!(place.db.version_text("q", second.seq), Err(Error::Unknown { .. })), "of another project");
    assert_eq!(place.db.versions("q").unwrap(), []);
    place.db.name_version("p", second.seq, Some("Draft for Ana")).unwrap();
    assert_eq!(place.db.versions("p").unwrap()[0].label(), "Draft for Ana");
    place.db.name_version("p", second.seq, None).unwrap();
    assert_eq!(place.db.versions("p").unwrap()[0].label(), "Draft");
    assert!(matches!(place.db.name_version("p", 99, Some("x")), Err(Error::Unknown { .. })));
    let orphan = NewVersion {
        project: "nobody",
        kind: Kind::Draft,
        name: None,
        made_at: DAY,
        outline: &Outline::default(),
        text: "",
        details: None,
        steps: None,
    };
    assert!(matches!(place.db.keep_version(&orphan), Err(Error::Orphan { .. })));
    assert_eq!(place.texts(), 2, "the refused text was not left behind");
}

#[test]
fn thinning_takes_the_texts_along_that_nothing_names() {
    let place = Place::new();
    let text = |i: u32| format!("## Scene\n\nTake {i} of it.\n");
    for i in 0..60u32 {
        // One a minute; the tenth is published, the twentieth has a name, the thirtieth is the same as the first.
        let (kind, name) = match i {
            10 => (Kind::Published, None),
            20 => (Kind::Draft, Some("kept")),
            _ => (Kind::Draft, None),
        };
        place.keep(kind, name, &format!("2026-11-02T12:{i:02}:00.000Z"), &text(if i == 30 { 0 } else { i }));
    }
    assert_eq!(place.texts(), 59);
    assert_eq!(place.db.thin_versions("p", "2026-11-02T13:00:00.000Z").unwrap(), 0, "all of an hour stay");
    assert_eq!(place.db.thin_versions("p", "2026-11-02T15:00:00.000Z").unwrap(), 57);
    let left: Vec<String> =
        place.db.versions("p").unwrap().iter().map(|v| place.db.version_text("p", v.seq).unwrap()).collect();
    assert_eq!(left, [text(59), text(20), text(10)]);
    assert_eq!(place.texts(), 3);
}

#[test]
fn a_text_that_something_else_names_stays() {
    let place = Place::new();
    let connection = Connection::open(place.folder.path().join("library.db")).unwrap();
    connection.execute_batch("CREATE TABLE others (body TEXT REFERENCES contents (sha256)) STRICT").unwrap();
    place.keep(Kind::Draft, None, "2026-11-02T12:00:00.000Z", ONE);
    place.keep(Kind::Draft, None, "2026-11-02T12:01:00.000Z", "## Second\n");
    connection.execute("INSERT INTO others SELECT sha256 FROM contents WHERE body = CAST(?1 AS BLOB)", [ONE]).unwrap();
    place.keep(Kind::Draft, None, "2026-11-02T12:02:00.000Z", "## Third\n");
    assert_eq!(place.db.thin_versions("p", "2026-11-03T11:00:00.000Z").unwrap(), 2);
    assert_eq!(place.texts(), 2, "the newest version's and the one that is used");
}

#[test]
fn undo_comes_back_with_the_text_it_belongs_to() {
    let place = Place::new();
    assert_eq!(place.db.steps("p").unwrap(), None);
    let mut steps = Steps::default();
    steps.record("## Old\n", ONE, false);
    place.keep_with(Kind::Draft, None, DAY, ONE, Some(&steps));
    let (known, of) = place.db.steps("p").unwrap().unwrap();
    assert_eq!((serde_json::to_string(&known).unwrap(), of), (serde_json::to_string(&steps).unwrap(), ONE.to_owned()));
    // Keeping without steps leaves them, and the text they need.
    place.keep(Kind::Draft, None, "2026-11-02T12:01:00.000Z", "## Two\n");
    place.db.thin_versions("p", "2026-12-30T12:00:00.000Z").unwrap();
    let (mut known, of) = place.db.steps("p").unwrap().unwrap();
    assert_eq!(known.undo(&of).as_deref(), Some("## Old\n"));
    assert_eq!(place.texts(), 2);
    place.keep_with(Kind::Draft, None, "2026-12-30T12:00:00.000Z", "## Two\n", Some(&Steps::default()));
    assert_eq!(place.texts(), 1, "with its last user the text goes");
    let connection = Connection::open(place.folder.path().join("library.db")).unwrap();
    connection.execute("UPDATE undo_steps SET steps = '[1, 2]'", []).unwrap();
    assert_eq!(place.db.steps("p").unwrap(), None, "rubbish is no steps");
}

#[test]
fn what_a_project_was_made_of_is_known() {
    let place = Place::new();
    place.db.descend("q", "p").unwrap();
    assert!(place.db.descend("q", "nobody").is_err());
    assert!(place.db.descend("q", "q").is_err());
}
