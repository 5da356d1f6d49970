//! Land: hills one behind the other, mountains, roads and rivers through them, what stands on them; the inside of a forest; dunes.

use super::canvas::Canvas;
use super::colour::{Lab, lighter, mix};
use super::cut::{Cut, Point, smooth};
use super::dice::wave;
use super::lexicon::Thing;
use super::sheet::{Fill, Paper};
use super::{creatures, figures, sky, town, trees, vehicles, water};

/// One hill: where its edge is.
#[derive(Clone, Copy)]
pub(super) struct Ridge {
    pub y: f32,
    amp: f32,
    cell: f32,
    seed: u64,
}

impl Ridge {
    pub fn at(&self, x: f32) -> f32 {
        self.y + self.amp * wave(x + 40.0, self.seed, self.cell, 2)
    }
}

/// Hills under a sky, with whatever the words put there.
pub(super) fn hills(canvas: &mut Canvas) {
    let mut dice = canvas.dice.part("hills");
    canvas.horizon = canvas.h * dice.between(0.50, 0.58);
    sky::sky(canvas);
    if canvas.any(&[Thing::Birds, Thing::Hope, Thing::Morning]) {
        sky::birds(canvas);
    }
    if canvas.has(Thing::Balloon) {
        vehicles::balloons(canvas);
    }
    if canvas.has(Thing::Mountain) {
        mountains(canvas);
    }
    let count = 6;
    let room = canvas.h - canvas.horizon;
    let lake = canvas.has(Thing::Lake);
    let mut ridges = Vec::new();
    for at in 0..count {
        let near = at as f32 / (count - 1) as f32;
        let ridge = Ridge {
            y: canvas.horizon + room * (0.86 * near.powf(1.35)) + 0.01,
            amp: 0.035 + 0.045 * near,
            cell: 0.5 + 0.75 * near,
            seed: dice.seed(),
        };
        if lake && at == 2 {
            let shore = canvas.horizon + room * 0.2;
            water::lake(canvas, shore, canvas.horizon + room * 0.66);
        }
        if lake && (at == 2 || at == 3) {
            ridges.push(ridge);
            continue;
        }
        hill(canvas, ridge, near);
        ridges.push(ridge);
        dress(canvas, ridge, near, at);
    }
    middle_ground(canvas, &ridges);
    hero(canvas, &ridges);
    foreground(canvas, ridges[count - 1]);
}

/// A hill whose foot is lost in the air.
fn hill(canvas: &mut Canvas, ridge: Ridge, near: f32) {
    let cut = Cut::new().below(canvas.w, canvas.h, |x| ridge.at(x));
    let colour = canvas.palette.hill(near);
    let airy = mix(colour, canvas.palette.sky[3], 0.34 * (1.0 - near));
    let front = if near > 0.95 { mix(canvas.palette.ground, canvas.palette.dark, 0.35) } else { colour };
    let fill = Fill::down(
        mix(front, canvas.palette.disc, 0.06),
        if near > 0.95 { lighter(front, -0.06) } else { airy },
        ridge.y - 0.04,
        ridge.y + 0.2,
    );
    let paper = Paper { shadow: 0.28 + 0.25 * near, ..Paper::USUAL }.lifted(0.010 + 0.014 * near);
    canvas.lay(cut, fill, paper.rimmed(0.10 + 0.08 * (1.0 - near), canvas.palette.edge()));
    if canvas.has(Thing::Fog) && near < 0.9 {
        canvas.mist(ridge.y + 0.10, 0.14, mix(canvas.palette.sky[3], [0.97, 0.0, 0.0], 0.3), 0.5);
    }
}

