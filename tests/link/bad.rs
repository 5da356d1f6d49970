//! Bad input: each has its outcome, the studio goes on, and whoever joined has left.

use std::io::Write;
use std::net::Shutdown;
use std::time::{Duration, Instant};

use onetake::clock;
use onetake::core::live::{CLOSE_VERSION, DisplayKind, LinkEvent};
use onetake::core::problem::Problem;
use onetake::remote::Token;
use onetake::remote::live::Link;
use onetake::server::link::Rules;
use onetake::server::{Error, Limits, Server};
use tokio_tungstenite::tungstenite::Message;

use crate::raw::{Bytes, HELLO, Stranger};
use crate::rig::{Random, Studio, show, until};

/// After anything: a display still gets in and is served.
fn still_serves(studio: &Studio) {
    let mut next = Stranger::welcomed(studio);
    next.say(r#"{"type":"clock","sent":1}"#);
    assert_eq!(next.hear_of("clock")["sent"].as_u64(), Some(1));
}

/// Who said hello has joined and left.
fn all_left(studio: &Studio) {
    until("the guest has left", || studio.hub.guests().is_empty());
    let (came, went) = studio.came_and_went();
    assert!(came >= 1 && came == went, "{came} came, {went} went");
}

#[test]
fn garbage_ends_the_link_with_its_reason() {
    let studio = Studio::new();
    studio.hub.publish(show(1, 10, clock::now()));
    let cases: [(Message, u16); 5] = [
        (Message::text("not json"), 1007),
        (Message::text(r#"{"type":"order"}"#), 1007),
        (Message::text("[".repeat(60_000)), 1007),
        (Message::binary(vec![0xff; 100]), 1003),
        (Message::text("x".repeat(70_000)), 1009),
    ];
    for (message, code) in cases {
        let mut stranger = Stranger::welcomed(&studio);
        stranger.0.send(message).unwrap();
        assert_eq!(stranger.closed(), code);
        all_left(&studio);
    }
    // Not said in this version, but not wrong either.
    let mut newer = Stranger::welcomed(&studio);
    newer.say(r#"{"type":"dance","steps":3}"#);
    newer.say(HELLO);
    for order in [r#"{"do":"dance","steps":3}"#, r#"{"do":"command","name":7}"#] {
        newer.say(&format!(r#"{{"type":"order","order":{order}}}"#));
        assert_eq!(newer.hear_of("refused")["reason"], "This studio does not know that order.");
    }
    newer.say(r#"{"type":"clock","sent":9}"#);
    assert_eq!(newer.hear_of("clock")["sent"].as_u64(), Some(9));
    assert_eq!(studio.hub.guests().len(), 1);
}

#[test]
fn broken_frames_end_the_link() {
    let studio = Studio::new();
    // Text that is not UTF-8; an unmasked frame; an opcode that does not exist; a ping longer than allowed.
    let cases = [
        (Bytes::frame(0x81, &[0xc3, 0x28]), 1007),
        (vec![0x81, 0x02, b'{', b'}'], 1002),
        (Bytes::frame(0x8f, b"?"), 1002),
        (Bytes::frame(0x89, &[0; 126]), 1002),
    ];
    for (frame, code) in cases {
        let mut bytes = Bytes::connect(&studio);
        bytes.write(&Bytes::frame(0x81, HELLO.as_bytes()));
        bytes.write(&frame);
        assert_eq!(bytes.closed(), Some(code), "{frame:02x?}");
        all_left(&studio);
    }
    // A frame that claims a terabyte is refused by its head alone.
    let mut bytes = Bytes::connect(&studio);
    bytes.write(&Bytes::frame(0x81, HELLO.as_bytes()));
    bytes.write(&[0x81, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(bytes.closed(), Some(1009));
    still_serves(&studio);
}

#[test]
fn a_message_in_pieces_is_one_message_and_half_a_frame_is_none() {
    let studio = Studio::new();
    let mut bytes = Bytes::connect(&studio);
    let (one, two) = HELLO.as_bytes().split_at(20);
    bytes.write(&Bytes::frame(0x01, one));
    bytes.write(&Bytes::frame(0x80, two));
    until("the guest joined", || studio.hub.guests().len() == 1);
    // The display goes away in the middle of a frame.
    let frame = Bytes::frame(0x81, br#"{"type":"clock","sent":1}"#);
    bytes.write(&frame[..11]);
    bytes.0.shutdown(Shutdown::Both).unwrap();
    all_left(&studio);
    still_serves(&studio);
}

#[test]
fn who_does_not_say_hello_is_sent_away() {
    let rules = Rules { hello: Duration::from_millis(300), ..Rules::default() };
    let studio = Studio::ruled(rules, Limits::default());
    assert_eq!(Stranger::connect(&studio).closed(), 1008);
    let mut hasty = Stranger::connect(&studio);
    hasty.say(r#"{"type":"order","order":{"do":"command","name":"again"}}"#);
    assert_eq!(hasty.closed(), 1008);
    assert!(studio.events().is_empty(), "nobody joined, nothing was ordered");
}

#[test]
fn another_version_is_told_so() {
    let studio = Studio::new();
    let mut newer = Stranger::connect(&studio);
    newer.say(r#"{"type":"hello","version":2,"kind":"glasses","eyes":2}"#);
    let refused = newer.hear();
    let sentence = "The display speaks version 2 of the live link, the studio 1: update the studio.";
    assert_eq!((refused["type"].as_str(), refused["reason"].as_str()), (Some("refused"), Some(sentence)));
    assert_eq!(newer.closed(), CLOSE_VERSION);
    assert!(studio.events().is_empty());
}

#[test]
fn a_wrong_token_is_refused_and_not_tried_again() {
    let mut studio = Studio::new();
    let wrong = "not-the-token-at-all";
    assert_eq!(Stranger::knock(&studio, wrong).err(), Some(401));
    let display = studio.display_at(&studio.url(), wrong, "HDMI-1");
    until("the display gives up", || display.received().gave_up);
    let problem = display.received().problem.clone().unwrap();
    assert!(problem.what.contains("(401)") && !problem.to_string().contains(wrong), "{problem}");
    // A token that was good until the studio made a new one.
    let display = studio.display("HDMI-1");
    until("the display is welcomed", || display.received().connected);
    studio.hub.publish(show(3, 10, clock::now()));
    until("the text is there", || display.received().show.text.revision == 3);
    studio.stop();
    studio.secret = onetake::server::Secret::generate().unwrap();
    studio.start();
    until("the display gives up", || display.received().gave_up);
    // Its text stays.
    assert_eq!(display.received().show.text.revision, 3);
}

#[test]
fn addresses_that_are_no_studio_are_named_as_such() {
    let studio = Studio::new();
    let open = |server: &str| {
        let token = Token::new("sixteen-letters!").unwrap();
        Link::open(studio.far.handle(), server, token, String::new(), DisplayKind::Window, || {})
    };
    let nonsense = open("studio");
    until("given up", || nonsense.received().gave_up);
    // TLS to a server that has none.
    let secure = open(&format!("https://{}", studio.address));
    // A port that nobody listens on.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = open(&format!("http://{free}"));
    for link in [&secure, &nobody] {
        until("a problem is told", || link.received().problem.is_some());
        let problem = link.received().problem.clone().unwrap();
        assert!(!link.received().gave_up && problem.what.contains("can't be reached"), "{problem}");
    }
}

#[test]
fn a_flood_of_orders_is_thinned_and_then_ended() {
    let studio = Studio::new();
    let mut flood = Stranger::welcomed(&studio);
    let order = Message::text(r#"{"type":"order","order":{"do":"command","name":"again"}}"#);
    let start = Instant::now();
    for _ in 0..5_000 {
        // The server may end the line while we still write.
        if flood.0.write(order.clone()).and_then(|()| flood.0.flush()).is_err() {
            break;
        }
    }
    assert_eq!(flood.closed(), 1008);
    all_left(&studio);
    let carried_out = studio.events().iter().filter(|event| matches!(event, LinkEvent::Order(_))).count();
    // Sixty at once and thirty a second.
    let most = 60.0 + 30.0 * (start.elapsed().as_secs_f64() + 1.0);
    assert!(carried_out >= 60 && (carried_out as f64) < most, "{carried_out}");
    still_serves(&studio);
}

#[test]
fn a_little_too_much_is_told_once_a_second() {
    let studio = Studio::new();
    let mut hasty = Stranger::welcomed(&studio);
    for _ in 0..200 {
        hasty.say(r#"{"type":"order","order":{"do":"command","name":"again"}}"#);
    }
    hasty.say(r#"{"type":"clock","sent":1}"#);
    let mut refusals = 0;
    loop {
        let message = hasty.hear();
        match message["type"].as_str().unwrap() {
            "refused" => refusals += 1,
            "clock" => break,
            other => panic!("{other}"),
        }
    }
    assert!((1..100).contains(&refusals), "{refusals}");
}

#[test]
fn who_floods_without_reading_is_ended_too() {
    let studio = Studio::new();
    let mut flood = Stranger::welcomed(&studio);
    // Never reads an answer; each asks for one.
    let ask = Message::text(r#"{"type":"clock","sent":1}"#);
    while flood.0.write(ask.clone()).and_then(|()| flood.0.flush()).is_ok() {}
    all_left(&studio);
}

#[test]
fn who_is_cut_off_without_a_word_has_left_after_the_silence() {
    let rules = Rules { ping: Duration::from_millis(100), silence: Duration::from_millis(400), ..Rules::default() };
    let studio = Studio::ruled(rules, Limits::default());
    // Answers no ping, but keeps the connection: as a machine whose cable was pulled.
    let mut silent = Bytes::connect(&studio);
    silent.write(&Bytes::frame(0x81, HELLO.as_bytes()));
    until("it joined", || studio.came_and_went().0 == 1);
    all_left(&studio);
    drop(silent);
}

#[test]
fn who_is_quiet_but_alive_stays_beyond_every_limit() {
    let rules = Rules { ping: Duration::from_millis(50), silence: Duration::from_secs(20), ..Rules::default() };
    let limits = Limits { idle: Duration::from_millis(200), ..Limits::default() };
    let studio = Studio::ruled(rules, limits);
    let mut quiet = Stranger::welcomed(&studio);
    let start = Instant::now();
    // Ten times the server's patience with a reader that takes nothing.
    while start.elapsed() < limits.idle * 10 {
        assert!(matches!(quiet.0.read().unwrap(), Message::Ping(_)));
    }
    assert_eq!(studio.hub.guests().len(), 1);
}

#[test]
fn the_thirty_third_is_told_that_the_house_is_full() {
    let studio = Studio::new();
    let mut all: Vec<_> = (0..32).map(|_| Stranger::welcomed(&studio)).collect();
    assert_eq!(studio.hub.guests().len(), 32);
    assert_eq!(Stranger::knock(&studio, studio.secret.expose()).err(), Some(503));
    // A display of ours waits for a place.
    let display = studio.display("HDMI-1");
    until("the reason is told", || display.received().problem.is_some());
    assert!(display.received().problem.as_ref().unwrap().what.contains("32 displays"));
    all.pop();
    until("it gets the place", || display.received().connected);
    assert!(display.received().problem.is_none());
}

#[test]
fn a_second_studio_on_the_port_says_so() {
    let studio = Studio::new();
    let error = Server::start(studio.config(), studio.far.handle()).unwrap_err();
    assert!(matches!(error, Error::InUse(address) if address == studio.address));
    let port = studio.address.port();
    let sentence =
        format!("Port {port} on 127.0.0.1 is in use by another program. Choose another port, or 0 for any free one.");
    assert_eq!(Problem::from(error).to_string(), sentence);
}

#[test]
fn whatever_bytes_come_the_studio_goes_on() {
    let studio = Studio::new();
    studio.hub.publish(show(1, 10, clock::now()));
    let mut random = Random(0x6f6e_6574_616b_6500);
    for _ in 0..60 {
        let mut bytes = Bytes::connect(&studio);
        if random.next().is_multiple_of(2) {
            bytes.write(&Bytes::frame(0x81, HELLO.as_bytes()));
        }
        let noise: Vec<u8> = (0..random.next() % 3_000).map(|_| random.next() as u8).collect();
        // Text frames with noise in them, noise as frames, and both.
        let first = random.next() as u8;
        // The server may end the line while we still write.
        let _ = bytes.0.write_all(&Bytes::frame(first, &noise[..noise.len().min(200)]));
        let _ = bytes.0.write_all(&noise);
        let _ = bytes.0.shutdown(Shutdown::Write);
        bytes.closed();
    }
    until("all have left", || studio.hub.guests().is_empty());
    let (came, went) = studio.came_and_went();
    assert_eq!(came, went);
    still_serves(&studio);
}

#[test]
fn half_a_handshake_is_let_go() {
    let limits = Limits { idle: Duration::from_millis(300), ..Limits::default() };
    let studio = Studio::ruled(Rules::default(), limits);
    for beginning in ["GET /api/v1/live HTTP/1.1\r\nUpgrade: webso", "PRI * HTTP/2", ""] {
        let mut stream = std::net::TcpStream::connect(studio.address).unwrap();
        stream.set_read_timeout(Some(crate::rig::PATIENCE)).unwrap();
        stream.write_all(beginning.as_bytes()).unwrap();
        std::io::copy(&mut stream, &mut std::io::sink()).unwrap();
    }
    assert!(studio.events().is_empty());
}
