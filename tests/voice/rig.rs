//! A reader with a plan, the recogniser's process fed in step with it, and what the follower believed against what was said.

use std::io::{BufRead, BufReader, Write};
use std::ops::Range;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;

use onetake::core::follow::{Answer, Belief, Follower, Frame, RATE, Words};
use onetake::core::script::Script;

use super::speech::{Voice, room};

/// Sound is given in blocks of this many samples: a twentieth of a second.
pub const BLOCK: usize = RATE as usize / 20;
/// Seconds between sentences.
const BREATH_SECS: f64 = 0.3;
/// After a leap the follower has this long before errors count, in seconds of speech: a run of words must be heard.
pub const SETTLE_SECS: f64 = 2.5;

/// What the reader does next.
#[derive(Clone, Copy, Debug)]
pub enum Say {
    /// Sentences of the script, counted over all scenes.
    Lines(usize, usize),
    /// Something that is not in the script.
    Talk(&'static str),
    Pause(f64),
}

/// A word as it was really spoken.
#[derive(Clone, Copy, Debug)]
struct Spoken {
    start: f64,
    end: f64,
    /// Index into the script's words.
    word: usize,
    /// Seconds of script speech since the reader last left the line of the text.
    since_leap: f64,
}

/// The sound of a reading, and the truth about it.
pub struct Reading {
    pub sound: Vec<i16>,
    spoken: Vec<Spoken>,
    /// Talk that is not in the script.
    pub talk: Vec<Range<f64>>,
}

impl Reading {
    /// Words are spread over each spoken sentence by their letters; that is right to about a word.
    pub fn of(words: &Words, plan: &[Say], voice: Voice) -> Reading {
        let mut reading = Reading { sound: room(0.5), spoken: Vec::new(), talk: Vec::new() };
        let (mut next, mut since_leap) = (0, SETTLE_SECS);
        for say in plan {
            match *say {
                Say::Pause(secs) => reading.sound.extend(room(secs)),
                Say::Talk(text) => {
                    let from = reading.secs();
                    reading.sound.extend(voice.say(text));
                    reading.talk.push(from..reading.secs());
                    reading.sound.extend(room(BREATH_SECS));
                    since_leap = 0.0;
                }
                Say::Lines(from, to) => {
                    for line in from..to {
                        let range = words.sentences[line].clone();
                        if range.start != next {
                            since_leap = 0.0;
                        }
                        next = range.end;
                        reading.read(words, range, voice, &mut since_leap);
                    }
                }
            }
        }
        reading.sound.extend(room(1.5));
        reading
    }

    fn read(&mut self, words: &Words, range: Range<usize>, voice: Voice, since_leap: &mut f64) {
        let texts: Vec<&str> = words.words[range.clone()].iter().map(|word| word.text.as_str()).collect();
        let sound = voice.say(&format!("{}.", texts.join(" ")));
        let secs = sound.len() as f64 / f64::from(RATE);
        let length = |text: &str| text.len() as f64 + 1.5;
        let total: f64 = texts.iter().map(|text| length(text)).sum();
        let mut start = self.secs();
        for (word, text) in range.zip(&texts) {
            let took = secs * length(text) / total;
            self.spoken.push(Spoken { start, end: start + took, word, since_leap: *since_leap });
            start += took;
            *since_leap += took;
        }
        self.sound.extend(sound);
        self.sound.extend(room(BREATH_SECS));
    }

    /// When the reader went on elsewhere, and with which word.
    pub fn leaps(&self) -> Vec<(f64, usize)> {
        let pairs = self.spoken.windows(2).filter(|pair| pair[0].word + 1 != pair[1].word);
        pairs.map(|pair| (pair[1].start, pair[1].word)).collect()
    }

    pub fn secs(&self) -> f64 {
        self.sound.len() as f64 / f64::from(RATE)
    }

    /// Words of the script spoken by `at`, and whether the follower has had time to know; `None` while nothing of the script
    /// is being said.
    pub fn truth(&self, at: f64) -> Option<(f64, bool)> {
        let spoken = self.spoken.iter().find(|spoken| (spoken.start..spoken.end).contains(&at))?;
        let part = (at - spoken.start) / (spoken.end - spoken.start);
        Some((spoken.word as f64 + part, spoken.since_leap >= SETTLE_SECS))
    }
}

/// `onetake listen`, fed by hand.
pub struct Listening {
    child: Child,
    answers: BufReader<ChildStdout>,
}

impl Listening {
    pub fn start() -> Listening {
        let mut child = Command::new(env!("CARGO_BIN_EXE_onetake"))
            .arg("listen")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        let mut listening = Listening { child, answers };
        assert_eq!(listening.answer(), Some(Answer::Ready), "is PocketSphinx installed? run scripts/setup run");
        listening
    }

    pub fn give(&mut self, frame: &Frame) -> std::io::Result<()> {
        let input = self.child.stdin.as_mut().unwrap();
        input.write_all(&frame.bytes())?;
        input.flush()
    }

