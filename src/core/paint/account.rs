//! What became of a prompt's words: what is drawn, what its scene had no room for, what the painter has never heard of. It draws from a
//! list of words and says so, instead of letting a person look for bees in a picture of a desk.

use super::lexicon::{Reading, Thing};
use super::plan::Setting;

/// So many unknown words are told; more is a prompt for somebody else.
const TOLD: usize = 6;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// In the prompt's own words.
    pub drawn: Vec<String>,
    /// Known, and not in this picture.
    pub left_out: Vec<String>,
    pub unknown: Vec<String>,
}

impl Account {
    /// Of a picture of this setting in the colours of this palette; `asked` is what was asked for while it was drawn.
    pub(super) fn of(reading: &Reading, setting: Setting, palette: &str, asked: &[Thing]) -> Account {
        let mut account = Account { unknown: reading.unknown.iter().take(TOLD).cloned().collect(), ..Account::default() };
        for (thing, name) in reading.things.iter().zip(&reading.names).filter(|(thing, _)| !is_mood(**thing)) {
            let seen = asked.contains(thing) || setting.shows(*thing) || lights(*thing).contains(&palette);
            let list = if seen { &mut account.drawn } else { &mut account.left_out };
            if !list.contains(name) {
                list.push(name.clone());
            }
        }
        // One word may call up two things.
        account.left_out.retain(|name| !account.drawn.contains(name));
        account
    }

    /// For people: “Drawn: desk, dawn. Left out here: boat. Not in its lexicon: sourdough.”
    pub fn words(&self) -> String {
        let list = |what: &str, words: &[String]| (!words.is_empty()).then(|| format!("{what}: {}.", words.join(", ")));
        let drawn = list("Drawn", &self.drawn).unwrap_or_else(|| "Drawn: a mood in colours.".to_owned());
        let parts = [Some(drawn), list("Left out here", &self.left_out), list("Not in its lexicon", &self.unknown)];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// What bends colours and is no thing.
fn is_mood(thing: Thing) -> bool {
    use Thing::{Calm, Cold, Dream, Energy, Hope, Joy, Sad, Tense, Warm};
    matches!(thing, Calm | Cold | Dream | Energy | Hope | Joy | Sad | Tense | Warm)
}

/// The palettes that show an hour, a weather or a season.
fn lights(thing: Thing) -> &'static [&'static str] {
    match thing {
        Thing::Night | Thing::Stars | Thing::Moon => &["night"],
        Thing::Dawn => &["dawn"],
        Thing::Morning => &["morning"],
        Thing::Day => &["day"],
        Thing::Sunset | Thing::Sun => &["sunset"],
        Thing::Dusk => &["dusk"],
        Thing::Rain => &["rain", "overcast"],
        Thing::Storm => &["storm"],
        Thing::Snow => &["snow"],
        Thing::Overcast => &["overcast"],
        Thing::Aurora => &["aurora"],
        Thing::Autumn => &["autumn"],
        Thing::Spring => &["spring"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::super::palette::Style;
    use super::super::{Brief, paint};

    fn told(prompt: &str) -> String {
        paint(&Brief { prompt, style: Style::Paper, own: &[], seed: 3, width: 1280, height: 720 }).account.words()
    }

    #[test]
    fn a_person_reads_what_was_drawn_and_what_was_not() {
        assert_eq!(
            told("bees, a writing desk by a tall window, hills outside, before dawn, first peach light, sourdough"),
            "Drawn: bees, desk, window, hills, before dawn. Not in its lexicon: sourdough."
        );
        assert_eq!(told("a lighthouse, a car"), "Drawn: lighthouse. Left out here: car.");
        assert_eq!(told("failure and stress"), "Drawn: a mood in colours.");
        assert_eq!(told("tango and quiet hope"), "Drawn: a mood in colours. Not in its lexicon: tango.");
    }

    #[test]
    fn what_lives_is_drawn_where_it_lives() {
        for prompt in ["bees over a meadow, a hive, butterflies", "a horse and sheep on a hill", "a cat in a room"] {
            assert!(!told(prompt).contains("Left out") && !told(prompt).contains("lexicon"), "{}", told(prompt));
        }
    }
}
