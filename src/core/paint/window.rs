//! A window in a wall: what is seen through it, its bars, sill and curtains. The view is laid first, the wall with its hole over it.

use std::f32::consts::PI;

use super::canvas::Canvas;
use super::colour::{lighter, mix};
use super::cut::{Cut, Point, smooth};
use super::dice::wave;
use super::lexicon::Thing;
use super::sheet::{Fill, Paper};
use super::{trees, vehicles};

/// Where the hole is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opening {
    pub left: f32,
    pub top: f32,
    pub right: f32,
    pub bottom: f32,
    pub arched: bool,
}

impl Opening {
    fn middle(&self) -> f32 {
        (self.left + self.right) / 2.0
    }

    fn half(&self) -> f32 {
        (self.right - self.left) / 2.0
    }

    /// Its outline, made larger by `grow`.
    pub fn outline(&self, grow: f32) -> Vec<Point> {
        let (left, right, bottom) = (self.left - grow, self.right + grow, self.bottom + grow);
        if !self.arched {
            return vec![[left, self.top - grow], [right, self.top - grow], [right, bottom], [left, bottom]];
        }
        let (reach, spring) = (self.half() + grow, self.top + self.half());
        let round = (0..=40)
            .map(|step| PI * (1.0 + step as f32 / 40.0))
            .map(|angle| [self.middle() + reach * angle.cos(), spring + reach * angle.sin()]);
        round.chain([[right, bottom], [left, bottom]]).collect()
    }
}

/// What is seen outside.
pub(super) fn view(canvas: &mut Canvas, hole: Opening) {
    let mut dice = canvas.dice.part("view");
    let palette = canvas.palette.clone();
    let (wide, tall) = (hole.right - hole.left, hole.bottom - hole.top);
    let horizon = hole.top + tall * 0.66;
    let [a, b, c, d] = palette.sky;
    let fill = Fill { stops: [(0.0, a), (0.4, b), (0.78, c), (1.0, d)], ..Fill::down(a, d, hole.top, horizon) };
    let outside = Paper { lit: 0.0, ..Paper::USUAL };
    canvas.lay(Cut::new().rect(-0.2, -0.2, canvas.w + 0.2, canvas.h + 0.2), fill, Paper { lit: 0.0, ..Paper::FLAT });
    canvas.sun = [hole.left + wide * dice.between(0.6, 0.82), hole.top + tall * dice.between(0.18, 0.34)];
    let dark = canvas.is_dark();
    if dark {
        canvas.shows(&[Thing::Stars, Thing::Moon]);
        let mut stars = Cut::new();
        for _ in 0..46 {
            stars = stars.disc(
                [dice.between(hole.left, hole.right), dice.between(hole.top, horizon - tall * 0.1)],
                dice.between(0.0008, 0.0022),
            );
        }
        canvas.piece(stars, palette.disc, Paper { alpha: 0.85, ..Paper::LAMP });
    }
    let wet = canvas.any(&[Thing::Rain, Thing::Storm]);
    if !wet {
        canvas.glow(canvas.sun, tall * 0.5, palette.disc, 0.2);
        let radius = tall * 0.058;
        let mut disc = Cut::new().disc(canvas.sun, radius);
        if dark {
            disc = crescent(canvas.sun, radius);
        }
        canvas.piece(disc, palette.disc, Paper { shadow: 0.0, rim: 0.0, ..outside });
    }
    if canvas.has(Thing::City) {
        roofs(canvas, hole, horizon);
    } else {
        canvas.shows(&[Thing::Hill, Thing::Pine, Thing::Tree]);
        for row in 0..4 {
            let near = row as f32 / 3.0;
            let (y, seed) = (horizon + tall * 0.30 * near, dice.seed());
            let edge = move |x: f32| y + tall * 0.045 * wave(x, seed, wide * 0.45, 2);
            let colour = palette.hill(0.1 + 0.8 * near);
            let fill = Fill::down(mix(colour, palette.disc, 0.08), mix(colour, palette.sky[3], 0.3), y, y + tall * 0.15);
            canvas.lay(
                Cut::new().below(canvas.w, canvas.h, edge),
                fill,
                Paper { shadow: 0.3, ..outside }.lifted(0.006).rimmed(0.1, palette.edge()),
            );
            if row == 1 || row == 2 {
                let mut cut = Cut::new();
                for _ in 0..5 {
                    let x = dice.between(hole.left, hole.right);
                    cut = cut.and(trees::pine(&mut dice).placed([x, edge(x) + 0.003], tall * (0.07 + 0.07 * near), 1.0, 0.0));
                }
                canvas.piece(cut, mix(palette.dark, colour, 0.3), Paper { shadow: 0.25, ..outside }.lifted(0.004));
            }
            if row == 2 && canvas.any(&[Thing::Bus, Thing::Car]) {
                let x = hole.left + wide * 0.34;
                vehicles::bus(canvas, [x, edge(x) + 0.004], tall * 0.032, 1.0);
            }
        }
    }
    if wet {
        rain(canvas, hole);
    }
}

