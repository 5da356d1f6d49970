//! `onetake library`: looks after what is kept.

mod check;
mod import;
mod project;
mod rebuild;

use super::Common;
use crate::core::problem::Problem;
use crate::jobs::house::{Claim, House};

#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    pub what: What,
}

#[derive(Clone, Debug, clap::Subcommand)]
pub enum What {
    /// Bring films, sound and pictures into the library.
    Import(import::Arguments),
    /// Look through the library, and compare takes with what was uploaded of them, byte by byte.
    Check(check::Arguments),
    /// Make the database anew from what lies in the data folder.
    Rebuild(rebuild::Arguments),
    /// Copy a project with its media and takes into one folder.
    Export(project::Export),
    /// Bring in a project that was exported.
    ImportProject(project::Import),
}

pub fn run(
    open: impl FnOnce(Claim) -> Result<House, Problem>,
    arguments: &Arguments,
    common: &Common,
) -> Result<u8, Problem> {
    let house = || open(Claim::Shared);
    match &arguments.what {
        What::Import(import) => import::run(&house()?, import, common),
        What::Check(check) => check::run(house()?, check, common),
        // The file it replaces may be one that can't be opened.
        What::Rebuild(rebuild) => rebuild::run(rebuild, common),
        What::Export(export) => project::export(&house()?, export, common),
        What::ImportProject(import) => project::import(&house()?, import, common),
    }
}
