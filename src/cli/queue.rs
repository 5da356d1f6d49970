//! `onetake queue`: what engines were asked for, from the command line. A studio that is open runs the queue itself; else the command
//! that waits for something does.

pub mod follow;

use std::sync::Arc;

use super::{Common, print_json, print_line};
use crate::core::problem::Problem;
use crate::core::queue::{Group, Row};
use crate::jobs::house::House;
use crate::jobs::queue;
use crate::studio::queue::Again;
use follow::{Crew, told};

/// Rows that `list` shows unless all are wanted.
const SHOWN: usize = 50;

#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    pub what: What,
}

#[derive(Clone, Debug, clap::Subcommand)]
pub enum What {
    /// List the jobs: those being made, those that wait, then what is over.
    List {
        /// All of them, not only the first fifty.
        #[arg(long)]
        all: bool,
    },
    /// Stop jobs.
    Cancel {
        /// Ids, or their beginnings.
        #[arg(required_unless_present = "all")]
        jobs: Vec<String>,
        /// All that wait or are being made.
        #[arg(long, conflicts_with = "jobs")]
        all: bool,
    },
    /// Try failed jobs again, and wait for them.
    Retry {
        /// Ids, or their beginnings.
        #[arg(required_unless_present = "failed")]
        jobs: Vec<String>,
        /// All that failed.
        #[arg(long, conflicts_with = "jobs")]
        failed: bool,
        /// Words in the place of those that failed.
        #[arg(long, value_name = "TEXT")]
        prompt: Option<String>,
        /// Order again, and pay again, even what can still be had.
        #[arg(long)]
        anew: bool,
        /// Go on whatever the budget says.
        #[arg(long)]
        yes: bool,
        /// Place them and end; a studio that is open makes them, or “onetake queue run”.
        #[arg(long)]
        no_wait: bool,
    },
    /// Let jobs go on that are held because they no longer fit the budget, at the price that holds them, and wait for them.
    Allow {
        /// Ids, or their beginnings.
        #[arg(required_unless_present = "all")]
        jobs: Vec<String>,
        /// All that are held.
        #[arg(long, conflicts_with = "jobs")]
        all: bool,
        /// Say so and end; a studio that is open makes them, or “onetake queue run”.
        #[arg(long)]
        no_wait: bool,
    },
    /// Work on the queue until nothing waits any more.
    Run,
    /// Send nothing more until “resume”. What is at an engine goes on there.
    Pause,
    Resume,
    /// Take what is over off the list; what was made stays in the library.
    Clear,
}

pub fn run(house: House, arguments: &Arguments, common: &Common) -> Result<u8, Problem> {
    match &arguments.what {
        What::List { all } => list(&house, *all, common),
        What::Cancel { jobs, all } => {
            let ids = if *all { open_jobs(&house)? } else { named(&house, jobs)? };
            let count = queue::cancel(&house, &ids)?;
            say(common, serde_json::json!({ "cancelled": count }), format_args!("Stopped: {count}."))
        }
        What::Retry { jobs, failed, prompt, anew, yes, no_wait } => {
            let ids = if *failed { listed(&house, Group::Failed)? } else { named(&house, jobs)? };
            let again = |id: &String| Again { prompt: prompt.clone(), anew: *anew, ..Again::same(id) };
            let tries: Vec<Again> = ids.iter().map(again).collect();
            let crew = Crew::start(Arc::new(house))?;
            let outcome = crew.queue.again(&tries, *yes);
            crew.see_through(outcome, *no_wait, common, None)
        }
        What::Allow { jobs, all, no_wait } => {
            let ids = if *all { house.db.held_jobs(None)? } else { named(&house, jobs)? };
            allow(house, &ids, *no_wait, common)
        }
        What::Run => {
            let crew = Crew::start(Arc::new(house))?;
            let ids = open_jobs(&crew.house)?;
            crew.wait(ids, common, None)
        }
        What::Pause => {
            queue::pause(&house, true)?;
            say(
                common,
                serde_json::json!({ "paused": true }),
                format_args!("Nothing more is sent until “onetake queue resume”."),
            )
        }
        What::Resume => {
            queue::pause(&house, false)?;
            say(common, serde_json::json!({ "paused": false }), format_args!("Jobs are sent again."))
        }
        What::Clear => {
            let count = queue::clear(&house)?;
            say(common, serde_json::json!({ "cleared": count }), format_args!("Taken off the list: {count}."))
        }
    }
}

