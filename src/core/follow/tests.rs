//! The follower, told what a recogniser might say: words dropped, repeated, skipped, foreign.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::core::script::Script;

const SCRIPT: &str = "## Opening\n\nEvery story starts with a quiet room and a question nobody asked. Here is mine. Why do I get up in the dark to write things no one is waiting for?\n\n## The habit\n\nYou sit down, you open the window, and you let the morning in. The first sentence is usually terrible. Write it anyway. It is only there to hold the door for the second.\n\n## Eight minutes\n\nEight minutes is what I had when the children were small. It was enough for one honest paragraph, and on a good day for two. Nobody asked me to show it.\n";

/// Words that do not stand in the script.
const FOREIGN: [&str; 8] = ["really", "football", "coffee", "guess", "people", "anywhere", "okay", "sorry"];
/// A calm reader.
const WORD_SECS: f64 = 0.4;

fn script() -> Arc<Words> {
    Arc::new(Words::of(&Script::markdown(SCRIPT)))
}

/// Says words to a follower, one after the other, as a recogniser would.
struct Speaker {
    follower: Follower,
    heard: Heard,
}

impl Speaker {
    fn new() -> Speaker {
        Speaker { follower: Follower::new(script(), 0), heard: Heard::default() }
    }

    fn say(&mut self, text: &str) -> Belief {
        let start = self.heard.at;
        self.heard.at += WORD_SECS;
        self.heard.words.push(HeardWord { text: text.to_owned(), start, end: self.heard.at });
        self.follower.hear(&self.heard)
    }

    /// Words of the script from one to before another.
    fn read(&mut self, from: usize, to: usize) -> Belief {
        let words = Arc::clone(self.follower.words());
        words.words[from..to].iter().for_each(|word| _ = self.say(&word.text));
        self.follower.belief()
    }

    fn pause(&mut self, secs: f64) -> Belief {
        let steps = (secs / 0.1) as usize;
        for _ in 0..steps {
            self.heard.at += 0.1;
            self.follower.hear(&self.heard);
        }
        self.heard.utterance += 1;
        self.heard.words.clear();
        self.follower.belief()
    }

    fn near(&self, place: usize) -> bool {
        self.follower.place().abs_diff(place) <= 1
    }
}

#[test]
fn it_reads_along_and_waits_in_silence() {
    let mut speaker = Speaker::new();
    assert_eq!(speaker.follower.belief().hearing, Hearing::Waiting);
    let belief = speaker.read(0, 20);
    assert!(speaker.near(20), "{belief:?}");
    assert_eq!(belief.hearing, Hearing::Following);
    assert!(belief.confidence > 0.8 && (belief.pace - 1.0 / WORD_SECS).abs() < 0.3, "{belief:?}");
    let belief = speaker.pause(20.0);
    assert_eq!((belief.hearing, belief.pace, speaker.follower.place()), (Hearing::Silent, 0.0, 20));
    assert!(speaker.read(20, 31).confidence > 0.8 && speaker.near(31));
}

#[test]
fn it_follows_a_skip_and_a_repetition_within_a_few_words() {
    let words = script();
    let sentences = &words.sentences;
    let (third, sixth) = (sentences[3].start, sentences[6].start);
    let mut speaker = Speaker::new();
    speaker.read(0, third);
    speaker.read(sixth, sixth + 6);
    assert!(speaker.near(sixth + 6), "skipped to {sixth}, is at {}", speaker.follower.place());
    speaker.read(third, third + 6);
    assert!(speaker.near(third + 6), "back to {third}, is at {}", speaker.follower.place());
}

#[test]
fn talk_that_is_not_in_the_script_does_not_move_it_and_is_noticed() {
    let mut speaker = Speaker::new();
    speaker.read(0, 30);
    let mut belief = Belief::default();
    for word in FOREIGN.iter().cycle().take(25) {
        belief = speaker.say(word);
        assert_eq!(speaker.follower.place(), 30);
    }
    assert_eq!(belief.hearing, Hearing::Lost);
    assert!(belief.confidence < 0.3 && belief.pace == 0.0 && belief.lost_secs > 5.0, "{belief:?}");
    speaker.read(30, 36);
    assert!(speaker.near(36));
    assert_eq!(speaker.follower.belief().lost_secs, 0.0);
}

#[test]
fn one_word_never_makes_a_leap() {
    let words = script();
    let mut speaker = Speaker::new();
    speaker.read(0, 12);
    for word in words.words[30..].iter().map(|word| word.text.clone()).collect::<Vec<_>>() {
        let mut speaker = Speaker { follower: speaker.follower.clone(), heard: speaker.heard.clone() };
        speaker.say(&word);
        assert!(speaker.follower.place() <= 15, "“{word}” leapt to {}", speaker.follower.place());
    }
}

#[test]
fn who_is_moved_by_hand_forgets_what_was_said() {
    let mut speaker = Speaker::new();
    speaker.read(0, 20);
    speaker.follower.move_to(60);
    speaker.pause(0.5);
    assert_eq!(speaker.follower.place(), 60);
    speaker.read(60, 64);
    assert!(speaker.near(64));
}

