//! The passes: each is one `.wgsl` in `shaders/` and one file here of the same name. A pass owns its pipeline; what a view needs
//! beyond it (uniforms, textures) lives in that pass's `View`, because egui shares callback resources between windows.

pub(super) mod cut;
pub(super) mod finish;
pub mod label;
pub(super) mod paint;
pub mod picture;
pub mod planes;
pub mod prompter;
pub mod scrim;
pub(super) mod soften;
mod tooth;

/// Put in front of every shader.
pub const COMMON: &str = include_str!("../../../shaders/common.wgsl");

/// Everything that tells one of our pipelines from another.
pub(super) struct Recipe<'a> {
    pub label: &'a str,
    pub source: &'a str,
    pub groups: &'a [wgpu::BindGroupLayoutEntry],
    pub buffers: &'a [Option<wgpu::VertexBufferLayout<'a>>],
}

/// A pipeline that draws quads (triangle strips of four vertices), premultiplied, over what is there.
pub(super) fn pipeline(
    device: &wgpu::Device,
    format: wgpu::TextureFormat,
    recipe: &Recipe<'_>,
) -> (wgpu::RenderPipeline, wgpu::BindGroupLayout) {
    pipeline_blending(device, format, recipe, wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING)
}

/// As `pipeline`, with another way to come over what is there.
pub(super) fn pipeline_blending(
    device: &wgpu::Device,
    format: wgpu::TextureFormat,
    recipe: &Recipe<'_>,
    blend: wgpu::BlendState,
) -> (wgpu::RenderPipeline, wgpu::BindGroupLayout) {
    let label = Some(recipe.label);
    let source = wgpu::ShaderSource::Wgsl(format!("{COMMON}\n{}", recipe.source).into());
    let module = device.create_shader_module(wgpu::ShaderModuleDescriptor { label, source });
    let group = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label, entries: recipe.groups });
    let layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label,
        bind_group_layouts: &[Some(&group)],
        immediate_size: 0,
    });
    let constants = [("LINEAR_TARGET", f64::from(u8::from(format.is_srgb())))];
    let compilation_options = wgpu::PipelineCompilationOptions { constants: &constants, ..Default::default() };
    let pipeline = device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label,
        layout: Some(&layout),
        vertex: wgpu::VertexState {
            module: &module,
            entry_point: Some("vertex"),
            compilation_options: compilation_options.clone(),
            buffers: recipe.buffers,
        },
        primitive: wgpu::PrimitiveState { topology: wgpu::PrimitiveTopology::TriangleStrip, ..Default::default() },
        depth_stencil: None,
        multisample: wgpu::MultisampleState::default(),
        fragment: Some(wgpu::FragmentState {
            module: &module,
            entry_point: Some("fragment"),
            compilation_options,
            targets: &[Some(wgpu::ColorTargetState { format, blend: Some(blend), write_mask: wgpu::ColorWrites::ALL })],
        }),
        multiview_mask: None,
        cache: None,
    });
    (pipeline, group)
}

pub(super) fn uniform_entry() -> wgpu::BindGroupLayoutEntry {
    wgpu::BindGroupLayoutEntry {
        binding: 0,
        visibility: wgpu::ShaderStages::VERTEX_FRAGMENT,
        ty: wgpu::BindingType::Buffer {
            ty: wgpu::BufferBindingType::Uniform,
            has_dynamic_offset: false,
            min_binding_size: None,
        },
        count: None,
    }
}

pub(super) fn texture_entry(binding: u32, view_dimension: wgpu::TextureViewDimension) -> wgpu::BindGroupLayoutEntry {
    wgpu::BindGroupLayoutEntry {
        binding,
        visibility: wgpu::ShaderStages::FRAGMENT,
        ty: wgpu::BindingType::Texture {
            sample_type: wgpu::TextureSampleType::Float { filterable: true },
            view_dimension,
            multisampled: false,
        },
        count: None,
    }
}

pub(super) fn sampler_entry(binding: u32) -> wgpu::BindGroupLayoutEntry {
    wgpu::BindGroupLayoutEntry {
        binding,
        visibility: wgpu::ShaderStages::FRAGMENT,
        ty: wgpu::BindingType::Sampler(wgpu::SamplerBindingType::Filtering),
        count: None,
    }
}

