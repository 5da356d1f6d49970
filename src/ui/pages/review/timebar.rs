//! The time bar: the waveform with what was played in the accent, scene marks with their names, a playhead to drag. The
//! waveform is one mesh, built for the width it has.

use egui::{
    Align2, Color32, CursorIcon, EventFilter, Key, Modifiers, Rect, Response, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo,
    pos2, vec2,
};

use crate::core::take::{SceneMark, Take};
use crate::core::time::{secs, timecode};
use crate::studio::command::Command;
use crate::studio::review::{self, Player, Wave};
use crate::studio::{Message, Model};
use crate::ui::Screen;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::{focus_ring, text, time, wave};

use super::{Ready, ReviewView, spans};

/// Half the width of a mark's diamond.
const MARK: f32 = 5.0;
/// Height of the scenes' names.
const NAMES: f32 = 20.0;

/// Draws the bar and answers to clicks and drags.
pub fn timebar_ui(ui: &mut Ui, model: &Model, view: &mut ReviewView, screen: &Screen, rect: Rect, out: &mut Vec<Message>) {
    let ready = Ready::of(model, screen);
    let take = model.review.open_take();
    let wave = Rect::from_min_max(pos2(rect.left(), rect.top() + NAMES), rect.max);
    ui.painter().rect_filled(wave, theme::radius(), colours().surface);
    let part = ready.map_or(0.0, |ready| ready.part());
    if let Some(open) = model.review.open.as_ref().filter(|open| !matches!(open.player, Player::Failed(_))) {
        wave_ui(ui, &open.peaks, wave, part);
    }
    let (Some(ready), Some(take)) = (ready, take) else { return };
    spans::hatch_ui(ui, take, &ready, wave);
    scenes_ui(ui, take, &ready, rect, wave);
    let response = ui.interact(wave, ui.scope_id().with("time bar"), Sense::click_and_drag());
    let shown = timecode(ready.position, ready.rate);
    response.widget_info(|| {
        let mut info = WidgetInfo::slider(true, secs(ready.position), "Place in the take");
        info.label = Some(format!("Place in the take: {shown}"));
        info
    });
    marks_ui(ui, model, &ready, wave);
    spans::handles_ui(ui, model, view, &ready, wave, out);
    seek(&response, &ready, wave, view, out);
    step(ui, &response, out);
    let x = pixel_x(ui, wave, part);
    ui.painter().vline(x, wave.y_range(), Stroke::new(2.0, colours().text));
    ui.painter().circle_filled(pos2(x, wave.top()), 5.0, colours().text);
    if response.has_focus() {
        focus_ring(ui.painter(), wave);
    }
    hover_ui(ui, &response, &ready, wave);
    response.on_hover_and_drag_cursor(CursorIcon::ResizeHorizontal);
}

/// Rough while it is dragged, exact where it is let go.
fn seek(response: &Response, ready: &Ready, wave: Rect, view: &mut ReviewView, out: &mut Vec<Message>) {
    let Some(at) = response.interact_pointer_pos() else {
        view.dragged_to = None;
        return;
    };
    let part = f64::from((at.x - wave.left()) / wave.width().max(1.0)).clamp(0.0, 1.0);
    let nanos = (part * ready.duration as f64) as u64;
    let tell = |exact| Message::Review(review::Message::Seek { nanos, exact });
    if response.drag_stopped() || response.clicked() {
        view.dragged_to = None;
        out.push(tell(true));
    } else if response.dragged() && view.dragged_to != Some(nanos) {
        view.dragged_to = Some(nanos);
        out.push(tell(false));
    }
}

/// The arrows while the bar has the keyboard, and a screen reader's more and less.
fn step(ui: &Ui, response: &Response, out: &mut Vec<Message>) {
    use egui::accesskit::Action;
    if !response.has_focus() {
        return;
    }
    let arrows = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
    let asked = |key: Key, action: Action| {
        ui.input_mut(|input| {
            input.count_and_consume_key(Modifiers::NONE, key) + input.num_accesskit_action_requests(response.id, action)
        })
    };
    for (times, command) in [
        (asked(Key::ArrowLeft, Action::Decrement), Command::SkipBack),
        (asked(Key::ArrowRight, Action::Increment), Command::SkipOn),
    ] {
        out.extend((0..times).map(|_| Message::Command(command)));
    }
}

