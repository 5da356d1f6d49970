//! Money: what is asked before it is spent, what it has cost.

use serde_json::json;

use crate::engine::Engine;
use crate::rig::House;

#[test]
fn a_budget_stops_with_a_question_and_what_waits_counts() {
    let engine = Engine::start();
    let house = House::with(&engine);
    house.budget(Some(100_000));
    let (code, answer) = house.generate(&["--count", "3"]);
    assert_eq!(code, 5, "{answer}");
    assert!(answer["error"].as_str().unwrap().contains("$0.12"), "{answer}");
    assert_eq!((engine.charges(), house.jobs().len()), (0, 0), "none of them was placed");
    house.run(&["queue", "pause"]);
    assert_eq!(house.generate(&["--count", "2", "--no-wait"]).0, 0, "eight cents fit");
    assert_eq!(house.generate(&["--no-wait"]).0, 5, "with what waits they do not");
    assert_eq!(house.generate(&["--no-wait", "--yes"]).0, 0, "unless a person says so");
    house.run(&["queue", "resume"]);
    assert_eq!(house.finish().len(), 3);
    let (_, answer) = house.run(&["queue", "list"]);
    assert_eq!(answer["spent_this_month_micros"], 150_000, "what was charged, not what was quoted");
}

#[test]
fn what_was_never_taken_costs_nothing() {
    let engine = Engine::start();
    let house = House::with(&engine);
    let refused = crate::fake::Reply::json(400, &json!({"error": "no"}));
    engine.fake.fault("POST /jobs", crate::fake::Fault::Instead(refused));
    house.generate(&[]);
    house.run(&["queue", "pause"]);
    house.generate(&["--no-wait"]);
    house.run(&["queue", "cancel", "--all"]);
    let (_, answer) = house.run(&["queue", "list"]);
    assert_eq!(
        (&answer["spent_this_month_micros"], &answer["failed"], &answer["cancelled"]),
        (&json!(0), &json!(1), &json!(1))
    );
}

#[test]
fn a_price_is_told_before_the_order() {
    let engine = Engine::start();
    let listed = House::with(&engine);
    let (_, answer) = listed.generate(&["--quote", "--count", "10"]);
    assert_eq!((&answer["micros"], &answer["by_engine"], engine.fake.seen().len()), (&json!(400_000), &json!(false), 0));
    let asked = House::listing(&engine.entry("'quoted'", true));
    let (_, answer) = asked.generate(&["--quote"]);
    assert_eq!((&answer["micros"], &answer["by_engine"]), (&json!(40_000), &json!(true)));
    asked.budget(Some(1_000_000));
    let silent = crate::fake::Fault::Instead(crate::fake::Reply::json(500, &json!({"error": "no quote today"})));
    asked.run(&["queue", "clear"]);
    engine.fake.fault("POST /quote", silent);
    let (code, answer) = asked.generate(&[]);
    assert_eq!(code, 5, "with a budget what nobody can price is asked about: {answer}");
    assert_eq!((asked.generate(&["--yes"]).0, engine.charges()), (0, 1));
}
