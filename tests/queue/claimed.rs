//! Two orders with the same words, and an engine that knows orders by their words alone: neither gets what the other has.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::engine::{PATIENCE, picture};
use crate::fake::{Fake, Reply, Way};
use crate::rig::{House, states};

/// Takes orders and says nothing of them while `deaf`. Asked for one by its words it always names the
/// first that it took.
struct Forgetful {
    fake: Fake,
    deaf: Arc<AtomicBool>,
}

impl Forgetful {
    fn start() -> Forgetful {
        let deaf = Arc::new(AtomicBool::new(true));
        let (silent, taken) = (Arc::clone(&deaf), Mutex::new(0));
        let fake = Fake::start(move |seen, books| {
            let parts: Vec<&str> = seen.path.trim_start_matches('/').split('/').collect();
            match (seen.method.as_str(), &parts[..]) {
                ("POST", ["jobs"]) => {
                    let mut taken = taken.lock().unwrap();
                    *taken = books.charge();
                    let reply = Reply::json(200, &json!({"id": format!("j{taken}")}));
                    if silent.load(Ordering::SeqCst) { reply.way(Way::Stall(3)) } else { reply }
                }
                ("GET", ["jobs"]) => {
                    let ids: Vec<Value> =
                        (1..=*taken.lock().unwrap()).map(|number| json!({"id": format!("j{number}")})).collect();
                    Reply::json(200, &json!({ "jobs": ids }))
                }
                ("GET", ["jobs", id]) => Reply::json(200, &json!({"status": "done", "files": [format!("/files/{id}")]})),
                ("GET", ["files", id]) => {
                    Reply::new(200, "image/png", picture(id.trim_start_matches('j').parse().expect("one of its ids")))
                }
                other => panic!("nobody asks that: {other:?}"),
            }
        });
        Forgetful { fake, deaf }
    }

    fn house(&self) -> House {
        House::listing(&format!(
            "[[engine]]\nname = 'fake'\nlabel = 'Fake'\nform = 'custom'\nbase = '{}'\nkey = 'none'\nparallel = 4\npoll_secs = 0.05\n\
             template.submit = {{path = '/jobs', id = '/id', body = {{prompt = '{{{{prompt}}}}'}}}}\n\
             template.look = {{path = '/jobs/{{{{id}}}}', state = '/status', result = '/files/*'}}\n\
             template.find = {{path = '/jobs?words={{{{prompt}}}}', id = '/jobs/0/id'}}\n\
             [[engine.model]]\nname = 'pic'\nkind = 'image'\nseed = true\nprice = {{rates = [{{each = 0.04}}]}}\n",
            self.fake.base()
        ))
    }
}

#[test]
fn what_one_job_has_is_never_anothers() {
    let engine = Forgetful::start();
    let house = engine.house();
    let mut running =
        house.begin(&["generate", "--engine", "fake", "--model", "pic", "--prompt", "a lamp in fog", "--count", "2"]);
    let begin = Instant::now();
    while engine.fake.charges() < 2 {
        assert!(begin.elapsed() < PATIENCE, "the orders are not sent");
        std::thread::sleep(Duration::from_millis(10));
    }
    running.kill();
    engine.deaf.store(false, Ordering::SeqCst);
    let jobs = house.finish();
    let mut ends = states(&jobs);
    ends.sort_unstable();
    assert_eq!((ends, engine.fake.charges()), (vec!["done", "failed"], 2), "{jobs:?}");
    let failed = jobs.iter().find(|job| job["state"] == "failed").unwrap();
    assert_eq!(failed["failure"]["class"], "unclear", "{failed}");
    assert!(failed["failure"]["words"].as_str().unwrap().contains("another job's"), "{failed}");
    assert_eq!(house.media().len(), 1);
}
