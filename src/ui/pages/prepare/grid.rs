//! The pictures, a tile a scene, over the particulars of the selected scene.

use egui::{
    Align, Layout, Rect, Role as Accessible, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};
use lucide_icons::Icon;

use crate::core::generate::Role;
use crate::core::problem::Problem;
use crate::studio::prepare::{Message as Prepare, Tile};
use crate::studio::scenes::Message as Scenes;
use crate::studio::{Message, Model};
use crate::ui::theme::{self, colours};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{card, icon, menu, progress, text};
use crate::ui::{Screen, View, cost};

use super::super::library::carry;
use super::{inspector, making, scene_menu, tile};

/// Tiles are about this wide; two stand beside each other as soon as `TWO` allows it.
const TILE: f32 = 248.0;
const TWO: f32 = 296.0;
const GAP: f32 = 8.0;
/// Two buttons with their words.
const BOTH: f32 = 216.0;

pub fn pictures_ui(ui: &mut Ui, model: &Model, view: &mut View, screen: &Screen, out: &mut Vec<Message>) {
    let area = ui.max_rect();
    let sheet = if model.prepare.script.scenes.is_empty() { 0.0 } else { inspector::height(area.width()) };
    // A low window scrolls both together rather than squeezing the pictures away.
    let low = area.height() - sheet < 120.0;
    let inner = area.shrink2(vec2(theme::space(2.0), 0.0));
    let inner = Rect::from_min_max(inner.min + vec2(0.0, theme::space(1.0)), inner.max);
    if low {
        ui.scope_builder(UiBuilder::new().max_rect(inner), |ui| {
            ScrollArea::vertical().id_salt("pictures").auto_shrink(false).show(ui, |ui| {
                if !model.prepare.script.scenes.is_empty() {
                    inspector::inspector_ui(ui, model, view, out);
                    ui.add_space(theme::space(1.0));
                }
                let (columns, size) = columns(vec2(ui.available_width(), 0.0), model.prepare.script.scenes.len());
                for row in 0..model.prepare.script.scenes.len().div_ceil(columns) {
                    row_ui(ui, model, view, screen, row, columns, size, out);
                }
            });
        });
        return;
    }
    let grid = Rect::from_min_max(inner.min, inner.max - vec2(0.0, sheet));
    ui.scope_builder(UiBuilder::new().max_rect(grid), |ui| grid_ui(ui, model, view, screen, out));
    if sheet > 0.0 {
        ui.painter().hline(area.x_range(), grid.bottom(), (1.0, colours().line.0));
        let under = Rect::from_min_max(pos2(inner.left(), grid.bottom() + theme::space(1.5)), inner.max);
        ui.scope_builder(UiBuilder::new().max_rect(under), |ui| inspector::inspector_ui(ui, model, view, out));
    }
}

/// Columns and the size of a tile: the largest tiles that all fit without scrolling, else as many as may stand side by side.
fn columns(room: egui::Vec2, count: usize) -> (usize, egui::Vec2) {
    let width = room.x - GAP;
    let most = ((width + GAP) / (TILE + GAP)).floor() as usize;
    let most = most.max(if width >= TWO { 2 } else { 1 });
    let tile = |columns: usize| {
        let wide = ((width - GAP * (columns - 1) as f32) / columns as f32).floor();
        vec2(wide, (wide * 9.0 / 16.0).round())
    };
    let fits = |columns: &usize| count.div_ceil(*columns) as f32 * (tile(*columns).y + GAP) - GAP <= room.y;
    let columns = (most.min(2)..=most).find(fits).unwrap_or(most);
    (columns, tile(columns))
}

