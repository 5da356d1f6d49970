//! The queue's rows: placed whole or not at all, moved by steps that only fit one state, counted, and priced.

use proptest::prelude::*;

use super::super::{Change, Db, Landed, LandedFile, NewJob, Placed};
use super::{asset, asset_id, library, project};
use crate::core::engine::Money;
use crate::core::generate::{Class, Failure, Ticket};
use crate::core::job::{Kind, State};
use crate::core::lineage::{Way, What};
use crate::core::prompt::Purpose;
use crate::core::queue::{Budget, Group, Spent};

pub(super) const NOW: &str = "2026-11-21T09:00:00.000Z";

pub(super) fn new(id: &str, prompt: &str) -> NewJob {
    NewJob {
        id: id.into(),
        project: None,
        engine: "e".into(),
        model: "m".into(),
        kind: Kind::Image,
        prompt: prompt.into(),
        purpose: Purpose::Image,
        parent_version: None,
        sentence: None,
        params: serde_json::json!({}),
        seed: None,
        inputs: Vec::new(),
        quote: Some(Money::usd(0.04)),
        retry_of: None,
    }
}

fn place(db: &Db, jobs: &[NewJob]) {
    assert!(matches!(db.place(jobs, None, NOW).unwrap(), Placed::Waiting(_)));
}

fn state(db: &Db, id: &str) -> State {
    db.job(id).unwrap().unwrap().state
}

pub(super) fn change(db: &Db, change: Change) -> bool {
    db.change_jobs(&[change], NOW).unwrap() == [true]
}

pub(super) fn cancel(db: &Db, id: &str) -> bool {
    db.cancel_jobs(&[id.to_owned()], NOW).unwrap() == 1
}

pub(super) fn sends(id: &str) -> Change {
    Change::Sends { id: id.into(), terms: None }
}

pub(super) fn failed(id: &str, cost: Option<Money>) -> Change {
    Change::Failed { id: id.into(), failure: Failure::new(Class::Content, "no"), cost, kept: false }
}

#[test]
fn words_are_kept_as_versions_of_the_prompt_they_came_from() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    db.save_project(&project("p", "P")).unwrap();
    let text = "Every story";
    let scene = NewJob { project: Some("p".into()), sentence: Some((text.into(), 0..5)), ..new("1", "a lamp") };
    place(&db, &[scene]);
    let version = db.job("1").unwrap().unwrap().prompt_version.unwrap();
    let improved = NewJob { parent_version: Some(version.clone()), ..new("2", "a calmer lamp") };
    let same = NewJob { parent_version: Some(version.clone()), ..new("3", "a lamp") };
    place(&db, &[improved, same]);
    let of = |id: &str| db.job(id).unwrap().unwrap().prompt_version.unwrap();
    assert_eq!(of("3"), version, "the same words are no new version");
    let versions = {
        let rows = db.queue_rows_of(&["2".to_owned()]).unwrap();
        assert_eq!(rows[0].prompt, "a calmer lamp");
        db.lineage(What::Job, "2", Way::Up).unwrap()
    };
    let text = format!("{versions:?}");
    assert!(text.contains(&version) && text.contains(&of("2")), "improved from it, and from the sentence: {text}");
}

