//! The list of jobs in groups: scrolled, walked through with the arrows, put into another order by dragging. Only what is on the screen
//! is drawn.

use std::ops::Range;

use egui::{Event, EventFilter, Id, Key, Modifiers, Pos2, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::core::queue::{Group, may_retry};
use crate::studio::queue::list::Listed;
use crate::studio::queue::{Again, Message as Queue};
use crate::studio::{Message, Model};
use crate::ui::Screen;
use crate::ui::pages::prepare::follow::Follow;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::{menu, text};

use super::actions::{self, To};
use super::geometry::{Geometry, HEAD};
use super::row::{self, Ways};
use super::{QueueView, words};
use crate::ui::pages::library::words::count;

/// Room for the scroll bar.
pub(super) const BAR: f32 = 10.0;
/// Distance from the edge at which a drag scrolls the list, and how far in a frame.
const EDGE: f32 = 24.0;
const EDGE_STEP: f32 = 12.0;

/// What the list may forget.
#[derive(Default)]
pub struct ListView {
    follow: Follow,
    /// The job the keyboard stands at.
    cursor: Option<String>,
    /// A waiting job that is being dragged.
    drag: Option<String>,
    /// What the studio was last told to be on the screen: how many there are, and which places.
    told: Option<(usize, Option<Group>, Range<usize>)>,
}

/// The list's place in egui's memory.
fn id() -> Id {
    Id::unique("queue list")
}

/// Draws the list into what is left of `ui`.
pub fn list_ui(
    ui: &mut Ui,
    model: &Model,
    view: &mut QueueView,
    textures: &mut super::Textures,
    screen: &Screen,
    out: &mut Vec<Message>,
) {
    called(ui, model, &mut view.list, out);
    let area = ui.available_rect_before_wrap();
    let queue = &model.queue;
    let groups: Vec<Group> = queue.group.map_or_else(|| Group::ALL.to_vec(), |group| vec![group]);
    let counts: Vec<(Group, usize)> = groups.into_iter().map(|group| (group, queue.list.count(group))).collect();
    let geometry = Geometry::new(&counts, area.width() - BAR, queue.group.is_none());
    let mut scroll = ScrollArea::vertical().id_salt(("queue", queue.group.map(Group::label))).auto_shrink(false);
    if let Some(place) = cursor(model, &view.list)
        && let Some((top, height)) = geometry.extent(place)
        && let Some(offset) = view.list.follow.offset(place, top - space(0.5), height + space(1.0))
    {
        scroll = scroll.vertical_scroll_offset(offset.max(0.0));
    }
    let shown = scroll.show_viewport(ui, |ui, viewport| {
        ui.set_height(geometry.height());
        let mut shown = Shown { model, screen, textures, geometry: &geometry, area, offset: viewport.min.y };
        contents_ui(ui, &mut view.list, &mut shown, out);
    });
    view.list.follow.drawn(shown.state.clamped_offset().y, shown.inner_rect.height());
}

/// The place the keyboard stands at.
fn cursor(model: &Model, view: &ListView) -> Option<usize> {
    model.queue.list.at(view.cursor.as_ref()?, model.queue.group)
}

/// A job that is called for from elsewhere: the keyboard stands there and the list is scrolled to it.
fn called(ui: &Ui, model: &Model, view: &mut ListView, out: &mut Vec<Message>) {
    let Some(job) = &model.queue.called else { return };
    if model.queue.list.at(job, model.queue.group).is_some() {
        view.cursor = Some(job.clone());
        view.follow.again();
        ui.memory_mut(|memory| memory.request_focus(id()));
        out.push(Message::Queue(Queue::Called));
    }
}

/// How the list lies on the screen in this frame.
struct Shown<'a> {
    model: &'a Model,
    screen: &'a Screen,
    textures: &'a mut super::Textures,
    geometry: &'a Geometry,
    area: Rect,
    offset: f32,
}

