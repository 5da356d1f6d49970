//! Water: the sea with what floats on it, lakes that give back the sky.

use super::canvas::Canvas;
use super::colour::{Lab, lighter, mix};
use super::cut::{Cut, Point, smooth};
use super::dice::wave;
use super::lexicon::Thing;
use super::sheet::{Fill, Paper};
use super::{figures, sky, trees, vehicles};

/// The sea from a shore.
pub(super) fn sea(canvas: &mut Canvas) {
    let mut dice = canvas.dice.part("sea");
    canvas.horizon = canvas.h * dice.between(0.5, 0.56);
    sky::sky(canvas);
    if canvas.any(&[Thing::Birds, Thing::Morning, Thing::Day]) || dice.chance(0.4) {
        sky::birds(canvas);
    }
    if canvas.has(Thing::Balloon) {
        vehicles::balloons(canvas);
    }
    headlands(canvas);
    let rough = if canvas.any(&[Thing::Storm, Thing::Tense, Thing::Energy]) { 2.4 } else { 1.0 };
    let rows = 7;
    let room = canvas.h - canvas.horizon;
    let lighthouse = canvas.has(Thing::Lighthouse) || (!canvas.has(Thing::Boat) && dice.chance(0.3));
    for row in 0..rows {
        let near = row as f32 / (rows - 1) as f32;
        let y = canvas.horizon + room * (0.02 + 0.86 * near.powf(1.5));
        let colour = deep(canvas, near);
        let (seed, long) = (dice.seed(), 0.12 + 0.42 * near);
        let height = (0.004 + 0.026 * near) * rough;
        let shift = dice.unit();
        let crest = |x: f32| {
            let at = x / long + shift + 0.15 * wave(x, seed, 1.0, 2);
            let part = at - at.floor();
            // Round troughs, sharp crests, as waves are drawn.
            y + height * (1.0 - 2.0 * (part * 2.0 - 1.0).abs().powf(1.6)) + height * wave(x, seed, 0.7, 2)
        };
        let cut = Cut::new().below(canvas.w, canvas.h, crest);
        let fill =
            Fill::down(mix(colour, canvas.palette.sky[3], 0.25), lighter(colour, -0.03), y - height, y + 0.10 + 0.1 * near);
        let paper = if row == 0 {
            Paper { shadow: 0.0, ..Paper::USUAL }
        } else {
            Paper { shadow: 0.3, ..Paper::USUAL }.lifted(0.008 + 0.01 * near)
        };
        canvas.lay(cut, fill, paper.rimmed(0.14, canvas.palette.edge()));
        if row == 2 {
            glitter(canvas);
        }
        let free = !lighthouse && !canvas.any(&[Thing::Storm, Thing::Person, Thing::People]);
        if row == 3 && (canvas.has(Thing::Boat) || free) {
            let x = canvas.w * if canvas.sun[0] > canvas.w / 2.0 { 0.33 } else { 0.67 };
            sailing_boat(canvas, [x, y + 0.035], 0.24);
        }
        if row == 4 && lighthouse {
            cliff_with_lighthouse(canvas);
        }
    }
    if canvas.any(&[Thing::Person, Thing::People, Thing::Sad, Thing::Calm]) {
        shore(canvas);
    }
}

/// The colour of water at a distance.
fn deep(canvas: &Canvas, near: f32) -> Lab {
    let sky = mix(canvas.palette.sky[2], canvas.palette.sky[1], near);
    mix(mix(canvas.palette.far, sky, 0.55), mix(canvas.palette.near, canvas.palette.sky[0], 0.55), near)
}

fn headlands(canvas: &mut Canvas) {
    let mut dice = canvas.dice.part("headlands");
    for (at, from) in [-0.1, canvas.w * 0.72].into_iter().enumerate() {
        if dice.chance(0.3) {
            continue;
        }
        let (reach, tall, seed) = (canvas.w * dice.between(0.25, 0.45), dice.between(0.04, 0.1), dice.seed());
        let foot = canvas.horizon + 0.02;
        let edge = (0..=60).map(|step| step as f32 / 60.0).map(|t| {
            let bump = (t * std::f32::consts::PI).sin().max(0.0).powf(0.7);
            [from + reach * t, foot - tall * bump * (0.75 + 0.3 * wave(t, seed, 0.3, 2))]
        });
        let cut = Cut::new()
            .polygon([[from, foot + 0.02]].into_iter().chain(edge).chain([[from + reach, foot + 0.02]]).collect::<Vec<_>>());
        let colour = canvas.palette.hill(0.2 + 0.15 * at as f32);
        canvas.lay(
            cut,
            Fill::down(colour, mix(colour, canvas.palette.sky[3], 0.4), foot - tall, foot),
            Paper { shadow: 0.25, ..Paper::USUAL }.rimmed(0.12, canvas.palette.edge()),
        );
    }
}

