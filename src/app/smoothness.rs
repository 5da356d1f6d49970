//! How evenly this window moves the prompter's text: its frames are counted while a take runs, and told to the take every
//! second, as other displays do over their links.

use crate::core::smoothness::Collector;
use crate::core::time::{Moment, SECOND};
use crate::studio::{Message, Model, Page, record};

/// What the journal calls this display.
const NAME: &str = "Operator’s window";

#[derive(Debug)]
pub struct Watch {
    collector: Collector,
    told: Moment,
}

impl Default for Watch {
    fn default() -> Self {
        // egui does not tell the monitor's rate; 60 a second is what is counted against.
        Watch { collector: Collector::new(0), told: Moment(0) }
    }
}

impl Watch {
    /// A frame was drawn at `now`. Gives what the take should know, at most once a second.
    pub fn frame(&mut self, model: &Model, now: Moment) -> Option<Message> {
        let moves = !model.prompter.course.at_rest(now);
        if model.page != Page::Record || model.record.rolling().is_none() || !moves {
            self.collector.rest();
        } else {
            self.collector.presented(now);
        }
        if now.since(self.told) < SECOND {
            return None;
        }
        self.told = now;
        let figures = self.collector.take()?;
        Some(Message::Record(record::Message::Smoothness { display: NAME.to_owned(), figures }))
    }
}
