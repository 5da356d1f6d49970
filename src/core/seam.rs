//! Whether one clip goes over into the next: the last picture of the one against the first of the other. Engines keep to the keyframes
//! they are given only roughly, so what counts is not whether the pictures are the same but whether an eye sees a jump: a small shift,
//! a little blur and the noise of coding are forgiven, other things in other places and another light are not.

use serde::{Deserialize, Serialize};

use super::frame::Still;

/// A picture is looked at through a grid of so many cells, whatever its size.
const COLUMNS: usize = 48;
const ROWS: usize = 27;

/// Cells that a picture may have moved, each way: a sixteenth of its width.
const SHIFT: isize = 3;

/// Differences of colour above this part of the whole range all count as another picture.
const MOST_COLOUR: f32 = 0.30;

/// A picture whose brightness varies less than this (of 255) has no forms that could differ.
const FLAT: f32 = 3.0;

/// Below this nobody sees a seam.
const SMOOTH: f32 = 0.10;

/// From here on it is a cut.
const JUMP: f32 = 0.30;

/// What is kept of a picture to compare it: brightness and two colour differences of each cell, 0 to 255.
#[derive(Clone, Debug, PartialEq)]
pub struct Print {
    cells: Vec<[f32; 3]>,
}

/// How a clip meets the next.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Seam {
    /// 0: the same picture; 1: nothing in common.
    pub difference: f32,
    pub verdict: Verdict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// One picture goes over into the other.
    Smooth,
    /// The same scene, with a visible jolt: a short cross-fade hides it.
    Shifts,
    /// Another picture.
    Jumps,
}

impl Verdict {
    /// What is said of the seam between two scenes.
    pub fn words(self) -> &'static str {
        match self {
            Verdict::Smooth => "runs on",
            Verdict::Shifts => "shifts",
            Verdict::Jumps => "jumps",
        }
    }
}

impl Seam {
    /// Compares the last picture of a clip with the first of the next.
    pub fn between(last: &Print, first: &Print) -> Seam {
        let difference = last.difference(first);
        let verdict = match difference {
            d if d < SMOOTH => Verdict::Smooth,
            d if d < JUMP => Verdict::Shifts,
            _ => Verdict::Jumps,
        };
        Seam { difference, verdict }
    }
}

impl Print {
    /// Looks at a picture. `None` when it has no pixels, or its bytes are not what its size says.
    pub fn of(still: &Still) -> Option<Print> {
        let (width, height) = (still.width as usize, still.height as usize);
        if width == 0 || height == 0 || still.rgba.len() != width.checked_mul(height)?.checked_mul(4)? {
            return None;
        }
        let mut cells = Vec::with_capacity(COLUMNS * ROWS);
        for row in 0..ROWS {
            let rows = part(row, ROWS, height);
            for column in 0..COLUMNS {
                cells.push(mean(still, part(column, COLUMNS, width), rows.clone()));
            }
        }
        Some(Print { cells })
    }

    /// 0: the same picture; 1: nothing in common. Symmetric.
    pub fn difference(&self, other: &Print) -> f32 {
        let shifts = (-SHIFT..=SHIFT).flat_map(|down| (-SHIFT..=SHIFT).map(move |right| (right, down)));
        shifts.map(|(right, down)| self.difference_at(other, right, down)).fold(1.0, f32::min)
    }

    /// With the other one moved by so many cells; only what both show is compared.
    fn difference_at(&self, other: &Print, right: isize, down: isize) -> f32 {
        let mut sums = Sums::default();
        for row in 0..ROWS {
            let Some(other_row) = row.checked_add_signed(down).filter(|row| *row < ROWS) else { continue };
            for column in 0..COLUMNS {
                let Some(other_column) = column.checked_add_signed(right).filter(|column| *column < COLUMNS) else { continue };
                sums.add(self.cells[row * COLUMNS + column], other.cells[other_row * COLUMNS + other_column]);
            }
        }
        sums.difference()
    }
}

/// What is gathered over the cells of both.
#[derive(Debug, Default)]
struct Sums {
    count: f32,
    colour: f32,
    a: f32,
    b: f32,
    aa: f32,
    bb: f32,
    ab: f32,
}

impl Sums {
    fn add(&mut self, a: [f32; 3], b: [f32; 3]) {
        let [y, u, v] = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
        self.count += 1.0;
        self.colour += (y * y + u * u + v * v).sqrt();
        self.a += a[0];
        self.b += b[0];
        self.aa += a[0] * a[0];
        self.bb += b[0] * b[0];
        self.ab += a[0] * b[0];
    }

    /// Half of it is light and colour, half is forms: how little the brightness of both goes up and down together.
    fn difference(&self) -> f32 {
        if self.count == 0.0 {
            return 1.0;
        }
        let colour = (self.colour / self.count / 255.0 / MOST_COLOUR).min(1.0);
        let spread = |sum: f32, squares: f32| (squares / self.count - (sum / self.count).powi(2)).max(0.0).sqrt();
        let (a, b) = (spread(self.a, self.aa), spread(self.b, self.bb));
        let forms = if a < FLAT && b < FLAT {
            0.0
        } else {
            let together = self.ab / self.count - self.a / self.count * (self.b / self.count);
            1.0 - (together / (a.max(FLAT) * b.max(FLAT))).clamp(0.0, 1.0)
        };
        ((colour + forms) / 2.0).clamp(0.0, 1.0)
    }
}

