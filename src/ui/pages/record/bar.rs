//! The transport: where the take is, the prompter's keys on one side of the big button and the picture's on the other, pace
//! and size of the type. Every control is a command, so its key stands in its tooltip.

use egui::{Align, Align2, Layout, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2};
use lucide_icons::Icon;

use crate::core::time::{Moment, clock, nanos};
use crate::studio::command::Command;
use crate::studio::record::Phase;
use crate::studio::{Message, Model, rehearse};
use crate::ui::Screen;
use crate::ui::figures;
use crate::ui::keys;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{focus_ring, text, time};

use super::places::Places;
use super::{pace, voice};

/// Width of the big button and height of its row.
const BIG: [f32; 2] = [144.0, 44.0];
const SMALL: f32 = 32.0;
/// The big button's width where the bar is narrow.
const BIG_NARROW: f32 = 112.0;
const DOT: f32 = 10.0;

/// Draws the bar's controls.
pub fn bar_ui(
    ui: &mut Ui,
    model: &Model,
    screen: &Screen,
    look_open: &mut bool,
    places: &Places,
    now: Moment,
    out: &mut Vec<Message>,
) {
    let margin = places.margin();
    let row = Rect::from_min_size(
        pos2(places.bar.left() + margin, places.bar.top() + space(1.0)),
        vec2(places.bar.width() - 2.0 * margin, BIG[1]),
    );
    transport_ui(ui, model, row.center(), places.narrow, out, now);
    let second = if places.narrow { row.translate(vec2(0.0, BIG[1] - space(0.5))) } else { row };
    clock_ui(ui, model, screen, second, now);
    pace_ui(ui, model, look_open, second, now, out);
}

/// Seconds since the first frame (or since a rehearsal began), and what the script takes in all.
pub fn clock_text(model: &Model, now: Moment) -> (String, String) {
    let rolling = model.record.rolling().map(|rolling| rolling.started);
    let since = rolling.or_else(|| model.rehearse.running().map(|running| running.since));
    (clock(since.map_or(0, |since| now.since(since))), clock(nanos(model.prompter.plan.total_secs())))
}

/// The red dot of a running take, the accent's of a rehearsal, or the ring of neither.
pub fn lamp(ui: &Ui, centre: egui::Pos2, model: &Model) {
    let c = colours();
    match (&model.record.phase, model.rehearse.running()) {
        (Phase::Rolling(_), _) => ui.painter().circle_filled(centre, DOT / 2.0, c.recording),
        (_, Some(_)) => ui.painter().circle_filled(centre, DOT / 2.0, c.accent),
        _ => ui.painter().circle_stroke(centre, DOT / 2.0 - 1.0, Stroke::new(1.5, c.text.0.gamma_multiply(0.6))),
    };
}

/// The clock, and under it when the text will have come to its end and how often a sentence was read again.
fn clock_ui(ui: &mut Ui, model: &Model, screen: &Screen, row: Rect, now: Moment) {
    let (elapsed, total) = clock_text(model, now);
    let rect = Rect::from_min_max(row.min, pos2(row.center().x - BIG[0], row.bottom()));
    let response = ui.interact(rect, ui.scope_id().with("clock"), Sense::hover());
    let below = below_clock(model, screen, now);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("Time {elapsed} of {total}")));
    let middle = row.center().y - if below.is_empty() { 0.0 } else { space(1.0) };
    lamp(ui, pos2(row.left() + DOT / 2.0, middle), model);
    let font = theme::title();
    let from = pos2(row.left() + DOT + space(1.0), middle);
    time::paint(ui.painter(), from, &elapsed, &font, colours().text.0);
    let after = from + vec2(time::size(ui.painter(), &elapsed, &font).x + space(0.75), 1.0);
    time::paint(ui.painter(), after, &format!("/ {total}"), &theme::body(), colours().text.0.gamma_multiply(0.8));
    let mut x = from.x;
    for (words, told) in below {
        let colour = colours().text.0.gamma_multiply(0.8);
        let galley = text::truncated(ui, &words, theme::small(), colour, (rect.right() - x).max(1.0));
        let at = pos2(x, middle + space(1.5));
        let place = Rect::from_min_size(at, galley.size());
        ui.painter().galley(at, galley, colour);
        let label = ui.interact(place, ui.scope_id().with(&told), Sense::hover());
        label.widget_info(|| WidgetInfo::labeled(Role::Label, true, &told));
        x = place.right() + space(1.5);
    }
    response.on_hover_text("Time of the take, and of the whole script at this pace");
}

