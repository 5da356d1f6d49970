//! The level meter: RMS as a bar, the peak as a line, and a lamp that stays lit once the sound has clipped. A handful of
//! rectangles, because it is drawn on every frame of a recording.

use egui::{Rect, Response, Role, Sense, Ui, Vec2, WidgetInfo, pos2};

use crate::core::levels::Levels;
use crate::ui::theme::colours;

/// The lowest level that shows, dBFS.
const BOTTOM_DB: f32 = -54.0;
/// From here on upwards speech is loud, dBFS.
const LOUD_DB: f32 = -9.0;
const LAMP: f32 = 4.0;
const GAP: f32 = 2.0;

/// A meter of `size` points, upright when it is taller than wide. A click puts out the clip lamp: the caller, who owns the
/// latch, looks at `clicked()`.
pub fn meter(ui: &mut Ui, size: Vec2, levels: Levels, clipped: bool) -> Response {
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let c = colours();
    let painter = ui.painter();
    let upright = size.y > size.x;
    let length = (if upright { size.y } else { size.x }) - LAMP - GAP;
    // The stretch between two heights, both as fractions of the scale.
    let stretch = |from: f32, to: f32| {
        let (from, to) = (from * length, to * length);
        if upright {
            Rect::from_min_max(pos2(rect.left(), rect.bottom() - to), pos2(rect.right(), rect.bottom() - from))
        } else {
            Rect::from_min_max(pos2(rect.left() + from, rect.top()), pos2(rect.left() + to, rect.bottom()))
        }
    };
    let height = |db: f32| ((db - BOTTOM_DB) / -BOTTOM_DB).clamp(0.0, 1.0);
    let (rms, peak, loud) = (height(levels.rms_db), height(levels.peak_db), height(LOUD_DB));
    painter.rect_filled(stretch(0.0, 1.0), 1.0, c.raised);
    painter.rect_filled(stretch(0.0, rms.min(loud)), 1.0, c.text);
    if rms > loud {
        painter.rect_filled(stretch(loud, rms), 1.0, c.accent);
    }
    if peak > 0.0 {
        let line = 1.5 / length;
        painter.rect_filled(stretch((peak - line).max(0.0), peak), 0.0, if peak > loud { c.accent } else { c.text });
    }
    let lamp = if upright {
        Rect::from_min_size(rect.min, egui::vec2(rect.width(), LAMP))
    } else {
        Rect::from_min_max(pos2(rect.right() - LAMP, rect.top()), rect.max)
    };
    painter.rect_filled(lamp, 1.0, if clipped { c.accent } else { c.raised });
    if response.has_focus() {
        super::focus_ring(painter, rect);
    }
    let name = match clipped {
        true => format!("Microphone level {:.0} decibels, clipped", levels.rms_db),
        false => format!("Microphone level {:.0} decibels", levels.rms_db),
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    response.on_hover_text(if clipped { "The sound clipped. Click to reset." } else { "Level of the microphone" })
}
