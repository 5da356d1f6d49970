//! Requests to engines as rows, written before anything is sent, so that nothing is paid twice after a crash.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};

use super::error::{Error, Fault};
use super::open::Db;
use super::value::{Uint, json, named, to_json};
use crate::core::asset::AssetId;
use crate::core::job::{Job, Kind, State};

impl Db {
    /// Adds the job or replaces what is known of it; what it was given and asked stays as it was first said. `Error::Value` when a
    /// job that is over would go on.
    pub fn save_job(&self, job: &Job) -> Result<(), Error> {
        self.write("job", &job.id, |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            save(&transaction, job)?;
            for (role, asset) in &job.inputs {
                transaction
                    .prepare_cached("INSERT INTO job_inputs (job, role, asset) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?
                    .execute((&job.id, role, &asset.0))?;
            }
            Ok(transaction.commit()?)
        })
    }

    /// The job with this id.
    pub fn job(&self, id: &str) -> Result<Option<Job>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT * FROM jobs WHERE id = ?1")?;
            Ok(statement.query_row([id], |row| job_of(connection, row)).optional()?)
        })
    }

    /// All jobs that are not over, the oldest first.
    pub fn open_jobs(&self) -> Result<Vec<Job>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT * FROM jobs WHERE state IN ('queued', 'submitted', 'running') ORDER BY created_at, id",
            )?;
            Ok(statement.query_map([], |row| job_of(connection, row))?.collect::<Result<_, _>>()?)
        })
    }

    /// Notes which job made an asset.
    pub fn made_by(&self, asset: &AssetId, job: &str) -> Result<(), Error> {
        self.write("asset", &asset.0, |connection| {
            match connection.execute("UPDATE assets SET job = ?2 WHERE id = ?1", [&asset.0, job])? {
                0 => Err(super::assets::unknown(asset).into()),
                _ => Ok(()),
            }
        })
    }
}

fn save(transaction: &Transaction<'_>, job: &Job) -> Result<(), Fault> {
    transaction
        .prepare_cached(
            "INSERT INTO jobs (id, project, engine, model, kind, params, seed, prompt_version, state, provider_id, links,
                               cost_micros, currency, problem, created_at, updated_at, ended_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)
             ON CONFLICT (id) DO UPDATE SET
                seed = excluded.seed, state = excluded.state, provider_id = excluded.provider_id, links = excluded.links,
                cost_micros = excluded.cost_micros, currency = excluded.currency, problem = excluded.problem,
                updated_at = excluded.updated_at, ended_at = excluded.ended_at",
        )?
        .execute(params![
            job.id,
            job.project,
            job.engine,
            job.model,
            job.kind.name(),
            to_json(&job.params)?,
            job.seed,
            job.prompt_version,
            job.state.name(),
            job.provider_id,
            to_json(&job.links)?,
            job.cost_micros.map(Uint),
            job.currency,
            job.problem,
            job.created_at,
            job.updated_at,
            job.ended_at,
        ])?;
    Ok(())
}

pub(super) fn job_of(connection: &Connection, row: &Row<'_>) -> rusqlite::Result<Job> {
    let id: String = row.get("id")?;
    let inputs = connection
        .prepare_cached("SELECT role, asset FROM job_inputs WHERE job = ?1 ORDER BY role, asset")?
        .query_map([&id], |row| Ok((row.get(0)?, AssetId(row.get(1)?))))?
        .collect::<Result<_, _>>()?;
    Ok(Job {
        id,
        project: row.get("project")?,
        engine: row.get("engine")?,
        model: row.get("model")?,
        kind: named(row, "kind", Kind::named)?,
        params: json(row, "params")?,
        seed: row.get("seed")?,
        prompt_version: row.get("prompt_version")?,
        inputs,
        state: named(row, "state", State::named)?,
        provider_id: row.get("provider_id")?,
        links: json(row, "links")?,
        cost_micros: row.get::<_, Option<Uint>>("cost_micros")?.map(|cost| cost.0),
        currency: row.get("currency")?,
        problem: row.get("problem")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        ended_at: row.get("ended_at")?,
    })
}
