//! Killed at every step of a job's life: nothing is lost, nothing is paid twice.

use std::time::Duration;

use crate::engine::{Engine, Stop};
use crate::rig::{House, states};

const GENERATE: &[&str] = &["generate", "--engine", "fake", "--model", "pic", "--prompt", "a lamp in fog"];

/// Kills the process that this command is, when the engine has come to this step; the engine then works on.
fn kill(engine: &Engine, house: &House, arguments: &[&str], at: &'static str, number: usize) {
    kill_and(engine, house, arguments, at, number, || {});
}

/// As `kill`; something happens before the engine works on.
fn kill_and(engine: &Engine, house: &House, arguments: &[&str], at: &'static str, number: usize, then: impl FnOnce()) {
    engine.stop_at(Stop { at, number });
    let mut running = house.begin(arguments);
    engine.wait_for_stop();
    running.kill();
    then();
    engine.go_on();
}

/// An engine and a house whose one order was cut off at this step.
fn killed_at(at: &'static str, number: usize) -> (Engine, House) {
    let engine = Engine::start();
    let house = House::with(&engine);
    kill(&engine, &house, GENERATE, at, number);
    (engine, house)
}

fn came_through(engine: &Engine, house: &House) {
    let jobs = house.finish();
    assert_eq!(states(&jobs), ["done"], "{jobs:?}");
    assert_eq!(jobs[0]["assets"].as_array().unwrap().len(), 1, "{jobs:?}");
    assert_eq!((engine.charges(), house.media().len(), house.landings()), (1, 1, 0));
    assert_eq!(jobs[0]["cost_micros"], 50_000, "what it charged, not what was quoted");
    let again = house.finish();
    assert_eq!((states(&again), engine.charges()), (vec!["done"], 1), "nothing is left to do");
}

#[test]
fn while_the_order_is_on_its_way() {
    let (engine, house) = killed_at("POST /jobs", 1);
    assert_eq!(engine.charges(), 1, "it was taken");
    // Asked for by our own id, its price is the quote's: the answer that named it was never heard.
    let jobs = house.finish();
    assert_eq!((states(&jobs), engine.charges(), house.media().len()), (vec!["done"], 1, 1), "{jobs:?}");
}

#[test]
fn at_the_first_question() {
    let (engine, house) = killed_at("GET /jobs/j", 1);
    came_through(&engine, &house);
}

#[test]
fn while_it_is_made() {
    let (engine, house) = killed_at("GET /jobs/j", 2);
    came_through(&engine, &house);
}

#[test]
fn when_it_is_done_and_not_fetched() {
    let (engine, house) = killed_at("GET /jobs/j", 3);
    came_through(&engine, &house);
}

#[test]
fn while_the_file_comes() {
    let (engine, house) = killed_at("GET /files/j", 1);
    came_through(&engine, &house);
}

#[test]
fn when_the_engine_is_told_to_forget() {
    let (engine, house) = killed_at("POST /jobs/j1/forget", 1);
    came_through(&engine, &house);
}

#[test]
fn while_it_is_looked_for_after_a_kill() {
    let (engine, house) = killed_at("POST /jobs", 1);
    kill(&engine, &house, &["queue", "run"], "GET /jobs", 1);
    let jobs = house.finish();
    assert_eq!((states(&jobs), engine.charges(), house.media().len()), (vec!["done"], 1, 1), "{jobs:?}");
}

#[test]
fn an_engine_that_can_not_be_asked_is_never_ordered_from_twice() {
    let engine = Engine::start();
    let house = House::listing(&engine.entry("{rates = [{each = 0.04}]}", false));
    kill(&engine, &house, GENERATE, "POST /jobs", 1);
    let jobs = house.finish();
    assert_eq!((states(&jobs), engine.charges()), (vec!["failed"], 1), "{jobs:?}");
    assert_eq!(jobs[0]["failure"]["class"], "unclear");
    assert_eq!(jobs[0]["cost_micros"], 40_000, "it may have cost that, and the budget counts it");
}

#[test]
fn what_costs_nothing_is_simply_made_again() {
    let engine = Engine::start();
    let house = House::listing(&engine.entry("'free'", false));
    engine.works.takes_twice.store(true, std::sync::atomic::Ordering::SeqCst);
    kill(&engine, &house, GENERATE, "POST /jobs", 1);
    let jobs = house.finish();
    assert_eq!((states(&jobs), house.media().len()), (vec!["done"], 1), "{jobs:?}");
    assert_eq!(engine.fake.count("POST /jobs/") + 2, engine.fake.count("POST /jobs"), "it was ordered twice");
}

#[test]
fn a_result_that_came_whole_is_not_fetched_again() {
    let engine = Engine::start();
    let house = House::with(&engine);
    kill_and(&engine, &house, GENERATE, "POST /jobs", 1, || {
        // As if the kill had come after the file was there and before the row said so.
        let id = house.jobs()[0]["id"].as_str().unwrap().to_owned();
        let landing = house.data().join("cache/landing").join(id);
        std::fs::create_dir_all(&landing).unwrap();
        std::fs::write(landing.join("1.png"), crate::engine::picture(7)).unwrap();
        std::fs::write(landing.join("2.part"), b"half").unwrap();
    });
    let jobs = house.finish();
    assert_eq!((states(&jobs), engine.charges(), house.media().len()), (vec!["done"], 1, 1), "{jobs:?}");
    assert_eq!(engine.fake.count("GET /files"), 0);
}

#[test]
fn again_and_again_at_any_moment() {
    const JOBS: usize = 12;
    let engine = Engine::start();
    let house = House::with(&engine);
    let mut running = house.begin(&[GENERATE, &["--count", "12", "--seed", "1"]].concat());
    // Steps of different length, so that the kills fall everywhere.
    for round in 0..8u64 {
        std::thread::sleep(Duration::from_millis(150 + 130 * round));
        running.kill();
        running = house.begin(&["queue", "run"]);
    }
    running.kill();
    // The first kill may have come before anything was placed.
    if house.jobs().is_empty() {
        house.generate(&["--count", "12", "--seed", "1"]);
    }
    let jobs = house.finish();
    assert_eq!(states(&jobs), ["done"; JOBS], "{jobs:?}");
    assert_eq!((engine.charges(), house.media().len(), house.landings()), (JOBS, JOBS, 0));
}
