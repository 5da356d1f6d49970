//! What ended since the queue was last empty, and what is said of it when the last one has.

use crate::core::engine::Catalogue;
use crate::core::generate::{Class, Failure};
use crate::core::job::{Kind, State};
use crate::core::queue::Row;
use crate::studio::Action;
use crate::studio::command::Command;

#[derive(Clone, Debug, Default)]
pub(super) struct Batch {
    pictures: usize,
    clips: usize,
    others: usize,
    failed: usize,
    /// The first one's failure and engine.
    failure: Option<(String, Failure)>,
}

impl Batch {
    pub fn count(&mut self, row: &Row) {
        match (row.job.state, row.job.kind) {
            (State::Done, Kind::Image) => self.pictures += 1,
            (State::Done, Kind::Video) => self.clips += 1,
            (State::Done, _) => self.others += 1,
            (State::Failed, _) => {
                self.failed += 1;
                let failure = row.failure.clone().unwrap_or_else(|| Failure::new(Class::Here, "It failed."));
                self.failure.get_or_insert((row.job.engine.clone(), failure));
            }
            _ => {}
        }
    }

    /// Nothing when all were cancelled.
    pub fn said(self, list: &Catalogue) -> Option<Action> {
        let made = [(self.pictures, "picture"), (self.clips, "clip"), (self.others, "item")];
        let made: Vec<String> =
            made.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| counted(count, what)).collect();
        let made = made.join(" and ");
        let text = match (made.is_empty(), self.failed, self.failure) {
            (true, 0, _) => return None,
            (false, 0, _) => format!("{made} made."),
            (true, 1, Some((engine, failure))) => {
                let label = list.engine(&engine).map_or(engine.as_str(), |engine| &engine.label);
                format!("{label}: {}", failure.words)
            }
            (true, failed, _) => format!("{} failed.", counted(failed, "order")),
            (false, failed, _) => format!("{made} made, {failed} failed."),
        };
        Some(Action::offer(text, Command::GoQueue))
    }
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
