//! Keys of the window as commands of the studio. Which key does what is `studio::keys`' matter; here is only the translation, and who has the right of way: a text field keeps what it needs for typing, a focused button keeps Space and
//! the arrows.

use std::sync::Arc;

use egui::{Context, Event, Id, Modifiers};

use crate::studio::command::{Command, Key, Media, Shortcut};
use crate::studio::keys::Keys;
use crate::studio::{Message, Model};

use super::View;
use super::pages::library::{list, tools};
use super::shell::key_list;
use super::widgets::menu;

/// Turns this frame's keys into commands and takes them out of the input, so that no widget acts on them a second time.
pub fn read(ctx: &Context, model: &Model, view: &mut View, out: &mut Vec<Message>) {
    ctx.data_mut(|data| data.insert_temp(Id::unique("keys in force"), Arc::clone(&model.keys)));
    // The next key is to be a command's, not to give one.
    if view.keys.asks() {
        return key_list::hear(ctx, model, &mut view.keys, out);
    }
    let focus = Focus::of(ctx, view);
    // A sheet or menu that is open has the keyboard to itself.
    let overlay = menu::any_open(ctx);
    let mut search = false;
    ctx.input_mut(|input| {
        input.events.retain(|event| {
            let Event::Key { key, pressed: true, repeat, modifiers, .. } = event else { return true };
            let Some(shortcut) = shortcut(*key, *modifiers) else { return true };
            let Some(command) = model.keys.command(shortcut, model.page) else { return true };
            // Escape closes what lies on top first.
            let asked = model.record.mute.question.is_some() || model.queue.asks();
            let over = model.sheet.is_some() || view.record.look.open || model.record.editing.is_some() || asked;
            let covered = overlay || model.notice.help || over;
            if command == Command::LeaveFullScreen && (covered || !model.immersive) {
                return true;
            }
            if !focus.yields(shortcut, command) || (overlay && !shortcut.writes_nothing()) {
                return true;
            }
            if !*repeat || repeats(command) {
                out.push(Message::Command(command));
                search |= command == Command::Find && shortcut.command;
            }
            false
        });
    });
    if search {
        // At once, so that what is typed right behind the key is not lost. A key that writes its sign would write it there.
        ctx.memory_mut(|memory| memory.request_focus(tools::search_id()));
    }
}

/// The key of a command in force, as people write it; empty when there is none.
pub fn text(ctx: &Context, command: Command) -> String {
    let keys: Option<Arc<Keys>> = ctx.data(|data| data.get_temp(Id::unique("keys in force")));
    keys.map_or_else(String::new, |keys| keys.text(command))
}

/// What something does, with its key in brackets where it has one.
pub fn hint(ctx: &Context, what: &str, command: Command) -> String {
    let key = text(ctx, command);
    if key.is_empty() { what.to_owned() } else { format!("{what}  ({key})") }
}

/// Who has the keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Focus {
    None,
    /// A button, a card.
    Widget,
    /// The script's editor, whose undo is the studio's.
    Editor,
    /// The library's list, which keeps only the arrows, and takes them itself.
    List,
    /// Another field with an undo of its own.
    Field,
}

impl Focus {
    fn of(ctx: &Context, view: &View) -> Focus {
        let focused = ctx.memory(|memory| memory.focused());
        match focused {
            None => Focus::None,
            Some(id) if view.prepare.editor.id() == id => Focus::Editor,
            Some(id) if list::id() == id => Focus::List,
            Some(_) if ctx.text_edit_focused() => Focus::Field,
            Some(_) => Focus::Widget,
        }
    }

    /// True when the key may become a command.
    fn yields(self, shortcut: Shortcut, command: Command) -> bool {
        match self {
            Focus::None | Focus::List => true,
            Focus::Widget => {
                !matches!(shortcut.key, Key::Space | Key::Enter | Key::Tab | Key::Up | Key::Down | Key::Left | Key::Right)
                    || shortcut.command
            }
            Focus::Editor => shortcut.writes_nothing(),
            Focus::Field => {
                let own = matches!(command, Command::Undo | Command::Redo | Command::PutBack | Command::ChooseAll);
                shortcut.writes_nothing() && !own
            }
        }
    }
}

/// Commands that go on while the key is held; the others would do and undo.
fn repeats(command: Command) -> bool {
    use Command::{Faster, Larger, LineDown, LineUp, SkipBack, SkipOn, Slower, Smaller, StepBack, StepOn};
    matches!(command, LineUp | LineDown | Faster | Slower | Larger | Smaller | StepBack | StepOn | SkipBack | SkipOn)
}

/// The key as the studio names it; `None` for what it has no name for.
pub fn shortcut(key: egui::Key, modifiers: Modifiers) -> Option<Shortcut> {
    if modifiers.alt {
        return None;
    }
    Some(Shortcut::typed(modifiers.command, modifiers.shift, named(key)?))
}