fn grid_ui(ui: &mut Ui, model: &Model, view: &mut View, screen: &Screen, out: &mut Vec<Message>) {
    let count = model.prepare.script.scenes.len();
    if count == 0 {
        let button = Button::quiet("Add a scene").icon(Icon::Plus);
        let sentence = "Write “## ” and a heading, or add a scene. Each scene can have a picture.";
        if super::empty_state(ui, Icon::Image, "No scenes yet", sentence, button).clicked() {
            scene_menu::add(model, &mut view.prepare.inspector, out);
        }
        return;
    }
    let (columns, size) = columns(ui.available_size(), count);
    let mut scroll = ScrollArea::vertical().id_salt("pictures").auto_shrink(false);
    let row = model.prepare.selected / columns;
    if let Some(offset) = view.prepare.grid.offset(model.prepare.selected, row as f32 * (size.y + GAP), size.y) {
        scroll = scroll.vertical_scroll_offset(offset);
    }
    let shown = scroll.show_rows(ui, size.y, count.div_ceil(columns), |ui, rows| {
        for row in rows {
            row_ui(ui, model, view, screen, row, columns, size, out);
        }
    });
    view.prepare.grid.drawn(shown.state.clamped_offset().y, shown.inner_rect.height());
}

#[expect(clippy::too_many_arguments, reason = "the page's four and the grid's three")]
fn row_ui(
    ui: &mut Ui,
    model: &Model,
    view: &mut View,
    screen: &Screen,
    row: usize,
    columns: usize,
    size: egui::Vec2,
    out: &mut Vec<Message>,
) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        let count = model.prepare.script.scenes.len();
        for scene in row * columns..(row * columns + columns).min(count) {
            tile_ui(ui, size, model, view, screen, scene, out);
        }
    });
}

fn tile_ui(
    ui: &mut Ui,
    size: egui::Vec2,
    model: &Model,
    view: &mut View,
    screen: &Screen,
    scene: usize,
    out: &mut Vec<Message>,
) {
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let state = model.prepare.tiles.get(scene).unwrap_or(&Tile::Empty);
    let selected = scene == model.prepare.selected;
    let name = format!("Picture of scene {}: {}", scene + 1, tile::spoken(state));
    response.widget_info(|| WidgetInfo::selected(Accessible::Button, true, selected, &name));
    if response.clicked() {
        view.prepare.grid.chose(scene);
        out.push(Message::Prepare(Prepare::Select(scene)));
    }
    let prompt = model.prepare.script.scenes.get(scene).and_then(|scene| scene.image_prompt());
    let painted = match state {
        Tile::Ready { picture } => tile::picture(ui, rect, &mut view.thumbs, screen, picture),
        _ => false,
    };
    let empty = *state == Tile::Empty;
    if empty {
        card::ground(ui.painter(), rect, &response, selected);
    }
    let making = making::over_ui(ui, rect, model, screen, scene, empty, out);
    let filled = painted || (empty && making);
    if !filled {
        card::ground(ui.painter(), rect, &response, selected);
        let inside = UiBuilder::new().max_rect(rect.shrink(theme::space(1.0))).layout(Layout::top_down(Align::Center));
        // A child of its own: the tile has its place in the row already.
        let ui = &mut ui.new_child(inside.id_salt(scene));
        match state {
            Tile::Empty => empty_ui(ui, rect, model, scene, prompt, out),
            Tile::Failed { problem, .. } => failed_ui(ui, scene, problem, out),
            Tile::Working | Tile::Ready { .. } => working_ui(ui, rect),
        }
    }
    tile::number(ui, rect, scene);
    if !making {
        making::chips_ui(ui, rect, model, scene, out);
    }
    card::edge(ui.painter(), rect, &response, selected);
    carry::target(ui, view, rect, scene);
    menu::context(&response, scene_menu::WIDTH, |ui| scene_menu::rows_ui(ui, model, scene, &mut view.prepare.inspector, out));
    // What the painter has drawn of the words, and what not.
    let shown = model.scenes.part(scene, Role::Picture).shown.and_then(|asset| model.scenes.version(asset));
    if let Some(drawn) = shown.and_then(|version| version.drawn()) {
        response.on_hover_text(drawn);
    }
}

