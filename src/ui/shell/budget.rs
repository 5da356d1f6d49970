//! The question that stops before money is spent beyond a budget: go on this once, raise the budget, or not. Escape and a click outside
//! are no.

use egui::{Context, Frame, Id, Margin, Modal, RichText, Stroke, Ui};
use lucide_icons::Icon;

use crate::core::queue::{Budget, Why};
use crate::studio::queue::{Answer, Message as Queue, Question};
use crate::studio::{Message, Model};
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::number::{Bounds, stepper};
use crate::ui::widgets::text;

const WIDTH: f32 = 440.0;
const MICROS: f64 = 1e6;

/// Draws the question while it waits for its answer.
pub fn budget_ui(ctx: &Context, model: &Model, out: &mut Vec<Message>) {
    let Some(question) = &model.queue.question else { return };
    let c = colours();
    let frame = Frame::NONE
        .fill(c.surface.0)
        .stroke(Stroke::new(1.0, c.outline.0))
        .corner_radius(theme::radius())
        .inner_margin(Margin::same(space(2.5) as i8));
    let modal = Modal::new(Id::unique("budget")).frame(frame).backdrop_color(c.scrim.0).show(ctx, |ui| {
        ui.set_width(WIDTH.min(ctx.content_rect().width() - space(8.0)));
        card_ui(ui, question)
    });
    let answer = modal.inner.or(modal.should_close().then_some(Answer::No));
    if let Some(answer) = answer {
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
    text::title(ui, head);
    ui.label(RichText::new(question.why.words()).font(theme::body()).color(colours().muted));
    if let Some(project) = question.project.as_ref().filter(|_| matches!(question.why, Why::Project { .. })) {
        text::small(ui, format!("Project: {project}"));
    }
    ui.add_space(space(1.0));
    let mut answer = raise_ui(ui, question);
    ui.horizontal(|ui| {
        let no = Button::quiet("Don’t make it").icon(Icon::X).show(ui);
        // Enter must not spend anything by itself.
        if ui.memory(|memory| memory.focused().is_none()) {
            no.request_focus();
        }
        if no.clicked() {
            answer = Some(Answer::No);
        }
        if Button::quiet("Make it this once").icon(Icon::Check).show(ui).clicked() {
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
    answer
}
