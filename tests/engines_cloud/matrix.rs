//! What goes wrong with any engine, at each of its three steps: the order, the question how far it is, the file. An order is never sent
//! twice, what was paid for is never lost, and nothing that is half there counts as a file.

use std::time::Duration;

use onetake::core::generate::{Class, Failure, Standing, Ticket};
use serde_json::json;

use super::fake::{Fake, Fault, Reply, nobody};
use super::rig::{World, engine};
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
            (Fault::Huge(HUGE), Class::Nonsense),
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
