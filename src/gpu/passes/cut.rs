//! Shapes of paper as coverage: each edge of an outline is one quad that adds or takes away what lies below it, blended into half
//! floats, so that any outline is covered exactly without being cut into triangles first (`shaders/cut.wgsl`).

use super::{Recipe, buffer, pipeline_blending, uniform_entry};
use crate::core::paint::cut::Cut;

/// What coverage is kept in.
pub(in crate::gpu) const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::R16Float;

/// One edge. Keep in sync with `Edge` in `shaders/cut.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, bytemuck::Pod, bytemuck::Zeroable)]
pub(in crate::gpu) struct Edge {
    ends: [f32; 4],
    bottom: f32,
}

/// Pixels beyond the picture that still count: an outline may be larger than what is seen of it.
const BEYOND: f32 = 64.0;

#[derive(Debug)]
pub(in crate::gpu) struct CutPass {
    pipeline: wgpu::RenderPipeline,
    group: wgpu::BindGroup,
}

impl CutPass {
    /// For pictures of this size.
    pub fn new(device: &wgpu::Device, queue: &wgpu::Queue, size: [u32; 2]) -> CutPass {
        let attributes = wgpu::vertex_attr_array![0 => Float32x4, 1 => Float32];
        let edges = wgpu::VertexBufferLayout {
            array_stride: size_of::<Edge>() as u64,
            step_mode: wgpu::VertexStepMode::Instance,
            attributes: &attributes,
        };
        let recipe = Recipe {
            label: "cut",
            source: include_str!("../../../shaders/cut.wgsl"),
            groups: &[uniform_entry()],
            buffers: &[Some(edges)],
        };
        let part = wgpu::BlendComponent {
            src_factor: wgpu::BlendFactor::One,
            dst_factor: wgpu::BlendFactor::One,
            operation: wgpu::BlendOperation::Add,
        };
        let (pipeline, layout) = pipeline_blending(device, FORMAT, &recipe, wgpu::BlendState { color: part, alpha: part });
        let uniform = buffer(device, "cut", 16, wgpu::BufferUsages::UNIFORM);
        queue.write_buffer(&uniform, 0, bytemuck::bytes_of(&[size[0] as f32, size[1] as f32, 0.0, 0.0]));
        let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("cut"),
            layout: &layout,
            entries: &[wgpu::BindGroupEntry { binding: 0, resource: uniform.as_entire_binding() }],
        });
        CutPass { pipeline, group }
    }

    /// Draws edges `which` of the buffer.
    pub fn paint(&self, edges: &wgpu::Buffer, which: std::ops::Range<u32>, pass: &mut wgpu::RenderPass<'_>) {
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &self.group, &[]);
        pass.set_vertex_buffer(0, edges.slice(..));
        pass.draw(0..4, which);
    }
}

/// The edges of a cut in a picture of `height` pixels, whose short side is `unit` pixels. Upright ones cover nothing.
pub(in crate::gpu) fn edges(cut: &Cut, unit: f32, height: f32, into: &mut Vec<Edge>) {
    for outline in cut.outlines() {
        let limited = |point: &[f32; 2]| [point[0] * unit, (point[1] * unit).clamp(-BEYOND, height + BEYOND)];
        let bottom = outline.iter().map(|point| limited(point)[1]).fold(f32::MIN, f32::max).ceil().min(height);
        let pairs = outline.iter().zip(outline.iter().cycle().skip(1));
        into.extend(
            pairs
                .map(|(a, b)| (limited(a), limited(b)))
                .filter(|(a, b)| a[0] != b[0])
                .map(|(a, b)| Edge { ends: [a[0], a[1], b[0], b[1]], bottom }),
        );
    }
}
