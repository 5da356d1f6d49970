//! The question that stops before money is spent beyond a budget: go on this once, raise the budget, or not. It is asked before orders
//! are placed, and of those that no longer fit when they are to be sent.

use egui::{Context, Id, Ui};
use lucide_icons::Icon;

use crate::core::queue::{Budget, Why};
use crate::studio::queue::{Answer, Message as Queue, Question};
use crate::studio::{Message, Model};
use crate::ui::theme::space;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::number::{Bounds, stepper};

use super::ask;

const MICROS: f64 = 1e6;

/// Draws the question while it waits for its answer.
pub fn budget_ui(ctx: &Context, model: &Model, out: &mut Vec<Message>) {
    let Some(question) = &model.queue.question else { return };
    if let Some(answer) = ask::card(ctx, "budget", Answer::No, |ui| card_ui(ui, question)) {
        ctx.data_mut(|data| data.remove::<f64>(raised(question)));
        out.push(Message::Queue(Queue::Answer(answer)));
    }
}

/// Where the figure lies that is being chosen.
fn raised(question: &Question) -> Id {
    Id::unique("raised budget").with(question.id)
}

fn card_ui(ui: &mut Ui, question: &Question) -> Option<Answer> {
    let head = match &question.why {
        Why::Month { .. } => "More than this month’s budget",
        Why::Project { .. } => "More than this project’s budget",
        Why::Unknown { .. } => "Nobody can say what this costs",
    };
    let mut lines = vec![question.why.words()];
    if let Some(project) = question.project.as_ref().filter(|_| matches!(question.why, Why::Project { .. })) {
        lines.push(format!("Project: {project}"));
    }
    match question.held {
        0 => {}
        1 => lines.push("It was placed before and waits in the queue; it was not sent.".to_owned()),
        many => lines.push(format!("{many} orders were placed before and wait in the queue; they were not sent.")),
    }
    ask::said(ui, head, &lines);
    let mut answer = raise_ui(ui, question);
    let (no, once) = match question.held {
        0 => ("Don’t make it", "Make it this once"),
        1 => ("Not now", "Make it this once"),
        _ => ("Not now", "Make them this once"),
    };
    ui.horizontal(|ui| {
        // Enter must not spend anything by itself.
        let no = Button::quiet(no).icon(Icon::X).show(ui);
        ask::rest_at(ui, &no);
        if no.clicked() {
            answer = Some(Answer::No);
        }
        if Button::quiet(once).icon(Icon::Check).show(ui).clicked() {
            answer = Some(Answer::Once);
        }
    });
    answer
}

/// A higher budget, at least what would just do.
fn raise_ui(ui: &mut Ui, question: &Question) -> Option<Answer> {
    let enough = question.why.enough(question.budget);
    let (of, with): (Option<u64>, fn(Budget, u64) -> Budget) = match question.why {
        Why::Month { .. } => (enough.month_micros, |budget, micros| Budget { month_micros: Some(micros), ..budget }),
        Why::Project { .. } => (enough.project_micros, |budget, micros| Budget { project_micros: Some(micros), ..budget }),
        Why::Unknown { .. } => return None,
    };
    let least = (of? as f64 / MICROS).ceil();
    let mut usd = ui.data(|data| data.get_temp::<f64>(raised(question))).unwrap_or(least);
    let mut answer = None;
    ui.horizontal(|ui| {
        let bounds = Bounds { low: least, high: 1_000_000.0, step: 5.0, decimals: 2 };
        if let Some(chosen) = stepper(ui, "New budget in dollars", usd, bounds, " $") {
            usd = chosen;
            ui.data_mut(|data| data.insert_temp(raised(question), usd));
        }
        if Button::primary("Raise the budget").icon(Icon::ArrowUp).show(ui).clicked() {
            answer = Some(Answer::Raise(with(question.budget, (usd * MICROS).round() as u64)));
        }
    });
    ui.add_space(space(0.5));
    answer
}
