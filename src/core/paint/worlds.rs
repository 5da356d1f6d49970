//! Other worlds: space with its planets, and the sea from below.

use std::f32::consts::{PI, TAU};

use super::canvas::Canvas;
use super::colour::{Lab, lighter, mix};
use super::cut::{Cut, Point, smooth};
use super::dice::{Dice, wave};
use super::lexicon::Thing;
use super::sheet::{Fill, Paper};
use super::{figures, moods, sky, trees, vehicles};

pub(super) fn space(canvas: &mut Canvas) {
    let mut dice = canvas.dice.part("space");
    canvas.horizon = canvas.h * 1.25;
    sky::back(canvas);
    nebula(canvas);
    sky::stars(canvas);
    let side = dice.side();
    let big = [canvas.w * (0.5 + side * 0.2), canvas.h * dice.between(0.36, 0.44)];
    canvas.toward = [-side * 0.75, -0.66];
    let radius = dice.between(0.19, 0.25);
    let tone = mix(canvas.palette.disc, [0.7, 0.1, 0.06], dice.unit() * 0.8);
    planet(canvas, big, radius, tone, dice.chance(0.65));
    let small = [canvas.w * (0.5 - side * 0.3), canvas.h * dice.between(0.16, 0.3)];
    let second = mix(canvas.palette.accent, canvas.palette.sky[2], 0.35);
    planet(canvas, small, 0.06, second, false);
    planet(canvas, [big[0] - side * 0.36, big[1] + 0.16], 0.026, [0.8, 0.0, 0.01], false);
    ground(canvas);
    let x = canvas.w * (0.5 - side * 0.22);
    if canvas.any(&[Thing::Person, Thing::People]) {
        let y = canvas.h * 0.87;
        figures::walkers(canvas, x, |_| y, 0.17, 1);
    } else {
        vehicles::rocket(canvas, [x, canvas.h * 0.5], 0.15);
    }
}

fn nebula(canvas: &mut Canvas) {
    let mut dice = canvas.dice.part("nebula");
    let tones = [canvas.palette.sky[3], mix(canvas.palette.accent, canvas.palette.sky[2], 0.6), [0.5, 0.14, -0.08]];
    for tone in tones {
        for _ in 0..3 {
            let at = [dice.between(0.0, canvas.w), dice.between(0.0, canvas.h * 0.8)];
            canvas.wide_glow(at, dice.between(0.25, 0.5), dice.between(0.4, 0.8), tone, 0.10);
        }
    }
}

fn planet(canvas: &mut Canvas, at: Point, radius: f32, tone: Lab, ringed: bool) {
    let mut dice = canvas.dice.part(&format!("planet {radius}"));
    canvas.glow(at, radius * 2.1, tone, 0.15);
    let tilt = dice.between(-0.45, -0.2);
    let half_ring = |from: f32, out: f32, inner: f32| {
        let arc = |reach: f32| {
            (0..=60)
                .map(move |step| from + PI * step as f32 / 60.0)
                .map(move |angle| [reach * angle.cos(), reach * 0.27 * angle.sin()])
                .collect::<Vec<_>>()
        };
        Cut::new()
            .polygon(arc(out).into_iter().chain(arc(inner).into_iter().rev()).collect::<Vec<_>>())
            .placed(at, radius, 1.0, tilt)
    };
    let pale = mix(tone, [0.95, 0.0, 0.02], 0.5);
    let ring = Paper { shadow: 0.35, lit: 0.0, ..Paper::USUAL }.lifted(0.008);
    if ringed {
        canvas.piece(half_ring(PI, 2.0, 1.62), mix(pale, canvas.palette.dark, 0.4), ring);
        canvas.piece(half_ring(PI, 1.55, 1.3), mix(tone, canvas.palette.dark, 0.35), ring);
    }
    let light = [at[0] + canvas.toward[0] * radius * 0.9, at[1] + canvas.toward[1] * radius * 0.9];
    let fill = Fill::around(lighter(tone, 0.06), mix(tone, canvas.palette.dark, 0.75), light, radius * 2.0);
    canvas.lay(
        Cut::new().disc(at, radius),
        fill,
        Paper { shadow: 0.3, lit: 0.0, ..Paper::USUAL }.lifted(0.02).rimmed(0.25, pale),
    );
    if radius > 0.1 {
        bands(canvas, &mut dice, at, radius, tone, tilt);
    }
    if ringed {
        canvas.piece(half_ring(0.0, 2.0, 1.62), pale, ring);
        canvas.piece(half_ring(0.0, 1.55, 1.3), mix(tone, pale, 0.4), ring);
    }
}

