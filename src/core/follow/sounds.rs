//! How words sound: the recogniser's dictionary, and English letter-to-sound rules for what is not in it. The rules are
//! coarse; a name that sounds a little different from what they say is still nearer to itself than to any other word of the
//! window. Where the dictionary's sounds are not those of English (CMU's ARPAbet), an unknown word is left out.

use std::collections::{HashMap, HashSet};

/// A word and its sounds, as the recogniser is told them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Alternatives carry `(2)`, `(3)` … behind the word.
    pub word: String,
    /// Names of sounds, separated by spaces.
    pub sounds: String,
}

/// A pronouncing dictionary: one word and its sounds a line.
#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    text: String,
    /// Word without `(2)`: its lines in `text`.
    lines: HashMap<String, Vec<(u32, u32)>>,
    english: bool,
}

/// Sounds of English in the dictionaries of CMU; all that the rules below use are among them.
#[rustfmt::skip]
const ARPABET: [&str; 39] = [
    "AA", "AE", "AH", "AO", "AW", "AY", "B", "CH", "D", "DH", "EH", "ER", "EY", "F", "G", "HH", "IH", "IY", "JH", "K", "L", "M",
    "N", "NG", "OW", "OY", "P", "R", "S", "SH", "T", "TH", "UH", "UW", "V", "W", "Y", "Z", "ZH",
];

/// Letters and their sounds; the longest that fits counts. `^` is a word's beginning, `$` its end.
#[rustfmt::skip]
const RULES: [(&str, &str); 104] = [
    ("tion", "SH AH N"), ("sion", "ZH AH N"), ("cious", "SH AH S"), ("tious", "SH AH S"), ("ture$", "CH ER"), ("ough", "AO"),
    ("augh", "AO"), ("eigh", "EY"), ("igh", "AY"), ("tch", "CH"), ("sch", "SH"), ("dge", "JH"), ("ght", "T"), ("que$", "K"),
    ("^kn", "N"), ("^wr", "R"), ("^ps", "S"), ("^gn", "N"), ("^x", "Z"), ("^y", "Y"), ("mb$", "M"), ("ch", "CH"), ("sh", "SH"),
    ("th", "TH"), ("ph", "F"), ("wh", "W"), ("gh", "G"), ("ck", "K"), ("ng", "NG"), ("nk", "NG K"), ("qu", "K W"), ("sc", "S K"),
    ("ss", "S"), ("ll", "L"), ("tt", "T"), ("pp", "P"), ("nn", "N"), ("mm", "M"), ("rr", "R"), ("dd", "D"), ("bb", "B"),
    ("gg", "G"), ("ff", "F"), ("zz", "Z"), ("cc", "K"), ("ce", "S EH"), ("ci", "S IH"), ("cy", "S IY"), ("ge$", "JH"),
    ("ce$", "S"), ("se$", "Z"), ("le$", "AH L"), ("ed$", "D"), ("es$", "Z"), ("ee", "IY"), ("ea", "IY"), ("oo", "UW"),
    ("ou", "AW"), ("ow", "OW"), ("oi", "OY"), ("oy", "OY"), ("ai", "EY"), ("ay", "EY"), ("au", "AO"), ("aw", "AO"), ("ew", "Y UW"),
    ("eu", "Y UW"), ("ie", "IY"), ("ei", "AY"), ("oa", "OW"), ("ue", "UW"), ("ar", "AA R"), ("er", "ER"), ("ir", "ER"),
    ("ur", "ER"), ("or", "AO R"), ("y$", "IY"), ("e$", ""), ("a$", "AH"), ("o$", "OW"), ("i$", "IY"), ("u$", "UW"), ("a", "AE"),
    ("b", "B"), ("c", "K"), ("d", "D"), ("e", "EH"), ("f", "F"), ("g", "G"), ("h", "HH"), ("i", "IH"), ("j", "JH"), ("k", "K"),
    ("l", "L"), ("m", "M"), ("n", "N"), ("o", "AA"), ("p", "P"), ("r", "R"), ("s", "S"), ("t", "T"), ("u", "AH"), ("v", "V"),
    ("w", "W"),
];
const LAST_RULES: [(&str, &str); 3] = [("x", "K S"), ("y", "IH"), ("z", "Z")];

