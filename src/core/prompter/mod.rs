//! The prompter's nouns. Its position is a function of time (`course`), never a stream of ticks: every display evaluates
//! the same few anchors on its own clock. Lengths are in script units, where 1 is the size of the type (an em): lines are
//! broken once, in these units, so that every display breaks them alike whatever its size.

pub mod course;
pub mod look;
pub mod pace;
pub mod palette;
pub mod place;
pub mod sheet;
pub mod text;

use std::sync::Arc;

pub use look::{Align, CueStyle, Look, MAX_COLUMN, MIN_COLUMN, Marker, Mirror};
pub use pace::Pace;
pub use palette::Palette;

/// The text broken into rows: what the motion and the operator's page need to know of the layout. Made by `gpu::text` from
/// a `sheet::Sheet`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Laid {
    /// From top to bottom, without overlap.
    pub rows: Vec<Row>,
    /// Height of everything, in ems.
    pub height: f64,
    /// The `revision` of the sheet it was made from.
    pub revision: u64,
    /// What the rows say, for other displays.
    pub text: Arc<text::Text>,
}

/// One row of text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// Top edge from the top of the sheet, in ems.
    pub top: f64,
    /// In ems.
    pub height: f64,
    pub scene: usize,
    /// Sentence of the scene at the row's beginning.
    pub line: usize,
    /// Sentence at its end; another one when sentences begin within the row.
    pub last_line: usize,
    /// False for headings and rows of cues alone.
    pub spoken: bool,
}

impl Laid {
    /// Where the course begins: the middle of the first row.
    pub fn start(&self) -> f64 {
        self.rows.first().map_or(0.0, |row| row.top + row.height / 2.0)
    }

    /// Where it ends: the middle of the last row.
    pub fn end(&self) -> f64 {
        self.rows.last().map_or(0.0, |row| row.top + row.height / 2.0)
    }

    /// Index of the row at a position (the last one whose top is above it); `None` when there is no row.
    pub fn row_at(&self, position: f64) -> Option<usize> {
        match self.rows.partition_point(|row| row.top <= position) {
            0 if self.rows.is_empty() => None,
            n => Some(n.saturating_sub(1)),
        }
    }

    /// The middle of the first row of a scene.
    pub fn scene_start(&self, scene: usize) -> Option<f64> {
        let row = self.rows.get(self.rows.partition_point(|row| row.scene < scene))?;
        (row.scene == scene).then_some(row.top + row.height / 2.0)
    }

    /// The middle of the row where a sentence begins.
    pub fn line_start(&self, scene: usize, line: usize) -> Option<f64> {
        let from = self.rows.partition_point(|row| row.scene < scene);
        let row =
            self.rows[from..].iter().take_while(|row| row.scene == scene).find(|row| row.spoken && row.last_line >= line)?;
        Some(row.top + row.height / 2.0)
    }

    /// The middle of the spoken row `rows` rows away from the position (negative: upwards), within the sheet.
    pub fn rows_away(&self, position: f64, rows: i32) -> f64 {
        let spoken: Vec<f64> = self.rows.iter().filter(|row| row.spoken).map(|row| row.top + row.height / 2.0).collect();
        let Some(last) = spoken.len().checked_sub(1) else { return position };
        let here = spoken.partition_point(|middle| *middle < position - 0.25).min(last);
        let there = (here as i64 + i64::from(rows)).clamp(0, last as i64) as usize;
        spoken[there]
    }
}
