//! Breaks a sheet into rows. cosmic-text shapes and breaks one typed line at a time at a fixed size of 64 units to the em; what
//! stays is glyph numbers and places in ems, so one layout serves every display.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::sync::Arc;

use cosmic_text::{
    Attrs, AttrsList, BufferLine, Ellipsize, Family, FeatureTag, FontFeatures, FontSystem, Hinting, LayoutGlyph, LayoutLine,
    LineEnding, Metrics, Shaping, Style, Weight, Wrap,
};

use super::coverage::{is_ignorable, is_kana};
use super::fonts::{Face, Fonts};
use super::itemise::{ISOLATE, ISOLATE_END, Item, LTR_MARK, RTL_MARK, bare, is_rtl, items, row_item, wish};
use super::{Glyph, GlyphStyle, Ink, Segment, TextLayout, TextRow};
use crate::core::prompter::sheet::{Block, BlockKind, Sheet};
use crate::core::prompter::text::{self, Run, RunStyle, Text};
use crate::core::prompter::{Align, CueStyle, Look, Row};

/// Layout units to the em: a power of two, so that going to ems loses nothing.
const UNITS: f32 = 64.0;
/// Size of headings and cues, in ems.
const HEADING_SIZE: f32 = 0.5;
const CUE_SIZE: f32 = 0.72;
const SMALL_CUE_SIZE: f32 = 0.5;
/// Space between the capitals of a heading, in its own ems.
const HEADING_TRACKING: f32 = 0.09;
/// Free space before a paragraph, before a scene's heading, and between a heading and its text, in ems.
const PARAGRAPH_GAP: f64 = 0.6;
const SCENE_GAP: f64 = 1.6;
const HEADING_GAP: f64 = 0.35;
/// How far the base line lies under a row's middle, in ems of the text: half of a usual capital's height (0.7), so that the
/// eye line points at the middle of the letters, and near enough to the middle of Han and Arabic ones.
const BASELINE_DROP: f64 = 0.34;
const TAB_SPACES: u16 = 4;
/// By how much a row may be wider than the column before it is made smaller: rounding of sums.
const TOO_WIDE: f32 = 1e-3;
/// Bounds of what another display may say of rows, in ems: higher than any script and any row.
const MAX_HEIGHT: f64 = 1e8;
const MAX_ROW: f64 = 100.0;
const MAX_WIDTH: f32 = 1e3;

/// Lays a sheet out. Takes milliseconds for a usual script and around a second for 100,000 words: on a worker thread.
/// Whatever the text, every row has a height and lies below the one before it.
pub fn layout(sheet: &Sheet, look: &Look, fonts: &Fonts) -> TextLayout {
    let look = look.clone().bounded();
    let face = fonts.face(look.face.as_deref()).clone();
    let wish = wish(sheet.blocks.iter().flat_map(|block| &block.spans).map(|span| span.text.as_str()));
    let mut shaping = fonts.shaping();
    let mut writer = Writer::new(&look, &face, fonts, look.column_ems, sheet.revision);
    for block in &sheet.blocks {
        let items = items(block, look.cues == CueStyle::Hidden, &face, fonts, wish);
        writer.block(block, &items, &mut shaping);
    }
    let rtl = writer.rtl_rows * 2 > writer.layout.rows.len();
    let text = Text {
        rows: std::mem::take(&mut writer.text),
        height: writer.layout.height,
        column_ems: look.column_ems,
        rtl,
        revision: sheet.revision,
    };
    writer.finish(Arc::new(text))
}

