//! ComfyUI: workflows with their places filled, the history that means “over” and not “well”, sockets with pictures between the
//! words, two forms of refusal, and finding an order again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::routing::get;
use onetake::core::generate::{Class, InputRole, Order, Standing, Wish};
use onetake::core::job::Kind;
use serde_json::{Map, Value, json};

use crate::fake::{FILM, Fake, PICTURE, Reply, Seen};
use crate::rig::{Desk, JOB, bytes, failed, got, nothing_held, open, order, ours, over, part, parts, ticket};

/// What a ComfyUI of a test does.
#[derive(Clone)]
struct Kitchen {
    /// It takes our name for an order; an older one gives its own.
    newer: bool,
    /// The order is over, with this entry in the history.
    over: Arc<AtomicBool>,
    entry: Value,
}

impl Kitchen {
    fn new(entry: Value) -> Kitchen {
        Kitchen { newer: true, over: Arc::new(AtomicBool::new(true)), entry }
    }

    fn id(&self) -> &'static str {
        if self.newer { JOB } else { "its-own-name" }
    }

    fn item(&self) -> Value {
        json!([4, self.id(), {}, {"client_id": JOB}, ["7"]])
    }

    fn start(self, check: impl Fn(&Map<String, Value>) + Send + Sync + 'static) -> Fake {
        let socket = Router::new().route("/ws", get(|upgrade: WebSocketUpgrade| async { upgrade.on_upgrade(tell) }));
        Fake::beside(socket, move |seen, books| {
            assert!(seen.header("origin").is_none(), "a foreign Origin is refused with 403");
            let ready = self.over.load(Ordering::SeqCst);
            match seen.line().as_str() {
                "GET /object_info/CheckpointLoaderSimple" => Reply::json(
                    200,
                    &json!({"CheckpointLoaderSimple": {"input": {"required": {"ckpt_name": [["base.safetensors", "other.ckpt"], {}]}}}}),
                ),
                "GET /system_stats" => Reply::json(
                    200,
                    &json!({"system": {"os": "posix", "comfyui_version": "0.9.1"}, "devices": [{"name": "cuda:0 A Card", "type": "cuda"}]}),
                ),
                "POST /upload/image" => upload(seen),
                "POST /prompt" => {
                    let body = seen.json();
                    assert_eq!(body["client_id"], JOB);
                    assert_eq!(body["prompt_id"], JOB);
                    check(body["prompt"].as_object().expect("nodes"));
                    books.charge();
                    Reply::json(200, &json!({"prompt_id": self.id(), "number": 4, "node_errors": {}}))
                }
                "GET /history" => Reply::json(
                    200,
                    &if ready { json!({ self.id(): {"prompt": self.item(), "outputs": {}} }) } else { json!({}) },
                ),
                line if line == format!("GET /history/{}", self.id()) => {
                    Reply::json(200, &if ready { json!({ self.id(): self.entry }) } else { json!({}) })
                }
                line if line.starts_with("GET /history/") => Reply::json(200, &json!({})),
                "GET /queue" => Reply::json(
                    200,
                    &json!({"queue_running": if ready { json!([]) } else { json!([self.item()]) }, "queue_pending": []}),
                ),
                "GET /view" => {
                    assert_eq!((seen.query["subfolder"].as_str(), seen.query["type"].as_str()), ("onetake", "output"));
                    match seen.query["filename"].as_str() {
                        "a+%26_1.png" => Reply::picture(),
                        "a_1.mp4" => Reply::film(),
                        _ => Reply::bare(404),
                    }
                }
                "POST /queue" => {
                    assert_eq!(seen.json(), json!({"delete": [self.id()]}));
                    Reply::bare(200)
                }
                "POST /interrupt" => Reply::bare(200),
                line => Reply::new(404, "text/plain", format!("no {line}")),
            }
        })
    }
}

/// Puts a picture among the inputs, under another name than it was given.
fn upload(seen: &Seen) -> Reply {
    assert_eq!((part(seen, "overwrite").as_deref(), part(seen, "type").as_deref()), (Some("true"), Some("input")));
    let picture = parts(seen).into_iter().find(|part| part.name == "image").expect("a picture");
    assert_eq!(picture.bytes, PICTURE);
    let name = picture.file.expect("a name").replace(".png", " (1).png");
    Reply::json(200, &json!({"name": name, "subfolder": "onetake", "type": "input"}))
}