/// The way of light under sun or moon.
fn glitter(canvas: &mut Canvas) {
    let mut dice = canvas.dice.part("glitter");
    let mut cut = Cut::new();
    for _ in 0..70 {
        let down = dice.unit().powf(1.3);
        let y = canvas.horizon + 0.012 + down * (canvas.h - canvas.horizon) * 0.75;
        let spread = 0.025 + 0.16 * down;
        let x = canvas.sun[0] + dice.between(-1.0, 1.0) * dice.unit() * spread;
        let half = dice.between(0.008, 0.02) * (0.7 + 2.2 * down);
        let thick = 0.0011 + 0.0036 * down;
        let line: Vec<Point> =
            (0..=6).map(|step| step as f32 / 3.0 - 1.0).map(|t| [x + half * t, y + 0.001 * (t * 3.0).sin()]).collect();
        cut = cut.ribbon(&line, |t| thick * (t * std::f32::consts::PI).sin());
    }
    canvas.piece(cut, canvas.palette.disc, Paper { alpha: 0.7, ..Paper::LAMP });
    canvas.wide_glow([canvas.sun[0], canvas.horizon + 0.05], 0.3, 0.35, canvas.palette.disc, 0.12);
}

/// A lake between two shores.
pub(super) fn lake(canvas: &mut Canvas, top: f32, bottom: f32) {
    let [_, b, c, d] = canvas.palette.sky;
    let cut = Cut::new().rect(-0.1, top, canvas.w + 0.1, bottom + 0.3);
    let fill = Fill {
        stops: [(0.0, d), (0.35, mix(d, c, 0.7)), (0.8, mix(c, b, 0.6)), (1.0, b)],
        ..Fill::down(d, b, top, bottom + 0.1)
    };
    canvas.lay(cut, fill, Paper { shadow: 0.2, ..Paper::USUAL }.rimmed(0.2, canvas.palette.edge()));
    // The far shore upside down, pale.
    let mut dice = canvas.dice.part("lake");
    let seed = dice.seed();
    let edge = |x: f32| top + 0.05 + 0.05 * wave(x, seed, 0.5, 2);
    let mirror = (0..=200).map(|step| -0.1 + (canvas.w + 0.2) * step as f32 / 200.0).map(|x| [x, edge(x)]);
    let shore = Cut::new().polygon([[-0.1, top]].into_iter().chain(mirror).chain([[canvas.w + 0.1, top]]).collect::<Vec<_>>());
    canvas.lay(
        shore,
        Fill::down(canvas.palette.hill(0.3), d, top, top + 0.11),
        Paper { alpha: 0.55, soft: 0.004, ..Paper::FLAT },
    );
    let mut streaks = Cut::new();
    for _ in 0..46 {
        let y = top + (bottom - top) * dice.unit();
        let (x, half) = (dice.between(0.0, canvas.w), dice.between(0.03, 0.13));
        streaks =
            streaks.ribbon(&[[x - half, y], [x, y + 0.0006], [x + half, y]], |t| 0.0026 * (t * std::f32::consts::PI).sin());
    }
    canvas.piece(streaks, mix(d, [0.99, 0.0, 0.0], 0.5), Paper { alpha: 0.45, ..Paper::LAMP });
    let mut light = Cut::new();
    for _ in 0..36 {
        let down = dice.unit();
        let (y, half) = (top + 0.01 + (bottom - top) * down, 0.012 + 0.03 * down);
        let x = canvas.sun[0] + dice.between(-0.03, 0.03) * (1.0 + down);
        light = light.ribbon(&[[x - half, y], [x, y], [x + half, y]], |t| 0.005 * (t * std::f32::consts::PI).sin());
    }
    canvas.piece(light, canvas.palette.disc, Paper { alpha: 0.65, ..Paper::LAMP });
    if canvas.has(Thing::Boat) {
        rowing_boat(canvas, [canvas.w * 0.42, top + (bottom - top) * 0.42]);
    }
}

