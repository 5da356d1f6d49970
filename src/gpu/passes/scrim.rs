//! Gradients and panels behind text and chrome. One cheap quad each, because egui's own large fills are what makes a window slow
//! without a GPU.

use super::{Recipe, buffer, pipeline, uniform_entry};

/// A filled rectangle. Colours are straight, gamma-encoded sRGB, 0 to 1; equal ones make a panel, a transparent one a scrim.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scrim {
    /// Left, top, width, height in the view, in pixels.
    pub rect: [f32; 4],
    pub top: [f32; 4],
    pub bottom: [f32; 4],
    /// Corner radius in pixels.
    pub radius: f32,
}

/// Keep in sync with `Scrim` in `shaders/scrim.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
struct Uniform {
    area: [f32; 4],
    top: [f32; 4],
    bottom: [f32; 4],
    view: [f32; 2],
    radius: f32,
    padding: f32,
}

/// The pipeline all views share.
#[derive(Debug)]
pub struct ScrimPass {
    pipeline: wgpu::RenderPipeline,
    group: wgpu::BindGroupLayout,
}

/// One view's scrims.
#[derive(Debug, Default)]
pub struct View {
    slots: Vec<(wgpu::Buffer, wgpu::BindGroup)>,
    shown: usize,
}

impl ScrimPass {
    pub fn new(device: &wgpu::Device, format: wgpu::TextureFormat) -> ScrimPass {
        let recipe = Recipe {
            label: "scrim",
            source: include_str!("../../../shaders/scrim.wgsl"),
            groups: &[uniform_entry()],
            buffers: &[],
        };
        let (pipeline, group) = pipeline(device, format, &recipe);
        ScrimPass { pipeline, group }
    }

    pub fn prepare(&self, device: &wgpu::Device, queue: &wgpu::Queue, view: &mut View, size: [u32; 2], scrims: &[Scrim]) {
        while view.slots.len() < scrims.len() {
            let uniform = buffer(device, "scrim", size_of::<Uniform>(), wgpu::BufferUsages::UNIFORM);
            let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: Some("scrim"),
                layout: &self.group,
                entries: &[wgpu::BindGroupEntry { binding: 0, resource: uniform.as_entire_binding() }],
            });
            view.slots.push((uniform, group));
        }
        view.shown = scrims.len();
        for (scrim, (buffer, _)) in scrims.iter().zip(&view.slots) {
            let uniform = Uniform {
                area: scrim.rect,
                top: scrim.top,
                bottom: scrim.bottom,
                view: size.map(|side| side as f32),
                radius: scrim.radius,
                padding: 0.0,
            };
            queue.write_buffer(buffer, 0, bytemuck::bytes_of(&uniform));
        }
    }

    pub fn paint(&self, view: &View, pass: &mut wgpu::RenderPass<'_>) {
        pass.set_pipeline(&self.pipeline);
        for (_, group) in view.slots.iter().take(view.shown) {
            pass.set_bind_group(0, group, &[]);
            pass.draw(0..4, 0..1);
        }
    }
}
