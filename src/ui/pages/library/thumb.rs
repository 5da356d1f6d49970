//! What an asset looks like, wherever it stands: its picture whole or filling its place, the frame under the pointer, its
//! waveform, or the sign of what is wrong with it. What is not there yet is asked for once.

use std::sync::Arc;

use egui::epaint::RectShape;
use egui::{Align2, Color32, ColorImage, CornerRadius, Painter, Rect, Shape, TextureHandle, TextureOptions, Ui, pos2, vec2};
use lucide_icons::Icon;

use crate::core::asset::{Asset, Kind, Status};
use crate::core::compose;
use crate::core::frame::Still;
use crate::core::glance::{Glance, strip_frame, strip_part};
use crate::core::peaks::Peaks;
use crate::studio::{Message, Model, glance};
use crate::ui::Screen;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::{icon, menu, progress, text, wave};

use super::textures::Textures;
use super::words;

/// A picture may lose this part of its width or height to fill its place; one that would lose more is shown whole.
const MAY_LOSE: f32 = 0.22;
/// The squares behind a picture with holes, in points.
const CHECK: f32 = 8.0;

/// What drawing needs besides the asset.
pub struct Ways<'a> {
    pub model: &'a Model,
    pub screen: &'a Screen,
    pub textures: &'a mut Textures,
    pub out: &'a mut Vec<Message>,
}

/// How it is to be shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shown {
    /// `Thumb` or `Preview`.
    pub glance: Glance,
    /// Where the pointer is, 0 to 1 of the width.
    pub pointer: Option<f32>,
    /// Too small for words.
    pub small: bool,
    /// Those of its place.
    pub corners: CornerRadius,
}

/// Paints an asset into `rect`, whose ground is painted already.
pub fn thumb_ui(ui: &Ui, rect: Rect, asset: &Asset, shown: Shown, ways: &mut Ways<'_>) {
    if words::trouble(asset).is_some() && asset.status != Status::Missing {
        return trouble_ui(ui, rect, asset, shown.small);
    }
    let painted = match asset.kind {
        Kind::Audio => wave_ui(ui, rect, asset, shown, ways),
        Kind::Video => strip_ui(ui, rect, asset, shown, ways) || picture_ui(ui, rect, asset, shown, ways),
        Kind::Image | Kind::Overlay => picture_ui(ui, rect, asset, shown, ways),
    };
    if asset.status == Status::Missing {
        // The picture it had is dimmed: it is remembered, not there.
        ui.painter().rect_filled(rect, shown.corners, colours().scrim);
        return trouble_ui(ui, rect, asset, shown.small);
    }
    if !painted {
        waiting_ui(ui, rect, asset, shown, ways);
    }
}

/// The still of this kind, from memory or asked for.
fn still(asset: &Asset, glance: Glance, ways: &mut Ways<'_>) -> Option<Arc<Still>> {
    let there = ways.screen.feeds.glances.still(glance, &asset.id.0);
    if there.is_none() {
        want(asset, glance, ways);
    }
    there
}

fn want(asset: &Asset, glance: Glance, ways: &mut Ways<'_>) {
    if asset.status == Status::Ready && ways.model.glance.may_ask(&asset.id, glance) {
        ways.out.push(Message::Glance(glance::Message::Want { asset: Box::new(asset.clone()), glance }));
    }
}

fn picture_ui(ui: &Ui, rect: Rect, asset: &Asset, shown: Shown, ways: &mut Ways<'_>) -> bool {
    let glance = shown.glance;
    let texture = match ways.textures.kept(ui.ctx(), &asset.id.0, glance) {
        Some(texture) => Some(texture),
        None => still(asset, glance, ways).and_then(|still| ways.textures.get(ui.ctx(), &asset.id.0, glance, &still)),
    };
    // Until the large one is there the small one stands for it.
    let texture = texture.or_else(|| ways.textures.kept(ui.ctx(), &asset.id.0, Glance::Thumb));
    let Some(texture) = texture else { return false };
    let size = texture.size_vec2();
    let (place, uv) = fit(size.x / size.y.max(1.0), rect, asset.kind == Kind::Overlay);
    if asset.kind == Kind::Overlay {
        checks(ui, place, ways.textures);
    }
    image(ui.painter(), place, uv, &texture, if place == rect { shown.corners } else { CornerRadius::ZERO });
    true
}

