//! What lives: bees and butterflies in the air, a hive, and animals as shapes against the light.

use super::canvas::Canvas;
use super::colour::{Lab, lighter, mix};
use super::cut::{Cut, Point, smooth};
use super::dice::Dice;
use super::lexicon::Thing;
use super::plan::Setting;
use super::sheet::Paper;

/// Bees and butterflies, before all else. Nothing flies where there is no air.
pub(super) fn flying(canvas: &mut Canvas, setting: Setting) {
    if matches!(setting, Setting::Space | Setting::Underwater) {
        return;
    }
    let mut dice = canvas.dice.part("flying");
    // Beside the middle, where the eye rests and nothing is hidden.
    let away = if setting == Setting::Portrait { 0.34 } else { 0.14 };
    let side = if canvas.sun[0] > canvas.w / 2.0 { 0.5 - away } else { 0.5 + away };
    let home = [canvas.w * side, canvas.h * if setting == Setting::Room { 0.5 } else { 0.62 }];
    if canvas.has(Thing::Bees) {
        bees(canvas, &mut dice, home);
    }
    if canvas.has(Thing::Butterflies) {
        butterflies(canvas, &mut dice, [canvas.w - home[0], home[1] + 0.06]);
    }
}

fn bees(canvas: &mut Canvas, dice: &mut Dice, home: Point) {
    let (mut wings, mut bodies, mut darks) = (Cut::new(), Cut::new(), Cut::new());
    for bee in 0..9 {
        // The first ones are near and large.
        let size = if bee < 3 { dice.between(0.062, 0.082) } else { dice.between(0.026, 0.044) };
        let at = [home[0] + dice.between(-0.36, 0.36), home[1] + dice.between(-0.24, 0.2)];
        let (facing, tilt) = (dice.side(), dice.between(-0.35, 0.25));
        let place = |cut: Cut| cut.placed(at, size, facing, tilt);
        let (wing, body, dark) = bee_parts();
        wings = wings.and(place(wing));
        bodies = bodies.and(place(body));
        darks = darks.and(place(dark));
    }
    let gold = mix([0.83, 0.045, 0.165], canvas.palette.accent, 0.25);
    let paper = Paper { shadow: 0.4, ..Paper::USUAL }.lifted(0.008);
    canvas.piece(bodies, gold, paper.rimmed(0.18, canvas.palette.edge()));
    canvas.piece(darks, mix(canvas.palette.dark, [0.2, 0.02, 0.02], 0.5), Paper::FLAT);
    canvas.piece(wings, mix([0.97, 0.0, 0.01], canvas.palette.sky[3], 0.25), Paper { alpha: 0.78, ..paper });
}

/// Wings, body, and all that is dark of a bee that flies to the right; one long around (0, 0).
fn bee_parts() -> (Cut, Cut, Cut) {
    let wing =
        |angle: f32, long: f32| Cut::new().ellipse([0.0, -0.3 * long], 0.14, 0.3 * long).placed([0.02, -0.16], 1.0, 1.0, angle);
    let band = |x: f32| {
        let half = 0.29 * (1.0 - (x / 0.5) * (x / 0.5)).max(0.0).sqrt();
        smooth(&[[x - 0.02, -half], [x + 0.025, 0.0], [x - 0.02, half]], false)
    };
    let feeler = |lean: f32| smooth(&[[0.52, -0.1], [0.6, -0.24], [0.66 + lean, -0.3]], false);
    let dark = Cut::new()
        .ribbon(&band(-0.3), |_| 0.1)
        .ribbon(&band(-0.08), |_| 0.1)
        .ribbon(&band(0.14), |_| 0.1)
        .polygon(smooth(&[[-0.4, -0.14], [-0.56, 0.01], [-0.4, 0.16]], true))
        .disc([0.46, -0.02], 0.17)
        .ribbon(&feeler(0.0), |_| 0.03)
        .ribbon(&feeler(0.08), |_| 0.03);
    (wing(-0.55, 1.1).and(wing(0.05, 1.0)), Cut::new().ellipse([0.0, 0.0], 0.5, 0.3), dark)
}

