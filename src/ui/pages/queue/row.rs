//! One job as a row: what it looks like, what it is for, how far it is, what it costs, and what can be done with it.

use egui::{Align2, Color32, Rect, Response, Sense, Stroke, StrokeKind, Ui, pos2, vec2};
use lucide_icons::Icon;

use crate::core::asset::Asset;
use crate::core::glance::Glance;
use crate::core::job::Kind;
use crate::core::queue::{Group, Row};
use crate::studio::library::Message as Library;
use crate::studio::{Message, queue};
use crate::ui::pages::library::thumb::{self, Shown};
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::{card, focus_ring, icon, progress, text};

use super::{actions, failure, words};

const THUMB: f32 = 72.0;
/// Below these widths the cost, and the words beside the bar, give way.
const WITH_COST: f32 = 620.0;
const GRIP: f32 = 16.0;

/// What a row needs besides the job.
pub struct Ways<'a> {
    pub model: &'a crate::studio::Model,
    pub screen: &'a crate::ui::Screen,
    pub textures: &'a mut super::super::library::textures::Textures,
    pub out: &'a mut Vec<Message>,
}

/// Where the parts are, from the left edge of a row.
#[derive(Clone, Copy, Debug)]
pub struct Columns {
    pub thumb: f32,
    pub words: (f32, f32),
    pub status: (f32, f32),
    pub cost: Option<(f32, f32)>,
    pub actions: (f32, f32),
}

impl Columns {
    pub fn of(width: f32) -> Columns {
        let mut right = width - space(0.5);
        let mut take = |wide: f32| {
            let column = (right - wide, right);
            right -= wide + space(2.0);
            column
        };
        let actions = take(theme::theme().space.control * 3.0 + space(1.0));
        let cost = (width >= WITH_COST).then(|| take(space(11.0)));
        let status = take((width * 0.19).clamp(96.0, 208.0));
        let thumb = space(0.5) + GRIP;
        let words = (thumb + THUMB + space(1.5), right.max(thumb + THUMB + space(8.0)));
        Columns { thumb, words, status, cost, actions }
    }
}

/// Draws the row; `response` is of its whole rectangle, `before` how many wait before it.
pub fn row_ui(ui: &mut Ui, rect: Rect, row: &Row, response: &Response, chosen: bool, before: usize, ways: &mut Ways<'_>) {
    let columns = Columns::of(rect.width());
    card::ground(ui.painter(), rect, response, false);
    if row.group() == Group::Waiting && response.hovered() {
        icon(
            ui.painter(),
            pos2(rect.left() + space(0.5) + GRIP / 2.0, rect.center().y),
            Icon::GripVertical,
            14.0,
            colours().muted.0,
        );
    }
    let size = vec2(THUMB, (THUMB * 9.0 / 16.0).round());
    let thumb = Rect::from_min_size(pos2(rect.left() + columns.thumb, rect.center().y - size.y / 2.0), size);
    thumb_ui(ui, thumb, row, ways);
    if row.group() == Group::Failed {
        failure::failure_ui(ui, rect, row, &columns, ways);
    } else {
        words_ui(ui, rect, row, &columns, ways);
        status_ui(ui, rect, row, &columns, before, ways);
        actions::actions_ui(ui, rect, row, &columns, ways);
    }
    if chosen {
        focus_ring(ui.painter(), rect.shrink(1.0));
    }
}

/// A place whose row was not read yet.
pub fn empty_ui(ui: &Ui, rect: Rect) {
    ui.painter().rect_filled(rect, theme::radius(), colours().surface);
}

/// The prompt, and below it what it is for.
fn words_ui(ui: &Ui, rect: Rect, row: &Row, columns: &Columns, ways: &Ways<'_>) {
    let over = matches!(row.group(), Group::Cancelled);
    let c = colours();
    let place = queue::scene(row);
    let (left, room) = (rect.left() + columns.words.0, columns.words.1 - columns.words.0);
    let ink = if over { c.muted.0 } else { c.text.0 };
    let first = text::truncated(ui, &words::prompt(row), theme::body(), ink, room);
    let second = text::truncated(ui, &words::about(ways.model, row, place.as_ref()), theme::small(), c.muted.0, room);
    let top = rect.center().y - (first.size().y + second.size().y + 2.0) / 2.0;
    let below = top + first.size().y + 2.0;
    ui.painter().galley(pos2(left, top), first, ink);
    ui.painter().galley(pos2(left, below), second, c.muted.0);
}

