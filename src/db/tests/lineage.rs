//! Lineage: each row that says what came from what is an edge, both walks find it, circles end, and history outlives what is
//! deleted.

use proptest::prelude::*;
use rusqlite::Connection;

use super::super::lineage::walk_sql;
use super::super::{Db, Error, Upload};
use super::{asset, asset_id, library, project, take};
use crate::core::asset::{Asset, Kind, Source};
use crate::core::export::{Clip, Export};
use crate::core::job::{self, Job, State};
use crate::core::lineage::{Way, What};
use crate::core::project::details::Details;
use crate::core::prompt::{Prompt, Purpose, Sentence, Source as PromptSource, Version};
use crate::core::take::TakeId;
use crate::core::upload::Status;

const AT: &str = "2026-11-21T09:00:00.000Z";
const SCRIPT: &str = "---\ntitle: Why we write\n---\n\n## Opening\n\nEvery story starts with a quiet room.\n";

fn job(id: &str, prompt_version: Option<String>, state: State) -> Job {
    Job {
        id: id.into(),
        project: Some("p".into()),
        engine: "venice".into(),
        model: "m-1".into(),
        kind: job::Kind::Image,
        params: serde_json::json!({ "aspect": "16:9" }),
        seed: Some(-42),
        prompt_version,
        inputs: Vec::new(),
        state,
        provider_id: Some(format!("provider-{id}")),
        links: serde_json::json!({}),
        cost_micros: Some(420_000),
        currency: "USD".into(),
        problem: (state == State::Failed).then(|| "It was refused.".to_owned()),
        created_at: AT.into(),
        updated_at: AT.into(),
        ended_at: state.over().then(|| AT.to_owned()),
    }
}

/// Everything that can follow from a script: a prompt for its sentence, improved; a picture made of it; a take; a film of the take
/// and of the picture; and the take's upload. Gives the script's version.
pub(super) fn chain(db: &Db) -> String {
    db.save_project(&project("p", "Why we write")).unwrap();
    let script = db.note_script("p", SCRIPT).unwrap();
    let prompt = Prompt {
        id: "prompt".into(),
        project: Some("p".into()),
        purpose: Purpose::Image,
        source: PromptSource::Script,
        parent: None,
        created_at: AT.into(),
    };
    db.save_prompt(&prompt).unwrap();
    let at = SCRIPT.find("Every").unwrap() as u64;
    let sentence = Sentence { script: script.clone(), bytes: at..at + 37 };
    let first = Version {
        id: "v1".into(),
        prompt: "prompt".into(),
        number: 1,
        text: "A desk".into(),
        parent: None,
        sentence: Some(sentence),
        made_at: AT.into(),
    };
    let second = Version {
        id: "v2".into(),
        number: 2,
        text: "A lantern-lit desk, dawn outside".into(),
        parent: Some("v1".into()),
        sentence: None,
        ..first.clone()
    };
    for version in [&first, &second] {
        db.add_prompt_version(version).unwrap();
    }
    assert_eq!(db.prompt_versions("prompt").unwrap(), [first, second]);
    assert_eq!(db.prompt("prompt").unwrap(), Some(prompt));
    db.save_job(&job("job", Some("v2".into()), State::Done)).unwrap();
    db.save_asset(&Asset { kind: Kind::Image, source: Source::Generated, ..asset("picture", "Desk") }).unwrap();
    db.made_by(&asset_id("picture"), "job").unwrap();

    db.save_take(&take("t", "p", 1)).unwrap();
    db.note_take_scripts(&TakeId("t".into()), "p", &[SCRIPT.to_owned()]).unwrap();
    db.save_asset(&Asset { source: Source::Export, ..asset("film", "Film") }).unwrap();
    db.save_export(&export(&["t", "picture", "t"])).unwrap();
    db.save_upload(&upload(Status::Uploading)).unwrap();
    db.save_upload(&upload(Status::Uploaded)).unwrap();
    script
}

fn export(clips: &[&str]) -> Export {
    let clips = clips.iter().map(|id| Clip { asset: asset_id(id), start: 5, end: 9 }).collect();
    let settings = serde_json::json!({ "codec": "H.264" });
    Export { asset: asset_id("film"), project: Some("p".into()), settings, exported_at: AT.into(), clips }
}

fn upload(status: Status) -> Upload {
    Upload {
        take: TakeId("t".into()),
        server: "https://studio.example".into(),
        location: None,
        recording: Some("r-7".into()),
        sha256: None,
        bytes: 9,
        status,
        growing: false,
        attempt: 0,
        problem: None,
        updated_at: AT.into(),
        screen: None,
    }
}

/// What a walk finds, as kind, name and steps.
fn walked(db: &Db, what: What, id: &str, way: Way) -> Vec<(What, String, u32)> {
    let mut nodes = db.lineage(what, id, way).unwrap().nodes;
    nodes.sort_by_key(|node| (node.steps, node.place.what.name(), node.name.clone()));
    nodes.into_iter().map(|node| (node.place.what, node.name, node.steps)).collect()
}