fn butterflies(canvas: &mut Canvas, dice: &mut Dice, home: Point) {
    let accent = canvas.palette.accent;
    let tones: [Lab; 3] = [accent, mix(accent, [0.95, 0.01, 0.03], 0.5), mix(accent, [0.62, 0.06, -0.14], 0.65)];
    for tone in tones {
        let (mut wings, mut spots, mut bodies) = (Cut::new(), Cut::new(), Cut::new());
        for _ in 0..2 {
            let at = [home[0] + dice.between(-0.24, 0.24), home[1] + dice.between(-0.28, 0.14)];
            let (size, tilt) = (dice.between(0.045, 0.085), dice.between(-0.7, 0.7));
            for side in [-1.0, 1.0] {
                let upper = [[0.0, -0.02], [0.1, -0.42], [0.42, -0.6], [0.62, -0.4], [0.45, -0.08]];
                let lower = [[0.0, 0.02], [0.4, 0.0], [0.5, 0.26], [0.28, 0.5], [0.08, 0.26]];
                let wing = Cut::new().blob(&upper).blob(&lower);
                wings = wings.and(wing.placed(at, size, side, tilt));
                spots = spots.and(Cut::new().disc([0.42, -0.38], 0.08).disc([0.3, 0.24], 0.06).placed(at, size, side, tilt));
            }
            let feeler = |side: f32| smooth(&[[0.0, -0.22], [side * 0.06, -0.4], [side * 0.17, -0.5]], false);
            let body = Cut::new()
                .ribbon(&[[0.0, -0.26], [0.0, 0.3]], |t| 0.05 + 0.04 * (1.0 - t))
                .ribbon(&feeler(1.0), |_| 0.022)
                .ribbon(&feeler(-1.0), |_| 0.022);
            bodies = bodies.and(body.placed(at, size, 1.0, tilt));
        }
        let paper = Paper { shadow: 0.45, ..Paper::USUAL }.lifted(0.010);
        canvas.piece(wings, tone, paper.rimmed(0.2, canvas.palette.edge()));
        canvas.piece(spots, lighter(tone, 0.14), Paper { alpha: 0.8, ..Paper::FLAT });
        canvas.piece(bodies, canvas.palette.dark, Paper::FLAT);
    }
}

/// A hive and animals on a hill; the first of them at this part of the width, the others to its outer side.
pub(super) fn standing(canvas: &mut Canvas, from: f32, ground: impl Fn(f32) -> f32) {
    let outward = if from > 0.5 { 1.0 } else { -1.0 };
    let mut x = canvas.w * from;
    let mut next = |wide: f32, canvas: &Canvas| {
        let at = x.clamp(0.1, canvas.w - 0.1);
        x += outward * wide;
        [at, ground(at)]
    };
    if canvas.has(Thing::Hive) {
        let at = next(0.24, canvas);
        hive(canvas, at, 0.17);
    }
    for (thing, tall, wide) in
        [(Thing::Horse, 0.2, 0.24), (Thing::Deer, 0.17, 0.18), (Thing::Sheep, 0.09, 0.24), (Thing::Dog, 0.085, 0.13)]
    {
        if !canvas.has(thing) {
            continue;
        }
        let at = next(wide, canvas);
        shade(canvas, at, tall);
        match thing {
            Thing::Sheep => flock(canvas, at, tall, -outward),
            thing => beast(canvas, thing, at, tall, -outward),
        }
    }
    if canvas.has(Thing::Cat) {
        let at = next(0.12, canvas);
        cat(canvas, at, 0.085);
    }
}

fn shade(canvas: &mut Canvas, at: Point, tall: f32) {
    let cut = Cut::new().ellipse([at[0], at[1] + 0.002], tall * 0.6, tall * 0.05);
    canvas.piece(cut, canvas.palette.shade, Paper { alpha: 0.4, soft: 0.006, ..Paper::FLAT });
}

