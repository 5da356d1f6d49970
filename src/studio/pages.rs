//! Going from page to page, and what lies over one.

use super::{
    Action, Effect, Message, Model, Page, Sheet, devices, displays, engines, history, library, prompter, queue, review, scenes,
    screen, storage, sync,
};

/// A take or a rehearsal holds the Record page until it is stopped.
pub(super) fn go(model: &mut Model, page: Page) -> Vec<Action> {
    if model.page == page {
        return Vec::new();
    }
    if let Some(what) = model.busy().filter(|_| page != Page::Record) {
        return vec![Action::say(format!("The {what} is still running. Stop it before you leave this page."))];
    }
    let from = std::mem::replace(&mut model.page, page);
    model.sheet = None;
    let mut actions = Vec::new();
    if from == Page::Record {
        model.record.editing = None;
        model.record.mute.question = None;
        actions.push(Action::Tell(Message::Devices(devices::Message::Close)));
        actions.push(Action::Tell(Message::Screen(screen::Message::Close)));
        actions.push(Action::Tell(Message::Prompter(prompter::Message::Pause)));
        if std::mem::take(&mut model.immersive) {
            actions.push(Action::Do(Effect::Fullscreen(false)));
        }
    }
    if from == Page::Prepare {
        actions.push(Action::Tell(Message::Scenes(scenes::Message::Sheet(scenes::shown::Message::Close))));
    }
    if from == Page::Review {
        actions.push(Action::Tell(Message::Review(review::Message::Leave)));
    }
    if from == Page::Library {
        actions.push(Action::Tell(Message::Library(library::Message::Leave)));
    }
    match page {
        Page::Record => actions.extend([
            Action::Tell(Message::Devices(devices::Message::Open)),
            Action::Tell(Message::Screen(screen::Message::Open)),
        ]),
        Page::Review => actions.push(Action::Tell(Message::Review(review::Message::Enter))),
        Page::Library => actions.push(Action::Tell(Message::Library(library::Message::Enter))),
        Page::Queue => actions.push(Action::Tell(Message::Queue(queue::Message::Enter))),
        Page::Prepare => {}
    }
    actions
}

pub(super) fn show_sheet(model: &mut Model, sheet: Sheet) -> Vec<Action> {
    model.sheet = if model.sheet == Some(sheet) { None } else { Some(sheet) };
    match model.sheet {
        Some(Sheet::Displays) => vec![Action::Tell(Message::Displays(displays::Message::Look))],
        Some(Sheet::Settings) => {
            vec![Action::Tell(Message::Screen(screen::Message::List)), Action::Tell(Message::Storage(storage::Message::Look))]
        }
        Some(Sheet::History) => {
            model.history.form = None;
            vec![Action::Tell(Message::History(history::Message::Show))]
        }
        // What it says of engines on this machine is true when it is shown.
        Some(Sheet::Engines) => vec![
            Action::Tell(Message::Engines(engines::Message::Look)),
            Action::Tell(Message::Engines(engines::Message::Probe { aloud: false })),
        ],
        // What it needs it asks for while it is shown.
        Some(Sheet::Server) => vec![Action::Tell(Message::Sync(sync::Message::List))],
        // Which engines have a key.
        Some(Sheet::Theme | Sheet::Prompt | Sheet::Film) => vec![Action::Tell(Message::Engines(engines::Message::Look))],
        Some(Sheet::Captions) => vec![
            Action::Tell(Message::Engines(engines::Message::Look)),
            Action::Tell(Message::Review(review::Message::Captions(review::captions::Message::Want))),
        ],
        Some(Sheet::Messages) => {
            model.notice.read();
            Vec::new()
        }
        Some(Sheet::Phones | Sheet::Versions | Sheet::Style) | None => Vec::new(),
    }
}