fn named(all: &[(What, &str, u32)]) -> Vec<(What, String, u32)> {
    all.iter().map(|(what, name, steps)| (*what, (*name).to_owned(), *steps)).collect()
}

#[test]
fn a_film_is_walked_up_to_its_sentence_and_a_sentence_down_to_its_film() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    let script = chain(&db);
    let up = [
        (What::Asset, "Desk", 1),
        (What::Asset, "Why we write – なぜ · take 1", 1),
        (What::Job, "venice m-1", 2),
        (What::Script, "Why we write", 2),
        (What::Project, "Why we write", 3),
        (What::Prompt, "A lantern-lit desk, dawn outside", 3),
        (What::Prompt, "A desk", 4),
    ];
    assert_eq!(walked(&db, What::Asset, "film", Way::Up), named(&up));
    let down = [
        (What::Asset, "Why we write – なぜ · take 1", 1),
        (What::Prompt, "A desk", 1),
        (What::Asset, "Film", 2),
        (What::Prompt, "A lantern-lit desk, dawn outside", 2),
        (What::Upload, "https://studio.example", 2),
        (What::Job, "venice m-1", 3),
        (What::Asset, "Desk", 4),
    ];
    assert_eq!(walked(&db, What::Script, &script, Way::Down), named(&down));
    let walk = db.lineage(What::Asset, "film", Way::Up).unwrap();
    let detail = |what| {
        walk.nodes.iter().filter(move |node| node.place.what == what).map(|node| node.detail.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(detail(What::Job), ["done, seed -42, 0.42 USD"]);
    assert!(detail(What::Prompt).contains(&"Every story starts with a quiet room."));
    assert!(walk.edges.iter().any(|edge| edge.how == "clip" && edge.origin.id == "t" && edge.outcome.id == "film"));
    assert_eq!(db.script_text(&script).unwrap().as_deref(), Some(SCRIPT));
    assert_eq!(db.export(&asset_id("film")).unwrap(), Some(export(&["t", "picture", "t"])));
}

#[test]
fn the_same_text_is_one_version_and_is_kept_once() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    let take_id = TakeId("t".into());
    db.save_take(&take("t", "p", 1)).unwrap();
    assert_eq!(db.takes_without_script("p").unwrap(), [take("t", "p", 1)]);
    let first = db.note_script("p", SCRIPT).unwrap();
    assert_eq!(db.note_script("p", SCRIPT).unwrap(), first);
    assert_ne!(db.note_script("q", SCRIPT).unwrap(), first);
    db.note_take_scripts(&take_id, "p", &[SCRIPT.to_owned(), format!("{SCRIPT}\nMore.\n"), SCRIPT.to_owned()]).unwrap();
    assert_eq!(db.takes_without_script("p").unwrap(), []);
    let connection = Connection::open(folder.path().join("library.db")).unwrap();
    let count =
        |table: &str| connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!((count("contents"), count("script_versions"), count("take_scripts")), (2, 3, 2));
    let gone = db.note_take_scripts(&TakeId("none".into()), "p", &[SCRIPT.to_owned()]);
    assert!(matches!(gone, Err(Error::Orphan { .. })));
}

#[test]
fn what_is_deleted_stays_in_the_history_of_what_came_from_it() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    chain(&db);
    db.forget_take(&TakeId("t".into())).unwrap();
    let walk = db.lineage(What::Asset, "film", Way::Up).unwrap();
    let gone: Vec<&str> = walk.nodes.iter().filter(|node| node.gone).map(|node| node.place.id.as_str()).collect();
    assert_eq!(gone, ["t"]);
    assert!(walk.nodes.iter().any(|node| node.place.what == What::Script), "and the way beyond it");
    // Cut anew without it, nothing names it any more.
    db.save_export(&export(&["picture"])).unwrap();
    let walk = db.lineage(What::Asset, "film", Way::Up).unwrap();
    assert!(walk.nodes.iter().all(|node| !node.gone), "{walk:?}");
    db.forget(&asset_id("film")).unwrap();
    assert_eq!(db.export(&asset_id("film")).unwrap(), None);
    assert_eq!(db.lineage(What::Asset, "picture", Way::Down).unwrap().nodes, []);
}

