//! The prompter's look, in a sheet beside the words, so that every change is seen at once. Each change is remembered.

use egui::{Area, Context, Frame, Id, Key, Margin, Order, Pos2, Rect, Response, ScrollArea, Stroke, Ui, pos2, vec2};
use lucide_icons::Icon;

use crate::core::prompter::look::{BRIGHTNESS, EYE_LINES, LINE_HEIGHTS, MARGINS};
use crate::core::prompter::{Align, CueStyle, Look, MAX_COLUMN, MIN_COLUMN, Marker};
use crate::gpu::text::Fonts;
use crate::studio::{Message, Model, prompter};
use crate::ui::Screen;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::segmented::{Segment, segmented};
use crate::ui::widgets::slider::slider;
use crate::ui::widgets::text;

use super::places::Places;

mod face;
mod palette;

/// Width of the sheet's content.
const WIDTH: f32 = 344.0;
/// Width of the controls beside their labels.
const FIELD: f32 = 236.0;
/// The least height of the sheet under the words; with less room it lies over them.
const LEAST: f32 = 220.0;

/// What this sheet may forget.
#[derive(Default)]
pub struct LookView {
    pub open: bool,
    /// What faces are searched for.
    find: String,
}

/// Draws the sheet while it is open; a click outside or Escape closes it.
pub fn look_ui(ui: &Ui, model: &Model, view: &mut LookView, screen: &Screen, places: &Places, out: &mut Vec<Message>) {
    if !view.open {
        return;
    }
    let ctx = ui.ctx();
    let (corner, height) = place(places);
    let look = model.prompter.look.clone();
    let mut wanted = look.clone();
    let mut close = false;
    let sheet = Area::new(Id::unique("look")).order(Order::Middle).fixed_pos(corner).show(ctx, |ui| {
        let c = colours();
        let frame = Frame::NONE
            .fill(c.surface.0)
            .stroke(Stroke::new(1.0, c.outline.0))
            .corner_radius(theme::radius())
            .inner_margin(Margin::same(space(2.0) as i8));
        frame.show(ui, |ui| {
            ui.set_width(WIDTH.min(places.stage.width() - space(6.0)));
            close = head_ui(ui, &mut wanted);
            let height = height - space(9.0);
            ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
                // The bar of the scroll area lies over what it scrolls.
                ui.set_width(ui.available_width() - space(1.0));
                let fonts = screen.prompter.get().map(|text| text.fonts().clone());
                fields_ui(ui, view, fonts.as_ref(), &mut wanted);
            });
        });
    });
    if wanted != look {
        out.push(Message::Prompter(prompter::Message::SetLook(wanted)));
    }
    if close || left(ctx, &sheet.response, places) {
        view.open = false;
    }
}

/// Top left corner and height: at the right, under the words where it would cover them.
fn place(places: &Places) -> (Pos2, f32) {
    let stage = places.stage;
    let left = stage.right() - space(1.0) - (WIDTH + space(4.0) + 2.0).min(stage.width() - space(2.0));
    let beside = left >= places.prompter.right() + space(1.0);
    let below = places.prompter.bottom() + space(1.0);
    let bottom = places.bar.top() - space(0.5);
    let top = if !beside && bottom - below >= LEAST { below } else { stage.top() + space(1.0) };
    (pos2(left, top), bottom - top)
}

/// True when the person has turned to something else. The bar stays at hand: its button closes the sheet.
fn left(ctx: &Context, sheet: &Response, places: &Places) -> bool {
    if ctx.any_popup_open() {
        return false;
    }
    let press = ctx.input(|input| input.pointer.any_pressed().then(|| input.pointer.interact_pos()).flatten());
    let outside = press.is_some_and(|at| !sheet.rect.contains(at) && !places.bar.contains(at));
    outside || ctx.input(|input| input.key_pressed(Key::Escape))
}

/// Title, and a way back to the usual look. True when the sheet is to close.
fn head_ui(ui: &mut Ui, wanted: &mut Look) -> bool {
    let mut close = false;
    ui.horizontal(|ui| {
        text::title(ui, "Look");
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            close = Button::icon_only(Icon::X, "Close the look").show(ui).clicked();
            // The glass in front of a display does not change with the taste of its reader.
            let usual = Look { mirror: wanted.mirror, ..Look::default() };
            let reset = Button::icon_only(Icon::RotateCcw, "Back to the usual look").enabled(*wanted != usual);
            if reset.show(ui).clicked() {
                *wanted = usual;
            }
        });
    });
    close
}

