//! What is looked at: one version, large, or two side by side; a file that a person gave; or the way to the first one.

use egui::{Align2, CornerRadius, Rect, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};
use lucide_icons::Icon;

use crate::core::generate::Role;
use crate::core::glance::Glance;
use crate::studio::prepare::Tile;
use crate::studio::scenes::shown::Sheet;
use crate::studio::scenes::{Message as Scenes, Version};
use crate::studio::{Message, Model};
use crate::ui::cost::{self, Cost};
use crate::ui::preview::fitted;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::empty::empty_state;
use crate::ui::widgets::{icon, ring, text};
use crate::ui::{Screen, View as Eyes};

use super::super::super::library::thumb::{Shown, Ways, thumb_ui};
use super::super::super::library::viewer;
use super::super::{making, tile};

const WIDE: f32 = 16.0 / 9.0;
const RING: f32 = 24.0;

pub fn stage_ui(
    ui: &mut Ui,
    rect: Rect,
    model: &Model,
    sheet: &Sheet,
    view: &mut Eyes,
    screen: &Screen,
    out: &mut Vec<Message>,
) {
    match (model.scenes.chosen(), super::beside(model, sheet)) {
        (Some(chosen), Some(other)) if sheet.beside => two_ui(ui, rect, model, sheet, (other, chosen), view, screen, out),
        (Some(_), _) => viewer::stage_of(ui, model, &mut view.library, screen, rect, out),
        (None, _) => own_ui(ui, rect, model, sheet, view, screen, out),
    }
}

/// Two versions of one part: the one that the scene shows at the left. Films are looked through with the pointer, and the chosen one
/// plays where it stands alone.
#[expect(clippy::too_many_arguments, reason = "the page's five, where, what and which two")]
fn two_ui(
    ui: &mut Ui,
    rect: Rect,
    model: &Model,
    sheet: &Sheet,
    (left, right): (&Version, &Version),
    view: &mut Eyes,
    screen: &Screen,
    out: &mut Vec<Message>,
) {
    let gap = space(1.5);
    let label = 24.0;
    let width = (rect.width() - gap) / 2.0;
    let shown = model.scenes.part(sheet.scene, sheet.role).shown;
    // One pointer goes through both.
    let pointer = ui.input(|input| input.pointer.hover_pos()).filter(|at| rect.contains(*at));
    for (at, version) in [left, right].into_iter().enumerate() {
        let column = Rect::from_min_size(pos2(rect.left() + at as f32 * (width + gap), rect.top()), vec2(width, rect.height()));
        let room = Rect::from_min_max(column.min, column.max - vec2(0.0, label));
        let (w, h) = (version.asset.facts.width as f32, version.asset.facts.height as f32);
        let place = fitted(room, if w > 0.0 && h > 0.0 { w / h } else { WIDE });
        ui.painter().rect_filled(place, CornerRadius::ZERO, colours().surface);
        let pointer = pointer.map(|at| ((at.x - column.left()).rem_euclid(width + gap) / width).clamp(0.0, 1.0));
        let look = Shown { glance: Glance::Preview, pointer, small: false, corners: CornerRadius::ZERO };
        thumb_ui(ui, place, &version.asset, look, &mut Ways { model, screen, textures: &mut view.library.textures, out });
        let words = match (shown == Some(&version.asset.id), at) {
            (true, _) => "The scene shows this one",
            (false, 0) => "An earlier one",
            (false, _) => "The chosen one",
        };
        let at = pos2(place.center().x, place.bottom() + label / 2.0 + 2.0);
        ui.painter().text(at, Align2::CENTER_CENTER, words, theme::small(), colours().muted.0);
        let response = ui.interact(place, ui.scope_id().with(("beside", &version.asset.id.0)), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, words));
    }
}

/// Nothing was made: what a person gave, what is on its way, or the way to the first one.
fn own_ui(ui: &mut Ui, rect: Rect, model: &Model, sheet: &Sheet, view: &mut Eyes, screen: &Screen, out: &mut Vec<Message>) {
    let Sheet { scene, role, .. } = *sheet;
    let c = colours();
    let part = model.scenes.part(scene, role);
    let Some(content) = model.prepare.script.scenes.get(scene) else { return };
    if let (Role::Picture, Some(Tile::Ready { picture })) = (role, model.prepare.tiles.get(scene)) {
        let place = fitted(rect, WIDE);
        tile::picture(ui, place, &mut view.thumbs, screen, picture);
        let response = ui.interact(place, ui.scope_id().with("own"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, "The picture of the scene, given by you"));
        return;
    }
    if part.comes() {
        let wall = screen.wall.as_deref();
        ui.painter().rect_filled(fitted(rect, WIDE), theme::radius(), c.surface);
        ring::paint(ui, rect.center() - vec2(0.0, 12.0), RING, part.going().and_then(|row| making::fraction(row, wall)));
        let words = making::stage(model, &part, wall).unwrap_or_default();
        let said = text::truncated(ui, &words, theme::body(), c.text.0, rect.width());
        ui.painter().galley(pos2(rect.center().x - said.size().x / 2.0, rect.center().y + RING + space(0.5)), said, c.text.0);
        return;
    }
    if let Some(path) = content.part(role) {
        ui.painter().rect_filled(fitted(rect, WIDE), theme::radius(), c.surface);
        icon(ui.painter(), rect.center() - vec2(0.0, space(2.0)), Icon::File, 28.0, c.outline.0);
        let elsewhere = model.sync.files.about(path);
        let words = elsewhere.unwrap_or_else(|| format!("{path} is a file of yours."));
        let said = text::Sentence::new(ui, &words, c.muted.0, rect.width() - space(4.0));
        said.show(ui, rect.center() + vec2(0.0, space(1.0)));
        return;
    }
    let words = role.words();
    let (sign, title, sentence) = match role {
        Role::Picture => (Icon::Image, "No picture yet", "It is made from the prompt at the right."),
        Role::End => (Icon::ImageDown, "No end picture yet", "The clip of the scene ends with it."),
        Role::Clip => (Icon::Film, "No clip yet", "It moves from the scene’s picture to its end picture."),
        Role::Voice | Role::Music => (Icon::AudioLines, "No voice yet", "It speaks the scene’s words."),
    };
    let hindrance = model.scenes.hindrance(scene, role, &model.scenes_seen());
    let price = if hindrance.is_some() { Cost::default() } else { cost::of(model, &[(scene, role)], out) };
    let label = price.behind(&format!("Generate the {words}"));
    let mut button = Button::primary(&label).icon(Icon::Sparkles).enabled(hindrance.is_none());
    if let Some(tip) = hindrance.as_deref().or(Some(price.more.as_str()).filter(|more| !more.is_empty())) {
        button = button.tooltip(tip);
    }
    ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| {
        if empty_state(ui, sign, title, sentence, button).clicked() {
            out.push(Message::Scenes(Scenes::Make { scene, role }));
        }
    });
}
