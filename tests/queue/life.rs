//! What a job meets in its life: engines that refuse, wait, break and lie; a person who stops it, tries again, pauses.

use serde_json::json;

use crate::engine::{Engine, PATIENCE, Stop};
use crate::fake::{Fault, Reply};
use crate::rig::{House, states};

fn class(engine: &Engine, house: &House, route: &str, fault: Fault) -> (String, usize) {
    engine.fake.fault(route, fault);
    let (_, answer) = house.generate(&[]);
    (answer["jobs"][0]["failure"]["class"].as_str().unwrap_or("none").to_owned(), engine.charges())
}

#[test]
fn from_the_order_to_the_file() {
    let engine = Engine::start();
    let house = House::with(&engine);
    let output = house.data().join("lamp.png");
    let (code, answer) = house.generate(&["--seed", "7", "--output", output.to_str().unwrap()]);
    assert_eq!(code, 0, "{answer}");
    let job = &answer["jobs"][0];
    assert_eq!(
        (&job["state"], &job["seed"], &job["quote_micros"], &job["cost_micros"]),
        (&json!("done"), &json!(7), &json!(40_000), &json!(50_000))
    );
    assert_eq!(std::fs::read(&output).unwrap(), crate::engine::picture(1));
    assert_eq!((engine.charges(), house.landings()), (1, 0));
    let asset = job["assets"][0]["file"].as_str().unwrap();
    let sidecar = std::fs::read_to_string(asset.replace(".png", ".json")).unwrap();
    for part in ["\"source\": \"generated\"", "a lamp in fog", "\"engine\": \"fake\"", "\"ai\": true"] {
        assert!(sidecar.contains(part), "{part} in {sidecar}");
    }
    assert_eq!(engine.works.forgotten.load(std::sync::atomic::Ordering::SeqCst), 1);
}

#[test]
fn an_engine_that_is_busy_is_asked_again_and_charges_once() {
    let engine = Engine::start();
    let house = House::with(&engine);
    let busy = |status, wait: &str| Fault::Instead(Reply::json(status, &json!({"error": "busy"})).header("retry-after", wait));
    engine.fake.fault("POST /jobs", busy(429, "1"));
    engine.fake.fault("POST /jobs", busy(503, "0"));
    engine.fake.fault("GET /jobs/j", Fault::Reset);
    engine.fake.fault("GET /jobs/j", Fault::Cut);
    engine.fake.fault("GET /files", Fault::Short);
    let (code, answer) = house.generate(&[]);
    assert_eq!((code, engine.charges()), (0, 1), "{answer}");
    assert_eq!(engine.fake.count("POST /jobs/") + 3, engine.fake.count("POST /jobs"), "three tries, and one to forget");
}

#[test]
fn an_order_that_may_have_arrived_is_not_sent_again() {
    let engine = Engine::start();
    let house = House::with(&engine);
    assert_eq!(class(&engine, &house, "POST /jobs", Fault::Deaf), ("unclear".into(), 1));
    assert_eq!(class(&engine, &house, "POST /jobs", Fault::Cut), ("unclear".into(), 2));
    assert_eq!(class(&engine, &house, "POST /jobs", Fault::Reset), ("unclear".into(), 2));
    let gateway = Fault::After(Reply::json(504, &json!({"error": "gateway"})));
    assert_eq!(class(&engine, &house, "POST /jobs", gateway), ("unclear".into(), 3));
    assert_eq!(engine.fake.count("POST /jobs"), 4, "each was sent once");
}

