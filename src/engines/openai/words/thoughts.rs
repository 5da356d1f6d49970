//! Leaves out what a model thinks aloud: `<think>…</think>` before its answer, as local models write it. The marks may come in pieces.

const OPEN: &str = "<think>";
const CLOSE: &str = "</think>";

/// Where in the text it stands.
#[derive(Debug, Default)]
enum Place {
    /// Nothing but blanks and perhaps the beginning of a mark has come.
    #[default]
    Before,
    Within,
    After,
}

#[derive(Debug, Default)]
pub(super) struct Thoughts {
    place: Place,
    /// What can't be told yet.
    held: String,
    /// It has thought: the blanks behind that are no part of the answer.
    thought: bool,
}

impl Thoughts {
    /// What of `piece`, and of what was held back, belongs to the answer.
    pub fn without(&mut self, piece: &str) -> String {
        self.held.push_str(piece);
        loop {
            match self.place {
                Place::After => return std::mem::take(&mut self.held),
                Place::Before => {
                    let begun = self.held.trim_start();
                    if self.thought && begun.len() < self.held.len() {
                        self.held = begun.to_owned();
                    } else if begun.starts_with(OPEN) {
                        self.place = Place::Within;
                    } else if OPEN.starts_with(begun) {
                        return String::new();
                    } else {
                        self.place = Place::After;
                    }
                }
                Place::Within => {
                    let Some(end) = self.held.find(CLOSE) else {
                        // Only what may be the beginning of the mark is still needed.
                        let keep = (0..CLOSE.len()).rev().find(|length| self.held.ends_with(&CLOSE[..*length])).unwrap_or(0);
                        self.held.drain(..self.held.len() - keep);
                        return String::new();
                    };
                    self.held.drain(..end + CLOSE.len());
                    self.thought = true;
                    self.place = Place::Before;
                }
            }
        }
    }

    /// Nothing more comes: what was held back in doubt.
    pub fn rest(&mut self) -> String {
        match self.place {
            Place::Before => std::mem::take(&mut self.held),
            Place::Within | Place::After => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read<'a>(pieces: impl IntoIterator<Item = &'a str>) -> String {
        let mut thoughts = Thoughts::default();
        let mut text: String = pieces.into_iter().map(|piece| thoughts.without(piece)).collect();
        text.push_str(&thoughts.rest());
        text
    }

    #[test]
    fn only_the_answer_is_left() {
        assert_eq!(read(["\n<think>\nWell </th… <b>.\n</think>\n\n# Title"]), "# Title");
        assert_eq!(read(["# Title with <think> in it </think>"]), "# Title with <think> in it </think>");
        assert_eq!(read(["<thin"]), "<thin");
        assert_eq!(read(["<think>without an end"]), "");
        assert_eq!(read(["  indented"]), "  indented");
    }

    proptest! {
        #[test]
        fn it_does_not_matter_how_it_is_cut(cuts in proptest::collection::vec(0usize..40, 0..8)) {
            let text = "<think>a</thi</think>\n\nThe answer, with <";
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(text.len())).chain([0, text.len()]).collect();
            cuts.sort_unstable();
            prop_assert_eq!(read(cuts.windows(2).map(|pair| &text[pair[0]..pair[1]])), "The answer, with <");
        }
    }
}