/// Trees far off, small and many; near ones fewer.
fn dress(canvas: &mut Canvas, ridge: Ridge, near: f32, at: usize) {
    let mut dice = canvas.dice.part(&format!("dress {at}"));
    let wooded = canvas.any(&[Thing::Pine, Thing::Forest, Thing::Snow, Thing::Mountain, Thing::Tree]);
    if !(0.15..0.9).contains(&near) || (!wooded && dice.chance(0.35)) {
        return;
    }
    let round = canvas.any(&[Thing::Autumn, Thing::Spring, Thing::Field]) && !canvas.any(&[Thing::Pine, Thing::Snow]);
    let groups = if wooded { 3 } else { 2 };
    let (mut cut, mut trunks) = (Cut::new(), Cut::new());
    for _ in 0..groups {
        let middle = canvas.w * dice.unit();
        for _ in 0..3 + dice.below(4) {
            let x = middle + dice.between(-0.13, 0.13);
            let tall = (0.035 + 0.10 * near) * dice.between(0.6, 1.15);
            let foot = [x, ridge.at(x) + 0.006];
            if round {
                let (crown, trunk) = trees::round_tree(&mut dice);
                cut = cut.and(crown.placed(foot, tall, 1.0, 0.0));
                trunks = trunks.and(trunk.placed(foot, tall, 1.0, 0.0));
            } else {
                cut = cut.and(trees::pine(&mut dice).placed(foot, tall, 1.0, 0.0));
            }
        }
    }
    let colour = mix(canvas.palette.hill(near), canvas.palette.dark, 0.35 + 0.4 * near);
    let leaves = if round { mix(colour, canvas.palette.accent, 0.2) } else { colour };
    canvas.piece(trunks, canvas.palette.dark, Paper { shadow: 0.2, ..Paper::USUAL }.lifted(0.005));
    canvas.piece(cut, leaves, Paper { shadow: 0.3, ..Paper::USUAL }.lifted(0.007).rimmed(0.10, canvas.palette.edge()));
}

/// Roads, rivers, villages, bridges: what lies between the hills.
fn middle_ground(canvas: &mut Canvas, ridges: &[Ridge]) {
    if canvas.has(Thing::River) {
        winding(canvas, ridges, 1.35, true);
    }
    if canvas.any(&[Thing::Street, Thing::Bus, Thing::Car]) {
        winding(canvas, ridges, 1.0, false);
    }
    if canvas.any(&[Thing::Village, Thing::House]) {
        town::houses(canvas, ridges[3], if canvas.has(Thing::Village) { 7 } else { 1 });
    }
    if canvas.has(Thing::Bridge) {
        town::bridge(canvas, ridges[4].y);
    }
    if canvas.has(Thing::Train) {
        vehicles::train(canvas, [canvas.w * 0.5, ridges[4].at(canvas.w * 0.5) - 0.01], 0.11);
    }
}

/// A band that winds from the front to the horizon.
fn winding(canvas: &mut Canvas, ridges: &[Ridge], width: f32, wet: bool) {
    let mut dice = canvas.dice.part(if wet { "river" } else { "road" });
    let side = dice.side();
    let (top, bottom) = (ridges[1].y + 0.015, canvas.h + 0.05);
    let x = canvas.w * (0.5 + 0.08 * side);
    let bends: Vec<Point> = (0..=7)
        .map(|step| step as f32 / 7.0)
        .map(|t| [x + side * 0.34 * (t * 8.4 + 0.6).sin() * (0.16 + 0.84 * t), top + (bottom - top) * t.powf(1.7)])
        .collect();
    let line = smooth(&bends, false);
    let colour = if wet {
        mix(canvas.palette.sky[3], canvas.palette.sky[1], 0.35)
    } else if canvas.is_dark() {
        mix(canvas.palette.ground, canvas.palette.sky[3], 0.22)
    } else {
        mix(canvas.palette.sky[3], canvas.palette.ground, 0.25)
    };
    let wide = move |t: f32| (0.006 + 0.19 * t.powf(2.2)) * width;
    let fill = Fill::down(mix(colour, canvas.palette.sky[3], 0.5), colour, top, bottom);
    canvas.lay(Cut::new().lane(&line, wide), fill, Paper { shadow: 0.25, ..Paper::USUAL }.lifted(0.006));
    if wet {
        return;
    }
    if canvas.any(&[Thing::Bus, Thing::Car]) {
        let place = line[line.len() * 5 / 8];
        if canvas.has(Thing::Bus) {
            vehicles::bus(canvas, [place[0], place[1] + 0.01], 0.062, dice.side());
        } else {
            vehicles::car(canvas, [place[0], place[1] + 0.01], 0.04, dice.side());
        }
    }
}

