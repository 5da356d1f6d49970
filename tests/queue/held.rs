//! The money is asked about again when a job's turn comes: the price, the budget and what others spent may be others than at the click.
//! What no longer fits is held with its question, and never sent behind a person's back.

use serde_json::{Value, json};

use crate::engine::{Engine, Stop};
use crate::fake::{Fault, Reply};
use crate::rig::{House, states};

/// An engine that says its price, and a house with a budget in which so many jobs wait that were placed at four cents.
fn waiting(budget: Option<u64>, jobs: usize, more: &[&str]) -> (Engine, House) {
    let engine = Engine::start();
    let house = House::listing(&engine.entry("'quoted'", true));
    house.budget(budget);
    house.run(&["queue", "pause"]);
    let count = jobs.to_string();
    let (code, answer) = house.generate(&[&["--no-wait", "--seed", "1", "--count", &count], more].concat());
    assert_eq!((code, states(&house.jobs())), (0, vec!["queued"; jobs]), "{answer}");
    house.run(&["queue", "resume"]);
    (engine, house)
}

fn held(jobs: &[Value]) -> Vec<&str> {
    jobs.iter().filter_map(|job| job["held"].as_str()).collect()
}

#[test]
fn a_price_that_rose_between_the_click_and_the_sending_asks() {
    let (engine, house) = waiting(Some(100_000), 1, &[]);
    engine.costs(40);
    let (code, answer) = house.run(&["queue", "run"]);
    assert_eq!(code, 5, "{answer}");
    assert!(answer["error"].as_str().unwrap().contains("This costs $0.40"), "{answer}");
    let jobs = house.jobs();
    assert_eq!((states(&jobs), held(&jobs).len(), engine.charges()), (vec!["queued"], 1, 0), "{jobs:?}");
    // A yes is to this price.
    let id = jobs[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(house.run(&["queue", "allow", &id, "--no-wait"]), (0, json!({"allowed": 1})));
    engine.costs(50);
    assert_eq!((house.run(&["queue", "run"]).0, engine.charges()), (5, 0), "it rose again");
    let (code, answer) = house.run(&["queue", "allow", "--all"]);
    assert_eq!((code, engine.charges()), (0, 1), "{answer}");
    assert_eq!((&answer["jobs"][0]["quote_micros"], &answer["jobs"][0]["held"]), (&json!(500_000), &Value::Null));
    assert_eq!(house.run(&["queue", "allow", "--all"]).0, 2, "nothing is held any more");
}

#[test]
fn a_price_that_rose_within_the_budget_is_nobodys_business() {
    let (engine, house) = waiting(Some(1_000_000), 1, &[]);
    engine.costs(40);
    assert_eq!((states(&house.finish()), engine.charges()), (vec!["done"], 1));
}

#[test]
fn a_smaller_budget_holds_what_was_placed_under_the_larger_one() {
    let (engine, house) = waiting(Some(1_000_000), 5, &[]);
    // Each is charged five cents in the end: two of four fit, and the third does not.
    house.budget(Some(100_000));
    let (code, answer) = house.run(&["queue", "run"]);
    assert_eq!(code, 5, "{answer}");
    let jobs = house.jobs();
    assert_eq!((engine.charges(), held(&jobs).len()), (2, 3), "{jobs:?}");
    house.budget(Some(1_000_000));
    assert_eq!((states(&house.finish()), engine.charges()), (vec!["done"; 5], 5), "there is room again");
}

#[test]
fn a_budget_that_came_after_the_click_is_asked_too() {
    let (engine, house) = waiting(None, 2, &[]);
    house.budget(Some(60_000));
    assert_eq!(house.run(&["queue", "run"]).0, 5);
    let jobs = house.jobs();
    assert_eq!((engine.charges(), held(&jobs).len()), (1, 1), "{jobs:?}");
    house.run(&["queue", "cancel", "--all"]);
    let jobs = house.jobs();
    assert_eq!((states(&jobs), held(&jobs).len()), (vec!["done", "cancelled"], 0), "{jobs:?}");
}

#[test]
fn an_explicit_yes_holds_for_its_price_only() {
    let (engine, house) = waiting(Some(10_000), 2, &["--yes"]);
    assert_eq!((house.run(&["queue", "run"]).0, engine.charges()), (0, 2), "four cents were agreed to");
    let (engine, house) = waiting(Some(10_000), 1, &["--yes"]);
    engine.costs(5);
    assert_eq!((house.run(&["queue", "run"]).0, engine.charges()), (5, 0), "five were not");
}

#[test]
fn money_that_comes_back_lets_the_next_one_go() {
    let (engine, house) = waiting(Some(70_000), 1, &[]);
    // The second was placed when the first was cheaper.
    house.budget(Some(80_000));
    house.run(&["queue", "pause"]);
    assert_eq!(house.generate(&["--no-wait"]).0, 0);
    house.run(&["queue", "resume"]);
    house.budget(Some(70_000));
    engine.fake.fault("POST /jobs", Fault::Instead(Reply::json(422, &json!({"error": "not this one"}))));
    let jobs = house.finish();
    let mut ended = states(&jobs);
    ended.sort_unstable();
    assert_eq!((ended, engine.charges()), (vec!["done", "failed"], 1), "{jobs:?}");
}

#[test]
fn an_engine_that_does_not_say_its_price_any_more_is_asked_about() {
    let (engine, house) = waiting(Some(1_000_000), 1, &[]);
    for _ in 0..8 {
        engine.fake.fault("POST /quote", Fault::Instead(Reply::json(500, &json!({"error": "no quote today"}))));
    }
    let (code, answer) = house.run(&["queue", "run"]);
    assert_eq!((code, engine.charges()), (5, 0), "{answer}");
    assert!(answer["error"].as_str().unwrap().contains("Nobody says what this costs"), "{answer}");
    // One that does not even let itself be asked fails, as the order would.
    let (engine, house) = waiting(Some(1_000_000), 1, &[]);
    engine.fake.fault("POST /quote", Fault::Instead(Reply::json(401, &json!({"error": "wrong key"}))));
    let jobs = house.finish();
    assert_eq!((states(&jobs), engine.charges()), (vec!["failed"], 0));
    assert_eq!((&jobs[0]["failure"]["class"], &jobs[0]["cost_micros"]), (&json!("auth"), &json!(0)));
}

#[test]
fn killed_while_the_price_is_asked_it_waits_on() {
    let (engine, house) = waiting(Some(1_000_000), 1, &[]);
    engine.stop_at(Stop { at: "POST /quote", number: 1 });
    let mut running = house.begin(&["queue", "run"]);
    engine.wait_for_stop();
    running.kill();
    engine.go_on();
    assert_eq!((states(&house.jobs()), engine.charges()), (vec!["queued"], 0));
    assert_eq!((states(&house.finish()), engine.charges()), (vec!["done"], 1));
}

#[test]
fn paused_while_the_price_is_asked_nothing_is_sent() {
    let (engine, house) = waiting(Some(1_000_000), 1, &[]);
    engine.stop_at(Stop { at: "POST /quote", number: 1 });
    let running = house.begin(&["queue", "run"]);
    engine.wait_for_stop();
    house.run(&["queue", "pause"]);
    assert_eq!(running.end().0, 5, "it waits in a paused queue");
    engine.go_on();
    assert_eq!((states(&house.jobs()), engine.charges()), (vec!["queued"], 0));
}
