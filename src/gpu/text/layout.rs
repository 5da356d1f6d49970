//! Breaks a sheet into rows. cosmic-text shapes and breaks one typed line at a time at a fixed size of 64 units to the em; what
//! stays is glyph numbers and places in ems, so one layout serves every display.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::sync::Arc;

use cosmic_text::{
    Align as TextAlign, Attrs, AttrsList, BufferLine, Ellipsize, Family, FontSystem, Hinting, LayoutLine, LineEnding, Metrics,
    Shaping, Style, Weight, Wrap,
};

use super::fonts::{Face, Fonts};
use super::itemise::{Item, is_rtl, items, wish};
use super::{Glyph, GlyphStyle, Ink, Segment, TextLayout, TextRow};
use crate::core::prompter::sheet::{Block, BlockKind, Sheet};
use crate::core::prompter::text::{self, Run, RunStyle, Text};
use crate::core::prompter::{Align, Look, Row};

/// Layout units to the em: a power of two, so that going to ems loses nothing.
const UNITS: f32 = 64.0;
/// Size of headings and cues, in ems.
const HEADING_SIZE: f32 = 0.5;
const CUE_SIZE: f32 = 0.72;
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

/// Lays a sheet out. Takes milliseconds for a usual script and around a second for 100,000 words: on a worker thread.
/// Whatever the text, every row has a height and lies below the one before it.
pub fn layout(sheet: &Sheet, look: &Look, fonts: &Fonts) -> TextLayout {
    let look = look.clone().bounded();
    let face = fonts.face(look.face.as_deref()).clone();
    let wish = wish(&sheet.blocks);
    let mut shaping = fonts.shaping();
    let mut writer = Writer {
        look: &look,
        face: &face,
        line: BufferLine::new("", LineEnding::None, AttrsList::new(&Attrs::new()), Shaping::Advanced),
        layout: TextLayout {
            fonts: fonts.clone(),
            rows: Vec::new(),
            glyphs: Vec::new(),
            styles: Vec::new(),
            segments: Vec::new(),
            height: 0.0,
            column: look.column_ems,
            revision: sheet.revision,
            undrawn: 0,
            rtl: false,
            text: Arc::default(),
        },
        text: Vec::new(),
        rtl_rows: 0,
        after_heading: false,
    };
    for block in &sheet.blocks {
        let items = items(block, &face, fonts, wish);
        writer.block(block, &items, &mut shaping);
    }
    let mut layout = writer.layout;
    layout.rtl = writer.rtl_rows * 2 > layout.rows.len();
    layout.text = Arc::new(Text {
        rows: writer.text,
        height: layout.height,
        column_ems: layout.column,
        rtl: layout.rtl,
        revision: layout.revision,
    });
    layout.rows.shrink_to_fit();
    layout.glyphs.shrink_to_fit();
    layout.segments.shrink_to_fit();
    layout
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

impl Writer<'_> {
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
            for mut line in self.shape(block.kind, item, shaping) {
                order_words(&mut line);
                self.row(block, item, &line, rtl);
            }
        }
    }

    /// Shapes and breaks one typed line.
    fn shape(&mut self, kind: BlockKind, item: &Item, shaping: &mut FontSystem) -> Vec<LayoutLine> {
        let size = UNITS * if kind == BlockKind::Heading { HEADING_SIZE } else { 1.0 };
        let base = attrs(self.face, size);
        let base =
            if kind == BlockKind::Heading && can_track(&item.text) { base.letter_spacing(HEADING_TRACKING) } else { base };
        let mut list = AttrsList::new(&base);
        for (i, mark) in item.marks.iter().enumerate().filter(|(_, mark)| mark.cue) {
            let end = item.marks.get(i + 1).map_or(item.text.len(), |next| next.start);
            let style = if self.face.has_italic { Style::Italic } else { Style::Normal };
            list.add_span(mark.start..end, &attrs(self.face, UNITS * CUE_SIZE).style(style));
        }
        for (range, face) in &item.foreign {
            let cue = item.mark(range.start).cue;
            list.add_span(range.clone(), &attrs(face, if cue { UNITS * CUE_SIZE } else { size }));
        }
        self.line.reset_new(item.text.as_str(), LineEnding::None, list, Shaping::Advanced);
        let align = (self.look.align == Align::Center).then_some(TextAlign::Center);
        self.line.set_align(align);
        let width = Some(self.look.column_ems * UNITS);
        let (wrap, whole) = (Wrap::WordOrGlyph, Ellipsize::None);
        self.line.layout(shaping, size, width, wrap, whole, None, TAB_SPACES, Hinting::Disabled).to_vec()
    }

    fn row(&mut self, block: &Block, item: &Item, line: &LayoutLine, rtl: bool) {
        if line.glyphs.is_empty() {
            return;
        }
        let glyphs_from = self.layout.glyphs.len() as u32;
        let segments_from = self.layout.segments.len();
        let (mut first, mut last_line, mut spoken, mut hash) = (usize::MAX, 0, false, DefaultHasher::new());
        for glyph in &line.glyphs {
            let mark = item.mark(glyph.start);
            let blank = item.text.get(glyph.start..glyph.end).is_none_or(|text| text.trim().is_empty());
            first = first.min(glyph.start);
            self.segment(segments_from, glyph.x / UNITS, (glyph.x + glyph.w) / UNITS, mark.line as u32);
            if blank {
                continue;
            }
            last_line = last_line.max(mark.line);
            spoken |= !mark.cue && block.kind == BlockKind::Paragraph;
            let ink = match (block.kind, mark.cue) {
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
        let size = match block.kind {
            BlockKind::Heading => f64::from(HEADING_SIZE),
            BlockKind::Paragraph if !spoken => f64::from(CUE_SIZE),
            BlockKind::Paragraph => 1.0,
        };
        let height = f64::from(self.look.line_height) * size;
        let top = self.layout.height;
        let runs = runs(block.kind, item, line);
        let line = item.mark(first).line;
        let row = Row { top, height, scene: block.scene, line, last_line: last_line.max(line), spoken };
        self.layout.rows.push(TextRow {
            row,
            baseline: top + height / 2.0 + BASELINE_DROP * size,
            key: hash.finish(),
            glyphs: glyphs_from..self.layout.glyphs.len() as u32,
            segments: segments_from as u32..self.layout.segments.len() as u32,
        });
        self.text.push(text::TextRow { top, height, scene: row.scene, line: row.line, rtl, runs });
        self.layout.height += height;
        self.rtl_rows += usize::from(rtl);
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

/// What a row says, in logical order.
fn runs(kind: BlockKind, item: &Item, line: &LayoutLine) -> Vec<Run> {
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
        runs.push(Run { text: text.to_owned(), style, line: mark.line });
    }
    if let Some(last) = runs.last_mut() {
        last.text.truncate(last.text.trim_end().len());
    }
    runs
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

fn attrs(face: &Face, size: f32) -> Attrs<'_> {
    Attrs::new().family(Family::Name(&face.family)).weight(Weight(face.weight)).metrics(Metrics::new(size, size))
}

/// True for scripts whose letters stand apart; tracking would tear joined ones to pieces.
fn can_track(text: &str) -> bool {
    const FIRST_JOINED: Range<u32> = 0x0590..0x1100;
    !text.chars().any(|ch| FIRST_JOINED.contains(&(ch as u32)))
}
