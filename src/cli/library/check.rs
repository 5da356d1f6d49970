//! `onetake library check`: what is not as it should be, one sentence each, and every uploaded take read again and compared with
//! its fingerprint.

use std::io::{IsTerminal, Write};
use std::path::Path;

use serde::Serialize;

use crate::cli::drive::Headless;
use crate::cli::{Common, heal, print_json, print_line, upload};
use crate::core::blocks::Damage;
use crate::core::finding::Finding;
use crate::core::problem::{Kind, Problem};
use crate::core::take::{Take, TakeState};
use crate::jobs::check::Manner;
use crate::jobs::house::House;
use crate::jobs::{check, library};

#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    /// Id of a take, its beginning, or “last”: only this one is compared. Without it everything is looked at.
    pub take: Option<String>,
    /// Look at files without reading them.
    #[arg(long)]
    pub fast: bool,
    /// Put right what can be without losing anything.
    #[arg(long, conflicts_with = "take")]
    pub repair: bool,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    ok: bool,
    takes: Vec<Checked>,
    findings: Vec<Finding>,
}

/// One take.
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
    let show = !common.json && std::io::stderr().is_terminal();
    let (takes, findings) = match &arguments.take {
        Some(name) => (vec![upload::find(&house, name)?], Vec::new()),
        None => {
            library::reconcile(&house)?;
            let findings = look(&house, arguments, show)?;
            let takes = house.db.all_takes()?.into_iter().filter(|take| take.state != TakeState::Recording);
            (if arguments.fast { Vec::new() } else { takes.collect() }, findings)
        }
    };
    let takes = compare(house, &takes)?;
    let ok = takes.iter().all(|take| take.status != "damaged") && findings.iter().all(|finding| finding.repaired);
    let answer = Answer { ok, takes, findings };
    if common.json {
        print_json(&answer);
    } else {
        answer.takes.iter().for_each(|take| print_line(&take.words));
        answer.findings.iter().for_each(|finding| print_line(finding.sentence()));
        if answer.ok && arguments.take.is_none() {
            print_line("Everything is as it should be.");
        }
    }
    Ok(u8::from(!answer.ok))
}

fn look(house: &House, arguments: &Arguments, show: bool) -> Result<Vec<Finding>, Problem> {
    let manner = Manner { fast: arguments.fast, repair: arguments.repair };
    let mut reading = |file: &Path| {
        if show {
            let name = file.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
            let _ = write!(std::io::stderr(), "\r\x1b[KReading {name}");
        }
    };
    let found = check::run(house, manner, &mut reading);
    if show {
        let _ = write!(std::io::stderr(), "\r\x1b[K");
    }
    found
}

fn compare(house: House, takes: &[Take]) -> Result<Vec<Checked>, Problem> {
    if takes.is_empty() {
        return Ok(Vec::new());
    }
    let (settings, _) = house.settings();
    let mut studio = Headless::start(house, settings)?;
    let checked = takes.iter().map(|take| compared(&mut studio, take)).collect();
    studio.finish();
    checked
}

fn compared(studio: &mut Headless, take: &Take) -> Result<Checked, Problem> {
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