fn named(key: egui::Key) -> Option<Key> {
    use egui::Key as E;
    Some(match key {
        E::Space => Key::Space,
        E::ArrowUp => Key::Up,
        E::ArrowDown => Key::Down,
        E::ArrowLeft => Key::Left,
        E::ArrowRight => Key::Right,
        E::PageUp => Key::PageUp,
        E::PageDown => Key::PageDown,
        E::Home => Key::Home,
        E::End => Key::End,
        E::Insert => Key::Insert,
        E::Delete => Key::Delete,
        E::Backspace => Key::Backspace,
        E::Enter => Key::Enter,
        E::Tab => Key::Tab,
        E::Escape => Key::Escape,
        E::MediaPlayPause => Key::Media(Media::PlayPause),
        E::MediaStop => Key::Media(Media::Stop),
        E::MediaTrackNext => Key::Media(Media::Next),
        E::MediaTrackPrevious => Key::Media(Media::Previous),
        other if sign(other).is_some() => Key::Char(sign(other)?),
        other => return letter_or_function(other.name()),
    })
}

fn sign(key: egui::Key) -> Option<char> {
    use egui::Key as E;
    Some(match key {
        E::Plus => '+',
        E::Equals => '=',
        E::Minus => '-',
        E::Comma => ',',
        E::Period => '.',
        E::Colon => ':',
        E::Semicolon => ';',
        E::OpenBracket => '[',
        E::CloseBracket => ']',
        E::OpenCurlyBracket => '{',
        E::CloseCurlyBracket => '}',
        E::Slash => '/',
        E::Backslash => '\\',
        E::Pipe => '|',
        E::Questionmark => '?',
        E::Exclamationmark => '!',
        E::Backtick => '`',
        E::Quote => '\'',
        _ => return None,
    })
}

/// Letters, digits and F keys, by egui's names for them (`A`, `7`, `F11`).
fn letter_or_function(name: &str) -> Option<Key> {
    let mut letters = name.chars();
    match (letters.next()?, letters.as_str()) {
        (c, "") if c.is_ascii_alphanumeric() => Some(Key::Char(c.to_ascii_uppercase())),
        ('F', number) => number.parse().ok().map(Key::F),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::studio::Page;
    use crate::studio::command::COMMANDS;

    #[test]
    fn every_shortcut_can_be_typed() {
        for entry in COMMANDS {
            for wanted in entry.keys {
                let typed = egui::Key::ALL.iter().any(|key| {
                    let modifiers =
                        Modifiers { command: wanted.command, ctrl: wanted.command, shift: wanted.shift, ..Modifiers::NONE };
                    shortcut(*key, modifiers) == Some(*wanted)
                });
                assert!(typed, "{} cannot be typed", wanted);
            }
        }
    }

    #[test]
    fn typing_is_never_a_command() {
        let space = shortcut(egui::Key::Space, Modifiers::NONE).unwrap();
        assert_eq!(Keys::default().command(space, Page::Record), Some(Command::TogglePrompter));
        assert!(Focus::None.yields(space, Command::TogglePrompter));
        for focus in [Focus::Widget, Focus::Editor, Focus::Field] {
            assert!(!focus.yields(space, Command::TogglePrompter), "{focus:?}");
        }
        let undo = shortcut(egui::Key::Z, Modifiers::COMMAND).unwrap();
        assert!(Focus::Editor.yields(undo, Command::Undo));
        assert!(!Focus::Field.yields(undo, Command::Undo));
        assert_eq!(shortcut(egui::Key::S, Modifiers::ALT), None);
    }

    #[test]
    fn a_presenter_turns_pages_even_with_a_button_in_focus() {
        let next = shortcut(egui::Key::PageDown, Modifiers::NONE).unwrap();
        assert_eq!(Keys::default().command(next, Page::Record), Some(Command::NextScene));
        assert!(Focus::Widget.yields(next, Command::NextScene));
    }

    #[test]
    fn a_presenter_starts_and_pauses_unconfigured() {
        for key in [egui::Key::Period, egui::Key::B, egui::Key::F5] {
            let pressed = shortcut(key, Modifiers::NONE).unwrap();
            assert_eq!(Keys::default().command(pressed, Page::Record), Some(Command::TogglePrompter), "{key:?}");
        }
    }

    #[test]
    fn every_key_of_a_keyboard_has_a_name_that_is_read_back() {
        let typed: Vec<Shortcut> = egui::Key::ALL.iter().filter_map(|key| shortcut(*key, Modifiers::SHIFT)).collect();
        assert!(typed.len() > 100, "{}", typed.len());
        for shortcut in typed {
            assert_eq!(Shortcut::read(&shortcut.to_string()), Some(shortcut));
        }
    }

    #[test]
    fn signs_are_the_same_with_and_without_shift() {
        let plus = shortcut(egui::Key::Plus, Modifiers::SHIFT).unwrap();
        assert_eq!(Keys::default().command(plus, Page::Record), Some(Command::Larger));
    }
}