/// What the socket tells: half of the way, with pictures between, and things of a newer version.
async fn tell(mut socket: WebSocket) {
    let text = |value: Value| Message::Text(value.to_string().into());
    let frames = [
        text(json!({"type": "status", "data": {"status": {"exec_info": {"queue_remaining": 1}}, "sid": JOB}})),
        Message::Binary(vec![0, 0, 0, 1, 0, 0, 0, 2, 0x89, 0x50].into()),
        Message::Binary(vec![0, 0, 0, 99].into()),
        text(json!({"type": "execution_start", "data": {"prompt_id": JOB, "timestamp": 1}})),
        text(json!({"type": "of_a_newer_version", "data": [1, 2]})),
        text(json!({"type": "progress", "data": {"value": 10, "max": 20, "prompt_id": JOB, "node": "5"}})),
        Message::Text("no json".into()),
    ];
    for frame in frames {
        if socket.send(frame).await.is_err() {
            return;
        }
    }
    while socket.recv().await.is_some() {}
}

fn entry(outputs: Value) -> Value {
    json!({"prompt": [4, JOB, {}, {"client_id": JOB}, []], "outputs": outputs, "status": {"status_str": "success", "completed": true, "messages": []}, "meta": {}})
}

fn picture() -> Value {
    entry(json!({"7": {"images": [{"filename": "a &_1.png", "subfolder": "onetake", "type": "output"}]}}))
}

fn words(model: &str) -> Order {
    let mut order = order(Kind::Image, model);
    order.seed = Some(77);
    order.wish =
        Wish { negative: "people".into(), aspect: Some("1:1".into()), resolution: Some("768".into()), ..Wish::default() };
    order
}

