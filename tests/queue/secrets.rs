//! A key is in the requests to its engine and nowhere else: not in the database, the logs, the files, or what is said.

use serde_json::json;

use crate::engine::{Engine, KEY};
use crate::fake::{Fault, Reply};
use crate::marker::holding;
use crate::rig::House;

#[test]
fn a_key_shows_nowhere() {
    let engine = Engine::start();
    let house = House::with(&engine);
    let mut said = Vec::new();
    let mut run = |arguments: &[&str]| {
        let output = house.output(arguments);
        said.extend([output.stdout, output.stderr].concat());
    };
    let generate = ["generate", "--engine", "fake", "--prompt", "a lamp"];
    run(&generate);
    // Engines that say the key back, wherever they can.
    let echo =
        |status| Fault::Instead(Reply::json(status, &json!({"error": format!("bad key {KEY}"), "code": KEY, "id": KEY})));
    for (route, status) in
        [("POST /jobs", 401), ("POST /jobs", 400), ("POST /jobs", 200), ("GET /jobs/j", 500), ("GET /jobs/j", 400)]
    {
        engine.fake.fault(route, echo(status));
        run(&generate);
    }
    let told = json!({"status": "failed", "error": format!("your key {KEY} is out of money"), "code": KEY});
    engine.fake.fault("GET /jobs/j", Fault::Instead(Reply::json(200, &told)));
    run(&generate);
    run(&["queue", "list", "--all"]);
    run(&["engines", "list"]);
    run(&["engines", "test", "fake"]);
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(said.contains("bad key …"), "the fake's words were shown: {said}");
    assert!(!said.contains(KEY), "{said}");
    let found = holding(&house.data(), KEY);
    assert!(found.is_empty(), "{found:?}");
    let asked = engine.fake.seen();
    assert!(asked.iter().filter(|seen| seen.path.starts_with("/files")).all(|seen| !seen.all().contains(KEY)));
    assert!(asked.iter().any(|seen| seen.all().contains(KEY)), "the key was used at all");
}
