//! What moves: bus, car, train, balloons, a rocket.

use super::canvas::Canvas;
use super::colour::{Lab, lighter, mix};
use super::cut::{Cut, Point, smooth};
use super::sheet::{Fill, Paper};

/// An old bus, its wheels at `at`, so long in units of its height: it faces left at −1.
pub(super) fn bus(canvas: &mut Canvas, at: Point, size: f32, facing: f32) {
    let place = |cut: Cut| cut.placed(at, size, facing, 0.0);
    let lit = canvas.is_dark() || canvas.palette.name == "rain" || canvas.palette.name == "dusk";
    let (cream, red) = ([0.92, 0.008, 0.045], [0.52, 0.16, 0.09]);
    let near = canvas.palette.near;
    let tone = |colour: Lab| mix(colour, near, if lit { 0.28 } else { 0.05 });
    let paper = Paper { shadow: 0.5, ..Paper::USUAL }.lifted(size * 0.04).rimmed(0.14, canvas.palette.edge());
    canvas.piece(
        place(Cut::new().ellipse([0.0, 0.0], 1.25, 0.05)),
        canvas.palette.shade,
        Paper { alpha: 0.6, soft: size * 0.05, ..Paper::FLAT },
    );
    let (upper, lower) = (tone(cream), tone(red));
    canvas.piece(place(Cut::new().card(-1.2, -0.96, 1.2, -0.1, 0.16)), upper, paper);
    canvas.piece(place(Cut::new().card(-1.16, -1.02, 1.12, -0.9, 0.06)), lower, paper);
    canvas.lay(
        place(Cut::new().card(-1.2, -0.42, 1.2, -0.1, 0.08)),
        Fill::down(lighter(lower, 0.02), lighter(lower, -0.05), at[1] - size * 0.42, at[1]),
        Paper::FLAT,
    );
    let mut panes = Cut::new().card(0.92, -0.84, 1.17, -0.48, 0.05);
    for pane in 0..5 {
        let x = -1.1 + 0.4 * pane as f32;
        panes = panes.card(x, -0.82, x + 0.34, -0.5, 0.05);
    }
    let glass = if lit { lighter(canvas.palette.accent, 0.02) } else { mix(canvas.palette.sky[2], canvas.palette.dark, 0.12) };
    canvas.piece(place(panes), glass, if lit { Paper::LAMP } else { Paper::FLAT });
    if lit {
        canvas.wide_glow([at[0], at[1] - size * 0.65], size * 1.3, 0.45, canvas.palette.accent, 0.2);
    }
    let shadow = mix(canvas.palette.dark, red, 0.12);
    let heads = Cut::new()
        .disc([0.02, -0.6], 0.055)
        .card(-0.07, -0.56, 0.11, -0.5, 0.04)
        .disc([1.02, -0.62], 0.055)
        .card(0.94, -0.57, 1.11, -0.48, 0.04)
        .disc([-0.8, -0.59], 0.055)
        .card(-0.89, -0.55, -0.71, -0.5, 0.04);
    canvas.piece(place(heads), shadow, Paper { alpha: 0.9, ..Paper::FLAT });
    wheels(canvas, at, size, facing, &[-0.72, 0.72], 0.2);
    lights(canvas, at, size, facing, 1.18, -0.27, lit);
}

