//! The steps of a job's life. Many jobs' steps are written in one transaction, since a disk takes as long to sync one as to sync fifty;
//! each is told whether it was taken: a job that somebody cancelled meanwhile, or that another process has, is left alone.

use rusqlite::{Connection, TransactionBehavior, params};

use super::super::error::{Error, Fault};
use super::super::open::Db;
use super::super::value::{Uint, to_json};
use super::read::Landed;
use super::turn;
use crate::core::asset::AssetId;
use crate::core::engine::Money;
use crate::core::generate::{Failure, Ticket};
use crate::core::job::State;
use crate::core::queue::Terms;

/// One step of one job.
#[derive(Clone, Debug)]
pub enum Change {
    /// It is about to be sent. Not taken when it waits no more, or when the terms don't allow it: then it is held. `None` where there is
    /// no budget.
    Sends {
        id: String,
        terms: Option<Terms>,
    },
    /// The engine surely did not take it: it waits again, until `due_at` (RFC 3339 UTC).
    Waits {
        id: String,
        due_at: Option<String>,
        failure: Failure,
    },
    /// The engine has it, under this name and at this price.
    Taken {
        id: String,
        ticket: Ticket,
        cost: Option<Money>,
    },
    /// It is made there.
    Goes {
        id: String,
        running: bool,
        progress: Option<f32>,
        ahead: Option<u32>,
    },
    /// What it made lies in its folder.
    Landed {
        id: String,
        landed: Box<Landed>,
    },
    /// All is in the library.
    Done {
        id: String,
        assets: Vec<AssetId>,
    },
    /// It is over without a result. `cost`: what it has cost all the same; `None` leaves what is known. `kept`: it failed on this side,
    /// and what the engine has taken can still be had.
    Failed {
        id: String,
        failure: Failure,
        cost: Option<Money>,
        kept: bool,
    },
    Cancelled {
        id: String,
        cost: Option<Money>,
    },
}

impl Change {
    pub fn id(&self) -> &str {
        match self {
            Change::Sends { id, .. }
            | Change::Waits { id, .. }
            | Change::Taken { id, .. }
            | Change::Goes { id, .. }
            | Change::Landed { id, .. }
            | Change::Done { id, .. }
            | Change::Failed { id, .. }
            | Change::Cancelled { id, .. } => id,
        }
    }
}

