//! The player's picture, whole and in the middle of its room; a click plays or pauses. What is wrong stands in its place.

use std::sync::Arc;

use egui::{Align2, CursorIcon, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};
use lucide_icons::Icon;

use crate::core::compose::{Area, Layer, Source};
use crate::core::frame::Frame;
use crate::core::problem::Problem;
use crate::core::take::Take;
use crate::studio::command::Command;
use crate::studio::prepare::Tile;
use crate::studio::review::{self, Open, Player};
use crate::studio::{Message, Model};
use crate::ui::Screen;
use crate::ui::preview::{self, Place, PreviewInput, area_in, aspect, fitted, newest};
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{focus_ring, icon, progress, text};

use super::captions;

const WIDE: f32 = 16.0 / 9.0;
const ICON: f32 = 32.0;
/// Width of the camera over the screen, as a part of the screen's, and its distance from the edges.
const INSET_PART: f32 = 0.22;
const INSET_GAP: f32 = 16.0;

/// Draws the player into `room`.
pub fn player_ui(ui: &mut Ui, model: &Model, screen: &Screen, room: Rect, out: &mut Vec<Message>) {
    let Some(open) = &model.review.open else { return nothing_ui(ui, room) };
    match &open.player {
        Player::Failed(problem) => failed_ui(ui, open, problem, room, out),
        Player::Opening => {
            ui.painter().rect_filled(fitted(room, WIDE), theme::radius(), colours().surface);
            message_ui(ui, room, Icon::Film, "Opening the take…");
            let bar = Rect::from_center_size(room.center() + vec2(0.0, space(5.0)), vec2(space(20.0), 4.0));
            progress::paint(ui, bar, None);
        }
        Player::Ready { playing, .. } => ready_ui(ui, model, screen, room, *playing, out),
    }
}

fn ready_ui(ui: &mut Ui, model: &Model, screen: &Screen, room: Rect, playing: bool, out: &mut Vec<Message>) {
    let camera = newest(&screen.feeds.player).filter(|(frame, _)| !frame.is_empty());
    // Until its first picture is there, the camera stands in its place.
    let desk = newest(&screen.feeds.screen).filter(|_| model.review.screen_shown());
    let inset = camera.clone().filter(|_| desk.is_some());
    let frame = desk.or(camera);
    let shape = frame.as_ref().and_then(|(frame, _)| aspect(frame.format.width, frame.format.height)).unwrap_or(WIDE);
    let rect = fitted(room, shape);
    match model.review.open_take().filter(|take| take.is_sound() && frame.is_none()) {
        Some(take) => sound_ui(ui, model, screen, take, (room, rect)),
        None => picture_ui(ui, frame, (room, rect)),
    }
    if let Some(camera) = inset {
        inset_ui(ui, rect, camera);
    }
    let position = screen.feeds.player.get().map_or(0, |frame| frame.stamp.0);
    // The camera in the corner keeps its place.
    captions::over_ui(ui, model, rect, position, if model.review.screen_shown() { 1.0 - 2.0 * INSET_PART } else { 1.0 });
    play_ui(ui, rect, playing, out);
}

fn picture_ui(ui: &mut Ui, frame: Option<(Arc<Frame>, u64)>, (room, rect): (Rect, Rect)) {
    if frame.is_none() {
        ui.painter().rect_filled(rect, theme::radius(), colours().surface);
    }
    let layer = Layer { source: Source::Camera, area: area_in(rect, room), crop: Area::FULL, radius: 0.0, opacity: 1.0 };
    // What the picture leaves of its room, so that the block keeps the page's edges.
    for side in [Rect::everything_left_of(rect.left()), Rect::everything_right_of(rect.right())] {
        ui.painter().rect_filled(side.intersect(room), 0.0, colours().surface);
    }
    preview::preview(ui, room, Place::Review, PreviewInput { frame, layers: vec![layer], ..PreviewInput::default() });
}

/// A take of sound alone shows the picture of the scene that is heard.
fn sound_ui(ui: &mut Ui, model: &Model, screen: &Screen, take: &Take, (room, rect): (Rect, Rect)) {
    ui.painter().rect_filled(rect, theme::radius(), colours().surface);
    let position = screen.feeds.player.get().map_or(0, |frame| frame.stamp.0);
    let mark = take.scenes.iter().rfind(|mark| mark.start <= position);
    let picture = mark.and_then(|mark| match model.prepare.tiles.get(mark.scene)? {
        Tile::Ready { picture } => screen.feeds.pictures.get(picture),
        _ => None,
    });
    let Some(still) = &picture else { return message_ui(ui, room, Icon::AudioLines, "A take of sound alone.") };
    let shape = aspect(still.width, still.height).unwrap_or(WIDE);
    let area = area_in(fitted(rect, shape), room);
    let layer = Layer { source: Source::Picture, area, crop: Area::FULL, radius: 0.0, opacity: 1.0 };
    preview::preview(ui, room, Place::Review, PreviewInput { picture, layers: vec![layer], ..PreviewInput::default() });
}

