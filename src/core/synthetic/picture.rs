//! Draws the synthetic camera's picture: calm dark bars, a ramp, a timecode, a marker that slides at constant speed (any
//! stutter shows), the lamp and the strip with the frame's number.
//!
//! What never changes is drawn once into a background that each frame copies; only luma is drawn after that, in rows. So a
//! frame costs little more than the copy, and the synthetic camera does not disturb the figures of what it tests.

use super::super::frame::{Matrix, Pixels, VideoFormat};
use super::super::time::{Rate, SECOND};
use super::pattern::{COLUMNS, LAMP, LAMP_DARK, LAMP_WHITE, ONE_LUMA, ROWS, STRIP_TOP, ZERO_LUMA, cells};
use super::{glyphs, second_and_frame};

/// sRGB colours of the bars at their top, left to right.
const BARS: [[f32; 3]; 7] = [
    [46.0, 52.0, 64.0],
    [38.0, 62.0, 92.0],
    [30.0, 78.0, 82.0],
    [46.0, 84.0, 62.0],
    [112.0, 96.0, 62.0],
    [108.0, 62.0, 48.0],
    [82.0, 50.0, 82.0],
];
/// The bars darken to this part of their colour at their lower edge.
const BAR_FADE: f32 = 0.55;

/// Areas in thousandths of width and height: left, top, right, bottom.
const BAR_AREA: [usize; 4] = [0, 0, 1000, 640];
const RAMP_AREA: [usize; 4] = [0, 640, 1000, 700];
const LANE_AREA: [usize; 4] = [0, 730, 1000, 830];
const CLOCK_AREA: [usize; 4] = [250, 120, 750, 360];
const WORD_AREA: [usize; 4] = [400, 470, 600, 530];

const GROUND_LUMA: u8 = 22;
const LANE_LUMA: u8 = 30;
const RAMP_LUMA: [f32; 2] = [16.0, 180.0];
const MARKER_LUMA: u8 = 190;
const DIGIT_LUMA: u8 = 215;
const WORD_LUMA: u8 = 96;
const NEUTRAL: u8 = 128;

/// The marker crosses the lane in this time, then comes back.
const CROSSING_NANOS: u64 = 2 * SECOND;
/// The marker's width as a part of the picture's.
const MARKER_PART: f64 = 0.05;

/// Draws frames of one size and rate.
#[derive(Clone, Debug)]
pub struct Painter {
    width: usize,
    height: usize,
    rate: Rate,
    /// NV12: everything that does not move.
    background: Vec<u8>,
}

/// A rectangle in pixels; the end is outside.
#[derive(Clone, Copy, Debug)]
struct Area {
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
}

impl Painter {
    /// A painter for `width` × `height` pixels. The number can be read back from 160 × 90 up.
    pub fn new(width: u32, height: u32, rate: Rate) -> Painter {
        let (width, height) = (width as usize, height as usize);
        let mut painter = Painter { width, height, rate, background: vec![GROUND_LUMA; width * height] };
        painter.background.resize(width * height + 2 * width.div_ceil(2) * height.div_ceil(2), NEUTRAL);
        let mut background = std::mem::take(&mut painter.background);
        painter.draw_bars(&mut background);
        painter.draw_ramp(&mut background);
        painter.fill(&mut background, painter.area(LANE_AREA), LANE_LUMA);
        painter.plate(&mut background, CLOCK_AREA, GROUND_LUMA);
        painter.plate(&mut background, LAMP, LAMP_DARK);
        painter.text(&mut background, "SYNTHETIC", painter.area(WORD_AREA), WORD_LUMA);
        painter.background = background;
        painter
    }

    /// The format of the frames: NV12, BT.709, limited range.
    pub fn format(&self) -> VideoFormat {
        VideoFormat {
            width: self.width as u32,
            height: self.height as u32,
            rate: self.rate,
            pixels: Pixels::Nv12,
            matrix: Matrix::Bt709,
            full_range: false,
        }
    }

    /// Draws frame `number` into `out`, replacing what it holds: tightly packed NV12.
    pub fn draw(&self, number: u64, out: &mut Vec<u8>) {
        out.clear();
        out.extend_from_slice(&self.background);
        let (second, frame) = second_and_frame(number, self.rate);
        let clock = format!("{}:{:02}:{frame:02}", second / 60, second % 60);
        self.text(out, &clock, self.area(CLOCK_AREA), DIGIT_LUMA);
        self.draw_marker(out, self.rate.frame_start(number));
        self.draw_strip(out, cells(number));
        if frame == 0 {
            self.fill(out, self.area(LAMP), LAMP_WHITE);
        }
    }

    fn area(&self, thousandths: [usize; 4]) -> Area {
        let [left, top, right, bottom] = thousandths;
        Area {
            left: left * self.width / 1000,
            top: top * self.height / 1000,
            right: right * self.width / 1000,
            bottom: bottom * self.height / 1000,
        }
    }

    /// Fills luma. What lies outside the picture is left out.
    fn fill(&self, out: &mut [u8], area: Area, luma: u8) {
        let right = area.right.min(self.width);
        for row in area.top..area.bottom.min(self.height) {
            if let Some(pixels) = out.get_mut(row * self.width + area.left..row * self.width + right) {
                pixels.fill(luma);
            }
        }
    }

