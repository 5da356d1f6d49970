//! A picture that is dragged: it hangs at the pointer, scenes show that they would take it, and the one it is let go over gets
//! it. On the library's page the scenes of the open script come up at the foot meanwhile; held over “Prepare”, the drag goes on
//! there.

use std::sync::Arc;

use egui::{
    Align2, Context, DragAndDrop, Id, LayerId, Order, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use crate::core::asset::Asset;
use crate::core::glance::Glance;
use crate::studio::library::{Message as Library, is_picture};
use crate::studio::{Message, Model};
use crate::ui::pages::prepare::tile;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::{icon, text};
use crate::ui::{Screen, View};

use super::words;

/// What hangs at the pointer.
const GHOST: egui::Vec2 = vec2(128.0, 72.0);
/// The scenes that come up.
const STRIP: f32 = 124.0;
const SCENE: egui::Vec2 = vec2(128.0, 72.0);

/// What is dragged: the item under the pointer, and how many are chosen with it.
#[derive(Clone, Debug)]
struct Carried {
    asset: Arc<Asset>,
    count: usize,
}

/// The drag begins.
pub fn take(ctx: &Context, asset: &Arc<Asset>, count: usize) {
    DragAndDrop::set_payload(ctx, Carried { asset: Arc::clone(asset), count });
}

/// True while a picture is dragged.
pub fn is_picture_carried(ctx: &Context) -> bool {
    DragAndDrop::payload::<Carried>(ctx).is_some_and(|carried| is_picture(carried.asset.kind))
}

/// A scene's place in this frame: the pointer over it makes it the one that a dropped picture goes to.
pub fn target(ui: &Ui, view: &mut View, rect: Rect, scene: usize) {
    if !ui.rect_contains_pointer(rect) {
        return;
    }
    view.drop_scene = Some(scene);
    if is_picture_carried(ui.ctx()) {
        ui.painter().rect_stroke(rect, theme::radius(), Stroke::new(3.0, colours().accent), StrokeKind::Inside);
    }
}

/// What hangs at the pointer, on any page; where it is let go it is given.
pub fn carry_ui(ui: &Ui, model: &Model, view: &mut View, out: &mut Vec<Message>) {
    let ctx = ui.ctx();
    let Some(carried) = DragAndDrop::payload::<Carried>(ctx) else { return };
    let Some(at) = ctx.input(|input| input.pointer.latest_pos()) else { return };
    if ctx.input(|input| input.pointer.any_released()) {
        let there = model.prepare.project.is_some();
        if let Some(scene) = view.drop_scene.filter(|_| there) {
            out.push(Message::Library(Library::Give { asset: Arc::clone(&carried.asset), scene }));
        }
        return;
    }
    let c = colours();
    let painter = ctx.layer_painter(LayerId::new(Order::Tooltip, Id::unique("carried")));
    // Below the pointer, or above it where the window ends.
    let room = ctx.content_rect();
    let below = at.y + space(1.0) + GHOST.y < room.bottom();
    let corner = at + if below { vec2(space(1.0), space(1.0)) } else { vec2(space(1.0), -space(1.0) - GHOST.y) };
    let rect = Rect::from_min_size(corner, GHOST);
    painter.rect_filled(rect, theme::radius(), c.raised);
    match view.library.textures.kept(ctx, &carried.asset.id.0, Glance::Thumb) {
        Some(texture) => {
            let size = texture.size_vec2();
            let crop = crate::core::compose::cover(size.x / size.y.max(1.0), GHOST.x / GHOST.y);
            let uv = Rect::from_min_size(pos2(crop.x, crop.y), vec2(crop.w, crop.h));
            super::thumb::image(&painter, rect, uv, &texture, theme::radius());
        }
        None => icon(&painter, rect.center(), words::kind_icon(carried.asset.kind), 24.0, c.muted.0),
    }
    painter.rect_stroke(rect, theme::radius(), Stroke::new(1.0, c.outline), StrokeKind::Inside);
    if carried.count > 1 {
        let centre = rect.right_top();
        painter.circle_filled(centre, 12.0, c.accent);
        painter.text(centre, Align2::CENTER_CENTER, words::count(carried.count), theme::small(), c.on_accent.0);
    }
    ctx.request_repaint();
}

/// The scenes of the open script over the foot of `page`, while a picture is dragged.
pub fn scenes_ui(ui: &mut Ui, model: &Model, view: &mut View, screen: &Screen, page: Rect) {
    let count = model.prepare.script.scenes.len();
    if !is_picture_carried(ui.ctx()) || model.prepare.project.is_none() || count == 0 {
        return;
    }
    let c = colours();
    let strip = Rect::from_min_max(pos2(page.left(), page.bottom() - STRIP), page.max);
    // Drawn last and in the page's own layer, so that it lies over the list.
    ui.painter().rect_filled(strip, 0.0, c.background);
    ui.painter().hline(strip.x_range(), strip.top() + 0.5, (1.0, c.outline.0));
    let words = text::truncated(ui, "Drop it on a scene", theme::small(), c.muted.0, strip.width() - space(4.0));
    ui.painter().galley(strip.min + vec2(space(2.0), space(1.0)), words, c.muted.0);
    let pitch = SCENE.x + space(1.0);
    let room = ((strip.width() - space(4.0) + space(1.0)) / pitch).floor().max(1.0) as usize;
    // The selected scene is always among those there is room for.
    let first = model.prepare.selected.saturating_sub(room / 2).min(count.saturating_sub(room));
    for (at, scene) in (first..count.min(first + room)).enumerate() {
        let corner = pos2(strip.left() + space(2.0) + at as f32 * pitch, strip.top() + space(4.0));
        let rect = Rect::from_min_size(corner, SCENE);
        tile::thumb(ui, rect, model, scene, &mut view.thumbs, screen);
        tile::number(ui, rect, scene);
        let response = ui.interact(rect, ui.scope_id().with(("drop on scene", scene)), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("Drop it on scene {}", scene + 1)));
        target(ui, view, rect, scene);
    }
}
