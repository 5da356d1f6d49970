//! The few controls everything is made of. Each paints itself in the theme's colours, shows hover and focus, and carries a
//! name for screen readers; pages only arrange them.

pub mod button;
pub mod card;
pub mod comparison;
pub mod empty;
pub mod menu;
pub mod meter;
pub mod number;
pub mod progress;
pub mod ring;
pub mod segmented;
pub mod slider;
pub mod switch;
pub mod text;
pub mod time;
pub mod wave;

use egui::{Color32, Painter, Pos2, Rect, Stroke, StrokeKind};
use lucide_icons::Icon;

use super::theme;

/// Draws an icon with its middle at `centre`.
pub fn icon(painter: &Painter, centre: Pos2, icon: Icon, size: f32, colour: Color32) {
    let galley = painter.layout_no_wrap(char::from(icon).to_string(), theme::icons(size), colour);
    painter.galley(centre - galley.rect.center().to_vec2(), galley, colour);
}

/// The ring around whatever the keyboard would act on.
pub fn focus_ring(painter: &Painter, rect: Rect) {
    let stroke = Stroke::new(2.0, theme::colours().accent);
    painter.rect_stroke(rect, theme::radius(), stroke, StrokeKind::Outside);
}
