//! What may be spent, and what is made by itself.

use egui::{Align, Layout, Ui};

use crate::core::engine::{Choices, Money};
use crate::studio::engines::Message as Engines;
use crate::studio::{Message, Model};
use crate::ui::theme::space;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::number::{Bounds, stepper};
use crate::ui::widgets::switch::switch;
use crate::ui::widgets::text;

const MICROS: f64 = 1e6;
const DOLLARS: Bounds = Bounds { low: 0.0, high: 100_000.0, step: 5.0, decimals: 2 };
/// The button at the end of a row.
const END: f32 = 112.0;
/// What a budget begins with.
const FIRST_USD: f64 = 20.0;

/// Draws the rows.
pub fn money_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Message>) {
    let now = &model.settings.engines;
    let mut wanted = now.clone();
    text::title(ui, "Budget");
    let spent = model.queue.totals.spent;
    budget_ui(ui, "A month", &mut wanted.budget.month_micros, spent.month_micros);
    budget_ui(ui, "A project", &mut wanted.budget.project_micros, spent.project_micros);
    text::small(ui, "Onetake asks before more than this is spent. What waits counts as spent.");
    ui.add_space(space(1.0));
    on_open_ui(ui, &mut wanted);
    if wanted != *now {
        out.push(Message::Engines(Engines::Choose(Box::new(wanted))));
    }
}

fn budget_ui(ui: &mut Ui, label: &str, micros: &mut Option<u64>, spent: u64) {
    ui.horizontal(|ui| {
        text::body(ui, label);
        text::small(ui, format!("{} spent", Money { micros: spent, currency: "USD".into() }.words()));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| match *micros {
            None => {
                let name = format!("Set a budget: {}", label.to_lowercase());
                if Button::quiet("Set a budget").name(&name).min_width(END).show(ui).clicked() {
                    *micros = Some((FIRST_USD * MICROS) as u64);
                }
            }
            Some(now) => {
                // In the place of the button that set it: a second click takes back what the first one did, and spends nothing.
                let name = format!("No budget: {}", label.to_lowercase());
                if Button::plain("No budget").name(&name).min_width(END).show(ui).clicked() {
                    *micros = None;
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let room = ui.available_width() - space(18.5);
                    ui.add_space(room.max(0.0));
                    let name = format!("Budget in dollars: {}", label.to_lowercase());
                    if let Some(usd) = stepper(ui, &name, now as f64 / MICROS, DOLLARS, " $") {
                        *micros = Some((usd * MICROS).round() as u64);
                    }
                });
            }
        });
    });
}

fn on_open_ui(ui: &mut Ui, wanted: &mut Choices) {
    ui.horizontal(|ui| {
        text::body(ui, "Make missing pictures when a project opens");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let now = wanted.pictures_on_open;
            if switch(ui, "Make missing pictures when a project opens", now).clicked() {
                wanted.pictures_on_open = !now;
            }
        });
    });
}
