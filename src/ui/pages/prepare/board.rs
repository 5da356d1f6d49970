//! The storyboard: a card a scene, in the order they are spoken. Dragging a card moves its text.

use egui::{Rect, Role, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};
use lucide_icons::Icon;

use crate::core::generate::Role as Part;
use crate::core::seam::{Seam, Verdict};
use crate::core::variation::Variation;
use crate::studio::command::Command;
use crate::studio::prepare::Message as Prepare;
use crate::studio::scenes::{Message as Scenes, State};
use crate::studio::words::{Message as Words, Target};
use crate::studio::{Message, Model};
use crate::ui::theme::{self, colours};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{card, focus_ring, icon, menu, ring, text};
use crate::ui::{Screen, View, cost};

use super::super::library::carry;
use super::follow::Follow;
use super::{footer, making, scene_menu, tile};

const CARD: f32 = 64.0;
const THUMB_WIDTH: f32 = 80.0;
/// Distance from the edge at which a dragged card scrolls the list, and how far it scrolls each frame.
const EDGE: f32 = 24.0;
const EDGE_STEP: f32 = 6.0;
/// Signs of what was made for a scene.
const SIGN: f32 = 14.0;
/// The sign of a seam takes so much.
const SEAM: f32 = 24.0;
const SEAM_MENU: f32 = 232.0;

/// What the storyboard may forget.
#[derive(Default)]
pub struct Board {
    /// The card that is being dragged.
    drag: Option<usize>,
    follow: Follow,
}

pub fn board_ui(ui: &mut Ui, model: &Model, view: &mut View, screen: &Screen, out: &mut Vec<Message>) {
    let area = ui.max_rect();
    let foot = theme::theme().space.control + theme::space(2.0);
    let list =
        Rect::from_min_max(area.min + vec2(theme::space(2.0), theme::space(1.0)), area.max - vec2(theme::space(1.0), foot));
    ui.scope_builder(UiBuilder::new().max_rect(list), |ui| list_ui(ui, model, view, screen, out));
    let foot = Rect::from_min_max(
        pos2(list.left() - theme::space(0.5), list.bottom() + theme::space(1.0)),
        area.max - vec2(theme::space(1.0), 0.0),
    );
    let row = egui::Layout::left_to_right(egui::Align::Center);
    ui.scope_builder(UiBuilder::new().max_rect(foot).layout(row), |ui| {
        if Button::plain("Scene").name("Add a scene").tooltip("Add a scene at the end").icon(Icon::Plus).show(ui).clicked() {
            scene_menu::add(model, &mut view.prepare.inspector, out);
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if Button::icon_only(Icon::Palette, Command::Style.label()).command(Command::Style).show(ui).clicked() {
                out.push(Message::Command(Command::Style));
            }
            if Button::icon_only(Icon::PenLine, "Write scenes from a theme…").show(ui).clicked() {
                out.push(Message::Words(Words::Open(Target::Here)));
            }
        });
    });
}

fn list_ui(ui: &mut Ui, model: &Model, view: &mut View, screen: &Screen, out: &mut Vec<Message>) {
    let count = model.prepare.script.scenes.len();
    let pitch = CARD + ui.spacing().item_spacing.y;
    let mut scroll = ScrollArea::vertical().id_salt("storyboard").auto_shrink(false);
    let selected = model.prepare.selected;
    if let Some(offset) = view.prepare.board.follow.offset(selected, selected as f32 * pitch, CARD) {
        scroll = scroll.vertical_scroll_offset(offset);
    }
    let shown = scroll.show_rows(ui, CARD, count, |ui, rows| {
        let top = ui.max_rect().top();
        let first = rows.start;
        for scene in rows {
            card_ui(ui, model, view, screen, scene, out);
        }
        if view.prepare.board.drag.is_none() {
            seams_ui(ui, model, top - first as f32 * pitch, pitch, out);
        }
        drag_ui(ui, view, top - first as f32 * pitch, pitch, count, out);
    });
    view.prepare.board.follow.drawn(shown.state.clamped_offset().y, shown.inner_rect.height());
}

