// One sheet of paper or one glow over what is there: its shadow on what lies behind, its colour under the scene's light, the tooth of
// the paper, a bright edge on the side that the light comes from. In linear light; `finish.wgsl` makes a picture for a screen of it.
// Keep `Layer` and `Scene` in sync with src/gpu/passes/paint.rs.

struct Layer {
    // Oklab, and where along the axis.
    stops: array<vec4<f32>, 4>,
    // From here to there, in pixels.
    axis: vec4<f32>,
    // Left, top, right, bottom of what is drawn.
    area: vec4<f32>,
    // Linear light of the bright edge, and its width in pixels.
    rim: vec4<f32>,
    // How high it lies in pixels, darkness of its shadow, strength of the tooth, share of the scene's light.
    paper: vec4<f32>,
    // Opacity, and where its tooth is taken from.
    cover: vec4<f32>,
    // A glow: middle, radius, height over width.
    glow: vec4<f32>,
    // Its light.
    light: vec4<f32>,
    // What it is (below), colours run outwards, its edge is blurred.
    kind: vec4<u32>,
};

struct Scene {
    ambient: vec4<f32>,
    // Of the shadows, linear.
    shade: vec4<f32>,
    // Where light comes from; pixels of a short side of 1080.
    toward: vec4<f32>,
    view: vec2<f32>,
    lamps: u32,
    padding: u32,
    // Twice each: place, reach, power; then colour.
    lamp: array<vec4<f32>, 8>,
};

const SHEET: u32 = 0u;
const ADDS: u32 = 1u;
const GLOW: u32 = 2u;

@group(0) @binding(0) var<uniform> layer: Layer;
@group(0) @binding(1) var<uniform> scene: Scene;
@group(0) @binding(2) var mask: texture_2d<f32>;
@group(0) @binding(3) var softened: texture_2d<f32>;
@group(0) @binding(4) var tooth: texture_2d<f32>;
@group(0) @binding(5) var smooth_sampler: sampler;
@group(0) @binding(6) var tiling_sampler: sampler;

@vertex
fn vertex(@builtin(vertex_index) index: u32) -> @builtin(position) vec4<f32> {
    return clip_position(mix(layer.area.xy, layer.area.zw, corner(index)), scene.view);
}

@fragment
fn fragment(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    let place = position.xy;
    if layer.kind.x == GLOW {
        let away = (place - layer.glow.xy) / vec2<f32>(layer.glow.z, layer.glow.z * layer.glow.w);
        let strength = max(exp(-1.6 * dot(away, away)) - 0.003, 0.0);
        return vec4<f32>(layer.light.rgb * strength * layer.light.a, 0.0);
    }
    let inside = select(crisp(place), blurred(place), layer.kind.z == 1u);
    let alpha = inside * layer.cover.x;
    if layer.kind.x == ADDS {
        if alpha <= 0.0 {
            discard;
        }
        return vec4<f32>(colour(place) * alpha, 0.0);
    }
    var shadow = 0.0;
    if layer.paper.y > 0.0 {
        let shift = scene.toward.xy * layer.paper.x;
        let wide = blurred(place + shift * 0.55);
        let tight = blurred(place + shift * 0.15);
        shadow = clamp(layer.paper.y * (0.62 * wide + 0.38 * tight * tight), 0.0, 0.95) * (1.0 - inside) * layer.cover.x;
    }
    if alpha + shadow <= 0.0 {
        discard;
    }
    var light = scene.shade.rgb * shadow * (1.0 - alpha);
    if alpha > 0.0 {
        let edge = clamp(inside - crisp(place + scene.toward.xy * layer.rim.w), 0.0, 1.0);
        light += colour(place) * alpha + layer.rim.rgb * lit(place) * edge * layer.cover.x;
    }
    return vec4<f32>(light, 1.0 - (1.0 - alpha) * (1.0 - shadow));
}

fn crisp(place: vec2<f32>) -> f32 {
    // Sums of half precision leave a trace where nothing is.
    return clamp((abs(textureSampleLevel(mask, smooth_sampler, place / scene.view, 0.0).r) - 0.008) / 0.984, 0.0, 1.0);
}

fn blurred(place: vec2<f32>) -> f32 {
    return clamp((textureSampleLevel(softened, smooth_sampler, place / scene.view, 0.0).r - 0.004) / 0.992, 0.0, 1.0);
}

// What the sheet sends back.
fn colour(place: vec2<f32>) -> vec3<f32> {
    let axis = layer.axis.zw - layer.axis.xy;
    let away = place - layer.axis.xy;
    let along = select(dot(away, axis) / max(dot(axis, axis), 1e-6), length(away) / max(length(axis), 1e-3), layer.kind.y == 1u);
    var lab = layer.stops[0].xyz;
    for (var at = 1u; at < 4u; at++) {
        let begin = layer.stops[at - 1u].w;
        let end = layer.stops[at].w;
        let part = clamp((along - begin) / max(end - begin, 1e-4), 0.0, 1.0);
        lab = mix(lab, layer.stops[at].xyz, part);
    }
    let scale = scene.toward.z / 512.0;
    let fibres = (textureSampleLevel(tooth, tiling_sampler, place * scale + layer.cover.yz, 0.0).r - 0.5) * 8.0;
    let paper = clamp(1.0 + layer.paper.z * fibres, 0.6, 1.5);
    return linear_of(lab) * paper * mix(vec3<f32>(1.0), lit(place), layer.paper.w);
}

// The light that falls on a place.
fn lit(place: vec2<f32>) -> vec3<f32> {
    var sum = scene.ambient.rgb;
    for (var at = 0u; at < scene.lamps; at++) {
        let lamp = scene.lamp[at * 2u];
        let away = (place - lamp.xy) * vec2<f32>(1.0, 1.1) / lamp.z;
        sum += scene.lamp[at * 2u + 1u].rgb * lamp.w / pow(1.0 + dot(away, away), 1.35);
    }
    return sum;
}

// https://bottosson.github.io/posts/oklab/
fn linear_of(lab: vec3<f32>) -> vec3<f32> {
    let root = vec3<f32>(
        lab.x + 0.3963377774 * lab.y + 0.2158037573 * lab.z,
        lab.x - 0.1055613458 * lab.y - 0.0638541728 * lab.z,
        lab.x - 0.0894841775 * lab.y - 1.2914855480 * lab.z,
    );
    let lms = root * root * root;
    return max(vec3<f32>(
        dot(lms, vec3<f32>(4.0767416621, -3.3077115913, 0.2309699292)),
        dot(lms, vec3<f32>(-1.2684380046, 2.6097574011, -0.3413193965)),
        dot(lms, vec3<f32>(-0.0041960863, -0.7034186147, 1.7076147010)),
    ), vec3<f32>(0.0));
}
