//! The prompter's text on a display. Rows are drawn into a texture once; a frame then costs one uniform and a handful of quads,
//! however long the script is: the visible rows are found by bisection, and the text moves by a fraction of a pixel through
//! linear filtering (`shaders/prompter.wgsl`).

use std::sync::Arc;

use super::{Recipe, buffer, pipeline, sampler_entry, smooth_sampler, texture_entry, uniform_entry};
use crate::core::prompter::{Look, Marker, Palette};
use crate::gpu::text::fonts::Raster;
use crate::gpu::text::raster::Inks;
use crate::gpu::text::{Fonts, TextLayout};

mod geometry;
mod tiles;

pub use geometry::Geometry;
use tiles::Tiles;

/// What to show and how.
#[derive(Clone, Copy, Debug)]
pub struct PrompterInput<'a> {
    pub layout: &'a Arc<TextLayout>,
    /// The height in the sheet that stands at the eye line, in ems.
    pub position: f64,
    /// Left, top, width, height in the view, in pixels; rounded to whole ones.
    pub rect: [f32; 4],
    /// Eye line, dimming and mirroring; the rest is in the layout already.
    pub look: &'a Look,
    pub colours: Colours,
    /// Of everything, 0 to 1.
    pub opacity: f32,
    /// At rest: the text eases onto whole pixels, where it is sharpest.
    pub snap: bool,
}

/// Straight gamma-encoded sRGB, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Colours {
    pub inks: Inks,
    /// What shows the eye line; transparent for nothing.
    pub marker: [f32; 4],
}

impl Colours {
    pub fn of(palette: &Palette) -> Colours {
        let inks = Inks { text: palette.text.rgba(), cue: palette.cue.rgba(), heading: palette.heading.rgba() };
        Colours { inks, marker: palette.marker.rgba() }
    }
}

/// What a frame took; figures for tests and the health display.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Quads: visible rows and the marker.
    pub instances: usize,
    /// Rows drawn anew, and their bytes.
    pub rows_drawn: usize,
    pub bytes_uploaded: usize,
    /// True while the text still eases onto or off whole pixels, or rows are being drawn ahead: ask for another frame.
    pub unsettled: bool,
}

/// Keep in sync with `Prompter` in `shaders/prompter.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
struct Uniform {
    view: [f32; 2],
    origin: [f32; 2],
    size: [f32; 2],
    mirror: [f32; 2],
    offset: f32,
    eye: f32,
    near_distance: f32,
    far_distance: f32,
    far: f32,
    opacity: f32,
    fade: f32,
    padding: f32,
    marker: [f32; 4],
}

/// Keep in sync with `Instance` in `shaders/prompter.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, bytemuck::Pod, bytemuck::Zeroable)]
struct Instance {
    place: [f32; 2],
    size: [f32; 2],
    layer: u32,
}

/// `Instance::layer` of the marker.
const MARKER: u32 = u32::MAX;
const MARKER_LEFT: u32 = u32::MAX - 1;
const MARKER_LINE: u32 = u32::MAX - 2;
/// Width and height of the marker in ems.
const MARKER_EMS: [f32; 2] = [0.34, 0.5];
/// Thickness of the marker that is a line, in ems.
const LINE_EMS: f32 = 0.05;
/// Text is at full brightness up to this distance from the eye line, and dimmest from the second on, in rows.
const NEAR_ROWS: f32 = 0.9;
const FAR_ROWS: f32 = 4.2;
/// Height of the soft edges, in ems.
const FADE_EMS: f32 = 0.9;
/// Rows drawn ahead of need in one frame: one is many times what any reading speed uses up, and short enough not to be felt.
const AHEAD_PER_FRAME: usize = 1;
/// Part of the way onto whole pixels that one frame goes.
const SNAP_STEP: f32 = 0.125;

/// The pipeline all views share, and the glyphs they all draw rows from.
#[derive(Debug)]
pub struct PrompterPass {
    pipeline: wgpu::RenderPipeline,
    group: wgpu::BindGroupLayout,
    sampler: wgpu::Sampler,
    raster: Option<(Fonts, Raster)>,
}

/// One display's rows and motion.
#[derive(Debug)]
pub struct View {
    uniform: wgpu::Buffer,
    tiles: Option<Tiles>,
    instances: Vec<Instance>,
    instance_buffer: Option<wgpu::Buffer>,
    /// How far the text has eased onto whole pixels, 0 to 1.
    snapped: f32,
}

impl PrompterPass {
    pub fn new(device: &wgpu::Device, format: wgpu::TextureFormat) -> PrompterPass {
        let attributes = wgpu::vertex_attr_array![0 => Float32x2, 1 => Float32x2, 2 => Uint32];
        let recipe = Recipe {
            label: "prompter",
            source: include_str!("../../../shaders/prompter.wgsl"),
            groups: &[uniform_entry(), texture_entry(1, wgpu::TextureViewDimension::D2Array), sampler_entry(2)],
            buffers: &[Some(wgpu::VertexBufferLayout {
                array_stride: size_of::<Instance>() as u64,
                step_mode: wgpu::VertexStepMode::Instance,
                attributes: &attributes,
            })],
        };
        let (pipeline, group) = pipeline(device, format, &recipe);
        PrompterPass { pipeline, group, sampler: smooth_sampler(device), raster: None }
    }

