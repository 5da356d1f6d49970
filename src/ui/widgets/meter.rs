//! The level meter: a bar for each channel with RMS filled and the peak as a line, a lamp that stays lit once the sound has
//! clipped, and beside the bars a scale on which the loudness stands, with the stretch it should stay in. A dozen rectangles,
//! because it is drawn on every frame of a recording.

use egui::{Rect, Response, Role, Sense, Ui, Vec2, WidgetInfo, pos2};

use crate::core::levels::Levels;
use crate::core::loudness::TARGET_LUFS;
use crate::ui::theme::colours;

/// The lowest level that shows, dBFS and LUFS.
const BOTTOM_DB: f32 = -54.0;
/// From here on upwards speech is loud, dBFS.
const LOUD_DB: f32 = -9.0;
const LAMP: f32 = 4.0;
const GAP: f32 = 2.0;
/// Width of the scale for loudness, and of what stands between it and the bars.
const SCALE: f32 = 4.0;
const BETWEEN: f32 = 4.0;

/// What a meter shows.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// One or more channels: RMS as the bar, the peak as the line.
    pub channels: &'a [Levels],
    /// LUFS just now; `None` where it is not known.
    pub loudness: Option<f32>,
    pub clipped: bool,
    /// For screen readers.
    pub name: &'a str,
    pub tooltip: &'a str,
}

/// An upright meter of `size` points. A click puts out the clip lamp: the caller, who owns the latch, looks at `clicked()`.
pub fn meter(ui: &mut Ui, size: Vec2, shown: Shown<'_>) -> Response {
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let scale = Rect::from_min_max(pos2(rect.left(), rect.top() + LAMP + GAP), pos2(rect.left() + SCALE, rect.bottom()));
    scale_ui(ui, scale, shown.loudness);
    let count = shown.channels.len().max(1) as f32;
    let left = scale.right() + BETWEEN;
    let width = (rect.right() - left - GAP * (count - 1.0)) / count;
    for (at, levels) in shown.channels.iter().enumerate() {
        let left = left + at as f32 * (width + GAP);
        bar_ui(ui, Rect::from_min_max(pos2(left, rect.top()), pos2(left + width, rect.bottom())), levels, shown.clipped);
    }
    if response.has_focus() {
        super::focus_ring(ui.painter(), rect.expand(2.0));
    }
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, shown.name));
    response.on_hover_text(shown.tooltip)
}

fn bar_ui(ui: &Ui, rect: Rect, levels: &Levels, clipped: bool) {
    let c = colours();
    let painter = ui.painter();
    let lamp = Rect::from_min_max(rect.min, pos2(rect.right(), rect.top() + LAMP));
    painter.rect_filled(lamp, 1.0, if clipped { c.accent } else { c.raised });
    let bar = Rect::from_min_max(pos2(rect.left(), lamp.bottom() + GAP), rect.max);
    let (rms, peak, loud) = (part(levels.rms_db), part(levels.peak_db), part(LOUD_DB));
    painter.rect_filled(bar, 1.0, c.raised);
    painter.rect_filled(stretch(bar, 0.0, rms.min(loud)), 1.0, c.text);
    if rms > loud {
        painter.rect_filled(stretch(bar, loud, rms), 1.0, c.accent);
    }
    if peak > 0.0 {
        let line = 1.5 / bar.height();
        let colour = if peak > loud { c.accent } else { c.text };
        painter.rect_filled(stretch(bar, (peak - line).max(0.0), peak), 0.0, colour);
    }
}

/// One level, lying, in `bar`: to be read from afar.
pub fn lying(ui: &Ui, bar: Rect, levels: &Levels) {
    let c = colours();
    let x = |part: f32| bar.left() + part * bar.width();
    let fill = |from: f32, to: f32, colour| {
        let piece = Rect::from_min_max(pos2(x(from), bar.top()), pos2(x(to), bar.bottom()));
        ui.painter().rect_filled(piece, 1.0, colour);
    };
    let (rms, peak, loud) = (part(levels.rms_db), part(levels.peak_db), part(LOUD_DB));
    fill(0.0, 1.0, c.raised);
    fill(0.0, rms.min(loud), c.text);
    if rms > loud {
        fill(loud, rms, c.accent);
    }
    if peak > 0.0 {
        let line = 2.0 / bar.width();
        fill((peak - line).max(0.0), peak, if peak > loud { c.accent } else { c.text });
    }
}

/// The stretch to stay in, and a pointer to where the loudness is.
fn scale_ui(ui: &Ui, rect: Rect, loudness: Option<f32>) {
    let c = colours();
    let target = stretch(rect, part(*TARGET_LUFS.start()), part(*TARGET_LUFS.end()));
    ui.painter().rect_filled(target, SCALE / 2.0, c.outline);
    let Some(lufs) = loudness.filter(|lufs| *lufs > BOTTOM_DB) else { return };
    let at = stretch(rect, 0.0, part(lufs)).top();
    let pointer = Rect::from_center_size(pos2(rect.center().x, at), egui::vec2(SCALE + 2.0, 3.0));
    ui.painter().rect_filled(pointer, 1.0, if lufs > *TARGET_LUFS.end() { c.accent } else { c.text });
}

/// How far up the scale, 0 to 1.
fn part(db: f32) -> f32 {
    ((db - BOTTOM_DB) / -BOTTOM_DB).clamp(0.0, 1.0)
}

/// Between two heights of an upright bar.
fn stretch(bar: Rect, from: f32, to: f32) -> Rect {
    let y = |part: f32| bar.bottom() - part * bar.height();
    Rect::from_min_max(pos2(bar.left(), y(to)), pos2(bar.right(), y(from)))
}
