//! The list of what was found, as tiles or rows: scrolled, walked through with the arrows, chosen from by clicks, by ranges and
//! by a band drawn around items. It is one stop of the Tab key; inside it the arrows lead. Only what is on the screen is drawn.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use egui::{
    Event, EventFilter, Id, Key, Modifiers, PointerButton, Pos2, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, vec2,
};

use crate::core::asset::Asset;
use crate::core::glance::Glance;
use crate::core::library::Seq;
use crate::studio::library::Message as Library;
use crate::studio::library::selection::How;
use crate::studio::{Message, Model, library};
use crate::ui::Screen;
use crate::ui::pages::prepare::follow::Follow;
use crate::ui::theme::{colours, space};
use crate::ui::widgets::{focus_ring, menu};

use super::geometry::Geometry;
use super::thumb::Ways;
use super::{Form, LibraryView, carry, items, row, tile, words};

/// Distance from the edge at which a band scrolls the list, and how far in a frame.
const EDGE: f32 = 24.0;
const EDGE_STEP: f32 = 12.0;
/// Room for the scroll bar.
const BAR: f32 = 10.0;

/// What the list may forget.
#[derive(Default)]
pub struct ListView {
    follow: Follow,
    /// What the studio was last told to be on the screen: of which list, and which places.
    told: Option<(usize, Range<usize>)>,
    band: Option<Band>,
    wants_focus: bool,
    /// The arrows were used last, so that the place they stand at is marked.
    walked: bool,
    /// What the keyboard stands at is to come to the middle.
    bring: bool,
}

/// A band that is being drawn, in the list's own points.
struct Band {
    from: Pos2,
    with: Option<Arc<HashSet<Seq>>>,
    told: Vec<Range<usize>>,
}

impl ListView {
    /// The keyboard goes to the list as soon as it is drawn.
    pub fn take_focus(&mut self) {
        self.wants_focus = true;
    }

    /// The list is laid out anew: where the person stood is shown again.
    pub fn laid_out_anew(&mut self) {
        self.bring = true;
    }
}

/// The list's place in egui's memory.
pub fn id() -> Id {
    Id::unique("library list")
}

/// Draws the list into what is left of `ui`.
pub fn list_ui(ui: &mut Ui, model: &Model, view: &mut LibraryView, screen: &Screen, out: &mut Vec<Message>) {
    let mut area = ui.available_rect_before_wrap();
    let count = model.library.found.len();
    let width = area.width() - BAR;
    let geometry = match view.form {
        Form::Tiles => Geometry::tiles(count, width, tile::LEAST, tile::CAPTION, tile::GAP),
        Form::Rows => Geometry::rows(count, width, row::HEIGHT),
    };
    if view.form == Form::Rows {
        let heads = Rect::from_min_size(area.min, vec2(width, row::HEADS));
        row::heads_ui(ui, heads, &model.library.query, out);
        area.min.y = heads.bottom();
    }
    let builder = egui::UiBuilder::new().max_rect(area).id_salt("scrolled");
    ui.scope_builder(builder, |ui| {
        let mut scroll = ScrollArea::vertical().id_salt(("library", view.form as u8)).auto_shrink(false);
        let bring = std::mem::take(&mut view.list.bring);
        if let Some((place, seq)) = cursor(&model.library) {
            let (top, height) = (geometry.top(place), geometry.size.y);
            let middle = bring.then(|| top - (area.height() - height) / 2.0);
            let offset = view.list.follow.offset(seq as usize, top, height).map(|offset| offset - geometry.gap);
            if let Some(offset) = middle.or(offset) {
                scroll = scroll.vertical_scroll_offset(offset.max(0.0));
            }
        }
        let shown = scroll.show_viewport(ui, |ui, viewport| {
            ui.set_height(geometry.height());
            let place = Shown { geometry, area, offset: viewport.min.y };
            contents_ui(ui, model, view, screen, &place, out);
        });
        view.list.follow.drawn(shown.state.clamped_offset().y, shown.inner_rect.height());
    });
}

/// Where the keyboard stands.
fn cursor(library: &library::State) -> Option<(usize, Seq)> {
    let place = library.selection.cursor()?;
    Some((place, *library.found.get(place)?))
}

