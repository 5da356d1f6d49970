//! How the prompter looks: everything a person can set, one value for all displays but the mirroring. A settings row of an
//! older or newer program never stops the studio: what is missing or unknown takes its default.

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};

use super::palette::Palette;

/// How the prompter looks. Remembered in the settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Look {
    /// Width of the column in ems: the fewer, the larger the type. `MIN_COLUMN` to `MAX_COLUMN`.
    pub column_ems: f32,
    /// Distance of base lines in ems.
    pub line_height: f32,
    /// Free space on each side, as a part of the display's width; it makes the type smaller, and breaks no line anew.
    pub margin: f32,
    #[serde(deserialize_with = "known")]
    pub align: Align,
    pub mirror: Mirror,
    /// Height of the reading position, as a fraction of the display's height from the top.
    pub eye_line: f32,
    #[serde(deserialize_with = "known")]
    pub marker: Marker,
    /// How bright text far from the eye line is, 0 to 1.
    pub far_brightness: f32,
    pub upper_case: bool,
    #[serde(deserialize_with = "known")]
    pub cues: CueStyle,
    /// Font family; `None` takes the system's sans serif, and so does a family that is not installed.
    pub face: Option<String>,
    #[serde(deserialize_with = "known")]
    pub palette: Palette,
    /// The talent's display names the current scene.
    pub show_scene: bool,
    /// It shows the time that is left.
    pub show_time: bool,
    /// It shows the words per minute.
    pub show_pace: bool,
}

pub const MIN_COLUMN: f32 = 10.0;
pub const MAX_COLUMN: f32 = 40.0;
/// Bounds of the other figures: lowest and highest.
pub const LINE_HEIGHTS: [f32; 2] = [1.0, 2.5];
pub const MARGINS: [f32; 2] = [0.0, 0.3];
pub const EYE_LINES: [f32; 2] = [0.1, 0.9];
pub const BRIGHTNESS: [f32; 2] = [0.1, 1.0];

impl Default for Look {
    fn default() -> Self {
        Look {
            column_ems: 20.0,
            line_height: 1.4,
            margin: 0.0,
            align: Align::Start,
            mirror: Mirror::default(),
            eye_line: 0.36,
            marker: Marker::Triangle,
            far_brightness: 0.42,
            upper_case: false,
            cues: CueStyle::Italic,
            face: None,
            palette: Palette::default(),
            show_scene: false,
            show_time: false,
            show_pace: false,
        }
    }
}

impl Look {
    /// The look with every figure within its bounds, whatever a settings file says.
    pub fn bounded(mut self) -> Look {
        let fix = |value: f32, [low, high]: [f32; 2], default: f32| {
            if value.is_finite() { value.clamp(low, high) } else { default }
        };
        let standard = Look::default();
        self.column_ems = fix(self.column_ems, [MIN_COLUMN, MAX_COLUMN], standard.column_ems);
        self.line_height = fix(self.line_height, LINE_HEIGHTS, standard.line_height);
        self.margin = fix(self.margin, MARGINS, standard.margin);
        self.eye_line = fix(self.eye_line, EYE_LINES, standard.eye_line);
        self.far_brightness = fix(self.far_brightness, BRIGHTNESS, standard.far_brightness);
        self.face = self.face.filter(|face| !face.trim().is_empty());
        self.palette = self.palette.current();
        self
    }

    /// True when both break a script into the same rows of the same places; what else differs is only drawn differently.
    pub fn breaks_like(&self, other: &Look) -> bool {
        let breaks =
            |look: &Look| (look.column_ems, look.line_height, look.align, look.upper_case, look.cues, look.face.clone());
        breaks(self) == breaks(other)
    }
}

/// Horizontal alignment; start is left, or right in right-to-left text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    #[default]
    Start,
    Center,
    /// The other side than start.
    End,
}

/// Mirroring for beam-splitter glass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mirror {
    pub horizontal: bool,
    pub vertical: bool,
}

/// What shows the eye line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Marker {
    /// A triangle where rows begin.
    #[default]
    Triangle,
    /// One on each side.
    Both,
    /// A thin line from edge to edge, behind the text.
    Line,
    None,
}

/// How cues are set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CueStyle {
    /// Slanted, in the cue's colour.
    #[default]
    Italic,
    /// Upright and smaller still.
    Small,
    /// Left out.
    Hidden,
}

/// A value, or its default where a newer program wrote something else.
fn known<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Read<T> {
        Known(T),
        Unknown(IgnoredAny),
    }
    Ok(match Read::deserialize(from)? {
        Read::Known(value) => value,
        Read::Unknown(_) => T::default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::prompter::palette::{CUSTOM, Rgb, presets};

    #[test]
    fn older_and_newer_looks_are_read() {
        let old = r#"{"column_ems":15.0,"line_height":1.6,"align":"center","mirror":{"horizontal":true,"vertical":false},
            "eye_line":0.5,"far_brightness":0.3,"upper_case":true,"face":"Inter"}"#;
        let read: Look = serde_json::from_str(old).unwrap();
        let wanted = Look {
            column_ems: 15.0,
            line_height: 1.6,
            align: Align::Center,
            mirror: Mirror { horizontal: true, vertical: false },
            eye_line: 0.5,
            far_brightness: 0.3,
            upper_case: true,
            face: Some("Inter".into()),
            ..Look::default()
        };
        assert_eq!(read, wanted);
        let newer = r#"{"align":"spiral","marker":{"laser":1},"cues":7,"palette":{"name":"Neon"},"show_time":true}"#;
        let read: Look = serde_json::from_str(newer).unwrap();
        assert_eq!(read, Look { show_time: true, ..Look::default() });
    }

    #[test]
    fn every_field_comes_back_from_the_settings() {
        let palette = Palette { name: CUSTOM.into(), text: Rgb([1, 2, 3]), ..presets()[3].clone() };
        let look = Look {
            margin: 0.12,
            align: Align::End,
            marker: Marker::Line,
            cues: CueStyle::Hidden,
            palette,
            show_scene: true,
            show_pace: true,
            ..Look::default()
        };
        let read: Look = serde_json::from_str(&serde_json::to_string(&look).unwrap()).unwrap();
        assert_eq!(read.bounded(), look);
    }

    #[test]
    fn figures_are_brought_into_bounds_and_sets_up_to_date() {
        let wild = Look {
            column_ems: -1.0,
            line_height: f32::NAN,
            margin: 9.0,
            eye_line: 2.0,
            far_brightness: f32::INFINITY,
            face: Some("  ".into()),
            palette: Palette { text: Rgb([9, 9, 9]), ..Palette::default() },
            ..Look::default()
        };
        let standard = Look::default();
        let wanted = Look { column_ems: MIN_COLUMN, margin: MARGINS[1], eye_line: EYE_LINES[1], ..standard };
        assert_eq!(wild.bounded(), wanted);
    }
}
