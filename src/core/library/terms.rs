//! The words of a text as they are looked for: folded so that case, accents and forms of a letter do not matter, and cut where the
//! text's script has words. Scripts that write without blanks (Chinese, Japanese, Thai …), and emoji, are cut into pairs of
//! neighbours, so that any part of two characters is found. What is kept and what is asked are cut by the same rules, and hold
//! nothing but letters and digits: no text a person types can mean anything else.

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

/// Of a longer text the rest is not looked for: a description is no book.
const MAX_TEXT_BYTES: usize = 256 * 1024;
/// A word longer than this is one only for a machine.
const MAX_TERM_CHARS: usize = 64;
/// What is asked beyond this changes nothing that a person would notice.
const MAX_ASKED: usize = 24;

/// One thing that must be in a text for it to be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    pub text: String,
    /// Words that only begin so are meant too.
    pub begun: bool,
}

/// The words of a text, with blanks between them.
pub fn kept(text: &str) -> String {
    let mut words = String::new();
    each_run(text, |run, unspaced| {
        let mut add = |word: &str| {
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(word);
        };
        if unspaced {
            pairs(run).for_each(&mut add);
            // What is asked may be the last character alone.
            add(&run[last_char(run)..]);
        } else {
            add(shortened(run));
        }
    });
    words
}

/// What a person's words ask for: all of these, in any order. Empty when there is nothing to look for in them.
pub fn asked(text: &str) -> Vec<Term> {
    let mut terms: Vec<Term> = Vec::new();
    each_run(text, |run, unspaced| {
        let mut add = |word: &str, begun| {
            let term = Term { text: word.to_owned(), begun };
            if terms.len() < MAX_ASKED && !terms.contains(&term) {
                terms.push(term);
            }
        };
        match unspaced {
            true if last_char(run) > 0 => pairs(run).for_each(|pair| add(pair, false)),
            true => add(run, true),
            false => add(shortened(run), true),
        }
    });
    terms
}

/// Tells each stretch of characters that belong together, and whether its script is written without blanks.
fn each_run(text: &str, mut tell: impl FnMut(&str, bool)) {
    let text = folded(&text[..text.floor_char_boundary(MAX_TEXT_BYTES)]);
    let mut run: Option<(usize, Class)> = None;
    for (at, c) in text.char_indices() {
        let class = Class::of(c);
        if let Some((from, before)) = run.filter(|(_, before)| *before != class) {
            before.tell(&text[from..at], &mut tell);
            run = None;
        }
        run.get_or_insert((at, class));
    }
    if let Some((from, class)) = run {
        class.tell(&text[from..], &mut tell);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Between,
    Spaced,
    Unspaced,
}

impl Class {
    fn of(c: char) -> Class {
        if unspaced(c) {
            Class::Unspaced
        } else if c.is_alphanumeric() {
            Class::Spaced
        } else {
            Class::Between
        }
    }

    fn tell(self, run: &str, tell: &mut impl FnMut(&str, bool)) {
        if self != Class::Between {
            tell(run, self == Class::Unspaced);
        }
    }
}

/// Characters of scripts without blanks between words, and emoji. Korean has blanks, but its words take endings without end.
fn unspaced(c: char) -> bool {
    matches!(c,
        '\u{0e00}'..='\u{0eff}'       // Thai, Lao
        | '\u{1000}'..='\u{109f}'     // Myanmar
        | '\u{1780}'..='\u{17ff}'     // Khmer
        | '\u{2600}'..='\u{27bf}'     // symbols
        | '\u{3005}'..='\u{3007}'
        | '\u{3041}'..='\u{312f}'     // kana, bopomofo
        | '\u{31a0}'..='\u{31bf}'
        | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}'     // Han
        | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}'     // Hangul
        | '\u{f900}'..='\u{faff}'
        | '\u{1f000}'..='\u{1faff}'   // emoji
        | '\u{20000}'..='\u{3ffff}')
}

/// Without accents, case, and the differences between forms of one letter.
fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let apart = DecomposingNormalizerBorrowed::new_nfkd().normalize_iter(text.chars());
    let mut plain = String::with_capacity(text.len());
    for c in apart.filter(|c| !mark(*c)).flat_map(char::to_lowercase).filter(|c| !mark(*c)) {
        match c {
            'ß' => plain.push_str("ss"),
            'æ' => plain.push_str("ae"),
            'œ' => plain.push_str("oe"),
            'ø' => plain.push('o'),
            'ł' => plain.push('l'),
            'đ' | 'ð' => plain.push('d'),
            'ı' => plain.push('i'),
            'ς' => plain.push('σ'),
            c => plain.push(c),
        }
    }
    // Hangul came apart too, and so did the voiced kana.
    ComposingNormalizerBorrowed::new_nfc().normalize(&plain).into_owned()
}

