//! What is asked before money is spent beyond a budget: of orders that are not placed yet, or of jobs that were not sent when their turn
//! came, because the price, the budget or what others spent is another by then.

use crate::core::queue::{Budget, Row, Why};
use crate::core::settings::Settings;

use super::{Effect, State, do_};
use crate::studio::command::Command;
use crate::studio::{Action, Message};

#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The hands' own number for it.
    pub id: u64,
    pub why: Why,
    pub budget: Budget,
    /// Title of the project the orders are for.
    pub project: Option<String>,
    /// So many jobs in the queue are held by it; 0 when it is about orders that are not placed.
    pub held: usize,
}

/// What is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// This time.
    Once,
    /// With this budget from now on.
    Raise(Budget),
    No,
}

impl State {
    pub(super) fn ask(&mut self, question: Question) {
        let orders_wait = self.question.as_ref().is_some_and(|asked| asked.held == 0);
        if question.held > 0 && orders_wait {
            // What is not placed would be lost; what is held can be asked about again.
            return;
        }
        self.placing &= question.held > 0;
        self.question = Some(question);
    }

    pub(super) fn answer(&mut self, answer: Answer, settings: &Settings) -> Vec<Action> {
        let Some(question) = self.question.take() else { return Vec::new() };
        if question.held == 0 {
            self.placing = answer != Answer::No;
        }
        let mut actions = vec![do_(Effect::Answer { question: question.id, answer })];
        if let Answer::Raise(budget) = answer {
            let mut settings = settings.clone();
            settings.engines.budget = budget;
            actions.push(Action::Tell(Message::Settings(Box::new(settings))));
        }
        actions
    }

    /// Says that jobs wait for an answer, those that did not before; a question in the way of whatever the person does would be too much.
    pub(super) fn newly_held(&self, rows: &[Row]) -> Option<Action> {
        let was_held = |row: &Row| self.list.get(&row.job.id).is_some_and(|known| known.held);
        let mut held = rows.iter().filter(|row| row.held.is_some() && !was_held(row));
        let first = held.next()?.held.as_ref()?;
        let text = match held.count() {
            0 => format!("An order was not sent. {}", first.why.words()),
            more => format!("{} orders were not sent: they no longer fit the budget.", more + 1),
        };
        Some(Action::offer(text, Command::GoQueue))
    }
}
