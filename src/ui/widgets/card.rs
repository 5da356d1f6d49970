//! The frame of cards and tiles: a small surface that shows hover, selection and focus by its edge.

use egui::{Painter, Rect, Response, Stroke, StrokeKind};

use crate::ui::theme::{self, colours};

use super::focus_ring;

/// Paints the ground of a card under whatever is drawn next.
pub fn ground(painter: &Painter, rect: Rect, response: &Response, selected: bool) {
    let c = colours();
    let fill = if response.hovered() || response.has_focus() { c.raised } else { c.surface };
    painter.rect_filled(rect, theme::radius(), fill);
    edge(painter, rect, response, selected);
}

/// Paints the edge alone, over a picture that fills the card.
pub fn edge(painter: &Painter, rect: Rect, response: &Response, selected: bool) {
    let c = colours();
    if selected {
        painter.rect_stroke(rect, theme::radius(), Stroke::new(2.0, c.accent), StrokeKind::Inside);
    } else if response.hovered() {
        painter.rect_stroke(rect, theme::radius(), Stroke::new(1.0, c.outline), StrokeKind::Inside);
    }
    if response.has_focus() {
        focus_ring(painter, rect);
    }
}
