//! Lines of text that stand still on a display: a title, a time, a sentence on an empty screen. Each is drawn once into a
//! texture of its own and drawn again only when it says something else, so that a strip of figures costs a few quads a frame.

use super::{Recipe, buffer, pipeline, sampler_entry, smooth_sampler, texture_entry, uniform_entry};
use crate::core::prompter::sheet::{Block, BlockKind, Sheet, Span};
use crate::core::prompter::{Look, Mirror};
use crate::gpu::text::fonts::Raster;
use crate::gpu::text::raster::{self, Inks, RowPixels};
use crate::gpu::text::{Fonts, layout};

/// One line. Lengths are in pixels of the view, before mirroring.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    pub text: String,
    /// Size of the type.
    pub em: f32,
    /// The point of the base line that `anchor` speaks of.
    pub at: [f32; 2],
    pub anchor: Anchor,
    /// Longer lines end in “…”.
    pub width: f32,
    /// Straight gamma-encoded sRGB, 0 to 1.
    pub ink: [f32; 4],
}

/// What lines are drawn on.
#[derive(Clone, Copy, Debug)]
pub struct Glass<'a> {
    /// Width and height of the view in pixels.
    pub size: [u32; 2],
    pub mirror: Mirror,
    /// Best `Fonts::apart` from those of long layouts: drawing a new line would wait for them.
    pub fonts: &'a Fonts,
}

/// Which part of the line lies at its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    Left,
    Centre,
    Right,
}

/// Keep in sync with `Label` in `shaders/label.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, bytemuck::Pod, bytemuck::Zeroable)]
struct Uniform {
    view: [f32; 2],
    place: [f32; 2],
    size: [f32; 2],
    mirror: [f32; 2],
}

/// The pipeline all views share, and the glyphs their lines are drawn from.
#[derive(Debug)]
pub struct LabelPass {
    pipeline: wgpu::RenderPipeline,
    group: wgpu::BindGroupLayout,
    sampler: wgpu::Sampler,
    raster: Option<(Fonts, Raster)>,
}

/// One view's lines.
#[derive(Debug, Default)]
pub struct View {
    slots: Vec<Slot>,
    shown: usize,
}

#[derive(Debug)]
struct Slot {
    /// What the texture shows.
    drawn: Drawn,
    pixels: RowPixels,
    uniform: wgpu::Buffer,
    /// `None` for a line without ink.
    bound: Option<wgpu::BindGroup>,
}

/// Everything a line's pixels depend on.
#[derive(Clone, Debug, PartialEq)]
struct Drawn {
    text: String,
    em: f32,
    width: f32,
    ink: [f32; 4],
    fonts: usize,
}

impl LabelPass {
    pub fn new(device: &wgpu::Device, format: wgpu::TextureFormat) -> LabelPass {
        let recipe = Recipe {
            label: "label",
            source: include_str!("../../../shaders/label.wgsl"),
            groups: &[uniform_entry(), texture_entry(1, wgpu::TextureViewDimension::D2), sampler_entry(2)],
            buffers: &[],
        };
        let (pipeline, group) = pipeline(device, format, &recipe);
        LabelPass { pipeline, group, sampler: smooth_sampler(device), raster: None }
    }

    /// Draws what is new and places every line.
    pub fn prepare(
        &mut self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        view: &mut View,
        glass: &Glass<'_>,
        labels: &[Label],
    ) {
        let Glass { size, mirror, fonts } = *glass;
        view.shown = labels.len();
        for (i, label) in labels.iter().enumerate() {
            let drawn = Drawn { text: label.text.clone(), em: label.em, width: label.width, ink: label.ink, fonts: fonts.id() };
            if view.slots.get(i).is_none_or(|slot| slot.drawn != drawn) {
                let pixels = self.draw(device, fonts, &drawn);
                let uniform = buffer(device, "label", size_of::<Uniform>(), wgpu::BufferUsages::UNIFORM);
                let bound = self.bind(device, queue, &uniform, &pixels);
                let slot = Slot { drawn, pixels, uniform, bound };
                if i < view.slots.len() { view.slots[i] = slot } else { view.slots.push(slot) }
            }
            let slot = &view.slots[i];
            let width = slot.pixels.width as f32 - 2.0 * raster::PADDING as f32;
            let left = match label.anchor {
                Anchor::Left => 0.0,
                Anchor::Centre => width / 2.0,
                Anchor::Right => width,
            };
            let x = label.at[0] - left - raster::PADDING as f32;
            let place = [x.round(), (label.at[1] + slot.pixels.top as f32).round()];
            let uniform = Uniform {
                view: size.map(|side| side as f32),
                place,
                size: [slot.pixels.width as f32, slot.pixels.height as f32],
                mirror: [mirror.horizontal, mirror.vertical].map(|on| f32::from(u8::from(on))),
            };
            queue.write_buffer(&slot.uniform, 0, bytemuck::bytes_of(&uniform));
        }
    }

