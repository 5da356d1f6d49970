//! People, as shapes against the light: walkers, sitters, a speaker before a crowd, one person from near; and a fire to sit by.

use std::f32::consts::PI;

use super::canvas::Canvas;
use super::colour::{Lab, lighter, mix};
use super::cut::{Cut, Point, smooth};
use super::dice::Dice;
use super::lexicon::Thing;
use super::sheet::{Fill, Paper};
use super::{moods, sky};

/// Somebody on their way, feet at (0, 0), one high.
fn walker(dice: &mut Dice) -> Cut {
    let (stride, coat, lean) = (dice.between(0.08, 0.13), dice.between(0.42, 0.5), 0.02);
    let leg = |foot: f32| smooth(&[[0.0, -0.5], [foot * 0.45 + 0.015, -0.26], [foot, -0.01], [foot + 0.045, -0.005]], false);
    let body = smooth(
        &[
            [-0.085, -0.83],
            [0.0, -0.86],
            [0.085, -0.83],
            [0.12, -0.6],
            [0.13, -coat + 0.06],
            [-0.13, -coat + 0.06],
            [-0.12, -0.6],
        ],
        true,
    );
    let arm = |hand: f32| smooth(&[[0.0, -0.8], [hand * 0.5, -0.63], [hand, -0.47]], false);
    let mut cut = Cut::new()
        .ribbon(&leg(stride), |t| 0.075 - 0.03 * t)
        .ribbon(&leg(-stride), |t| 0.075 - 0.03 * t)
        .polygon(body)
        .ribbon(&arm(0.13), |_| 0.045)
        .ribbon(&arm(-0.12), |_| 0.045)
        .ribbon(&[[lean, -0.83], [lean, -0.9]], |_| 0.055)
        .ellipse([lean + 0.005, -0.94], 0.055, 0.066);
    match dice.below(4) {
        // A hat, a bun, long hair, a bag.
        0 => cut = cut.ellipse([lean, -0.975], 0.095, 0.016).card(lean - 0.05, -1.03, lean + 0.05, -0.97, 0.02),
        1 => cut = cut.disc([lean - 0.045, -0.99], 0.032),
        2 => cut = cut.blob(&[[-0.06, -0.97], [0.03, -1.01], [0.05, -0.93], [0.0, -0.8], [-0.08, -0.79]]),
        _ => cut = cut.card(-0.17, -0.78, -0.07, -0.58, 0.03),
    }
    cut
}

/// Somebody who sits on the ground, seen from the side; seat at (0, 0), one high.
pub(super) fn sitter() -> Cut {
    let body = smooth(&[[-0.22, 0.02], [-0.2, -0.4], [-0.06, -0.62], [0.1, -0.58], [0.12, -0.3], [0.16, 0.02]], true);
    Cut::new()
        .polygon(body)
        .ellipse([0.05, -0.8], 0.12, 0.145)
        .ribbon(&smooth(&[[-0.02, -0.05], [0.32, -0.34], [0.5, 0.0]], false), |t| 0.15 - 0.06 * t)
        .ribbon(&smooth(&[[0.05, -0.5], [0.2, -0.26], [0.36, -0.26]], false), |_| 0.075)
}

/// Some people in a landscape, the first at `x`.
pub(super) fn walkers(canvas: &mut Canvas, x: f32, ground: impl Fn(f32) -> f32, tall: f32, count: usize) {
    let mut dice = canvas.dice.part("walkers");
    let across = if x < canvas.w / 2.0 { 1.0 } else { -1.0 };
    let mut cut = Cut::new();
    for at in 0..count {
        let x = x + at as f32 * across * tall * dice.between(0.36, 0.5);
        let size = tall * if at == 2 { 0.66 } else { dice.between(0.93, 1.03) };
        let foot = [x, ground(x) + 0.004];
        let shade =
            Cut::new().ellipse([foot[0] + size * 0.12 * -canvas.toward[0].signum(), foot[1]], size * 0.26, size * 0.028);
        canvas.piece(shade, canvas.palette.shade, Paper { alpha: 0.4, soft: 0.006, ..Paper::FLAT });
        cut = cut.and(walker(&mut dice).placed(foot, size, across, 0.0));
    }
    let colour = mix(canvas.palette.dark, canvas.palette.accent, if canvas.is_dark() { 0.04 } else { 0.14 });
    canvas.piece(cut, colour, Paper { shadow: 0.3, ..Paper::USUAL }.lifted(0.006).rimmed(0.35, canvas.palette.edge()));
}

