//! The passes: each is one `.wgsl` in `shaders/` and one file here of the same name. A pass owns its pipeline; what a view needs
//! beyond it (uniforms, textures) lives in that pass's `View`, because egui shares callback resources between windows.

pub mod label;
pub mod picture;
pub mod planes;
pub mod prompter;
pub mod scrim;

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
            targets: &[Some(wgpu::ColorTargetState {
                format,
                blend: Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
                write_mask: wgpu::ColorWrites::ALL,
            })],
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