    pub fn paint(&self, view: &View, pass: &mut wgpu::RenderPass<'_>) {
        pass.set_pipeline(&self.pipeline);
        for bound in view.slots.iter().take(view.shown).filter_map(|slot| slot.bound.as_ref()) {
            pass.set_bind_group(0, bound, &[]);
            pass.draw(0..4, 0..1);
        }
    }

    fn draw(&mut self, device: &wgpu::Device, fonts: &Fonts, drawn: &Drawn) -> RowPixels {
        if self.raster.as_ref().is_none_or(|(known, _)| !known.same(fonts)) {
            self.raster = Some((fonts.clone(), fonts.raster()));
        }
        let Some((_, raster)) = &mut self.raster else { return RowPixels::default() };
        let inks = Inks { text: drawn.ink, cue: drawn.ink, heading: drawn.ink };
        let line = one_row(fonts, &drawn.text, drawn.width / drawn.em.max(1.0));
        let max = device.limits().max_texture_dimension_2d;
        line.rows().first().map_or_else(RowPixels::default, |row| raster::draw(&line, row, drawn.em, &inks, [max, max], raster))
    }

    fn bind(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        uniform: &wgpu::Buffer,
        pixels: &RowPixels,
    ) -> Option<wgpu::BindGroup> {
        let size = wgpu::Extent3d { width: pixels.width, height: pixels.height, depth_or_array_layers: 1 };
        if size.width == 0 || size.height == 0 {
            return None;
        }
        let texture = device.create_texture(&wgpu::TextureDescriptor {
            label: Some("label"),
            size,
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: wgpu::TextureFormat::Rgba8Unorm,
            usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
            view_formats: &[],
        });
        let rows = wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(size.width * 4), rows_per_image: None };
        queue.write_texture(texture.as_image_copy(), &pixels.rgba, rows, size);
        let texture = texture.create_view(&wgpu::TextureViewDescriptor::default());
        Some(device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("label"),
            layout: &self.group,
            entries: &[
                wgpu::BindGroupEntry { binding: 0, resource: uniform.as_entire_binding() },
                wgpu::BindGroupEntry { binding: 1, resource: wgpu::BindingResource::TextureView(&texture) },
                wgpu::BindGroupEntry { binding: 2, resource: wgpu::BindingResource::Sampler(&self.sampler) },
            ],
        }))
    }
}

/// The text on one row of so many ems, cut short where it is longer.
fn one_row(fonts: &Fonts, text: &str, ems: f32) -> crate::gpu::text::TextLayout {
    let set = |text: &str, ems: f32| {
        let span = Span { text: text.to_owned(), cue: false, line: 0 };
        let sheet = Sheet { blocks: vec![Block { scene: 0, kind: BlockKind::Paragraph, spans: vec![span] }], revision: 0 };
        layout(&sheet, &Look { column_ems: ems, line_height: 1.5, ..Look::default() }, fonts)
    };
    let whole = set(text, ems);
    if whole.rows().len() < 2 {
        return whole;
    }
    // Room for the dots.
    let begun = set(text, ems - 1.0).laid();
    let words: String = begun.text.rows.first().into_iter().flat_map(|row| &row.runs).map(|run| run.text.as_str()).collect();
    set(&format!("{}…", words.trim_end()), ems)
}