/// A tent, a fire, somebody beside it.
pub(super) fn camp(canvas: &mut Canvas, at: Point) {
    let warm = [0.82, 0.07, 0.14];
    let flat = at[0] > canvas.w / 2.0;
    let across = if flat { -1.0 } else { 1.0 };
    let tent = [at[0] + 0.17 * -across, at[1]];
    let paper = Paper::USUAL.lifted(0.012).rimmed(0.14, canvas.palette.edge());
    let cloth = mix(canvas.palette.accent, canvas.palette.near, 0.4);
    canvas.lay(
        Cut::new().polygon([[-0.62, 0.03], [0.0, -0.72], [0.62, 0.03]]).placed(tent, 0.2, 1.0, 0.0),
        Fill::between(
            cloth,
            mix(cloth, canvas.palette.dark, 0.45),
            [tent[0] - 0.1 * across, tent[1]],
            [tent[0] + 0.12 * across, tent[1]],
        ),
        paper,
    );
    canvas.piece(
        Cut::new().polygon([[-0.15, 0.03], [0.0, -0.7], [0.16, 0.03]]).placed(tent, 0.2, 1.0, 0.0),
        mix(warm, canvas.palette.dark, 0.3),
        Paper::FLAT,
    );
    canvas.glow([at[0], at[1] - 0.03], 0.34, warm, 0.4);
    canvas.lamp([at[0], at[1] - 0.05], 0.22, warm, 0.9);
    for (size, colour) in [(0.085, [0.66, 0.17, 0.12]), (0.062, [0.78, 0.1, 0.15]), (0.036, [0.95, 0.0, 0.1])] {
        let flame = smooth(&[[0.0, -1.0], [0.22, -0.55], [0.34, -0.12], [0.0, 0.06], [-0.34, -0.12], [-0.2, -0.5]], true);
        canvas.piece(Cut::new().polygon(flame).placed(at, size, across, 0.05), colour, Paper::LAMP);
    }
    let logs =
        Cut::new().ribbon(&[[-0.05, 0.008], [0.05, -0.006]], |_| 0.012).ribbon(&[[-0.05, -0.006], [0.05, 0.008]], |_| 0.012);
    canvas.piece(logs.placed(at, 1.0, 1.0, 0.0), canvas.palette.dark, Paper::USUAL.lifted(0.004));
    canvas.piece(
        sitter().placed([at[0] + 0.13 * across, at[1] + 0.005], 0.13, -across, 0.0),
        canvas.palette.dark,
        Paper::USUAL.lifted(0.006).rimmed(0.5, warm),
    );
}

/// A stage seen from among the audience.
pub(super) fn stage(canvas: &mut Canvas) {
    let mut dice = canvas.dice.part("stage");
    canvas.horizon = canvas.h * 0.62;
    let palette = canvas.palette.clone();
    let back =
        Fill::down(mix(palette.dark, palette.sky[1], 0.45), mix(palette.sky[2], palette.dark, 0.35), 0.0, canvas.h * 0.7);
    canvas.lay(Cut::new().rect(-0.2, -0.2, canvas.w + 0.2, canvas.h + 0.2), back, Paper::FLAT);
    let spot = [canvas.w * 0.5, canvas.h * 0.46];
    for ring in (1..=5).rev() {
        let reach = 0.14 * ring as f32 + 0.06;
        let colour = mix(palette.sky[3], palette.sky[1], ring as f32 / 5.5);
        canvas.piece(
            Cut::new().disc(spot, reach),
            colour,
            Paper { shadow: 0.35, alpha: 0.8, ..Paper::USUAL }.lifted(0.02).rimmed(0.1, palette.disc),
        );
    }
    for (x, lean) in [(0.2, 0.3), (0.5, 0.0), (0.8, -0.3)] {
        let source = [canvas.w * x, -0.05];
        let foot = [spot[0] + lean * -0.12, canvas.h * 0.72];
        let beam = Cut::new().polygon([
            [source[0] - 0.01, source[1]],
            [source[0] + 0.01, source[1]],
            [foot[0] + 0.2, foot[1]],
            [foot[0] - 0.2, foot[1]],
        ]);
        canvas.lay(
            beam,
            Fill::around(palette.disc, [0.1, 0.0, 0.0], source, canvas.h * 0.95),
            Paper { adds: true, alpha: 0.22, soft: 0.014, ..Paper::LAMP },
        );
    }
    let floor = canvas.h * 0.70;
    let wood = mix(palette.wood, palette.dark, 0.35);
    canvas.lay(
        Cut::new().rect(-0.1, floor, canvas.w + 0.1, canvas.h * 0.8),
        Fill::down(lighter(wood, 0.1), wood, floor, canvas.h * 0.8),
        Paper::USUAL.rimmed(0.25, palette.disc),
    );
    canvas.wide_glow([spot[0], floor + 0.03], 0.34, 0.18, palette.disc, 0.4);
    let front = canvas.h * 0.785;
    canvas.lay(
        Cut::new().rect(-0.1, front, canvas.w + 0.1, canvas.h + 0.1),
        Fill::down(mix(wood, palette.dark, 0.5), palette.dark, front, canvas.h),
        Paper::USUAL,
    );
    let count = if canvas.has(Thing::People) && dice.chance(0.3) { 2 } else { 1 };
    canvas.toward = [0.0, -1.0];
    walkers(canvas, spot[0] - 0.03, |_| floor + 0.045, 0.34, count);
    curtains(canvas);
    audience(canvas, &mut dice);
}