fn play_ui(ui: &mut Ui, rect: Rect, playing: bool, out: &mut Vec<Message>) {
    let response = ui.interact(rect, ui.scope_id().with("player"), Sense::click());
    let name = if playing { "Picture of the take: pause" } else { "Picture of the take: play" };
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    if !playing && (response.hovered() || response.has_focus()) {
        ui.painter().circle_filled(rect.center(), space(4.0), colours().scrim);
        icon(ui.painter(), rect.center() + vec2(1.5, 0.0), Icon::Play, 24.0, colours().text.0);
    }
    if response.has_focus() {
        focus_ring(ui.painter(), rect.shrink(2.0));
    }
    if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
        out.push(Message::Command(Command::PlayPause));
    }
}

/// The camera, small in the lower right corner of the screen's picture.
fn inset_ui(ui: &mut Ui, over: Rect, frame: (Arc<Frame>, u64)) {
    let Some(shape) = aspect(frame.0.format.width, frame.0.format.height) else { return };
    let width = over.width() * INSET_PART;
    let size = vec2(width, width / shape);
    let rect = Rect::from_min_size(over.max - size - vec2(INSET_GAP, INSET_GAP), size);
    let layer = Layer { source: Source::Camera, area: Area::FULL, crop: Area::FULL, radius: 0.0, opacity: 1.0 };
    preview::preview(
        ui,
        rect,
        Place::Inset,
        PreviewInput { frame: Some(frame), layers: vec![layer], ..PreviewInput::default() },
    );
    ui.painter().rect_stroke(rect, 0.0, Stroke::new(1.0, colours().outline), StrokeKind::Outside);
}

fn nothing_ui(ui: &mut Ui, room: Rect) {
    edge(ui, room);
    message_ui(ui, room, Icon::Film, "Choose a take to play it.");
}

/// A sentence, what to do, and another try.
fn failed_ui(ui: &mut Ui, open: &Open, problem: &Problem, room: Rect, out: &mut Vec<Message>) {
    edge(ui, room);
    let c = colours();
    let width = (room.width() - space(6.0)).min(space(56.0));
    let [what, fix] =
        [(&problem.what, c.text), (&problem.fix, c.muted)].map(|(said, c)| text::Sentence::new(ui, said, c.0, width));
    let control = theme::theme().space.control;
    let height = ICON + what.height() + fix.height() + control + 4.0 * space(1.5);
    let mut at = room.center_top() + vec2(0.0, ((room.height() - height) / 2.0).max(0.0));
    icon(ui.painter(), at + vec2(0.0, ICON / 2.0), Icon::TriangleAlert, ICON, c.accent.0);
    at.y += ICON + space(1.5);
    for sentence in [what, fix] {
        let height = sentence.height();
        sentence.show(ui, at);
        at.y += height + space(0.75);
    }
    at.y += space(0.75);
    let buttons = Rect::from_min_size(at - vec2(width / 2.0, 0.0), vec2(width, control));
    let layout = egui::Layout::top_down(egui::Align::Center);
    ui.scope_builder(egui::UiBuilder::new().max_rect(buttons).layout(layout), |ui| {
        if Button::quiet("Try again").icon(Icon::RefreshCw).show(ui).clicked() {
            out.push(Message::Review(review::Message::OpenTake(open.take.clone())));
        }
    });
}

fn edge(ui: &Ui, room: Rect) {
    ui.painter().rect_stroke(room, theme::radius(), Stroke::new(1.0, colours().line), StrokeKind::Inside);
}

fn message_ui(ui: &mut Ui, room: Rect, lead: Icon, sentence: &str) {
    let at = room.center();
    icon(ui.painter(), at - vec2(0.0, space(2.5)), lead, ICON, colours().muted.0);
    let rect = ui.painter().text(at + vec2(0.0, space(1.5)), Align2::CENTER_CENTER, sentence, theme::body(), colours().muted.0);
    let response = ui.interact(rect, ui.scope_id().with(sentence), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, sentence));
}
