//! The sheet's text as it was broken into rows, for displays that must show the same rows: another window, another machine,
//! a phone's browser. They set each row on one line, however wide it comes out in their own fonts, and never break it again.

use serde::{Deserialize, Serialize};

/// Rows from top to bottom, one for each of `Laid::rows`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Text {
    pub rows: Vec<TextRow>,
    /// Height of everything, in ems.
    pub height: f64,
    /// Width of the column the rows were broken for, in ems.
    pub column_ems: f32,
    /// True when most rows read from right to left; the eye-line marker then stands on the right.
    pub rtl: bool,
    /// The `revision` of the sheet it was made from.
    pub revision: u64,
}

/// One row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TextRow {
    /// Top edge from the top of the sheet, in ems.
    pub top: f64,
    /// In ems.
    pub height: f64,
    pub scene: usize,
    /// Sentence of the scene at the row's beginning.
    pub line: usize,
    /// The paragraph it belongs to reads from right to left.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rtl: bool,
    /// In logical order (as it is read aloud).
    pub runs: Vec<Run>,
}

/// A stretch of a row in one style.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    pub text: String,
    pub style: RunStyle,
    /// Sentence of the scene.
    pub line: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStyle {
    #[default]
    Spoken,
    Cue,
    /// A scene's title.
    Heading,
}
