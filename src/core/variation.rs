//! The same thing in another mood or seen from elsewhere: a phrase that is put behind a prompt, by rule, and takes the place of the
//! phrase of its kind that stands there already. The words of the person stay as they are. Another try of the same prompt is only
//! another seed.

/// What stands between a prompt and a phrase that was put behind it.
const BEFORE: &str = "; ";

/// A seed fits into what every engine takes: 31 bits, not negative.
const SEED_BITS: u32 = 31;

/// A way to vary a prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Variation {
    /// The same words, another seed.
    Seed,
    /// One of `MOODS`.
    Mood(usize),
    /// One of `ANGLES`.
    Angle(usize),
}

/// A mood or an angle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// For people.
    pub label: &'static str,
    /// For engines.
    pub words: &'static str,
}

pub const MOODS: [Phrase; 8] = [
    Phrase { label: "Calm", words: "calm mood, soft even light, muted colours" },
    Phrase { label: "Warm", words: "warm and tender mood, golden low sun, amber light" },
    Phrase { label: "Joyful", words: "joyful mood, bright morning light, lively saturated colours" },
    Phrase { label: "Dreamy", words: "dreamy mood, mist, pastel haze, glowing edges" },
    Phrase { label: "Lonely", words: "lonely mood, wide empty space, cold blue dusk" },
    Phrase { label: "Mysterious", words: "mysterious mood, night, deep shadows, a single source of light" },
    Phrase { label: "Tense", words: "tense mood, storm, hard contrast, dark clouds" },
    Phrase { label: "Solemn", words: "solemn mood, winter, snow, restrained grey light" },
];

pub const ANGLES: [Phrase; 8] = [
    Phrase { label: "Wide", words: "wide shot, small in a large space" },
    Phrase { label: "Close", words: "close-up, one detail fills the picture" },
    Phrase { label: "From above", words: "seen from high above, looking down" },
    Phrase { label: "From below", words: "seen from low on the ground, looking up" },
    Phrase { label: "From behind", words: "seen from behind, looking where they look" },
    Phrase { label: "From the side", words: "seen in profile, straight from the side" },
    Phrase { label: "Head-on", words: "seen head-on, symmetrical" },
    Phrase { label: "Through a window", words: "seen through a window, with its frame in front" },
];

/// The prompt, varied. A number that is none of a list's leaves the prompt as it is.
pub fn varied(prompt: &str, variation: Variation) -> String {
    let (all, number) = match variation {
        Variation::Seed => return prompt.to_owned(),
        Variation::Mood(number) => (&MOODS, number),
        Variation::Angle(number) => (&ANGLES, number),
    };
    let Some(phrase) = all.get(number) else { return prompt.to_owned() };
    let plain = without(prompt, all);
    if plain.trim().is_empty() { phrase.words.to_owned() } else { format!("{}{BEFORE}{}", plain.trim_end(), phrase.words) }
}

/// Which of a list's phrases stands in a prompt.
pub fn current(prompt: &str, all: &[Phrase]) -> Option<usize> {
    all.iter().position(|phrase| prompt.contains(phrase.words))
}

/// The mood and the angle of a prompt, to vary another one in the same way.
pub fn found(prompt: &str) -> [Option<Variation>; 2] {
    [current(prompt, &MOODS).map(Variation::Mood), current(prompt, &ANGLES).map(Variation::Angle)]
}

fn without(prompt: &str, all: &[Phrase]) -> String {
    let own = |part: &&str| !all.iter().any(|phrase| phrase.words == part.trim());
    prompt.split(BEFORE).filter(own).collect::<Vec<_>>().join(BEFORE)
}

/// The seed of the try with this number of a thing: always the same one, and another one for each.
pub fn seed(of: &str, number: u64) -> i64 {
    // FNV-1a over the name, then the finaliser of splitmix64 (Steele, Lea, Flood 2014), so that neighbours have nothing in common.
    let name = of.bytes().fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let mut mixed = name.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((mixed ^ (mixed >> 31)) >> (u64::BITS - SEED_BITS)) as i64
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_phrase_takes_the_place_of_its_kind_only() {
        let calm = varied("a desk; oil paint", Variation::Mood(0));
        assert_eq!(calm, format!("a desk; oil paint; {}", MOODS[0].words));
        let above = varied(&calm, Variation::Angle(2));
        let tense = varied(&above, Variation::Mood(6));
        assert_eq!(tense, format!("a desk; oil paint; {}; {}", ANGLES[2].words, MOODS[6].words));
        assert_eq!((current(&tense, &MOODS), current(&tense, &ANGLES), current("a desk", &MOODS)), (Some(6), Some(2), None));
        let sent = format!("{tense}. Ink drawing");
        assert_eq!(found(&sent), [Some(Variation::Mood(6)), Some(Variation::Angle(2))], "with the project's style behind it");
        assert_eq!(varied("", Variation::Mood(1)), MOODS[1].words);
        assert_eq!(varied("a desk", Variation::Seed), "a desk");
        assert_eq!(varied("a desk", Variation::Angle(99)), "a desk");
    }

    #[test]
    fn phrases_are_told_apart() {
        let all: Vec<&str> = MOODS.iter().chain(&ANGLES).flat_map(|phrase| [phrase.words, phrase.label]).collect();
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len());
        assert!(all.iter().all(|words| !words.contains(BEFORE.trim()) && words.trim() == *words));
    }

    #[test]
    fn each_try_has_a_seed_of_its_own() {
        let seeds: HashSet<i64> =
            ["Opening", "The habit"].iter().flat_map(|of| (0..500).map(move |number| seed(of, number))).collect();
        assert_eq!(seeds.len(), 1000);
        assert!(seeds.iter().all(|seed| (0..1i64 << SEED_BITS).contains(seed)));
        assert_eq!(seed("Opening", 3), seed("Opening", 3));
    }

    proptest! {
        #[test]
        fn only_the_last_mood_is_left(prompt in "[a-zé ;,.]{0,40}", first in 0usize..8, second in 0usize..8) {
            let once = varied(&prompt, Variation::Mood(second));
            prop_assert_eq!(varied(&varied(&prompt, Variation::Mood(first)), Variation::Mood(second)), once.clone());
            prop_assert_eq!(current(&once, &MOODS), Some(second));
        }
    }
}
