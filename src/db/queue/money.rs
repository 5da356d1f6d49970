//! What was spent: the sum of all costs in dollars. What waits counts as spent where orders are placed, so that a hundred that each fit do
//! not pass together, and does not where one is sent: those behind it are asked in their turn. What was never taken costs nothing, and
//! its row says 0. A month has spent what was sent in it, whenever that was placed.

use rusqlite::{Connection, params};

use super::super::error::{Error, Fault};
use super::super::open::Db;
use super::super::value::Uint;
use crate::core::queue::{Spent, Sum};

impl Db {
    /// What was spent or promised in the month of `now` (RFC 3339 UTC), and ever for a project.
    pub fn spent(&self, project: Option<&str>, now: &str) -> Result<Spent, Error> {
        self.with(|connection| spent(connection, project, now))
    }

    /// What those jobs cost that are at engines and on the list, by quote or charge.
    pub fn cost_of_going(&self) -> Result<Sum, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT coalesce(sum(iif(currency = 'USD', cost_micros, 0)), 0), count(*),
                        coalesce(sum(cost_micros IS NULL OR (currency <> 'USD' AND cost_micros > 0)), 0)
                 FROM jobs WHERE cleared = 0 AND state IN ('submitted', 'running')",
            )?;
            let sum = statement
                .query_row([], |row| Ok((row.get::<_, Uint>(0)?.0, row.get::<_, Uint>(1)?.0, row.get::<_, Uint>(2)?.0)));
            let (micros, orders, unknown) = sum?;
            Ok(Sum { micros, orders: orders as usize, unknown: unknown as usize })
        })
    }
}

/// With what waits.
pub(super) fn spent(connection: &Connection, project: Option<&str>, now: &str) -> Result<Spent, Fault> {
    let sent = sent(connection, project, now)?;
    let waiting =
        |and: &str| format!("SELECT coalesce(sum(cost_micros), 0) FROM jobs WHERE state = 'queued' AND currency = 'USD' {and}");
    let all: Uint = connection.prepare_cached(&waiting(""))?.query_row([], |row| row.get(0))?;
    let of_project = match project {
        Some(id) => connection.prepare_cached(&waiting("AND project = ?1"))?.query_row([id], |row| row.get::<_, Uint>(0))?.0,
        None => 0,
    };
    Ok(Spent { month_micros: sent.month_micros + all.0, project_micros: sent.project_micros + of_project })
}

/// Without it.
pub(super) fn sent(connection: &Connection, project: Option<&str>, now: &str) -> Result<Spent, Fault> {
    let month = now.get(..7).unwrap_or(now);
    let sum = "SELECT coalesce(sum(cost_micros), 0) FROM jobs WHERE state <> 'queued' AND currency = 'USD' AND";
    let mut of_month = connection.prepare_cached(&format!("{sum} coalesce(sent_at, created_at) >= ?1"))?;
    let mut of_project = connection.prepare_cached(&format!("{sum} project = ?1"))?;
    Ok(Spent {
        month_micros: of_month.query_row(params![month], |row| row.get::<_, Uint>(0))?.0,
        project_micros: project.map_or(Ok(0), |id| of_project.query_row([id], |row| Ok(row.get::<_, Uint>(0)?.0)))?,
    })
}