    pub fn view(&self, device: &wgpu::Device) -> View {
        View {
            uniform: buffer(device, "prompter", size_of::<Uniform>(), wgpu::BufferUsages::UNIFORM),
            tiles: None,
            instances: Vec::new(),
            instance_buffer: None,
            snapped: 0.0,
        }
    }

    /// Brings rows, places and the uniform up to date for a view of `size` pixels.
    pub fn prepare(
        &mut self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        view: &mut View,
        size: [u32; 2],
        input: &PrompterInput<'_>,
    ) -> Work {
        let geometry = Geometry::of(input.rect, input.look, input.layout.column());
        let mut work = Work::default();
        let Some(tiles) = Tiles::fitting(view.tiles.take(), device, self, &view.uniform, &geometry, input) else {
            view.instances.clear();
            return work;
        };
        let tiles = view.tiles.insert(tiles);
        if self.raster.as_ref().is_none_or(|(fonts, _)| !fonts.same(input.layout.fonts())) {
            self.raster = Some((input.layout.fonts().clone(), input.layout.fonts().raster()));
        }
        let Some((_, raster)) = &mut self.raster else { return work };

        let target = if input.snap { 1.0 } else { 0.0 };
        view.snapped += (target - view.snapped).clamp(-SNAP_STEP, SNAP_STEP);
        work.unsettled = view.snapped != target;

        let scroll = geometry.scroll(input.position, view.snapped);
        let (instances, base) = tiles.place(queue, raster, input, &geometry, scroll, &mut work);
        work.instances = instances.len();
        let uniform = uniform(size, &geometry, input, (base as f64 - scroll) as f32);
        queue.write_buffer(&view.uniform, 0, bytemuck::bytes_of(&uniform));
        view.take(device, queue, instances);
        work
    }

    pub fn paint(&self, view: &View, pass: &mut wgpu::RenderPass<'_>) {
        let (Some(tiles), Some(buffer)) = (&view.tiles, &view.instance_buffer) else { return };
        if view.instances.is_empty() {
            return;
        }
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, tiles.bound(), &[]);
        pass.set_vertex_buffer(0, buffer.slice(..));
        pass.draw(0..4, 0..view.instances.len() as u32);
    }
}

impl View {
    /// Keeps the instances, and sends them when they are not the ones already sent.
    fn take(&mut self, device: &wgpu::Device, queue: &wgpu::Queue, instances: Vec<Instance>) {
        let bytes: &[u8] = bytemuck::cast_slice(&instances);
        let fits = self.instance_buffer.as_ref().is_some_and(|buffer| buffer.size() >= bytes.len() as u64);
        if fits && instances == self.instances {
            return;
        }
        if !fits {
            let room = bytes.len().next_power_of_two().max(1024);
            self.instance_buffer = Some(buffer(device, "prompter rows", room, wgpu::BufferUsages::VERTEX));
        }
        if let Some(buffer) = &self.instance_buffer {
            queue.write_buffer(buffer, 0, bytes);
        }
        self.instances = instances;
    }
}

fn uniform(size: [u32; 2], geometry: &Geometry, input: &PrompterInput<'_>, offset: f32) -> Uniform {
    let row = input.look.line_height * geometry.em;
    let mirror = input.look.mirror;
    Uniform {
        view: size.map(|side| side as f32),
        origin: geometry.origin,
        size: geometry.size,
        mirror: [mirror.horizontal, mirror.vertical].map(|on| f32::from(u8::from(on))),
        offset,
        eye: geometry.eye,
        near_distance: NEAR_ROWS * row,
        far_distance: FAR_ROWS * row,
        far: input.look.far_brightness.clamp(0.0, 1.0),
        opacity: input.opacity.clamp(0.0, 1.0),
        fade: (FADE_EMS * geometry.em).min(geometry.size[1] / 4.0),
        padding: 0.0,
        marker: input.colours.marker,
    }
}

/// The marker's quads and whether they lie behind the text: triangles in the gutters, close to the text, their points at the
/// eye line; or a line from edge to edge.
fn marker(geometry: &Geometry, marker: Marker, rtl: bool) -> (Vec<Instance>, bool) {
    let size = MARKER_EMS.map(|ems| (ems * geometry.em).round() + 2.0);
    let gap = (0.3 * geometry.em).round();
    let y = (geometry.eye - size[1] / 2.0).round();
    let left = Instance { place: [geometry.left - gap - size[0], y], size, layer: MARKER };
    let right = Instance { place: [geometry.column_right().round() + gap, y], size, layer: MARKER_LEFT };
    match marker {
        Marker::Triangle if rtl => (vec![right], false),
        Marker::Triangle => (vec![left], false),
        Marker::Both => (vec![left, right], false),
        Marker::Line => {
            let thick = (LINE_EMS * geometry.em).round().max(1.0);
            let place = [0.0, (geometry.eye - thick / 2.0).round()];
            (vec![Instance { place, size: [geometry.size[0], thick], layer: MARKER_LINE }], true)
        }
        Marker::None => (Vec::new(), false),
    }
}
