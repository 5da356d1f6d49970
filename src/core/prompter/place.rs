//! Where a sentence stands on the sheet, and which one is being read. A row may hold the end of one sentence, a short one whole
//! and the beginning of a third; how far the row has come past the eye line says which of them is being spoken.

use super::{Laid, Row};
use crate::core::script::same::{Sentence, index_of, matched, successor};

/// Rows that a pre-roll may show before a sentence, at the most.
const MOST_PREROLL_ROWS: f64 = 3.0;

/// Leads places of one sheet to another that was made from an edited script, or for another look.
#[derive(Debug)]
pub struct Carry<'a> {
    old: (&'a Laid, &'a [Sentence]),
    new: (&'a Laid, &'a [Sentence]),
    found: Vec<Option<usize>>,
    /// Rows were broken anew, so a place within a sentence is a part of its height and not a distance.
    rewrapped: bool,
}

impl<'a> Carry<'a> {
    pub fn new(old: (&'a Laid, &'a [Sentence]), new: (&'a Laid, &'a [Sentence]), rewrapped: bool) -> Carry<'a> {
        Carry { found: matched(old.1, new.1), old, new, rewrapped }
    }

    /// Where a place of the old sheet is on the new one: as far from the beginning of its sentence as it was. When the sentence
    /// is gone, the beginning of what took its place.
    pub fn place(&self, position: f64) -> f64 {
        let ((old, before), (new, after)) = (self.old, self.new);
        let (start, end) = (new.start(), new.end());
        let at = old.sentence_at(position).and_then(|(scene, line)| index_of(before, scene, line));
        let Some(at) = at else { return (end + position - old.end()).clamp(start, end) };
        let Some((to, same)) = successor(&self.found, at, after.len()) else {
            return if after.is_empty() { start } else { end };
        };
        let (from, to) = (extent(old, before, at), extent(new, after, to));
        let (Some(from), Some(to)) = (from, to) else { return start };
        if !same {
            return to.0;
        }
        let scale = if self.rewrapped && from.1 > 0.0 { to.1 / from.1 } else { 1.0 };
        (to.0 + (position - from.0) * scale).clamp(start, end)
    }
}

/// Where a sentence begins, and its height.
fn extent(laid: &Laid, sentences: &[Sentence], at: usize) -> Option<(f64, f64)> {
    let start = |at: usize| sentences.get(at).and_then(|sentence| laid.line_start(sentence.scene, sentence.line));
    let from = start(at)?;
    Some((from, start(at + 1).unwrap_or_else(|| laid.end()) - from))
}

impl Laid {
    /// Scene and sentence at a position (in ems), by the share of the row's letters that has been read there.
    pub fn sentence_at(&self, position: f64) -> Option<(usize, usize)> {
        let at = self.row_at(position)?;
        let row = &self.rows[at];
        Some((row.scene, self.within(at, (position - row.top) / row.height.max(1e-9)).clamp(row.line, row.last_line)))
    }

    /// The position from which a sentence comes up to the eye line within `secs` seconds at `velocity` (ems a second): at least a row
    /// above it, at most three, so that the reader finds the way in.
    pub fn before_sentence(&self, scene: usize, line: usize, velocity: f64, secs: f64) -> Option<f64> {
        let start = self.line_start(scene, line)?;
        let row = self.row_at(start).map_or(1.0, |at| self.rows[at].height);
        Some((start - (velocity * secs).clamp(row, MOST_PREROLL_ROWS * row)).max(self.start()))
    }

    /// The sentence before another one, in an earlier scene when it is a scene's first; `None` at the very first.
    pub fn sentence_before(&self, scene: usize, line: usize) -> Option<(usize, usize)> {
        if line > 0 {
            return Some((scene, line - 1));
        }
        let earlier = |row: &&Row| row.spoken && row.scene < scene;
        self.rows.iter().rev().find(earlier).map(|row| (row.scene, row.last_line))
    }

