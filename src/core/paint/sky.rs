//! The sky: its colours, sun, moon and stars, clouds, and what falls out of it.

use std::f32::consts::{PI, TAU};

use super::canvas::Canvas;
use super::colour::{lighter, mix};
use super::cut::{Cut, Point};
use super::lexicon::Thing;
use super::palette::Style;
use super::sheet::{Fill, Paper};

/// Sky, what shines in it, clouds. Call it first.
pub(super) fn sky(canvas: &mut Canvas) {
    back(canvas);
    let mut dice = canvas.dice.part("sky");
    let side = dice.side();
    let dark = canvas.is_dark();
    let low = canvas.palette.name == "sunset" || canvas.any(&[Thing::Dawn, Thing::Sunset]);
    let y = if low { canvas.horizon - 0.07 } else { canvas.horizon * dice.between(0.26, 0.42) };
    canvas.sun = [canvas.w * (0.5 + side * dice.between(0.12, 0.22)), y];
    canvas.lit_from(canvas.sun);
    if dark {
        stars(canvas);
    }
    let veiled = canvas.any(&[Thing::Rain, Thing::Storm, Thing::Overcast]) || canvas.palette.name == "rain";
    if canvas.has(Thing::Aurora) || canvas.palette.name == "aurora" {
        aurora(canvas);
    }
    if veiled {
        bands(canvas);
        return;
    }
    if dark && !low {
        moon(canvas);
    } else {
        sun(canvas, low);
    }
    clouds(canvas, dark);
}

/// The sky's colours alone.
pub(super) fn back(canvas: &mut Canvas) {
    let [a, b, c, d] = canvas.palette.sky;
    let fill = Fill { stops: [(0.0, a), (0.36, b), (0.74, c), (1.0, d)], ..Fill::down(a, d, 0.0, canvas.horizon) };
    canvas.lay(
        Cut::new().rect(-0.2, -0.2, canvas.w + 0.2, canvas.h + 0.2),
        fill,
        Paper { lit: 0.0, tooth: 0.022, ..Paper::FLAT },
    );
}

/// A disc; low ones stand in rings of paper.
fn sun(canvas: &mut Canvas, low: bool) {
    canvas.shows(&[Thing::Sun]);
    let mut dice = canvas.dice.part("sun");
    let (at, palette) = (canvas.sun, canvas.palette.clone());
    let radius = dice.between(0.075, 0.1);
    let ink = canvas.style == Style::Ink;
    let rings = low || canvas.any(&[Thing::Hope, Thing::Dream, Thing::Sun]) || dice.chance(0.35);
    if rings && !ink {
        let count = 5;
        for ring in 0..count {
            let near = (ring + 1) as f32 / (count + 1) as f32;
            let reach = radius * (1.0 + (1.0 - near) * 7.6);
            let colour = mix(palette.sky[if low { 2 } else { 1 }], mix(palette.sky[3], palette.disc, 0.5), near);
            let paper = Paper { shadow: 0.20, lift: 0.022, rim: 0.05, lit: 0.0, alpha: 0.55, ..Paper::USUAL };
            canvas.piece(Cut::new().disc(at, reach), colour, paper.rimmed(0.06, palette.disc));
        }
    }
    let fill = Fill::around(lighter(palette.disc, 0.06), palette.disc, at, radius);
    canvas.lay(Cut::new().disc(at, radius), fill, Paper { lit: 0.0, rim: 0.0, shadow: 0.0, tooth: 0.02, ..Paper::USUAL });
    // The light lies over the disc too, else it would look duller than what it shines on.
    if !ink {
        // A pale sky has little room left above it.
        let room = if palette.sky[2][0] > 0.85 { 0.5 } else { 1.0 };
        canvas.glow(at, radius * 5.5, palette.disc, 0.28 * room);
        canvas.glow(at, radius * 1.9, palette.disc, 0.38 * room);
    }
}

