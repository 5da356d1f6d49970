//! The one colour of the theme that a display needs beside the prompter's own: the red of a running take.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::core::prompter::palette::Rgb;

#[derive(Deserialize)]
struct Theme {
    colour: Colours,
}

#[derive(Deserialize)]
struct Colours {
    recording: Rgb,
}

/// The same red as in the studio's window.
pub fn recording() -> Rgb {
    static RED: LazyLock<Option<Rgb>> = LazyLock::new(|| {
        let theme = toml::from_str::<Theme>(include_str!("../../assets/theme.toml"));
        theme.map(|theme| theme.colour.recording).inspect_err(|error| tracing::error!(%error, "the theme is broken")).ok()
    });
    // White is for a theme that somebody broke; a test reads it.
    RED.unwrap_or(Rgb([u8::MAX; 3]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_theme_has_a_red() {
        let Rgb([r, g, b]) = recording();
        assert!(r > 2 * g && r > 2 * b);
    }
}