#[test]
fn a_refusal_shows_the_engines_own_words() {
    let engine = Engine::start();
    let house = House::with(&engine);
    for (status, words, class) in
        [(400, "seed must be even", "invalid"), (402, "top up first", "payment"), (500, "boom", "server")]
    {
        engine.fake.fault("POST /jobs", Fault::Instead(Reply::json(status, &json!({"error": words}))));
        let (code, answer) = house.generate(&[]);
        let failure = &answer["jobs"][0]["failure"];
        assert_eq!((&failure["class"], &failure["words"]), (&json!(class), &json!(words)), "{answer}");
        assert_ne!(code, 0);
    }
    let failed = Reply::json(200, &json!({"status": "failed", "error": {"message": "the prompt was moderated"}, "code": "C9"}));
    engine.fake.fault("GET /jobs/j", Fault::Instead(failed));
    let (_, answer) = house.generate(&[]);
    let failure = &answer["jobs"][0]["failure"];
    assert_eq!((&failure["class"], &failure["code"]), (&json!("content"), &json!("C9")), "{answer}");
    assert_eq!(engine.charges(), 1);
}

#[test]
fn what_makes_no_sense_is_a_failure_and_no_end() {
    let engine = Engine::start();
    let house = House::with(&engine);
    for fault in [Fault::OtherBytes(b"<html>".to_vec()), Fault::Huge(20 << 20)] {
        engine.fake.fault("GET /jobs/j", fault);
    }
    engine.fake.fault("GET /files", Fault::OtherBytes(b"no picture at all, however long it is".to_vec()));
    let (code, answer) = house.generate(&[]);
    assert_eq!((code, engine.charges()), (0, 1), "each was asked again: {answer}");
}

#[test]
fn an_unknown_state_is_work_and_a_missing_one_is_asked_again() {
    let engine = Engine::start();
    let house = House::with(&engine);
    engine.fake.fault("GET /jobs/j", Fault::Instead(Reply::json(200, &json!({"status": "warming up", "new field": 1}))));
    engine.fake.fault("GET /jobs/j", Fault::Instead(Reply::json(200, &json!({"other": 1}))));
    assert_eq!(house.generate(&[]).0, 0);
}

#[test]
fn a_refused_key_holds_the_rest_back() {
    let engine = Engine::start();
    let house = House::with(&engine);
    for _ in 0..4 {
        engine.fake.fault("POST /jobs", Fault::Instead(Reply::json(401, &json!({"error": "wrong key"}))));
    }
    let (code, answer) = house.generate(&["--count", "20"]);
    assert_eq!(code, 5, "{answer}");
    let all = answer["jobs"].as_array().unwrap();
    assert!(states(all).iter().filter(|state| **state == "failed").count() <= 4, "{answer}");
    assert_eq!((engine.charges(), engine.fake.count("POST /jobs") <= 4), (0, true));
}

#[test]
fn stopped_jobs_are_stopped_there_too() {
    let engine = Engine::start();
    engine.works.looks_needed.store(usize::MAX, std::sync::atomic::Ordering::SeqCst);
    let house = House::with(&engine);
    engine.stop_at(Stop { at: "GET /jobs/j", number: 2 });
    let running = house.begin(&["generate", "--engine", "fake", "--prompt", "x", "--count", "6"]);
    engine.wait_for_stop();
    engine.go_on();
    // From another process, through the database.
    let (_, answer) = house.run(&["queue", "cancel", "--all"]);
    assert_eq!(answer["cancelled"], 6);
    let (code, text) = running.end();
    assert_eq!(code, 130, "{text}");
    let jobs = house.jobs();
    assert_eq!(states(&jobs), ["cancelled"; 6]);
    assert_eq!(engine.works.cancelled.load(std::sync::atomic::Ordering::SeqCst), engine.charges());
    assert!(house.media().is_empty());
}

#[test]
fn who_interrupts_stops_what_was_ordered() {
    let engine = Engine::start();
    engine.works.looks_needed.store(usize::MAX, std::sync::atomic::Ordering::SeqCst);
    let house = House::with(&engine);
    engine.stop_at(Stop { at: "GET /jobs/j", number: 1 });
    let running = house.begin(&["generate", "--engine", "fake", "--prompt", "x"]);
    engine.wait_for_stop();
    running.interrupt();
    engine.go_on();
    assert_eq!(running.end().0, 130);
    assert_eq!(states(&house.jobs()), ["cancelled"]);
}

