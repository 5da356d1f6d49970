//! The prompter's text: laid out once in ems, drawn at any size.
//!
//! A layout is compact (12 bytes a glyph) because a script may have 100,000 words and several displays may hold one; it is
//! plain data, made on a worker thread and shared by `Arc`.

pub mod atlas;
pub mod coverage;
pub mod fonts;
mod itemise;
mod layout;
pub mod raster;

use std::ops::Range;
use std::sync::Arc;

use cosmic_text::{CacheKeyFlags, fontdb};

use crate::core::prompter::text::Text;
use crate::core::prompter::{Laid, Row};
pub use fonts::Fonts;
pub use layout::{layout, layout_rows};

/// Text in rows, in ems. `layout` makes it.
#[derive(Debug)]
pub struct TextLayout {
    fonts: Fonts,
    rows: Vec<TextRow>,
    glyphs: Vec<Glyph>,
    styles: Vec<GlyphStyle>,
    segments: Vec<Segment>,
    height: f64,
    column: f32,
    revision: u64,
    undrawn: usize,
    rtl: bool,
    text: Arc<Text>,
}

/// A row and where its parts lie in the layout's lists.
#[derive(Clone, Debug)]
pub struct TextRow {
    pub row: Row,
    /// From the top of the sheet, in ems.
    pub baseline: f64,
    /// The same for rows that look the same, in any layout over the same fonts: drawn rows survive an edit by it.
    pub key: u64,
    glyphs: Range<u32>,
    segments: Range<u32>,
}

/// What a glyph is coloured as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ink {
    Text,
    Cue,
    Heading,
}

/// One drawn glyph. Twelve bytes, because there are half a million of them.
#[derive(Clone, Copy, Debug)]
struct Glyph {
    /// From the column's left edge, in ems.
    x: f32,
    /// Below the base line, in ems.
    y: f32,
    id: u16,
    style: u16,
}

/// Everything glyphs of one look share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GlyphStyle {
    pub font: fontdb::ID,
    pub weight: fontdb::Weight,
    pub flags: CacheKeyFlags,
    /// In ems.
    pub size: f32,
    pub ink: Ink,
}

/// A stretch of a row that belongs to one sentence; ems from the column's left edge.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Segment {
    from: f32,
    to: f32,
    line: u32,
}

impl TextLayout {
    /// The rows as the motion and the pages need them.
    pub fn laid(&self) -> Laid {
        Laid {
            rows: self.rows.iter().map(|row| row.row).collect(),
            height: self.height,
            revision: self.revision,
            text: Arc::clone(&self.text),
        }
    }

    /// The revision of the sheet it was made from.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    pub fn rows(&self) -> &[TextRow] {
        &self.rows
    }

    /// The glyphs of a row: style, glyph number, position in ems from the column's left edge and below the base line.
    pub fn glyphs(&self, row: &TextRow) -> impl Iterator<Item = (GlyphStyle, u16, f32, f32)> + '_ {
        let glyphs = self.glyphs.get(row.glyphs.start as usize..row.glyphs.end as usize).unwrap_or_default();
        glyphs.iter().filter_map(|glyph| Some((*self.styles.get(usize::from(glyph.style))?, glyph.id, glyph.x, glyph.y)))
    }

    /// Indices of the rows that lie between two heights, in ems.
    pub fn rows_between(&self, top: f64, bottom: f64) -> Range<usize> {
        let first = self.rows.partition_point(|row| row.row.top + row.row.height <= top);
        let end = self.rows.partition_point(|row| row.row.top < bottom);
        first..end.max(first)
    }

    /// Scene and sentence at a point (a click): in ems from the column's left edge and the sheet's top. Beside and between
    /// rows the nearest counts; `None` when there is no text.
    pub fn hit(&self, x: f32, y: f64) -> Option<(usize, usize)> {
        let distance = |row: &TextRow| (row.row.top - y).max(y - row.row.top - row.row.height).max(0.0);
        let below = self.rows.partition_point(|row| row.row.top + row.row.height < y);
        let near = [below.checked_sub(1), Some(below)].into_iter().flatten().filter_map(|at| self.rows.get(at));
        let row = near.min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
        let segments = self.segments.get(row.segments.start as usize..row.segments.end as usize).unwrap_or_default();
        let away = |segment: &Segment| (segment.from - x).max(x - segment.to).max(0.0);
        let line = segments.iter().min_by(|a, b| away(a).total_cmp(&away(b))).map(|segment| segment.line as usize);
        Some((row.row.scene, line.unwrap_or(row.row.line)))
    }

    /// Width of the column in ems.
    pub fn column(&self) -> f32 {
        self.column
    }

    /// Height of everything, in ems.
    pub fn height(&self) -> f64 {
        self.height
    }

    /// Characters for which no font was found; a replacement sign stands for them.
    pub fn undrawn(&self) -> usize {
        self.undrawn
    }

    /// True when most rows read from right to left; the eye-line marker then stands on the right.
    pub fn rtl(&self) -> bool {
        self.rtl
    }

    pub fn fonts(&self) -> &Fonts {
        &self.fonts
    }

    /// Bytes the layout holds.
    pub fn bytes(&self) -> usize {
        size_of_val(&self.rows[..]) + size_of_val(&self.glyphs[..]) + size_of_val(&self.segments[..])
    }
}