/// Sets rows that another display broke: each on one line where it was, smaller where these fonts make it wider than the
/// column. With the same fonts the letters stand where `layout` put them. Rows without a place (what crosses a link may say
/// anything) are left out.
pub fn layout_rows(text: &Text, look: &Look, fonts: &Fonts) -> TextLayout {
    let look = look.clone().bounded();
    let face = fonts.face(look.face.as_deref()).clone();
    let wish = wish(text.rows.iter().flat_map(|row| &row.runs).map(|run| run.text.as_str()));
    let column = if text.column_ems.is_finite() { text.column_ems.clamp(1.0, MAX_WIDTH) } else { look.column_ems };
    let mut shaping = fonts.shaping();
    let mut writer = Writer::new(&look, &face, fonts, column, text.revision);
    for row in &text.rows {
        let placed = (0.0..MAX_HEIGHT).contains(&row.top) && row.height > 0.0 && row.height <= MAX_ROW;
        if let Some(item) = row_item(row, &face, fonts, wish).filter(|_| placed) {
            writer.given(row, &item, &mut shaping);
        }
    }
    writer.layout.height = if text.height.is_finite() { text.height.clamp(0.0, MAX_HEIGHT) } else { writer.layout.height };
    writer.finish(Arc::new(text.clone()))
}

struct Writer<'a> {
    look: &'a Look,
    face: &'a Face,
    line: BufferLine,
    layout: TextLayout,
    text: Vec<text::TextRow>,
    rtl_rows: usize,
    after_heading: bool,
}