/// How the list lies on the screen in this frame.
struct Shown {
    geometry: Geometry,
    area: Rect,
    offset: f32,
}

impl Shown {
    /// A point of the screen in the list's own points.
    fn inside(&self, at: Pos2) -> Pos2 {
        (at - self.area.min).to_pos2() + vec2(0.0, self.offset)
    }
}

fn contents_ui(ui: &mut Ui, model: &Model, view: &mut LibraryView, screen: &Screen, shown: &Shown, out: &mut Vec<Message>) {
    let library = &model.library;
    let ground = ui.interact(shown.area, id(), Sense::click_and_drag());
    let name = format!("Library, {}", words::items(library.found.len()));
    ground.widget_info(|| WidgetInfo::labeled(Role::ListBox, true, &name));
    if std::mem::take(&mut view.list.wants_focus) {
        ground.request_focus();
    }
    if ground.clicked() {
        ground.request_focus();
        if !ui.input(|input| input.modifiers.command || input.modifiers.shift) {
            out.push(Message::Library(Library::ChooseNone));
        }
    }
    // Also when nothing else has the keyboard: a key that is pressed then is meant for what fills the page.
    let free = ui.memory(|memory| memory.focused().is_none()) && !menu::any_open(ui.ctx());
    if ground.has_focus() || (free && model.sheet.is_none() && !model.notice.help) {
        keys(ui, model, view, shown, out);
    }
    let places = shown.geometry.places(shown.offset, shown.offset + shown.area.height());
    tell_seen(&mut view.list, library, &places, out);
    for place in places {
        let Some(seq) = library.found.get(place).copied() else { continue };
        let rect = shown.geometry.rect(place, shown.area.min, shown.offset);
        match library.rows.get(&seq) {
            Some(asset) => item_ui(ui, model, view, screen, (place, seq, asset), rect, out),
            None => tile::empty_ui(ui, rect, view.form == Form::Rows),
        }
        let here = ground.has_focus() && view.list.walked && library.selection.cursor() == Some(place);
        if here && !library.selection.contains(seq) {
            focus_ring(ui.painter(), rect.shrink(1.0));
        }
    }
    band_ui(ui, library, view, &ground, shown, out);
}

/// The studio reads the rows of what is on the screen; it is told once.
fn tell_seen(list: &mut ListView, library: &library::State, places: &Range<usize>, out: &mut Vec<Message>) {
    let now = (Arc::as_ptr(&library.found).cast::<()>() as usize, places.clone());
    if list.told.as_ref() != Some(&now) {
        out.push(Message::Library(Library::Seen(places.clone())));
        list.told = Some(now);
    }
}

fn item_ui(
    ui: &mut Ui,
    model: &Model,
    view: &mut LibraryView,
    screen: &Screen,
    (place, seq, asset): (usize, Seq, &Arc<Asset>),
    rect: Rect,
    out: &mut Vec<Message>,
) {
    // No stop of the Tab key: the arrows lead here.
    let response = ui.interact(rect, id().with(seq), Sense::CLICK | Sense::DRAG);
    let chosen = model.library.selection.contains(seq);
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, chosen, words::spoken(asset)));
    let mut ways = Ways { model, screen, textures: &mut view.textures, out };
    match view.form {
        Form::Tiles => tile::tile_ui(ui, rect, asset, &response, chosen, &mut ways),
        Form::Rows => row::row_ui(ui, rect, asset, &response, chosen, &mut ways),
    }
    let mut choose = |how: How| {
        view.list.follow.chose(seq as usize);
        view.list.walked = false;
        out.push(Message::Library(Library::Choose { place, how }));
    };
    if response.clicked() {
        let held = held(ui);
        choose(if held.shift {
            How::Range
        } else if held.command {
            How::Toggle
        } else {
            How::Only
        });
        ui.memory_mut(|memory| memory.request_focus(id()));
    }
    if response.secondary_clicked() && !chosen {
        choose(How::Only);
    }
    if response.drag_started_by(PointerButton::Primary) {
        let count = if chosen { model.library.selection.len() } else { 1 };
        if !chosen {
            choose(How::Only);
        }
        carry::take(ui.ctx(), asset, count);
    }
    if response.double_clicked() {
        out.push(Message::Library(Library::Viewer(library::viewer::Message::Open)));
    }
    menu::context(&response, items::WIDTH, |ui| items::rows_ui(ui, model, asset, out));
    // What is wrong with its file, or with its picture.
    let unseen = || Glance::ALL.iter().find_map(|glance| model.glance.problem(&asset.id, *glance)).map(ToString::to_string);
    if let Some(why) = words::trouble(asset).map(|(_, whole)| whole).or_else(unseen) {
        response.on_hover_text(why.trim());
    }
}

