//! Whether an engine took an order before a crash. An engine that knows orders by their words alone could show the same one to two jobs
//! with the same words, or a job's new one to another that looks for its old one: so whoever looks is alone with that engine from the
//! question to the row, and what another job has is not looked for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

use super::life::Life;
use super::{Closing, order};
use crate::core::generate::{Class, Failure, Ticket};
use crate::db::Change;

/// One door for each engine: those who order go through it together, who looks for an order alone.
#[derive(Clone, Debug, Default)]
pub(super) struct Doors(Arc<Mutex<HashMap<String, Arc<RwLock<()>>>>>);

impl Doors {
    fn of(&self, engine: &str) -> Arc<RwLock<()>> {
        let mut doors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(doors.entry(engine.to_owned()).or_default())
    }

    /// From sending an order to writing down that it was taken.
    pub async fn ordering(&self, engine: &str) -> OwnedRwLockReadGuard<()> {
        self.of(engine).read_owned().await
    }

    async fn alone(&self, engine: &str) -> OwnedRwLockWriteGuard<()> {
        self.of(engine).write_owned().await
    }
}

impl Life {
    /// Asks the engine for the order, and writes down that it has it.
    pub(super) async fn found(&self) -> Result<Result<Option<Ticket>, Failure>, Closing> {
        let (engine, order, _) = match self.ready().await {
            Ok(ready) => ready,
            Err(failure) => return Ok(Err(failure)),
        };
        let _alone = tokio::select! {
            alone = self.hand.finding.alone(&self.row.job.engine) => alone,
            () = self.hand.closing.cancelled() => return Err(Closing),
        };
        let held = match order::taken(&self.hand.house, &self.row).await {
            Ok(held) => held,
            Err(failure) => return Ok(Err(failure)),
        };
        let ticket = match engine.find(&order, &held).await {
            Ok(Some(ticket)) => ticket,
            other => return Ok(other),
        };
        if held.contains(&ticket.id) {
            let why = format!("It says that this is its order {}, which is another job's.", ticket.id);
            return Ok(Err(Failure::new(Class::Unclear, why)));
        }
        self.hand.step(Change::Taken { id: self.row.job.id.clone(), ticket: ticket.clone(), cost: None }).await?;
        Ok(Ok(Some(ticket)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_looks_is_alone_with_one_engine() {
        let doors = Doors::default();
        let ordering = doors.ordering("luma-dream").await;
        let _beside = doors.ordering("luma-dream").await;
        assert!(doors.of("luma-dream").try_write().is_err(), "an order is on its way");
        let _other = doors.alone("runway").await;
        drop((ordering, _beside));
        let _alone = doors.alone("luma-dream").await;
        assert!(doors.clone().of("luma-dream").try_read().is_err(), "the doors are the same for all");
    }
}
