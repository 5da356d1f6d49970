//! The queue's rules: order, limits, rests, and what a row says of itself.

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;
use crate::core::engine::Catalogue;
use crate::core::time::Moment;

fn engine(name: &str, parallel: u32, per_minute: u32) -> Engine {
    let text = format!(
        "[[engine]]\nname='{name}'\nlabel='{name}'\nform='custom'\nparallel={parallel}\nper_minute={per_minute}\n\
         [[engine.model]]\nname='m'\nkind='image'\nprompt_chars=10\n[[engine.model]]\nname='c'\nkind='video'\nneeds_first_frame=true\n"
    );
    Catalogue::read(&text).unwrap().engines.remove(0)
}

fn at(secs: f64) -> Moment {
    Moment(0).plus_secs(secs)
}

fn drain(line: &mut Line, now: Moment) -> Vec<String> {
    std::iter::from_fn(|| line.next(now)).map(|turn| turn.id).collect()
}

#[test]
fn an_engine_gets_as_many_as_it_may_have_in_the_order_of_their_places() {
    let mut line = Line::default();
    line.engine(&engine("a", 2, 0));
    line.engine(&engine("b", 1, 0));
    for (id, engine, place) in [("a3", "a", 3), ("a1", "a", 1), ("b2", "b", 2), ("a2", "a", 2), ("b9", "b", 9)] {
        line.push(id, engine, place, None);
    }
    assert_eq!(drain(&mut line, at(0.0)), ["a1", "a2", "b2"]);
    line.ended("a");
    assert_eq!(drain(&mut line, at(0.0)), ["a3"]);
    assert_eq!(line.wake_at(at(0.0)), None, "one has to end first");
    line.ended("b");
    assert_eq!(line.wake_at(at(0.0)), Some(at(0.0)));
    line.pause(true);
    assert_eq!((line.next(at(0.0)), line.wake_at(at(0.0))), (None, None), "paused");
    line.pause(false);
    assert_eq!(drain(&mut line, at(0.0)), ["b9"]);
}

#[test]
fn kinds_that_are_apart_do_not_wait_for_each_other_but_rest_together() {
    let apart = Engine { kinds_apart: true, ..engine("a", 1, 0) };
    let (clips, voices) = (apart.lane(Kind::Video), apart.lane(Kind::Speech));
    assert_ne!(clips, voices);
    assert_eq!(engine("a", 1, 0).lane(Kind::Video), "a", "an engine is one lane elsewhere");
    let mut line = Line::default();
    line.engine(&apart);
    for (id, lane, place) in [("clip 1", &clips, 1), ("clip 2", &clips, 2), ("voice 1", &voices, 3), ("voice 2", &voices, 4)] {
        line.push(id, lane, place, None);
    }
    assert_eq!(drain(&mut line, at(0.0)), ["clip 1", "voice 1"]);
    line.ended(&voices);
    assert_eq!(drain(&mut line, at(0.0)), ["voice 2"], "the second clip still waits for the first");
    line.rest("a", None);
    line.ended(&clips);
    assert!(line.resting("a", at(0.0)) && drain(&mut line, at(0.0)).is_empty());
    line.wake("a");
    assert_eq!(drain(&mut line, at(0.0)), ["clip 2"]);
}

#[test]
fn a_minute_holds_so_many_and_no_more() {
    let mut line = Line::default();
    line.engine(&engine("a", 10, 2));
    (0..5).for_each(|n| line.push(&n.to_string(), "a", n, None));
    assert_eq!(drain(&mut line, at(0.0)), ["0", "1"]);
    assert_eq!(line.wake_at(at(10.0)), Some(at(60.0)));
    assert_eq!(drain(&mut line, at(59.9)), Vec::<String>::new());
    assert_eq!(drain(&mut line, at(60.0)), ["2", "3"]);
}

#[test]
fn an_engine_that_rests_does_not_hold_up_the_others() {
    let mut line = Line::default();
    line.engine(&engine("a", 5, 0));
    line.engine(&engine("b", 5, 0));
    line.push("1", "a", 1, None);
    line.push("2", "b", 2, None);
    line.rest("a", Some(at(30.0)));
    assert_eq!(drain(&mut line, at(0.0)), ["2"]);
    assert_eq!(line.wake_at(at(0.0)), Some(at(30.0)));
    line.rest("a", None);
    line.rest("a", Some(at(40.0)));
    assert!(line.resting("a", at(1000.0)), "a shorter rest does not end one until somebody says so");
    assert_eq!(line.wake_at(at(1000.0)), None);
    line.wake("a");
    assert_eq!(drain(&mut line, at(1.0)), ["1"]);
}

#[test]
fn what_waits_for_a_moment_comes_when_it_is_there() {
    let mut line = Line::default();
    line.engine(&engine("a", 1, 0));
    line.push("soon", "a", 1, Some(at(5.0)));
    line.push("now", "a", 2, None);
    assert_eq!(drain(&mut line, at(0.0)), ["now"]);
    line.ended("a");
    assert_eq!(line.wake_at(at(0.0)), Some(at(5.0)));
    line.replace("soon", 7);
    assert_eq!(drain(&mut line, at(5.0)), ["soon"]);
    assert!(!line.remove("soon"));
}

