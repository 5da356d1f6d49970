//! A job's turn: what is judged when it is to be sent, what holds it, what lets it go; and what is gone on with after a failure here.

use super::super::{Change, Db, Landed, LandedFile, NewJob, Placed};
use super::queue::{NOW, cancel, change, failed, new, sends};
use super::{library, project};
use crate::core::engine::Money;
use crate::core::generate::{Class, Failure, Ticket};
use crate::core::job::State;
use crate::core::queue::{Budget, Row, Terms, Why};

const MONTH: Budget = Budget { month_micros: Some(100_000), project_micros: None };

fn turn(db: &Db, id: &str, price: Option<f64>, budget: Budget) -> bool {
    change(db, Change::Sends { id: id.into(), terms: Some(Terms { price: price.map(Money::usd), budget }) })
}

fn row(db: &Db, id: &str) -> Row {
    db.queue_rows_of(&[id.to_owned()]).unwrap().remove(0)
}

/// Jobs of four cents each, placed while nobody had drawn a line or within it.
fn placed(db: &Db, budget: Option<&Budget>, jobs: &[NewJob]) {
    assert!(matches!(db.place(jobs, budget, NOW).unwrap(), Placed::Waiting(_)));
}

#[test]
fn a_price_that_rose_holds_what_does_not_fit_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    placed(&db, Some(&MONTH), &["1", "2"].map(|id| new(id, "a")));
    assert!(turn(&db, "1", Some(0.07), MONTH), "dearer, and it still fits");
    assert_eq!(row(&db, "1").job.cost_micros, Some(70_000), "what it costs now counts");
    assert!(!turn(&db, "2", Some(0.04), MONTH));
    let held = row(&db, "2").held.unwrap();
    let Why::Month { spent_micros, budget_micros, sum } = held.why.clone() else { panic!("{held:?}") };
    assert_eq!((spent_micros, budget_micros, sum.micros, held.price), (70_000, 100_000, 40_000, Some(Money::usd(0.04))));
    assert_eq!((row(&db, "2").job.state, db.held_jobs(None).unwrap()), (State::Queued, vec!["2".to_owned()]));
    assert!(db.waiting_jobs().unwrap()[0].held && db.queue_places().unwrap().iter().any(|listing| listing.held));
    // The first came to nothing: now there is room.
    change(&db, failed("1", Some(Money::usd(0.0))));
    assert!(turn(&db, "2", Some(0.04), MONTH));
    assert_eq!(row(&db, "2").held, None);
}

#[test]
fn what_waits_behind_does_not_hold_back_who_is_first() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    placed(&db, None, &["1", "2", "3"].map(|id| new(id, "a")));
    let agreed = |id: &str| turn(&db, id, Some(0.05), MONTH);
    assert_eq!(["1", "2", "3"].map(agreed), [true, true, false], "two of five cents fit, and nobody agreed to five");
}

#[test]
fn a_yes_holds_for_the_price_it_was_given_to() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    let none = Budget { month_micros: Some(0), project_micros: None };
    placed(&db, None, &["1", "2"].map(|id| new(id, "a")));
    assert!(turn(&db, "1", Some(0.04), none), "a person said yes to four cents");
    assert!(!turn(&db, "2", Some(0.05), none), "not to five");
    assert_eq!(db.agree_jobs(&["1".to_owned(), "2".to_owned()], NOW).unwrap(), 1);
    let agreed = row(&db, "2");
    assert_eq!((agreed.held, agreed.quote, agreed.job.cost_micros), (None, Some(Money::usd(0.05)), Some(50_000)));
    assert!(!turn(&db, "2", Some(0.06), none), "it rose again");
    assert!(turn(&db, "2", Some(0.05), none));
}

