//! The keys in force: the usual ones of `command::COMMANDS`, and over them what the settings say. A key means one thing on a
//! page and every key that is shown works: where two commands want the same key, the one that was changed by hand has it.

use std::collections::BTreeMap;

use super::Page;
use super::command::{COMMANDS, Command, Entry, Key, Media, Shortcut};

/// What the settings hold: names of commands and their keys as people write them.
pub type Written = BTreeMap<String, Vec<String>>;

/// The keys of all commands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    /// In the order of `COMMANDS`.
    rows: Vec<Row>,
    /// What the settings say of commands that this program does not have.
    unknown: Written,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    /// As set by the person; `None` where the usual ones hold.
    wanted: Option<Vec<Shortcut>>,
    in_force: Vec<Shortcut>,
}

impl Default for Keys {
    fn default() -> Self {
        Keys::of(&Written::new())
    }
}

impl Keys {
    /// Reads the settings. Names and keys that mean nothing here are passed over.
    pub fn of(written: &Written) -> Keys {
        let rows = COMMANDS.iter().map(|entry| Row { wanted: wanted(entry, written), in_force: Vec::new() }).collect();
        let known = |name: &str| Command::named(name).is_some();
        let unknown = written.iter().filter(|(name, _)| !known(name)).map(|(name, keys)| (name.clone(), keys.clone()));
        let mut keys = Keys { rows, unknown: unknown.collect() };
        keys.settle();
        keys
    }

    /// For the settings: only what differs from the usual keys.
    pub fn written(&self) -> Written {
        let mut written = self.unknown.clone();
        for (entry, row) in COMMANDS.iter().zip(&self.rows) {
            if let Some(wanted) = &row.wanted {
                written.insert(entry.name.to_owned(), wanted.iter().map(Shortcut::to_string).collect());
            }
        }
        written
    }

    /// Keys that give the command, the one to be shown first.
    pub fn of_command(&self, command: Command) -> &[Shortcut] {
        place(command).map_or(&[], |at| self.rows[at].in_force.as_slice())
    }

    /// The shown key, as people write it; empty when there is none.
    pub fn text(&self, command: Command) -> String {
        self.of_command(command).first().map_or_else(String::new, Shortcut::to_string)
    }

    /// The command a key means on a page.
    pub fn command(&self, shortcut: Shortcut, page: Page) -> Option<Command> {
        let mut rows = COMMANDS.iter().zip(&self.rows);
        rows.find(|(entry, row)| entry.command.works_on(page) && row.in_force.contains(&shortcut))
            .map(|(entry, _)| entry.command)
    }

    /// Other commands that have this key on a page where `command` works.
    pub fn conflicts(&self, command: Command, shortcut: Shortcut) -> Vec<Command> {
        let holds = |(entry, row): &(&Entry, &Row)| {
            entry.command != command && overlap(entry, command.entry()) && row.in_force.contains(&shortcut)
        };
        COMMANDS.iter().zip(&self.rows).filter(holds).map(|(entry, _)| entry.command).collect()
    }

    /// True when a command has other keys than the usual ones.
    pub fn differs(&self, command: Command) -> bool {
        self.of_command(command) != command.entry().keys
    }

    /// True when any command was changed.
    pub fn any_changed(&self) -> bool {
        self.rows.iter().any(|row| row.wanted.is_some())
    }

    /// Gives the command a key, in the place of the one at `slot` or as a further one. Who had that key loses it.
    pub fn give(&mut self, command: Command, slot: Option<usize>, shortcut: Shortcut) {
        if !changeable(command) || self.conflicts(command, shortcut).iter().any(|other| !changeable(*other)) {
            return;
        }
        let mut list = self.of_command(command).to_vec();
        match slot.filter(|at| *at < list.len()) {
            Some(at) => {
                list[at] = shortcut;
                // It may have stood in another place already.
                let mut seen = false;
                list.retain(|key| *key != shortcut || !std::mem::replace(&mut seen, true));
            }
            None if list.contains(&shortcut) => {}
            None => list.push(shortcut),
        }
        self.take_from_others(command, &[shortcut]);
        self.want(command, list);
    }

    /// Takes the key at `slot` from the command.
    pub fn clear(&mut self, command: Command, slot: usize) {
        let mut list = self.of_command(command).to_vec();
        if changeable(command) && slot < list.len() {
            list.remove(slot);
            self.want(command, list);
        }
    }

