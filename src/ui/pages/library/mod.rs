//! The library: everything there is of sound and picture, found by a word, a kind, a source or a tag, looked at by moving the
//! pointer over it, and given to a scene by dragging it there. The list is the largest thing on the page; what is chosen is
//! told at its right, or instead of it where the window is narrow.

pub mod carry;
pub mod facts;
pub mod geometry;
pub mod imports;
pub mod inspector;
pub mod items;
pub mod lineage;
pub mod list;
pub mod nothing;
pub mod row;
mod sending;
pub mod status;
pub mod tags;
pub mod textures;
pub mod thumb;
pub mod tile;
pub mod tools;
pub mod viewer;
pub mod words;

use egui::{Rect, Ui, UiBuilder, pos2};

use crate::studio::{Message, Model};
use crate::ui::theme::{self, colours, space};
use crate::ui::{Screen, View};

/// From this width on the inspector stands beside the list.
const WIDE: f32 = 880.0;
/// Its share of the width, and its bounds.
const INSPECTOR_SHARE: f32 = 0.26;
const INSPECTOR: std::ops::RangeInclusive<f32> = 296.0..=384.0;
/// Height of the line at the foot.
const STATUS: f32 = 32.0;

/// What the page may forget.
#[derive(Default)]
pub struct LibraryView {
    pub textures: textures::Textures,
    pub list: list::ListView,
    inspector: inspector::InspectorView,
    tools: tools::ToolsView,
    viewer: viewer::ViewerView,
    form: Form,
    /// The inspector is shown where there is no room for both.
    details: bool,
    /// The last frame in which the page was drawn.
    drawn: Option<u64>,
}

/// How the list is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    #[default]
    Tiles,
    Rows,
}

/// Draws the page into what is left of `ui`. Answers with the height of what stands at its foot.
pub fn library_ui(ui: &mut Ui, model: &Model, view: &mut View, screen: &Screen, out: &mut Vec<Message>) -> f32 {
    let page = ui.available_rect_before_wrap();
    ui.advance_cursor_after_rect(page);
    // Who comes to the page can walk through the list at once.
    let frame = ui.ctx().cumulative_frame_nr();
    let came = view.library.drawn.is_none_or(|drawn| drawn + 1 < frame);
    if came && ui.memory(|memory| memory.focused().is_none()) {
        view.library.list.take_focus();
    }
    view.library.drawn = Some(frame);
    if model.library.viewer.is_none() && std::mem::take(&mut view.library.viewer.shown) {
        view.library.list.take_focus();
    }
    let wide = page.width() >= WIDE;
    let beside = if wide { (page.width() * INSPECTOR_SHARE).clamp(*INSPECTOR.start(), *INSPECTOR.end()).round() } else { 0.0 };
    let main = Rect::from_min_max(page.min, pos2(page.right() - beside, page.bottom()));
    let part = |rect: Rect, name: &str| UiBuilder::new().max_rect(rect).id_salt(("library", name));
    if wide {
        let side = Rect::from_min_max(pos2(main.right(), page.top()), page.max);
        ui.painter().vline(side.left(), side.y_range(), (1.0, colours().line.0));
        ui.scope_builder(part(side, "inspector"), |ui| {
            inspector::inspector_ui(ui, model, &mut view.library, screen, false, out)
        });
    } else if view.library.details {
        ui.scope_builder(part(page, "inspector"), |ui| {
            inspector::inspector_ui(ui, model, &mut view.library, screen, true, out)
        });
        return space(2.0);
    }
    let foot = foot_ui(ui, model, view, main, out);
    let body = Rect::from_min_max(main.min, pos2(main.right(), main.bottom() - foot));
    if model.library.viewer.is_some() {
        ui.scope_builder(part(body, "viewer"), |ui| viewer::viewer_ui(ui, model, &mut view.library, screen, out));
    } else {
        body_ui(ui, model, view, screen, body, !wide, out);
    }
    carry::scenes_ui(ui, model, view, screen, main);
    foot + space(1.0)
}

/// Tools, and the list below them.
fn body_ui(ui: &mut Ui, model: &Model, view: &mut View, screen: &Screen, body: Rect, narrow: bool, out: &mut Vec<Message>) {
    let margin = space(2.0);
    let across =
        |top: f32, bottom: f32| Rect::from_min_max(pos2(body.left() + margin, top), pos2(body.right() - margin, bottom));
    let tools = across(body.top() + space(1.5), body.bottom());
    let height = ui
        .scope_builder(UiBuilder::new().max_rect(tools).id_salt("tools"), |ui| {
            tools::tools_ui(ui, model, &mut view.library, narrow, out)
        })
        .inner;
    let rest = across((tools.top() + height + space(1.0)).min(body.bottom()), body.bottom());
    let library = &model.library;
    ui.scope_builder(UiBuilder::new().max_rect(rest).id_salt("list"), |ui| {
        if library.found.is_empty() {
            nothing::nothing_ui(ui, model, out);
        } else {
            list::list_ui(ui, model, &mut view.library, screen, out);
        }
    });
}

/// What runs and what is counted, from below; answers with its height.
fn foot_ui(ui: &mut Ui, model: &Model, view: &mut View, main: Rect, out: &mut Vec<Message>) -> f32 {
    let status = Rect::from_min_max(pos2(main.left(), main.bottom() - STATUS), main.max);
    let imports = imports::height(model);
    let strip = Rect::from_min_max(pos2(main.left(), status.top() - imports), pos2(main.right(), status.top()));
    ui.painter().hline(main.x_range(), strip.top() - 0.5, (1.0, colours().line.0));
    if imports > 0.0 {
        let inner = strip.shrink2(egui::vec2(space(2.0), 0.0));
        ui.scope_builder(UiBuilder::new().max_rect(inner).id_salt("imports"), |ui| imports::imports_ui(ui, model, out));
    }
    let inner = status.shrink2(egui::vec2(space(2.0), 0.0));
    let layout = egui::Layout::left_to_right(egui::Align::Center);
    let row = UiBuilder::new().max_rect(inner).id_salt("status").layout(layout);
    view.lane = Some(ui.scope_builder(row, |ui| status::status_ui(ui, model, &mut view.library)).inner);
    imports + STATUS
}

/// The height of a control.
fn control() -> f32 {
    theme::theme().space.control
}
