//! Stability: a form in parts or nothing, the picture as itself or in JSON, a blurred one that is a refusal, clips that are no more.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use onetake::core::engine::Money;
use onetake::core::generate::{Class, InputRole, Wish};
use onetake::core::job::Kind;
use serde_json::{Value, json};

use crate::fake::{Fake, Fault, PICTURE, Reply};
use crate::rig::{Desk, assert_bearer, bytes, made, open, order, ours, part, parts};

fn stability() -> Fake {
    Fake::start(|seen, books| {
        assert_bearer(seen);
        if seen.method == "POST" && !seen.header("content-type").unwrap_or_default().starts_with("multipart/form-data") {
            return Reply::json(
                400,
                &json!({"id": "a1", "name": "bad_request", "errors": ["content-type: must be multipart/form-data"]}),
            );
        }
        let picture = || {
            assert_eq!(seen.header("accept"), Some("image/*"));
            books.charge();
            Reply::picture().header("finish-reason", "SUCCESS").header("seed", "343940597").header("x-request-id", "r")
        };
        match seen.line().as_str() {
            "POST /v2beta/stable-image/generate/core" => {
                assert_eq!(
                    (part(seen, "prompt").as_deref(), part(seen, "aspect_ratio").as_deref()),
                    (Some("A window at dawn"), Some("9:16"))
                );
                assert_eq!(
                    (part(seen, "seed").as_deref(), part(seen, "style_preset").as_deref()),
                    (Some("4294967294"), Some("cinematic"))
                );
                assert_eq!((part(seen, "negative_prompt").as_deref(), part(seen, "model")), (Some("people"), None));
                picture()
            }
            "POST /v2beta/stable-image/generate/sd3" => {
                assert_eq!(
                    (part(seen, "model").as_deref(), part(seen, "mode").as_deref()),
                    (Some("sd3.5-large"), Some("image-to-image"))
                );
                assert_eq!((part(seen, "strength").as_deref(), part(seen, "aspect_ratio")), (Some("0.6"), None));
                assert_eq!(parts(seen).into_iter().find(|part| part.name == "image").expect("a picture").bytes, PICTURE);
                picture()
            }
            "POST /v2beta/stable-image/generate/ultra" => picture(),
            "GET /v1/user/balance" => Reply::json(200, &json!({"credits": 412.5})),
            _ => Reply::json(404, &json!({"id": "a2", "name": "not_found", "errors": ["no such path"]})),
        }
    })
}

#[tokio::test]
async fn a_picture_comes_as_itself() {
    let fake = stability();
    let desk = Desk::new();
    let engine = open(&ours("stability"), &fake.base());
    let mut order = order(Kind::Image, "core");
    order.seed = Some(-1);
    order.wish =
        Wish { negative: "people".into(), aspect: Some("9:16".into()), style: Some("cinematic".into()), ..Wish::default() };
    let made = made(engine.submit(&order, &desk.landing).await.unwrap());
    assert_eq!((bytes(&made).as_slice(), made.seed), (PICTURE, Some(343_940_597)));
    assert_eq!(fake.charges(), 1);
}

#[tokio::test]
async fn a_picture_can_begin_one() {
    let fake = stability();
    let desk = Desk::new();
    let engine = open(&ours("stability"), &fake.base());
    let mut order = order(Kind::Image, "sd3.5-large");
    order.inputs.push(desk.input(InputRole::FirstFrame));
    assert_eq!(bytes(&made(engine.submit(&order, &desk.landing).await.unwrap())), PICTURE);
}

#[tokio::test]
async fn a_gateway_may_put_it_into_json() {
    let fake = stability();
    let desk = Desk::new();
    let engine = open(&ours("stability"), &fake.base());
    let road = "POST /v2beta/stable-image/generate/ultra";
    let answer = |picture: Value, reason: &str| {
        Fault::After(Reply::json(200, &json!({"image": picture, "seed": 9, "finish_reason": reason})))
    };
    fake.fault(road, answer(json!(STANDARD.encode(PICTURE)), "SUCCESS"));
    let made = made(engine.submit(&order(Kind::Image, "ultra"), &desk.landing).await.unwrap());
    assert_eq!((bytes(&made).as_slice(), made.seed), (PICTURE, Some(9)));
    fake.fault(road, answer(json!(STANDARD.encode(PICTURE)), "CONTENT_FILTERED"));
    assert_eq!(engine.submit(&order(Kind::Image, "ultra"), &desk.landing).await.unwrap_err().class, Class::Content);
    fake.fault(road, answer(json!("no base64"), "SUCCESS"));
    assert_eq!(engine.submit(&order(Kind::Image, "ultra"), &desk.landing).await.unwrap_err().class, Class::Unclear);
    assert_eq!(fake.charges(), 3);
}

#[tokio::test]
async fn a_blurred_picture_is_a_refusal() {
    let fake = stability();
    let desk = Desk::new();
    fake.fault("POST ", Fault::After(Reply::picture().header("finish-reason", "CONTENT_FILTERED")));
    let engine = open(&ours("stability"), &fake.base());
    let failure = engine.submit(&order(Kind::Image, "ultra"), &desk.landing).await.unwrap_err();
    assert_eq!((failure.class, failure.code.as_deref(), failure.charged), (Class::Content, Some("CONTENT_FILTERED"), true));
    assert!(desk.whole().is_empty());
}

#[tokio::test]
async fn its_refusals_are_told() {
    for (status, name, words, class) in [
        (400, "bad_request", "prompt: cannot be blank", Class::Invalid),
        (401, "unauthorized", "missing key", Class::Auth),
        (402, "payment_required", "no credits", Class::Payment),
        (403, "content_moderation", "flagged", Class::Content),
        (403, "permission_denied", "no access", Class::Auth),
        (413, "payload_too_large", "over 10 MiB", Class::Invalid),
        (429, "rate_limit_exceeded", "150 in 10 s", Class::RateLimited),
        (500, "internal_error", "broken", Class::Server),
    ] {
        let fake = stability();
        let desk = Desk::new();
        fake.fault("POST ", Fault::Instead(Reply::json(status, &json!({"id": "x", "name": name, "errors": [words]}))));
        let engine = open(&ours("stability"), &fake.base());
        let failure = engine.submit(&order(Kind::Image, "ultra"), &desk.landing).await.unwrap_err();
        assert_eq!((failure.class, failure.words.as_str(), failure.code.as_deref()), (class, words, Some(name)), "{status}");
    }
}

#[tokio::test]
async fn what_it_does_not_make_is_said_before() {
    let fake = stability();
    let desk = Desk::new();
    let engine = open(&ours("stability"), &fake.base());
    let failure = engine.submit(&order(Kind::Video, "svd"), &desk.landing).await.unwrap_err();
    assert!(failure.class == Class::Invalid && failure.words.contains("2025-07-24"), "{}", failure.words);
    let mut long = order(Kind::Image, "core");
    long.prompt = "x".repeat(10_001);
    assert_eq!(engine.submit(&long, &desk.landing).await.unwrap_err().class, Class::Invalid);
    assert!(fake.seen().is_empty());
}

#[tokio::test]
async fn credits_are_cents() {
    let fake = stability();
    let account = open(&ours("stability"), &fake.base()).check().await.unwrap();
    assert_eq!(account.balance, Some(Money::usd(4.125)));
}
