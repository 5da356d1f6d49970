//! Placing jobs: the prompt's version, the row, its files and its price, all of them or none; and whether the money is there is asked in
//! the same transaction, so that two processes can't spend it twice.

use rusqlite::{Connection, TransactionBehavior, params};

use super::super::error::{Error, Fault};
use super::super::open::Db;
use super::super::scripts;
use super::super::value::{Uint, to_json};
use super::money;
use super::past::{Parent, Past};
use crate::core::asset::AssetId;
use crate::core::engine::Money;
use crate::core::job::{Kind, State};
use crate::core::prompt::{Purpose, Source};
use crate::core::queue::{Budget, MOST_WAITING, Quote, Spent, Sum, Verdict, Why};

/// A job to be placed. Its files are assets already.
#[derive(Clone, Debug)]
pub struct NewJob {
    pub id: String,
    pub project: Option<String>,
    pub engine: String,
    pub model: String,
    pub kind: Kind,
    pub prompt: String,
    pub purpose: Purpose,
    /// The version it was improved from; with the same words it is used again.
    pub parent_version: Option<String>,
    /// The script's text, and the bytes of it that it is for.
    pub sentence: Option<(String, std::ops::Range<usize>)>,
    /// A JSON object, without a key.
    pub params: serde_json::Value,
    pub seed: Option<i64>,
    pub inputs: Vec<(&'static str, AssetId)>,
    pub quote: Option<Money>,
    pub retry_of: Option<String>,
}

/// What became of jobs that were to be placed.
#[derive(Clone, Debug, PartialEq)]
pub enum Placed {
    /// All of them wait, at these places.
    Waiting(Vec<i64>),
    /// None does: the budget stops them.
    Asks { why: Why },
    /// None does: there are too many already.
    Full,
}

impl Db {
    /// Places jobs behind all others, unless a budget stops them; `None` where a person has said that they are to go on.
    pub fn place(&self, jobs: &[NewJob], budget: Option<&Budget>, now: &str) -> Result<Placed, Error> {
        let name = jobs.first().map_or("", |job| &job.id);
        self.write("job", name, |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let waiting: Uint = transaction
                .prepare_cached("SELECT count(*) FROM jobs WHERE state = 'queued'")?
                .query_row([], |row| row.get(0))?;
            if waiting.0 as usize + jobs.len() > MOST_WAITING {
                return Ok(Placed::Full);
            }
            if let Some(budget) = budget {
                let wanted: Vec<_> = jobs.iter().map(|job| (job.project.clone(), job.quote.clone())).collect();
                if let Some(why) = judge(&wanted, budget, |project| money::spent(&transaction, project, now))? {
                    return Ok(Placed::Asks { why });
                }
            }
            let last: i64 = transaction.query_row("SELECT coalesce(max(place), 0) FROM jobs", [], |row| row.get(0))?;
            let places: Vec<i64> = (last + 1..).take(jobs.len()).collect();
            let past = Past::of(&transaction, jobs)?;
            for (job, place) in jobs.iter().zip(&places) {
                let version = version(&transaction, job, &past, now)?;
                insert(&transaction, job, &version, *place, budget.is_none(), now)?;
            }
            transaction.commit()?;
            Ok(Placed::Waiting(places))
        })
    }
}

/// Project and price of what is wanted.
type Wanted = (Option<String>, Option<Money>);

/// Why a budget stops these. What is asked for together belongs together; each project has its own
/// sum, and `spent` says what it and the month have spent.
pub(super) fn judge(
    wanted: &[Wanted],
    budget: &Budget,
    spent: impl Fn(Option<&str>) -> Result<Spent, Fault>,
) -> Result<Option<Why>, Fault> {
    let sum = |of: &mut dyn Iterator<Item = &Wanted>| {
        let quotes: Vec<Quote> = of.map(|(_, cost)| Quote { cost: cost.clone(), by_engine: false }).collect();
        Sum::of(&quotes)
    };
    let mut projects: Vec<Option<&str>> = wanted.iter().map(|(project, _)| project.as_deref()).collect();
    projects.sort_unstable();
    projects.dedup();
    let all = sum(&mut wanted.iter());
    for project in projects {
        let spent = spent(project)?;
        let part = sum(&mut wanted.iter().filter(|(of, _)| of.as_deref() == project));
        // The month's line is for all of them, the project's for its own.
        let month = Budget { project_micros: None, ..*budget };
        for verdict in [month.judge(spent, &all, false), budget.judge(spent, &part, project.is_some())] {
            if let Verdict::Asks { why } = verdict {
                return Ok(Some(why));
            }
        }
    }
    Ok(None)
}

