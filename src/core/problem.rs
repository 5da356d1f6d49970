//! What went wrong, in one sentence a person can act on. Adapters have their own typed errors; each turns into a `Problem`
//! once, on its way up, and is shown once: as a toast, on a page, or on the command line with its exit code.

use serde::{Deserialize, Serialize};

/// The class decides the exit code and how loudly the window speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The input was wrong: a file, an argument, a setting.
    Usage,
    /// A device or component (camera, encoder, driver) is not there or does not work.
    Missing,
    /// The disk: full, read-only, unreadable.
    Disk,
    /// The other side said no, or nonsense.
    Refused,
    /// The person cancelled. Never shown as an error.
    Cancelled,
    /// Anything else.
    Failed,
}

/// What happened and what to do. Never holds a secret: build it from names and numbers, not from requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{what} {fix}")]
pub struct Problem {
    pub kind: Kind,
    /// One sentence: what, and where.
    pub what: String,
    /// One sentence: what to do about it. May be empty when nothing can be done.
    pub fix: String,
}

impl Problem {
    pub fn new(kind: Kind, what: impl Into<String>, fix: impl Into<String>) -> Problem {
        Problem { kind, what: what.into(), fix: fix.into() }
    }

    pub fn usage(what: impl Into<String>, fix: impl Into<String>) -> Problem {
        Problem::new(Kind::Usage, what, fix)
    }

    pub fn missing(what: impl Into<String>, fix: impl Into<String>) -> Problem {
        Problem::new(Kind::Missing, what, fix)
    }

    pub fn disk(what: impl Into<String>, fix: impl Into<String>) -> Problem {
        Problem::new(Kind::Disk, what, fix)
    }

    pub fn refused(what: impl Into<String>, fix: impl Into<String>) -> Problem {
        Problem::new(Kind::Refused, what, fix)
    }

    pub fn failed(what: impl Into<String>, fix: impl Into<String>) -> Problem {
        Problem::new(Kind::Failed, what, fix)
    }

    pub fn cancelled() -> Problem {
        Problem::new(Kind::Cancelled, "Cancelled.", "")
    }

    /// Exit code of a command that ends with this problem (README, "Exit codes").
    pub fn exit_code(&self) -> u8 {
        match self.kind {
            Kind::Failed => 1,
            Kind::Usage => 2,
            Kind::Missing => 3,
            Kind::Disk => 4,
            Kind::Refused => 5,
            Kind::Cancelled => 130,
        }
    }
}