    /// The sentence at a part (0 to 1) of a row's letters; its first where the text is not known.
    fn within(&self, at: usize, part: f64) -> usize {
        let Some(text) = self.text.rows.get(at) else { return self.rows[at].line };
        let letters = |run: &super::text::Run| run.text.chars().count();
        let wanted = part * text.runs.iter().map(letters).sum::<usize>() as f64;
        let mut passed = 0;
        for run in &text.runs {
            passed += letters(run);
            if passed as f64 > wanted {
                return run.line;
            }
        }
        text.runs.last().map_or(self.rows[at].line, |run| run.line)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::super::text::{Run, Text, TextRow};
    use super::*;
    use crate::core::script::Script;
    use crate::core::script::same::sentences;

    fn laid() -> Laid {
        let row = |top: f64, scene, line, last_line| Row { top, height: 1.4, scene, line, last_line, spoken: true };
        let run =
            |text: &str, line| Run { text: text.into(), line, ..Run { text: String::new(), line, style: Default::default() } };
        let rows = vec![row(0.0, 0, 0, 2), row(1.4, 0, 2, 2), row(4.0, 1, 0, 0)];
        let runs =
            [vec![run("the end. ", 0), run("No. ", 1), run("Then a ", 2)], vec![run("third one.", 2)], vec![run("Next.", 0)]];
        let text =
            rows.iter().zip(runs).map(|(row, runs)| TextRow { top: row.top, height: row.height, runs, ..TextRow::default() });
        let text = Arc::new(Text { rows: text.collect(), ..Text::default() });
        Laid { rows, height: 5.4, revision: 1, text }
    }

    #[test]
    fn a_short_sentence_within_a_row_has_its_time() {
        let laid = laid();
        let read: Vec<usize> =
            [0.0, 0.6, 0.7, 0.8, 1.0, 1.39, 2.0].iter().filter_map(|at| laid.sentence_at(*at)).map(|s| s.1).collect();
        assert_eq!(read, [0, 0, 1, 1, 2, 2, 2]);
        assert_eq!(laid.sentence_at(4.5), Some((1, 0)));
        let bare = Laid { text: Arc::default(), ..laid };
        assert_eq!(bare.sentence_at(0.8), Some((0, 0)), "without the text the row's first sentence stands for it");
    }

    #[test]
    fn sentences_lead_back_across_scenes() {
        let laid = laid();
        assert_eq!(laid.sentence_before(1, 0), Some((0, 2)));
        assert_eq!(laid.sentence_before(0, 2), Some((0, 1)));
        assert_eq!(laid.sentence_before(0, 0), None);
    }

    #[test]
    fn the_way_in_is_a_row_at_least_and_begins_within_the_sheet() {
        let laid = laid();
        assert!((laid.before_sentence(1, 0, 0.1, 1.5).unwrap() - (4.7 - 1.4)).abs() < 1e-9);
        assert!((laid.before_sentence(1, 0, 9.0, 1.5).unwrap() - laid.start()).abs() < 1e-9);
        assert_eq!(laid.before_sentence(0, 0, 0.5, 1.5), Some(laid.start()));
        assert_eq!(laid.before_sentence(7, 0, 0.5, 1.5), None);
    }

    /// A sheet as a display would break it, at `width` letters a row.
    fn broken(script: &Script, width: usize) -> Laid {
        let (mut rows, mut text, mut top) = (Vec::new(), Vec::new(), 0.0);
        let mut put = |scene: usize, words: &[(&str, usize)], top: &mut f64| {
            let (first, last) = (words[0].1, words[words.len() - 1].1);
            rows.push(Row { top: *top, height: 1.4, scene, line: first, last_line: last, spoken: true });
            let runs =
                words.iter().map(|(word, line)| Run { text: format!("{word} "), style: Default::default(), line: *line });
            text.push(TextRow { top: *top, height: 1.4, scene, line: first, rtl: false, runs: runs.collect() });
            *top += 1.4;
        };
        for (scene, content) in script.scenes.iter().enumerate() {
            top += 1.6;
            for paragraph in &content.paragraphs {
                let mut row: Vec<(&str, usize)> = Vec::new();
                for (word, line) in paragraph.pieces.iter().flat_map(|p| p.text.split_whitespace().map(move |w| (w, p.line))) {
                    let letters: usize = row.iter().map(|(word, _)| word.len() + 1).sum();
                    if !row.is_empty() && letters + word.len() > width {
                        put(scene, &std::mem::take(&mut row), &mut top);
                    }
                    row.push((word, line));
                }
                if !row.is_empty() {
                    put(scene, &row, &mut top);
                }
                top += 0.7;
            }
        }
        let text = Arc::new(Text { rows: text, height: top, ..Text::default() });
        Laid { rows, height: top, revision: 0, text }
    }

    #[derive(Clone, Debug)]
    enum Edit {
        Remove(Index),
        Insert(Index, bool),
        /// Adds words at the end of a sentence.
        Reword(Index),
        InsertScene(Index),
        RemoveScene(Index),
    }

    fn edits() -> impl Strategy<Value = Vec<Edit>> {
        let edit = prop_oneof![
            2 => any::<Index>().prop_map(Edit::Remove),
            3 => (any::<Index>(), any::<bool>()).prop_map(|(at, paragraph)| Edit::Insert(at, paragraph)),
            2 => any::<Index>().prop_map(Edit::Reword),
            1 => any::<Index>().prop_map(Edit::InsertScene),
            1 => any::<Index>().prop_map(Edit::RemoveScene),
        ];
        proptest::collection::vec(edit, 1..6)
    }

    /// Scenes of sentences, of which the first of a paragraph is marked.
    type Draft = Vec<Vec<(String, bool)>>;

    fn apply(draft: &mut Draft, edit: &Edit, fresh: usize) {
        let count: usize = draft.iter().map(Vec::len).sum();
        let place = |at: &Index| -> Option<(usize, usize)> {
            let mut rest = at.index(count.max(1));
            draft.iter().enumerate().find_map(|(scene, lines)| {
                if rest < lines.len() {
                    return Some((scene, rest));
                }
                rest -= lines.len();
                None
            })
        };
        match edit {
            Edit::Remove(at) => _ = place(at).map(|(scene, line)| draft[scene].remove(line)),
            Edit::Insert(at, paragraph) => {
                if let Some((scene, line)) = place(at) {
                    draft[scene].insert(line, (format!("Fresh words come in as {fresh} now."), *paragraph));
                }
            }
            Edit::Reword(at) => {
                if let Some((scene, line)) = place(at) {
                    let text = &mut draft[scene][line].0;
                    *text = format!("{} and on.", text.trim_end_matches('.'));
                }
            }
            Edit::InsertScene(at) => {
                draft.insert(at.index(draft.len() + 1), vec![(format!("A whole scene {fresh} more."), true)])
            }
            Edit::RemoveScene(at) if draft.len() > 1 => _ = draft.remove(at.index(draft.len())),
            Edit::RemoveScene(_) => {}
        }
    }

    fn written(draft: &Draft) -> Script {
        let scene = |(i, lines): (usize, &Vec<(String, bool)>)| {
            let line = |(text, paragraph): &(String, bool)| format!("{}{text}", if *paragraph { "\n\n" } else { " " });
            format!("## Scene {i}\n\n{}\n\n", lines.iter().map(line).collect::<String>().trim())
        };
        Script::markdown(draft.iter().enumerate().map(scene).collect::<String>())
    }

    proptest! {
        /// Whatever is edited, the sentence that is read stays where it is before the reader's eyes, word for word; one that was
        /// removed gives its place to what follows it.
        #[test]
        fn an_edit_does_not_move_what_is_read(
            sizes in proptest::collection::vec(1..7usize, 1..5),
            edits in edits(),
            part in 0.0..1.0f64,
        ) {
            // No two share a word.
            let line = |scene: usize, i: usize| {
                let said = ["calm", "river", "stone", "light", "paper"].map(|word| format!("{word}{scene}n{i}")).join(" ");
                (format!("The {said}."), i.is_multiple_of(3))
            };
            let mut draft: Draft =
                sizes.iter().enumerate().map(|(scene, n)| (0..*n).map(|i| line(scene, i)).collect()).collect();
            let before = written(&draft);
            edits.iter().enumerate().for_each(|(fresh, edit)| apply(&mut draft, edit, fresh));
            let after = written(&draft);
            let (old, new) = (broken(&before, 28), broken(&after, 28));
            let (was, is) = (sentences(&before), sentences(&after));
            let position = old.start() + part * (old.end() - old.start());
            let (scene, line) = old.sentence_at(position).unwrap();
            let read = was.iter().find(|s| (s.scene, s.line) == (scene, line)).unwrap();
            let to = Carry::new((&old, &was), (&new, &is), false).place(position);
            prop_assert!(to >= new.start() - 1e-9 && to <= new.end() + 1e-9);
            let now = is.iter().find(|s| s.text == read.text).or(is.iter().find(|s| s.text.starts_with(read.text.trim_end_matches('.'))));
            match now {
                Some(now) => {
                    let from_eye = |laid: &Laid, at: &Sentence, eye: f64| laid.line_start(at.scene, at.line).unwrap() - eye;
                    let off = (from_eye(&new, now, to) - from_eye(&old, read, position)).abs();
                    let at_end = to <= new.start() + 1e-9 || to >= new.end() - 1e-9;
                    prop_assert!(off < 1e-9 || at_end, "{:?} moved by {off}", read.text);
                }
                None if !is.is_empty() => {
                    // What stands at the eye line begins there.
                    let begins = is.iter().any(|s| (new.line_start(s.scene, s.line).unwrap() - to).abs() < 1e-9);
                    prop_assert!(begins || to >= new.end() - 1e-9);
                }
                None => {}
            }
        }
    }

    #[test]
    fn a_new_look_holds_the_place_within_the_sentence() {
        let script =
            Script::markdown("## One\n\nA sentence that is long enough for some rows of any width at all. Next one.\n");
        let said = sentences(&script);
        let (wide, narrow) = (broken(&script, 30), broken(&script, 12));
        let middle = (wide.line_start(0, 0).unwrap() + wide.line_start(0, 1).unwrap()) / 2.0;
        let to = Carry::new((&wide, &said), (&narrow, &said), true).place(middle);
        let part = (to - narrow.start()) / (narrow.line_start(0, 1).unwrap() - narrow.start());
        assert!((part - 0.5).abs() < 1e-9, "{part}");
    }
}
