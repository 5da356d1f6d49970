//! Readers that read on, pause, skip, repeat and ad-lib. Every reader and every way of reading occurs; all pairs of them take
//! minutes: set `ONETAKE_VOICE_ALL` to try those, with `--nocapture` for the figures.

use super::rig::{Outcome, Reading, SETTLE_SECS, Say, follow, words};
use super::speech::Voice;

const SCRIPT: &str = "## Opening\n\nEvery story starts with a quiet room and a question nobody asked. [smile] Here is mine. Why do I get up in the dark to write things no one is waiting for?\n\n## The habit\n\nYou sit down, you open the window, and you let the morning in. The first sentence is usually terrible. Write it anyway. It is only there to hold the door for the second.\n\n## Eight minutes\n\nEight minutes is what I had when the children were small. It was enough for one honest paragraph, and on a good day for two. Nobody asked me to show it.\n\n## What stays\n\nWhat stays is not the page but the hour. Paper turns yellow and files get lost, but the habit remains. So sit down, open the window, and begin.\n";

/// Ten seconds and more.
const TALK: &str = "By the way, my neighbour called me yesterday about his car, and he told me that the engine had broken down again near the airport. I said we could fetch some coffee and talk about football instead.";

const LINES: usize = 13;

/// 90 % of the time the place is right within this many words, for voices the model was made for, and one it was not.
const ERROR_WORDS: f64 = 4.0;
const FOREIGN_ERROR_WORDS: f64 = 9.0;
/// 90 % of the words are passed this long after they were said, in seconds.
const LAG_SECS: f64 = 2.0;
/// The last word may be swallowed.
const SWALLOWED: usize = 2;
/// How far an aside may move the text, in words.
const DRIFT_WORDS: f64 = 3.0;

fn plan(name: &str) -> Vec<Say> {
    match name {
        "straight" => vec![Say::Lines(0, LINES)],
        "pauses" => vec![Say::Lines(0, 3), Say::Pause(3.0), Say::Lines(3, 5), Say::Pause(6.0), Say::Lines(5, LINES)],
        "skipped" => vec![Say::Lines(0, 4), Say::Lines(5, 8), Say::Lines(9, LINES)],
        "repeated" => vec![Say::Lines(0, 4), Say::Lines(3, 8), Say::Lines(7, LINES)],
        _ => vec![Say::Lines(0, 5), Say::Talk(TALK), Say::Lines(5, LINES)],
    }
}

fn run(name: &str, voice: Voice) -> (Reading, Outcome) {
    let words = words(SCRIPT);
    assert_eq!(words.sentences.len(), LINES);
    let reading = Reading::of(&words, &plan(name), voice);
    let outcome = follow(&words, &reading);
    println!("{name:<9} {voice:?}: {}", outcome.figures());
    (reading, outcome)
}

fn check(name: &str, voice: Voice, error_words: f64) {
    let (reading, outcome) = run(name, voice);
    let figures = outcome.figures();
    assert!(outcome.arrived + SWALLOWED >= outcome.words, "{name} {voice:?} did not arrive: {figures}");
    assert!(outcome.error(0.5) <= error_words / 2.0 && outcome.error(0.9) <= error_words, "{name} {voice:?}: {figures}");
    assert!(error_words > ERROR_WORDS || outcome.lag(0.9) <= LAG_SECS, "{name} {voice:?}: {figures}");
    assert!(outcome.drift <= DRIFT_WORDS, "{name} {voice:?} drifted: {figures}");
    if name == "talk" {
        let long = reading.talk.iter().all(|talk| talk.end - talk.start >= 8.0);
        assert!(long, "an aside is long: {:?}", reading.talk);
    }
}

#[test]
fn a_woman_reads_straight_on() {
    check("straight", Voice::Flite("slt", 1.0), ERROR_WORDS);
}

#[test]
fn a_slow_scot_leaves_pauses() {
    check("pauses", Voice::Flite("awb", 1.15), ERROR_WORDS);
}

#[test]
fn a_man_skips_sentences() {
    check("skipped", Voice::Flite("rms", 1.0), ERROR_WORDS);
}

#[test]
fn a_robot_in_a_hurry_repeats_sentences() {
    check("repeated", Voice::Flite("kal16", 0.85), ERROR_WORDS);
}

#[test]
fn a_woman_ad_libs() {
    check("talk", Voice::Flite("slt", 1.1), ERROR_WORDS);
}

#[test]
fn a_man_ad_libs() {
    check("talk", Voice::Flite("rms", 0.9), ERROR_WORDS);
}

#[test]
fn a_machine_repeats_sentences() {
    check("repeated", Voice::Espeak("en-us", 150), ERROR_WORDS + 1.0);
}

#[test]
fn a_british_machine_is_understood_by_an_american_model() {
    check("straight", Voice::Espeak("en-gb", 130), FOREIGN_ERROR_WORDS);
}

/// Sentences that were left out or read again are found within the time the figures leave for settling.
#[test]
fn leaps_are_followed_soon() {
    let (reading, outcome) = run("skipped", Voice::Flite("slt", 1.0));
    for leap in reading.leaps() {
        let (at, belief) = outcome.beliefs.iter().find(|(at, _)| *at >= leap.0 + SETTLE_SECS).unwrap();
        let truth = reading.truth(*at).map_or(belief.place, |(truth, _)| truth);
        assert!((belief.place - truth).abs() < 4.0, "{SETTLE_SECS} s after word {}: {belief:?}, not {truth}", leap.1);
    }
    assert_eq!(reading.leaps().len(), 2);
}

#[test]
fn every_reader_reads_every_way() {
    if std::env::var_os("ONETAKE_VOICE_ALL").is_none() {
        return;
    }
    let voices = [
        Voice::Flite("slt", 1.0),
        Voice::Flite("rms", 1.0),
        Voice::Flite("awb", 1.15),
        Voice::Flite("kal16", 0.9),
        Voice::Espeak("en-us", 150),
        Voice::Espeak("en-gb", 130),
    ];
    for voice in voices {
        for name in ["straight", "pauses", "skipped", "repeated", "talk"] {
            run(name, voice);
        }
    }
}
