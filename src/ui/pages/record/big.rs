//! The big button of the transport: it begins a take; while one rolls it is two, of which one pauses it and the other stops it.

use egui::{Align2, Color32, Painter, Pos2, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use crate::studio::command::Command;
use crate::studio::record::Phase;
use crate::studio::{Message, Model, rehearse};
use crate::ui::keys;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::focus_ring;

use super::paused;

/// Width of the button, or of both together; the last one where there is hardly room.
pub const WIDE: f32 = 208.0;
pub const NARROW: f32 = 184.0;
pub const TIGHT: f32 = 112.0;

/// A button narrower than this shows its sign alone.
const LABELLED: f32 = 76.0;

/// The sign before the words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Dot,
    Square,
    Bars,
    Triangle,
    None,
}

/// One button.
struct Pill {
    label: &'static str,
    /// For screen readers, and in the tooltip.
    name: &'static str,
    command: Option<Command>,
    fill: Color32,
    ink: Color32,
    mark: Mark,
}

/// Draws it into `rect`.
pub fn big_ui(ui: &mut Ui, model: &Model, rect: Rect, out: &mut Vec<Message>) {
    let pills = match &model.record.phase {
        Phase::Rolling(_) => vec![pause(model), stop(model)],
        _ => vec![other(model)],
    };
    let gap = space(1.0);
    let count = pills.len() as f32;
    let width = (rect.width() - gap * (count - 1.0)) / count;
    for (i, pill) in pills.iter().enumerate() {
        let left = rect.left() + i as f32 * (width + gap);
        let rect = Rect::from_min_size(pos2(left, rect.top()), vec2(width, rect.height()));
        let response = pill_ui(ui, rect, pill);
        let Some(command) = pill.command else { continue };
        if response.on_hover_text(keys::hint(ui.ctx(), hint(model, pill, command), command)).clicked() {
            out.push(Message::Command(command));
        }
    }
}

/// Two bars, as everywhere.
pub fn pause_sign(painter: &Painter, centre: Pos2, size: f32, ink: Color32) {
    let bar = vec2(size * 0.32, size);
    for side in [-1.0, 1.0] {
        let at = centre + vec2(side * (size - bar.x) / 2.0, 0.0);
        painter.rect_filled(Rect::from_center_size(at, bar), 1.0, ink);
    }
}

/// While the take stands, to go on is the next step.
fn pause(model: &Model) -> Pill {
    let c = colours();
    let command = Some(Command::PauseTake);
    if paused::since(model).is_some() {
        let (fill, ink, mark) = (c.accent.0, c.on_accent.0, Mark::Triangle);
        return Pill { label: "Resume", name: "Go on with the take", command, fill, ink, mark };
    }
    Pill { label: "Pause", name: "Pause the take", command, fill: c.pressed.0, ink: c.text.0, mark: Mark::Bars }
}

/// Red only to begin: while a take runs, the dot beside the clock is the one red thing.
fn stop(model: &Model) -> Pill {
    let c = colours();
    let stands = paused::since(model).is_some();
    let (fill, ink) = if stands { (c.pressed.0, c.text.0) } else { (c.text.0, c.background.0) };
    Pill { label: "Stop", name: "Stop", command: Some(Command::Stop), fill, ink, mark: Mark::Square }
}

/// The one button where no take rolls.
fn other(model: &Model) -> Pill {
    let c = colours();
    let pill = |label, command, fill: theme::Colour, ink: theme::Colour, mark| Pill {
        label,
        name: label,
        command,
        fill: fill.0,
        ink: ink.0,
        mark,
    };
    let stop = Some(Command::Stop);
    match (&model.record.phase, &model.rehearse.phase) {
        (_, rehearse::Phase::Countdown { .. }) => pill("Cancel", stop, c.pressed, c.text, Mark::None),
        (_, rehearse::Phase::Running(_)) => pill("Stop", stop, c.text, c.background, Mark::Square),
        (Phase::Waiting | Phase::Countdown { .. }, _) => pill("Cancel", stop, c.pressed, c.text, Mark::None),
        (Phase::Starting, _) => pill("Starting…", None, c.raised, c.text, Mark::None),
        (Phase::Stopping, _) => pill("Saving…", None, c.raised, c.text, Mark::None),
        // The page of that name has a button too.
        _ => Pill {
            name: Command::Record.label(),
            ..pill("Record", Some(Command::Record), c.recording, c.on_recording, Mark::Dot)
        },
    }
}

/// What the tooltip says.
fn hint(model: &Model, pill: &Pill, command: Command) -> &'static str {
    match (command, model.rehearse.running()) {
        (Command::Stop, Some(_)) => "Stop the rehearsal",
        (Command::Stop, None) if model.record.rolling().is_none() => "Call it off",
        (Command::Stop, None) => command.label(),
        _ => pill.name,
    }
}

fn pill_ui(ui: &mut Ui, rect: Rect, pill: &Pill) -> Response {
    let sense = if pill.command.is_some() { Sense::click() } else { Sense::hover() };
    let response = ui.interact(rect, ui.scope_id().with(("big button", pill.command)), sense);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, pill.command.is_some(), pill.name));
    let other = if pill.ink == colours().background.0 { colours().background.0 } else { colours().text.0 };
    let fill = match (response.is_pointer_button_down_on(), response.hovered() || response.has_focus()) {
        (true, _) => pill.fill.lerp_to_gamma(colours().background.0, 0.2),
        (_, true) => pill.fill.lerp_to_gamma(other, 0.12),
        _ => pill.fill,
    };
    let painter = ui.painter();
    painter.rect(rect, rect.height() / 2.0, fill, Stroke::NONE, StrokeKind::Inside);
    if rect.width() < LABELLED && pill.mark != Mark::None {
        mark(painter, rect.center(), pill);
    } else {
        let shift = if pill.mark == Mark::None { 0.0 } else { space(1.25) };
        let centre = rect.center() + vec2(shift, 0.0);
        let text = painter.text(centre, Align2::CENTER_CENTER, pill.label, theme::body(), pill.ink);
        mark(painter, pos2(text.left() - space(1.5), rect.center().y), pill);
    }
    if response.has_focus() {
        focus_ring(painter, rect);
    }
    response
}

fn mark(painter: &Painter, at: Pos2, pill: &Pill) {
    match pill.mark {
        Mark::Dot => _ = painter.circle_filled(at, 6.0, pill.ink),
        Mark::Square => _ = painter.rect_filled(Rect::from_center_size(at, vec2(11.0, 11.0)), 2.0, pill.ink),
        Mark::Bars => pause_sign(painter, at, 11.0, pill.ink),
        Mark::Triangle => {
            let points = [vec2(-4.5, -6.0), vec2(6.0, 0.0), vec2(-4.5, 6.0)].map(|point| at + point).to_vec();
            painter.add(egui::Shape::convex_polygon(points, pill.ink, Stroke::NONE));
        }
        Mark::None => {}
    }
}