impl<'a> Writer<'a> {
    fn new(look: &'a Look, face: &'a Face, fonts: &Fonts, column: f32, revision: u64) -> Writer<'a> {
        let layout = TextLayout {
            fonts: fonts.clone(),
            rows: Vec::new(),
            glyphs: Vec::new(),
            styles: Vec::new(),
            segments: Vec::new(),
            height: 0.0,
            column,
            revision,
            undrawn: 0,
            rtl: false,
            text: Arc::default(),
        };
        let line = BufferLine::new("", LineEnding::None, AttrsList::new(&Attrs::new()), Shaping::Advanced);
        Writer { look, face, line, layout, text: Vec::new(), rtl_rows: 0, after_heading: false }
    }

    fn finish(self, text: Arc<Text>) -> TextLayout {
        let mut layout = self.layout;
        layout.rtl = text.rtl;
        layout.text = text;
        layout.rows.shrink_to_fit();
        layout.glyphs.shrink_to_fit();
        layout.segments.shrink_to_fit();
        layout
    }

    fn block(&mut self, block: &Block, items: &[Item], shaping: &mut FontSystem) {
        if items.is_empty() {
            return;
        }
        self.layout.height += match block.kind {
            _ if self.layout.rows.is_empty() => 0.0,
            BlockKind::Heading => SCENE_GAP,
            BlockKind::Paragraph if self.after_heading => HEADING_GAP,
            BlockKind::Paragraph => PARAGRAPH_GAP,
        };
        self.after_heading = block.kind == BlockKind::Heading;
        for item in items {
            self.layout.undrawn += item.undrawn;
            let rtl = is_rtl(&item.text).unwrap_or(false);
            for mut line in self.shape(block.kind, item, Wrap::WordOrGlyph, shaping) {
                order_words(&mut line);
                self.align(item, &mut line, rtl);
                self.row(block, item, &line, rtl);
            }
        }
    }

    /// Sets a row that was broken before.
    fn given(&mut self, row: &text::TextRow, item: &Item, shaping: &mut FontSystem) {
        self.layout.undrawn += item.undrawn;
        let heading = row.runs.iter().any(|run| run.style == RunStyle::Heading);
        let kind = if heading { BlockKind::Heading } else { BlockKind::Paragraph };
        let Some(mut line) = self.shape(kind, item, Wrap::None, shaping).into_iter().next() else { return };
        order_words(&mut line);
        let shrunk = fit(item, &mut line, self.layout.column * UNITS);
        self.align(item, &mut line, row.rtl);
        let Some(mut set) = self.set(kind, item, &line) else { return };
        set.size *= f64::from(shrunk);
        // Rows lie below one another, or they could not be found by bisection.
        let floor = self.layout.height;
        let top = row.top.max(floor);
        self.layout.height = top + row.height;
        self.push(set, Row { top, height: row.height, scene: row.scene, line: row.line, last_line: 0, spoken: false });
    }

    /// Shapes and breaks one typed line.
    fn shape(&mut self, kind: BlockKind, item: &Item, wrap: Wrap, shaping: &mut FontSystem) -> Vec<LayoutLine> {
        let size = UNITS * if kind == BlockKind::Heading { HEADING_SIZE } else { 1.0 };
        let base = attrs(self.face, size, item.foreign.is_empty() && is_solid(&item.text));
        let base =
            if kind == BlockKind::Heading && can_track(&item.text) { base.letter_spacing(HEADING_TRACKING) } else { base };
        let mut list = AttrsList::new(&base);
        for (i, mark) in item.marks.iter().enumerate().filter(|(_, mark)| mark.cue) {
            let end = item.marks.get(i + 1).map_or(item.text.len(), |next| next.start);
            let slanted = self.face.has_italic && self.look.cues == CueStyle::Italic;
            let style = if slanted { Style::Italic } else { Style::Normal };
            list.add_span(mark.start..end, &attrs(self.face, UNITS * self.cue_size(), false).style(style));
        }
        for (range, face) in &item.foreign {
            let solid = is_solid(item.text.get(range.clone()).unwrap_or_default());
            // One stretch may hold a cue and the spoken words around it.
            let mut from = range.start;
            while from < range.end {
                let cue = item.mark(from).cue;
                let other = item.marks.iter().find(|mark| mark.start > from && mark.cue != cue);
                let to = other.map_or(range.end, |mark| mark.start.min(range.end));
                let size = if cue { UNITS * self.cue_size() } else { size };
                list.add_span(from..to, &attrs(face, size, solid));
                from = to;
            }
        }
        self.line.reset_new(item.text.as_str(), LineEnding::None, list, Shaping::Advanced);
        let width = Some(self.layout.column * UNITS);
        let whole = Ellipsize::None;
        self.line.layout(shaping, size, width, wrap, whole, None, TAB_SPACES, Hinting::Disabled).to_vec()
    }

    fn row(&mut self, block: &Block, item: &Item, line: &LayoutLine, rtl: bool) {
        let Some(set) = self.set(block.kind, item, line) else { return };
        let height = f64::from(self.look.line_height) * set.size;
        let top = self.layout.height;
        let at = item.mark(set.first).line;
        let runs = runs(block.kind, item, line, rtl);
        self.text.push(text::TextRow { top, height, scene: block.scene, line: at, rtl, runs });
        self.push(set, Row { top, height, scene: block.scene, line: at, last_line: 0, spoken: false });
        self.layout.height += height;
        self.rtl_rows += usize::from(rtl);
    }

    fn push(&mut self, set: Set, row: Row) {
        let row = Row { last_line: set.last_line.max(row.line), spoken: set.spoken, ..row };
        self.layout.rows.push(TextRow {
            row,
            baseline: row.top + row.height / 2.0 + BASELINE_DROP * set.size,
            key: set.key,
            glyphs: set.glyphs,
            segments: set.segments,
        });
    }

    /// Size of cues, in ems.
    fn cue_size(&self) -> f32 {
        if self.look.cues == CueStyle::Small { SMALL_CUE_SIZE } else { CUE_SIZE }
    }

    /// Moves a line to its place in the column; as shaped it begins at the edge where its text begins.
    fn align(&self, item: &Item, line: &mut LayoutLine, rtl: bool) {
        let Some((left, right)) = edges(item, line) else { return };
        let column = self.layout.column * UNITS;
        let shift = match (self.look.align, rtl) {
            (Align::Start, _) => return,
            (Align::Center, _) => (column - left - right) / 2.0,
            (Align::End, false) => column - right,
            (Align::End, true) => -left,
        };
        for glyph in &mut line.glyphs {
            glyph.x += shift;
        }
    }

    /// Takes over a shaped row's glyphs; `None` when it has none.
    fn set(&mut self, kind: BlockKind, item: &Item, line: &LayoutLine) -> Option<Set> {
        let glyphs_from = self.layout.glyphs.len() as u32;
        let segments_from = self.layout.segments.len();
        let (mut first, mut last_line, mut spoken, mut hash) = (usize::MAX, 0, false, DefaultHasher::new());
        for glyph in &line.glyphs {
            let said = item.text.get(glyph.start..glyph.end).unwrap_or_default();
            if said.chars().all(is_ignorable) {
                continue;
            }
            let mark = item.mark(glyph.start);
            first = first.min(glyph.start);
            self.segment(segments_from, glyph.x / UNITS, (glyph.x + glyph.w) / UNITS, mark.line as u32);
            if said.trim().is_empty() {
                continue;
            }
            last_line = last_line.max(mark.line);
            spoken |= !mark.cue && kind == BlockKind::Paragraph;
            let ink = match (kind, mark.cue) {
                (BlockKind::Heading, _) => Ink::Heading,
                (BlockKind::Paragraph, true) => Ink::Cue,
                (BlockKind::Paragraph, false) => Ink::Text,
            };
            let style = GlyphStyle {
                font: glyph.font_id,
                weight: glyph.font_weight,
                flags: glyph.cache_key_flags,
                size: glyph.font_size / UNITS,
                ink,
            };
            let x = (glyph.x + glyph.font_size * glyph.x_offset) / UNITS;
            let y = (glyph.y - glyph.font_size * glyph.y_offset) / UNITS;
            (style.font, style.weight, style.flags, style.size.to_bits(), ink).hash(&mut hash);
            (glyph.glyph_id, x.to_bits(), y.to_bits()).hash(&mut hash);
            let style = self.style(style);
            self.layout.glyphs.push(Glyph { x, y, id: glyph.glyph_id, style });
        }
        let size = match kind {
            BlockKind::Heading => f64::from(HEADING_SIZE),
            BlockKind::Paragraph if !spoken => f64::from(self.cue_size()),
            BlockKind::Paragraph => 1.0,
        };
        (first != usize::MAX).then(|| Set {
            first,
            last_line,
            spoken,
            size,
            key: hash.finish(),
            glyphs: glyphs_from..self.layout.glyphs.len() as u32,
            segments: segments_from as u32..self.layout.segments.len() as u32,
        })
    }

    /// Extends the row's last segment, or begins one.
    fn segment(&mut self, row_from: usize, from: f32, to: f32, line: u32) {
        let begun = self.layout.segments.len() > row_from;
        match self.layout.segments.last_mut() {
            Some(last) if begun && last.line == line => {
                last.from = last.from.min(from);
                last.to = last.to.max(to);
            }
            _ => self.layout.segments.push(Segment { from, to, line }),
        }
    }

    /// The style's index; there are a handful, the newest most likely.
    fn style(&mut self, style: GlyphStyle) -> u16 {
        let styles = &mut self.layout.styles;
        let at = styles.iter().rposition(|known| *known == style).unwrap_or_else(|| {
            styles.push(style);
            styles.len() - 1
        });
        u16::try_from(at).unwrap_or(u16::MAX)
    }
}