impl Db {
    /// Writes the steps, all or none; tells of each whether its job was as it has to be for it. `now` is RFC 3339 UTC.
    pub fn change_jobs(&self, changes: &[Change], now: &str) -> Result<Vec<bool>, Error> {
        let name = changes.first().map_or("", Change::id);
        self.write("job", name, |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let taken = changes.iter().map(|change| apply(&transaction, change, now)).collect::<Result<_, _>>()?;
            transaction.commit()?;
            Ok(taken)
        })
    }

    /// Jobs that wait are cancelled; those at their engine are marked, for whoever runs them. Tells how many were not over.
    pub fn cancel_jobs(&self, ids: &[String], now: &str) -> Result<usize, Error> {
        self.write("jobs", "", |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let mut cancelled = 0;
            for id in ids {
                cancelled += transaction
                    .prepare_cached(
                        "UPDATE jobs SET state = 'cancelled', cost_micros = iif(cost_micros IS NULL, NULL, 0), ended_at = ?2,
                                updated_at = ?2, failure = NULL, problem = NULL, held = NULL WHERE id = ?1 AND state = 'queued'",
                    )?
                    .execute([id, now])?;
                cancelled += transaction
                    .prepare_cached(
                        "UPDATE jobs SET cancel = 1, updated_at = ?2 WHERE id = ?1 AND state IN ('submitted', 'running')",
                    )?
                    .execute([id, now])?;
            }
            transaction.commit()?;
            Ok(cancelled)
        })
    }

    /// Gives a waiting job a place before another waiting one, or behind all of them; the places between move up. False when it does not
    /// wait.
    pub fn move_job(&self, id: &str, before: Option<&str>) -> Result<bool, Error> {
        self.write("job", id, |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let end: i64 = transaction.query_row("SELECT coalesce(max(place), 0) + 1 FROM jobs", [], |row| row.get(0))?;
            let place = match before {
                Some(other) => {
                    let mut of = transaction.prepare_cached("SELECT place FROM jobs WHERE id = ?1 AND state = 'queued'")?;
                    let place: Option<i64> = rusqlite::OptionalExtension::optional(of.query_row([other], |row| row.get(0)))?;
                    place.unwrap_or(end)
                }
                None => end,
            };
            if place < end {
                // Those that are just being sent may have to wait again.
                let shift = "UPDATE jobs SET place = place + 1
                             WHERE state IN ('queued', 'submitted', 'running') AND place >= ?1";
                transaction.prepare_cached(shift)?.execute([place])?;
            }
            let moved = transaction
                .prepare_cached("UPDATE jobs SET place = ?2 WHERE id = ?1 AND state = 'queued'")?
                .execute(params![id, place])?;
            transaction.commit()?;
            Ok(moved > 0)
        })
    }

    /// Takes jobs that are over off the list, those in one of `states`: all, or those named; tells how many went.
    pub fn clear_jobs(&self, states: &[State], ids: Option<&[String]>) -> Result<usize, Error> {
        self.write("jobs", "", |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let mut cleared = 0;
            for state in states.iter().filter(|state| state.over()) {
                let all = "UPDATE jobs SET cleared = 1 WHERE state = ?1 AND cleared = 0";
                match ids {
                    None => cleared += transaction.prepare_cached(all)?.execute([state.name()])?,
                    Some(ids) => {
                        let mut one = transaction.prepare_cached(&format!("{all} AND id = ?2"))?;
                        for id in ids {
                            cleared += one.execute([state.name(), id])?;
                        }
                    }
                }
            }
            transaction.commit()?;
            Ok(cleared)
        })
    }

    /// Failed jobs whose outcome can still be had are gone on with, and stand on the list again. Answers with those that were.
    pub fn revive_jobs(&self, ids: &[String], now: &str) -> Result<Vec<String>, Error> {
        self.write("jobs", "", |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let mut revived = Vec::new();
            for id in ids {
                let taken = transaction
                    .prepare_cached(
                        "UPDATE jobs SET state = 'running', failure = NULL, problem = NULL, ended_at = NULL, kept = 0, cleared = 0,
                                cancel = 0, updated_at = ?2 WHERE id = ?1 AND state = 'failed' AND kept = 1",
                    )?
                    .execute([id.as_str(), now])?;
                revived.extend((taken > 0).then(|| id.clone()));
            }
            transaction.commit()?;
            Ok(revived)
        })
    }

    /// A job that was taken off the list stands on it again. False when there is none of this name.
    pub fn list_job(&self, id: &str) -> Result<bool, Error> {
        self.write("job", id, |connection| {
            Ok(connection.prepare_cached("UPDATE jobs SET cleared = 0 WHERE id = ?1")?.execute([id])? > 0)
        })
    }

    /// The newest job of this kind that was done with an asset in this role.
    pub fn newest_job_of(&self, kind: crate::core::job::Kind, role: &str, asset: &AssetId) -> Result<Option<String>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT jobs.id FROM jobs JOIN job_inputs ON job_inputs.job = jobs.id
                 WHERE kind = ?1 AND role = ?2 AND asset = ?3 AND state = 'done' ORDER BY ended_at DESC, jobs.id DESC LIMIT 1",
            )?;
            Ok(rusqlite::OptionalExtension::optional(statement.query_row([kind.name(), role, &asset.0], |row| row.get(0)))?)
        })
    }

    /// Says what a job made, before it is over: a crash must not list it twice.
    pub fn made_these(&self, job: &str, assets: &[AssetId]) -> Result<(), Error> {
        self.write("job", job, |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            outputs(&transaction, job, assets)?;
            Ok(transaction.commit()?)
        })
    }
}

