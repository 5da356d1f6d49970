//! What every engine bears: answers that break off, are empty, something else, too big, too slow, or send elsewhere. An order that may
//! have been taken is never sent again by itself, and what broke leaves no file.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use onetake::core::generate::{Class, InputRole, Order, Submission};
use onetake::core::job::Kind;
use serde_json::json;

use crate::fake::{Fake, Fault, PICTURE, Reply, nobody};
use crate::rig::{Desk, JOB, bytes, entry, got, open, order, ours, ticket};

const GATEWAY: &str = "form = 'open_ai'\nkey = 'required'\n[[engine.model]]\nname = 'clips'\nkind = 'video'\n";

/// All the orders that are answered with what was made.
const ORDERS: [(&str, Kind, &str); 4] = [
    ("openai", Kind::Image, "gpt-image-2"),
    ("openai", Kind::Speech, "tts-1"),
    ("openai", Kind::Transcription, "whisper-1"),
    ("stability", Kind::Image, "ultra"),
];

/// An order with what it can't do without.
fn whole_order(desk: &Desk, kind: Kind, model: &str) -> Order {
    let mut order = order(kind, model);
    if kind == Kind::Transcription {
        order.inputs.push(desk.input(InputRole::Sound));
    }
    order
}

fn server() -> Fake {
    Fake::start(|seen, books| {
        books.charge();
        match seen.path.as_str() {
            "/images/generations" => Reply::json(200, &json!({"data": [{"b64_json": STANDARD.encode(PICTURE)}]})),
            "/audio/speech" => Reply::sound(),
            "/audio/transcriptions" => {
                Reply::json(200, &json!({"text": "A window", "words": [{"word": "A", "start": 0.0, "end": 0.1}]}))
            }
            _ => Reply::picture().header("finish-reason", "SUCCESS"),
        }
    })
}

#[tokio::test]
async fn a_broken_answer_to_an_order_is_unclear_and_paid_at_most_once() {
    let page = b"<!doctype html><html><body>Sign in to this network</body></html>".to_vec();
    for (name, kind, model) in ORDERS {
        for (fault, charged) in [
            (Fault::Reset, 0),
            (Fault::Deaf, 1),
            (Fault::Cut, 1),
            (Fault::Short, 1),
            (Fault::Empty, 1),
            (Fault::OtherBytes(page.clone()), 1),
        ] {
            let fake = server();
            let desk = Desk::new();
            fake.fault("POST ", fault.clone());
            let engine = open(&ours(name), &fake.base());
            let failure = engine.submit(&whole_order(&desk, kind, model), &desk.landing).await.unwrap_err();
            assert_eq!(failure.class, Class::Unclear, "{name} {model} {fault:?}: {failure}");
            assert_eq!((fake.seen().len(), fake.charges()), (1, charged), "{name} {model} {fault:?}");
            assert!(desk.whole().is_empty(), "{name} {model} {fault:?} left {:?}", desk.whole());
        }
    }
}

#[tokio::test]
async fn slow_is_not_broken_and_a_wrong_label_is_no_matter() {
    for (name, kind, model) in ORDERS {
        for fault in [Fault::Drip(50, Duration::from_millis(1)), Fault::WrongType] {
            let fake = server();
            let desk = Desk::new();
            fake.fault("POST ", fault.clone());
            let engine = open(&ours(name), &fake.base());
            let Submission::Made(made) = engine.submit(&whole_order(&desk, kind, model), &desk.landing).await.unwrap() else {
                panic!("made at once")
            };
            assert!(made.text.is_some() || !bytes(&made).is_empty(), "{name} {model} {fault:?}");
        }
    }
}

