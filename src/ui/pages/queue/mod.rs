//! The queue: everything that engines are asked for, how far it is, what it costs, and what to do about what failed.

use egui::Ui;
use lucide_icons::Icon;

use crate::studio::command::Command;
use crate::studio::{Message, Model};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::empty::empty_state;

/// Draws the page into what is left of `ui`.
pub fn queue_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Message>) {
    if model.queue.listed && model.queue.list.is_empty() {
        let sentence = "Pictures, clips and voices that you have made stand here until they are done.";
        let button = Button::primary("Go to Prepare").icon(Icon::Sparkles).command(Command::GoPrepare);
        if empty_state(ui, Icon::ListChecks, "Nothing in the queue", sentence, button).clicked() {
            out.push(Message::Command(Command::GoPrepare));
        }
    }
}
