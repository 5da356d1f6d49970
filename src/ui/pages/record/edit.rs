//! Editing while the prompter runs: the words of the scene that was read when the field was opened. Enter puts them on every
//! display at once, and what is being read stays where it is; Escape leaves everything as it was.

use egui::text::{CCursor, CCursorRange, CharIndex};
use egui::text_edit::TextEditState;
use egui::{
    Align, Frame, Id, Key, KeyboardShortcut, Layout, Margin, Modifiers, Rect, ScrollArea, Stroke, StrokeKind, TextEdit, Ui,
    UiBuilder, pos2, vec2,
};
use lucide_icons::Icon;

use crate::core::time::Moment;
use crate::studio::{Message, Model, record};
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::text;

use super::places::Places;

const WIDEST: f32 = 720.0;
const TALLEST: f32 = 248.0;
/// With less room between words and controls the field lies over the controls.
const LEAST: f32 = 136.0;

/// What the field may forget.
#[derive(Default)]
pub struct Field {
    draft: Option<Draft>,
}

struct Draft {
    scene: usize,
    text: String,
    /// Byte where the caret begins: the sentence that was being read.
    caret: Option<usize>,
    /// It had the keyboard when it was last drawn: Escape takes that away before anybody can ask.
    focused: bool,
}

/// Draws the field while it is open.
pub fn edit_ui(ui: &mut Ui, model: &Model, field: &mut Field, places: &Places, now: Moment, out: &mut Vec<Message>) {
    let Some(scene) = model.record.editing else {
        field.draft = None;
        return;
    };
    if field.draft.as_ref().is_none_or(|draft| draft.scene != scene) {
        field.draft = draft(model, scene, now);
    }
    let Some(draft) = &mut field.draft else { return done(None, out) };
    let card = card(places);
    let c = colours();
    ui.painter().rect(card, theme::radius(), c.surface, Stroke::new(1.0, c.outline), StrokeKind::Inside);
    let inner = card.shrink(space(1.5));
    let head = Rect::from_min_max(inner.min, pos2(inner.right(), inner.top() + theme::theme().space.control));
    ui.scope_builder(UiBuilder::new().max_rect(head).layout(Layout::right_to_left(Align::Center)), |ui| {
        if Button::icon_only(Icon::X, "Leave it as it was").show(ui).clicked() {
            done(None, out);
        }
        let put = Button::primary("Put it on").tooltip("Show it on every display  (Enter)");
        if put.show(ui).clicked() {
            done(Some(draft.text.clone()), out);
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let title = model.prepare.script.scenes.get(scene).map_or_else(String::new, |content| content.title(scene));
            let words = format!("Scene {}  ·  {title}", scene + 1);
            let galley = text::truncated(ui, &words, theme::small(), c.muted.0, ui.available_width());
            ui.label(galley);
        });
    });
    let body = Rect::from_min_max(pos2(inner.left(), head.bottom() + space(1.0)), inner.max);
    ui.scope_builder(UiBuilder::new().max_rect(body), |ui| text_ui(ui, draft, out));
}

/// The present words of a scene, with the caret at the sentence that is read.
fn draft(model: &Model, scene: usize, now: Moment) -> Option<Draft> {
    let script = &model.prepare.script;
    let body = script.body(scene)?;
    let line = model.prompter.line(now).filter(|(of, _)| *of == scene).map_or(0, |(_, line)| line);
    let start = script.scenes.get(scene)?.lines.get(line).map(|line| line.start.saturating_sub(body.start));
    Some(Draft { scene, text: script.source()[body].to_owned(), caret: Some(start.unwrap_or(0)), focused: false })
}

/// Below the words, in the middle; where there is no room, over the controls.
fn card(places: &Places) -> Rect {
    let stage = places.stage;
    let width = (stage.width() - space(3.0)).min(WIDEST).max(places.prompter.width().min(WIDEST));
    let (top, bottom) = (places.prompter.bottom() + space(1.0), places.bar.top() - space(1.0));
    let (top, bottom) = if bottom - top >= LEAST {
        (top.max(bottom - TALLEST), bottom)
    } else {
        let bottom = stage.bottom() - space(1.0);
        ((bottom - LEAST - space(2.0)).max(stage.top()), bottom)
    };
    Rect::from_min_max(pos2(stage.center().x - width / 2.0, top), pos2(stage.center().x + width / 2.0, bottom))
}

fn text_ui(ui: &mut Ui, draft: &mut Draft, out: &mut Vec<Message>) {
    let id = Id::unique("words of a scene");
    if draft.focused {
        // Before the field sees them: it would break the line, or only lose the caret.
        let pressed = |modifiers, key| ui.input_mut(|input| !input.modifiers.shift && input.consume_key(modifiers, key));
        if pressed(Modifiers::NONE, Key::Enter) || pressed(Modifiers::COMMAND, Key::S) {
            done(Some(draft.text.clone()), out);
        } else if pressed(Modifiers::NONE, Key::Escape) {
            done(None, out);
        }
    }
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        let field = TextEdit::multiline(&mut draft.text)
            .id(id)
            .frame(Frame::NONE.inner_margin(Margin::symmetric(space(1.0) as i8, 6)).fill(colours().background.0))
            .return_key(KeyboardShortcut::new(Modifiers::SHIFT, Key::Enter))
            .desired_width(ui.available_width())
            .min_size(vec2(ui.available_width(), ui.available_height()));
        let response = field.show(ui).response.response.accessible_name("Words of this scene");
        draft.focused = response.has_focus();
        if let Some(byte) = draft.caret.take() {
            response.request_focus();
            let before = draft.text.get(..byte).map_or(0, |before| before.chars().count());
            let mut state = TextEditState::load(ui.ctx(), id).unwrap_or_default();
            state.cursor.set_char_range(Some(CCursorRange::one(CCursor::new(CharIndex(before)))));
            state.store(ui.ctx(), id);
        }
    });
}

fn done(text: Option<String>, out: &mut Vec<Message>) {
    out.push(Message::Record(record::Message::EditDone(text)));
}
