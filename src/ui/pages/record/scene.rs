//! Which scene is being read, and how far it is: one pip a scene, the present one filled as far as the words have come.

use egui::{Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::core::time::Moment;
use crate::studio::Model;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::text;

use super::places::Places;

const PIP: f32 = 4.0;
/// More scenes than this run into one bar.
const MOST_PIPS: usize = 24;

/// Draws the box at the upper left.
pub fn scene_ui(ui: &mut Ui, model: &Model, places: &Places, now: Moment) {
    let Some(rect) = places.scene else { return };
    let Some((title, number)) = title(model, now) else { return };
    let inner = rect.shrink2(vec2(space(1.5), space(1.25)));
    let c = colours();
    let response = ui.interact(rect, ui.scope_id().with("scene"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{number} · {title}")));
    let top = text::truncated(ui, &number, theme::small(), c.text.0.gamma_multiply(0.85), inner.width());
    ui.painter().galley(inner.min, top, c.text.0);
    let heading = text::truncated(ui, &title, theme::body(), c.text.0, inner.width());
    let elided = heading.elided;
    ui.painter().galley(inner.min + vec2(0.0, space(2.25)), heading, c.text.0);
    let pips = Rect::from_min_max(pos2(inner.left(), inner.bottom() - PIP), inner.max);
    pips_ui(ui, model, pips, now);
    if elided {
        response.on_hover_text(title);
    }
}

/// `Scene 2 of 5` and its heading.
pub fn title(model: &Model, now: Moment) -> Option<(String, String)> {
    let scenes = &model.prepare.script.scenes;
    let at = model.prompter.scene(now).unwrap_or(0);
    let scene = scenes.get(at)?;
    Some((scene.title(at), format!("Scene {} of {}", at + 1, scenes.len())))
}

/// One bar a scene, as wide as the scene is long.
fn pips_ui(ui: &Ui, model: &Model, rect: Rect, now: Moment) {
    let c = colours();
    let plan = &model.prompter.plan;
    let position = model.prompter.course.position(now);
    let total = plan.total_secs();
    if total <= 0.0 {
        return;
    }
    let painter = ui.painter();
    let legs: Vec<(f64, f64)> = if plan.legs.len() > MOST_PIPS {
        vec![(total, plan.secs_at(position) / total)]
    } else {
        plan.legs.iter().map(|leg| (leg.secs, ((position - leg.from) / (leg.to - leg.from)).clamp(0.0, 1.0))).collect()
    };
    let gap = space(0.5);
    let room = rect.width() - gap * (legs.len() as f32 - 1.0);
    let mut x = rect.left();
    for (secs, done) in legs {
        let width = (room * (secs / total) as f32).max(2.0);
        let pip = Rect::from_min_size(pos2(x, rect.top()), vec2(width, rect.height()));
        painter.rect_filled(pip, PIP / 2.0, c.outline);
        if done > 0.0 {
            let part = Rect::from_min_size(pip.min, vec2(width * done as f32, pip.height()));
            painter.rect_filled(part, PIP / 2.0, c.text);
        }
        x += width + gap;
    }
}
