//! The window system's keys as ours. What a key does is not known here.

use winit::event::KeyEvent;
use winit::keyboard::{Key as Logical, ModifiersState, NamedKey};

use super::{Key, Press};

/// The key, when it is one that may mean something.
pub fn press(event: &KeyEvent, modifiers: ModifiersState) -> Option<Press> {
    let key = match &event.logical_key {
        Logical::Named(named) => named_key(*named)?,
        Logical::Character(text) => {
            let mut chars = text.chars().flat_map(char::to_uppercase);
            match (chars.next(), chars.next()) {
                (Some(' '), None) => Key::Space,
                (Some(c), None) => Key::Char(c),
                _ => return None,
            }
        }
        _ => return None,
    };
    // Shift makes another sign of a key on many layouts (“+” is Shift and “=”): it belongs to the sign then.
    let sign = matches!(key, Key::Char(c) if !c.is_alphabetic());
    Some(Press { ctrl: modifiers.control_key() || modifiers.super_key(), shift: modifiers.shift_key() && !sign, key })
}

fn named_key(named: NamedKey) -> Option<Key> {
    Some(match named {
        NamedKey::Space => Key::Space,
        NamedKey::ArrowUp => Key::Up,
        NamedKey::ArrowDown => Key::Down,
        NamedKey::ArrowLeft => Key::Left,
        NamedKey::ArrowRight => Key::Right,
        NamedKey::PageUp => Key::PageUp,
        NamedKey::PageDown => Key::PageDown,
        NamedKey::Home => Key::Home,
        NamedKey::Delete => Key::Delete,
        NamedKey::Escape => Key::Escape,
        NamedKey::F1 => Key::F(1),
        NamedKey::F2 => Key::F(2),
        NamedKey::F3 => Key::F(3),
        NamedKey::F4 => Key::F(4),
        NamedKey::F5 => Key::F(5),
        NamedKey::F6 => Key::F(6),
        NamedKey::F7 => Key::F(7),
        NamedKey::F8 => Key::F(8),
        NamedKey::F9 => Key::F(9),
        NamedKey::F10 => Key::F(10),
        NamedKey::F11 => Key::F(11),
        NamedKey::F12 => Key::F(12),
        _ => return None,
    })
}
