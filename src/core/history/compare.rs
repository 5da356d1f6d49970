//! Two texts side by side: rows of lines that belong together, within the scenes that differ, and in a changed line the words
//! that did. Blank lines are no rows; scenes that read the same are only counted.

use std::collections::HashSet;
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};
use unicode_segmentation::UnicodeSegmentation;

use super::{Change, Outline};
use crate::core::script::Script;
use crate::core::script::same::{Sentence, alike};

/// Rows that are given; a text that differs more than this is another text, and its beginning says so.
const MOST_ROWS: usize = 600;
/// Equal lines shown before and after a difference.
const AROUND: usize = 1;
/// Words of a line whose differences are looked for one by one.
const MOST_WORDS: usize = 2_000;

/// What a person sees of two texts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// From the old one to the new one.
    pub change: Change,
    pub rows: Vec<Row>,
    /// Rows that were left out at the end.
    pub more: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Row {
    /// So many scenes in a row are the same.
    AlikeScenes(usize),
    /// Begins a scene that differs, with its heading on each side where it has one.
    Scene {
        old: Option<String>,
        new: Option<String>,
    },
    Same(String),
    /// So many equal lines lie between two differences.
    AlikeLines(usize),
    /// One line that reads otherwise.
    Changed {
        old: Vec<Part>,
        new: Vec<Part>,
    },
    Gone(String),
    New(String),
}

/// A stretch of a changed line.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub text: String,
    pub differs: bool,
}

/// Compares an older text with a newer one.
pub fn compare(old: &Script, new: &Script) -> Comparison {
    let change = Change { same: old.source() == new.source(), ..Outline::of(new).since(&Outline::of(old)) };
    let (left, right) = (Lines::of(old), Lines::of(new));
    let pairs = pairs(&left.texts, &right.texts);
    let mut rows = Vec::new();
    for scene in scenes(&pairs, &left, &right) {
        scene_rows(&pairs[scene], &left, &right, &mut rows);
    }
    let more = rows.len().saturating_sub(MOST_ROWS);
    rows.truncate(MOST_ROWS);
    Comparison { change, rows, more }
}

/// The lines of a text that are not blank.
struct Lines<'a> {
    texts: Vec<&'a str>,
    /// For a scene's heading its words.
    headings: Vec<Option<&'a str>>,
}

impl<'a> Lines<'a> {
    fn of(script: &'a Script) -> Lines<'a> {
        let source = script.source();
        let starts = script.scenes.iter().filter_map(|s| Some((s.heading_range.as_ref()?.start, s.heading.as_str())));
        let starts: std::collections::HashMap<usize, &str> = starts.collect();
        let mut lines = Lines { texts: Vec::new(), headings: Vec::new() };
        let mut at = 0;
        for line in source.split_inclusive('\n') {
            let text = line.trim();
            if !text.is_empty() {
                lines.texts.push(text);
                lines.headings.push(starts.get(&at).copied());
            }
            at += line.len();
        }
        lines
    }

    fn heading(&self, line: Option<usize>) -> Option<&'a str> {
        self.headings.get(line?).copied().flatten()
    }
}

/// A line of the old text, of the new one, or of both; the flag is true when it reads the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Pair {
    old: Option<usize>,
    new: Option<usize>,
    same: bool,
}

/// All lines in the order in which they are shown.
fn pairs(old: &[&str], new: &[&str]) -> Vec<Pair> {
    let mut pairs = Vec::with_capacity(old.len().max(new.len()));
    let gone = |old: usize| Pair { old: Some(old), new: None, same: false };
    let fresh = |new: usize| Pair { old: None, new: Some(new), same: false };
    let (mut i, mut j) = (0, 0);
    for (a, b) in equal(old, new).into_iter().chain([(old.len(), new.len())]) {
        let reworded = reworded(&old[i..a], &new[j..b]);
        let (mut left, mut right) = (i, j);
        for (x, y) in reworded.into_iter().map(|(x, y)| (i + x, j + y)).chain([(a, b)]) {
            pairs.extend((left..x).map(gone));
            pairs.extend((right..y).map(fresh));
            if x < a {
                pairs.push(Pair { old: Some(x), new: Some(y), same: false });
            }
            (left, right) = (x + 1, y + 1);
        }
        if a < old.len() {
            pairs.push(Pair { old: Some(a), new: Some(b), same: true });
        }
        (i, j) = (a + 1, b + 1);
    }
    pairs
}

