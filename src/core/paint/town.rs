//! Towns: rows of houses with lit windows, a street in front of them; single houses and bridges for a landscape.

use super::canvas::Canvas;
use super::colour::{Lab, lighter, mix};
use super::cut::{Cut, Point, smooth};
use super::dice::Dice;
use super::land::Ridge;
use super::lexicon::Thing;
use super::sheet::{Fill, Paper};
use super::{figures, sky, trees, vehicles};

/// A street with a skyline behind it.
pub(super) fn city(canvas: &mut Canvas) {
    canvas.horizon = canvas.h * 0.68;
    sky::sky(canvas);
    if canvas.has(Thing::Birds) {
        sky::birds(canvas);
    }
    if canvas.has(Thing::Balloon) {
        vehicles::balloons(canvas);
    }
    let kerb = canvas.h * 0.80;
    canvas.wide_glow([canvas.w * 0.5, canvas.horizon], canvas.w * 0.6, 0.35, canvas.palette.sky[3], 0.16);
    for row in 0..4 {
        skyline(canvas, row, kerb);
        if row < 3 {
            canvas.mist(kerb - 0.06, 0.2, mix(canvas.palette.sky[3], canvas.palette.sky[2], 0.4), 0.30 - 0.06 * row as f32);
        }
    }
    road(canvas, kerb);
    let lamp_at = canvas.w * if canvas.sun[0] > canvas.w / 2.0 { 0.26 } else { 0.74 };
    street_lamp(canvas, [lamp_at, kerb + 0.015], 0.46);
    traffic(canvas, kerb);
    if canvas.any(&[Thing::Person, Thing::People]) {
        let x = lamp_at + 0.16 * (canvas.w / 2.0 - lamp_at).signum();
        figures::walkers(canvas, x, |_| kerb + 0.045, 0.24, if canvas.has(Thing::People) { 3 } else { 1 });
    }
    if canvas.has(Thing::Tree) {
        let x = canvas.w - lamp_at;
        let leaves = mix(canvas.palette.near, canvas.palette.dark, 0.4);
        let bark = canvas.palette.dark;
        trees::great_tree(canvas, [x, kerb + 0.03], 0.5, 1.0, leaves, bark);
    }
}

/// One row of buildings, 0 the farthest.
fn skyline(canvas: &mut Canvas, row: usize, kerb: f32) {
    let mut dice = canvas.dice.part(&format!("skyline {row}"));
    let near = row as f32 / 3.0;
    let (mut walls, mut lights) = (Cut::new(), Cut::new());
    let mut x = -0.1 - dice.unit() * 0.1;
    let tallest = canvas.h * (0.56 - 0.11 * row as f32);
    while x < canvas.w + 0.1 {
        let wide = dice.between(0.075, 0.15) * (0.75 + 0.5 * near);
        // Higher towards the middle, as seen from a hill.
        let middle = 1.0 - ((x + wide / 2.0) / canvas.w - 0.45).abs() * 0.8;
        let tall = tallest * dice.between(0.45, 1.0) * middle.max(0.4);
        let top = kerb - tall;
        walls = walls.rect(x, top, x + wide, kerb + 0.03).and(roof(&mut dice, x, top, wide));
        lights = lights.and(windows(&mut dice, [x, top, x + wide, kerb], near, canvas.is_dark()));
        x += wide + if dice.chance(0.25) { dice.between(0.0, 0.03) } else { -0.002 };
    }
    let colour = mix(canvas.palette.hill(0.15 + 0.75 * near), canvas.palette.dark, 0.2 + 0.35 * near);
    let fill = Fill::down(colour, mix(colour, canvas.palette.sky[3], 0.45 * (1.0 - near)), kerb - tallest, kerb);
    canvas.lay(walls, fill, Paper { shadow: 0.35, ..Paper::USUAL }.lifted(0.014).rimmed(0.10, canvas.palette.edge()));
    let dark = canvas.is_dark();
    let pane =
        if dark { mix(canvas.palette.accent, canvas.palette.disc, 0.2) } else { mix(canvas.palette.sky[3], colour, 0.45) };
    let paper = if dark { Paper { alpha: 0.35 + 0.6 * near, ..Paper::LAMP } } else { Paper { alpha: 0.7, ..Paper::FLAT } };
    canvas.piece(lights, pane, paper);
}

