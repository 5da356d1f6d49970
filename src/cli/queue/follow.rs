//! Waiting for jobs: this process runs the queue when no studio does, and looks at the rows until all are over.

use std::collections::HashSet;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::super::{Common, print_json, print_line};
use crate::core::generate::{Class, Failure};
use crate::core::job::State;
use crate::core::problem::Problem;
use crate::core::queue::Row;
use crate::jobs::engines::Shop;
use crate::jobs::gate::Gate;
use crate::jobs::house::House;
use crate::jobs::queue::{self, Nobody, Outcome, Queue};
use crate::jobs::signals::Asked;

/// How often the rows are looked at.
const LOOK: Duration = Duration::from_millis(100);
/// What is held is asked about anew when a process begins to run the queue; after so many looks nobody will.
const HELD_LOOKS: u32 = 30;
/// How long jobs that are to be stopped are waited for.
const STOP_LOOKS: u32 = 250;

/// What a command needs to have something made.
pub struct Crew {
    pub house: Arc<House>,
    pub shop: Arc<Shop>,
    pub queue: Queue,
}

impl Crew {
    pub fn start(house: Arc<House>) -> Result<Crew, Problem> {
        let shop = Arc::new(Shop::new(Arc::clone(&house), queue::choices(&house)));
        if let Some(problem) = shop.problem() {
            super::super::complain(&problem);
        }
        let queue = Queue::start(Arc::clone(&house), Arc::clone(&shop), Arc::new(Gate::default()), Arc::new(Nobody))?;
        Ok(Crew { house, shop, queue })
    }

    /// Orders were placed, or stopped by the budget.
    pub fn see_through(
        self,
        outcome: Result<Outcome, Problem>,
        no_wait: bool,
        common: &Common,
        output: Option<&Path>,
    ) -> Result<u8, Problem> {
        let ids: Vec<String> = match outcome {
            Ok(outcome @ Outcome::Placed { .. }) => outcome.ids(),
            Ok(Outcome::Asks(why)) => {
                self.queue.finish();
                let fix = "Give --yes to go on this once, or raise the budget in Settings, Engines.";
                return Err(Problem::refused(why.words(), fix));
            }
            Err(problem) => {
                self.queue.finish();
                return Err(problem);
            }
        };
        if no_wait {
            self.queue.finish();
            if common.json {
                print_json(&json!({ "placed": ids }));
            } else {
                ids.iter().for_each(print_line);
            }
            return Ok(0);
        }
        self.wait(ids, common, output)
    }

    /// Waits until these are over and tells how each ended. Asked to end, it stops them.
    pub fn wait(self, ids: Vec<String>, common: &Common, output: Option<&Path>) -> Result<u8, Problem> {
        let followed = self.follow(&ids, common);
        self.queue.finish();
        let rows = followed?;
        let copied = match (output, rows.iter().find_map(|row| row.made.first())) {
            (Some(output), Some(asset)) => Some(copy(&self.house, &asset.0, output)?),
            _ => None,
        };
        if common.json {
            let jobs: Vec<Value> = rows.iter().map(|row| told(&self.house, row)).collect();
            print_json(&json!({ "jobs": jobs, "output": copied }));
        } else {
            rows.iter().for_each(|row| say(&self.house, row, output.is_some() && rows.len() == 1));
            copied.iter().for_each(print_line);
        }
        let worst = rows.iter().find(|row| row.job.state != State::Done);
        Ok(worst.map_or(0, |row| match &row.failure {
            Some(failure) => Problem::from(failure.clone()).exit_code(),
            None => Problem::cancelled().exit_code(),
        }))
    }

