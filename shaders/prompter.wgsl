// Drawn rows of text at a fraction of a pixel, dimmed away from the eye line, and the marker beside it.
// Keep `Prompter` and `Instance` in sync with `Uniform` and `Instance` in src/gpu/passes/prompter.rs.
//
// All places are in pixels from the top left of the prompter's rectangle, before mirroring. Instances have whole-pixel places
// relative to a whole-pixel base; only `offset` moves with time, so nothing loses precision however long the script is.

struct Prompter {
    view: vec2<f32>,
    // The rectangle in the view.
    origin: vec2<f32>,
    size: vec2<f32>,
    // 1 mirrors left and right, up and down.
    mirror: vec2<f32>,
    // Added to every row's height, -1 to 0.
    offset: f32,
    // Height of the eye line.
    eye: f32,
    // Full brightness up to this distance from the eye line, `far` from the second distance on.
    near_distance: f32,
    far_distance: f32,
    far: f32,
    opacity: f32,
    // Height over which text fades out at the top and bottom edges.
    fade: f32,
    padding: f32,
    // Straight gamma colour of the marker.
    marker: vec4<f32>,
};

struct Instance {
    @location(0) place: vec2<f32>,
    @location(1) size: vec2<f32>,
    // A layer of the rows' texture; MARKER and MARKER_LEFT draw a triangle, MARKER_LINE a line instead.
    @location(2) layer: u32,
};

const MARKER_LINE: u32 = 0xfffffffdu;
const MARKER_LEFT: u32 = 0xfffffffeu;
const MARKER: u32 = 0xffffffffu;

// A line runs behind the letters; brighter, it would cross them out.
const LINE_STRENGTH: f32 = 0.5;

@group(0) @binding(0) var<uniform> prompter: Prompter;
@group(0) @binding(1) var rows: texture_2d_array<f32>;
@group(0) @binding(2) var rows_sampler: sampler;

struct Vertex {
    @builtin(position) position: vec4<f32>,
    // Texel in the row's picture; in the marker, pixels from its top left.
    @location(0) texel: vec2<f32>,
    // Height in the rectangle, before mirroring.
    @location(1) height: f32,
    @location(2) @interpolate(flat) layer: u32,
    @location(3) @interpolate(flat) size: vec2<f32>,
};

@vertex
fn vertex(@builtin(vertex_index) index: u32, instance: Instance) -> Vertex {
    let is_row = instance.layer < MARKER_LINE;
    let texel = corner(index) * instance.size;
    var local = instance.place + texel;
    local.y += select(0.0, prompter.offset, is_row);
    let shown = mix(local, prompter.size - local, prompter.mirror);
    let position = clip_position(prompter.origin + shown, prompter.view);
    // Skips the outermost pixel of the picture: linear filtering reads it, nothing shows it.
    return Vertex(position, texel + select(0.0, 1.0, is_row), local.y, instance.layer, instance.size);
}

@fragment
fn fragment(in: Vertex) -> @location(0) vec4<f32> {
    if in.layer == MARKER_LINE {
        return to_target(vec4<f32>(prompter.marker.rgb, 1.0) * prompter.marker.a * LINE_STRENGTH * prompter.opacity);
    }
    if in.layer >= MARKER_LEFT {
        return to_target(marker(in.texel, in.size, in.layer == MARKER_LEFT) * prompter.opacity);
    }
    let size = vec2<f32>(textureDimensions(rows));
    let text = textureSampleLevel(rows, rows_sampler, in.texel / size, in.layer, 0.0);
    let away = smoothstep(prompter.near_distance, prompter.far_distance, abs(in.height - prompter.eye));
    let edge = min(in.height, prompter.size.y - in.height);
    let shown = select(step(0.0, edge), smoothstep(0.0, prompter.fade, edge), prompter.fade > 0.0);
    return to_target(text * mix(1.0, prompter.far, away) * shown * prompter.opacity);
}

// A triangle that points at the text, with soft edges.
fn marker(at: vec2<f32>, size: vec2<f32>, to_the_left: bool) -> vec4<f32> {
    let x = select(at.x, size.x - at.x, to_the_left);
    // Distances to the base and to the two sides (mirror images of each other). One pixel of the quad is left for softness.
    let half_height = size.y * 0.5 - 1.0;
    let length_px = size.x - 2.0;
    let side = normalize(vec2<f32>(half_height, length_px));
    let to_side = dot(vec2<f32>(x - 1.0, abs(at.y - size.y * 0.5) - half_height), side);
    let inside = covered(max(to_side, 1.0 - x));
    return vec4<f32>(prompter.marker.rgb, 1.0) * prompter.marker.a * inside;
}
