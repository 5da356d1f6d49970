//! Captions of a film that was joined of scenes: what the script says of each, spread over the voice that speaks it, else over the scene.

use super::{Caption, longest, rows};

/// What is said in a stretch of a film.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passage {
    /// Sentences in their order.
    pub lines: Vec<String>,
    /// Nanoseconds of the film.
    pub start: u64,
    pub end: u64,
}

/// Each sentence gets its share of its passage, by its letters, since that is about how long it takes to say. One that would stand for
/// much longer than anybody needs for it goes before its share is over.
pub fn of_film(passages: &[Passage]) -> Vec<Caption> {
    passages.iter().flat_map(of_passage).collect()
}

fn of_passage(passage: &Passage) -> Vec<Caption> {
    let lines: Vec<&str> = passage.lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect();
    let whole: usize = lines.iter().map(|line| rows::width(line).max(1)).sum::<usize>().max(1);
    let length = u128::from(passage.end.saturating_sub(passage.start));
    let place = |columns: usize| passage.start + (length * columns as u128 / whole as u128) as u64;
    let (mut captions, mut before) = (Vec::new(), 0);
    for line in lines {
        let start = place(before);
        before += rows::width(line).max(1);
        captions.extend(rows::share(line, start, place(before).min(start.saturating_add(longest(line)))));
    }
    captions
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::core::time::SECOND;

    fn passage(lines: &[&str], start: u64, end: u64) -> Passage {
        Passage { lines: lines.iter().map(|line| (*line).to_owned()).collect(), start: start * SECOND, end: end * SECOND }
    }

    #[test]
    fn sentences_share_the_voice_that_speaks_them() {
        let captions = of_film(&[passage(&["One two three.", " ", "Four five six."], 2, 6), passage(&["Seven."], 10, 11)]);
        let seen: Vec<_> = captions.iter().map(|caption| (caption.start, caption.end, caption.text.as_str())).collect();
        let s = SECOND;
        assert_eq!(seen, [(2 * s, 4 * s, "One two three."), (4 * s, 6 * s, "Four five six."), (10 * s, 11 * s, "Seven.")]);
    }

    #[test]
    fn few_words_do_not_stand_over_a_long_silence() {
        let captions = of_film(&[passage(&["Only this."], 0, 30)]);
        assert!(captions.len() == 1 && captions[0].end < 6 * SECOND, "{captions:?}");
        assert!(of_film(&[passage(&["Nothing fits."], 5, 5), Passage::default()]).is_empty());
    }

    proptest! {
        #[test]
        fn they_follow_each_other_within_their_scene(
            lines in proptest::collection::vec("\\PC{0,120}", 0..6),
            start in 0..600u64,
            length in 0..60u64,
        ) {
            let passage = Passage { lines, start: start * SECOND, end: (start + length) * SECOND };
            let captions = of_film(std::slice::from_ref(&passage));
            prop_assert!(captions.iter().all(|caption| caption.start < caption.end && caption.start >= passage.start && caption.end <= passage.end));
            prop_assert!(captions.windows(2).all(|pair| pair[0].end <= pair[1].start));
        }
    }
}