fn moon(canvas: &mut Canvas) {
    canvas.shows(&[Thing::Moon]);
    let mut dice = canvas.dice.part("moon");
    let (at, colour) = (canvas.sun, canvas.palette.disc);
    canvas.glow(at, 0.42, mix(colour, canvas.palette.sky[3], 0.5), 0.17);
    canvas.glow(at, 0.17, colour, 0.22);
    let full = canvas.has(Thing::Moon) && dice.chance(0.5);
    let radius = dice.between(0.055, 0.075);
    let paper = Paper { lit: 0.0, shadow: 0.25, lift: 0.01, rim: 0.0, tooth: 0.045, ..Paper::USUAL };
    if full {
        canvas.piece(Cut::new().disc(at, radius), colour, paper);
        let seas =
            Cut::new().ellipse([-0.3, -0.2], 0.28, 0.2).ellipse([0.25, 0.3], 0.22, 0.17).ellipse([0.35, -0.3], 0.13, 0.11);
        canvas.piece(seas.placed(at, radius, 1.0, 0.3), lighter(colour, -0.07), Paper { lit: 0.0, alpha: 0.7, ..Paper::FLAT });
        return;
    }
    // Two arcs between the same tips.
    let outer = (0..=40).map(|step| PI * (0.5 + step as f32 / 40.0)).map(|angle| [angle.cos(), angle.sin()]);
    let inner = (0..=40).rev().map(|step| PI * (0.5 + step as f32 / 40.0)).map(|angle| [angle.cos() * 0.42, angle.sin()]);
    let crescent = Cut::new().polygon(outer.chain(inner).collect::<Vec<_>>());
    canvas.piece(crescent.placed(at, radius, dice.side(), 0.5), colour, paper);
}

pub(super) fn stars(canvas: &mut Canvas) {
    canvas.shows(&[Thing::Stars]);
    let mut dice = canvas.dice.part("stars");
    let count = (150.0 * canvas.w * canvas.h) as usize;
    let (mut small, mut large) = (Cut::new(), Cut::new());
    for _ in 0..count {
        let high = dice.unit().powf(1.5);
        let at = [dice.between(0.0, canvas.w), high * canvas.horizon * 0.94];
        if dice.chance(0.045) {
            large = large.and(sparkle().placed(at, dice.between(0.006, 0.014), 1.0, 0.0));
        } else {
            small = small.disc(at, dice.between(0.0006, 0.0019));
        }
    }
    let colour = mix(canvas.palette.disc, [1.0, 0.0, 0.0], 0.5);
    canvas.piece(small, colour, Paper { alpha: 0.75, ..Paper::LAMP });
    canvas.piece(large, colour, Paper { alpha: 0.9, ..Paper::LAMP });
}

/// A star with four points.
pub(super) fn sparkle() -> Cut {
    let point = |step: usize| {
        let (sin, cos) = (step as f32 / 8.0 * TAU).sin_cos();
        let reach = if step.is_multiple_of(2) { 1.0 } else { 0.16 };
        [cos * reach, sin * reach]
    };
    Cut::new().polygon((0..8).map(point).collect::<Vec<_>>())
}

/// A cloud with a flat foot, about 2 wide around (0, 0).
fn cloud(dice: &mut super::dice::Dice) -> Cut {
    let mut cut = Cut::new().card(-1.0, -0.16, 1.0, 0.0, 0.08);
    let puffs = 4 + dice.below(3);
    for puff in 0..puffs {
        let x = -0.68 + 1.36 * puff as f32 / (puffs - 1) as f32;
        let radius = (0.34 - 0.24 * x * x) * dice.between(0.75, 1.2);
        cut = cut.disc([x, -0.1 - radius * 0.35], radius.max(0.12));
    }
    // The foot is cut straight.
    cut
}

