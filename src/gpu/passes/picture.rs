//! Camera and scene picture: `core::compose` says where, this draws it there. Whatever a camera gives is uploaded as it is and
//! converted in the shader (`shaders/picture.wgsl`), which costs nothing on a GPU and saves a core without one.

use super::planes::{Planes, Shape};
use super::{Recipe, buffer, pipeline, sampler_entry, smooth_sampler, texture_entry, uniform_entry};
use crate::core::compose::{Area, Layer, Source};
use crate::core::frame::{Frame, Still};
use crate::gpu::error::Error;

/// Samples a side when a picture is shown much smaller than it is. Six reach a twelfth of its size without shimmer.
const MAX_TAPS: u32 = 6;

/// Keep in sync with `Picture` in `shaders/picture.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, bytemuck::Pod, bytemuck::Zeroable)]
struct Uniform {
    area: [f32; 4],
    crop: [f32; 4],
    conversion: [[f32; 4]; 3],
    view: [f32; 2],
    size: [f32; 2],
    radius: f32,
    opacity: f32,
    kind: u32,
    taps: u32,
}

/// The pipeline all views share.
#[derive(Debug)]
pub struct PicturePass {
    pipeline: wgpu::RenderPipeline,
    group: wgpu::BindGroupLayout,
    sampler: wgpu::Sampler,
}

/// One view's sources and layers.
#[derive(Debug, Default)]
pub struct View {
    camera: Held,
    picture: Held,
    slots: Vec<Slot>,
    /// Slots drawn in this frame.
    shown: usize,
}

/// What a view shows of a source.
#[derive(Debug, Default)]
struct Held {
    planes: Option<Planes>,
    /// Grows when the textures are replaced, so that bindings follow.
    generation: u64,
}

/// One layer's uniform and bindings.
#[derive(Debug)]
struct Slot {
    uniform: wgpu::Buffer,
    bound: Option<(wgpu::BindGroup, Source, u64)>,
}

/// The sources of one frame.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sources<'a> {
    /// A frame and its version (`core::latest::Latest::versioned`).
    pub camera: Option<(&'a Frame, u64)>,
    /// A still and a number that names its content.
    pub picture: Option<(&'a Still, u64)>,
    /// Shows the camera as a mirror does, as people expect to see themselves.
    pub mirror_camera: bool,
}

impl PicturePass {
    pub fn new(device: &wgpu::Device, format: wgpu::TextureFormat) -> PicturePass {
        let flat = wgpu::TextureViewDimension::D2;
        let recipe = Recipe {
            label: "picture",
            source: include_str!("../../../shaders/picture.wgsl"),
            groups: &[
                uniform_entry(),
                texture_entry(1, flat),
                texture_entry(2, flat),
                texture_entry(3, flat),
                sampler_entry(4),
            ],
            buffers: &[],
        };
        let (pipeline, group) = pipeline(device, format, &recipe);
        PicturePass { pipeline, group, sampler: smooth_sampler(device) }
    }

    /// Uploads what changed and places the layers in a view of `size` pixels. Gives the bytes uploaded, and the first source
    /// that was refused; the others are drawn all the same.
    pub fn prepare(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        view: &mut View,
        size: [u32; 2],
        layers: &[Layer],
        sources: &Sources<'_>,
    ) -> (usize, Option<Error>) {
        let camera =
            view.camera.hold(sources.camera.map(|(frame, version)| {
                move |held: &mut Option<Planes>| Planes::bring_frame(held, device, queue, frame, version)
            }));
        let picture = view.picture.hold(
            sources
                .picture
                .map(|(still, key)| move |held: &mut Option<Planes>| Planes::bring_still(held, device, queue, still, key)),
        );
        view.shown = 0;
        for layer in layers {
            let held = view.held(layer.source);
            let (Some(planes), generation) = (&held.planes, held.generation) else { continue };
            let mirrored = layer.source == Source::Camera && sources.mirror_camera;
            let uniform = uniform(layer, planes.shape(), size, mirrored);
            let needs_binding = view.slots.get(view.shown).is_none_or(|slot| !slot.shows(layer.source, generation));
            let views = needs_binding.then(|| planes.views());
            if view.slots.len() == view.shown {
                view.slots.push(Slot::new(device));
            }
            let slot = &mut view.slots[view.shown];
            if let Some(views) = views {
                slot.bound = Some((self.bind(device, &slot.uniform, &views), layer.source, generation));
            }
            queue.write_buffer(&slot.uniform, 0, bytemuck::bytes_of(&uniform));
            view.shown += 1;
        }
        (camera.0 + picture.0, camera.1.or(picture.1))
    }

    pub fn paint(&self, view: &View, pass: &mut wgpu::RenderPass<'_>) {
        pass.set_pipeline(&self.pipeline);
        for (group, ..) in view.slots.iter().take(view.shown).filter_map(|slot| slot.bound.as_ref()) {
            pass.set_bind_group(0, group, &[]);
            pass.draw(0..4, 0..1);
        }
    }

    fn bind(&self, device: &wgpu::Device, uniform: &wgpu::Buffer, views: &[wgpu::TextureView; 3]) -> wgpu::BindGroup {
        let texture = |binding: u32| wgpu::BindGroupEntry {
            binding,
            resource: wgpu::BindingResource::TextureView(&views[binding as usize - 1]),
        };
        device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("picture layer"),
            layout: &self.group,
            entries: &[
                wgpu::BindGroupEntry { binding: 0, resource: uniform.as_entire_binding() },
                texture(1),
                texture(2),
                texture(3),
                wgpu::BindGroupEntry { binding: 4, resource: wgpu::BindingResource::Sampler(&self.sampler) },
            ],
        })
    }
}

