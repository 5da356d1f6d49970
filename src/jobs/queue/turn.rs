//! A job's turn where there is a budget: it is asked once more what the order costs, and the database sends it or holds it. Between
//! placing and sending the price, the budget, the month and what others spent may have changed; nothing is spent behind a person's back.
//! Until it is sent its row waits, so that a kill in the middle costs nothing.

use crate::core::engine::Money;
use crate::core::generate::Class;
use crate::core::queue::{Next, Terms, after_look};
use crate::db::Change;

use super::life::{End, Life};
use super::{Closing, order, place};

/// How often an engine is asked for a price before it counts as one that nobody can say.
const ASKS: u32 = 3;

/// What became of it.
pub(super) enum Turn {
    /// It is being sent.
    Goes,
    /// It is held, or waits no more.
    Stays,
    /// The engine can't be ordered from.
    Ends(End),
}

impl Life {
    pub(super) async fn turn(&self) -> Result<Turn, Closing> {
        let price = match self.price().await? {
            Ok(price) => price,
            Err(end) => return Ok(Turn::Ends(end)),
        };
        // The budget of this moment: an engine may have thought about its price for a while.
        let terms = Some(Terms { price, budget: self.hand.shop.budget() });
        let sent = self.hand.step(Change::Sends { id: self.row.job.id.clone(), terms }).await?;
        Ok(if sent { Turn::Goes } else { Turn::Stays })
    }

    /// What it costs now; the end, where the same failure would meet the order.
    async fn price(&self) -> Result<Result<Option<Money>, End>, Closing> {
        let draft = order::draft(&self.row);
        for asked in 1.. {
            let quote = tokio::select! {
                quote = place::quote(&self.hand.shop, &draft) => quote,
                () = self.hand.closing.cancelled() => return Err(Closing),
            };
            let failure = match quote {
                Ok(quote) => return Ok(Ok(quote.cost)),
                Err(failure) => failure,
            };
            if matches!(failure.class, Class::Auth | Class::Payment | Class::Invalid | Class::Here) {
                return Ok(Err(self.unsent(failure).await));
            }
            let (next, rest) = after_look(&failure, asked, super::life::jitter());
            match next {
                Next::Again { secs } if failure.class.passes() && asked < ASKS => {
                    self.rest(rest, &failure).await;
                    self.pause(secs).await?;
                }
                _ => break,
            }
        }
        Ok(Ok(None))
    }
}
