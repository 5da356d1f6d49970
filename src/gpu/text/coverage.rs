//! Which family has which character. cosmic-text would find out by shaping a word with one font after the other, hundreds of
//! them and anew for each word, when the word's script is not among its favourites or nobody has the character; a long script
//! in such a language, or a binary file, would take minutes. A table of the fonts' own character maps makes it one look-up.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use cosmic_text::fontdb::{Database, Family, Query, Weight};
use cosmic_text::skrifa::{FontRef, MetadataProvider};

use super::fonts::Face;

/// Character maps of all families.
pub struct Coverage {
    families: Vec<Covered>,
    han: &'static str,
    known: Mutex<HashMap<(char, Wish), Option<usize>>>,
}

/// One family's face and its characters as inclusive ranges, ascending.
struct Covered {
    face: Face,
    ranges: Vec<(u32, u32)>,
}

/// What decides between families that all have a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wish {
    Plain,
    /// Colour emoji, as after U+FE0F.
    Emoji,
    /// Han characters as Japanese text has them; else as the user's language has them.
    Japanese,
    Korean,
}

impl Coverage {
    pub(super) fn read<'a>(db: &Database, faces: impl Iterator<Item = &'a Face>, locale: &str) -> Coverage {
        let families = faces
            .filter_map(|face| {
                let query = Query { families: &[Family::Name(&face.family)], weight: Weight(face.weight), ..Query::default() };
                let ranges = db.with_face_data(db.query(&query)?, ranges)?;
                Some(Covered { face: face.clone(), ranges })
            })
            .collect();
        let han = match locale {
            l if l.starts_with("ja") => "Noto Sans CJK JP",
            l if l.starts_with("ko") => "Noto Sans CJK KR",
            l if l.starts_with("zh-HK") || l.starts_with("zh-MO") => "Noto Sans CJK HK",
            l if l.starts_with("zh-TW") || l.starts_with("zh-Hant") => "Noto Sans CJK TC",
            _ => "Noto Sans CJK SC",
        };
        Coverage { families, han, known: Mutex::default() }
    }

    /// True when the family has the character.
    pub fn has(&self, family: &str, ch: char) -> bool {
        let at = self.families.binary_search_by(|covered| covered.face.family.as_str().cmp(family));
        at.is_ok_and(|at| self.families[at].count(ch as u32, ch as u32) > 0)
    }

    /// The family to set a character in; `None` when no font has it.
    pub fn face_for(&self, ch: char, wish: Wish) -> Option<&Face> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let at = *known.entry((ch, wish)).or_insert_with(|| self.find(ch, wish));
        self.families.get(at?).map(|covered| &covered.face)
    }

    fn find(&self, ch: char, wish: Wish) -> Option<usize> {
        let (block, code) = (ch as u32 & !0x7f, ch as u32);
        let emoji = wish == Wish::Emoji || is_emoji(ch);
        let preferred = match wish {
            Wish::Japanese => "Noto Sans CJK JP",
            Wish::Korean => "Noto Sans CJK KR",
            Wish::Plain | Wish::Emoji => self.han,
        };
        let score = |at: usize, covered: &Covered| {
            let name = covered.face.family.as_str();
            let is_emoji_font = name.contains("Emoji");
            let colour = emoji && is_emoji_font && (name.contains("Color") || name.contains("Segoe") || name.contains("Apple"));
            (
                colour,
                is_emoji_font == emoji,
                is_cjk(ch) && name == preferred,
                covered.count(block, block + 0x7f),
                name.starts_with("Noto Sans"),
                !name.contains("Mono"),
                std::cmp::Reverse(at),
            )
        };
        let having = self.families.iter().enumerate().filter(|(_, covered)| covered.count(code, code) > 0);
        having.max_by_key(|(at, covered)| score(*at, covered)).map(|(at, _)| at)
    }
}

impl Covered {
    /// How many of the codes `from..=to` the family has.
    fn count(&self, from: u32, to: u32) -> u32 {
        let first = self.ranges.partition_point(|(_, end)| *end < from);
        let within = self.ranges[first..].iter().take_while(|(start, _)| *start <= to);
        within.map(|(start, end)| (*end).min(to) - (*start).max(from) + 1).sum()
    }
}

/// Characters that are drawn in colour without being asked to (`Emoji_Presentation` of UTS #51), and those beyond the BMP
/// that only emoji fonts have.
pub fn is_emoji(ch: char) -> bool {
    matches!(ch as u32,
        0x1F000..=0x1FAFF | 0x231A..=0x231B | 0x23E9..=0x23EC | 0x23F0 | 0x23F3 | 0x25FD..=0x25FE | 0x2614..=0x2615
        | 0x2648..=0x2653 | 0x267F | 0x2693 | 0x26A1 | 0x26AA..=0x26AB | 0x26BD..=0x26BE | 0x26C4..=0x26C5 | 0x26CE | 0x26D4
        | 0x26EA | 0x26F2..=0x26F3 | 0x26F5 | 0x26FA | 0x26FD | 0x2705 | 0x270A..=0x270B | 0x2728 | 0x274C | 0x274E
        | 0x2753..=0x2755 | 0x2757 | 0x2795..=0x2797 | 0x27B0 | 0x27BF | 0x2B1B..=0x2B1C | 0x2B50 | 0x2B55)
}

/// Han, Kana, Hangul, Bopomofo and their punctuation and full-width forms.
pub fn is_cjk(ch: char) -> bool {
    matches!(ch as u32, 0x1100..=0x11FF | 0x2E80..=0x33FF | 0x3400..=0x9FFF | 0xA960..=0xA97F | 0xAC00..=0xD7FF | 0xF900..=0xFAFF
        | 0xFE30..=0xFE4F | 0xFF00..=0xFFEF | 0x20000..=0x3FFFF)
}

/// Hiragana and Katakana.
pub fn is_kana(ch: char) -> bool {
    matches!(ch as u32, 0x3041..=0x30FF | 0x31F0..=0x31FF | 0xFF66..=0xFF9F)
}

pub fn is_hangul(ch: char) -> bool {
    matches!(ch as u32, 0x1100..=0x11FF | 0x3130..=0x318F | 0xA960..=0xA97F | 0xAC00..=0xD7FF)
}

/// Invisible by nature (`Default_Ignorable_Code_Point`): joiners, variation selectors, direction marks. No font needs them.
pub fn is_ignorable(ch: char) -> bool {
    matches!(ch as u32, 0xAD | 0x34F | 0x61C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F | 0x200B..=0x200F
        | 0x202A..=0x202E | 0x2060..=0x206F | 0x3164 | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFF8
        | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A | 0xE0000..=0xE0FFF)
}

fn ranges(data: &[u8], index: u32) -> Vec<(u32, u32)> {
    let Ok(font) = FontRef::from_index(data, index) else { return Vec::new() };
    let mut codes: Vec<u32> =
        font.charmap().mappings().filter(|(_, glyph)| glyph.to_u32() != 0).map(|(code, _)| code).collect();
    codes.sort_unstable();
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for code in codes {
        match ranges.last_mut() {
            Some((_, end)) if code <= *end + 1 => *end = code,
            _ => ranges.push((code, code)),
        }
    }
    ranges
}
