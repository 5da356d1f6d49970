//! How Venice refuses, with the bodies and headers that its documentation shows.

use onetake::core::generate::{Class, Submission};
use serde_json::json;

use super::fake::{Fault, Reply};
use super::rig::is;
use super::venice::world;

#[tokio::test]
async fn an_empty_account_is_said_in_its_own_words() {
    let world = world(0, false);
    let words = "Insufficient USD or Diem balance to complete request.";
    is(&world.refused(Reply::json(402, &json!({"error": words}))).await, Class::Payment, words);
    let wallet =
        json!({"error": "Payment required", "code": "PAYMENT_REQUIRED", "message": "Top up", "currentBalanceUsd": 0.1});
    is(&world.refused(Reply::json(402, &wallet)).await, Class::Payment, "Top up");
    let nobody = json!({"x402Version": 2, "resource": {}, "accepts": [{"scheme": "exact"}]});
    is(&world.refused(Reply::json(402, &nobody)).await, Class::Auth, "402");
    assert_eq!(world.fake.charges(), 0);
}

#[tokio::test]
async fn consent_is_asked_for_and_given() {
    let mut world = world(0, false);
    let policy = "The likeness in any media you upload is your own.\nYou agree to the terms.";
    let body = json!({"error": {"code": "needs_consent", "message": "Consent is required for this request."}, "consent_flow": "seedance",
        "face_media_roles": ["image"], "consent": {"consent_version": "v2.0", "policy_text": policy}, "docs_url": "https://x"});
    let failure = world.refused(Reply::json(409, &body)).await;
    is(&failure, Class::Consent, "Consent is required");
    let asked = failure.proposal.unwrap();
    assert_eq!((&asked["policy"], &asked["faces_in"]), (&json!(policy), &json!(["image"])));
    // Whoever agrees sends the same order with what was asked; any other field in the answer would be refused.
    world.order.wish.consent = Some(asked);
    assert!(matches!(world.submit().await.unwrap(), Submission::Ticket { .. }));
    let confirmed =
        json!({"confirmed_terms_and_privacy": true, "confirmed_legal_right": true, "confirmed_screening_acknowledged": true});
    assert_eq!(world.fake.seen().last().unwrap().json()["consents"], json!({"seedance": confirmed}));
    assert_eq!(world.fake.charges(), 1);
}

#[tokio::test]
async fn refused_content_brings_a_proposal() {
    let world = world(0, false);
    let flat = json!({"error": "Prompt refused", "suggested_prompt": "a calmer sea"});
    let failure = world.refused(Reply::json(422, &flat)).await;
    is(&failure, Class::Content, "Prompt refused");
    assert_eq!(failure.proposal, Some(json!({"prompt": "a calmer sea"})));
    let ticket = world.ticket().await;
    let nested = json!({"error": {"message": "The provider refused", "type": "provider_content_policy", "recommended_model": "other",
        "credits_refunded": true}});
    world.fake.fault(world.look, Fault::Instead(Reply::json(422, &nested)));
    let failure = world.failed(&ticket).await;
    is(&failure, Class::Content, "The provider refused");
    assert!(failure.refunded && failure.proposal == Some(json!({"model": "other"})));
    world.fake.fault(world.look, Fault::Instead(Reply::json(422, &json!({"error": "flat", "credits_refunded": true}))));
    assert!(world.failed(&ticket).await.refunded);
}

#[tokio::test]
async fn too_many_requests_say_when_to_come_back() {
    let world = world(0, false);
    let body = json!({"error": "Rate limit exceeded", "code": "RATE_LIMIT_EXCEEDED"});
    let failure = world.refused(Reply::json(429, &body).header("retry-after", "9")).await;
    is(&failure, Class::RateLimited, "Rate limit exceeded");
    assert_eq!(failure.wait_secs, Some(9.0));
    // Unix time, told by the engine's own clock, which may be hours away from ours.
    let reset = Reply::json(429, &body)
        .header("date", "Wed, 21 Oct 2026 07:28:00 GMT")
        .header("x-ratelimit-reset-requests", "1792567695");
    assert_eq!(world.refused(reset).await.wait_secs, Some(15.0));
    let busy = json!({"error": "The model is overloaded", "code": "MODEL_OVERLOADED"});
    is(&world.refused(Reply::json(429, &busy)).await, Class::Overloaded, "overloaded");
    let blocked = json!({"error": "Too many failed attempts (> 20) resulting in a non-success status code."});
    assert_eq!(world.refused(Reply::json(429, &blocked)).await.wait_secs, Some(30.0));
}

#[tokio::test]
async fn other_refusals_have_their_classes() {
    let world = world(0, false);
    let details = json!({"error": "Invalid request parameters", "details": {"_errors": [], "duration": {"_errors": ["Field is required"]}}});
    is(&world.refused(Reply::json(400, &details)).await, Class::Invalid, "duration: Field is required");
    is(
        &world.refused(Reply::json(401, &json!({"error": "Authentication failed"}))).await,
        Class::Auth,
        "Authentication failed",
    );
    let large = json!({"code": "PAYLOAD_TOO_LARGE", "error": "Too large"});
    is(&world.refused(Reply::json(413, &large)).await, Class::Invalid, "Too large");
    let capacity = json!({"error": "The model is at capacity. Please try again later."});
    is(&world.refused(Reply::json(503, &capacity)).await, Class::Overloaded, "at capacity");
    let shape = json!({"error": "IMAGE_ASPECT_RATIO_OUT_OF_BOUNDS"});
    is(&world.refused(Reply::json(422, &shape)).await, Class::Invalid, "ASPECT_RATIO");
    let vanished = json!({"error": "Model not found", "code": "MODEL_NOT_FOUND"});
    is(&world.refused(Reply::json(404, &vanished)).await, Class::Invalid, "Model not found");
    is(&world.refused(Reply::json(504, &json!({"error": "x", "code": "REQUEST_TIMEOUT"}))).await, Class::Unclear, "x");
    assert_eq!((world.fake.charges(), world.fake.count(world.submit)), (0, 7));
}

#[tokio::test]
async fn a_capacity_met_on_the_way_is_waited_for() {
    let world = world(0, false);
    let ticket = world.ticket().await;
    world.fake.fault(world.look, Fault::Instead(Reply::json(503, &json!({"error": "The model is at capacity."}))));
    let failure = world.look(&ticket).await.unwrap_err();
    is(&failure, Class::Overloaded, "at capacity");
    assert!(failure.class.passes());
    world.until_over(&ticket).await;
    assert_eq!((world.fake.charges(), world.landed().len()), (1, 1));
}
