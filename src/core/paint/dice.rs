//! Chance that comes out the same each time: a seeded row of numbers, and smooth noise over a line.

/// A row of numbers that its seed decides (SplitMix64, Steele and others 2014).
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    /// A row of its own for one part of the picture, so that a part added elsewhere changes nothing here.
    pub fn part(&self, name: &str) -> Dice {
        let mut hash = self.0 ^ 0xcbf2_9ce4_8422_2325;
        for byte in name.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Dice(hash)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.0)
    }

    /// 0 to 1.
    pub fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 24) as f32
    }

    pub fn between(&mut self, least: f32, most: f32) -> f32 {
        least + (most - least) * self.unit()
    }

    /// True in this part of all cases.
    pub fn chance(&mut self, part: f32) -> bool {
        self.unit() < part
    }

    /// −1 or 1.
    pub fn side(&mut self) -> f32 {
        if self.chance(0.5) { -1.0 } else { 1.0 }
    }

    /// A whole number below `count`.
    pub fn below(&mut self, count: usize) -> usize {
        (self.next() % count.max(1) as u64) as usize
    }

    pub fn seed(&mut self) -> u64 {
        self.next()
    }
}

fn mixed(value: u64) -> u64 {
    let z = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// White noise: a value between −1 and 1 for each place.
pub fn noise(place: u64) -> f32 {
    (mixed(place.wrapping_mul(0x9e37_79b9_7f4a_7c15)) >> 40) as f32 / (1u64 << 23) as f32 - 1.0
}

/// Smooth noise over a line, −1 to 1; `cell` is how far its knots are apart.
pub fn wave(x: f32, seed: u64, cell: f32, octaves: u32) -> f32 {
    let (mut sum, mut weight, mut total, mut cell) = (0.0, 1.0, 0.0, cell);
    for octave in 0..octaves {
        sum += weight * knots(x / cell, seed.wrapping_add(u64::from(octave) * 7919));
        total += weight;
        weight *= 0.45;
        cell *= 0.43;
    }
    sum / total
}

fn knots(at: f32, seed: u64) -> f32 {
    let (low, part) = (at.floor(), at - at.floor());
    let knot = |place: i64| {
        let bits = mixed(seed ^ (place as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        (bits >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    };
    let ease = part * part * part * (part * (part * 6.0 - 15.0) + 10.0);
    let (a, b) = (knot(low as i64), knot(low as i64 + 1));
    a + (b - a) * ease
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_decides_the_row_and_parts_have_rows_of_their_own() {
        let row = |mut dice: Dice| [dice.unit(), dice.unit(), dice.unit()];
        assert_eq!(row(Dice::new(7)), row(Dice::new(7)));
        assert_ne!(row(Dice::new(7)), row(Dice::new(8)));
        assert_ne!(row(Dice::new(7).part("sky")), row(Dice::new(7).part("sea")));
    }

    #[test]
    fn noise_is_smooth_and_stays_within_its_bounds() {
        let values: Vec<f32> = (0..4000).map(|at| wave(at as f32 * 0.01, 3, 1.0, 4)).collect();
        assert!(values.iter().all(|value| value.abs() <= 1.0));
        assert!(values.windows(2).all(|pair| (pair[0] - pair[1]).abs() < 0.15));
        assert!(values.iter().any(|value| *value > 0.3) && values.iter().any(|value| *value < -0.3));
    }
}