/// A name that is spelt out, letter by letter.
#[rustfmt::skip]
const LETTERS: [&str; 26] = [
    "EY", "B IY", "S IY", "D IY", "IY", "EH F", "JH IY", "EY CH", "AY", "JH EY", "K EY", "EH L", "EH M", "EH N", "OW", "P IY",
    "K Y UW", "AA R", "EH S", "T IY", "Y UW", "V IY", "D AH B AH L Y UW", "EH K S", "W AY", "Z IY",
];

/// Words that people say in between, of most of the sounds there are: what talk that is not in the script is taken for.
#[rustfmt::skip]
const TALK: [&str; 153] = [
    "about", "actually", "after", "again", "all", "also", "always", "and", "another", "anyway", "are", "around", "ask", "because",
    "before", "better", "big", "but", "call", "camera", "can", "check", "coffee", "come", "could", "day", "did", "different",
    "does", "doing", "door", "down", "each", "else", "enough", "every", "feel", "find", "first", "for", "from", "get", "give",
    "go", "going", "good", "got", "great", "guess", "happy", "have", "he", "hello", "help", "her", "here", "him", "home", "house",
    "how", "i", "idea", "if", "in", "is", "it", "just", "keep", "kind", "know", "last", "later", "left", "let", "like", "little",
    "long", "look", "love", "made", "make", "many", "maybe", "me", "mean", "might", "minute", "moment", "more", "much", "my",
    "need", "never", "new", "next", "nice", "night", "no", "not", "now", "of", "off", "oh", "okay", "old", "on", "one", "only",
    "other", "our", "out", "over", "people", "place", "please", "point", "put", "question", "quick", "ready", "really", "right",
    "same", "say", "see", "she", "should", "show", "so", "some", "something", "sorry", "sure", "take", "talk", "thank", "that",
    "then", "there", "they", "thing", "think", "this", "those", "time", "today", "too", "try", "wait", "want", "well", "what",
    "yes",
];

impl Dictionary {
    pub fn of(text: String) -> Dictionary {
        let mut lines: HashMap<String, Vec<(u32, u32)>> = HashMap::new();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let word = line.split_whitespace().next().unwrap_or_default();
            if !word.is_empty() && !word.starts_with([';', '#']) {
                lines.entry(bare(word).to_owned()).or_default().push((at as u32, (at + line.len()) as u32));
            }
            at += line.len();
        }
        let mut dictionary = Dictionary { text, lines, english: false };
        let known: HashSet<&str> = ARPABET.into_iter().collect();
        dictionary.english = ["the", "and", "house"]
            .iter()
            .all(|word| dictionary.listed(word).iter().all(|entry| entry.sounds.split(' ').all(|sound| known.contains(sound))))
            && !dictionary.listed("the").is_empty();
        dictionary
    }

    /// All that is known about how a word sounds, or could be guessed; empty when it must be left out.
    pub fn entries(&self, word: &str) -> Vec<Entry> {
        let listed = self.listed(word);
        if !listed.is_empty() || !self.english {
            return listed;
        }
        let plain = super::words::fold(word);
        if plain != word {
            let listed = self.listed(&plain);
            if !listed.is_empty() {
                return listed.into_iter().map(|entry| renamed(entry, &plain, word)).collect();
            }
        }
        // A possessive or plural of a listed word.
        for (ending, sound) in [("'s", "Z"), ("s", "Z"), ("ly", "L IY"), ("ing", "IH NG"), ("ed", "D")] {
            let Some(stem) = word.strip_suffix(ending) else { continue };
            let listed = self.listed(stem);
            if !listed.is_empty() {
                let sounds = |entry: Entry| Entry { sounds: format!("{} {sound}", entry.sounds), ..renamed(entry, stem, word) };
                return listed.into_iter().map(sounds).collect();
            }
        }
        let sounds = guess(&plain);
        if sounds.is_empty() { Vec::new() } else { vec![Entry { word: word.to_owned(), sounds }] }
    }

    /// Words for talk that is not in the script; none where the dictionary is of another language.
    pub fn talk(&self) -> Vec<String> {
        if !self.english {
            return Vec::new();
        }
        TALK.iter().filter(|word| self.lines.contains_key(**word)).map(|word| (*word).to_owned()).collect()
    }

    fn listed(&self, word: &str) -> Vec<Entry> {
        let Some(places) = self.lines.get(word) else { return Vec::new() };
        let line = |(from, to): &(u32, u32)| {
            let mut parts = self.text[*from as usize..*to as usize].split_whitespace();
            let word = parts.next()?.to_owned();
            Some(Entry { word, sounds: parts.collect::<Vec<_>>().join(" ") })
        };
        places.iter().filter_map(line).filter(|entry| !entry.sounds.is_empty()).collect()
    }
}