fn clouds(canvas: &mut Canvas, dark: bool) {
    let mut dice = canvas.dice.part("clouds");
    let many = canvas.any(&[Thing::Clouds, Thing::Day, Thing::Morning, Thing::Joy])
        || matches!(canvas.palette.name.as_str(), "day" | "spring" | "morning");
    let count = if many { 5 } else { 3 };
    let flat = dark
        || canvas.palette.name == "sunset"
        || canvas.palette.name == "snow"
        || canvas.palette.name == "dusk"
        || canvas.palette.name == "dawn";
    for at in 0..count {
        let y = canvas.horizon * dice.between(0.12, 0.66);
        let mut x = canvas.w * (at as f32 + dice.between(0.15, 0.85)) / count as f32;
        if (x - canvas.sun[0]).abs() < 0.16 && (y - canvas.sun[1]).abs() < 0.14 {
            x += 0.3;
        }
        let high = 1.0 - y / canvas.horizon;
        let base = mix(canvas.palette.sky[3], canvas.palette.sky[2], 0.35 * high);
        let scale = dice.between(0.09, 0.19) * (0.6 + 0.7 * high);
        if flat {
            // Thin strips, as in the evening.
            let line: Vec<Point> = (0..=24)
                .map(|step| step as f32 / 24.0)
                .map(|t| [(t - 0.5) * 2.0, 0.05 * (t * 7.0 + at as f32).sin()])
                .collect();
            let cut = Cut::new().ribbon(&line, |t| 0.13 * (PI * t).sin().max(0.0).powf(0.7) * (1.0 + 0.35 * (t * 19.0).sin()));
            let colour = mix(base, canvas.palette.sky[1], if dark { 0.45 } else { 0.12 });
            let paper = Paper { shadow: 0.22, lift: 0.012, alpha: 0.8, lit: 0.0, ..Paper::USUAL };
            canvas.piece(cut.placed([x, y], scale * 1.25, 1.0, 0.0), colour, paper.rimmed(0.18, canvas.palette.sky[3]));
            continue;
        }
        let cut = cloud(&mut dice).placed([x, y], scale, dice.side(), 0.0);
        let white = mix(base, [0.985, 0.0, 0.005], 0.72);
        let fill = Fill::down(lighter(white, 0.02), mix(white, canvas.palette.sky[2], 0.4), y - scale * 0.55, y);
        canvas.lay(cut, fill, Paper { shadow: 0.26, lift: 0.016, lit: 0.0, ..Paper::USUAL }.rimmed(0.12, canvas.palette.disc));
    }
}

/// Heavy clouds in scalloped bands from the top.
fn bands(canvas: &mut Canvas) {
    let mut dice = canvas.dice.part("bands");
    for band in 0..4 {
        let near = band as f32 / 3.0;
        let (foot, width) = (canvas.horizon * (0.62 - 0.145 * band as f32), dice.between(0.17, 0.27));
        let shift = dice.unit();
        let scallop = move |x: f32| {
            let at = x / width + shift;
            let part = (at - at.floor()) * 2.0 - 1.0;
            let depth = 0.6 + 0.4 * ((at.floor() * 12.9).sin());
            foot + 0.06 * depth * (1.0 - part * part).max(0.0).sqrt() + 0.03 * (x * 1.7 + shift * 9.0).sin()
        };
        let points: Vec<Point> =
            (0..=400).map(|step| -0.1 + (canvas.w + 0.2) * step as f32 / 400.0).map(|x| [x, scallop(x)]).collect();
        let cut =
            Cut::new().polygon([[-0.1, -0.2]].into_iter().chain(points).chain([[canvas.w + 0.1, -0.2]]).collect::<Vec<_>>());
        let colour = mix(canvas.palette.sky[2], canvas.palette.sky[0], 0.25 + 0.7 * near);
        let fill = Fill::down(lighter(colour, -0.03), lighter(colour, 0.03), 0.0, foot);
        canvas.lay(cut, fill, Paper { shadow: 0.42, lift: 0.02, lit: 0.6, ..Paper::USUAL });
    }
    canvas.toward = [0.0, -1.0];
    if canvas.has(Thing::Storm) || canvas.palette.name == "storm" {
        lightning(canvas);
    }
}

fn lightning(canvas: &mut Canvas) {
    let mut dice = canvas.dice.part("lightning");
    let (mut at, foot) = ([canvas.w * dice.between(0.2, 0.8), canvas.horizon * 0.35], canvas.horizon * 0.98);
    let mut line = vec![at];
    while at[1] < foot {
        at = [at[0] + dice.between(-0.05, 0.05), at[1] + dice.between(0.03, 0.07)];
        line.push(at);
    }
    let middle = line[line.len() / 2];
    canvas.glow(middle, 0.45, canvas.palette.accent, 0.16);
    canvas.piece(
        Cut::new().ribbon(&line, |t| 0.009 * (1.15 - t)),
        lighter(canvas.palette.disc, 0.05),
        Paper { soft: 0.0, ..Paper::LAMP },
    );
}