fn card_ui(ui: &mut Ui, model: &Model, view: &mut View, screen: &Screen, scene: usize, out: &mut Vec<Message>) {
    let Some(data) = model.prepare.script.scenes.get(scene) else { return };
    let c = colours();
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), CARD), Sense::click_and_drag());
    let selected = scene == model.prepare.selected;
    card::ground(ui.painter(), rect, &response, selected);
    let height = THUMB_WIDTH * 9.0 / 16.0;
    let inset = (CARD - height) / 2.0;
    let thumb = Rect::from_min_size(rect.min + vec2(inset, inset), vec2(THUMB_WIDTH, height));
    tile::thumb(ui, thumb, model, scene, &mut view.thumbs, screen);
    tile::number(ui, thumb, scene);
    let left = thumb.right() + theme::space(1.25);
    let room = rect.right() - theme::space(1.0) - left;
    let heading = data.title(scene);
    let secs = footer::seconds(data.seconds(model.prepare.script.pace()));
    let figures = format!("{secs} · {} words", data.words);
    let beside_seam = if seam_before(model, scene).is_some() { SEAM } else { 0.0 };
    let title = text::truncated(ui, &heading, theme::body(), c.text.0, room - beside_seam);
    let taken = parts_ui(ui, rect, model, scene);
    // What does not fit whole is left out.
    let forms = [&figures, &secs].map(|form| text::truncated(ui, form, theme::small(), c.muted.0, f32::INFINITY));
    let fits = forms.iter().find(|form| form.size().x <= room - taken).unwrap_or(&forms[1]);
    let second = std::sync::Arc::clone(fits);
    let elided = title.elided;
    let gap = theme::space(0.25);
    let top = rect.center().y - (title.size().y + gap + second.size().y) / 2.0;
    let below = top + title.size().y + gap;
    ui.painter().galley(pos2(left, top), title, c.text.0);
    ui.painter().galley(pos2(left, below), second, c.muted.0);
    response.widget_info(|| {
        WidgetInfo::selected(Role::Button, true, selected, format!("Scene {}: {heading}, {figures}", scene + 1))
    });
    carry::target(ui, view, rect, scene);
    if response.clicked() {
        view.prepare.board.follow.chose(scene);
        out.push(Message::Prepare(Prepare::Select(scene)));
    }
    if response.drag_started() {
        view.prepare.board.drag = Some(scene);
    }
    menu::context(&response, scene_menu::WIDTH, |ui| scene_menu::rows_ui(ui, model, scene, &mut view.prepare.inspector, out));
    if elided && view.prepare.board.drag.is_none() {
        response.on_hover_text(heading);
    }
}

/// How the clip of the scene before goes over into this one's, where it does not run on.
fn seam_before(model: &Model, scene: usize) -> Option<Seam> {
    let before = scene.checked_sub(1)?;
    model.scenes.film.seam(&model.prepare.script, before).filter(|seam| seam.verdict != Verdict::Smooth)
}

/// On a card whose clip does not go on from the one before: a sign that says so, and makes it again.
fn seams_ui(ui: &mut Ui, model: &Model, origin: f32, pitch: f32, out: &mut Vec<Message>) {
    let c = colours();
    let seen = ui.clip_rect();
    // Where clips are not meant to run on, a jump is a cut like any other.
    let meant = State::continuity(&model.prepare.script);
    for next in 1..model.prepare.script.scenes.len() {
        let top = origin + next as f32 * pitch;
        let Some(seam) = Some(top).filter(|y| seen.y_range().contains(*y)).and_then(|_| seam_before(model, next)) else {
            continue;
        };
        let scene = next - 1;
        let words = format!("{:02} → {:02} {}", scene + 1, scene + 2, seam.verdict.words());
        let centre = pos2(ui.max_rect().right() - theme::space(1.0) - SIGN / 2.0, top + theme::space(2.25));
        let place = Rect::from_center_size(centre, vec2(SEAM, SEAM));
        let response = ui.interact(place, ui.scope_id().with(("seam", scene)), Sense::click());
        let lit = response.hovered() || response.has_focus();
        if lit {
            ui.painter().rect_filled(place, theme::radius(), c.hovered.0);
        }
        let ink = if meant && seam.verdict == Verdict::Jumps { c.accent.0 } else { c.muted.0 };
        icon(ui.painter(), centre, Icon::Unlink, SIGN, if lit { c.text.0 } else { ink });
        if response.has_focus() {
            focus_ring(ui.painter(), place);
        }
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Where clips meet: {words}")));
        let (first, second) = (scene + 1, scene + 2);
        let tip = format!("{words}. The last picture of clip {first:02} and the first of clip {second:02} differ.");
        let response = response.on_hover_text(tip);
        menu::under(&response, SEAM_MENU, |ui| {
            if menu::item(ui, Some(Icon::Film), &format!("Look at clip {:02}", scene + 2), None) {
                out.push(making::open(scene + 1, Part::Clip));
            }
            let (next, role) = (scene + 1, Part::Clip);
            let price = cost::of(model, &[(next, role)], out).words;
            if menu::item_with(ui, true, Some(Icon::RotateCw), &format!("Make clip {:02} again", scene + 2), &price) {
                out.push(Message::Scenes(Scenes::Vary { scene: next, role, variation: Variation::Seed, of: None }));
            }
        });
    }
}

