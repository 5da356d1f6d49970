//! From a block of the sheet to lines of text that shape well: hard breaks split, characters without a font replaced, and for
//! each stretch the family it is set in. Also where each sentence begins, so that a row can say what it shows.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::coverage::{Coverage, Wish, is_emoji, is_hangul, is_ignorable, is_kana};
use super::fonts::{Face, Fonts};
use crate::core::prompter::sheet::{Block, BlockKind, Span};
use crate::core::prompter::text::{RunStyle, TextRow};

/// A paragraph longer than this goes on in a new row at its next sentence. Shaping a paragraph takes time that grows with its
/// square and a hundred times its memory; some scripts are one paragraph of 100,000 words.
const MAX_ITEM_BYTES: usize = 8_000;
/// Invisible letters of a direction.
pub const LTR_MARK: &str = "\u{200e}";
pub const RTL_MARK: &str = "\u{200f}";
/// Around text that has a direction of its own.
pub const ISOLATE: char = '\u{2068}';
pub const ISOLATE_END: char = '\u{2069}';

/// A line of the script as it was typed, before it is broken into rows.
#[derive(Debug, Default)]
pub struct Item {
    pub text: String,
    /// Where a new sentence, or a change between speech and cue, begins. Ascending; the first is at 0.
    pub marks: Vec<Mark>,
    /// Stretches set in another family than the look's.
    pub foreign: Vec<(Range<usize>, Face)>,
    /// Characters that no font has and a replacement stands for.
    pub undrawn: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    pub start: usize,
    pub line: usize,
    pub cue: bool,
}

impl Item {
    /// The mark that covers an offset of the text.
    pub fn mark(&self, at: usize) -> Mark {
        let after = self.marks.partition_point(|mark| mark.start <= at);
        self.marks.get(after.saturating_sub(1)).copied().unwrap_or(Mark { start: 0, line: 0, cue: false })
    }
}

/// How a whole sheet is to be read: which of the languages that share Han characters it is written in.
pub fn wish<'a>(texts: impl Iterator<Item = &'a str>) -> Wish {
    let mut hangul = false;
    for ch in texts.flat_map(str::chars).filter(|ch| !ch.is_ascii()) {
        if is_kana(ch) {
            return Wish::Japanese;
        }
        hangul |= is_hangul(ch);
    }
    if hangul { Wish::Korean } else { Wish::Plain }
}

/// The lines of a block, without its cues where they are hidden; those without anything to show are left out.
pub fn items(block: &Block, hide_cues: bool, face: &Face, fonts: &Fonts, wish: Wish) -> Vec<Item> {
    let mut items = vec![Item::default()];
    let heading = block.kind == BlockKind::Heading;
    let mixed = block.spans.iter().flat_map(|span| span.text.chars()).any(|ch| direction(ch) == Some(true));
    let mut after_hidden = false;
    for span in &block.spans {
        if hide_cues && span.cue {
            after_hidden = true;
            continue;
        }
        let upper;
        let text = if heading {
            upper = span.text.to_uppercase();
            upper.as_str()
        } else {
            span.text.as_str()
        };
        // A cue is a note of its own: isolated, it neither turns nor is torn by text of the other direction around it.
        let isolated;
        let text = if mixed && span.cue {
            isolated = format!("{ISOLATE}{text}{ISOLATE_END}");
            isolated.as_str()
        } else {
            text
        };
        // One of the two spaces around a hidden cue.
        let closed = items.last().is_none_or(|item| item.text.is_empty() || item.text.ends_with(char::is_whitespace));
        let text = if std::mem::take(&mut after_hidden) && closed { text.trim_start_matches(' ') } else { text };
        let too_long = items.last().is_some_and(|item| item.text.len() > MAX_ITEM_BYTES);
        for (i, part) in text.split(is_break).enumerate() {
            if i > 0 || too_long {
                items.push(Item::default());
            }
            if let Some(item) = items.last_mut() {
                push(item, part, span, face, fonts, wish);
            }
        }
    }
    items.retain(|item| item.text.chars().any(|ch| !ch.is_whitespace() && !is_ignorable(ch)));
    for item in &mut items {
        if mixed {
            unify(item, face, fonts.coverage());
        }
        trim_end(item);
        direct(item);
    }
    items
}

