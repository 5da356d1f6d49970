//! The engine that the queue is tried with: orders are taken and charged, found again by our own id, asked after, fetched, stopped and
//! forgotten. A test can have it stop at a step and wait.

use std::collections::HashMap;
use std::io::Cursor;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::fake::{Books, Fake, Reply, Seen};

/// What it asks for its key.
pub const KEY: &str = "marker-key-Q7x9LpW2";

/// Longer than any test waits for anything.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// A step at which it stops and waits until it may go on.
#[derive(Clone, Debug)]
pub struct Stop {
    /// `METHOD /beginning`.
    pub at: &'static str,
    /// The request of this number (from 1) that begins so.
    pub number: usize,
}

/// A stop, and how far it has come.
struct Stopping {
    stop: Stop,
    met: AtomicUsize,
    reached: AtomicBool,
    released: AtomicBool,
}

#[derive(Default)]
pub struct Works {
    /// Job of ours to its number here.
    orders: Mutex<HashMap<String, usize>>,
    /// How often each was asked after.
    looks: Mutex<HashMap<usize, usize>>,
    stop: Mutex<Option<Arc<Stopping>>>,
    pub cancelled: AtomicUsize,
    pub forgotten: AtomicUsize,
    /// So many looks until it is done.
    pub looks_needed: AtomicUsize,
    /// What it says that a picture costs.
    pub cents: AtomicUsize,
    /// The same order may come again, as at engines that cost nothing.
    pub takes_twice: AtomicBool,
}

pub struct Engine {
    pub fake: Fake,
    pub works: Arc<Works>,
}

impl Engine {
    pub fn start() -> Engine {
        let works = Arc::new(Works::default());
        works.looks_needed.store(3, Ordering::SeqCst);
        works.cents.store(4, Ordering::SeqCst);
        let mine = Arc::clone(&works);
        Engine { fake: Fake::start(move |seen, books| mine.answer(seen, books)), works }
    }

    /// Its entry in `engines.toml`, with its model's price; `find`: it can be asked whether it took an order.
    pub fn entry(&self, price: &str, find: bool) -> String {
        let find = if find { "template.find = {path = '/jobs?client={{job}}', id = '/jobs/0/id'}\n" } else { "" };
        format!(
            "[[engine]]\nname = 'fake'\nlabel = 'Fake'\nform = 'custom'\nbase = '{}'\nkey = 'required'\nkey_variables = ['FAKE_KEY']\n\
             parallel = 4\npoll_secs = 0.05\n\
             template.submit = {{method = 'POST', path = '/jobs', id = '/id', cost = '/cost', body = {{client = '{{{{job}}}}', prompt = '{{{{prompt}}}}', seed = '{{{{seed}}}}'}}}}\n\
             template.look = {{path = '/jobs/{{{{id}}}}', state = '/status', progress = '/progress', result = '/files/*', error = '/error', code = '/code'}}\n\
             template.cancel = {{method = 'DELETE', path = '/jobs/{{{{id}}}}'}}\n\
             template.forget = {{method = 'POST', path = '/jobs/{{{{id}}}}/forget'}}\n\
             template.quote = {{method = 'POST', path = '/quote', cost = '/cost'}}\n\
             template.check = {{path = '/health'}}\n\
             template.failures = {{content = ['moderated'], payment = ['credits']}}\n{find}\
             [[engine.model]]\nname = 'pic'\nkind = 'image'\nseed = true\nprice = {price}\n",
            self.fake.base()
        )
    }

    /// The next time it comes to this step it waits there.
    pub fn stop_at(&self, stop: Stop) {
        let fresh = || AtomicBool::new(false);
        let stopping = Stopping { stop, met: AtomicUsize::new(0), reached: fresh(), released: fresh() };
        *self.works.stop.lock().unwrap() = Some(Arc::new(stopping));
    }

