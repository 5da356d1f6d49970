//! What a rehearsal found out: for each scene that was read to its end the seconds it was to take and took, and two ways on.

use egui::{Align, Layout, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use crate::studio::rehearse::{self, Measured, SceneTime};
use crate::studio::{Message, Model};
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{text, time};

use super::places::Places;

const WIDTH: f32 = 600.0;
const ROW: f32 = 28.0;
/// Width of a column of figures.
const FIGURES: f32 = 72.0;
const COLUMNS: [&str; 3] = ["Target", "You took", "wpm"];

/// Draws the panel once there is something to offer.
pub fn rehearsal_ui(ui: &mut Ui, model: &Model, places: &Places, out: &mut Vec<Message>) {
    let Some(measured) = model.rehearse.measured() else { return };
    let stage = places.stage;
    let c = colours();
    let control = theme::theme().space.control;
    let fixed = 2.0 * space(2.5) + control + space(1.0) + ROW + space(1.5) + control;
    let height = (fixed + ROW * measured.scenes.len() as f32).min(stage.height() - space(2.0));
    let panel = Rect::from_center_size(stage.center(), vec2(WIDTH.min(stage.width() - space(3.0)), height));
    // Clicks beside its buttons are not for what lies under it.
    ui.interact(panel, ui.scope_id().with("rehearsal"), Sense::click());
    let above = Rect::from_min_max(stage.min, pos2(stage.right(), places.bar.top().max(panel.bottom())));
    ui.painter().rect_filled(above, 0.0, c.scrim);
    ui.painter().rect(panel, theme::radius(), c.surface, Stroke::new(1.0, c.outline), StrokeKind::Inside);
    let inner = panel.shrink(space(2.5));
    let row = |top: f32, height: f32| Rect::from_min_size(pos2(inner.left(), top), vec2(inner.width(), height));
    ui.scope_builder(UiBuilder::new().max_rect(row(inner.top(), control)), |ui| {
        text::title(ui, "Your pace");
    });
    let heads = row(inner.top() + control + space(1.0), ROW);
    heads_ui(ui, heads, measured);
    let foot = row(inner.bottom() - control, control);
    let list = Rect::from_min_max(heads.left_bottom(), pos2(inner.right(), foot.top() - space(1.5)));
    ui.scope_builder(UiBuilder::new().max_rect(list), |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            measured.scenes.iter().for_each(|scene| scene_ui(ui, scene));
        });
    });
    ui.scope_builder(UiBuilder::new().max_rect(foot).layout(Layout::right_to_left(Align::Center)), |ui| {
        let tip = "Write these seconds into the script as the scenes' lengths. Undo takes it back.";
        if Button::primary("Use this pace").tooltip(tip).show(ui).clicked() {
            out.push(Message::Rehearse(rehearse::Message::Use));
        }
        if Button::quiet("Discard").show(ui).clicked() {
            out.push(Message::Rehearse(rehearse::Message::Discard));
        }
        let before: f64 = measured.scenes.iter().map(|scene| scene.target_secs).sum();
        let took: f64 = measured.scenes.iter().map(|scene| scene.secs).sum();
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let words = format!("{} in all, planned {}", seconds(took), seconds(before));
            let galley = text::truncated(ui, &words, theme::small(), colours().muted.0, ui.available_width());
            ui.label(galley);
        });
    });
}

fn heads_ui(ui: &Ui, rect: Rect, measured: &Measured) {
    let muted = colours().muted.0;
    let count = measured.scenes.len();
    let s = if count == 1 { "" } else { "s" };
    let words = match measured.missing {
        0 => format!("{count} scene{s}"),
        missing => format!("{count} of {} scenes were read to the end", count + missing),
    };
    let room = rect.width() - 3.0 * FIGURES - space(1.0);
    let galley = text::truncated(ui, &words, theme::small(), muted, room);
    ui.painter().galley(pos2(rect.left(), rect.center().y - galley.size().y / 2.0), galley, muted);
    for (column, head) in COLUMNS.iter().enumerate() {
        let right = right_of(rect, column);
        ui.painter().text(pos2(right, rect.center().y), egui::Align2::RIGHT_CENTER, head, theme::small(), muted);
    }
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, (1.0, colours().line.0));
}

fn scene_ui(ui: &mut Ui, scene: &SceneTime) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let c = colours();
    let name = format!("{}  {}", scene.scene + 1, scene.title);
    let (target, secs) = (seconds(scene.target_secs), seconds(scene.secs));
    let wpm = format!("{:.0}", scene.words_per_minute);
    response.widget_info(|| {
        let said = format!("{}: target {target}, you took {secs}, {wpm} words per minute", scene.title);
        WidgetInfo::labeled(Role::Label, true, said)
    });
    let galley = text::truncated(ui, &name, theme::body(), c.text.0, rect.width() - 3.0 * FIGURES - space(1.0));
    ui.painter().galley(pos2(rect.left(), rect.center().y - galley.size().y / 2.0), galley, c.text.0);
    for (column, (figures, colour)) in [(target, c.muted.0), (secs, c.text.0), (wpm, c.muted.0)].into_iter().enumerate() {
        let width = time::size(ui.painter(), &figures, &theme::body()).x;
        let at = pos2(right_of(rect, column) - width, rect.center().y);
        time::paint(ui.painter(), at, &figures, &theme::body(), colour);
    }
}

fn right_of(rect: Rect, column: usize) -> f32 {
    // A scroll bar may stand at the very right.
    rect.right() - space(1.0) - FIGURES * (COLUMNS.len() - 1 - column) as f32
}

/// Tenths while they mean something.
fn seconds(secs: f64) -> String {
    if secs < 99.95 { format!("{secs:.1} s") } else { format!("{secs:.0} s") }
}
