//! Believes a place. The last heard words are aligned with the script around the place believed so far; the best end of such
//! an alignment is the new place if enough words speak for it. How many are enough depends on how far it is: going on takes a
//! word, a leap takes a run of words that fits nowhere else nearly as well, and still fits a moment later.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use super::align::{align, weights};
use super::words::{Words, fold};
use super::{Belief, Heard, HeardWord, Hearing, Window};

/// Heard words that are aligned: long enough to tell sentences apart, short enough to leave one behind within a few words.
const TAIL: usize = 10;
/// Words of the script, before and after the place, in which the voice is looked for.
const BEFORE: usize = 400;
const AFTER: usize = 800;
/// Seconds without a word after which the voice is silent.
const SILENCE_SECS: f64 = 0.6;
/// A leap must be borne out for this long, in seconds of sound, or by another word.
const CONFIRM_SECS: f64 = 0.3;
/// Score a leap needs: about four words in order.
const LEAP: f32 = 2.9;
/// How much better a leap must be than any other.
const LEAP_MARGIN: f32 = 0.7;
/// Words per second before any were measured; 150 a minute.
const USUAL_PACE: f64 = 2.5;
/// Faster than anybody reads aloud.
const FASTEST: f64 = 6.0;
/// Seconds over which the pace is measured.
const PACE_SECS: f64 = 4.0;
/// Seconds of being lost after which it is listened for further away.
const WIDEN_SECS: f64 = 6.0;
/// Unmatched words at the tail's end that mean the speaker is elsewhere.
const STRAYED: usize = 3;

/// Follows one voice through one script.
#[derive(Clone, Debug)]
pub struct Follower {
    words: Arc<Words>,
    /// Words spoken so far.
    place: usize,
    /// Heard words that no longer change, oldest first.
    settled: VecDeque<HeardWord>,
    current: Vec<HeardWord>,
    utterance: u64,
    stretch: Range<usize>,
    weights: Vec<f32>,
    /// A leap that waits to be borne out: where to, and when it was first believed.
    leap: Option<(usize, f64)>,
    /// (when, place) of late advances, for the pace.
    passed: VecDeque<(f64, usize)>,
    /// When the word that led here ended.
    matched: f64,
    /// Heard words since then.
    unmatched: usize,
    confidence: f32,
    hearing: Hearing,
    lost_secs: f64,
    at: f64,
    /// Words that ended before this were said before somebody else decided on the place.
    deaf_until: f64,
    /// What is listened for; empty before the first window.
    window: Range<usize>,
    wide: bool,
}

impl Follower {
    /// A follower that expects word `place` next.
    pub fn new(words: Arc<Words>, place: usize) -> Follower {
        let mut follower = Follower {
            place: place.min(words.len()),
            words,
            settled: VecDeque::new(),
            current: Vec::new(),
            utterance: 0,
            stretch: 0..0,
            weights: Vec::new(),
            leap: None,
            passed: VecDeque::new(),
            matched: 0.0,
            unmatched: 0,
            confidence: 0.0,
            hearing: Hearing::Waiting,
            lost_secs: 0.0,
            at: 0.0,
            deaf_until: 0.0,
            window: 0..0,
            wide: false,
        };
        follower.look_around();
        follower
    }

    pub fn words(&self) -> &Arc<Words> {
        &self.words
    }

    /// Words of the script spoken so far.
    pub fn place(&self) -> usize {
        self.place
    }

    /// Somebody else decided where the reading goes on: what was heard before says nothing about it.
    pub fn move_to(&mut self, place: usize) {
        self.place = place.min(self.words.len());
        self.deaf_until = self.at;
        self.settled.clear();
        self.current.clear();
        self.passed.clear();
        (self.leap, self.unmatched, self.lost_secs) = (None, 0, 0.0);
        (self.confidence, self.hearing) = (0.0, Hearing::Waiting);
        self.look_around();
    }

