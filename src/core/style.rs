//! What holds a project's pictures together: how all of them look, and who is in them. Both stand in the script's front matter, because
//! they belong to its text, travel with it and can be read without the program:
//!
//! ```text
//! style: layered paper-cut illustration, soft grain, teal and peach
//! characters: Ada = a lighthouse keeper of sixty in a yellow oilskin; Tom = her grandson, eight, red cap
//! ```
//!
//! A scene's prompt stays as the person wrote it; what the project adds is put behind it when it is sent.

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;

use super::script::{Front, Script};

/// Keys of the front matter.
pub const STYLE: &str = "style";
pub const CHARACTERS: &str = "characters";

/// Longer ones are cut off: no engine takes that much.
const MAX_LOOK_CHARS: usize = 1000;
const MAX_DESCRIPTION_CHARS: usize = 500;
const MAX_CHARACTERS: usize = 32;

/// Looks that work with most engines, for those who have none in mind: a name, and what is sent.
pub const LOOKS: [(&str, &str); 6] = [
    ("Paper cut", "layered paper-cut illustration, soft grain, long shadows, muted colours"),
    ("Film still", "cinematic film still, natural light, shallow depth of field, 35 mm, fine grain"),
    ("Watercolour", "loose watercolour on rough paper, visible brush strokes, pale washes, white margins"),
    ("Ink", "black ink drawing with one accent colour, bold lines, much empty space"),
    ("Clay", "handmade clay figures on a miniature set, soft studio light, visible finger marks"),
    ("Blueprint", "technical drawing, white lines on deep blue, even line weight, no lettering"),
];

/// The look and the people of a project.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Style {
    pub look: String,
    pub characters: Vec<Character>,
}

/// Somebody or something that looks the same in every picture.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Character {
    /// As the prompts call them.
    pub name: String,
    pub description: String,
}

/// A prompt as it is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    pub text: String,
    /// What the model has no room for, in words for people; empty when all of it went in.
    pub left_out: Vec<String>,
}

impl Style {
    /// What the front matter says.
    pub fn of(front: &Front) -> Style {
        let value =
            |key: &str| front.entries.iter().rev().find(|entry| entry.key == key).map_or("", |entry| unquoted(&entry.value));
        Style { look: shortened(value(STYLE), MAX_LOOK_CHARS), characters: characters(value(CHARACTERS)) }
    }

    pub fn is_empty(&self) -> bool {
        self.look.is_empty() && self.characters.is_empty()
    }

    /// The value of `characters:`.
    pub fn characters_line(&self) -> String {
        let described = self.characters.iter().filter(|character| !character.name.trim().is_empty());
        let one = |character: &Character| {
            let (name, description) = (plain(&character.name), plain(&character.description));
            if description.is_empty() { name } else { format!("{name} = {description}") }
        };
        described.map(one).collect::<Vec<_>>().join("; ")
    }

    /// The script with this style in its front matter; what is empty is taken out.
    pub fn put(&self, script: &Script) -> Script {
        let (look, people) = (one_line(&self.look), self.characters_line());
        let value = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        script.with_front(STYLE, value(&look).as_deref()).with_front(CHARACTERS, value(&people).as_deref())
    }

    /// The prompt with those of the characters that it names, and the look, in at most `most` characters (0: as many as it takes).
    /// The same words always make the same prompt. The person's own words go first; what has no room whole is left out, the
    /// characters before the look.
    pub fn carry(&self, prompt: &str, most: u32) -> Carried {
        let most = if most == 0 { usize::MAX } else { most as usize };
        let prompt = prompt.split_whitespace().collect::<Vec<_>>().join(" ");
        if prompt.chars().count() > most {
            return Carried { text: shortened(&prompt, most), left_out: vec!["the end of the prompt".into()] };
        }
        let mut left_out = Vec::new();
        let mut room = most - prompt.chars().count();
        let look = one_line(&self.look);
        let look = if prompt.to_lowercase().contains(&look.to_lowercase()) {
            String::new()
        } else {
            fitting(&look, room, &mut left_out)
        };
        room -= if look.is_empty() { 0 } else { look.chars().count() + JOIN };
        let mut people = String::new();
        for character in self.characters.iter().filter(|character| character.is_in(&prompt)) {
            let sentence = format!("{}: {}", character.name, character.description.trim_end_matches(['.', ' ']));
            let takes = sentence.chars().count() + JOIN;
            if takes > room {
                left_out.push(character.name.clone());
                continue;
            }
            room -= takes;
            people.push_str(". ");
            people.push_str(&sentence);
        }
        let mut text = prompt;
        if !people.is_empty() || !look.is_empty() {
            text.truncate(text.trim_end_matches(['.', ',', ';', ' ']).len());
        }
        text.push_str(&people);
        if !look.is_empty() {
            text.push_str(if text.is_empty() { "" } else { ". " });
            text.push_str(&look);
        }
        Carried { text, left_out }
    }
}

/// Characters that stand between two parts.
const JOIN: usize = 2;

impl Character {
    /// The prompt names them: whole words, as they are written.
    fn is_in(&self, prompt: &str) -> bool {
        let name: Vec<&str> = self.name.unicode_words().collect();
        let words: Vec<&str> = prompt.unicode_words().collect();
        let owned = |word: &str| word.strip_suffix("'s").or(word.strip_suffix("’s")).unwrap_or(word).to_owned();
        !name.is_empty()
            && !self.description.trim().is_empty()
            && words
                .windows(name.len())
                .any(|some| some.iter().zip(&name).all(|(word, name)| word == name || owned(word) == *name))
    }
}

