//! The list of versions by day, the newest first: when, why or by what name, and what changed in it.

use egui::{EventFilter, Id, Key, Modifiers, Rect, Response, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};
use lucide_icons::Icon;

use crate::core::history::{Kind, Version};
use crate::core::time::{clock, nanos};
use crate::studio::history::Message as History;
use crate::studio::{Message, Model};
use crate::ui::figures;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::{card, icon, text, time};

const ROW: f32 = 52.0;
const DAY: f32 = 32.0;
const ICON: f32 = 13.0;
/// Below this width a row has no room for its seconds.
const NARROW: f32 = 256.0;

/// What the list may forget.
#[derive(Default)]
pub struct Places {
    /// The version that was scrolled to and given the keyboard.
    shown: Option<i64>,
}

pub fn list_ui(ui: &mut Ui, model: &Model, places: &mut Places, today: Option<&str>, out: &mut Vec<Message>) {
    let Some(versions) = &model.history.versions else {
        text::small(ui, "Reading the versions…");
        return;
    };
    let chosen = model.history.chosen.as_ref().map(|chosen| chosen.seq);
    keys(ui, model, out);
    let present = model.history.present(&model.prepare);
    // The newest of those that say the same as the script.
    let now = versions.iter().find(|version| Some(version.sha256.as_str()) == present).map(|version| version.seq);
    ScrollArea::vertical().id_salt("versions").auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = space(0.5);
        let mut day = String::new();
        for (i, version) in versions.iter().enumerate() {
            let heading = figures::heading(&version.made_at, today);
            if heading != day {
                day_ui(ui, &heading);
                day = heading;
            }
            let is_chosen = chosen == Some(version.seq);
            let at = time_of(versions, i);
            let response = row_ui(ui, version, &at, is_chosen, now == Some(version.seq));
            if response.clicked() && !is_chosen {
                out.push(Message::History(History::Choose(version.seq)));
            }
            if is_chosen && places.shown != chosen {
                places.shown = chosen;
                response.scroll_to_me(None);
                if model.history.form.is_none() {
                    response.request_focus();
                }
            }
            if response.has_focus() {
                // Up and down choose a version instead of moving to another control.
                let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
                ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
            }
        }
    });
}

fn keys(ui: &Ui, model: &Model, out: &mut Vec<Message>) {
    if model.history.form.is_some() || ui.ctx().text_edit_focused() {
        return;
    }
    for (key, places) in [(Key::ArrowUp, -1), (Key::ArrowDown, 1), (Key::PageUp, -8), (Key::PageDown, 8)] {
        if ui.input_mut(|input| input.consume_key(Modifiers::NONE, key)) {
            out.push(Message::History(History::Step(places)));
        }
    }
}

fn day_ui(ui: &mut Ui, day: &str) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), DAY), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Heading, true, day));
    let galley = text::truncated(ui, day, theme::small(), colours().muted.0, rect.width());
    ui.painter().galley(
        pos2(rect.left() + space(1.0), rect.bottom() - space(0.5) - galley.size().y),
        galley,
        colours().muted.0,
    );
}

/// When a version was kept; to the second where one beside it is of the same minute.
fn time_of(versions: &[Version], i: usize) -> String {
    let minute = |version: &Version| version.made_at.get(..16).map(str::to_owned);
    let beside = [i.checked_sub(1).and_then(|before| versions.get(before)), versions.get(i + 1)];
    let shared = beside.into_iter().flatten().any(|other| minute(other) == minute(&versions[i]));
    figures::time(&versions[i].made_at, shared)
}

fn row_ui(ui: &mut Ui, version: &Version, at: &str, chosen: bool, present: bool) -> Response {
    let c = colours();
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width() - space(1.0), ROW), Sense::hover());
    // By its number: the row above it may go while it is looked at.
    let response = ui.interact(rect, Id::unique(("version", version.seq)), Sense::click());
    let length = clock(nanos(version.secs));
    let change = version.change.map_or_else(|| "the first one".to_owned(), |change| change.sentence());
    let now = if present { ", the present script" } else { "" };
    response.widget_info(|| {
        let (label, words) = (version.label(), version.words);
        let name = format!("{label}, {at}, {words} words, {length}, {change}{now}");
        WidgetInfo::selected(Role::Button, true, chosen, name)
    });
    if !ui.is_rect_visible(rect) {
        return response;
    }
    card::ground(ui.painter(), rect, &response, chosen);
    let inner = rect.shrink2(vec2(space(1.25), space(1.0)));
    let (first, second) = (inner.top() + space(1.0), inner.bottom() - space(0.9));
    let figures = match inner.width() < NARROW {
        true => format!("{} words", version.words),
        false => format!("{} words  ·  {length}", version.words),
    };
    let right = small_ui(ui, &figures, inner, second, true, 0.0);
    small_ui(ui, &change, inner, second, false, inner.width() - right - space(1.0));
    let width = time::size(ui.painter(), at, &theme::body()).x;
    time::paint(ui.painter(), pos2(inner.left(), first), at, &theme::body(), c.text.0);
    let now = if present { small_ui(ui, "Now", inner, first, true, 0.0) + space(1.0) } else { 0.0 };
    let mut left = inner.left() + width + space(1.0);
    if let Some((sign, colour)) = sign(version) {
        icon(ui.painter(), pos2(left + ICON / 2.0, first), sign, ICON, colour);
        left += ICON + space(0.75);
    }
    if version.name.is_some() || version.kind != Kind::Draft {
        let colour = if version.name.is_some() { c.text.0 } else { c.muted.0 };
        let label = text::truncated(ui, version.label(), theme::body(), colour, inner.right() - now - left);
        ui.painter().galley(pos2(left, first - label.size().y / 2.0), label, colour);
    }
    response
}

/// Why it stays, where that is not age alone.
fn sign(version: &Version) -> Option<(Icon, egui::Color32)> {
    let c = colours();
    match version.kind {
        Kind::Published => Some((Icon::Star, c.accent.0)),
        Kind::BeforeRestore => Some((Icon::RotateCcw, c.muted.0)),
        Kind::SetAside => Some((Icon::Archive, c.muted.0)),
        Kind::Imported => Some((Icon::FileInput, c.muted.0)),
        Kind::Draft => None,
    }
}

/// Second things at one of the row's ends, `width` points wide at most where that is not 0; answers with what they take.
fn small_ui(ui: &Ui, words: &str, inner: Rect, y: f32, at_right: bool, width: f32) -> f32 {
    let colour = colours().muted.0;
    let galley = text::truncated(ui, words, theme::small(), colour, if width > 0.0 { width } else { f32::INFINITY });
    let x = if at_right { inner.right() - galley.size().x } else { inner.left() };
    let size = galley.size();
    ui.painter().galley(pos2(x, y - size.y / 2.0), galley, colour);
    size.x
}