/// Bands around a planet, cut to its outline.
fn bands(canvas: &mut Canvas, dice: &mut Dice, at: Point, radius: f32, tone: Lab, tilt: f32) {
    for band in 0..4 {
        let y = -0.62 + 0.4 * band as f32 + dice.between(-0.06, 0.06);
        let (thick, seed) = (dice.between(0.07, 0.16), dice.seed());
        let edge = |y: f32| {
            let half = (1.0 - y * y).max(0.0).sqrt() * 0.995;
            (0..=40)
                .map(move |step| step as f32 / 20.0 - 1.0)
                .map(move |t| {
                    let x = half * t;
                    let limit = (1.0 - x * x).max(0.0).sqrt() * 0.995;
                    [x, (y + 0.02 * wave(x, seed, 0.4, 2)).clamp(-limit, limit)]
                })
                .collect::<Vec<_>>()
        };
        let cut = Cut::new().polygon(edge(y).into_iter().chain(edge(y + thick).into_iter().rev()).collect::<Vec<_>>());
        let colour = lighter(tone, if band % 2 == 0 { -0.1 } else { 0.06 });
        canvas.piece(cut.placed(at, radius, 1.0, tilt), colour, Paper { alpha: 0.4, lit: 0.0, ..Paper::FLAT });
    }
}

/// The ground one stands on, with craters.
fn ground(canvas: &mut Canvas) {
    let mut dice = canvas.dice.part("ground");
    for row in 0..3 {
        let near = row as f32 / 2.0;
        let (y, seed) = (canvas.h * (0.80 + 0.09 * near), dice.seed());
        let edge = move |x: f32| y + 0.035 * wave(x, seed, 0.6, 3);
        let colour = mix(canvas.palette.far, canvas.palette.near, 0.25 + 0.7 * near);
        let fill = Fill::down(mix(colour, canvas.palette.sky[3], 0.2), lighter(colour, -0.05), y, y + 0.12);
        canvas.lay(
            Cut::new().below(canvas.w, canvas.h, edge),
            fill,
            Paper::USUAL.lifted(0.014).rimmed(0.18, canvas.palette.disc),
        );
        let (mut pits, mut lips) = (Cut::new(), Cut::new());
        for _ in 0..4 {
            let x = dice.between(0.0, canvas.w);
            let (size, y) = (dice.between(0.015, 0.05) * (0.6 + near), edge(x) + 0.04 + 0.03 * dice.unit());
            lips = lips.ellipse([x, y], size * 1.15, size * 0.30);
            pits = pits.ellipse([x, y + size * 0.03], size, size * 0.22);
        }
        canvas.piece(lips, lighter(colour, 0.06), Paper::FLAT);
        canvas.piece(pits, lighter(colour, -0.09), Paper::FLAT);
    }
}

pub(super) fn underwater(canvas: &mut Canvas) {
    let mut dice = canvas.dice.part("underwater");
    canvas.horizon = canvas.h;
    sky::back(canvas);
    canvas.sun = [canvas.w * dice.between(0.3, 0.7), -0.1];
    canvas.toward = [0.0, -1.0];
    canvas.wide_glow([canvas.sun[0], 0.0], 0.7, 0.6, canvas.palette.disc, 0.35);
    for _ in 0..7 {
        let (lean, wide) = (dice.between(-0.7, 0.7), dice.between(0.03, 0.1));
        let foot = [canvas.sun[0] + lean * canvas.h, canvas.h * dice.between(0.6, 0.95)];
        let cut = Cut::new().polygon([
            [canvas.sun[0] + lean * 0.12 - 0.02, -0.05],
            [canvas.sun[0] + lean * 0.12 + 0.02, -0.05],
            [foot[0] + wide, foot[1]],
            [foot[0] - wide, foot[1]],
        ]);
        canvas.lay(
            cut,
            Fill::down(canvas.palette.sky[0], [0.05, 0.0, 0.0], 0.0, foot[1]),
            Paper { adds: true, alpha: 0.2, soft: 0.014, ..Paper::LAMP },
        );
    }
    for row in 0..4 {
        let near = row as f32 / 3.0;
        let (y, seed) = (canvas.h * (0.62 + 0.27 * near), dice.seed());
        let edge = move |x: f32| y + 0.07 * wave(x, seed, 0.45, 3);
        let colour = mix(canvas.palette.far, canvas.palette.near, 0.15 + 0.8 * near);
        let fill = Fill::down(
            mix(colour, canvas.palette.sky[1], 0.2),
            mix(colour, canvas.palette.sky[2], 0.35 * (1.0 - near)),
            y,
            y + 0.2,
        );
        canvas.lay(
            Cut::new().below(canvas.w, canvas.h, edge),
            fill,
            Paper::USUAL.lifted(0.016).rimmed(0.12, canvas.palette.sky[0]),
        );
        coral(canvas, row, edge);
        if row == 1 || row == 2 {
            shoal(canvas, row);
        }
    }
    bubbles(canvas);
    let (left, right) = ([0.06 * canvas.w, canvas.h + 0.03], [0.95 * canvas.w, canvas.h + 0.03]);
    for (at, across) in [(left, 1.0), (right, -1.0)] {
        let weed = trees::spray(&mut dice).placed(at, 0.4, across, 0.0);
        canvas.piece(weed, canvas.palette.dark, Paper::USUAL.lifted(0.02).rimmed(0.1, canvas.palette.sky[1]));
    }
    canvas.finish.vignette = 0.34;
}