fn renamed(entry: Entry, from: &str, to: &str) -> Entry {
    Entry { word: entry.word.replacen(from, to, 1), ..entry }
}

/// `house(2)` is another way to say `house`.
pub fn bare(word: &str) -> &str {
    match word.rfind('(') {
        Some(at) if at > 0 && word.ends_with(')') => &word[..at],
        _ => word,
    }
}

/// The sounds of an English-looking word; empty when it has letters that English has not.
fn guess(word: &str) -> String {
    if word.is_empty() || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return String::new();
    }
    if !word.contains(['a', 'e', 'i', 'o', 'u', 'y']) || word.len() == 1 {
        return word.bytes().map(|b| LETTERS[usize::from(b - b'a')]).collect::<Vec<_>>().join(" ");
    }
    let marked = format!("^{word}$");
    let mut sounds: Vec<&str> = Vec::new();
    let mut at = 1;
    while at < marked.len() - 1 {
        let rest = &marked[at..];
        let from_start = at == 1;
        let fits = |pattern: &str| match pattern.strip_prefix('^') {
            Some(pattern) => from_start && rest.starts_with(pattern),
            None => rest.starts_with(pattern),
        };
        let letters = |pattern: &str| pattern.trim_start_matches('^').trim_end_matches('$').len();
        let rule =
            RULES.iter().chain(&LAST_RULES).filter(|(pattern, _)| fits(pattern)).max_by_key(|(p, _)| (letters(p), p.len()));
        let Some((pattern, sound)) = rule else { return String::new() };
        sounds.extend(sound.split(' ').filter(|sound| !sound.is_empty()));
        at += letters(pattern);
    }
    sounds.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "and AH N D\nand(2) AE N D\nhouse HH AW S\nthe DH AH\nthe(2) DH IY\ncafe K AH F EY\n";

    #[test]
    fn listed_words_come_with_their_alternatives() {
        let dictionary = Dictionary::of(TEXT.to_owned());
        let words = |word: &str| -> Vec<String> {
            dictionary.entries(word).into_iter().map(|entry| format!("{}={}", entry.word, entry.sounds)).collect()
        };
        assert_eq!(words("the"), ["the=DH AH", "the(2)=DH IY"]);
        assert_eq!(words("café"), ["café=K AH F EY"]);
        assert_eq!(words("house's"), ["house's=HH AW S Z"]);
        assert_eq!(words("onetake"), ["onetake=AA N EH T AE K"]);
        assert_eq!(words("mkv"), ["mkv=EH M K EY V IY"]);
        assert_eq!(words("学校"), Vec::<String>::new());
    }

    #[test]
    fn rules_only_speak_in_sounds_the_model_has() {
        for (_, sounds) in RULES.iter().chain(&LAST_RULES) {
            assert!(sounds.split(' ').all(|sound| sound.is_empty() || ARPABET.contains(&sound)), "{sounds}");
        }
        assert!(LETTERS.iter().all(|letter| letter.split(' ').all(|sound| ARPABET.contains(&sound))));
    }

    #[test]
    fn a_dictionary_of_another_language_is_not_guessed_at() {
        let german = Dictionary::of("haus h aU s\nund U n t\n".to_owned());
        assert!(german.entries("zeitung").is_empty() && german.talk().is_empty());
        assert_eq!(german.entries("haus").len(), 1);
    }
}
