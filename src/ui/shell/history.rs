//! The sheet of versions: the list at the left, the chosen one beside the present script at the right, what can be done with it
//! below. The studio's `history` decides; here is only what a person sees of it.

mod compare;
mod form;
mod list;

use egui::{Align, Context, Frame, Id, Layout, Margin, Modal, Rect, Stroke, Ui, UiBuilder, pos2, vec2};
use lucide_icons::Icon;

use crate::core::history::Version;
use crate::studio::command::Command;
use crate::studio::history::{Form, Message as History, Read};
use crate::studio::{Message, Model, Sheet};
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::{Button, Kind};
use crate::ui::widgets::comparison::Heights;
use crate::ui::widgets::text;
use crate::ui::{Screen, View, figures};

/// The sheet at its largest.
const WIDTH: f32 = 1200.0;
const HEIGHT: f32 = 784.0;
/// The list's share of the width, and its bounds.
const LIST_SHARE: f32 = 0.3;
const LIST_WIDTH: std::ops::RangeInclusive<f32> = 208.0..=320.0;
/// Below this width second actions are icons.
const NARROW: f32 = 448.0;
/// From this width on the sheet has room for its title.
const TITLED: f32 = 560.0;

/// What the sheet may forget.
#[derive(Default)]
pub struct HistoryView {
    form: form::Draft,
    list: list::Places,
    rows: Heights,
}

/// Draws the sheet while it is wanted.
pub fn history_ui(ctx: &Context, model: &Model, view: &mut View, screen: &Screen, out: &mut Vec<Message>) {
    if model.sheet != Some(Sheet::History) {
        view.history = HistoryView::default();
        return;
    }
    let c = colours();
    let room = ctx.content_rect().size();
    let frame = Frame::NONE
        .fill(c.surface.0)
        .stroke(Stroke::new(1.0, c.outline.0))
        .corner_radius(theme::radius())
        .inner_margin(Margin::same(space(2.0) as i8));
    let modal = Modal::new(Id::unique("history")).frame(frame).backdrop_color(c.scrim.0).show(ctx, |ui| {
        let size = vec2(WIDTH.min(room.x - space(8.0)), HEIGHT.min(room.y - space(8.0)));
        ui.set_min_size(size);
        ui.set_max_size(size);
        let close = head_ui(ui, model, out);
        form::form_ui(ui, model, &mut view.history.form, out);
        ui.add_space(space(0.5));
        body_ui(ui, model, &mut view.history, screen, out);
        close
    });
    // Asked once: it takes the key out of the input.
    let left = modal.should_close();
    if left && model.history.form.is_some() {
        out.push(Message::History(History::Ask(None)));
    } else if modal.inner || left {
        out.push(Message::CloseSheet);
    }
}

/// What this is, where the project stands, and the way out; true when that was taken.
fn head_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Message>) -> bool {
    let mut close = false;
    ui.horizontal(|ui| {
        if ui.available_width() > TITLED {
            text::title(ui, Command::History.label());
            ui.add_space(space(1.0));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            close = Button::icon_only(Icon::X, "Close").show(ui).clicked();
            ui.add_space(space(0.5));
            let free = !model.history.waiting && model.history.form.is_none();
            let as_published = model.history.standing.published && model.history.is_as_published(&model.prepare);
            let publish =
                Button::quiet("Publish…").icon(Icon::Star).tooltip("Keep this text for ever, as a version with a name");
            if publish.enabled(free && !as_published).show(ui).clicked() {
                out.push(Message::History(History::Ask(Some(Form::Publish))));
            }
            if model.history.standing.published {
                let draft = Button::plain("Back to draft").tooltip("It no longer counts as published; its versions stay");
                if draft.enabled(free).show(ui).clicked() {
                    out.push(Message::History(History::Withdraw));
                }
            }
            ui.add_space(space(1.0));
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let words = egui::RichText::new(standing(model)).font(theme::body()).color(colours().muted);
                ui.add(egui::Label::new(words).truncate());
            });
        });
    });
    close
}

/// Where the project stands, in a few words.
pub fn standing(model: &Model) -> String {
    let standing = &model.history.standing;
    let Some(last) = standing.last.as_ref().filter(|_| standing.published) else { return "Draft".to_owned() };
    let when = figures::day(&last.made_at, None);
    match model.history.is_as_published(&model.prepare) {
        true => format!("Published {when}"),
        false => format!("Published {when}, edited since"),
    }
}

fn body_ui(ui: &mut Ui, model: &Model, view: &mut HistoryView, screen: &Screen, out: &mut Vec<Message>) {
    let area = ui.available_rect_before_wrap();
    ui.advance_cursor_after_rect(area);
    let list = (area.width() * LIST_SHARE).clamp(*LIST_WIDTH.start(), *LIST_WIDTH.end()).round();
    let split = area.left() + list;
    let left = Rect::from_min_max(area.min, pos2(split, area.bottom()));
    let right = Rect::from_min_max(pos2(split + space(2.5), area.top()), area.max);
    ui.painter().vline(split + space(1.0), area.y_range(), (1.0, colours().line.0));
    ui.scope_builder(UiBuilder::new().max_rect(left), |ui| {
        list::list_ui(ui, model, &mut view.list, screen.today.as_deref(), out);
    });
    ui.scope_builder(UiBuilder::new().max_rect(right), |ui| {
        let Some(version) = model.history.chosen_version() else { return };
        let foot = theme::theme().space.control + space(1.0);
        let above = Rect::from_min_max(right.min, pos2(right.right(), right.bottom() - foot));
        ui.scope_builder(UiBuilder::new().max_rect(above), |ui| {
            compare::compare_ui(ui, model, version, &mut view.rows, screen.today.as_deref(), out);
        });
        let foot = Rect::from_min_max(pos2(right.left(), above.bottom() + space(1.0)), right.max);
        let layout = Layout::right_to_left(Align::Center);
        ui.scope_builder(UiBuilder::new().max_rect(foot).layout(layout), |ui| actions_ui(ui, model, version, out));
    });
}

/// What can be done with the chosen version.
fn actions_ui(ui: &mut Ui, model: &Model, version: &Version, out: &mut Vec<Message>) {
    let history = &model.history;
    let narrow = ui.available_width() < NARROW;
    let ready = matches!(&history.chosen, Some(chosen) if matches!(chosen.read, Read::Ready(_)));
    let present = history.present(&model.prepare) == Some(version.sha256.as_str());
    let kind = if history.form.is_some() { Kind::Quiet } else { Kind::Primary };
    let restore = Button::new(kind, "Restore").icon(Icon::RotateCcw).tooltip(if present {
        "This version is the present script"
    } else {
        "Put it in the place of the script; what is there now is kept, and one undo brings it back"
    });
    if restore.enabled(ready && !present).show(ui).clicked() {
        out.push(Message::History(History::Restore));
    }
    let second = |icon: Icon, label: &'static str, tip: &'static str| {
        if narrow { Button::icon_only(icon, label) } else { Button::quiet(label).icon(icon).tooltip(tip) }
    };
    let fork = second(Icon::CopyPlus, "Open as a new project", "A project of its own with this script and its pictures");
    if fork.enabled(!history.waiting).show(ui).clicked() {
        out.push(Message::History(History::Fork));
    }
    let label = if version.name.is_some() { "Rename…" } else { "Name…" };
    let name = second(Icon::Pencil, label, "A version with a name is kept for ever");
    if name.enabled(history.form.is_none()).show(ui).clicked() {
        out.push(Message::History(History::Ask(Some(Form::Rename(version.seq)))));
    }
}
