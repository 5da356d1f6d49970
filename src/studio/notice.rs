//! Notices: short messages at the edge of the window that say what happened and what to do.

use crate::core::problem::{Kind, Problem};
use crate::core::time::Moment;

use super::command::Command;

/// Seconds a notice stays.
const SAY_SECS: f64 = 4.0;
/// Time to read it, and to reach the button.
const OFFER_SECS: f64 = 10.0;
const PROBLEM_SECS: f64 = 15.0;
/// More than this would cover the page; the oldest gives way.
const MOST: usize = 4;

#[derive(Clone, Debug, Default)]
pub struct State {
    /// Oldest first.
    pub notices: Vec<Notice>,
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

impl State {
    pub fn update(&mut self, message: Message, now: Moment) {
        match message {
            Message::Say(text) => self.add(Tone::Info, None, [text, String::new()], None, now.plus_secs(SAY_SECS)),
            Message::Offer(text, command) => {
                self.add(Tone::Info, None, [text, String::new()], Some(command), now.plus_secs(OFFER_SECS));
            }
            Message::Warn { text, fix } => self.add(Tone::Warning, None, [text, fix], None, now.plus_secs(PROBLEM_SECS)),
            Message::Problem(problem) if problem.kind == Kind::Cancelled => {}
            Message::Problem(problem) => {
                let said = [problem.what, problem.fix];
                self.add(Tone::Problem, Some(problem.kind), said, None, now.plus_secs(PROBLEM_SECS));
            }
            Message::Withdraw(command) => self.notices.retain(|notice| notice.offer != Some(command)),
            Message::Retract(said) => self.notices.retain(|notice| notice.text != said),
            Message::Dismiss(id) => self.notices.retain(|notice| notice.id != id),
        }
    }

    pub fn tick(&mut self, now: Moment) {
        self.notices.retain(|notice| notice.until > now);
    }

    /// Saying the same again only keeps it up longer.
    fn add(&mut self, tone: Tone, kind: Option<Kind>, [text, fix]: [String; 2], offer: Option<Command>, until: Moment) {
        self.notices.retain(|notice| notice.text != text);
        self.next_id += 1;
        self.notices.push(Notice { id: self.next_id, tone, text, fix, offer, until, kind });
        if self.notices.len() > MOST {
            self.notices.remove(0);
        }
    }
}
