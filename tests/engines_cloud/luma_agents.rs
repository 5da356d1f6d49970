//! Luma's present interface as it is documented: pictures inside the order, links that live an hour, codes for failures.

use std::sync::atomic::{AtomicUsize, Ordering};

use onetake::core::engine::Money;
use onetake::core::generate::{Class, InputRole, Maker, Standing, Submission};
use onetake::core::job::Kind;
use serde_json::json;

use super::fake::{Fake, Fault, Reply};
use super::rig::{World, cdn, is, order, right_key, same_film, same_picture};

/// Luma, with so many answers before a clip is ready.
pub fn world(polls: usize) -> World {
    let files = cdn();
    let media = files.base();
    let (left, asked) = (AtomicUsize::new(polls), AtomicUsize::new(0));
    let fake = Fake::start(move |seen, books| {
        right_key(seen, "Bearer");
        match (seen.method.as_str(), seen.path.as_str()) {
            ("POST", "/v1/generations") => {
                let body = seen.json();
                let length = body["prompt"].as_str().unwrap().chars().count();
                assert!((1..=6000).contains(&length) && matches!(body["type"].as_str(), Some("video" | "image")), "{body}");
                if body["type"] == "video" {
                    assert_eq!(body["model"], "ray-3.2");
                    let video = &body["video"];
                    assert!(matches!(video["resolution"].as_str(), Some("540p" | "720p" | "1080p")), "{body}");
                    assert!(matches!(video["duration"].as_str(), Some("5s" | "10s")), "{body}");
                    let anchored = video.get("start_frame").is_some() || video.get("end_frame").is_some();
                    assert!(!anchored || video["duration"] == "5s", "anchors not with 10 s: {body}");
                    if let Some(frames) = video["keyframes"].as_array() {
                        let most = if video["duration"] == "10s" { 240 } else { 120 };
                        let places: Vec<u64> =
                            video["keyframe_indexes"].as_array().unwrap().iter().map(|at| at.as_u64().unwrap()).collect();
                        assert!(!anchored && places.len() == frames.len() && places.iter().all(|at| *at <= most), "{body}");
                        assert!(
                            frames.iter().all(|frame| frame["data"].is_string() && frame["media_type"].is_string()),
                            "{body}"
                        );
                    }
                }
                books.charge();
                Reply::json(
                    201,
                    &json!({"id": "g1", "type": body["type"], "state": "queued", "model": body["model"], "output": []}),
                )
            }
            ("GET", "/v1/generations/g1") => {
                let before = left.load(Ordering::SeqCst);
                left.store(before.saturating_sub(1), Ordering::SeqCst);
                if before > 0 {
                    return Reply::json(200, &json!({"id": "g1", "state": "processing", "output": [], "failure_code": null}));
                }
                // Each answer brings a fresh link.
                let count = asked.fetch_add(1, Ordering::SeqCst);
                let output = json!([{"type": "video", "url": format!("{media}/{count}/clip.mp4")}]);
                Reply::json(
                    200,
                    &json!({"id": "g1", "state": "completed", "output": output, "failure_reason": null, "failure_code": null}),
                )
            }
            ("GET", _) => Reply::json(404, &json!({"detail": "Generation not found"})),
            other => panic!("no road of Luma: {other:?}"),
        }
    });
    let roads = ("POST /v1/generations", "GET /v1/generations/g1", "GET /", true);
    World::new("luma", "/v1", fake, files, order(Kind::Video, "ray-3.2"), roads)
}

#[tokio::test]
async fn a_clip_is_made_and_its_price_known() {
    let world = world(1);
    let Submission::Ticket { ticket, cost } = world.submit().await.unwrap() else { panic!() };
    assert_eq!(cost, Some(Money::usd(0.30)));
    let (way, Standing::Done(made)) = world.until_over(&ticket).await else { panic!() };
    assert_eq!(way, [Standing::Running { progress: None }]);
    same_film(&made.files[0].path);
    assert!(!world.engine.cancel(&ticket).await.unwrap(), "it has no way to stop");
}

#[tokio::test]
async fn a_given_picture_makes_it_short_and_two_may_be_far_apart() {
    let mut world = world(0);
    world.order.wish.seconds = Some(8.0);
    assert_eq!(world.engine.quote(&world.order).await.unwrap(), Some(Money::usd(0.90)));
    world.picture(InputRole::FirstFrame);
    assert_eq!(world.engine.quote(&world.order).await.unwrap(), Some(Money::usd(0.30)));
    world.make().await;
    let body = world.fake.seen()[0].json();
    let start = &body["video"]["start_frame"];
    assert_eq!((start["media_type"].as_str(), body["video"]["duration"].as_str()), (Some("image/png"), Some("5s")));
    assert!(start["data"].as_str().unwrap().starts_with("iVBOR") && start.get("url").is_none());
    world.picture(InputRole::LastFrame);
    assert_eq!(world.engine.quote(&world.order).await.unwrap(), Some(Money::usd(0.90)));
    world.ticket().await;
    let body = world.fake.seen().last().unwrap().json();
    assert_eq!((&body["video"]["keyframe_indexes"], body["video"]["duration"].as_str()), (&json!([0, 240]), Some("10s")));
    world.order.wish.seconds = Some(4.0);
    world.ticket().await;
    let body = world.fake.seen().last().unwrap().json();
    assert!(body["video"]["end_frame"]["data"].is_string() && body["video"].get("keyframes").is_none(), "{body}");
}