/// The one thing that the eye goes to, at a third.
fn hero(canvas: &mut Canvas, ridges: &[Ridge]) {
    let away = if canvas.sun[0] > canvas.w * 0.5 { 0.27 } else { 0.73 };
    let x = canvas.w * away;
    let ridge = ridges[4];
    let foot = [x, ridge.at(x) + 0.012];
    let across = if away < 0.5 { 1.0 } else { -1.0 };
    if canvas.has(Thing::Tree)
        || (canvas.any(&[Thing::Autumn, Thing::Spring, Thing::Dream]) && !canvas.any(&[Thing::House, Thing::Village]))
    {
        let leaves = if canvas.any(&[Thing::Autumn, Thing::Spring]) {
            mix(canvas.palette.accent, canvas.palette.near, 0.3)
        } else {
            mix(canvas.palette.near, canvas.palette.dark, 0.55)
        };
        let size = 0.62 * (canvas.h / 1.0).min(1.3);
        let bark = canvas.palette.dark;
        trees::great_tree(canvas, foot, size, across, leaves, bark);
    }
    if canvas.has(Thing::Fire) {
        figures::camp(canvas, [canvas.w * (1.0 - away), ridge.at(canvas.w * (1.0 - away)) + 0.03]);
    }
    if canvas.any(&[Thing::Person, Thing::People]) {
        let place = canvas.w * (away + 0.17 * across);
        let count = if canvas.has(Thing::People) { 3 } else { 1 };
        figures::walkers(canvas, place, |x| ridges[4].at(x) + 0.016, 0.17, count);
    }
    creatures::standing(canvas, 1.0 - away, |x| ridges[4].at(x) + 0.02);
}

/// What is nearest and darkest, at the corners.
fn foreground(canvas: &mut Canvas, ridge: Ridge) {
    let mut dice = canvas.dice.part("foreground");
    let snow = canvas.has(Thing::Snow);
    let dark = canvas.palette.dark;
    if !snow {
        let cut = trees::grass(&mut dice, -0.05, canvas.w + 0.05, |x| ridge.at(x), 0.055, 150.0);
        canvas.piece(cut, mix(canvas.palette.ground, dark, 0.4), Paper { shadow: 0.2, ..Paper::USUAL }.lifted(0.006));
    }
    if canvas.any(&[Thing::Flowers, Thing::Field, Thing::Spring, Thing::Bees, Thing::Butterflies]) {
        flowers(canvas, ridge);
    }
    for (x, across) in [(0.06 * canvas.w, 1.0), (0.94 * canvas.w, -1.0)] {
        if dice.chance(0.75) {
            let size = dice.between(0.2, 0.32);
            let cut = if snow {
                trees::pine(&mut dice).placed([x, canvas.h + 0.02], size * 1.7, across, 0.0)
            } else {
                trees::spray(&mut dice).placed([x, canvas.h + 0.02], size, across, 0.0)
            };
            canvas.piece(
                cut,
                lighter(dark, -0.01),
                Paper { shadow: 0.5, ..Paper::USUAL }.lifted(0.02).rimmed(0.07, canvas.palette.edge()),
            );
        }
    }
}

fn flowers(canvas: &mut Canvas, ridge: Ridge) {
    let mut dice = canvas.dice.part("flowers");
    let accent = canvas.palette.accent;
    let colours: [Lab; 3] =
        [accent, mix(accent, [0.95, 0.02, 0.02], 0.5), [accent[0], accent[2] * 0.6, accent[1] * 0.6 - 0.05]];
    for colour in colours {
        let (mut petals, mut eyes, mut stems) = (Cut::new(), Cut::new(), Cut::new());
        for _ in 0..(16.0 * canvas.w) as usize {
            let x = dice.between(-0.02, canvas.w + 0.02);
            let depth = dice.unit();
            let at = [x, ridge.at(x) - 0.03 + depth * (canvas.h - ridge.y + 0.02)];
            let size = 0.018 + 0.034 * depth;
            let (bloom, eye) = trees::flower(5 + dice.below(3));
            let tilt = dice.between(-0.4, 0.4);
            petals = petals.and(bloom.placed(at, size, 1.0, tilt));
            eyes = eyes.and(eye.placed(at, size, 1.0, tilt));
            stems = stems.ribbon(&[at, [x + tilt * 0.02, at[1] + size * 2.2]], |_| size * 0.07);
        }
        canvas.piece(stems, mix(canvas.palette.ground, canvas.palette.dark, 0.5), Paper::FLAT);
        canvas.piece(petals, colour, Paper { shadow: 0.35, ..Paper::USUAL }.lifted(0.006));
        canvas.piece(eyes, lighter(canvas.palette.disc, 0.0), Paper::FLAT);
    }
}

