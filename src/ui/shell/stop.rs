//! Whether everything in the queue is to be stopped: how much it is, what of it may be charged all the same, and that there is no way
//! back.

use egui::{Context, Ui};
use lucide_icons::Icon;

use crate::core::queue::Sum;
use crate::studio::queue::{Message as Queue, Stop};
use crate::studio::{Message, Model};
use crate::ui::pages::library::words::count;
use crate::ui::widgets::button::Button;

use super::ask;

/// Draws the question while it waits for its answer.
pub fn stop_ui(ctx: &Context, model: &Model, out: &mut Vec<Message>) {
    // Money first.
    let Some(stop) = model.queue.stopping.as_ref().filter(|_| model.queue.question.is_none()) else { return };
    if let Some(yes) = ask::card(ctx, "stop all", false, |ui| card_ui(ui, stop)) {
        out.push(Message::Queue(Queue::Stop(yes)));
    }
}

fn card_ui(ui: &mut Ui, stop: &Stop) -> Option<bool> {
    let all = orders(stop.jobs());
    ask::said(ui, &format!("Cancel {all}?"), &lines(stop));
    let mut answer = None;
    ui.horizontal(|ui| {
        let keep = Button::quiet(if stop.jobs() == 1 { "Keep it" } else { "Keep them" }).show(ui);
        ask::rest_at(ui, &keep);
        if keep.clicked() {
            answer = Some(false);
        }
        if Button::quiet(&format!("Cancel {all}")).icon(Icon::X).show(ui).clicked() {
            answer = Some(true);
        }
    });
    answer
}

fn lines(stop: &Stop) -> Vec<String> {
    let mut lines = Vec::new();
    match stop.waiting {
        0 => {}
        1 => lines.push("One waits and has cost nothing.".to_owned()),
        many => lines.push(format!("{} wait and have cost nothing.", count(many))),
    }
    let priced = stop.cost.as_ref().filter(|sum| sum.micros > 0 || sum.unknown > 0).map(Sum::words);
    match (stop.going, priced) {
        (0, _) => {}
        (1, None) => lines.push("One is being made.".to_owned()),
        (many, None) => lines.push(format!("{} are being made.", count(many))),
        (1, Some(cost)) => lines.push(format!("One is being made: {cost}, which may be charged although nothing comes of it.")),
        (many, Some(cost)) => {
            let many = count(many);
            lines.push(format!("{many} are being made: {cost} together, which may be charged although nothing comes of them."));
        }
    }
    lines.push("This can’t be undone.".to_owned());
    lines
}

fn orders(many: usize) -> String {
    if many == 1 { "one order".to_owned() } else { format!("{} orders", count(many)) }
}
