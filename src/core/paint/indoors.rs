//! A room: a wall with a window, a desk before it with what is named on it, the light of lamps and of the hour.

use super::canvas::Canvas;
use super::colour::{lighter, mix};
use super::creatures;
use super::cut::{Cut, smooth};
use super::lexicon::Thing;
use super::sheet::{Fill, Paper};
use super::still_life;
use super::window::{self, Opening};

pub(super) fn room(canvas: &mut Canvas) {
    let mut dice = canvas.dice.part("room");
    let dark = canvas.is_dark();
    let desk = canvas.h * if canvas.h > canvas.w { 0.80 } else { 0.745 };
    let side = dice.side();
    let tall = (desk - 0.14).min(0.62) - dice.between(0.06, 0.10);
    let wide = (tall * dice.between(0.9, 1.25)).min(canvas.w * 0.52);
    let middle = canvas.w * (0.5 + side * dice.between(0.02, 0.12));
    let bottom = desk - 0.085;
    let hole = Opening {
        left: middle - wide / 2.0,
        right: middle + wide / 2.0,
        top: (bottom - tall).max(0.1),
        bottom,
        arched: dice.chance(0.5),
    };
    window::view(canvas, hole);
    light(canvas, hole, dark);
    wall(canvas, hole);
    let shelf_side = if middle > canvas.w / 2.0 { -1.0 } else { 1.0 };
    hang(canvas, hole, shelf_side, desk);
    window::frame(canvas, hole);
    if canvas.h <= canvas.w * 1.3 && dice.chance(0.75) {
        window::curtains(canvas, hole);
    }
    if canvas.has(Thing::Cat) {
        creatures::cat(canvas, [hole.left + (hole.right - hole.left) * 0.24, hole.bottom + 0.016], 0.15);
    }
    table(canvas, desk);
    if !dark {
        sunbeam(canvas, hole, desk);
    }
    still_life::on_desk(canvas, desk, shelf_side);
    if canvas.any(&[Thing::Person, Thing::People]) {
        reader(canvas, middle + 0.04 * side);
    }
    dust(canvas, hole);
    canvas.finish.vignette = if dark { 0.42 } else { 0.24 };
}

/// What falls on everything inside.
fn light(canvas: &mut Canvas, hole: Opening, dark: bool) {
    let middle = [(hole.left + hole.right) / 2.0, (hole.top + hole.bottom) / 2.0];
    let [_, _, sky, horizon] = canvas.palette.sky;
    if dark {
        canvas.ambient = mix([0.80, 0.0, 0.0], canvas.palette.sky[2], 0.3);
        canvas.lamp(middle, 0.36, mix(sky, horizon, 0.5), 0.55);
    } else {
        canvas.ambient = mix([0.95, 0.0, 0.0], horizon, 0.35);
        canvas.lamp(middle, 0.6, horizon, 0.55);
    }
    canvas.toward = [0.0, -1.0];
}

fn wall(canvas: &mut Canvas, hole: Opening) {
    let wall = canvas.palette.wall;
    let cut = Cut::new().rect(-0.2, -0.2, canvas.w + 0.2, canvas.h + 0.2).hole(hole.outline(0.0));
    let fill = Fill::down(lighter(wall, -0.025), lighter(wall, 0.015), 0.0, canvas.h * 0.75);
    canvas.lay(
        cut,
        fill,
        Paper { shadow: 0.55, tooth: 0.05, ..Paper::USUAL }.lifted(0.022).rimmed(0.08, canvas.palette.edge()),
    );
    let mut dice = canvas.dice.part("wall");
    if dice.chance(0.4) {
        // Wainscot under the window.
        let top = hole.bottom - 0.02;
        let mut boards = Cut::new();
        let mut x = -0.1;
        while x < canvas.w + 0.1 {
            boards = boards.rect(x, top, x + 0.112, canvas.h);
            x += 0.115;
        }
        canvas.piece(boards, lighter(wall, -0.035), Paper { shadow: 0.3, ..Paper::USUAL }.lifted(0.004));
        canvas.piece(
            Cut::new().rect(-0.1, top - 0.014, canvas.w + 0.1, top + 0.006),
            lighter(wall, 0.01),
            Paper::USUAL.lifted(0.006),
        );
    }
}