/// Peaks with snow on them, in two rows.
fn mountains(canvas: &mut Canvas) {
    let mut dice = canvas.dice.part("mountains");
    for row in 0..2 {
        let near = row as f32;
        let foot = canvas.horizon + 0.06;
        let (mut cut, mut snow) = (Cut::new(), Cut::new());
        for peak in 0..3 {
            let x = canvas.w * (0.12 + 0.38 * peak as f32 + 0.17 * near + dice.between(-0.07, 0.07));
            let tall = (0.42 - 0.13 * near) * dice.between(0.65, 1.0) * canvas.h.min(1.4);
            let half = tall * dice.between(0.75, 0.95);
            let seed = dice.seed();
            let slope = |side: f32, part: f32| {
                let rough = 0.055 * tall * wave(part * 3.0 + side, seed, 0.5, 3) * (part * (1.0 - part) * 4.0).min(1.0);
                [x + side * half * part, foot - tall * (1.0 - part) + rough]
            };
            let left = (0..=30).rev().map(|step| slope(-1.0, step as f32 / 30.0));
            let right = (0..=30).map(|step| slope(1.0, step as f32 / 30.0));
            cut = cut.polygon(left.chain(right).collect::<Vec<_>>());
            let line = 0.34;
            let down = (0..=10).map(|step| slope(1.0, line * step as f32 / 10.0));
            let zigzag = (0..=8).map(|step| {
                let part = 1.0 - step as f32 / 4.0;
                [x + half * line * part, foot - tall * (1.0 - line) + tall * if step % 2 == 0 { 0.0 } else { 0.075 }]
            });
            let up = (0..10).rev().map(|step| slope(-1.0, line * step as f32 / 10.0));
            snow = snow.polygon(down.chain(zigzag).chain(up).collect::<Vec<_>>());
        }
        let colour = mix(canvas.palette.far, canvas.palette.near, 0.15 + 0.3 * near);
        let fill = Fill::down(colour, mix(colour, canvas.palette.sky[3], 0.55), foot - 0.35, foot);
        canvas.lay(cut, fill, Paper { shadow: 0.35, ..Paper::USUAL }.lifted(0.016).rimmed(0.14, canvas.palette.edge()));
        let white = mix(mix(canvas.palette.sky[3], [0.99, 0.0, 0.0], 0.6), colour, 0.1);
        canvas.piece(snow, white, Paper { shadow: 0.2, ..Paper::USUAL }.lifted(0.006));
    }
    canvas.mist(canvas.horizon + 0.02, 0.12, canvas.palette.sky[3], 0.45);
}

