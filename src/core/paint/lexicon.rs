//! What a prompt's words call into the picture, by the word list in `assets/painter.toml`. A handful of nouns decides what people
//! expect to see; everything else only rolls the dice.

use std::sync::OnceLock;

use serde::Deserialize;

use super::colour::{Lab, hex};
use super::palette::Palette;

const LIST: &str = include_str!("../../../assets/painter.toml");

/// What the painter can do something with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Thing {
    Night,
    Dawn,
    Morning,
    Day,
    Sunset,
    Dusk,
    Rain,
    Storm,
    Snow,
    Fog,
    Clouds,
    Overcast,
    Stars,
    Moon,
    Sun,
    Aurora,
    Autumn,
    Spring,
    Room,
    Desk,
    Window,
    City,
    Village,
    Street,
    Sea,
    Lake,
    River,
    Forest,
    Mountain,
    Hill,
    Desert,
    Field,
    Space,
    Underwater,
    Stage,
    Tree,
    Pine,
    House,
    Lighthouse,
    Boat,
    Bridge,
    Bus,
    Car,
    Train,
    StreetLamp,
    Lamp,
    Fire,
    Book,
    Cup,
    Plant,
    Computer,
    Clock,
    Balloon,
    Birds,
    Flowers,
    Bees,
    Butterflies,
    Hive,
    Cat,
    Dog,
    Horse,
    Sheep,
    Deer,
    Person,
    People,
    Portrait,
    Calm,
    Joy,
    Sad,
    Tense,
    Hope,
    Energy,
    Dream,
    Warm,
    Cold,
}

/// The things a prompt names, first named first, and its colours.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    pub things: Vec<Thing>,
    pub colours: Vec<Lab>,
    /// What the prompt calls each of the things.
    pub names: Vec<String>,
    /// Words that may well be things, and are in no list.
    pub unknown: Vec<String>,
}

impl Reading {
    pub fn has(&self, thing: Thing) -> bool {
        self.things.contains(&thing)
    }

    pub fn any(&self, things: &[Thing]) -> bool {
        things.iter().any(|thing| self.has(*thing))
    }

    /// Which of these is named first.
    pub fn first(&self, of: &[Thing]) -> Option<Thing> {
        self.things.iter().copied().find(|thing| of.contains(thing))
    }
}

/// What a prompt calls for. A thing behind “no” or “without” is left out.
pub fn read(prompt: &str) -> Reading {
    let words = words(prompt);
    let mut reading = Reading::default();
    let mut used = false;
    for (at, word) in words.iter().enumerate() {
        // The second word of a pair says nothing by itself: a street lamp is no lamp on a desk.
        if std::mem::take(&mut used) {
            continue;
        }
        let denied = words[at.saturating_sub(2)..at]
            .iter()
            .any(|before| ["no", "without", "not", "ohne", "sans", "sin"].contains(&before.as_str()));
        if denied {
            continue;
        }
        let next = words.get(at + 1).map_or("", String::as_str);
        let mut known = list().silent.iter().any(|silent| matches(&silent.words, word, next));
        for entry in list().word.iter().filter(|entry| matches(&entry.words, word, next)) {
            let pair = pairs(&entry.words, word, next);
            (used, known) = (used || pair, true);
            let name = if pair { format!("{word} {next}") } else { word.clone() };
            match reading.things.iter().position(|thing| *thing == entry.of) {
                // The word that the list begins with says best what it is.
                Some(at) if entry.words.split(' ').next().is_some_and(|first| first == word) => reading.names[at] = name,
                Some(_) => {}
                None => {
                    reading.things.push(entry.of);
                    reading.names.push(name);
                }
            }
        }
        for colour in list().colour.iter().filter(|colour| matches(&colour.words, word, next)) {
            known = true;
            if let Some(lab) = hex(&colour.hex).filter(|lab| !reading.colours.contains(lab)) {
                reading.colours.push(lab);
            }
        }
        if !known && may_be_a_thing(word) && !reading.unknown.contains(word) {
            reading.unknown.push(word.clone());
        }
    }
    reading
}

