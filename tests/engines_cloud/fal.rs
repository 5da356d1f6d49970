//! Pika through fal's queue as it is documented: addresses without the model's sub-path, statuses by HTTP code, results that may still
//! be failures, storage, and addresses that lead elsewhere.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use onetake::core::engine::Money;
use onetake::core::generate::{Class, InputRole, Standing, Submission};
use onetake::core::job::Kind;
use serde_json::{Value, json};

use super::fake::{Fake, Fault, Reply, Seen};
use super::rig::{KEY, World, is, order, right_key, same_film, same_picture};

const ID: &str = "764cabcf-b745-4b3e-ae38-1200304cf45b";

/// fal's own place for files, where uploads go too.
fn files() -> Fake {
    Fake::start(|seen, _| {
        assert!(seen.header("authorization").is_none() && !seen.all().contains(KEY), "the key went to a place for files");
        match (seen.method.as_str(), seen.path.rsplit('.').next()) {
            ("PUT", _) => {
                assert_eq!(seen.header("content-type"), Some("image/png"));
                Reply::bare(200)
            }
            (_, Some("mp4")) => Reply::film(),
            (_, Some("png")) => Reply::picture(),
            other => panic!("no road of storage: {other:?}"),
        }
    })
}

/// fal, with so many answers before a clip is ready.
pub fn world(polls: usize) -> World {
    let files = files();
    let media = files.base();
    let (asked, stopped) = (AtomicUsize::new(0), Mutex::new(false));
    let fake = Fake::start(move |seen, books| {
        right_key(seen, "Key");
        // All but the order lies under the owner, without the model's sub-path.
        let requests = format!("/fal-ai/pika/requests/{ID}");
        let of = |end: &str| format!("{}{requests}{end}", books.base());
        let common =
            || json!({"request_id": ID, "response_url": of(""), "status_url": of("/status"), "cancel_url": of("/cancel")});
        let with = |more: Value| {
            let mut all = common();
            all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            all
        };
        match (seen.method.as_str(), seen.path.as_str()) {
            ("POST", path) if path.starts_with("/fal-ai/pika/v2.2/") => {
                check(seen);
                books.charge();
                Reply::json(200, &with(json!({"status": "IN_QUEUE", "queue_position": 2})))
            }
            ("GET", path) if path == format!("{requests}/status") => match asked.fetch_add(1, Ordering::SeqCst) {
                at if at >= polls => {
                    Reply::json(200, &with(json!({"status": "COMPLETED", "metrics": {"inference_time": 12.3}, "logs": []})))
                }
                0 => Reply::json(202, &with(json!({"status": "IN_QUEUE", "queue_position": 1}))),
                _ => {
                    let logs =
                        json!([{"timestamp": "2026-01-01T00:00:00Z", "level": "INFO", "source": "USER", "message": "step 3"}]);
                    Reply::json(202, &with(json!({"status": "IN_PROGRESS", "logs": logs})))
                }
            },
            ("GET", path) if path == requests => {
                let video = json!({"url": format!("{media}/clip.mp4"), "content_type": "video/mp4", "file_name": "output.mp4", "file_size": 1});
                Reply::json(200, &json!({"video": video})).header("x-fal-request-id", ID)
            }
            ("PUT", path) if path == format!("{requests}/cancel") => {
                match std::mem::replace(&mut *stopped.lock().unwrap(), true) {
                    false => Reply::json(202, &json!({"status": "CANCELLATION_REQUESTED"})),
                    true => Reply::json(400, &json!({"status": "ALREADY_COMPLETED"})),
                }
            }
            ("POST", "/storage/upload/initiate") => {
                assert_eq!(seen.query["storage_type"], "fal-cdn-v3");
                assert_eq!(seen.json()["content_type"], "image/png");
                Reply::json(
                    200,
                    &json!({"file_url": format!("{media}/kept/big.png"), "upload_url": format!("{media}/put/big.png?sig=1")}),
                )
            }
            ("GET", path) if path.ends_with("/status") => Reply::json(404, &json!({"detail": "Request not found"})),
            other => panic!("no road of fal: {other:?}"),
        }
    });
    let roads = ("POST /fal-ai/pika/v2.2/", "GET /fal-ai/pika/requests/", "GET /clip.mp4", true);
    World::new("pika", "", fake, files, order(Kind::Video, "fal-ai/pika/v2.2/text-to-video"), roads)
}

