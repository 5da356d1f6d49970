//! What goes wrong with any engine, at each of its three steps: the order, the question how far it is, the file. An order is never sent
//! twice, what was paid for is never lost, and nothing that is half there counts as a file.
//!
//! | case                                 | Venice | Luma Dream | Luma | Runway | fal  |
//! |--------------------------------------|--------|------------|------|--------|------|
//! | order: reset, deaf, cut, empty, a page, deep, huge | here, its pictures, voices and transcriptions too | here | here | here | here |
//! | order: slow drip, wrong label, redirect, nobody there | here | here | here | here | here |
//! | order: the model has gone            | here   | here       | here | here   | here |
//! | order: no money, content, consent    | `venice_refusals` | `luma_dream` | `luma_agents` | `runway` | `fal` |
//! | question: the same faults, 409, 429, 502 | here | here    | here | here   | here |
//! | unknown states; fields of other kinds | here  | here       | here | here   | here |
//! | not known there (any more)           | here   | here       | here | here   | here |
//! | file: reset, cut, short, empty, a page, another kind, 503, slow drip, wrong label | here | here | here | here | here |
//! | file: link that ran out              | `venice` | asked anew by the queue | `luma_agents` | `runway` | asked anew by the queue |
//! | file: detour, without the key        | here   | here       | here | here   | here |
//! | hand-over to storage fails           | –      | –          | –    | `runway` | `fal` |
//! | refused under status 200             | `venice` (blurred, failed) | `luma_dream` | `luma_agents` | `runway` | `fal` |
//! | another price than quoted            | it says none | it says none | it says none | here | it says none |
//! | wrong clocks                         | `venice_refusals` | `luma_dream` | here | here | here |
//!
//! What a link may lead to at all is in `fetching`; keys in what an engine repeats are in `keys`; engines of one's own and those of
//! OpenAI's form have their matrix in `tests/engines_local/matrix.rs`.

use std::time::Duration;

use onetake::core::engine::Money;
use onetake::core::generate::{Class, Failure, Standing, Submission, Ticket};
use onetake::core::job::Kind;
use serde_json::json;

use super::fake::{Fake, Fault, Reply, nobody};
use super::rig::{World, engine, order};
use super::{fal, luma_agents, luma_dream, runway, venice};

/// Every engine, whose clip is ready after so many questions.
fn worlds(polls: usize) -> Vec<(&'static str, World)> {
    vec![
        ("venice", venice::world(polls, false)),
        ("venice with a link", venice::world(polls, true)),
        ("luma-dream", luma_dream::world(polls)),
        ("luma", luma_agents::world(polls)),
        ("runway", runway::world(polls)),
        ("pika", fal::world(polls)),
    ]
}

const HUGE: usize = 17 * 1024 * 1024;

fn html() -> Fault {
    Fault::OtherBytes(b"<!doctype html><title>Log in to this network</title>".to_vec())
}

/// JSON in JSON in JSON, as deep as no stack is.
fn deep() -> Fault {
    Fault::OtherBytes("[".repeat(200_000).into_bytes())
}

fn drip() -> Fault {
    Fault::Drip(200, Duration::from_millis(2))
}

/// One that must not be led to.
fn elsewhere() -> (Fake, Fault) {
    let other = Fake::start(|_, _| Reply::film());
    let fault = Fault::Instead(Reply::redirect(&format!("{}/clip.mp4", other.base())));
    (other, fault)
}

#[tokio::test]
async fn an_order_is_sent_once_whatever_comes_back() {
    for (name, world) in worlds(0) {
        let charged = [
            (Fault::Deaf, true),
            (Fault::Cut, true),
            (Fault::Empty, true),
            (html(), true),
            (deep(), true),
            (Fault::Huge(HUGE), true),
            (Fault::Reset, false),
        ];
        let mut paid = 0;
        for (at, (fault, charges)) in charged.into_iter().enumerate() {
            let what = format!("{name}, {fault:?}");
            let what = &what[..what.len().min(80)];
            world.fake.fault(world.submit, fault);
            let failure = world.submit().await.expect_err(what);
            paid += usize::from(charges);
            assert_eq!(failure.class, Class::Unclear, "{what}: {failure:?}");
            assert_eq!((world.fake.charges(), world.fake.count(world.submit)), (paid, at + 1), "{what}");
        }
    }
}

