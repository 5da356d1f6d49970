//! What goes on in the queue, told to the studio.

use std::sync::Arc;

use crate::core::problem::Problem;
use crate::core::queue::{Row, Totals};
use crate::studio::queue::Message;
use crate::studio::queue::list::{List, Listed};

use super::super::house::{House, Ways};
use super::Watch;

/// The window's way of watching.
pub(in crate::jobs) struct Studio {
    house: Arc<House>,
    ways: Ways,
}

impl Studio {
    pub fn new(house: Arc<House>, ways: Ways) -> Studio {
        Studio { house, ways }
    }

    pub fn say(&self, message: Message) {
        self.ways.outbox.send(crate::studio::Message::Queue(message));
    }
}

/// In order already: ten thousand take longer than a frame may.
fn listed(house: &House) -> Result<List, Problem> {
    let places = house.db.queue_places()?;
    Ok(places.into_iter().map(|it| Listed { id: it.id, state: it.state, place: it.place, at: it.at, held: it.held }).collect())
}

impl Watch for Studio {
    fn changed(&self, rows: Vec<Row>, totals: Totals) {
        if !rows.is_empty() {
            self.say(Message::Changed(rows));
        }
        self.say(Message::Totals(totals));
    }

    fn ended(&self, row: &Row) {
        self.say(Message::Ended(Box::new(row.clone())));
    }

    fn relisted(&self) {
        self.say(Message::Listed(listed(&self.house)));
    }

    fn problem(&self, problem: Problem) {
        self.ways.outbox.problem(problem);
    }
}
