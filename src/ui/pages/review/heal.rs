//! What stands in the row at the bottom for a take whose file is no longer what was uploaded: what is wrong with it, and the way
//! to have it whole again.

use egui::Ui;
use lucide_icons::Icon;

use crate::core::take::Take;
use crate::studio::Message;
use crate::studio::heal::{self, Phase};
use crate::ui::theme::colours;
use crate::ui::widgets::button::Button;

use super::actions::{progress_text, progress_ui, words_ui};

/// From the right edge: the button, then what it is about.
pub fn heal_ui(ui: &mut Ui, take: &Take, phase: &Phase, out: &mut Vec<Message>) {
    match phase {
        Phase::Checking(progress) => progress_ui(ui, progress, &progress_text(progress, "Compared")),
        Phase::Healing(progress) => progress_ui(ui, progress, &progress_text(progress, "Fetched")),
        Phase::Damaged(damage) => damaged_ui(ui, take, "Heal from the server", &damage.sentence(), "", out),
        Phase::Failed { problem, .. } => damaged_ui(ui, take, "Try again", &problem.what, &problem.fix, out),
    }
}

fn damaged_ui(ui: &mut Ui, take: &Take, button: &str, words: &str, more: &str, out: &mut Vec<Message>) {
    if Button::primary(button).icon(Icon::HeartPulse).show(ui).clicked() {
        out.push(Message::Heal(heal::Message::Heal(Box::new(take.clone()))));
    }
    words_ui(ui, Some((Icon::TriangleAlert, colours().accent.0)), words, colours().text.0, more);
}
