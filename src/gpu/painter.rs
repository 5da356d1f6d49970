//! Draws a painting (`core::paint`): cuts each sheet, blurs its shadow, lays it over what is there, and finishes the whole. Once for a
//! picture, without a window and without haste; a software driver needs some seconds for 1920×1080.

use super::context::Offscreen;
use super::error::Error;
use super::passes::cut::{self, CutPass};
use super::passes::finish::{FinishPass, Sources};
use super::passes::paint::{self, PaintPass};
use super::passes::soften::Soften;
use super::passes::{begin_clear, drawn_and_read, limited};
use super::readback::Target;
use crate::core::paint::Painting;
use crate::core::paint::sheet::{Layer, Sheet};

/// How far bloom reaches, near and far, as parts of the short side.
const NEAR_BLOOM: f32 = 0.013;
const FAR_BLOOM: f32 = 0.065;

/// What is brighter than this blooms.
const BLOOMS: f32 = 0.55;

/// Sheets that go to the GPU at a time: a software driver holds all of them until they are drawn.
const SHEETS_AT_A_TIME: usize = 24;

/// The picture, R G B A, tightly packed.
pub fn paint(gpu: &Offscreen, painting: &Painting, size: [u32; 2]) -> Result<Vec<u8>, Error> {
    let target = Target::new(&gpu.device, size[0], size[1])?;
    let easel = Easel::new(gpu, size);
    easel.paint.light(&gpu.queue, &painting.light);
    let mut encoder = easel.encoder();
    begin_clear(&mut encoder, &easel.painted);
    for (at, layer) in painting.layers.iter().enumerate() {
        match layer {
            Layer::Glow(glow) => {
                let layer = easel.paint.glow(glow);
                easel.paint.paint(&gpu.device, &mut encoder, &easel.painted, &layer, &easel.mask, easel.softened.view());
            }
            Layer::Sheet(sheet) => easel.lay(&mut encoder, sheet, at),
        }
        if (at + 1) % SHEETS_AT_A_TIME == 0 {
            gpu.queue.submit([std::mem::replace(&mut encoder, easel.encoder()).finish()]);
            gpu.device.poll(wgpu::PollType::wait_indefinitely()).map_err(|error| Error::Readback(error.to_string()))?;
        }
    }
    easel.finish(&mut encoder, painting, &target);
    gpu.queue.submit([encoder.finish()]);
    target.read(&gpu.device, &gpu.queue)
}

/// Everything that is needed for pictures of one size.
struct Easel<'a> {
    gpu: &'a Offscreen,
    size: [u32; 2],
    cut: CutPass,
    paint: PaintPass,
    softened: Soften,
    near_bloom: Soften,
    far_bloom: Soften,
    finish: FinishPass,
    mask: wgpu::TextureView,
    painted: wgpu::TextureView,
}

impl Easel<'_> {
    fn new(gpu: &Offscreen, size: [u32; 2]) -> Easel<'_> {
        let Offscreen { device, queue, .. } = gpu;
        let paint = PaintPass::new(device, queue, size);
        let mask = drawn_and_read(device, "mask", size, cut::FORMAT);
        let painted = drawn_and_read(device, "painted", size, paint::FORMAT);
        let bloom = || Soften::new(device, paint::FORMAT, size);
        let (near_bloom, far_bloom) = (bloom(), bloom());
        let sources = Sources {
            painted: &painted,
            near_bloom: near_bloom.view(),
            far_bloom: far_bloom.view(),
            tooth: &paint.tooth,
            tiling: &paint.tiling,
        };
        let finish = FinishPass::new(device, size, &sources);
        let (cut, softened) = (CutPass::new(device, queue, size), Soften::new(device, cut::FORMAT, size));
        Easel { gpu, size, cut, paint, softened, near_bloom, far_bloom, finish, mask, painted }
    }

    fn encoder(&self) -> wgpu::CommandEncoder {
        self.gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor { label: Some("painter") })
    }

    fn lay(&self, encoder: &mut wgpu::CommandEncoder, sheet: &Sheet, number: usize) {
        let unit = self.paint.unit();
        let Some(bounds) = sheet.cut.bounds() else { return };
        let soft = sheet.paper.soft > 0.0;
        let spread =
            if soft { sheet.paper.soft * 2.7 } else { sheet.paper.lift * 2.2 * f32::from(u8::from(sheet.paper.shadow > 0.0)) };
        let reach = spread * unit + 4.0;
        let [left, top, right, bottom] = bounds.map(|side| side * unit);
        let area = [left - reach, top - reach, right + reach, bottom + reach];
        let mut edges = Vec::new();
        cut::edges(&sheet.cut, unit, self.size[1] as f32, &mut edges);
        if edges.is_empty() {
            return;
        }
        let device = &self.gpu.device;
        let buffer = super::passes::vertices(device, "edges", bytemuck::cast_slice(&edges));
        limited(encoder, "cut", &self.mask, area, self.size, |pass| self.cut.paint(&buffer, 0..edges.len() as u32, pass));
        if soft || sheet.paper.shadow > 0.0 {
            let sigma = if soft { sheet.paper.soft } else { sheet.paper.lift * 0.75 };
            self.softened.run(device, encoder, &self.mask, sigma * unit, 0.0, area);
        }
        let layer = self.paint.sheet(&sheet.fill, &sheet.paper, area, number);
        self.paint.paint(device, encoder, &self.painted, &layer, &self.mask, self.softened.view());
    }

    fn finish(&self, encoder: &mut wgpu::CommandEncoder, painting: &Painting, target: &Target) {
        let unit = self.paint.unit();
        let whole = [0.0, 0.0, self.size[0] as f32, self.size[1] as f32];
        for (bloom, reach) in [(&self.near_bloom, NEAR_BLOOM), (&self.far_bloom, FAR_BLOOM)] {
            bloom.run(&self.gpu.device, encoder, &self.painted, reach * unit, BLOOMS, whole);
        }
        self.finish.prepare(&self.gpu.queue, &painting.finish, self.paint.tooth_scale());
        target.draw_in(encoder, [0.0, 0.0, 0.0, 1.0], |pass| self.finish.paint(pass));
    }
}
