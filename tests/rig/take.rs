//! A take that nobody recorded, for tests here and in the crate: finished, with pictures and sound, one scene long. What matters in
//! a test is said in the test.

use onetake::core::span::{Span, Verdict};
use onetake::core::take::{SceneMark, Take, TakeId, TakeState};
use onetake::core::time::{Rate, SECOND};

/// Take `number` of a project; numbers follow each other by a day.
pub fn take(number: u32) -> Take {
    let nanos = 141 * SECOND;
    Take {
        id: TakeId(format!("take-{number}")),
        project: "why-we-write".into(),
        number,
        title: "Why we write".into(),
        folder: format!("/t/take-{number}"),
        media: format!("/t/take-{number}/take.mkv"),
        started_at: format!("2026-11-{:02}T09:00:00.000Z", 1 + number % 28),
        state: TakeState::Finished,
        nanos,
        frames: 4230,
        dropped: 0,
        width: 1280,
        height: 720,
        rate: Rate::whole(30),
        bytes: 52_000_000,
        scenes: vec![SceneMark { scene: 0, heading: "Opening".into(), start: 0, end: nanos }],
        spans: vec![Span { start: 0, end: nanos, verdict: Verdict::Kept }],
        screen: None,
    }
}