fn crescent(at: Point, radius: f32) -> Cut {
    let outer = (0..=30).map(|step| PI * (0.5 + step as f32 / 30.0)).map(|angle| [angle.cos(), angle.sin()]);
    let inner = (0..=30).rev().map(|step| PI * (0.5 + step as f32 / 30.0)).map(|angle| [angle.cos() * 0.4, angle.sin()]);
    Cut::new().polygon(outer.chain(inner).collect::<Vec<_>>()).placed(at, radius, -1.0, 0.5)
}

fn roofs(canvas: &mut Canvas, hole: Opening, horizon: f32) {
    let mut dice = canvas.dice.part("roofs");
    let tall = hole.bottom - hole.top;
    for row in 0..3 {
        let near = row as f32 / 2.0;
        let (mut walls, mut lights) = (Cut::new(), Cut::new());
        let mut x = hole.left - 0.05;
        while x < hole.right + 0.05 {
            let wide = dice.between(0.035, 0.075) * (0.8 + 0.5 * near);
            let top = horizon + tall * (0.12 + 0.12 * near) - tall * dice.between(0.12, 0.42 - 0.1 * near);
            walls = walls.rect(x, top, x + wide + 0.001, hole.bottom + 0.05);
            for pane in 0..10 {
                if dice.chance(0.35) {
                    let at = [x + wide * dice.between(0.12, 0.75), top + 0.012 + 0.018 * pane as f32];
                    lights = lights.rect(at[0], at[1], at[0] + 0.006, at[1] + 0.008);
                }
            }
            x += wide;
        }
        let colour = mix(canvas.palette.hill(0.2 + 0.7 * near), canvas.palette.dark, 0.35);
        canvas.piece(walls, colour, Paper { lit: 0.0, shadow: 0.3, ..Paper::USUAL }.lifted(0.006));
        let lit = if canvas.is_dark() { canvas.palette.accent } else { canvas.palette.sky[3] };
        canvas.piece(lights, lit, Paper { alpha: 0.8, ..Paper::LAMP });
    }
}

fn rain(canvas: &mut Canvas, hole: Opening) {
    let mut dice = canvas.dice.part("window rain");
    let mut cut = Cut::new();
    for _ in 0..90 {
        let at = [dice.between(hole.left, hole.right), dice.between(hole.top, hole.bottom)];
        let long = dice.between(0.02, 0.05);
        cut = cut.ribbon(&[at, [at[0] - 0.12 * long, at[1] + long]], |_| 0.0012);
    }
    canvas.piece(cut, lighter(canvas.palette.sky[3], 0.1), Paper { alpha: 0.4, ..Paper::LAMP });
}

