//! `onetake library import`: brings films, sound and pictures into the library. With `--json` each file is a line, and so is the
//! progress now and then; the last object is the answer.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;
use serde_json::json;

use super::super::{Common, complain, print_json, print_line};
use crate::core::import::{Became, Outcome, Progress, Report, Wanted};
use crate::core::problem::{Kind, Problem};
use crate::jobs::glance::maker::Maker;
use crate::jobs::house::House;
use crate::jobs::import::{Orders, Watch, import};
use crate::jobs::signals::Asked;

#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    /// Files, and folders with all that is in them.
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Leave the files where they are instead of copying them.
    #[arg(long)]
    pub link: bool,
    /// Tag them; may be given more than once.
    #[arg(long = "tag", value_name = "TAG")]
    pub tags: Vec<String>,
    /// Id or title of the project they belong to.
    #[arg(long)]
    pub project: Option<String>,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer<'a> {
    added: usize,
    known: usize,
    refused: u64,
    cancelled: bool,
    bytes: u64,
    seconds: f64,
    /// Ids, in the order they came in.
    assets: Vec<&'a str>,
    /// Why it ended before all was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<&'a str>,
}

pub fn run(house: &House, arguments: &Arguments, common: &Common) -> Result<u8, Problem> {
    let project = arguments.project.as_deref().map(|name| project(house, name)).transpose()?;
    let orders = Arc::new(Orders::default());
    let told = Arc::clone(&orders);
    let _asked = Asked::listen(house.runtime.handle(), move || told.cancel.store(true, Ordering::Relaxed));
    let wanted = Wanted { paths: arguments.paths.clone(), link: arguments.link, project, tags: arguments.tags.clone() };
    let teller =
        Teller { json: common.json, line: !common.json && std::io::stderr().is_terminal(), dirty: AtomicBool::new(false) };
    let report = import(house, &Maker::new(&house.folder), &wanted, &orders, &teller);
    teller.clear();
    answer(&report, common.json);
    Ok(exit_code(&report))
}

/// The id of the project somebody means.
fn project(house: &House, name: &str) -> Result<String, Problem> {
    let known = house.db.projects()?;
    let by_title = || {
        let mut titled = known.iter().filter(|project| project.title == name);
        titled.next().filter(|_| titled.next().is_none())
    };
    match known.iter().find(|project| project.id == name).or_else(by_title) {
        Some(project) => Ok(project.id.clone()),
        None => Err(Problem::usage(
            format!("There is no project “{name}”, or more than one."),
            "Give its id: the name of its folder under projects/.",
        )),
    }
}

fn answer(report: &Report, json: bool) {
    let stopped = report.stopped.as_ref();
    if !json {
        print_line(report.sentence());
        if let Some(problem) = stopped {
            complain(problem);
        }
        return;
    }
    let shown = stopped.filter(|problem| problem.kind != Kind::Cancelled);
    print_json(&Answer {
        added: report.added.len(),
        known: report.known.len(),
        refused: report.refused,
        cancelled: stopped.is_some_and(|problem| problem.kind == Kind::Cancelled),
        bytes: report.bytes,
        seconds: report.secs,
        assets: report.added.iter().map(|id| id.0.as_str()).collect(),
        error: shown.map(|problem| problem.what.as_str()),
        fix: shown.map(|problem| problem.fix.as_str()),
    });
}

/// What ended it early; else the reason when nothing could be used, and a plain failure when something could not.
fn exit_code(report: &Report) -> u8 {
    let none = report.added.is_empty() && report.known.is_empty();
    match (&report.stopped, report.refusals.first()) {
        (Some(problem), _) => problem.exit_code(),
        (None, Some((_, problem))) if none => problem.exit_code(),
        (None, first) => u8::from(first.is_some()),
    }
}

/// Tells who waits.
struct Teller {
    json: bool,
    /// There is a terminal with a line that is written over.
    line: bool,
    dirty: AtomicBool,
}

impl Teller {
    fn clear(&self) {
        if self.dirty.swap(false, Ordering::Relaxed) {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}

impl Watch for Teller {
    fn progress(&self, progress: &Progress) {
        if self.json {
            let mut event = json!({ "event": "progress", "part": progress.part() });
            if let (Some(event), Ok(serde_json::Value::Object(more))) = (event.as_object_mut(), serde_json::to_value(progress))
            {
                event.extend(more);
            }
            print_json(&event);
        } else if self.line {
            self.dirty.store(true, Ordering::Relaxed);
            let _ = write!(std::io::stderr(), "\r\x1b[K{:3.0} %  {}", progress.part() * 100.0, progress.sentence());
        }
    }

    fn became(&self, outcome: &Outcome) {
        let file = &outcome.file;
        match &outcome.became {
            Became::Added(asset) if self.json => print_json(&json!({ "event": "added", "file": file, "asset": asset })),
            Became::Known(asset) if self.json => print_json(&json!({ "event": "known", "file": file, "asset": asset })),
            Became::Refused(problem) if self.json => {
                print_json(&json!({ "event": "refused", "file": file, "error": problem.what, "fix": problem.fix }));
            }
            Became::Refused(problem) => {
                self.clear();
                complain(problem);
            }
            // The last line counts them.
            Became::Added(_) | Became::Known(_) => {}
        }
    }
}
