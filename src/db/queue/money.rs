//! What was spent, with what waits: the sum of all costs in dollars. What was never taken costs nothing, and its row says 0.

use rusqlite::{Connection, params};

use super::super::error::{Error, Fault};
use super::super::open::Db;
use super::super::value::Uint;
use crate::core::queue::Spent;

impl Db {
    /// What was spent or promised in the month of `now` (RFC 3339 UTC), and ever for a project.
    pub fn spent(&self, project: Option<&str>, now: &str) -> Result<Spent, Error> {
        self.with(|connection| spent(connection, project, now))
    }
}

pub(super) fn spent(connection: &Connection, project: Option<&str>, now: &str) -> Result<Spent, Fault> {
    let month = now.get(..7).unwrap_or(now);
    let sum = "SELECT coalesce(sum(cost_micros), 0) FROM jobs WHERE currency = 'USD' AND";
    let mut of_month = connection.prepare_cached(&format!("{sum} created_at >= ?1"))?;
    let mut of_project = connection.prepare_cached(&format!("{sum} project = ?1"))?;
    Ok(Spent {
        month_micros: of_month.query_row(params![month], |row| row.get::<_, Uint>(0))?.0,
        project_micros: project.map_or(Ok(0), |id| of_project.query_row([id], |row| Ok(row.get::<_, Uint>(0)?.0)))?,
    })
}
