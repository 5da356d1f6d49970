//! Things on desks and walls: lantern, book, cup, plant, computer, shelves, a clock.

use std::f32::consts::{PI, TAU};

use super::canvas::Canvas;
use super::colour::{Lab, lighter, mix};
use super::cut::{Cut, Point, smooth};
use super::lexicon::Thing;
use super::sheet::{Fill, Paper};
use super::trees;

/// What is named, from left to right with air between; a desk with nothing named gets a lamp, a notebook and a cup.
pub(super) fn on_desk(canvas: &mut Canvas, desk: f32, side: f32) {
    let mut dice = canvas.dice.part("desk");
    let named: Vec<Thing> = [Thing::Lamp, Thing::Computer, Thing::Book, Thing::Cup, Thing::Plant, Thing::Flowers, Thing::Clock]
        .into_iter()
        .filter(|thing| canvas.has(*thing))
        .collect();
    let mut things = named;
    // What flies in here comes for something.
    if canvas.any(&[Thing::Bees, Thing::Butterflies]) && !things.contains(&Thing::Flowers) {
        things.push(Thing::Flowers);
    }
    for usual in [Thing::Book, Thing::Cup, Thing::Lamp, Thing::Plant] {
        let fits = usual != Thing::Lamp || canvas.is_dark() || dice.chance(0.5);
        if things.len() < 4 && !things.contains(&usual) && fits {
            things.push(usual);
        }
    }
    let front = canvas.h - (canvas.h - desk) * 0.24;
    let depth = front - desk;
    let margin = canvas.w * 0.15;
    // The lamp stands far from the middle, the book in the middle.
    let order = |thing: &Thing| match thing {
        Thing::Lamp => 0,
        Thing::Cup => 2,
        Thing::Book | Thing::Computer => 3,
        Thing::Flowers => 5,
        _ => 4,
    };
    things.sort_by_key(order);
    let count = things.len();
    for (at, thing) in things.into_iter().enumerate() {
        let part = if count == 1 { 0.5 } else { at as f32 / (count - 1) as f32 };
        let part = if side < 0.0 { part } else { 1.0 - part };
        let x = margin + (canvas.w - 2.0 * margin) * part + dice.between(-0.015, 0.015);
        match thing {
            Thing::Lamp => lantern(canvas, [x, desk + depth * 0.30]),
            Thing::Computer => laptop(canvas, [x, desk + depth * 0.72]),
            Thing::Book => book(canvas, [x, desk + depth * 0.6], depth),
            Thing::Cup => cup(canvas, [x, desk + depth * 0.36]),
            Thing::Flowers => vase(canvas, [x, desk + depth * 0.26]),
            Thing::Plant => plant(canvas, [x, desk + depth * 0.22]),
            _ => stack(canvas, [x, desk + depth * 0.4]),
        }
    }
}

/// The shadow that a thing stands in.
fn foot(canvas: &mut Canvas, at: Point, half: f32) {
    canvas.piece(
        Cut::new().ellipse([at[0], at[1] + 0.003], half * 1.25, half * 0.2),
        canvas.palette.shade,
        Paper { alpha: 0.65, soft: 0.01, ..Paper::FLAT },
    );
}