/// What sits on a roof.
fn roof(dice: &mut Dice, x: f32, top: f32, wide: f32) -> Cut {
    let middle = x + wide / 2.0;
    match dice.below(6) {
        0 => Cut::new().polygon([[x, top + 0.001], [middle, top - wide * 0.4], [x + wide, top + 0.001]]),
        1 => Cut::new().rect(x + wide * 0.2, top - 0.025, x + wide * 0.8, top + 0.001),
        2 => Cut::new().rect(middle - 0.0022, top - 0.075, middle + 0.0022, top).rect(
            x + wide * 0.3,
            top - 0.014,
            x + wide * 0.7,
            top + 0.001,
        ),
        3 => Cut::new()
            .rect(x + wide * 0.14, top - 0.045, x + wide * 0.42, top - 0.012)
            .polygon([[x + wide * 0.11, top - 0.045], [x + wide * 0.28, top - 0.068], [x + wide * 0.45, top - 0.045]])
            .rect(x + wide * 0.17, top - 0.013, x + wide * 0.2, top)
            .rect(x + wide * 0.36, top - 0.013, x + wide * 0.39, top),
        _ => Cut::new(),
    }
}

/// The windows of a house that somebody is behind.
fn windows(dice: &mut Dice, [left, top, right, bottom]: [f32; 4], near: f32, dark: bool) -> Cut {
    let mut cut = Cut::new();
    let (step, size) = (0.024 + 0.016 * near, 0.009 + 0.008 * near);
    let columns = ((right - left - 0.012) / step) as usize;
    let margin = (right - left - columns as f32 * step + step - size) / 2.0;
    let lit = if dark { dice.between(0.12, 0.42) } else { 0.9 };
    for row in 0..((bottom - top - 0.05) / (step * 1.25)).max(0.0) as usize {
        for column in 0..columns {
            if dice.chance(lit) {
                let (x, y) = (left + margin + column as f32 * step, top + 0.02 + row as f32 * step * 1.25);
                cut = cut.rect(x, y, x + size, y + size * 1.35);
            }
        }
    }
    cut
}

fn road(canvas: &mut Canvas, kerb: f32) {
    let wet = canvas.any(&[Thing::Rain, Thing::Storm]);
    let pavement = mix(canvas.palette.ground, canvas.palette.sky[3], if canvas.is_dark() { 0.10 } else { 0.35 });
    canvas.lay(
        Cut::new().rect(-0.1, kerb, canvas.w + 0.1, canvas.h + 0.1),
        Fill::flat(pavement),
        Paper { shadow: 0.4, ..Paper::USUAL }.rimmed(0.12, canvas.palette.edge()),
    );
    let lane = mix(mix(canvas.palette.dark, canvas.palette.ground, 0.5), canvas.palette.sky[2], if wet { 0.18 } else { 0.1 });
    let top = kerb + 0.045;
    canvas.lay(
        Cut::new().rect(-0.1, top, canvas.w + 0.1, canvas.h + 0.1),
        Fill::down(lane, lighter(lane, -0.05), top, canvas.h),
        Paper::USUAL.lifted(0.008),
    );
    if !wet {
        let mut dashes = Cut::new();
        let y = top + (canvas.h - top) * 0.52;
        let mut x = -0.05;
        while x < canvas.w {
            dashes = dashes.polygon([[x, y], [x + 0.1, y], [x + 0.092, y + 0.009], [x - 0.008, y + 0.009]]);
            x += 0.2;
        }
        canvas.piece(dashes, mix(canvas.palette.disc, lane, 0.35), Paper { alpha: 0.7, ..Paper::FLAT });
        return;
    }
    // What shines above is seen again below, drawn long by the wet.
    let mut dice = canvas.dice.part("wet");
    for (colour, count, alpha) in
        [(canvas.palette.accent, 26, 0.4), (canvas.palette.sky[3], 22, 0.28), (canvas.palette.disc, 8, 0.4)]
    {
        let mut streaks = Cut::new();
        for _ in 0..count {
            let (x, y, long) = (dice.between(0.0, canvas.w), top + dice.between(0.0, 0.04), dice.between(0.05, 0.16));
            streaks = streaks
                .ribbon(&[[x, y], [x + 0.002, y + long / 2.0], [x, y + long]], |t| 0.012 * (t * std::f32::consts::PI).sin());
        }
        canvas.piece(streaks, colour, Paper { adds: true, alpha: alpha * 0.5, soft: 0.004, ..Paper::LAMP });
    }
}

