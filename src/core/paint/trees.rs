//! Trees, grass and flowers, each around its foot at (0, 0) and one high.

use std::f32::consts::{PI, TAU};

use super::canvas::Canvas;
use super::colour::{Lab, lighter, mix};
use super::cut::{Cut, Point, smooth};
use super::dice::Dice;
use super::sheet::{Fill, Paper};

pub(super) fn pine(dice: &mut Dice) -> Cut {
    let lean = dice.between(-0.02, 0.02);
    let mut cut = Cut::new().polygon([[-0.025, 0.01], [0.025, 0.01], [lean, -0.8]]);
    for tier in 0..4 {
        let tier = tier as f32;
        let (foot, top) = (-(0.10 + 0.20 * tier), -(0.46 + 0.18 * tier));
        let (half, middle) = ((0.25 - 0.047 * tier) * dice.between(0.9, 1.1), lean * tier / 4.0);
        cut = cut.polygon([
            [middle - half, foot],
            [middle - half * 0.42, foot - 0.035],
            [middle, foot + 0.012],
            [middle + half * 0.42, foot - 0.035],
            [middle + half, foot],
            [middle + lean / 4.0, top],
        ]);
    }
    cut
}

/// A round tree with a short trunk: crown and trunk.
pub(super) fn round_tree(dice: &mut Dice) -> (Cut, Cut) {
    let trunk = Cut::new().ribbon(&[[0.0, 0.02], [dice.between(-0.02, 0.02), -0.5]], |t| 0.075 * (1.15 - 0.6 * t));
    let mut crown = Cut::new();
    for _ in 0..9 {
        let (angle, reach) = (dice.between(0.0, TAU), dice.between(0.0, 0.17));
        crown = crown.disc([angle.cos() * reach * 1.2, -0.66 + angle.sin() * reach], dice.between(0.12, 0.18));
    }
    (crown, trunk)
}

/// A large old tree: boughs, and two crowns of leaves, the far one first.
pub(super) fn great_tree(canvas: &mut Canvas, at: Point, size: f32, across: f32, leaves: Lab, bark: Lab) {
    let mut dice = canvas.dice.part("great tree");
    let mut boughs = Cut::new();
    let spine = smooth(&[[0.0, 0.06], [0.0, -0.04], [0.03, -0.2], [-0.01, -0.42], [0.05, -0.62], [0.1, -0.85]], false);
    boughs = boughs.ribbon(&spine, |t| 0.105 * (1.0 - t).powf(0.8) + 0.012 + 0.07 * (1.0 - t * 6.0).max(0.0));
    let mut tips: Vec<Point> = vec![[0.1, -0.9]];
    for (begin, reach, rise) in [(-0.34, -0.34, 0.26), (-0.42, 0.36, 0.30), (-0.52, -0.22, 0.36), (-0.58, 0.30, 0.14)] {
        let tip = [reach * dice.between(0.9, 1.15), begin - rise * dice.between(0.9, 1.1)];
        let line = smooth(&[[0.0, begin], [tip[0] * 0.45, begin - rise * 0.30], tip], false);
        boughs = boughs.ribbon(&line, |t| 0.042 * (1.0 - t) + 0.008);
        tips.push(tip);
    }
    let crown = |dice: &mut Dice, spread: f32| {
        let mut cut = Cut::new();
        for tip in &tips {
            for _ in 0..4 {
                let puff = [tip[0] + dice.between(-0.14, 0.14), tip[1] + dice.between(-0.11, 0.06)];
                let size = spread * dice.between(0.7, 1.1);
                cut = cut.and(leafy(dice, puff, size));
            }
        }
        cut
    };
    let far = crown(&mut dice, 0.19);
    let near = crown(&mut dice, 0.13);
    let place = |cut: Cut| cut.placed(at, size, across, 0.0);
    let back = Fill::down(
        mix(leaves, canvas.palette.sky[3], 0.16),
        mix(leaves, canvas.palette.dark, 0.3),
        at[1] - size,
        at[1] - size * 0.4,
    );
    canvas.lay(place(far), back, Paper::USUAL.lifted(0.02));
    canvas.piece(place(boughs), bark, Paper { shadow: 0.35, ..Paper::USUAL }.rimmed(0.16, canvas.palette.edge()));
    let front = Fill::down(lighter(leaves, 0.03), lighter(leaves, -0.05), at[1] - size, at[1] - size * 0.45);
    canvas.lay(place(near), front, Paper { shadow: 0.5, ..Paper::USUAL }.rimmed(0.10, canvas.palette.edge()));
}