/// An oil lantern; lit when it is dark.
fn lantern(canvas: &mut Canvas, at: Point) {
    let lit = canvas.is_dark();
    let metal = mix([0.42, 0.09, 0.06], canvas.palette.wood, 0.35);
    let place = |cut: Cut| cut.placed(at, 0.36, 1.0, 0.0);
    let paper = Paper::USUAL.lifted(0.010).rimmed(0.2, canvas.palette.edge());
    foot(canvas, at, 0.085);
    let flame_at = [at[0], at[1] - 0.36 * 0.33];
    let warm = canvas.palette.accent;
    if lit {
        canvas.lamp(flame_at, 0.26, warm, 2.6);
        canvas.glow(flame_at, 0.55, warm, 0.16);
        canvas.glow(flame_at, 0.2, warm, 0.34);
    }
    let handle = (0..=24)
        .map(|step| PI * (1.0 + step as f32 / 24.0))
        .map(|angle| [0.235 * angle.cos(), -0.62 + 0.4 * angle.sin()])
        .collect::<Vec<_>>();
    let rails = Cut::new()
        .ribbon(&handle, |_| 0.017)
        .ribbon(&[[-0.235, -0.62], [-0.2, -0.12]], |_| 0.02)
        .ribbon(&[[0.235, -0.62], [0.2, -0.12]], |_| 0.02);
    canvas.piece(place(rails), metal, paper);
    let glass = smooth(
        &[
            [-0.09, -0.6],
            [-0.14, -0.45],
            [-0.16, -0.32],
            [-0.12, -0.17],
            [0.12, -0.17],
            [0.16, -0.32],
            [0.14, -0.45],
            [0.09, -0.6],
        ],
        true,
    );
    let bright = if lit { mix(warm, [0.98, 0.0, 0.05], 0.35) } else { mix(canvas.palette.sky[3], canvas.palette.wall, 0.5) };
    let fill = Fill::around(
        bright,
        if lit { mix(warm, [0.5, 0.1, 0.09], 0.55) } else { mix(bright, canvas.palette.wall, 0.6) },
        flame_at,
        0.08,
    );
    canvas.lay(
        place(Cut::new().polygon(glass)),
        fill,
        Paper { alpha: if lit { 0.95 } else { 0.55 }, lit: if lit { 0.0 } else { 1.0 }, ..paper },
    );
    if lit {
        let flame =
            smooth(&[[0.0, -0.46], [0.035, -0.36], [0.045, -0.29], [0.0, -0.25], [-0.045, -0.29], [-0.03, -0.36]], true);
        canvas.piece(place(Cut::new().polygon(flame)), [1.0, 0.0, 0.04], Paper::LAMP);
    }
    canvas.piece(
        place(Cut::new().ribbon(&[[-0.15, -0.3], [0.15, -0.3]], |_| 0.011).ribbon(&[[-0.13, -0.47], [0.13, -0.47]], |_| 0.011)),
        metal,
        Paper::FLAT,
    );
    let cap = Cut::new()
        .card(-0.12, -0.64, 0.12, -0.58, 0.02)
        .polygon([[-0.1, -0.63], [-0.06, -0.76], [0.06, -0.76], [0.1, -0.63]])
        .card(-0.085, -0.79, 0.085, -0.75, 0.015)
        .card(-0.035, -0.86, 0.035, -0.78, 0.015);
    let base = Cut::new()
        .card(-0.15, -0.19, 0.15, -0.12, 0.02)
        .polygon(smooth(&[[-0.14, -0.13], [-0.22, -0.06], [-0.22, 0.015], [0.22, 0.015], [0.22, -0.06], [0.14, -0.13]], true));
    canvas.lay(place(cap.and(base)), Fill::down(lighter(metal, 0.05), lighter(metal, -0.06), at[1] - 0.3, at[1]), paper);
}

/// An open book with a pen.
fn book(canvas: &mut Canvas, at: Point, depth: f32) {
    let page = [0.93, 0.006, 0.035];
    let place = |cut: Cut| cut.placed(at, 1.0, 1.0, 0.0);
    let (half, near, far) = (0.2, depth * 0.34, -depth * 0.26);
    foot(canvas, [at[0], at[1] + near], 0.2);
    let cover = Cut::new().polygon([
        [-half - 0.034, near + 0.012],
        [half + 0.034, near + 0.012],
        [half * 0.92, far - 0.006],
        [-half * 0.92, far - 0.006],
    ]);
    canvas.piece(place(cover), mix(canvas.palette.accent, [0.42, 0.14, 0.07], 0.7), Paper::USUAL.lifted(0.01));
    for side in [-1.0, 1.0] {
        let top = smooth(&[[0.0, far + 0.008], [side * half * 0.4, far - 0.008], [side * half * 0.88, far]], false);
        let low = smooth(&[[side * (half + 0.024), near], [side * half * 0.5, near - 0.012], [0.0, near + 0.008]], false);
        let sheet = Cut::new().polygon(top.into_iter().chain(low).collect::<Vec<_>>());
        let gutter = Fill::between(lighter(page, -0.14), page, [at[0], at[1]], [at[0] + side * 0.06, at[1]]);
        canvas.lay(place(sheet), gutter, Paper { shadow: 0.3, ..Paper::USUAL }.lifted(0.005));
        let mut lines = Cut::new();
        for line in 0..6 {
            let part = 0.15 + 0.13 * line as f32;
            let y = far + (near - far) * part;
            let reach = half * (0.88 + 0.12 * part);
            let (from, to) =
                if side < 0.0 { (-reach + 0.022, -0.022) } else { (0.022, reach - 0.022 - if line == 5 { 0.08 } else { 0.0 }) };
            lines = lines.rect(from, y, to, y + 0.0017);
        }
        canvas.piece(place(lines), mix(canvas.palette.dark, page, 0.45), Paper { alpha: 0.6, ..Paper::FLAT });
    }
    let pen = Cut::new().ribbon(&[[0.05, near * 0.5], [0.16, -near * 0.15]], |t| if t < 0.12 { 0.003 } else { 0.009 });
    canvas.piece(place(pen), canvas.palette.dark, Paper::USUAL.lifted(0.006));
}

