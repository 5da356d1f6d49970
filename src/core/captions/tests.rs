//! Captions of takes and of words, and their files.

use proptest::prelude::*;

use super::*;
use crate::core::journal::Opened;
use crate::core::take::TakeId;

const SCRIPT: &str = "## One\n\nYou sit down, you open the window, and you let the morning in. [pause] It is early.\n\n## Two\n\nThe first sentence is usually terrible, and nobody who ever wrote a page in the morning would tell you anything else about it.\n";

fn opened(script: &str) -> Entry {
    let opened = Opened {
        version: 1,
        take: TakeId("t".into()),
        project: "p".into(),
        number: 1,
        title: String::new(),
        started_at: String::new(),
        camera: String::new(),
        microphone: None,
        video: None,
        audio: None,
        profile: String::new(),
        script: script.into(),
    };
    Entry { t: 0, event: Event::Opened(Box::new(opened)) }
}

fn passed(secs: f64, scene: usize, line: usize) -> Entry {
    Entry { t: nanos(secs), event: Event::LinePassed { scene, line } }
}

fn words(text: &str, each: f64) -> Vec<TimedWord> {
    let word =
        |(at, word): (usize, &str)| TimedWord { word: word.into(), start: at as f64 * each, end: (at as f64 + 0.9) * each };
    text.split_whitespace().enumerate().map(word).collect()
}

fn seen(captions: &[Caption]) -> Vec<(f64, f64, &str)> {
    let secs = |nanos: u64| (nanos / 1_000_000) as f64 / 1000.0;
    captions.iter().map(|caption| (secs(caption.start), secs(caption.end), caption.text.as_str())).collect()
}

#[test]
fn a_take_is_captioned_by_its_script() {
    let entries = [opened(SCRIPT), passed(0.3, 0, 0), passed(4.0, 0, 1), passed(6.0, 1, 0)];
    let captions = of_take(&entries, nanos(14.0));
    let found = seen(&captions);
    assert_eq!(found[0], (0.0, 4.0, "You sit down, you open the window,\nand you let the morning in."));
    assert_eq!(found[1], (4.0, 6.0, "It is early."));
    assert_eq!((found[2].0, found.last().unwrap().1, found.len()), (6.0, 14.0, 4));
    assert!(captions.windows(2).all(|pair| pair[0].end <= pair[1].start));
}

#[test]
fn a_sentence_that_stands_long_is_not_shown_for_ever() {
    let captions = of_take(&[opened(SCRIPT), passed(0.0, 0, 0), passed(2.0, 0, 1)], nanos(60.0));
    let last = seen(&captions)[1];
    assert!(last.1 < 10.0, "{last:?}");
}

#[test]
fn what_was_said_again_is_captioned_again_and_an_edit_counts_from_there() {
    let again = Entry { t: nanos(5.0), event: Event::Again { from: 0, scene: 0, line: 0 } };
    let edited = Entry { t: nanos(8.0), event: Event::Edited { script: SCRIPT.replace("early", "late") } };
    let entries = [opened(SCRIPT), passed(0.0, 0, 0), again, passed(5.0, 0, 0), edited, passed(8.0, 0, 0), passed(9.0, 0, 1)];
    let texts: Vec<(f64, String)> =
        seen(&of_take(&entries, nanos(12.0))).into_iter().map(|(at, _, text)| (at, text.replace('\n', " "))).collect();
    let morning = "You sit down, you open the window, and you let the morning in.".to_owned();
    assert_eq!(texts, [(0.0, morning.clone()), (5.0, morning), (9.0, "It is late.".into())]);
}

#[test]
fn words_become_captions_at_sentences_and_silences() {
    let mut heard = words("You sit down and open the window. It is early", 0.5);
    let late = words("and nobody waits for you", 0.5).into_iter();
    heard.extend(late.map(|word| TimedWord { start: word.start + 9.0, end: word.end + 9.0, ..word }));
    let captions = of_words(&heard);
    let texts: Vec<&str> = captions.iter().map(|caption| caption.text.as_str()).collect();
    assert_eq!(texts, ["You sit down and open the window.", "It is early", "and nobody waits for you"]);
    assert!(of_words(&[]).is_empty());
}

#[test]
fn files_are_as_players_want_them() {
    let captions = [Caption { start: 0, end: 1_500_999_999, text: "a < b & c\n\nd --> e".into() }];
    assert_eq!(Form::Srt.write(&captions), "1\n00:00:00,000 --> 00:00:01,500\na < b & c\nd → e\n\n");
    assert_eq!(Form::Vtt.write(&captions), "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\na &lt; b &amp; c\nd → e\n");
    assert_eq!("WebVTT".parse(), Ok(Form::Vtt));
    assert!("ass".parse::<Form>().is_err());
}

proptest! {
    /// Whatever is heard and whenever: captions in order, none over another, none empty, at most two rows that fit.
    #[test]
    fn captions_can_be_read(
        heard in proptest::collection::vec(("[a-zé.?]{1,60}|[\u{4e00}-\u{4e20}]{1,5}", 0.0..3.0f64, 0.0..2.0f64), 0..40),
    ) {
        let mut at = 0.0;
        let words: Vec<TimedWord> = heard.into_iter().map(|(word, gap, long)| {
            let start = at + gap;
            at = start + long;
            TimedWord { word, start, end: at }
        }).collect();
        let captions = of_words(&words);
        for caption in &captions {
            prop_assert!(caption.start < caption.end);
            prop_assert!(!caption.text.trim().is_empty());
            prop_assert!(caption.text.lines().all(|row| rows::width(row) <= rows::ROW + 2), "{}", caption.text);
        }
        prop_assert!(captions.windows(2).all(|pair| pair[0].end <= pair[1].start));
        let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        let all: String = captions.iter().map(|caption| letters(&caption.text)).collect();
        prop_assert_eq!(all, words.iter().map(|word| letters(&word.word)).collect::<String>());
    }

    #[test]
    fn a_long_sentence_loses_no_letter(text in "([a-zé,.]{1,50} ){0,60}", secs in 0.1..60.0f64) {
        let captions = rows::share(&text, 0, nanos(secs));
        let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        prop_assert_eq!(captions.iter().map(|caption| letters(&caption.text)).collect::<String>(), letters(&text));
        prop_assert!(captions.windows(2).all(|pair| pair[0].end <= pair[1].start));
    }
}

#[test]
fn a_caption_stands_from_its_beginning_to_its_end() {
    let caption = |start, end, text: &str| Caption { start, end, text: text.into() };
    let captions = [caption(10, 20, "a"), caption(20, 25, "b"), caption(40, 50, "c")];
    let at = |nanos| at(&captions, nanos).map(|caption| caption.text.as_str());
    let found = [0, 10, 19, 20, 25, 39, 40, 49, 50].map(at);
    assert_eq!(found, [None, Some("a"), Some("a"), Some("b"), None, None, Some("c"), Some("c"), None]);
    assert_eq!(super::at(&[], 3), None);
}
