//! The one that is chosen, in full: a large picture to look through with the pointer, its name to be written over, tags,
//! particulars, where it came from and where it went. Of several it tells how much they are, and tags them together.

use std::sync::Arc;

use egui::text::{CCursor, CCursorRange, CharIndex};
use egui::{
    Align, Frame, Key, Label, Layout, Margin, Rect, RichText, Role, ScrollArea, Sense, TextEdit, Ui, WidgetInfo, pos2, vec2,
};
use lucide_icons::Icon;

use crate::core::asset::Asset;
use crate::core::glance::Glance;
use crate::core::library::Seq;
use crate::core::time::clock;
use crate::studio::command::Command;
use crate::studio::library::{Caret, MAX_NAME, Message as Library, is_picture, viewer};
use crate::studio::{Message, Model, review, scenes};
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{focus_ring, icon, menu, text};
use crate::ui::{Screen, figures};

use super::thumb::{self, Shown, Ways, thumb_ui};
use super::{LibraryView, facts, items, lineage, tags, words};

/// What the inspector may forget.
#[derive(Default)]
pub struct InspectorView {
    /// What is being written, and of which asset.
    name: Option<(Seq, String)>,
    description: Option<(Seq, String)>,
    find_tag: String,
}

/// Draws the inspector into `ui`; `alone` where it stands in the list's place.
pub fn inspector_ui(ui: &mut Ui, model: &Model, view: &mut LibraryView, screen: &Screen, alone: bool, out: &mut Vec<Message>) {
    let area = ui.available_rect_before_wrap().shrink2(vec2(space(2.0), 0.0));
    let area = Rect::from_min_max(area.min + vec2(0.0, space(1.5)), area.max);
    ui.scope_builder(egui::UiBuilder::new().max_rect(area).id_salt("inspected"), |ui| {
        if alone && Button::plain("Back to the list").icon(Icon::ChevronLeft).show(ui).clicked() {
            view.details = false;
        }
        // What was being written of another asset is kept before this one is shown.
        keep_drafts(model, &mut view.inspector, out);
        match (model.library.selection.len(), model.library.inspected()) {
            (0, _) if !model.library.found.is_empty() => nothing_ui(ui),
            (0, _) | (1, None) => {}
            (1, Some((seq, asset))) => {
                let asset = Arc::clone(asset);
                one_ui(ui, model, view, screen, seq, &asset, out);
            }
            (many, _) => many_ui(ui, model, view, many, out),
        }
    });
}

fn nothing_ui(ui: &mut Ui) {
    let area = ui.available_rect_before_wrap();
    let width = (area.width() - space(2.0)).max(space(8.0));
    let said = text::Sentence::new(ui, "Select an item to see what it is and where it came from.", colours().muted.0, width);
    let at = area.center() - vec2(0.0, said.height() / 2.0);
    icon(ui.painter(), at - vec2(0.0, space(3.5)), Icon::Info, 24.0, colours().outline.0);
    said.show(ui, at);
}

fn one_ui(
    ui: &mut Ui,
    model: &Model,
    view: &mut LibraryView,
    screen: &Screen,
    seq: Seq,
    asset: &Arc<Asset>,
    out: &mut Vec<Message>,
) {
    // The buttons stay in sight however long the rest is.
    let area = ui.available_rect_before_wrap();
    let buttons =
        Rect::from_min_max(pos2(area.left(), area.bottom() - super::control() - space(1.0)), area.max - vec2(0.0, space(1.0)));
    let height = (buttons.top() - space(1.0) - area.top()).max(space(8.0));
    ScrollArea::vertical().id_salt("inspected").max_height(height).auto_shrink(false).show(ui, |ui| {
        ui.set_width(ui.available_width() - space(0.5));
        ui.spacing_mut().item_spacing.y = space(1.0);
        preview_ui(ui, model, view, screen, asset, out);
        name_ui(ui, model, &mut view.inspector, seq, asset, out);
        text::small(ui, origin(asset));
        trouble_ui(ui, asset);
        tags_ui(ui, model, &mut view.inspector, &asset.tags, out);
        description_ui(ui, &mut view.inspector, seq, asset, out);
        facts::facts_ui(ui, asset);
        lineage::lineage_ui(ui, model, asset, out);
        ui.add_space(space(1.0));
    });
    let row = egui::UiBuilder::new().max_rect(buttons).id_salt("buttons").layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(row, |ui| buttons_ui(ui, model, asset, out));
}

