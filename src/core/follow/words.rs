//! The script as it is listened for: its spoken words, one after the other, each with its place. Cues and headings are not
//! spoken. Case, punctuation and typographic apostrophes make no difference to the ear, and a figure is heard as words.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::numbers;
use crate::core::script::Script;

/// One spoken word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Lower case, plain apostrophes.
    pub text: String,
    /// The same without accents: what is compared.
    pub key: String,
    pub scene: usize,
    /// Sentence of the scene.
    pub line: usize,
    /// Which written word of the sentence it belongs to; a figure is one written word and several spoken ones.
    pub written: usize,
}

/// All words of a script, in reading order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Words {
    pub words: Vec<Word>,
    /// Sentences as ranges of `words`, none empty.
    pub sentences: Vec<Range<usize>>,
}

impl Words {
    pub fn of(script: &Script) -> Words {
        let language = script.front.language.as_deref().unwrap_or("en").to_lowercase();
        let english = language.split(['-', '_']).next() == Some("en");
        let mut all = Words::default();
        for (scene, content) in script.scenes.iter().enumerate() {
            for (line, sentence) in content.lines.iter().enumerate() {
                let from = all.words.len();
                for (written, word) in sentence.text.unicode_words().enumerate() {
                    let spoken = if english { numbers::spoken(word) } else { None };
                    for text in spoken.unwrap_or_else(|| vec![plain(word)]) {
                        all.words.push(Word { key: fold(&text), text, scene, line, written });
                    }
                }
                if all.words.len() > from {
                    all.sentences.push(from..all.words.len());
                }
            }
        }
        all
    }

    pub fn len(&self) -> usize {
        self.words.len()
    }

    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Index of the first word of a sentence, or of the nearest one after it.
    pub fn first_of(&self, scene: usize, line: usize) -> usize {
        self.words.partition_point(|word| (word.scene, word.line) < (scene, line))
    }
}

/// Lower case with plain apostrophes.
fn plain(word: &str) -> String {
    word.to_lowercase().replace(['\u{2019}', '\u{2018}', '\u{02bc}', '`'], "'")
}

/// What two writings of a word have in common: lower case, no accents, no apostrophes.
pub fn fold(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars().flat_map(char::to_lowercase) {
        match c {
            '\'' | '\u{2019}' | '\u{2018}' | '\u{02bc}' | '`' | '-' => {}
            // Combining marks.
            '\u{300}'..='\u{36f}' => {}
            'à'..='å' | 'ā' | 'ă' | 'ą' => out.push('a'),
            'æ' => out.push_str("ae"),
            'ç' | 'ć' | 'č' => out.push('c'),
            'è'..='ë' | 'ē' | 'ę' | 'ě' => out.push('e'),
            'ì'..='ï' | 'ī' => out.push('i'),
            'ñ' | 'ń' | 'ň' => out.push('n'),
            'ò'..='ö' | 'ø' | 'ō' | 'ő' => out.push('o'),
            'œ' => out.push_str("oe"),
            'ù'..='ü' | 'ū' | 'ů' | 'ű' => out.push('u'),
            'ý' | 'ÿ' => out.push('y'),
            'ß' => out.push_str("ss"),
            'ś' | 'š' | 'ş' => out.push('s'),
            'ź' | 'ż' | 'ž' => out.push('z'),
            'ł' => out.push('l'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cues_are_not_listened_for_and_figures_are_words() {
        let script = Script::markdown("## One\n\nIt\u{2019}s 1984. [smile] The café won 3 games!\n\n## Two\n\nDone.\n");
        let words = Words::of(&script);
        let texts: Vec<&str> = words.words.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(texts, ["it's", "nineteen", "eighty", "four", "the", "café", "won", "three", "games", "done"]);
        assert_eq!(words.words[3].written, 1, "a figure is one written word");
        assert_eq!(words.words[5].key, "cafe");
        assert_eq!(words.sentences, [0..4, 4..9, 9..10]);
        assert_eq!((words.first_of(0, 1), words.first_of(1, 0), words.first_of(7, 0)), (4, 9, 10));
    }

    #[test]
    fn writings_of_one_word_fold_together() {
        for (a, b) in [("Don’t", "dont"), ("NAÏVE", "naive"), ("e\u{301}tude", "étude"), ("Straße", "strasse")] {
            assert_eq!(fold(a), fold(b));
        }
    }
}
