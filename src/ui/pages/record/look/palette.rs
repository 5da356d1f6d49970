//! The choice of colours: the sets as they look, or colours of one's own; and whether they can be read.

use egui::{Align2, Color32, FontId, Rect, RichText, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use crate::core::prompter::palette::{CUSTOM, LEAST_CONTRAST, Palette, Rgb, presets};
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::{focus_ring, text};

use super::field;

const SWATCH: [f32; 2] = [50.0, 40.0];
const HEX_WIDTH: f32 = 92.0;

/// Swatches, one's own colours when they are chosen, and the contrast.
pub fn palette_ui(ui: &mut Ui, palette: &mut Palette) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space(0.75);
        for preset in presets() {
            if swatch_ui(ui, preset, preset.name == palette.name) {
                *palette = preset.clone();
            }
        }
        let own = Palette { name: CUSTOM.to_owned(), ..palette.clone() };
        if swatch_ui(ui, &own, palette.name == CUSTOM) {
            *palette = own;
        }
    });
    if palette.name == CUSTOM {
        for (label, colour) in [
            ("Ground", &mut palette.background),
            ("Text", &mut palette.text),
            ("Cues", &mut palette.cue),
            ("Titles", &mut palette.heading),
            ("Marker", &mut palette.marker),
        ] {
            field(ui, label, |ui, _| colour_ui(ui, label, colour));
        }
    }
    let contrast = palette.contrast();
    if contrast < LEAST_CONTRAST {
        let words = format!("Contrast {contrast:.1} : 1. Text is hard to read below {LEAST_CONTRAST} : 1.");
        ui.label(RichText::new(words).font(theme::small()).color(colours().accent));
    } else {
        text::small(ui, format!("{}  ·  contrast {contrast:.1} : 1", palette.name));
    }
}

/// A set as it looks. True when it was clicked.
fn swatch_ui(ui: &mut Ui, palette: &Palette, chosen: bool) -> bool {
    let (rect, response) = ui.allocate_exact_size(SWATCH.into(), Sense::click());
    let painter = ui.painter();
    painter.rect_filled(rect, theme::radius(), colour(palette.background));
    let c = colours();
    let edge = match (chosen, response.hovered()) {
        (true, _) => Stroke::new(2.0, c.accent.0),
        (_, true) => Stroke::new(1.0, c.text.0),
        _ => Stroke::new(1.0, c.outline.0),
    };
    painter.rect_stroke(rect, theme::radius(), edge, StrokeKind::Inside);
    let sign = if palette.name == CUSTOM { "#" } else { "Aa" };
    let font = FontId::proportional(theme::theme().size.title);
    let at = rect.center() - vec2(space(0.75), 0.0);
    painter.text(at, Align2::CENTER_CENTER, sign, font, colour(palette.text));
    let dot = Rect::from_center_size(rect.center() + vec2(space(1.75), space(0.5)), vec2(8.0, 8.0));
    painter.rect_filled(dot, 2.0, colour(palette.cue));
    if response.has_focus() {
        focus_ring(painter, rect);
    }
    let name = format!("Colours: {}", palette.name);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, &name));
    response.on_hover_text(&palette.name).clicked()
}

/// A colour as a picker and as people write it.
fn colour_ui(ui: &mut Ui, label: &str, value: &mut Rgb) {
    let picker = ui.color_edit_button_srgb(&mut value.0);
    picker.widget_info(|| WidgetInfo::labeled(Role::ColorWell, true, format!("{label}: choose a colour")));
    let id = ui.scope_id().with((label, "hex"));
    let written = String::from(*value);
    // What is being typed is no colour yet; it is kept until the field is left.
    let mut typed = ui.data(|data| data.get_temp::<String>(id)).unwrap_or_else(|| written.clone());
    let edit = egui::TextEdit::singleline(&mut typed).id(id).desired_width(HEX_WIDTH).margin(space(0.75));
    let edit = ui.add(edit);
    edit.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::TextInput, true, format!("{label}: colour"));
        info.current_text_value = Some(typed.clone());
        info
    });
    if edit.changed()
        && let Ok(colour) = Rgb::try_from(typed.clone())
    {
        *value = colour;
    }
    if edit.has_focus() {
        ui.data_mut(|data| data.insert_temp(id, typed));
    } else {
        ui.data_mut(|data| data.remove::<String>(id));
    }
}

fn colour(Rgb([r, g, b]): Rgb) -> Color32 {
    Color32::from_rgba_unmultiplied(r, g, b, u8::MAX)
}