/// Between the trunks of a forest, with light at its end.
pub(super) fn forest(canvas: &mut Canvas) {
    let mut dice = canvas.dice.part("forest");
    canvas.horizon = canvas.h * 0.66;
    canvas.sun = [canvas.w * dice.between(0.38, 0.62), canvas.h * 0.42];
    sky::back(canvas);
    if canvas.is_dark() {
        sky::stars(canvas);
    }
    canvas.lit_from(canvas.sun);
    canvas.glow(canvas.sun, 0.55, canvas.palette.disc, 0.42);
    canvas.glow(canvas.sun, 0.2, canvas.palette.disc, 0.35);
    let rows = 5;
    for row in 0..rows {
        let near = row as f32 / (rows - 1) as f32;
        let foot = canvas.h * (0.66 + 0.26 * near);
        let ridge = Ridge { y: foot, amp: 0.03, cell: 0.6, seed: dice.seed() };
        let colour = mix(canvas.palette.hill(near * 0.95), canvas.palette.dark, 0.25 + 0.55 * near);
        let (mut trunks, mut crowns) = (Cut::new(), Cut::new());
        let count = ((9.0 - 1.3 * row as f32) * canvas.w.max(0.8)) as usize;
        let winter = canvas.has(Thing::Snow) || canvas.has(Thing::Pine);
        for tree in 0..count {
            let x = canvas.w * (tree as f32 + dice.between(0.1, 0.9)) / count as f32;
            // A lane stays open in the middle.
            let gap = (x - canvas.sun[0]) / (0.12 + 0.2 * near);
            let x = if gap.abs() < 1.0 {
                canvas.sun[0] + gap.signum() * (0.12 + 0.2 * near) * (1.0 + 0.3 * dice.unit())
            } else {
                x
            };
            let base = [x, ridge.at(x) + 0.02];
            if winter || (row < 3 && dice.chance(0.4)) {
                crowns = crowns.and(trees::pine(&mut dice).placed(base, 0.34 + 0.5 * near, 1.0, 0.0));
                continue;
            }
            let lean = dice.between(-0.05, 0.05);
            let line = [base, [x + lean * 0.4, canvas.h * 0.4], [x + lean, -0.1]];
            let wide = 0.012 + 0.05 * near;
            trunks = trunks.ribbon(&smooth(&line, false), |t| wide * (1.25 - 0.7 * t) + wide * (1.0 - t * 14.0).max(0.0));
            for _ in 0..2 {
                let at = canvas.h * dice.between(0.12, 0.42);
                let reach = dice.side() * dice.between(0.08, 0.18);
                trunks = trunks.ribbon(&smooth(&[[x, at], [x + reach * 0.5, at - 0.03], [x + reach, at - 0.11]], false), |t| {
                    wide * 0.4 * (1.1 - t)
                });
            }
            for _ in 0..3 {
                let at = [x + dice.between(-0.17, 0.17), canvas.h * dice.between(-0.02, 0.13)];
                crowns = crowns.ellipse(at, dice.between(0.1, 0.18), dice.between(0.06, 0.11));
            }
        }
        let paper =
            Paper { shadow: 0.3 + 0.2 * near, ..Paper::USUAL }.lifted(0.008 + 0.014 * near).rimmed(0.10, canvas.palette.edge());
        canvas.piece(crowns, lighter(colour, -0.01), paper);
        canvas.piece(trunks, colour, paper);
        let floor = Cut::new().below(canvas.w, canvas.h, |x| ridge.at(x));
        canvas.lay(floor, Fill::down(lighter(colour, 0.03), mix(colour, canvas.palette.ground, 0.4), foot, foot + 0.2), paper);
        if near < 0.8 {
            canvas.mist(foot - 0.08, 0.2, mix(canvas.palette.sky[3], canvas.palette.disc, 0.3), 0.30);
        }
    }
    lane(canvas);
    beams(canvas);
    if canvas.any(&[Thing::Person, Thing::People]) {
        let (x, y) = (canvas.sun[0] + 0.02, canvas.h * 0.86);
        figures::walkers(canvas, x, |_| y, 0.2, if canvas.has(Thing::People) { 2 } else { 1 });
    }
    let mut dice = canvas.dice.part("undergrowth");
    let base = canvas.h - 0.02;
    let dark = canvas.palette.dark;
    canvas.piece(trees::grass(&mut dice, -0.05, canvas.w + 0.05, |_| base, 0.1, 90.0), dark, Paper::USUAL);
    for (x, across) in [(0.05 * canvas.w, 1.0), (0.95 * canvas.w, -1.0)] {
        let cut = trees::spray(&mut dice).placed([x, canvas.h + 0.02], 0.34, across, 0.0);
        canvas.piece(cut, dark, Paper::USUAL.lifted(0.02).rimmed(0.07, canvas.palette.edge()));
    }
}

/// The way through a forest.
fn lane(canvas: &mut Canvas) {
    let (x, top) = (canvas.sun[0], canvas.h * 0.71);
    let bends = [[x, top], [x + 0.05, canvas.h * 0.77], [x - 0.04, canvas.h * 0.87], [x + 0.03, canvas.h * 1.06]];
    let colour = mix(canvas.palette.ground, canvas.palette.wood, 0.35);
    let fill = Fill::down(mix(colour, canvas.palette.disc, 0.75), mix(colour, canvas.palette.sky[3], 0.25), top, canvas.h);
    canvas.lay(
        Cut::new().lane(&smooth(&bends, false), |t| 0.05 + 0.42 * t * t),
        fill,
        Paper { shadow: 0.2, ..Paper::USUAL }.lifted(0.006),
    );
}

/// Shafts of light from the sun.
fn beams(canvas: &mut Canvas) {
    let mut dice = canvas.dice.part("beams");
    for _ in 0..5 {
        let (angle, wide) = (dice.between(-0.95, 0.95), dice.between(0.03, 0.08));
        let far = [canvas.sun[0] + angle * canvas.h, canvas.sun[1] + canvas.h * 0.62];
        let cut = Cut::new().polygon([canvas.sun, [far[0] - wide, far[1]], [far[0] + wide, far[1]]]);
        let fill = Fill::around(canvas.palette.disc, [0.02, 0.0, 0.0], canvas.sun, canvas.h * 0.62);
        canvas.lay(cut, fill, Paper { adds: true, alpha: 0.16, soft: 0.012, ..Paper::LAMP });
    }
}