/// As the types of the maker's own client say.
fn check(seen: &Seen) {
    let body = seen.json();
    assert!(matches!(body["resolution"].as_str(), Some("720p" | "1080p")), "{body}");
    assert!(body.get("seed").is_none_or(Value::is_i64), "{body}");
    match seen.path.rsplit('/').next().unwrap() {
        "text-to-video" => {
            assert!(body["prompt"].is_string() && matches!(body["duration"].as_i64(), Some(5 | 10)), "{body}");
            assert!(body.get("image_url").is_none() && body["aspect_ratio"] == "16:9", "{body}");
        }
        "image-to-video" => assert!(body["image_url"].is_string() && body.get("aspect_ratio").is_none(), "{body}"),
        "pikaframes" => {
            let count = body["image_urls"].as_array().unwrap().len();
            let transitions = body["transitions"].as_array().unwrap();
            assert!((2..=5).contains(&count) && transitions.len() == count - 1, "{body}");
            let total: i64 = transitions.iter().map(|part| part["duration"].as_i64().unwrap()).sum();
            assert!(total <= 25 && body.get("duration").is_none(), "{body}");
        }
        "pikascenes" => assert!(!body["image_urls"].as_array().unwrap().is_empty(), "{body}"),
        other => panic!("no model: {other}"),
    }
}

#[tokio::test]
async fn a_clip_goes_through_the_queue() {
    let world = world(2);
    let ticket = world.ticket().await;
    assert_eq!(ticket.id, ID);
    assert!(["status", "response", "cancel"].iter().all(|name| ticket.links.contains_key(*name)), "{ticket:?}");
    let (way, Standing::Done(made)) = world.until_over(&ticket).await else { panic!() };
    assert_eq!(way, [Standing::Queued { before: Some(1) }, Standing::Running { progress: None }]);
    same_film(&made.files[0].path);
    assert_eq!(world.fake.charges(), 1);
}

#[tokio::test]
async fn a_clip_between_two_pictures() {
    let mut world = world(0);
    world.order.model = "fal-ai/pika/v2.2/pikaframes".into();
    is(&world.submit().await.unwrap_err(), Class::Invalid, "needs a picture to begin with");
    world.picture(InputRole::FirstFrame);
    is(&world.submit().await.unwrap_err(), Class::Invalid, "one to end with");
    world.picture(InputRole::LastFrame);
    let Submission::Ticket { cost, .. } = world.submit().await.unwrap() else { panic!() };
    assert_eq!(cost, Some(Money::usd(0.20)));
    assert_eq!(world.engine.quote(&world.order).await.unwrap(), Some(Money::usd(0.20)));
    let body = world.fake.seen()[0].json();
    assert!(body["image_urls"][1].as_str().unwrap().starts_with("data:image/png;base64,"), "{body}");
}

#[tokio::test]
async fn a_big_picture_is_handed_over_without_the_key() {
    let mut world = world(0);
    world.order.model = "fal-ai/pika/v2.2/image-to-video".into();
    world.big_picture(InputRole::FirstFrame, 4_000_000);
    world.make().await;
    let order = world.fake.seen().into_iter().find(|seen| seen.path.contains("v2.2")).unwrap();
    assert_eq!(order.json()["image_url"], format!("{}/kept/big.png", world.cdn.base()));
    assert_eq!(world.cdn.seen()[0].body.len(), 4_000_000);
}

#[tokio::test]
async fn a_clip_through_several_pictures_is_as_long_as_it_was_ordered() {
    let mut world = world(0);
    world.order.model = "fal-ai/pika/v2.2/pikaframes".into();
    world.order.wish.seconds = Some(10.0);
    for role in [InputRole::FirstFrame, InputRole::Reference, InputRole::LastFrame] {
        world.picture(role);
    }
    let Submission::Ticket { cost, .. } = world.submit().await.unwrap() else { panic!() };
    assert_eq!(cost, Some(Money::usd(0.40)), "ten seconds, however many pictures");
    let body = world.fake.seen()[0].json();
    let ways: Vec<i64> = body["transitions"].as_array().unwrap().iter().map(|way| way["duration"].as_i64().unwrap()).collect();
    assert_eq!(ways, [5, 5]);
}

