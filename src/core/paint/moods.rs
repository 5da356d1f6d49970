//! When no place is named: rings of paper around a light, waves under it, and something small that gives the size.

use std::f32::consts::TAU;

use super::canvas::Canvas;
use super::colour::{lighter, mix};
use super::cut::{Cut, Point};
use super::dice::wave;
use super::lexicon::Thing;
use super::sheet::{Fill, Paper};
use super::{figures, sky, vehicles};

pub(super) fn mood(canvas: &mut Canvas) {
    let mut dice = canvas.dice.part("mood");
    canvas.horizon = canvas.h * 0.72;
    sky::back(canvas);
    if canvas.is_dark() {
        sky::stars(canvas);
    }
    let at = [canvas.w * dice.between(0.34, 0.66), canvas.h * dice.between(0.34, 0.48)];
    canvas.sun = at;
    canvas.lit_from(at);
    match canvas.reading.first(&[Thing::Energy, Thing::Tense, Thing::Calm, Thing::Sad, Thing::Hope, Thing::Joy, Thing::Dream]) {
        Some(Thing::Energy | Thing::Tense) => rays(canvas, at),
        Some(Thing::Joy) => {
            rings(canvas, at, 6, 0.11);
            confetti(canvas);
        }
        Some(Thing::Dream) => {
            rings(canvas, at, 5, 0.13);
            vehicles::balloons(canvas);
        }
        _ if dice.chance(0.75) => rings(canvas, at, 6, 0.125),
        _ => rays(canvas, at),
    }
    disc(canvas, at);
    waves(canvas);
    let x = canvas.w * if at[0] > canvas.w / 2.0 { 0.27 } else { 0.73 };
    let ground = canvas.h * 0.86;
    if canvas.any(&[Thing::Sad, Thing::Calm, Thing::Hope, Thing::Person, Thing::People]) || dice.chance(0.5) {
        figures::walkers(canvas, x, |_| ground, 0.15, if canvas.has(Thing::People) { 3 } else { 1 });
    } else {
        sky::birds(canvas);
    }
    last_wave(canvas, ground + 0.015);
}

/// Rings with wavering edges, from the outermost in.
pub(super) fn rings(canvas: &mut Canvas, at: Point, count: usize, step: f32) {
    let mut dice = canvas.dice.part("rings");
    let palette = canvas.palette.clone();
    for ring in (1..=count).rev() {
        let part = ring as f32 / count as f32;
        let (reach, seed, turn) = (0.09 + step * ring as f32, dice.seed(), dice.unit() * TAU);
        let edge = (0..240).map(|corner| corner as f32 / 240.0 * TAU).map(|angle| {
            // The noise has to close: it is taken along a circle's sine.
            let wobble = wave(3.0 * (angle + turn).sin() + 8.0, seed, 1.6, 2) * 0.035 * part.sqrt()
                + 0.012 * (angle * 3.0 + turn).sin() * part;
            [at[0] + (reach + wobble) * angle.cos(), at[1] + (reach + wobble) * angle.sin()]
        });
        let cut = Cut::new().polygon(edge.collect::<Vec<_>>());
        let colour = if part > 0.5 {
            mix(palette.sky[2], palette.sky[0], (part - 0.5) * 1.5)
        } else {
            mix(mix(palette.sky[3], palette.disc, 0.35), palette.sky[2], part * 2.0)
        };
        let fill = Fill::around(lighter(colour, 0.02), lighter(colour, -0.02), at, reach);
        canvas.lay(cut, fill, Paper { shadow: 0.4, lit: 0.0, ..Paper::USUAL }.lifted(0.024).rimmed(0.10, palette.disc));
    }
}