/// What was made for the scene, as signs at the card's right; a ring while something is.
fn parts_ui(ui: &Ui, rect: Rect, model: &Model, scene: usize) -> f32 {
    let Some(content) = model.prepare.script.scenes.get(scene) else { return 0.0 };
    let mut x = rect.right() - theme::space(1.0) - SIGN / 2.0;
    let y = rect.bottom() - theme::space(1.0) - SIGN / 2.0 - 2.0;
    let all = [(Part::Voice, Icon::AudioLines), (Part::Clip, Icon::Film), (Part::Picture, Icon::Image)];
    for (role, sign) in all {
        let part = model.scenes.part(scene, role);
        if part.comes() {
            ring::paint(ui, pos2(x, y), SIGN / 2.0 - 1.0, None);
        } else if part.failed().is_some() {
            icon(ui.painter(), pos2(x, y), Icon::TriangleAlert, SIGN, colours().accent.0);
            let place = Rect::from_center_size(pos2(x, y), vec2(SIGN + 4.0, SIGN + 4.0));
            let response = ui.interact(place, ui.scope_id().with(("failed", scene, role)), Sense::hover());
            response.on_hover_text(format!("The {} could not be made", role.words()));
        } else if role != Part::Picture && content.part(role).is_some() {
            icon(ui.painter(), pos2(x, y), sign, SIGN, colours().muted.0);
        } else {
            continue;
        }
        x -= SIGN + theme::space(0.5);
    }
    rect.right() - theme::space(1.0) - SIGN / 2.0 - x
}

/// A card under the pointer: the line where it would go, and the move when it is let go. `origin` is the top of the first
/// card, seen or not.
fn drag_ui(ui: &mut Ui, view: &mut View, origin: f32, pitch: f32, count: usize, out: &mut Vec<Message>) {
    let Some(from) = view.prepare.board.drag else { return };
    let Some(pointer) = ui.input(|input| input.pointer.interact_pos()) else { return };
    let gap = (((pointer.y - origin) / pitch).round().max(0.0) as usize).min(count);
    if ui.input(|input| input.pointer.any_released() || !input.pointer.any_down()) {
        view.prepare.board.drag = None;
        let to = if gap > from { gap - 1 } else { gap };
        if to != from && from < count {
            view.prepare.board.follow.chose(to);
            out.push(Message::Prepare(Prepare::MoveScene { from, to }));
        }
        return;
    }
    ui.set_cursor_icon(egui::CursorIcon::Grabbing);
    let y = origin + gap as f32 * pitch - (pitch - CARD) / 2.0;
    ui.painter().hline(ui.max_rect().x_range(), y, (2.0, colours().accent.0));
    let seen = ui.clip_rect();
    if pointer.y < seen.top() + EDGE {
        ui.scroll_with_delta(vec2(0.0, EDGE_STEP));
    } else if pointer.y > seen.bottom() - EDGE {
        ui.scroll_with_delta(vec2(0.0, -EDGE_STEP));
    }
}