/// Where a picture of this shape stands in `rect`, and the part of it that is seen.
fn fit(shape: f32, rect: Rect, whole: bool) -> (Rect, Rect) {
    let room = rect.width() / rect.height().max(1.0);
    let loses = 1.0 - (shape / room).min(room / shape);
    if loses <= MAY_LOSE && !whole {
        let crop = compose::cover(shape, room);
        return (rect, Rect::from_min_size(pos2(crop.x, crop.y), vec2(crop.w, crop.h)));
    }
    let size = if shape > room { vec2(rect.width(), rect.width() / shape) } else { vec2(rect.height() * shape, rect.height()) };
    (Rect::from_center_size(rect.center(), size), Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0)))
}

/// A texture, or a part of it, in a place.
pub fn image(painter: &Painter, place: Rect, uv: Rect, texture: &TextureHandle, corners: CornerRadius) {
    painter.add(RectShape::filled(place, corners, Color32::WHITE).with_texture(texture.id(), uv));
}

/// The frame under the pointer, with a line where it is in the clip.
fn strip_ui(ui: &Ui, rect: Rect, asset: &Asset, shown: Shown, ways: &mut Ways<'_>) -> bool {
    let Some(pointer) = shown.pointer else { return false };
    let still = still(asset, Glance::Strip, ways);
    let texture = match still {
        Some(still) => ways.textures.get(ui.ctx(), &asset.id.0, Glance::Strip, &still),
        None => ways.textures.kept(ui.ctx(), &asset.id.0, Glance::Strip),
    };
    let Some(texture) = texture else { return false };
    let (from, to) = strip_part(strip_frame(pointer));
    let frame = texture.size_vec2() * vec2(to - from, 1.0);
    let (place, seen) = fit(frame.x / frame.y.max(1.0), rect, false);
    let across = |x: f32| from + x * (to - from);
    let uv = Rect::from_min_max(pos2(across(seen.left()), seen.top()), pos2(across(seen.right()), seen.bottom()));
    image(ui.painter(), place, uv, &texture, if place == rect { shown.corners } else { CornerRadius::ZERO });
    line(ui, rect, pointer);
    true
}

fn line(ui: &Ui, rect: Rect, at: f32) {
    let x = ui.painter().round_to_pixel_center(rect.left() + at * rect.width());
    let x = x.clamp(rect.left() + 1.0, rect.right() - 1.0);
    ui.painter().vline(x, rect.y_range(), (2.0, colours().accent.0));
}

fn wave_ui(ui: &Ui, rect: Rect, asset: &Asset, shown: Shown, ways: &mut Ways<'_>) -> bool {
    let Some(peaks) = peaks(asset, ways) else { return false };
    let c = colours();
    let inner = rect.shrink2(vec2(rect.width() * 0.06, rect.height() * 0.18));
    let played =
        shown.pointer.map_or(0.0, |at| ((at * rect.width() - (inner.left() - rect.left())) / inner.width()).clamp(0.0, 1.0));
    ui.painter().add(Shape::mesh(wave::columns(&peaks, inner, played, c.accent.0, c.muted.0.gamma_multiply(0.7))));
    true
}

/// The waveform, from memory or asked for.
pub fn peaks(asset: &Asset, ways: &mut Ways<'_>) -> Option<Arc<Peaks>> {
    let there = ways.screen.feeds.glances.waves.get(&asset.id.0);
    if there.is_none() {
        want(asset, Glance::Wave, ways);
    }
    there
}

