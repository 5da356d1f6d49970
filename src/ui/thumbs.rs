//! Small textures of the scene pictures: each is reduced once by averaging, so that it does not glitter, and kept until its
//! picture is replaced. One a frame at most, so that opening a project with many pictures never blocks the window.

use std::collections::HashMap;
use std::sync::Arc;

use egui::{ColorImage, Context, TextureHandle, TextureOptions};

use crate::core::frame::Still;
use crate::core::latest::Shelf;

/// Wide enough for a tile at twice the pixel density.
const MAX_WIDTH: u32 = 640;

/// The textures, by the picture's path in the project.
#[derive(Default)]
pub struct Thumbs {
    known: HashMap<String, (Arc<Still>, TextureHandle)>,
    /// The frame in which the last one was made.
    made_in: Option<u64>,
}

impl Thumbs {
    /// The texture of a picture, or `None` until it is made. Asks for another frame itself.
    pub fn get(&mut self, ctx: &Context, pictures: &Shelf<Still>, path: &str) -> Option<TextureHandle> {
        let still = pictures.get(path)?;
        if let Some((of, texture)) = self.known.get(path)
            && Arc::ptr_eq(of, &still)
        {
            return Some(texture.clone());
        }
        let frame = ctx.cumulative_frame_nr();
        if self.made_in == Some(frame) {
            ctx.request_repaint();
            return self.known.get(path).map(|(_, texture)| texture.clone());
        }
        self.made_in = Some(frame);
        let texture = ctx.load_texture(path, reduced(&still)?, TextureOptions::LINEAR);
        self.known.insert(path.to_owned(), (still, texture.clone()));
        Some(texture)
    }

    /// Forgets what `keep` does not name, as when another project opens.
    pub fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.known.retain(|path, _| keep(path));
    }
}

/// The still, at most `MAX_WIDTH` wide, each pixel the mean of those it stands for. `None` for a still whose bytes do not
/// match its size.
fn reduced(still: &Still) -> Option<ColorImage> {
    let (w, h) = (still.width as usize, still.height as usize);
    if w == 0 || h == 0 || still.rgba.len() != w * h * 4 {
        return None;
    }
    let by = still.width.div_ceil(MAX_WIDTH).max(1) as usize;
    let (out_w, out_h) = ((w / by).max(1), (h / by).max(1));
    let mut pixels = Vec::with_capacity(out_w * out_h * 4);
    for y in 0..out_h {
        for x in 0..out_w {
            let mut sum = [0u32; 4];
            let mut count = 0;
            for row in y * by..(y * by + by).min(h) {
                let from = (row * w + x * by) * 4;
                let to = (row * w + (x * by + by).min(w)) * 4;
                for pixel in still.rgba[from..to].chunks_exact(4) {
                    for (sum, value) in sum.iter_mut().zip(pixel) {
                        *sum += u32::from(*value);
                    }
                    count += 1;
                }
            }
            pixels.extend(sum.map(|sum| (sum / count.max(1)) as u8));
        }
    }
    Some(ColorImage::from_rgba_unmultiplied([out_w, out_h], &pixels))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reducing_takes_the_mean() {
        let (w, h) = (MAX_WIDTH * 2, 4);
        let rgba: Vec<u8> = (0..w * h).flat_map(|i| if i % 2 == 0 { [0, 0, 0, 255] } else { [200, 100, 50, 255] }).collect();
        let image = reduced(&Still { width: w, height: h, rgba: rgba.into() }).unwrap();
        assert_eq!(image.size, [MAX_WIDTH as usize, 2]);
        assert!(image.pixels.iter().all(|p| *p == egui::Color32::from_rgb(100, 50, 25)));
    }

    #[test]
    fn a_still_of_the_wrong_size_is_refused() {
        assert!(reduced(&Still { width: 4, height: 4, rgba: vec![0; 5].into() }).is_none());
    }
}
