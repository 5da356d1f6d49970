//! The same sentence in an edited script. A prompter that is being read must not move because somebody mends another sentence,
//! so places are held by what a sentence says, not by its number.
//!
//! Sentences that say the same and stand in the same order are the same (longest common subsequence between the first and the
//! last change); of the rest, one that was moved is found by its words, and one that was reworded by its place and likeness.

use std::collections::HashMap;

use super::Script;

/// A sentence: its scene, its number in the scene, its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    pub scene: usize,
    pub line: usize,
    pub text: String,
}

/// All sentences of a script, in order.
pub fn sentences(script: &Script) -> Vec<Sentence> {
    let of_scene = |(scene, content): (usize, &super::Scene)| {
        let sentence = move |(line, said): (usize, &super::Line)| Sentence { scene, line, text: said.text.clone() };
        content.lines.iter().enumerate().map(sentence).collect::<Vec<_>>()
    };
    script.scenes.iter().enumerate().flat_map(of_scene).collect()
}

/// The most comparisons between the first and the last change of an edit; a larger one (another text altogether) is held by
/// sentences that occur once.
const MOST_COMPARISONS: usize = 4_000_000;
/// The most pairs of sentences whose words are compared in one gap.
const MOST_LIKENESSES: usize = 20_000;
/// Words two sentences must share (Dice's coefficient) for one to be the other reworded.
const ALIKE: f64 = 0.5;

/// For each old sentence the index of the same new one. None is given twice.
pub fn matched(old: &[Sentence], new: &[Sentence]) -> Vec<Option<usize>> {
    let mut found: Vec<Option<usize>> = vec![None; old.len()];
    let same = |a: &Sentence, b: &Sentence| a.text == b.text;
    let front = old.iter().zip(new).take_while(|(a, b)| same(a, b)).count();
    let most = old.len().min(new.len()) - front;
    let back = old.iter().rev().zip(new.iter().rev()).take(most).take_while(|(a, b)| same(a, b)).count();
    (0..front).for_each(|i| found[i] = Some(i));
    (1..=back).for_each(|i| found[old.len() - i] = Some(new.len() - i));
    let (a, b) = (&old[front..old.len() - back], &new[front..new.len() - back]);
    if a.len().saturating_mul(b.len()) <= MOST_COMPARISONS {
        for (i, j) in common(a, b) {
            found[front + i] = Some(front + j);
        }
    }
    moved(old, new, &mut found);
    reworded(old, new, &mut found);
    found
}

/// The new sentence that takes the place of old sentence `at`: itself; else what was written in its stead; else the nearest
/// surviving one after it. The flag is true when it is itself. `None` when nothing follows there any more.
pub fn successor(found: &[Option<usize>], at: usize, count: usize) -> Option<(usize, bool)> {
    if let Some(Some(same)) = found.get(at) {
        return Some((*same, true));
    }
    let survivor = found.iter().take(at).enumerate().rev().find_map(|(i, new)| new.map(|j| (i + 1, j + 1)));
    let (gone_from, from) = survivor.unwrap_or((0, 0));
    let after = found.iter().skip(at).find_map(|new| *new);
    let to = after.unwrap_or(count);
    if from < to { Some(((from + at - gone_from).min(to - 1), false)) } else { after.map(|new| (new, false)) }
}

/// For each old scene the index of the same new one: the one most of its sentences are in. One that lost all of them is `None`.
pub fn scenes(old: &[Sentence], new: &[Sentence], found: &[Option<usize>], count: usize) -> Vec<Option<usize>> {
    let mut places: Vec<HashMap<usize, usize>> = vec![HashMap::new(); count];
    for (sentence, to) in old.iter().zip(found) {
        if let (Some(place), Some(to)) = (places.get_mut(sentence.scene), to) {
            *place.entry(new[*to].scene).or_default() += 1;
        }
    }
    // Of two with as many the earlier one.
    let most = |place: HashMap<usize, usize>| place.into_iter().max_by_key(|(scene, n)| (*n, usize::MAX - scene));
    places.into_iter().map(|place| most(place).map(|(scene, _)| scene)).collect()
}