#[derive(Clone, Debug)]
enum Op {
    Push(u8, u8, i64, Option<u8>),
    Remove(u8),
    Replace(u8, i64),
    Next,
    Ended(u8),
    Rest(u8, Option<u8>),
    Wake(u8),
    Pause(bool),
    Wait(u8),
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let op = prop_oneof![
        4 => (any::<u8>(), 0..3u8, -5..5i64, proptest::option::of(0..90u8)).prop_map(|(id, of, place, due)| Op::Push(id, of, place, due)),
        1 => any::<u8>().prop_map(Op::Remove),
        1 => (any::<u8>(), -5..5i64).prop_map(|(id, place)| Op::Replace(id, place)),
        6 => Just(Op::Next),
        3 => (0..3u8).prop_map(Op::Ended),
        1 => (0..3u8, proptest::option::of(0..90u8)).prop_map(|(of, secs)| Op::Rest(of, secs)),
        1 => (0..3u8).prop_map(Op::Wake),
        1 => any::<bool>().prop_map(Op::Pause),
        3 => (0..90u8).prop_map(Op::Wait),
    ];
    proptest::collection::vec(op, 0..200)
}

proptest! {
    /// Nothing is given twice or to an engine that is full, rests or has had its share of the minute; and whenever `next` has
    /// nothing, `wake_at` does not say that it has.
    #[test]
    fn limits_hold_whatever_happens(ops in ops()) {
        let limits = [(1u32, 0u32), (2, 3), (3, 1)];
        let mut line = Line::default();
        for (n, (parallel, per_minute)) in limits.iter().enumerate() {
            line.engine(&engine(&n.to_string(), *parallel, *per_minute));
        }
        let (mut now, mut waiting) = (at(0.0), HashMap::<u8, usize>::new());
        let (mut going, mut sent) = ([0u32; 3], [const { Vec::<Moment>::new() }; 3]);
        for op in ops {
            match op {
                Op::Push(id, of, place, due) => {
                    line.push(&id.to_string(), &of.to_string(), place, due.map(|secs| now.plus_secs(f64::from(secs))));
                    waiting.insert(id, usize::from(of));
                }
                Op::Remove(id) => prop_assert_eq!(line.remove(&id.to_string()), waiting.remove(&id).is_some()),
                Op::Replace(id, place) => line.replace(&id.to_string(), place),
                Op::Next => match line.next(now) {
                    Some(turn) => {
                        let of = waiting.remove(&turn.id.parse().unwrap());
                        prop_assert!(of.is_some(), "{} was not waiting", turn.id);
                        let of = of.unwrap();
                        prop_assert_eq!(&turn.lane, &of.to_string());
                        going[of] += 1;
                        sent[of].push(now);
                        prop_assert!(!line.paused() && !line.resting(&of.to_string(), now));
                        prop_assert!(going[of] <= limits[of].0);
                        let minute = sent[of].iter().filter(|at| now.secs_from(**at) < 60.0).count();
                        prop_assert!(limits[of].1 == 0 || minute <= limits[of].1 as usize);
                    }
                    None => prop_assert!(line.wake_at(now).is_none_or(|at| at > now)),
                },
                Op::Ended(of) => {
                    line.ended(&of.to_string());
                    going[usize::from(of)] = going[usize::from(of)].saturating_sub(1);
                }
                Op::Rest(of, secs) => line.rest(&of.to_string(), secs.map(|secs| now.plus_secs(f64::from(secs)))),
                Op::Wake(of) => line.wake(&of.to_string()),
                Op::Pause(paused) => line.pause(paused),
                Op::Wait(secs) => now = now.plus_secs(f64::from(secs)),
            }
            prop_assert_eq!(line.waiting(), waiting.len());
        }
    }
}

#[test]
fn a_draft_that_can_not_work_is_told_before_it_costs_anything() {
    let engine = engine("a", 1, 0);
    let fault = |model, kind, prompt| Draft::new("a", model, kind, prompt).fault(&engine);
    assert_eq!(fault("m", Kind::Image, "a lamp"), None);
    for (model, kind, prompt) in [
        ("x", Kind::Image, "a"),
        ("m", Kind::Video, "a"),
        ("m", Kind::Image, " "),
        ("m", Kind::Image, "longer than ten"),
        ("c", Kind::Video, "a"),
    ] {
        assert!(fault(model, kind, prompt).is_some(), "{model} {kind:?} {prompt}");
    }
    let mut clip = Draft::new("a", "c", Kind::Video, "");
    clip.inputs.push((InputRole::FirstFrame, Given::File("/a.png".into())));
    assert_eq!(clip.fault(&engine), None);
}

#[test]
fn what_is_over_stays_over() {
    for from in State::ALL.into_iter().filter(|state| state.over()) {
        for to in State::ALL.into_iter().filter(|to| *to != from) {
            let gone_on_with = (from, to) == (State::Failed, State::Running);
            assert_eq!(may_become(from, to), gone_on_with, "{from:?} {to:?}");
        }
    }
    assert!(may_become(State::Submitted, State::Queued), "refused before it was taken");
    assert!(!may_become(State::Running, State::Queued), "what was taken is not sent again");
}

#[test]
fn a_row_tells_how_far_it_is_but_never_that_it_is_done_before_it_is() {
    let mut row = made_up::row("j", State::Running);
    assert_eq!((row.fraction(10.0), row.left_secs(10.0)), (None, None));
    row.expected_secs = Some(40.0);
    assert_eq!((row.fraction(10.0), row.left_secs(10.0)), (Some(0.25), Some(30.0)));
    assert_eq!((row.fraction(400.0), row.left_secs(400.0)), (Some(0.99), Some(0.0)));
    row.progress = Some(0.5);
    assert_eq!((row.fraction(10.0), row.left_secs(10.0)), (Some(0.5), Some(10.0)));
    row.job.state = State::Queued;
    assert_eq!((row.fraction(10.0), row.left_secs(10.0)), (None, None));
}