/// The time under the pointer.
fn hover_ui(ui: &Ui, response: &Response, ready: &Ready, wave: Rect) {
    let Some(at) = response.hover_pos().or_else(|| response.interact_pointer_pos()) else { return };
    let part = ((at.x - wave.left()) / wave.width().max(1.0)).clamp(0.0, 1.0);
    let text = timecode((f64::from(part) * ready.duration as f64) as u64, ready.rate);
    let c = colours();
    let font = theme::small();
    let size = time::size(ui.painter(), &text, &font) + vec2(space(1.5), space(0.5));
    let x = wave.left() + part * wave.width();
    let left = (x - size.x / 2.0).clamp(wave.left(), wave.right() - size.x);
    let label = Rect::from_min_size(pos2(left, wave.top() - size.y - 2.0), size);
    ui.painter().vline(pixel_x(ui, wave, part), wave.y_range(), Stroke::new(1.0, c.text.0.gamma_multiply(0.6)));
    ui.painter().rect(label, theme::radius(), c.raised, Stroke::new(1.0, c.outline), StrokeKind::Inside);
    time::paint(ui.painter(), pos2(label.left() + space(0.75), label.center().y), &text, &font, c.text.0);
}

fn pixel_x(ui: &Ui, wave: Rect, part: f32) -> f32 {
    ui.painter().round_to_pixel_center(wave.left() + part * wave.width()).clamp(wave.left() + 1.0, wave.right() - 1.0)
}

fn wave_ui(ui: &Ui, wave: &Wave, rect: Rect, played: f32) {
    let c = colours();
    let say = |text: &str| ui.painter().text(rect.center(), Align2::CENTER_CENTER, text, theme::small(), c.muted.0);
    match wave {
        Wave::Ready(peaks) => {
            let inner = rect.shrink2(vec2(0.0, space(0.75)));
            ui.painter().add(Shape::mesh(wave::columns(peaks, inner, played, c.accent.0, c.outline.0)));
        }
        Wave::Working => _ = say("Reading the sound…"),
        Wave::None => _ = say("No sound in this take"),
    }
}

/// A line where each scene begins, and its name above as far as it fits.
fn scenes_ui(ui: &Ui, take: &Take, ready: &Ready, rect: Rect, wave: Rect) {
    let c = colours();
    let x_of = |nanos: u64| rect.left() + (nanos as f64 / ready.duration.max(1) as f64) as f32 * rect.width();
    for mark in &take.scenes {
        let (from, to) = (x_of(mark.start), x_of(mark.end.min(ready.duration)));
        let x = ui.painter().round_to_pixel_center(from);
        if mark.start > 0 {
            ui.painter().vline(x, rect.top() + 4.0..=wave.bottom(), Stroke::new(1.0, c.outline));
        }
        let here = (mark.start..mark.end).contains(&ready.position);
        let indent = if mark.start > 0 { space(0.75) } else { 0.0 };
        let room = to - from - indent - space(0.5);
        let colour = if here { c.text.0 } else { c.muted.0 };
        if let Some(name) = name_that_fits(ui, mark, room, colour) {
            ui.painter().galley(pos2(from + indent, rect.top()), name, colour);
        }
    }
}

/// A diamond at each place the operator marked, named under the pointer.
fn marks_ui(ui: &Ui, model: &Model, ready: &Ready, wave: Rect) {
    let c = colours();
    for mark in model.review.open.iter().flat_map(|open| &open.marks).filter(|mark| mark.at <= ready.duration) {
        let x = pixel_x(ui, wave, (mark.at as f64 / ready.duration.max(1) as f64) as f32);
        let centre = pos2(x, wave.bottom() - MARK - 2.0);
        ui.painter().vline(x, wave.y_range(), Stroke::new(1.0, c.text.0.gamma_multiply(0.4)));
        let corners = [vec2(0.0, -MARK), vec2(MARK, 0.0), vec2(0.0, MARK), vec2(-MARK, 0.0)].map(|to| centre + to);
        ui.painter().add(Shape::convex_polygon(corners.to_vec(), c.text.0, Stroke::new(1.0, c.background.0)));
        let place = Rect::from_center_size(centre, vec2(3.0 * MARK, 3.0 * MARK));
        let response = ui.interact(place, ui.scope_id().with(("mark", mark.at)), Sense::hover());
        let at = timecode(mark.at, ready.rate);
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, format!("{} at {at}", mark.label)));
        response.on_hover_text(&mark.label);
    }
}

/// The heading, or the number where only that fits, or nothing.
fn name_that_fits(ui: &Ui, mark: &SceneMark, room: f32, colour: Color32) -> Option<std::sync::Arc<egui::Galley>> {
    if room >= space(6.0) {
        return Some(text::truncated(ui, &mark.heading, theme::small(), colour, room));
    }
    let number = text::truncated(ui, &(mark.scene + 1).to_string(), theme::small(), colour, f32::INFINITY);
    (number.size().x <= room).then_some(number)
}
