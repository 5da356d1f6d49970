//! The look: colours, sizes and spaces from `assets/theme.toml`, and what egui makes of them. A colour literal stands in that
//! file and nowhere else, so that contrast can be tested pair by pair.

use std::sync::{Arc, LazyLock};

use egui::{
    Color32, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, Shadow, Stroke, TextStyle, Vec2, vec2,
};
use serde::Deserialize;

/// The theme file, as it is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Theme {
    pub colour: Colours,
    pub size: Sizes,
    pub space: Spaces,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Colours {
    pub background: Colour,
    pub surface: Colour,
    pub raised: Colour,
    pub hovered: Colour,
    pub pressed: Colour,
    pub line: Colour,
    pub outline: Colour,
    pub text: Colour,
    pub muted: Colour,
    pub accent: Colour,
    pub on_accent: Colour,
    pub selection: Colour,
    pub recording: Colour,
    pub on_recording: Colour,
    pub recording_text: Colour,
    pub safe: Colour,
    pub scrim: Colour,
}

/// Type sizes in points.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sizes {
    pub small: f32,
    pub body: f32,
    pub title: f32,
    pub timecode: f32,
}

/// Lengths in points.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spaces {
    pub unit: f32,
    pub control: f32,
    pub bar: f32,
    pub radius: f32,
}

/// `#rrggbb` or `#rrggbbaa`, not premultiplied.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub struct Colour(pub Color32);

#[derive(Debug, thiserror::Error)]
#[error("“{0}” is no colour: write #rrggbb or #rrggbbaa")]
pub struct NoColour(String);

impl TryFrom<String> for Colour {
    type Error = NoColour;

    fn try_from(text: String) -> Result<Colour, NoColour> {
        Color32::from_hex(&text).map(Colour).map_err(|_| NoColour(text))
    }
}

impl From<Colour> for Color32 {
    fn from(colour: Colour) -> Color32 {
        colour.0
    }
}

/// The theme in use. The file is part of the program and a test reads it, so reading cannot fail here.
pub fn theme() -> &'static Theme {
    static THEME: LazyLock<Theme> =
        LazyLock::new(|| toml::from_str(include_str!("../../assets/theme.toml")).expect("assets/theme.toml is sound"));
    &THEME
}

/// Colours of the theme.
pub fn colours() -> &'static Colours {
    &theme().colour
}

/// `units` times the 8-point grid.
pub fn space(units: f32) -> f32 {
    theme().space.unit * units
}

/// Corner radius of controls, cards and tiles.
pub fn radius() -> CornerRadius {
    CornerRadius::same(theme().space.radius as u8)
}

pub fn small() -> FontId {
    FontId::proportional(theme().size.small)
}

pub fn body() -> FontId {
    FontId::proportional(theme().size.body)
}

pub fn title() -> FontId {
    FontId::proportional(theme().size.title)
}

pub fn timecode() -> FontId {
    FontId::proportional(theme().size.timecode)
}

/// The icon font at a size in points.
pub fn icons(size: f32) -> FontId {
    FontId::new(size, icon_family())
}

fn icon_family() -> FontFamily {
    FontFamily::Name("icons".into())
}

/// Fonts and style for a window; once, before its first frame.
pub fn install(ctx: &egui::Context) {
    let mut fonts = FontDefinitions::default();
    let lucide = Arc::new(FontData::from_static(lucide_icons::LUCIDE_FONT_BYTES));
    fonts.font_data.insert("lucide".to_owned(), lucide);
    fonts.families.insert(icon_family(), vec!["lucide".to_owned()]);
    // The text face has no arrows; the monospaced one has them.
    fonts.families.entry(FontFamily::Proportional).or_default().insert(1, "Hack".to_owned());
    ctx.set_fonts(fonts);
    ctx.set_theme(egui::Theme::Dark);
    ctx.all_styles_mut(style);
    ctx.options_mut(|options| options.zoom_with_keyboard = false);
}

/// The window's clear colour, as `eframe::App::clear_color` wants it (its surface takes sRGB values as they are).
pub fn clear_colour() -> [f32; 4] {
    colours().background.0.to_normalized_gamma_f32()
}

