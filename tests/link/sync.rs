//! What is published arrives: all of it for who comes late, only what changed for who was there, the text before its motion.

use std::sync::Arc;

use onetake::clock;
use onetake::core::live::{Guest, LinkEvent, Mode, Order, Report, Show, Smoothness, Status, Update};
use onetake::core::time::Moment;

use crate::raw::{HELLO, Stranger};
use crate::rig::{Studio, show, until};

#[test]
fn a_late_display_gets_everything_and_then_only_what_changes() {
    let studio = Studio::new();
    let first = show(1, 40, clock::now());
    studio.hub.publish(first.clone());
    let mut late = Stranger::welcomed(&studio);
    let kinds: Vec<_> = (0..6).map(|_| late.hear()["type"].as_str().unwrap().to_owned()).collect();
    assert_eq!(kinds, ["text", "scenes", "look", "motion", "status", "mirrors"]);
    // The same again is not sent, a status alone is.
    studio.hub.publish(first.clone());
    let status = Arc::new(Status { mode: Mode::Recording { since: Moment(7) }, words_per_minute: 140.0, voice: None });
    studio.hub.publish(Show { status, ..first });
    let told = late.hear();
    assert_eq!((told["type"].as_str(), told["mode"]["since"].as_u64()), (Some("status"), Some(7)));
    // A new text comes with its motion, in this order.
    studio.hub.publish(show(2, 40, clock::now()));
    let kinds: Vec<_> = (0..3).map(|_| late.hear()["type"].as_str().unwrap().to_owned()).collect();
    assert_eq!(kinds, ["text", "motion", "status"]);
}

