//! Tests of what is sent of a take that is being recorded.

use super::*;
use crate::core::problem::Problem;
use crate::core::take::made_up;

fn id() -> TakeId {
    TakeId("t".into())
}

fn take() -> Take {
    Take { id: id(), ..made_up::take(1) }
}

fn arrived(goal: Goal) -> Arrived {
    Arrived { recording: None, sha256: "ab".into(), goal }
}

#[test]
fn a_copy_on_this_computer_is_not_said_to_be_anywhere_else() {
    let said = |goal: Goal| {
        let actions = State::default().update(Message::Ended { take: id(), result: Ok(arrived(goal)) }, Moment(0));
        format!("{actions:?}")
    };
    let here = said(Goal::Here { folder: "/data/videos".into() });
    assert!(here.contains("Nobody else has it yet") && !here.contains("Uploaded"), "{here}");
    let there = said(Goal::Server { url: "https://studio.example/".into() });
    assert!(there.contains("Uploaded to studio.example.") && !there.contains("own server"), "{there}");
}

/// The effects of what the recorder says, with the setting on or off.
fn effects(state: &mut State, message: &record::Message, wanted: bool) -> Vec<Effect> {
    let Some(message) = of_recording(message, wanted) else { return Vec::new() };
    effects_of(state.update(message, Moment(0)))
}

fn effects_of(actions: Vec<Action>) -> Vec<Effect> {
    let effect = |action| match action {
        Action::Do(super::super::Effect::Upload(effect)) => Some(effect),
        _ => None,
    };
    actions.into_iter().filter_map(effect).collect()
}

fn rolling() -> record::Message {
    record::Message::Rolling { take: id(), number: 1, started: Moment(0) }
}

fn health(bytes: u64, synced_bytes: u64, dropped: u64) -> record::Message {
    record::Message::Health(Health { bytes, synced_bytes, dropped, ..Health::default() })
}

#[test]
fn a_take_is_followed_only_when_that_is_wanted() {
    let mut state = State::default();
    let finished = record::Message::Finished(Ok(Box::new(take())));
    for message in [rolling(), health(5, 5, 0), finished] {
        assert_eq!(effects(&mut state, &message, false), []);
    }
    assert!(state.uploads.is_empty());
    // Switched on in the middle of a take: from the next one on.
    assert_eq!(effects(&mut state, &health(6, 6, 0), true), []);
    assert_eq!(effects(&mut state, &rolling(), true), [Effect::Follow { take: id() }]);
    assert!(state.uploads[&id()].phase.active());
    // Switched off in the middle: this one still goes its way.
    assert_eq!(effects(&mut state, &health(6, 6, 0), false), [Effect::Synced { take: id(), bytes: 6, busy: false }]);
}

#[test]
fn what_has_its_hands_full_is_left_alone() {
    let mut state = State::default();
    effects(&mut state, &rolling(), true);
    let mut busy = |bytes, synced, dropped| {
        let [Effect::Synced { bytes, busy, .. }] = effects(&mut state, &health(bytes, synced, dropped), true)[..] else {
            panic!()
        };
        assert_eq!(bytes, synced);
        busy
    };
    assert!(!busy(1_000, 900, 0));
    assert!(busy(2_000, 1_900, 3));
    assert!(!busy(3_000, 2_900, 3), "losses of long ago");
    assert!(busy(3_000 + 2 * BUSY_BYTES, 3_000, 3));
}

#[test]
fn a_take_ends_whole_or_not_at_all() {
    let mut state = State::default();
    effects(&mut state, &rolling(), true);
    let ended = effects(&mut state, &record::Message::Finished(Ok(Box::new(take()))), true);
    assert_eq!(ended, [Effect::Recorded { take: Box::new(take()) }]);
    assert!(state.uploads[&id()].phase.active(), "the upload goes on");
    // Another take, of which nothing comes.
    effects(&mut state, &rolling(), true);
    let empty = record::Message::Finished(Err(Problem::failed("No picture came.", "")));
    assert_eq!(effects(&mut state, &empty, true), [Effect::Drop { take: id() }]);
    assert!(state.uploads.is_empty());
    assert_eq!(effects(&mut state, &empty, true), []);
}

#[test]
fn what_is_on_the_server_stays_there_when_the_take_goes_to_the_bin() {
    let mut state = State::default();
    let forget = |state: &mut State| effects_of(state.update(Message::Forget(id()), Moment(0)));
    assert_eq!(forget(&mut state), [Effect::Drop { take: id() }], "an earlier run may have begun one");
    state.update(Message::Start(Box::new(take())), Moment(0));
    assert_eq!(forget(&mut state), [Effect::Drop { take: id() }]);
    state.update(
        Message::Ended { take: id(), result: Ok(arrived(Goal::Server { url: "https://studio.example".into() })) },
        Moment(0),
    );
    assert_eq!(forget(&mut state), []);
    assert_eq!(state.uploads.len(), 1);
}

#[test]
fn a_parcel_is_sent_once_and_told_like_a_take() {
    let mut state = State::default();
    let parcel = Box::new(Parcel { bytes: 100, ..Parcel::of_take(&take()) });
    let sent = effects_of(state.update(Message::Send(parcel.clone()), Moment(0)));
    assert_eq!(sent, [Effect::Send { parcel: parcel.clone() }]);
    assert!(state.update(Message::Send(parcel.clone()), Moment(0)).is_empty(), "it is on its way");
    state.update(Message::Comparing { take: id(), done: 50, total: 100 }, Moment(0));
    let phase = &state.uploads[&id()].phase;
    assert!(phase.active() && matches!(phase, Phase::Comparing(progress) if progress.fraction() == 0.5));
    assert_eq!(effects_of(state.update(Message::Cancel(id()), Moment(0))), [Effect::Cancel { take: id() }]);
    state.update(Message::Ended { take: id(), result: Err(Problem::cancelled()) }, Moment(0));
    assert_eq!(effects_of(state.update(Message::Send(parcel.clone()), Moment(0))), [Effect::Send { parcel }]);
}