/// Dunes.
pub(super) fn desert(canvas: &mut Canvas) {
    let mut dice = canvas.dice.part("desert");
    canvas.horizon = canvas.h * 0.52;
    sky::sky(canvas);
    if canvas.has(Thing::Balloon) {
        vehicles::balloons(canvas);
    }
    if canvas.has(Thing::Mountain) {
        mountains(canvas);
    }
    let mut last = Ridge { y: canvas.horizon, amp: 0.0, cell: 1.0, seed: 1 };
    for at in 0..5 {
        let near = at as f32 / 4.0;
        let ridge = Ridge {
            y: canvas.horizon + (canvas.h - canvas.horizon) * 0.78 * near.powf(1.2) + 0.015,
            amp: 0.05 + 0.05 * near,
            cell: 0.9 + 0.5 * near,
            seed: dice.seed(),
        };
        let crest = |x: f32| ridge.at(x);
        let colour = canvas.palette.hill(near);
        let fill = Fill::down(
            mix(colour, canvas.palette.disc, 0.16),
            mix(colour, canvas.palette.dark, 0.12),
            ridge.y - 0.06,
            ridge.y + 0.28,
        );
        canvas.lay(
            Cut::new().below(canvas.w, canvas.h, crest),
            fill,
            Paper { shadow: 0.35, ..Paper::USUAL }.lifted(0.016).rimmed(0.16, canvas.palette.edge()),
        );
        // The lee side: a second, darker sheet that leaves the crest by a soft curve.
        let split = dice.between(0.2, 0.8) * canvas.w;
        let lee = Cut::new().polygon(
            (0..=60)
                .map(|step| split + 0.7 * step as f32 / 60.0)
                .map(|x| [x, crest(x) + 0.001])
                .chain((0..=60).rev().map(|step| step as f32 / 60.0).map(|t| {
                    let x = split + 0.7 * t;
                    [x, crest(x) + 0.17 * (t * 3.0).min(1.0) * (1.0 - 0.3 * t)]
                }))
                .collect::<Vec<_>>(),
        );
        let shade = Fill::down(mix(colour, canvas.palette.dark, 0.32), colour, ridge.y, ridge.y + 0.2);
        canvas.lay(lee, shade, Paper { alpha: 0.55, soft: 0.010, ..Paper::FLAT });
        last = ridge;
    }
    let x = canvas.w * if canvas.sun[0] > canvas.w / 2.0 { 0.28 } else { 0.72 };
    if canvas.any(&[Thing::Person, Thing::People]) {
        figures::walkers(canvas, x, |x| last.at(x) + 0.01, 0.16, if canvas.has(Thing::People) { 3 } else { 1 });
    } else if canvas.any(&[Thing::Car, Thing::Bus]) {
        vehicles::car(canvas, [x, last.at(x) + 0.02], 0.1, 1.0);
    } else {
        let dark = mix(canvas.palette.dark, canvas.palette.near, 0.2);
        canvas.piece(
            cactus().placed([x, last.at(x) + 0.02], 0.3, 1.0, 0.0),
            dark,
            Paper::USUAL.rimmed(0.2, canvas.palette.edge()),
        );
        let far = canvas.w - x;
        canvas.piece(
            cactus().placed([far, last.at(far) + 0.02], 0.12, -1.0, 0.0),
            dark,
            Paper::USUAL.rimmed(0.2, canvas.palette.edge()),
        );
    }
}

fn cactus() -> Cut {
    let arm = |side: f32, from: f32, reach: f32, tall: f32| {
        smooth(
            &[[0.0, from], [side * reach * 0.7, from - 0.01], [side * reach, from - 0.08], [side * reach, from - tall]],
            false,
        )
    };
    Cut::new()
        .card(-0.065, -1.0, 0.065, 0.02, 0.065)
        .ribbon(&arm(1.0, -0.42, 0.24, 0.34), |_| 0.095)
        .disc([0.24, -0.76], 0.047)
        .ribbon(&arm(-1.0, -0.3, 0.22, 0.3), |_| 0.09)
        .disc([-0.22, -0.6], 0.045)
}