#[tokio::test]
async fn an_order_that_surely_was_not_taken_says_so() {
    for (name, world) in worlds(0) {
        let catalogue = name.split(' ').next().unwrap();
        let away = engine(catalogue, &nobody());
        let failure = away.submit(&world.order, &world.landing()).await.unwrap_err();
        assert_eq!(failure.class, Class::Transport, "{name}: {failure:?}");
        for (status, class) in [
            (429, Class::RateLimited),
            (503, Class::Overloaded),
            (504, Class::Unclear),
            (500, Class::Server),
            (401, Class::Auth),
        ] {
            let failure = world.refused(Reply::bare(status)).await;
            assert_eq!(failure.class, class, "{name}, {status}: {failure:?}");
        }
        let (other, fault) = elsewhere();
        world.fake.fault(world.submit, fault);
        assert_eq!(world.submit().await.unwrap_err().class, Class::Nonsense, "{name}");
        assert!(other.seen().is_empty() && world.fake.charges() == 0, "{name}");
    }
}

#[tokio::test]
async fn an_order_answered_slowly_or_oddly_labelled_is_taken() {
    for (name, world) in worlds(0) {
        for fault in [drip(), Fault::WrongType] {
            world.fake.fault(world.submit, fault);
            let ticket = world.ticket().await;
            assert!(!ticket.id.is_empty(), "{name}");
        }
        assert_eq!(world.fake.charges(), 2, "{name}");
    }
}

#[tokio::test]
async fn a_question_that_goes_wrong_loses_nothing() {
    for (name, world) in worlds(40) {
        let ticket = world.ticket().await;
        for (fault, class) in [
            (Fault::Reset, Class::Transport),
            (Fault::Cut, Class::Transport),
            (Fault::Empty, Class::Nonsense),
            (Fault::OtherBytes(b"{\"state\": ".to_vec()), Class::Nonsense),
            (Fault::OtherBytes(b"{}".to_vec()), Class::Nonsense),
            (Fault::OtherBytes(b"[1]".to_vec()), Class::Nonsense),
            (html(), Class::Nonsense),
            (deep(), Class::Nonsense),
            (Fault::Huge(HUGE), Class::Nonsense),
            (Fault::Instead(Reply::bare(409)), Class::Overloaded),
            (Fault::Instead(Reply::bare(429).header("retry-after", "3")), Class::RateLimited),
            (Fault::Instead(Reply::bare(502)), Class::Overloaded),
        ] {
            let what = format!("{name}, {fault:?}");
            let what = &what[..what.len().min(80)];
            world.fake.fault(world.look, fault);
            let failure = world.look(&ticket).await.expect_err(what);
            assert_eq!(failure.class, class, "{what}: {failure:?}");
        }
        let (other, fault) = elsewhere();
        world.fake.fault(world.look, fault);
        assert_eq!(world.look(&ticket).await.unwrap_err().class, Class::Nonsense, "{name}");
        assert!(other.seen().is_empty(), "{name}");
        for fault in [drip(), Fault::WrongType] {
            world.fake.fault(world.look, fault);
            let standing = world.look(&ticket).await.unwrap();
            assert!(matches!(standing, Standing::Running { .. } | Standing::Queued { .. }), "{name}: {standing:?}");
        }
        assert_eq!((world.fake.charges(), world.landed().len()), (1, 0), "{name}");
    }
}

#[tokio::test]
async fn a_field_of_another_kind_is_as_good_as_none() {
    for (name, world) in worlds(40) {
        let ticket = world.ticket().await;
        let odd = json!({"status": "RUNNING", "state": "processing", "progress": "half", "output": 7, "failure": {}, "failureCode": [],
            "failure_reason": {}, "failure_code": 7, "assets": [], "cost": "a lot", "queue_position": "next", "download_url": {},
            "average_execution_time": "soon", "execution_duration": null, "error": [null], "of a newer engine": {"a": [1]}});
        world.fake.fault(world.look, Fault::Instead(Reply::json(200, &odd)));
        assert_eq!(world.look(&ticket).await.unwrap(), Standing::Running { progress: None }, "{name}");
    }
}

