//! Reading the queue: a window of the list, single rows, figures, and what whoever runs it needs to know.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row as Line, params};
use serde::{Deserialize, Serialize};

use super::super::error::{Error, Fault};
use super::super::jobs::job_of;
use super::super::open::Db;
use super::super::value::{Uint, json_or_none, named};
use super::money;
use crate::core::asset::AssetId;
use crate::core::engine::Money;
use crate::core::generate::TimedWord;
use crate::core::job::{Kind, State};
use crate::core::queue::{Group, Row, Totals, expected, typical};

/// A job that waits, as short as it can be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub id: String,
    pub engine: String,
    pub kind: Kind,
    pub place: i64,
    /// RFC 3339 UTC.
    pub due_at: Option<String>,
    /// It was not sent when its turn came, and nobody has answered since.
    pub held: bool,
}

/// Where a job stands on the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    pub id: String,
    pub state: State,
    pub place: i64,
    /// When it was over, else when it was placed.
    pub at: String,
    pub held: bool,
}

/// What came of a job, before it is in the library.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Landed {
    pub files: Vec<LandedFile>,
    pub text: Option<String>,
    pub words: Vec<TimedWord>,
    pub seed: Option<i64>,
    pub cost: Option<Money>,
}

/// A file in a job's landing folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LandedFile {
    /// Its name there.
    pub name: String,
    pub mime: String,
}

/// Jobs that are on the list, of each group.
const LISTED: &str = "FROM jobs LEFT JOIN prompt_versions ON prompt_versions.id = jobs.prompt_version WHERE cleared = 0 AND";
const COLUMNS: &str = "SELECT jobs.*, prompt_versions.text AS prompt";

/// How long such jobs take, by engine and model: the median, and the length of clip that it is for.
type Times = HashMap<(String, String), Option<(f64, Option<f64>)>>;

impl Db {
    /// `most` rows of the list from the `from`th on (from 0), in the order of the groups.
    pub fn queue_rows(&self, from: usize, most: usize) -> Result<Vec<Row>, Error> {
        self.with(|connection| {
            let (mut rows, mut skip, mut times) = (Vec::new(), from, Times::new());
            for group in Group::ALL {
                let count = count(connection, group)?;
                let left = most - rows.len();
                if skip < count && left > 0 {
                    let (states, order) = by(group);
                    let mut statement = connection.prepare_cached(&format!(
                        "{COLUMNS} {LISTED} state IN ({states}) ORDER BY {order} LIMIT ?1 OFFSET ?2"
                    ))?;
                    let mut found = statement.query(params![Uint(left as u64), Uint(skip as u64)])?;
                    while let Some(line) = found.next()? {
                        rows.push(row_of(connection, line, &mut times)?);
                    }
                }
                skip = skip.saturating_sub(count);
            }
            Ok(rows)
        })
    }

    /// The rows of these jobs, in this order; one that is not there is passed over.
    pub fn queue_rows_of(&self, ids: &[String]) -> Result<Vec<Row>, Error> {
        self.with(|connection| {
            let (mut rows, mut times) = (Vec::new(), Times::new());
            let mut statement = connection.prepare_cached(&format!(
                "{COLUMNS} FROM jobs LEFT JOIN prompt_versions ON prompt_versions.id = jobs.prompt_version WHERE jobs.id = ?1"
            ))?;
            for id in ids {
                let mut found = statement.query([id])?;
                if let Some(line) = found.next()? {
                    rows.push(row_of(connection, line, &mut times)?);
                }
            }
            Ok(rows)
        })
    }