fn contents_ui(ui: &mut Ui, view: &mut ListView, shown: &mut Shown<'_>, out: &mut Vec<Message>) {
    let places = shown.model.queue.shown();
    let ground = ui.interact(shown.area, id(), Sense::click());
    let name = format!("Queue, {} jobs", count(places.len()));
    ground.widget_info(|| WidgetInfo::labeled(Role::ListBox, true, &name));
    // By the pointer: Enter and Space are clicks too where the keyboard is, and mean the row.
    if ground.clicked_by(egui::PointerButton::Primary) {
        view.cursor = None;
        ground.request_focus();
    }
    let free = ui.memory(|memory| memory.focused().is_none());
    let model = shown.model;
    // A form or a menu that is open has the keyboard to itself.
    let covered = menu::any_open(ui.ctx()) || model.sheet.is_some() || model.notice.help || model.queue.asks();
    if !covered && (ground.has_focus() || free) {
        keys(ui, model, view, out);
    }
    let (from, to) = (shown.offset, shown.offset + shown.area.height());
    for (stretch, top) in shown.geometry.heads(from, to) {
        let at = pos2(shown.area.left(), shown.area.top() + top - shown.offset);
        head_ui(ui, stretch.group, stretch.count, Rect::from_min_size(at, vec2(shown.area.width() - BAR, HEAD)));
    }
    let seen = shown.geometry.places(from, to);
    let now = (places.len(), model.queue.group, seen.clone());
    if view.told.as_ref() != Some(&now) {
        out.push(Message::Queue(Queue::Seen(seen.clone())));
        view.told = Some(now);
    }
    let first_waiting = places.partition_point(|place| place.group() < Group::Waiting);
    for place in seen {
        let (Some(listed), Some(rect)) = (places.get(place), shown.geometry.rect(place, shown.area.min, shown.offset)) else {
            continue;
        };
        match model.queue.rows.get(&listed.id) {
            Some(job) => item_ui(ui, view, shown, &std::sync::Arc::clone(job), place.saturating_sub(first_waiting), rect, out),
            None => row::empty_ui(ui, rect),
        }
    }
    drag_ui(ui, view, shown, out);
}

fn head_ui(ui: &Ui, group: Group, number: usize, rect: Rect) {
    let c = colours();
    let words = format!("{}  ·  {}", group.label(), count(number));
    let galley = text::truncated(ui, &words, theme::small(), c.muted.0, rect.width());
    let y = rect.bottom() - space(0.75) - galley.size().y;
    let named = ui.interact(rect, id().with(group), Sense::hover());
    named.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
    ui.painter().galley(pos2(rect.left() + space(0.5), y), galley, c.muted.0);
}

fn item_ui(
    ui: &mut Ui,
    view: &mut ListView,
    shown: &mut Shown<'_>,
    job: &crate::core::queue::Row,
    before: usize,
    rect: Rect,
    out: &mut Vec<Message>,
) {
    let model = shown.model;
    let response = ui.interact(rect, id().with(&job.job.id), row::SENSE);
    let chosen = view.cursor.as_ref() == Some(&job.job.id);
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, chosen, row::spoken(model, job)));
    let mut ways = Ways { model, screen: shown.screen, textures: &mut *shown.textures, out };
    row::row_ui(ui, rect, job, &response, chosen, before, &mut ways);
    if response.clicked() || response.secondary_clicked() {
        view.cursor = Some(job.job.id.clone());
        ui.memory_mut(|memory| memory.request_focus(id()));
    }
    if response.drag_started() && job.group() == Group::Waiting {
        view.drag = Some(job.job.id.clone());
    }
    menu::context(&response, actions::MENU, |ui| actions::menu_ui(ui, model, job, out));
    // Over what is said, not over the buttons.
    let end = rect.left() + row::Columns::of(rect.width()).words.1;
    if view.drag.is_none() && response.hover_pos().is_some_and(|at| at.x < end) {
        response.on_hover_text_at_pointer(words::whole(model, job));
    }
}

/// A job under the pointer: the line where it would go, and the move when it is let go.
fn drag_ui(ui: &mut Ui, view: &mut ListView, shown: &Shown<'_>, out: &mut Vec<Message>) {
    let Some(job) = view.drag.clone() else { return };
    let Some(pointer) = ui.input(|input| input.pointer.interact_pos()) else { return };
    let inside = pointer.y - shown.area.top() + shown.offset;
    let Some(gap) = shown.geometry.gap(Group::Waiting, inside) else {
        view.drag = None;
        return;
    };
    let places = shown.model.queue.shown();
    let after = places.get(gap).filter(|place| place.group() == Group::Waiting);
    if ui.input(|input| input.pointer.any_released() || !input.pointer.any_down()) {
        view.drag = None;
        let stands = shown.model.queue.list.at(&job, shown.model.queue.group).is_some_and(|at| at == gap || at + 1 == gap);
        if !stands {
            out.push(Message::Queue(Queue::Move { job, before: after.map(|place| place.id.clone()) }));
        }
        return;
    }
    ui.set_cursor_icon(egui::CursorIcon::Grabbing);
    line(ui, shown, gap, after.is_some());
    if pointer.y < shown.area.top() + EDGE {
        ui.scroll_with_delta(vec2(0.0, EDGE_STEP));
    } else if pointer.y > shown.area.bottom() - EDGE {
        ui.scroll_with_delta(vec2(0.0, -EDGE_STEP));
    }
}

