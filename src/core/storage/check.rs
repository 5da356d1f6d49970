//! What a test of the storage found: each thing that uploads need, tried for real.

use serde::Serialize;

use crate::core::problem::Problem;

/// One thing that was tried.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Check {
    /// In a word or three, for people.
    pub name: &'static str,
    #[serde(flatten)]
    pub found: Found,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Found {
    Works,
    Fails {
        problem: Problem,
    },
    /// Not tried, because something before it failed or this place has no such thing.
    Skipped {
        why: &'static str,
    },
}

/// The whole test.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Report {
    /// The place, for people.
    pub place: String,
    /// Where the keys were found.
    pub keys: String,
    pub checks: Vec<Check>,
}

impl Report {
    pub fn ok(&self) -> bool {
        self.problem().is_none() && !self.checks.is_empty()
    }

    /// The first thing that is wrong; what fails after it often fails because of it.
    pub fn problem(&self) -> Option<&Problem> {
        self.checks.iter().find_map(|check| match &check.found {
            Found::Fails { problem } => Some(problem),
            Found::Works | Found::Skipped { .. } => None,
        })
    }
}
