//! What size and rate of picture this machine can record, judged from how fast it encodes when it does nothing else.

use serde::{Deserialize, Serialize};

use super::frame::Pixels;

/// Sizes that are measured and proposed, smallest first.
pub const SIZES: [(u32, u32); 5] = [(640, 360), (960, 540), (1280, 720), (1920, 1080), (3840, 2160)];
pub const RATES: [u32; 4] = [24, 25, 30, 60];

/// What a first start records at most, and what it falls back to, best first.
const FIRST: [(u32, u32, u32); 6] =
    [(1280, 720, 30), (1280, 720, 25), (960, 540, 30), (640, 360, 30), (640, 360, 25), (640, 360, 24)];

/// How many times real time a program must encode to hold. Half of the machine is left for what runs beside it: the camera's own
/// decoding, preview and prompter (two tenths of a core were measured at 1280×720×30 without a window, half a core with one), and
/// a laptop that slows down when it is warm.
const SOFTWARE_HEADROOM: f64 = 2.0;
/// A graphics card's encoder works beside the processor, and draws at most the window meanwhile.
const HARDWARE_HEADROOM: f64 = 1.25;

/// Pictures a second of one size.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Speed {
    pub width: u32,
    pub height: u32,
    pub fps: f64,
}

/// What was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// Name of the encoder's profile.
    pub encoder: String,
    pub hardware: bool,
    /// How the pictures came in; a webcam's JPEG is decoded first.
    pub pixels: Pixels,
    /// Smallest size first.
    pub speeds: Vec<Speed>,
}

impl Machine {
    /// Pictures a second that can be promised at this size.
    pub fn safe_fps(&self, width: u32, height: u32) -> f64 {
        self.fps(width, height) / if self.hardware { HARDWARE_HEADROOM } else { SOFTWARE_HEADROOM }
    }

    pub fn holds(&self, width: u32, height: u32, rate: u32) -> bool {
        self.safe_fps(width, height) >= f64::from(rate)
    }

    /// The highest usual rate that holds at this size.
    pub fn best_rate(&self, width: u32, height: u32) -> Option<u32> {
        RATES.into_iter().rev().find(|rate| self.holds(width, height, *rate))
    }

    /// The largest size that holds at 30, or at all, with its best rate.
    pub fn best(&self) -> Option<(u32, u32, u32)> {
        let sizes = || SIZES.into_iter().rev();
        let held =
            sizes().find(|(w, h)| self.holds(*w, *h, 30)).or_else(|| sizes().find(|(w, h)| self.best_rate(*w, *h).is_some()));
        held.and_then(|(w, h)| Some((w, h, self.best_rate(w, h)?)))
    }

    /// What a studio that was never set begins with.
    pub fn first(&self) -> Option<(u32, u32, u32)> {
        FIRST.into_iter().find(|(w, h, rate)| self.holds(*w, *h, *rate))
    }

    /// The sentence about what it holds.
    pub fn says(&self) -> String {
        match self.best() {
            Some((w, h, rate)) => format!("This machine holds {w} × {h} at {rate}."),
            None => "This machine is too slow to encode pictures without losing some.".to_owned(),
        }
    }

    /// The sentence about a size and rate that do not hold; `None` about those that do.
    pub fn warns(&self, width: u32, height: u32, rate: u32) -> Option<String> {
        if self.holds(width, height, rate) {
            return None;
        }
        let cure = match self.best_rate(width, height) {
            Some(best) => format!("It holds {best} at this size."),
            None => self.best().map_or("It holds no size.".to_owned(), |(w, h, _)| format!("It holds {w} × {h}.")),
        };
        Some(format!("This machine may lose pictures at {width} × {height} and {rate} a second. {cure}"))
    }

    /// At a size that was not measured, as many pixels a second as at the next larger one, or the largest.
    fn fps(&self, width: u32, height: u32) -> f64 {
        let area = |width: u32, height: u32| f64::from(width) * f64::from(height);
        let wanted = area(width, height).max(1.0);
        let larger = self.speeds.iter().find(|speed| area(speed.width, speed.height) >= wanted);
        let known = larger.or(self.speeds.last());
        known.map_or(0.0, |speed| speed.fps * area(speed.width, speed.height) / wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many pictures a second at 1280×720, and as many pixels a second at every size.
    fn machine(fps: f64, hardware: bool) -> Machine {
        let speeds = SIZES.map(|(width, height)| {
            let area = f64::from(width * height) / (1280.0 * 720.0);
            Speed { width, height, fps: fps / area }
        });
        Machine { encoder: "x264".into(), hardware, pixels: Pixels::Nv12, speeds: speeds.to_vec() }
    }

    #[test]
    fn software_needs_twice_the_speed_and_hardware_a_quarter_more() {
        assert!(machine(60.0, false).holds(1280, 720, 30) && !machine(59.0, false).holds(1280, 720, 30));
        assert!(machine(37.5, true).holds(1280, 720, 30) && !machine(37.0, true).holds(1280, 720, 30));
    }

    #[test]
    fn the_best_is_the_largest_size_at_thirty_with_its_best_rate() {
        assert_eq!(machine(300.0, false).best(), Some((1920, 1080, 60)));
        assert_eq!(machine(150.0, false).best(), Some((1920, 1080, 30)));
        assert_eq!(machine(13.0, false).best(), Some((640, 360, 25)));
        assert_eq!(machine(1.0, false).best(), None);
        assert_eq!(machine(150.0, false).says(), "This machine holds 1920 × 1080 at 30.");
    }

    #[test]
    fn a_first_start_never_asks_for_more_than_it_holds_or_than_hd() {
        for (fps, first) in
            [(1000.0, Some((1280, 720, 30))), (55.0, Some((1280, 720, 25))), (35.0, Some((960, 540, 30))), (0.5, None)]
        {
            assert_eq!(machine(fps, false).first(), first, "{fps}");
        }
    }

    #[test]
    fn a_size_in_between_is_judged_by_its_pixels() {
        let machine = machine(60.0, false);
        assert!((machine.safe_fps(1024, 720) - 30.0 * 1280.0 / 1024.0).abs() < 0.01);
        // Larger than all that were measured.
        assert!(machine.safe_fps(7680, 4320) < 1.0);
    }

    #[test]
    fn what_does_not_hold_is_said_with_what_does() {
        let machine = machine(60.0, false);
        assert_eq!(machine.warns(1280, 720, 30), None);
        let fast = machine.warns(1280, 720, 60).unwrap();
        assert!(fast.contains("1280 × 720 and 60") && fast.ends_with("It holds 30 at this size."), "{fast}");
        let large = machine.warns(3840, 2160, 30).unwrap();
        assert!(large.ends_with("It holds 1280 × 720."), "{large}");
    }
}
