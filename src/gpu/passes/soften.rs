//! Blurs, at a quarter of the size: shadows of sheets, mist, the bloom around lamps (`shaders/soften.wgsl`).

use super::{Recipe, pipeline_blending, sampler_entry, smooth_sampler, texture_entry, uniform_entry};

/// How much smaller a blurred picture is, each way.
const LESS: u32 = 4;

/// Keep in sync with `Soften` in `shaders/soften.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
struct Step {
    view: [f32; 2],
    texel: [f32; 2],
    along: [f32; 2],
    sigma: f32,
    above: f32,
}

/// A picture and its blurred twin, with all that is needed to make the one of the other.
#[derive(Debug)]
pub(in crate::gpu) struct Soften {
    pipeline: wgpu::RenderPipeline,
    layout: wgpu::BindGroupLayout,
    sampler: wgpu::Sampler,
    /// There and back: the result is in the first.
    views: [wgpu::TextureView; 2],
    size: [u32; 2],
    whole: [u32; 2],
}

impl Soften {
    /// For pictures of this size and format.
    pub fn new(device: &wgpu::Device, format: wgpu::TextureFormat, whole: [u32; 2]) -> Soften {
        let flat = wgpu::TextureViewDimension::D2;
        let recipe = Recipe {
            label: "soften",
            source: include_str!("../../../shaders/soften.wgsl"),
            groups: &[uniform_entry(), texture_entry(1, flat), sampler_entry(2)],
            buffers: &[],
        };
        let (pipeline, layout) = pipeline_blending(device, format, &recipe, wgpu::BlendState::REPLACE);
        let size = whole.map(|side| side.div_ceil(LESS).max(1));
        let views = [(), ()].map(|()| super::drawn_and_read(device, "softened", size, format));
        Soften { pipeline, layout, sampler: smooth_sampler(device), views, size, whole }
    }

    /// The blurred picture.
    pub fn view(&self) -> &wgpu::TextureView {
        &self.views[0]
    }

    /// Blurs `source` by `sigma` pixels of it; `above` leaves out what is darker. Nothing is worked on outside `area` (left, top,
    /// right, bottom in pixels of the source), and it is black there.
    pub fn run(
        &self,
        device: &wgpu::Device,
        encoder: &mut wgpu::CommandEncoder,
        source: &wgpu::TextureView,
        sigma: f32,
        above: f32,
        area: [f32; 4],
    ) {
        let [width, height] = self.size.map(|side| side as f32);
        let sigma = (sigma / LESS as f32).max(0.3);
        let own = [1.0 / width, 1.0 / height];
        let step = |texel, along, above| Step { view: [width, height], texel, along, sigma, above };
        let first = step(self.whole.map(|side| 1.0 / side as f32), [0.0; 2], above);
        let steps = [
            (first, source, 0),
            (step(own, [1.0, 0.0], 0.0), &self.views[0], 1),
            (step(own, [0.0, 1.0], 0.0), &self.views[1], 0),
        ];
        for (step, from, to) in steps {
            self.step(device, encoder, &step, from, &self.views[to], area);
        }
    }

    fn step(
        &self,
        device: &wgpu::Device,
        encoder: &mut wgpu::CommandEncoder,
        step: &Step,
        from: &wgpu::TextureView,
        to: &wgpu::TextureView,
        area: [f32; 4],
    ) {
        let uniform = super::written(device, "soften", bytemuck::bytes_of(step));
        let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("soften"),
            layout: &self.layout,
            entries: &[
                wgpu::BindGroupEntry { binding: 0, resource: uniform.as_entire_binding() },
                wgpu::BindGroupEntry { binding: 1, resource: wgpu::BindingResource::TextureView(from) },
                wgpu::BindGroupEntry { binding: 2, resource: wgpu::BindingResource::Sampler(&self.sampler) },
            ],
        });
        let mut pass = super::begin(encoder, "soften", to, true);
        if super::limit(&mut pass, area.map(|side| side / LESS as f32), self.size) {
            pass.set_pipeline(&self.pipeline);
            pass.set_bind_group(0, &group, &[]);
            pass.draw(0..4, 0..1);
        }
    }
}