fn curtains(canvas: &mut Canvas) {
    let red = mix(canvas.palette.accent, [0.4, 0.14, 0.06], 0.75);
    for side in [-1.0, 1.0] {
        let edge = canvas.w * (0.5 + 0.5 * side);
        for fold in 0..4 {
            let near = fold as f32 / 3.0;
            let x = edge - side * canvas.w * (0.15 - 0.045 * fold as f32);
            let line = smooth(
                &[
                    [x, -0.1],
                    [x + side * 0.015, canvas.h * 0.3],
                    [x - side * 0.01, canvas.h * 0.6],
                    [x + side * 0.02, canvas.h * 0.83],
                ],
                false,
            );
            let cut = Cut::new().polygon(
                line.into_iter().chain([[edge + side * 0.1, canvas.h * 0.83], [edge + side * 0.1, -0.1]]).collect::<Vec<_>>(),
            );
            let colour = mix(red, canvas.palette.dark, 0.25 + 0.5 * near);
            canvas.lay(
                cut,
                Fill::down(colour, lighter(colour, -0.04), 0.0, canvas.h),
                Paper::USUAL.lifted(0.016).rimmed(0.12, canvas.palette.disc),
            );
        }
    }
}

fn audience(canvas: &mut Canvas, dice: &mut Dice) {
    for row in 0..3 {
        let near = row as f32 / 2.0;
        let (foot, size) = (canvas.h * (0.86 + 0.1 * near), 0.075 + 0.05 * near);
        let mut cut = Cut::new();
        let mut x = dice.between(-0.1, 0.0);
        while x < canvas.w + 0.1 {
            let top = foot - size * dice.between(0.1, 0.45);
            let shoulders = smooth(
                &[
                    [x - size * 0.85, canvas.h + 0.1],
                    [x - size * 0.75, top + size * 0.75],
                    [x, top + size * 0.42],
                    [x + size * 0.75, top + size * 0.75],
                    [x + size * 0.85, canvas.h + 0.1],
                ],
                true,
            );
            cut = cut.ellipse([x, top], size * 0.37, size * 0.46).polygon(shoulders);
            x += size * dice.between(1.45, 1.9);
        }
        let colour = mix(canvas.palette.sky[1], canvas.palette.dark, 0.45 + 0.5 * near);
        canvas.piece(cut, colour, Paper::USUAL.lifted(0.014).rimmed(0.3 - 0.16 * near, canvas.palette.disc));
    }
}