/// The line of a row that was broken before: what `items` made of it then, as far as it lies in this row. `None` when it has
/// nothing to show.
pub fn row_item(row: &TextRow, face: &Face, fonts: &Fonts, wish: Wish) -> Option<Item> {
    let mut item = Item::default();
    let mixed = row.rtl || row.runs.iter().flat_map(|run| run.text.chars()).any(|ch| direction(ch) == Some(true));
    for run in &row.runs {
        let room = MAX_ITEM_BYTES.saturating_sub(item.text.len());
        let text = &run.text[..run.text.floor_char_boundary(room)];
        let cue = run.style == RunStyle::Cue;
        let span = Span { text: String::new(), cue, line: run.line };
        let isolated;
        let text = if mixed && cue {
            isolated = format!("{ISOLATE}{}{ISOLATE_END}", bare(text));
            isolated.as_str()
        } else {
            text
        };
        push(&mut item, text, &span, face, fonts, wish);
    }
    if !item.text.chars().any(|ch| !ch.is_whitespace() && !is_ignorable(ch)) {
        return None;
    }
    if mixed {
        unify(&mut item, face, fonts.coverage());
    }
    trim_end(&mut item);
    begin(&mut item, row.rtl);
    Some(item)
}

/// Text without the marks of isolation around it, of which a row's break may have left one.
pub fn bare(text: &str) -> &str {
    text.trim_start_matches(ISOLATE).trim_end_matches(ISOLATE_END)
}

/// True when the first letter with a direction is written from right to left.
pub fn is_rtl(text: &str) -> Option<bool> {
    text.chars().find_map(direction)
}

fn push(item: &mut Item, text: &str, span: &Span, face: &Face, fonts: &Fonts, wish: Wish) {
    if text.is_empty() {
        return;
    }
    item.marks.push(Mark { start: item.text.len(), line: span.line, cue: span.cue });
    if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        item.text.push_str(text);
        return;
    }
    let coverage = fonts.coverage();
    for cluster in text.graphemes(true) {
        push_cluster(item, cluster, face, coverage, wish);
    }
}

/// Adds one grapheme cluster, in one family, without characters that family lacks.
fn push_cluster(item: &mut Item, cluster: &str, face: &Face, coverage: &Coverage, wish: Wish) {
    let start = item.text.len();
    let Some(first) = cluster.chars().find(|ch| !is_ignorable(*ch)) else {
        item.text.push_str(cluster);
        return;
    };
    if first.is_control() || first.is_whitespace() && first != '\u{3000}' {
        item.text.push(' ');
        return;
    }
    let emoji = cluster.contains('\u{fe0f}') || is_emoji(first);
    let visible = || cluster.chars().filter(|ch| !is_ignorable(*ch));
    if !emoji && visible().all(|ch| coverage.has(&face.family, ch)) {
        item.text.push_str(cluster);
        return;
    }
    let wish = if emoji { Wish::Emoji } else { wish };
    let candidates = || visible().filter_map(|ch| coverage.face_for(ch, wish));
    let whole = candidates().find(|other| visible().all(|ch| coverage.has(&other.family, ch)));
    let Some(other) = whole.or_else(|| coverage.face_for(first, wish)) else {
        item.undrawn += 1;
        item.text.push(if coverage.has(&face.family, '\u{fffd}') { '\u{fffd}' } else { '?' });
        return;
    };
    item.text.extend(cluster.chars().filter(|ch| is_ignorable(*ch) || coverage.has(&other.family, *ch)));
    if whole.is_none() {
        item.undrawn += 1;
    }
    if *other == *face {
        return;
    }
    match item.foreign.last_mut() {
        Some((range, last)) if range.end == start && last == other => range.end = item.text.len(),
        _ => item.foreign.push((start..item.text.len(), other.clone())),
    }
}

