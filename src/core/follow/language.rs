//! The language the recogniser is told: nothing but a stretch of the script, as a trigram model in the ARPA format
//! (<https://cmusphinx.github.io/wiki/arpaformat/>). A stretch and not the whole, because a small model is fast and leaves the
//! ear less to confuse. Besides the script's words it holds some that are not in it, so that other talk has something better
//! to be taken for than the script.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::words::Words;

/// Words before and after the place that are listened for; usual, and after the voice was lost.
const REACH: [(usize, usize); 2] = [(80, 260), (400, 800)];
/// A window is renewed when fewer words than this are left in it ahead.
const AHEAD: usize = 120;
/// And behind.
const BEHIND: usize = 30;

/// Probability of words that are not in the script, all together, where nothing is known of the words before.
const FOREIGN_SHARE: f64 = 0.05;
/// Taken off each count for what was never seen: the share of other ways to go on.
const DISCOUNT: f64 = 0.2;

/// The stretch of the script that is listened for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Sentences as spoken words.
    pub sentences: Vec<Vec<String>>,
}

impl Window {
    /// The stretch around a place, in whole sentences, as a range of words; `wide` when the voice is to be found again.
    pub fn range(words: &Words, place: usize, wide: bool) -> Range<usize> {
        let (before, after) = REACH[usize::from(wide)];
        let from = place.saturating_sub(before);
        let to = (place + after).min(words.len());
        let first = words.sentences.partition_point(|sentence| sentence.end <= from);
        let last = words.sentences.partition_point(|sentence| sentence.start < to);
        let within = words.sentences.get(first..last).unwrap_or_default();
        // A sentence as long as a script is cut.
        let start = within.first().map_or(from, |sentence| sentence.start.max(from.saturating_sub(before)));
        let end = within.last().map_or(to, |sentence| sentence.end.min(to + after));
        start..end
    }

    /// True while a window still reaches far enough around the place.
    pub fn serves(range: &Range<usize>, words: &Words, place: usize) -> bool {
        let ahead = range.end >= words.len() || place + AHEAD <= range.end;
        let behind = range.start == 0 || range.start + BEHIND <= place;
        ahead && behind
    }

    pub fn of(words: &Words, range: &Range<usize>) -> Window {
        let text = |part: Range<usize>| words.words[part].iter().map(|word| word.text.clone()).collect();
        let cut = |sentence: &Range<usize>| sentence.start.max(range.start)..sentence.end.min(range.end);
        let parts = words.sentences.iter().map(cut).filter(|part| part.start < part.end);
        Window { sentences: parts.map(text).collect() }
    }
}

/// The model's text for sentences of words the dictionary knows, and words that are not in the script.
pub fn language_model(sentences: &[Vec<String>], foreign: &[String]) -> String {
    let counts = Counts::of(sentences);
    let singles = counts.singles(foreign);
    let pairs = counts.pairs.len();
    let mut out = String::with_capacity(64 * (singles.len() + pairs + counts.triples.len()));
    let _ = write!(out, "\\data\\\nngram 1={}\nngram 2={pairs}\nngram 3={}\n", singles.len(), counts.triples.len());
    out.push_str("\n\\1-grams:\n");
    for (word, p) in &singles {
        let backoff = counts.backoff(&counts.pairs, &[word], |pair| singles[pair[1]]);
        let _ = writeln!(out, "{:.4} {word} {:.4}", p.log10(), backoff.log10());
    }
    out.push_str("\n\\2-grams:\n");
    for (pair, count) in &counts.pairs {
        let p = Counts::share(*count, counts.followers(&counts.pairs, &pair[..1]));
        let backoff = counts.backoff(&counts.triples, pair, |triple| {
            let count = counts.pairs.get(&triple[1..]).copied().unwrap_or(0.0);
            if count > 0.0 { Counts::share(count, counts.followers(&counts.pairs, &triple[1..2])) } else { 0.0 }
        });
        let _ = writeln!(out, "{:.4} {} {:.4}", p.log10(), pair.join(" "), backoff.log10());
    }
    out.push_str("\n\\3-grams:\n");
    for (triple, count) in &counts.triples {
        let p = Counts::share(*count, counts.followers(&counts.triples, &triple[..2]));
        let _ = writeln!(out, "{:.4} {}", p.log10(), triple.join(" "));
    }
    out.push_str("\n\\end\\\n");
    out
}

