//! Every way in which servers of OpenAI's form say no.

use onetake::core::generate::{Class, Failure};
use onetake::core::job::Kind;
use serde_json::json;

use crate::fake::{Fake, Reply};
use crate::rig::{Desk, KEY, open, order, ours};

async fn refused(reply: Reply) -> Failure {
    let fake = Fake::start(move |_, _| reply.clone());
    let desk = Desk::new();
    let engine = open(&ours("openai"), &format!("{}/v1", fake.base()));
    let failure = engine.submit(&order(Kind::Image, "gpt-image-2"), &desk.landing).await.unwrap_err();
    assert_eq!(fake.seen().len(), 1, "an order is sent once");
    failure
}

#[tokio::test]
async fn an_object_a_text_and_plain_words_are_read() {
    let object =
        json!({"error": {"message": "Bad size.", "type": "invalid_request_error", "param": "size", "code": "invalid_value"}});
    let failure = refused(Reply::json(400, &object)).await;
    assert_eq!(
        (failure.class, failure.words.as_str(), failure.code.as_deref()),
        (Class::Invalid, "Bad size.", Some("invalid_value"))
    );
    assert_eq!(refused(Reply::json(500, &json!({"error": "out of memory"}))).await.words, "out of memory");
    assert_eq!(refused(Reply::new(500, "text/plain", "backend crashed\n")).await.words, "backend crashed");
}

#[tokio::test]
async fn each_is_of_its_class() {
    let error = |code: &str| json!({"error": {"message": "No.", "type": "x", "param": null, "code": code}});
    for (status, code, class) in [
        (401, "invalid_api_key", Class::Auth),
        (429, "insufficient_quota", Class::Payment),
        (429, "rate_limit_exceeded", Class::RateLimited),
        (400, "moderation_blocked", Class::Content),
        (400, "content_policy_violation", Class::Content),
        (404, "model_not_found", Class::Invalid),
        (402, "", Class::Payment),
        (413, "", Class::Invalid),
        (500, "", Class::Server),
        // Whoever stands before it gave up: it may have been taken.
        (502, "", Class::Unclear),
        (504, "", Class::Unclear),
    ] {
        assert_eq!(refused(Reply::json(status, &error(code))).await.class, class, "{status} {code}");
    }
}

#[tokio::test]
async fn how_long_to_wait_is_heard() {
    let reply =
        Reply::json(429, &json!({"error": {"message": "Slow down.", "type": "requests", "code": "rate_limit_exceeded"}}));
    assert_eq!(refused(reply.clone().header("retry-after", "7")).await.wait_secs, Some(7.0));
    assert_eq!(refused(reply.header("x-ratelimit-reset-requests", "6m0s")).await.wait_secs, Some(360.0));
}

#[tokio::test]
async fn a_model_that_still_loads_is_no_failure_of_the_order() {
    let failure =
        refused(Reply::json(503, &json!({"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}})))
            .await;
    assert_eq!(failure.class, Class::Overloaded);
    assert!(failure.class.was_not_taken());
}

#[tokio::test]
async fn the_key_is_not_in_its_words() {
    let words = format!("Incorrect API key provided: {KEY}. You can find it\nat the usual place.");
    let failure = refused(Reply::json(401, &json!({"error": {"message": words, "code": KEY}}))).await;
    assert!(!format!("{failure:?}").contains(KEY) && !failure.words.contains('\n'), "{failure:?}");
}
