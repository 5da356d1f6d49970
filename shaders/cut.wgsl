// How much of each pixel lies inside a shape, exactly: every edge of its outline adds or takes away what lies below it. What is left
// is 1 inside, 0 outside, and the covered part along the edge, whatever the shape.
// Keep `Edge` in sync with `Edge` in src/gpu/passes/cut.rs.

struct Cut {
    view: vec2<f32>,
    padding: vec2<f32>,
};

@group(0) @binding(0) var<uniform> cut: Cut;

struct Edge {
    // Both ends, in pixels.
    @location(0) ends: vec4<f32>,
    // Down to here the edge counts: the lowest point of its outline.
    @location(1) bottom: f32,
};

struct Vertex {
    @builtin(position) position: vec4<f32>,
    @location(0) @interpolate(flat) ends: vec4<f32>,
};

@vertex
fn vertex(@builtin(vertex_index) index: u32, edge: Edge) -> Vertex {
    let low = floor(min(edge.ends.xy, edge.ends.zw));
    let high = vec2<f32>(ceil(max(edge.ends.x, edge.ends.z)), max(edge.bottom, low.y));
    return Vertex(clip_position(mix(low, high, corner(index)), cut.view), edge.ends);
}

// The area under a line that rises from 0 to 1 and stays there.
fn gathered(u: f32) -> f32 {
    return select(select(0.5 * u * u, u - 0.5, u >= 1.0), 0.0, u <= 0.0);
}

@fragment
fn fragment(in: Vertex) -> @location(0) vec4<f32> {
    let pixel = floor(in.position.xy);
    let forward = in.ends.z > in.ends.x;
    let a = select(in.ends.zw, in.ends.xy, forward);
    let b = select(in.ends.xy, in.ends.zw, forward);
    let left = max(pixel.x, a.x);
    let right = min(pixel.x + 1.0, b.x);
    if right <= left {
        return vec4<f32>(0.0);
    }
    let slope = (b.y - a.y) / (b.x - a.x);
    // How far the pixel's lower side is below the edge, at both ends of the part they share.
    let first = pixel.y + 1.0 - (a.y + slope * (left - a.x));
    let last = pixel.y + 1.0 - (a.y + slope * (right - a.x));
    let rise = last - first;
    let steep = abs(rise) > 1e-3;
    let mean = select(clamp(0.5 * (first + last), 0.0, 1.0), (gathered(last) - gathered(first)) / select(1.0, rise, steep), steep);
    return vec4<f32>(mean * (right - left) * select(-1.0, 1.0, forward), 0.0, 0.0, 1.0);
}
