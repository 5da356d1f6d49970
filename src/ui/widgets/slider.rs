//! A slider with its figure: dragged, stepped with the arrows of the keyboard, or set by a screen reader.

use std::ops::RangeInclusive;

use egui::style::HandleShape;
use egui::{Align, Align2, Layout, Sense, Slider, Ui, WidgetInfo, vec2};

use crate::ui::theme::{self, colours};

/// Room for the figure, in points.
const FIGURE: f32 = 52.0;

/// A slider of `width` points over steps of `step`, and `figure` of its value at the right. Answers with a new value.
pub fn slider(
    ui: &mut Ui,
    name: &str,
    width: f32,
    value: f32,
    range: RangeInclusive<f32>,
    step: f32,
    figure: impl Fn(f32) -> String,
) -> Option<f32> {
    let mut wanted = value;
    let changed =
        ui.allocate_ui_with_layout(vec2(width, theme::theme().space.control), Layout::left_to_right(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            ui.spacing_mut().slider_width = width - FIGURE;
            let bar =
                Slider::new(&mut wanted, range).step_by(f64::from(step)).show_value(false).handle_shape(HandleShape::Circle);
            let response = ui.add(bar);
            let (text, shown) = (figure(wanted), f64::from(wanted));
            response.widget_info(|| WidgetInfo::slider(true, shown, format!("{name}: {text}")));
            if response.has_focus() {
                super::focus_ring(ui.painter(), response.rect);
            }
            let (rect, _) = ui.allocate_exact_size(vec2(FIGURE, theme::theme().space.control), Sense::hover());
            ui.painter().text(rect.right_center(), Align2::RIGHT_CENTER, text, theme::small(), colours().muted.0);
            response.changed()
        });
    (changed.inner && (wanted - value).abs() > f32::EPSILON).then_some(wanted)
}
