//! An item as a tile: its picture, and under it what it is called and how large it is.

use egui::{CornerRadius, Rect, Response, Ui, pos2, vec2};
use lucide_icons::Icon;

use crate::core::asset::{Asset, Kind};
use crate::core::glance::Glance;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::{card, text};

use super::thumb::{self, Shown, Ways, thumb_ui};
use super::words;

/// Tiles are at least this wide.
pub const LEAST: f32 = 172.0;
/// Height of the two lines under the picture.
pub const CAPTION: f32 = 52.0;
pub const GAP: f32 = 12.0;

/// Draws the tile; `response` is of its whole rectangle.
pub fn tile_ui(ui: &Ui, rect: Rect, asset: &Asset, response: &Response, chosen: bool, ways: &mut Ways<'_>) {
    let c = colours();
    card::ground(ui.painter(), rect, response, false);
    let picture = Rect::from_min_max(rect.min, pos2(rect.right(), rect.bottom() - CAPTION));
    let pointer = response.hover_pos().filter(|at| picture.contains(*at));
    let pointer = pointer.map(|at| ((at.x - picture.left()) / picture.width()).clamp(0.0, 1.0));
    let corners = CornerRadius { sw: 0, se: 0, ..theme::radius() };
    thumb_ui(ui, picture, asset, Shown { glance: Glance::Thumb, pointer, small: false, corners }, ways);
    if words::trouble(asset).is_none() {
        marks_ui(ui, picture, asset, pointer);
    }
    let left = rect.left() + space(1.0);
    let room = rect.width() - space(2.0);
    let name = text::truncated(ui, &asset.name, theme::body(), c.text.0, room);
    let about = text::truncated(ui, &words::about(asset), theme::small(), c.muted.0, room);
    let gap = space(0.25);
    let top = picture.bottom() + (CAPTION - name.size().y - about.size().y - gap) / 2.0;
    let below = top + name.size().y + gap;
    ui.painter().galley(pos2(left, top), name, c.text.0);
    ui.painter().galley(pos2(left, below), about, c.muted.0);
    card::edge(ui.painter(), rect, response, chosen);
}

/// Length, or where the pointer is in it; and what a picture alone does not tell.
fn marks_ui(ui: &Ui, picture: Rect, asset: &Asset, pointer: Option<f32>) {
    if let Some(length) = words::length(asset) {
        let here = pointer.filter(|_| asset.kind == Kind::Video);
        let word = here.map_or(length, |at| crate::core::time::clock((f64::from(at) * asset.facts.nanos as f64) as u64));
        thumb::chip(ui, picture, &word, None, false);
    }
    let sign = match asset.kind {
        Kind::Overlay => Some(Icon::Layers),
        _ if asset.take.is_some() => Some(Icon::Video),
        _ if asset.linked => Some(Icon::Link),
        _ => None,
    };
    if let Some(sign) = sign {
        thumb::chip(ui, picture, "", Some(sign), true);
    }
}

/// An item whose row is being read.
pub fn empty_ui(ui: &Ui, rect: Rect, row: bool) {
    let c = colours();
    ui.painter().rect_filled(rect, theme::radius(), c.surface);
    let (left, top) = if row { (88.0, rect.top()) } else { (space(1.0), rect.bottom() - CAPTION) };
    for (below, part) in [(14.0, 0.6), (30.0, 0.4)] {
        let width = (rect.width().min(240.0) - space(2.0)) * part;
        let line = Rect::from_min_size(pos2(rect.left() + left, top + below), vec2(width, 6.0));
        ui.painter().rect_filled(line, 3.0, c.raised);
    }
}