/// A lamp by the road, with its cone of light when it is dark.
pub(super) fn street_lamp(canvas: &mut Canvas, foot: Point, tall: f32) {
    let head = [foot[0] + tall * 0.16, foot[1] - tall * 0.93];
    let post = smooth(
        &[
            foot,
            [foot[0], foot[1] - tall * 0.8],
            [foot[0] + tall * 0.03, foot[1] - tall * 0.97],
            [foot[0] + tall * 0.12, foot[1] - tall],
            head,
        ],
        false,
    );
    if canvas.is_dark() || canvas.has(Thing::Rain) {
        let cone = Cut::new().polygon([
            [head[0] - 0.02, head[1]],
            [head[0] + 0.02, head[1]],
            [head[0] + tall * 0.42, foot[1]],
            [head[0] - tall * 0.42, foot[1]],
        ]);
        let fill = Fill::down(canvas.palette.accent, [0.02, 0.0, 0.0], head[1], foot[1]);
        canvas.lay(cone, fill, Paper { adds: true, alpha: 0.30, soft: 0.016, ..Paper::LAMP });
        canvas.wide_glow([head[0], foot[1] + 0.01], tall * 0.4, 0.16, canvas.palette.accent, 0.30);
        canvas.glow(head, 0.13, canvas.palette.accent, 0.55);
        canvas.lamp([head[0], head[1] + 0.1], 0.3, canvas.palette.accent, 0.9);
    }
    let iron = canvas.palette.dark;
    canvas.piece(
        Cut::new().ribbon(&post, |t| 0.0105 - 0.004 * t).card(
            foot[0] - 0.014,
            foot[1] - 0.035,
            foot[0] + 0.014,
            foot[1] + 0.004,
            0.005,
        ),
        iron,
        Paper::USUAL.lifted(0.008).rimmed(0.16, canvas.palette.edge()),
    );
    let shade = Cut::new().polygon([
        [head[0] - 0.034, head[1]],
        [head[0] - 0.018, head[1] - 0.022],
        [head[0] + 0.018, head[1] - 0.022],
        [head[0] + 0.034, head[1]],
    ]);
    canvas.piece(shade, iron, Paper::FLAT);
    canvas.piece(
        Cut::new().ellipse([head[0], head[1] + 0.002], 0.024, 0.009),
        lighter(canvas.palette.accent, 0.08),
        Paper::LAMP,
    );
}

fn traffic(canvas: &mut Canvas, kerb: f32) {
    let left = canvas.sun[0] > canvas.w / 2.0;
    let x = canvas.w * if left { 0.64 } else { 0.36 };
    let facing = if left { -1.0 } else { 1.0 };
    match canvas.reading.first(&[Thing::Bus, Thing::Car, Thing::Train]) {
        Some(Thing::Bus) => vehicles::bus(canvas, [x, kerb + 0.115], 0.32, facing),
        Some(Thing::Car) => vehicles::car(canvas, [x, kerb + 0.115], 0.17, facing),
        Some(Thing::Train) => vehicles::train(canvas, [canvas.w * 0.5, kerb + 0.08], 0.2),
        _ => {
            let mut dice = canvas.dice.part("traffic");
            if dice.chance(0.5) {
                vehicles::car(canvas, [x, kerb + 0.105], 0.14, facing);
            }
        }
    }
}

/// Houses in a hollow of the land.
pub(super) fn houses(canvas: &mut Canvas, ridge: Ridge, count: usize) {
    let mut dice = canvas.dice.part("houses");
    let middle = canvas.w * if canvas.sun[0] > canvas.w / 2.0 { 0.62 } else { 0.38 };
    let size = if count == 1 { 0.15 } else { 0.082 };
    if count > 2 {
        let x = middle + 0.03;
        chapel(canvas, [x, ridge.at(x) + 0.012]);
    }
    for house in 0..count {
        let x = middle + (house as f32 - (count - 1) as f32 / 2.0) * 0.115 + dice.between(-0.025, 0.025);
        let at = [x, ridge.at(x) + 0.014 + 0.02 * dice.unit()];
        one_house(canvas, at, size * dice.between(0.85, 1.15), dice.side(), dice.unit());
    }
}

