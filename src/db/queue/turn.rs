//! A job's turn: it is sent when the money is there at the price of that moment, else it is held with the question that a person has to
//! answer. Both are one step with the sums that decide it, so that two jobs can't pass by the same dollar.

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::super::error::{Error, Fault};
use super::super::open::Db;
use super::super::value::{Uint, json_or_none, to_json};
use super::{money, place};
use crate::core::engine::Money;
use crate::core::queue::{Budget, Held, Terms, Verdict, Why};

impl Db {
    /// The jobs that are held, by place: all, or this one.
    pub fn held_jobs(&self, only: Option<&str>) -> Result<Vec<String>, Error> {
        self.with(|connection| {
            let sql = "SELECT id FROM jobs WHERE held IS NOT NULL AND state = 'queued' AND (?1 IS NULL OR id = ?1) ORDER BY place, id";
            let mut statement = connection.prepare_cached(sql)?;
            Ok(statement.query_map([only], |row| row.get(0))?.collect::<Result<_, _>>()?)
        })
    }

    /// Why a budget stops these held jobs together, at the prices that held them; `None` when they fit by now.
    pub fn judge_held(&self, ids: &[String], budget: &Budget, now: &str) -> Result<Option<Why>, Error> {
        self.with(|connection| {
            let mut wanted = Vec::with_capacity(ids.len());
            for id in ids {
                let sql = "SELECT project, held FROM jobs WHERE id = ?1 AND held IS NOT NULL AND state = 'queued'";
                let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, Option<String>>(0)?, json_or_none::<Held>(row, "held")?));
                if let Some((project, Some(held))) = connection.prepare_cached(sql)?.query_row([id], read).optional()? {
                    wanted.push((project, held.price));
                }
            }
            place::judge(&wanted, budget, |project| money::sent(connection, project, now))
        })
    }

    /// Nobody has been asked yet: whoever begins to run the queue asks anew.
    pub fn release_jobs(&self) -> Result<(), Error> {
        self.write("jobs", "", |connection| {
            connection.prepare_cached("UPDATE jobs SET held = NULL WHERE held IS NOT NULL")?.execute([])?;
            Ok(())
        })
    }

    /// A person says yes to held jobs at the price that held them: they wait for their turn again. Tells how many did.
    pub fn agree_jobs(&self, ids: &[String], now: &str) -> Result<usize, Error> {
        self.write("jobs", "", |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let mut agreed = 0;
            for id in ids {
                agreed += transaction
                    .prepare_cached(
                        "UPDATE jobs SET agreed = 1, quote_micros = held ->> '$.price.micros', cost_micros = held ->> '$.price.micros',
                                quote_currency = coalesce(held ->> '$.price.currency', ''),
                                currency = coalesce(held ->> '$.price.currency', ''), held = NULL, updated_at = ?2
                         WHERE id = ?1 AND state = 'queued' AND held IS NOT NULL",
                    )?
                    .execute([id, now])?;
            }
            transaction.commit()?;
            Ok(agreed)
        })
    }
}

/// It is sent, when it still waits and the terms allow it. Without terms nobody drew a line.
pub(super) fn sends(connection: &Connection, id: &str, terms: Option<&Terms>, now: &str) -> Result<usize, Fault> {
    if let Some(terms) = terms {
        let sql = "SELECT project, agreed, quote_micros, quote_currency FROM jobs WHERE id = ?1 AND state = 'queued'";
        let read = |row: &rusqlite::Row<'_>| {
            let quote: Option<Uint> = row.get(2)?;
            let quote = quote.map(|micros| row.get(3).map(|currency| Money { micros: micros.0, currency })).transpose()?;
            Ok((row.get::<_, Option<String>>(0)?, row.get::<_, bool>(1)?, quote))
        };
        let waits = connection.prepare_cached(sql)?.query_row([id], read).optional()?;
        let Some((project, agreed, quote)) = waits else { return Ok(0) };
        let spent = money::sent(connection, project.as_deref(), now)?;
        if let Verdict::Asks { why } = terms.judge(spent, agreed.then_some(&quote), project.is_some()) {
            let held = to_json(&Held { why, price: terms.price.clone() })?;
            connection
                .prepare_cached("UPDATE jobs SET held = ?2, updated_at = ?3 WHERE id = ?1 AND held IS NOT ?2")?
                .execute([id, held.as_str(), now])?;
            return Ok(0);
        }
        if let Some(price) = &terms.price {
            connection.prepare_cached("UPDATE jobs SET cost_micros = ?2, currency = ?3 WHERE id = ?1")?.execute(params![
                id,
                Uint(price.micros),
                price.currency
            ])?;
        }
    }
    Ok(connection
        .prepare_cached(
            "UPDATE jobs SET state = 'submitted', sent_at = ?2, updated_at = ?2, tries = tries + 1, due_at = NULL, held = NULL,
                    problem = NULL, failure = NULL WHERE id = ?1 AND state = 'queued'",
        )?
        .execute([id, now])?)
}
