//! What stands over the list: the kinds, the search and the way in; below them the filters, the order and the form of the list.
//! Filters that are in force stand as chips that a click takes off.

use egui::{Align, Layout, Popup, PopupCloseBehavior, Rect, TextEdit, Ui, UiBuilder, pos2, vec2};
use lucide_icons::Icon;

use crate::core::asset::{Kind as AssetKind, Source};
use crate::core::library::{Query, Sort};
use crate::studio::command::Command;
use crate::studio::library::{Caret, Message as Library};
use crate::studio::{Message, Model, import};
use crate::ui::keys;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::{Button, Kind};
use crate::ui::widgets::segmented::{self, Segment, segmented};
use crate::ui::widgets::{icon, menu, text};

use super::{Form, LibraryView, control, tags, words};

/// Below this width the kinds fold into a list and buttons lose their words.
const COMPACT: f32 = 640.0;
/// The search is never narrower.
const SEARCH: f32 = 120.0;
const MENU: f32 = 232.0;

/// What the tools may forget.
#[derive(Default)]
pub struct ToolsView {
    /// What is typed to find a tag.
    find_tag: String,
}

/// Draws the tools at the top of `ui` and answers with their height.
pub fn tools_ui(ui: &mut Ui, model: &Model, view: &mut LibraryView, narrow: bool, out: &mut Vec<Message>) -> f32 {
    let area = ui.available_rect_before_wrap();
    let query = &model.library.query;
    let compact = area.width() < COMPACT;
    let mut wanted = query.clone();
    let row = |number: f32| {
        let top = area.top() + number * (control() + space(1.0));
        Rect::from_min_max(pos2(area.left(), top), pos2(area.right(), top + control()))
    };
    first_ui(ui, row(0.0), model, &mut wanted, compact, out);
    second_ui(ui, row(1.0), model, view, &mut wanted, (compact, narrow));
    let chips = !query.tags.is_empty() || query.project.is_some();
    if chips {
        chips_ui(ui, row(2.0), model, &mut wanted);
    }
    if wanted != *query {
        out.push(Message::Library(Library::Ask(wanted)));
    }
    let rows = if chips { 3.0 } else { 2.0 };
    rows * control() + (rows - 1.0) * space(1.0)
}

fn across(ui: &mut Ui, rect: Rect, salt: &str, content: impl FnOnce(&mut Ui)) {
    let layout = Layout::left_to_right(Align::Center);
    ui.scope_builder(UiBuilder::new().max_rect(rect).id_salt(salt).layout(layout), content);
}

fn from_right(ui: &mut Ui, rect: Rect, salt: &str, content: impl FnOnce(&mut Ui)) -> f32 {
    let layout = Layout::right_to_left(Align::Center);
    ui.scope_builder(UiBuilder::new().max_rect(rect).id_salt(salt).layout(layout), content).response.rect.left()
}

/// Kinds, search, the way in.
fn first_ui(ui: &mut Ui, rect: Rect, model: &Model, wanted: &mut Query, compact: bool, out: &mut Vec<Message>) {
    let mut names = vec!["All"];
    names.extend(AssetKind::ALL.map(words::kinds));
    let at = wanted.kind.and_then(|kind| AssetKind::ALL.iter().position(|known| *known == kind)).map_or(0, |at| at + 1);
    let mut left = rect.left();
    let segments: Vec<Segment<'_>> = names.iter().map(|name| Segment::plain(name)).collect();
    let width = if compact { space(15.0) } else { segmented::width(ui, &segments) };
    let place = Rect::from_min_size(rect.min, vec2(width, rect.height()));
    let mut chosen = None;
    across(ui, place, "kinds", |ui| {
        chosen = if compact {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            menu::choice(ui, "Kind", width, Some(at), &names)
        } else {
            segmented(ui, &segments, at)
        };
    });
    if let Some(at) = chosen {
        wanted.kind = at.checked_sub(1).and_then(|at| AssetKind::ALL.get(at)).copied();
    }
    left += width + space(1.5);
    let right = from_right(ui, rect, "way in", |ui| way_in_ui(ui, model, compact, out));
    let search = Rect::from_min_max(pos2(left, rect.top()), pos2((right - space(1.5)).max(left + SEARCH), rect.bottom()));
    search_ui(ui, search, model, wanted, out);
}