/// Rings of straw on a bench, with a door.
fn hive(canvas: &mut Canvas, at: Point, tall: f32) {
    let straw = mix([0.74, 0.045, 0.115], canvas.palette.near, if canvas.is_dark() { 0.35 } else { 0.12 });
    let wood = mix(canvas.palette.wood, canvas.palette.dark, 0.3);
    let place = |cut: Cut| cut.placed(at, tall, 1.0, 0.0);
    shade(canvas, at, tall);
    let paper = Paper::USUAL.lifted(0.008).rimmed(0.16, canvas.palette.edge());
    let bench = Cut::new().card(-0.52, -0.2, 0.52, -0.13, 0.02).rect(-0.42, -0.15, -0.34, 0.02).rect(0.34, -0.15, 0.42, 0.02);
    canvas.piece(place(bench), wood, paper);
    for (ring, half) in [0.4, 0.43, 0.41, 0.35, 0.25, 0.12].into_iter().enumerate() {
        let top = -0.34 - 0.135 * ring as f32;
        let cut = Cut::new().card(-half, top, half, top + 0.15, 0.075);
        canvas.piece(place(cut), lighter(straw, 0.012 * ring as f32), paper.lifted(0.004));
    }
    canvas.piece(place(Cut::new().card(-0.09, -0.36, 0.09, -0.2, 0.085)), canvas.palette.dark, Paper::FLAT);
}

/// How an animal on four legs is built; one high at its head, its feet at (0, 0), looking to the right.
struct Build {
    /// Half of the body's length, and how deep it is.
    half: f32,
    deep: f32,
    leg: f32,
    thick: f32,
    /// Where the neck ends and where the muzzle does.
    neck: Point,
    muzzle: Point,
    tail: [Point; 2],
}

fn built(build: &Build) -> Cut {
    let Build { half, deep, leg, thick, neck, muzzle, tail } = *build;
    let (top, low) = (-(leg + deep), -leg);
    let body = smooth(
        &[
            [-half, top + deep * 0.35],
            [-half * 0.72, top],
            [0.0, top + deep * 0.1],
            [half * 0.7, top + deep * 0.02],
            [half, top + deep * 0.45],
            [half * 0.72, low + deep * 0.06],
            [0.0, low - deep * 0.02],
            [-half * 0.6, low - deep * 0.06],
            [-half * 0.95, low - deep * 0.2],
        ],
        true,
    );
    let mut cut = Cut::new().polygon(body);
    for (x, bend) in [(-0.82, -0.05), (-0.55, -0.03), (0.5, 0.02), (0.78, 0.03)] {
        let x = half * x;
        let line = [[x, low - deep * 0.3], [x + bend * leg, low * 0.5], [x - bend * leg * 0.4, 0.0]];
        cut = cut.ribbon(&smooth(&line, false), |t| thick * (1.5 - t));
    }
    let shoulder = [half * 0.7, top + deep * 0.34];
    let bow = [(shoulder[0] + neck[0]) / 2.0 + 0.02, (shoulder[1] + neck[1]) / 2.0 + 0.02];
    let rump = [-half * 0.94, top + deep * 0.22];
    cut.ribbon(&smooth(&[shoulder, bow, neck], false), |t| deep * (0.66 - 0.34 * t))
        .disc(neck, deep * 0.19)
        .ribbon(&[neck, muzzle], |t| deep * (0.36 - 0.16 * t))
        .disc(muzzle, deep * 0.1)
        .ribbon(&smooth(&[rump, tail[0], tail[1]], false), |t| thick * (0.9 - 0.4 * t))
}

