//! Our display at a studio that is strange: its clock runs elsewhere or jumps, it speaks another version, or falls silent.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use onetake::clock;
use onetake::core::live::{CLOSE_VERSION, Order};
use serde_json::{Value, json};

use crate::fake::{self, Say};
use crate::rig::{Studio, until};

fn welcome() -> Vec<Say> {
    vec![Say::Text(json!({ "type": "welcome", "version": 1, "display": 1 }))]
}

fn is(message: &Value, kind: &str) -> bool {
    message["type"] == kind
}

#[test]
fn a_clock_elsewhere_is_known_and_followed_when_it_jumps() {
    let apart = Arc::new(AtomicI64::new(3_600_000_000_000));
    let theirs = Arc::clone(&apart);
    let address = fake::studio(move |message| match message["type"].as_str() {
        Some("hello") => welcome(),
        Some("clock") => {
            let now = clock::now().0.saturating_add_signed(theirs.load(Ordering::SeqCst));
            vec![Say::Text(json!({ "type": "clock", "sent": message["sent"], "now": now }))]
        }
        _ => Vec::new(),
    });
    let near = Studio::new();
    let display = near.display_at(&format!("http://{address}"), "any-token-will-do", "HDMI-1");
    let follows = || {
        let Some(offset) = display.received().offset else { return false };
        let error = (offset.at(clock::now()) - apart.load(Ordering::SeqCst)).unsigned_abs();
        error <= offset.round_trip_nanos / 2 + 1_000
    };
    until("the clock is known", follows);
    // Their machine was restarted; then ours slept an hour.
    for jump in [-1_800_000_000_000, 7_200_000_000_000] {
        apart.store(jump, Ordering::SeqCst);
        until("the jump is followed", follows);
    }
    // Many seconds apart, and the same moment: there and back.
    let (offset, now) = (display.received().offset.unwrap(), clock::now());
    assert_eq!(offset.ours(offset.theirs(now), now), now);
}

#[test]
fn another_version_is_said_and_not_tried_again() {
    let tries = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&tries);
    let refusing = fake::studio(move |message| {
        if !is(message, "hello") {
            return Vec::new();
        }
        counted.fetch_add(1, Ordering::SeqCst);
        let reason = "The display speaks version 1 of the live link, the studio 2: update the display.";
        vec![Say::Text(json!({ "type": "refused", "reason": reason })), Say::Close(CLOSE_VERSION)]
    });
    let welcoming = fake::studio(|_| vec![Say::Text(json!({ "type": "welcome", "version": 2, "display": 1 }))]);
    let near = Studio::new();
    for address in [refusing, welcoming] {
        let display = near.display_at(&format!("http://{address}"), "any-token-will-do", "HDMI-1");
        until("it gives up", || display.received().gave_up);
        let problem = display.received().problem.clone().unwrap();
        assert!(problem.what.contains("another version of the live link"), "{problem}");
        assert!(!display.received().welcomed && !display.order(Order::Scene { scene: 0 }));
    }
    assert_eq!(tries.load(Ordering::SeqCst), 1);
}

#[test]
fn nonsense_is_said_and_survived() {
    let address = fake::studio(|message| match message["type"].as_str() {
        Some("hello") => {
            let empty = json!({ "type": "motion", "course": { "anchors": [], "running": true }, "plan": { "legs": [] }, "revision": 0 });
            let mut said = welcome();
            said.extend([json!({ "type": "dance" }), json!(7), empty].map(Say::Text));
            // A clock's answer to a question that nobody asked.
            said.push(Say::Text(json!({ "type": "clock", "sent": 1, "now": u64::MAX })));
            said
        }
        Some("order") => vec![Say::Text(json!({ "type": "refused", "reason": "Not\u{7}now, any-token-will-do." }))],
        _ => Vec::new(),
    });
    let near = Studio::new();
    let display = near.display_at(&format!("http://{address}"), "any-token-will-do", "HDMI-1");
    until("it is said", || display.received().problem.is_some() && display.received().connected);
    assert!(display.received().problem.as_ref().unwrap().what.ends_with("does not understand."));
    assert!(display.order(Order::Scene { scene: 0 }));
    until("the refusal is there", || display.received().refused.is_some());
    // A server that repeats our token is not repeated.
    assert_eq!(display.received().refused.as_deref(), Some("Not now, …."));
    let received = display.received();
    assert!(received.connected && received.offset.is_none() && received.show.motion.course.anchors().len() == 1);
}

#[test]
fn a_studio_that_falls_silent_is_left_and_tried_again() {
    let lines = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&lines);
    let address = fake::studio(move |message| {
        if !is(message, "hello") {
            return Vec::new();
        }
        counted.fetch_add(1, Ordering::SeqCst);
        welcome()
    });
    let near = Studio::new();
    let display = near.display_at(&format!("http://{address}"), "any-token-will-do", "HDMI-1");
    until("it is welcomed", || display.received().connected);
    until("the silence is noticed", || !display.received().connected);
    assert!(display.received().problem.as_ref().unwrap().what.contains("fallen silent"));
    until("it tries again", || lines.load(Ordering::SeqCst) > 1 && display.received().connected);
}