/// A disc with an edge of leaves.
fn leafy(dice: &mut Dice, at: Point, radius: f32) -> Cut {
    let lobes = 17 + dice.below(6);
    let turn = dice.between(0.0, TAU);
    let edge = (0..lobes * 8).map(|step| {
        let part = step as f32 / (lobes * 8) as f32 * TAU;
        let reach = radius * (1.0 + 0.06 * (part * lobes as f32 / 2.0).sin().abs() + 0.06 * (part * 3.0 + turn).sin());
        [at[0] + part.cos() * reach, at[1] + part.sin() * reach * 0.8]
    });
    Cut::new().polygon(edge.collect::<Vec<_>>())
}

/// Blades of grass along an edge.
pub(super) fn grass(dice: &mut Dice, from: f32, to: f32, edge: impl Fn(f32) -> f32, height: f32, density: f32) -> Cut {
    let mut cut = Cut::new();
    let count = ((to - from) * density) as usize;
    for _ in 0..count {
        let x = dice.between(from, to);
        let (tall, bend) = (height * dice.between(0.4, 1.0), dice.between(-0.45, 0.45));
        let foot = edge(x) + 0.012;
        let line = smooth(&[[x, foot], [x + bend * tall * 0.35, foot - tall * 0.6], [x + bend * tall, foot - tall]], false);
        cut = cut.ribbon(&line, |t| height * 0.075 * (1.0 - t) + 0.0006);
    }
    cut
}

/// A spray of stems with leaves, for a corner of the picture: one high.
pub(super) fn spray(dice: &mut Dice) -> Cut {
    let mut cut = Cut::new();
    for stem in 0..5 {
        let (tall, bend) = (dice.between(0.6, 1.0), dice.between(-0.28, 0.28));
        let x = (stem as f32 - 2.0) * 0.15 + dice.between(-0.05, 0.05);
        let line = smooth(&[[x, 0.06], [x + bend * 0.3, -tall * 0.5], [x + bend, -tall]], false);
        cut = cut.ribbon(&line, |t| 0.014 * (1.2 - t));
        for (at, point) in line.iter().enumerate().skip(3).step_by(2) {
            let part = at as f32 / line.len() as f32;
            for side in [-1.0, 1.0] {
                cut = cut.and(leaf().placed(*point, 0.11 * (1.15 - part), 1.0, side * (0.75 + 0.2 * part) + bend));
            }
        }
    }
    cut
}

/// A leaf that points up from (0, 0), one long.
pub(super) fn leaf() -> Cut {
    let edge = |side: f32| {
        (0..=10).map(move |step| step as f32 / 10.0).map(move |t| [side * 0.24 * (PI * t).sin().max(0.0).powf(0.8), -t])
    };
    Cut::new().polygon(edge(1.0).chain(edge(-1.0).collect::<Vec<_>>().into_iter().rev()).collect::<Vec<_>>())
}

/// A flower from above: petals and eye, one across.
pub(super) fn flower(petals: usize) -> (Cut, Cut) {
    let mut cut = Cut::new();
    for petal in 0..petals {
        let angle = petal as f32 / petals as f32 * TAU;
        let oval = Cut::new().ellipse([0.0, -0.3], 0.17, 0.26);
        cut = cut.and(oval.placed([0.0, 0.0], 1.0, 1.0, angle));
    }
    (cut, Cut::new().disc([0.0, 0.0], 0.14))
}