/// `Video · recorded 21 Nov, 14:03`.
fn origin(asset: &Asset) -> String {
    let how = words::sources(asset.source).to_lowercase();
    format!("{}  ·  {how} {}", words::kind(asset.kind), figures::day(&asset.created_at, None))
}

/// The large picture, which is looked through with the pointer; a click shows it larger.
fn preview_ui(ui: &mut Ui, model: &Model, view: &mut LibraryView, screen: &Screen, asset: &Arc<Asset>, out: &mut Vec<Message>) {
    let width = ui.available_width();
    let height = (width * 9.0 / 16.0).round().min(ui.ctx().content_rect().height() * 0.4);
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::click());
    let c = colours();
    ui.painter().rect_filled(rect, theme::radius(), c.surface);
    let pointer = response.hover_pos().map(|at| ((at.x - rect.left()) / rect.width()).clamp(0.0, 1.0));
    let mut ways = Ways { model, screen, textures: &mut view.textures, out };
    let shown = Shown { glance: Glance::Preview, pointer, small: false, corners: theme::radius() };
    thumb_ui(ui, rect, asset, shown, &mut ways);
    let usable = words::trouble(asset).is_none();
    if usable && let Some(length) = words::length(asset) {
        let here = pointer.map(|at| (f64::from(at) * asset.facts.nanos as f64) as u64);
        let word = here.map_or_else(|| length.clone(), |here| format!("{} / {length}", clock(here)));
        thumb::chip(ui, rect, &word, None, false);
    }
    if usable {
        let hovered = response.hovered() || response.has_focus();
        // The triangle's weight lies left of its middle.
        let (sign, nudge) = if is_picture(asset.kind) { (Icon::Maximize2, 0.0) } else { (Icon::Play, 1.0) };
        let centre = rect.left_bottom() + vec2(space(2.75), -space(2.75));
        let (ground, ink) = menu::over_picture();
        let (ground, edge) = if hovered { (c.accent.0, c.accent.0) } else { (ground, c.outline.0) };
        ui.painter().circle(centre, space(2.0), ground, egui::Stroke::new(1.0, edge));
        icon(ui.painter(), centre + vec2(nudge, 0.0), sign, 16.0, if hovered { c.on_accent.0 } else { ink });
    }
    if response.has_focus() {
        focus_ring(ui.painter(), rect.shrink(1.0));
    }
    let name = if is_picture(asset.kind) { "Look at it, large" } else { "Play it" };
    response.widget_info(|| WidgetInfo::labeled(Role::Button, usable, name));
    if response.clicked() {
        out.push(Message::Library(Library::Viewer(viewer::Message::Open)));
    }
}

/// The name, written over in place: Enter keeps it, Escape leaves it as it was.
fn name_ui(ui: &mut Ui, model: &Model, view: &mut InspectorView, seq: Seq, asset: &Asset, out: &mut Vec<Message>) {
    let draft = view.name.take().filter(|(of, _)| *of == seq);
    let mut name = draft.map_or_else(|| asset.name.clone(), |(_, name)| name);
    let id = ui.scope_id().with(("name", seq));
    let field = TextEdit::multiline(&mut name)
        .id(id)
        .font(theme::title())
        .frame(field_frame(ui, id))
        .char_limit(MAX_NAME)
        .desired_rows(1)
        .return_key(None)
        .desired_width(ui.available_width());
    let output = field.show(ui);
    let response = output.response.response.accessible_name("Name");
    if model.library.caret == Some(Caret::Name) {
        response.request_focus();
        // All of it is chosen, so that typing replaces it.
        let mut state = output.state;
        let all = CCursorRange::two(CCursor::default(), CCursor::new(CharIndex(name.chars().count())));
        state.cursor.set_char_range(Some(all));
        state.store(ui.ctx(), response.id);
        out.push(Message::Library(Library::Caret(None)));
    }
    let (enter, escape) = ui.input(|input| (input.key_pressed(Key::Enter), input.key_pressed(Key::Escape)));
    if response.has_focus() && enter {
        response.surrender_focus();
    }
    if response.lost_focus() || (response.has_focus() && enter) {
        let name = name.replace('\n', " ");
        if !escape && name.trim() != asset.name && !name.trim().is_empty() {
            out.push(Message::Library(Library::Rename { seq, name }));
        }
    } else if response.has_focus() {
        view.name = Some((seq, name));
    }
}