/// A row's glyphs before the row has its place.
struct Set {
    /// Offset of its first character in the item.
    first: usize,
    /// Largest sentence in it.
    last_line: usize,
    spoken: bool,
    /// Of its text, in ems.
    size: f64,
    key: u64,
    glyphs: Range<u32>,
    segments: Range<u32>,
}

/// Left and right edge of what a line shows; blanks at its ends count for nothing.
fn edges(item: &Item, line: &LayoutLine) -> Option<(f32, f32)> {
    let blank = |ch: char| ch.is_whitespace() || is_ignorable(ch);
    let shown = |glyph: &&LayoutGlyph| item.text.get(glyph.start..glyph.end).is_some_and(|said| !said.chars().all(blank));
    line.glyphs.iter().filter(shown).map(|glyph| (glyph.x, glyph.x + glyph.w)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
}

/// Makes a row smaller when it is wider than the column, and says how much.
fn fit(item: &Item, line: &mut LayoutLine, column: f32) -> f32 {
    let Some((left, right)) = edges(item, line).filter(|(left, right)| right - left > column * (1.0 + TOO_WIDE)) else {
        return 1.0;
    };
    let scale = column / (right - left);
    for glyph in &mut line.glyphs {
        glyph.x = (glyph.x - left) * scale;
        glyph.y *= scale;
        glyph.w *= scale;
        glyph.font_size *= scale;
    }
    scale
}

/// What a row says, in logical order.
fn runs(kind: BlockKind, item: &Item, line: &LayoutLine, rtl: bool) -> Vec<Run> {
    let from = line.glyphs.iter().map(|glyph| glyph.start).min().unwrap_or(0);
    let to = line.glyphs.iter().map(|glyph| glyph.end).max().unwrap_or(from);
    let mut runs: Vec<Run> = Vec::new();
    for (i, mark) in item.marks.iter().enumerate() {
        let end = item.marks.get(i + 1).map_or(item.text.len(), |next| next.start);
        let Some(text) = item.text.get(mark.start.max(from)..end.min(to)).filter(|text| !text.is_empty()) else { continue };
        let style = match (kind, mark.cue) {
            (BlockKind::Heading, _) => RunStyle::Heading,
            (BlockKind::Paragraph, true) => RunStyle::Cue,
            (BlockKind::Paragraph, false) => RunStyle::Spoken,
        };
        let isolated = item.text[mark.start..].starts_with(ISOLATE);
        if isolated && bare(text).is_empty() {
            continue;
        }
        let text = if isolated { format!("{ISOLATE}{}{ISOLATE_END}", bare(text)) } else { text.to_owned() };
        runs.push(Run { text, style, line: mark.line });
    }
    if let Some(last) = runs.last_mut() {
        last.text.truncate(last.text.trim_end().len());
    }
    keep_turns(&mut runs, line, rtl);
    runs
}

/// A row that begins or ends within words of the other direction says so by a mark, because the words that made its signs turn
/// may stand in the next row.
fn keep_turns(runs: &mut [Run], line: &LayoutLine, rtl: bool) {
    let mark = |glyph: Option<&LayoutGlyph>| {
        let turned = glyph.map(|glyph| glyph.level.is_rtl()).filter(|turned| *turned != rtl)?;
        Some(if turned { RTL_MARK } else { LTR_MARK })
    };
    let spoken = |run: &&mut Run| run.style != RunStyle::Cue;
    if let Some(mark) = mark(line.glyphs.iter().max_by_key(|glyph| glyph.start))
        && let Some(last) = runs.last_mut().filter(spoken)
    {
        last.text.push_str(mark);
    }
    if let Some(mark) = mark(line.glyphs.iter().min_by_key(|glyph| glyph.start))
        && let Some(first) = runs.first_mut().filter(spoken)
    {
        first.text.insert_str(0, mark);
    }
}

/// Puts right-to-left glyphs in order. cosmic-text 0.19 joins the pieces of a word whose characters come from several fonts from
/// left to right even when the word reads the other way, so that a full stop would land in the middle of its sentence.
fn order_words(line: &mut LayoutLine) {
    for run in line.glyphs.chunk_by_mut(|a, b| a.level == b.level) {
        if !run.first().is_some_and(|first| first.level.is_rtl()) {
            continue;
        }
        run.sort_by(|a, b| a.x.total_cmp(&b.x));
        if run.is_sorted_by(|a, b| a.start >= b.start) {
            continue;
        }
        let mut x = run.first().map_or(0.0, |leftmost| leftmost.x);
        run.sort_by_key(|glyph| std::cmp::Reverse(glyph.start));
        for glyph in run {
            glyph.x = x;
            x += glyph.w;
        }
    }
}

/// Japanese is set solid, each sign in its square. Kerning would also be uneven, because shaping stops wherever a row may be
/// broken, which is between almost all of its signs but not before a comma.
fn is_solid(text: &str) -> bool {
    text.chars().any(is_kana)
}

fn attrs(face: &Face, size: f32, solid: bool) -> Attrs<'_> {
    let mut features = FontFeatures::new();
    if solid {
        features.disable(FeatureTag::KERNING);
    }
    Attrs::new()
        .font_features(features)
        .family(Family::Name(&face.family))
        .weight(Weight(face.weight))
        .metrics(Metrics::new(size, size))
}

/// True for scripts whose letters stand apart; tracking would tear joined ones to pieces.
fn can_track(text: &str) -> bool {
    const FIRST_JOINED: Range<u32> = 0x0590..0x1100;
    !text.chars().any(|ch| FIRST_JOINED.contains(&(ch as u32)))
}
