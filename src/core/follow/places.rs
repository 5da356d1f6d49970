//! Where a word stands on the prompter's sheet. Rows are known with their text, so a word's row is counted out and its place
//! within the row is a fraction of the way to the next: the row that is being read passes the eye line while it is read.

use std::collections::HashMap;

use unicode_segmentation::UnicodeSegmentation;

use super::words::Words;
use crate::core::prompter::Laid;
use crate::core::prompter::text::RunStyle;

/// Positions of a script's words in ems.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Places {
    /// For each word where the sheet stands when it begins; one more for the end.
    at: Vec<f64>,
}

impl Places {
    pub fn of(words: &Words, laid: &Laid) -> Places {
        let rows = rows_of_lines(laid);
        let mut written: HashMap<(usize, usize), usize> = HashMap::new();
        for word in &words.words {
            let count = written.entry((word.scene, word.line)).or_default();
            *count = (*count).max(word.written + 1);
        }
        let mut at: Vec<f64> = Vec::with_capacity(words.len() + 1);
        for word in &words.words {
            let key = (word.scene, word.line);
            let place = match rows.get(&key) {
                Some(rows) => row_place(laid, rows, word.written, written[&key]),
                None => laid.line_start(word.scene, word.line),
            };
            let last = at.last().copied().unwrap_or_else(|| laid.start());
            // Never upwards: a word whose row is unknown stands where the one before it stood.
            at.push(place.unwrap_or(last).clamp(last, laid.end().max(last)));
        }
        at.push(laid.end());
        Places { at }
    }

    /// Position in ems after `place` words, which may be a fraction.
    pub fn position(&self, place: f64) -> f64 {
        let Some(last) = self.at.len().checked_sub(1) else { return 0.0 };
        let place = place.clamp(0.0, last as f64);
        let (whole, part) = (place.floor() as usize, place.fract());
        let next = self.at[(whole + 1).min(last)];
        self.at[whole] + (next - self.at[whole]) * part
    }

    /// Ems per second at a pace of words per second, over the next few words: rows differ in their number of words.
    pub fn velocity(&self, place: f64, pace: f64) -> f64 {
        const OVER: f64 = 8.0;
        let last = self.at.len().saturating_sub(1) as f64;
        let to = (place + OVER).min(last);
        if to - place < 0.5 { 0.0 } else { (self.position(to) - self.position(place)) / (to - place) * pace }
    }

    /// The word that is read at a position.
    pub fn word(&self, position: f64) -> usize {
        self.at.partition_point(|at| *at < position - 1e-6).min(self.at.len().saturating_sub(1))
    }
}

/// For each sentence (scene, line) its parts, from top to bottom.
fn rows_of_lines(laid: &Laid) -> HashMap<(usize, usize), Vec<Part>> {
    let mut all: HashMap<(usize, usize), Vec<Part>> = HashMap::new();
    for (row, content) in laid.text.rows.iter().enumerate().take(laid.rows.len()) {
        let spoken = content.runs.iter().filter(|run| run.style == RunStyle::Spoken);
        let counted: Vec<(usize, usize)> = spoken.map(|run| (run.line, run.text.unicode_words().count())).collect();
        let total: usize = counted.iter().map(|(_, words)| words).sum();
        let mut from = 0;
        for (line, words) in counted.into_iter().filter(|(_, words)| *words > 0) {
            all.entry((content.scene, line)).or_default().push(Part { row, from, words, total });
            from += words;
        }
    }
    all
}

/// The words of one sentence in one row.
#[derive(Clone, Copy, Debug)]
struct Part {
    row: usize,
    /// Words of the row before these.
    from: usize,
    words: usize,
    /// Words of the row.
    total: usize,
}

/// Where the sheet stands when word `written` of a sentence of `of` words begins.
fn row_place(laid: &Laid, parts: &[Part], written: usize, of: usize) -> Option<f64> {
    // A word broken across rows is counted twice on the sheet.
    let shown: usize = parts.iter().map(|part| part.words).sum();
    let mut index = written as f64 * shown as f64 / of.max(1) as f64;
    let part = parts.iter().find(|part| {
        let here = index < part.words as f64;
        index -= if here { 0.0 } else { part.words as f64 };
        here
    });
    let part = part.or(parts.last())?;
    let row = laid.rows.get(part.row)?;
    let next = laid.rows[part.row + 1..].iter().find(|row| row.spoken);
    let way = next.map_or(row.height, |next| next.top - row.top).min(2.0 * row.height);
    let fraction = ((part.from as f64 + index.max(0.0)) / part.total.max(1) as f64).min(1.0);
    Some((row.top + row.height / 2.0 + (fraction - 0.5) * way).clamp(laid.start(), laid.end()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::core::prompter::Row;
    use crate::core::prompter::text::{Run, Text, TextRow};
    use crate::core::script::Script;

    /// Three rows: a heading, "one two three four", "five six. seven eight".
    fn sheet() -> (Words, Laid) {
        let words = Words::of(&Script::markdown("## A\n\nOne two three four five six. Seven eight.\n"));
        let row = |i: usize, spoken| Row { top: i as f64 * 2.0, height: 2.0, scene: 0, line: 0, last_line: 0, spoken };
        let run = |text: &str, line, style| Run { text: text.into(), style, line };
        let rows = [
            vec![run("A", 0, RunStyle::Heading)],
            vec![
                run("One two ", 0, RunStyle::Spoken),
                run("[smile] ", 0, RunStyle::Cue),
                run("three four ", 0, RunStyle::Spoken),
            ],
            vec![run("five six. ", 0, RunStyle::Spoken), run("Seven eight.", 1, RunStyle::Spoken)],
        ];
        let text = rows.into_iter().enumerate().map(|(i, runs)| TextRow {
            top: i as f64 * 2.0,
            height: 2.0,
            runs,
            ..TextRow::default()
        });
        let text = Text { rows: text.collect(), height: 6.0, ..Text::default() };
        let laid =
            Laid { rows: vec![row(0, false), row(1, true), row(2, true)], height: 6.0, revision: 1, text: Arc::new(text) };
        (words, laid)
    }

    #[test]
    fn the_row_being_read_passes_the_eye_line() {
        let (words, laid) = sheet();
        let places = Places::of(&words, &laid);
        // Row 1 has its middle at 3, row 2 at 5.
        assert_eq!([0.0, 2.0, 3.0].map(|place| places.position(place)), [2.0, 3.0, 3.5]);
        assert_eq!(places.position(4.0), 4.0, "the next row begins where this one ends");
        assert_eq!(places.position(6.0), 5.0, "a sentence that begins within a row");
        assert_eq!((places.position(8.0), places.position(99.0)), (5.0, 5.0));
        assert_eq!((places.word(2.0), places.word(3.2), places.word(99.0)), (0, 3, 8));
        assert!((places.velocity(0.0, 2.0) - 0.75).abs() < 1e-9);
    }

    #[test]
    fn a_sheet_that_does_not_fit_the_words_still_has_a_place_for_each() {
        let (words, laid) = sheet();
        let bare = Laid { text: Arc::default(), ..laid };
        let places = Places::of(&words, &bare);
        assert!((0..9).all(|word| places.position(f64::from(word)).is_finite()));
        assert_eq!(Places::of(&Words::default(), &Laid::default()).position(3.0), 0.0);
    }
}
