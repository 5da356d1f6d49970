//! The prompter's colours: sets that come with the program (`assets/palettes.toml`), or a person's own. A look carries all five
//! values, so that a display needs nothing else to draw it; a set's name stands for the values of this version of the program.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// A colour, gamma-encoded sRGB; written `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Rgb(pub [u8; 3]);

#[derive(Debug, thiserror::Error)]
#[error("“{0}” is no colour: write #rrggbb")]
pub struct NoColour(String);

/// Name of a person's own colours.
pub const CUSTOM: &str = "Custom";
/// The least contrast of text against its ground: WCAG 2.2 §1.4.3.
pub const LEAST_CONTRAST: f64 = 4.5;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Palette {
    /// Of a set that comes with the program, or `CUSTOM`.
    pub name: String,
    pub background: Rgb,
    pub text: Rgb,
    pub cue: Rgb,
    /// Scene titles and the line of figures at the top.
    pub heading: Rgb,
    pub marker: Rgb,
}

impl Default for Palette {
    fn default() -> Self {
        presets()[0].clone()
    }
}

impl Palette {
    /// With the values this program has for the set's name.
    pub fn current(self) -> Palette {
        presets().iter().find(|preset| preset.name == self.name).cloned().unwrap_or(self)
    }

    /// The lowest contrast of what is read (text, cues, titles) against the ground, 1 to 21.
    pub fn contrast(&self) -> f64 {
        [self.text, self.cue, self.heading].into_iter().map(|ink| contrast(ink, self.background)).fold(f64::MAX, f64::min)
    }
}

/// The sets that come with the program; the first is the usual one.
pub fn presets() -> &'static [Palette] {
    #[derive(Deserialize)]
    struct File {
        palette: Vec<Palette>,
    }
    static PRESETS: LazyLock<Vec<Palette>> = LazyLock::new(|| {
        let file: File = toml::from_str(include_str!("../../../assets/palettes.toml")).expect("assets/palettes.toml is sound");
        assert!(!file.palette.is_empty(), "assets/palettes.toml has a palette");
        file.palette
    });
    &PRESETS
}

/// Contrast of two colours, 1 to 21: WCAG 2.2, “contrast ratio”.
pub fn contrast(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (a.luminance(), b.luminance());
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

impl Rgb {
    /// Relative luminance, 0 to 1: WCAG 2.2.
    pub fn luminance(self) -> f64 {
        let linear = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        let [r, g, b] = self.0.map(linear);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    /// Opaque, gamma-encoded, 0 to 1.
    pub fn rgba(self) -> [f32; 4] {
        let [r, g, b] = self.0.map(|value| f32::from(value) / 255.0);
        [r, g, b, 1.0]
    }
}

impl TryFrom<String> for Rgb {
    type Error = NoColour;

    fn try_from(text: String) -> Result<Rgb, NoColour> {
        let value = |digits: &str| {
            let hex = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            hex.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
        };
        let Some(value) = value(text.trim().trim_start_matches('#')) else { return Err(NoColour(text)) };
        let [_, r, g, b] = value.to_be_bytes();
        Ok(Rgb([r, g, b]))
    }
}

impl From<Rgb> for String {
    fn from(Rgb([r, g, b]): Rgb) -> String {
        format!("#{r:02x}{g:02x}{b:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_set_can_be_read() {
        for preset in presets() {
            assert!(preset.contrast() >= LEAST_CONTRAST, "{}: {:.2}", preset.name, preset.contrast());
            assert!(contrast(preset.marker, preset.background) >= 3.0, "the marker of {}", preset.name);
            assert_eq!(presets().iter().filter(|other| other.name == preset.name).count(), 1);
            assert_ne!(preset.name, CUSTOM);
        }
        assert!((contrast(Rgb([0; 3]), Rgb([255; 3])) - 21.0).abs() < 1e-9);
    }

    #[test]
    fn colours_are_read_and_written_as_people_write_them() {
        assert_eq!(Rgb::try_from(" #FF8000".to_owned()).unwrap(), Rgb([255, 128, 0]));
        assert_eq!(String::from(Rgb([255, 128, 0])), "#ff8000");
        for wrong in ["", "#", "#12", "red", "#1234567", "#+12345", "#ééé"] {
            assert!(Rgb::try_from(wrong.to_owned()).unwrap_err().to_string().contains(wrong));
        }
    }
}