pub(super) fn car(canvas: &mut Canvas, at: Point, size: f32, facing: f32) {
    let place = |cut: Cut| cut.placed(at, size, facing, 0.0);
    let lit = canvas.is_dark() || canvas.palette.name == "rain";
    let colour = mix(mix(canvas.palette.accent, [0.55, 0.14, 0.06], 0.55), canvas.palette.near, if lit { 0.3 } else { 0.05 });
    let paper = Paper { shadow: 0.5, ..Paper::USUAL }.lifted(size * 0.05).rimmed(0.16, canvas.palette.edge());
    canvas.piece(
        place(Cut::new().ellipse([0.0, 0.0], 1.2, 0.07)),
        canvas.palette.shade,
        Paper { alpha: 0.55, soft: size * 0.05, ..Paper::FLAT },
    );
    let body = smooth(
        &[
            [-1.15, -0.2],
            [-1.1, -0.48],
            [-0.72, -0.56],
            [-0.42, -0.9],
            [0.22, -0.92],
            [0.56, -0.58],
            [1.05, -0.48],
            [1.18, -0.22],
            [1.0, -0.12],
            [-1.0, -0.12],
        ],
        true,
    );
    canvas.lay(
        place(Cut::new().polygon(body)),
        Fill::down(lighter(colour, 0.04), lighter(colour, -0.08), at[1] - size * 0.9, at[1]),
        paper,
    );
    let glass = if lit {
        mix(canvas.palette.accent, canvas.palette.dark, 0.35)
    } else {
        mix(canvas.palette.sky[2], canvas.palette.dark, 0.2)
    };
    let panes = Cut::new().polygon([[-0.52, -0.58], [-0.35, -0.82], [-0.08, -0.83], [-0.08, -0.58]]).polygon([
        [-0.02, -0.58],
        [-0.02, -0.83],
        [0.18, -0.83],
        [0.42, -0.58],
    ]);
    canvas.piece(place(panes), glass, Paper::FLAT);
    wheels(canvas, at, size, facing, &[-0.64, 0.64], 0.21);
    lights(canvas, at, size, facing, 1.12, -0.36, lit);
}

fn wheels(canvas: &mut Canvas, at: Point, size: f32, facing: f32, places: &[f32], radius: f32) {
    let disc = |radius: f32| {
        places.iter().fold(Cut::new(), |cut, x| cut.disc([*x, -radius.max(0.12) + 0.02], radius)).placed(at, size, facing, 0.0)
    };
    let ring = |inner: f32| {
        places.iter().fold(Cut::new(), |cut, x| cut.disc([*x, -radius + 0.02], inner)).placed(at, size, facing, 0.0)
    };
    canvas.piece(disc(radius), lighter(canvas.palette.dark, -0.06), Paper::USUAL.lifted(size * 0.02));
    canvas.piece(ring(radius * 0.5), mix(canvas.palette.wall, [0.8, 0.0, 0.0], 0.3), Paper::FLAT);
    canvas.piece(ring(radius * 0.2), canvas.palette.dark, Paper::FLAT);
}

/// Front and back lights, with a beam when it is dark.
fn lights(canvas: &mut Canvas, at: Point, size: f32, facing: f32, x: f32, y: f32, lit: bool) {
    let place = |cut: Cut| cut.placed(at, size, facing, 0.0);
    if lit {
        let head = [at[0] + x * size * facing, at[1] + y * size];
        let reach = size * 1.6;
        let beam = Cut::new().polygon([[x, y - 0.04], [x + 1.6, y - 0.16], [x + 1.6, y + 0.34], [x, y + 0.05]]);
        let fill = Fill::around(canvas.palette.disc, [0.02, 0.0, 0.0], head, reach);
        canvas.lay(place(beam), fill, Paper { adds: true, alpha: 0.4, soft: size * 0.04, ..Paper::LAMP });
        canvas.glow(head, size * 0.35, canvas.palette.disc, 0.5);
    }
    canvas.piece(
        place(Cut::new().ellipse([x, y], 0.045, 0.06)),
        if lit { [0.99, 0.0, 0.04] } else { [0.92, 0.0, 0.03] },
        Paper::LAMP,
    );
    canvas.piece(place(Cut::new().ellipse([-x, y], 0.03, 0.05)), [0.58, 0.2, 0.1], Paper::LAMP);
}