/// Wedges around a light.
fn rays(canvas: &mut Canvas, at: Point) {
    let mut dice = canvas.dice.part("rays");
    let reach = canvas.w.hypot(canvas.h);
    let palette = canvas.palette.clone();
    for (row, count) in [(0, 14), (1, 11)] {
        let mut cut = Cut::new();
        for ray in 0..count {
            let middle = (ray as f32 + dice.between(-0.18, 0.18)) / count as f32 * TAU;
            let half = dice.between(0.35, 0.62) * TAU / count as f32 / 2.0;
            let edge = |angle: f32| [at[0] + reach * angle.cos(), at[1] + reach * angle.sin()];
            cut = cut.polygon([at, edge(middle - half), edge(middle + half)]);
        }
        let near = row as f32;
        let colour = mix(palette.sky[2], palette.sky[3], 0.25 + 0.55 * near);
        let fill = Fill::around(mix(colour, palette.disc, 0.4), mix(colour, palette.sky[1], 0.55), at, canvas.w * 0.6);
        canvas.lay(
            cut,
            fill,
            Paper { shadow: 0.35, lit: 0.0, alpha: 0.85, ..Paper::USUAL }.lifted(0.018).rimmed(0.08, palette.disc),
        );
    }
    rings(canvas, at, 2, 0.085);
}

fn disc(canvas: &mut Canvas, at: Point) {
    let palette = canvas.palette.clone();
    canvas.glow(at, 0.42, palette.disc, 0.3);
    let radius = 0.078;
    canvas.lay(
        Cut::new().disc(at, radius),
        Fill::around(lighter(palette.disc, 0.05), palette.disc, at, radius),
        Paper { lit: 0.0, shadow: 0.2, rim: 0.0, ..Paper::USUAL },
    );
}

fn waves(canvas: &mut Canvas) {
    let mut dice = canvas.dice.part("waves");
    for row in 0..4 {
        let near = row as f32 / 3.0;
        let (y, seed) = (canvas.h * (0.66 + 0.19 * near), dice.seed());
        let (height, long, phase) = (0.03 + 0.02 * near, dice.between(0.5, 0.9), dice.unit() * TAU);
        let edge = move |x: f32| y + height * ((x / long * TAU + phase).sin() * 0.6 + wave(x, seed, 0.8, 2) * 0.7);
        let colour = canvas.palette.hill(0.15 + 0.75 * near);
        let fill = Fill::down(mix(colour, canvas.palette.disc, 0.12), colour, y - height, y + 0.16);
        canvas.lay(
            Cut::new().below(canvas.w, canvas.h, edge),
            fill,
            Paper { shadow: 0.4, ..Paper::USUAL }.lifted(0.018).rimmed(0.14, canvas.palette.edge()),
        );
    }
}

/// In front of whoever stands there.
fn last_wave(canvas: &mut Canvas, y: f32) {
    let mut dice = canvas.dice.part("last wave");
    let seed = dice.seed();
    let colour = mix(canvas.palette.ground, canvas.palette.dark, 0.55);
    let cut = Cut::new().below(canvas.w, canvas.h, |x| y + 0.02 * wave(x, seed, 0.9, 2));
    canvas.lay(
        cut,
        Fill::down(lighter(colour, 0.03), lighter(colour, -0.04), y, canvas.h),
        Paper::USUAL.lifted(0.022).rimmed(0.12, canvas.palette.edge()),
    );
}

fn confetti(canvas: &mut Canvas) {
    let mut dice = canvas.dice.part("confetti");
    let tones =
        [canvas.palette.accent, canvas.palette.disc, canvas.palette.far, mix(canvas.palette.accent, [0.6, 0.1, -0.12], 0.7)];
    for tone in tones {
        let mut cut = Cut::new();
        for _ in 0..26 {
            let at = [dice.between(0.0, canvas.w), dice.unit().powf(1.4) * canvas.h * 0.85];
            let size = dice.between(0.006, 0.015);
            let piece =
                if dice.chance(0.4) { Cut::new().disc([0.0, 0.0], 0.7) } else { Cut::new().rect(-1.0, -0.45, 1.0, 0.45) };
            cut = cut.and(piece.placed(at, size, 1.0, dice.unit() * TAU));
        }
        canvas.piece(cut, tone, Paper { shadow: 0.35, lit: 0.0, ..Paper::USUAL }.lifted(0.006));
    }
}