/// Branches, fans and weeds on a rock.
fn coral(canvas: &mut Canvas, row: usize, edge: impl Fn(f32) -> f32) {
    let mut dice = canvas.dice.part(&format!("coral {row}"));
    let near = row as f32 / 3.0;
    let tones = [canvas.palette.accent, [0.62, 0.16, -0.02], [0.82, 0.02, 0.13], [0.6, 0.06, -0.12]];
    for _ in 0..4 {
        let x = dice.between(0.0, canvas.w);
        let at = [x, edge(x) + 0.012];
        let size = (0.06 + 0.12 * near) * dice.between(0.7, 1.2);
        let colour = mix(tones[dice.below(4)], canvas.palette.near, 0.62 - 0.35 * near);
        let mut cut = Cut::new();
        if dice.chance(0.5) {
            for arm in 0..6 {
                let angle = -0.9 + 0.36 * arm as f32 + dice.between(-0.1, 0.1);
                let tip = [angle.sin(), -angle.cos() * dice.between(0.7, 1.1)];
                cut = cut
                    .ribbon(&smooth(&[[0.0, 0.0], [tip[0] * 0.3, tip[1] * 0.55], tip], false), |t| 0.15 - 0.06 * t)
                    .disc(tip, 0.07);
            }
        } else {
            for blade in 0..5 {
                let x = (blade as f32 - 2.0) * 0.13;
                let sway = dice.between(-0.3, 0.3);
                cut = cut
                    .ribbon(&smooth(&[[x, 0.0], [x + sway, -0.5], [x - sway * 0.5, -1.0], [x + sway, -1.5]], false), |t| {
                        0.1 * (1.05 - t)
                    });
            }
        }
        canvas.piece(cut.placed(at, size, 1.0, 0.0), colour, Paper::USUAL.lifted(0.008).rimmed(0.12, canvas.palette.sky[0]));
    }
}

fn fish() -> Cut {
    let body = smooth(&[[-0.6, 0.0], [-0.2, -0.26], [0.3, -0.24], [0.62, 0.0], [0.3, 0.22], [-0.2, 0.22]], true);
    let tail = smooth(&[[-0.5, 0.0], [-0.95, -0.3], [-0.8, 0.0], [-0.95, 0.28]], true);
    Cut::new().polygon(body).polygon(tail).polygon([[-0.1, -0.2], [0.1, -0.42], [0.26, -0.2]])
}

fn shoal(canvas: &mut Canvas, row: usize) {
    let mut dice = canvas.dice.part(&format!("shoal {row}"));
    let near = row as f32 / 2.0;
    let home = [canvas.w * dice.between(0.3, 0.7), canvas.h * dice.between(0.3, 0.5)];
    let facing = dice.side();
    let (mut bodies, mut eyes) = (Cut::new(), Cut::new());
    for _ in 0..7 {
        let at = [home[0] + dice.between(-0.28, 0.28), home[1] + dice.between(-0.12, 0.12)];
        let size = (0.022 + 0.026 * near) * dice.between(0.7, 1.3);
        let tilt = dice.between(-0.12, 0.12);
        bodies = bodies.and(fish().placed(at, size, facing, tilt));
        eyes = eyes.disc([at[0] + facing * size * 0.36, at[1] - size * 0.06], size * 0.055);
    }
    let tone = if row == 1 {
        mix(canvas.palette.accent, [0.8, 0.1, 0.12], 0.4)
    } else {
        mix(canvas.palette.sky[0], canvas.palette.accent, 0.25)
    };
    canvas.piece(
        bodies,
        mix(tone, canvas.palette.sky[2], 0.3 - 0.2 * near),
        Paper::USUAL.lifted(0.008).rimmed(0.2, canvas.palette.sky[0]),
    );
    canvas.piece(eyes, canvas.palette.dark, Paper::FLAT);
    if row == 2 && canvas.has(Thing::Dream) {
        moods::rings(canvas, home, 1, 0.05);
    }
}

fn bubbles(canvas: &mut Canvas) {
    let mut dice = canvas.dice.part("bubbles");
    let (mut rings, mut lights) = (Cut::new(), Cut::new());
    for _ in 0..34 {
        let at = [dice.between(0.0, canvas.w), dice.between(0.0, canvas.h)];
        let size = dice.between(0.003, 0.011);
        let round = |reach: f32| {
            (0..28)
                .map(move |step| step as f32 / 28.0 * TAU)
                .map(move |angle| [at[0] + reach * angle.cos(), at[1] + reach * angle.sin()])
                .collect::<Vec<_>>()
        };
        rings = rings.polygon(round(size)).hole(round(size * 0.82));
        lights = lights.disc([at[0] - size * 0.35, at[1] - size * 0.4], size * 0.2);
    }
    canvas.piece(rings.and(lights), [0.97, 0.0, 0.0], Paper { alpha: 0.5, ..Paper::LAMP });
}