/// Importing, or emptying the bin.
fn way_in_ui(ui: &mut Ui, model: &Model, compact: bool, out: &mut Vec<Message>) {
    if model.library.query.binned {
        let there = !model.library.found.is_empty() || model.library.filtered();
        let button = Button::quiet("Empty the bin…").icon(Icon::Trash2).enabled(there).show(ui);
        empty_bin_ui(&button, out);
        return;
    }
    // In an empty library the one loud button stands in its middle.
    let kind = if model.library.is_empty() { Kind::Quiet } else { Kind::Primary };
    let button = if compact {
        Button::new(kind, "").icon(Icon::Plus).name("Import").tooltip("Import").show(ui)
    } else {
        Button::new(kind, "Import").icon(Icon::Plus).trailing(Icon::ChevronDown).show(ui)
    };
    let project = model.prepare.project.as_ref().filter(|project| project.id != crate::core::project::DEMO);
    menu::under(&button, MENU + 24.0, |ui| {
        let mut pick = |folder, link, project: Option<&str>| {
            let project = project.map(str::to_owned);
            out.push(Message::Import(import::Message::Pick { folder, link, project }));
        };
        if menu::item(ui, Some(Icon::FilePlus), "Copy files in…", None) {
            pick(false, false, None);
        }
        if menu::item(ui, Some(Icon::FolderPlus), "Copy a folder in…", None) {
            pick(true, false, None);
        }
        menu::divider(ui);
        if menu::item(ui, Some(Icon::Link), "Link files where they lie…", None) {
            pick(false, true, None);
        }
        if menu::item(ui, Some(Icon::Link), "Link a folder where it lies…", None) {
            pick(true, true, None);
        }
        if let Some(project) = project {
            menu::divider(ui);
            if menu::item(ui, Some(Icon::FileText), &format!("Copy files in for “{}”…", project.title), None) {
                pick(false, false, Some(&project.id));
            }
        }
    });
}

/// Asks once, because there is no way back.
fn empty_bin_ui(button: &egui::Response, out: &mut Vec<Message>) {
    Popup::menu(button)
        .gap(space(0.5))
        .width(space(36.0))
        .align(egui::RectAlign::BOTTOM_END)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .frame(egui::Frame::popup(&button.ctx.global_style()).inner_margin(space(2.0)))
        .show(|ui| {
            text::body(ui, "Delete all that is in the bin for good?");
            text::small(ui, "What something else still needs stays.");
            ui.add_space(space(0.5));
            ui.horizontal(|ui| {
                if Button::primary("Delete for good").icon(Icon::Trash2).show(ui).clicked() {
                    out.push(Message::Library(Library::EmptyBin));
                    ui.close();
                }
                if Button::plain("Keep it").show(ui).clicked() {
                    ui.close();
                }
            });
        });
}

/// The search field's place in egui's memory.
pub fn search_id() -> egui::Id {
    egui::Id::unique("library search")
}

fn search_ui(ui: &mut Ui, rect: Rect, model: &Model, wanted: &mut Query, out: &mut Vec<Message>) {
    let c = colours();
    let clear = !wanted.words.is_empty();
    let hint = keys::hint(ui.ctx(), "Search", Command::Find);
    let after = if clear { control() } else { space(1.0) };
    let margin = egui::Margin { left: space(4.0) as i8, right: after as i8, top: 0, bottom: 0 };
    let field = TextEdit::singleline(&mut wanted.words)
        .id(search_id())
        .hint_text(egui::RichText::new(hint).color(c.muted))
        .font(theme::body())
        .align(egui::Align2::LEFT_CENTER)
        .margin(margin);
    let response = ui.put(rect, field).accessible_name("Search the library");
    icon(ui.painter(), pos2(rect.left() + space(2.0), rect.center().y), Icon::Search, 15.0, c.muted.0);
    if clear {
        let place = Rect::from_min_max(pos2(rect.right() - control(), rect.top()), rect.max);
        ui.scope_builder(UiBuilder::new().max_rect(place).id_salt("clear"), |ui| {
            if Button::icon_only(Icon::X, "Clear the search").show(ui).clicked() {
                wanted.words.clear();
                response.request_focus();
            }
        });
    }
    if model.library.caret == Some(Caret::Search) {
        response.request_focus();
        out.push(Message::Library(Library::Caret(None)));
    }
}

