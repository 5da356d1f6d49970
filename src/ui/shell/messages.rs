//! What was said: every toast of this run, the newest first, with what to do and when it was. The bell in the top bar leads here.

use egui::{Context, Frame, Label, Margin, RichText, Sense, Ui, vec2};
use lucide_icons::Icon;

use crate::core::time::Moment;
use crate::studio::command::Command;
use crate::studio::notice::{Past, Tone};
use crate::studio::{Message, Model, Sheet};
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{icon, text};
use crate::ui::{Screen, figures};

use super::sheet::{Side, head, sheet};

const WIDTH: f32 = 440.0;
const ICON: f32 = 16.0;

/// Draws the sheet while it is open.
pub fn messages_ui(ctx: &Context, model: &Model, screen: &Screen, now: Moment, out: &mut Vec<Message>) {
    if model.sheet != Some(Sheet::Messages) {
        return;
    }
    let closed = sheet(ctx, Side::Right, "messages", WIDTH, |ui| {
        let closed = head(ui, "Messages", |_| {});
        if model.notice.past.is_empty() {
            text::small(ui, "Nothing was said yet.");
        }
        for past in &model.notice.past {
            past_ui(ui, past, figures::at(past.at, now, screen.time_of_day));
        }
        closed
    });
    if closed {
        out.push(Message::CloseSheet);
    }
}

/// The bell in the top bar, from the first message on; a dot says that something went wrong and may have been missed.
pub fn button_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Message>) {
    if model.notice.past.is_empty() {
        return;
    }
    let unread = model.notice.unread();
    let name = if unread { "Messages, something went wrong" } else { Command::Messages.label() };
    let button = Button::icon_only(Icon::Bell, name).selected(model.sheet == Some(Sheet::Messages)).show(ui);
    if unread {
        ui.painter().circle_filled(button.rect.right_top() + vec2(-7.0, 7.0), 3.5, colours().accent.0);
    }
    if button.clicked() {
        out.push(Message::Command(Command::Messages));
    }
}

fn past_ui(ui: &mut Ui, past: &Past, at: Option<String>) {
    let c = colours();
    let loud = past.tone != Tone::Info;
    let frame = Frame::NONE.fill(c.raised.0).corner_radius(theme::radius()).inner_margin(Margin::same(space(1.25) as i8));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_top(|ui| {
            let (mark, _) = ui.allocate_exact_size(vec2(ICON + space(0.5), ICON + 4.0), Sense::hover());
            let (sign, colour) = if loud { (Icon::TriangleAlert, c.accent) } else { (Icon::Info, c.muted) };
            icon(ui.painter(), mark.center(), sign, ICON, colour.0);
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = space(0.25);
                ui.add(Label::new(RichText::new(&past.text).font(theme::body()).color(c.text)).wrap().selectable(true));
                if !past.fix.is_empty() {
                    ui.add(Label::new(RichText::new(&past.fix).font(theme::small()).color(c.muted)).wrap().selectable(true));
                }
                let times = if past.times > 1 { format!("  ·  {} times", past.times) } else { String::new() };
                let when = format!("{}{times}", at.unwrap_or_default());
                if !when.is_empty() {
                    text::small(ui, when.trim_start_matches("  ·  "));
                }
            });
        });
    });
}
