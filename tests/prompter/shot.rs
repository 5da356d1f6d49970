//! A picture of a screen, and what can be read from it.

/// Brighter than this is ink.
const INK: u8 = 48;

/// Grey values of a part of a screen, row by row.
#[derive(Clone, PartialEq)]
pub struct Shot {
    pub width: usize,
    pub height: usize,
    pub grey: Vec<u8>,
    /// R G B of the whole screen; empty for a part of it.
    pub colours: Vec<u8>,
}

impl Shot {
    /// From B G R X pixels, as X servers give them.
    pub fn new(width: usize, height: usize, pixels: &[u8]) -> Shot {
        let grey = pixels.chunks_exact(4).map(|p| p[0].max(p[1]).max(p[2])).collect();
        let colours = pixels.chunks_exact(4).flat_map(|p| [p[2], p[1], p[0]]).collect();
        Shot { width, height, grey, colours }
    }

    pub fn at(&self, x: usize, y: usize) -> u8 {
        self.grey[y * self.width + x]
    }

    /// A part of it.
    pub fn part(&self, x: usize, y: usize, width: usize, height: usize) -> Shot {
        let rows = (y..y + height).flat_map(|y| &self.grey[y * self.width + x..][..width]);
        Shot { width, height, grey: rows.copied().collect(), colours: Vec::new() }
    }

    /// Left and right exchanged.
    pub fn mirrored(&self) -> Shot {
        let grey = self.grey.chunks_exact(self.width).flat_map(|row| row.iter().rev()).copied().collect();
        Shot { grey, colours: Vec::new(), ..*self }
    }

    /// Pixels of ink.
    pub fn ink(&self) -> usize {
        self.grey.iter().filter(|value| **value > INK).count()
    }

    /// True when all four corners show nothing.
    pub fn is_covered(&self) -> bool {
        let (right, bottom) = (self.width - 1, self.height - 1);
        [(0, 0), (right, 0), (0, bottom), (right, bottom)].into_iter().all(|(x, y)| self.at(x, y) < INK)
    }

    /// The part of all pixels that differ clearly.
    pub fn difference(&self, other: &Shot) -> f64 {
        assert_eq!((self.width, self.height), (other.width, other.height));
        let different = self.grey.iter().zip(&other.grey).filter(|(a, b)| a.abs_diff(**b) > INK).count();
        different as f64 / self.grey.len() as f64
    }

    /// How many pixels down the text of `self` stands in `other`; negative when it moved up. Told from the rows' ink, within
    /// `most` pixels.
    pub fn moved(&self, other: &Shot, most: i32) -> i32 {
        let (a, b) = (self.profile(), other.profile());
        let height = a.len() as i32;
        let apart = |shift: i32| {
            let rows = shift.max(0)..height + shift.min(0);
            let count = (rows.end - rows.start) as f64;
            rows.map(|y| (a[(y - shift) as usize] - b[y as usize]).abs()).sum::<f64>() / count
        };
        (-most..=most).min_by(|x, y| apart(*x).total_cmp(&apart(*y))).unwrap_or(0)
    }

    /// Ink of each row, whatever its brightness: text dims with its distance from the eye line.
    fn profile(&self) -> Vec<f64> {
        self.grey.chunks_exact(self.width).map(|row| row.iter().filter(|value| **value > INK).count() as f64).collect()
    }
}

#[test]
fn a_shift_is_found() {
    let mut grey = vec![0; 40 * 100];
    for y in [30, 31, 40, 47, 48, 49] {
        grey[y * 40 + 3..y * 40 + 3 + y % 23 + 2].fill(200);
    }
    let shot = Shot { width: 40, height: 100, grey, colours: Vec::new() };
    let up = Shot { grey: [&shot.grey[7 * 40..], &[0; 7 * 40]].concat(), colours: Vec::new(), ..shot };
    assert_eq!((shot.moved(&up, 20), up.moved(&shot, 20), shot.moved(&shot, 20)), (-7, 7, 0));
    assert_eq!(shot.mirrored().mirrored().difference(&shot), 0.0);
}