/// Curtains of light.
fn aurora(canvas: &mut Canvas) {
    let mut dice = canvas.dice.part("aurora");
    let colours = [canvas.palette.accent, [0.72, -0.08, -0.07], [0.62, 0.13, -0.12]];
    for (at, colour) in colours.into_iter().enumerate() {
        let (phase, y) = (dice.between(0.0, TAU), canvas.horizon * (0.34 + 0.14 * at as f32));
        let fold = |x: f32| y + 0.07 * (x * 2.6 + phase).sin() + 0.03 * (x * 6.1 + phase * 2.0).sin();
        for (depth, alpha, soft) in [(0.30, 0.16, 0.05), (0.13, 0.30, 0.018)] {
            let foot = (0..=120).map(|step| -0.1 + (canvas.w + 0.2) * step as f32 / 120.0).map(|x| [x, fold(x)]);
            let top = (0..=120)
                .rev()
                .map(|step| -0.1 + (canvas.w + 0.2) * step as f32 / 120.0)
                .map(|x| [x, fold(x) - depth * (0.7 + 0.3 * (x * 11.0 + phase).sin())]);
            let cut = Cut::new().polygon(foot.chain(top).collect::<Vec<_>>());
            let fill = Fill::down([0.05, 0.0, 0.0], colour, y - depth, y + 0.05);
            canvas.lay(cut, fill, Paper { adds: true, alpha, soft, tooth: 0.0, ..Paper::LAMP });
        }
    }
}

pub(super) fn birds(canvas: &mut Canvas) {
    canvas.shows(&[Thing::Birds]);
    let mut dice = canvas.dice.part("birds");
    let home = [canvas.w * dice.between(0.25, 0.75), canvas.horizon * dice.between(0.25, 0.5)];
    let mut cut = Cut::new();
    for _ in 0..6 + dice.below(5) {
        let at = [home[0] + dice.between(-0.2, 0.2), home[1] + dice.between(-0.09, 0.09)];
        let size = dice.between(0.011, 0.024);
        let wings: Vec<Point> = (0..=16)
            .map(|step| step as f32 / 8.0 - 1.0)
            .map(|x| [x, -0.55 * (x.abs() * PI).sin() * (1.0 - 0.35 * x.abs())])
            .collect();
        cut = cut.and(Cut::new().ribbon(&wings, |t| 0.26 * (PI * t).sin()).placed(at, size, 1.0, dice.between(-0.2, 0.2)));
    }
    canvas.piece(cut, canvas.palette.dark, Paper { alpha: 0.85, ..Paper::FLAT });
}

/// Rain and snow in front of everything.
pub(super) fn falling(canvas: &mut Canvas) {
    let mut dice = canvas.dice.part("falling");
    let area = canvas.w * canvas.h;
    if canvas.any(&[Thing::Rain, Thing::Storm]) {
        for (share, length, width, alpha) in [(120.0, 0.03, 0.0011, 0.22), (50.0, 0.06, 0.0019, 0.28)] {
            let mut cut = Cut::new();
            for _ in 0..(share * area) as usize {
                let at = [dice.between(-0.1, canvas.w + 0.1), dice.between(-0.1, canvas.h)];
                let long = length * dice.between(0.6, 1.3);
                cut = cut.ribbon(&[at, [at[0] - 0.16 * long, at[1] + long]], |_| width);
            }
            canvas.piece(cut, lighter(canvas.palette.sky[3], 0.1), Paper { alpha, ..Paper::LAMP });
        }
    }
    if canvas.has(Thing::Snow) {
        for (share, least, most, alpha) in [(170.0, 0.001, 0.003, 0.65), (40.0, 0.003, 0.006, 0.8)] {
            let mut cut = Cut::new();
            for _ in 0..(share * area) as usize {
                cut = cut.disc([dice.between(0.0, canvas.w), dice.between(0.0, canvas.h)], dice.between(least, most));
            }
            canvas.piece(cut, [0.99, 0.0, 0.0], Paper { alpha, ..Paper::LAMP });
        }
    }
}
