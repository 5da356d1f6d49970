//! A job that failed: the engine's own words, what kind of failure it is, what to do about it, and the buttons that do it. An opaque
//! failure is what people complain of most, so nothing of it is hidden.

use egui::{Align, Layout, Rect, Response, RichText, ScrollArea, TextEdit, Ui, UiBuilder, pos2, vec2};
use lucide_icons::Icon;

use crate::core::generate::{Class, Failure};
use crate::core::queue::Row;
use crate::studio::queue::{Again, Message as Queue};
use crate::studio::{Message, Sheet, queue};
use crate::ui::models;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{menu, text};

use super::actions::FETCH;
use super::row::{self, Columns, Ways};
use super::words;

/// From this width on the buttons have their words.
const WITH_WORDS: f32 = 860.0;
const EDIT: f32 = 440.0;

/// Draws what a failed row says, and its buttons.
pub fn failure_ui(ui: &mut Ui, rect: Rect, job: &Row, columns: &Columns, ways: &mut Ways<'_>) {
    let unknown = Failure::new(Class::Here, job.job.problem.clone().unwrap_or_else(|| "Nobody said why.".to_owned()));
    let failure = job.failure.as_ref().unwrap_or(&unknown).clone();
    let foot = Rect::from_min_max(
        pos2(rect.left(), rect.bottom() - space(4.75)),
        pos2(rect.right() - space(0.5), rect.bottom() - space(0.75)),
    );
    let builder = UiBuilder::new().max_rect(foot).id_salt(("failed", &job.job.id)).layout(Layout::right_to_left(Align::Center));
    let buttons = ui.scope_builder(builder, |ui| buttons_ui(ui, rect.width() >= WITH_WORDS, job, &failure, ways)).response.rect;
    said_ui(ui, rect, job, &failure, columns, buttons.left() - space(1.5), ways);
}

/// What was ordered, what the engine said in up to two rows as wide as the list, and what to do about it beside the buttons.
fn said_ui(ui: &Ui, rect: Rect, job: &Row, failure: &Failure, columns: &Columns, end: f32, ways: &Ways<'_>) {
    let c = colours();
    let left = rect.left() + columns.words.0;
    let when = words::ago(
        job.job.ended_at.as_ref().unwrap_or(&job.job.updated_at),
        ways.screen.wall.as_deref(),
        ways.screen.today.as_deref(),
    );
    let refunded = if failure.refunded { "  ·  money back" } else { "" };
    let (when, colour) = (format!("{when}{refunded}"), c.muted.0);
    let when = text::truncated(ui, &when, theme::small(), colour, space(28.0));
    let top = rect.top() + space(1.0);
    let line = |y: f32, words: &str, font, colour, room: f32| {
        let galley = text::truncated(ui, words, font, colour, room.max(space(4.0)));
        ui.painter().galley(pos2(left, y), galley, colour);
    };
    let right = rect.right() - space(1.5);
    let wide = right - left - when.size().x - space(2.0);
    ui.painter().galley(pos2(right - when.size().x, top + 2.0), when, colour);
    line(top, &words::prompt(job), theme::body(), c.text.0, wide);
    let place = queue::scene(job);
    line(top + space(2.5), &words::about(ways.model, job, place.as_ref()), theme::small(), c.muted.0, wide);
    let said = top + space(5.5);
    let after = row::badge(ui, pos2(left, said + space(1.0)), failure.class.label()) + space(1.0);
    let galley = text::rows(ui, &words::one_line(&failure.words), theme::small(), c.text.0, (right - after).max(space(4.0)), 2);
    ui.painter().galley(pos2(after, said), galley, c.text.0);
    let fix = rect.bottom() - space(3.5);
    line(fix, &words::fix(failure, job.kept), theme::small(), c.muted.0, end - left);
}