fn one_house(canvas: &mut Canvas, at: Point, size: f32, across: f32, chance: f32) {
    let place = |cut: Cut| cut.placed(at, size, across, 0.0);
    let wall = mix(
        mix(canvas.palette.wall, [0.9, 0.01, 0.03], 0.35 + 0.3 * chance),
        canvas.palette.near,
        if canvas.is_dark() { 0.6 } else { 0.12 },
    );
    let roof =
        mix(mix(canvas.palette.wood, [0.5, 0.13, 0.07], 0.6), canvas.palette.dark, if canvas.is_dark() { 0.5 } else { 0.1 });
    let paper = Paper { shadow: 0.4, ..Paper::USUAL }.lifted(0.008).rimmed(0.12, canvas.palette.edge());
    let top = if canvas.has(Thing::Snow) { [0.95, 0.0, -0.01] } else { roof };
    canvas.piece(place(Cut::new().rect(0.2, -1.08, 0.32, -0.7)), mix(roof, canvas.palette.dark, 0.3), paper);
    canvas.lay(
        place(Cut::new().rect(-0.5, -0.6, 0.5, 0.04)),
        Fill::down(wall, mix(wall, canvas.palette.shade, 0.25), at[1] - size * 0.6, at[1]),
        paper,
    );
    canvas.piece(place(Cut::new().polygon([[-0.6, -0.56], [-0.3, -1.0], [0.3, -1.0], [0.6, -0.56]])), top, paper);
    let lit = canvas.is_dark() || canvas.any(&[Thing::Snow, Thing::Dusk, Thing::Sunset, Thing::Dawn]);
    let panes = Cut::new().card(-0.36, -0.45, -0.16, -0.2, 0.02).card(0.16, -0.45, 0.36, -0.2, 0.02);
    let door = Cut::new().card(-0.075, -0.34, 0.085, 0.04, 0.03);
    canvas.piece(place(door), mix(canvas.palette.wood, canvas.palette.dark, 0.3), Paper::FLAT);
    if lit {
        canvas.piece(place(panes), canvas.palette.accent, Paper::LAMP);
        canvas.glow([at[0], at[1] - size * 0.3], size * 0.8, canvas.palette.accent, 0.3);
    } else {
        canvas.piece(place(panes), mix(canvas.palette.sky[1], canvas.palette.dark, 0.25), Paper::FLAT);
    }
    if canvas.any(&[Thing::Snow, Thing::Calm, Thing::Dusk, Thing::House]) {
        let begin = [at[0] + 0.26 * size * across, at[1] - 1.1 * size];
        let line = smooth(
            &[begin, [begin[0] + 0.02, begin[1] - 0.05], [begin[0] - 0.01, begin[1] - 0.1], [begin[0] + 0.03, begin[1] - 0.17]],
            false,
        );
        canvas.piece(
            Cut::new().ribbon(&line, |t| 0.008 + 0.022 * t),
            mix(canvas.palette.sky[3], [0.95, 0.0, 0.0], 0.4),
            Paper { alpha: 0.4, soft: 0.007, ..Paper::FLAT },
        );
    }
}

fn chapel(canvas: &mut Canvas, at: Point) {
    let wall = mix(canvas.palette.wall, canvas.palette.near, if canvas.is_dark() { 0.6 } else { 0.2 });
    let paper = Paper { shadow: 0.4, ..Paper::USUAL }.lifted(0.006).rimmed(0.14, canvas.palette.edge());
    let place = |cut: Cut| cut.placed(at, 0.2, 1.0, 0.0);
    canvas.piece(place(Cut::new().rect(-0.12, -0.85, 0.12, 0.05)), wall, paper);
    canvas.piece(
        place(Cut::new().polygon([[-0.16, -0.84], [0.0, -1.35], [0.16, -0.84]])),
        mix(canvas.palette.dark, canvas.palette.wood, 0.3),
        paper,
    );
    canvas.piece(
        place(Cut::new().card(-0.035, -0.7, 0.035, -0.52, 0.035)),
        canvas.palette.accent,
        if canvas.is_dark() { Paper::LAMP } else { Paper::FLAT },
    );
}

/// An arched bridge from side to side.
pub(super) fn bridge(canvas: &mut Canvas, y: f32) {
    let (top, bottom) = (y - 0.10, y + 0.09);
    let bow = |x: f32| top - 0.03 * (1.0 - ((x / canvas.w) * 2.0 - 1.0).powi(2));
    let mut cut = Cut::new().polygon(
        (0..=40)
            .map(|step| -0.1 + (canvas.w + 0.2) * step as f32 / 40.0)
            .map(|x| [x, bow(x)])
            .chain([[canvas.w + 0.1, bottom], [-0.1, bottom]])
            .collect::<Vec<_>>(),
    );
    let arches = (canvas.w / 0.34).ceil() as usize;
    for arch in 0..arches {
        let middle = (arch as f32 + 0.5) * canvas.w / arches as f32;
        let half = canvas.w / arches as f32 * 0.39;
        let round = (0..=24)
            .map(|step| std::f32::consts::PI * (1.0 + step as f32 / 24.0))
            .map(|angle| [middle + half * angle.cos(), bottom + 0.001 + (bottom - bow(middle) - 0.045) * angle.sin()]);
        cut = cut.hole(round.chain([[middle + half, bottom + 0.01], [middle - half, bottom + 0.01]]).collect::<Vec<_>>());
    }
    let stone: Lab =
        mix(mix(canvas.palette.wall, canvas.palette.near, 0.5), canvas.palette.dark, if canvas.is_dark() { 0.5 } else { 0.15 });
    canvas.lay(
        cut,
        Fill::down(stone, mix(stone, canvas.palette.dark, 0.4), top, bottom),
        Paper::USUAL.lifted(0.016).rimmed(0.2, canvas.palette.edge()),
    );
}