fn outputs(connection: &Connection, job: &str, assets: &[AssetId]) -> Result<(), Fault> {
    for (place, asset) in assets.iter().enumerate() {
        connection.prepare_cached("UPDATE assets SET job = ?2 WHERE id = ?1 AND job IS NULL")?.execute([&asset.0, job])?;
        connection
            .prepare_cached("INSERT INTO job_outputs (job, place, asset) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?
            .execute(params![job, Uint(place as u64), asset.0])?;
    }
    Ok(())
}

fn apply(connection: &Connection, change: &Change, now: &str) -> Result<bool, Fault> {
    let changed = match change {
        Change::Sends { id, terms } => turn::sends(connection, id, terms.as_ref(), now)?,
        Change::Waits { id, due_at, failure } => connection
            .prepare_cached(
                "UPDATE jobs SET state = iif(cancel, 'cancelled', 'queued'), ended_at = iif(cancel, ?2, NULL), sent_at = NULL,
                        cost_micros = iif(cancel AND cost_micros IS NOT NULL, 0, cost_micros), updated_at = ?2, due_at = ?3, failure = ?4, problem = ?5
                 WHERE id = ?1 AND state = 'submitted' AND provider_id IS NULL",
            )?
            .execute(params![id, now, due_at, to_json(failure)?, failure.words])?,
        Change::Taken { id, ticket, cost } => connection
            .prepare_cached(
                "UPDATE jobs SET provider_id = ?3, links = ?4, cost_micros = coalesce(?5, cost_micros),
                        currency = coalesce(?6, currency), updated_at = ?2 WHERE id = ?1 AND state IN ('submitted', 'running')",
            )?
            .execute(params![id, now, ticket.id, to_json(&ticket.links)?, micros(cost), currency(cost)])?,
        Change::Goes { id, running, progress, ahead } => connection
            .prepare_cached(
                "UPDATE jobs SET state = ?3, progress = ?4, ahead = ?5, updated_at = ?2
                 WHERE id = ?1 AND state IN ('submitted', 'running')",
            )?
            .execute(params![id, now, if *running { "running" } else { "submitted" }, progress, ahead])?,
        Change::Landed { id, landed } => land(connection, id, landed, now)?,
        Change::Done { id, assets } => {
            outputs(connection, id, assets)?;
            end(connection, id, State::Done, None, &None, now)?
        }
        Change::Failed { id, failure, cost, kept } => {
            let ended = end(connection, id, State::Failed, Some(failure), cost, now)?;
            if *kept && ended > 0 {
                let had = "UPDATE jobs SET kept = 1 WHERE id = ?1 AND (landed IS NOT NULL OR provider_id IS NOT NULL)";
                connection.prepare_cached(had)?.execute([id])?;
            }
            ended
        }
        Change::Cancelled { id, cost } => end(connection, id, State::Cancelled, None, cost, now)?,
    };
    Ok(changed > 0)
}

fn land(connection: &Connection, id: &str, landed: &Landed, now: &str) -> Result<usize, Fault> {
    let words = (!landed.words.is_empty()).then(|| to_json(&landed.words)).transpose()?;
    Ok(connection
        .prepare_cached(
            "UPDATE jobs SET state = 'running', landed = ?3, written = ?4, heard = ?5, seed = coalesce(?6, seed),
                    cost_micros = coalesce(?7, cost_micros), currency = coalesce(?8, currency), progress = 1.0, ahead = NULL,
                    updated_at = ?2 WHERE id = ?1 AND state IN ('submitted', 'running')",
        )?
        .execute(params![
            id,
            now,
            to_json(&landed.files)?,
            landed.text,
            words,
            landed.seed,
            micros(&landed.cost),
            currency(&landed.cost)
        ])?)
}

fn end(
    connection: &Connection,
    id: &str,
    state: State,
    failure: Option<&Failure>,
    cost: &Option<Money>,
    now: &str,
) -> Result<usize, Fault> {
    Ok(connection
        .prepare_cached(
            "UPDATE jobs SET state = ?3, problem = ?4, failure = ?5, cost_micros = coalesce(?6, cost_micros),
                    currency = coalesce(?7, currency), ended_at = ?2, updated_at = ?2, due_at = NULL, ahead = NULL, held = NULL
             WHERE id = ?1 AND state IN ('queued', 'submitted', 'running')",
        )?
        .execute(params![
            id,
            now,
            state.name(),
            failure.map(|failure| &failure.words),
            failure.map(to_json).transpose()?,
            micros(cost),
            currency(cost)
        ])?)
}

fn micros(cost: &Option<Money>) -> Option<Uint> {
    cost.as_ref().map(|cost| Uint(cost.micros))
}

fn currency(cost: &Option<Money>) -> Option<&str> {
    cost.as_ref().map(|cost| cost.currency.as_str())
}