/// The prompt's version that the job is asked with: the one it came from when the words are the same, else its next one, or the first of
/// a prompt of its own.
fn version(connection: &Connection, job: &NewJob, past: &Past, now: &str) -> Result<String, Fault> {
    let parent = past.parent(connection, job)?;
    if let Some(parent) = parent.as_ref().filter(|parent| parent.text == job.prompt) {
        return Ok(parent.id.clone());
    }
    let sentence = match (&job.sentence, &job.project) {
        (Some((text, bytes)), Some(project)) => {
            let bytes = bytes.start.min(text.len())..bytes.end.min(text.len()).max(bytes.start.min(text.len()));
            Some((scripts::note(connection, project, text)?, bytes))
        }
        _ => None,
    };
    let (prompt, number) = match &parent {
        Some(Parent { prompt, .. }) => {
            let newest = "SELECT coalesce(max(number), 0) + 1 FROM prompt_versions WHERE prompt = ?1";
            (prompt.clone(), connection.prepare_cached(newest)?.query_row([prompt], |row| row.get::<_, u32>(0))?)
        }
        None => {
            let prompt = uuid::Uuid::now_v7().to_string();
            let source = if job.sentence.is_some() { Source::Script } else { Source::Written };
            connection
                .prepare_cached("INSERT INTO prompts (id, project, purpose, source, created_at) VALUES (?1, ?2, ?3, ?4, ?5)")?
                .execute(params![prompt, job.project, job.purpose.name(), source.name(), now])?;
            (prompt, 1)
        }
    };
    let id = uuid::Uuid::now_v7().to_string();
    let came_from = parent.as_ref().map(|parent| &parent.id);
    connection
        .prepare_cached(
            "INSERT INTO prompt_versions (id, prompt, number, text, parent, script, first, past, made_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            id,
            prompt,
            number,
            job.prompt,
            came_from,
            sentence.as_ref().map(|(script, _)| script),
            sentence.as_ref().map(|(_, bytes)| Uint(bytes.start as u64)),
            sentence.as_ref().map(|(_, bytes)| Uint(bytes.end as u64)),
            now,
        ])?;
    Ok(id)
}

fn insert(connection: &Connection, job: &NewJob, version: &str, place: i64, agreed: bool, now: &str) -> Result<(), Fault> {
    // Words don't wait: whoever placed them asks for them at once, and streams them (`jobs::words`).
    let sent = job.kind == Kind::Text;
    let state = if sent { State::Submitted } else { State::Queued };
    let micros = job.quote.as_ref().map(|quote| Uint(quote.micros));
    let currency = job.quote.as_ref().map_or("", |quote| &quote.currency);
    connection
        .prepare_cached(
            "INSERT INTO jobs (id, project, engine, model, kind, params, seed, prompt_version, state, cost_micros, currency,
                               created_at, updated_at, place, quote_micros, quote_currency, retry_of, sent_at, tries, agreed)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12, ?13, ?10, ?11, ?14, ?15, ?16, ?17)",
        )?
        .execute(params![
            job.id,
            job.project,
            job.engine,
            job.model,
            job.kind.name(),
            to_json(&job.params)?,
            job.seed,
            version,
            state.name(),
            micros,
            currency,
            now,
            place,
            job.retry_of,
            sent.then_some(now),
            u32::from(sent),
            agreed,
        ])?;
    let mut input =
        connection.prepare_cached("INSERT INTO job_inputs (job, role, asset) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?;
    for (role, asset) in &job.inputs {
        input.execute((&job.id, role, &asset.0))?;
    }
    Ok(())
}
