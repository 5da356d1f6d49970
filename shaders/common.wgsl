// What every pass shares; put in front of each pass's own file.
//
// Colours are gamma-encoded sRGB throughout, because egui's framebuffer is (Rgba8Unorm or Bgra8Unorm) and blends so. Only
// when the target itself converts (an ...Srgb format) is the last step to linear light.

override LINEAR_TARGET: bool = false;

// The corners of a unit square as a triangle strip of four vertices: (0,0) (1,0) (0,1) (1,1).
fn corner(index: u32) -> vec2<f32> {
    return vec2<f32>(f32(index & 1u), f32(index >> 1u));
}

// Pixels of the view, from its top left, to clip space.
fn clip_position(px: vec2<f32>, view: vec2<f32>) -> vec4<f32> {
    return vec4<f32>(2.0 * px.x / view.x - 1.0, 1.0 - 2.0 * px.y / view.y, 0.0, 1.0);
}

// Signed distance to a box with rounded corners around the origin, negative inside.
// https://iquilezles.org/articles/distfunctions2d/
fn rounded_box(p: vec2<f32>, half_size: vec2<f32>, radius: f32) -> f32 {
    let q = abs(p) - half_size + radius;
    return min(max(q.x, q.y), 0.0) + length(max(q, vec2<f32>(0.0))) - radius;
}

// How much of a pixel lies inside a shape at this distance from its centre, in pixels.
fn covered(distance: f32) -> f32 {
    return clamp(0.5 - distance, 0.0, 1.0);
}

// A premultiplied gamma colour, as the target wants it.
fn to_target(color: vec4<f32>) -> vec4<f32> {
    if !LINEAR_TARGET || color.a <= 0.0 {
        return color;
    }
    // IEC 61966-2-1.
    let c = clamp(color.rgb / color.a, vec3<f32>(0.0), vec3<f32>(1.0));
    let linear = select(pow((c + 0.055) / 1.055, vec3<f32>(2.4)), c / 12.92, c <= vec3<f32>(0.04045));
    return vec4<f32>(linear * color.a, color.a);
}