/// Over the row at `gap`, or under the last one.
fn line(ui: &Ui, shown: &Shown<'_>, gap: usize, before_one: bool) {
    let corner: Pos2 = shown.area.min;
    let rect = |place| shown.geometry.rect(place, corner, shown.offset);
    let y = if before_one {
        rect(gap).map(|rect| rect.top() - 2.0)
    } else {
        rect(gap.saturating_sub(1)).map(|rect| rect.bottom() + 2.0)
    };
    if let Some(y) = y {
        let across = shown.area.left()..=shown.area.right() - BAR;
        ui.painter().hline(across, y, (2.0, colours().accent.0));
    }
}

/// What Enter does is what the row asks for: to be tried again, to be decided about, to be looked at.
fn enter(model: &Model, place: &Listed, job: &str) -> Vec<Message> {
    if may_retry(place.state) {
        return vec![Message::Queue(Queue::Retry(vec![Again::same(job)]))];
    }
    if place.held {
        return vec![Message::Queue(Queue::Decide(Some(job.to_owned())))];
    }
    let made = model.queue.rows.get(&place.id).and_then(|row| row.made.first());
    made.map_or_else(Vec::new, |asset| actions::show(asset).into())
}

/// The arrows walk; with Alt they carry a waiting job along. Delete cancels it or clears it away, Enter does what it asks for.
fn keys(ui: &Ui, model: &Model, view: &mut ListView, out: &mut Vec<Message>) {
    let arrows = EventFilter { horizontal_arrows: false, vertical_arrows: true, escape: true, tab: false };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id(), arrows));
    let places = model.queue.shown();
    let Some(last) = places.len().checked_sub(1) else { return };
    let at = cursor(model, view);
    let pressed = |held: Modifiers, key: Key| ui.input_mut(|input| input.consume_key(held, key));
    for (key, to) in [(Key::ArrowUp, To::Sooner), (Key::ArrowDown, To::Later), (Key::Home, To::First), (Key::End, To::Last)] {
        if pressed(Modifiers::ALT, key) {
            out.extend(at.and_then(|at| actions::moved(model, &places[at].id, to)));
        }
    }
    let steps = [
        (Key::ArrowUp, -1),
        (Key::ArrowDown, 1),
        (Key::PageUp, -8),
        (Key::PageDown, 8),
        (Key::Home, isize::MIN),
        (Key::End, isize::MAX),
    ];
    for (key, by) in steps {
        if pressed(Modifiers::NONE, key) {
            // From nowhere the first step is onto the first row, or to the end.
            let from = at.map_or(if by < isize::MAX { 0 } else { last }, |at| at.saturating_add_signed(by));
            let to = from.min(last);
            view.cursor = Some(places[to].id.clone());
        }
    }
    if pressed(Modifiers::NONE, Key::Escape) {
        view.cursor = None;
    }
    let Some(place) = at.map(|at| &places[at]) else { return };
    let job = place.id.clone();
    let delete = pressed(Modifiers::NONE, Key::Delete);
    if delete && place.state.over() {
        out.push(Message::Queue(Queue::Clear(vec![job])));
    } else if delete {
        out.push(Message::Queue(Queue::Cancel(vec![job])));
    } else if pressed(Modifiers::NONE, Key::Enter) {
        out.extend(enter(model, place, &job));
    }
    // Copying gives the words of the job that is stood at.
    let copy = ui.input(|input| input.events.iter().any(|event| matches!(event, Event::Copy)));
    if let Some(row) = model.queue.rows.get(&place.id).filter(|_| copy) {
        ui.ctx().copy_text(row.prompt.clone());
    }
}
