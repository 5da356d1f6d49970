//! The synthetic picture's promise: what is drawn is read back, at any size, through noise, blur and scaling; and nothing is
//! read from pictures that carry no number.

use onetake::core::synthetic::{NUMBER_BITS, Painter, flashes, is_flash, read_number};
use onetake::core::time::Rate;
use proptest::prelude::*;

/// The smallest picture that must be readable.
const SMALLEST: (u32, u32) = (160, 90);

/// Noise of ±48 luma is far worse than any coding that leaves a watchable picture.
const NOISE: i32 = 48;

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

fn drawn(number: u64, width: u32, height: u32, rate: Rate) -> Vec<u8> {
    let mut out = Vec::new();
    Painter::new(width, height, rate).draw(number, &mut out);
    out
}

fn read(luma: &[u8], width: u32, height: u32) -> Option<u64> {
    read_number(luma, width as usize, height as usize, width as usize)
}

/// Box blur over `size` pixels in both directions.
fn blurred(luma: &[u8], width: usize, height: usize, size: usize) -> Vec<u8> {
    let reach = size as i32 / 2;
    let mean = |x: usize, y: usize| {
        let (mut sum, mut count) = (0u32, 0u32);
        for dy in -reach..=reach {
            for dx in -reach..=reach {
                let (x, y) = ((x as i32 + dx).clamp(0, width as i32 - 1), (y as i32 + dy).clamp(0, height as i32 - 1));
                sum += u32::from(luma[y as usize * width + x as usize]);
                count += 1;
            }
        }
        (sum / count) as u8
    };
    (0..width * height).map(|index| mean(index % width, index / width)).collect()
}

/// Bilinear scaling.
fn scaled(luma: &[u8], from: (usize, usize), to: (usize, usize)) -> Vec<u8> {
    let at = |x: usize, y: usize| f32::from(luma[y.min(from.1 - 1) * from.0 + x.min(from.0 - 1)]);
    let place = |index: usize, from: usize, to: usize| ((index as f32 + 0.5) * from as f32 / to as f32 - 0.5).max(0.0);
    (0..to.0 * to.1)
        .map(|index| {
            let (x, y) = (place(index % to.0, from.0, to.0), place(index / to.0, from.1, to.1));
            let (left, top) = (x as usize, y as usize);
            let (fx, fy) = (x - left as f32, y - top as f32);
            let upper = at(left, top) * (1.0 - fx) + at(left + 1, top) * fx;
            let lower = at(left, top + 1) * (1.0 - fx) + at(left + 1, top + 1) * fx;
            (upper * (1.0 - fy) + lower * fy).round() as u8
        })
        .collect()
}

#[test]
fn frames_are_packed_nv12() {
    for (width, height) in [(160, 90), (161, 91), (1280, 720), (1920, 1080), (720, 1280)] {
        let painter = Painter::new(width, height, Rate::whole(30));
        let mut out = vec![7; 3];
        painter.draw(5, &mut out);
        assert_eq!(Some(out.len()), painter.format().frame_bytes());
    }
}

#[test]
fn sizes_too_small_to_read_are_drawn_without_harm() {
    for (width, height) in [(0, 0), (1, 1), (2, 90), (31, 17), (64, 36)] {
        assert_eq!(read(&drawn(5, width, height, Rate::whole(30)), width, height), None);
    }
}

#[test]
fn the_lamp_flashes_on_the_first_frame_of_each_second_only() {
    for rate in [Rate::whole(30), Rate { num: 30000, den: 1001 }] {
        let painter = Painter::new(320, 180, rate);
        let mut out = Vec::new();
        for number in 0..95 {
            painter.draw(number, &mut out);
            assert_eq!(is_flash(&out, 320, 180, 320), flashes(number, rate), "frame {number}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_number_survives_any_size(number in 0u64..1 << NUMBER_BITS, width in SMALLEST.0..2000, height in SMALLEST.1..1200) {
        prop_assert_eq!(read(&drawn(number, width, height, Rate::whole(30)), width, height), Some(number));
    }

    #[test]
    fn a_number_survives_noise(number in 0u64..1 << NUMBER_BITS, seed in 1u64.., width in SMALLEST.0..1300, height in SMALLEST.1..730) {
        let mut random = Random(seed);
        let mut luma = drawn(number, width, height, Rate::whole(30));
        for pixel in &mut luma {
            *pixel = (i32::from(*pixel) + (random.next() >> 33) as i32 % (2 * NOISE + 1) - NOISE).clamp(0, 255) as u8;
        }
        prop_assert_eq!(read(&luma, width, height), Some(number));
    }

    #[test]
    fn a_number_survives_blur_of_half_a_cell(number in 0u64..1 << NUMBER_BITS, width in SMALLEST.0..700, height in SMALLEST.1..400) {
        let luma = drawn(number, width, height, Rate::whole(30));
        let cell = (width / 32).min(height * 7 / 100);
        let luma = blurred(&luma, width as usize, height as usize, (cell / 2).max(3) as usize);
        prop_assert_eq!(read(&luma, width, height), Some(number));
    }

    #[test]
    fn number_and_flash_survive_scaling(number in 0u64..1 << NUMBER_BITS, width in SMALLEST.0..1300, height in SMALLEST.1..730) {
        let rate = Rate::whole(2);
        let luma = scaled(&drawn(number, 1280, 720, rate), (1280, 720), (width as usize, height as usize));
        prop_assert_eq!(read(&luma, width, height), Some(number));
        prop_assert_eq!(is_flash(&luma, width as usize, height as usize, width as usize), number % 2 == 0);
    }

    #[test]
    fn random_pictures_carry_no_number(seed in 1u64.., coarse in 1usize..64) {
        let mut random = Random(seed);
        // From noise in single pixels to large blocks, the size of cells included.
        let blocks: Vec<u8> = (0..320 * 180).map(|_| (random.next() >> 40) as u8).collect();
        let luma: Vec<u8> = (0..320 * 180).map(|i| blocks[(i / 320 / coarse) * 320 + i % 320 / coarse]).collect();
        prop_assert_eq!(read(&luma, 320, 180), None);
    }

    #[test]
    fn a_changed_cell_is_refused(number in 0u64..1 << NUMBER_BITS, cell in 0usize..64) {
        let mut luma = drawn(number, 320, 180, Rate::whole(30));
        let (left, top) = (cell % 32 * 10, 155 + cell / 32 * 12);
        for row in top..(top + 13).min(180) {
            for pixel in &mut luma[row * 320 + left..row * 320 + left + 10] {
                *pixel = 180 - *pixel;
            }
        }
        prop_assert_eq!(read(&luma, 320, 180), None);
    }
}