    /// The script was edited: the same voice, other words, and the place in them.
    pub fn reread(&mut self, words: Arc<Words>, place: usize) {
        self.words = words;
        self.window = 0..0;
        self.move_to(place);
    }

    /// The window to listen for from now on, when the one in use no longer serves: the place nears its end, or the voice has
    /// been lost for so long that it may be anywhere.
    pub fn new_window(&mut self) -> Option<Window> {
        let wide = self.lost_secs > WIDEN_SECS;
        let serves = wide == self.wide && Window::serves(&self.window, &self.words, self.place);
        if serves && !self.window.is_empty() || self.words.is_empty() {
            return None;
        }
        let range = Window::range(&self.words, self.place, wide);
        self.wide = wide;
        let same = std::mem::replace(&mut self.window, range.clone()) == range;
        (!same).then(|| Window::of(&self.words, &range))
    }

    /// The window in use, for a recogniser that starts afresh.
    pub fn window(&self) -> Window {
        Window::of(&self.words, &self.window)
    }

    /// Takes in what the recogniser believes now.
    pub fn hear(&mut self, heard: &Heard) -> Belief {
        let passed = (heard.at - self.at).clamp(0.0, 1.0);
        self.at = heard.at;
        if heard.utterance != self.utterance {
            self.settled.extend(self.current.drain(..));
            self.settled.drain(..self.settled.len().saturating_sub(TAIL));
            self.utterance = heard.utterance;
        }
        let fresh: Vec<HeardWord> = heard.words.iter().filter(|word| word.end > self.deaf_until).cloned().collect();
        let news = self.current != fresh;
        self.current = fresh;
        if news || self.leap.is_some() {
            self.decide();
        }
        let last = self.current.last().or(self.settled.back()).map(|word| word.end);
        let speaking = last.is_some_and(|end| end > self.at - SILENCE_SECS);
        let strayed = self.unmatched >= STRAYED;
        self.hearing = match (last, speaking) {
            (None, _) => Hearing::Waiting,
            (_, false) if self.hearing == Hearing::Waiting => Hearing::Waiting,
            (_, false) => Hearing::Silent,
            (_, true) if strayed => Hearing::Lost,
            (_, true) => Hearing::Following,
        };
        self.lost_secs = match self.hearing {
            Hearing::Lost => self.lost_secs + passed,
            Hearing::Following => 0.0,
            Hearing::Waiting | Hearing::Silent => self.lost_secs,
        };
        if self.hearing == Hearing::Lost {
            self.confidence *= (1.0 - 0.5 * passed as f32).max(0.0);
        }
        self.belief()
    }

    pub fn belief(&self) -> Belief {
        let following = self.hearing == Hearing::Following;
        let pace = if following { self.pace() } else { 0.0 };
        // Speech goes on while it is being recognised, but no further than the next word is certain.
        let ahead = if following && self.unmatched == 0 { (pace * (self.at - self.matched)).clamp(0.0, 1.0) } else { 0.0 };
        Belief {
            place: (self.place as f64 + ahead).min(self.words.len() as f64),
            pace,
            confidence: self.confidence,
            hearing: self.hearing,
            lost_secs: self.lost_secs,
        }
    }

    /// The last heard words, oldest first.
    fn tail(&self) -> Vec<&HeardWord> {
        let all = self.settled.len() + self.current.len();
        self.settled.iter().chain(&self.current).skip(all.saturating_sub(TAIL)).collect()
    }

