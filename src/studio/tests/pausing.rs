//! A take that is paused: its clock stands, its journal waits, the prompter goes along.

use super::reading::Desk;
use super::*;
use crate::core::journal::Event;
use crate::core::time::SECOND;
use command::Command;

fn taken(desk: &Desk) -> u64 {
    desk.model.record.rolling().expect("a take rolls").taken(at(desk.now))
}

#[test]
fn all_that_is_dated_stands_while_the_take_does() {
    let mut desk = Desk::rolling();
    desk.wait_for(0, 1);
    let (before, told) = (taken(&desk), desk.journal.len());
    desk.command(Command::PauseTake);
    assert!(!desk.model.prompter.course.running(), "the prompter stops with the take");
    let Mode::Paused { since, at: stands } = desk.model.mode() else { panic!("{:?}", desk.model.mode()) };
    assert_eq!(stands.since(since), before, "displays show what the take has");
    desk.wait(30.0);
    assert_eq!((taken(&desk), desk.journal.len()), (before, told), "nothing happens in a pause");
    desk.command(Command::Mark);
    assert_eq!(desk.journal.last().map(|entry| entry.t), Some(before));
    desk.command(Command::PauseTake);
    assert!(desk.model.prompter.course.running(), "and goes on with it");
    desk.wait_for(1, 0);
    desk.wait(0.1);
    let mut other = Desk::rolling();
    other.wait_for(1, 0);
    other.wait(0.1);
    let (opened, without) = (desk.passed_at((1, 0)), other.passed_at((1, 0)));
    assert!(opened.abs_diff(without) < 2 * SECOND, "{opened}, and {without} without a pause: each ease costs half a second");
    assert!(desk.journal[told..].windows(2).all(|pair| pair[0].t <= pair[1].t), "{:?}", desk.journal);
    assert!(matches!(desk.model.mode(), Mode::Recording { since } if at(desk.now).since(since) == taken(&desk)));
}

#[test]
fn the_course_is_told_on_the_takes_clock() {
    let mut desk = Desk::rolling();
    desk.wait(3.0);
    desk.command(Command::PauseTake);
    desk.wait(10.0);
    desk.journal.clear();
    desk.command(Command::PauseTake);
    desk.wait(0.1);
    let anchors = desk.journal.iter().find_map(|entry| match &entry.event {
        Event::Prompter { anchors } => Some(anchors.clone()),
        _ => None,
    });
    let first = anchors.expect("the prompter took another course")[0].at;
    assert!(first.0.abs_diff(3 * SECOND) < SECOND / 2, "{first:?}");
}

#[test]
fn a_sentence_may_be_taken_back_in_the_pause() {
    let mut desk = Desk::rolling();
    desk.wait_for(0, 1);
    desk.wait(0.5);
    desk.command(Command::PauseTake);
    desk.wait(5.0);
    let stands = taken(&desk);
    desk.command(Command::Again);
    let [(from, t, 0, 1)] = desk.agains()[..] else { panic!("{:?}", desk.agains()) };
    assert_eq!((from, t), (desk.passed_at((0, 1)), stands));
    desk.wait(3.0);
    assert!(!desk.model.prompter.course.running(), "it waits for the take");
    desk.command(Command::PauseTake);
    desk.wait_for(0, 2);
    desk.wait(0.1);
    assert_eq!(desk.lines(), [(0, 0), (0, 1), (0, 1), (0, 2)]);
}

#[test]
fn a_prompter_that_stood_stays_where_it_is() {
    let mut desk = Desk::rolling();
    desk.wait(1.0);
    desk.command(Command::TogglePrompter);
    desk.wait(1.0);
    desk.command(Command::PauseTake);
    desk.wait(1.0);
    desk.command(Command::PauseTake);
    desk.wait(0.5);
    assert!(!desk.model.prompter.course.running());
}

#[test]
fn who_presses_twice_goes_on_at_once() {
    let mut desk = Desk::rolling();
    desk.wait(2.0);
    desk.command(Command::PauseTake);
    desk.command(Command::PauseTake);
    desk.wait(1.0);
    assert!(desk.model.prompter.course.running());
    assert!(desk.model.record.rolling().is_some_and(|rolling| rolling.paused_since().is_none()));
    let orders = desk
        .effects
        .iter()
        .filter(|effect| matches!(effect, Effect::Record(record::Effect::Pause(_) | record::Effect::Resume(_))));
    assert_eq!(orders.count(), 2);
}

#[test]
fn an_old_clock_is_refused() {
    let mut desk = Desk::rolling();
    desk.wait(1.0);
    let old = desk.model.record.rolling().expect("a take rolls").clock.clone();
    desk.command(Command::PauseTake);
    desk.tell(Message::Record(record::Message::Turned(old)));
    assert!(matches!(desk.model.mode(), Mode::Paused { .. }));
}

#[test]
fn a_paused_take_is_stopped_like_any_other_and_nothing_else_can_be_paused() {
    let mut desk = Desk::rolling();
    desk.command(Command::PauseTake);
    desk.command(Command::Stop);
    assert_eq!(desk.model.record.phase, record::Phase::Stopping);
    desk.effects.clear();
    desk.command(Command::PauseTake);
    assert!(desk.effects.is_empty(), "{:?}", desk.effects);
}