/// Sets each word of right-to-left letters, with the digits and signs that touch them, in one family as far as it has them:
/// they were drawn for each other.
fn unify(item: &mut Item, face: &Face, coverage: &Coverage) {
    let mut unified: Vec<(Range<usize>, Face)> = Vec::new();
    let mut add = |range: Range<usize>, other: &Face| match unified.last_mut() {
        _ if other == face => {}
        Some((last, known)) if last.end == range.start && known == other => last.end = range.end,
        _ => unified.push((range, other.clone())),
    };
    let own = |at: usize| {
        let after = item.foreign.partition_point(|(range, _)| range.end <= at);
        item.foreign.get(after).filter(|(range, _)| range.contains(&at)).map_or(face, |(_, other)| other)
    };
    let mut start = 0;
    for word in item.text.split_inclusive(' ') {
        let base = word.char_indices().find(|(_, ch)| direction(*ch) == Some(true)).map(|(at, _)| own(start + at));
        for (at, ch) in word.char_indices() {
            let belongs = |base: &&Face| direction(ch) != Some(false) && (is_ignorable(ch) || coverage.has(&base.family, ch));
            let at = start + at;
            add(at..at + ch.len_utf8(), base.filter(belongs).unwrap_or(own(at)));
        }
        start += word.len();
    }
    item.foreign = unified;
}

/// A line takes its direction from its first letter; when that letter is in a cue, from the first spoken one instead, because
/// a cue is a note in the operator's language. A direction mark at the start says so.
fn direct(item: &mut Item) {
    let spoken = item.marks.iter().enumerate().filter(|(_, mark)| !mark.cue).find_map(|(i, mark)| {
        let end = item.marks.get(i + 1).map_or(item.text.len(), |next| next.start);
        is_rtl(&item.text[mark.start..end])
    });
    let found = is_rtl(&item.text).unwrap_or(false);
    begin(item, spoken.unwrap_or(found));
}

/// Lets a line read from right to left, or from left to right, by a mark at its start unless it does so without.
fn begin(item: &mut Item, rtl: bool) {
    // Isolated text counts for nothing here, so its letters are no reason to leave the mark out.
    let isolated = item.text.chars().take_while(|ch| direction(*ch).is_none()).any(|ch| ('\u{2066}'..=ISOLATE).contains(&ch));
    if !isolated && is_rtl(&item.text).unwrap_or(false) == rtl {
        return;
    }
    let mark = if rtl { RTL_MARK } else { LTR_MARK };
    item.text.insert_str(0, mark);
    for later in item.marks.iter_mut().skip(1) {
        later.start += mark.len();
    }
    for (range, _) in &mut item.foreign {
        *range = range.start + mark.len()..range.end + mark.len();
    }
}

/// Leaves out the space after the last word, which would push centred words aside.
fn trim_end(item: &mut Item) {
    let end = item.text.trim_end().len();
    item.text.truncate(end);
    item.marks.retain(|mark| mark.start < end || mark.start == 0);
    item.foreign.retain(|(range, _)| range.start < end);
    if let Some((range, _)) = item.foreign.last_mut() {
        range.end = range.end.min(end);
    }
}

/// True for letters from right to left, false for letters from left to right, none for the rest.
fn direction(ch: char) -> Option<bool> {
    match ch as u32 {
        0x0590..=0x08FF | 0xFB1D..=0xFDFF | 0xFE70..=0xFEFE | 0x10800..=0x10FFF | 0x1E800..=0x1EFFF => {
            ch.is_alphabetic().then_some(true)
        }
        0x200F => Some(true),
        0x200E => Some(false),
        _ => ch.is_alphabetic().then_some(false),
    }
}

/// Ends a line wherever Unicode's bidirectional algorithm ends a paragraph, and at the breaks people type.
fn is_break(ch: char) -> bool {
    matches!(ch, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}
