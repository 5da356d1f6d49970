//! What the queue asks of the person: orders that were not sent because they no longer fit the budget, in a strip over the list with the
//! button that leads to the question.

use egui::{Align, Layout, Rect, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};
use lucide_icons::Icon;

use crate::studio::queue::Message as Queue;
use crate::studio::{Message, Model};
use crate::ui::pages::library::words::count;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{icon, text};

use super::list::BAR;

/// Height of the strip, with what lies below it.
pub const HEIGHT: f32 = 52.0;
const GAP: f32 = 4.0;
const SIGN: f32 = 18.0;

/// Draws the strip at the top of `rect`.
pub fn held_ui(ui: &mut Ui, rect: Rect, model: &Model, out: &mut Vec<Message>) {
    let c = colours();
    let strip = Rect::from_min_size(rect.min, vec2(rect.width() - BAR, HEIGHT - GAP));
    ui.painter().rect_filled(strip, theme::radius(), c.raised.0);
    let inner = strip.shrink2(vec2(space(1.0), 0.0));
    let layout = Layout::right_to_left(Align::Center);
    let buttons = ui.scope_builder(UiBuilder::new().max_rect(inner).id_salt("held").layout(layout), |ui| {
        if Button::primary("Decide…").name("Decide about what is held").show(ui).clicked() {
            out.push(Message::Queue(Queue::Decide(None)));
        }
    });
    icon(ui.painter(), pos2(inner.left() + SIGN / 2.0, strip.center().y), Icon::CirclePause, SIGN, c.accent.0);
    let left = inner.left() + SIGN + space(1.0);
    let words = sentence(model.queue.list.held());
    let room = buttons.response.rect.left() - space(2.0) - left;
    let said = text::truncated(ui, &words, theme::body(), c.text.0, room);
    let at = Rect::from_min_size(pos2(left, strip.center().y - said.size().y / 2.0), said.size());
    let elided = said.elided;
    ui.painter().galley(at.min, said, c.text.0);
    let named = ui.interact(at, ui.scope_id().with("held"), Sense::hover());
    named.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
    if elided {
        named.on_hover_text(words);
    }
}

fn sentence(held: usize) -> String {
    match held {
        1 => "One order was not sent: it no longer fits the budget.".to_owned(),
        many => format!("{} orders were not sent: they no longer fit the budget.", count(many)),
    }
}
