//! A project's details come back from its row; what this library does not have is left out; an unreadable arrangement is said.

use rusqlite::Connection;

use super::super::Error;
use super::{library, project};
use crate::core::project::details::{Details, Status};
use crate::core::project::timeline::{Arrangement, Card};
use crate::core::time::Rate;

#[test]
fn details_come_back_from_their_row() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    for id in ["p", "parent"] {
        db.save_project(&project(id, id)).unwrap();
    }
    let fresh = db.details("p").unwrap().unwrap();
    assert!(fresh.created_at.starts_with("20") && fresh.updated_at.starts_with("20"), "{fresh:?}");
    assert_eq!(
        fresh,
        Details { created_at: fresh.created_at.clone(), updated_at: fresh.updated_at.clone(), ..Details::default() }
    );

    let card = Card { scene: "Öffnung".into(), nanos: 7, ..Card::default() };
    let more = serde_json::Map::from_iter([("newer".to_owned(), serde_json::json!({ "kept": [1] }))]);
    let details = Details {
        description: "D".into(),
        category: "talk".into(),
        status: Status::Published,
        is_public: true,
        tags: vec!["a".into(), "b".into()],
        parent: Some("parent".into()),
        width: 1920,
        height: 1080,
        rate: Rate { num: 24_000, den: 1_001 },
        engine: "offline".into(),
        engine_params: serde_json::json!({ "model": "m" }),
        created_at: "2026-01-01T00:00:00.000Z".into(),
        arrangement: Arrangement { storyboard: vec![card], more, ..Arrangement::default() },
        ..Details::default()
    };
    db.save_details("p", &details).unwrap();
    let read = db.details("p").unwrap().unwrap();
    assert!(read.updated_at >= fresh.updated_at);
    assert_eq!(read, Details { updated_at: read.updated_at.clone(), ..details.clone() });

    // Saved again it keeps its beginning; opening the project (title and folder) changes none of it.
    db.save_details("p", &Details { created_at: String::new(), tags: vec!["b".into()], ..details }).unwrap();
    db.save_project(&project("p", "Another title")).unwrap();
    let read = db.details("p").unwrap().unwrap();
    assert_eq!(
        (read.created_at.as_str(), read.status, &read.tags[..]),
        ("2026-01-01T00:00:00.000Z", Status::Published, &["b".into()][..])
    );
    assert_eq!(db.project("p").unwrap().unwrap().title, "Another title");
}

#[test]
fn who_and_what_is_not_here_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    db.save_project(&project("p", "P")).unwrap();
    let other = Details {
        owner: Some("somebody".into()),
        team: Some("somewhere".into()),
        parent: Some("p".into()),
        rate: Rate { num: 30, den: 0 },
        arrangement: Arrangement {
            storyboard: vec![Card { clip: Some(super::asset_id("not here")), ..Card::default() }],
            ..Arrangement::default()
        },
        ..Details::default()
    };
    db.save_details("p", &other).unwrap();
    let read = db.details("p").unwrap().unwrap();
    assert_eq!((read.owner, read.team, read.parent), (None, None, None));
    assert_eq!(read.arrangement, other.arrangement, "what a card names is kept, in case it comes");
    assert!(matches!(db.save_details("q", &other), Err(Error::Unknown { what: "project", .. })));
    assert_eq!(db.details("q").unwrap(), None);
}

#[test]
fn an_arrangement_of_a_newer_program_is_not_taken_for_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    db.save_project(&project("p", "P")).unwrap();
    let write = |text: &str| {
        let connection = Connection::open(folder.path().join("library.db")).unwrap();
        connection.execute("UPDATE projects SET details = ?1", [text]).unwrap();
    };
    write(r#"{"schema": 99}"#);
    assert!(db.details("p").unwrap_err().to_string().contains("newer"));
    write(r#"{"schema": 1, "storyboard": [{"scene_id": "1", "duration": 2}]}"#);
    let card = Card { scene: "1".into(), nanos: 2_000_000_000, ..Card::default() };
    assert_eq!(db.details("p").unwrap().unwrap().arrangement.storyboard, [card]);
}