fn cup(canvas: &mut Canvas, at: Point) {
    let china = if canvas.is_dark() { [0.86, 0.01, 0.04] } else { [0.96, 0.004, 0.018] };
    let place = |cut: Cut| cut.placed(at, 0.115, 1.0, 0.0);
    foot(canvas, at, 0.06);
    let paper = Paper::USUAL.lifted(0.007).rimmed(0.12, canvas.palette.edge());
    canvas.piece(place(Cut::new().ellipse([0.0, 0.0], 0.58, 0.1)), lighter(china, -0.05), paper);
    let ring: Vec<Point> = (0..=20)
        .map(|step| -PI * 0.42 + PI * 0.84 * step as f32 / 20.0)
        .map(|angle| [0.36 + 0.2 * angle.cos(), -0.32 + 0.18 * angle.sin()])
        .collect();
    canvas.piece(place(Cut::new().ribbon(&ring, |_| 0.075)), china, paper);
    let body = smooth(&[[-0.42, -0.6], [-0.4, -0.3], [-0.22, -0.03], [0.22, -0.03], [0.4, -0.3], [0.42, -0.6]], false);
    canvas.lay(
        place(Cut::new().polygon(body)),
        Fill::between(lighter(china, 0.02), lighter(china, -0.12), [at[0] - 0.04, at[1]], [at[0] + 0.05, at[1]]),
        paper,
    );
    canvas.piece(place(Cut::new().ellipse([0.0, -0.6], 0.42, 0.075)), lighter(china, 0.02), Paper::FLAT);
    canvas.piece(place(Cut::new().ellipse([0.0, -0.59], 0.36, 0.056)), [0.33, 0.04, 0.05], Paper::FLAT);
    let steam = smooth(&[[0.0, -0.66], [0.07, -0.95], [-0.06, -1.25], [0.08, -1.6]], false);
    canvas.piece(
        place(Cut::new().ribbon(&steam, |t| 0.05 + 0.14 * t)),
        canvas.palette.edge(),
        Paper { alpha: 0.32, soft: 0.010, ..Paper::FLAT },
    );
}

fn pot(canvas: &mut Canvas, at: Point, size: f32) {
    let clay = mix([0.56, 0.12, 0.08], canvas.palette.wood, 0.25);
    let place = |cut: Cut| cut.placed(at, size, 1.0, 0.0);
    let paper = Paper::USUAL.lifted(0.009).rimmed(0.14, canvas.palette.edge());
    foot(canvas, at, size * 0.34);
    let body = Cut::new().polygon([[-0.3, -0.42], [0.3, -0.42], [0.21, 0.0], [-0.21, 0.0]]);
    canvas.lay(
        place(body),
        Fill::between(lighter(clay, 0.04), lighter(clay, -0.1), [at[0] - size * 0.3, at[1]], [at[0] + size * 0.3, at[1]]),
        paper,
    );
    canvas.piece(place(Cut::new().card(-0.35, -0.52, 0.35, -0.4, 0.02)), lighter(clay, 0.02), paper);
}

fn plant(canvas: &mut Canvas, at: Point) {
    let mut dice = canvas.dice.part("plant");
    let size = 0.24;
    let green = mix([0.52, -0.09, 0.05], canvas.palette.near, if canvas.is_dark() { 0.45 } else { 0.15 });
    let from = [at[0], at[1] - size * 0.48];
    for row in 0..3 {
        let mut cut = Cut::new();
        for _ in 0..7 {
            let angle = dice.between(-1.25, 1.25);
            let long = dice.between(0.5, 0.85) * (1.0 - 0.12 * row as f32);
            let root = [from[0] + dice.between(-0.03, 0.03), from[1] + 0.01];
            cut = cut.and(trees::leaf().placed(root, size * long, 1.0, angle));
        }
        let tone = lighter(green, -0.10 + 0.06 * row as f32);
        canvas.piece(cut, tone, Paper { shadow: 0.45, ..Paper::USUAL }.lifted(0.008).rimmed(0.1, canvas.palette.edge()));
    }
    pot(canvas, at, size);
}