/// Not there yet: the sign of its kind, and that it comes. What can't be made keeps the sign.
fn waiting_ui(ui: &Ui, rect: Rect, asset: &Asset, shown: Shown, ways: &Ways<'_>) {
    let wanted = if asset.kind == Kind::Audio { Glance::Wave } else { shown.glance };
    let failed = ways.model.glance.problem(&asset.id, wanted).is_some();
    let size = if shown.small { 16.0 } else { 24.0 };
    icon(ui.painter(), rect.center(), words::kind_icon(asset.kind), size, colours().outline.0);
    if failed && !shown.small {
        let at = rect.center() + vec2(0.0, space(3.5));
        ui.painter().text(at, Align2::CENTER_CENTER, "No preview", theme::small(), colours().muted.0);
    } else if !shown.small {
        let width = (rect.width() * 0.3).min(space(8.0));
        let bar = Rect::from_center_size(rect.center() + vec2(0.0, space(3.5)), vec2(width, 3.0));
        progress::paint(ui, bar, None);
    }
}

fn trouble_ui(ui: &Ui, rect: Rect, asset: &Asset, small: bool) {
    let Some((short, _)) = words::trouble(asset) else { return };
    let c = colours();
    let waits = asset.status == Status::Importing;
    let (sign, colour) = if waits { (words::kind_icon(asset.kind), c.outline) } else { (Icon::TriangleAlert, c.accent) };
    if small {
        return icon(ui.painter(), rect.center(), sign, 16.0, colour.0);
    }
    icon(ui.painter(), rect.center() - vec2(0.0, space(1.0)), sign, 22.0, colour.0);
    let galley = text::truncated(ui, short, theme::small(), c.text.0, rect.width() - space(2.0));
    let at = rect.center() + vec2(-galley.size().x / 2.0, space(1.0));
    ui.painter().galley(at, galley, c.text.0);
}

/// Squares of two greys, that holes are seen as holes.
pub fn checks(ui: &Ui, rect: Rect, textures: &mut Textures) {
    let texture = textures.checks.get_or_insert_with(|| {
        let (a, b) = (colours().raised.0, colours().pressed.0);
        ui.ctx().load_texture("checks", ColorImage::new([2, 2], vec![a, b, b, a]), TextureOptions::NEAREST_REPEAT)
    });
    let uv = Rect::from_min_size(pos2(0.0, 0.0), rect.size() / (2.0 * CHECK));
    ui.painter().add(RectShape::filled(rect, CornerRadius::ZERO, Color32::WHITE).with_texture(texture.id(), uv));
}

/// A short word over a picture, in its lower right corner (or left), as its length.
pub fn chip(ui: &Ui, rect: Rect, word: &str, lead: Option<Icon>, left: bool) {
    let (ground, ink) = menu::over_picture();
    let galley = ui.painter().layout_no_wrap(word.to_owned(), theme::small(), ink);
    let sign = if lead.is_some() { 12.0 } else { 0.0 };
    let between = if lead.is_some() && !word.is_empty() { 4.0 } else { 0.0 };
    let height = ui.painter().layout_no_wrap("0".to_owned(), theme::small(), ink).size().y + 2.0;
    let size = vec2(galley.size().x + sign + between + 10.0, height);
    let x = if left { rect.left() + 4.0 } else { rect.right() - 4.0 - size.x };
    let chip = Rect::from_min_size(pos2(x, rect.bottom() - 4.0 - size.y), size);
    ui.painter().rect_filled(chip, 4.0, ground);
    if let Some(lead) = lead {
        icon(ui.painter(), pos2(chip.left() + 5.0 + sign / 2.0, chip.center().y), lead, sign, ink);
    }
    let text = pos2(chip.left() + 5.0 + sign + between, chip.center().y);
    ui.painter().text(text, Align2::LEFT_CENTER, word, theme::small(), ink);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_that_nearly_fits_fills_and_another_is_whole() {
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(160.0, 90.0));
        let (place, uv) = fit(16.0 / 9.0, rect, false);
        assert_eq!((place, uv.size()), (rect, vec2(1.0, 1.0)));
        let (place, uv) = fit(1.5, rect, false);
        assert!(place == rect && uv.height() < 1.0, "a photograph loses a little");
        let (place, uv) = fit(9.0 / 16.0, rect, false);
        assert!(rect.contains_rect(place) && place.height() == 90.0 && uv.width() == 1.0, "an upright one is whole");
        assert!((place.width() / place.height() - 9.0 / 16.0).abs() < 1e-3);
        let (place, _) = fit(1.5, rect, true);
        assert!(place.width() < 160.0);
    }
}
