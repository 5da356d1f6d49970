//! Speech where espeak-ng is installed: a file in the form of narrations, as long as its words take; words are never options.

use onetake::core::generate::{Class, Standing, Wish};
use onetake::core::job::Kind;
use onetake::media::examine::examine;

use super::moving::{Shop, order};

#[test]
fn words_become_a_narration() {
    let shop = Shop::open();
    let speak = |job: &str, words: &str, language: &str| {
        let wish = Wish { language: Some(language.into()), ..Wish::default() };
        let (made, path) = shop.made(&order(job, Kind::Speech, "espeak-ng", words, wish));
        assert_eq!(made.files[0].mime, "audio/wav");
        examine(&path, &std::sync::atomic::AtomicBool::new(false)).unwrap().facts
    };
    let short = speak("short", "Every story starts with a quiet room.", "en");
    assert_eq!((short.sample_rate, short.channels), (48_000, 1));
    assert!((1_000_000_000..8_000_000_000).contains(&short.nanos), "{} s", short.nanos as f64 / 1e9);
    let long = speak(
        "long",
        "--version; $(reboot) `ls` <b>Jede Geschichte beginnt</b>, in einem stillen Zimmer, mit einer Frage, die niemand gestellt hat.",
        "de",
    );
    assert!(long.nanos > short.nanos);
}

#[test]
fn nothing_to_say_and_an_unknown_voice_are_told() {
    let shop = Shop::open();
    let failed = |job: &str, words: &str, voice: &str| {
        let wish = Wish { voice: Some(voice.into()), ..Wish::default() };
        match shop.make(&order(job, Kind::Speech, "espeak-ng", words, wish)) {
            Standing::Failed(failure) => failure,
            standing => panic!("{standing:?}"),
        }
    };
    assert_eq!(failed("empty", " \n\u{0} ", "en").class, Class::Invalid);
    let unknown = failed("unknown", "Hello.", "xx");
    assert!(unknown.class == Class::Invalid && unknown.words.contains("“xx”"), "{unknown:?}");
}
