//! What an engine made and was paid for, and could not be brought in here: tried again it is fetched, not ordered and paid again.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::engine::{Engine, Stop};
use crate::rig::{House, states};

/// Where what comes of a job lies until it is in the library.
fn landing(house: &House, job: &Value) -> PathBuf {
    house.data().join("cache/landing").join(job["id"].as_str().unwrap())
}

/// An order that the engine has taken, and a job that failed for something in the way here.
fn failed() -> (Engine, House, PathBuf) {
    let engine = Engine::start();
    let house = House::with(&engine);
    engine.stop_at(Stop { at: "GET /jobs/j", number: 1 });
    let running = house.begin(&["generate", "--engine", "fake", "--model", "pic", "--prompt", "a lamp in fog"]);
    engine.wait_for_stop();
    // A file where the folder belongs: nothing can come to lie there.
    let folder = landing(&house, &house.jobs()[0]);
    std::fs::remove_dir_all(&folder).unwrap();
    std::fs::write(&folder, b"in the way").unwrap();
    engine.go_on();
    let (code, text) = running.end();
    let jobs = house.jobs();
    assert_eq!((code != 0, states(&jobs), engine.charges()), (true, vec!["failed"], 1), "{text}");
    assert_eq!((&jobs[0]["failure"]["class"], &jobs[0]["kept"]), (&json!("here"), &json!(true)), "{jobs:?}");
    (engine, house, folder)
}

fn retry(house: &House, more: &[&str]) -> (i32, Value) {
    house.run(&[&["queue", "retry", "--failed"], more].concat())
}

#[test]
fn what_could_not_be_fetched_is_fetched_when_it_is_tried_again() {
    let (engine, house, folder) = failed();
    assert_ne!(retry(&house, &[]).0, 0, "what was in the way is still there");
    std::fs::remove_file(folder).unwrap();
    let (code, answer) = retry(&house, &[]);
    assert_eq!((code, engine.charges(), house.media().len()), (0, 1, 1), "{answer}");
    let jobs = house.jobs();
    assert_eq!((states(&jobs), &jobs[0]["cost_micros"], &jobs[0]["retry_of"]), (vec!["done"], &json!(50_000), &Value::Null));
    assert_eq!((house.landings(), engine.fake.count("POST /jobs/j1/forget")), (0, 1));
}

#[test]
fn it_is_ordered_again_only_when_that_is_said() {
    let (engine, house, folder) = failed();
    std::fs::remove_file(folder).unwrap();
    let (code, answer) = retry(&house, &["--anew"]);
    assert_eq!((code, engine.charges(), states(&house.jobs())), (0, 2, vec!["done"]), "{answer}");
    let (engine, house, folder) = failed();
    std::fs::remove_file(folder).unwrap();
    let (code, answer) = retry(&house, &["--prompt", "a calmer lamp"]);
    assert_eq!((code, engine.charges()), (0, 2), "other words are another order: {answer}");
}

/// The engine's files have come, and the library can't take them: all media lie in a folder, in whose place something else stands.
#[test]
fn what_lies_here_is_brought_in_without_asking_its_engine() {
    let engine = Engine::start();
    let house = House::with(&engine);
    engine.stop_at(Stop { at: "GET /files/j", number: 1 });
    let mut running = house.begin(&["generate", "--engine", "fake", "--model", "pic", "--prompt", "a lamp in fog"]);
    engine.wait_for_stop();
    let media = house.data().join("media");
    std::fs::remove_dir_all(&media).unwrap();
    std::fs::write(&media, b"no folder").unwrap();
    engine.go_on();
    let db = onetake::db::Db::open(&house.data().join("library.db")).unwrap();
    let job = db.queue_places().unwrap().remove(0).id;
    let begin = std::time::Instant::now();
    while db.landed(&job).unwrap().is_none() {
        assert!(begin.elapsed() < crate::engine::PATIENCE, "it never came");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    // Killed while it tries to bring it in.
    running.kill();
    std::fs::remove_file(&media).unwrap();
    let (asked, fetched) = (engine.fake.count("GET /jobs/j"), engine.fake.count("GET /files"));
    let jobs = house.finish();
    assert_eq!((states(&jobs), engine.charges(), house.media().len()), (vec!["done"], 1, 1), "{jobs:?}");
    assert_eq!(engine.fake.count("GET /files"), fetched, "it lay here");
    assert!(engine.fake.count("GET /jobs/j") <= asked + 1);
}
