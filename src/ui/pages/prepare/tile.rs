//! A scene's picture, wherever it is shown: the same four states in the grid and, smaller, on the storyboard.

use egui::{Color32, Rect, Ui, Vec2, pos2, vec2};
use lucide_icons::Icon;

use crate::core::compose;
use crate::studio::Model;
use crate::studio::prepare::Tile;
use crate::ui::Screen;
use crate::ui::theme::{self, colours};
use crate::ui::thumbs::Thumbs;
use crate::ui::widgets::{icon, menu, progress};

/// Paints a picture so that it fills `rect` without distortion. False while there is none to paint.
pub fn picture(ui: &Ui, rect: Rect, thumbs: &mut Thumbs, screen: &Screen, path: &str) -> bool {
    let Some(texture) = thumbs.get(ui.ctx(), &screen.feeds.pictures, path) else { return false };
    let size = texture.size_vec2();
    let crop = compose::cover(size.x / size.y.max(1.0), rect.width() / rect.height().max(1.0));
    let uv = Rect::from_min_size(pos2(crop.x, crop.y), vec2(crop.w, crop.h));
    let image = egui::epaint::RectShape::filled(rect, theme::radius(), Color32::WHITE).with_texture(texture.id(), uv);
    ui.painter().add(image);
    true
}

/// The small form: a picture or the sign of its state.
pub fn thumb(ui: &Ui, rect: Rect, model: &Model, scene: usize, thumbs: &mut Thumbs, screen: &Screen) {
    let c = colours();
    let tile = model.prepare.tiles.get(scene).unwrap_or(&Tile::Empty);
    if let Tile::Ready { picture: path } = tile
        && picture(ui, rect, thumbs, screen, path)
    {
        return;
    }
    ui.painter().rect_filled(rect, theme::radius(), c.raised);
    match tile {
        Tile::Empty => icon(ui.painter(), rect.center(), Icon::Image, 16.0, c.outline.0),
        Tile::Failed { .. } => icon(ui.painter(), rect.center(), Icon::TriangleAlert, 16.0, c.accent.0),
        Tile::Working | Tile::Ready { .. } => {
            let bar = Rect::from_center_size(rect.center(), Vec2::new(rect.width() * 0.5, 4.0));
            progress::paint(ui, bar, None);
        }
    }
}

/// The scene's number over its picture.
pub fn number(ui: &Ui, rect: Rect, scene: usize) {
    let (ground, ink) = menu::over_picture();
    let galley = ui.painter().layout_no_wrap(format!("{:02}", scene + 1), theme::small(), ink);
    let size = galley.size() + vec2(8.0, 2.0);
    let corner = rect.left_bottom() + vec2(4.0, -4.0);
    let chip = Rect::from_min_max(pos2(corner.x, corner.y - size.y), pos2(corner.x + size.x, corner.y));
    ui.painter().rect_filled(chip, 4.0, ground);
    ui.painter().galley(chip.center() - galley.size() / 2.0, galley, ink);
}

/// What a screen reader says of a picture.
pub fn spoken(tile: &Tile) -> &'static str {
    match tile {
        Tile::Empty => "none yet",
        Tile::Working => "loading",
        Tile::Ready { .. } => "ready",
        Tile::Failed { .. } => "could not be loaded",
    }
}
