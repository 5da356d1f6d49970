//! What is found when the library is looked through: one sentence each, with what to do about it.

use serde::Serialize;

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    Database,
    Project,
    Take,
    Asset,
    /// What this machine, as a server, was sent.
    Recording,
    /// What a crash or another program left.
    Leftover,
}

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub about: About,
    /// What is wrong, in one sentence.
    pub what: String,
    /// What to do, in one sentence.
    pub fix: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// `--repair` can put it right without losing anything.
    pub repairable: bool,
    /// It has been put right.
    pub repaired: bool,
}

impl Finding {
    /// Something a person must look at.
    pub fn new(about: About, what: impl Into<String>, fix: impl Into<String>) -> Finding {
        Finding { about, what: what.into(), fix: fix.into(), path: None, repairable: false, repaired: false }
    }

    /// Something that can be put right without a person.
    pub fn repairable(about: About, what: impl Into<String>) -> Finding {
        let fix = "Run “onetake library check --repair”.";
        Finding { repairable: true, ..Finding::new(about, what, fix) }
    }

    #[must_use]
    pub fn at(self, path: &std::path::Path) -> Finding {
        Finding { path: Some(path.display().to_string()), ..self }
    }

    /// For a person.
    pub fn sentence(&self) -> String {
        if self.repaired { format!("{} Put right.", self.what) } else { format!("{} {}", self.what, self.fix) }
    }
}