/// Linear filtering, clamped at the edges.
pub(super) fn smooth_sampler(device: &wgpu::Device) -> wgpu::Sampler {
    device.create_sampler(&wgpu::SamplerDescriptor {
        label: Some("smooth"),
        mag_filter: wgpu::FilterMode::Linear,
        min_filter: wgpu::FilterMode::Linear,
        ..wgpu::SamplerDescriptor::default()
    })
}

pub(super) fn buffer(device: &wgpu::Device, label: &str, size: usize, usage: wgpu::BufferUsages) -> wgpu::Buffer {
    device.create_buffer(&wgpu::BufferDescriptor {
        label: Some(label),
        size: size as u64,
        usage: usage | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    })
}

/// A texture that one pass draws into and another reads.
pub(super) fn drawn_and_read(
    device: &wgpu::Device,
    label: &str,
    size: [u32; 2],
    format: wgpu::TextureFormat,
) -> wgpu::TextureView {
    let texture = device.create_texture(&wgpu::TextureDescriptor {
        label: Some(label),
        size: wgpu::Extent3d { width: size[0], height: size[1], depth_or_array_layers: 1 },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format,
        usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::TEXTURE_BINDING,
        view_formats: &[],
    });
    texture.create_view(&wgpu::TextureViewDescriptor::default())
}

/// A render pass into one view, cleared to nothing or over what is there.
fn begin<'a>(
    encoder: &'a mut wgpu::CommandEncoder,
    label: &str,
    view: &wgpu::TextureView,
    clear: bool,
) -> wgpu::RenderPass<'a> {
    let load = if clear { wgpu::LoadOp::Clear(wgpu::Color::TRANSPARENT) } else { wgpu::LoadOp::Load };
    encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
        label: Some(label),
        color_attachments: &[Some(wgpu::RenderPassColorAttachment {
            view,
            depth_slice: None,
            resolve_target: None,
            ops: wgpu::Operations { load, store: wgpu::StoreOp::Store },
        })],
        ..wgpu::RenderPassDescriptor::default()
    })
}

/// Keeps a pass to an area (left, top, right, bottom) of a target of this size; false when nothing of it is seen.
fn limit(pass: &mut wgpu::RenderPass<'_>, area: [f32; 4], size: [u32; 2]) -> bool {
    let [left, top, right, bottom] = area;
    let low = |value: f32, most: u32| (value.floor().max(0.0) as u32).min(most);
    let high = |value: f32, most: u32| (value.ceil().max(0.0) as u32).min(most);
    let (x, y) = (low(left, size[0]), low(top, size[1]));
    let (past_x, past_y) = (high(right, size[0]), high(bottom, size[1]));
    if past_x <= x || past_y <= y {
        return false;
    }
    pass.set_scissor_rect(x, y, past_x - x, past_y - y);
    true
}

/// A uniform that is written once.
fn written(device: &wgpu::Device, label: &str, bytes: &[u8]) -> wgpu::Buffer {
    filled(device, label, bytes, wgpu::BufferUsages::UNIFORM)
}

fn filled(device: &wgpu::Device, label: &str, bytes: &[u8], usage: wgpu::BufferUsages) -> wgpu::Buffer {
    let size = bytes.len().next_multiple_of(wgpu::COPY_BUFFER_ALIGNMENT as usize) as u64;
    let descriptor = wgpu::BufferDescriptor { label: Some(label), size, usage, mapped_at_creation: true };
    let buffer = device.create_buffer(&descriptor);
    if let Ok(mut mapped) = buffer.get_mapped_range_mut(..bytes.len() as u64) {
        mapped.copy_from_slice(bytes);
    }
    buffer.unmap();
    buffer
}

/// A buffer of vertices that is written once.
pub(super) fn vertices(device: &wgpu::Device, label: &str, bytes: &[u8]) -> wgpu::Buffer {
    filled(device, label, bytes, wgpu::BufferUsages::VERTEX)
}

/// Clears a texture to nothing.
pub(super) fn begin_clear(encoder: &mut wgpu::CommandEncoder, view: &wgpu::TextureView) {
    drop(begin(encoder, "clear", view, true));
}

/// Draws into a cleared view, within an area of it.
pub(super) fn limited(
    encoder: &mut wgpu::CommandEncoder,
    label: &str,
    view: &wgpu::TextureView,
    area: [f32; 4],
    size: [u32; 2],
    draw: impl FnOnce(&mut wgpu::RenderPass<'_>),
) {
    let mut pass = begin(encoder, label, view, true);
    if limit(&mut pass, area, size) {
        draw(&mut pass);
    }
}
