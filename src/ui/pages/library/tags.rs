//! Tags: chips, and the list from which one is picked by typing. A tag that is not there yet is made by giving it.

use egui::{Color32, Response, Role, ScrollArea, Sense, Stroke, StrokeKind, TextEdit, Ui, WidgetInfo, pos2, vec2};
use lucide_icons::Icon;

use crate::core::library::TagCount;
use crate::studio::library::MAX_TAG;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::{focus_ring, icon, menu, text};

use super::words;

const HEIGHT: f32 = 26.0;
const CROSS: f32 = 12.0;
const MENU: f32 = 248.0;
const LIST: f32 = 224.0;
/// Longer tags end in an ellipsis.
const MOST: f32 = 200.0;

/// A tag as a chip with a cross; `clicked()` means that it is to go. `name` says so to screen readers.
pub fn chip_ui(ui: &mut Ui, label: &str, lead: Option<Icon>, name: &str) -> Response {
    let c = colours();
    let before = if lead.is_some() { 18.0 } else { 0.0 };
    let room = MOST.min(ui.available_width() - space(2.0) - before - CROSS - space(0.75));
    let galley = text::truncated(ui, label, theme::small(), Color32::PLACEHOLDER, room);
    let width = galley.size().x + before + space(2.0) + CROSS + space(0.75);
    let (rect, response) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::click());
    let bright = response.hovered() || response.has_focus();
    let fill = if bright { c.hovered } else { c.raised };
    ui.painter().rect(rect, HEIGHT / 2.0, fill.0, Stroke::new(1.0, c.line), StrokeKind::Inside);
    let left = rect.left() + space(1.0);
    if let Some(lead) = lead {
        icon(ui.painter(), pos2(left + 6.0, rect.center().y), lead, 12.0, c.muted.0);
    }
    ui.painter().galley(pos2(left + before, rect.center().y - galley.size().y / 2.0), galley, c.text.0);
    let cross = pos2(rect.right() - space(1.0) - CROSS / 2.0, rect.center().y);
    icon(ui.painter(), cross, Icon::X, CROSS, if bright { c.text.0 } else { c.muted.0 });
    if response.has_focus() {
        focus_ring(ui.painter(), rect);
    }
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    response.on_hover_text(name)
}

/// The chip that leads to another tag.
pub fn add_ui(ui: &mut Ui) -> Response {
    let c = colours();
    let galley = text::truncated(ui, "Tag", theme::small(), Color32::PLACEHOLDER, MOST);
    let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x + 18.0 + space(2.0), HEIGHT), Sense::click());
    let bright = response.hovered() || response.has_focus();
    let (fill, ink) = if bright { (c.hovered.0, c.text.0) } else { (Color32::TRANSPARENT, c.muted.0) };
    ui.painter().rect(rect, HEIGHT / 2.0, fill, Stroke::new(1.0, c.outline), StrokeKind::Inside);
    icon(ui.painter(), pos2(rect.left() + space(1.0) + 6.0, rect.center().y), Icon::Plus, CROSS, ink);
    let at = pos2(rect.left() + space(1.0) + 18.0, rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(at, galley, ink);
    if response.has_focus() {
        focus_ring(ui.painter(), rect);
    }
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Add a tag"));
    response.on_hover_text("Add a tag")
}

/// A list of tags under a button, found by typing; with `new`, what is typed may become one. Those in `without` are left out.
pub fn pick_ui(button: &Response, find: &mut String, tags: &[TagCount], without: &[String], new: bool) -> Option<String> {
    let opened = button.clicked();
    menu::panel(button, MENU, |ui| list_ui(ui, find, tags, without, (new, opened))).flatten()
}

fn list_ui(
    ui: &mut Ui,
    find: &mut String,
    tags: &[TagCount],
    without: &[String],
    (new, opened): (bool, bool),
) -> Option<String> {
    let hint = if new { "Find or name a tag" } else { "Find a tag" };
    let field = TextEdit::singleline(find).hint_text(hint).char_limit(MAX_TAG).desired_width(f32::INFINITY);
    let field = ui.add(field.margin(space(1.0))).accessible_name(hint);
    if opened {
        field.request_focus();
    }
    let wanted = find.trim().to_lowercase();
    let same = |tag: &str| tag.to_lowercase() == wanted;
    let fits = |tag: &&TagCount| tag.name.to_lowercase().contains(&wanted) && !without.contains(&tag.name);
    let found: Vec<&TagCount> = tags.iter().filter(fits).collect();
    let fresh = new && !wanted.is_empty() && !tags.iter().any(|tag| same(&tag.name));
    let mut chosen = None;
    // Enter takes what is typed; without a new one the first that is found.
    if field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter)) && !wanted.is_empty() {
        let known = found.iter().find(|tag| same(&tag.name)).or_else(|| found.first().filter(|_| !new));
        chosen = known.map(|tag| tag.name.clone()).or_else(|| fresh.then(|| find.trim().to_owned()));
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    if fresh && menu::option(ui, false, &format!("New tag “{}”", find.trim())) {
        chosen = Some(find.trim().to_owned());
    }
    if found.is_empty() && !fresh {
        let words = if tags.is_empty() { "There are no tags yet." } else { "No tag is like this." };
        ui.add_space(space(0.5));
        text::small(ui, words);
    }
    let row = theme::theme().space.control;
    ScrollArea::vertical().max_height(LIST).show_rows(ui, row, found.len(), |ui, rows| {
        for tag in &found[rows] {
            let label = format!("{}  ·  {}", tag.name, words::count(usize::try_from(tag.assets).unwrap_or(usize::MAX)));
            if menu::option(ui, false, &label) {
                chosen = Some(tag.name.clone());
            }
        }
    });
    if chosen.is_some() {
        find.clear();
        ui.close();
    }
    chosen
}
