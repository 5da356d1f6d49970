//! The line at the foot: what runs and waits, which engines rest, and what was spent of the month's budget.

use egui::{Align, Label, Layout, Rect, RichText, Ui};
use lucide_icons::Icon;

use crate::core::engine::Money;
use crate::core::queue::Group;
use crate::studio::{Message, Model, Sheet};
use crate::ui::pages::library::words::count;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::progress;

use super::words;

/// Draws the line. Answers with the part of it that holds nothing but words.
pub fn status_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Message>) -> Rect {
    let row = ui.max_rect();
    let shown = ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = space(1.0);
        if Button::plain("Engines").icon(Icon::KeyRound).tooltip("Keys, addresses and budget").show(ui).clicked() {
            out.push(Message::Sheet(Sheet::Engines));
        }
        spent_ui(ui, model);
        let free = ui.available_rect_before_wrap();
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let text = RichText::new(sentence(model)).font(theme::small()).color(colours().muted);
            ui.add(Label::new(text).truncate());
        });
        free
    });
    Rect::from_x_y_ranges(shown.inner.x_range(), row.y_range())
}

fn spent_ui(ui: &mut Ui, model: &Model) {
    let spent = model.queue.totals.spent.month_micros;
    let usd = |micros| Money { micros, currency: "USD".into() }.words();
    let budget = model.settings.engines.budget.month_micros;
    let words = match budget {
        Some(budget) => format!("{} of {} this month", usd(spent), usd(budget)),
        None => format!("{} this month", usd(spent)),
    };
    ui.label(RichText::new(&words).font(theme::small()).color(colours().text));
    if let Some(budget) = budget.filter(|budget| *budget > 0) {
        let part = (spent as f64 / budget as f64).min(1.0) as f32;
        progress::bar(ui, space(10.0), Some(part), "Spent of this month's budget");
    }
}

fn sentence(model: &Model) -> String {
    let (list, totals) = (&model.queue.list, &model.queue.totals);
    let mut parts = vec![format!("{} being made", count(list.count(Group::Going)))];
    parts.push(format!("{} waiting", count(list.count(Group::Waiting))));
    if totals.paused {
        parts.push("paused".to_owned());
    }
    for resting in &totals.resting {
        let label = words::short(model.engines.label(&resting.engine)).to_owned();
        parts.push(format!("{label}: {}", words::rest(resting.secs, resting.failure.class.label())));
    }
    parts.join("  ·  ")
}