fn style(style: &mut egui::Style) {
    let space = &theme().space;
    style.text_styles = [
        (TextStyle::Small, small()),
        (TextStyle::Body, body()),
        (TextStyle::Button, body()),
        (TextStyle::Heading, title()),
        (TextStyle::Monospace, FontId::monospace(theme().size.body)),
    ]
    .into();
    style.spacing.item_spacing = Vec2::splat(space.unit);
    style.spacing.button_padding = vec2(space.unit * 1.5, space.unit * 0.5);
    style.spacing.interact_size = vec2(space.control, space.control);
    style.spacing.menu_margin = Margin::same(space.unit as i8);
    style.spacing.window_margin = Margin::same((space.unit * 2.0) as i8);
    style.spacing.tooltip_width = 320.0;
    style.spacing.scroll = egui::style::ScrollStyle::thin();
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.4;
    style.animation_time = 0.1;
    visuals(&mut style.visuals);
}

fn visuals(visuals: &mut egui::Visuals) {
    let colour = colours();
    let radius = radius();
    visuals.dark_mode = true;
    visuals.override_text_color = None;
    visuals.weak_text_color = Some(colour.muted.0);
    visuals.panel_fill = colour.background.0;
    visuals.window_fill = colour.raised.0;
    visuals.window_stroke = Stroke::new(1.0, colour.outline.0);
    visuals.window_corner_radius = radius;
    visuals.menu_corner_radius = radius;
    // A blurred shadow is a large soft mesh; the outline lifts a menu well enough.
    visuals.window_shadow = Shadow::NONE;
    visuals.popup_shadow = Shadow::NONE;
    visuals.extreme_bg_color = colour.surface.0;
    visuals.faint_bg_color = colour.surface.0;
    visuals.code_bg_color = colour.surface.0;
    visuals.warn_fg_color = colour.accent.0;
    visuals.error_fg_color = colour.accent.0;
    visuals.hyperlink_color = colour.accent.0;
    visuals.selection.bg_fill = colour.selection.0;
    visuals.selection.stroke = Stroke::new(1.0, colour.accent.0);
    visuals.slider_trailing_fill = true;
    let set = |w: &mut egui::style::WidgetVisuals, fill: Colour, edge: Stroke, text: Colour| {
        w.bg_fill = fill.0;
        w.weak_bg_fill = fill.0;
        w.bg_stroke = edge;
        w.fg_stroke = Stroke::new(1.0, text.0);
        w.corner_radius = radius;
        w.expansion = 0.0;
    };
    let edge = |colour: Colour| Stroke::new(1.0, colour.0);
    set(&mut visuals.widgets.noninteractive, colour.surface, edge(colour.line), colour.text);
    set(&mut visuals.widgets.inactive, colour.raised, Stroke::NONE, colour.text);
    set(&mut visuals.widgets.hovered, colour.hovered, edge(colour.outline), colour.text);
    set(&mut visuals.widgets.active, colour.pressed, edge(colour.accent), colour.text);
    set(&mut visuals.widgets.open, colour.hovered, edge(colour.outline), colour.text);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG 2.2 §1.4.3: text against its background.
    const TEXT_CONTRAST: f64 = 4.5;
    /// WCAG 2.2 §1.4.11: edges that tell a control or a state from what is around it.
    const EDGE_CONTRAST: f64 = 1.8;

    /// Relative luminance, WCAG 2.2.
    fn luminance(colour: Colour) -> f64 {
        let linear = |v: u8| {
            let v = f64::from(v) / 255.0;
            if v <= 0.040_45 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        };
        let [r, g, b, _] = colour.0.to_array();
        0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
    }

    fn contrast(a: Colour, b: Colour) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_text_can_be_read_on_every_ground_it_stands_on() {
        let c = colours();
        for ground in [c.background, c.surface, c.raised, c.hovered] {
            for text in [c.text, c.muted, c.accent, c.safe, c.recording_text] {
                assert!(contrast(text, ground) >= TEXT_CONTRAST, "{text:?} on {ground:?}: {}", contrast(text, ground));
            }
        }
        for (text, ground) in
            [(c.on_accent, c.accent), (c.on_recording, c.recording), (c.text, c.selection), (c.text, c.pressed)]
        {
            assert!(contrast(text, ground) >= TEXT_CONTRAST, "{text:?} on {ground:?}: {}", contrast(text, ground));
        }
    }

    #[test]
    fn edges_and_states_can_be_seen() {
        let c = colours();
        assert!(contrast(c.outline, c.background) >= EDGE_CONTRAST);
        assert!(contrast(c.accent, c.raised) >= TEXT_CONTRAST, "the focus ring");
        assert_eq!(c.recording.0.a(), 255);
        assert!(c.scrim.0.a() < 255);
    }

    #[test]
    fn a_colour_that_is_none_is_named() {
        let problem = toml::from_str::<Theme>("[colour]\nbackground = \"teal\"").unwrap_err().to_string();
        assert!(problem.contains("teal"), "{problem}");
    }
}