/// Cards, pictures, shelves, a clock: what hangs beside the window.
fn hang(canvas: &mut Canvas, hole: Opening, side: f32, desk: f32) {
    let mut dice = canvas.dice.part("hang");
    let (from, to) = if side < 0.0 { (0.03, hole.left - 0.2) } else { (hole.right + 0.2, canvas.w - 0.03) };
    let middle = (from + to) / 2.0;
    if to - from < 0.16 {
        return;
    }
    if canvas.has(Thing::Clock) {
        still_life::clock(canvas, [middle, hole.top + 0.15], (to - from).min(0.3) * 0.42);
        return;
    }
    if canvas.has(Thing::Book) || dice.chance(0.4) {
        let wide = (to - from).min(0.5);
        for row in 0..2 {
            still_life::shelf(canvas, middle - wide / 2.0, middle + wide / 2.0, hole.top + 0.17 + 0.2 * row as f32, row);
        }
        return;
    }
    let paper = if canvas.is_dark() { [0.83, 0.015, 0.06] } else { [0.95, 0.005, 0.03] };
    let columns = ((to - from) / 0.19).floor().clamp(1.0, 2.0) as usize;
    for row in 0..3 {
        for column in 0..columns {
            let x = middle + (column as f32 - (columns - 1) as f32 / 2.0) * 0.18 + dice.between(-0.01, 0.01);
            let y = hole.top + 0.06 + 0.14 * row as f32;
            if y > desk - 0.16 {
                continue;
            }
            let tilt = dice.between(-0.07, 0.07);
            canvas.piece(
                Cut::new().card(-0.07, -0.05, 0.07, 0.05, 0.003).placed([x, y], 1.0, 1.0, tilt),
                paper,
                Paper::USUAL.lifted(0.008),
            );
            let mut lines = Cut::new();
            if dice.chance(0.5) {
                let tone = canvas.palette.hill(dice.unit());
                canvas.piece(
                    Cut::new().rect(-0.062, -0.042, 0.062, 0.042).placed([x, y], 1.0, 1.0, tilt),
                    mix(tone, canvas.palette.sky[3], 0.3),
                    Paper::FLAT,
                );
                lines = lines.below_hill();
            } else {
                for line in 0..4 {
                    let y = -0.025 + 0.016 * line as f32;
                    lines = lines.rect(-0.05, y, -0.05 + dice.between(0.05, 0.1), y + 0.0025);
                }
            }
            canvas.piece(
                lines.placed([x, y], 1.0, 1.0, tilt),
                mix(canvas.palette.dark, paper, 0.3),
                Paper { alpha: 0.75, ..Paper::FLAT },
            );
            canvas.piece(Cut::new().disc([x, y - 0.043], 0.005), canvas.palette.accent, Paper::USUAL.lifted(0.003));
        }
    }
}

impl Cut {
    /// A small hill, for a picture in the picture.
    fn below_hill(self) -> Cut {
        let line = smooth(&[[-0.062, 0.01], [-0.03, -0.015], [0.0, 0.008], [0.035, -0.008], [0.062, 0.006]], false);
        self.polygon(line.into_iter().chain([[0.062, 0.042], [-0.062, 0.042]]).collect::<Vec<_>>())
    }
}

fn table(canvas: &mut Canvas, desk: f32) {
    let mut dice = canvas.dice.part("table");
    let wood = canvas.palette.wood;
    let front = canvas.h - (canvas.h - desk) * 0.24;
    let top = Cut::new().rect(-0.1, desk, canvas.w + 0.1, front);
    canvas.lay(
        top,
        Fill::down(lighter(wood, 0.02), lighter(wood, -0.03), desk, front),
        Paper { tooth: 0.05, ..Paper::USUAL }.lifted(0.02).rimmed(0.2, canvas.palette.edge()),
    );
    let mut grain = Cut::new();
    for _ in 0..26 {
        let (y, x, half) = (dice.between(desk + 0.006, front - 0.004), dice.between(0.0, canvas.w), dice.between(0.1, 0.45));
        let bend = dice.between(-0.004, 0.004);
        grain = grain.ribbon(&smooth(&[[x - half, y], [x, y + bend], [x + half, y]], false), |t| {
            0.0026 * (t * std::f32::consts::PI).sin()
        });
    }
    canvas.piece(grain, lighter(wood, -0.09), Paper { alpha: 0.5, ..Paper::FLAT });
    let edge = Cut::new().rect(-0.1, front, canvas.w + 0.1, canvas.h + 0.1);
    canvas.lay(
        edge,
        Fill::down(lighter(wood, -0.08), lighter(wood, -0.16), front, canvas.h),
        Paper { tooth: 0.05, ..Paper::USUAL }.lifted(0.012).rimmed(0.25, canvas.palette.edge()),
    );
}

