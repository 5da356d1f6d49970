// A line of text that stands still: a title, a time, a sentence in the middle of an empty display.
// Keep `Label` in sync with `Uniform` in src/gpu/passes/label.rs.

struct Label {
    view: vec2<f32>,
    // Top left of the drawn line, in whole pixels of the view before mirroring.
    place: vec2<f32>,
    size: vec2<f32>,
    // 1 mirrors the whole view left and right, up and down.
    mirror: vec2<f32>,
};

@group(0) @binding(0) var<uniform> label: Label;
@group(0) @binding(1) var line: texture_2d<f32>;
@group(0) @binding(2) var line_sampler: sampler;

struct Vertex {
    @builtin(position) position: vec4<f32>,
    @location(0) uv: vec2<f32>,
};

@vertex
fn vertex(@builtin(vertex_index) index: u32) -> Vertex {
    let at = label.place + corner(index) * label.size;
    return Vertex(clip_position(mix(at, label.view - at, label.mirror), label.view), corner(index));
}

@fragment
fn fragment(in: Vertex) -> @location(0) vec4<f32> {
    return to_target(textureSampleLevel(line, line_sampler, in.uv, 0.0));
}