/// Filters at the left, the order and the form at the right.
fn second_ui(
    ui: &mut Ui,
    rect: Rect,
    model: &Model,
    view: &mut LibraryView,
    wanted: &mut Query,
    (compact, narrow): (bool, bool),
) {
    let right = from_right(ui, rect, "form", |ui| {
        ui.spacing_mut().item_spacing.x = space(0.5);
        if narrow && Button::icon_only(Icon::PanelRight, "Details of what is selected").show(ui).clicked() {
            view.details = true;
        }
        form_ui(ui, view);
        ui.add_space(space(1.0));
        order_ui(ui, wanted, compact);
    });
    let left = Rect::from_min_max(rect.min, pos2(right - space(1.0), rect.bottom()));
    across(ui, left, "filters", |ui| {
        ui.spacing_mut().item_spacing.x = space(0.5);
        source_ui(ui, wanted);
        let button = Button::quiet("Tags").icon(Icon::Tag).trailing(Icon::ChevronDown).name("Filter by a tag").show(ui);
        if button.clicked() {
            view.tools.find_tag.clear();
        }
        let tag = tags::pick_ui(&button, &mut view.tools.find_tag, &model.library.tags, &wanted.tags, false);
        if let Some(tag) = tag {
            wanted.tags.push(tag);
        }
        let label = if compact { "" } else { "Bin" };
        let name = if wanted.binned { "Leave the bin" } else { "Show the bin" };
        let mut bin = Button::quiet(label).icon(Icon::Trash2).name(name).tooltip(name).selected(wanted.binned);
        if wanted.binned && !compact {
            bin = bin.trailing(Icon::X);
        }
        if bin.show(ui).clicked() {
            *wanted = Query { binned: !wanted.binned, ..wanted.clone() };
        }
    });
}

fn source_ui(ui: &mut Ui, wanted: &mut Query) {
    let label = wanted.source.map_or("All sources", words::sources);
    let name = format!("Source: {label}");
    let button = Button::quiet(label).name(&name).trailing(Icon::ChevronDown).selected(wanted.source.is_some()).show(ui);
    menu::under(&button, MENU, |ui| {
        let mut options = vec![(None, "All sources")];
        options.extend(Source::ALL.map(|source| (Some(source), words::sources(source))));
        for (source, label) in options {
            let mark = (wanted.source == source).then_some(Icon::Check);
            if menu::item(ui, mark, label, None) {
                wanted.source = source;
            }
        }
    });
}

fn form_ui(ui: &mut Ui, view: &mut LibraryView) {
    for (form, sign, name) in [(Form::Rows, Icon::List, "As a list"), (Form::Tiles, Icon::LayoutGrid, "As tiles")] {
        if Button::icon_only(sign, name).selected(view.form == form).show(ui).clicked() {
            view.form = form;
            view.list.laid_out_anew();
        }
    }
}

fn order_ui(ui: &mut Ui, wanted: &mut Query, compact: bool) {
    let order = words::order(wanted.sort, wanted.ascending);
    let name = format!("Order: {order}");
    let button = if compact {
        Button::plain("").icon(Icon::ArrowDownUp).name(&name).tooltip(order).show(ui)
    } else {
        Button::plain(order).name(&name).trailing(Icon::ChevronDown).show(ui)
    };
    menu::under(&button, MENU, |ui| {
        for sort in Sort::ALL {
            for ascending in [sort == Sort::Name, sort != Sort::Name] {
                let here = (wanted.sort, wanted.ascending) == (sort, ascending);
                if menu::item(ui, here.then_some(Icon::Check), words::order(sort, ascending), None) {
                    (wanted.sort, wanted.ascending) = (sort, ascending);
                }
            }
        }
    });
}

/// The tags and the project that are asked for; a click takes one off.
fn chips_ui(ui: &mut Ui, rect: Rect, model: &Model, wanted: &mut Query) {
    across(ui, rect, "chips", |ui| {
        ui.spacing_mut().item_spacing.x = space(0.5);
        if let Some(project) = wanted.project.clone() {
            let known = model.prepare.projects.iter().find(|known| known.id == project);
            let title = known.map_or(project.as_str(), |known| known.title.as_str());
            if tags::chip_ui(ui, title, Some(Icon::FileText), &format!("Project {title}: show others too")).clicked() {
                wanted.project = None;
            }
        }
        for tag in wanted.tags.clone() {
            if tags::chip_ui(ui, &tag, Some(Icon::Tag), &format!("Tag {tag}: show others too")).clicked() {
                wanted.tags.retain(|known| *known != tag);
            }
        }
        if Button::plain("Clear").name("Take all filters off").show(ui).clicked() {
            (wanted.project, wanted.source, wanted.kind) = (None, None, None);
            wanted.tags.clear();
        }
    });
}
