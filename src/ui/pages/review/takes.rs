//! The takes of the project, newest first: which, how long, when, how large, and whether it is safe. Green stands only where
//! the bytes are on the disk or on the server.

use egui::{
    Align, Color32, Layout, Popup, PopupCloseBehavior, Rect, Response, Role, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo,
    pos2, vec2,
};
use lucide_icons::Icon;

use crate::core::take::{Take, TakeState};
use crate::core::time::clock;
use crate::studio::command::Command;
use crate::studio::upload::{Phase, Upload};
use crate::studio::{Message, Model, heal, review};
use crate::ui::figures;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{card, icon, menu, text, time};

const ROW: f32 = 64.0;
const ICON: f32 = 13.0;

/// Draws the list.
pub fn takes_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Message>) {
    let count = model.review.takes.len();
    let heading = if count == 1 { "1 take".to_owned() } else { format!("{count} takes") };
    text::small(ui, heading);
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = space(0.5);
        for take in &model.review.takes {
            let open = model.review.open.as_ref().is_some_and(|open| open.take == take.id);
            take_ui(ui, model, take, open, out);
        }
    });
}

fn take_ui(ui: &mut Ui, model: &Model, take: &Take, open: bool, out: &mut Vec<Message>) {
    let c = colours();
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let state = State::of(model, take);
    response.widget_info(|| {
        let again = again(take).map_or_else(String::new, |again| format!(", {again}"));
        let screen = if take.screen.is_some() { ", with the screen" } else { "" };
        let name = format!("Take {}, {}, {}{again}{screen}", take.number, clock(take.nanos), state.text);
        WidgetInfo::selected(Role::Button, true, open, name)
    });
    if !ui.is_rect_visible(rect) {
        return;
    }
    card::ground(ui.painter(), rect, &response, open);
    let inner = rect.shrink2(vec2(space(1.5), space(1.0)));
    let first = inner.top() + space(1.25);
    let second = inner.bottom() - space(1.25);
    // Two small buttons on the right of the open take.
    let right = if open { inner.right() - 2.0 * theme::theme().space.control - space(0.5) } else { inner.right() };
    let length = clock(take.nanos);
    let width = time::size(ui.painter(), &length, &theme::body()).x;
    time::paint(ui.painter(), pos2(right - width, first), &length, &theme::body(), c.text.0);
    let after = right - width - space(1.0);
    let mut name = line(ui, &format!("Take {}", take.number), theme::body(), c.text.0, pos2(inner.left(), first), after);
    if take.screen.is_some() && name + space(1.0) + ICON < after {
        icon(ui.painter(), pos2(name + space(1.0) + ICON / 2.0, first), Icon::Monitor, ICON, c.muted.0);
        name += space(1.0) + ICON;
    }
    if let Some(again) = again(take) {
        line(ui, &again, theme::small(), c.muted.0, pos2(name + space(1.25), first), after);
    }
    let state_left = state_ui(ui, &state, pos2(right, second), inner.left() + space(6.0));
    about_ui(ui, take, pos2(inner.left(), second), state_left - space(1.0));
    if open {
        let buttons = Rect::from_min_max(pos2(right + space(0.5), rect.top()), pos2(inner.right() + space(0.5), rect.bottom()));
        ui.scope_builder(UiBuilder::new().max_rect(buttons).layout(Layout::right_to_left(Align::Center)), |ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            buttons_ui(ui, model, take, out);
        });
    }
    let (width, height, fps) = (take.width, take.height, take.rate.fps());
    let mut facts = if take.is_sound() {
        "Sound alone".to_owned()
    } else {
        format!("{width} × {height}, {fps:.2} fps, {} frames, {} dropped", take.frames, take.dropped)
    };
    if let Some(track) = &take.screen {
        facts += &format!("; the screen, {}", figures::bytes(track.bytes));
    }
    menu::context(&response, 264.0, |ui| {
        if menu::item(ui, Some(Icon::FolderOpen), "Show in the file manager", None) {
            out.push(Message::Review(review::Message::Reveal(take.id.clone())));
        }
        let uploaded = matches!(model.upload.uploads.get(&take.id), Some(Upload { phase: Phase::Uploaded(_) }));
        if uploaded && menu::item(ui, Some(Icon::ShieldCheck), "Compare with the upload", None) {
            out.push(Message::Heal(heal::Message::Check(Box::new(take.clone()))));
        }
    });
    if response.on_hover_text(facts).clicked() && !open {
        out.push(Message::Review(review::Message::OpenTake(take.id.clone())));
    }
}

/// When and how large, as much of it as fits whole.
fn about_ui(ui: &Ui, take: &Take, left_centre: egui::Pos2, right: f32) {
    let (when, size) = (figures::day(&take.started_at, None), figures::bytes(take.bytes));
    let day = when.split(',').next().unwrap_or(&when).to_owned();
    let colour = colours().muted.0;
    let forms = [format!("{when}  ·  {size}"), when, day, size];
    let laid = forms.map(|form| text::truncated(ui, &form, theme::small(), colour, f32::INFINITY));
    let fits = laid.into_iter().find(|galley| galley.size().x <= right - left_centre.x);
    if let Some(galley) = fits {
        ui.painter().galley(left_centre - vec2(0.0, galley.size().y / 2.0), galley, colour);
    }
}

