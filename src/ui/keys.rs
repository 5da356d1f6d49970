//! Keys of the window as commands of the studio. Which key does what stands in `studio::command`; here is only the
//! translation, and who has the right of way: a text field keeps what it needs for typing, a focused button keeps Space and
//! the arrows.

use egui::{Context, Event, Modifiers};

use crate::studio::command::{Command, Key, Shortcut, for_key};
use crate::studio::{Message, Model};

use super::View;

/// Turns this frame's keys into commands and takes them out of the input, so that no widget acts on them a second time.
pub fn read(ctx: &Context, model: &Model, view: &View, out: &mut Vec<Message>) {
    let focus = Focus::of(ctx, view);
    // A sheet or menu that is open has the keyboard to itself.
    let overlay = ctx.any_popup_open();
    ctx.input_mut(|input| {
        input.events.retain(|event| {
            let Event::Key { key, pressed: true, repeat, modifiers, .. } = event else { return true };
            let Some(shortcut) = shortcut(*key, *modifiers) else { return true };
            let Some(command) = for_key(shortcut, model.page) else { return true };
            // Escape closes what lies on top first.
            let covered = overlay || model.notice.help || view.settings_open || model.record.editing.is_some();
            if command == Command::LeaveFullScreen && (covered || !model.immersive) {
                return true;
            }
            if !focus.yields(shortcut, command) || (overlay && !reaches_everywhere(shortcut)) {
                return true;
            }
            if !*repeat || repeats(command) {
                out.push(Message::Command(command));
            }
            false
        });
    });
}

/// Who has the keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Focus {
    None,
    /// A button, a card.
    Widget,
    /// The script's editor, whose undo is the studio's.
    Editor,
    /// Another field with an undo of its own.
    Field,
}

impl Focus {
    fn of(ctx: &Context, view: &View) -> Focus {
        let focused = ctx.memory(|memory| memory.focused());
        match focused {
            None => Focus::None,
            Some(id) if view.prepare.editor.id() == id => Focus::Editor,
            Some(_) if ctx.text_edit_focused() => Focus::Field,
            Some(_) => Focus::Widget,
        }
    }

    /// True when the key may become a command.
    fn yields(self, shortcut: Shortcut, command: Command) -> bool {
        match self {
            Focus::None => true,
            Focus::Widget => {
                !matches!(shortcut.key, Key::Space | Key::Up | Key::Down | Key::Left | Key::Right) || shortcut.command
            }
            Focus::Editor => reaches_everywhere(shortcut),
            Focus::Field => reaches_everywhere(shortcut) && !matches!(command, Command::Undo | Command::Redo),
        }
    }
}

/// Keys that never write text.
fn reaches_everywhere(shortcut: Shortcut) -> bool {
    shortcut.command || matches!(shortcut.key, Key::F(_))
}

/// Commands that go on while the key is held; the others would do and undo.
fn repeats(command: Command) -> bool {
    use Command::{Faster, Larger, LineDown, LineUp, SkipBack, SkipOn, Slower, Smaller, StepBack, StepOn};
    matches!(command, LineUp | LineDown | Faster | Slower | Larger | Smaller | StepBack | StepOn | SkipBack | SkipOn)
}

/// The key as the studio names it; `None` for what it has no name for.
fn shortcut(key: egui::Key, modifiers: Modifiers) -> Option<Shortcut> {
    if modifiers.alt {
        return None;
    }
    let key = named(key)?;
    // A sign that needs Shift on one keyboard needs none on another.
    let sign = matches!(key, Key::Char(c) if !c.is_ascii_alphabetic());
    Some(Shortcut { command: modifiers.command, shift: modifiers.shift && !sign, key })
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
        E::Delete => Key::Delete,
        E::Escape => Key::Escape,
        E::Plus => Key::Char('+'),
        E::Equals => Key::Char('='),
        E::Minus => Key::Char('-'),
        E::OpenBracket => Key::Char('['),
        E::CloseBracket => Key::Char(']'),
        E::Comma => Key::Char(','),
        E::Period => Key::Char('.'),
        other => return letter_or_function(other.name()),
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
        assert_eq!(for_key(space, Page::Record), Some(Command::TogglePrompter));
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
        assert_eq!(for_key(next, Page::Record), Some(Command::NextScene));
        assert!(Focus::Widget.yields(next, Command::NextScene));
    }

    #[test]
    fn signs_are_the_same_with_and_without_shift() {
        let plus = shortcut(egui::Key::Plus, Modifiers::SHIFT).unwrap();
        assert_eq!(for_key(plus, Page::Record), Some(Command::Larger));
    }
}