#[test]
fn before_the_studio_has_said_anything_a_display_is_told_nothing() {
    let studio = Studio::new();
    let mut early = Stranger::welcomed(&studio);
    early.say(r#"{"type":"clock","sent":5}"#);
    let answer = early.hear();
    assert_eq!((answer["type"].as_str(), answer["sent"].as_u64()), (Some("clock"), Some(5)));
    assert!(answer["now"].as_u64().unwrap() <= clock::now().0);
    studio.hub.publish(show(1, 3, clock::now()));
    assert_eq!(early.hear()["type"], "text");
}

#[test]
fn a_display_follows_every_change_and_never_sees_a_motion_without_its_text() {
    let studio = Studio::new();
    let display = studio.display("HDMI-1");
    until("the display is welcomed", || display.received().connected);
    let last = 300;
    let publish = || {
        for revision in 1..=last {
            studio.hub.publish(show(revision, 60, clock::now()));
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(publish);
        until("the last revision is shown", || {
            let received = display.received();
            let (text, motion) = (&received.show.text, &received.show.motion);
            assert_eq!(text.revision, motion.revision);
            assert!(text.rows.iter().all(|row| row.runs[0].text.ends_with(&format!(" {}.", motion.revision))));
            motion.revision == last
        });
    });
    let shown = &display.received().show;
    let now = clock::now();
    let meant = show(last, 60, shown.motion.course.anchors()[0].at);
    assert_eq!((&shown.scenes, &shown.look, &shown.status), (&meant.scenes, &meant.look, &meant.status));
    // JSON may cost a number its last bit; nobody sees a billionth of an em.
    assert!((shown.motion.course.position(now) - meant.motion.course.position(now)).abs() < 1e-9);
}

#[test]
fn the_studio_knows_its_guests_and_how_they_are() {
    let studio = Studio::new();
    let display = studio.display("  HDMI-1\n");
    until("the guest is listed", || studio.hub.guests().len() == 1);
    let guest = studio.hub.guests().remove(0);
    assert_eq!((guest.name.as_str(), guest.address.as_str()), ("HDMI-1", "127.0.0.1"));
    display.smoothness(Smoothness { frames: 60, missed: 1, longest_ms: 20.0, ..Smoothness::default() });
    display.smoothness(Smoothness { frames: 30, missed: 2, longest_ms: 18.0, ..Smoothness::default() });
    let health = |event: &LinkEvent| match event {
        LinkEvent::Health { display, offset_ms, round_trip_ms, smoothness } if *display == guest.display => {
            Some((*offset_ms, *round_trip_ms, *smoothness))
        }
        _ => None,
    };
    until("its health is reported", || studio.events().iter().any(|event| health(event).is_some()));
    let (offset_ms, round_trip_ms, smoothness) = studio.events().iter().find_map(health).unwrap();
    // One machine, one clock: the offset is the error, and that is half a round trip at most.
    assert!(offset_ms.abs() <= round_trip_ms / 2.0 + 0.001, "{offset_ms} ms at {round_trip_ms} ms");
    let smoothness = smoothness.unwrap();
    assert_eq!((smoothness.frames, smoothness.missed, smoothness.longest_ms), (90, 3, 20.0));
    let joined = studio.events().remove(0);
    assert!(matches!(joined, LinkEvent::Joined(Guest { display, .. }) if display == guest.display));
    drop(display);
    until("it has left", || studio.hub.guests().is_empty());
    assert_eq!(studio.came_and_went(), (1, 1));
}

#[test]
fn orders_reach_the_studio_and_what_can_not_be_done_comes_back_as_a_sentence() {
    let studio = Studio::new();
    studio.hub.publish(show(1, 10, clock::now()));
    let display = studio.display("Remote");
    assert!(!display.order(Order::Scene { scene: 0 }) || display.received().connected);
    until("the display is welcomed", || display.received().connected);
    let again = Order::Command { name: "again".into() };
    for order in [again.clone(), Order::Scene { scene: 1 }, Order::Scroll { ems: -2.0 }] {
        assert!(display.order(order.clone()));
        until("the order arrives", || studio.events().contains(&LinkEvent::Order(order.clone())));
    }
    assert!(display.order(Order::Scene { scene: 2 }));
    until("the refusal arrives", || display.received().refused.is_some());
    assert_eq!(display.received().refused.as_deref(), Some("There is no scene 2: the script's 2 are counted from 0."));
    assert!(display.order(again));
    until("the next order clears it", || display.received().refused.is_none());
    assert!(!studio.events().contains(&LinkEvent::Order(Order::Scene { scene: 2 })));
}

#[test]
fn who_reads_slowly_gets_the_newest_and_holds_up_nobody() {
    let studio = Studio::new();
    studio.hub.publish(show(1, 10, clock::now()));
    let mut slow = Stranger::connect(&studio);
    slow.say(HELLO);
    let quick = studio.display("quick");
    until("the quick one is welcomed", || quick.received().connected);
    // Some 40 MB in all: no socket buffer holds that, so the slow one must skip.
    let last = 40;
    for revision in 2..=last {
        studio.hub.publish(show(revision, 10_000, clock::now()));
        until("the quick one has it", || quick.received().show.text.revision == revision);
    }
    let mut seen = Vec::new();
    while seen.last() != Some(&last) {
        seen.push(slow.hear_of("text")["revision"].as_u64().unwrap());
    }
    assert!(seen.len() < last as usize && seen.is_sorted(), "{seen:?}");
    assert_eq!(slow.hear_of("motion")["revision"].as_u64(), Some(last));
}

#[test]
fn the_examples_in_the_manual_are_true() {
    let manual = include_str!("../../docs/LINK.md");
    let (mut reports, mut updates) = (0, 0);
    for line in manual.lines().filter(|line| line.starts_with("{\"type\"")) {
        let report = serde_json::from_str::<Report>(line).is_ok_and(|report| report != Report::Unknown);
        let update = serde_json::from_str::<Update>(line).is_ok();
        // The clock's question and answer differ by one field; the rest is one or the other.
        assert!(report || update, "{line}");
        reports += usize::from(report);
        updates += usize::from(update);
    }
    assert!(reports >= 9 && updates >= 8, "{reports} and {updates}");
}
