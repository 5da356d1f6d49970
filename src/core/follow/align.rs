//! Where in the script do the last few heard words fit? A local alignment (Smith and Waterman, 1981) of the heard words with a
//! stretch of the script, scored for every place where it may end. Heard words too many, script words left out and words
//! heard wrong cost less than a match earns, so a run of matches with a slip or two still stands out.

/// A heard word in the place of another.
const WRONG: f32 = -0.6;
/// A heard word that is not in the script here.
const EXTRA: f32 = -0.55;
/// A script word that was not heard.
const MISSING: f32 = -0.35;
/// What a match of the commonest word earns; a word that stands once in the stretch earns 1.
const COMMON: f32 = 0.45;

/// Scores of one stretch of the script.
#[derive(Clone, Debug, Default)]
pub struct Scores {
    /// For each word of the stretch: the score of the best alignment that ends with this word heard, less what the words
    /// heard after it cost. Never below 0.
    pub at: Vec<f32>,
    /// For each word: how many heard words came after the one that matched it.
    pub after: Vec<usize>,
}

/// What a match of each word is worth: the rarer in the stretch, the more it tells.
pub fn weights(keys: &[&str]) -> Vec<f32> {
    let mut counts = std::collections::HashMap::<&str, f32>::new();
    for key in keys {
        *counts.entry(key).or_default() += 1.0;
    }
    // Short words are easily heard where there are none.
    let short = |key: &str| if key.len() <= 3 { 0.8 } else { 1.0 };
    keys.iter().map(|key| (COMMON + (1.0 - COMMON) / counts[key].sqrt()) * short(key)).collect()
}

/// Aligns `heard` (oldest first) with the stretch `keys`.
pub fn align(heard: &[&str], keys: &[&str], weights: &[f32]) -> Scores {
    let columns = keys.len();
    let mut scores = Scores { at: vec![0.0; columns], after: vec![0; columns] };
    // `best[j]`: best score of an alignment of the heard words so far that has used the script up to word j.
    let (mut best, mut before) = (vec![0.0f32; columns + 1], vec![0.0f32; columns + 1]);
    for (row, word) in heard.iter().enumerate() {
        std::mem::swap(&mut best, &mut before);
        best[0] = 0.0;
        let after = heard.len() - 1 - row;
        for j in 0..columns {
            let hit = *word == keys[j];
            let diagonal = before[j] + if hit { weights[j] } else { WRONG };
            best[j + 1] = diagonal.max(before[j + 1] + EXTRA).max(best[j] + MISSING).max(0.0);
            if hit {
                let score = diagonal + EXTRA * after as f32;
                if score > scores.at[j] {
                    (scores.at[j], scores.after[j]) = (score, after);
                }
            }
        }
    }
    scores
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: [&str; 12] = ["you", "sit", "down", "you", "open", "the", "window", "and", "you", "let", "morning", "in"];

    fn best(heard: &[&str]) -> usize {
        let scores = align(heard, &SCRIPT, &weights(&SCRIPT));
        (0..SCRIPT.len()).max_by(|a, b| scores.at[*a].total_cmp(&scores.at[*b])).unwrap()
    }

    #[test]
    fn context_tells_apart_what_one_word_cannot() {
        assert_eq!(best(&["sit", "down", "you"]), 3);
        assert_eq!(best(&["window", "and", "you"]), 8);
        assert_eq!(best(&["window", "you", "let"]), 9, "a word left out");
        assert_eq!(best(&["open", "sesame", "window", "and"]), 7, "a word heard wrong");
    }
}
