//! One item, large, in the list's place. Films and sound play; pictures are shown whole. Space plays and pauses, the arrows go
//! to the next item and the one before, Escape leads back to the list.

use std::time::Duration;

use egui::{
    Align, CornerRadius, CursorIcon, EventFilter, Id, Key, Layout, Modifiers, Rect, Role, Sense, Shape, Stroke, TextureHandle,
    TextureOptions, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};
use lucide_icons::Icon;

use crate::core::asset::{AssetId, Kind};
use crate::core::compose::{Area, Layer, Source};
use crate::core::glance::Glance;
use crate::core::problem::Problem;
use crate::core::time::{clock, secs};
use crate::studio::command::Command;
use crate::studio::library::Message as Library;
use crate::studio::library::selection::How;
use crate::studio::library::viewer::{Message as View, Shows, Viewer};
use crate::studio::review::Player;
use crate::studio::{Message, Model};
use crate::ui::Screen;
use crate::ui::preview::{self, Place, PreviewInput, area_in, aspect, fitted, newest};
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{focus_ring, icon, menu, progress, text, time, wave};

use super::thumb::{self, Ways};
use super::{LibraryView, control, textures};

const WIDE: f32 = 16.0 / 9.0;
/// Height of the bar below a film, and of that of sound alone.
const BAR: f32 = 40.0;
/// A film's frames are looked for so long after an input, because a seek answers late and without a message.
const WATCH_SECS: f64 = 1.0;

/// What the viewer may forget.
#[derive(Default)]
pub struct ViewerView {
    /// It was drawn in the last frame, so that the list gets the keyboard back.
    pub shown: bool,
    picture: Option<(AssetId, TextureHandle)>,
    dragged_to: Option<u64>,
    watch_until: f64,
}

/// Fills `ui` with the item that is looked at.
pub fn viewer_ui(ui: &mut Ui, model: &Model, view: &mut LibraryView, screen: &Screen, out: &mut Vec<Message>) {
    let Some(open) = &model.library.viewer else { return };
    view.viewer.shown = true;
    let area = ui.available_rect_before_wrap().shrink2(vec2(space(2.0), space(1.5)));
    let head = Rect::from_min_size(area.min, vec2(area.width(), control()));
    ui.scope_builder(UiBuilder::new().max_rect(head).id_salt("head"), |ui| head_ui(ui, model, open, out));
    let body = Rect::from_min_max(pos2(area.left(), head.bottom() + space(1.0)), area.max);
    stage_of(ui, model, view, screen, body, out);
    keys(ui, out);
}

/// The item alone, into `body`: for who has a head and keys of their own.
pub fn stage_of(ui: &mut Ui, model: &Model, view: &mut LibraryView, screen: &Screen, body: Rect, out: &mut Vec<Message>) {
    let Some(open) = &model.library.viewer else { return };
    match &open.shows {
        Shows::Picture => picture_ui(ui, open, view, screen, body),
        Shows::Failed(problem) => failed_ui(ui, problem, body),
        Shows::Film { player, .. } => film_ui(ui, model, open, player, view, screen, body, out),
    }
}

fn head_ui(ui: &mut Ui, model: &Model, open: &Viewer, out: &mut Vec<Message>) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = space(0.5);
        if Button::icon_only(Icon::X, "Back to the list").show(ui).clicked() {
            out.push(say(View::Close));
        }
        let at = model.library.selection.cursor().unwrap_or(0);
        let last = model.library.found.len().saturating_sub(1);
        if Button::icon_only(Icon::ChevronRight, "Next item").enabled(at < last).show(ui).clicked() {
            out.push(step(1));
        }
        if Button::icon_only(Icon::ChevronLeft, "Previous item").enabled(at > 0).show(ui).clicked() {
            out.push(step(-1));
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.add(
                egui::Label::new(egui::RichText::new(&open.asset.name).font(theme::title()).color(colours().text)).truncate(),
            );
        });
    });
}

fn say(message: View) -> Message {
    Message::Library(Library::Viewer(message))
}

fn step(by: isize) -> Message {
    Message::Library(Library::Step { by, how: How::Only })
}

/// Whatever has the keyboard, unless it needs the key itself.
fn keys(ui: &Ui, out: &mut Vec<Message>) {
    if menu::any_open(ui.ctx()) || ui.ctx().text_edit_focused() {
        return;
    }
    let bar = ui.memory(|memory| memory.has_focus(bar_id()));
    let pressed = |key: Key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    if pressed(Key::Escape) {
        out.push(say(View::Close));
    }
    let steps = [(Key::ArrowLeft, -1), (Key::ArrowUp, -1), (Key::ArrowRight, 1), (Key::ArrowDown, 1)];
    for (key, by) in steps {
        let own = bar && matches!(key, Key::ArrowLeft | Key::ArrowRight);
        if !own && pressed(key) {
            out.push(step(by));
        }
    }
}

