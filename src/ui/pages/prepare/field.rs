//! A line of the script in a field of one row. Each change is an edit of the script's text at once; what is being typed is kept here only
//! while its field has the caret, because the script tidies spaces that a person is about to type behind.

use egui::text::{CCursor, CCursorRange, CharIndex};
use egui::{Margin, RichText, TextEdit, Ui};

use crate::ui::theme::{self, colours};

/// The text of the field that has the caret.
#[derive(Default)]
pub struct Typing(Option<Draft>);

struct Draft {
    scene: usize,
    key: &'static str,
    text: String,
}

/// A field to be shown.
pub struct Field<'a> {
    pub scene: usize,
    /// The line's key in the scene, or another word for what is written.
    pub key: &'static str,
    /// For screen readers.
    pub name: &'a str,
    /// Stands there in grey while nothing is written.
    pub hint: &'a str,
    pub now: &'a str,
    /// The caret goes there, with all of it chosen.
    pub take_caret: bool,
}

impl<'a> Field<'a> {
    /// One whose hint is its name.
    pub fn of(scene: usize, key: &'static str, name: &'a str, now: &'a str) -> Field<'a> {
        Field { scene, key, name, hint: name, now, take_caret: false }
    }

    /// Answers with its text when it changed.
    pub fn show(self, ui: &mut Ui, typing: &mut Typing) -> Option<String> {
        let Field { scene, key, .. } = self;
        typing.0.take_if(|draft| draft.scene != scene);
        let draft = typing.0.take_if(|draft| draft.key == key);
        let mut text = draft.map_or_else(|| self.now.to_owned(), |draft| draft.text);
        let edit = TextEdit::singleline(&mut text)
            .id_salt((key, scene))
            .hint_text(RichText::new(self.hint).font(theme::body()).color(colours().muted))
            .margin(Margin::symmetric(theme::space(1.0) as i8, 6))
            .desired_width(ui.available_width());
        let output = edit.show(ui);
        let response = output.response.response.accessible_name(self.name);
        if self.take_caret {
            response.request_focus();
            // The whole of it is chosen, so that typing replaces it.
            let mut state = output.state;
            let all = CCursorRange::two(CCursor::default(), CCursor::new(CharIndex(text.chars().count())));
            state.cursor.set_char_range(Some(all));
            state.store(ui.ctx(), response.id);
        }
        let changed = response.changed();
        if response.has_focus() {
            typing.0 = Some(Draft { scene, key, text: text.clone() });
        }
        changed.then_some(text)
    }
}