#[test]
fn the_window_moves_along_and_widens_when_lost() {
    let sentence = |n: usize| format!("Sentence number{n} says something about subject{n} and then goes on to topic{n}. ");
    let source: String = (0..400).map(sentence).collect();
    let words = Arc::new(Words::of(&Script::markdown(format!("## One\n\n{source}"))));
    let mut follower = Follower::new(Arc::clone(&words), 0);
    let first = follower.new_window().expect("there is none yet");
    assert_eq!(first.sentences[0][0], "sentence");
    assert!(follower.new_window().is_none());
    follower.move_to(1000);
    let second = follower.new_window().expect("the place has left the first one");
    let size = |window: &Window| window.sentences.iter().map(Vec::len).sum::<usize>();
    assert!((300..400).contains(&size(&second)), "{}", size(&second));
    let mut speaker = Speaker { follower, heard: Heard::default() };
    for word in FOREIGN.iter().cycle().take(40) {
        speaker.say(word);
    }
    let wide = speaker.follower.new_window().expect("it is lost");
    assert!(size(&wide) > 3 * size(&second));
}

/// A model as its reader sees it: every gram and its probability.
fn grams(model: &str, order: usize) -> Vec<(Vec<&str>, f64)> {
    let part = model.split(&format!("\\{order}-grams:\n")).nth(1).unwrap();
    part.lines()
        .take_while(|line| !line.is_empty())
        .map(|line| {
            let fields: Vec<&str> = line.split(' ').collect();
            (fields[1..=order].to_vec(), 10f64.powf(fields[0].parse().unwrap()))
        })
        .collect()
}

#[test]
fn the_model_is_well_formed_and_its_shares_sum_up() {
    let words = script();
    let window = Window::of(&words, &(0..words.len()));
    let foreign: Vec<String> = FOREIGN.iter().map(|word| (*word).to_owned()).collect();
    let model = language_model(&window.sentences, &foreign);
    for order in 1..=3 {
        let counted = grams(&model, order).len();
        assert!(model.contains(&format!("ngram {order}={counted}\n")), "{order}: {counted}");
    }
    let total: f64 = grams(&model, 1).iter().map(|(_, p)| p).sum();
    assert!((total - 1.0).abs() < 0.01, "{total}");
    // What follows in the script is far likelier than anything else, also across the end of a sentence.
    let pairs = grams(&model, 2);
    let share = |a: &str, b: &str| pairs.iter().find(|(pair, _)| pair == &[a, b]).map_or(0.0, |(_, p)| *p);
    assert!(share("quiet", "room") > 0.7 && share("asked", "here") > 0.2 && share("<s>", "every") > 0.05);
    assert!(language_model(&[], &[]).contains("ngram 2=0"));
}

/// What may happen to a word on its way from the script to the follower.
#[derive(Clone, Copy, Debug)]
enum Slip {
    None,
    Dropped,
    Twice,
    Foreign(usize),
    Before(usize),
}

fn slips() -> impl Strategy<Value = Vec<Slip>> {
    let slip = prop_oneof![
        14 => Just(Slip::None),
        1 => Just(Slip::Dropped),
        1 => Just(Slip::Twice),
        1 => (0..FOREIGN.len()).prop_map(Slip::Foreign),
        1 => (0..FOREIGN.len()).prop_map(Slip::Before),
    ];
    proptest::collection::vec(slip, 90)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// A reader who is misheard now and then is not lost: the place stays near, the nearer the less was misheard lately, and arrives.
    #[test]
    fn slips_do_not_lose_the_place(slips in slips()) {
        let mut speaker = Speaker::new();
        let words = script();
        for (index, slip) in slips.iter().enumerate().take(words.len()) {
            let word = words.words[index].text.clone();
            match slip {
                Slip::None => _ = speaker.say(&word),
                Slip::Dropped => {}
                Slip::Twice => { speaker.say(&word); speaker.say(&word); }
                Slip::Foreign(n) => _ = speaker.say(FOREIGN[*n]),
                Slip::Before(n) => { speaker.say(FOREIGN[*n]); speaker.say(&word); }
            }
            let lately = slips[index.saturating_sub(9)..=index].iter().filter(|slip| !matches!(slip, Slip::None)).count();
            let off = speaker.follower.place().abs_diff(index + 1);
            prop_assert!(off <= 12 + lately, "{off} words off after word {index}, of the last ten {lately} misheard");
        }
        let end = slips.len().min(words.len());
        speaker.read(end, (end + 8).min(words.len()));
        prop_assert!(speaker.near((end + 8).min(words.len())), "ended at {}, not {}", speaker.follower.place(), end + 8);
    }

    /// From wherever to wherever: ten words in a row are enough to be found.
    #[test]
    fn a_leap_is_followed(from in 0..70usize, to in 0..70usize) {
        let mut speaker = Speaker::new();
        speaker.follower.move_to(from);
        speaker.read(from, from + 8);
        speaker.pause(1.0);
        speaker.read(to, to + 10);
        prop_assert!(speaker.near(to + 10), "leapt from {} to {to}, believed {}", from + 8, speaker.follower.place());
    }

    /// Any words at any time: the place stays within the script, confidence within its bounds, and nothing panics.
    #[test]
    fn nonsense_is_borne(
        words in proptest::collection::vec(("\\PC{0,8}", -5.0..100.0f64, -5.0..100.0f64), 0..30),
        at in proptest::collection::vec((-10.0..1000.0f64, 0..4u64), 1..10),
    ) {
        let mut follower = Follower::new(script(), 3);
        let words: Vec<HeardWord> = words.into_iter().map(|(text, start, end)| HeardWord { text, start, end }).collect();
        for (at, utterance) in at {
            let belief = follower.hear(&Heard { at, utterance, words: words.clone() });
            prop_assert!(belief.place >= 0.0 && belief.place <= follower.words().len() as f64);
            prop_assert!((0.0..=1.0).contains(&belief.confidence) && belief.pace >= 0.0);
            follower.new_window();
        }
        let mut empty = Follower::new(Arc::default(), 0);
        empty.hear(&Heard { at: 1.0, utterance: 0, words });
        prop_assert!(empty.new_window().is_none());
    }
}