/// As many of the look's comma-separated parts as fit; `left_out` hears when that is not all.
fn fitting(look: &str, room: usize, left_out: &mut Vec<String>) -> String {
    let mut kept = look;
    while kept.chars().count() + JOIN > room && !kept.is_empty() {
        kept = kept.rfind(',').map_or("", |at| kept[..at].trim_end());
    }
    if kept.len() < look.len() {
        left_out.push(if kept.is_empty() { "the style".into() } else { "part of the style".into() });
    }
    kept.to_owned()
}

/// Reads `Ada = a keeper; Tom = a boy`; a dash or a colon between name and description will do.
fn characters(line: &str) -> Vec<Character> {
    let one = |part: &str| {
        let found = [" = ", "=", " – ", " — ", ": ", " - "].iter().find_map(|between| part.split_once(between));
        let (name, description) = found.unwrap_or((part, ""));
        let (name, description) = (name.trim().to_owned(), shortened(description.trim(), MAX_DESCRIPTION_CHARS));
        (!name.is_empty()).then_some(Character { name, description })
    };
    line.split(';').filter_map(one).take(MAX_CHARACTERS).collect()
}

/// Without what would end it in the line.
fn plain(text: &str) -> String {
    one_line(text).replace(';', ",").replace('=', "-")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn unquoted(value: &str) -> &str {
    value.trim().trim_matches(['"', '\''])
}

/// At most `most` characters, cut between two words where there is such a place.
fn shortened(text: &str, most: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(most) else { return text.to_owned() };
    let cut = &text[..end];
    if text[end..].starts_with(char::is_whitespace) {
        return cut.trim_end_matches([' ', ',', ';']).to_owned();
    }
    let between = cut.rfind(char::is_whitespace).filter(|at| *at * 2 > end).unwrap_or(end);
    cut[..between].trim_end_matches([' ', ',', ';']).to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SCRIPT: &str = "---\ntitle: Light\nstyle: paper cut, soft grain\ncharacters: Ada = a keeper of sixty; Old Tom – her brother, red cap\n---\n\n## One\n\nHello.\n";

    fn style() -> Style {
        Style::of(&Script::markdown(SCRIPT).front)
    }

    #[test]
    fn the_front_matter_says_it() {
        let style = style();
        assert_eq!(style.look, "paper cut, soft grain");
        let people: Vec<(&str, &str)> = style.characters.iter().map(|c| (c.name.as_str(), c.description.as_str())).collect();
        assert_eq!(people, [("Ada", "a keeper of sixty"), ("Old Tom", "her brother, red cap")]);
        assert_eq!(style.put(&Script::markdown(SCRIPT)).source(), SCRIPT.replace(" – ", " = "));
        let without = Style::default().put(&Script::markdown(SCRIPT));
        assert_eq!(without.source(), "---\ntitle: Light\n---\n\n## One\n\nHello.\n");
        assert_eq!(Style::of(&style.put(&Script::markdown("Hi.\n")).front), style);
    }

    #[test]
    fn a_prompt_carries_whom_it_names_and_the_look() {
        let carried = style().carry("Ada’s lamp at night.", 0);
        assert_eq!(carried.text, "Ada’s lamp at night. Ada: a keeper of sixty. paper cut, soft grain");
        assert!(carried.left_out.is_empty());
        assert_eq!(style().carry("Adamant rocks", 0).text, "Adamant rocks. paper cut, soft grain");
        assert_eq!(style().carry("A boat, paper cut, soft grain", 0).text, "A boat, paper cut, soft grain");
        assert_eq!(Style::default().carry(" A  boat. ", 0).text, "A boat.");
    }

    #[test]
    fn what_a_model_has_no_room_for_is_said() {
        let carried = style().carry("Ada and Old Tom", 30);
        assert_eq!((carried.text.as_str(), carried.left_out.len()), ("Ada and Old Tom. paper cut", 3));
        assert_eq!(style().carry("A long way down to the sea", 10).text, "A long way");
    }

    proptest! {
        #[test]
        fn no_prompt_is_longer_than_the_model_takes(prompt in "[A-Za-z .,é]{0,60}", look in "[a-z ,]{0,40}", most in 1..80u32) {
            let style = Style { look, characters: vec![Character { name: "A".into(), description: "b".into() }] };
            let carried = style.carry(&prompt, most);
            prop_assert!(carried.text.chars().count() <= most as usize, "{:?}", carried);
            prop_assert_eq!(&style.carry(&prompt, most), &carried);
        }

        #[test]
        fn what_is_put_is_read(look in "[a-z ,]{0,30}", names in proptest::collection::vec("[A-Z][a-z]{0,5}", 0..4)) {
            let characters = names.into_iter().map(|name| Character { name, description: "of sixty".into() }).collect();
            let style = Style { look: one_line(&look), characters };
            let script = style.put(&Script::markdown("## One\n\nHello.\n"));
            prop_assert_eq!(Style::of(&script.front), style);
            prop_assert_eq!(script.words(), 1);
        }
    }
}