#[test]
fn a_failed_job_is_tried_again_with_better_words() {
    let engine = Engine::start();
    let house = House::with(&engine);
    engine.fake.fault("POST /jobs", Fault::Instead(Reply::json(422, &json!({"error": "no"}))));
    let (_, answer) = house.generate(&["--seed", "3"]);
    let failed = answer["jobs"][0]["id"].as_str().unwrap().to_owned();
    let (code, answer) = house.run(&["queue", "retry", &failed, "--prompt", "a calmer lamp"]);
    assert_eq!(code, 0, "{answer}");
    let job = &answer["jobs"][0];
    assert_eq!((&job["retry_of"], &job["prompt"], &job["seed"]), (&json!(failed), &json!("a calmer lamp"), &json!(3)));
    assert_eq!(states(&house.jobs()), ["done"], "the failed one gave way to it");
    assert_eq!(house.run(&["queue", "retry", &failed[..36]]).0, 0, "once more is once more");
    let done = job["id"].as_str().unwrap();
    assert_eq!(house.run(&["queue", "retry", done]).0, 2, "what is done has nothing to try again");
}

#[test]
fn a_paused_queue_sends_nothing() {
    let engine = Engine::start();
    let house = House::with(&engine);
    house.run(&["queue", "pause"]);
    let (code, _) = house.generate(&[]);
    assert_eq!((code, engine.charges(), states(&house.jobs())), (5, 0, vec!["queued"]));
    house.run(&["queue", "resume"]);
    assert_eq!((states(&house.finish()), engine.charges()), (vec!["done"], 1));
}

#[test]
fn one_process_runs_the_queue_and_another_takes_over() {
    let engine = Engine::start();
    let house = House::with(&engine);
    engine.stop_at(Stop { at: "GET /jobs/j", number: 1 });
    let mut first = house.begin(&["generate", "--engine", "fake", "--prompt", "one"]);
    engine.wait_for_stop();
    let second = house.begin(&["generate", "--engine", "fake", "--prompt", "two"]);
    let begin = std::time::Instant::now();
    while house.jobs().len() < 2 {
        assert!(begin.elapsed() < PATIENCE, "the second order never came");
    }
    assert_eq!(engine.charges(), 1, "the engine stands still, and nobody else sends");
    first.kill();
    engine.go_on();
    assert_eq!(second.end().0, 0);
    let jobs = house.finish();
    assert_eq!((states(&jobs), engine.charges(), house.media().len()), (vec!["done"; 2], 2, 2), "{jobs:?}");
}

#[test]
fn what_can_not_work_is_said_before_anything_is_asked() {
    let engine = Engine::start();
    let house = House::with(&engine);
    for (arguments, code) in [
        (vec!["generate", "--engine", "nobody", "--prompt", "x"], 2),
        (vec!["generate", "--engine", "fake", "--model", "gone", "--prompt", "x"], 2),
        (vec!["generate", "--engine", "fake", "--kind", "video", "--prompt", "x"], 2),
        (vec!["generate", "--engine", "fake", "--prompt", " "], 2),
        (vec!["generate", "--engine", "fake", "--prompt", "x", "--first", "/nowhere.png"], 2),
        (vec!["queue", "cancel", "nothing"], 2),
        (vec!["engines", "test", "nobody"], 1),
    ] {
        let (got, answer) = house.run(&arguments);
        assert_eq!(got, code, "{arguments:?} {answer}");
        assert!(answer["error"].as_str().is_some_and(|words| !words.is_empty()), "{answer}");
    }
    assert_eq!(engine.fake.seen().len(), 0);
    let keyless = house.command(&["generate", "--engine", "fake", "--prompt", "x"]).env_remove("FAKE_KEY").output().unwrap();
    assert_eq!(keyless.status.code(), Some(5));
    assert!(String::from_utf8_lossy(&keyless.stdout).contains("FAKE_KEY"));
}
