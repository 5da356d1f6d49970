//! What stands in the middle of the picture: the countdown, a camera that is opening, and what to do when there is none.

use egui::{Align, Align2, Layout, Pos2, Rect, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2};
use lucide_icons::Icon;

use crate::core::device::DeviceChoice;
use crate::core::settings::Settings;
use crate::core::time::Moment;
use crate::studio::devices::{self, Port};
use crate::studio::{Message, Model, rehearse};
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::{button::Button, icon, text};

use super::places::Places;
use super::sound_alone;

const WIDTH: f32 = 464.0;
const ICON: f32 = 32.0;
/// The countdown's disc and figure, as fractions of the stage's height.
const DISC: f32 = 0.17;
const FIGURE: f32 = 0.2;

/// Draws whichever is due. Answers with the sentence that a card says, so that nothing else repeats it.
pub fn notice_ui(ui: &mut Ui, model: &Model, places: &Places, now: Moment, out: &mut Vec<Message>) -> Option<String> {
    // Between the words and the controls.
    let room =
        Rect::from_min_max(pos2(places.stage.left(), places.prompter.bottom()), pos2(places.stage.right(), places.bar.top()));
    if let Some(ends) = model.countdown() {
        countdown_ui(ui, model, room, ends.secs_from(now));
        return None;
    }
    // A rehearsal needs no camera, and what is edited lies there.
    if model.rehearse.phase != rehearse::Phase::Idle || model.record.editing.is_some() {
        return None;
    }
    let (what, fix) = match &model.devices.camera {
        Port::Failed(problem) => (problem.what.as_str(), problem.fix.as_str()),
        Port::Off if sound_alone::applies(model) => return None,
        Port::Off => ("No camera is chosen.", "Choose one in the settings, or go on with the synthetic one."),
        Port::Opening => {
            opening_ui(ui, room);
            return None;
        }
        Port::Open { .. } | Port::Closed => return None,
    };
    camera_ui(ui, model, room, what, fix, out).then(|| what.to_owned())
}

/// The second that is running, in a ring that empties.
fn countdown_ui(ui: &Ui, model: &Model, room: Rect, left: f64) {
    let left = left.max(0.0);
    let (shown, part) = (left.ceil().max(1.0), left / f64::from(model.settings.countdown_secs.max(1)));
    let c = colours();
    let centre = room.center();
    let radius = (room.height() * 0.42).min(ui.ctx().content_rect().height() * DISC);
    let painter = ui.painter();
    painter.circle_filled(centre, radius + space(1.5), c.scrim);
    painter.circle_stroke(centre, radius, Stroke::new(3.0, c.text.0.gamma_multiply(0.2)));
    arc(ui, centre, radius, part.clamp(0.0, 1.0) as f32, Stroke::new(3.0, c.text.0));
    // The figure comes in a little larger and settles within a fifth of its second.
    let age = (1.0 - (left - (shown - 1.0))).clamp(0.0, 1.0) as f32;
    let come = (age / 0.2).min(1.0);
    let size = (radius / DISC * FIGURE).round();
    let colour = c.text.0.gamma_multiply(0.4 + 0.6 * come);
    painter.text(centre, Align2::CENTER_CENTER, format!("{shown:.0}"), egui::FontId::proportional(size), colour);
    let response = ui.interact(
        Rect::from_center_size(centre, vec2(radius, radius) * 2.0),
        ui.scope_id().with("countdown"),
        Sense::hover(),
    );
    let what = if model.rehearse.busy() { "Rehearsal" } else { "Recording" };
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{what} in {shown:.0}")));
}

/// Clockwise from the top, `part` of the circle.
fn arc(ui: &Ui, centre: Pos2, radius: f32, part: f32, stroke: Stroke) {
    const STEPS: usize = 96;
    let steps = ((STEPS as f32 * part).ceil() as usize).max(1);
    let at = |i: usize| {
        let angle = std::f32::consts::TAU * part * (i as f32 / steps as f32);
        centre + vec2(angle.sin(), -angle.cos()) * radius
    };
    ui.painter().line((0..=steps).map(at).collect(), stroke);
}

fn opening_ui(ui: &mut Ui, room: Rect) {
    let at = room.center();
    ui.painter().rect_filled(Rect::from_center_size(at, vec2(space(28.0), space(12.0))), theme::radius(), colours().scrim);
    icon(ui.painter(), at - vec2(0.0, space(2.0)), Icon::Video, ICON, colours().text.0);
    let rect = ui.painter().text(
        at + vec2(0.0, space(1.5)),
        Align2::CENTER_CENTER,
        "Opening the camera…",
        theme::body(),
        colours().text.0,
    );
    let response = ui.interact(rect, ui.scope_id().with("opening"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, "Opening the camera…"));
}

/// One sentence, what to do, and two ways on, on a card over whatever is there, but never over the controls. While a take runs
/// it must not cover the words either: false where there is no room for it.
fn camera_ui(ui: &mut Ui, model: &Model, room: Rect, what: &str, fix: &str, out: &mut Vec<Message>) -> bool {
    let c = colours();
    let width = WIDTH.min(room.width() - space(4.0));
    let inner = width - space(4.0);
    let [what, fix] = [(what, c.text), (fix, c.muted)].map(|(said, colour)| text::Sentence::new(ui, said, colour.0, inner));
    // A running take goes on with what is left; the devices are its own until it ends.
    let control = if model.record.busy() { 0.0 } else { theme::theme().space.control + space(2.0) };
    let lead = if room.height() > space(26.0) { ICON + space(1.5) } else { 0.0 };
    let height = lead + what.height() + space(0.5) + fix.height() + control + space(4.0);
    if model.record.busy() && height > room.height() {
        return false;
    }
    let card = Rect::from_center_size(room.center(), vec2(width, height));
    let card = card.translate(vec2(0.0, (room.bottom() - space(1.0) - card.bottom()).min(0.0)));
    ui.painter().rect(card, theme::radius(), c.surface, Stroke::new(1.0, c.outline), StrokeKind::Inside);
    let mut y = card.top() + space(2.0);
    if lead > 0.0 {
        icon(ui.painter(), pos2(card.center().x, y + ICON / 2.0), Icon::VideoOff, ICON, c.accent.0);
        y += lead;
    }
    for sentence in [what, fix] {
        let height = sentence.height();
        sentence.show(ui, pos2(card.center().x, y));
        y += height + space(0.5);
    }
    if !model.record.busy() {
        let row = Rect::from_min_max(pos2(card.left() + space(2.0), y + space(1.0)), card.max - vec2(space(2.0), space(1.0)));
        ui.scope_builder(UiBuilder::new().max_rect(row).layout(Layout::left_to_right(Align::Min)), |ui| {
            ways_ui(ui, model, out)
        });
    }
    true
}

fn ways_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Message>) {
    // Half of what the two leave, so that they stand in the middle.
    let both = space(37.0);
    ui.add_space(((ui.available_width() - both) / 2.0).max(0.0));
    if Button::primary("Use the synthetic camera").show(ui).clicked() {
        let settings = Settings { camera: DeviceChoice::Synthetic, ..model.settings.clone() };
        out.push(Message::Settings(Box::new(settings)));
        // The same choice again changes no setting, so it has to be opened by hand.
        if model.settings.camera == DeviceChoice::Synthetic {
            out.push(Message::Devices(devices::Message::Open));
        }
    }
    if Button::plain("Try again").icon(Icon::RefreshCw).show(ui).clicked() {
        out.push(Message::Devices(devices::Message::Open));
    }
}
