// The last steps, the same for each painting: bloom, darker corners, a soft shoulder so that lamps do not clip, sRGB, grain.
// Keep `Finish` in sync with `Uniform` in src/gpu/passes/finish.rs.

struct Finish {
    view: vec2<f32>,
    exposure: f32,
    bloom: f32,
    vignette: f32,
    grain: f32,
    colour: f32,
    // Of the tooth that serves as grain, per pixel.
    scale: f32,
};

@group(0) @binding(0) var<uniform> finish: Finish;
@group(0) @binding(1) var painted: texture_2d<f32>;
@group(0) @binding(2) var near_bloom: texture_2d<f32>;
@group(0) @binding(3) var far_bloom: texture_2d<f32>;
@group(0) @binding(4) var tooth: texture_2d<f32>;
@group(0) @binding(5) var smooth_sampler: sampler;
@group(0) @binding(6) var tiling_sampler: sampler;

@vertex
fn vertex(@builtin(vertex_index) index: u32) -> @builtin(position) vec4<f32> {
    return clip_position(corner(index) * finish.view, finish.view);
}

@fragment
fn fragment(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    let place = position.xy / finish.view;
    var light = textureLoad(painted, vec2<u32>(position.xy), 0).rgb * finish.exposure;
    let near = textureSampleLevel(near_bloom, smooth_sampler, place, 0.0).rgb;
    let far = textureSampleLevel(far_bloom, smooth_sampler, place, 0.0).rgb;
    light += finish.bloom * (0.6 * near + 0.4 * far);
    let away = (place - 0.5) * vec2<f32>(1.1, 0.95);
    light *= 1.0 - finish.vignette * pow(clamp(dot(away, away) / 0.42, 0.0, 1.0), 1.3);
    // Straight to about 0.6, then a soft shoulder.
    let square = light * light;
    light = light / sqrt(sqrt(1.0 + square * square));
    let grey = dot(light, vec3<f32>(0.2126, 0.7152, 0.0722));
    light = clamp(mix(vec3<f32>(grey), light, finish.colour), vec3<f32>(0.0), vec3<f32>(1.0));
    // IEC 61966-2-1.
    var seen = select(1.055 * pow(light, vec3<f32>(1.0 / 2.4)) - 0.055, light * 12.92, light <= vec3<f32>(0.0031308));
    let mean = dot(seen, vec3<f32>(1.0 / 3.0));
    let fibres = (textureSampleLevel(tooth, tiling_sampler, position.xy * finish.scale * 1.7, 0.0).r - 0.5) * 8.0;
    seen += finish.grain * fibres * (0.55 + 0.9 * min(mean, 0.6));
    // Half a step of noise hides the bands of a long gradient in eight bits.
    let noise = fract(sin(dot(position.xy, vec2<f32>(12.9898, 78.233))) * 43758.5453) - 0.5;
    return vec4<f32>(clamp(seen + noise / 255.0, vec3<f32>(0.0), vec3<f32>(1.0)), 1.0);
}