/// The whole picture, or its preview until it has been decoded.
fn picture_ui(ui: &mut Ui, open: &Viewer, view: &mut LibraryView, screen: &Screen, room: Rect) {
    let id = &open.asset.id;
    if view.viewer.picture.as_ref().is_none_or(|(of, _)| of != id) {
        view.viewer.picture = screen.feeds.look.get().filter(|look| look.asset == *id).and_then(|look| {
            let image = textures::image(&look.still)?;
            Some((id.clone(), ui.ctx().load_texture("look", image, TextureOptions::LINEAR)))
        });
    }
    let whole = view.viewer.picture.as_ref().map(|(_, texture)| texture.clone());
    let Some(texture) = whole.or_else(|| view.textures.kept(ui.ctx(), &id.0, Glance::Preview)) else {
        return progress::paint(ui, Rect::from_center_size(room.center(), vec2(space(20.0), 4.0)), None);
    };
    let size = texture.size_vec2();
    // A small one is not blown up until it is all squares.
    let fits = fitted(room, size.x / size.y.max(1.0));
    let place = Rect::from_center_size(room.center(), fits.size().min(2.0 * size));
    if open.asset.kind == Kind::Overlay {
        thumb::checks(ui, place, &mut view.textures);
    }
    let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    thumb::image(ui.painter(), place, whole, &texture, CornerRadius::ZERO);
    let response = ui.interact(place, ui.scope_id().with("picture"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &open.asset.name));
}

#[expect(clippy::too_many_arguments, reason = "the page's five, what plays and where")]
fn film_ui(
    ui: &mut Ui,
    model: &Model,
    open: &Viewer,
    player: &Player,
    view: &mut LibraryView,
    screen: &Screen,
    room: Rect,
    out: &mut Vec<Message>,
) {
    let below = control() + BAR + space(1.5);
    let stage = Rect::from_min_max(room.min, room.max - vec2(0.0, below));
    let Player::Ready { duration, playing, ended, .. } = player else {
        ui.painter().rect_filled(fitted(stage, WIDE), theme::radius(), colours().surface);
        return progress::paint(ui, Rect::from_center_size(stage.center(), vec2(space(20.0), 4.0)), None);
    };
    let shown = screen.feeds.player.get().map_or(0, |frame| frame.stamp.0.min(*duration));
    let position = if *ended { *duration } else { shown };
    stage_ui(ui, model, open, view, screen, stage, *playing, out);
    let bar = Rect::from_min_max(
        pos2(room.left(), stage.bottom() + space(1.0)),
        pos2(room.right(), stage.bottom() + space(1.0) + BAR),
    );
    bar_ui(ui, open, view, bar, position, *duration, out);
    let transport = Rect::from_min_max(pos2(room.left(), bar.bottom() + space(0.5)), room.max);
    let layout = Layout::left_to_right(Align::Center);
    ui.scope_builder(UiBuilder::new().max_rect(transport).id_salt("transport").layout(layout), |ui| {
        // The sign, not the button's unseen edge, stands on the margin.
        ui.add_space(-space(1.0));
        let (sign, name) = if *playing { (Icon::Pause, "Pause") } else { (Icon::Play, "Play") };
        if Button::icon_only(sign, name).command(Command::Look).show(ui).clicked() {
            out.push(say(View::TogglePlay));
        }
        time::figures(ui, &format!("{} / {}", clock(position), clock(*duration)), theme::body(), colours().text.0);
    });
    keep_moving(ui, player, &mut view.viewer);
}

#[expect(clippy::too_many_arguments, reason = "the page's five, what plays and where")]
fn stage_ui(
    ui: &mut Ui,
    model: &Model,
    open: &Viewer,
    view: &mut LibraryView,
    screen: &Screen,
    room: Rect,
    playing: bool,
    out: &mut Vec<Message>,
) {
    let frame = newest(&screen.feeds.player).filter(|(frame, _)| !frame.is_empty());
    let sound = open.asset.kind == Kind::Audio;
    let shape = frame.as_ref().and_then(|(frame, _)| aspect(frame.format.width, frame.format.height)).unwrap_or(WIDE);
    let rect = if sound { room } else { fitted(room, shape) };
    if sound || frame.is_none() {
        ui.painter().rect_filled(rect, theme::radius(), colours().surface);
    }
    if sound {
        let mut ways = Ways { model, screen, textures: &mut view.textures, out };
        if thumb::peaks(&open.asset, &mut ways).is_none() {
            icon(ui.painter(), rect.center(), Icon::AudioLines, 32.0, colours().outline.0);
        }
    } else {
        let layer = Layer { source: Source::Camera, area: area_in(rect, room), crop: Area::FULL, radius: 0.0, opacity: 1.0 };
        preview::preview(ui, room, Place::Review, PreviewInput { frame, layers: vec![layer], ..PreviewInput::default() });
    }
    let response = ui.interact(rect, ui.scope_id().with("film"), Sense::CLICK);
    let name = if playing { "Picture: pause" } else { "Picture: play" };
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    if !playing && response.hovered() {
        ui.painter().circle_filled(rect.center(), space(4.0), colours().scrim);
        icon(ui.painter(), rect.center() + vec2(1.5, 0.0), Icon::Play, 24.0, colours().text.0);
    }
    if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
        out.push(say(View::TogglePlay));
    }
}

