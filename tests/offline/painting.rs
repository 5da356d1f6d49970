//! Paintings: the same words and seed give the same picture, every scene gives one with light and dark in it.
//! `ONETAKE_LOOK=folder` leaves them there to be looked at.

use std::path::Path;
use std::sync::{Mutex, OnceLock};

use onetake::core::paint::palette::Style;
use onetake::core::paint::{Brief, paint};
use onetake::gpu::context::Offscreen;
use onetake::gpu::painter;

const SIZE: [u32; 2] = [480, 270];

/// What people ask for, one of each scene and some of the demo's own.
const PROMPTS: [&str; 38] = [
    "A writing desk in a dark room before dawn, an oil lantern burning beside an open notebook, blue hills outside, one small lit bus far away",
    "An old night bus standing at the last stop above a sleeping city, warm windows in violet rain, one street lamp, wet road",
    "Sunset over hills, a great tree, a person walking home",
    "A winding road through snowy hills at dusk, pines, a cabin with smoke",
    "The same room in full morning, arched window, a curtain, a cup of coffee, a plant",
    "A lighthouse in a storm, high waves",
    "A sailing boat on a calm sea at dawn, seagulls",
    "A path through a misty forest in the morning",
    "Mountains over a still lake under the stars",
    "Desert dunes at noon, a cactus",
    "Planets and a rocket in space",
    "Fish over a coral reef",
    "A speaker on a stage before a crowd, spotlight",
    "A portrait of a smiling woman",
    "A quiet feeling that nobody can name",
    "Energy, speed, everything at once",
    "A village in autumn, a bridge over the river",
    "A field of flowers in spring, hot-air balloons",
    "A campfire and a tent in the mountains at night",
    "Northern lights over snow and pines",
    "City skyline at golden hour",
    "A laptop on a desk at night, city lights behind the window",
    "A train crosses a green valley",
    "A family on the beach at sunset",
    "Why do we fail? Fear and conflict",
    "Hope: a new beginning",
    "Joy and celebration",
    "A library with many books, somebody reading",
    "A clock on the wall, eight minutes",
    "Rain on a street at noon, a red car",
    "Bees and butterflies over a meadow, a hive, sunny morning",
    "bees, wide hills under a big sky, a path going up, before dawn, first peach light",
    "bees, a writing desk by a tall window, an open notebook, hills outside, before dawn, first peach light",
    "bees, a calm sea, one small boat, before dawn, first peach light",
    "A horse and a deer on a hill at sunset",
    "Sheep and a dog on a green hill, clear day",
    "A cat in a room, sunny afternoon, flowers",
    "Butterflies, a portrait of a woman in spring",
];

/// One device for all: a software driver is a heavy guest.
fn gpu() -> &'static Mutex<Offscreen> {
    static GPU: OnceLock<Mutex<Offscreen>> = OnceLock::new();
    GPU.get_or_init(|| Mutex::new(Offscreen::open().expect("a Vulkan driver, if only Mesa's lavapipe")))
}

fn picture(prompt: &str, style: Style, seed: u64, size: [u32; 2]) -> Vec<u8> {
    let painting = paint(&Brief { prompt, style, own: &[], seed, width: size[0], height: size[1] });
    let gpu = gpu().lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    painter::paint(&gpu, &painting, size).expect("it is painted")
}

fn keep(name: &str, rgba: &[u8], size: [u32; 2]) {
    if let Some(folder) = std::env::var_os("ONETAKE_LOOK") {
        let path = Path::new(&folder).join(format!("{name}.png"));
        image::save_buffer(path, rgba, size[0], size[1], image::ColorType::Rgba8).unwrap();
    }
}

/// Mean and spread of the brightness, 0 to 255.
fn light(rgba: &[u8]) -> (f64, f64) {
    let values: Vec<f64> =
        rgba.chunks_exact(4).map(|p| 0.2126 * f64::from(p[0]) + 0.7152 * f64::from(p[1]) + 0.0722 * f64::from(p[2])).collect();
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    (mean, (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt())
}

#[test]
fn every_prompt_gives_a_picture_with_light_and_dark() {
    for (at, prompt) in PROMPTS.into_iter().enumerate() {
        let rgba = picture(prompt, Style::Paper, 1, SIZE);
        keep(&format!("{at:02}"), &rgba, SIZE);
        let (mean, spread) = light(&rgba);
        assert!((12.0..236.0).contains(&mean) && spread > 14.0, "{prompt}: mean {mean:.0}, spread {spread:.0}");
        assert!(rgba.chunks_exact(4).all(|pixel| pixel[3] == 255), "{prompt}: a hole");
    }
}

#[test]
fn the_same_words_and_seed_are_the_same_picture_to_the_bit() {
    let one = picture(PROMPTS[2], Style::Paper, 7, SIZE);
    assert!(one == picture(PROMPTS[2], Style::Paper, 7, SIZE));
    let other = picture(PROMPTS[2], Style::Paper, 8, SIZE);
    let apart = one.iter().zip(&other).filter(|(a, b)| a.abs_diff(**b) > 12).count();
    assert!(apart > one.len() / 20, "another seed moves things: {apart} of {}", one.len());
    keep("seed-7", &one, SIZE);
    keep("seed-8", &other, SIZE);
}

#[test]
fn a_style_and_every_proportion_are_drawn() {
    for (name, style) in [("dusk", Style::Dusk), ("ink", Style::Ink), ("aurora", Style::Aurora)] {
        for (at, prompt) in [PROMPTS[2], PROMPTS[0], PROMPTS[20]].into_iter().enumerate() {
            let rgba = picture(prompt, style, 3, SIZE);
            keep(&format!("style-{name}-{at}"), &rgba, SIZE);
            assert!(light(&rgba).1 > 10.0, "{name}");
        }
    }
    for (name, size) in [("tall", [360, 640]), ("square", [420, 420]), ("wide", [840, 360])] {
        for (at, prompt) in [PROMPTS[2], PROMPTS[0], PROMPTS[1], PROMPTS[5]].into_iter().enumerate() {
            let rgba = picture(prompt, Style::Paper, 4, size);
            keep(&format!("shape-{name}-{at}"), &rgba, size);
            assert_eq!(rgba.len(), (size[0] * size[1] * 4) as usize);
            assert!(light(&rgba).1 > 10.0, "{name}: {prompt}");
        }
    }
}