/// The pixels of cell `at` of `of` along a side; at least one.
fn part(at: usize, of: usize, side: usize) -> std::ops::Range<usize> {
    let begin = (at * side / of).min(side - 1);
    begin..((at + 1) * side / of).clamp(begin + 1, side)
}

/// Mean colour of a cell, as BT.709 brightness and colour differences.
fn mean(still: &Still, columns: std::ops::Range<usize>, rows: std::ops::Range<usize>) -> [f32; 3] {
    let width = still.width as usize;
    let mut sum = [0u64; 3];
    for row in rows.clone() {
        let line = &still.rgba[(row * width + columns.start) * 4..(row * width + columns.end) * 4];
        for pixel in line.chunks_exact(4) {
            for (sum, value) in sum.iter_mut().zip(pixel) {
                *sum += u64::from(*value);
            }
        }
    }
    let count = (columns.len() * rows.len()).max(1) as f32;
    let [r, g, b] = sum.map(|sum| sum as f32 / count);
    let y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    [y, (b - y) / 1.8556, (r - y) / 1.5748]
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    /// A picture made of a function of its place (0 to 1 each way).
    fn still(width: u32, height: u32, colour: impl Fn(f32, f32) -> [u8; 3]) -> Still {
        let mut rgba = Vec::new();
        for y in 0..height {
            for x in 0..width {
                let [r, g, b] = colour(x as f32 / width as f32, y as f32 / height as f32);
                rgba.extend([r, g, b, 255]);
            }
        }
        Still { width, height, rgba: Bytes::from(rgba) }
    }

    /// Hills under a sky, moved by part of the width and lit by a factor.
    fn hills(shift: f32, light: f32) -> Still {
        still(320, 180, |x, y| {
            let x = x + shift;
            let ridge = 0.55 + 0.12 * (x * 9.0).sin() + 0.05 * (x * 31.0).cos();
            let colour = if y > ridge { [40.0, 60.0, 50.0] } else { [230.0 - 90.0 * y, 160.0, 120.0 + 60.0 * y] };
            colour.map(|value: f32| (value * light).clamp(0.0, 255.0) as u8)
        })
    }

    fn room() -> Still {
        still(640, 480, |x, y| {
            let window = (0.3..0.5).contains(&x) && (0.2..0.6).contains(&y);
            if window {
                [240, 220, 180]
            } else if y > 0.8 {
                [90, 60, 50]
            } else {
                [50, 40, 70]
            }
        })
    }

    fn seam(a: &Still, b: &Still) -> Seam {
        Seam::between(&Print::of(a).unwrap(), &Print::of(b).unwrap())
    }

    #[test]
    fn the_same_picture_runs_on_at_any_size_and_moved_a_little() {
        let here = hills(0.0, 1.0);
        assert!(seam(&here, &here).difference < 1e-3);
        assert_eq!(seam(&here, &hills(0.03, 1.0)).verdict, Verdict::Smooth, "{:?}", seam(&here, &hills(0.03, 1.0)));
        let large = still(960, 540, |x, y| {
            let at = (((y * 180.0) as usize * 320) + (x * 320.0) as usize) * 4;
            [here.rgba[at], here.rgba[at + 1], here.rgba[at + 2]]
        });
        assert_eq!(seam(&here, &large).verdict, Verdict::Smooth);
    }

    #[test]
    fn another_light_shifts_and_another_picture_jumps() {
        let here = hills(0.0, 1.0);
        let dimmer = seam(&here, &hills(0.0, 0.75));
        assert_eq!(dimmer.verdict, Verdict::Shifts, "{dimmer:?}");
        let other = seam(&here, &room());
        assert_eq!(other.verdict, Verdict::Jumps, "{other:?}");
        assert_eq!(other.difference, seam(&room(), &here).difference);
        let turned = still(320, 180, |x, y| {
            let at = (((179.0 - y * 179.0) as usize * 320) + (x * 320.0) as usize) * 4;
            [here.rgba[at], here.rgba[at + 1], here.rgba[at + 2]]
        });
        assert_eq!(seam(&here, &turned).verdict, Verdict::Jumps);
    }

    #[test]
    fn plain_pictures_differ_by_their_colour_alone() {
        let plain = |value: u8| still(64, 64, move |_, _| [value; 3]);
        assert_eq!(seam(&plain(40), &plain(42)).verdict, Verdict::Smooth);
        assert_eq!(seam(&plain(0), &plain(255)).verdict, Verdict::Jumps);
        assert_eq!(seam(&plain(255), &hills(0.0, 1.0)).verdict, Verdict::Jumps);
    }

    #[test]
    fn a_picture_of_one_pixel_is_looked_at_and_broken_ones_are_not() {
        assert!(Print::of(&still(1, 1, |_, _| [9; 3])).is_some());
        for (width, height, bytes) in [(0, 4, 0), (4, 4, 63), (u32::MAX, u32::MAX, 4)] {
            assert!(Print::of(&Still { width, height, rgba: Bytes::from(vec![0; bytes]) }).is_none());
        }
    }
}