/// Index of a sentence by scene and line, or of the first one after that place.
pub fn index_of(sentences: &[Sentence], scene: usize, line: usize) -> Option<usize> {
    let at = sentences.partition_point(|sentence| (sentence.scene, sentence.line) < (scene, line));
    (at < sentences.len()).then_some(at)
}

/// A longest common subsequence, as pairs of indices.
fn common(a: &[Sentence], b: &[Sentence]) -> Vec<(usize, usize)> {
    let width = b.len() + 1;
    // longest[i * width + j]: of a[i..] and b[j..].
    let mut longest = vec![0u32; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            longest[i * width + j] = if a[i].text == b[j].text {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while i < a.len() && j < b.len() {
        if a[i].text == b[j].text {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if longest[(i + 1) * width + j] >= longest[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

/// Sentences that stand somewhere else now: those whose words occur once among what is left on each side.
fn moved(old: &[Sentence], new: &[Sentence], found: &mut [Option<usize>]) {
    let taken = taken(new.len(), found);
    let mut places: HashMap<&str, (Vec<usize>, Vec<usize>)> = HashMap::new();
    for (i, sentence) in old.iter().enumerate().filter(|(i, _)| found[*i].is_none()) {
        places.entry(&sentence.text).or_default().0.push(i);
    }
    for (j, sentence) in new.iter().enumerate().filter(|(j, _)| !taken[*j]) {
        if let Some(place) = places.get_mut(sentence.text.as_str()) {
            place.1.push(j);
        }
    }
    for (from, to) in places.into_values() {
        if let ([from], [to]) = (from.as_slice(), to.as_slice()) {
            found[*from] = Some(*to);
        }
    }
}

/// Sentences that were reworded: within each gap of the order, the pairs that are most alike taken together.
fn reworded(old: &[Sentence], new: &[Sentence], found: &mut [Option<usize>]) {
    let taken = taken(new.len(), found);
    let (mut i, mut next) = (0, 0);
    while i < old.len() {
        if let Some(j) = found[i] {
            (i, next) = (i + 1, j + 1);
            continue;
        }
        let gone = found[i..].iter().take_while(|place| place.is_none()).count();
        let fresh = taken[next.min(new.len())..].iter().take_while(|taken| !**taken).count();
        for (a, b) in alike(&old[i..i + gone], &new[next..next + fresh]) {
            found[i + a] = Some(next + b);
        }
        i += gone;
    }
}

/// Pairs in order whose likeness is the greatest in all; each is at least `ALIKE`.
pub(in crate::core) fn alike(a: &[Sentence], b: &[Sentence]) -> Vec<(usize, usize)> {
    if a.is_empty() || b.is_empty() || a.len().saturating_mul(b.len()) > MOST_LIKENESSES {
        return Vec::new();
    }
    let width = b.len() + 1;
    let mut best = vec![0.0f64; (a.len() + 1) * width];
    let mut likes = vec![0.0f64; a.len() * b.len()];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            let like = likeness(&a[i].text, &b[j].text);
            let like = if like >= ALIKE { like } else { 0.0 };
            likes[i * b.len() + j] = like;
            let without = best[(i + 1) * width + j].max(best[i * width + j + 1]);
            best[i * width + j] = without.max(if like > 0.0 { like + best[(i + 1) * width + j + 1] } else { 0.0 });
        }
    }
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while i < a.len() && j < b.len() {
        let like = likes[i * b.len() + j];
        if like > 0.0 && best[i * width + j] == like + best[(i + 1) * width + j + 1] {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if best[(i + 1) * width + j] >= best[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

fn taken(count: usize, found: &[Option<usize>]) -> Vec<bool> {
    let mut taken = vec![false; count];
    found.iter().flatten().for_each(|j| taken[*j] = true);
    taken
}

/// Twice the words both have over the words each has: 1 for the same words in any order, 0 for none in common.
fn likeness(a: &str, b: &str) -> f64 {
    let mut counts: HashMap<&str, i32> = HashMap::new();
    let (mut words, mut both) = (0usize, 0usize);
    for word in a.split_whitespace() {
        *counts.entry(word).or_default() += 1;
        words += 1;
    }
    for word in b.split_whitespace() {
        words += 1;
        if let Some(left) = counts.get_mut(word).filter(|left| **left > 0) {
            *left -= 1;
            both += 1;
        }
    }
    if words == 0 { 0.0 } else { 2.0 * both as f64 / words as f64 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(texts: &[&str]) -> Vec<Sentence> {
        texts.iter().enumerate().map(|(line, text)| Sentence { scene: 0, line, text: (*text).into() }).collect()
    }

    #[test]
    fn sentences_keep_their_identity() {
        let old = all(&["One two three.", "No.", "Four five six.", "No.", "Seven."]);
        let inserted = all(&["New.", "One two three.", "No.", "Four five six.", "No.", "Seven."]);
        assert_eq!(matched(&old, &inserted), [1, 2, 3, 4, 5].map(Some));
        let reworded = all(&["One two three.", "No.", "Four five and six.", "No.", "Seven."]);
        assert_eq!(matched(&old, &reworded), [0, 1, 2, 3, 4].map(Some));
        let removed = all(&["One two three.", "No.", "No.", "Seven."]);
        let found = matched(&old, &removed);
        assert_eq!((found[2], successor(&found, 2, 4)), (None, Some((2, false))));
        let replaced = all(&["One two three.", "No.", "Something else entirely.", "No.", "Seven."]);
        assert_eq!(successor(&matched(&old, &replaced), 2, 5), Some((2, false)), "what was written in its stead");
        let moved = all(&["No.", "Four five six.", "No.", "Seven.", "One two three."]);
        assert_eq!(matched(&old, &moved)[0], Some(4));
        let emptied = matched(&old, &[]);
        assert_eq!(successor(&emptied, 3, 0), None);
    }

    #[test]
    fn after_the_last_sentence_comes_nothing() {
        let old = all(&["One.", "Two."]);
        assert_eq!(successor(&matched(&old, &all(&["One."])), 1, 1), None);
    }

    #[test]
    fn scenes_are_known_by_their_sentences() {
        let in_scene = |scene: usize, texts: &[&str]| {
            all(texts).into_iter().map(move |sentence| Sentence { scene, ..sentence }).collect::<Vec<_>>()
        };
        let old = [in_scene(0, &["One.", "Two."]), in_scene(1, &["Three."]), in_scene(2, &["Four."])].concat();
        let new = [in_scene(0, &["Zero."]), in_scene(1, &["One.", "Two."]), in_scene(2, &["Four."])].concat();
        assert_eq!(scenes(&old, &new, &matched(&old, &new), 3), [Some(1), None, Some(2)]);
    }

    proptest! {
        /// No new sentence is two old ones, and what was not touched is found wherever it is said once.
        #[test]
        fn untouched_sentences_are_found(
            count in 1..30usize,
            removed in proptest::collection::vec(any::<proptest::sample::Index>(), 0..6),
            inserted in proptest::collection::vec(any::<proptest::sample::Index>(), 0..6),
        ) {
            let said = |i: usize| format!("Sentence number {i} alone.");
            let old: Vec<String> = (0..count).map(said).collect();
            let mut new = old.clone();
            for at in removed {
                if !new.is_empty() {
                    new.remove(at.index(new.len()));
                }
            }
            for (k, at) in inserted.iter().enumerate() {
                new.insert(at.index(new.len() + 1), format!("Fresh {k}, unlike any other."));
            }
            let list = |texts: &[String]| all(&texts.iter().map(String::as_str).collect::<Vec<_>>());
            let found = matched(&list(&old), &list(&new));
            let mut seen = std::collections::HashSet::new();
            for (i, place) in found.iter().enumerate() {
                prop_assert!(place.is_none_or(|j| seen.insert(j)));
                if new.contains(&old[i]) {
                    prop_assert_eq!(place.map(|j| &new[j]), Some(&old[i]));
                }
            }
        }
    }
}
