//! What makes a picture for a screen of a painting's light: bloom, vignette, shoulder, grain (`shaders/finish.wgsl`).

use super::{Recipe, buffer, pipeline_blending, sampler_entry, smooth_sampler, texture_entry, uniform_entry};
use crate::core::paint::sheet::Finish;
use crate::gpu::readback::Target;

/// Keep in sync with `Finish` in `shaders/finish.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
struct Uniform {
    view: [f32; 2],
    exposure: f32,
    bloom: f32,
    vignette: f32,
    grain: f32,
    colour: f32,
    scale: f32,
}

#[derive(Debug)]
pub(in crate::gpu) struct FinishPass {
    pipeline: wgpu::RenderPipeline,
    group: wgpu::BindGroup,
    uniform: wgpu::Buffer,
    size: [u32; 2],
}

/// What it works on.
#[derive(Clone, Copy, Debug)]
pub(in crate::gpu) struct Sources<'a> {
    pub painted: &'a wgpu::TextureView,
    pub near_bloom: &'a wgpu::TextureView,
    pub far_bloom: &'a wgpu::TextureView,
    pub tooth: &'a wgpu::TextureView,
    pub tiling: &'a wgpu::Sampler,
}

impl FinishPass {
    pub fn new(device: &wgpu::Device, size: [u32; 2], sources: &Sources<'_>) -> FinishPass {
        let flat = wgpu::TextureViewDimension::D2;
        let recipe = Recipe {
            label: "finish",
            source: include_str!("../../../shaders/finish.wgsl"),
            groups: &[
                uniform_entry(),
                texture_entry(1, flat),
                texture_entry(2, flat),
                texture_entry(3, flat),
                texture_entry(4, flat),
                sampler_entry(5),
                sampler_entry(6),
            ],
            buffers: &[],
        };
        let (pipeline, layout) = pipeline_blending(device, Target::FORMAT, &recipe, wgpu::BlendState::REPLACE);
        let uniform = buffer(device, "finish", size_of::<Uniform>(), wgpu::BufferUsages::UNIFORM);
        let sampler = smooth_sampler(device);
        let texture = |binding, view| wgpu::BindGroupEntry { binding, resource: wgpu::BindingResource::TextureView(view) };
        let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("finish"),
            layout: &layout,
            entries: &[
                wgpu::BindGroupEntry { binding: 0, resource: uniform.as_entire_binding() },
                texture(1, sources.painted),
                texture(2, sources.near_bloom),
                texture(3, sources.far_bloom),
                texture(4, sources.tooth),
                wgpu::BindGroupEntry { binding: 5, resource: wgpu::BindingResource::Sampler(&sampler) },
                wgpu::BindGroupEntry { binding: 6, resource: wgpu::BindingResource::Sampler(sources.tiling) },
            ],
        });
        FinishPass { pipeline, group, uniform, size }
    }

    /// `scale`: of the tooth, per pixel.
    pub fn prepare(&self, queue: &wgpu::Queue, finish: &Finish, scale: f32) {
        let uniform = Uniform {
            view: self.size.map(|side| side as f32),
            exposure: finish.exposure,
            bloom: finish.bloom,
            vignette: finish.vignette,
            grain: finish.grain,
            colour: finish.colour,
            scale,
        };
        queue.write_buffer(&self.uniform, 0, bytemuck::bytes_of(&uniform));
    }

    pub fn paint(&self, pass: &mut wgpu::RenderPass<'_>) {
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &self.group, &[]);
        pass.draw(0..4, 0..1);
    }
}
