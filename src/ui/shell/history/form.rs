//! The row that asks for a name: of what is published, or of a version.

use egui::text::{CCursor, CCursorRange, CharIndex};
use egui::{Align, Key, Layout, Margin, TextEdit, Ui};
use lucide_icons::Icon;

use crate::core::history::MAX_NAME;
use crate::studio::history::{Form, Message as History};
use crate::studio::{Message, Model};
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::text;

/// What is being typed, and for what.
#[derive(Default)]
pub struct Draft {
    form: Option<Form>,
    text: String,
}

pub fn form_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, out: &mut Vec<Message>) {
    let fresh = draft.form != model.history.form;
    if fresh {
        draft.form = model.history.form;
        draft.text = match draft.form {
            Some(Form::Rename(seq)) => model.history.version(seq).and_then(|version| version.name.clone()).unwrap_or_default(),
            _ => String::new(),
        };
    }
    let Some(form) = draft.form else { return };
    let (label, name, hint, act) = match form {
        Form::Publish => ("Publish as", "Name of the published version", "Published (a name is not needed)", "Publish"),
        Form::Rename(_) => ("Name", "Name of the version", "Without a name", "Save the name"),
    };
    ui.add_space(space(0.5));
    ui.horizontal(|ui| {
        text::body(ui, label);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let cancel = Button::plain("Cancel").show(ui).clicked();
            let done = Button::primary(act).icon(Icon::Check).show(ui).clicked();
            let field = TextEdit::singleline(&mut draft.text)
                .hint_text(egui::RichText::new(hint).font(theme::body()).color(colours().muted))
                .char_limit(MAX_NAME)
                .background_color(colours().background.0)
                .margin(Margin::symmetric(space(1.0) as i8, 6))
                .desired_width(ui.available_width());
            let mut shown = field.show(ui);
            let response = shown.response.response.accessible_name(name);
            if fresh {
                response.request_focus();
                let all = CCursorRange::two(CCursor::default(), CCursor::new(CharIndex(draft.text.chars().count())));
                shown.state.cursor.set_char_range(Some(all));
                shown.state.store(ui.ctx(), response.id);
            }
            let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            if done || entered {
                let name = draft.text.clone();
                out.push(Message::History(match form {
                    Form::Publish => History::Publish { name },
                    Form::Rename(seq) => History::Name { seq, name },
                }));
            } else if cancel {
                out.push(Message::History(History::Ask(None)));
            }
        });
    });
    ui.add_space(space(0.5));
}
