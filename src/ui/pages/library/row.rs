//! An item as a row: a small picture, what it is called, and its particulars in columns. A click on a column's head puts the
//! list into its order.

use egui::{Align2, Color32, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use lucide_icons::Icon;

use crate::core::asset::Asset;
use crate::core::glance::Glance;
use crate::core::library::{Query, Sort};
use crate::studio::{Message, library};
use crate::ui::figures;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::{card, focus_ring, icon, text, time};

use super::thumb::{Shown, Ways, thumb_ui};
use super::words;

pub const HEIGHT: f32 = 48.0;
pub const HEADS: f32 = 28.0;
const THUMB: f32 = 64.0;
/// Below these widths of a row its tags and its size in pixels give way.
const WITH_TAGS: f32 = 720.0;
const WITH_PIXELS: f32 = 560.0;

/// Where the columns are, from the left edge of a row.
#[derive(Clone, Copy, Debug)]
struct Columns {
    name: (f32, f32),
    tags: Option<(f32, f32)>,
    pixels: Option<(f32, f32)>,
    length: (f32, f32),
    bytes: (f32, f32),
    added: (f32, f32),
}

impl Columns {
    fn of(width: f32) -> Columns {
        let mut right = width - space(1.5);
        let mut take = |wide: f32| {
            let column = (right - wide, right);
            right -= wide + space(2.0);
            column
        };
        let added = take(112.0);
        let bytes = take(60.0);
        let length = take(56.0);
        let pixels = (width >= WITH_PIXELS).then(|| take(96.0));
        let tags = (width >= WITH_TAGS).then(|| take((width * 0.2).min(200.0)));
        let left = space(1.0) + THUMB + space(1.5);
        Columns { name: (left, right.max(left + 1.0)), tags, pixels, length, bytes, added }
    }
}

/// The heads of the columns over `rect`.
pub fn heads_ui(ui: &Ui, rect: Rect, query: &Query, out: &mut Vec<Message>) {
    let columns = Columns::of(rect.width());
    head_ui(ui, rect, columns.name, false, Sort::Name, query, out);
    for (column, sort) in [(columns.length, Sort::Length), (columns.bytes, Sort::Size), (columns.added, Sort::Created)] {
        head_ui(ui, rect, column, true, sort, query, out);
    }
    for (column, name) in [(columns.tags, "Tags"), (columns.pixels, "Picture")] {
        if let Some((from, to)) = column {
            let (x, align) = if name == "Tags" {
                (rect.left() + from, Align2::LEFT_CENTER)
            } else {
                (rect.left() + to, Align2::RIGHT_CENTER)
            };
            ui.painter().text(pos2(x, rect.center().y), align, name, theme::small(), colours().muted.0);
        }
    }
}

fn head_ui(ui: &Ui, rect: Rect, (from, to): (f32, f32), right: bool, sort: Sort, query: &Query, out: &mut Vec<Message>) {
    let c = colours();
    let here = query.sort == sort;
    let place = Rect::from_min_max(pos2(rect.left() + from, rect.top()), pos2(rect.left() + to, rect.bottom()));
    let response = ui.interact(place, ui.scope_id().with(("head", sort as u8)), Sense::click());
    let bright = here || response.hovered() || response.has_focus();
    let colour = if bright { c.text.0 } else { c.muted.0 };
    let label = if sort == Sort::Created { "Added" } else { words::sort(sort) };
    let sign = if query.ascending { Icon::ArrowUp } else { Icon::ArrowDown };
    let y = place.center().y;
    let drawn = if right {
        ui.painter().text(pos2(place.right(), y), Align2::RIGHT_CENTER, label, theme::small(), colour)
    } else {
        ui.painter().text(pos2(place.left(), y), Align2::LEFT_CENTER, label, theme::small(), colour)
    };
    if here {
        let x = if right { drawn.left() - 9.0 } else { drawn.right() + 9.0 };
        icon(ui.painter(), pos2(x, y), sign, 12.0, colour);
    }
    if response.has_focus() {
        focus_ring(ui.painter(), place.expand2(vec2(4.0, -2.0)));
    }
    let order = if here { format!(", {}", words::order(sort, query.ascending).to_lowercase()) } else { String::new() };
    response.widget_info(|| {
        WidgetInfo::selected(Role::ColumnHeader, true, here, format!("Sort by {}{order}", label.to_lowercase()))
    });
    if response.clicked() {
        out.push(Message::Library(library::Message::Ask(sorted(query, sort))));
    }
}

/// By this; the other way round when it is so already.
pub fn sorted(query: &Query, sort: Sort) -> Query {
    // Names are looked for from A on, everything else from its greatest.
    let ascending = if query.sort == sort { !query.ascending } else { sort == Sort::Name };
    Query { sort, ascending, ..query.clone() }
}

/// Draws the row; `response` is of its whole rectangle.
pub fn row_ui(ui: &Ui, rect: Rect, asset: &Asset, response: &Response, chosen: bool, ways: &mut Ways<'_>) {
    let c = colours();
    let columns = Columns::of(rect.width());
    card::ground(ui.painter(), rect, response, false);
    let inset = (HEIGHT - THUMB * 9.0 / 16.0) / 2.0;
    let thumb = Rect::from_min_size(rect.min + vec2(space(1.0), inset), vec2(THUMB, THUMB * 9.0 / 16.0));
    let pointer = response.hover_pos().filter(|at| thumb.contains(*at));
    let pointer = pointer.map(|at| ((at.x - thumb.left()) / thumb.width()).clamp(0.0, 1.0));
    ui.painter().rect_filled(thumb, 4.0, c.raised);
    let corners = egui::CornerRadius::same(4);
    thumb_ui(ui, thumb, asset, Shown { glance: Glance::Thumb, pointer, small: true, corners }, ways);
    name_ui(ui, rect, asset, columns.name);
    let y = rect.center().y;
    let put = |(from, to): (f32, f32), words: &str, colour: Color32| {
        let galley = text::truncated(ui, words, theme::small(), colour, to - from);
        ui.painter().galley(pos2(rect.left() + to - galley.size().x, y - galley.size().y / 2.0), galley, colour);
    };
    if let Some((from, to)) = columns.tags {
        let galley = text::truncated(ui, &asset.tags.join(", "), theme::small(), c.muted.0, to - from);
        ui.painter().galley(pos2(rect.left() + from, y - galley.size().y / 2.0), galley, c.muted.0);
    }
    if let Some(pixels) = columns.pixels {
        put(pixels, &words::size(asset).unwrap_or_default(), c.muted.0);
    }
    if let Some(length) = words::length(asset) {
        let width = time::size(ui.painter(), &length, &theme::small()).x;
        time::paint(ui.painter(), pos2(rect.left() + columns.length.1 - width, y), &length, &theme::small(), c.text.0);
    }
    put(columns.bytes, &figures::bytes(asset.bytes), c.muted.0);
    put(columns.added, &figures::day(&asset.created_at, None), c.muted.0);
    card::edge(ui.painter(), rect, response, chosen);
}

/// The name, and below it what is wrong, if anything is.
fn name_ui(ui: &Ui, rect: Rect, asset: &Asset, (from, to): (f32, f32)) {
    let c = colours();
    let (left, room) = (rect.left() + from, to - from);
    let name = text::truncated(ui, &asset.name, theme::body(), c.text.0, room);
    let second = match words::trouble(asset) {
        Some((short, _)) => text::truncated(ui, short, theme::small(), c.accent.0, room),
        None => {
            let kind = words::kind(asset.kind);
            text::truncated(ui, &format!("{kind}  ·  {}", words::sources(asset.source)), theme::small(), c.muted.0, room)
        }
    };
    let gap = 1.0;
    let top = rect.center().y - (name.size().y + second.size().y + gap) / 2.0;
    let below = top + name.size().y + gap;
    ui.painter().galley(pos2(left, top), name, c.text.0);
    ui.painter().galley(pos2(left, below), second, c.muted.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_never_overlap_and_the_name_keeps_room() {
        for width in [440.0, 480.0, 560.0, 700.0, 720.0, 1000.0, 1600.0] {
            let columns = Columns::of(width);
            let all = [
                Some(columns.name),
                columns.tags,
                columns.pixels,
                Some(columns.length),
                Some(columns.bytes),
                Some(columns.added),
            ];
            let mut end = 0.0;
            for (from, to) in all.into_iter().flatten() {
                assert!(from >= end && to > from && to <= width, "{width}: {columns:?}");
                end = to;
            }
            assert!(columns.name.1 - columns.name.0 >= 60.0, "{width}: {columns:?}");
        }
    }

    #[test]
    fn a_second_click_turns_the_order_round() {
        let by_name = sorted(&Query::default(), Sort::Name);
        assert_eq!((by_name.sort, by_name.ascending), (Sort::Name, true));
        assert!(!sorted(&by_name, Sort::Name).ascending);
        assert!(!sorted(&by_name, Sort::Size).ascending);
    }
}