fn rowing_boat(canvas: &mut Canvas, at: Point) {
    let hull = Cut::new()
        .blob(&[[-1.0, -0.2], [-0.6, 0.06], [0.0, 0.12], [0.6, 0.06], [1.0, -0.2], [0.0, -0.1]])
        .placed(at, 0.09, 1.0, 0.0);
    canvas.piece(hull, canvas.palette.dark, Paper::USUAL.lifted(0.006).rimmed(0.2, canvas.palette.edge()));
    let person = figures::sitter().placed([at[0], at[1] - 0.002], 0.07, 1.0, 0.0);
    canvas.piece(person, canvas.palette.dark, Paper::FLAT);
}

fn sailing_boat(canvas: &mut Canvas, at: Point, size: f32) {
    let place = |cut: Cut| cut.placed(at, size, 1.0, -0.03);
    let white = mix(canvas.palette.disc, [0.98, 0.0, 0.01], 0.4);
    let main = smooth(&[[0.03, -1.0], [0.34, -0.5], [0.46, -0.17], [0.03, -0.14]], false);
    let fore = smooth(&[[-0.03, -0.93], [-0.2, -0.45], [-0.36, -0.15], [-0.03, -0.17]], false);
    let sail = |one: f32, colour: Lab| {
        Fill::between(
            colour,
            mix(colour, canvas.palette.sky[2], 0.35),
            [at[0], at[1] - size],
            [at[0] + one * size * 0.5, at[1]],
        )
    };
    let fills = [sail(1.0, white), sail(-1.0, canvas.palette.accent)];
    let sheet = Paper { shadow: 0.35, ..Paper::USUAL }.lifted(0.008).rimmed(0.12, canvas.palette.edge());
    canvas.lay(place(Cut::new().polygon(main)), fills[0], sheet);
    canvas.lay(place(Cut::new().polygon(fore)), fills[1], sheet);
    canvas.piece(place(Cut::new().rect(-0.012, -1.04, 0.012, -0.08)), canvas.palette.dark, Paper::FLAT);
    let hull = Cut::new().polygon([[-0.44, -0.11], [0.5, -0.12], [0.4, 0.02], [-0.32, 0.03]]);
    canvas.piece(place(hull), mix(canvas.palette.dark, canvas.palette.wood, 0.35), sheet);
    canvas.piece(place(Cut::new().rect(-0.42, -0.115, 0.48, -0.085)), white, Paper::FLAT);
    // Its image in the water.
    let streak = Cut::new().polygon([[-0.32, 0.03], [0.4, 0.02], [0.2, 0.34], [-0.12, 0.34]]);
    canvas.piece(place(streak), canvas.palette.dark, Paper { alpha: 0.25, soft: 0.012, ..Paper::FLAT });
}

