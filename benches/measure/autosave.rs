//! What saving by itself costs the window's thread while one types: the step that hands a script over to be saved and kept as a
//! version, beside a keystroke that hands over nothing. Both go through the studio and its jobs as the window's do; the studio's
//! time is an argument and runs ahead, so that each keystroke is followed by its two seconds of quiet.
//!
//! `measure autosave DATA WORDS KEYS` prints one JSON object, times in milliseconds.

use std::path::Path;
use std::time::{Duration, Instant};

use onetake::core::latest::{Feeds, Latest};
use onetake::core::problem::Problem;
use onetake::core::settings::Settings;
use onetake::core::time::Moment;
use onetake::jobs::Jobs;
use onetake::jobs::house::{Claim, House, Ways};
use onetake::jobs::inbox::{Inbox, inbox};
use onetake::studio::{self, Effect, Message, Model, history, prepare};

const LIMIT: Duration = Duration::from_secs(60);
const WORDS_A_LINE: usize = 14;
const LINES_A_SCENE: usize = 20;

struct Studio {
    model: Model,
    jobs: Jobs,
    inbox: Inbox,
    now: Moment,
}

pub fn run(data: &Path, words: usize, keys: usize) -> Result<(), Problem> {
    let script = data.join("long.md");
    std::fs::write(&script, text(words)).map_err(|error| Problem::failed(error.to_string(), ""))?;
    let (outbox, inbox) = inbox(|| {});
    let ways = Ways { outbox, feeds: Feeds::default(), text: Latest::default() };
    let jobs = Jobs::start(House::open(Some(data), Claim::Alone)?, ways)?;
    let mut studio = Studio { model: Model::default(), jobs, inbox, now: Moment(0).plus_secs(1.0) };
    studio::start(&mut studio.model, Settings::default(), studio.now);
    studio.step(Message::Prepare(prepare::Message::Import(script.to_string_lossy().into_owned())));
    studio.wait("the script", |message| matches!(message, Message::History(history::Message::Recalled { .. })))?;
    let (mut typed, mut kept, mut behind) = (Vec::new(), Vec::new(), Vec::new());
    for key in 0..keys {
        let mut text = studio.model.prepare.script.source().to_owned();
        // Somewhere else each time, at the end of a line that is said.
        let at = text.len() / (keys + 1) * (key + 1);
        let at = text[at..].find('\n').map_or(text.len(), |end| at + end);
        text.insert(at, 'x');
        studio.now = studio.now.plus_secs(0.1);
        typed.push(studio.step(Message::Prepare(prepare::Message::Edited(text))).0);
        // The file is saved after one second of quiet, the version kept after two.
        for quiet in [1.1, 1.0] {
            studio.now = studio.now.plus_secs(quiet);
            let (took, handed_over) = studio.step(Message::Tick);
            if handed_over {
                kept.push(took);
            }
        }
        let began = Instant::now();
        studio
            .wait("the version", |message| matches!(message, Message::History(history::Message::Kept { result: Ok(_), .. })))?;
        behind.push(began.elapsed());
    }
    studio.jobs.finish();
    if kept.len() != 2 * keys {
        return Err(Problem::failed(format!("{} texts were handed over after {keys} keys.", kept.len()), ""));
    }
    let millis = |times: &mut Vec<Duration>| {
        times.sort();
        let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e3;
        serde_json::json!({ "p50": at(0.5), "p99": at(0.99), "max": at(1.0) })
    };
    let answer = serde_json::json!({
        "words": words, "keys": keys, "key_ms": millis(&mut typed), "autosave_ms": millis(&mut kept), "behind_ms": millis(&mut behind),
    });
    println!("{answer}");
    Ok(())
}

impl Studio {
    /// What the window's thread does for a message: how long it took, and whether a text was handed over.
    fn step(&mut self, message: Message) -> (Duration, bool) {
        let began = Instant::now();
        let effects = studio::update(&mut self.model, message, self.now);
        let save = |effect: &Effect| {
            matches!(effect, Effect::Prepare(prepare::Effect::Save { .. }) | Effect::History(history::Effect::Keep { .. }))
        };
        let handed_over = effects.iter().any(save);
        for effect in effects {
            if matches!(effect, Effect::Prepare(_) | Effect::History(_) | Effect::Prompter(_)) {
                self.jobs.run(effect);
            }
        }
        (began.elapsed(), handed_over)
    }

    /// Answers what comes until `wanted` has come.
    fn wait(&mut self, what: &str, wanted: impl Fn(&Message) -> bool) -> Result<(), Problem> {
        let began = Instant::now();
        while began.elapsed() < LIMIT {
            if let Some(message) = self.inbox.wait(Duration::from_millis(20)) {
                let done = wanted(&message);
                self.step(message);
                if done {
                    return Ok(());
                }
            }
        }
        Err(Problem::failed(format!("Waited in vain for {what}."), ""))
    }
}

fn text(words: usize) -> String {
    let lines = words.div_ceil(WORDS_A_LINE);
    let line = |i: usize| {
        let heading =
            if i.is_multiple_of(LINES_A_SCENE) { format!("## Scene {}\n\n", i / LINES_A_SCENE) } else { String::new() };
        format!("{heading}Line {i} says what it says in as many words as a line has.\n\n")
    };
    std::iter::once("---\ntitle: Long\n---\n\n".to_owned()).chain((0..lines).map(line)).collect()
}
