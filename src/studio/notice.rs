//! Notices: short messages at the edge of the window that say what happened and what to do. What was said stays in a list, so that
//! nothing is lost with them.

use std::collections::VecDeque;

use crate::core::problem::{Kind, Problem};
use crate::core::time::Moment;

use super::command::Command;

/// Seconds a notice stays.
const SAY_SECS: f64 = 4.0;
/// Time to read it, and to reach the button.
const OFFER_SECS: f64 = 10.0;
const PROBLEM_SECS: f64 = 15.0;
/// More than these at a time is noise; the oldest gives way.
const MOST: usize = 6;
/// How many of those that have passed are kept.
const MOST_PAST: usize = 100;

#[derive(Clone, Debug, Default)]
pub struct State {
    /// Oldest first.
    pub notices: Vec<Notice>,
    /// All that was said, the newest first.
    pub past: VecDeque<Past>,
    /// The list of keys is shown.
    pub help: bool,
    next_id: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    pub id: u64,
    pub tone: Tone,
    /// What happened.
    pub text: String,
    /// What to do; may be empty.
    pub fix: String,
    pub until: Moment,
    /// What can be done about it with one button.
    pub offer: Option<Command>,
    /// The problem's class, for whoever must answer with an exit code.
    pub kind: Option<Kind>,
}

/// Something that was said.
#[derive(Clone, Debug, PartialEq)]
pub struct Past {
    pub id: u64,
    pub tone: Tone,
    pub text: String,
    pub fix: String,
    /// When it was said last.
    pub at: Moment,
    /// How often it was said in a row.
    pub times: u32,
    /// It went wrong, and nobody has put it away or looked at the list since.
    pub unread: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Info,
    /// Something will go wrong unless somebody acts.
    Warning,
    Problem,
}

#[derive(Clone, Debug)]
pub enum Message {
    Say(String),
    /// Says it, with a button beside it.
    Offer(String, Command),
    Warn {
        text: String,
        fix: String,
    },
    Problem(Problem),
    Dismiss(u64),
    /// What was offered is done, or no longer possible.
    Withdraw(Command),
    /// What was said so is no longer true.
    Retract(String),
}

/// What is to be said.
struct Words {
    tone: Tone,
    text: String,
    fix: String,
    kind: Option<Kind>,
    offer: Option<Command>,
    secs: f64,
}

impl Words {
    fn new(tone: Tone, text: String, secs: f64) -> Words {
        Words { tone, text, fix: String::new(), kind: None, offer: None, secs }
    }
}

impl State {
    pub fn update(&mut self, message: Message, now: Moment) {
        match message {
            Message::Say(text) => self.add(Words::new(Tone::Info, text, SAY_SECS), now),
            Message::Offer(text, command) => {
                self.add(Words { offer: Some(command), ..Words::new(Tone::Info, text, OFFER_SECS) }, now);
            }
            Message::Warn { text, fix } => self.add(Words { fix, ..Words::new(Tone::Warning, text, PROBLEM_SECS) }, now),
            Message::Problem(problem) if problem.kind == Kind::Cancelled => {}
            Message::Problem(problem) => {
                let words = Words::new(Tone::Problem, problem.what, PROBLEM_SECS);
                self.add(Words { fix: problem.fix, kind: Some(problem.kind), ..words }, now);
            }
            Message::Withdraw(command) => self.notices.retain(|notice| notice.offer != Some(command)),
            Message::Retract(said) => {
                self.notices.retain(|notice| notice.text != said);
                self.past.iter_mut().filter(|past| past.text == said).for_each(|past| past.unread = false);
            }
            Message::Dismiss(id) => {
                self.notices.retain(|notice| notice.id != id);
                self.past.iter_mut().filter(|past| past.id == id).for_each(|past| past.unread = false);
            }
        }
    }

    pub fn tick(&mut self, now: Moment) {
        self.notices.retain(|notice| notice.until > now);
    }

    /// Those that stand, in the order in which they matter: what went wrong before what was done, what can be answered before what
    /// can't, the newer before the older.
    pub fn by_weight(&self) -> Vec<&Notice> {
        let mut all: Vec<&Notice> = self.notices.iter().collect();
        all.sort_by_key(|notice| std::cmp::Reverse((notice.tone != Tone::Info, notice.offer.is_some(), notice.id)));
        all
    }

    /// Something went wrong and may have been missed.
    pub fn unread(&self) -> bool {
        self.past.iter().any(|past| past.unread)
    }

    /// The list is looked at.
    pub(super) fn read(&mut self) {
        self.past.iter_mut().for_each(|past| past.unread = false);
    }

    /// Saying the same again only keeps it up longer.
    fn add(&mut self, words: Words, now: Moment) {
        let Words { tone, text, fix, kind, offer, secs } = words;
        self.notices.retain(|notice| notice.text != text);
        self.next_id += 1;
        let id = self.next_id;
        let again = self.past.front().is_some_and(|past| past.text == text && past.fix == fix);
        let times = if again { self.past.pop_front().map_or(1, |past| past.times.saturating_add(1)) } else { 1 };
        let unread = tone != Tone::Info;
        self.past.push_front(Past { id, tone, text: text.clone(), fix: fix.clone(), at: now, times, unread });
        self.past.truncate(MOST_PAST);
        self.notices.push(Notice { id, tone, text, fix, offer, until: now.plus_secs(secs), kind });
        if self.notices.len() > MOST {
            self.notices.remove(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(state: &mut State, text: &str, secs: f64) {
        state.update(Message::Say(text.into()), Moment(0).plus_secs(secs));
    }

    fn problem(state: &mut State, text: &str) {
        state.update(Message::Problem(Problem::failed(text, "Do this.")), Moment(0));
    }

    #[test]
    fn what_went_wrong_stands_before_what_was_done() {
        let mut state = State::default();
        problem(&mut state, "It broke.");
        state.update(Message::Offer("Gone.".into(), Command::PutBack), Moment(0));
        say(&mut state, "Saved.", 0.0);
        let texts: Vec<&str> = state.by_weight().iter().map(|notice| notice.text.as_str()).collect();
        assert_eq!(texts, ["It broke.", "Gone.", "Saved."]);
    }

    #[test]
    fn what_was_said_stays_in_the_list() {
        let mut state = State::default();
        say(&mut state, "Saved.", 0.0);
        say(&mut state, "Saved.", 1.0);
        problem(&mut state, "It broke.");
        state.tick(Moment(0).plus_secs(60.0));
        assert!(state.notices.is_empty());
        let past: Vec<(&str, u32)> = state.past.iter().map(|past| (past.text.as_str(), past.times)).collect();
        assert_eq!(past, [("It broke.", 1), ("Saved.", 2)]);
        assert!(state.unread(), "it passed unseen");
        state.read();
        assert!(!state.unread());
        (0..500).for_each(|number| say(&mut state, &format!("{number}"), 0.0));
        assert_eq!((state.past.len(), state.notices.len()), (MOST_PAST, MOST));
    }

    #[test]
    fn what_is_put_away_or_has_passed_was_read() {
        let mut state = State::default();
        problem(&mut state, "It broke.");
        state.update(Message::Dismiss(state.notices[0].id), Moment(0));
        assert!(!state.unread());
        problem(&mut state, "The server is away.");
        state.update(Message::Retract("The server is away.".into()), Moment(0));
        assert!(!state.unread() && state.notices.is_empty());
    }
}
