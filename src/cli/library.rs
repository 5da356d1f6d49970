//! `onetake library`: looks after what is kept. `check` reads every uploaded take again and compares it with its fingerprint.

mod change;
mod import;
mod list;
mod show;

use serde::Serialize;

use super::drive::Headless;
use super::{Common, heal, print_json, print_line, upload};
use crate::core::asset::Asset;
use crate::core::blocks::Damage;
use crate::core::problem::{Kind, Problem};
use crate::core::take::{Take, TakeState};
use crate::jobs::house::House;
use crate::jobs::library;

#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    pub what: What,
}

#[derive(Clone, Debug, clap::Subcommand)]
pub enum What {
    /// Bring films, sound and pictures into the library.
    Import(import::Arguments),
    /// Compare takes with what was uploaded of them, byte by byte.
    Check {
        /// Id of a take, its beginning, or “last”; without it all takes.
        take: Option<String>,
    },
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
}

/// The answer: one entry a take.
#[derive(Debug, Serialize)]
struct Answer {
    ok: bool,
    takes: Vec<Checked>,
}

#[derive(Debug, Serialize)]
struct Checked {
    take: String,
    /// `whole`, `damaged`, or `not uploaded`: then there is nothing to compare it with.
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    damaged_bytes: Option<u64>,
    /// For people.
    #[serde(skip)]
    words: String,
}

pub fn run(house: House, arguments: &Arguments, common: &Common) -> Result<u8, Problem> {
    match &arguments.what {
        What::Import(arguments) => import::run(&house, arguments, common),
        What::Check { take } => check_takes(house, take.as_deref(), common),
        What::List(arguments) => list::run(&house, arguments, common),
        What::Show(arguments) => show::run(&house, arguments, common),
        What::Tag(arguments) => change::tag(&house, arguments, common),
        What::Untag(arguments) => change::untag(&house, arguments, common),
        What::Rename(arguments) => change::rename(&house, arguments, common),
        What::Bin(arguments) => change::bin(&house, arguments, common),
        What::Restore(arguments) => change::restore(&house, arguments, common),
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

fn check_takes(house: House, take: Option<&str>, common: &Common) -> Result<u8, Problem> {
    let takes = match take {
        Some(name) => vec![upload::find(&house, name)?],
        None => {
            library::reconcile(&house)?;
            house.db.all_takes()?.into_iter().filter(|take| take.state != TakeState::Recording).collect()
        }
    };
    let (settings, _) = house.settings();
    let mut studio = Headless::start(house, settings)?;
    let checked: Result<Vec<Checked>, Problem> = takes.iter().map(|take| check(&mut studio, take)).collect();
    studio.finish();
    let answer = Answer { ok: true, takes: checked? };
    let answer = Answer { ok: answer.takes.iter().all(|take| take.status != "damaged"), ..answer };
    if common.json {
        print_json(&answer);
    } else {
        answer.takes.iter().for_each(|take| print_line(&take.words));
    }
    Ok(u8::from(!answer.ok))
}

fn check(studio: &mut Headless, take: &Take) -> Result<Checked, Problem> {
    let checked = |status, damage: Option<Damage>, words: &str| Checked {
        take: take.id.0.clone(),
        status,
        damaged_bytes: damage.and_then(|damage| damage.bad_bytes),
        words: format!("Take {} of “{}” ({}): {words}", take.number, take.title, take.id),
    };
    match heal::check(studio, take) {
        Ok(None) => Ok(checked("whole", None, "whole.")),
        Ok(Some(damage)) => {
            let words = format!("{} Heal it with “onetake heal”.", damage.sentence());
            Ok(checked("damaged", Some(damage), &words))
        }
        Err(problem) if problem.kind == Kind::Usage => Ok(checked("not uploaded", None, "not uploaded.")),
        Err(problem) => Err(problem),
    }
}