#[tokio::test]
async fn a_model_that_has_gone_is_said_and_not_tried_again() {
    for (name, world) in worlds(0) {
        for (status, body) in [
            (404, json!({"error": "Model not found", "code": "MODEL_NOT_FOUND", "detail": "Model not found"})),
            (410, json!({"detail": "This model was retired", "error": "This model was retired"})),
        ] {
            let failure = world.refused(Reply::json(status, &body)).await;
            assert_eq!(failure.class, Class::Invalid, "{name}, {status}: {failure:?}");
            assert!(failure.words.starts_with(body["error"].as_str().unwrap()), "{name}: {failure:?}");
        }
        assert_eq!((world.fake.charges(), world.fake.count(world.submit)), (0, 2), "{name}");
    }
}

#[tokio::test]
async fn what_an_engine_does_not_know_yet_is_asked_for_again() {
    for (name, world) in worlds(1) {
        let ticket = world.ticket().await;
        let body = json!({"error": "Media could not be found, could not find Task", "detail": "Generation not found"});
        world.fake.fault(world.look, Fault::Instead(Reply::json(404, &body)));
        let failure = world.look(&ticket).await.expect_err(name);
        assert_eq!(failure.class, Class::Expired, "{name}: {failure:?}");
        assert!(matches!(world.until_over(&ticket).await.1, Standing::Done(_)), "{name}");
        assert_eq!(world.fake.charges(), 1, "{name}");
    }
}

#[tokio::test]
async fn a_moment_is_told_by_the_engines_own_clock() {
    for (name, world) in worlds(0) {
        let at = |retry: &str| Reply::bare(429).header("date", "Wed, 21 Oct 2020 07:28:00 GMT").header("retry-after", retry);
        let failure = world.refused(at("Wed, 21 Oct 2020 07:28:20 GMT")).await;
        assert_eq!((failure.class, failure.wait_secs), (Class::RateLimited, Some(20.0)), "{name}");
        // One that is over already says nothing.
        assert_eq!(world.refused(at("Wed, 21 Oct 2020 07:27:00 GMT")).await.wait_secs, None, "{name}");
    }
}

#[tokio::test]
async fn a_price_that_has_changed_is_the_engines() {
    let world = runway::world(0);
    let quoted = world.engine.quote(&world.order).await.unwrap();
    let dearer = json!({"id": "17f20503-6c24-4c16-946b-35dbbce2af2f", "estimatedCost": {"credits": 99}});
    world.fake.fault(world.submit, Fault::After(Reply::json(200, &dearer)));
    let Submission::Ticket { cost, ticket } = world.submit().await.unwrap() else { panic!() };
    assert_eq!((quoted, cost), (Some(Money::usd(0.60)), Some(Money::usd(0.99))));
    let Standing::Done(made) = world.until_over(&ticket).await.1 else { panic!() };
    assert_eq!(made.cost, Some(Money::usd(0.55)), "what it has cost in the end");
}

#[tokio::test]
async fn what_is_made_at_once_bears_the_same() {
    for kind in [Kind::Image, Kind::Speech, Kind::Transcription] {
        let mut world = venice::world(0, false);
        let (model, road) = match kind {
            Kind::Image => ("z-image-turbo", "POST /api/v1/image/generate"),
            Kind::Speech => ("tts-kokoro", "POST /api/v1/audio/speech"),
            _ => ("nvidia/parakeet-tdt-0.6b-v3", "POST /api/v1/audio/transcriptions"),
        };
        world.order = order(kind, model);
        if kind == Kind::Transcription {
            world.sound();
        }
        for fault in [Fault::Deaf, Fault::Cut, Fault::Empty, html(), deep(), Fault::Reset] {
            let what: String = format!("{kind:?}, {fault:?}").chars().take(80).collect();
            let before = world.fake.count(road);
            world.fake.fault(road, fault);
            let failure = world.submit().await.expect_err(&what);
            assert_eq!(failure.class, Class::Unclear, "{what}: {failure:?}");
            assert_eq!((world.fake.count(road), world.landed().len()), (before + 1, 0), "{what}");
        }
    }
}

