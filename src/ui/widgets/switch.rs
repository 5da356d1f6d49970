//! A switch: on or off, at once.

use egui::{Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::ui::theme::{self, colours};

use super::focus_ring;

const WIDTH: f32 = 40.0;
const HEIGHT: f32 = 22.0;
/// From the edge to the knob.
const GAP: f32 = 3.0;

/// Shows it; `clicked()` means that the other state is wanted. `name` is for screen readers.
pub fn switch(ui: &mut Ui, name: &str, on: bool) -> Response {
    let c = colours();
    let (place, response) = ui.allocate_exact_size(vec2(WIDTH, theme::theme().space.control), Sense::click());
    let rect = Rect::from_center_size(place.center(), vec2(WIDTH, HEIGHT));
    let bright = response.hovered() || response.has_focus();
    let (ground, knob) = match (on, bright) {
        (true, false) => (c.accent.0, c.on_accent.0),
        (true, true) => (c.accent.0.lerp_to_gamma(c.text.0, 0.15), c.on_accent.0),
        (false, false) => (c.outline.0, c.text.0),
        (false, true) => (c.outline.0.lerp_to_gamma(c.text.0, 0.15), c.text.0),
    };
    let radius = HEIGHT / 2.0 - GAP;
    let x = if on { rect.right() - GAP - radius } else { rect.left() + GAP + radius };
    ui.painter().rect_filled(rect, HEIGHT / 2.0, ground);
    ui.painter().circle_filled(pos2(x, rect.center().y), radius, knob);
    if response.has_focus() {
        focus_ring(ui.painter(), rect.expand(2.0));
    }
    response.widget_info(|| WidgetInfo::selected(Role::Switch, true, on, name));
    response
}
