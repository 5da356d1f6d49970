//! Two texts side by side, line by line: which lines are the same, and which stand against which.

/// A row of the comparison. Equal lines stand in both; a line without a counterpart stands alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    pub left: Option<&'a str>,
    pub right: Option<&'a str>,
}

impl Row<'_> {
    pub fn same(&self) -> bool {
        self.left == self.right
    }
}

/// Comparisons of line with line beyond which the changed middle is shown as one change: some ten milliseconds.
const MOST: usize = 4_000_000;

/// Puts two texts side by side. The longest run of lines in common is kept in common (LCS), as far as that is worth its time.
pub fn side_by_side<'a>(left: &'a str, right: &'a str) -> Vec<Row<'a>> {
    let (left, right): (Vec<&str>, Vec<&str>) = (left.lines().collect(), right.lines().collect());
    let front = left.iter().zip(&right).take_while(|(a, b)| a == b).count();
    let back = left[front..].iter().rev().zip(right[front..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (middle_left, middle_right) = (&left[front..left.len() - back], &right[front..right.len() - back]);
    let both = |line: &&'a str| Row { left: Some(line), right: Some(line) };
    let mut rows: Vec<Row<'a>> = left[..front].iter().map(both).collect();
    rows.extend(changed(middle_left, middle_right));
    rows.extend(left[left.len() - back..].iter().map(both));
    rows
}

fn changed<'a>(left: &[&'a str], right: &[&'a str]) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    let (mut done_left, mut done_right) = (0, 0);
    for (l, r) in common(left, right).into_iter().chain([(left.len(), right.len())]) {
        let (alone_left, alone_right) = (&left[done_left..l], &right[done_right..r]);
        for at in 0..alone_left.len().max(alone_right.len()) {
            rows.push(Row { left: alone_left.get(at).copied(), right: alone_right.get(at).copied() });
        }
        if l < left.len() {
            rows.push(Row { left: Some(left[l]), right: Some(right[r]) });
        }
        (done_left, done_right) = (l + 1, r + 1);
    }
    rows
}

/// Places of the lines in common, in order.
fn common(left: &[&str], right: &[&str]) -> Vec<(usize, usize)> {
    let width = right.len() + 1;
    if left.is_empty() || right.is_empty() || left.len().saturating_mul(right.len()) > MOST {
        return Vec::new();
    }
    // lengths[l * width + r]: lines in common of what follows left[l] and right[r].
    let mut lengths = vec![0u32; (left.len() + 1) * width];
    for l in (0..left.len()).rev() {
        for r in (0..right.len()).rev() {
            lengths[l * width + r] = if left[l] == right[r] {
                lengths[(l + 1) * width + r + 1] + 1
            } else {
                lengths[(l + 1) * width + r].max(lengths[l * width + r + 1])
            };
        }
    }
    let (mut l, mut r, mut places) = (0, 0, Vec::new());
    while l < left.len() && r < right.len() {
        if left[l] == right[r] {
            places.push((l, r));
            (l, r) = (l + 1, r + 1);
        } else if lengths[(l + 1) * width + r] >= lengths[l * width + r + 1] {
            l += 1;
        } else {
            r += 1;
        }
    }
    places
}

/// Bytes at the front and at the back that two lines have in common, in whole words.
pub fn shared_ends(one: &str, other: &str) -> (usize, usize) {
    let same = |(a, b): &(char, char)| a == b;
    let front: usize = one.chars().zip(other.chars()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
    let front = if splits(one, front) || splits(other, front) { word_start(one, front) } else { front };
    let rest = one[front..].chars().rev().zip(other[front..].chars().rev());
    let mut back: usize = rest.take_while(same).map(|(c, _)| c.len_utf8()).sum();
    // Forward, while the cut goes through a word of either.
    while back > 0 && (splits(one, one.len() - back) || splits(other, other.len() - back)) {
        back -= one[one.len() - back..].chars().next().map_or(back, char::len_utf8);
    }
    (front, back)
}

/// True when a cut at `at` goes through a word.
fn splits(line: &str, at: usize) -> bool {
    let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    letter(line[..at].chars().next_back()) && letter(line[at..].chars().next())
}

/// Where the word begins that ends at `at`.
fn word_start(line: &str, at: usize) -> usize {
    line[..at].char_indices().rev().find(|(_, c)| !c.is_alphanumeric()).map_or(0, |(place, c)| place + c.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_in_common_stand_side_by_side() {
        let rows = side_by_side("a\nb\nc\nd", "a\nx\nc\ny\nz\nd");
        let text: Vec<(Option<&str>, Option<&str>)> = rows.iter().map(|row| (row.left, row.right)).collect();
        let both = |line| (Some(line), Some(line));
        let expected = [both("a"), (Some("b"), Some("x")), both("c"), (None, Some("y")), (None, Some("z")), both("d")];
        assert_eq!(text, expected);
    }

    #[test]
    fn what_two_lines_share_ends_between_words() {
        assert_eq!(shared_ends("über alle Berge", "über manche Berge"), (6, 6));
        assert_eq!(shared_ends("and a question.", "and an answer."), (4, 1));
        for (one, other) in [("aa", "aaa"), ("é", "è"), ("", "a"), ("猫", "猫猫")] {
            assert_eq!(shared_ends(one, other), (0, 0));
        }
        assert_eq!(shared_ends("a", "a b"), (1, 0));
    }

    proptest! {
        #[test]
        fn both_texts_can_be_read_off_the_rows(left in "[ab\n]{0,40}", right in "[ab\n]{0,40}") {
            let rows = side_by_side(&left, &right);
            let of = |side: fn(&Row<'_>) -> Option<String>| rows.iter().filter_map(side).collect::<Vec<_>>();
            prop_assert_eq!(of(|row| row.left.map(str::to_owned)), left.lines().map(str::to_owned).collect::<Vec<_>>());
            prop_assert_eq!(of(|row| row.right.map(str::to_owned)), right.lines().map(str::to_owned).collect::<Vec<_>>());
            prop_assert!(left != right || rows.iter().all(Row::same));
        }

        #[test]
        fn shared_ends_never_meet_and_are_shared(one in "[ab 猫é.]{0,12}", other in "[ab 猫é.]{0,12}") {
            let (front, back) = shared_ends(&one, &other);
            prop_assert!(front + back <= one.len().min(other.len()));
            prop_assert_eq!(&one[..front], &other[..front]);
            prop_assert_eq!(&one[one.len() - back..], &other[other.len() - back..]);
        }
    }
}
