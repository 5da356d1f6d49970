//! A project on its way out or in: how far it is, and Cancel. It stands with the toasts, because it is of no page.

use egui::{CornerRadius, Frame, Margin, RichText, Sense, Stroke, Ui, vec2};
use lucide_icons::Icon;

use crate::core::bundle::Progress;
use crate::studio::bundle::{self, Running};
use crate::studio::{Message, Model};
use crate::ui::figures;
use crate::ui::theme::{self, colours};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{icon, progress};

/// Draws it, when there is one, as wide as `width`.
pub fn card_ui(ui: &mut Ui, model: &Model, width: f32, out: &mut Vec<Message>) {
    let Some(running) = &model.bundle.running else { return };
    let c = colours();
    let frame = Frame::NONE
        .fill(c.raised.0)
        .stroke(Stroke::new(1.0, c.outline.0))
        .corner_radius(CornerRadius::same(8))
        .inner_margin(Margin::symmetric(theme::space(1.5) as i8, theme::space(1.0) as i8));
    frame.show(ui, |ui| {
        ui.set_width(width - theme::space(3.0));
        ui.horizontal(|ui| {
            let (mark, _) = ui.allocate_exact_size(vec2(theme::space(3.0), theme::theme().space.control), Sense::hover());
            let sign = if running.out { Icon::FolderOutput } else { Icon::FolderInput };
            icon(ui.painter(), mark.center(), sign, 18.0, c.muted.0);
            let words = ui.available_width() - theme::space(11.0);
            ui.vertical(|ui| {
                ui.set_width(words);
                ui.add_space(theme::space(0.5));
                ui.spacing_mut().item_spacing.y = theme::space(0.75);
                let sentence = RichText::new(running.sentence()).font(theme::body()).color(c.text);
                ui.add(egui::Label::new(sentence).truncate());
                progress::bar(ui, words, fraction(running), "How far the project is");
                ui.add(egui::Label::new(RichText::new(so_far(running.progress)).font(theme::small()).color(c.muted)));
                ui.add_space(theme::space(0.25));
            });
            let name = if running.out { "Cancel the export" } else { "Cancel the import" };
            if Button::quiet("Cancel").name(name).enabled(!running.cancelled).show(ui).clicked() {
                out.push(Message::Bundle(bundle::Message::Cancel));
            }
        });
    });
}

/// Until it is known how much there is, the bar only says that something goes on.
fn fraction(running: &Running) -> Option<f32> {
    (running.progress.total_bytes > 0).then(|| running.progress.part())
}

fn so_far(progress: Progress) -> String {
    match progress.total_bytes {
        0 => "Looking at what belongs to it".to_owned(),
        total => format!("{} of {}", figures::bytes(progress.done_bytes), figures::bytes(total)),
    }
}
