//! `onetake library rebuild`: the database made anew from the folders, and put in the old one's place.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::cli::{Common, print_json, print_line};
use crate::core::problem::Problem;
use crate::jobs::rebuild::{self, Found, Rebuilt};

#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    /// Tell what would come of it, and change nothing.
    #[arg(long)]
    pub dry_run: bool,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer<'a> {
    ok: bool,
    dry_run: bool,
    #[serde(flatten)]
    found: &'a Found,
    /// Rows taken over from the old file, by table.
    carried: BTreeMap<&'a str, usize>,
    /// What of the old file could not be read.
    unreadable: Vec<String>,
    /// Takes the old file knew and whose folders are gone.
    gone: &'a [String],
    /// Where the old file is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    old: Option<String>,
}

pub fn run(arguments: &Arguments, common: &Common) -> Result<u8, Problem> {
    let rebuilt = rebuild::run(common.data.as_deref(), arguments.dry_run)?;
    let carried = rebuilt.carried.iter().flat_map(|carried| &carried.rows);
    let tables = rebuilt.carried.iter().flat_map(|carried| &carried.unreadable);
    let unreadable = tables.map(|(table, why)| format!("{table}: {why}")).chain(rebuilt.unreadable.clone());
    let answer = Answer {
        ok: rebuilt.found.passed_over.is_empty(),
        dry_run: arguments.dry_run,
        found: &rebuilt.found,
        carried: carried.map(|(table, rows)| (table.as_str(), *rows)).collect(),
        unreadable: unreadable.collect(),
        gone: &rebuilt.gone,
        old: rebuilt.old.as_ref().map(|path| path.display().to_string()),
    };
    if common.json {
        print_json(&answer);
    } else {
        tell(&rebuilt, &answer);
    }
    Ok(u8::from(!answer.ok))
}

fn tell(rebuilt: &Rebuilt, answer: &Answer<'_>) {
    let Found { projects, takes, assets, binned, passed_over } = &rebuilt.found;
    print_line(format_args!("From the folders: projects {projects}, takes {takes}, media {assets}, in the bin {binned}."));
    if !answer.carried.is_empty() {
        let rows: usize = answer.carried.values().sum();
        print_line(format_args!("From the old library: {rows} rows."));
    }
    answer.unreadable.iter().for_each(|why| print_line(format_args!("Not taken over: {why}.")));
    rebuilt.gone.iter().for_each(|take| print_line(format_args!("{take} is gone: it has no folder.")));
    passed_over.iter().for_each(print_line);
    match (&answer.old, answer.dry_run) {
        (_, true) => print_line("Nothing was changed."),
        (Some(old), _) => print_line(format_args!("The old library is kept as {old}.")),
        (None, _) => {}
    }
}