    /// Fills luma and makes the colour neutral.
    fn plate(&self, out: &mut [u8], thousandths: [usize; 4], luma: u8) {
        let area = self.area(thousandths);
        self.fill(out, area, luma);
        let stride = 2 * self.width.div_ceil(2);
        for row in area.top / 2..area.bottom.div_ceil(2) {
            let start = self.width * self.height + row * stride;
            if let Some(pixels) = out.get_mut(start + area.left / 2 * 2..start + area.right.div_ceil(2) * 2) {
                pixels.fill(NEUTRAL);
            }
        }
    }

    fn draw_bars(&self, out: &mut [u8]) {
        let area = self.area(BAR_AREA);
        let stride = 2 * self.width.div_ceil(2);
        for row in area.top..area.bottom {
            let down = (row - area.top) as f32 / (area.bottom - area.top) as f32;
            let light = 1.0 + (BAR_FADE - 1.0) * down;
            for (index, colour) in BARS.iter().enumerate() {
                let [y, cb, cr] = limited_bt709(colour.map(|part| part * light));
                let (left, right) = (index * self.width / BARS.len(), (index + 1) * self.width / BARS.len());
                self.fill(out, Area { left, top: row, right, bottom: row + 1 }, y);
                if row % 2 == 0 {
                    let start = self.width * self.height + row / 2 * stride;
                    let pairs = out.get_mut(start + left / 2 * 2..start + right.div_ceil(2) * 2).unwrap_or_default();
                    pairs.chunks_exact_mut(2).for_each(|pair| pair.copy_from_slice(&[cb, cr]));
                }
            }
        }
    }

    fn draw_ramp(&self, out: &mut [u8]) {
        let area = self.area(RAMP_AREA);
        let [from, to] = RAMP_LUMA;
        for column in 0..self.width {
            let luma = from + (to - from) * column as f32 / self.width as f32;
            self.fill(out, Area { left: column, right: column + 1, ..area }, luma.round() as u8);
        }
    }

    /// A bar with soft edges whose place is exact to a fraction of a pixel.
    fn draw_marker(&self, out: &mut [u8], nanos: u64) {
        let phase = nanos % (2 * CROSSING_NANOS);
        let along = if phase < CROSSING_NANOS { phase } else { 2 * CROSSING_NANOS - phase } as f64 / CROSSING_NANOS as f64;
        let size = self.width as f64 * MARKER_PART;
        let left = along * (self.width as f64 - size);
        let right = left + size;
        let area = self.area(LANE_AREA);
        for column in left as usize..(right.ceil() as usize).min(self.width) {
            let covered = (right.min(column as f64 + 1.0) - left.max(column as f64)).clamp(0.0, 1.0);
            let luma = f64::from(LANE_LUMA) + covered * f64::from(MARKER_LUMA - LANE_LUMA);
            for row in area.top..area.bottom {
                if let Some(pixel) = out.get_mut(row * self.width + column) {
                    *pixel = luma.round() as u8;
                }
            }
        }
    }

    fn draw_strip(&self, out: &mut [u8], cells: u64) {
        for row in 0..ROWS {
            let edge = |row: usize| (STRIP_TOP * ROWS + (1000 - STRIP_TOP) * row) * self.height / (1000 * ROWS);
            for column in 0..COLUMNS {
                let one = cells >> (COLUMNS * ROWS - 1 - row * COLUMNS - column) & 1 == 1;
                let (left, right) = (column * self.width / COLUMNS, (column + 1) * self.width / COLUMNS);
                let area = Area { left, top: edge(row), right, bottom: edge(row + 1) };
                self.fill(out, area, if one { ONE_LUMA } else { ZERO_LUMA });
            }
        }
    }

    /// Dot-matrix text, as large as whole dots allow, centred in `area`.
    fn text(&self, out: &mut [u8], text: &str, area: Area, luma: u8) {
        let (across, down) = (text.chars().count() * (glyphs::WIDTH + 1) - 1, glyphs::HEIGHT);
        let (room_across, room_down) = (area.right - area.left, area.bottom - area.top);
        let dot = (room_across / (across + 2)).min(room_down / (down + 2)).max(1);
        let gap = dot / 7;
        let left = area.left + room_across.saturating_sub(across * dot) / 2;
        let top = area.top + room_down.saturating_sub(down * dot) / 2;
        for (index, letter) in text.chars().enumerate() {
            for (row, bits) in glyphs::rows(letter).into_iter().enumerate() {
                for column in (0..glyphs::WIDTH).filter(|column| bits >> (glyphs::WIDTH - 1 - column) & 1 == 1) {
                    let left = left + (index * (glyphs::WIDTH + 1) + column) * dot;
                    let top = top + row * dot;
                    self.fill(out, Area { left, top, right: left + dot - gap, bottom: top + dot - gap }, luma);
                }
            }
        }
    }
}

/// sRGB (0–255, gamma-coded) to limited-range Y Cb Cr with the coefficients of ITU-R BT.709-6, items 3.2 to 3.4.
fn limited_bt709([r, g, b]: [f32; 3]) -> [u8; 3] {
    let y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    let coded = [16.0 + y * 219.0 / 255.0, 128.0 + (b - y) / 1.8556 * 224.0 / 255.0, 128.0 + (r - y) / 1.5748 * 224.0 / 255.0];
    coded.map(|value| value.round() as u8)
}