fn cliff_with_lighthouse(canvas: &mut Canvas) {
    let left = canvas.sun[0] > canvas.w / 2.0;
    let (x, across) = if left { (canvas.w * 0.27, 1.0) } else { (canvas.w * 0.73, -1.0) };
    let top = canvas.horizon - 0.02;
    let edge = |along: f32| [x + across * along, top];
    let cliff = smooth(
        &[
            [x - across * 0.7, top + 0.02],
            edge(-0.2),
            edge(0.05),
            [x + across * 0.1, top + 0.03],
            [x + across * 0.16, top + 0.13],
            [x + across * 0.24, top + 0.2],
            [x + across * 0.34, top + 0.30],
        ],
        false,
    );
    let ground = mix(canvas.palette.ground, canvas.palette.dark, 0.5);
    let cut = Cut::new().polygon(cliff.into_iter().chain([[x - across * 0.7, top + 0.32]]).collect::<Vec<_>>());
    canvas.lay(
        cut,
        Fill::down(mix(ground, canvas.palette.disc, 0.1), mix(ground, canvas.palette.dark, 0.5), top, top + 0.2),
        Paper::USUAL.lifted(0.02).rimmed(0.18, canvas.palette.edge()),
    );
    let lamp = [x, top - 0.435];
    if canvas.is_dark() || canvas.has(Thing::Storm) || canvas.palette.name == "dusk" {
        for (to, alpha) in [(across * 1.5, 0.5), (-across * 1.1, 0.25)] {
            let beam = Cut::new().polygon([lamp, [lamp[0] + to, lamp[1] - 0.10], [lamp[0] + to, lamp[1] + 0.12]]);
            let fill = Fill::around(canvas.palette.accent, [0.02, 0.0, 0.0], lamp, to.abs());
            canvas.lay(beam, fill, Paper { adds: true, alpha, soft: 0.008, ..Paper::LAMP });
        }
        canvas.glow(lamp, 0.16, canvas.palette.accent, 0.7);
    }
    let (white, red) = ([0.93, 0.004, 0.02], [0.55, 0.17, 0.09]);
    let (near, share) = (canvas.palette.near, if canvas.is_dark() { 0.5 } else { 0.12 });
    let shade = |colour: Lab| mix(colour, near, share);
    let side = |y: f32| 0.048 - 0.018 * ((top - y) / 0.4);
    let band = |from: f32, to: f32| {
        Cut::new().polygon([[x - side(from), from], [x + side(from), from], [x + side(to), to], [x - side(to), to]])
    };
    let towards = [x - 0.05, top];
    let fill = |colour: Lab| {
        Fill::between(lighter(shade(colour), 0.03), mix(shade(colour), canvas.palette.dark, 0.45), towards, [x + 0.06, top])
    };
    let (pale, strong) = (fill(white), fill(red));
    canvas.lay(band(top + 0.01, top - 0.4), pale, Paper::USUAL.lifted(0.012));
    for at in 0..3 {
        let from = top - 0.055 - 0.125 * at as f32;
        canvas.lay(band(from, from - 0.06), strong, Paper::FLAT);
    }
    let dark = canvas.palette.dark;
    canvas.piece(Cut::new().rect(x - 0.042, top - 0.412, x + 0.042, top - 0.4), dark, Paper::USUAL.lifted(0.006));
    canvas.piece(
        Cut::new().card(x - 0.024, top - 0.46, x + 0.024, top - 0.412, 0.006),
        lighter(canvas.palette.accent, 0.06),
        Paper::LAMP,
    );
    canvas.piece(
        Cut::new().polygon([[x - 0.034, top - 0.458], [x + 0.034, top - 0.458], [x, top - 0.51]]),
        shade(red),
        Paper::USUAL.lifted(0.006),
    );
}

/// A strip of beach in front, and who stands on it.
fn shore(canvas: &mut Canvas) {
    let mut dice = canvas.dice.part("shore");
    let (y, seed) = (canvas.h * 0.9, dice.seed());
    let edge = |x: f32| y + 0.025 * wave(x, seed, 0.9, 2);
    let foam = mix(canvas.palette.sky[3], [0.98, 0.0, 0.0], 0.6);
    canvas.piece(Cut::new().below(canvas.w, canvas.h, |x| edge(x) - 0.012), foam, Paper { alpha: 0.8, ..Paper::USUAL });
    let sand = mix(canvas.palette.ground, [0.8, 0.02, 0.06], if canvas.is_dark() { 0.1 } else { 0.6 });
    canvas.lay(
        Cut::new().below(canvas.w, canvas.h, edge),
        Fill::down(sand, lighter(sand, -0.08), y, canvas.h),
        Paper::USUAL.rimmed(0.1, canvas.palette.edge()),
    );
    let x = canvas.w * if canvas.sun[0] > canvas.w / 2.0 { 0.3 } else { 0.7 };
    if canvas.any(&[Thing::Person, Thing::People]) {
        figures::walkers(canvas, x, |_| y + 0.05, 0.22, if canvas.has(Thing::People) { 2 } else { 1 });
    }
    let dark = canvas.palette.dark;
    canvas.piece(trees::grass(&mut dice, -0.05, canvas.w * 0.3, |_| canvas_edge(y), 0.13, 60.0), dark, Paper::USUAL);
}

fn canvas_edge(y: f32) -> f32 {
    y + 0.09
}