/// An engine with three coaches, the middle at `at`.
pub(super) fn train(canvas: &mut Canvas, at: Point, size: f32) {
    let place = |cut: Cut| cut.placed(at, size, 1.0, 0.0);
    let lit = canvas.is_dark() || canvas.palette.name == "dusk";
    let paper = Paper { shadow: 0.45, ..Paper::USUAL }.lifted(size * 0.05).rimmed(0.16, canvas.palette.edge());
    let rails = Cut::new().rect(-20.0, 0.0, 20.0, 0.05);
    canvas.piece(place(rails), canvas.palette.dark, Paper::USUAL.lifted(0.004));
    let body = mix(mix(canvas.palette.accent, [0.45, 0.1, 0.06], 0.6), canvas.palette.near, if lit { 0.35 } else { 0.08 });
    let (mut coaches, mut panes, mut bogies) = (Cut::new(), Cut::new(), Cut::new());
    for coach in 0..3 {
        let left = -3.4 + 1.75 * coach as f32;
        coaches = coaches.card(left, -0.78, left + 1.66, -0.1, 0.07);
        for pane in 0..5 {
            let x = left + 0.13 + 0.29 * pane as f32;
            panes = panes.card(x, -0.64, x + 0.22, -0.38, 0.03);
        }
        bogies = bogies.disc([left + 0.35, -0.08], 0.09).disc([left + 1.3, -0.08], 0.09);
    }
    let nose = smooth(&[[1.86, -0.1], [1.86, -0.8], [2.7, -0.8], [3.3, -0.55], [3.5, -0.2], [3.3, -0.1]], true);
    coaches = coaches.polygon(nose);
    bogies = bogies.disc([2.3, -0.08], 0.1).disc([3.0, -0.08], 0.1);
    canvas.piece(place(bogies), canvas.palette.dark, Paper::FLAT);
    canvas.lay(place(coaches), Fill::down(lighter(body, 0.04), lighter(body, -0.06), at[1] - size, at[1]), paper);
    let glass = if lit { canvas.palette.accent } else { mix(canvas.palette.sky[2], canvas.palette.dark, 0.2) };
    panes = panes.polygon([[2.72, -0.7], [3.08, -0.58], [3.2, -0.46], [2.72, -0.46]]);
    canvas.piece(place(panes), glass, if lit { Paper::LAMP } else { Paper::FLAT });
    lights(canvas, at, size, 1.0, 3.42, -0.25, lit);
}

/// Balloons in the sky, one of them near.
pub(super) fn balloons(canvas: &mut Canvas) {
    let mut dice = canvas.dice.part("balloons");
    let away = if canvas.sun[0] > canvas.w / 2.0 { 0.3 } else { 0.7 };
    let homes = [[away + 0.22, 0.62, 0.07], [away - 0.16, 0.5, 0.1], [away, 0.4, 0.22]];
    for [x, y, size] in homes {
        balloon(canvas, [canvas.w * (x + dice.between(-0.03, 0.03)), canvas.horizon * y], size, dice.unit());
    }
}

