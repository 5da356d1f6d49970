//! A ring that fills, over a picture that is being made. Without a known end a part of it goes round.

use egui::epaint::PathShape;
use egui::{Painter, Pos2, Shape, Stroke, Ui, pos2};

use crate::ui::theme::colours;

/// Length of the part that goes round, as a fraction of the ring.
const PART: f32 = 0.25;
/// Seconds of one round.
const ROUND_SECS: f64 = 1.4;
/// Corners of a whole ring.
const CORNERS: f32 = 48.0;

/// Paints a ring around `centre`; `fraction` 0 to 1, or `None` while the end is unknown.
pub fn paint(ui: &Ui, centre: Pos2, radius: f32, fraction: Option<f32>) {
    let c = colours();
    let width = (radius / 6.0).clamp(2.0, 4.0);
    ui.painter().circle_stroke(centre, radius, Stroke::new(width, c.pressed));
    let (from, to) = match fraction {
        Some(fraction) => (0.0, fraction.clamp(0.02, 1.0)),
        None => {
            ui.request_repaint_after(std::time::Duration::from_millis(33));
            let at = (ui.time() / ROUND_SECS).fract() as f32;
            (at, at + PART)
        }
    };
    arc(ui.painter(), centre, radius, (from, to), Stroke::new(width, c.accent));
}

/// Part of a circle, from and to as fractions of it, clockwise from the top.
fn arc(painter: &Painter, centre: Pos2, radius: f32, (from, to): (f32, f32), stroke: Stroke) {
    let steps = ((to - from) * CORNERS).ceil().max(1.0);
    let point = |step: f32| {
        let angle = (from + (to - from) * step / steps) * std::f32::consts::TAU;
        pos2(centre.x + radius * angle.sin(), centre.y - radius * angle.cos())
    };
    let points = (0..=steps as usize).map(|step| point(step as f32)).collect();
    painter.add(Shape::Path(PathShape::line(points, stroke)));
}