    pub fn wait_for_stop(&self) {
        let stopping = self.works.stop.lock().unwrap().clone().expect("a step to stop at");
        let begin = Instant::now();
        while !stopping.reached.load(Ordering::SeqCst) {
            assert!(begin.elapsed() < PATIENCE, "it never came to that step");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    pub fn go_on(&self) {
        if let Some(stopping) = self.works.stop.lock().unwrap().take() {
            stopping.released.store(true, Ordering::SeqCst);
        }
    }

    /// From now on a picture costs so much.
    pub fn costs(&self, cents: usize) {
        self.works.cents.store(cents, Ordering::SeqCst);
    }

    pub fn charges(&self) -> usize {
        self.fake.charges()
    }
}

impl Works {
    fn answer(&self, seen: &Seen, books: &Books) -> Reply {
        assert_eq!(seen.header("authorization").is_some(), !seen.path.starts_with("/files/"), "{}", seen.path);
        // What is done is done, whether the answer arrives or not.
        let reply = self.act(seen, books);
        self.wait_at(&seen.line());
        reply
    }

    fn act(&self, seen: &Seen, books: &Books) -> Reply {
        let parts: Vec<&str> = seen.path.trim_start_matches('/').split('/').collect();
        match (seen.method.as_str(), &parts[..]) {
            ("POST", ["jobs"]) => self.order(&seen.json(), books),
            ("GET", ["jobs"]) => {
                let client = seen.query.get("client").cloned().unwrap_or_default();
                let found: Vec<Value> = self
                    .orders
                    .lock()
                    .unwrap()
                    .get(&client)
                    .map(|number| json!({"id": format!("j{number}")}))
                    .into_iter()
                    .collect();
                Reply::json(200, &json!({"jobs": found}))
            }
            ("GET", ["jobs", id]) => self.look(number(id)),
            ("DELETE", ["jobs", _]) => {
                self.cancelled.fetch_add(1, Ordering::SeqCst);
                Reply::bare(204)
            }
            ("POST", ["jobs", _, "forget"]) => {
                self.forgotten.fetch_add(1, Ordering::SeqCst);
                Reply::bare(204)
            }
            ("GET", ["files", id]) => Reply::new(200, "image/png", picture(number(id))),
            ("POST", ["quote"]) => Reply::json(200, &json!({"cost": self.cents.load(Ordering::SeqCst) as f64 / 100.0})),
            ("GET", ["health"]) => Reply::json(200, &json!({"ok": true})),
            _ => panic!("nobody asks that: {}", seen.line()),
        }
    }

    fn order(&self, body: &Value, books: &Books) -> Reply {
        let client = body["client"].as_str().expect("our own id").to_owned();
        assert!(!body["prompt"].as_str().unwrap().is_empty());
        let mut orders = self.orders.lock().unwrap();
        let twice = self.takes_twice.load(Ordering::SeqCst);
        assert!(twice || !orders.contains_key(&client), "the same order came twice");
        let number = books.charge();
        orders.insert(client, number);
        Reply::json(200, &json!({"id": format!("j{number}"), "cost": 0.05, "status": "queued"}))
    }

    fn look(&self, number: usize) -> Reply {
        let looks = {
            let mut looks = self.looks.lock().unwrap();
            let looks = looks.entry(number).or_default();
            *looks += 1;
            *looks
        };
        let needed = self.looks_needed.load(Ordering::SeqCst);
        Reply::json(
            200,
            &match looks {
                looks if looks >= needed => json!({"status": "done", "files": [format!("/files/j{number}")]}),
                1 => json!({"status": "queued"}),
                looks => json!({"status": "running", "progress": looks as f64 / needed as f64}),
            },
        )
    }

    fn wait_at(&self, line: &str) {
        let stopping = self.stop.lock().unwrap().clone();
        let Some(stopping) = stopping.filter(|stopping| line.starts_with(stopping.stop.at)) else { return };
        if stopping.met.fetch_add(1, Ordering::SeqCst) + 1 != stopping.stop.number {
            return;
        }
        stopping.reached.store(true, Ordering::SeqCst);
        let begin = Instant::now();
        while !stopping.released.load(Ordering::SeqCst) && begin.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

fn number(id: &str) -> usize {
    id.trim_start_matches('j').parse().expect("one of its own ids")
}

/// A picture that no other order gets.
pub fn picture(number: usize) -> Vec<u8> {
    let of = |x: u32, y: u32| image::Rgb([number as u8, (number >> 8) as u8, (x * 9 + y) as u8]);
    let mut bytes = Cursor::new(Vec::new());
    image::RgbImage::from_fn(16, 9, of).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}
