//! Which of an engine's orders belong to whom: what one job has is never taken for another's.

use std::collections::HashSet;

use super::super::error::Error;
use super::super::open::Db;

impl Db {
    /// The engine's names for the orders that jobs other than `job` have, those that are over as well.
    pub fn taken_orders(&self, engine: &str, job: &str) -> Result<HashSet<String>, Error> {
        self.with(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT provider_id FROM jobs WHERE engine = ?1 AND provider_id IS NOT NULL AND id <> ?2")?;
            let ids = statement.query_map([engine, job], |row| row.get(0))?;
            Ok(ids.collect::<Result<_, _>>()?)
        })
    }
}