    /// Every job on the list.
    pub fn queue_places(&self) -> Result<Vec<Listing>, Error> {
        self.with(|connection| {
            let sql = "SELECT id, state, place, coalesce(ended_at, created_at) AS at, held IS NOT NULL AS held FROM jobs
                       WHERE cleared = 0";
            let mut statement = connection.prepare_cached(sql)?;
            let listing = |row: &Line<'_>| {
                let state = named(row, "state", State::named)?;
                Ok(Listing { id: row.get("id")?, state, place: row.get("place")?, at: row.get("at")?, held: row.get("held")? })
            };
            Ok(statement.query_map([], listing)?.collect::<Result<_, _>>()?)
        })
    }

    /// Up to two jobs whose ids begin so, the newest first.
    pub fn jobs_beginning(&self, id: &str) -> Result<Vec<String>, Error> {
        self.with(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT id FROM jobs WHERE id >= ?1 AND id < ?1 || char(1114111) ORDER BY id DESC LIMIT 2")?;
            Ok(statement.query_map([id], |row| row.get(0))?.collect::<Result<_, _>>()?)
        })
    }

    /// The figures, but for what only whoever runs the queue knows. `now` is RFC 3339 UTC.
    pub fn queue_totals(&self, project: Option<&str>, now: &str) -> Result<Totals, Error> {
        self.with(|connection| {
            let of = |group| count(connection, group);
            Ok(Totals {
                going: of(Group::Going)?,
                waiting: of(Group::Waiting)?,
                failed: of(Group::Failed)?,
                done: of(Group::Done)?,
                cancelled: of(Group::Cancelled)?,
                paused: false,
                spent: money::spent(connection, project, now)?,
                resting: Vec::new(),
            })
        })
    }

    /// All that wait, by place.
    pub fn waiting_jobs(&self) -> Result<Vec<Waiting>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, engine, place, due_at, held IS NOT NULL, kind FROM jobs WHERE state = 'queued' ORDER BY place, id",
            )?;
            let waiting = |row: &Line<'_>| {
                let (id, engine, place) = (row.get(0)?, row.get(1)?, row.get(2)?);
                Ok(Waiting {
                    id,
                    engine,
                    kind: named(row, "kind", Kind::named)?,
                    place,
                    due_at: row.get(3)?,
                    held: row.get(4)?,
                })
            };
            Ok(statement.query_map([], waiting)?.collect::<Result<_, _>>()?)
        })
    }

    /// Ids of those in one of the groups, in its order; cleared ones too.
    pub fn jobs_in(&self, group: Group) -> Result<Vec<String>, Error> {
        self.with(|connection| {
            let (states, order) = by(group);
            let mut statement =
                connection.prepare_cached(&format!("SELECT id FROM jobs WHERE state IN ({states}) ORDER BY {order}"))?;
            Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
        })
    }

    /// Ids of jobs at an engine that somebody wants stopped.
    pub fn jobs_to_cancel(&self) -> Result<Vec<String>, Error> {
        self.with(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT id FROM jobs WHERE state IN ('submitted', 'running') AND cancel = 1")?;
            Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
        })
    }

    /// What lies in a job's landing folder, when it is known to lie there.
    pub fn landed(&self, id: &str) -> Result<Option<Landed>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT landed, written, heard, seed FROM jobs WHERE id = ?1")?;
            let read = |row: &Line<'_>| {
                let Some(files) = json_or_none(row, "landed")? else { return Ok(None) };
                let words = json_or_none(row, "heard")?.unwrap_or_default();
                Ok(Some(Landed { files, text: row.get("written")?, words, seed: row.get("seed")?, cost: None }))
            };
            Ok(statement.query_row([id], read).optional()?.flatten())
        })
    }

    /// The words of a transcription with their times.
    pub fn job_words(&self, id: &str) -> Result<Vec<TimedWord>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT heard FROM jobs WHERE id = ?1")?;
            Ok(statement.query_row([id], |row| json_or_none(row, "heard")).optional()?.flatten().unwrap_or_default())
        })
    }

    /// A number that is another one after another connection has written; cheap to ask.
    pub fn data_version(&self) -> Result<i64, Error> {
        self.with(|connection| Ok(connection.pragma_query_value(None, "data_version", |row| row.get(0))?))
    }
}

/// States and order of a group.
fn by(group: Group) -> (&'static str, &'static str) {
    match group {
        Group::Going => ("'submitted', 'running'", "sent_at, jobs.id"),
        Group::Waiting => ("'queued'", "place, jobs.id"),
        Group::Failed => ("'failed'", "ended_at DESC, jobs.id DESC"),
        Group::Done => ("'done'", "ended_at DESC, jobs.id DESC"),
        Group::Cancelled => ("'cancelled'", "ended_at DESC, jobs.id DESC"),
    }
}

fn count(connection: &Connection, group: Group) -> Result<usize, Fault> {
    let states = by(group).0;
    let mut statement =
        connection.prepare_cached(&format!("SELECT count(*) FROM jobs WHERE cleared = 0 AND state IN ({states})"))?;
    Ok(statement.query_row([], |row| row.get::<_, Uint>(0))?.0 as usize)
}

fn row_of(connection: &Connection, line: &Line<'_>, times: &mut Times) -> Result<Row, Fault> {
    let job = job_of(connection, line)?;
    let made = connection
        .prepare_cached(
            "SELECT asset FROM job_outputs JOIN assets ON assets.id = asset WHERE job_outputs.job = ?1 AND binned_at IS NULL
             ORDER BY place",
        )?
        .query_map([&job.id], |row| Ok(AssetId(row.get(0)?)))?
        .collect::<Result<_, _>>()?;
    let key = (job.engine.clone(), job.model.clone());
    let time = match times.get(&key) {
        Some(known) => *known,
        None => *times.entry(key).or_insert(time(connection, &job.engine, &job.model)?),
    };
    let wanted = job.params.get("seconds").and_then(serde_json::Value::as_f64);
    let quote: Option<Uint> = line.get("quote_micros")?;
    let currency: String = line.get("quote_currency")?;
    Ok(Row {
        prompt: line.get::<_, Option<String>>("prompt")?.unwrap_or_default(),
        place: line.get("place")?,
        before: line.get("ahead")?,
        progress: line.get("progress")?,
        expected_secs: time.map(|(took, made)| expected(took, made, wanted)),
        failure: json_or_none(line, "failure")?,
        kept: line.get("kept")?,
        held: json_or_none(line, "held")?,
        quote: quote.map(|micros| Money { micros: micros.0, currency }),
        sent_at: line.get("sent_at")?,
        tries: line.get("tries")?,
        retry_of: line.get("retry_of")?,
        made,
        text: line.get("written")?,
        job,
    })
}

/// How long the newest jobs of a model took.
fn time(connection: &Connection, engine: &str, model: &str) -> Result<Option<(f64, Option<f64>)>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT (julianday(ended_at) - julianday(sent_at)) * 86400.0, json_extract(params, '$.seconds') FROM jobs
         WHERE state = 'done' AND engine = ?1 AND model = ?2 AND sent_at IS NOT NULL ORDER BY ended_at DESC LIMIT 25",
    )?;
    let rows: Vec<(Option<f64>, Option<f64>)> =
        statement.query_map([engine, model], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    let took: Vec<f64> = rows.iter().filter_map(|(secs, _)| *secs).collect();
    let made: Vec<f64> = rows.iter().filter_map(|(_, made)| *made).collect();
    Ok(typical(&took).map(|secs| (secs, typical(&made))))
}
