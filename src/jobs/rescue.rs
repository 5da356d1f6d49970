//! Interrupted takes: found and mended at the start and whenever takes are listed, offered until the person has answered, and
//! what the answer does.

use std::path::Path;

use crate::blobs;
use crate::clock;
use crate::core::problem::Problem;
use crate::core::rescue::Interrupted;
use crate::core::take::{Take, TakeId};
use crate::studio::Message;
use crate::studio::rescue::{self, Effect};

use super::house::{House, Ways};
use super::library;

/// Looks for takes that were interrupted, and tells all that wait for an answer.
pub fn recover(house: &House, ways: &Ways) {
    match library::reconcile(house).and_then(|fresh| Ok((waiting(house)?, fresh))) {
        Ok((waiting, fresh)) => {
            let fresh = fresh.into_iter().map(|take| take.id).collect();
            ways.outbox.send(Message::Rescue(rescue::Message::Found { waiting, fresh }));
        }
        Err(problem) => ways.outbox.problem(problem),
    }
}

/// Mends what was interrupted and gives those takes that nobody had found before.
pub fn found_now(house: &House) -> Result<Vec<Interrupted>, Problem> {
    let fresh: Vec<TakeId> = library::reconcile(house)?.into_iter().map(|take| take.id).collect();
    Ok(waiting(house)?.into_iter().filter(|found| fresh.contains(&found.take.id)).collect())
}

pub fn run(house: &House, ways: &Ways, effect: &Effect) {
    let result = match effect {
        Effect::Keep { take } => keep(house, take),
        Effect::Discard { take } => library::move_to_bin(house, take),
        Effect::PutBack { take } => library::take_from_bin(house, &take.id).map(drop),
    };
    ways.outbox.send(ended(effect, result));
}

/// What the studio hears of it.
pub fn ended(effect: &Effect, result: Result<(), Problem>) -> Message {
    Message::Rescue(match effect {
        Effect::Keep { take } => rescue::Message::Kept { take: take.id.clone(), result },
        Effect::Discard { take } => rescue::Message::Discarded { take: take.id.clone(), result },
        Effect::PutBack { take } => rescue::Message::Returned { take: take.id.clone(), result },
    })
}

/// The person keeps the take: in its folder, which outlives the library, then in the library.
pub fn keep(house: &House, take: &Take) -> Result<(), Problem> {
    blobs::rescue::keep(take)?;
    Ok(house.db.answered(&take.id)?)
}

/// All that wait for an answer, newest first. A take whose folder somebody has removed is no question any more.
fn waiting(house: &House) -> Result<Vec<Interrupted>, Problem> {
    let asked = house.db.unanswered()?.into_iter().filter(|(take, _)| Path::new(&take.folder).is_dir());
    Ok(asked.map(|(take, at)| Interrupted { take, at: clock::local(&at).unwrap_or_default() }).collect())
}
