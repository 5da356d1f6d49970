//! A thin bar for work that takes time. Without a known end it moves; that is the one thing here that moves by itself.

use egui::{Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::ui::theme::colours;

const HEIGHT: f32 = 4.0;
/// Length of the moving part, as a fraction of the bar.
const PART: f32 = 0.3;
/// Seconds of one passage.
const PASSAGE_SECS: f64 = 1.4;

/// A bar of `width` points; `fraction` 0 to 1, or `None` while the end is unknown. `name` says what is progressing.
pub fn bar(ui: &mut Ui, width: f32, fraction: Option<f32>, name: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::hover());
    paint(ui, rect, fraction);
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ProgressIndicator, true, name);
        info.value = fraction.map(f64::from);
        info
    });
    response
}

/// Paints the bar into `rect`, for tiles that lay themselves out.
pub fn paint(ui: &Ui, rect: Rect, fraction: Option<f32>) {
    let c = colours();
    let painter = ui.painter();
    let radius = rect.height() / 2.0;
    painter.rect_filled(rect, radius, c.pressed);
    let (from, to) = match fraction {
        Some(fraction) => (0.0, fraction.clamp(0.0, 1.0)),
        None => {
            ui.request_repaint_after(std::time::Duration::from_millis(33));
            let at = ((ui.time() / PASSAGE_SECS).fract() as f32) * (1.0 + PART);
            ((at - PART).max(0.0), at.min(1.0))
        }
    };
    if to > from {
        let x = |f: f32| rect.left() + rect.width() * f;
        let part = Rect::from_min_max(pos2(x(from), rect.top()), pos2(x(to), rect.bottom()));
        painter.rect_filled(part, radius, c.accent);
    }
}
