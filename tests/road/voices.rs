//! Who writes and speaks, in OpenAI's form, and who draws, in Stability's: each checks what it is asked and by whom, and notes what it
//! takes for it.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use crate::drawn;
use crate::fake::{Fake, Reply, Seen, Way};
use crate::form::part;
use crate::house::Pace;
use crate::ledger::Ledger;
use crate::sse::{TOKENS, stream};

pub const WRITER_KEY: &str = "sk-marker-road-4711";
pub const PAINTER_KEY: &str = "sk-marker-road-0815";

/// A dollar for a million tokens is a millionth for one.
pub const TOKEN_MICROS: f64 = 4.5;
pub const LETTER_MICROS: u64 = 15;
pub const PICTURE_MICROS: u64 = 30_000;

/// What the writer answers to every theme.
pub const SCRIPT: &str = "---\ntitle: Why lamps stay lit\n---\n\n\
## The door\n\n> image: a lamp in a window at dusk\n> keyframe: the flame of the lamp, close and tall\n> clip: the camera moves slowly in\n> seconds: 2\n\n\
Nobody waits at the door. [smile] But somebody might.\n\n\
## The road\n\n> image: an empty road in fog\n> keyframe: the road ends at a gate of iron\n> clip: the camera follows the road\n> seconds: 3\n\n\
It goes on, and so do we.\n\n\
## The hill\n\n> image: a hill under heavy clouds\n> keyframe: sunlight breaks onto the hilltop\n> clip: the clouds part\n> seconds: 2.4\n\n\
From up there the lamp looks like a star.\n\n\
## The harbour\n\n> image: boats asleep in a harbour\n> keyframe: one boat leaves the harbour with a light\n> clip: the water begins to move\n> seconds: 2\n\n\
And the last boat finds its way home by it.\n";

/// One order must not be known to another engine's key.
fn key_of(seen: &Seen, key: &str) {
    assert_eq!(seen.header("authorization"), Some(format!("Bearer {key}").as_str()), "{}", seen.line());
}

/// Writes and speaks.
pub fn writer(ledger: &Ledger, pace: &Arc<Pace>) -> Fake {
    let (ledger, pace) = (ledger.clone(), Arc::clone(pace));
    Fake::start(move |seen, _| {
        key_of(seen, WRITER_KEY);
        match seen.line().as_str() {
            "POST /v1/chat/completions" => {
                let asked = seen.json();
                assert_eq!(asked["stream"], true, "{asked}");
                let theme = asked["messages"].as_array().and_then(|talk| talk.last()).expect("what it is about");
                let tokens = TOKENS.0 + TOKENS.1;
                ledger.charge("openai", &theme["content"].to_string(), (tokens as f64 * TOKEN_MICROS) as u64);
                let script = stream(asked["model"].as_str().unwrap(), SCRIPT, "stop");
                if pace.slow() { script.way(Way::Drip(400, Duration::from_millis(120))) } else { script }
            }
            "POST /v1/audio/speech" => {
                let asked = seen.json();
                let words = asked["input"].as_str().expect("words to say");
                assert!(asked["voice"].is_string() && !words.contains('['), "{asked}");
                ledger.charge("openai", words, words.chars().count() as u64 * LETTER_MICROS);
                let voice = Reply::new(200, "audio/wav", drawn::voice(words));
                if pace.slow() { voice.way(Way::Drip(20_000, Duration::from_millis(500))) } else { voice }
            }
            "GET /v1/models" => Reply::json(200, &json!({"object": "list", "data": [{"id": "gpt-5.4-mini"}, {"id": "tts-1"}]})),
            other => panic!("nobody asks that of a writer: {other}"),
        }
    })
}

/// Draws what it is told, unless it is told to refuse.
pub fn painter(ledger: &Ledger, pace: &Arc<Pace>) -> Fake {
    let (ledger, pace) = (ledger.clone(), Arc::clone(pace));
    Fake::start(move |seen, _| {
        key_of(seen, PAINTER_KEY);
        match seen.line().as_str() {
            "POST /v2beta/stable-image/generate/core" => {
                assert_eq!(part(seen, "aspect_ratio").as_deref(), Some("16:9"));
                let words = part(seen, "prompt").expect("words to draw");
                if words.contains("refuse") {
                    let why =
                        ["Your request was flagged by our content moderation system, as a result your request was denied."];
                    return Reply::json(403, &json!({"id": "x", "name": "content_moderation", "errors": why}));
                }
                ledger.charge("stability", &words, PICTURE_MICROS);
                let picture = Reply::new(200, "image/png", drawn::picture(&words));
                let picture = picture.header("finish-reason", "SUCCESS").header("seed", "7");
                if pace.slow() { picture.way(Way::Drip(600, Duration::from_millis(700))) } else { picture }
            }
            "GET /v1/user/balance" => Reply::json(200, &json!({"credits": 412.5})),
            other => panic!("nobody asks that of a painter: {other}"),
        }
    })
}