#[tokio::test]
async fn whatever_it_says_nothing_is_made_of_it() {
    for (at, (name, world)) in (1..).zip(worlds(usize::MAX)) {
        let ticket = world.ticket().await;
        for odd in super::odd::answers(at, 80) {
            world.fake.fault(world.look, Fault::Instead(Reply::json(200, &odd)));
            let said = world.look(&ticket).await;
            // Where the result is another answer, or a link that came with the order, a word alone says that it is done.
            if let Ok(Standing::Done(made)) = &said {
                assert!(matches!(name, "pika" | "venice with a link") && odd.is_object(), "{name}, {odd}: {said:?}");
                made.files.iter().for_each(|piece| std::fs::remove_file(&piece.path).unwrap());
            }
            let refused = world.refused(Reply::json(422, &odd)).await;
            assert!(refused.words.chars().count() <= 400 && !refused.words.is_empty(), "{name}, {odd}: {refused:?}");
        }
        assert!(world.landed().is_empty() && world.fake.charges() == 1, "{name}");
    }
}

/// What the engine says when its file goes wrong like this once; whatever it says, the next question brings the file.
async fn file(world: &World, ticket: &Ticket, fault: Fault) -> Result<Standing, Failure> {
    let keeper = if world.file_on_cdn { &world.cdn } else { &world.fake };
    keeper.fault(world.file, fault);
    let said = world.look(ticket).await;
    if said.is_err() {
        assert!(world.landed().is_empty(), "half a file counts as one");
    }
    said
}

#[tokio::test]
async fn a_file_that_breaks_is_no_file_and_is_fetched_again() {
    for (name, world) in worlds(0) {
        for (fault, class) in [
            (Fault::Reset, Class::Transport),
            (Fault::Cut, Class::Transport),
            (Fault::Short, Class::Transport),
            (Fault::Empty, Class::Nonsense),
            (html(), Class::Nonsense),
            (Fault::OtherBytes(super::fake::PICTURE.to_vec()), Class::Nonsense),
            (Fault::Instead(Reply::bare(503)), Class::Overloaded),
        ] {
            let what = format!("{name}, {fault:?}");
            let what = &what[..what.len().min(80)];
            let ticket = world.ticket().await;
            let failure = file(&world, &ticket, fault).await.expect_err(what);
            assert_eq!(failure.class, class, "{what}: {failure:?}");
            let Standing::Done(made) = world.look(&ticket).await.expect(what) else { panic!("{what}") };
            super::rig::same_film(&made.files[0].path);
            std::fs::remove_file(&made.files[0].path).unwrap();
        }
    }
}

#[tokio::test]
async fn a_file_that_only_comes_oddly_is_one() {
    for (name, world) in worlds(0) {
        for fault in [drip(), Fault::WrongType] {
            let ticket = world.ticket().await;
            let Standing::Done(made) = file(&world, &ticket, fault).await.unwrap() else { panic!("{name}") };
            super::rig::same_film(&made.files[0].path);
            std::fs::remove_file(&made.files[0].path).unwrap();
        }
        assert!(!world.cdn.seen().iter().any(|seen| seen.all().contains(super::rig::KEY)), "{name}");
    }
}

#[tokio::test]
async fn a_link_is_followed_without_the_key() {
    for (name, world) in worlds(0).into_iter().filter(|(_, world)| world.file_on_cdn) {
        let ticket = world.ticket().await;
        let (other, fault) = elsewhere();
        let Standing::Done(made) = file(&world, &ticket, fault).await.unwrap() else { panic!("{name}") };
        super::rig::same_film(&made.files[0].path);
        let seen = other.seen();
        assert_eq!(seen.len(), 1, "{name}");
        assert!(!seen[0].all().contains(super::rig::KEY), "{name}");
    }
}