#[test]
fn a_job_is_kept_honest() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    db.save_project(&project("p", "P")).unwrap();
    db.save_asset(&asset("frame", "First frame")).unwrap();
    let inputs = vec![("first_frame".to_owned(), asset_id("frame"))];
    let queued = Job { inputs, provider_id: None, ..job("j", None, State::Queued) };
    db.save_job(&queued).unwrap();
    assert_eq!(db.open_jobs().unwrap(), std::slice::from_ref(&queued));
    let done = Job { provider_id: Some("x".into()), state: State::Done, ended_at: Some(AT.into()), ..queued.clone() };
    db.save_job(&done).unwrap();
    assert_eq!((db.job("j").unwrap(), db.open_jobs().unwrap()), (Some(done), vec![]));
    let again = db.save_job(&queued).unwrap_err();
    assert!(matches!(&again, Error::Value { detail, .. } if detail.contains("over")), "{again}");
    for wrong in [
        Job { cost_micros: Some(1), currency: String::new(), ..job("k", None, State::Queued) },
        Job { problem: None, ..job("k", None, State::Failed) },
        Job { ended_at: None, ..job("k", None, State::Done) },
        job("k", Some("no such prompt".into()), State::Queued),
    ] {
        assert!(db.save_job(&wrong).is_err(), "{wrong:?}");
    }
    assert_eq!(db.users_of(&asset_id("frame")).unwrap(), ["a job of venice m-1"]);
    assert!(matches!(db.forget(&asset_id("frame")), Err(Error::Used { .. })));
    assert_eq!(walked(&db, What::Asset, "frame", Way::Down), named(&[(What::Job, "venice m-1", 1)]));
    assert!(matches!(db.made_by(&asset_id("frame"), "no such job"), Err(Error::Orphan { .. })));
    assert!(matches!(db.made_by(&asset_id("none"), "j"), Err(Error::Unknown { .. })));
}

#[test]
fn a_sentence_is_a_part_of_its_script_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    let script = chain(&db);
    let version = |bytes| Version {
        id: "v3".into(),
        prompt: "prompt".into(),
        number: 3,
        text: "x".into(),
        parent: None,
        sentence: Some(Sentence { script: script.clone(), bytes }),
        made_at: AT.into(),
    };
    let length = SCRIPT.len() as u64;
    assert!(matches!(db.add_prompt_version(&version(0..length + 1)), Err(Error::Value { .. })));
    assert!(matches!(db.add_prompt_version(&version(length + 1..length)), Err(Error::Value { .. })));
    assert_eq!(db.prompt_versions("prompt").unwrap().len(), 2);
    db.add_prompt_version(&version(0..length)).unwrap();
    assert!(matches!(db.add_prompt_version(&Version { id: "v4".into(), ..version(0..1) }), Err(Error::Exists { .. })));
}

#[test]
fn projects_know_their_parents_even_in_a_circle() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    for id in ["a", "b", "c"] {
        db.save_project(&project(id, id)).unwrap();
    }
    let adopt = |child: &str, parent: &str| {
        db.save_details(child, &Details { parent: Some(parent.into()), ..Details::default() }).unwrap();
    };
    adopt("b", "a");
    adopt("c", "b");
    assert_eq!(walked(&db, What::Project, "c", Way::Up), named(&[(What::Project, "b", 1), (What::Project, "a", 2)]));
    adopt("a", "c");
    assert_eq!(walked(&db, What::Project, "c", Way::Up), named(&[(What::Project, "b", 1), (What::Project, "a", 2)]));
    db.save_details("b", &Details::default()).unwrap();
    assert_eq!(walked(&db, What::Project, "c", Way::Up), named(&[(What::Project, "b", 1)]));
    assert_eq!(walked(&db, What::Project, "c", Way::Down), named(&[(What::Project, "a", 1)]));
}

#[test]
fn a_walk_is_one_query_that_the_indexes_answer() {
    let folder = tempfile::tempdir().unwrap();
    drop(library(folder.path()));
    let connection = Connection::open(folder.path().join("library.db")).unwrap();
    for (way, index) in [(Way::Up, "COVERING INDEX lineage_by_outcome"), (Way::Down, "PRIMARY KEY")] {
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {}", walk_sql(way))).unwrap();
        let plan: Vec<String> =
            statement.query_map(["asset", "x"], |row| row.get("detail")).unwrap().collect::<Result<_, _>>().unwrap();
        let searches: Vec<&String> = plan.iter().filter(|line| line.contains("lineage")).collect();
        assert_eq!(searches.len(), 2, "{plan:?}");
        assert!(searches.iter().all(|line| line.contains(index)), "{way:?}: {plan:?}");
    }
}

proptest! {
    // Each case writes real files with full syncs.
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn what_is_below_has_it_above(cuts in proptest::collection::vec((0..8u8, 0..8u8), 0..20)) {
        let folder = tempfile::tempdir().unwrap();
        let db = library(folder.path());
        let id = |n: u8| format!("film-{n}");
        let all: Vec<Asset> = (0..8).map(|n| Asset { source: Source::Export, ..asset(&id(n), &id(n)) }).collect();
        db.save_assets(&all).unwrap();
        for film in 0..8 {
            let clips = cuts.iter().filter(|(of, _)| *of == film).map(|(_, from)| Clip { asset: asset_id(&id(*from)), start: 0, end: 1 });
            db.save_export(&Export { asset: asset_id(&id(film)), clips: clips.collect(), ..export(&[]) }).unwrap();
        }
        for from in 0..8 {
            for below in db.lineage(What::Asset, &id(from), Way::Down).unwrap().nodes {
                let above = db.lineage(What::Asset, &below.place.id, Way::Up).unwrap();
                let back = above.nodes.iter().find(|node| node.place.id == id(from)).map(|node| node.steps);
                prop_assert_eq!(back, Some(below.steps));
            }
        }
    }
}
