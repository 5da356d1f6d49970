//! The colours of the theme that a display without an interface needs, read from the same file.

use std::sync::LazyLock;

use serde::Deserialize;

/// Straight gamma-encoded sRGB, 0 to 1.
#[derive(Clone, Copy, Debug)]
pub struct Palette {
    pub text: [f32; 4],
    pub muted: [f32; 4],
    pub accent: [f32; 4],
    pub recording: [f32; 4],
}

#[derive(Deserialize)]
struct File {
    colour: Names,
}

#[derive(Deserialize)]
struct Names {
    text: String,
    muted: String,
    accent: String,
    recording: String,
}

pub fn palette() -> &'static Palette {
    static PALETTE: LazyLock<Palette> = LazyLock::new(|| {
        let file = toml::from_str::<File>(include_str!("../../assets/theme.toml"));
        let colour = |name: fn(&Names) -> &String| file.as_ref().ok().and_then(|file| parse(name(&file.colour)));
        // The theme is part of the program and tested; white is for a theme that somebody broke.
        let or_white = |found: Option<[f32; 4]>| found.unwrap_or([1.0; 4]);
        Palette {
            text: or_white(colour(|names| &names.text)),
            muted: or_white(colour(|names| &names.muted)),
            accent: or_white(colour(|names| &names.accent)),
            recording: or_white(colour(|names| &names.recording)),
        }
    });
    &PALETTE
}

/// `#rrggbb` or `#rrggbbaa`.
fn parse(text: &str) -> Option<[f32; 4]> {
    let digits = text.strip_prefix('#').filter(|digits| digits.is_ascii() && matches!(digits.len(), 6 | 8))?;
    let mut colour = [1.0; 4];
    for (value, at) in colour.iter_mut().zip((0..digits.len()).step_by(2)) {
        *value = f32::from(u8::from_str_radix(&digits[at..at + 2], 16).ok()?) / 255.0;
    }
    Some(colour)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_theme_has_every_colour() {
        assert_ne!(palette().recording, [1.0; 4]);
        assert_ne!(palette().accent, [1.0; 4]);
        assert_ne!(palette().muted, [1.0; 4]);
        assert_eq!(parse("#ff000080"), Some([1.0, 0.0, 0.0, 128.0 / 255.0]));
        assert_eq!(parse("#zz0000"), None);
    }
}
