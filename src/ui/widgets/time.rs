//! Figures that run: every digit stands in a cell of the same width, whatever the font does, so that a running clock does not
//! tremble.

use egui::{Align2, Color32, FontId, Painter, Pos2, Response, Role, Sense, Ui, Vec2, WidgetInfo, pos2, vec2};

/// Shows figures as a widget.
pub fn figures(ui: &mut Ui, text: &str, font: FontId, colour: Color32) -> Response {
    let size = size(ui.painter(), text, &font);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    paint(ui.painter(), rect.left_center(), text, &font, colour);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    response
}

/// What `paint` will take up, in points.
pub fn size(painter: &Painter, text: &str, font: &FontId) -> Vec2 {
    let cell = cell(painter, font);
    let width: f32 = text.chars().map(|c| width(painter, font, cell, c)).sum();
    vec2(width, painter.fonts_mut(|fonts| fonts.row_height(font)))
}

/// Paints figures from `left_centre` on.
pub fn paint(painter: &Painter, left_centre: Pos2, text: &str, font: &FontId, colour: Color32) {
    let cell = cell(painter, font);
    let mut x = left_centre.x;
    let mut letter = [0u8; 4];
    for c in text.chars() {
        let wide = width(painter, font, cell, c);
        let middle = pos2(x + wide / 2.0, left_centre.y);
        painter.text(middle, Align2::CENTER_CENTER, c.encode_utf8(&mut letter), font.clone(), colour);
        x += wide;
    }
}

/// Width of the widest digit.
fn cell(painter: &Painter, font: &FontId) -> f32 {
    painter.fonts_mut(|fonts| ('0'..='9').map(|c| fonts.glyph_width(font, c)).fold(0.0, f32::max))
}

fn width(painter: &Painter, font: &FontId, cell: f32, c: char) -> f32 {
    if c.is_ascii_digit() { cell } else { painter.fonts_mut(|fonts| fonts.glyph_width(font, c)) }
}