/// Lines that read the same, in order. Only those that occur on both sides are compared, so that two texts with little in common
/// cost little.
fn equal(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    let shared = |these: &[&str], those: &[&str]| -> Vec<usize> {
        let those: HashSet<&str> = those.iter().copied().collect();
        (0..these.len()).filter(|i| those.contains(these[*i])).collect()
    };
    let (left, right) = (shared(old, new), shared(new, old));
    let texts = |of: &[usize], lines: &[&str]| of.iter().map(|i| lines[*i].to_owned()).collect::<Vec<_>>();
    let mut equal = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, &texts(&left, old), &texts(&right, new)) {
        if let DiffOp::Equal { old_index, new_index, len } = op {
            equal.extend((0..len).map(|i| (left[old_index + i], right[new_index + i])));
        }
    }
    equal
}

/// Lines that say nearly the same, in order.
fn reworded(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    let sentences = |lines: &[&str]| -> Vec<Sentence> {
        lines.iter().enumerate().map(|(line, text)| Sentence { scene: 0, line, text: (*text).to_owned() }).collect()
    };
    match (old.len(), new.len()) {
        (0, _) | (_, 0) => Vec::new(),
        // One in place of one.
        (1, 1) => vec![(0, 0)],
        _ => alike(&sentences(old), &sentences(new)),
    }
}

/// Cuts before each heading, whichever side it is on.
fn scenes(pairs: &[Pair], left: &Lines<'_>, right: &Lines<'_>) -> Vec<Range<usize>> {
    let begins = |pair: &Pair| left.heading(pair.old).is_some() || right.heading(pair.new).is_some();
    let mut cuts: Vec<usize> = (1..pairs.len()).filter(|i| begins(&pairs[*i])).collect();
    cuts.push(pairs.len());
    let mut from = 0;
    let range = |to: usize| std::mem::replace(&mut from, to)..to;
    cuts.into_iter().map(range).filter(|scene| !scene.is_empty()).collect()
}

fn scene_rows(pairs: &[Pair], left: &Lines<'_>, right: &Lines<'_>, rows: &mut Vec<Row>) {
    let heading = pairs.first().map(|pair| (left.heading(pair.old), right.heading(pair.new)));
    let (old, new) = heading.unwrap_or_default();
    let headed = old.is_some() || new.is_some();
    if pairs.iter().all(|pair| pair.same) {
        match rows.last_mut() {
            // What stands before the first heading is no scene.
            _ if !headed => {}
            Some(Row::AlikeScenes(count)) => *count += 1,
            _ => rows.push(Row::AlikeScenes(1)),
        }
        return;
    }
    if headed {
        rows.push(Row::Scene { old: old.map(str::to_owned), new: new.map(str::to_owned) });
    }
    let lines = &pairs[usize::from(headed)..];
    let near = |i: usize| lines[i.saturating_sub(AROUND)..(i + AROUND + 1).min(lines.len())].iter().any(|pair| !pair.same);
    let mut skipped = 0;
    for (i, pair) in lines.iter().enumerate() {
        if !near(i) {
            skipped += 1;
            continue;
        }
        rows.extend(Some(std::mem::take(&mut skipped)).filter(|count| *count > 0).map(Row::AlikeLines));
        rows.push(row(*pair, left, right));
    }
    rows.extend(Some(skipped).filter(|count| *count > 0).map(Row::AlikeLines));
}

fn row(pair: Pair, left: &Lines<'_>, right: &Lines<'_>) -> Row {
    match (pair.old, pair.new) {
        (Some(old), _) if pair.same => Row::Same(left.texts[old].to_owned()),
        (Some(old), Some(new)) => {
            let (old, new) = words(left.texts[old], right.texts[new]);
            Row::Changed { old, new }
        }
        (Some(old), None) => Row::Gone(left.texts[old].to_owned()),
        (None, new) => Row::New(new.map_or_else(String::new, |new| right.texts[new].to_owned())),
    }
}

/// Which words of two lines differ.
fn words(old: &str, new: &str) -> (Vec<Part>, Vec<Part>) {
    let (a, b): (Vec<&str>, Vec<&str>) = (old.split_word_bounds().collect(), new.split_word_bounds().collect());
    if a.len().max(b.len()) > MOST_WORDS {
        let whole = |text: &str| vec![Part { text: text.to_owned(), differs: true }];
        return (whole(old), whole(new));
    }
    let (mut left, mut right) = (vec![true; a.len()], vec![true; b.len()]);
    for op in capture_diff_slices(Algorithm::Myers, &a, &b) {
        if let DiffOp::Equal { old_index, new_index, len } = op {
            left[old_index..old_index + len].fill(false);
            right[new_index..new_index + len].fill(false);
        }
    }
    (parts(&a, left), parts(&b, right))
}

