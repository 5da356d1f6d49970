//! The adapter drawn for real, on whatever Vulkan the machine has (Mesa's software driver will do), and read back.

mod look;
mod looks;
mod motion;
mod picture;
mod rows;
mod scripts;
mod text;
mod window;

use std::sync::{Arc, OnceLock};

use super::compositor::{Compositor, ViewId, ViewInput, Work};
use super::context::Offscreen;
use super::passes::prompter::{Colours, PrompterInput};
use super::readback::Target;
use super::text::raster::Inks;
use super::text::{Fonts, TextLayout, layout};
use crate::core::prompter::Look;
use crate::core::prompter::sheet::{Block, BlockKind, Sheet, Span};
use crate::core::script::Script;

const VIEW: ViewId = ViewId(1);
const COLOURS: Colours = Colours {
    inks: Inks { text: [0.96, 0.96, 0.96, 1.0], cue: [1.0, 0.72, 0.3, 1.0], heading: [0.66, 0.66, 0.7, 1.0] },
    marker: [1.0, 0.72, 0.3, 1.0],
};

/// A device, a compositor and a target.
struct Stage {
    gpu: Offscreen,
    compositor: Compositor,
    target: Target,
    clear: [f64; 4],
}

/// R G B A, tightly packed.
struct Picture {
    width: u32,
    height: u32,
    rgba: Vec<u8>,
}

impl Stage {
    fn new(width: u32, height: u32) -> Stage {
        Stage::with_format(width, height, Target::FORMAT)
    }

    fn with_format(width: u32, height: u32, format: wgpu::TextureFormat) -> Stage {
        let gpu = Offscreen::open().expect("a Vulkan driver, if only Mesa's lavapipe");
        let compositor = Compositor::new(&gpu.device, format);
        let target = Target::with_format(&gpu.device, width, height, format).unwrap();
        Stage { gpu, compositor, target, clear: [0.0, 0.0, 0.0, 1.0] }
    }

    fn prepare(&mut self, input: &ViewInput<'_>) -> Work {
        self.compositor.prepare(&self.gpu.device, &self.gpu.queue, VIEW, input)
    }

    fn shoot(&self) -> Picture {
        let Offscreen { device, queue, .. } = &self.gpu;
        self.target.draw(device, queue, self.clear, |pass| self.compositor.paint(VIEW, pass));
        let [width, height] = self.target.size();
        Picture { width, height, rgba: self.target.read(device, queue).unwrap() }
    }

    fn draw(&mut self, input: &ViewInput<'_>) -> Picture {
        let work = self.prepare(input);
        assert_eq!(work.refused, None);
        self.shoot()
    }
}

impl Picture {
    fn at(&self, x: u32, y: u32) -> [u8; 4] {
        let i = ((y * self.width + x) * 4) as usize;
        self.rgba[i..i + 4].try_into().unwrap()
    }

    fn luminance(&self, x: u32, y: u32) -> f64 {
        let [r, g, b, _] = self.at(x, y);
        f64::from(r) + f64::from(g) + f64::from(b)
    }

    /// Centre of mass of the light, in pixels.
    fn centroid(&self) -> [f64; 2] {
        let (mut sum, mut x_sum, mut y_sum) = (0.0, 0.0, 0.0);
        for y in 0..self.height {
            for x in 0..self.width {
                let light = self.luminance(x, y);
                sum += light;
                x_sum += light * f64::from(x);
                y_sum += light * f64::from(y);
            }
        }
        assert!(sum > 0.0, "the picture is black");
        [x_sum / sum, y_sum / sum]
    }

    /// Writes the picture where `ONETAKE_PICTURES` says, for a person to look at.
    fn keep(&self, name: &str) {
        if let Some(folder) = std::env::var_os("ONETAKE_PICTURES") {
            let path = std::path::Path::new(&folder).join(format!("{name}.png"));
            image::save_buffer(&path, &self.rgba, self.width, self.height, image::ColorType::Rgba8).unwrap();
        }
    }
}

/// The machine's fonts, read once in a process.
fn fonts() -> &'static Fonts {
    static FONTS: OnceLock<Fonts> = OnceLock::new();
    FONTS.get_or_init(Fonts::system)
}

fn lay(markdown: &str, look: &Look) -> Arc<TextLayout> {
    Arc::new(layout(&Sheet::of(&Script::markdown(markdown), look.upper_case, 1), look, fonts()))
}

/// One paragraph, one sentence.
fn paragraph(text: &str) -> Sheet {
    let span = Span { text: text.to_owned(), cue: false, line: 0 };
    Sheet { blocks: vec![Block { scene: 0, kind: BlockKind::Paragraph, spans: vec![span] }], revision: 7 }
}

fn prompter<'a>(layout: &'a Arc<TextLayout>, look: &'a Look, size: [u32; 2]) -> PrompterInput<'a> {
    let rect = [0.0, 0.0, size[0] as f32, size[1] as f32];
    PrompterInput { layout, position: layout.laid().start(), rect, look, colours: COLOURS, opacity: 1.0, snap: false }
}