fn fields_ui(ui: &mut Ui, view: &mut LookView, fonts: Option<&Fonts>, look: &mut Look) {
    face::face_ui(ui, &mut view.find, fonts, &mut look.face);
    // Turned round, so that larger type lies at the right.
    let ends = MIN_COLUMN + MAX_COLUMN;
    let share = |turned: f32| format!("{:.1} %", 100.0 * (1.0 - 2.0 * look.margin) / (ends - turned + 2.0));
    if let Some(turned) = slide(ui, "Size", ends - look.column_ems, [MIN_COLUMN, MAX_COLUMN], 0.5, share) {
        look.column_ems = ends - turned;
    }
    set(&mut look.line_height, |value| slide(ui, "Line height", value, LINE_HEIGHTS, 0.05, |value| format!("{value:.2}")));
    set(&mut look.margin, |value| slide(ui, "Side margins", value, MARGINS, 0.01, percent));
    choose(ui, "Alignment", &mut look.align, &[(Align::Start, "Start"), (Align::Center, "Centre"), (Align::End, "End")]);
    choose(ui, "Letters", &mut look.upper_case, &[(false, "As written"), (true, "CAPITALS")]);
    let cues = [(CueStyle::Italic, "Slanted"), (CueStyle::Small, "Small"), (CueStyle::Hidden, "Hidden")];
    choose(ui, "Cues", &mut look.cues, &cues);
    heading(ui, "Colours");
    palette::palette_ui(ui, &mut look.palette);
    heading(ui, "Eye line");
    set(&mut look.eye_line, |value| slide(ui, "From the top", value, EYE_LINES, 0.01, percent));
    let markers = [(Marker::Triangle, "Arrow"), (Marker::Both, "Both"), (Marker::Line, "Line"), (Marker::None, "None")];
    choose(ui, "Marker", &mut look.marker, &markers);
    set(&mut look.far_brightness, |value| slide(ui, "Far text", value, BRIGHTNESS, 0.01, percent));
    heading(ui, "The talent’s display shows");
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space(0.5);
        toggle(ui, "Scene", &mut look.show_scene);
        toggle(ui, "Time left", &mut look.show_time);
        toggle(ui, "Words per minute", &mut look.show_pace);
    });
    heading(ui, "Mirrored, for glass");
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space(0.5);
        toggle(ui, "Left and right", &mut look.mirror.horizontal);
        toggle(ui, "Up and down", &mut look.mirror.vertical);
    });
}

fn heading(ui: &mut Ui, label: &str) {
    ui.add_space(space(1.0));
    text::small(ui, label);
}

/// A label and its control, which begins where the others begin.
fn field(ui: &mut Ui, label: &str, content: impl FnOnce(&mut Ui, f32)) {
    ui.horizontal(|ui| {
        let from = ui.cursor().min;
        let width = FIELD.min(ui.available_width() * 0.7);
        let rect = Rect::from_min_size(from, vec2(ui.available_width(), theme::theme().space.control));
        let galley = text::truncated(ui, label, theme::body(), colours().text.0, rect.width() - width - space(1.0));
        let at = pos2(rect.left(), rect.center().y - galley.size().y / 2.0);
        ui.painter().galley(at, galley, colours().text.0);
        ui.add_space(rect.width() - width);
        content(ui, width);
    });
}

fn slide(
    ui: &mut Ui,
    label: &str,
    value: f32,
    [low, high]: [f32; 2],
    step: f32,
    figure: impl Fn(f32) -> String,
) -> Option<f32> {
    let mut wanted = None;
    field(ui, label, |ui, width| wanted = slider(ui, label, width, value, low..=high, step, figure));
    wanted
}

fn set(value: &mut f32, ask: impl FnOnce(f32) -> Option<f32>) {
    if let Some(wanted) = ask(*value) {
        *value = wanted;
    }
}

fn choose<T: Copy + PartialEq>(ui: &mut Ui, label: &str, value: &mut T, choices: &[(T, &str)]) {
    let segments: Vec<Segment<'_>> = choices.iter().map(|(_, label)| Segment::plain(label)).collect();
    let current = choices.iter().position(|(choice, _)| choice == value).unwrap_or(0);
    field(ui, label, |ui, _| {
        ui.push_id(label, |ui| {
            if let Some(i) = segmented(ui, &segments, current) {
                *value = choices[i].0;
            }
        });
    });
}

fn toggle(ui: &mut Ui, label: &str, on: &mut bool) {
    let icon = if *on { Icon::SquareCheck } else { Icon::Square };
    if Button::quiet(label).icon(icon).selected(*on).show(ui).clicked() {
        *on = !*on;
    }
}

fn percent(part: f32) -> String {
    format!("{:.0} %", part * 100.0)
}
