//! The queue: everything that engines are asked for, how far it is, what it costs, and what to do about what failed. The list is the
//! largest thing on the page.

pub mod actions;
pub mod failure;
pub mod film;
pub mod geometry;
pub mod held;
pub mod list;
pub mod row;
pub mod status;
pub mod tools;
pub mod words;

use egui::{Rect, Ui, UiBuilder, pos2, vec2};
use lucide_icons::Icon;

use crate::studio::command::Command;
use crate::studio::{Message, Model};
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::empty::empty_state;
use crate::ui::{Screen, View};

pub use super::library::textures::Textures;

/// Height of the line at the foot.
const STATUS: f32 = 40.0;

/// What the page may forget.
#[derive(Default)]
pub struct QueueView {
    list: list::ListView,
}

/// Draws the page into what is left of `ui`. Answers with the height of what stands at its foot.
pub fn queue_ui(ui: &mut Ui, model: &Model, view: &mut View, screen: &Screen, out: &mut Vec<Message>) -> f32 {
    let page = ui.available_rect_before_wrap();
    ui.advance_cursor_after_rect(page);
    let foot = Rect::from_min_max(pos2(page.left(), page.bottom() - STATUS), page.max);
    ui.painter().hline(page.x_range(), foot.top() - 0.5, (1.0, colours().line.0));
    let part = |rect: Rect, name: &str| UiBuilder::new().max_rect(rect).id_salt(("queue", name));
    let status = part(foot.shrink2(vec2(space(2.0), 0.0)), "status");
    view.lane = Some(ui.scope_builder(status, |ui| status::status_ui(ui, model, out)).inner);
    let body = Rect::from_min_max(page.min, pos2(page.right(), foot.top() - 1.0)).shrink2(vec2(space(2.0), 0.0));
    if !model.queue.listed {
        return STATUS + space(1.0);
    }
    let body = match &model.scenes.film.joining {
        Some(joining) => {
            let top = body.top() + space(1.5);
            let line = Rect::from_min_max(pos2(body.left(), top), pos2(body.right(), top + film::HEIGHT));
            film::film_ui(ui, line, joining, out);
            Rect::from_min_max(pos2(body.left(), line.bottom()), body.max)
        }
        None => body,
    };
    if model.queue.list.is_empty() {
        ui.scope_builder(part(body, "nothing"), |ui| nothing_ui(ui, out));
        return STATUS + space(1.0);
    }
    let top = body.top() + space(1.5);
    let tools = Rect::from_min_max(pos2(body.left(), top), pos2(body.right(), top + theme::theme().space.control));
    tools::tools_ui(ui, tools, model, out);
    let mut list = Rect::from_min_max(pos2(body.left(), tools.bottom() + space(0.5)), body.max);
    if model.queue.list.held() > 0 {
        list.min.y += space(0.5);
        held::held_ui(ui, list, model, out);
        list.min.y += held::HEIGHT;
    }
    ui.scope_builder(part(list, "list"), |ui| {
        ui.set_clip_rect(list.intersect(ui.clip_rect()));
        list::list_ui(ui, model, &mut view.queue, &mut view.library.textures, screen, out);
    });
    STATUS + space(1.0)
}

fn nothing_ui(ui: &mut Ui, out: &mut Vec<Message>) {
    let sentence = "Pictures, clips and voices that you have made stand here, with what they cost. Write a picture prompt and click Generate.";
    let button = Button::primary("Go to Prepare").icon(Icon::Sparkles).command(Command::GoPrepare);
    if empty_state(ui, Icon::ListChecks, "Nothing in the queue", sentence, button).clicked() {
        out.push(Message::Command(Command::GoPrepare));
    }
}
