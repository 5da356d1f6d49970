//! Why an engine did not make it: its class decides whether it is tried again and what a person is told to do; the engine's own words
//! are always shown, because an opaque failure is what people complain of most.

use serde::{Deserialize, Serialize};

use crate::core::problem::{Kind, Problem};

/// What kind of failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// No key, or not a right one.
    Auth,
    /// No money left there.
    Payment,
    /// The engine wants the person to agree to something first.
    Consent,
    /// The order makes no sense to it.
    Invalid,
    /// It refuses what was asked for.
    Content,
    RateLimited,
    Overloaded,
    /// What was made can't be fetched any more.
    Expired,
    /// Something broke there.
    Server,
    /// It could not be reached, or the line broke.
    Transport,
    /// It answers something else than its own documentation says.
    Nonsense,
    /// It may have taken the order, and nobody can tell: it is not sent again by itself, since it could be paid twice.
    Unclear,
    /// A disk, a missing program, a file that went: on this side.
    Here,
    Cancelled,
}

impl Class {
    pub const ALL: [Class; 14] = [
        Class::Auth,
        Class::Payment,
        Class::Consent,
        Class::Invalid,
        Class::Content,
        Class::RateLimited,
        Class::Overloaded,
        Class::Expired,
        Class::Server,
        Class::Transport,
        Class::Nonsense,
        Class::Unclear,
        Class::Here,
        Class::Cancelled,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Class::Auth => "auth",
            Class::Payment => "payment",
            Class::Consent => "consent",
            Class::Invalid => "invalid",
            Class::Content => "content",
            Class::RateLimited => "rate_limited",
            Class::Overloaded => "overloaded",
            Class::Expired => "expired",
            Class::Server => "server",
            Class::Transport => "transport",
            Class::Nonsense => "nonsense",
            Class::Unclear => "unclear",
            Class::Here => "here",
            Class::Cancelled => "cancelled",
        }
    }

    pub fn named(name: &str) -> Option<Class> {
        Class::ALL.into_iter().find(|class| class.name() == name)
    }

    /// Two words for a badge.
    pub fn label(self) -> &'static str {
        match self {
            Class::Auth => "Key refused",
            Class::Payment => "No credit",
            Class::Consent => "Asks consent",
            Class::Invalid => "Not accepted",
            Class::Content => "Refused content",
            Class::RateLimited => "Too many requests",
            Class::Overloaded => "At capacity",
            Class::Expired => "Link expired",
            Class::Server => "Engine error",
            Class::Transport => "Not reached",
            Class::Nonsense => "Odd answer",
            Class::Unclear => "Unclear",
            Class::Here => "On this machine",
            Class::Cancelled => "Cancelled",
        }
    }

    /// What to do about it.
    pub fn fix(self) -> &'static str {
        match self {
            Class::Auth => "Enter the engine's key again in Settings, Engines.",
            Class::Payment => "Top up the account there, or choose another engine.",
            Class::Consent => "Read what it asks and agree, or choose another engine.",
            Class::Invalid => "Change the prompt or the settings of this order, then try again.",
            Class::Content => "Put it in other words, then try again.",
            Class::RateLimited => "Wait a little; it goes on by itself.",
            Class::Overloaded => "Wait and try again, or choose another engine.",
            Class::Expired => "Make it again.",
            Class::Server => "Try again later, or choose another engine.",
            Class::Transport => "Check the network and the engine's address, then try again.",
            Class::Nonsense => "Check the engine's address; update Onetake if it has changed its form.",
            Class::Unclear => "Look at the account there; try again if it was not charged.",
            Class::Here => "Mend it, then try again.",
            Class::Cancelled => "",
        }
    }

    /// A question that costs nothing (how far is it, give me the file) may be asked again by itself.
    pub fn passes(self) -> bool {
        matches!(self, Class::RateLimited | Class::Overloaded | Class::Server | Class::Transport)
    }

    /// An order was certainly not taken, so that sending it again can't be paid twice.
    pub fn was_not_taken(self) -> bool {
        matches!(self, Class::RateLimited | Class::Overloaded)
    }
}

/// One failure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[error("{words}")]
pub struct Failure {
    pub class: Class,
    /// The engine's own words, or ours where it said none; one line, without secrets.
    pub words: String,
    /// Its own code for it.
    #[serde(default)]
    pub code: Option<String>,
    /// Seconds it wants to be left alone.
    #[serde(default)]
    pub wait_secs: Option<f64>,
    /// It says that it gave the money back.
    #[serde(default)]
    pub refunded: bool,
    /// It was made and charged for, and is refused all the same.
    #[serde(default)]
    pub charged: bool,
    /// What it proposes: another prompt, another model; or what it asks consent to, in its own form.
    #[serde(default)]
    pub proposal: Option<serde_json::Value>,
}

impl Failure {
    pub fn new(class: Class, words: impl Into<String>) -> Failure {
        Failure { class, words: words.into(), code: None, wait_secs: None, refunded: false, charged: false, proposal: None }
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Problem {
        let kind = match failure.class {
            Class::Cancelled => return Problem::cancelled(),
            Class::Here => Kind::Failed,
            Class::Invalid => Kind::Usage,
            _ => Kind::Refused,
        };
        Problem::new(kind, failure.words, failure.class.fix())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_come_back_by_their_names() {
        for class in Class::ALL {
            assert_eq!(Class::named(class.name()), Some(class));
        }
    }

    #[test]
    fn only_what_was_surely_refused_is_ordered_again() {
        for class in [Class::Transport, Class::Server, Class::Unclear, Class::Nonsense] {
            assert!(!class.was_not_taken(), "{class:?}");
        }
    }
}
