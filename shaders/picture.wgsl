// One camera frame or still in a rectangle: cropped, mirrored, converted to RGB, with rounded corners.
// Keep `Picture` in sync with `Uniform` in src/gpu/passes/picture.rs.

struct Picture {
    // Rectangle in the view: left, top, width, height, in pixels.
    area: vec4<f32>,
    // Part of the source: left, top, width, height, 0 to 1.
    crop: vec4<f32>,
    // Rows of the conversion: colour = row.xyz · (Y, Cb, Cr) + row.w.
    red: vec4<f32>,
    green: vec4<f32>,
    blue: vec4<f32>,
    view: vec2<f32>,
    // Of the source, in pixels.
    size: vec2<f32>,
    // In pixels.
    radius: f32,
    opacity: f32,
    // How the planes are laid out: 0 NV12, 1 I420, 2 YUYV, 3 RGBA, 4 BGRX.
    kind: u32,
    // Samples per side of a pixel, more than one when the picture is shown much smaller than it is.
    taps: u32,
};

const NV12: u32 = 0u;
const I420: u32 = 1u;
const YUYV: u32 = 2u;
const BGRX: u32 = 4u;

@group(0) @binding(0) var<uniform> picture: Picture;
// NV12: luma, chroma, unused. I420: luma, Cb, Cr. YUYV: two pixels to a texel, unused twice. RGBA and
// BGRX: colour, unused twice.
@group(0) @binding(1) var first: texture_2d<f32>;
@group(0) @binding(2) var second: texture_2d<f32>;
@group(0) @binding(3) var third: texture_2d<f32>;
@group(0) @binding(4) var smooth_sampler: sampler;

struct Vertex {
    @builtin(position) position: vec4<f32>,
    // From the rectangle's top left, in pixels.
    @location(0) local: vec2<f32>,
};

@vertex
fn vertex(@builtin(vertex_index) index: u32) -> Vertex {
    let local = corner(index) * picture.area.zw;
    return Vertex(clip_position(picture.area.xy + local, picture.view), local);
}

@fragment
fn fragment(in: Vertex) -> @location(0) vec4<f32> {
    let half_size = picture.area.zw * 0.5;
    let inside = covered(rounded_box(in.local - half_size, half_size, picture.radius));
    var sum = vec4<f32>(0.0);
    let step = 1.0 / f32(picture.taps);
    for (var y = 0u; y < picture.taps; y++) {
        for (var x = 0u; x < picture.taps; x++) {
            let shift = (vec2<f32>(f32(x), f32(y)) + 0.5) * step - 0.5;
            let place = picture.crop.xy + (in.local + shift) / picture.area.zw * picture.crop.zw;
            sum += colour(place);
        }
    }
    return to_target(sum * (step * step) * picture.opacity * inside);
}

// Premultiplied colour of the source at a place (0 to 1).
fn colour(place: vec2<f32>) -> vec4<f32> {
    if picture.kind == BGRX {
        return vec4<f32>(textureSampleLevel(first, smooth_sampler, place, 0.0).rgb, 1.0);
    }
    if picture.kind > YUYV {
        let rgba = textureSampleLevel(first, smooth_sampler, place, 0.0);
        return vec4<f32>(rgba.rgb * rgba.a, rgba.a);
    }
    let ycc = vec4<f32>(luma(place), chroma(place), 1.0);
    let rgb = vec3<f32>(dot(picture.red, ycc), dot(picture.green, ycc), dot(picture.blue, ycc));
    return vec4<f32>(clamp(rgb, vec3<f32>(0.0), vec3<f32>(1.0)), 1.0);
}

fn luma(place: vec2<f32>) -> f32 {
    if picture.kind != YUYV {
        return textureSampleLevel(first, smooth_sampler, place, 0.0).r;
    }
    // Two pixels share a texel, so the interpolation is ours.
    let at = place * picture.size - 0.5;
    let low = floor(at);
    let part = at - low;
    let top = mix(packed_luma(low), packed_luma(low + vec2<f32>(1.0, 0.0)), part.x);
    let bottom = mix(packed_luma(low + vec2<f32>(0.0, 1.0)), packed_luma(low + vec2<f32>(1.0, 1.0)), part.x);
    return mix(top, bottom, part.y);
}

fn packed_luma(pixel: vec2<f32>) -> f32 {
    let at = vec2<u32>(clamp(pixel, vec2<f32>(0.0), picture.size - 1.0));
    let texel = textureLoad(first, vec2<u32>(at.x / 2u, at.y), 0);
    return select(texel.r, texel.b, (at.x & 1u) == 1u);
}

fn chroma(place: vec2<f32>) -> vec2<f32> {
    // Chroma samples sit on the left of each pair of pixels (MPEG-2 siting, which cameras and GStreamer use): a quarter of a
    // chroma sample to the left of its middle.
    let width = ceil(picture.size.x / 2.0);
    let at = vec2<f32>((place.x * picture.size.x / 2.0 + 0.25) / width, place.y);
    switch picture.kind {
        case NV12: {
            return textureSampleLevel(second, smooth_sampler, at, 0.0).rg;
        }
        case I420: {
            let cb = textureSampleLevel(second, smooth_sampler, at, 0.0).r;
            return vec2<f32>(cb, textureSampleLevel(third, smooth_sampler, at, 0.0).r);
        }
        default: {
            return textureSampleLevel(first, smooth_sampler, at, 0.0).ga;
        }
    }
}
