//! Who makes clips, in Venice's form: asked for the price, ordered, asked after and told to forget. Each clip goes from the first picture
//! that went along to the last.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::drawn;
use crate::fake::{Fake, Reply, Seen};
use crate::house::Pace;
use crate::ledger::Ledger;

pub const KEY: &str = "sk-marker-road-1123";
pub const SECOND_MICROS: u64 = 50_000;
/// Answers before a clip is ready.
const LOOKS: usize = 2;
/// As many, where somebody watches.
const SLOW_LOOKS: usize = 40;

/// A clip that was ordered.
struct Clip {
    film: Vec<u8>,
    looks: usize,
}

pub fn filmer(ledger: &Ledger, pace: &Arc<Pace>) -> Fake {
    let (ledger, pace, clips) = (ledger.clone(), Arc::clone(pace), Mutex::new(HashMap::new()));
    Fake::start(move |seen, _| {
        assert_eq!(seen.header("authorization"), Some(format!("Bearer {KEY}").as_str()), "{}", seen.line());
        match seen.line().as_str() {
            "POST /api/v1/video/quote" => Reply::json(200, &json!({"quote": micros(&seen.json()) as f64 / 1e6})),
            "POST /api/v1/video/queue" => order(seen, &ledger, &mut clips.lock().unwrap()),
            "POST /api/v1/video/retrieve" => look(&seen.json(), &pace, &mut clips.lock().unwrap()),
            "POST /api/v1/video/complete" => {
                clips.lock().unwrap().remove(&id(&seen.json()));
                Reply::json(200, &json!({"success": true}))
            }
            "GET /api/v1/models" => Reply::json(200, &json!({"object": "list", "data": []})),
            "GET /api/v1/billing/balance" => Reply::json(200, &json!({"canConsume": true, "balances": {"usd": 12.5}})),
            other => panic!("nobody asks that of who makes clips: {other}"),
        }
    })
}

fn order(seen: &Seen, ledger: &Ledger, clips: &mut HashMap<String, Clip>) -> Reply {
    let asked = seen.json();
    let words = asked["prompt"].as_str().expect("words");
    if words.contains("refuse") {
        return Reply::json(
            422,
            &json!({"error": "Your prompt violates the content policy of Venice.ai or the model provider"}),
        );
    }
    ledger.charge("venice", words, micros(&asked));
    let film = drawn::clip(&picture(&asked["image_url"]), &picture(&asked["end_image_url"]), secs(&asked));
    let id = format!("123e4567-e89b-12d3-a456-{:012}", ledger.of("venice").len());
    clips.insert(id.clone(), Clip { film, looks: 0 });
    Reply::json(200, &json!({"model": asked["model"], "queue_id": id}))
}

fn look(asked: &Value, pace: &Pace, clips: &mut HashMap<String, Clip>) -> Reply {
    let Some(clip) = clips.get_mut(&id(asked)) else {
        return Reply::json(404, &json!({"error": "Media could not be found. Request may be invalid, expired, or deleted."}));
    };
    clip.looks += 1;
    let needed = if pace.slow() { SLOW_LOOKS } else { LOOKS };
    if pace.holds() || clip.looks <= needed {
        let passed = 1000 * clip.looks;
        return Reply::json(
            200,
            &json!({"status": "PROCESSING", "average_execution_time": 1000 * needed, "execution_duration": passed}),
        );
    }
    Reply::new(200, "video/mp4", clip.film.clone())
}

fn id(asked: &Value) -> String {
    asked["queue_id"].as_str().expect("what was ordered").to_owned()
}

fn secs(asked: &Value) -> f64 {
    let word = asked["duration"].as_str().expect("a length");
    word.strip_suffix('s').and_then(|number| number.parse().ok()).expect("a length such as 5s")
}

fn micros(asked: &Value) -> u64 {
    (secs(asked) * SECOND_MICROS as f64).round() as u64
}

fn picture(value: &Value) -> Vec<u8> {
    let text = value.as_str().and_then(|text| text.strip_prefix("data:image/png;base64,")).expect("a picture inside the order");
    STANDARD.decode(text).unwrap()
}