fn vase(canvas: &mut Canvas, at: Point) {
    let mut dice = canvas.dice.part("vase");
    let accent = canvas.palette.accent;
    let tones: [Lab; 3] = [accent, mix(accent, [0.95, 0.02, 0.03], 0.55), mix(accent, [0.6, 0.15, -0.02], 0.5)];
    let mouth = [at[0], at[1] - 0.14];
    for (row, tone) in tones.into_iter().enumerate() {
        for _ in 0..2 {
            let head = [mouth[0] + dice.between(-0.1, 0.1), mouth[1] - dice.between(0.09, 0.19) + 0.02 * row as f32];
            canvas.piece(
                Cut::new().ribbon(
                    &smooth(&[mouth, [(mouth[0] + head[0]) / 2.0 + 0.01, (mouth[1] + head[1]) / 2.0], head], false),
                    |_| 0.006,
                ),
                [0.45, -0.08, 0.05],
                Paper::FLAT,
            );
            let (petals, eye) = trees::flower(6);
            let angle = dice.between(0.0, TAU);
            canvas.piece(petals.placed(head, 0.085, 1.0, angle), tone, Paper::USUAL.lifted(0.007));
            canvas.piece(eye.placed(head, 0.085, 1.0, angle), [0.85, 0.03, 0.14], Paper::FLAT);
        }
    }
    foot(canvas, at, 0.05);
    let glass = mix(canvas.palette.sky[2], [0.9, 0.0, 0.0], 0.3);
    let body = smooth(
        &[[-0.3, -1.0], [-0.22, -0.8], [-0.42, -0.35], [-0.3, 0.0], [0.3, 0.0], [0.42, -0.35], [0.22, -0.8], [0.3, -1.0]],
        true,
    );
    canvas.lay(
        Cut::new().polygon(body).placed(at, 0.145, 1.0, 0.0),
        Fill::between(lighter(glass, 0.05), lighter(glass, -0.14), [at[0] - 0.05, at[1]], [at[0] + 0.05, at[1]]),
        Paper { alpha: 0.92, ..Paper::USUAL }.rimmed(0.2, canvas.palette.edge()),
    );
}

fn laptop(canvas: &mut Canvas, at: Point) {
    let metal = mix([0.72, 0.0, -0.005], canvas.palette.wall, 0.3);
    let place = |cut: Cut| cut.placed(at, 0.34, 1.0, 0.0);
    foot(canvas, at, 0.22);
    let paper = Paper::USUAL.lifted(0.010).rimmed(0.15, canvas.palette.edge());
    canvas.piece(place(Cut::new().card(-0.52, -0.74, 0.52, -0.06, 0.03)), lighter(metal, -0.35), paper);
    let screen = mix(canvas.palette.sky[1], canvas.palette.dark, 0.45);
    let lit = [at[0], at[1] - 0.14];
    canvas.lay(
        place(Cut::new().rect(-0.48, -0.70, 0.48, -0.11)),
        Fill::down(screen, mix(screen, canvas.palette.sky[2], 0.5), at[1] - 0.24, at[1]),
        Paper::LAMP,
    );
    let (mut lines, mut marks) = (Cut::new(), Cut::new());
    let mut dice = canvas.dice.part("laptop");
    for line in 0..8 {
        let y = -0.64 + 0.062 * line as f32;
        let x = -0.42 + 0.06 * dice.below(4) as f32;
        lines = lines.card(x, y, x + dice.between(0.16, 0.4), y + 0.018, 0.008);
        marks = marks.card(x + 0.44, y, x + 0.44 + dice.between(0.04, 0.12), y + 0.018, 0.008);
    }
    canvas.piece(place(lines), mix(canvas.palette.sky[3], [0.95, 0.0, 0.0], 0.4), Paper { alpha: 0.85, ..Paper::LAMP });
    canvas.piece(place(marks), canvas.palette.accent, Paper { alpha: 0.9, ..Paper::LAMP });
    canvas.glow(lit, 0.26, canvas.palette.sky[2], if canvas.is_dark() { 0.25 } else { 0.05 });
    canvas.lay(
        place(Cut::new().polygon([[-0.52, -0.07], [0.52, -0.07], [0.62, 0.06], [-0.62, 0.06]])),
        Fill::down(metal, lighter(metal, -0.08), at[1] - 0.03, at[1] + 0.02),
        paper,
    );
    canvas.piece(
        place(Cut::new().polygon([[-0.45, -0.05], [0.45, -0.05], [0.48, -0.005], [-0.48, -0.005]])),
        lighter(metal, -0.28),
        Paper::FLAT,
    );
}