    fn decide(&mut self) {
        let tail: Vec<HeardWord> = self.tail().into_iter().cloned().collect();
        let folded: Vec<String> = tail.iter().map(|word| fold(&word.text)).collect();
        let heard: Vec<&str> = folded.iter().map(String::as_str).collect();
        let keys: Vec<&str> = self.words.words[self.stretch.clone()].iter().map(|word| word.key.as_str()).collect();
        let scores = align(&heard, &keys, &self.weights);
        let offset = self.stretch.start as i64 + 1 - self.place as i64;
        let value = |j: usize| scores.at[j] - reluctance(j as i64 + offset);
        let best = (0..keys.len()).filter(|j| scores.at[*j] > 0.0).max_by(|a, b| value(*a).total_cmp(&value(*b)));
        let Some(best) = best else {
            self.leap = None;
            self.unmatched = tail.len();
            return;
        };
        let (score, after) = (scores.at[best], scores.after[best]);
        let to = self.stretch.start + best + 1;
        let ended = tail[tail.len() - 1 - after].end;
        let away = to as i64 - self.place as i64;
        match needed(away) {
            Some(needed) if score >= needed => {
                self.leap = None;
                self.arrive(to, ended, after, score);
            }
            Some(_) => self.unmatched = tail.len().min(self.unmatched.max(after) + 1),
            None => {
                self.unmatched = self.unmatched.max(self.words_since(&tail));
                let rival = (0..keys.len()).filter(|j| j.abs_diff(best) > 4).map(value).fold(0.0, f32::max);
                let clear = score >= LEAP && after <= 1 && value(best) - rival >= LEAP_MARGIN;
                self.leap = match self.leap {
                    _ if !clear => None,
                    // The same run of words, a word or a moment later.
                    Some((first, since)) if (first..first + 8).contains(&to) => {
                        if to > first || self.at - since >= CONFIRM_SECS {
                            self.passed.clear();
                            self.arrive(to, ended, after, score);
                            None
                        } else {
                            Some((first, since))
                        }
                    }
                    _ => Some((to, self.at)),
                };
            }
        }
    }

    /// Words heard since the one that led to the place.
    fn words_since(&self, tail: &[HeardWord]) -> usize {
        tail.iter().filter(|word| word.end > self.matched + 1e-6).count()
    }

    fn arrive(&mut self, to: usize, ended: f64, after: usize, score: f32) {
        let sure = (score / 4.0).clamp(0.0, 1.0);
        self.confidence += (sure - self.confidence) * 0.4;
        self.unmatched = after;
        if to < self.place {
            self.passed.clear();
        }
        if to != self.place || self.passed.is_empty() {
            self.passed.push_back((ended, to));
        }
        while self.passed.front().is_some_and(|(when, _)| *when < ended - PACE_SECS) {
            self.passed.pop_front();
        }
        self.matched = ended;
        self.place = to;
        let middle = (self.stretch.start + self.stretch.end) / 2;
        if to.abs_diff(middle) > BEFORE / 2 {
            self.look_around();
        }
    }

    /// Words per second over the last few seconds; pauses count, so that it never runs ahead.
    fn pace(&self) -> f64 {
        let (Some(first), Some(last)) = (self.passed.front(), self.passed.back()) else { return USUAL_PACE };
        let secs = last.0 - first.0;
        if secs < 1.0 {
            return USUAL_PACE;
        }
        (last.1.saturating_sub(first.1) as f64 / secs).clamp(0.5, FASTEST)
    }

    fn look_around(&mut self) {
        self.stretch = self.place.saturating_sub(BEFORE)..(self.place + AFTER).min(self.words.len());
        let keys: Vec<&str> = self.words.words[self.stretch.clone()].iter().map(|word| word.key.as_str()).collect();
        self.weights = weights(&keys);
    }
}

/// What a place `away` words off must make up for, in matches.
fn reluctance(away: i64) -> f32 {
    match away {
        0..=4 => 0.0,
        5..=12 => 0.08 * (away - 4) as f32,
        -3..=-1 => 0.3,
        _ => 0.9,
    }
}

/// The score a step of this many words needs; `None` when it is a leap.
fn needed(away: i64) -> Option<f32> {
    match away {
        0 => Some(0.0),
        1 => Some(0.75),
        2..=3 => Some(1.25),
        4..=6 => Some(1.8),
        7..=12 => Some(2.4),
        // The recogniser took back what it believed a moment ago.
        -3..=-1 => Some(1.5),
        _ => None,
    }
}