/// What has several lines: kept where the caret leaves it.
fn description_ui(ui: &mut Ui, view: &mut InspectorView, seq: Seq, asset: &Asset, out: &mut Vec<Message>) {
    let draft = view.description.take().filter(|(of, _)| *of == seq);
    let mut words = draft.map_or_else(|| asset.description.clone(), |(_, words)| words);
    let id = ui.scope_id().with(("description", seq));
    let hint = RichText::new("Add a description").font(theme::body()).color(colours().muted);
    let field = TextEdit::multiline(&mut words)
        .id(id)
        .hint_text(hint)
        .font(theme::body())
        .frame(field_frame(ui, id))
        .desired_rows(1)
        .desired_width(ui.available_width());
    let response = ui.add(field).accessible_name("Description");
    if response.lost_focus() {
        if !ui.input(|input| input.key_pressed(Key::Escape)) && words != asset.description {
            out.push(Message::Library(Library::Describe { seq, description: words }));
        }
    } else if response.has_focus() {
        view.description = Some((seq, words));
    }
}

/// What was being written when another asset was chosen is not lost.
fn keep_drafts(model: &Model, view: &mut InspectorView, out: &mut Vec<Message>) {
    let here = model.library.selection.single();
    if let Some((seq, name)) = view.name.take_if(|(seq, _)| here != Some(*seq)) {
        out.push(Message::Library(Library::Rename { seq, name: name.replace('\n', " ") }));
    }
    if let Some((seq, description)) = view.description.take_if(|(seq, _)| here != Some(*seq)) {
        out.push(Message::Library(Library::Describe { seq, description }));
    }
}

/// Text that looks like text until it is written in.
fn field_frame(ui: &Ui, id: egui::Id) -> Frame {
    let c = colours();
    let focused = ui.memory(|memory| memory.has_focus(id));
    let frame = Frame::NONE.corner_radius(theme::radius()).inner_margin(Margin::symmetric(space(0.75) as i8, space(0.5) as i8));
    // The text, not the unseen edge of its field, stands on the margin.
    let frame = frame.outer_margin(Margin { left: -(space(0.75) as i8), ..Margin::ZERO });
    if focused {
        frame.fill(c.surface.0).stroke(egui::Stroke::new(1.0, c.accent))
    } else {
        frame.stroke(egui::Stroke::new(1.0, egui::Color32::TRANSPARENT))
    }
}

fn trouble_ui(ui: &mut Ui, asset: &Asset) {
    let Some((_, whole)) = words::trouble(asset) else { return };
    let c = colours();
    ui.horizontal_top(|ui| {
        let (mark, _) = ui.allocate_exact_size(vec2(18.0, 18.0), Sense::hover());
        icon(ui.painter(), mark.center(), Icon::TriangleAlert, 16.0, c.accent.0);
        ui.add(Label::new(RichText::new(whole).font(theme::body()).color(c.text)).wrap());
    });
}

/// The tags of what is chosen, and the way to another one.
fn tags_ui(ui: &mut Ui, model: &Model, view: &mut InspectorView, own: &[String], out: &mut Vec<Message>) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(space(0.5), space(0.5));
        for tag in own {
            if tags::chip_ui(ui, tag, None, &format!("Take the tag {tag} off")).clicked() {
                out.push(Message::Library(Library::Untag(tag.clone())));
            }
        }
        let button = tags::add_ui(ui);
        if button.clicked() {
            view.find_tag.clear();
        }
        if let Some(tag) = tags::pick_ui(&button, &mut view.find_tag, &model.library.tags, own, true) {
            out.push(Message::Library(Library::Tag(tag)));
        }
    });
}