    /// `None` when it has died.
    pub fn answer(&mut self) -> Option<Answer> {
        let mut line = String::new();
        self.answers.read_line(&mut line).ok().filter(|length| *length > 0)?;
        Some(serde_json::from_str(&line).unwrap())
    }

    /// Seconds of processor time so far.
    pub fn cpu_secs(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        let after = stat.rsplit(')').next().unwrap_or_default();
        let ticks: f64 = after.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum();
        ticks / rustix::param::clock_ticks_per_second() as f64
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What came of a reading.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Believed minus true place, in words, while the script was read and the follower had time to settle.
    pub errors: Vec<f64>,
    /// From the end of each word to the moment the follower was past it, in seconds of sound.
    pub lags: Vec<f64>,
    /// How far the believed place moved while other things were said, in words.
    pub drift: f64,
    pub arrived: usize,
    pub words: usize,
    pub secs: f64,
    pub cpu_secs: f64,
    pub deaths: u32,
    pub beliefs: Vec<(f64, Belief)>,
}

impl Outcome {
    pub fn error(&self, quantile: f64) -> f64 {
        quantile_of(self.errors.iter().map(|error| error.abs()).collect(), quantile)
    }

    pub fn lag(&self, quantile: f64) -> f64 {
        quantile_of(self.lags.clone(), quantile)
    }

    pub fn figures(&self) -> String {
        format!(
            "error p50 {:.1} p90 {:.1} words, lag p50 {:.2} p90 {:.2} s, drift {:.1}, {}/{} words, CPU {:.3} per s, deaths {}",
            self.error(0.5),
            self.error(0.9),
            self.lag(0.5),
            self.lag(0.9),
            self.drift,
            self.arrived,
            self.words,
            self.cpu_secs / self.secs,
            self.deaths
        )
    }
}

fn quantile_of(mut values: Vec<f64>, quantile: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    values.get((last as f64 * quantile).round() as usize).copied().unwrap_or(f64::INFINITY)
}

pub fn words(source: &str) -> Arc<Words> {
    Arc::new(Words::of(&Script::markdown(source)))
}

/// Feeds a reading as fast as it is recognised; time is what the samples say. A recogniser that dies is started again.
pub fn follow(words: &Arc<Words>, reading: &Reading) -> Outcome {
    let mut outcome = Outcome { words: words.len(), secs: reading.secs(), ..Outcome::default() };
    let mut follower = Follower::new(Arc::clone(words), 0);
    let mut listening = Listening::start();
    let mut base = 0.0;
    for (number, block) in reading.sound.chunks(BLOCK).enumerate() {
        if let Some(window) = follower.new_window() {
            let _ = listening.give(&Frame::Window(window));
        }
        let _ = listening.give(&Frame::Sound(block.to_vec()));
        let heard = match listening.answer() {
            Some(Answer::Heard(heard)) => heard.later(base),
            None => {
                outcome.deaths += 1;
                assert!(outcome.deaths < 4, "the recogniser dies again and again");
                base = ((number + 1) * BLOCK) as f64 / f64::from(RATE);
                listening = Listening::start();
                listening.give(&Frame::Window(follower.window())).unwrap();
                continue;
            }
            answer => panic!("{answer:?}"),
        };
        let belief = follower.hear(&heard);
        outcome.beliefs.push((heard.at, belief));
        if std::env::var_os("ONETAKE_VOICE_LOG").is_some() {
            let tail: Vec<&str> = heard.words.iter().rev().take(6).rev().map(|w| w.text.as_str()).collect();
            let truth = reading.truth(heard.at).map(|t| t.0);
            eprintln!(
                "{:6.2} truth {truth:5.1?} place {:5.1} {:?} {:.2} | {}",
                heard.at,
                belief.place,
                belief.hearing,
                belief.confidence,
                tail.join(" ")
            );
        }
    }
    outcome.cpu_secs = listening.cpu_secs();
    outcome.arrived = follower.place();
    outcome.judge(reading);
    outcome
}

impl Outcome {
    fn judge(&mut self, reading: &Reading) {
        for (at, belief) in &self.beliefs {
            if let Some((truth, true)) = reading.truth(*at) {
                self.errors.push(belief.place - truth);
            }
        }
        for spoken in reading.spoken.iter().filter(|spoken| spoken.since_leap >= SETTLE_SECS) {
            let past = |belief: &Belief| {
                (belief.place - (spoken.word as f64 + 1.0)).abs() < 6.0 && belief.place >= spoken.word as f64 + 0.9
            };
            let found = self.beliefs.iter().find(|(at, belief)| *at > spoken.start && past(belief));
            self.lags.push(found.map_or(9.9, |(at, _)| at - spoken.end));
        }
        for talk in &reading.talk {
            let place = |at: f64| self.beliefs.iter().find(|(t, _)| *t >= at).map_or(0.0, |(_, belief)| belief.place);
            // What was said just before is still being recognised.
            self.drift = self.drift.max((place(talk.end) - place(talk.start + 0.3)).abs());
        }
    }
}