#[tokio::test]
async fn a_picture_is_made_with_the_first_checkpoint() {
    let kitchen = Kitchen::new(picture());
    kitchen.over.store(false, Ordering::SeqCst);
    let over = Arc::clone(&kitchen.over);
    let fake = kitchen.start(|nodes| {
        assert_eq!(nodes["1"]["inputs"]["ckpt_name"], "base.safetensors");
        assert_eq!(
            (&nodes["2"]["inputs"]["text"], &nodes["3"]["inputs"]["text"]),
            (&json!("A window at dawn"), &json!("people"))
        );
        assert_eq!(nodes["4"]["inputs"], json!({"width": 768, "height": 768, "batch_size": 1}));
        assert_eq!((&nodes["5"]["inputs"]["seed"], &nodes["5"]["inputs"]["steps"]), (&json!(77), &json!(28)));
        assert!(!nodes.contains_key("onetake") && !Value::Object(nodes.clone()).to_string().contains("{{"));
    });
    let desk = Desk::new();
    let engine = open(&ours("comfyui"), &fake.base());
    let ticket = ticket(engine.submit(&words("picture"), &desk.landing).await.unwrap());
    assert_eq!(ticket.id, JOB);
    // The socket says how far it is.
    let mut told = None;
    for _ in 0..1500 {
        match engine.look(&ticket, &desk.landing).await.unwrap() {
            Standing::Running { progress } => told = progress.filter(|progress| *progress > 0.0),
            other => panic!("{other:?}"),
        }
        if told.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(told, Some(0.5));
    over.store(true, Ordering::SeqCst);
    let made = got(&*engine, &ticket, &desk).await;
    assert_eq!((bytes(&made).as_slice(), made.seed), (PICTURE, Some(77)));
    assert_eq!(fake.charges(), 1);
}

#[tokio::test]
async fn a_clip_lies_between_two_pictures_or_after_one() {
    for both in [true, false] {
        let clip = entry(
            json!({"16": {"images": [{"filename": "a_1.mp4", "subfolder": "onetake", "type": "output"}], "animated": [true]}}),
        );
        let fake = Kitchen::new(clip).start(move |nodes| {
            let start = format!("onetake/{JOB}-first_frame (1).png");
            assert_eq!(nodes["7"]["inputs"]["image"], start);
            assert_eq!(nodes.contains_key("8"), both);
            let inputs = &nodes["9"]["inputs"];
            assert_eq!((&inputs["length"], &inputs["width"], &inputs["height"]), (&json!(65), &json!(848), &json!(480)));
            assert_eq!(inputs.get("end_image").is_some(), both);
            assert_eq!(nodes["15"]["inputs"]["fps"], 16.0);
        });
        let desk = Desk::new();
        let engine = open(&ours("comfyui"), &fake.base());
        let mut order = order(Kind::Video, "wan-clip");
        order.wish =
            Wish { seconds: Some(3.7), aspect: Some("16:9".into()), resolution: Some("480p".into()), ..Wish::default() };
        order.inputs.push(desk.input(InputRole::FirstFrame));
        if both {
            order.inputs.push(desk.input(InputRole::LastFrame));
        }
        let ticket = ticket(engine.submit(&order, &desk.landing).await.unwrap());
        let made = got(&*engine, &ticket, &desk).await;
        assert_eq!((bytes(&made).as_slice(), made.files[0].mime), (FILM, "video/mp4"));
        assert!(made.seed.is_some(), "a seed is taken, and said");
    }
}

#[tokio::test]
async fn what_lacks_something_is_not_sent() {
    let fake = Kitchen::new(picture()).start(|_| {});
    let desk = Desk::new();
    let engine = open(&ours("comfyui"), &fake.base());
    let failure = engine.submit(&order(Kind::Video, "wan-clip"), &desk.landing).await.unwrap_err();
    assert_eq!(failure.class, Class::Invalid);
    assert!(failure.words.contains("first frame"), "{}", failure.words);
    assert_eq!(engine.submit(&words("of-nobody"), &desk.landing).await.unwrap_err().class, Class::Invalid);
    assert_eq!(fake.charges(), 0);
}

#[tokio::test]
async fn both_forms_of_refusal_are_told() {
    let newer = json!({"error": {"type": "prompt_outputs_failed_validation", "message": "Prompt outputs failed validation", "details": "", "extra_info": {}},
        "node_errors": {"1": {"errors": [{"type": "value_not_in_list", "message": "Value not in list", "details": "ckpt_name: 'gone' not in ['base']"}],
        "dependent_outputs": ["7"], "class_type": "CheckpointLoaderSimple"}}});
    for (body, words) in [
        (newer, "CheckpointLoaderSimple: Value not in list (ckpt_name: 'gone' not in ['base'])"),
        (json!({"error": "no prompt", "node_errors": []}), "no prompt"),
    ] {
        let fake = Fake::start(move |seen, _| match seen.line().as_str() {
            "POST /prompt" => Reply::json(400, &body),
            _ => Reply::bare(404),
        });
        let desk = Desk::new();
        let engine = open(&ours("comfyui"), &fake.base());
        let failure = engine.submit(&self::words("picture/gone"), &desk.landing).await.unwrap_err();
        assert_eq!((failure.class, failure.words.as_str()), (Class::Invalid, words));
    }
}

#[tokio::test]
async fn over_is_not_well() {
    let ends = |entry: Value| async move {
        let fake = Kitchen::new(entry).start(|_| {});
        let desk = Desk::new();
        let engine = open(&ours("comfyui"), &fake.base());
        let ticket = ticket(engine.submit(&words("picture"), &desk.landing).await.unwrap());
        over(&*engine, &ticket, &desk).await.0
    };
    let error = json!([["execution_error", {"node_type": "KSampler", "exception_type": "OutOfMemoryError", "exception_message": "Allocation on device", "traceback": []}]]);
    let Standing::Failed(failure) =
        ends(json!({"outputs": {}, "status": {"status_str": "error", "completed": false, "messages": error}})).await
    else {
        panic!("it failed")
    };
    assert_eq!((failure.class, failure.words.as_str()), (Class::Server, "KSampler: Allocation on device"));
    let interrupted = json!({"outputs": {}, "status": {"status_str": "error", "messages": [["execution_interrupted", {}]]}});
    assert_eq!(ends(interrupted).await, Standing::Cancelled);
    let Standing::Failed(failure) = ends(entry(json!({"9": {"text": ["no file"]}}))).await else { panic!("nothing was saved") };
    assert!(failure.words.contains("needs a node that saves a picture"), "{}", failure.words);
}

#[tokio::test]
async fn an_order_is_found_again_under_either_name() {
    for (newer, ready) in [(true, true), (true, false), (false, true), (false, false)] {
        let mut kitchen = Kitchen::new(picture());
        kitchen.newer = newer;
        kitchen.over.store(ready, Ordering::SeqCst);
        let id = kitchen.id();
        let fake = kitchen.start(|_| {});
        let engine = open(&ours("comfyui"), &fake.base());
        let found = engine.find(&words("picture"), &nothing_held()).await.unwrap().expect("it was taken");
        assert_eq!(found.id, id, "newer: {newer}, over: {ready}");
        if ready {
            let desk = Desk::new();
            assert_eq!(bytes(&got(&*engine, &found, &desk).await), PICTURE);
        }
        let mut other = words("picture");
        other.job = "0199d0aa-7d7e-7c70-8d12-000000000002".into();
        assert_eq!(engine.find(&other, &nothing_held()).await.unwrap(), None);
        assert_eq!(fake.charges(), 0);
    }
}

#[tokio::test]
async fn stopping_takes_it_out_of_the_queue_and_interrupts_only_itself() {
    for running in [true, false] {
        let kitchen = Kitchen::new(picture());
        kitchen.over.store(!running, Ordering::SeqCst);
        let fake = kitchen.start(|_| {});
        let desk = Desk::new();
        let engine = open(&ours("comfyui"), &fake.base());
        let ticket = ticket(engine.submit(&words("picture"), &desk.landing).await.unwrap());
        assert!(engine.cancel(&ticket).await.unwrap());
        assert_eq!((fake.count("POST /queue"), fake.count("POST /interrupt")), (1, usize::from(running)));
    }
}

#[tokio::test]
async fn an_order_that_it_forgot_is_over() {
    let fake = Fake::start(|seen, _| match seen.line().as_str() {
        "POST /prompt" => Reply::json(200, &json!({"prompt_id": JOB, "number": 1, "node_errors": {}})),
        "GET /queue" => Reply::json(200, &json!({"queue_running": [], "queue_pending": []})),
        _ => Reply::json(200, &json!({})),
    });
    let desk = Desk::new();
    let engine = open(&ours("comfyui"), &fake.base());
    let ticket = ticket(engine.submit(&words("picture/base.safetensors"), &desk.landing).await.unwrap());
    assert_eq!(failed(&*engine, &ticket, &desk).await.class, Class::Expired);
}

#[tokio::test]
async fn its_models_are_workflows_with_checkpoints_and_a_persons_own() {
    let fake = Kitchen::new(picture()).start(|_| {});
    let folder = tempfile::tempdir().unwrap();
    let own = json!({"onetake": {"label": "My film", "seconds": [2.0]}, "1": {"class_type": "VHS_VideoCombine", "inputs": {"text": "{{prompt}}", "seed": "{{seed}}"}}});
    std::fs::write(folder.path().join("mine.json"), own.to_string()).unwrap();
    std::fs::write(folder.path().join("broken.json"), "{").unwrap();
    let mut entry = ours("comfyui");
    entry.options.insert("workflows".into(), json!(folder.path()));
    let engine = open(&entry, &fake.base());
    let models = engine.models().await.unwrap().unwrap();
    let named = |name: &str| models.iter().find(|model| model.name == name);
    assert!(
        named("picture/base.safetensors").is_some() && named("picture/other.ckpt").is_some() && named("wan-clip").is_some()
    );
    let mine = named("mine").unwrap();
    assert_eq!(
        (mine.label.as_str(), mine.kind, mine.limits.seconds.as_slice(), mine.limits.seed),
        ("My film", Kind::Video, [2.0].as_slice(), true)
    );
    let account = engine.check().await.unwrap();
    assert_eq!(account.words, "ComfyUI 0.9.1 answers, on cuda:0 A Card.");
    assert_eq!(account.models, models.len());
}