/// Short words under the clock, each with how a screen reader says it.
fn below_clock(model: &Model, screen: &Screen, now: Moment) -> Vec<(String, String)> {
    let mut words = Vec::new();
    let left = model.prompter.secs_left(now);
    if let Some(time) = screen.time_of_day.filter(|_| left > 0.0) {
        let end = format!("ends {}", figures::ends(time, left));
        words.push((end.clone(), format!("The text {end}")));
    }
    match model.record.rolling().map_or(0, |rolling| rolling.agains) {
        0 => {}
        1 => words.push(("again ×1".to_owned(), "Read again once".to_owned())),
        times => words.push((format!("again ×{times}"), format!("Read again {times} times"))),
    }
    words
}

/// The big button in the middle, five small ones on each side.
fn transport_ui(ui: &mut Ui, model: &Model, middle: egui::Pos2, narrow: bool, out: &mut Vec<Message>, now: Moment) {
    // Led by a voice it stands in every pause, and goes on by itself.
    let moving = model.prompter.course.running() && (model.follow.on.is_some() || !model.prompter.course.at_rest(now));
    let (play, name) = if moving { (Icon::Pause, "Pause the prompter") } else { (Icon::Play, "Start the prompter") };
    let rolling = model.record.rolling().is_some();
    let left = [
        (Icon::RotateCcw, Command::Rewind.label(), Command::Rewind, true, false),
        (Icon::ChevronUp, Command::LineUp.label(), Command::LineUp, true, false),
        (play, name, Command::TogglePrompter, true, moving),
        (Icon::ChevronDown, Command::LineDown.label(), Command::LineDown, true, false),
        (Icon::Repeat, Command::Again.label(), Command::Again, true, false),
    ];
    let look = &model.prompter.look.mirror;
    let has_words = model.prompter.scene(now).is_some();
    let right = [
        (Icon::Diamond, Command::Mark.label(), Command::Mark, rolling, false),
        (Icon::Pencil, Command::EditScene.label(), Command::EditScene, has_words, model.record.editing.is_some()),
        (Icon::PictureInPicture2, Command::NextLayout.label(), Command::NextLayout, true, false),
        (Icon::FlipVertical2, Command::MirrorCamera.label(), Command::MirrorCamera, true, model.record.mirror_camera),
        (Icon::MirrorRectangular, Command::MirrorPrompter.label(), Command::MirrorPrompter, true, look.horizontal),
    ];
    let width = 5.0 * SMALL + 4.0 * space(0.5);
    let (big, beside) = if narrow { (BIG_NARROW, space(1.0)) } else { (BIG[0], space(1.5)) };
    let gap = big / 2.0 + beside;
    for (from, buttons) in [(middle.x - gap - width, left), (middle.x + gap, right)] {
        let rect = Rect::from_min_size(pos2(from, middle.y - SMALL / 2.0), vec2(width, SMALL));
        ui.scope_builder(UiBuilder::new().max_rect(rect).layout(Layout::left_to_right(Align::Center)), |ui| {
            ui.spacing_mut().item_spacing.x = space(0.5);
            for (lead, name, command, enabled, selected) in buttons {
                let button = Button::icon_only(lead, name).command(command).enabled(enabled).selected(selected);
                if button.show(ui).clicked() {
                    out.push(Message::Command(command));
                }
            }
        });
    }
    big_button_ui(ui, model, Rect::from_center_size(middle, vec2(big, BIG[1])), out);
}

/// What the big button says and does.
fn big(model: &Model) -> (&'static str, Option<Command>) {
    match (&model.record.phase, &model.rehearse.phase) {
        (_, rehearse::Phase::Countdown { .. }) => ("Cancel", Some(Command::Stop)),
        (_, rehearse::Phase::Running(_)) => ("Stop", Some(Command::Stop)),
        (Phase::Idle, _) => ("Record", Some(Command::Record)),
        (Phase::Waiting | Phase::Countdown { .. }, _) => ("Cancel", Some(Command::Stop)),
        (Phase::Starting, _) => ("Starting…", None),
        (Phase::Rolling(_), _) => ("Stop", Some(Command::Stop)),
        (Phase::Stopping, _) => ("Saving…", None),
    }
}

