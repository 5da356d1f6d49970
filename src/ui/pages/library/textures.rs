//! Small textures of what is on the screen. A few are made in a frame, so that scrolling never waits for them; those that were
//! not drawn for the longest time leave when there are too many.

use std::collections::HashMap;
use std::sync::Arc;

use egui::{ColorImage, Context, TextureHandle, TextureOptions};

use crate::core::frame::Still;
use crate::core::glance::Glance;

/// Bytes on the graphics card: some three hundred tiles, and the strips and previews that were looked at last.
const LIMIT: usize = 192 << 20;
/// Made in one frame at most.
const A_FRAME: usize = 6;

/// Textures by asset and kind.
pub struct Textures {
    known: HashMap<(String, Glance), Texture>,
    bytes: usize,
    limit: usize,
    /// The frame, and how many were made in it.
    made: (u64, usize),
    /// The ground of pictures with holes.
    pub checks: Option<TextureHandle>,
}

struct Texture {
    of: Arc<Still>,
    handle: TextureHandle,
    drawn: u64,
}

impl Default for Textures {
    fn default() -> Self {
        Textures { known: HashMap::new(), bytes: 0, limit: LIMIT, made: (0, 0), checks: None }
    }
}

impl Textures {
    /// The texture of a still, or `None` until it is made. Asks for another frame itself.
    pub fn get(&mut self, ctx: &Context, asset: &str, glance: Glance, still: &Arc<Still>) -> Option<TextureHandle> {
        let frame = ctx.cumulative_frame_nr();
        let key = (asset.to_owned(), glance);
        if let Some(known) = self.known.get_mut(&key) {
            known.drawn = frame;
            if Arc::ptr_eq(&known.of, still) {
                return Some(known.handle.clone());
            }
        }
        if self.made.0 != frame {
            self.made = (frame, 0);
        }
        if self.made.1 >= A_FRAME {
            ctx.request_repaint();
            return self.known.get(&key).map(|known| known.handle.clone());
        }
        self.made.1 += 1;
        let handle = ctx.load_texture(asset, image(still)?, TextureOptions::LINEAR);
        let texture = Texture { of: Arc::clone(still), handle: handle.clone(), drawn: frame };
        self.bytes += still.rgba.len();
        if let Some(old) = self.known.insert(key, texture) {
            self.bytes -= old.of.rgba.len();
        }
        if self.bytes > self.limit {
            self.shrink(frame);
        }
        Some(handle)
    }

    /// What is there already, whether or not it is still in the feeds.
    pub fn kept(&mut self, ctx: &Context, asset: &str, glance: Glance) -> Option<TextureHandle> {
        let known = self.known.get_mut(&(asset.to_owned(), glance))?;
        known.drawn = ctx.cumulative_frame_nr();
        Some(known.handle.clone())
    }

    /// A quarter goes at once, so that not every new one makes another leave; what is on the screen stays.
    fn shrink(&mut self, now: u64) {
        let mut ages: Vec<(u64, (String, Glance))> =
            self.known.iter().filter(|(_, known)| known.drawn < now).map(|(key, known)| (known.drawn, key.clone())).collect();
        ages.sort_unstable_by_key(|(drawn, _)| *drawn);
        for (_, key) in ages {
            if self.bytes <= self.limit / 4 * 3 {
                return;
            }
            if let Some(old) = self.known.remove(&key) {
                self.bytes -= old.of.rgba.len();
            }
        }
    }
}

/// `None` for a still whose bytes do not match its size.
pub fn image(still: &Still) -> Option<ColorImage> {
    let size = [still.width as usize, still.height as usize];
    let whole = size[0] > 0 && size[1] > 0 && still.rgba.len() == size[0] * size[1] * 4;
    whole.then(|| ColorImage::from_rgba_unmultiplied(size, &still.rgba))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn still(width: u32) -> Arc<Still> {
        Arc::new(Still { width, height: 1, rgba: vec![9; width as usize * 4].into() })
    }

    #[test]
    fn only_a_few_are_made_in_a_frame_and_only_so_many_bytes_are_kept() {
        let ctx = Context::default();
        let mut textures = Textures { limit: 400, ..Textures::default() };
        let stills: Vec<_> = (0..100).map(|_| still(10)).collect();
        for frame in 0..40 {
            let mut made = 0;
            let mut output = ctx.run_ui(egui::RawInput::default(), |ui| {
                made = 0;
                for (at, still) in stills.iter().enumerate().skip(frame * 3 % 90).take(A_FRAME + 3) {
                    let before = textures.known.contains_key(&(at.to_string(), Glance::Thumb));
                    let there = textures.get(ui.ctx(), &at.to_string(), Glance::Thumb, still).is_some();
                    made += usize::from(there && !before);
                }
            });
            output.textures_delta.clear();
            assert!(made <= A_FRAME, "{made}");
            assert!(textures.bytes <= 400, "{}", textures.bytes);
            assert_eq!(textures.bytes, textures.known.len() * 40);
        }
    }

    #[test]
    fn a_still_of_the_wrong_size_is_refused() {
        assert!(image(&Still { width: 4, height: 4, rgba: vec![0; 5].into() }).is_none());
    }
}
