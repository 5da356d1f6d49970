//! A part of a scene, large: what the scene shows and all that was made for it, to be played, compared, chosen, saved, thrown away and
//! made again in another mood or from another angle. It stands in the page's place.

mod side;
mod stage;
mod strip;

use egui::{Align, Key, Layout, Modifiers, Rect, Ui, UiBuilder, pos2, vec2};
use lucide_icons::Icon;

use crate::core::generate::Role;
use crate::studio::library;
use crate::studio::library::viewer::Message as View;
use crate::studio::scenes::shown::{Message as Shown, Sheet};
use crate::studio::scenes::{Message as Scenes, Version};
use crate::studio::{Message, Model};
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::segmented::{self, Segment, segmented};
use crate::ui::widgets::{menu, text};
use crate::ui::{Screen, View as Eyes};

use super::making;
pub use side::{again_ui, seam_ui};

/// The parts, as the tabs have them.
const TABS: [(Role, &str); 4] =
    [(Role::Picture, "Picture"), (Role::End, "End picture"), (Role::Clip, "Clip"), (Role::Voice, "Voice")];

/// The side's share of the width, and its bounds.
const SIDE_SHARE: f32 = 0.28;
const SIDE: std::ops::RangeInclusive<f32> = 256.0..=344.0;
/// Height of the row of versions.
const STRIP: f32 = 92.0;

/// What the sheet may forget.
#[derive(Default)]
pub struct VersionsView {
    /// The prompt that is being written.
    draft: Option<(usize, Role, String)>,
}

pub fn versions_ui(ui: &mut Ui, area: Rect, model: &Model, view: &mut Eyes, screen: &Screen, out: &mut Vec<Message>) {
    let Some(sheet) = &model.scenes.sheet else { return };
    keys(ui, model, out);
    let side = (area.width() * SIDE_SHARE).clamp(*SIDE.start(), *SIDE.end()).round();
    let control = theme::theme().space.control;
    let head = Rect::from_min_size(area.min + vec2(space(2.0), space(1.0)), vec2(area.width() - space(4.0), control));
    let body = Rect::from_min_max(pos2(area.left(), head.bottom() + space(1.0)), area.max);
    let split = body.right() - side;
    ui.painter().hline(area.x_range(), body.top(), (1.0, colours().line.0));
    ui.painter().vline(split, body.y_range(), (1.0, colours().line.0));
    part(ui, head, "head", |ui| head_ui(ui, model, sheet, out));
    let versions: Vec<_> = model.scenes.versions(sheet.scene, sheet.role).cloned().collect();
    let strip = if versions.is_empty() { 0.0 } else { STRIP };
    let left = Rect::from_min_max(body.min, pos2(split, body.bottom())).shrink2(vec2(space(2.0), space(1.5)));
    let above = Rect::from_min_max(left.min, left.max - vec2(0.0, strip));
    part(ui, above, "stage", |ui| stage::stage_ui(ui, above, model, sheet, view, screen, out));
    if strip > 0.0 {
        let below = Rect::from_min_max(pos2(left.left(), above.bottom() + space(1.5)), left.max);
        part(ui, below, "strip", |ui| strip::strip_ui(ui, model, sheet, &versions, &mut view.library, screen, out));
    }
    let side = Rect::from_min_max(pos2(split, body.top()), body.max).shrink2(vec2(space(2.0), space(1.5)));
    part(ui, side, "side", |ui| side::side_ui(ui, model, sheet, &mut view.prepare.versions, screen, out));
}

fn part(ui: &mut Ui, rect: Rect, salt: &str, content: impl FnOnce(&mut Ui)) {
    ui.scope_builder(UiBuilder::new().max_rect(rect).id_salt(("versions", salt)), |ui| {
        ui.set_clip_rect(rect.expand(2.0).intersect(ui.clip_rect()));
        content(ui);
    });
}

/// Which scene, which part of it, and the way back.
fn head_ui(ui: &mut Ui, model: &Model, sheet: &Sheet, out: &mut Vec<Message>) {
    let scenes = model.prepare.script.scenes.len();
    let segments: Vec<Segment<'_>> = TABS.iter().map(|(_, name)| Segment::plain(name)).collect();
    let at = TABS.iter().position(|(role, _)| *role == sheet.role).unwrap_or(0);
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = space(0.5);
        if Button::icon_only(Icon::X, "Back to the script").show(ui).clicked() {
            out.push(say(Shown::Close));
        }
        let name = if sheet.beside { "One alone" } else { "Beside the one that the scene shows" };
        let comparable = beside(model, sheet).is_some();
        let compare = Button::icon_only(Icon::Columns2, name).selected(sheet.beside && comparable).enabled(comparable);
        if compare.show(ui).clicked() {
            out.push(say(Shown::Beside(!sheet.beside)));
        }
        ui.add_space(space(1.0));
        let width = segmented::width(ui, &segments);
        ui.allocate_ui_with_layout(vec2(width, theme::theme().space.control), Layout::left_to_right(Align::Center), |ui| {
            if let Some((role, _)) = segmented(ui, &segments, at).and_then(|at| TABS.get(at)) {
                out.push(making::open(sheet.scene, *role));
            }
        });
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = space(0.5);
            if Button::icon_only(Icon::ChevronLeft, "Previous scene").enabled(sheet.scene > 0).show(ui).clicked() {
                out.push(say(Shown::Scene(-1)));
            }
            if Button::icon_only(Icon::ChevronRight, "Next scene").enabled(sheet.scene + 1 < scenes).show(ui).clicked() {
                out.push(say(Shown::Scene(1)));
            }
            let title = model.prepare.script.scenes.get(sheet.scene).map_or_else(String::new, |scene| scene.title(sheet.scene));
            let words = format!("{:02}  {title}", sheet.scene + 1);
            let galley = text::truncated(ui, &words, theme::title(), colours().text.0, ui.available_width() - space(1.0));
            ui.label(galley);
        });
    });
}

/// What the chosen version is compared with: the one that the scene shows, else the one before it.
fn beside<'a>(model: &'a Model, sheet: &Sheet) -> Option<&'a std::sync::Arc<Version>> {
    let chosen = sheet.chosen.as_ref()?;
    let shown = model.scenes.part(sheet.scene, sheet.role).shown.filter(|shown| *shown != chosen);
    let other = shown.and_then(|shown| model.scenes.version(shown));
    let all: Vec<_> = model.scenes.versions(sheet.scene, sheet.role).collect();
    let at = all.iter().position(|version| version.asset.id == *chosen)?;
    other.or_else(|| at.checked_sub(1).or((all.len() > 1).then_some(1)).map(|at| all[at]))
}

fn say(message: Shown) -> Message {
    Message::Scenes(Scenes::Sheet(message))
}

fn view(message: View) -> Message {
    Message::Library(library::Message::Viewer(message))
}

/// Whatever has the keyboard, unless it needs the key itself.
fn keys(ui: &Ui, model: &Model, out: &mut Vec<Message>) {
    if menu::any_open(ui.ctx()) || ui.ctx().text_edit_focused() || model.sheet.is_some() {
        return;
    }
    let pressed = |key: Key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    if pressed(Key::Escape) {
        out.push(say(Shown::Close));
    }
    for (key, by) in [(Key::ArrowLeft, -1), (Key::ArrowRight, 1)] {
        if pressed(key) {
            out.push(say(Shown::Step(by)));
        }
    }
    // A button that has the keyboard is pressed with it.
    if ui.memory(|memory| memory.focused().is_none()) && pressed(Key::Space) {
        out.push(view(View::TogglePlay));
    }
}
