//! Two texts side by side, line by line within the scenes that differ. What differs stands on the ground of a selection, on
//! whichever side it is. Rows that are out of sight cost nothing: their heights are computed once.

use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, Galley, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::core::history::compare::{Comparison, Part, Row};
use crate::ui::theme::{self, colours, space};

use super::text;

/// Between the two sides.
const GAP: f32 = 24.0;
/// A bar at a line that has no other side.
const BAR: f32 = 3.0;

/// What a line is called that stands on one side only, or reads otherwise on each: left, then right.
pub struct Sides {
    pub alone: [&'static str; 2],
    pub changed: [&'static str; 2],
}

/// Heights of the rows at a width, and their sum.
#[derive(Clone, Default)]
pub struct Heights {
    of: Option<(Arc<Comparison>, f32)>,
    /// Where each row begins, and where the last ends.
    tops: Vec<f32>,
}

/// Draws the rows that are in `seen`, which is relative to where they begin, and takes the room of all.
pub fn rows_ui(ui: &mut Ui, comparison: &Arc<Comparison>, heights: &mut Heights, width: f32, seen: Rect, sides: &Sides) {
    heights.measure(ui, comparison, width);
    let total = heights.tops.last().copied().unwrap_or_default();
    let foot = if comparison.more > 0 { space(5.0) } else { space(1.0) };
    let (all, _) = ui.allocate_exact_size(vec2(width, total + foot), Sense::hover());
    let first = heights.tops.partition_point(|top| *top <= seen.top()).saturating_sub(1);
    for (i, row) in comparison.rows.iter().enumerate().skip(first) {
        let (Some(top), Some(bottom)) = (heights.tops.get(i), heights.tops.get(i + 1)) else { break };
        if *top > seen.bottom() {
            break;
        }
        let place = Rect::from_min_max(all.min + vec2(0.0, *top), all.min + vec2(width, *bottom));
        row_ui(ui, i, row, place, sides);
    }
    if comparison.more > 0 && seen.bottom() > total {
        let words = format!("{} more lines differ or belong to them; this is another text.", comparison.more);
        middle_ui(ui, &words, Rect::from_min_max(pos2(all.left(), all.top() + total), all.max));
    }
}

/// The left and the right half of a row.
pub fn halves(row: Rect) -> (Rect, Rect) {
    let half = ((row.width() - GAP) / 2.0).floor();
    (row.with_max_x(row.left() + half), row.with_min_x(row.right() - half))
}

impl Heights {
    fn measure(&mut self, ui: &Ui, comparison: &Arc<Comparison>, width: f32) {
        if self.of.as_ref().is_some_and(|(of, at)| Arc::ptr_eq(of, comparison) && *at == width) {
            return;
        }
        let (left, _) = halves(Rect::from_min_size(egui::Pos2::ZERO, vec2(width, 1.0)));
        let mut top = 0.0;
        self.tops = vec![top];
        for row in &comparison.rows {
            top += height(ui, row, left.width());
            self.tops.push(top);
        }
        self.of = Some((Arc::clone(comparison), width));
    }
}

fn height(ui: &Ui, row: &Row, side: f32) -> f32 {
    match row {
        Row::AlikeScenes(_) | Row::AlikeLines(_) => space(4.0),
        Row::Scene { .. } => space(5.0),
        row => {
            let [old, new] = laid(ui, row, side);
            old.size().y.max(new.size().y) + space(1.25)
        }
    }
}

fn row_ui(ui: &mut Ui, index: usize, row: &Row, place: Rect, sides: &Sides) {
    let c = colours();
    let name = match row {
        Row::AlikeScenes(1) => "1 scene is the same".to_owned(),
        Row::AlikeScenes(count) => format!("{count} scenes are the same"),
        Row::AlikeLines(1) => "1 line is the same".to_owned(),
        Row::AlikeLines(count) => format!("{count} lines are the same"),
        Row::Scene { old, new } => {
            let heading = new.as_ref().or(old.as_ref()).map_or("", String::as_str);
            format!("Scene {heading}")
        }
        Row::Same(text) => text.clone(),
        Row::Changed { old, new } => {
            let [was, is] = sides.changed;
            format!("{was}: {} {is}: {}", whole(old), whole(new))
        }
        Row::Gone(text) => format!("{}: {text}", sides.alone[0]),
        Row::New(text) => format!("{}: {text}", sides.alone[1]),
    };
    let response = ui.interact(place, ui.scope_id().with(("row", index)), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
    let (left, right) = halves(place);
    match row {
        Row::AlikeScenes(_) | Row::AlikeLines(_) => middle_ui(ui, &name, place),
        Row::Scene { old, new } => {
            if index > 0 {
                ui.painter().hline(place.x_range(), place.top() + space(1.0), (1.0, c.line.0));
            }
            for (side, heading) in [(left, old), (right, new)] {
                let heading = heading.as_deref().unwrap_or("—");
                let galley = text::truncated(ui, heading, theme::body(), c.accent.0, side.width());
                ui.painter().galley(pos2(side.left(), place.bottom() - galley.size().y - space(0.5)), galley, c.accent.0);
            }
        }
        row => {
            let [old, new] = laid(ui, row, left.width());
            for (side, galley, alone) in [(left, old, matches!(row, Row::Gone(_))), (right, new, matches!(row, Row::New(_)))] {
                if alone {
                    let bar = Rect::from_min_size(
                        pos2(side.left() - space(1.0), side.top() + space(0.5)),
                        vec2(BAR, galley.size().y),
                    );
                    ui.painter().rect_filled(bar, 1.0, c.accent.0);
                }
                ui.painter().galley(pos2(side.left(), side.top() + space(0.5)), galley, c.text.0);
            }
        }
    }
}

fn middle_ui(ui: &Ui, words: &str, place: Rect) {
    let galley = text::truncated(ui, words, theme::small(), colours().muted.0, place.width());
    ui.painter().galley(pos2(place.left(), place.center().y - galley.size().y / 2.0), galley, colours().muted.0);
}

fn whole(parts: &[Part]) -> String {
    parts.iter().map(|part| part.text.as_str()).collect()
}

/// Both sides of a row of text.
fn laid(ui: &Ui, row: &Row, width: f32) -> [Arc<Galley>; 2] {
    let one = |text: &str, differs: bool| vec![Part { text: text.to_owned(), differs }];
    let (muted, text) = (colours().muted.0, colours().text.0);
    let (old, new, colour) = match row {
        Row::Same(same) => (one(same, false), one(same, false), muted),
        Row::Changed { old, new } => (old.clone(), new.clone(), text),
        Row::Gone(gone) => (one(gone, true), Vec::new(), text),
        Row::New(fresh) => (Vec::new(), one(fresh, true), text),
        Row::AlikeScenes(_) | Row::AlikeLines(_) | Row::Scene { .. } => (Vec::new(), Vec::new(), muted),
    };
    [old, new].map(|parts| galley(ui, &parts, colour, width))
}

fn galley(ui: &Ui, parts: &[Part], colour: Color32, width: f32) -> Arc<Galley> {
    let mut job = LayoutJob::default();
    job.wrap.max_width = width;
    for part in parts {
        let background = if part.differs { colours().selection.0 } else { Color32::TRANSPARENT };
        job.append(&part.text, 0.0, TextFormat { background, ..TextFormat::simple(theme::body(), colour) });
    }
    ui.fonts_mut(|fonts| fonts.layout_job(job))
}