/// From the right: off the list, another engine, other words, once more, and what this failure asks for.
fn buttons_ui(ui: &mut Ui, wordy: bool, job: &Row, failure: &Failure, ways: &mut Ways<'_>) {
    ui.spacing_mut().item_spacing.x = space(0.5);
    let id = &job.job.id;
    if Button::icon_only(Icon::X, "Clear from the list").show(ui).clicked() {
        ways.out.push(Message::Queue(Queue::Clear(vec![id.clone()])));
    }
    let button = |ui: &mut Ui, sign: Icon, label: &str, trailing: bool| -> Response {
        let button = if wordy { Button::quiet(label).icon(sign) } else { Button::icon_only(sign, label) };
        let button = if trailing && wordy { button.trailing(Icon::ChevronDown) } else { button };
        button.show(ui)
    };
    let other = button(ui, Icon::Shuffle, "Other engine", true);
    models::menu_ui(&other, ways.model, job.job.kind, |engine, model| {
        let target = Some((engine.to_owned(), model.to_owned()));
        ways.out.push(Message::Queue(Queue::Retry(vec![Again { target, ..Again::same(id) }])));
    });
    let edit = button(ui, Icon::Pencil, "Edit prompt", false);
    edit_ui(ui, &edit, job, ways.out);
    match failure.class {
        Class::Auth => {
            let enter = button(ui, Icon::KeyRound, "Enter the key", false);
            ways.out.extend(enter.clicked().then_some(Message::Sheet(Sheet::Engines)));
        }
        Class::Consent => {
            let agree = button(ui, Icon::Check, "Read and agree", false);
            consent_ui(&agree, job, failure, ways.out);
        }
        _ => {}
    }
    let again = match job.kept {
        true => button(ui, Icon::Download, FETCH, false).on_hover_text("It is paid for: fetching it costs nothing."),
        false => button(ui, Icon::RotateCw, "Retry", false),
    };
    if again.clicked() {
        ways.out.push(Message::Queue(Queue::Retry(vec![Again::same(id)])));
    }
}

/// The prompt in a field; it is made again with what stands there.
fn edit_ui(ui: &Ui, button: &Response, job: &Row, out: &mut Vec<Message>) {
    let place = egui::Id::unique("queue edit").with(&job.job.id);
    if button.clicked() {
        let proposed = job.failure.as_ref().and_then(proposed).unwrap_or_else(|| job.prompt.clone());
        ui.data_mut(|data| data.insert_temp(place, proposed));
    }
    menu::panel(button, EDIT, |ui| {
        let mut words = ui.data(|data| data.get_temp::<String>(place)).unwrap_or_default();
        text::body(ui, "Make it again with these words");
        let field = TextEdit::multiline(&mut words)
            .desired_rows(5)
            .desired_width(ui.available_width())
            .background_color(colours().surface.0)
            .margin(egui::Margin::same(8));
        let response = ui.add(field).accessible_name("Prompt");
        if response.changed() {
            ui.data_mut(|data| data.insert_temp(place, words.clone()));
        }
        ui.horizontal(|ui| {
            let ready = !words.trim().is_empty() && words.trim() != job.prompt.trim();
            if Button::primary("Make again").enabled(ready).show(ui).clicked() {
                let prompt = Some(words.trim().to_owned());
                out.push(Message::Queue(Queue::Retry(vec![Again { prompt, ..Again::same(&job.job.id) }])));
                ui.close();
            }
            if Button::plain("Leave it").show(ui).clicked() {
                ui.close();
            }
        });
    });
}

/// Other words that the engine itself proposes.
fn proposed(failure: &Failure) -> Option<String> {
    let proposal = failure.proposal.as_ref()?;
    let words = ["prompt", "suggested_prompt"].iter().find_map(|key| proposal.get(key)).or(Some(proposal));
    words.and_then(|words| words.as_str()).map(str::to_owned)
}

/// What the engine wants to be agreed to, in its own words.
fn consent_ui(button: &Response, job: &Row, failure: &Failure, out: &mut Vec<Message>) {
    menu::panel(button, EDIT, |ui| {
        text::body(ui, "The engine asks for your consent");
        ScrollArea::vertical().max_height(240.0).show(ui, |ui| {
            ui.label(RichText::new(&failure.words).font(theme::small()).color(colours().text));
            if let Some(proposal) = &failure.proposal {
                let whole = serde_json::to_string_pretty(proposal).unwrap_or_default();
                ui.label(RichText::new(whole).font(theme::small()).color(colours().muted));
            }
        });
        ui.add_space(space(0.5));
        ui.horizontal(|ui| {
            if Button::primary("I agree, make it").show(ui).clicked() {
                out.push(Message::Queue(Queue::Retry(vec![Again { agreed: true, ..Again::same(&job.job.id) }])));
                ui.close();
            }
            if Button::plain("No").show(ui).clicked() {
                ui.close();
            }
        });
        ui.allocate_space(vec2(0.0, 0.0));
    });
}