/// Not too short, of letters, and without an ending that says how something is or what it does.
fn may_be_a_thing(word: &str) -> bool {
    const ENDINGS: [&str; 9] = ["ly", "ing", "ed", "ful", "less", "ous", "ish", "est", "able"];
    word.chars().count() > 2
        && word.chars().all(|c| c.is_alphabetic() && c < '\u{2e80}')
        && !ENDINGS.iter().any(|ending| word.len() > ending.len() + 2 && word.ends_with(ending))
}

/// The sets of colours.
pub(super) fn palettes() -> &'static [Palette] {
    &list().palette
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    palette: Vec<Palette>,
    word: Vec<Word>,
    colour: Vec<Colour>,
    silent: Vec<Silent>,
}

/// Words that call nothing into a picture.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Silent {
    words: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Word {
    of: Thing,
    words: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Colour {
    hex: String,
    words: String,
}

fn list() -> &'static List {
    static READ: OnceLock<List> = OnceLock::new();
    READ.get_or_init(|| toml::from_str(LIST).expect("assets/painter.toml is sound"))
}

/// Whether a word, or it and the next, stands in a list of words.
fn matches(list: &str, word: &str, next: &str) -> bool {
    list.split(' ').any(|known| match known.split_once('_') {
        Some(pair) => is_pair(pair, word, next),
        // Scripts without spaces between words.
        None if !known.is_ascii() && known.chars().all(|c| c > '\u{2e80}') => word.contains(known),
        None => known == word || is_plural(word, known),
    })
}

/// Whether it is a word and the next together that stand there.
fn pairs(list: &str, word: &str, next: &str) -> bool {
    list.split(' ').filter_map(|known| known.split_once('_')).any(|pair| is_pair(pair, word, next))
}

fn is_pair((first, second): (&str, &str), word: &str, next: &str) -> bool {
    first == word && (second == next || is_plural(next, second))
}

fn is_plural(word: &str, of: &str) -> bool {
    let Some(ending) = word.strip_prefix(of) else {
        return of.strip_suffix('y').is_some_and(|stem| word.strip_suffix("ies") == Some(stem));
    };
    matches!(ending, "s" | "es") && of.len() > 2
}

/// Words in lower case; a hyphen within a word stays.
fn words(prompt: &str) -> Vec<String> {
    let prompt = prompt.to_lowercase().replace(['’', '\''], " ");
    let pieces = prompt.split(|c: char| !(c.is_alphanumeric() || c == '-'));
    pieces.map(|word| word.trim_matches('-').to_owned()).filter(|word| !word.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_call_things_up_in_their_order() {
        let reading = read("A small bus on the hill road before dawn, two street lamps, blue hills");
        assert_eq!(reading.things, [Thing::Bus, Thing::Hill, Thing::Street, Thing::Dawn, Thing::StreetLamp]);
        assert_eq!(reading.colours.len(), 1);
        assert!(read("cities, stories").has(Thing::City));
        assert!(read("静かな夜の海").any(&[Thing::Night]) && read("静かな夜の海").has(Thing::Sea));
    }

    #[test]
    fn what_is_denied_stays_away() {
        let reading = read("an empty street at night without people, no cars, not a single tree");
        assert_eq!(reading.first(&[Thing::People, Thing::Car]), None);
        assert!(reading.has(Thing::Street) && reading.has(Thing::Night));
    }

    #[test]
    fn what_it_has_never_heard_of_is_told() {
        let reading = read("Bees around a hive, a slowly rising sourdough on the old street lamp, red tango");
        assert_eq!(reading.names, ["bees", "hive", "street", "street lamp"]);
        assert_eq!(reading.unknown, ["sourdough", "tango"]);
        assert_eq!(read("sourdough, Sourdough, not a tango").unknown, ["sourdough"], "once, and nothing that is denied");
    }

    #[test]
    fn nothing_in_nothing_out() {
        for text in ["", "    ", "\u{0}", "🙂🙂", "no 12", "the very quiet"] {
            let reading = read(text);
            assert_eq!((&reading.unknown, &reading.colours), (&Vec::new(), &Vec::new()), "{text:?}");
        }
        assert!(palettes().len() > 12);
    }
}
