//! Sheets of paper and glows, one after the other over what is there (`shaders/paint.wgsl`).

use super::tooth;
use super::{Recipe, pipeline, sampler_entry, smooth_sampler, texture_entry, uniform_entry};
use crate::core::paint::colour::to_linear;
use crate::core::paint::sheet::{Fill, Glow, Light, MOST_LAMPS, Paper};

/// Light adds up in here.
pub(in crate::gpu) const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba16Float;

/// The short side that widths of edges and the tooth are made for.
const USUAL_SIDE: f32 = 1080.0;

/// Width of a bright edge at that side.
const RIM: f32 = 1.7;

/// A glow is nothing beyond so many of its radii.
const GLOW_REACH: f32 = 1.95;

const SHEET: u32 = 0;
const ADDS: u32 = 1;
const GLOW: u32 = 2;

/// Keep in sync with `Layer` in `shaders/paint.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, bytemuck::Pod, bytemuck::Zeroable)]
pub(in crate::gpu) struct Uniform {
    stops: [[f32; 4]; 4],
    axis: [f32; 4],
    area: [f32; 4],
    rim: [f32; 4],
    paper: [f32; 4],
    cover: [f32; 4],
    glow: [f32; 4],
    light: [f32; 4],
    kind: [u32; 4],
}

/// Keep in sync with `Scene` in `shaders/paint.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
struct Scene {
    ambient: [f32; 4],
    shade: [f32; 4],
    toward: [f32; 4],
    view: [f32; 2],
    lamps: u32,
    padding: u32,
    lamp: [[f32; 4]; MOST_LAMPS * 2],
}

#[derive(Debug)]
pub(in crate::gpu) struct PaintPass {
    pipeline: wgpu::RenderPipeline,
    layout: wgpu::BindGroupLayout,
    sampler: wgpu::Sampler,
    pub tiling: wgpu::Sampler,
    pub tooth: wgpu::TextureView,
    scene: wgpu::Buffer,
    size: [u32; 2],
}

impl PaintPass {
    pub fn new(device: &wgpu::Device, queue: &wgpu::Queue, size: [u32; 2]) -> PaintPass {
        let flat = wgpu::TextureViewDimension::D2;
        let recipe = Recipe {
            label: "paint",
            source: include_str!("../../../shaders/paint.wgsl"),
            groups: &[
                uniform_entry(),
                wgpu::BindGroupLayoutEntry { binding: 1, ..uniform_entry() },
                texture_entry(2, flat),
                texture_entry(3, flat),
                texture_entry(4, flat),
                sampler_entry(5),
                sampler_entry(6),
            ],
            buffers: &[],
        };
        let (pipeline, layout) = pipeline(device, FORMAT, &recipe);
        let tiling = device.create_sampler(&wgpu::SamplerDescriptor {
            label: Some("tiling"),
            address_mode_u: wgpu::AddressMode::Repeat,
            address_mode_v: wgpu::AddressMode::Repeat,
            mag_filter: wgpu::FilterMode::Linear,
            min_filter: wgpu::FilterMode::Linear,
            ..wgpu::SamplerDescriptor::default()
        });
        let scene = super::buffer(device, "scene", size_of::<Scene>(), wgpu::BufferUsages::UNIFORM);
        let tooth = tooth_texture(device, queue);
        PaintPass { pipeline, layout, sampler: smooth_sampler(device), tiling, tooth, scene, size }
    }

    /// How many pixels a unit has.
    pub fn unit(&self) -> f32 {
        self.size[0].min(self.size[1]) as f32
    }

    /// How the tooth is scaled, per pixel.
    pub fn tooth_scale(&self) -> f32 {
        USUAL_SIDE / self.unit() / tooth::SIDE as f32
    }

    pub fn light(&self, queue: &wgpu::Queue, light: &Light) {
        let unit = self.unit();
        let mut lamp = [[0.0; 4]; MOST_LAMPS * 2];
        for (at, one) in light.lamps.iter().take(MOST_LAMPS).enumerate() {
            let [r, g, b] = to_linear(one.colour);
            lamp[at * 2] = [one.at[0] * unit, one.at[1] * unit, one.reach * unit, one.power];
            lamp[at * 2 + 1] = [r, g, b, 0.0];
        }
        let [r, g, b] = light.ambient;
        // Shadows keep a little of their colour.
        let [sr, sg, sb] = to_linear(light.shade);
        let scene = Scene {
            ambient: [r, g, b, 0.0],
            shade: [sr, sg, sb, 0.0],
            toward: [light.toward[0], light.toward[1], USUAL_SIDE / unit, 0.0],
            view: self.size.map(|side| side as f32),
            lamps: light.lamps.len().min(MOST_LAMPS) as u32,
            padding: 0,
            lamp,
        };
        queue.write_buffer(&self.scene, 0, bytemuck::bytes_of(&scene));
    }