#[tokio::test]
async fn a_link_that_ran_out_gives_way_to_a_fresh_one() {
    let world = world(0);
    let ticket = world.ticket().await;
    world.cdn.fault("GET /0/", Fault::Instead(Reply::bare(403)));
    let (_, Standing::Done(made)) = world.until_over(&ticket).await else { panic!() };
    same_film(&made.files[0].path);
    assert_eq!((world.cdn.count("GET /0/"), world.cdn.count("GET /1/")), (1, 1));
    // When the fresh one has run out too, that is how it is.
    world.cdn.fault("GET /", Fault::Instead(Reply::bare(403)));
    world.cdn.fault("GET /", Fault::Instead(Reply::bare(403)));
    is(&world.failed(&ticket).await, Class::Expired, "403");
}

#[tokio::test]
async fn a_picture_takes_references() {
    let mut world = world(0);
    world.order = order(Kind::Image, "uni-1");
    world.picture(InputRole::Reference);
    let ticket = world.ticket().await;
    let body = world.fake.seen()[0].json();
    assert!(body["image_ref"][0]["data"].is_string() && body.get("video").is_none(), "{body}");
    let output = json!([{"type": "image", "url": format!("{}/picture.png", world.cdn.base())}]);
    world
        .fake
        .fault(world.look, Fault::Instead(Reply::json(200, &json!({"id": "g1", "state": "completed", "output": output}))));
    let (_, Standing::Done(made)) = world.until_over(&ticket).await else { panic!() };
    same_picture(&made.files[0].path);
}

#[tokio::test]
async fn each_picture_that_goes_along_costs_a_little() {
    let mut world = world(0);
    world.order = order(Kind::Image, "uni-1");
    assert_eq!(world.engine.quote(&world.order).await.unwrap(), Some(Money::usd(0.0404)));
    world.picture(InputRole::Reference);
    world.picture(InputRole::Reference);
    assert_eq!(world.engine.quote(&world.order).await.unwrap(), Some(Money::usd(0.0464)));
    world.order = order(Kind::Video, "ray-3.2");
    world.order.wish.extra.insert("video".into(), json!({"hdr": true}));
    assert_eq!(world.engine.quote(&world.order).await.unwrap(), Some(Money::usd(0.60)), "high dynamic range is twice as dear");
}

#[tokio::test]
async fn it_goes_on_from_its_own_clips_only() {
    let mut world = world(0);
    world.order.wish.seconds = Some(10.0);
    world.clip(None);
    is(&world.submit().await.unwrap_err(), Class::Invalid, "made itself");
    world.order.inputs.clear();
    world.clip(Some(Maker { engine: "runway".into(), id: "t1".into() }));
    is(&world.submit().await.unwrap_err(), Class::Invalid, "made itself");
    assert!(world.fake.seen().is_empty());
    world.order.inputs.clear();
    world.clip(Some(Maker { engine: "luma".into(), id: "g0".into() }));
    let Submission::Ticket { cost, .. } = world.submit().await.unwrap() else { panic!() };
    let body = world.fake.seen()[0].json();
    assert_eq!(
        (&body["video"]["start_frame"], body["video"]["duration"].as_str()),
        (&json!({"generation_id": "g0"}), Some("5s"))
    );
    assert_eq!(cost, Some(Money::usd(0.30)), "one more block of five seconds");
}

#[tokio::test]
async fn codes_tell_what_failed() {
    let world = world(0);
    let ticket = world.ticket().await;
    let codes = [
        ("content_moderated", Class::Content),
        ("budget_exhausted", Class::Payment),
        ("corrupt_input", Class::Invalid),
        ("generation_failed", Class::Server),
        ("output_not_found", Class::Expired),
        ("of_a_newer_luma", Class::Server),
    ];
    for (code, class) in codes {
        let body = json!({"id": "g1", "state": "failed", "failure_reason": "its words", "failure_code": code});
        world.fake.fault(world.look, Fault::Instead(Reply::json(200, &body)));
        let failure = world.failed(&ticket).await;
        is(&failure, class, "its words");
        assert_eq!(failure.code.as_deref(), Some(code));
    }
}

#[tokio::test]
async fn both_limits_say_how_long() {
    let world = world(0);
    let counted = Reply::json(429, &json!({"detail": "Rate limit exceeded"}))
        .header("retry-after", "12")
        .header("x-ratelimit-limit", "30")
        .header("x-ratelimit-remaining", "0")
        .header("x-ratelimit-reset", "1792567695");
    assert_eq!(world.refused(counted).await.wait_secs, Some(12.0));
    let busy =
        world.refused(Reply::json(429, &json!({"detail": "Too many concurrent jobs"})).header("retry-after", "60")).await;
    is(&busy, Class::RateLimited, "concurrent");
    assert_eq!(busy.wait_secs, Some(60.0));
    let details = [
        (402, "Insufficient credits. Please add credits to continue.", Class::Payment),
        (413, "Image exceeds 50 MB size limit", Class::Invalid),
    ];
    for (status, words, class) in details {
        is(&world.refused(Reply::json(status, &json!({"detail": words}))).await, class, words);
    }
    is(&world.refused(Reply::json(502, &json!({"detail": "Upstream service unavailable"}))).await, Class::Unclear, "Upstream");
}

#[tokio::test]
async fn a_key_is_tried_without_an_order() {
    let world = world(0);
    assert!(world.engine.check().await.unwrap().words.contains("the key is right"));
    world.fake.fault("GET /v1", Fault::Instead(Reply::json(401, &json!({"detail": "API key has been revoked"}))));
    is(&world.engine.check().await.unwrap_err(), Class::Auth, "revoked");
    assert_eq!(world.fake.charges(), 0);
}
