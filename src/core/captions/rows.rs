//! Rows of a caption: at most two, of at most 42 columns, which is what television has settled on and what every player has room for.

use unicode_segmentation::UnicodeSegmentation;

use super::Caption;

/// Columns of a row. A sign of Chinese, Japanese or Korean takes two.
pub(super) const ROW: usize = 42;
const ROWS: usize = 2;

/// Columns a text takes.
pub(super) fn width(text: &str) -> usize {
    text.graphemes(true).map(|sign| if sign.chars().next().is_some_and(wide) { 2 } else { 1 }).sum()
}

/// A sign of a script that takes two columns and is written without spaces (UAX 11, roughly).
pub(super) fn wide(c: char) -> bool {
    matches!(c as u32, 0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe4f | 0xff00..=0xff60 | 0x20000..=0x3fffd)
}

/// Whether a text is one caption.
pub(super) fn fits(text: &str) -> bool {
    filled(text, ROW).len() <= ROWS
}

/// A text that fits, in one row or two of about the same length.
pub(super) fn two(text: &str) -> String {
    if width(text) <= ROW {
        return text.to_owned();
    }
    // The narrowest that still makes two rows.
    let rows = (width(text).div_ceil(2)..=ROW).map(|columns| filled(text, columns)).find(|rows| rows.len() <= ROWS);
    rows.unwrap_or_else(|| filled(text, ROW)).join("\n")
}

/// A sentence from `start` to `end`, in as many captions as it needs, each as long as its share of the letters. None of an empty one.
pub(super) fn share(text: &str, start: u64, end: u64) -> Vec<Caption> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() || end <= start {
        return Vec::new();
    }
    let pieces = pieces(&text);
    let whole: usize = pieces.iter().map(|piece| width(piece)).sum::<usize>().max(1);
    let (mut captions, mut before) = (Vec::new(), 0);
    for piece in pieces {
        let place = |columns: usize| start + ((end - start) as u128 * columns as u128 / whole as u128) as u64;
        let from = place(before);
        before += width(&piece);
        if place(before) > from {
            captions.push(Caption { start: from, end: place(before), text: two(&piece) });
        }
    }
    captions
}

/// A text in parts that fit, of about the same length.
fn pieces(text: &str) -> Vec<String> {
    let mut count = 1;
    loop {
        let columns = width(text).div_ceil(count);
        // Breaking at words loses some room in each row.
        let parts = filled(text, columns.max(1) + columns / 8);
        if parts.iter().all(|part| fits(part)) || count > width(text) {
            return parts;
        }
        count += 1;
    }
}

/// Rows of at most so many columns, broken between words, and within one that is longer.
fn filled(text: &str, columns: usize) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    for token in text.split_word_bounds() {
        let blank = token.trim().is_empty();
        let room = rows.last().map_or(0, |row| columns.saturating_sub(width(row)));
        // A sign behind a word stays with it.
        let clings = token.chars().all(|c| !c.is_alphanumeric()) && !blank && width(token) <= 2;
        match rows.last_mut() {
            Some(row) if blank => row.push(' '),
            Some(row)
                if width(token) <= room || (clings && !row.ends_with(' ') && width(row) + width(token) <= columns + 2) =>
            {
                row.push_str(token)
            }
            _ if blank => {}
            _ => rows.extend(split(token, columns)),
        }
    }
    rows.iter().map(|row| row.trim().to_owned()).filter(|row| !row.is_empty()).collect()
}

/// A word that is longer than a row.
fn split(token: &str, columns: usize) -> Vec<String> {
    let mut parts = vec![String::new()];
    for sign in token.graphemes(true) {
        if let Some(last) = parts.last_mut() {
            if last.is_empty() || width(last) + width(sign) <= columns {
                last.push_str(sign)
            } else {
                parts.push(sign.to_owned())
            }
        }
    }
    parts
}
