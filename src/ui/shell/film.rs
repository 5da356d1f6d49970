//! A film that is being joined: how far it is, and Cancel. It stands with the toasts, because it goes on whatever page is open.

use egui::{CornerRadius, Frame, Label, Margin, RichText, Sense, Stroke, Ui, vec2};
use lucide_icons::Icon;

use crate::studio::scenes::{Message as Scenes, film};
use crate::studio::{Message, Model};
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{icon, progress};

/// Draws it, when there is one, as wide as `width`.
pub fn card_ui(ui: &mut Ui, model: &Model, width: f32, out: &mut Vec<Message>) {
    let Some(joining) = &model.scenes.film.joining else { return };
    let c = colours();
    let frame = Frame::NONE
        .fill(c.raised.0)
        .stroke(Stroke::new(1.0, c.outline.0))
        .corner_radius(CornerRadius::same(8))
        .inner_margin(Margin::symmetric(space(1.5) as i8, space(1.0) as i8));
    frame.show(ui, |ui| {
        ui.set_width(width - space(3.0));
        ui.horizontal(|ui| {
            let (mark, _) = ui.allocate_exact_size(vec2(space(3.0), theme::theme().space.control), Sense::hover());
            icon(ui.painter(), mark.center(), Icon::Clapperboard, 18.0, c.muted.0);
            let words = ui.available_width() - space(11.0);
            ui.vertical(|ui| {
                ui.set_width(words);
                ui.add_space(space(0.5));
                ui.spacing_mut().item_spacing.y = space(0.75);
                let sentence = if joining.cancelled {
                    "The film is being put away".to_owned()
                } else {
                    format!("“{}” is being joined", joining.title)
                };
                ui.add(Label::new(RichText::new(sentence).font(theme::body()).color(c.text)).truncate());
                // Until it has begun, the bar only says that something goes on.
                progress::bar(ui, words, (joining.part > 0.0).then_some(joining.part), "How far the film is");
                let part = format!("{:.0} %", joining.part * 100.0);
                ui.add(Label::new(RichText::new(part).font(theme::small()).color(c.muted)));
                ui.add_space(space(0.25));
            });
            if Button::quiet("Cancel").name("Cancel the film").enabled(!joining.cancelled).show(ui).clicked() {
                out.push(Message::Scenes(Scenes::Film(film::Message::Cancel)));
            }
        });
    });
}
