//! A project on its way out or in: how far it is, and Cancel. It stands with the toasts, because it is of no page.

use egui::{Align, Label, Layout, Rect, RichText, Ui, UiBuilder, pos2, vec2};
use lucide_icons::Icon;

use crate::core::bundle::Progress;
use crate::studio::bundle::{self, Running};
use crate::studio::{Message, Model};
use crate::ui::figures;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{icon, progress};

use super::toast;

/// Draws it into `rect`, when there is one.
pub fn card_ui(ui: &mut Ui, rect: Rect, model: &Model, out: &mut Vec<Message>) {
    let Some(running) = &model.bundle.running else { return };
    let c = colours();
    toast::ground(ui, rect, false);
    let sign = if running.out { Icon::FolderOutput } else { Icon::FolderInput };
    icon(ui.painter(), pos2(rect.left() + space(2.25), rect.center().y), sign, 18.0, c.muted.0);
    let inner = Rect::from_min_max(pos2(rect.left() + space(4.5), rect.top()), rect.max - vec2(space(0.5), 0.0));
    let row = UiBuilder::new().max_rect(inner).layout(Layout::right_to_left(Align::Center)).id_salt("bundle");
    let end = ui.scope_builder(row, |ui| {
        let name = if running.out { "Cancel the export" } else { "Cancel the import" };
        if Button::plain("Cancel").name(name).enabled(!running.cancelled).show(ui).clicked() {
            out.push(Message::Bundle(bundle::Message::Cancel));
        }
        ui.cursor().right()
    });
    let words = Rect::from_min_max(inner.min, pos2(end.inner - space(1.0), inner.bottom())).shrink2(vec2(0.0, space(0.5)));
    ui.scope_builder(UiBuilder::new().max_rect(words).id_salt("bundle words"), |ui| {
        ui.spacing_mut().item_spacing.y = space(0.5);
        let sentence = format!("{}  ·  {}", running.sentence(), so_far(running.progress));
        ui.add(Label::new(RichText::new(sentence).font(theme::small()).color(c.text)).truncate());
        progress::bar(ui, words.width(), fraction(running), "How far the project is");
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