#[tokio::test]
async fn nothing_is_followed_elsewhere() {
    let elsewhere = Fake::start(|_, _| Reply::picture());
    for (name, kind, model) in ORDERS {
        let fake = server();
        let desk = Desk::new();
        fake.fault("POST ", Fault::Instead(Reply::redirect(&format!("{}/steal", elsewhere.base()))));
        let engine = open(&ours(name), &fake.base());
        let failure = engine.submit(&whole_order(&desk, kind, model), &desk.landing).await.unwrap_err();
        assert!(matches!(failure.class, Class::Nonsense | Class::Unclear), "{name} {model}: {failure:?}");
    }
    assert!(elsewhere.seen().is_empty(), "a redirect got the order");
}

#[tokio::test]
async fn an_answer_without_measure_is_let_go() {
    let fake = server();
    let desk = Desk::new();
    fake.fault("POST ", Fault::Huge(140 << 20));
    let engine = open(&ours("openai"), &fake.base());
    let failure = engine.submit(&order(Kind::Image, "gpt-image-2"), &desk.landing).await.unwrap_err();
    assert_eq!(failure.class, Class::Unclear, "{failure}");
    assert_eq!(fake.seen().len(), 1);
}

#[tokio::test]
async fn where_nobody_is_nothing_was_sent() {
    for name in ["openai", "stability", "ollama", "comfyui", "automatic1111"] {
        let desk = Desk::new();
        let engine = open(&ours(name), &nobody());
        let model = if name == "comfyui" { "picture/base" } else { "ultra" };
        let failure = match engine.submit(&order(Kind::Image, model), &desk.landing).await {
            Err(failure) => failure,
            Ok(later) => crate::rig::failed(&*engine, &ticket(later), &desk).await,
        };
        assert_eq!(failure.class, Class::Transport, "{name}: {failure}");
        assert_eq!(engine.check().await.unwrap_err().class, Class::Transport, "{name}");
    }
}

#[tokio::test]
async fn a_file_that_breaks_is_fetched_again_and_not_ordered() {
    let page = b"<html>not a film, and long enough that anyone can tell so by its first bytes</html>".to_vec();
    let faults = [Fault::Reset, Fault::Cut, Fault::Short, Fault::Empty, Fault::OtherBytes(page)];
    for fault in faults {
        let fake = Fake::start(|seen, books| match (seen.method.as_str(), seen.path.as_str()) {
            ("POST", "/videos") => {
                books.charge();
                Reply::json(200, &json!({"id": "v", "status": "queued"}))
            }
            ("GET", "/videos/v") => Reply::json(200, &json!({"id": "v", "status": "completed"})),
            ("GET", "/videos/v/content") => Reply::film(),
            ("POST", "/prompt") => {
                books.charge();
                Reply::json(200, &json!({"prompt_id": JOB, "number": 1, "node_errors": {}}))
            }
            ("GET", "/view") => Reply::film(),
            ("GET", path) if path.starts_with("/history/") => {
                let outputs =
                    json!({"1": {"images": [{"filename": "a.mp4", "subfolder": "", "type": "output"}], "animated": [true]}});
                Reply::json(200, &json!({ JOB: {"outputs": outputs, "status": {"status_str": "success", "completed": true}} }))
            }
            _ => Reply::bare(404),
        });
        for (engine, model, road) in
            [(entry(GATEWAY), "clips", "GET /videos/v/content"), (ours("comfyui"), "ltx-clip", "GET /view")]
        {
            let desk = Desk::new();
            let engine = open(&engine, &fake.base());
            let before = fake.charges();
            let ticket = ticket(engine.submit(&order(Kind::Video, model), &desk.landing).await.unwrap());
            fake.fault(road, fault.clone());
            let failure = engine.look(&ticket, &desk.landing).await.unwrap_err();
            assert!(matches!(failure.class, Class::Transport | Class::Nonsense), "{road} {fault:?}: {failure:?}");
            assert!(desk.whole().is_empty(), "{:?}", desk.whole());
            assert_eq!(bytes(&got(&*engine, &ticket, &desk).await), crate::fake::FILM, "{road} {fault:?}");
            assert_eq!(fake.charges(), before + 1);
        }
    }
}
