//! The writer that needs no network, no key and no model: an outline of the theme by rules. It is a draft that can be read aloud: about
//! as many sentences as the time holds at the script's pace, cues that say what only the person can add, seconds that follow the words,
//! and prompts from which a picture can be drawn. It says in the front matter that nobody thought about the theme, and is never passed
//! off as more.

mod beats;

use std::collections::HashMap;

use super::super::script::count_words;
use super::{Brief, Draft, Scene, Tone};
use beats::{AGAIN, BEATS, Beat, ORDER};

/// The front matter's line that says what it is.
pub const MADE_BY: &str = "outline by rules, not by AI";

/// Sentences of a paragraph.
const TOGETHER: usize = 3;

/// When the sentences fill this part of the time that was asked for, the scenes are given all of it.
const FILLED: f64 = 0.8;

/// A scene is never shorter.
const LEAST_SECS: f64 = 3.0;

/// Words that say nothing about what is to be seen.
const EMPTY: [&str; 44] = [
    "about", "after", "again", "also", "because", "been", "before", "being", "between", "could", "does", "doing", "down",
    "each", "even", "ever", "every", "from", "have", "into", "just", "like", "make", "more", "most", "much", "must", "only",
    "other", "over", "really", "should", "some", "still", "such", "than", "that", "their", "them", "then", "there", "these",
    "they", "this",
];
const EMPTY_TOO: [&str; 18] = [
    "those", "very", "want", "what", "when", "where", "which", "while", "will", "with", "would", "your", "matter", "matters",
    "things", "thing", "people", "why",
];

/// The outline of a theme. The same brief gives the same outline.
pub fn outline(brief: &Brief) -> Draft {
    let theme = tidy(&brief.theme);
    let beats = beats(brief.scene_count() as usize);
    let said = said(brief, &theme, &beats);
    let secs = seconds(brief, &said);
    let subject = subject(&theme);
    let scenes = beats.iter().enumerate().map(|(at, beat)| {
        let paragraphs: Vec<String> = said[at].chunks(TOGETHER).map(|some| some.join(" ")).collect();
        let body = format!("{}\n\n[{}]", paragraphs.join("\n\n"), beat.cue);
        let mut scene = Scene { heading: heading(beat, &beats, at), body, ..Scene::default() };
        let picture = [subject.as_str(), beat.place, light(brief.tone)];
        scene.set("image", &picture.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "));
        scene.set("clip", beat.motion);
        scene.set("seconds", &secs[at].to_string());
        scene
    });
    let scenes: Vec<Scene> = scenes.collect();
    let mut front = vec![("title".to_owned(), title(&theme)), ("made".to_owned(), MADE_BY.to_owned())];
    if !brief.language.is_empty() {
        front.insert(1, ("language".to_owned(), "en".to_owned()));
    }
    Draft { front, scenes }
}

/// The sentences of each scene: about as many as its share of the time holds. A beat that comes again goes on where it was left.
fn said(brief: &Brief, theme: &str, beats: &[&Beat]) -> Vec<Vec<String>> {
    let seed = theme.bytes().fold(0usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte as usize));
    let whole: f64 = beats.iter().map(|beat| beat.weight).sum();
    let sentence = if theme.ends_with(['.', '?', '!', '…']) { theme.to_owned() } else { format!("{theme}.") };
    let fill = |text: &&str| text.replace("{theme}", &sentence);
    let times = |beat: &Beat| beats.iter().filter(|other| other.heading == beat.heading).count() as f64;
    let (mut left, mut again): (HashMap<&str, std::slice::Iter<'_, &str>>, _) = (HashMap::new(), AGAIN.iter().cycle());
    let scenes = beats.iter().enumerate().map(|(at, beat)| {
        // One that comes again leaves the later ones their part.
        let wanted = (f64::from(brief.words()) * beat.weight / whole).min(beat.words() / times(beat));
        let mut lines: Vec<String> = Vec::new();
        let rest = left.entry(beat.heading).or_insert_with(|| {
            lines.extend(beat.opens[(seed + at) % beat.opens.len()].iter().map(fill));
            beat.goes_on.iter()
        });
        let mut words: usize = lines.iter().map(|line| count_words(line)).sum();
        // One more as long as it is nearer to what is wanted with it than without.
        while let Some(next) = rest.clone().next().map(fill).filter(|_| (words as f64) < wanted) {
            let more = count_words(&next);
            if !lines.is_empty() && words as f64 + more as f64 / 2.0 > wanted {
                break;
            }
            words += more;
            lines.push(next);
            rest.next();
        }
        if lines.is_empty() {
            lines.extend(again.next().map(fill));
        }
        lines
    });
    scenes.collect()
}

/// Seconds of each scene, as its words take them. Where they nearly fill what was asked for, together they are exactly that.
fn seconds(brief: &Brief, said: &[Vec<String>]) -> Vec<f64> {
    let natural: Vec<f64> =
        said.iter().map(|lines| lines.iter().map(|line| count_words(line)).sum::<usize>() as f64 * 60.0 / brief.pace).collect();
    let whole: f64 = natural.iter().sum();
    let fills = whole >= brief.seconds * FILLED && whole <= brief.seconds / FILLED;
    let factor = if fills { brief.seconds / whole } else { 1.0 };
    let mut secs: Vec<f64> = natural.iter().map(|secs| (secs * factor).round().max(LEAST_SECS)).collect();
    // The longest one takes what rounding left.
    let over = secs.iter().sum::<f64>() - brief.seconds.round();
    if let Some(longest) =
        secs.iter_mut().max_by(|a, b| a.total_cmp(b)).filter(|longest| fills && **longest - over >= LEAST_SECS)
    {
        *longest -= over;
    }
    secs
}

/// So many beats in their order; a long talk has its middle more than once.
fn beats(count: usize) -> Vec<&'static Beat> {
    let mut places: Vec<usize> = ORDER[..count.clamp(1, ORDER.len())].to_vec();
    let middle = [4, 3, 1, 6];
    places.extend((ORDER.len()..count).map(|more| middle[more % middle.len()]));
    places.sort_unstable();
    places.into_iter().map(|at| &BEATS[at]).collect()
}