    /// Gives the command its usual keys back, also from whom they were given to.
    pub fn reset(&mut self, command: Command) {
        if let Some(at) = place(command) {
            self.take_from_others(command, command.entry().keys);
            self.rows[at].wanted = None;
            self.settle();
        }
    }

    /// Gives all commands their usual keys back.
    pub fn reset_all(&mut self) {
        self.rows.iter_mut().for_each(|row| row.wanted = None);
        self.settle();
    }

    fn want(&mut self, command: Command, list: Vec<Shortcut>) {
        if let Some(at) = place(command) {
            self.rows[at].wanted = Some(list);
            self.settle();
        }
    }

    fn take_from_others(&mut self, command: Command, keys: &[Shortcut]) {
        for (entry, row) in COMMANDS.iter().zip(&mut self.rows) {
            if entry.command != command && overlap(entry, command.entry()) {
                row.wanted.iter_mut().for_each(|wanted| wanted.retain(|key| !keys.contains(key)));
            }
        }
    }

    /// Finds out who has each key: first what can't be changed, then what was changed, then the rest.
    fn settle(&mut self) {
        for (entry, row) in COMMANDS.iter().zip(&mut self.rows) {
            row.in_force.clear();
            row.wanted = row.wanted.take().filter(|wanted| wanted != entry.keys);
        }
        let rank = |at: &usize| match (changeable(COMMANDS[*at].command), &self.rows[*at].wanted) {
            (false, _) => 0,
            (true, Some(_)) => 1,
            (true, None) => 2,
        };
        let mut order: Vec<usize> = (0..COMMANDS.len()).collect();
        order.sort_by_key(rank);
        for at in order {
            let entry = &COMMANDS[at];
            let list = self.rows[at].wanted.clone().unwrap_or_else(|| entry.keys.to_vec());
            let free = list.into_iter().filter(|key| self.conflicts(entry.command, *key).is_empty()).collect();
            self.rows[at].in_force = free;
        }
    }
}

/// Escape always leads back, whatever else was changed.
pub fn changeable(command: Command) -> bool {
    command != Command::LeaveFullScreen
}

fn place(command: Command) -> Option<usize> {
    COMMANDS.iter().position(|entry| entry.command == command)
}

fn overlap(a: &Entry, b: &Entry) -> bool {
    a.pages.is_empty() || b.pages.is_empty() || a.pages.iter().any(|page| b.pages.contains(page))
}

/// Keys the settings give a command. A list in which nothing can be read is no list.
fn wanted(entry: &Entry, written: &Written) -> Option<Vec<Shortcut>> {
    let texts = written.get(entry.name).filter(|_| changeable(entry.command))?;
    let mut list: Vec<Shortcut> = Vec::new();
    for shortcut in texts.iter().filter_map(|text| Shortcut::read(text)) {
        if !list.contains(&shortcut) {
            list.push(shortcut);
        }
    }
    (!list.is_empty() || texts.is_empty()).then_some(list)
}

/// Names of keys: the first is shown, all are read, in any case and with or without spaces.
const NAMES: [(Key, &[&str]); 19] = [
    (Key::Space, &["Space", "Spacebar"]),
    (Key::Up, &["↑", "Up", "Arrow Up"]),
    (Key::Down, &["↓", "Down", "Arrow Down"]),
    (Key::Left, &["←", "Left", "Arrow Left"]),
    (Key::Right, &["→", "Right", "Arrow Right"]),
    (Key::PageUp, &["Page Up", "PgUp", "Prior"]),
    (Key::PageDown, &["Page Down", "PgDn", "PgDown", "Next"]),
    (Key::Home, &["Home"]),
    (Key::End, &["End"]),
    (Key::Insert, &["Insert", "Ins"]),
    (Key::Delete, &["Del", "Delete"]),
    (Key::Backspace, &["Backspace", "⌫"]),
    (Key::Enter, &["Enter", "Return", "↵"]),
    (Key::Tab, &["Tab"]),
    (Key::Escape, &["Esc", "Escape"]),
    (Key::Media(Media::PlayPause), &["Media Play", "Play Pause", "Media Play Pause"]),
    (Key::Media(Media::Stop), &["Media Stop"]),
    (Key::Media(Media::Next), &["Media Next", "Next Track"]),
    (Key::Media(Media::Previous), &["Media Previous", "Previous Track"]),
];

/// Keyboards have F1 to F24; systems name some more.
const MAX_F: u8 = 35;

