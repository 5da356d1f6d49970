//! The list when nothing is in it: because the library is empty, because nothing is like what is looked for, because the bin
//! is empty, or because the search failed. Each says what to do next, with one button.

use egui::Ui;
use lucide_icons::Icon;

use crate::core::library::Query;
use crate::studio::library::{Message as Library, Search};
use crate::studio::{Message, Model, import};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::empty::empty_state;

/// Fills the space of the list.
pub fn nothing_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Message>) {
    let library = &model.library;
    let query = &library.query;
    match &library.search {
        // A moment; a word that comes and goes would only flicker.
        Search::Never | Search::Running { .. } => {}
        Search::Failed(problem) => {
            let button = Button::primary("Try again").icon(Icon::RefreshCw);
            if empty_state(ui, Icon::TriangleAlert, &problem.what, &problem.fix, button).clicked() {
                out.push(Message::Library(Library::Changed));
            }
        }
        Search::Done if library.filtered() => {
            let sentence = if query.words.trim().is_empty() {
                "No item is of this kind, source and tag together.".to_owned()
            } else {
                format!("No name, tag, description, project or prompt has “{}”.", query.words.trim())
            };
            let button = Button::quiet("Show everything").icon(Icon::X);
            if empty_state(ui, Icon::SearchX, "Nothing found", &sentence, button).clicked() {
                let all = Query { binned: query.binned, sort: query.sort, ascending: query.ascending, ..Query::default() };
                out.push(Message::Library(Library::Ask(all)));
            }
        }
        Search::Done if query.binned => {
            let sentence = "What is moved to the bin stays there for 30 days and can be put back.";
            let button = Button::quiet("Back to the library");
            if empty_state(ui, Icon::Trash2, "The bin is empty", sentence, button).clicked() {
                out.push(Message::Library(Library::Ask(Query { binned: false, ..query.clone() })));
            }
        }
        Search::Done => {
            let sentence = "Drop videos, sound and pictures here, or choose them. Your takes come by themselves.";
            let button = Button::primary("Import files…").icon(Icon::Plus);
            if empty_state(ui, Icon::Images, "Nothing in the library yet", sentence, button).clicked() {
                out.push(Message::Import(import::Message::Pick { folder: false, link: false, project: None }));
            }
        }
    }
}
