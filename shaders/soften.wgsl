// One step of a blur: first a picture at a quarter of its size, then a Gaussian along one direction at a time.
// Keep `Soften` in sync with `Step` in src/gpu/passes/soften.rs.

struct Soften {
    // Of the target, in pixels.
    view: vec2<f32>,
    // One pixel of the source, in its whole.
    texel: vec2<f32>,
    // (1, 0) or (0, 1); (0, 0) makes it smaller.
    along: vec2<f32>,
    // In pixels of the target.
    sigma: f32,
    // Only what is brighter than this.
    above: f32,
};

@group(0) @binding(0) var<uniform> soften: Soften;
@group(0) @binding(1) var source: texture_2d<f32>;
@group(0) @binding(2) var smooth_sampler: sampler;

@vertex
fn vertex(@builtin(vertex_index) index: u32) -> @builtin(position) vec4<f32> {
    return clip_position(corner(index) * soften.view, soften.view);
}

@fragment
fn fragment(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    let place = position.xy / soften.view;
    if all(soften.along == vec2<f32>(0.0)) {
        var sum = vec4<f32>(0.0);
        for (var at = 0u; at < 4u; at++) {
            sum += textureSampleLevel(source, smooth_sampler, place + (corner(at) * 2.0 - 1.0) * soften.texel, 0.0);
        }
        return clamp(abs(sum * 0.25) - soften.above, vec4<f32>(0.0), vec4<f32>(4.0));
    }
    let reach = i32(ceil(soften.sigma * 2.6));
    var sum = textureSampleLevel(source, smooth_sampler, place, 0.0);
    var weight = 1.0;
    for (var at = 1; at <= reach; at++) {
        let step = f32(at);
        let share = exp(-0.5 * step * step / (soften.sigma * soften.sigma));
        let shift = soften.along * soften.texel * step;
        sum += share * (textureSampleLevel(source, smooth_sampler, place + shift, 0.0) + textureSampleLevel(source, smooth_sampler, place - shift, 0.0));
        weight += 2.0 * share;
    }
    return sum / weight;
}
