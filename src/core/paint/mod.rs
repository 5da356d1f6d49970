//! The offline painter's head: from a prompt's words to a stack of paper sheets, all decided by words and seed. It is no AI and does not
//! pretend to be: a word list says what is asked for, a handful of scenes know how to show it, chance does the rest. What comes out are
//! shapes and colours; `gpu::passes::paint` turns them into pixels.

pub mod account;
mod canvas;
pub mod colour;
mod creatures;
pub mod cut;
mod dice;
mod figures;
mod indoors;
mod land;
mod lexicon;
mod moods;
pub mod palette;
mod plan;
pub mod sheet;
mod sky;
mod still_life;
mod town;
mod trees;
mod vehicles;
mod water;
mod window;
mod worlds;

use canvas::Canvas;
use dice::Dice;
use palette::{Palette, Style};
use plan::Setting;

pub use dice::noise;
pub use sheet::Painting;

/// What is to be painted.
#[derive(Clone, Debug, PartialEq)]
pub struct Brief<'a> {
    pub prompt: &'a str,
    pub style: Style,
    /// The project's colours, if it has some.
    pub own: &'a [colour::Lab],
    pub seed: u64,
    /// Pixels, for the proportions.
    pub width: u32,
    pub height: u32,
}

/// Decides the whole picture. The same brief gives the same picture.
pub fn paint(brief: &Brief<'_>) -> Painting {
    let mut dice = Dice::new(brief.seed ^ fingerprint(brief.prompt));
    let reading = lexicon::read(brief.prompt);
    let palette = Palette::of(&reading, brief.style, brief.own, &mut dice);
    let (width, height) = (brief.width.max(1) as f32, brief.height.max(1) as f32);
    let short = width.min(height);
    let setting = Setting::of(&reading);
    let mut canvas = Canvas::new(width / short, height / short, palette, reading, dice, brief.style);
    plan::draw(&mut canvas, setting);
    canvas.finished(setting)
}

/// FNV-1a of the words.
fn fingerprint(text: &str) -> u64 {
    text.trim().bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::sheet::Layer;
    use super::*;

    const PROMPTS: [&str; 21] = [
        "",
        "a lantern-lit desk, dawn outside",
        "hills at sunset with a big tree and a person",
        "a night bus in violet rain above a sleeping city",
        "a lighthouse in a storm, a boat",
        "snow, pines, a cabin with smoke",
        "a forest path in the morning mist",
        "mountains over a lake under the stars",
        "desert dunes and a car",
        "space, planets, a rocket",
        "fish over a coral reef underwater",
        "a speaker on a stage before a crowd",
        "a portrait of a smiling woman",
        "a quiet feeling that nobody can name",
        "energy and speed",
        "a village street at dusk, a street lamp, a car and a bridge over a river",
        "a field of flowers, a balloon, birds",
        "静かな夜の海",
        "bees and butterflies over a meadow, a hive",
        "a horse, a deer, sheep and a dog on a hill at dawn",
        "a cat in a room with bees",
    ];

    fn brief(prompt: &str, seed: u64, width: u32, height: u32) -> Brief<'_> {
        Brief { prompt, style: Style::Paper, own: &[], seed, width, height }
    }

    #[test]
    fn the_same_words_and_seed_paint_the_same_and_others_paint_another() {
        let one = paint(&brief(PROMPTS[2], 5, 1920, 1080));
        assert_eq!(one, paint(&brief(PROMPTS[2], 5, 1920, 1080)));
        assert_ne!(one, paint(&brief(PROMPTS[2], 6, 1920, 1080)));
        assert_ne!(one, paint(&brief(PROMPTS[3], 5, 1920, 1080)));
    }

    #[test]
    fn every_scene_stands_in_every_proportion() {
        for prompt in PROMPTS {
            for (width, height) in [(1920, 1080), (1080, 1920), (512, 512), (2520, 1080), (1, 1)] {
                for seed in 0..3 {
                    let painting = paint(&brief(prompt, seed, width, height));
                    check(&painting, prompt);
                }
            }
        }
    }

    /// Nothing that a GPU could trip over, and a ground under everything.
    fn check(painting: &Painting, prompt: &str) {
        assert!(painting.layers.len() > 5, "{prompt:?}");
        assert!(painting.layers.len() < 400, "{prompt:?}: {}", painting.layers.len());
        let Layer::Sheet(back) = &painting.layers[0] else { panic!("{prompt:?} begins with no sheet") };
        let [left, top, right, bottom] = back.cut.bounds().unwrap();
        assert!(left <= 0.0 && top <= 0.0 && right >= painting.width && bottom >= painting.height, "{prompt:?}");
        for layer in &painting.layers {
            let Layer::Sheet(sheet) = layer else { continue };
            let points = sheet.cut.outlines().iter().flatten();
            assert!(points.flatten().all(|value| value.is_finite() && value.abs() < 60.0), "{prompt:?}");
            assert!(sheet.fill.stops.iter().all(|(at, colour)| at.is_finite() && colour.iter().all(|part| part.is_finite())));
        }
        assert!(painting.light.lamps.len() <= sheet::MOST_LAMPS, "{prompt:?}");
    }
}