/// What can be done with it next.
fn buttons_ui(ui: &mut Ui, model: &Model, asset: &Arc<Asset>, out: &mut Vec<Message>) {
    ui.spacing_mut().item_spacing.x = space(0.5);
    if model.library.query.binned {
        if Button::quiet("Put it back").icon(Icon::Undo2).show(ui).clicked() {
            out.push(Message::Library(Library::Restore));
        }
        return;
    }
    let scenes = model.prepare.project.is_some() && !model.prepare.script.scenes.is_empty();
    if is_picture(asset.kind) && scenes && words::trouble(asset).is_none() {
        let button = Button::quiet("Give to a scene").icon(Icon::ImagePlus).trailing(Icon::ChevronDown).show(ui);
        menu::under(&button, 264.0, |ui| give_ui(ui, model, asset, out));
    }
    if let Some(take) = items::reviewed(model, asset)
        && Button::quiet("Review").icon(Icon::Play).tooltip("Open the take in Review").show(ui).clicked()
    {
        out.push(Message::Review(review::Message::Show(take)));
    }
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = space(0.5);
        if Button::icon_only(Icon::Trash2, "Move to the bin").command(Command::BinAssets).show(ui).clicked() {
            out.push(Message::Library(Library::Bin));
        }
        if words::trouble(asset).is_none() && Button::icon_only(Icon::Download, "Save a copy…").show(ui).clicked() {
            out.push(Message::Library(Library::Save(Arc::clone(asset))));
        }
        if let Some((scene, role)) = model.scenes.place_of_version(&asset.id)
            && Button::icon_only(Icon::Columns2, "Its versions, side by side").show(ui).clicked()
        {
            out.push(Message::Go(crate::studio::Page::Prepare));
            out.push(Message::Scenes(scenes::Message::Sheet(scenes::shown::Message::Open { scene, role })));
            out.push(Message::Scenes(scenes::Message::Sheet(scenes::shown::Message::Choose(asset.id.clone()))));
        }
        if Button::icon_only(Icon::FolderOpen, "Show in the file manager").show(ui).clicked() {
            out.push(Message::Library(Library::Reveal(Arc::clone(asset))));
        }
    });
}

/// The scenes of the open script.
fn give_ui(ui: &mut Ui, model: &Model, asset: &Arc<Asset>, out: &mut Vec<Message>) {
    let script = &model.prepare.script;
    let height = (ui.ctx().content_rect().height() * 0.5).max(space(12.0));
    let row = super::control();
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical().max_height(height).show_rows(ui, row, script.scenes.len(), |ui, rows| {
        for scene in rows {
            let Some(data) = script.scenes.get(scene) else { continue };
            let label = format!("{}  {}", scene + 1, data.title(scene));
            let mark = (scene == model.prepare.selected).then_some(Icon::Dot);
            if menu::item(ui, mark, &label, None) {
                out.push(Message::Library(Library::Give { asset: Arc::clone(asset), scene }));
            }
        }
    });
}

/// Several at once.
fn many_ui(ui: &mut Ui, model: &Model, view: &mut LibraryView, many: usize, out: &mut Vec<Message>) {
    ui.spacing_mut().item_spacing.y = space(1.0);
    ui.add_space(space(0.5));
    text::title(ui, words::items(many));
    if let Some(weight) = model.library.weight {
        let length = if weight.nanos > 0 { format!("  ·  {}", clock(weight.nanos)) } else { String::new() };
        text::small(ui, format!("{}{length}", figures::bytes(weight.bytes)));
    }
    tags_ui(ui, model, &mut view.inspector, &shared_tags(model), out);
    ui.add_space(space(1.0));
    let binned = model.library.query.binned;
    let (label, sign) = if binned { ("Put them back", Icon::Undo2) } else { ("Move them to the bin", Icon::Trash2) };
    if Button::quiet(label).icon(sign).show(ui).clicked() {
        out.push(Message::Library(if binned { Library::Restore } else { Library::Bin }));
    }
}

/// Tags that all of the chosen have, as far as they have been read.
fn shared_tags(model: &Model) -> Vec<String> {
    let mut rows = model.library.chosen_rows();
    let Some(first) = rows.next() else { return Vec::new() };
    rows.fold(first.tags.clone(), |mut shared, row| {
        shared.retain(|tag| row.tags.contains(tag));
        shared
    })
}

/// A quiet heading of a part.
pub(in crate::ui::pages) fn heading_ui(ui: &mut Ui, words: &str) {
    ui.add_space(space(0.5));
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 1.0), Sense::hover());
    ui.painter().hline(rect.x_range(), rect.center().y, (1.0, colours().line.0));
    let response = text::small(ui, words);
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_role(egui::accesskit::Role::Heading));
}

/// A label and its figure in one row.
pub(in crate::ui::pages) fn fact_ui(ui: &mut Ui, label: &str, value: &str) {
    let c = colours();
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 20.0), Sense::hover());
    let head = text::truncated(ui, label, theme::small(), c.muted.0, rect.width() * 0.4);
    let tail = text::truncated(ui, value, theme::small(), c.text.0, rect.width() - head.size().x - space(1.5));
    let elided = tail.elided;
    let y = |height: f32| rect.center().y - height / 2.0;
    ui.painter().galley(pos2(rect.left(), y(head.size().y)), head, c.muted.0);
    ui.painter().galley(pos2(rect.right() - tail.size().x, y(tail.size().y)), tail, c.text.0);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{label}: {value}")));
    if elided {
        response.on_hover_text(value);
    }
}
