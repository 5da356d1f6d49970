//! Control by plain HTTP, as a button box does it.

use std::io::{Read, Write};
use std::net::TcpStream;

use onetake::clock;
use onetake::core::live::{LinkEvent, Order};
use onetake::server::{Config, Server};
use serde_json::Value;

use crate::rig::{PATIENCE, Studio, show};

/// Status, `Retry-After` and body.
fn request(studio: &Studio, line: &str, token: &str) -> (u16, Option<u64>, Value) {
    let mut stream = TcpStream::connect(studio.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let host = studio.address;
    let head = format!(
        "{line} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut all = String::new();
    stream.read_to_string(&mut all).unwrap();
    let (head, body) = all.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let retry = head.lines().find_map(|line| line.strip_prefix("retry-after: ")).map(|secs| secs.parse().unwrap());
    (status, retry, serde_json::from_str(body).unwrap_or(Value::Null))
}

fn post(studio: &Studio, what: &str) -> (u16, Value) {
    let (status, _, body) = request(studio, &format!("POST /api/v1/control/{what}"), studio.secret.expose());
    (status, body)
}

#[test]
fn what_is_listed_can_be_posted() {
    let studio = Studio::new();
    studio.hub.publish(show(1, 10, clock::now()));
    let (status, _, list) = request(&studio, "GET /api/v1/control", studio.secret.expose());
    assert_eq!(status, 200);
    let commands = list["commands"].as_array().unwrap();
    assert_eq!(commands[1]["label"], "Start or pause the prompter");
    for command in commands {
        let name = command["name"].as_str().unwrap();
        assert_eq!(post(&studio, name), (202, serde_json::json!({ "done": name })));
    }
    let orders = [
        ("scene?index=1", Order::Scene { scene: 1 }),
        ("line?scene=0&line=2", Order::Line { scene: 0, line: 2 }),
        ("scroll?ems=-1.5", Order::Scroll { ems: -1.5 }),
        ("pace?wpm=160", Order::Pace { words_per_minute: 160.0 }),
    ];
    for (what, _) in &orders {
        assert_eq!(post(&studio, what).0, 202, "{what}");
    }
    let given: Vec<_> = studio.events();
    let command = |name: &str| LinkEvent::Order(Order::Command { name: name.into() });
    let expected: Vec<_> = [command("again"), command("toggle-prompter")]
        .into_iter()
        .chain(orders.into_iter().map(|(_, order)| LinkEvent::Order(order)))
        .collect();
    assert_eq!(given, expected);
}

#[test]
fn what_can_not_be_done_is_said() {
    let studio = Studio::new();
    studio.hub.publish(show(1, 10, clock::now()));
    let cases = [
        ("dance", 404, "There is no command “dance” to give from afar. GET /api/v1/control lists what there is."),
        ("delete-take", 404, "There is no command “delete-take”"),
        ("scene?index=9", 404, "There is no scene 9"),
        ("scene", 400, "“scene” needs a number in its address: scene?index=…"),
        ("scene?index=-1", 400, "needs a number"),
        ("line?scene=0", 400, "line?line=…"),
        ("scroll?ems=1e300", 400, "at once at most"),
        ("scroll?ems=nan", 400, "at once at most"),
        ("pace?wpm=1", 400, "between 20 and 400 words a minute"),
    ];
    for (what, status, sentence) in cases {
        let (got, body) = post(&studio, what);
        let said = body["error"].as_str().unwrap_or_default();
        assert!(got == status && said.contains(sentence), "{what}: {got} {said}");
    }
    let (status, _, _) = request(&studio, "POST /api/v1/control/again", "not-the-token-at-all");
    assert_eq!(status, 401);
    // Looking never does anything: a link in a page must not start a take.
    assert_eq!(request(&studio, "GET /api/v1/control/again", studio.secret.expose()).0, 405);
    assert_eq!(request(&studio, "GET /api/v1/live", studio.secret.expose()).0, 426);
    assert!(studio.events().is_empty());
}

#[test]
fn who_posts_too_much_is_told_when_to_come_again() {
    let studio = Studio::new();
    let mut thinned = None;
    // Thirty a second after the first sixty: however slow the machine is, some thread is quicker than that.
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let posts = (0..400).map(|_| request(&studio, "POST /api/v1/control/again", studio.secret.expose()));
                    posts.map(|(status, retry, _)| (status, retry)).find(|(status, _)| *status != 202)
                })
            })
            .collect();
        for worker in workers {
            thinned = thinned.or(worker.join().unwrap());
        }
    });
    let (status, retry) = thinned.expect("the limit is met");
    assert_eq!(status, 429);
    assert!(retry.is_some_and(|secs| (1..=3).contains(&secs)), "{retry:?}");
}

#[test]
fn a_server_without_a_studio_says_so() {
    let mut studio = Studio::new();
    studio.stop();
    let server = Server::start(Config { hub: None, ..studio.config() }, studio.far.handle()).unwrap();
    for line in ["GET /api/v1/live", "GET /api/v1/control", "POST /api/v1/control/again"] {
        let (status, _, body) = request(&studio, line, studio.secret.expose());
        assert!(status == 404 && body["error"].as_str().unwrap().starts_with("No studio stands behind"), "{line}: {body}");
    }
    studio.far.block_on(server.stop());
}
