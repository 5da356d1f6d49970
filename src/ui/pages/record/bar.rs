//! The transport: where the take is, the prompter's keys on one side of the big button and the picture's on the other, pace
//! and size of the type. Every control is a command, so its key stands in its tooltip.

use egui::{Align, Color32, Layout, Rect, Role, Sense, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2};
use lucide_icons::Icon;

use crate::core::time::{Moment, clock, nanos};
use crate::studio::command::Command;
use crate::studio::record::Phase;
use crate::studio::{Message, Model};
use crate::ui::Screen;
use crate::ui::figures;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{text, time};

use super::places::Places;
use super::{big, pace, paused, voice};

/// Height of the transport's row.
const ROW: f32 = 44.0;
const SMALL: f32 = 32.0;
const DOT: f32 = 10.0;
/// Room for pace and size of the type, at the right.
const PACE: f32 = 312.0;

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
        vec2(places.bar.width() - 2.0 * margin, ROW),
    );
    transport_ui(ui, model, row, places.narrow, out, now);
    let second = if places.narrow { row.translate(vec2(0.0, ROW - space(0.5))) } else { row };
    clock_ui(ui, model, screen, second, places.narrow, now);
    pace_ui(ui, model, look_open, second, now, out);
}

/// Length of the take so far (or of a rehearsal), and what the script takes in all.
pub fn clock_text(model: &Model, now: Moment) -> (String, String) {
    let taken = model.record.rolling().map(|rolling| rolling.taken(now));
    let so_far = taken.or_else(|| model.rehearse.running().map(|running| now.since(running.since)));
    (clock(so_far.unwrap_or(0)), clock(nanos(model.prompter.plan.total_secs())))
}

/// The red dot of a running take, the pause sign of one that stands, the accent's dot of a rehearsal, or the ring of neither.
pub fn lamp(ui: &Ui, centre: egui::Pos2, model: &Model) {
    let c = colours();
    let dot = |colour: Color32| _ = ui.painter().circle_filled(centre, DOT / 2.0, colour);
    match (&model.record.phase, model.rehearse.running()) {
        (Phase::Rolling(rolling), _) if rolling.paused_since().is_some() => {
            big::pause_sign(ui.painter(), centre, DOT, c.accent.0);
        }
        (Phase::Rolling(_), _) => dot(c.recording.0),
        (_, Some(_)) => dot(c.accent.0),
        _ => _ = ui.painter().circle_stroke(centre, DOT / 2.0 - 1.0, Stroke::new(1.5, c.text.0.gamma_multiply(0.6))),
    }
}

/// The clock, and under it that the take stands, when the text will have come to its end, how often a sentence was read again.
fn clock_ui(ui: &mut Ui, model: &Model, screen: &Screen, row: Rect, narrow: bool, now: Moment) {
    let (elapsed, total) = clock_text(model, now);
    let end = if narrow { row.right() - PACE - space(1.0) } else { row.center().x - big::WIDE };
    let rect = Rect::from_min_max(row.min, pos2(end, row.bottom()));
    let response = ui.interact(rect, ui.scope_id().with("clock"), Sense::hover());
    let below = below_clock(model, screen, now);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("Time {elapsed} of {total}")));
    let middle = row.center().y - if below.is_empty() { 0.0 } else { space(1.0) };
    lamp(ui, pos2(row.left() + DOT / 2.0, middle), model);
    let font = theme::title();
    let from = pos2(row.left() + DOT + space(1.0), middle);
    let stands = paused::since(model).is_some();
    let ink = if stands { colours().accent.0 } else { colours().text.0 };
    time::paint(ui.painter(), from, &elapsed, &font, ink);
    let after = from + vec2(time::size(ui.painter(), &elapsed, &font).x + space(0.75), 1.0);
    time::paint(ui.painter(), after, &format!("/ {total}"), &theme::body(), colours().text.0.gamma_multiply(0.8));
    let mut x = from.x;
    for (words, told, colour) in below {
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
fn below_clock(model: &Model, screen: &Screen, now: Moment) -> Vec<(String, String, Color32)> {
    let plain = colours().text.0.gamma_multiply(0.8);
    let mut words = Vec::new();
    if let Some(since) = paused::since(model) {
        let long = clock(now.since(since));
        words.push((format!("PAUSED  {long}"), format!("Paused for {long}"), colours().accent.0));
    }
    let left = model.prompter.secs_left(now);
    if let Some(time) = screen.time_of_day.filter(|_| left > 0.0) {
        let end = format!("ends {}", figures::ends(time, left));
        words.push((end.clone(), format!("The text {end}"), plain));
    }
    match model.record.rolling().map_or(0, |rolling| rolling.agains) {
        0 => {}
        1 => words.push(("again ×1".to_owned(), "Read again once".to_owned(), plain)),
        times => words.push((format!("again ×{times}"), format!("Read again {times} times"), plain)),
    }
    words
}

/// The big button in the middle, five small ones on each side.
fn transport_ui(ui: &mut Ui, model: &Model, row: Rect, narrow: bool, out: &mut Vec<Message>, now: Moment) {
    let middle = row.center();
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
    let beside = space(if narrow { 1.0 } else { 1.5 });
    // Where a take rolls there are two big buttons; the others stay where they are.
    let big = if narrow { (row.width() - 2.0 * (width + beside)).clamp(big::TIGHT, big::NARROW) } else { big::WIDE };
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
    big::big_ui(ui, model, Rect::from_center_size(middle, vec2(big, ROW)), out);
}

/// Words per minute, size of the type, and everything else about its look, from the right edge.
fn pace_ui(ui: &mut Ui, model: &Model, look_open: &mut bool, row: Rect, now: Moment, out: &mut Vec<Message>) {
    let rect = Rect::from_min_max(pos2(row.right() - PACE, row.top()), row.max);
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