/// Bars, frame and sill, over the wall.
pub(super) fn frame(canvas: &mut Canvas, hole: Opening) {
    let wood = if canvas.is_dark() {
        mix(canvas.palette.wood, canvas.palette.wall, 0.55)
    } else {
        mix([0.93, 0.005, 0.02], canvas.palette.wall, 0.25)
    };
    let border = Cut::new().polygon(hole.outline(0.024)).hole(hole.outline(-0.004));
    let paper = Paper::USUAL.lifted(0.012).rimmed(0.14, canvas.palette.edge());
    let (middle, half) = (hole.middle(), hole.half());
    let bar = 0.0085;
    let mut bars = Cut::new().rect(middle - bar, hole.top, middle + bar, hole.bottom);
    let rail = if hole.arched { hole.top + half } else { hole.top + (hole.bottom - hole.top) * 0.42 };
    bars = bars.rect(hole.left, rail - bar, hole.right, rail + bar);
    if hole.arched {
        let arc = |reach: f32| -> Vec<Point> {
            (0..=24)
                .map(|step| PI * (1.0 + step as f32 / 24.0))
                .map(|angle| [middle + reach * angle.cos(), rail + reach * angle.sin()])
                .collect()
        };
        bars = bars.ribbon(&arc(half * 0.4), |_| 0.012);
        for angle in [PI * 1.25, PI * 1.75] {
            let at = |reach: f32| [middle + reach * angle.cos(), rail + reach * angle.sin()];
            bars = bars.ribbon(&[at(half * 0.4), at(half)], |_| 0.012);
        }
    } else {
        let lower = (rail + hole.bottom) / 2.0;
        bars = bars.rect(hole.left, lower - 0.005, hole.right, lower + 0.005);
    }
    canvas.piece(bars, wood, paper);
    canvas.piece(border, wood, paper);
    let sill = Cut::new().card(hole.left - 0.055, hole.bottom + 0.012, hole.right + 0.055, hole.bottom + 0.042, 0.006);
    canvas.piece(sill, lighter(wood, 0.03), Paper::USUAL.lifted(0.016).rimmed(0.18, canvas.palette.edge()));
}

/// Curtains at both sides, in folds.
pub(super) fn curtains(canvas: &mut Canvas, hole: Opening) {
    let mut dice = canvas.dice.part("curtains");
    let cloth = mix(
        mix(canvas.palette.accent, [0.5, 0.12, 0.07], 0.55),
        canvas.palette.wall,
        if canvas.is_dark() { 0.35 } else { 0.18 },
    );
    let (top, bottom) = (hole.top - 0.07, hole.bottom + 0.10);
    let rod = Cut::new()
        .card(hole.left - 0.17, top - 0.012, hole.right + 0.17, top, 0.006)
        .disc([hole.left - 0.17, top - 0.006], 0.012)
        .disc([hole.right + 0.17, top - 0.006], 0.012);
    canvas.piece(rod, mix(canvas.palette.wood, canvas.palette.dark, 0.4), Paper::USUAL.lifted(0.01));
    for side in [-1.0, 1.0] {
        let edge = if side < 0.0 { hole.left } else { hole.right };
        for fold in 0..4 {
            let part = fold as f32 / 3.0;
            let outer = edge + side * 0.15;
            let x = edge - side * 0.045 + side * 0.15 * part;
            let sway = dice.between(0.0, 0.016);
            let line = smooth(
                &[
                    [x, top],
                    [x + side * 0.012, top + (bottom - top) * 0.35],
                    [x + side * (0.045 - sway), top + (bottom - top) * 0.68],
                    [x - side * 0.004, bottom],
                ],
                false,
            );
            let cut = Cut::new().polygon(line.into_iter().chain([[outer, bottom], [outer, top]]).collect::<Vec<_>>());
            let colour = lighter(cloth, if fold % 2 == 0 { 0.025 } else { -0.03 });
            canvas.lay(
                cut,
                Fill::down(colour, lighter(colour, -0.05), top, bottom),
                Paper::USUAL.lifted(0.010).rimmed(0.12, canvas.palette.edge()),
            );
        }
    }
}
