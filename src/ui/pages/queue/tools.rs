//! What stands over the list: which jobs are shown, and what concerns all of them.

use egui::{Align, Layout, Rect, Ui, UiBuilder, vec2};
use lucide_icons::Icon;

use crate::core::queue::Group;
use crate::studio::queue::{Again, Message as Queue};
use crate::studio::{Message, Model};
use crate::ui::pages::library::words::count;
use crate::ui::theme::space;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::menu;
use crate::ui::widgets::segmented::{self, Segment, segmented};

const MENU: f32 = 248.0;
const BETWEEN: f32 = 16.0;

/// Draws the tools into `rect`.
pub fn tools_ui(ui: &mut Ui, rect: Rect, model: &Model, out: &mut Vec<Message>) {
    let layout = Layout::right_to_left(Align::Center);
    let narrow = rect.width() < 640.0;
    let right = ui.scope_builder(UiBuilder::new().max_rect(rect).id_salt("all of them").layout(layout), |ui| {
        all_ui(ui, model, narrow, out)
    });
    let room = right.response.rect.left() - BETWEEN - rect.left();
    let left = Rect::from_min_size(rect.min, vec2(room.max(space(10.0)), rect.height()));
    let layout = Layout::left_to_right(Align::Center);
    ui.scope_builder(UiBuilder::new().max_rect(left).id_salt("groups").layout(layout), |ui| groups_ui(ui, model, room, out));
}

/// Which group is shown; a list where there is no room for all of them.
fn groups_ui(ui: &mut Ui, model: &Model, room: f32, out: &mut Vec<Message>) {
    let list = &model.queue.list;
    let mut labels = vec![format!("All {}", count(list.of(None).len()))];
    let mut groups = vec![None];
    for group in Group::ALL {
        let here = list.count(group);
        if here > 0 || model.queue.group == Some(group) {
            labels.push(format!("{} {}", group.label(), count(here)));
            groups.push(Some(group));
        }
    }
    let at = groups.iter().position(|group| *group == model.queue.group).unwrap_or(0);
    let segments: Vec<Segment<'_>> = labels.iter().map(|label| Segment::plain(label)).collect();
    let chosen = if segmented::width(ui, &segments) <= room {
        segmented(ui, &segments, at)
    } else {
        menu::choice(ui, "Shown", room.min(space(24.0)), Some(at), &labels)
    };
    if let Some(group) = chosen.and_then(|at| groups.get(at)) {
        out.push(Message::Queue(Queue::Show(*group)));
    }
}

/// From the right: pause, try all again, clear.
fn all_ui(ui: &mut Ui, model: &Model, narrow: bool, out: &mut Vec<Message>) {
    let queue = &model.queue;
    let paused = queue.totals.paused;
    let (sign, label) = if paused { (Icon::Play, "Go on") } else { (Icon::Pause, "Pause all") };
    let tip = if paused { "Send what waits" } else { "What is being made goes on; nothing more is sent" };
    let button = if narrow { Button::icon_only(sign, label) } else { Button::quiet(label).icon(sign) };
    if button.tooltip(tip).selected(paused).show(ui).clicked() {
        out.push(Message::Queue(Queue::Pause(!paused)));
    }
    let more = Button::icon_only(Icon::Ellipsis, "More for all jobs").show(ui);
    menu::under(&more, MENU, |ui| more_ui(ui, model, out));
    let failed = queue.list.count(Group::Failed);
    if failed > 0 {
        let button = if narrow {
            Button::icon_only(Icon::RotateCw, "Retry all failed")
        } else {
            Button::quiet("Retry all failed").icon(Icon::RotateCw)
        };
        if button.enabled(!queue.placing).show(ui).clicked() {
            out.push(Message::Queue(Queue::Retry(ids(model, &[Group::Failed]).iter().map(|id| Again::same(id)).collect())));
        }
    }
}

fn more_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Message>) {
    let mut all = |ui: &mut Ui, sign: Icon, label: &str, groups: &[Group], message: fn(Vec<String>) -> Queue| {
        let there = groups.iter().any(|group| model.queue.list.count(*group) > 0);
        if menu::item_if(ui, there, Some(sign), label) {
            out.push(Message::Queue(message(ids(model, groups))));
        }
    };
    all(ui, Icon::ListX, "Clear what is done", &[Group::Done, Group::Cancelled], Queue::Clear);
    all(ui, Icon::ListX, "Clear what failed", &[Group::Failed], Queue::Clear);
    menu::divider(ui);
    let list = &model.queue.list;
    if menu::item_if(ui, list.count(Group::Waiting) > 0, Some(Icon::X), "Cancel all that wait…") {
        out.push(Message::Queue(Queue::AskStop { going: false }));
    }
    if menu::item_if(ui, list.open() > 0, Some(Icon::X), "Cancel everything…") {
        out.push(Message::Queue(Queue::AskStop { going: true }));
    }
}

fn ids(model: &Model, groups: &[Group]) -> Vec<String> {
    groups.iter().flat_map(|group| model.queue.list.of(Some(*group))).map(|place| place.id.clone()).collect()
}