/// Words that differ and the space between two of them are one part.
fn parts(words: &[&str], mut differs: Vec<bool>) -> Vec<Part> {
    for i in 1..words.len().saturating_sub(1) {
        differs[i] |= words[i].trim().is_empty() && differs[i - 1] && differs[i + 1];
    }
    let mut parts: Vec<Part> = Vec::new();
    for (word, differs) in words.iter().zip(differs) {
        match parts.last_mut() {
            Some(part) if part.differs == differs => part.text.push_str(word),
            _ => parts.push(Part { text: (*word).to_owned(), differs }),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(old: &str, new: &str) -> Vec<Row> {
        compare(&Script::markdown(old), &Script::markdown(new)).rows
    }

    fn part(text: &str, differs: bool) -> Part {
        Part { text: text.into(), differs }
    }

    const OLD: &str =
        "## One\n\nKept.\n\n## Two\n\nA quiet room at dawn.\n\nStays.\n\nStays too.\n\nAnd this.\n\n## Three\n\nThe end.\n";

    #[test]
    fn a_changed_line_stands_in_its_scene_with_its_words() {
        let new = OLD.replace("quiet room", "loud old room");
        let old_line = vec![part("A ", false), part("quiet", true), part(" room at dawn.", false)];
        let new_line = vec![part("A ", false), part("loud old", true), part(" room at dawn.", false)];
        assert_eq!(
            rows(OLD, &new),
            [
                Row::AlikeScenes(1),
                Row::Scene { old: Some("Two".into()), new: Some("Two".into()) },
                Row::Changed { old: old_line, new: new_line },
                Row::Same("Stays.".into()),
                Row::AlikeLines(2),
                Row::AlikeScenes(1),
            ]
        );
    }

    #[test]
    fn scenes_come_and_go_with_their_lines() {
        let new =
            OLD.replace("## Three\n\nThe end.\n", "## Four\n\nAnother close altogether, longer than before.\n\nReally.\n");
        let found = rows(OLD, &new);
        assert_eq!(found[0], Row::AlikeScenes(2));
        assert!(matches!(&found[1], Row::Scene { old: Some(three), .. } if three == "Three"), "{found:?}");
        assert!(found.contains(&Row::New("Really.".into())), "{found:?}");
        assert_eq!(rows(OLD, OLD), [Row::AlikeScenes(3)]);
        assert_eq!(rows(&format!("---\ntitle: T\n---\n\n{OLD}"), &format!("---\ntitle: T\n---\n{OLD}")), [Row::AlikeScenes(3)]);
        assert_eq!(rows("", ""), []);
        assert_eq!(rows("", "Word."), [Row::New("Word.".into())]);
    }

    #[test]
    fn a_text_that_has_nothing_in_common_is_cut() {
        let text = |word: &str| (0..3_000).map(|i| format!("{word} {i} is said.\n\n")).collect::<String>();
        let found = compare(&Script::markdown(text("old")), &Script::markdown(text("new")));
        assert_eq!(found.rows.len(), MOST_ROWS);
        assert_eq!(found.more, 6_000 - MOST_ROWS);
    }

    proptest! {
        /// Every line that is not blank is on its side, once, shown or counted.
        #[test]
        fn no_line_is_lost(old in "(## [ab]\n|[ab] [cd]\n|\n){0,20}", new in "(## [ab]\n|[ab] [cd]\n|\n){0,20}") {
            let (left, right) = (Script::markdown(old), Script::markdown(new));
            let (left, right) = (Lines::of(&left), Lines::of(&right));
            let pairs = pairs(&left.texts, &right.texts);
            let olds: Vec<usize> = pairs.iter().filter_map(|pair| pair.old).collect();
            let news: Vec<usize> = pairs.iter().filter_map(|pair| pair.new).collect();
            prop_assert_eq!(olds, (0..left.texts.len()).collect::<Vec<_>>());
            prop_assert_eq!(news, (0..right.texts.len()).collect::<Vec<_>>());
            for pair in pairs.iter().filter(|pair| pair.same) {
                prop_assert_eq!(left.texts[pair.old.unwrap()], right.texts[pair.new.unwrap()]);
            }
        }

        #[test]
        fn the_words_of_a_line_are_all_there(old in "[a-c é漢.]{0,30}", new in "[a-c é漢.]{0,30}") {
            let (left, right) = words(&old, &new);
            let whole = |parts: &[Part]| parts.iter().map(|part| part.text.as_str()).collect::<String>();
            prop_assert_eq!((whole(&left), whole(&right)), (old, new));
        }
    }
}