    fn follow(&self, ids: &[String], common: &Common) -> Result<Vec<Row>, Problem> {
        let asked = Asked::listen(self.house.runtime.handle(), || {});
        let show = !common.json && std::io::stderr().is_terminal();
        let mut open: HashSet<&String> = ids.iter().collect();
        let (mut stopping, mut looks, mut held) = (false, 0, 0);
        loop {
            let looked: Vec<String> = open.iter().copied().cloned().collect();
            let rows = self.house.db.queue_rows_of(&looked)?;
            for row in rows.iter().filter(|row| row.job.state.over()) {
                open.remove(&row.job.id);
            }
            if show {
                progress(ids.len(), &rows);
            }
            if open.is_empty() || looks > STOP_LOOKS {
                break;
            }
            if asked.to_end() && !stopping {
                stopping = true;
                self.queue.cancel(&looked)?;
            }
            looks += u32::from(stopping);
            if !stopping {
                self.give_up(&rows)?;
            }
            held = if rows.iter().all(|row| row.job.state.over() || row.held.is_some()) { held + 1 } else { 0 };
            if held > HELD_LOOKS {
                let why = rows.iter().find_map(|row| row.held.as_ref()).map_or_else(String::new, |held| held.why.words());
                return Err(Problem::refused(why, "“onetake queue allow” lets it go on this once; or raise the budget."));
            }
            std::thread::sleep(LOOK);
        }
        if show {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
        if asked.to_end() {
            return Err(Problem::cancelled());
        }
        Ok(self.house.db.queue_rows_of(ids)?)
    }

    /// Those that wait for something that only a person can do wait in vain: nobody is here who would.
    fn give_up(&self, rows: &[Row]) -> Result<(), Problem> {
        let waiting: Vec<&Row> = rows.iter().filter(|row| row.job.state == State::Queued).collect();
        if waiting.is_empty() {
            return Ok(());
        }
        let totals = self.queue.totals(None)?;
        if totals.paused {
            let what = "The queue is paused; what was ordered waits in it.";
            return Err(Problem::refused(what, "Go on with “onetake queue resume”, then “onetake queue run”."));
        }
        for resting in totals.resting.iter().filter(|resting| resting.secs.is_none()) {
            let stuck: Vec<String> =
                waiting.iter().filter(|row| row.job.engine == resting.engine).map(|row| row.job.id.clone()).collect();
            if !stuck.is_empty() {
                self.queue.cancel(&stuck)?;
            }
        }
        Ok(())
    }
}

/// A job as it is told in JSON.
pub fn told(house: &House, row: &Row) -> Value {
    let job = &row.job;
    let assets: Vec<Value> = row.made.iter().map(|id| json!({ "id": id.0, "file": file(house, &id.0) })).collect();
    json!({
        "id": job.id, "project": job.project, "engine": job.engine, "model": job.model, "kind": job.kind, "state": job.state,
        "prompt": row.prompt, "params": job.params, "seed": job.seed, "progress": row.progress,
        "cost_micros": job.cost_micros, "quote_micros": row.quote.as_ref().map(|quote| quote.micros), "currency": job.currency,
        "failure": row.failure, "kept": row.kept, "held": row.held.as_ref().map(|held| held.why.words()), "assets": assets,
        "text": row.text, "retry_of": row.retry_of,
        "created_at": job.created_at, "ended_at": job.ended_at,
    })
}

fn say(house: &House, row: &Row, quiet: bool) {
    match (&row.failure, row.job.state) {
        (Some(failure), State::Failed) => {
            let Failure { class, words, .. } = failure;
            let fix = if *class == Class::Cancelled { "" } else { class.fix() };
            super::super::complain(&Problem::failed(format!("{}: {words}", row.job.engine), fix));
        }
        (_, State::Cancelled) => super::super::complain(&Problem::failed(format!("{} was stopped.", row.job.id), "")),
        _ if quiet => {}
        _ => {
            row.made.iter().for_each(|id| print_line(file(house, &id.0).unwrap_or_else(|| id.0.clone())));
            row.text.iter().for_each(print_line);
        }
    }
}

fn file(house: &House, id: &str) -> Option<String> {
    let asset = house.db.asset(&crate::core::asset::AssetId(id.to_owned())).ok()??;
    Some(asset.file(house.folder.root()).to_string_lossy().into_owned())
}

fn copy(house: &House, id: &str, output: &Path) -> Result<String, Problem> {
    let from = file(house, id).unwrap_or_default();
    std::fs::copy(&from, output).map_err(|error| {
        let what = format!("{} can't be written ({error}).", output.display());
        Problem::disk(what, format!("What was made is in the library: {from}"))
    })?;
    Ok(output.to_string_lossy().into_owned())
}

fn progress(all: usize, open: &[Row]) {
    let going: Vec<f32> = open.iter().filter(|row| row.job.state != State::Queued).filter_map(|row| row.progress).collect();
    let part = going.iter().sum::<f32>() / going.len().max(1) as f32;
    let _ = write!(
        std::io::stderr(),
        "\r\x1b[K{} of {all} made, {:3.0} %",
        all - open.iter().filter(|row| !row.job.state.over()).count(),
        part * 100.0
    );
}
