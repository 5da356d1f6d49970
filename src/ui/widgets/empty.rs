//! A page or pane with nothing in it teaches the next step: what is missing, why it matters, one button.

use egui::{Align, Layout, Response, RichText, Ui, UiBuilder, vec2};
use lucide_icons::Icon;

use crate::ui::theme::{self, colours};

use super::button::Button;

const WIDTH: f32 = 360.0;
const HEIGHT: f32 = 208.0;
const ICON: f32 = 32.0;

/// Fills the space that is left and stands in its middle. Answers with the button.
pub fn empty_state(ui: &mut Ui, icon: Icon, title: &str, sentence: &str, button: Button<'_>) -> Response {
    state(ui, icon, title, sentence, |ui| button.show(ui))
}

/// The same with another way beside the first.
pub fn empty_state_or(
    ui: &mut Ui,
    icon: Icon,
    title: &str,
    sentence: &str,
    button: Button<'_>,
    other: Button<'_>,
) -> [Response; 2] {
    state(ui, icon, title, sentence, |ui| [button.show(ui), other.show(ui)])
}

fn state<R>(ui: &mut Ui, icon: Icon, title: &str, sentence: &str, buttons: impl FnOnce(&mut Ui) -> R) -> R {
    let area = ui.available_rect_before_wrap();
    let size = vec2(WIDTH.min(area.width()), HEIGHT.min(area.height()));
    let rect = egui::Rect::from_center_size(area.center(), size);
    ui.advance_cursor_after_rect(area);
    let layout = Layout::top_down(Align::Center);
    ui.scope_builder(UiBuilder::new().max_rect(rect).layout(layout), |ui| {
        let (mark, _) = ui.allocate_exact_size(vec2(ICON, ICON), egui::Sense::hover());
        super::icon(ui.painter(), mark.center(), icon, ICON, colours().muted.0);
        ui.label(RichText::new(title).font(theme::title()).color(colours().text));
        ui.label(RichText::new(sentence).font(theme::body()).color(colours().muted));
        ui.add_space(theme::space(1.0));
        buttons(ui)
    })
    .inner
}