impl Shortcut {
    /// What is typed with these modifiers. A sign that needs Shift on one keyboard needs none on another.
    pub fn typed(command: bool, shift: bool, key: Key) -> Shortcut {
        let sign = matches!(key, Key::Char(c) if !c.is_ascii_alphabetic());
        Shortcut { command, shift: shift && !sign, key }
    }

    /// Reads a key as people write it: “Ctrl+Shift+Z”, “page up”, “F9”, “+”.
    pub fn read(text: &str) -> Option<Shortcut> {
        let text = text.trim();
        // The sign that joins may itself be the key.
        let (modifiers, key) = match text.strip_suffix('+') {
            Some(before) => (before.trim_end_matches(['+', ' ']), "+"),
            None => text.rsplit_once('+').unwrap_or(("", text)),
        };
        let (mut command, mut shift) = (false, false);
        for word in modifiers.split('+').map(plain).filter(|word| !word.is_empty()) {
            match word.as_str() {
                "ctrl" | "control" | "cmd" | "command" | "⌘" => command = true,
                "shift" | "⇧" => shift = true,
                _ => return None,
            }
        }
        Some(Shortcut::typed(command, shift, key_named(key)?))
    }

    /// True for keys that never write text, so that they work while something is typed.
    pub fn writes_nothing(self) -> bool {
        self.command || matches!(self.key, Key::F(_) | Key::Media(_))
    }
}

impl std::fmt::Display for Shortcut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.command {
            f.write_str("Ctrl+")?;
        }
        if self.shift {
            f.write_str("Shift+")?;
        }
        match self.key {
            Key::Char(c) => write!(f, "{c}"),
            Key::F(n) => write!(f, "F{n}"),
            key => f.write_str(NAMES.iter().find(|(named, _)| *named == key).map_or("", |(_, names)| names[0])),
        }
    }
}

/// Without case, spaces, hyphens and underscores: “Page_Up” is “page up”.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, ' ' | '-' | '_')).flat_map(char::to_lowercase).collect()
}