#[test]
fn what_nobody_can_price_is_held_under_a_budget_until_somebody_agrees() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    placed(&db, Some(&MONTH), &[new("1", "a")]);
    assert!(!turn(&db, "1", None, MONTH));
    assert!(matches!(row(&db, "1").held.unwrap().why, Why::Unknown { .. }));
    db.agree_jobs(&["1".to_owned()], NOW).unwrap();
    assert_eq!((row(&db, "1").quote, row(&db, "1").job.currency), (None, String::new()));
    assert!(turn(&db, "1", None, MONTH));
}

#[test]
fn held_jobs_are_asked_about_together() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    db.save_project(&project("p", "P")).unwrap();
    let of = |id: &str| NewJob { project: Some("p".into()), ..new(id, "a") };
    let line = Budget { month_micros: Some(1_000_000), project_micros: Some(90_000) };
    placed(&db, Some(&line), &[of("1"), of("2"), new("3", "for no project")]);
    assert!(turn(&db, "1", Some(0.04), line));
    assert!(!turn(&db, "2", Some(0.06), line));
    let both = db.held_jobs(None).unwrap();
    let why = db.judge_held(&both, &line, NOW).unwrap().unwrap();
    assert!(matches!(&why, Why::Project { spent_micros: 40_000, sum, .. } if sum.micros == 60_000), "{why:?}");
    assert_eq!(db.judge_held(&both, &why.enough(line), NOW).unwrap(), None, "with that it fits");
    assert!(turn(&db, "2", Some(0.06), why.enough(line)));
    assert!(cancel(&db, "3"));
    assert_eq!(db.cost_of_going().unwrap().micros, 100_000);
}

#[test]
fn a_held_job_that_is_stopped_is_held_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    placed(&db, Some(&MONTH), &[new("1", "a")]);
    assert!(!turn(&db, "1", Some(1.0), MONTH));
    assert!(cancel(&db, "1"));
    assert_eq!((row(&db, "1").held, db.held_jobs(None).unwrap().len()), (None, 0));
    assert!(!turn(&db, "1", Some(0.01), MONTH), "it waits no more");
}

#[test]
fn only_what_was_taken_or_lies_here_is_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    placed(&db, None, &["never sent", "taken", "landed", "refused"].map(|id| new(id, "a")));
    for id in ["taken", "landed", "refused"] {
        change(&db, sends(id));
        let ticket = Ticket { id: id.into(), model: "m".into(), links: serde_json::Map::new() };
        change(&db, Change::Taken { id: id.into(), ticket, cost: None });
    }
    let files = vec![LandedFile { name: "1.png".into(), mime: "image/png".into() }];
    change(&db, Change::Landed { id: "landed".into(), landed: Box::new(Landed { files, ..Landed::default() }) });
    let here = |id: &str| Change::Failed {
        id: id.into(),
        failure: Failure::new(Class::Here, "The disk is gone."),
        cost: None,
        kept: true,
    };
    assert!(["never sent", "taken", "landed"].map(here).into_iter().all(|failed| change(&db, failed)));
    change(&db, failed("refused", None));
    let ids = ["never sent", "taken", "landed", "refused"].map(str::to_owned);
    assert_eq!(ids.clone().map(|id| row(&db, &id).kept), [false, true, true, false]);
    db.clear_jobs(&[State::Failed], None).unwrap();
    assert_eq!(db.revive_jobs(&ids, NOW).unwrap(), ["taken", "landed"]);
    let revived = row(&db, "landed");
    assert_eq!((revived.job.state, revived.failure, revived.kept), (State::Running, None, false));
    assert_eq!((db.landed("landed").unwrap().unwrap().files.len(), db.queue_places().unwrap().len()), (1, 2));
    assert_eq!(db.spent(None, NOW).unwrap().month_micros, 160_000, "and is paid once");
    assert!(db.revive_jobs(&ids, NOW).unwrap().is_empty());
    assert!(db.list_job("refused").unwrap() && !db.list_job("nobody").unwrap());
    assert_eq!(db.queue_places().unwrap().len(), 3);
}