impl View {
    /// Layers drawn in this frame.
    pub fn shown(&self) -> usize {
        self.shown
    }

    fn held(&self, source: Source) -> &Held {
        match source {
            Source::Camera => &self.camera,
            Source::Picture => &self.picture,
        }
    }
}

impl Held {
    /// Takes the source's present content; without a source, lets go of the textures. Gives the bytes uploaded, and why the
    /// content was refused, if it was.
    fn hold(&mut self, bring: Option<impl FnOnce(&mut Option<Planes>) -> Result<usize, Error>>) -> (usize, Option<Error>) {
        let before = self.planes.as_ref().map(Planes::shape);
        let outcome = match bring.map(|bring| bring(&mut self.planes)) {
            Some(Ok(bytes)) => (bytes, None),
            Some(Err(error)) => (0, Some(error)),
            None => {
                self.planes = None;
                (0, None)
            }
        };
        if self.planes.as_ref().map(Planes::shape) != before {
            self.generation += 1;
        }
        outcome
    }
}

impl Slot {
    fn new(device: &wgpu::Device) -> Slot {
        Slot { uniform: buffer(device, "picture layer", size_of::<Uniform>(), wgpu::BufferUsages::UNIFORM), bound: None }
    }

    fn shows(&self, source: Source, generation: u64) -> bool {
        self.bound.as_ref().is_some_and(|(_, bound, at)| *bound == source && *at == generation)
    }
}

fn uniform(layer: &Layer, shape: Shape, size: [u32; 2], mirrored: bool) -> Uniform {
    let view = size.map(|side| side as f32);
    let area = whole_pixels(layer.area, view);
    let Area { x, y, w, h } = layer.crop;
    let source = [shape.width as f32, shape.height as f32];
    // Source pixels to a pixel of the view; one sample takes in two of them by linear filtering.
    let density = (w * source[0] / area[2]).max(h * source[1] / area[3]);
    let taps = if density.is_finite() { (density / 2.0).ceil().clamp(1.0, MAX_TAPS as f32) as u32 } else { 1 };
    Uniform {
        area,
        crop: if mirrored { [x + w, y, -w, h] } else { [x, y, w, h] },
        conversion: shape.conversion(),
        view,
        size: source,
        radius: (layer.radius * view[1]).min(area[2] / 2.0).min(area[3] / 2.0).max(0.0),
        opacity: layer.opacity.clamp(0.0, 1.0),
        kind: shape.layout as u32,
        taps,
    }
}

/// The area in pixels, with edges between pixels so that they are sharp; never empty.
fn whole_pixels(area: Area, view: [f32; 2]) -> [f32; 4] {
    let [left, top] = [(area.x * view[0]).round(), (area.y * view[1]).round()];
    let [right, bottom] = [((area.x + area.w) * view[0]).round(), ((area.y + area.h) * view[1]).round()];
    [left, top, (right - left).max(1.0), (bottom - top).max(1.0)]
}
