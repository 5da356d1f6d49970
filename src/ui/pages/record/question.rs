//! Whether a take is to be recorded without sound: asked in the middle of the page before the countdown, and answered with one
//! key. Enter is yes, Escape is no.

use egui::{Align, Key, Layout, Modifiers, Rect, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2};
use lucide_icons::Icon;

use crate::studio::record::Message as Record;
use crate::studio::record::mute::{Answer, Cause};
use crate::studio::{Message, Model};
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{icon, text};

use super::places::Places;

const WIDTH: f32 = 480.0;
const ICON: f32 = 28.0;

/// Whether the question has been given the keyboard; once, so that Tab leads on.
#[derive(Default)]
pub struct Keyboard {
    given: bool,
}

/// Draws the question while it is asked.
pub fn question_ui(ui: &mut Ui, model: &Model, keyboard: &mut Keyboard, places: &Places, out: &mut Vec<Message>) {
    let Some(question) = &model.record.mute.question else {
        keyboard.given = false;
        return;
    };
    // What is open on top of the page has the keyboard first.
    let covered = model.sheet.is_some() || model.notice.help;
    let answer = answer_by_key(ui, covered);
    if let Some(answer) = answer.or(card_ui(ui, &Words::of(&question.cause), keyboard, places)) {
        out.push(Message::Record(Record::Mute(answer)));
    }
}

/// What the card says.
struct Words {
    head: &'static str,
    what: String,
    yes: &'static str,
}

impl Words {
    fn of(cause: &Cause) -> Words {
        match cause {
            Cause::Failed(problem) => {
                Words { head: "Record without sound?", what: problem.what.clone(), yes: "Record without sound" }
            }
            Cause::Silent(name) => Words {
                head: "Record without sound?",
                what: format!("“{name}” is open, but gives no sound. It may be switched off."),
                yes: "Record anyway",
            },
        }
    }
}

/// Escape always; Enter where no button has the keyboard, because there the button takes it.
fn answer_by_key(ui: &Ui, covered: bool) -> Option<Answer> {
    if covered {
        return None;
    }
    let free = ui.memory(|memory| memory.focused().is_none());
    ui.input_mut(|input| {
        if input.consume_key(Modifiers::NONE, Key::Escape) {
            return Some(Answer::Cancel);
        }
        (free && input.consume_key(Modifiers::NONE, Key::Enter)).then_some(Answer::Record)
    })
}

fn card_ui(ui: &mut Ui, words: &Words, keyboard: &mut Keyboard, places: &Places) -> Option<Answer> {
    let c = colours();
    let stage = places.stage;
    let width = WIDTH.min(stage.width() - space(3.0));
    let what = text::Sentence::new(ui, &words.what, c.muted.0, width - space(5.0));
    let control = theme::theme().space.control;
    let height = space(2.5) + ICON + space(1.5) + space(3.5) + what.height() + space(2.0) + control + space(2.5);
    // Between the words and the controls where there is room, else right above the controls.
    let (top, bottom) = (places.prompter.bottom(), places.bar.top());
    let room = bottom - top >= height + space(2.0);
    let middle = if room { (top + bottom) / 2.0 } else { bottom - space(1.0) - height / 2.0 };
    let middle = pos2(stage.center().x, middle.max(stage.top() + height / 2.0));
    let card = Rect::from_center_size(middle, vec2(width, height));
    let above = Rect::from_min_max(stage.min, pos2(stage.right(), places.bar.top().max(card.bottom())));
    // Clicks beside its buttons are not for what lies under it.
    ui.interact(above, ui.scope_id().with("question"), Sense::click());
    ui.painter().rect_filled(above, 0.0, c.scrim);
    ui.painter().rect(card, theme::radius(), c.surface, Stroke::new(1.0, c.outline), StrokeKind::Inside);
    let mut y = card.top() + space(2.5);
    icon(ui.painter(), pos2(card.center().x, y + ICON / 2.0), Icon::MicOff, ICON, c.accent.0);
    y += ICON + space(1.5);
    let head = ui.painter().text(pos2(card.center().x, y), egui::Align2::CENTER_TOP, words.head, theme::title(), c.text.0);
    let named = ui.interact(head, ui.scope_id().with("head"), Sense::hover());
    named.widget_info(|| WidgetInfo::labeled(Role::Label, true, words.head));
    y += space(3.5);
    what.show(ui, pos2(card.center().x, y));
    let foot = Rect::from_min_max(
        pos2(card.left() + space(2.5), card.bottom() - space(2.5) - control),
        pos2(card.right() - space(2.5), card.bottom() - space(2.5)),
    );
    ui.scope_builder(UiBuilder::new().max_rect(foot).layout(Layout::right_to_left(Align::Center)), |ui| {
        buttons_ui(ui, words, keyboard)
    })
    .inner
}

fn buttons_ui(ui: &mut Ui, words: &Words, keyboard: &mut Keyboard) -> Option<Answer> {
    let yes = Button::primary(words.yes).show(ui);
    if !std::mem::replace(&mut keyboard.given, true) {
        yes.request_focus();
    }
    let choose = Button::quiet("Choose microphone…").show(ui);
    let cancel = ui.with_layout(Layout::left_to_right(Align::Center), |ui| Button::plain("Cancel").show(ui)).inner;
    let answers = [(yes, Answer::Record), (choose, Answer::Choose), (cancel, Answer::Cancel)];
    answers.into_iter().find(|(button, _)| button.clicked()).map(|(_, answer)| answer)
}