fn bar_id() -> Id {
    Id::unique("library time bar")
}

/// The waveform with what was played in the accent; dragged roughly, exact where it is let go.
fn bar_ui(
    ui: &mut Ui,
    open: &Viewer,
    view: &mut LibraryView,
    rect: Rect,
    position: u64,
    duration: u64,
    out: &mut Vec<Message>,
) {
    let c = colours();
    ui.painter().rect_filled(rect, theme::radius(), c.surface);
    let part = if duration == 0 { 0.0 } else { (position as f64 / duration as f64) as f32 };
    if let Shows::Film { peaks: Some(peaks), .. } = &open.shows {
        let inner = rect.shrink2(vec2(0.0, space(0.5)));
        ui.painter().add(Shape::mesh(wave::columns(peaks, inner, part, c.accent.0, c.outline.0)));
    } else {
        let inner = Rect::from_center_size(rect.center(), vec2(rect.width(), 4.0));
        progress::paint(ui, inner, Some(part));
    }
    let response = ui.interact(rect, bar_id(), Sense::click_and_drag());
    response.widget_info(|| {
        let mut info = WidgetInfo::slider(true, secs(position), "Place in it");
        info.label = Some(format!("Place in it: {}", clock(position)));
        info
    });
    let x = ui.painter().round_to_pixel_center(rect.left() + part * rect.width()).clamp(rect.left() + 1.0, rect.right() - 1.0);
    ui.painter().vline(x, rect.y_range(), Stroke::new(2.0, c.text));
    if response.has_focus() {
        focus_ring(ui.painter(), rect);
        let arrows = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(bar_id(), arrows));
        for (key, back) in [(Key::ArrowLeft, true), (Key::ArrowRight, false)] {
            if ui.input_mut(|input| input.consume_key(Modifiers::NONE, key)) {
                let jump = 5 * crate::core::time::SECOND;
                let nanos = if back { position.saturating_sub(jump) } else { position.saturating_add(jump) };
                out.push(say(View::Seek { nanos, exact: true }));
            }
        }
    }
    let Some(at) = response.interact_pointer_pos() else {
        view.viewer.dragged_to = None;
        return;
    };
    let nanos = (f64::from((at.x - rect.left()) / rect.width().max(1.0)).clamp(0.0, 1.0) * duration as f64) as u64;
    if response.drag_stopped() || response.clicked() {
        view.viewer.dragged_to = None;
        out.push(say(View::Seek { nanos, exact: true }));
    } else if response.dragged() && view.viewer.dragged_to != Some(nanos) {
        view.viewer.dragged_to = Some(nanos);
        out.push(say(View::Seek { nanos, exact: false }));
    }
}

fn failed_ui(ui: &mut Ui, problem: &Problem, room: Rect) {
    let c = colours();
    let width = (room.width() - space(6.0)).min(space(56.0));
    let [what, fix] =
        [(&problem.what, c.text), (&problem.fix, c.muted)].map(|(said, c)| text::Sentence::new(ui, said, c.0, width));
    let mut at = room.center() - vec2(0.0, (what.height() + fix.height()) / 2.0);
    icon(ui.painter(), at - vec2(0.0, space(3.0)), Icon::TriangleAlert, 32.0, c.accent.0);
    for sentence in [what, fix] {
        let height = sentence.height();
        sentence.show(ui, at);
        at.y += height + space(0.75);
    }
}

/// Asks for the next frame while it plays, and for a while after any input.
fn keep_moving(ui: &Ui, player: &Player, view: &mut ViewerView) {
    let now = ui.input(|input| input.time);
    if ui.input(|input| !input.events.is_empty()) {
        view.watch_until = now + WATCH_SECS;
    }
    let (playing, fps) = match player {
        Player::Ready { playing, rate, .. } => (*playing, rate.fps()),
        Player::Opening => (true, 30.0),
        Player::Failed(_) => (false, 30.0),
    };
    if playing || now < view.watch_until {
        ui.request_repaint_after(Duration::from_secs_f64(0.5 / fps.clamp(10.0, 120.0)));
    }
}
