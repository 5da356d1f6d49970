//! How it stands with the server, in the words of the top bar.

use crate::core::problem::Problem;
use crate::core::time::Moment;

/// The longest wait between two tries, in seconds.
const LONGEST_SECS: f64 = 60.0;

#[derive(Clone, Debug, Default, PartialEq)]
pub enum Link {
    /// No server is used.
    #[default]
    Off,
    Connecting,
    /// The server was not there when the studio started.
    Lost {
        problem: Problem,
        until: Moment,
    },
    /// There is no token, or not a right one.
    SignedOut(Problem),
    /// Signed in; nothing is known of this project yet.
    Waiting,
    InStep,
    /// Looked for again at `until`.
    Away {
        problem: Problem,
        until: Moment,
    },
    /// The server, or the disk here, said no to this revision of the script.
    Refused {
        problem: Problem,
        until: Moment,
        revision: u64,
    },
    /// Two versions wait for a choice.
    Differs,
    /// The server does not have the project any more.
    Gone,
}

/// Why a look came to nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Trouble {
    /// The server could not be reached: it passes by itself.
    pub away: bool,
    pub problem: Problem,
}

impl Link {
    /// True while a server answers, or would.
    pub fn is_on(&self) -> bool {
        !matches!(self, Link::Off | Link::Connecting | Link::Lost { .. } | Link::SignedOut(_))
    }

    /// A word or two beside “Saved”.
    pub fn word(&self) -> Option<&'static str> {
        Some(match self {
            Link::Off => return None,
            Link::Connecting | Link::Waiting => "Saved here",
            Link::InStep => "Saved · on server",
            Link::Away { .. } | Link::Lost { .. } => "Server not reached · kept here",
            Link::SignedOut(_) => "Signed out · kept here",
            Link::Refused { .. } => "Not sent · kept here",
            Link::Differs => "Two versions",
            Link::Gone => "Not on the server",
        })
    }

    /// What there is to say about it, and to do.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Link::Lost { problem, .. }
            | Link::Away { problem, .. }
            | Link::Refused { problem, .. }
            | Link::SignedOut(problem) => Some(problem),
            _ => None,
        }
    }

    pub(super) fn after(trouble: Trouble, failures: u32, revision: u64, now: Moment) -> Link {
        let (problem, until) = (trouble.problem, now.plus_secs(wait_secs(failures)));
        if trouble.away { Link::Away { problem, until } } else { Link::Refused { problem, until, revision } }
    }
}

/// Seconds to wait after so many failures in a row: 2, 4, 8 … 60.
pub(super) fn wait_secs(failures: u32) -> f64 {
    f64::from(2u32.saturating_pow(failures.clamp(1, 10))).min(LONGEST_SECS)
}

/// A token as it was typed. `Debug` is blank.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    pub fn new(text: impl Into<String>) -> Key {
        Key(text.into())
    }

    /// The token itself, for who sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}
