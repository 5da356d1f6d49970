//! The writer that needs no network, no key and no model: an outline of the theme by rules. It is a frame to be filled: sentences to
//! begin with, cues that say what only the person can add, seconds, and prompts from which a picture can be drawn. It says in the front
//! matter that nobody thought about the theme, and is never passed off as more.

use super::{Brief, Draft, Scene, Tone};

/// The front matter's line that says what it is.
pub const MADE_BY: &str = "outline by rules, not by AI";

/// A step that talks of this kind have.
struct Beat {
    heading: &'static str,
    /// Share of the whole's time.
    weight: f64,
    /// Sentences to begin with, one set is taken; `{theme}` is the theme as it was given.
    said: [&'static str; 2],
    /// What the person adds.
    cue: &'static str,
    /// Where it is seen, and what moves there.
    place: &'static str,
    motion: &'static str,
}

/// In the order in which they are spoken. A short talk has the first of `ORDER`.
const BEATS: [Beat; 8] = [
    Beat {
        heading: "The question",
        weight: 0.7,
        said: [
            "{theme}\n\nI have carried that around with me for a while. Let me show you why.",
            "Give me a moment of your time for this. {theme}",
        ],
        cue: "say in one sentence what it has to do with you",
        place: "a writing desk by a tall window, a lamp burning, hills outside",
        motion: "slow push in toward the window, the lamp flickers",
    },
    Beat {
        heading: "Where it began",
        weight: 1.2,
        said: [
            "I remember the day it began. It was an ordinary day, and nobody noticed.",
            "It did not begin with a plan. It began with something small.",
        ],
        cue: "tell that moment: where you were, what you saw, who was there",
        place: "a quiet street in a small town, one lit window, a road leading away",
        motion: "camera drifts along the street toward the lit window",
    },
    Beat {
        heading: "What most people think",
        weight: 1.0,
        said: [
            "Most people would tell you it is simple. I thought so too.",
            "There is an answer that everybody knows. It is a good answer, and it is not enough.",
        ],
        cue: "name the usual answer, fairly",
        place: "a crowd of silhouettes on a city square, tall houses behind",
        motion: "the crowd passes slowly, one figure stands still",
    },
    Beat {
        heading: "What is really so",
        weight: 1.4,
        said: ["Then I looked closer. And closer, it looks different.", "Here is what I found instead, and it surprised me."],
        cue: "say what you found, in your own words; one fact, one picture",
        place: "wide hills under a big sky, a path going up, clouds opening",
        motion: "camera rises over the path as the clouds open",
    },
    Beat {
        heading: "One example",
        weight: 1.3,
        said: [
            "Let me give you one example. Only one, but a true one.",
            "There is somebody I think of whenever I talk about this.",
        ],
        cue: "tell the example from its beginning to its end",
        place: "a portrait silhouette beside a lamp in a warm room, rain on the window",
        motion: "rain runs down the window, the figure turns a little",
    },
    Beat {
        heading: "What you can do",
        weight: 1.1,
        said: [
            "So what do you do with it? Begin with the smallest thing.",
            "You do not need much for this. You need one evening, and one thing that you try.",
        ],
        cue: "name the first step so plainly that one could take it today",
        place: "an open door, a table with a few plain things on it, morning light",
        motion: "light moves across the table as the door opens",
    },
    Beat {
        heading: "What speaks against it",
        weight: 0.9,
        said: [
            "You may say that it is not so easy. You are right.",
            "There is something to be said against all this, and I do not want to hide it.",
        ],
        cue: "name the strongest objection, and what you answer",
        place: "a dark forest, a narrow road between the trees, a little light far off",
        motion: "slow move between the trees toward the light",
    },
    Beat {
        heading: "What stays",
        weight: 0.7,
        said: [
            "When all of it is forgotten, one thing should stay.",
            "I began with a question. I do not close it. I hand it to you.",
        ],
        cue: "your last sentence; say it slowly, and stop",
        place: "a calm sea under stars, one small boat with a lamp",
        motion: "the boat drifts, the stars come out one by one",
    },
];

/// Which beats a talk of so many scenes has: the first so many of these.
const ORDER: [usize; 8] = [0, 7, 3, 4, 5, 1, 2, 6];

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
    let whole: f64 = beats.iter().map(|beat| beat.weight).sum();
    let seed = theme.bytes().fold(0usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte as usize));
    let subject = subject(&theme);
    let mut spent = 0.0;
    let scenes = beats.iter().enumerate().map(|(at, beat)| {
        // The last one takes what rounding left.
        let secs =
            if at + 1 == beats.len() { brief.seconds - spent } else { (brief.seconds * beat.weight / whole).round().max(3.0) };
        let secs = secs.round().max(3.0);
        spent += secs;
        let sentence = if theme.ends_with(['.', '?', '!', '…']) { theme.clone() } else { format!("{theme}.") };
        let said = beat.said[(seed + at) % beat.said.len()].replace("{theme}", &sentence);
        let mut scene =
            Scene { heading: heading(beat, &beats, at), body: format!("{said}\n\n[{}]", beat.cue), ..Scene::default() };
        let picture = [subject.as_str(), beat.place, light(brief.tone)];
        scene.set("image", &picture.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "));
        scene.set("clip", beat.motion);
        scene.set("seconds", &format!("{secs}"));
        scene
    });
    let scenes: Vec<Scene> = scenes.collect();
    let mut front = vec![("title".to_owned(), title(&theme)), ("made".to_owned(), MADE_BY.to_owned())];
    if !brief.language.is_empty() {
        front.insert(1, ("language".to_owned(), "en".to_owned()));
    }
    Draft { front, scenes }
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