/// How often words follow each other.
#[derive(Default)]
struct Counts<'a> {
    words: BTreeMap<&'a str, f64>,
    pairs: BTreeMap<Vec<&'a str>, f64>,
    triples: BTreeMap<Vec<&'a str>, f64>,
}

impl<'a> Counts<'a> {
    /// Sentences are read one after the other, often in one breath, and each may be begun or broken off.
    fn of(sentences: &'a [Vec<String>]) -> Counts<'a> {
        let mut counts = Counts::default();
        let stream: Vec<&str> = sentences.iter().flatten().map(String::as_str).collect();
        stream.iter().for_each(|word| *counts.words.entry(word).or_default() += 1.0);
        counts.add(&stream);
        for sentence in sentences.iter().filter(|sentence| !sentence.is_empty()) {
            let words: Vec<&str> = sentence.iter().map(String::as_str).collect();
            let head: Vec<&str> = ["<s>"].into_iter().chain(words.iter().copied().take(2)).collect();
            let foot: Vec<&str> = words[words.len().saturating_sub(2)..].iter().copied().chain(["</s>"]).collect();
            counts.add_edge(&head);
            counts.add_edge(&foot);
        }
        counts
    }

    fn add(&mut self, words: &[&'a str]) {
        words.windows(2).for_each(|pair| *self.pairs.entry(pair.to_vec()).or_default() += 1.0);
        words.windows(3).for_each(|triple| *self.triples.entry(triple.to_vec()).or_default() += 1.0);
    }

    /// The edge's own pair and triple; what lies within the sentence is counted already.
    fn add_edge(&mut self, words: &[&'a str]) {
        let (first, last) = (&words[..2.min(words.len())], &words[words.len().saturating_sub(2)..]);
        let pair = if words[0] == "<s>" { first } else { last };
        *self.pairs.entry(pair.to_vec()).or_default() += 1.0;
        if words.len() == 3 {
            *self.triples.entry(words.to_vec()).or_default() += 1.0;
        }
    }

    /// Probability of each word by itself; sums to 1.
    fn singles(&self, foreign: &'a [String]) -> BTreeMap<&'a str, f64> {
        let foreign: Vec<&str> = foreign.iter().map(String::as_str).filter(|word| !self.words.contains_key(word)).collect();
        let share = if foreign.is_empty() { 0.0 } else { FOREIGN_SHARE };
        // The end is as likely as any word; the beginning is never said.
        let total: f64 = self.words.values().map(|count| count.sqrt()).sum::<f64>() + 1.0;
        let mut singles: BTreeMap<&str, f64> =
            self.words.iter().map(|(word, count)| (*word, count.sqrt() / total * (1.0 - share))).collect();
        singles.insert("</s>", (1.0 - share) / total);
        singles.insert("<s>", 1e-9);
        let each = share / foreign.len().max(1) as f64;
        singles.extend(foreign.into_iter().map(|word| (word, each)));
        singles
    }

    /// A count's share of all that follows, less the discount.
    fn share(count: f64, (total, _): (f64, usize)) -> f64 {
        ((count - DISCOUNT) / total.max(1.0)).max(1e-6)
    }

    /// Sum and number of the entries that begin with `head`.
    fn followers(&self, grams: &BTreeMap<Vec<&'a str>, f64>, head: &[&'a str]) -> (f64, usize) {
        Self::beginning(grams, head).fold((0.0, 0), |(sum, number), (_, count)| (sum + count, number + 1))
    }

    fn beginning<'b, 'c: 'b>(
        grams: &'b BTreeMap<Vec<&'c str>, f64>,
        head: &'b [&'c str],
    ) -> impl Iterator<Item = (&'b Vec<&'c str>, &'b f64)> {
        grams.range(head.to_vec()..).take_while(move |(gram, _)| gram.starts_with(head))
    }

    /// The factor for what never followed `head`, so that everything sums to 1 (Katz, 1987).
    fn backoff(&self, grams: &BTreeMap<Vec<&'a str>, f64>, head: &[&'a str], lower: impl Fn(&[&'a str]) -> f64) -> f64 {
        let (total, number) = self.followers(grams, head);
        if number == 0 {
            return 1.0;
        }
        let left = DISCOUNT * number as f64 / total.max(1.0);
        let taken: f64 = Self::beginning(grams, head).map(|(gram, _)| lower(gram)).sum();
        (left / (1.0 - taken).max(0.05)).clamp(1e-6, 10.0)
    }
}