fn big_button_ui(ui: &mut Ui, model: &Model, rect: Rect, out: &mut Vec<Message>) {
    let (label, command) = big(model);
    let sense = if command.is_some() { Sense::click() } else { Sense::hover() };
    let response = ui.interact(rect, ui.scope_id().with("big button"), sense);
    // The page of that name has a button too.
    let name = if command == Some(Command::Record) { Command::Record.label() } else { label };
    response.widget_info(|| WidgetInfo::labeled(Role::Button, command.is_some(), name));
    paint_big(ui, model, rect, label, &response);
    let Some(command) = command else { return };
    let what = match (command, model.rehearse.running()) {
        (Command::Stop, Some(_)) => "Stop the rehearsal",
        (Command::Stop, None) if model.record.rolling().is_none() => "Call it off",
        (command, _) => command.label(),
    };
    if response.on_hover_text(keys::hint(ui.ctx(), what, command)).clicked() {
        out.push(Message::Command(command));
    }
}

/// Red only to begin: while a take runs, the dot beside the clock is the one red thing.
fn paint_big(ui: &Ui, model: &Model, rect: Rect, label: &str, response: &Response) {
    let c = colours();
    let (fill, ink) = match model.record.phase {
        Phase::Idle if model.rehearse.running().is_some() => (c.text.0, c.background.0),
        Phase::Idle if model.rehearse.busy() => (c.pressed.0, c.text.0),
        Phase::Idle => (c.recording.0, c.on_recording.0),
        Phase::Rolling(_) => (c.text.0, c.background.0),
        Phase::Waiting | Phase::Countdown { .. } => (c.pressed.0, c.text.0),
        Phase::Starting | Phase::Stopping => (c.raised.0, c.text.0),
    };
    let other = if ink == c.background.0 { c.background.0 } else { c.text.0 };
    let fill = match (response.is_pointer_button_down_on(), response.hovered() || response.has_focus()) {
        (true, _) => fill.lerp_to_gamma(c.background.0, 0.2),
        (_, true) => fill.lerp_to_gamma(other, 0.12),
        _ => fill,
    };
    let painter = ui.painter();
    painter.rect(rect, rect.height() / 2.0, fill, Stroke::NONE, StrokeKind::Inside);
    let mark = match model.record.phase {
        Phase::Idle if model.rehearse.running().is_some() => Some(Mark::Square),
        Phase::Idle if model.rehearse.busy() => None,
        Phase::Idle => Some(Mark::Dot),
        Phase::Rolling(_) => Some(Mark::Square),
        _ => None,
    };
    let shift = if mark.is_some() { space(1.25) } else { 0.0 };
    let text = painter.text(rect.center() + vec2(shift, 0.0), Align2::CENTER_CENTER, label, theme::body(), ink);
    let at = pos2(text.left() - space(1.5), rect.center().y);
    match mark {
        Some(Mark::Dot) => _ = painter.circle_filled(at, 6.0, ink),
        Some(Mark::Square) => _ = painter.rect_filled(Rect::from_center_size(at, vec2(11.0, 11.0)), 2.0, ink),
        None => {}
    }
    if response.has_focus() {
        focus_ring(painter, rect);
    }
}

enum Mark {
    Dot,
    Square,
}

/// Words per minute, size of the type, and everything else about its look, from the right edge.
fn pace_ui(ui: &mut Ui, model: &Model, look_open: &mut bool, row: Rect, now: Moment, out: &mut Vec<Message>) {
    let rect = Rect::from_min_max(pos2(row.right() - 312.0, row.top()), row.max);
    ui.scope_builder(UiBuilder::new().max_rect(rect).layout(Layout::right_to_left(Align::Center)), |ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let step = |ui: &mut Ui, icon: Icon, command: Command, out: &mut Vec<Message>| {
            if Button::icon_only(icon, command.label()).command(command).show(ui).clicked() {
                out.push(Message::Command(command));
            }
        };
        if Button::icon_only(Icon::Palette, "Look of the prompter").selected(*look_open).show(ui).clicked() {
            *look_open = !*look_open;
        }
        step(ui, Icon::AArrowUp, Command::Larger, out);
        step(ui, Icon::AArrowDown, Command::Smaller, out);
        // Beside the transport there is just room enough in a small window.
        let wide = row.width() > 1040.0;
        ui.add_space(space(if wide { 1.5 } else { 0.5 }));
        step(ui, Icon::Plus, Command::Faster, out);
        pace::pace_ui(ui, model, now, out);
        step(ui, Icon::Minus, Command::Slower, out);
        ui.add_space(space(if wide { 1.0 } else { 0.0 }));
        voice::voice_ui(ui, model, out);
    });
}
