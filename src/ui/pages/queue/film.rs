//! A film that is being joined, over the list: no engine is asked for it, but it is made all the same.

use egui::{Label, Rect, RichText, Ui, UiBuilder, pos2, vec2};
use lucide_icons::Icon;

use crate::studio::Message;
use crate::studio::scenes::film::Joining;
use crate::ui::shell::film::foot;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::icon;

pub const HEIGHT: f32 = 48.0;
const BAR: f32 = 160.0;

/// Draws it into `rect`: what it is, how far, and Cancel.
pub fn film_ui(ui: &mut Ui, rect: Rect, joining: &Joining, out: &mut Vec<Message>) {
    let c = colours();
    ui.painter().rect_filled(rect, theme::radius(), c.surface);
    icon(ui.painter(), pos2(rect.left() + space(2.5), rect.center().y), Icon::Clapperboard, 18.0, c.muted.0);
    let inner = Rect::from_min_max(pos2(rect.left() + space(5.0), rect.top()), rect.max - vec2(space(1.0), 0.0));
    let layout = egui::Layout::right_to_left(egui::Align::Center);
    ui.scope_builder(UiBuilder::new().max_rect(inner).id_salt("film").layout(layout), |ui| {
        ui.spacing_mut().item_spacing.x = space(2.0);
        foot::cancel_ui(ui, joining, out);
        foot::bar_ui(ui, joining, BAR.min(inner.width() * 0.3));
        ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
            ui.add(Label::new(RichText::new(foot::doing(joining)).font(theme::body()).color(c.text)).truncate());
        });
    });
}