#[test]
fn a_prompt_goes_on_where_its_part_was_asked_last() {
    use crate::core::generate::{Place, Role};
    let folder = tempfile::tempdir().unwrap();
    let text = |db: &Db, id: &str| db.prompt_text(&db.job(id).unwrap().unwrap().prompt_version.unwrap()).unwrap().unwrap();
    let part = |scene: usize, heading: &str, role| Place { scene, heading: heading.into(), role };
    let of = |id: &str, key: &str, place: Place, prompt: &str| NewJob {
        project: Some("p".into()),
        params: serde_json::json!({ key: place }),
        ..new(id, prompt)
    };
    let dusk = part(0, "Dusk", Role::Picture);
    {
        let db = library(folder.path());
        db.save_project(&project("p", "P")).unwrap();
        place(&db, &[of("1", "scene", dusk.clone(), "a lamp"), of("2", "scene", part(0, "Dusk", Role::End), "no lamp")]);
        // A writer is asked about it, and its answer is the next version.
        place(&db, &[NewJob { kind: Kind::Text, ..of("3", "about", dusk.clone(), "a lamp") }]);
        let version = db.job("3").unwrap().unwrap().prompt_version.unwrap();
        db.improve_prompt(&version, "a lamp in fog", NOW).unwrap().unwrap();
    }
    // The program is started anew, the scene has moved, and the prompt was written over by hand.
    let db = library(folder.path());
    let moved = part(4, "Dusk", Role::Picture);
    place(
        &db,
        &[of("4", "scene", moved.clone(), "a lamp in fog at sea"), of("5", "scene", part(0, "Dawn", Role::Picture), "hills")],
    );
    place(&db, &[of("6", "scene", moved.clone(), "a lamp")]);
    let texts = |place: &Place, text: &str| -> Vec<String> {
        let versions = db.prompt_history("p", place, text, None).unwrap();
        versions.into_iter().map(|version| format!("{} {}", version.number, version.text)).collect()
    };
    assert_eq!(texts(&moved, "other words"), ["3 a lamp in fog at sea", "2 a lamp in fog", "1 a lamp"]);
    assert_eq!(texts(&part(0, "Dusk", Role::End), ""), ["1 no lamp"], "another part is another prompt");
    assert_eq!((text(&db, "5"), texts(&part(0, "Dawn", Role::Picture), "").len()), ("hills".into(), 1));
    assert_eq!(text(&db, "6"), "a lamp", "the same words are the version that they were");
    let versions = db.prompt_history("p", &moved, "", None).unwrap();
    assert_eq!(versions[0].parent.as_deref(), Some(versions[1].id.as_str()));
}

#[test]
fn scenes_without_a_heading_have_prompts_of_their_own() {
    use crate::core::generate::{Place, Role};
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    db.save_project(&project("p", "P")).unwrap();
    let of = |id: &str, scene: usize, prompt: &str| {
        let params = serde_json::json!({ "scene": Place { scene, heading: String::new(), role: Role::Picture } });
        NewJob { project: Some("p".into()), params, ..new(id, prompt) }
    };
    place(&db, &[of("1", 0, "a lamp")]);
    place(&db, &[of("2", 1, "hills"), of("3", 0, "two lamps")]);
    let texts = |scene: usize| -> Vec<String> {
        let place = Place { scene, heading: String::new(), role: Role::Picture };
        db.prompt_history("p", &place, "", None).unwrap().into_iter().map(|version| version.text).collect()
    };
    assert_eq!((texts(0), texts(1)), (vec!["two lamps".to_owned(), "a lamp".into()], vec!["hills".to_owned()]));
}

