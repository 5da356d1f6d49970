//! Tests of what a person sees of a take that is damaged and healed.

use super::*;
use crate::core::take::made_up;

fn take() -> Box<Take> {
    Box::new(made_up::take(1))
}

fn damage() -> Damage {
    Damage { bytes: 3_000_000, found_bytes: Some(3_000_000), bad_bytes: Some(1_048_576) }
}

fn effects(actions: &[Action]) -> usize {
    actions.iter().filter(|action| matches!(action, Action::Do(_))).count()
}

#[test]
fn a_damaged_take_is_healed_once_and_opened_again() {
    let mut state = State::default();
    let id = take().id;
    assert_eq!(effects(&state.update(Message::Heal(take()))), 0, "nothing is known to be wrong with it");
    assert_eq!(effects(&state.update(Message::Check(take()))), 1);
    assert_eq!(effects(&state.update(Message::Check(take()))), 0, "it is being read already");
    state.update(Message::Noticed { take: id.clone(), damage: None });
    assert!(state.takes[&id].active(), "a look in passing does not end it");
    state.update(Message::Checked { take: id.clone(), result: Ok(Some(damage())) });
    assert_eq!(state.takes[&id], Phase::Damaged(damage()));
    assert_eq!(effects(&state.update(Message::Heal(take()))), 1);
    assert_eq!(effects(&state.update(Message::Heal(take()))), 0);
    let actions = state.update(Message::Healed { take: id.clone(), result: Ok(1_048_576) });
    let opens = |action: &Action| matches!(action, Action::Tell(super::super::Message::Review(review::Message::OpenTake(take))) if *take == id);
    assert!(actions.iter().any(opens) && state.takes.is_empty());
}

#[test]
fn what_could_not_be_healed_can_be_tried_again() {
    let mut state = State::default();
    let id = take().id;
    state.update(Message::Noticed { take: id.clone(), damage: Some(Damage { bytes: 9, ..Damage::default() }) });
    state.update(Message::Heal(take()));
    let problem = Problem::refused("The server is away.", "Try again.");
    state.update(Message::Healed { take: id.clone(), result: Err(problem.clone()) });
    assert!(matches!(&state.takes[&id], Phase::Failed { problem: known, .. } if *known == problem));
    assert_eq!(effects(&state.update(Message::Heal(take()))), 1);
    state.update(Message::Checking { take: id.clone(), progress: Progress::default() });
    state.update(Message::Checked { take: id.clone(), result: Ok(None) });
    assert!(state.takes.is_empty());
    state.update(Message::Healing { take: id.clone(), progress: Progress::default() });
    assert!(state.takes.is_empty(), "a late word changes nothing");
}

#[test]
fn damage_is_said_in_a_sentence() {
    let gone = Damage { found_bytes: None, ..damage() };
    let cut = Damage { found_bytes: Some(2_000_000), bad_bytes: None, ..damage() };
    assert_eq!(damage().sentence(), "The take's file is damaged: 1 MB of 3 MB are not as they were uploaded.");
    assert_eq!(gone.sentence(), "The take's file is gone; 3 MB are on the server.");
    assert_eq!(cut.sentence(), "The take's file is damaged: it has 2 MB, and 3 MB were uploaded.");
}