/// Nothing yet: the prompt it waits for, the way to have it made, and the way to give it a file.
fn empty_ui(ui: &mut Ui, rect: Rect, model: &Model, scene: usize, prompt: Option<&str>, out: &mut Vec<Message>) {
    let c = colours();
    ui.painter().rect_stroke(rect, theme::radius(), Stroke::new(1.0, c.line), StrokeKind::Inside);
    let room = ui.available_size();
    let rows = if room.y > 96.0 { 3 } else { 1 };
    let words = prompt.map(|prompt| text::rows(ui, prompt, theme::small(), c.muted.0, room.x, rows));
    let control = theme::theme().space.control;
    let below = words.as_ref().map_or(0.0, |words| words.size().y + theme::space(0.5));
    ui.add_space(((room.y - control - below) / 2.0).max(0.0).floor());
    // Both buttons stand in the middle, side by side where there is room.
    let both = prompt.is_some();
    let width = match (both, room.x < BOTH) {
        (true, true) => 144.0,
        (true, false) => BOTH,
        (false, _) => 104.0,
    };
    ui.allocate_ui_with_layout(vec2(width, control), Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = theme::space(0.5);
        if both {
            let name = format!("Generate the picture of scene {}", scene + 1);
            let tip = format!("Make it from its prompt: {}", cost::of(model, &[(scene, Role::Picture)], out).words);
            if Button::quiet("Generate").icon(Icon::Sparkles).name(&name).tooltip(&tip).show(ui).clicked() {
                out.push(Message::Scenes(Scenes::Make { scene, role: Role::Picture }));
            }
        }
        let name = format!("Choose a picture for scene {}", scene + 1);
        // Beside the other a small tile has room for its sign only.
        let button = match (both, room.x < BOTH) {
            (true, true) => Button::icon_only(Icon::ImagePlus, &name),
            (true, false) => Button::plain("Choose…"),
            (false, _) => Button::quiet("Choose…").icon(Icon::Plus),
        };
        if button.name(&name).tooltip("Choose a picture, or drop one here").show(ui).clicked() {
            out.push(Message::Prepare(Prepare::PickPicture(scene)));
        }
    });
    if let Some(words) = words {
        let (place, _) = ui.allocate_exact_size(words.size(), Sense::hover());
        ui.painter().galley(place.min, words, c.muted.0);
    }
}

fn failed_ui(ui: &mut Ui, scene: usize, problem: &Problem, out: &mut Vec<Message>) {
    let c = colours();
    let room = ui.available_size();
    let rows = if room.y > 96.0 { 3 } else { 2 };
    let words = text::rows(ui, &problem.what, theme::small(), c.text.0, room.x - 24.0, rows);
    let control = theme::theme().space.control;
    ui.spacing_mut().item_spacing.y = theme::space(0.5);
    ui.add_space(((room.y - control - words.size().y - theme::space(0.5)) / 2.0).max(0.0).floor());
    let (place, said) = ui.allocate_exact_size(words.size() + vec2(24.0, 0.0), Sense::hover());
    icon(ui.painter(), place.left_top() + vec2(8.0, 8.0), Icon::TriangleAlert, 16.0, c.accent.0);
    ui.painter().galley(place.min + vec2(24.0, 0.0), words, c.text.0);
    let whole = format!("{} {}", problem.what, problem.fix);
    said.widget_info(|| WidgetInfo::labeled(Accessible::Label, true, &whole));
    said.on_hover_text(whole.trim());
    let name = format!("Try the picture of scene {} again", scene + 1);
    if Button::quiet("Retry").icon(Icon::RotateCw).name(&name).show(ui).clicked() {
        out.push(Message::Prepare(Prepare::RetryPicture(scene)));
    }
}

fn working_ui(ui: &mut Ui, rect: Rect) {
    let bar = Rect::from_center_size(rect.center(), vec2(rect.width() * 0.4, 4.0));
    progress::paint(ui, bar, None);
    let c = colours();
    let at = bar.center_bottom() + vec2(0.0, theme::space(1.0));
    ui.painter().text(at, egui::Align2::CENTER_TOP, "Loading…", theme::small(), c.muted.0);
}