fn balloon(canvas: &mut Canvas, at: Point, size: f32, chance: f32) {
    let half = |part: f32| {
        // A round top that runs down to a narrow mouth.
        let y = -1.0 + 1.75 * part;
        let wide = if part < 0.5 {
            (1.0 - (1.0 - part / 0.5).powi(2)).max(0.0).sqrt()
        } else {
            1.0 - 0.82 * ((part - 0.5) / 0.5).powf(1.7)
        };
        [wide * 0.78, y]
    };
    let gore = |from: f32, to: f32| {
        let edge =
            |side: f32| (0..=24).map(move |step| half(step as f32 / 24.0)).map(move |[x, y]| [x * side, y]).collect::<Vec<_>>();
        Cut::new().polygon(edge(from).into_iter().chain(edge(to).into_iter().rev()).collect::<Vec<_>>()).placed(
            at,
            size * 0.55,
            1.0,
            0.0,
        )
    };
    let (one, other) =
        (mix(canvas.palette.accent, canvas.palette.disc, 0.15 * chance), mix(canvas.palette.disc, canvas.palette.sky[3], 0.3));
    let paper = Paper { shadow: 0.35, ..Paper::USUAL }.lifted(size * 0.05).rimmed(0.14, canvas.palette.edge());
    canvas.piece(gore(-1.0, 1.0), other, paper);
    for (from, to) in [(-1.0, -0.62), (-0.22, 0.22), (0.62, 1.0)] {
        canvas.piece(
            gore(from, to),
            mix(one, canvas.palette.dark, 0.12 * (from + to).abs()),
            Paper { shadow: 0.15, ..Paper::USUAL }.lifted(size * 0.02),
        );
    }
    let place = |cut: Cut| cut.placed(at, size * 0.55, 1.0, 0.0);
    let ropes = Cut::new().ribbon(&[[-0.13, 0.75], [-0.11, 1.08]], |_| 0.012).ribbon(&[[0.13, 0.75], [0.11, 1.08]], |_| 0.012);
    canvas.piece(place(ropes), canvas.palette.dark, Paper::FLAT);
    canvas.piece(place(Cut::new().card(-0.14, 1.06, 0.14, 1.27, 0.04)), canvas.palette.wood, Paper::USUAL.lifted(size * 0.02));
}

/// A rocket that climbs to the right.
pub(super) fn rocket(canvas: &mut Canvas, at: Point, size: f32) {
    let place = |cut: Cut| cut.placed(at, size, 1.0, 0.62);
    let white = [0.93, 0.004, 0.012];
    let red = mix(canvas.palette.accent, [0.58, 0.18, 0.1], 0.7);
    let flame = smooth(&[[-0.12, 0.5], [-0.2, 0.85], [-0.02, 1.5], [0.02, 1.5], [0.2, 0.85], [0.12, 0.5]], true);
    canvas.glow([at[0] - size * 0.55, at[1] + size * 0.8], size * 1.1, [0.8, 0.08, 0.14], 0.4);
    canvas.lay(
        place(Cut::new().polygon(flame)),
        Fill::between(
            [0.95, 0.0, 0.12],
            [0.62, 0.17, 0.13],
            [at[0] - size * 0.3, at[1] + size * 0.4],
            [at[0] - size * 0.85, at[1] + size * 1.2],
        ),
        Paper::LAMP,
    );
    let paper = Paper::USUAL.lifted(size * 0.05).rimmed(0.2, canvas.palette.disc);
    let fins = Cut::new()
        .polygon(smooth(&[[-0.2, 0.1], [-0.42, 0.45], [-0.42, 0.66], [-0.16, 0.5]], true))
        .polygon(smooth(&[[0.2, 0.1], [0.42, 0.45], [0.42, 0.66], [0.16, 0.5]], true));
    canvas.piece(place(fins), red, paper);
    let hull =
        smooth(&[[0.0, -1.0], [0.17, -0.62], [0.24, -0.1], [0.16, 0.52], [-0.16, 0.52], [-0.24, -0.1], [-0.17, -0.62]], true);
    canvas.lay(
        place(Cut::new().polygon(hull)),
        Fill::between(
            white,
            mix(white, canvas.palette.sky[2], 0.5),
            [at[0] - size * 0.1, at[1] - size * 0.2],
            [at[0] + size * 0.25, at[1] + size * 0.1],
        ),
        paper,
    );
    let tip = smooth(&[[0.0, -1.0], [0.14, -0.68], [0.0, -0.62], [-0.14, -0.68]], true);
    canvas.piece(place(Cut::new().polygon(tip)), red, Paper::FLAT);
    canvas.piece(place(Cut::new().disc([0.0, -0.28], 0.115)), red, Paper::FLAT);
    canvas.piece(place(Cut::new().disc([0.0, -0.28], 0.08)), canvas.palette.accent, Paper::LAMP);
}