/// `2 again`: how many stretches of it were read again.
fn again(take: &Take) -> Option<String> {
    Some(take.agains()).filter(|count| *count > 0).map(|count| format!("{count} again"))
}

/// Answers with where it ends.
fn line(ui: &Ui, words: &str, font: egui::FontId, colour: Color32, left_centre: egui::Pos2, right: f32) -> f32 {
    let galley = text::truncated(ui, words, font, colour, right - left_centre.x);
    let end = left_centre.x + galley.size().x;
    ui.painter().galley(left_centre - vec2(0.0, galley.size().y / 2.0), galley, colour);
    end
}

fn buttons_ui(ui: &mut Ui, model: &Model, take: &Take, out: &mut Vec<Message>) {
    let sending = model.upload.uploads.get(&take.id).is_some_and(|upload| upload.phase.active());
    let name = if sending { "Cancel the upload before you delete the take" } else { "Delete the take…" };
    let delete = Button::icon_only(Icon::Trash2, name).enabled(!sending).show(ui);
    confirm_ui(&delete, take, out);
    if Button::icon_only(Icon::FolderOpen, "Show in the file manager").show(ui).clicked() {
        out.push(Message::Review(review::Message::Reveal(take.id.clone())));
    }
}

/// Asks once, because the list has no way back; the bin has.
fn confirm_ui(button: &Response, take: &Take, out: &mut Vec<Message>) {
    Popup::menu(button)
        .gap(theme::space(0.5))
        .width(space(34.0))
        .align(egui::RectAlign::BOTTOM_END)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .frame(egui::Frame::popup(&button.ctx.global_style()).inner_margin(space(2.0)))
        .show(|ui| {
            text::body(ui, format!("Move take {} to the bin?", take.number));
            ui.add(
                egui::Label::new(
                    egui::RichText::new("It stays there for 30 days, then it is gone.")
                        .font(theme::small())
                        .color(colours().muted),
                )
                .wrap(),
            );
            ui.add_space(space(0.5));
            ui.horizontal(|ui| {
                let away = Button::primary("Move to the bin").icon(Icon::Trash2).command(Command::DeleteTake).show(ui);
                if away.clicked() {
                    out.push(Message::Review(review::Message::Delete(take.id.clone())));
                    ui.close();
                }
                if Button::plain("Keep it").show(ui).clicked() {
                    ui.close();
                }
            });
        });
}

/// How safe a take is, in a word.
struct State {
    icon: Option<Icon>,
    text: String,
    colour: Color32,
}

impl State {
    fn of(model: &Model, take: &Take) -> State {
        let c = colours();
        let state = |icon, text: &str, colour: theme::Colour| State { icon, text: text.to_owned(), colour: colour.0 };
        if let Some(heal::Phase::Damaged(_) | heal::Phase::Failed { .. }) = model.heal.takes.get(&take.id) {
            return state(Some(Icon::TriangleAlert), "damaged", c.accent);
        }
        match model.upload.uploads.get(&take.id).map(|upload| &upload.phase) {
            // A copy on this computer's own server is no more than a take on its disk.
            Some(Phase::Uploaded(arrived)) if arrived.goal.is_here() => {}
            Some(Phase::Uploaded(_)) => return state(Some(Icon::CircleCheck), "uploaded", c.safe),
            Some(Phase::Hashing(_)) => return state(None, "preparing", c.text),
            Some(Phase::Sending(progress)) => {
                return state(Some(Icon::Upload), &format!("{:.0} %", 100.0 * progress.fraction()), c.text);
            }
            Some(Phase::Comparing(_)) => return state(None, "comparing", c.text),
            Some(Phase::Waiting { .. }) => return state(Some(Icon::Clock), "waiting", c.accent),
            Some(Phase::Failed(_)) => return state(Some(Icon::TriangleAlert), "not uploaded", c.accent),
            Some(Phase::Cancelled) | None => {}
        }
        match take.state {
            TakeState::Finished => state(Some(Icon::Check), "safe", c.safe),
            TakeState::Interrupted => state(Some(Icon::TriangleAlert), "interrupted", c.accent),
            TakeState::Recording => state(None, "recording", c.text),
        }
    }
}

/// Paints the state so that it ends at `right`; answers with its left edge.
fn state_ui(ui: &Ui, state: &State, right_centre: egui::Pos2, least: f32) -> f32 {
    let lead = if state.icon.is_some() { ICON + space(0.5) } else { 0.0 };
    let mut galley = text::truncated(ui, &state.text, theme::small(), state.colour, right_centre.x - least - lead);
    // A sign alone says it better than half a word; the word is in the row's name.
    if galley.elided && state.icon.is_some() {
        galley = text::truncated(ui, "", theme::small(), state.colour, 1.0);
    }
    let left = right_centre.x - galley.size().x - lead;
    if let Some(mark) = state.icon {
        icon(ui.painter(), pos2(left + ICON / 2.0, right_centre.y), mark, ICON, state.colour);
    }
    ui.painter().galley(pos2(left + lead, right_centre.y - galley.size().y / 2.0), galley, state.colour);
    left
}