fn key_named(text: &str) -> Option<Key> {
    let text = text.trim();
    let mut letters = text.chars();
    if let (Some(c), None) = (letters.next(), letters.next())
        && c.is_ascii_graphic()
    {
        return Some(Key::Char(c.to_ascii_uppercase()));
    }
    let wanted = plain(text);
    if let Some((key, _)) = NAMES.iter().find(|(_, names)| names.iter().any(|name| plain(name) == wanted)) {
        return Some(*key);
    }
    let number: u8 = wanted.strip_prefix('f')?.parse().ok()?;
    (1..=MAX_F).contains(&number).then_some(Key::F(number))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key() -> impl Strategy<Value = Key> {
        prop_oneof![
            (0..NAMES.len()).prop_map(|at| NAMES[at].0),
            (1..=MAX_F).prop_map(Key::F),
            (33u8..127).prop_map(|c| Key::Char(char::from(c).to_ascii_uppercase())),
        ]
    }

    fn shortcut() -> impl Strategy<Value = Shortcut> {
        (any::<bool>(), any::<bool>(), key()).prop_map(|(command, shift, key)| Shortcut::typed(command, shift, key))
    }

    #[derive(Clone, Debug)]
    enum Op {
        Give(usize, Option<usize>, Shortcut),
        Clear(usize, usize),
        Reset(usize),
    }

    fn op() -> impl Strategy<Value = Op> {
        let command = 0..COMMANDS.len();
        prop_oneof![
            4 => (command.clone(), proptest::option::of(0..4usize), shortcut()).prop_map(|(c, s, k)| Op::Give(c, s, k)),
            1 => (command.clone(), 0..4usize).prop_map(|(c, s)| Op::Clear(c, s)),
            1 => command.prop_map(Op::Reset),
        ]
    }

    /// Each key means one command on a page, every key in force works, Escape leads back.
    fn verify(keys: &Keys) {
        for page in Page::ALL {
            let mut seen = std::collections::HashMap::new();
            for entry in COMMANDS.iter().filter(|entry| entry.command.works_on(page)) {
                for key in keys.of_command(entry.command) {
                    assert_eq!(seen.insert(*key, entry.command), None, "{key} on {}", page.name());
                    assert_eq!(keys.command(*key, page), Some(entry.command), "{key}");
                }
            }
        }
        assert_eq!(keys.text(Command::LeaveFullScreen), "Esc");
        assert_eq!(Keys::of(&keys.written()), *keys, "what is written is read back");
    }

    proptest! {
        #[test]
        fn every_key_that_is_shown_is_read_back(shortcut in shortcut()) {
            prop_assert_eq!(Shortcut::read(&shortcut.to_string()), Some(shortcut));
        }

        #[test]
        fn anything_written_is_read_without_harm(text in ".{0,24}") {
            if let Some(shortcut) = Shortcut::read(&text) {
                prop_assert_eq!(Shortcut::read(&shortcut.to_string()), Some(shortcut));
            }
        }

        #[test]
        fn keys_stay_unambiguous_whatever_is_changed(ops in proptest::collection::vec(op(), 1..40)) {
            let mut keys = Keys::default();
            for op in ops {
                match op {
                    Op::Give(at, slot, shortcut) => keys.give(COMMANDS[at].command, slot, shortcut),
                    Op::Clear(at, slot) => keys.clear(COMMANDS[at].command, slot),
                    Op::Reset(at) => keys.reset(COMMANDS[at].command),
                }
                verify(&keys);
            }
            keys.reset_all();
            prop_assert_eq!(&keys, &Keys::default());
        }

        #[test]
        fn settings_with_anything_in_them_are_read(
            written in proptest::collection::btree_map("[a-z-]{1,12}|mark|record|stop", proptest::collection::vec(".{0,8}", 0..4), 0..6),
        ) {
            verify(&Keys::of(&written));
        }
    }

    fn read(text: &str) -> Shortcut {
        Shortcut::read(text).unwrap()
    }

    #[test]
    fn reading_forgives() {
        assert_eq!(read("ctrl + shift + z"), read("Ctrl+Shift+Z"));
        assert_eq!(read("⌘+z"), read("Control+Z"));
        for text in ["Page Up", "pageup", "PgUp", "page_up"] {
            assert_eq!(read(text).key, Key::PageUp);
        }
        assert_eq!((read("+").key, read("Ctrl++").to_string()), (Key::Char('+'), "Ctrl++".to_owned()));
        assert_eq!(read("f24").key, Key::F(24));
        for text in ["", " ", "Hyper+A", "F0", "F99", "ab", "ß"] {
            assert_eq!(Shortcut::read(text), None, "{text}");
        }
    }

    #[test]
    fn a_key_that_is_taken_over_is_lost_to_the_other_and_comes_back() {
        let mut keys = Keys::default();
        let k = read("K");
        assert_eq!(keys.conflicts(Command::NextLayout, k), [Command::Mark]);
        keys.give(Command::NextLayout, None, k);
        assert_eq!(keys.command(k, Page::Record), Some(Command::NextLayout));
        assert_eq!((keys.text(Command::Mark).as_str(), keys.differs(Command::Mark)), ("", true));
        assert_eq!(keys.written().keys().collect::<Vec<_>>(), ["next-layout"]);
        keys.reset(Command::Mark);
        assert_eq!(keys, Keys::default());
    }

    #[test]
    fn the_same_key_may_mean_something_else_on_another_page() {
        let mut keys = Keys::default();
        keys.give(Command::Mark, Some(0), read("Page Down"));
        assert_eq!(keys.command(read("Page Down"), Page::Record), Some(Command::Mark));
        assert_eq!(keys.command(read("Page Down"), Page::Review), Some(Command::NextMark));
        assert!(keys.of_command(Command::NextScene).is_empty());
    }

    #[test]
    fn escape_stays_what_it_is() {
        let mut keys = Keys::default();
        keys.give(Command::Mark, None, read("Esc"));
        keys.clear(Command::LeaveFullScreen, 0);
        assert_eq!(keys, Keys::default());
        let written =
            Written::from([("leave-full-screen".to_owned(), Vec::new()), ("mark".to_owned(), vec!["Esc".to_owned()])]);
        assert_eq!(Keys::of(&written).text(Command::LeaveFullScreen), "Esc");
    }

    #[test]
    fn what_a_newer_program_wrote_is_kept() {
        let written = Written::from([
            ("hologram".to_owned(), vec!["Ctrl+H".to_owned()]),
            ("mark".to_owned(), vec!["Wheel".to_owned()]),
            ("stop".to_owned(), Vec::new()),
        ]);
        let keys = Keys::of(&written);
        assert_eq!(keys.text(Command::Mark), "K", "a list in which nothing can be read is no list");
        assert_eq!(keys.text(Command::Stop), "", "an empty list switches off");
        assert!(keys.written().contains_key("hologram"));
    }
}