#[tokio::test]
async fn a_file_that_is_too_big_for_one_piece_goes_in_parts() {
    const BYTES: usize = 91 << 20;
    let put = std::sync::Arc::new(Mutex::new(Vec::<(String, usize)>::new()));
    let seen_there = std::sync::Arc::clone(&put);
    let storage = Fake::start(move |seen, _| {
        assert!(seen.header("authorization").is_none() && seen.query["sig"] == "1", "{}", seen.line());
        if seen.method == "POST" {
            let parts = seen.json()["parts"].clone();
            assert_eq!((&parts[0], parts.as_array().unwrap().len()), (&json!({"partNumber": 1, "etag": "mark-1"}), 10));
            return Reply::json(200, &json!({"ok": true}));
        }
        let number = seen.path.rsplit('/').next().unwrap().to_owned();
        seen_there.lock().unwrap().push((number.clone(), seen.body.len()));
        Reply::json(200, &json!({"partNumber": number.parse::<u32>().unwrap(), "etag": format!("mark-{number}")}))
    });
    let base = storage.base();
    let fake = Fake::start(move |seen, books| match seen.line().as_str() {
        "POST /storage/upload/initiate-multipart" => {
            right_key(seen, "Key");
            assert_eq!(seen.query["storage_type"], "fal-cdn-v3");
            Reply::json(200, &json!({"file_url": format!("{base}/kept/big.png"), "upload_url": format!("{base}/up/big?sig=1")}))
        }
        "POST /fal-ai/pika/v2.2/image-to-video" => {
            assert_eq!(seen.json()["image_url"], format!("{base}/kept/big.png"));
            books.charge();
            Reply::json(200, &json!({"request_id": ID, "status": "IN_QUEUE"}))
        }
        other => panic!("no road of fal: {other}"),
    });
    let roads = ("POST /fal-ai/pika/v2.2/", "GET /", "GET /", true);
    let mut world = World::new("pika", "", fake, files(), order(Kind::Video, "fal-ai/pika/v2.2/image-to-video"), roads);
    world.big_picture(InputRole::FirstFrame, BYTES);
    // A part that breaks is sent again; the order is sent when all of it is there.
    storage.fault("PUT /up/big/3", Fault::Instead(Reply::bare(503)));
    world.ticket().await;
    let put = put.lock().unwrap();
    assert_eq!((put.len(), put.iter().map(|(_, bytes)| bytes).sum::<usize>()), (10, BYTES));
    assert_eq!((storage.count("PUT /up/big/3"), storage.count("POST /up/big/complete"), world.fake.charges()), (2, 1, 1));
}