#[test]
fn a_job_takes_only_the_steps_of_its_state() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    place(&db, &[new("1", "a"), new("2", "b")]);
    assert!(change(&db, sends("1")));
    assert!(!change(&db, sends("1")), "another process was faster");
    assert!(cancel(&db, "2"));
    assert!(!change(&db, sends("2")), "it was cancelled a moment ago");
    let busy = Failure::new(Class::Overloaded, "busy");
    assert!(change(&db, Change::Waits { id: "1".into(), due_at: None, failure: busy.clone() }));
    assert_eq!(
        (state(&db, "1"), db.queue_rows_of(&["1".to_owned()]).unwrap()[0].failure.clone()),
        (State::Queued, Some(busy.clone()))
    );
    assert!(change(&db, sends("1")));
    let ticket = Ticket { id: "j1".into(), model: "m".into(), links: serde_json::Map::new() };
    assert!(change(&db, Change::Taken { id: "1".into(), ticket, cost: Some(Money::usd(0.05)) }));
    assert!(!change(&db, Change::Waits { id: "1".into(), due_at: None, failure: busy }), "what was taken is not sent again");
    assert!(change(&db, Change::Goes { id: "1".into(), running: true, progress: Some(0.5), ahead: None }));
    let landed = Landed { files: vec![LandedFile { name: "1.png".into(), mime: "image/png".into() }], ..Landed::default() };
    assert!(change(&db, Change::Landed { id: "1".into(), landed: Box::new(landed.clone()) }));
    assert_eq!(db.landed("1").unwrap(), Some(landed));
    db.save_asset(&asset("a", "Lantern")).unwrap();
    assert!(change(&db, Change::Done { id: "1".into(), assets: vec![asset_id("a")] }));
    assert!(!change(&db, failed("1", None)), "what is over stays as it ended");
    let row = &db.queue_rows_of(&["1".to_owned()]).unwrap()[0];
    assert_eq!((row.job.state, row.made.clone(), row.job.cost_micros), (State::Done, vec![asset_id("a")], Some(50_000)));
    assert!(format!("{:?}", db.lineage(What::Asset, "a", Way::Up).unwrap()).contains("\"1\""));
}

#[test]
fn a_job_that_is_to_be_stopped_does_not_wait_again() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    place(&db, &[new("1", "a")]);
    change(&db, sends("1"));
    assert!(cancel(&db, "1"));
    assert_eq!((state(&db, "1"), db.jobs_to_cancel().unwrap()), (State::Submitted, vec!["1".to_owned()]));
    assert!(change(&db, Change::Waits { id: "1".into(), due_at: None, failure: Failure::new(Class::Overloaded, "busy") }));
    assert_eq!(state(&db, "1"), State::Cancelled);
}

#[test]
fn a_budget_counts_what_waits_and_forgives_what_was_never_taken() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    db.save_project(&project("p", "P")).unwrap();
    let of = |id: &str| NewJob { project: Some("p".into()), ..new(id, "a") };
    let budget = Budget { month_micros: Some(130_000), project_micros: Some(90_000) };
    let placed = |jobs: &[NewJob]| matches!(db.place(jobs, Some(&budget), NOW).unwrap(), Placed::Waiting(_));
    assert!(placed(&[of("1"), of("2")]));
    assert!(!placed(&[of("3")]), "twelve cents of nine");
    assert!(placed(&[new("4", "for no project")]));
    assert!(!placed(&[new("5", "the month is full")]));
    assert_eq!(db.spent(Some("p"), NOW).unwrap(), Spent { month_micros: 120_000, project_micros: 80_000 });
    change(&db, sends("1"));
    change(&db, failed("1", Some(Money::usd(0.0))));
    cancel(&db, "2");
    assert_eq!(db.spent(Some("p"), NOW).unwrap(), Spent { month_micros: 40_000, project_micros: 0 });
    let later = "2026-12-01T00:00:00.000Z";
    assert_eq!(db.spent(None, later).unwrap().month_micros, 40_000, "what waits will be spent in the month that is");
    change(&db, sends("4"));
    assert_eq!(db.spent(None, later).unwrap().month_micros, 0, "and was spent in the one in which it was sent");
    assert_eq!(db.job("3").unwrap(), None, "nothing of what was stopped is there");
}

#[test]
fn places_change_and_the_order_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    place(&db, &["1", "2", "3", "4"].map(|id| new(id, "a")));
    let order = || -> Vec<String> { db.waiting_jobs().unwrap().into_iter().map(|waiting| waiting.id).collect() };
    assert!(db.move_job("4", Some("2")).unwrap());
    assert_eq!(order(), ["1", "4", "2", "3"]);
    assert!(db.move_job("1", None).unwrap());
    assert_eq!(order(), ["4", "2", "3", "1"]);
    assert!(!db.move_job("gone", None).unwrap());
    place(&db, &[new("5", "a")]);
    assert_eq!(order().last().unwrap(), "5");
}

