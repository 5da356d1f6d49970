//! The player's keys, in the middle under the picture; where it is on the left, how fast on the right.

use egui::{Align, Layout, Rect, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};
use lucide_icons::Icon;

use crate::core::span::Span;
use crate::core::time::timecode;
use crate::studio::command::Command;
use crate::studio::review::{self, SPEEDS, Wave};
use crate::studio::{Message, Model};
use crate::ui::Screen;
use crate::ui::keys;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{menu, time};

use super::Ready;

const BUTTON: f32 = 32.0;
const PLAY: f32 = 48.0;

/// A row narrower than this has no room for the timecode, which then stands on the picture.
const NARROW: f32 = 440.0;

/// Draws the row under the `picture`.
pub fn transport_ui(ui: &mut Ui, model: &Model, screen: &Screen, row: Rect, picture: Rect, out: &mut Vec<Message>) {
    let ready = Ready::of(model, screen);
    let narrow = row.width() < NARROW;
    if narrow {
        chip_ui(ui, ready, picture)
    } else {
        timecode_ui(ui, ready, row)
    }
    let playing = ready.is_some_and(|ready| ready.playing);
    let (play, name) = if playing { (Icon::Pause, "Pause") } else { (Icon::Play, "Play") };
    let buttons = [
        (Icon::SkipBack, Command::PreviousMark.label(), Command::PreviousMark),
        (Icon::StepBack, Command::StepBack.label(), Command::StepBack),
        (play, name, Command::PlayPause),
        (Icon::StepForward, Command::StepOn.label(), Command::StepOn),
        (Icon::SkipForward, Command::NextMark.label(), Command::NextMark),
    ];
    let width = 4.0 * BUTTON + PLAY + 4.0 * space(0.5);
    let left = if narrow { row.left() } else { row.center().x - width / 2.0 };
    let rect = Rect::from_min_size(pos2(left, row.center().y - BUTTON / 2.0), vec2(width, BUTTON));
    ui.scope_builder(UiBuilder::new().max_rect(rect).layout(Layout::left_to_right(Align::Center)), |ui| {
        ui.spacing_mut().item_spacing.x = space(0.5);
        for (lead, name, command) in buttons {
            let mut button = Button::icon_only(lead, name).command(command).enabled(ready.is_some());
            if command == Command::PlayPause {
                button = button.selected(true).min_width(PLAY);
            }
            if button.show(ui).clicked() {
                out.push(Message::Command(command));
            }
        }
    });
    let right = Rect::from_min_max(pos2(rect.right() + space(0.5), row.top()), row.max);
    ui.scope_builder(UiBuilder::new().max_rect(right).layout(Layout::right_to_left(Align::Center)), |ui| {
        speed_ui(ui, ready, out);
        denoise_ui(ui, model, out);
        captions_ui(ui, model, out);
        screen_ui(ui, model, out);
        skip_ui(ui, model, out);
    });
}

/// Place and length, in digits that stand still.
fn timecode_ui(ui: &mut Ui, ready: Option<Ready>, row: Rect) {
    let Some(ready) = ready else { return };
    let (at, length) = (timecode(ready.position, ready.rate), timecode(ready.duration, ready.rate));
    let font = theme::title();
    time::paint(ui.painter(), row.left_center(), &at, &font, colours().text.0);
    let width = time::size(ui.painter(), &at, &font).x;
    let after = row.left_center() + vec2(width + space(1.0), 1.0);
    let room = row.width() / 2.0 - 2.0 * BUTTON - PLAY;
    let length = format!("/ {length}");
    if width + space(1.0) + time::size(ui.painter(), &length, &theme::small()).x < room {
        time::paint(ui.painter(), after, &length, &theme::small(), colours().muted.0);
    }
    named(ui, Rect::from_min_size(row.min, vec2(width, row.height())), &at);
}

/// The place alone, on the lower left of the picture.
fn chip_ui(ui: &mut Ui, ready: Option<Ready>, picture: Rect) {
    let Some(ready) = ready else { return };
    let at = timecode(ready.position, ready.rate);
    let size = time::size(ui.painter(), &at, &theme::body()) + vec2(space(1.5), space(0.5));
    let corner = picture.left_bottom() + vec2(space(1.0), -space(1.0) - size.y);
    let rect = Rect::from_min_size(corner, size);
    ui.painter().rect_filled(rect, theme::radius(), colours().scrim);
    time::paint(ui.painter(), rect.left_center() + vec2(space(0.75), 0.0), &at, &theme::body(), colours().text.0);
    named(ui, rect, &at);
}

fn named(ui: &Ui, rect: Rect, at: &str) {
    let response = ui.interact(rect, ui.scope_id().with("timecode"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("Timecode {at}")));
    response.on_hover_text("Minutes, seconds, frames");
}

/// Whether what was rejected is played; only where there is something, and room.
fn skip_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Message>) {
    let rejected = model.review.open_take().is_some_and(|take| take.spans.iter().any(Span::rejected));
    if !rejected || ui.available_width() < BUTTON {
        return;
    }
    let button = Button::icon_only(Icon::ListX, Command::SkipRejected.label()).command(Command::SkipRejected);
    if button.selected(!model.review.play_rejected).show(ui).clicked() {
        out.push(Message::Command(Command::SkipRejected));
    }
}

/// Heard with its noise, or without; where there is sound, and room.
fn denoise_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Message>) {
    let mute = model.review.open.as_ref().is_none_or(|open| open.peaks == Wave::None);
    if mute || ui.available_width() < BUTTON {
        return;
    }
    let button = Button::icon_only(Icon::AudioWaveform, Command::Denoise.label()).command(Command::Denoise);
    if button.selected(model.settings.noise_suppression).show(ui).clicked() {
        out.push(Message::Command(Command::Denoise));
    }
}

/// Captions over the picture, or none.
fn captions_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Message>) {
    if model.review.open.is_none() || ui.available_width() < BUTTON {
        return;
    }
    let button = Button::icon_only(Icon::Captions, Command::Captions.label()).command(Command::Captions);
    if button.selected(model.review.captions.on).show(ui).clicked() {
        out.push(Message::Command(Command::Captions));
    }
}

/// Screen or camera; only where the take has both, and room.
fn screen_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Message>) {
    let both = model.review.open_take().is_some_and(|take| take.screen.is_some());
    if !both || ui.available_width() < BUTTON {
        return;
    }
    let button = Button::icon_only(Icon::Monitor, "Show the screen").command(Command::ToggleScreen);
    if button.selected(model.review.show_screen).show(ui).clicked() {
        out.push(Message::Command(Command::ToggleScreen));
    }
}

fn speed_ui(ui: &mut Ui, ready: Option<Ready>, out: &mut Vec<Message>) {
    let speed = ready.map_or(1.0, |ready| ready.speed);
    let label = format!("{speed} ×");
    let name = format!("Speed: {speed}");
    let keys = [Command::SpeedDown, Command::SpeedUp].map(|command| keys::text(ui.ctx(), command)).join(" ");
    let tip = if keys.trim().is_empty() { "Speed".to_owned() } else { format!("Speed  ({})", keys.trim()) };
    let button = Button::plain(&label).name(&name).tooltip(&tip).enabled(ready.is_some()).trailing(Icon::ChevronDown).show(ui);
    menu::under(&button, 120.0, |ui| {
        for choice in SPEEDS {
            let mark = ((choice - speed).abs() < 0.01).then_some(Icon::Check);
            if menu::item(ui, mark, &format!("{choice} ×"), None) {
                out.push(Message::Review(review::Message::Speed(choice)));
            }
        }
    });
}