fn allow(house: House, ids: &[String], no_wait: bool, common: &Common) -> Result<u8, Problem> {
    let allowed = house.db.agree_jobs(ids, &crate::clock::wall())?;
    if allowed == 0 {
        return Err(Problem::usage("None of these is held.", "“onetake queue list” shows what is."));
    }
    if no_wait {
        return say(common, serde_json::json!({ "allowed": allowed }), format_args!("They go on: {allowed}."));
    }
    Crew::start(Arc::new(house))?.wait(ids.to_vec(), common, None)
}

fn say(common: &Common, json: serde_json::Value, words: std::fmt::Arguments<'_>) -> Result<u8, Problem> {
    if common.json {
        print_json(&json)
    } else {
        print_line(words)
    }
    Ok(0)
}

fn list(house: &House, all: bool, common: &Common) -> Result<u8, Problem> {
    let totals = queue::totals(house, None, Vec::new())?;
    let rows = house.db.queue_rows(0, if all { usize::MAX >> 1 } else { SHOWN })?;
    if common.json {
        let jobs: Vec<_> = rows.iter().map(|row| told(house, row)).collect();
        print_json(&serde_json::json!({
            "jobs": jobs, "going": totals.going, "waiting": totals.waiting, "failed": totals.failed, "done": totals.done,
            "cancelled": totals.cancelled, "paused": totals.paused, "spent_this_month_micros": totals.spent.month_micros,
        }));
        return Ok(0);
    }
    let mut group = None;
    for row in &rows {
        if group.replace(row.group()) != Some(row.group()) {
            print_line(format_args!("{} ({})", row.group().label(), totals.of(row.group())));
        }
        print_line(line(row));
    }
    if rows.len() < totals.all() {
        print_line(format_args!("… and {} more (--all)", totals.all() - rows.len()));
    }
    if rows.is_empty() {
        print_line("The queue is empty.");
    }
    if totals.paused {
        print_line("Paused: nothing more is sent until “onetake queue resume”.");
    }
    Ok(0)
}

fn line(row: &Row) -> String {
    let job = &row.job;
    let prompt: String = row.prompt.chars().take(48).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut line = format!("  {}  {} {}  {prompt}", job.id, job.engine, job.model);
    if let Some(progress) = row.progress.filter(|_| row.group() == Group::Going) {
        line.push_str(&format!("  {:.0} %", progress * 100.0));
    }
    if let Some(held) = &row.held {
        line.push_str(&format!("  [Held] {}", held.why.words()));
    }
    if let Some(failure) = &row.failure {
        line.push_str(&format!("  [{}] {}", failure.class.label(), failure.words));
    }
    line
}

fn open_jobs(house: &House) -> Result<Vec<String>, Problem> {
    let mut ids = house.db.jobs_in(Group::Going)?;
    ids.extend(house.db.jobs_in(Group::Waiting)?);
    Ok(ids)
}

/// Those of a group that were not cleared away.
fn listed(house: &House, group: Group) -> Result<Vec<String>, Problem> {
    let places = house.db.queue_places()?;
    Ok(places.into_iter().filter(|place| Group::of(place.state) == group).map(|place| place.id).collect())
}

/// The ids that these are the beginnings of.
fn named(house: &House, begins: &[String]) -> Result<Vec<String>, Problem> {
    let one = |begin: &String| {
        let mut found = house.db.jobs_beginning(begin)?;
        match found.len() {
            1 => Ok(found.remove(0)),
            0 => {
                Err(Problem::usage(format!("There is no job {begin} in the queue."), "“onetake queue list” shows all of them."))
            }
            _ => Err(Problem::usage(format!("More than one job begins with {begin}."), "Give more of its id.")),
        }
    };
    begins.iter().map(one).collect()
}