/// Its heading, with a number where it comes more than once.
fn heading(beat: &Beat, beats: &[&Beat], at: usize) -> String {
    let alike = |of: &&&Beat| of.heading == beat.heading;
    if beats.iter().filter(alike).count() < 2 {
        return beat.heading.to_owned();
    }
    format!("{} {}", beat.heading, beats[..=at].iter().filter(alike).count())
}

/// The theme's first sentence or line, on one line.
fn tidy(theme: &str) -> String {
    let line = theme.trim().lines().next().unwrap_or_default();
    let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
    // What has a meaning in a script would not be spoken.
    let plain: String = words.chars().filter(|c| !matches!(c, '#' | '>' | '[' | ']' | '`' | '*' | '<')).collect();
    let plain = plain.trim().trim_start_matches(['-', '+', '=', ' ']).to_owned();
    if plain.is_empty() { "Untitled".to_owned() } else { plain }
}

fn title(theme: &str) -> String {
    let bare = theme.trim_end_matches(['.', '!', ' ']);
    match bare.char_indices().nth(70) {
        Some((end, _)) => format!("{}…", bare[..end].rsplit_once(' ').map_or(&bare[..end], |(whole, _)| whole)),
        None => bare.to_owned(),
    }
}

/// What of the theme may be seen: its longer words.
fn subject(theme: &str) -> String {
    let words = theme.split(|c: char| !c.is_alphanumeric() && c != '-').filter(|word| word.chars().count() >= 4);
    let telling = words.filter(|word| {
        let lower = word.to_lowercase();
        !EMPTY.contains(&lower.as_str()) && !EMPTY_TOO.contains(&lower.as_str())
    });
    telling.take(4).collect::<Vec<_>>().join(" ")
}