#[tokio::test]
async fn several_pictures_make_a_scene() {
    let mut world = world(0);
    world.order.model = "fal-ai/pika/v2.2/pikascenes".into();
    is(&world.submit().await.unwrap_err(), Class::Invalid, "needs pictures");
    world.picture(InputRole::Reference);
    world.picture(InputRole::FirstFrame);
    world.make().await;
    assert_eq!(world.fake.seen()[0].json()["image_urls"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_is_over_may_have_failed() {
    let world = world(0);
    let ticket = world.ticket().await;
    let result = format!("GET /fal-ai/pika/requests/{ID}");
    let answer = |reply: Reply| {
        // The question how far it is begins with the same words: it is answered first.
        let far = Reply::json(200, &json!({"status": "COMPLETED", "request_id": ID}));
        world.fake.fault(&result, Fault::Instead(far));
        world.fake.fault(&result, Fault::Instead(reply));
    };
    let refused = json!({"detail": [{"loc": ["body", "prompt"], "msg": "Flagged by a checker", "type": "content_policy_violation", "url": "https://x"}]});
    answer(Reply::json(422, &refused));
    is(&world.failed(&ticket).await, Class::Content, "Flagged by a checker");
    answer(Reply::json(422, &json!({"detail": [{"loc": ["body", "seed"], "msg": "not a number", "type": "int_parsing"}]})));
    is(&world.failed(&ticket).await, Class::Invalid, "seed: not a number");
    answer(Reply::json(500, &json!({"detail": "broken"})).header("x-fal-retryable", "false"));
    is(&world.failed(&ticket).await, Class::Server, "broken");
    answer(Reply::json(504, &json!({"detail": "Request timed out", "error_type": "request_timeout"})));
    let failure = world.failed(&ticket).await;
    is(&failure, Class::Overloaded, "timed out");
    assert_eq!((failure.code.as_deref(), failure.refunded), (Some("request_timeout"), true));
    // What stands before fal gave up: the result is still there.
    answer(Reply::new(502, "text/html", "<html>bad gateway</html>"));
    is(&world.look(&ticket).await.unwrap_err(), Class::Overloaded, "502");
    let (_, Standing::Done(made)) = world.until_over(&ticket).await else { panic!() };
    same_film(&made.files[0].path);
}

#[tokio::test]
async fn an_address_that_is_not_its_own_never_gets_the_key() {
    let world = world(0);
    let thief = Fake::start(|_, _| Reply::json(200, &json!({"status": "COMPLETED"})));
    for name in ["status_url", "response_url", "cancel_url"] {
        let mut body = json!({"request_id": ID});
        for known in ["status_url", "response_url", "cancel_url"] {
            let end = if known == "status_url" { "/status" } else { "" };
            body[known] =
                format!("{}/fal-ai/pika/requests/{ID}{end}", if known == name { thief.base() } else { world.fake.base() })
                    .into();
        }
        world.fake.fault(world.submit, Fault::After(Reply::json(200, &body)));
        let ticket = world.ticket().await;
        assert_eq!(ticket.id, ID, "what was paid for is known");
        let failure = if name == "cancel_url" {
            world.engine.cancel(&ticket).await.unwrap_err()
        } else {
            world.look(&ticket).await.unwrap_err()
        };
        is(&failure, Class::Nonsense, "another place");
    }
    assert!(thief.seen().is_empty());
}

#[tokio::test]
async fn it_can_be_stopped_once() {
    let world = world(9);
    let ticket = world.ticket().await;
    assert!(world.engine.cancel(&ticket).await.unwrap());
    assert!(!world.engine.cancel(&ticket).await.unwrap(), "it was over already");
    world.fake.fault("PUT /", Fault::Instead(Reply::json(404, &json!({"status": "NOT_FOUND"}))));
    assert!(world.engine.cancel(&ticket).await.unwrap());
}

#[tokio::test]
async fn a_key_is_tried_without_an_order() {
    let world = world(0);
    assert!(world.engine.check().await.unwrap().words.contains("the key is right"));
    world.fake.fault("GET /", Fault::Instead(Reply::json(401, &json!({"detail": "Cannot access application"}))));
    is(&world.engine.check().await.unwrap_err(), Class::Auth, "Cannot access");
    let locked = json!({"detail": "User is locked. Reason: Exhausted balance."});
    is(&world.refused(Reply::json(403, &locked)).await, Class::Payment, "Exhausted balance");
    assert_eq!(world.fake.charges(), 0);
}

#[tokio::test]
async fn other_models_of_fal_make_pictures() {
    let mut world = world(0);
    world.order = order(Kind::Image, "fal-ai/some/model");
    let far = |end: &str| format!("{}/fal-ai/pika/requests/{ID}{end}", world.fake.base());
    let body = json!({"request_id": ID, "status_url": far("/status"), "response_url": far(""), "cancel_url": far("/cancel")});
    world.fake.fault("POST /fal-ai/some/model", Fault::Instead(Reply::json(200, &body)));
    let ticket = world.ticket().await;
    let route = format!("GET /fal-ai/pika/requests/{ID}");
    let images = json!([{"url": format!("{}/1.png", world.cdn.base())}, {"url": format!("{}/2.png", world.cdn.base())}]);
    world.fake.fault(&route, Fault::Instead(Reply::json(200, &json!({"status": "COMPLETED"}))));
    world.fake.fault(&route, Fault::Instead(Reply::json(200, &json!({"images": images, "seed": 11}))));
    let (_, Standing::Done(made)) = world.until_over(&ticket).await else { panic!() };
    assert_eq!((made.files.len(), made.seed), (2, Some(11)));
    same_picture(&made.files[1].path);
}