    /// A sheet whose cut reaches over `area` (units), the `number`th of the stack.
    pub fn sheet(&self, fill: &Fill, paper: &Paper, area: [f32; 4], number: usize) -> Uniform {
        let unit = self.unit();
        let [r, g, b] = to_linear(paper.rim_colour).map(|part| part * paper.rim);
        // No two sheets show the same fibres.
        let shift = [number as f32 * 0.618_034, number as f32 * 0.381_966].map(f32::fract);
        Uniform {
            stops: fill.stops.map(|(at, [l, a, b])| [l, a, b, at]),
            axis: [fill.from[0] * unit, fill.from[1] * unit, fill.to[0] * unit, fill.to[1] * unit],
            area,
            rim: [r, g, b, (RIM * unit / USUAL_SIDE).max(0.7)],
            paper: [paper.lift * unit, paper.shadow, paper.tooth, paper.lit],
            cover: [paper.alpha, shift[0], shift[1], 0.0],
            kind: [if paper.adds { ADDS } else { SHEET }, u32::from(fill.radial), u32::from(paper.soft > 0.0), 0],
            ..Uniform::default()
        }
    }

    pub fn glow(&self, glow: &Glow) -> Uniform {
        let unit = self.unit();
        let [x, y, radius] = [glow.at[0], glow.at[1], glow.radius].map(|value| value * unit);
        let [r, g, b] = to_linear(glow.colour);
        let (wide, tall) = (radius * GLOW_REACH, radius * GLOW_REACH * glow.squash);
        Uniform {
            area: [x - wide, y - tall, x + wide, y + tall],
            glow: [x, y, radius.max(1.0), glow.squash.max(0.01)],
            light: [r, g, b, glow.power],
            kind: [GLOW, 0, 0, 0],
            ..Uniform::default()
        }
    }

    /// Lays one over what is in the pass.
    pub fn paint(
        &self,
        device: &wgpu::Device,
        encoder: &mut wgpu::CommandEncoder,
        target: &wgpu::TextureView,
        layer: &Uniform,
        mask: &wgpu::TextureView,
        softened: &wgpu::TextureView,
    ) {
        let uniform = super::written(device, "layer", bytemuck::bytes_of(layer));
        let texture = |binding, view| wgpu::BindGroupEntry { binding, resource: wgpu::BindingResource::TextureView(view) };
        let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("paint"),
            layout: &self.layout,
            entries: &[
                wgpu::BindGroupEntry { binding: 0, resource: uniform.as_entire_binding() },
                wgpu::BindGroupEntry { binding: 1, resource: self.scene.as_entire_binding() },
                texture(2, mask),
                texture(3, softened),
                texture(4, &self.tooth),
                wgpu::BindGroupEntry { binding: 5, resource: wgpu::BindingResource::Sampler(&self.sampler) },
                wgpu::BindGroupEntry { binding: 6, resource: wgpu::BindingResource::Sampler(&self.tiling) },
            ],
        });
        let mut pass = super::begin(encoder, "paint", target, false);
        if super::limit(&mut pass, layer.area, self.size) {
            pass.set_pipeline(&self.pipeline);
            pass.set_bind_group(0, &group, &[]);
            pass.draw(0..4, 0..1);
        }
    }
}

fn tooth_texture(device: &wgpu::Device, queue: &wgpu::Queue) -> wgpu::TextureView {
    let side = tooth::SIDE as u32;
    let size = wgpu::Extent3d { width: side, height: side, depth_or_array_layers: 1 };
    let texture = device.create_texture(&wgpu::TextureDescriptor {
        label: Some("tooth"),
        size,
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: wgpu::TextureFormat::R8Unorm,
        usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
        view_formats: &[],
    });
    let layout = wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(side), rows_per_image: None };
    queue.write_texture(texture.as_image_copy(), &tooth::tile(), layout, size);
    texture.create_view(&wgpu::TextureViewDescriptor::default())
}
