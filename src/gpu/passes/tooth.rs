//! The tooth of the paper: a tile of fibres, mottling and fine grain that repeats without a seam. Made once on the processor.

use crate::core::paint::noise;

/// Pixels a side.
pub(super) const SIDE: usize = 512;

/// The tile: 128 is the paper itself, 16 one standard deviation.
pub(super) fn tile() -> Vec<u8> {
    // Each part with its weight and how far it is blurred across and down.
    let parts = [(0.5, 1, 1), (0.35, 5, 1), (0.35, 1, 5), (0.3, 12, 12), (0.2, 60, 60)];
    let mut sum = vec![0.0f32; SIDE * SIDE];
    for (at, (weight, across, down)) in parts.into_iter().enumerate() {
        let mut field: Vec<f32> = (0..SIDE * SIDE).map(|place| noise(place as u64 * 8 + at as u64)).collect();
        for _ in 0..2 {
            field = blurred(&field, across, 1, SIDE);
            field = blurred(&field, down, SIDE, 1);
        }
        let spread = spread(&field);
        sum.iter_mut().zip(&field).for_each(|(sum, value)| *sum += weight * value / spread);
    }
    let spread = spread(&sum);
    sum.iter().map(|value| (128.0 + 16.0 * value / spread).clamp(0.0, 255.0) as u8).collect()
}

/// A running mean over `2 reach + 1` places along one direction, around the edge; `step` leads along it, `line` to the next line.
fn blurred(field: &[f32], reach: usize, step: usize, line: usize) -> Vec<f32> {
    let mut result = vec![0.0; field.len()];
    let share = 1.0 / (2 * reach + 1) as f32;
    for row in 0..SIDE {
        let at = |place: usize| row * line + place % SIDE * step;
        let mut sum: f32 = (0..2 * reach + 1).map(|place| field[at(place + SIDE - reach)]).sum();
        for place in 0..SIDE {
            result[at(place)] = sum * share;
            sum += field[at(place + reach + 1)] - field[at(place + SIDE - reach)];
        }
    }
    result
}

fn spread(field: &[f32]) -> f32 {
    let count = field.len() as f32;
    let mean = field.iter().sum::<f32>() / count;
    (field.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / count).sqrt().max(1e-6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tile_is_grey_and_has_no_seam() {
        let tile = tile();
        let mean = tile.iter().map(|value| f64::from(*value)).sum::<f64>() / tile.len() as f64;
        assert!((mean - 128.0).abs() < 2.0, "{mean}");
        let step = |a: usize, b: usize| {
            (0..SIDE).map(|row| f64::from(tile[row * SIDE + a].abs_diff(tile[row * SIDE + b]))).sum::<f64>() / SIDE as f64
        };
        let (inside, seam) = (step(100, 101), step(SIDE - 1, 0));
        assert!(seam < inside * 1.3 + 1.0, "{seam} at the seam, {inside} inside");
    }
}
