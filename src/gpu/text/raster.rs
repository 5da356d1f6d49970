//! Draws one row of a layout into pixels, once for each display size. The base line lies on a whole pixel, and two clear pixels
//! surround the ink, so that the row can be shown at any fraction of a pixel by linear filtering without losing anything.

use cosmic_text::{CacheKey, SwashContent, SwashImage};

use super::fonts::Raster;
use super::{Ink, TextLayout, TextRow};

/// Straight (not premultiplied) colours, gamma-encoded sRGB, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Inks {
    pub text: [f32; 4],
    pub cue: [f32; 4],
    pub heading: [f32; 4],
}

/// A drawn row: premultiplied R G B A, tightly packed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowPixels {
    /// Pixels from the column's left edge to the picture's.
    pub left: i32,
    /// Pixels from the base line down to the picture's top edge; usually negative.
    pub top: i32,
    pub width: u32,
    pub height: u32,
    pub rgba: Vec<u8>,
}

/// Clear pixels around the ink. One is shown, so that edges fade out; the other is what linear filtering reads beyond it.
pub const PADDING: i32 = 2;
/// Drawn glyphs kept; beyond it the cache starts anew. A display shows far fewer different ones.
const MAX_CACHED_GLYPHS: usize = 2048;

/// Draws a row with `em` pixels to the em, at most `max` pixels wide and high. A row without ink is empty.
pub fn draw(layout: &TextLayout, row: &TextRow, em: f32, inks: &Inks, max: [u32; 2], raster: &mut Raster) -> RowPixels {
    if raster.glyphs.image_cache.len() > MAX_CACHED_GLYPHS {
        raster.glyphs.image_cache.clear();
    }
    let placed: Vec<Placed> = layout.glyphs(row).map(|(style, id, x, y)| Placed::new(style, id, x * em, y * em, em)).collect();
    let Raster { fonts, glyphs } = raster;
    let mut bounds: Option<[i32; 4]> = None;
    for glyph in &placed {
        let Some(image) = glyphs.get_image(fonts, glyph.key) else { continue };
        let [x0, y0, x1, y1] = glyph.bounds(image);
        if x1 > x0 && y1 > y0 {
            bounds = Some(bounds.map_or([x0, y0, x1, y1], |b| [b[0].min(x0), b[1].min(y0), b[2].max(x1), b[3].max(y1)]));
        }
    }
    let Some([x0, y0, x1, y1]) = bounds else { return RowPixels::default() };
    let width = (x1 - x0 + 2 * PADDING).unsigned_abs().min(max[0]);
    let height = (y1 - y0 + 2 * PADDING).unsigned_abs().min(max[1]);
    let mut pixels =
        RowPixels { left: x0 - PADDING, top: y0 - PADDING, width, height, rgba: vec![0; width as usize * height as usize * 4] };
    for glyph in &placed {
        if let Some(image) = glyphs.get_image(fonts, glyph.key) {
            let [x, y, ..] = glyph.bounds(image);
            pixels.blend(image, x - pixels.left, y - pixels.top, inks.of(glyph.ink));
        }
    }
    pixels
}

/// A glyph with its whole-pixel place; the fraction is in its key.
struct Placed {
    key: CacheKey,
    x: i32,
    y: i32,
    ink: Ink,
}

impl Placed {
    fn new(style: super::GlyphStyle, id: u16, x: f32, y: f32, em: f32) -> Placed {
        // Quarters of a pixel across, whole pixels down: letters stand on the base line.
        let (key, x, y) = CacheKey::new(style.font, id, style.size * em, (x, y.round()), style.weight, style.flags);
        Placed { key, x, y, ink: style.ink }
    }

    /// Left, top, right, bottom of the ink, from the column's left edge and the base line.
    fn bounds(&self, image: &SwashImage) -> [i32; 4] {
        let (x, y) = (self.x + image.placement.left, self.y - image.placement.top);
        [x, y, x + image.placement.width as i32, y + image.placement.height as i32]
    }
}

impl Inks {
    fn of(&self, ink: Ink) -> [f32; 4] {
        match ink {
            Ink::Text => self.text,
            Ink::Cue => self.cue,
            Ink::Heading => self.heading,
        }
    }
}

impl RowPixels {
    /// Draws a glyph over what is there; what lies outside is cut off but for the clear edge.
    fn blend(&mut self, image: &SwashImage, x: i32, y: i32, ink: [f32; 4]) {
        let channels = match image.content {
            SwashContent::Mask => 1,
            SwashContent::Color | SwashContent::SubpixelMask => 4,
        };
        let width = image.placement.width as usize;
        if width == 0 {
            return;
        }
        let lift = is_light(ink);
        let ink = ink.map(|value| (value.clamp(0.0, 1.0) * 255.0).round() as u32);
        let inside = |at: i32, size: u32| (PADDING..size as i32 - PADDING).contains(&at);
        for (j, line) in image.data.chunks_exact(width * channels).enumerate() {
            let py = y + j as i32;
            if !inside(py, self.height) {
                continue;
            }
            for (i, texel) in line.chunks_exact(channels).enumerate() {
                let px = x + i as i32;
                let source = match *texel {
                    [0] | [_, _, _, 0] => continue,
                    [coverage] => premultiplied(
                        [ink[0], ink[1], ink[2]],
                        ink[3] * if lift { weight(coverage) } else { u32::from(coverage) } / 255,
                    ),
                    [r, g, b, a] => premultiplied([r, g, b].map(u32::from), u32::from(a) * ink[3] / 255),
                    _ => continue,
                };
                if inside(px, self.width) {
                    let at = (py as usize * self.width as usize + px as usize) * 4;
                    over(&mut self.rgba[at..at + 4], source);
                }
            }
        }
    }
}

/// True for an ink that is meant for a dark ground.
fn is_light([r, g, b, _]: [f32; 4]) -> bool {
    0.2126 * r + 0.7152 * g + 0.0722 * b > 0.5
}

/// Bright letters on a dark ground lose weight when they are blended in gamma space, as egui's framebuffer is: half-covered
/// pixels come out too dark. This gives a part of it back; the ends stay where they are.
fn weight(coverage: u8) -> u32 {
    let c = u32::from(coverage);
    c + c * (255 - c) / 255 / 3
}

fn premultiplied([r, g, b]: [u32; 3], a: u32) -> [u32; 4] {
    [(r * a + 127) / 255, (g * a + 127) / 255, (b * a + 127) / 255, a]
}

fn over(under: &mut [u8], source: [u32; 4]) {
    let rest = 255 - source[3];
    for (value, add) in under.iter_mut().zip(source) {
        *value = (add + (u32::from(*value) * rest + 127) / 255).min(255) as u8;
    }
}
