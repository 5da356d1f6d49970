// A rectangle filled from one colour at its top to another at its bottom: legibility for chrome and text over the camera.
// Keep `Scrim` in sync with `Uniform` in src/gpu/passes/scrim.rs.

struct Scrim {
    // Left, top, width, height in the view, in pixels.
    area: vec4<f32>,
    // Straight gamma colours.
    top: vec4<f32>,
    bottom: vec4<f32>,
    view: vec2<f32>,
    radius: f32,
    padding: f32,
};

@group(0) @binding(0) var<uniform> scrim: Scrim;

struct Vertex {
    @builtin(position) position: vec4<f32>,
    @location(0) local: vec2<f32>,
};

@vertex
fn vertex(@builtin(vertex_index) index: u32) -> Vertex {
    let local = corner(index) * scrim.area.zw;
    return Vertex(clip_position(scrim.area.xy + local, scrim.view), local);
}

@fragment
fn fragment(in: Vertex) -> @location(0) vec4<f32> {
    let half_size = scrim.area.zw * 0.5;
    let inside = covered(rounded_box(in.local - half_size, half_size, scrim.radius));
    // An eased ramp has no visible beginning or end.
    let ramp = smoothstep(0.0, 1.0, in.local.y / scrim.area.w);
    let top = vec4<f32>(scrim.top.rgb * scrim.top.a, scrim.top.a);
    let bottom = vec4<f32>(scrim.bottom.rgb * scrim.bottom.a, scrim.bottom.a);
    var color = mix(top, bottom, ramp);
    // Half a step of noise hides the bands of a long gradient in eight bits; a flat colour stays flat.
    let noise = fract(sin(dot(floor(in.position.xy), vec2<f32>(12.9898, 78.233))) * 43758.5453) - 0.5;
    let graded = any(scrim.top != scrim.bottom);
    color.a = clamp(color.a + select(0.0, noise / 255.0, graded && color.a > 0.0), 0.0, 1.0);
    return to_target(vec4<f32>(min(color.rgb, vec3<f32>(color.a)), color.a) * inside);
}