fn light(tone: Tone) -> &'static str {
    match tone {
        Tone::Calm => "before dawn, first peach light",
        Tone::Lively => "bright morning, clear sky",
        Tone::Serious => "overcast evening, cool light",
        Tone::Funny => "sunny afternoon, warm colours",
        Tone::Plain => "clear day, even light",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::core::script::Script;
    use crate::core::writing::read;

    fn brief(theme: &str, seconds: f64, scenes: Option<u32>) -> Brief {
        Brief { theme: theme.into(), seconds, scenes, ..Brief::default() }.bounded()
    }

    #[test]
    fn an_outline_is_a_script_that_says_what_it_is() {
        let draft = outline(&brief("Why lighthouses still matter", 142.0, Some(5)));
        let script = Script::markdown(draft.markdown());
        assert_eq!((script.title(), script.scenes.len(), script.seconds()), ("Why lighthouses still matter", 5, 142.0));
        assert!(script.source().contains("made: outline by rules, not by AI"));
        assert!(script.scenes[0].lines.iter().any(|line| line.text == "Why lighthouses still matter."));
        assert!(script.scenes[0].image_prompt().unwrap().starts_with("lighthouses, "));
        assert_eq!(script.scenes.last().unwrap().heading, "What stays");
        assert_eq!(script.scenes.last().unwrap().lines.iter().filter(|line| line.text.contains("still matter")).count(), 1);
        assert_eq!(outline(&brief("Why lighthouses still matter", 142.0, Some(5))), draft);
    }

    #[test]
    fn a_long_one_numbers_what_comes_again() {
        let draft = outline(&brief("Rain", 900.0, Some(12)));
        let mut headings: Vec<&str> = draft.scenes.iter().map(|scene| scene.heading.as_str()).collect();
        assert_eq!(headings.len(), 12);
        headings.sort_unstable();
        headings.dedup();
        assert_eq!(headings.len(), 12);
    }

    /// Words a minute of each scene.
    fn paces(script: &Script) -> Vec<f64> {
        script.scenes.iter().map(|scene| scene.words as f64 * 60.0 / scene.seconds(script.pace())).collect()
    }

    #[test]
    fn it_holds_about_as_many_words_as_can_be_spoken_in_its_time() {
        for (seconds, pace) in [(60.0, 150.0), (120.0, 150.0), (120.0, 110.0), (240.0, 150.0), (300.0, 150.0)] {
            let brief = Brief { pace, ..brief("Why bees matter", seconds, None) };
            let script = Script::markdown(outline(&brief).markdown());
            assert_eq!(script.seconds(), seconds, "{seconds} s at {pace}");
            let words = script.words() as f64;
            assert!((words / f64::from(brief.words()) - 1.0).abs() < 0.2, "{words} words in {seconds} s at {pace}");
            let paces = paces(&script);
            assert!(paces.iter().all(|own| (own / pace - 1.0).abs() < 0.3), "{seconds} s at {pace}: {paces:.0?}");
        }
    }

    #[test]
    fn where_the_sentences_end_the_seconds_end_too() {
        let script = Script::markdown(outline(&brief("Rain", 3600.0, None)).markdown());
        assert!(script.seconds() < 1200.0, "{}", script.seconds());
        assert!(paces(&script).iter().all(|pace| (90.0..180.0).contains(pace)), "{:.0?}", paces(&script));
    }

    #[test]
    fn no_sentence_is_said_twice_and_no_hour_contradicts_another() {
        let script = Script::markdown(outline(&brief("Rain", 600.0, Some(12))).markdown());
        let mut lines: Vec<&str> = script.scenes.iter().flat_map(|scene| &scene.lines).map(|line| line.text.as_str()).collect();
        let count = lines.len();
        lines.sort_unstable();
        lines.dedup();
        assert_eq!(lines.len(), count);
        let hours = ["morning", "dawn", "evening", "night", "noon", "dusk", "stars", "lamp"];
        assert!(BEATS.iter().all(|beat| hours.iter().all(|hour| !beat.place.contains(hour) && !beat.motion.contains(hour))));
    }

    proptest! {
        #[test]
        fn every_theme_gives_a_script(theme in "\\PC{0,80}", seconds in 10.0..3600.0f64, scenes in proptest::option::of(1..40u32)) {
            let brief = brief(&theme, seconds, scenes);
            let draft = outline(&brief);
            let script = Script::markdown(draft.markdown());
            prop_assert_eq!(script.scenes.len(), brief.scene_count() as usize);
            prop_assert!(script.scenes.iter().all(|scene| scene.words > 0 && scene.image_prompt().is_some() && scene.target_secs().is_some()));
            prop_assert_eq!(read::answer(&draft.markdown()).scenes.len(), draft.scenes.len());
        }
    }
}