/// How far it is, and what it costs.
fn status_ui(ui: &Ui, rect: Rect, row: &Row, columns: &Columns, before: usize, ways: &Ways<'_>) {
    let c = colours();
    let screen = ways.screen;
    let wall = screen.wall.as_deref();
    let ago = |stamp: &str| words::ago(stamp, wall, screen.today.as_deref());
    let (left, width) = (rect.left() + columns.status.0, columns.status.1 - columns.status.0);
    let put = |y: f32, words: &str, colour: Color32| {
        let galley = text::truncated(ui, words, theme::small(), colour, width);
        ui.painter().galley(pos2(left, y - galley.size().y / 2.0), galley, colour);
    };
    let (y, up) = (rect.center().y, space(1.25));
    match row.group() {
        Group::Going => {
            let bar = Rect::from_min_size(pos2(left, y - up - 2.0), vec2(width, 4.0));
            progress::paint(ui, bar, row.fraction(words::sent_secs(row, wall)));
            put(y + up - 1.0, &words::going(row, wall), c.muted.0);
            ui.request_repaint_after(std::time::Duration::from_secs(1));
        }
        Group::Waiting => {
            let ink = if row.held.is_some() { c.accent.0 } else { c.text.0 };
            put(y - up + 1.0, &words::waiting(ways.model, row, before), ink);
            put(y + up - 1.0, &format!("Placed {}", ago(&row.job.created_at)), c.muted.0);
        }
        Group::Done | Group::Cancelled | Group::Failed => {
            let done = row.group() == Group::Done;
            let (word, colour) = if done { ("Done", c.text.0) } else { ("Cancelled", c.muted.0) };
            put(y - up + 1.0, word, colour);
            put(y + up - 1.0, &ago(row.job.ended_at.as_ref().unwrap_or(&row.job.updated_at)), c.muted.0);
        }
    }
    if let Some((from, to)) = columns.cost {
        let colour = if words::other_cost(row).is_some() { c.accent.0 } else { c.muted.0 };
        let galley = text::truncated(ui, &words::cost(row), theme::small(), colour, to - from);
        ui.painter().galley(pos2(rect.left() + to - galley.size().x, y - galley.size().y / 2.0), galley, colour);
    }
}

/// What it has made, else the sign of what is made.
fn thumb_ui(ui: &Ui, rect: Rect, row: &Row, ways: &mut Ways<'_>) {
    let c = colours();
    ui.painter().rect_filled(rect, 4.0, c.raised);
    let made = row.made.first();
    if let Some(asset) = made.and_then(|id| ways.model.library.known.get(id)) {
        let shown = Shown { glance: Glance::Thumb, pointer: None, small: true, corners: egui::CornerRadius::same(4) };
        let asset: std::sync::Arc<Asset> = std::sync::Arc::clone(asset);
        let mut ways = thumb::Ways { model: ways.model, screen: ways.screen, textures: ways.textures, out: ways.out };
        return thumb::thumb_ui(ui, rect, &asset, shown, &mut ways);
    }
    if let Some(id) = made.filter(|id| ways.model.library.known.may_ask(id)) {
        ways.out.push(Message::Library(Library::Know(vec![id.clone()])));
    }
    let (sign, colour) = match row.group() {
        Group::Failed => (Icon::TriangleAlert, c.accent.0),
        _ => (kind_icon(row.job.kind), c.outline.0),
    };
    icon(ui.painter(), rect.center(), sign, 18.0, colour);
}

pub fn kind_icon(kind: Kind) -> Icon {
    match kind {
        Kind::Text => Icon::TextCursorInput,
        Kind::Image => Icon::Image,
        Kind::Video => Icon::Film,
        Kind::Speech => Icon::AudioLines,
        Kind::Transcription => Icon::Captions,
        Kind::Music => Icon::Music,
    }
}

/// A short word in a frame, from `at` to the right. Answers with where it ends.
pub fn badge(ui: &Ui, at: egui::Pos2, word: &str) -> f32 {
    let c = colours();
    let galley = ui.painter().layout_no_wrap(word.to_owned(), theme::small(), c.accent.0);
    let rect = Rect::from_min_size(pos2(at.x, at.y - galley.size().y / 2.0 - 2.0), galley.size() + vec2(space(1.5), 4.0));
    ui.painter().rect_stroke(rect, 4.0, Stroke::new(1.0, c.accent), StrokeKind::Inside);
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, word, theme::small(), c.accent.0);
    rect.right()
}

/// What a screen reader says of a row.
pub fn spoken(model: &crate::studio::Model, row: &Row) -> String {
    let about = words::about(model, row, queue::scene(row).as_ref());
    let state = match &row.held {
        Some(held) => format!("Held: {}", held.why.words()),
        None => row.group().label().to_owned(),
    };
    let why =
        row.failure.as_ref().map_or_else(String::new, |failure| format!(", {}: {}", failure.class.label(), failure.words));
    format!("{}, {about}, {state}{why}", words::prompt(row))
}

/// No stop of the Tab key: the arrows lead here, Tab to the buttons.
pub const SENSE: Sense = Sense::CLICK.union(Sense::DRAG);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_never_overlap_and_the_words_keep_room() {
        for width in [440.0, 480.0, 620.0, 800.0, 1000.0, 1600.0] {
            let columns = Columns::of(width);
            let mut end = columns.thumb + THUMB;
            for (from, to) in
                [Some(columns.words), Some(columns.status), columns.cost, Some(columns.actions)].into_iter().flatten()
            {
                assert!(from >= end && to > from && to <= width, "{width}: {columns:?}");
                end = to;
            }
            assert!(columns.words.1 - columns.words.0 >= 60.0, "{width}: {columns:?}");
        }
    }
}