fn stack(canvas: &mut Canvas, at: Point) {
    let mut dice = canvas.dice.part("stack");
    foot(canvas, at, 0.1);
    let palette = &canvas.palette;
    let tones = [mix(palette.accent, [0.45, 0.1, 0.06], 0.5), palette.near, mix(palette.sky[1], palette.wood, 0.4)];
    for (book, tone) in tones.into_iter().enumerate() {
        let (half, y) = (0.1 - 0.012 * book as f32, at[1] - 0.032 * book as f32);
        let x = at[0] + dice.between(-0.008, 0.008);
        let cover = Paper::USUAL.lifted(0.006).rimmed(0.12, canvas.palette.edge());
        canvas.piece(Cut::new().card(x - half, y - 0.03, x + half, y, 0.004), tone, cover);
        canvas.piece(Cut::new().rect(x - half + 0.012, y - 0.024, x + half, y - 0.006), [0.9, 0.006, 0.03], Paper::FLAT);
    }
}

/// A board with books. Those of one colour are one sheet.
pub(super) fn shelf(canvas: &mut Canvas, left: f32, right: f32, y: f32, row: usize) {
    let mut dice = canvas.dice.part(&format!("shelf {row}"));
    let paper = Paper::USUAL.lifted(0.008).rimmed(0.1, canvas.palette.edge());
    let palette = &canvas.palette;
    let tones = [palette.accent, palette.near, palette.far, palette.sky[2], palette.wood, palette.sky[1]];
    let mut spines = tones.map(|tone| (mix(tone, palette.wall, 0.3), Cut::new(), Cut::new()));
    let mut x = left + 0.012;
    while x < right - 0.03 {
        let (wide, tall) = (dice.between(0.014, 0.032), dice.between(0.085, 0.135));
        let (_, books, titles) = &mut spines[dice.below(6)];
        let lean = if dice.chance(0.12) { 0.12 } else { 0.0 };
        let place = |cut: Cut| cut.placed([x, y], 1.0, 1.0, lean);
        *books = std::mem::take(books).and(place(Cut::new().rect(0.0, -tall, wide, 0.0)));
        let title = Cut::new().rect(wide * 0.2, -tall * 0.8, wide * 0.8, -tall * 0.74);
        *titles = std::mem::take(titles).and(place(title));
        x += wide + 0.0015 + lean * 0.1 + if dice.chance(0.06) { 0.05 } else { 0.0 };
    }
    for (tone, books, titles) in spines {
        canvas.piece(books, tone, paper.lifted(0.004));
        canvas.piece(titles, lighter(tone, 0.2), Paper { alpha: 0.7, ..Paper::FLAT });
    }
    let board = mix(canvas.palette.wood, canvas.palette.wall, 0.2);
    canvas.piece(Cut::new().rect(left, y, right, y + 0.015), board, paper);
}

pub(super) fn clock(canvas: &mut Canvas, at: Point, radius: f32) {
    let face = [0.95, 0.005, 0.03];
    let rim = mix(canvas.palette.wood, canvas.palette.dark, 0.35);
    canvas.piece(Cut::new().disc(at, radius * 1.12), rim, Paper::USUAL.lifted(0.016).rimmed(0.2, canvas.palette.edge()));
    canvas.piece(Cut::new().disc(at, radius), face, Paper { shadow: 0.0, ..Paper::USUAL });
    let mut marks = Cut::new();
    for hour in 0..12 {
        let angle = hour as f32 / 12.0 * TAU;
        let (from, wide) = if hour % 3 == 0 { (0.78, 0.05) } else { (0.85, 0.026) };
        marks = marks.and(Cut::new().rect(-wide, -0.94, wide, -from).placed(at, radius, 1.0, angle));
    }
    canvas.piece(marks, canvas.palette.dark, Paper::FLAT);
    let mut dice = canvas.dice.part("clock");
    let minute = dice.unit() * TAU;
    let hands = Cut::new().card(-0.04, -0.5, 0.04, 0.1, 0.04).placed(at, radius, 1.0, dice.unit() * TAU);
    let long = Cut::new().card(-0.028, -0.78, 0.028, 0.12, 0.028).placed(at, radius, 1.0, minute);
    canvas.piece(hands.and(long), canvas.palette.dark, Paper::USUAL.lifted(0.005));
    canvas.piece(Cut::new().disc(at, radius * 0.07), canvas.palette.accent, Paper::FLAT);
}