/// One person from near, without a face, before a sky in rings.
pub(super) fn portrait(canvas: &mut Canvas) {
    let mut dice = canvas.dice.part("portrait");
    canvas.horizon = canvas.h * 0.9;
    sky::back(canvas);
    if canvas.is_dark() {
        sky::stars(canvas);
    }
    let middle = [canvas.w * (0.5 + dice.side() * 0.06), canvas.h * 0.45];
    canvas.sun = [middle[0], middle[1] - 0.05];
    moods::rings(canvas, canvas.sun, 5, 0.17);
    canvas.lit_from([canvas.w * 0.15, 0.0]);
    let across = dice.side();
    let foot = canvas.h * 0.98;
    let place = |cut: Cut| cut.placed([middle[0], foot], 1.0, across, 0.0);
    let skins: [Lab; 4] = [[0.82, 0.045, 0.06], [0.72, 0.05, 0.075], [0.58, 0.055, 0.07], [0.45, 0.05, 0.055]];
    let skin = mix(skins[dice.below(4)], canvas.palette.sky[3], 0.12);
    let hair = mix(canvas.palette.dark, [0.3, 0.04, 0.04], dice.between(0.1, 0.6));
    let coat = mix(canvas.palette.near, canvas.palette.accent, 0.28);
    let paper = Paper::USUAL.lifted(0.02).rimmed(0.16, canvas.palette.edge());
    let long = dice.chance(0.5);
    let back = if long {
        smooth(&[[-0.19, -0.66], [-0.02, -0.83], [0.16, -0.7], [0.17, -0.42], [0.1, -0.2], [-0.24, -0.2], [-0.23, -0.45]], true)
    } else {
        smooth(&[[-0.17, -0.62], [-0.08, -0.79], [0.08, -0.8], [0.15, -0.66], [0.05, -0.5], [-0.14, -0.45]], true)
    };
    canvas.piece(place(Cut::new().polygon(back)), hair, paper);
    let body =
        smooth(&[[-0.46, 0.1], [-0.42, -0.14], [-0.2, -0.27], [0.0, -0.3], [0.2, -0.27], [0.42, -0.14], [0.46, 0.1]], true);
    let neck = Cut::new().polygon(smooth(&[[-0.075, -0.24], [-0.07, -0.42], [0.07, -0.42], [0.08, -0.24], [0.0, -0.2]], true));
    canvas.lay(
        place(Cut::new().polygon(body)),
        Fill::down(lighter(coat, 0.04), mix(coat, canvas.palette.dark, 0.4), canvas.h * 0.7, canvas.h),
        paper,
    );
    canvas.piece(place(neck), lighter(skin, -0.07), Paper::USUAL.lifted(0.01));
    // A head in half profile: forehead, nose, chin.
    let head = smooth(
        &[
            [-0.12, -0.62],
            [-0.06, -0.72],
            [0.05, -0.73],
            [0.115, -0.66],
            [0.125, -0.58],
            [0.155, -0.525],
            [0.125, -0.5],
            [0.125, -0.44],
            [0.075, -0.37],
            [-0.01, -0.39],
            [-0.1, -0.48],
        ],
        true,
    );
    canvas.lay(
        place(Cut::new().polygon(head)),
        Fill::between(
            lighter(skin, 0.03),
            lighter(skin, -0.05),
            [middle[0] + across * 0.1, canvas.h * 0.4],
            [middle[0] - across * 0.12, canvas.h * 0.5],
        ),
        paper,
    );
    let fringe = smooth(
        &[
            [-0.155, -0.5],
            [-0.165, -0.66],
            [-0.07, -0.795],
            [0.07, -0.79],
            [0.135, -0.68],
            [0.06, -0.69],
            [-0.03, -0.665],
            [-0.075, -0.58],
            [-0.1, -0.5],
        ],
        true,
    );
    canvas.piece(
        place(Cut::new().polygon(fringe)),
        lighter(hair, 0.03),
        Paper::USUAL.lifted(0.008).rimmed(0.14, canvas.palette.edge()),
    );
    let lid = |points: &[Point], width: f32| Cut::new().ribbon(&smooth(points, false), move |t| width * (t * PI).sin());
    let lines = lid(&[[0.045, -0.575], [0.07, -0.565], [0.096, -0.575]], 0.010)
        .and(lid(&[[0.04, -0.622], [0.07, -0.634], [0.104, -0.62]], 0.011))
        .and(lid(&[[0.075, -0.452], [0.097, -0.445], [0.118, -0.458]], 0.009));
    canvas.piece(place(lines), mix(hair, canvas.palette.dark, 0.5), Paper::FLAT);
    canvas.piece(
        place(Cut::new().ellipse([0.06, -0.51], 0.03, 0.022)),
        mix(skin, [0.6, 0.16, 0.08], 0.5),
        Paper { alpha: 0.45, soft: 0.008, ..Paper::FLAT },
    );
    let collar = Cut::new().polygon([[-0.11, -0.29], [0.0, -0.12], [0.11, -0.29], [0.06, -0.3], [0.0, -0.21], [-0.06, -0.3]]);
    canvas.piece(place(collar), mix(coat, canvas.palette.disc, 0.5), Paper::USUAL.lifted(0.008));
}