#[test]
fn ten_thousand_are_listed_by_windows_and_cleared_ones_still_cost() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    let jobs: Vec<NewJob> = (0..10_000).map(|n| new(&format!("{n:05}"), "a")).collect();
    place(&db, &jobs);
    let window = db.queue_rows(9_990, 20).unwrap();
    assert_eq!((window.len(), window[0].job.id.as_str()), (10, "09990"));
    for id in ["00000", "00001"] {
        change(&db, sends(id));
        change(&db, failed(id, None));
    }
    let totals = db.queue_totals(None, NOW).unwrap();
    assert_eq!((totals.waiting, totals.failed, totals.all()), (9_998, 2, 10_000));
    assert_eq!(db.queue_rows(9_998, 5).unwrap()[0].group(), Group::Failed);
    assert_eq!(db.clear_jobs(&[State::Failed], Some(&["00001".to_owned(), "00005".to_owned()])).unwrap(), 1);
    assert_eq!((db.queue_totals(None, NOW).unwrap().failed, db.queue_places().unwrap().len()), (1, 9_999));
    assert_eq!(db.spent(None, NOW).unwrap().month_micros, 400_000_000);
    assert_eq!(db.place(&vec![new("x", "a"); 10_003], None, NOW).unwrap(), Placed::Full);
}

#[derive(Clone, Debug)]
enum Op {
    Place,
    Sends(usize),
    Waits(usize),
    Taken(usize),
    Done(usize),
    Failed(usize),
    Cancel(usize),
    Move(usize, usize),
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let job = 0..8usize;
    let op = prop_oneof![
        2 => Just(Op::Place),
        3 => job.clone().prop_map(Op::Sends),
        1 => job.clone().prop_map(Op::Waits),
        2 => job.clone().prop_map(Op::Taken),
        2 => job.clone().prop_map(Op::Done),
        1 => job.clone().prop_map(Op::Failed),
        1 => job.clone().prop_map(Op::Cancel),
        1 => (job.clone(), job).prop_map(|(a, b)| Op::Move(a, b)),
    ];
    proptest::collection::vec(op, 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// However steps come, every job is in one group, no two that wait share a place, and the figures are the rows'.
    #[test]
    fn figures_and_rows_agree_whatever_happens(ops in ops()) {
        let folder = tempfile::tempdir().unwrap();
        let db = library(folder.path());
        let mut placed = 0;
        for op in ops {
            let id = |n: usize| format!("j{n}");
            let ticket = Ticket { id: "t".into(), model: "m".into(), links: serde_json::Map::new() };
            match op {
                Op::Place => {
                    place(&db, &[new(&id(placed), "a")]);
                    placed += 1;
                }
                Op::Sends(n) => {
                    change(&db, sends(&id(n)));
                }
                Op::Waits(n) => {
                    let failure = Failure::new(Class::Overloaded, "x");
                    change(&db, Change::Waits { id: id(n), due_at: None, failure });
                }
                Op::Taken(n) => {
                    change(&db, Change::Taken { id: id(n), ticket, cost: None });
                }
                Op::Done(n) => {
                    change(&db, Change::Done { id: id(n), assets: Vec::new() });
                }
                Op::Failed(n) => {
                    change(&db, failed(&id(n), None));
                }
                Op::Cancel(n) => {
                    cancel(&db, &id(n));
                }
                Op::Move(a, b) => {
                    db.move_job(&id(a), Some(&id(b))).unwrap();
                }
            }
            let totals = db.queue_totals(None, NOW).unwrap();
            let rows = db.queue_rows(0, 100).unwrap();
            prop_assert_eq!((totals.all(), rows.len()), (placed, placed));
            for group in Group::ALL {
                prop_assert_eq!(rows.iter().filter(|row| row.group() == group).count(), totals.of(group));
            }
            let mut places: Vec<i64> = db.waiting_jobs().unwrap().iter().map(|waiting| waiting.place).collect();
            let count = places.len();
            places.dedup();
            prop_assert_eq!(places.len(), count);
        }
    }
}
