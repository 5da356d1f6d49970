//! `onetake listen`: the recogniser's process, which the studio starts when a voice is followed. Nothing for people.

use std::io::{stdin, stdout};

use crate::core::problem::Problem;
use crate::jobs::follow;

#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    /// Folder of the speech model; without it the one that is installed.
    #[arg(long, value_name = "DIR")]
    pub model: Option<String>,
}

pub fn run(arguments: &Arguments) -> Result<u8, Problem> {
    // Standard output is locked for good: nothing else may write between the lines.
    follow::listen(stdin().lock(), stdout().lock(), arguments.model.as_deref()).map(|()| 0)
}