/// Light that falls through the window onto the desk.
fn sunbeam(canvas: &mut Canvas, hole: Opening, desk: f32) {
    let lean = if hole.left + hole.right > canvas.w { -0.3 } else { 0.3 };
    let front = canvas.h - (canvas.h - desk) * 0.24;
    for pane in 0..2 {
        let left = hole.left + (hole.right - hole.left) * (0.06 + 0.5 * pane as f32);
        let right = left + (hole.right - hole.left) * 0.4;
        let patch = Cut::new().polygon([
            [left + lean * 0.25, desk],
            [right + lean * 0.25, desk],
            [right + lean, front],
            [left + lean, front],
        ]);
        canvas.piece(
            patch,
            mix(canvas.palette.disc, canvas.palette.wood, 0.35),
            Paper { adds: true, alpha: 0.20, soft: 0.006, ..Paper::LAMP },
        );
        let shaft =
            Cut::new().polygon([[left, hole.top + 0.1], [right, hole.top], [right + lean, front], [left + lean, front]]);
        canvas.lay(
            shaft,
            Fill::down(canvas.palette.disc, [0.02, 0.0, 0.0], hole.top, front),
            Paper { adds: true, alpha: 0.07, soft: 0.012, ..Paper::LAMP },
        );
    }
}

/// Somebody at the desk, from behind.
fn reader(canvas: &mut Canvas, x: f32) {
    let dark = mix(canvas.palette.dark, canvas.palette.wall, 0.12);
    let foot = canvas.h + 0.02;
    let place = |cut: Cut| cut.placed([x, foot], 1.0, 1.0, 0.0);
    let paper = Paper::USUAL.lifted(0.024).rimmed(0.3, canvas.palette.edge());
    let body = smooth(
        &[[-0.25, 0.1], [-0.24, -0.12], [-0.15, -0.235], [0.0, -0.26], [0.15, -0.235], [0.24, -0.12], [0.25, 0.1]],
        true,
    );
    canvas.piece(
        place(
            Cut::new()
                .polygon(body)
                .rect(-0.04, -0.32, 0.04, -0.2)
                .ellipse([0.0, -0.375], 0.078, 0.096)
                .disc([0.012, -0.485], 0.036),
        ),
        dark,
        paper,
    );
    let mut chair =
        Cut::new().ribbon(&[[-0.21, 0.1], [-0.2, -0.17]], |_| 0.026).ribbon(&[[0.21, 0.1], [0.2, -0.17]], |_| 0.026);
    for rung in 0..2 {
        let y = -0.13 + 0.1 * rung as f32;
        chair = chair.ribbon(&smooth(&[[-0.2, y], [0.0, y - 0.016], [0.2, y]], false), |_| 0.034);
    }
    canvas.piece(place(chair), mix(canvas.palette.wood, canvas.palette.dark, 0.55), paper);
}

/// Motes in the light.
fn dust(canvas: &mut Canvas, hole: Opening) {
    let mut dice = canvas.dice.part("dust");
    let mut cut = Cut::new();
    for _ in 0..40 {
        cut = cut.disc(
            [dice.between(hole.left - 0.2, hole.right + 0.2), dice.between(hole.top, canvas.h)],
            dice.between(0.0008, 0.0022),
        );
    }
    canvas.piece(cut, canvas.palette.disc, Paper { adds: true, alpha: 0.35, soft: 0.001, ..Paper::LAMP });
}