/// What was held as the button was let go: in a slow frame the keys may be up again.
fn held(ui: &Ui) -> Modifiers {
    ui.input(|input| {
        let released = input.events.iter().rev().find_map(|event| match event {
            Event::PointerButton { pressed: false, modifiers, .. } => Some(*modifiers),
            _ => None,
        });
        released.unwrap_or(input.modifiers)
    })
}

/// The arrows, a page, the ends; with Shift everything in between is chosen too.
fn keys(ui: &Ui, model: &Model, view: &mut LibraryView, shown: &Shown, out: &mut Vec<Message>) {
    let arrows = EventFilter { horizontal_arrows: true, vertical_arrows: true, escape: true, tab: false };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id(), arrows));
    let columns = shown.geometry.columns as isize;
    let page = shown.geometry.rows_a_page(shown.area.height()) as isize * columns;
    let end = shown.geometry.count as isize;
    let steps = [
        (Key::ArrowLeft, -1),
        (Key::ArrowRight, 1),
        (Key::ArrowUp, -columns),
        (Key::ArrowDown, columns),
        (Key::PageUp, -page),
        (Key::PageDown, page),
        (Key::Home, -end),
        (Key::End, end),
    ];
    let at = model.library.selection.cursor().map_or(0, |place| place as isize);
    for (key, by) in steps {
        for (held, how) in [(Modifiers::SHIFT, How::Range), (Modifiers::NONE, How::Only)] {
            let times = ui.input_mut(|input| input.count_and_consume_key(held, key));
            // From the first row there is no way up, not even to its beginning.
            let nowhere = key == Key::ArrowUp && at < columns && model.library.selection.cursor().is_some();
            if times > 0 && !nowhere {
                view.list.walked = true;
                out.push(Message::Library(Library::Step { by: by.saturating_mul(times as isize), how }));
            }
        }
    }
    if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
        out.push(Message::Library(Library::ChooseNone));
    }
}

/// A band drawn over the ground takes what it touches.
fn band_ui(
    ui: &mut Ui,
    library: &library::State,
    view: &mut LibraryView,
    ground: &egui::Response,
    shown: &Shown,
    out: &mut Vec<Message>,
) {
    if ground.drag_started_by(PointerButton::Primary)
        && let Some(origin) = ui.input(|input| input.pointer.press_origin())
    {
        let more = ui.input(|input| input.modifiers.command || input.modifiers.shift);
        let with = more.then(|| Arc::new(library.selection.chosen().clone()));
        view.list.band = Some(Band { from: shown.inside(origin), with, told: Vec::new() });
        ground.request_focus();
    }
    let Some(band) = view.list.band.as_mut() else { return };
    let pointer = ui.input(|input| input.pointer.interact_pos());
    let (true, Some(pointer)) = (ground.dragged(), pointer) else {
        view.list.band = None;
        return;
    };
    let rect = Rect::from_two_pos(band.from, shown.inside(pointer));
    let stretches = shown.geometry.under(rect);
    if stretches != band.told {
        band.told.clone_from(&stretches);
        out.push(Message::Library(Library::Band { stretches, with: band.with.clone() }));
    }
    let c = colours();
    let seen = rect.translate(shown.area.min.to_vec2() - vec2(0.0, shown.offset));
    let clip = seen.intersect(shown.area.expand(space(0.5)));
    ui.painter().rect(clip, 2.0, c.accent.0.gamma_multiply(0.12), Stroke::new(1.0, c.accent), StrokeKind::Inside);
    if pointer.y < shown.area.top() + EDGE {
        ui.scroll_with_delta(vec2(0.0, EDGE_STEP));
    } else if pointer.y > shown.area.bottom() - EDGE {
        ui.scroll_with_delta(vec2(0.0, -EDGE_STEP));
    }
}
