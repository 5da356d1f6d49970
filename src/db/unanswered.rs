//! Interrupted takes about which the person has not been asked, or has not answered.

use rusqlite::params;

use super::error::Error;
use super::open::Db;
use super::takes::take_of;
use crate::core::take::{Take, TakeId};

impl Db {
    /// Notes that the take waits for an answer; it broke off at `at` (RFC 3339 UTC). `Error::Orphan` when it has no row.
    pub fn ask_about(&self, id: &TakeId, at: &str) -> Result<(), Error> {
        self.write("question about take", &id.0, |connection| {
            connection.execute(
                "INSERT INTO unanswered (take, interrupted_at) VALUES (?1, ?2)
                 ON CONFLICT (take) DO UPDATE SET interrupted_at = excluded.interrupted_at",
                params![id.0, at],
            )?;
            Ok(())
        })
    }

    /// Notes that the person has answered; no error when nothing was asked.
    pub fn answered(&self, id: &TakeId) -> Result<(), Error> {
        self.write("question about take", &id.0, |connection| {
            connection.execute("DELETE FROM unanswered WHERE take = ?1", [&id.0])?;
            Ok(())
        })
    }

    /// Takes that wait for an answer and when each broke off, newest first; not those in the bin.
    pub fn unanswered(&self) -> Result<Vec<(Take, String)>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT takes.*, interrupted_at FROM takes JOIN unanswered ON unanswered.take = takes.id
                 WHERE binned_at IS NULL AND state = 'interrupted' ORDER BY started_at DESC, id DESC",
            )?;
            let rows = statement.query_map([], |row| Ok((take_of(row)?, row.get("interrupted_at")?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}
