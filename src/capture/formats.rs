//! Choosing among the formats a camera or microphone offers: nearest to what is wanted, cheapest to take.

use super::Wanted;
use crate::core::frame::Pixels;

/// The sample rate asked for: video's own.
pub const SAMPLE_RATE: u32 = 48_000;

/// One thing a camera can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CameraOffer {
    pub width: u32,
    pub height: u32,
    pub fps: u32,
    pub pixels: Pixels,
}

/// One thing a microphone can do. `format_cost` orders sample formats, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SoundOffer {
    pub channels: u16,
    pub min_rate: u32,
    pub max_rate: u32,
    pub format_cost: u32,
}

/// Rates above this are a driver's misread fractions (30000/1001 listed as 30000), not frame rates.
const MAX_FPS: u32 = 240;

/// The offers that can be used, best first, without repetition.
pub fn best_first(offers: &[CameraOffer], wanted: Wanted) -> Vec<CameraOffer> {
    let usable = |offer: &CameraOffer| (1..=MAX_FPS).contains(&offer.fps) && offer.width >= 16 && offer.height >= 16;
    let mut sorted: Vec<_> = offers.iter().copied().filter(usable).collect();
    sorted.sort_by(|a, b| distance(a, wanted).total_cmp(&distance(b, wanted)));
    sorted.dedup();
    sorted
}

/// The sample rate and channels to open an offer with, and how far that is from what is wanted (48 kHz, two channels).
pub fn sound_distance(offer: &SoundOffer) -> (u32, u64) {
    let rate = SAMPLE_RATE.clamp(offer.min_rate.min(offer.max_rate), offer.max_rate);
    let channels = match offer.channels {
        2 => 0,
        1 => 1,
        more => u64::from(more),
    };
    (rate, u64::from(rate.abs_diff(SAMPLE_RATE)) * 1000 + channels * 10 + u64::from(offer.format_cost))
}

/// How far an offer is from what is wanted. A doubled area or a halved rate count about as much as each other; too small
/// and too slow count more than too large and too fast; the cost of taking the bytes decides between equals.
fn distance(offer: &CameraOffer, wanted: Wanted) -> f64 {
    let area = |width: u32, height: u32| f64::from(width.max(1)) * f64::from(height.max(1));
    let shape = |width: u32, height: u32| (f64::from(width.max(1)) / f64::from(height.max(1))).ln();
    let size = (area(offer.width, offer.height) / area(wanted.width, wanted.height)).ln();
    let bent = (shape(offer.width, offer.height) - shape(wanted.width, wanted.height)).abs();
    let faster = (f64::from(offer.fps) / wanted.rate.fps().max(1.0)).ln();
    let uneven = |value: f64, below: f64, above: f64| if value < 0.0 { -value * below } else { value * above };
    // Copying YUYV moves a third more bytes than NV12; MJPEG costs some milliseconds of a core per picture.
    let cost = match offer.pixels {
        Pixels::Nv12 | Pixels::I420 => 0.0,
        Pixels::Yuyv => 0.01,
        Pixels::Rgba | Pixels::Bgrx | Pixels::Mjpeg => 0.05,
    };
    uneven(size, 1.5, 1.0) + bent + uneven(faster, 2.0, 0.3) + cost
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::time::Rate;

    const HD: Wanted = Wanted { width: 1280, height: 720, rate: Rate::whole(30) };

    fn offer(width: u32, height: u32, fps: u32, pixels: Pixels) -> CameraOffer {
        CameraOffer { width, height, fps, pixels }
    }

    fn best(offers: &[CameraOffer]) -> CameraOffer {
        best_first(offers, HD)[0]
    }

    #[test]
    fn a_usual_webcam_gives_mjpeg_where_yuyv_is_slow() {
        let mjpeg = offer(1280, 720, 30, Pixels::Mjpeg);
        let offers = [
            offer(640, 480, 30, Pixels::Yuyv),
            offer(1280, 720, 10, Pixels::Yuyv),
            mjpeg,
            offer(1920, 1080, 30, Pixels::Mjpeg),
            offer(1920, 1080, 5, Pixels::Yuyv),
        ];
        assert_eq!(best(&offers), mjpeg);
    }

    #[test]
    fn the_cheapest_bytes_decide_between_equals() {
        let offers = [Pixels::Mjpeg, Pixels::Yuyv, Pixels::Nv12].map(|pixels| offer(1280, 720, 30, pixels));
        let order: Vec<_> = best_first(&offers, HD).iter().map(|offer| offer.pixels).collect();
        assert_eq!(order, [Pixels::Nv12, Pixels::Yuyv, Pixels::Mjpeg]);
    }

    #[test]
    fn larger_and_faster_beat_smaller_and_slower() {
        assert_eq!(best(&[offer(640, 360, 30, Pixels::Nv12), offer(1920, 1080, 30, Pixels::Nv12)]).width, 1920);
        assert_eq!(best(&[offer(1280, 720, 15, Pixels::Nv12), offer(1280, 720, 60, Pixels::Nv12)]).fps, 60);
        assert_eq!(best(&[offer(1024, 768, 30, Pixels::Nv12), offer(1280, 720, 25, Pixels::Nv12)]).width, 1280);
    }

    #[test]
    fn misread_rates_are_left_out() {
        assert_eq!(best_first(&[offer(1280, 720, 30_000, Pixels::Nv12), offer(1280, 720, 0, Pixels::Nv12)], HD), []);
    }

    #[test]
    fn sound_is_wanted_at_48_kilohertz() {
        let offer = |channels, min_rate, max_rate, format_cost| SoundOffer { channels, min_rate, max_rate, format_cost };
        assert_eq!(sound_distance(&offer(2, 8_000, 192_000, 0)), (48_000, 0));
        assert_eq!(sound_distance(&offer(1, 44_100, 44_100, 0)).0, 44_100);
        let near = sound_distance(&offer(1, 48_000, 48_000, 5)).1;
        assert!(near < sound_distance(&offer(2, 44_100, 44_100, 0)).1);
        assert!(near < sound_distance(&offer(8, 48_000, 48_000, 0)).1);
    }
}