fn beast(canvas: &mut Canvas, thing: Thing, at: Point, tall: f32, facing: f32) {
    let build = match thing {
        Thing::Horse => Build {
            half: 0.42,
            deep: 0.3,
            leg: 0.42,
            thick: 0.055,
            neck: [0.56, -0.96],
            muzzle: [0.74, -0.8],
            tail: [[-0.54, -0.5], [-0.52, -0.2]],
        },
        Thing::Deer => Build {
            half: 0.32,
            deep: 0.2,
            leg: 0.44,
            thick: 0.035,
            neck: [0.42, -0.9],
            muzzle: [0.56, -0.82],
            tail: [[-0.36, -0.6], [-0.37, -0.54]],
        },
        _ => Build {
            half: 0.5,
            deep: 0.3,
            leg: 0.4,
            thick: 0.07,
            neck: [0.62, -0.88],
            muzzle: [0.88, -0.8],
            tail: [[-0.66, -0.8], [-0.7, -1.02]],
        },
    };
    let [x, y] = build.neck;
    let mut cut = built(&build);
    match thing {
        Thing::Horse => {
            let mane = [[x - 0.02, y - 0.07], [x - 0.14, y + 0.06], [x - 0.22, y + 0.24]];
            cut = cut.polygon([[x - 0.05, y], [x - 0.01, y - 0.14], [x + 0.05, y]]).ribbon(&smooth(&mane, false), |_| 0.07);
        }
        Thing::Deer => {
            for lean in [-0.14, 0.03] {
                let beam = [[x, y - 0.02], [x + lean - 0.04, y - 0.2], [x + lean + 0.05, y - 0.36]];
                cut = cut
                    .ribbon(&smooth(&beam, false), |t| 0.03 - 0.012 * t)
                    .ribbon(&[[x + lean - 0.03, y - 0.18], [x + lean + 0.09, y - 0.25]], |_| 0.02)
                    .polygon([[x - 0.02, y], [x - 0.13, y - 0.06], [x - 0.03, y + 0.05]]);
            }
        }
        _ => cut = cut.polygon([[x - 0.08, y - 0.04], [x - 0.04, y - 0.18], [x + 0.06, y - 0.05]]),
    }
    let dark = mix(canvas.palette.dark, canvas.palette.wood, 0.22);
    let paper = Paper { shadow: 0.35, ..Paper::USUAL }.lifted(0.006).rimmed(0.35, canvas.palette.edge());
    canvas.piece(cut.placed(at, tall, facing, 0.0), dark, paper);
}

/// Three sheep, light wool on dark legs.
fn flock(canvas: &mut Canvas, at: Point, tall: f32, facing: f32) {
    let mut dice = canvas.dice.part("flock");
    let (mut dark, mut wool) = (Cut::new(), Cut::new());
    for sheep in 0..3 {
        let size = tall * dice.between(0.82, 1.05);
        let foot = [at[0] + (sheep as f32 - 1.0) * tall * 1.25, at[1] + dice.between(-0.004, 0.014)];
        let facing = if sheep == 1 { -facing } else { facing };
        let mut legs = Cut::new().ellipse([0.66, -0.62], 0.17, 0.13).ellipse([0.58, -0.72], 0.12, 0.05);
        for x in [-0.34, -0.16, 0.2, 0.36] {
            legs = legs.ribbon(&[[x, -0.3], [x, 0.0]], |_| 0.09);
        }
        let mut fleece = Cut::new().ellipse([0.0, -0.56], 0.5, 0.3);
        for puff in 0..11 {
            let (sin, cos) = (puff as f32 / 11.0 * std::f32::consts::TAU).sin_cos();
            fleece = fleece.disc([0.46 * cos, -0.56 + 0.28 * sin], 0.15);
        }
        dark = dark.and(legs.placed(foot, size, facing, 0.0));
        wool = wool.and(fleece.placed(foot, size, facing, 0.0));
    }
    let white = mix([0.94, 0.004, 0.02], canvas.palette.near, if canvas.is_dark() { 0.45 } else { 0.16 });
    let paper = Paper { shadow: 0.35, ..Paper::USUAL }.lifted(0.006);
    canvas.piece(dark, canvas.palette.dark, paper);
    canvas.piece(wool, white, paper.rimmed(0.25, canvas.palette.edge()));
}

/// A cat that sits and looks.
pub(super) fn cat(canvas: &mut Canvas, at: Point, tall: f32) {
    let body = smooth(
        &[[-0.26, 0.0], [-0.3, -0.22], [-0.2, -0.46], [-0.05, -0.62], [0.14, -0.6], [0.2, -0.34], [0.19, 0.0], [0.0, 0.015]],
        true,
    );
    let tail = smooth(&[[-0.2, -0.04], [-0.44, -0.02], [-0.56, -0.16], [-0.5, -0.3]], false);
    let cut = Cut::new()
        .polygon(body)
        .ellipse([0.08, -0.74], 0.17, 0.15)
        .polygon([[-0.07, -0.78], [-0.07, -1.0], [0.06, -0.86]])
        .polygon([[0.1, -0.86], [0.22, -1.0], [0.23, -0.78]])
        .ribbon(&tail, |t| 0.085 - 0.025 * t);
    let dark = mix(canvas.palette.dark, canvas.palette.wood, 0.18);
    let paper = Paper::USUAL.lifted(0.008).rimmed(0.32, canvas.palette.edge());
    canvas.piece(cut.placed(at, tall, 1.0, 0.0), dark, paper);
}
