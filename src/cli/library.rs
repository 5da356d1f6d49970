//! `onetake library`: looks after what is kept.

mod change;
mod check;
mod import;
mod list;
mod project;
mod rebuild;
mod show;

use super::Common;
use crate::core::asset::Asset;
use crate::core::problem::Problem;
use crate::jobs::house::{Claim, House};

#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    pub what: What,
}

#[derive(Clone, Debug, clap::Subcommand)]
pub enum What {
    /// List or find media: takes, films, what was brought in and what was made.
    List(list::Arguments),
    /// Everything known of one asset, what it comes from and what came from it.
    Show(show::Arguments),
    /// Put a tag on assets.
    Tag(change::Tag),
    /// Take a tag off assets.
    Untag(change::Tag),
    /// Give an asset another name.
    Rename(change::Rename),
    /// Put assets into the bin, where they stay for 30 days.
    Bin(change::Several),
    /// Bring assets back from the bin.
    Restore(change::Several),
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

pub fn run(open: impl FnOnce(Claim) -> Result<House, Problem>, arguments: &Arguments, common: &Common) -> Result<u8, Problem> {
    let house = || open(Claim::Shared);
    match &arguments.what {
        What::List(list) => list::run(&house()?, list, common),
        What::Show(show) => show::run(&house()?, show, common),
        What::Tag(tag) => change::tag(&house()?, tag, common),
        What::Untag(tag) => change::untag(&house()?, tag, common),
        What::Rename(rename) => change::rename(&house()?, rename, common),
        What::Bin(several) => change::bin(&house()?, several, common),
        What::Restore(several) => change::restore(&house()?, several, common),
        What::Import(import) => import::run(&house()?, import, common),
        What::Check(check) => check::run(house()?, check, common),
        // The file it replaces may be one that can't be opened.
        What::Rebuild(rebuild) => rebuild::run(rebuild, common),
        What::Export(export) => project::export(&house()?, export, common),
        What::ImportProject(import) => project::import(&house()?, import, common),
    }
}

/// The asset that a person names: by its id or the beginning of it.
fn named(house: &House, name: &str) -> Result<Asset, Problem> {
    let mut found = house.db.assets_beginning(name)?.into_iter();
    match (found.next(), found.next()) {
        (Some(asset), None) => Ok(asset),
        (first, Some(second)) => first
            .into_iter()
            .chain([second])
            .find(|asset| asset.id.0 == name)
            .ok_or_else(|| Problem::usage(format!("More than one asset begins with “{name}”."), "Give more of its id.")),
        (None, None) => {
            let what = format!("There is no asset “{name}” in the library.");
            Err(Problem::usage(what, "Look at the ids with “onetake library list”."))
        }
    }
}
