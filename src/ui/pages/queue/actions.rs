//! What can be done with a job that has not failed: in its row, and in the menu of the pointer's second button.

use egui::{Align, Layout, Rect, Ui, UiBuilder, pos2};
use lucide_icons::Icon;

use crate::core::asset::AssetId;
use crate::core::queue::{Group, Row, may_retry};
use crate::studio::library::Message as Library;
use crate::studio::queue::{Again, Message as Queue};
use crate::studio::{Message, Model, Page};
use crate::ui::theme::space;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::menu;

use super::row::{Columns, Ways};

pub const MENU: f32 = 224.0;
/// What was ordered and paid for is only to be had from its engine, or from where it lies.
pub const FETCH: &str = "Fetch";

/// Where a job that waits goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    First,
    Sooner,
    Later,
    Last,
}

/// The buttons at a row's right end.
pub fn actions_ui(ui: &mut Ui, rect: Rect, row: &Row, columns: &Columns, ways: &mut Ways<'_>) {
    // A word is wider than an arrow, and the gap before it is there.
    let more = if row.held.is_some() { space(1.5) } else { 0.0 };
    let place = Rect::from_min_max(
        pos2(rect.left() + columns.actions.0 - more, rect.top()),
        pos2(rect.left() + columns.actions.1, rect.bottom()),
    );
    let builder =
        UiBuilder::new().max_rect(place).id_salt(("actions", &row.job.id)).layout(Layout::right_to_left(Align::Center));
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().item_spacing.x = space(0.5);
        let out = &mut *ways.out;
        let id = &row.job.id;
        let button = |ui: &mut Ui, sign: Icon, name: &str| Button::icon_only(sign, name).show(ui).clicked();
        match row.group() {
            Group::Going => {
                if button(ui, Icon::X, "Cancel") {
                    out.push(Message::Queue(Queue::Cancel(vec![id.clone()])));
                }
            }
            Group::Waiting if row.held.is_some() => {
                if button(ui, Icon::X, "Cancel") {
                    out.push(Message::Queue(Queue::Cancel(vec![id.clone()])));
                }
                if Button::quiet("Decide").show(ui).clicked() {
                    out.push(Message::Queue(Queue::Decide(Some(id.clone()))));
                }
            }
            Group::Waiting => {
                if button(ui, Icon::X, "Cancel") {
                    out.push(Message::Queue(Queue::Cancel(vec![id.clone()])));
                }
                if button(ui, Icon::ArrowDown, "Later") {
                    out.extend(moved(ways.model, id, To::Later));
                }
                if button(ui, Icon::ArrowUp, "Sooner") {
                    out.extend(moved(ways.model, id, To::Sooner));
                }
            }
            Group::Done | Group::Failed | Group::Cancelled => {
                if button(ui, Icon::X, "Clear from the list") {
                    out.push(Message::Queue(Queue::Clear(vec![id.clone()])));
                }
                if may_retry(row.job.state) && button(ui, Icon::RotateCw, "Try again") {
                    out.push(Message::Queue(Queue::Retry(vec![Again::same(id)])));
                }
                if let Some(asset) = row.made.first()
                    && button(ui, Icon::Images, "Show in the library")
                {
                    out.extend(show(asset));
                }
            }
        }
    });
}

/// The same and more, as a menu.
pub fn menu_ui(ui: &mut Ui, model: &Model, row: &Row, out: &mut Vec<Message>) {
    let id = &row.job.id;
    if row.group() == Group::Waiting {
        for (sign, label, to) in [
            (Icon::ArrowUpToLine, "Make this next", To::First),
            (Icon::ArrowUp, "Sooner", To::Sooner),
            (Icon::ArrowDown, "Later", To::Later),
            (Icon::ArrowDownToLine, "Make this last", To::Last),
        ] {
            let action = moved(model, id, to);
            if menu::item_if(ui, action.is_some(), Some(sign), label) {
                out.extend(action);
            }
        }
        menu::divider(ui);
    }
    if let Some(asset) = row.made.first()
        && menu::item(ui, Some(Icon::Images), "Show in the library", None)
    {
        out.extend(show(asset));
    }
    if row.kept && menu::item(ui, Some(Icon::Download), FETCH, None) {
        out.push(Message::Queue(Queue::Retry(vec![Again::same(id)])));
    }
    let again = if row.kept { "Order it again" } else { "Try again" };
    if may_retry(row.job.state) && menu::item(ui, Some(Icon::RotateCw), again, None) {
        out.push(Message::Queue(Queue::Retry(vec![Again { anew: row.kept, ..Again::same(id) }])));
    }
    if row.held.is_some() && menu::item(ui, Some(Icon::CirclePause), "Decide…", None) {
        out.push(Message::Queue(Queue::Decide(Some(id.clone()))));
    }
    if let Some(words) = &row.text
        && menu::item(ui, Some(Icon::Copy), "Copy what was written", None)
    {
        ui.ctx().copy_text(words.clone());
    }
    if !row.prompt.is_empty() && menu::item(ui, Some(Icon::Copy), "Copy the prompt", None) {
        ui.ctx().copy_text(row.prompt.clone());
    }
    if let Some(failure) = &row.failure
        && menu::item(ui, Some(Icon::Copy), "Copy what the engine said", None)
    {
        ui.ctx().copy_text(failure.words.clone());
    }
    let (label, message) = if row.job.state.over() {
        ("Clear from the list", Queue::Clear(vec![id.clone()]))
    } else {
        ("Cancel", Queue::Cancel(vec![id.clone()]))
    };
    if menu::item(ui, Some(Icon::X), label, None) {
        out.push(Message::Queue(message));
    }
}

/// The order that puts a waiting job elsewhere; `None` where it stands there already.
pub fn moved(model: &Model, id: &str, to: To) -> Option<Message> {
    let waiting = model.queue.list.of(Some(Group::Waiting));
    let at = model.queue.list.at(id, Some(Group::Waiting))?;
    let last = waiting.len() - 1;
    let before = match to {
        To::First | To::Sooner if at == 0 => return None,
        To::Later | To::Last if at == last => return None,
        To::First => Some(0),
        To::Sooner => Some(at - 1),
        To::Later => Some(at + 2).filter(|to| *to <= last),
        To::Last => None,
    };
    let before = before.map(|at| waiting[at].id.clone());
    Some(Message::Queue(Queue::Move { job: id.to_owned(), before }))
}

/// Goes to what was made.
pub fn show(asset: &AssetId) -> [Message; 2] {
    [Message::Go(Page::Library), Message::Library(Library::Show(asset.clone()))]
}