/// Accents, vowel points of Hebrew and Arabic, and what only says how a character is drawn or joined.
fn mark(c: char) -> bool {
    matches!(c,
        '\u{00ad}'
        | '\u{0300}'..='\u{036f}'
        | '\u{0483}'..='\u{0487}'
        | '\u{0591}'..='\u{05bd}' | '\u{05bf}' | '\u{05c1}' | '\u{05c2}' | '\u{05c4}' | '\u{05c5}' | '\u{05c7}'
        | '\u{0610}'..='\u{061a}' | '\u{0640}' | '\u{064b}'..='\u{065f}' | '\u{0670}' | '\u{06d6}'..='\u{06dc}'
        | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}'
        | '\u{200b}'..='\u{200f}'
        | '\u{20d0}'..='\u{20ff}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{fe20}'..='\u{fe2f}')
}

/// Each two neighbours of a run.
fn pairs(run: &str) -> impl Iterator<Item = &str> {
    let starts = run.char_indices().map(|(at, _)| at);
    let ends = run.char_indices().skip(2).map(|(at, _)| at).chain([run.len()]);
    // One character has no neighbour.
    let single = last_char(run) == 0;
    starts.zip(ends).map(move |(from, to)| &run[from..to]).filter(move |_| !single)
}

/// Where the last character begins.
fn last_char(run: &str) -> usize {
    run.char_indices().next_back().map_or(0, |(at, _)| at)
}

fn shortened(word: &str) -> &str {
    word.char_indices().nth(MAX_TERM_CHARS).map_or(word, |(at, _)| &word[..at])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// As the index finds: each term is a word of the text, or its beginning.
    fn finds(asked_text: &str, text: &str) -> bool {
        let kept = kept(text);
        let words: Vec<&str> = kept.split(' ').collect();
        let means = |term: &Term, word: &str| if term.begun { word.starts_with(&term.text) } else { word == term.text };
        let found = |term: &Term| words.iter().any(|word| means(term, word));
        asked(asked_text).iter().all(found)
    }

    #[test]
    fn case_accents_and_forms_do_not_matter() {
        for (asked, text) in [
            ("ecole", "L’École des femmes"),
            ("ÉCOLE", "ecole"),
            ("hauptstrasse", "Hauptstraße 7"),
            ("oevre", "Œvre complète"),
            ("istanbul", "İstanbul’da"),
            ("οδος", "ὉΔΌΣ"),
            ("file 2", "ﬁle_0042_final(2).mov"),
            ("כתב", "כָּתַב"),
            ("محمد", "مُحَمَّد"),
            ("full", "Ｆｕｌｌ"),
            ("कहानी", "मेरी कहानी"),
        ] {
            assert!(finds(asked, text), "{asked} in {text}: {:?} of {:?}", super::asked(asked), kept(text));
        }
        assert!(!finds("ecole", "recolor"));
        assert!(!finds("why write", "Why we read"));
    }

    #[test]
    fn scripts_without_blanks_are_found_by_any_two_characters() {
        for (asked, text) in [
            ("本語", "日本語の本"),
            ("日", "今日"),
            ("日", "日本"),
            ("カ\u{3099}", "ガラス"),
            ("안녕", "안녕하세요"),
            ("녕하", "안녕하세요"),
            ("ภาษา", "ภาษาไทย"),
            ("2024 年", "日本2024年度"),
            ("🎬", "Take 3 🎬🎉"),
        ] {
            assert!(finds(asked, text), "{asked} in {text}: {:?} of {:?}", super::asked(asked), kept(text));
        }
        assert!(!finds("本日", "日本語の本"));
        assert!(!finds("🎉", "Take 3 🎬"));
    }

    #[test]
    fn too_much_is_cut() {
        assert_eq!(asked(&"word ".repeat(9)).len(), 1);
        assert_eq!(asked(&(0..99).map(|n| format!("word{n} ")).collect::<String>()).len(), MAX_ASKED);
        assert_eq!(kept(&"x".repeat(999)).len(), MAX_TERM_CHARS);
        assert!(finds(&"x".repeat(500), &"x".repeat(999)));
        assert!(kept(&"é ".repeat(MAX_TEXT_BYTES)).len() <= MAX_TEXT_BYTES);
    }

    proptest! {
        #[test]
        fn a_text_finds_itself_and_holds_nothing_but_words(text in "\\PC{0,60}|.{0,60}|[日本語ガภาάßE\u{301}🎬 \"*():^-]{0,20}") {
            prop_assert!(finds(&text, &text), "{:?} of {:?}", asked(&text), kept(&text));
            for term in asked(&text) {
                prop_assert!(!term.text.is_empty());
                prop_assert!(term.text.chars().all(|c| !c.is_ascii() || c.is_ascii_alphanumeric()), "{term:?}");
            }
            for word in kept(&text).split(' ').filter(|word| !word.is_empty()) {
                prop_assert!(word.chars().all(|c| !c.is_ascii() || c.is_ascii_alphanumeric()), "{word:?}");
            }
        }
    }
}
