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

/// The offers that can be used, best first, without repetition; with `only`, those of that layout alone.
pub fn best_first(offers: &[CameraOffer], wanted: Wanted, only: Option<Pixels>) -> Vec<CameraOffer> {
    let usable = |offer: &CameraOffer| (1..=MAX_FPS).contains(&offer.fps) && offer.width >= 16 && offer.height >= 16;
    let asked = |offer: &CameraOffer| only.is_none_or(|only| offer.pixels == only);
    let mut sorted: Vec<_> = offers.iter().copied().filter(|offer| usable(offer) && asked(offer)).collect();
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

/// How far an offer is from what is wanted.
///
/// A take is recorded in the size that the camera gives and never scaled up, so what is too small is lost for good and what is
/// too large only costs: half the area counts as much as five times too much. A rate that is too low shows at once: two thirds
/// of it count about as much as half the area. Between equals the cost of taking the bytes decides.
fn distance(offer: &CameraOffer, wanted: Wanted) -> f64 {
    let area = |width: u32, height: u32| f64::from(width.max(1)) * f64::from(height.max(1));
    let shape = |width: u32, height: u32| (f64::from(width.max(1)) / f64::from(height.max(1))).ln();
    let size = (area(offer.width, offer.height) / area(wanted.width, wanted.height)).ln();
    let bent = (shape(offer.width, offer.height) - shape(wanted.width, wanted.height)).abs();
    let faster = (f64::from(offer.fps) / wanted.rate.fps().max(1.0)).ln();
    let uneven = |value: f64, below: f64, above: f64| if value < 0.0 { -value * below } else { value * above };
    uneven(size, 2.3, 1.0) + bent + uneven(faster, 3.5, 0.3) + cost(offer.pixels)
}

/// Copying YUYV moves a third more bytes than NV12; MJPEG costs some milliseconds of a core per picture, and its losses. None
/// outweighs the next better rate of a list: 29 of 30 frames a second count 0.12.
fn cost(pixels: Pixels) -> f64 {
    match pixels {
        Pixels::Nv12 | Pixels::I420 => 0.0,
        Pixels::Yuyv => 0.01,
        Pixels::Rgba | Pixels::Bgrx | Pixels::Mjpeg => 0.05,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::time::Rate;

    const HD: Wanted = Wanted { width: 1280, height: 720, rate: Rate::whole(30) };

    fn offer(width: u32, height: u32, fps: u32, pixels: Pixels) -> CameraOffer {
        CameraOffer { width, height, fps, pixels }
    }

    fn best_of(offers: &[CameraOffer], wanted: Wanted) -> CameraOffer {
        best_first(offers, wanted, None)[0]
    }

    fn best(offers: &[CameraOffer]) -> CameraOffer {
        best_of(offers, HD)
    }

    /// Width, height, highest rate, layout.
    type Listed = (u32, u32, u32, Pixels);

    /// What cameras of some kinds list, shortened to what matters.
    const OLD_WEBCAM: &[Listed] = &[
        (640, 480, 30, Pixels::Yuyv),
        (800, 600, 20, Pixels::Yuyv),
        (1280, 720, 10, Pixels::Yuyv),
        (1280, 960, 7, Pixels::Yuyv),
        (640, 480, 30, Pixels::Mjpeg),
        (800, 600, 30, Pixels::Mjpeg),
        (1280, 720, 30, Pixels::Mjpeg),
        (1280, 960, 30, Pixels::Mjpeg),
    ];
    const FULL_HD_WEBCAM: &[Listed] = &[
        (640, 360, 30, Pixels::Yuyv),
        (1280, 720, 10, Pixels::Yuyv),
        (1920, 1080, 5, Pixels::Yuyv),
        (640, 360, 30, Pixels::Mjpeg),
        (1280, 720, 30, Pixels::Mjpeg),
        (1280, 720, 60, Pixels::Mjpeg),
        (1920, 1080, 30, Pixels::Mjpeg),
    ];
    const USB3_WEBCAM: &[Listed] = &[
        (1280, 720, 60, Pixels::Yuyv),
        (1280, 720, 30, Pixels::Yuyv),
        (1920, 1080, 30, Pixels::Yuyv),
        (3840, 2160, 30, Pixels::Mjpeg),
        (1920, 1080, 60, Pixels::Mjpeg),
        (1280, 720, 30, Pixels::Mjpeg),
    ];
    const GRABBER: &[Listed] = &[
        (1920, 1080, 60, Pixels::Nv12),
        (1920, 1080, 30, Pixels::Nv12),
        (1920, 1080, 60, Pixels::Yuyv),
        (3840, 2160, 30, Pixels::Nv12),
    ];
    const ONLY_VGA: &[Listed] = &[(320, 240, 30, Pixels::Yuyv), (640, 480, 30, Pixels::Yuyv)];
    const FOUR_TO_THREE: &[Listed] =
        &[(640, 480, 30, Pixels::Nv12), (1024, 768, 30, Pixels::Nv12), (1600, 1200, 30, Pixels::Nv12)];

    #[test]
    fn each_kind_of_camera_is_opened_at_the_lowest_cost_that_gives_what_is_wanted() {
        /// Why, what the camera lists, what is wanted, and what is opened.
        type Case = (&'static str, &'static [Listed], (u32, u32, u32), Listed);
        let table: &[Case] = &[
            ("raw bytes are too slow", OLD_WEBCAM, (1280, 720, 30), (1280, 720, 30, Pixels::Mjpeg)),
            ("raw bytes are fast enough", OLD_WEBCAM, (640, 480, 30), (640, 480, 30, Pixels::Yuyv)),
            ("slow is wanted, so raw", OLD_WEBCAM, (1280, 720, 10), (1280, 720, 10, Pixels::Yuyv)),
            ("the size counts before the layout", FULL_HD_WEBCAM, (1920, 1080, 30), (1920, 1080, 30, Pixels::Mjpeg)),
            ("60 where 60 is wanted", FULL_HD_WEBCAM, (1280, 720, 60), (1280, 720, 60, Pixels::Mjpeg)),
            ("not more than it can", FULL_HD_WEBCAM, (3840, 2160, 30), (1920, 1080, 30, Pixels::Mjpeg)),
            ("a fast bus", USB3_WEBCAM, (1280, 720, 30), (1280, 720, 30, Pixels::Yuyv)),
            ("the rate before the layout", USB3_WEBCAM, (1920, 1080, 60), (1920, 1080, 60, Pixels::Mjpeg)),
            ("larger, never scaled up", GRABBER, (1280, 720, 30), (1920, 1080, 30, Pixels::Nv12)),
            ("the smallest that is large enough", GRABBER, (1920, 1080, 30), (1920, 1080, 30, Pixels::Nv12)),
            ("all it has", ONLY_VGA, (1280, 720, 30), (640, 480, 30, Pixels::Yuyv)),
            ("a wide picture cut from a square one", FOUR_TO_THREE, (1280, 720, 30), (1024, 768, 30, Pixels::Nv12)),
            ("a camera of film's rate", GRABBER, (1920, 1080, 24), (1920, 1080, 30, Pixels::Nv12)),
        ];
        for &(why, list, (width, height, fps), (w, h, f, pixels)) in table {
            let mut offers: Vec<_> = list.iter().map(|&(w, h, f, pixels)| offer(w, h, f, pixels)).collect();
            let wanted = Wanted { width, height, rate: Rate::whole(fps) };
            assert_eq!(best_of(&offers, wanted), offer(w, h, f, pixels), "{why}");
            offers.reverse();
            assert_eq!(best_of(&offers, wanted), offer(w, h, f, pixels), "{why}, listed the other way round");
        }
    }

    #[test]
    fn a_camera_that_comes_back_into_a_take_keeps_its_layout() {
        let offers: Vec<_> = FULL_HD_WEBCAM.iter().map(|&(w, h, f, pixels)| offer(w, h, f, pixels)).collect();
        let raw = best_first(&offers, HD, Some(Pixels::Yuyv));
        assert_eq!(raw[0], offer(640, 360, 30, Pixels::Yuyv));
        assert!(raw.iter().all(|offer| offer.pixels == Pixels::Yuyv));
        assert_eq!(best_first(&offers, HD, Some(Pixels::Nv12)), []);
    }

    #[test]
    fn the_cheapest_bytes_decide_between_equals() {
        let offers = [Pixels::Mjpeg, Pixels::Yuyv, Pixels::Nv12].map(|pixels| offer(1280, 720, 30, pixels));
        let order: Vec<_> = best_first(&offers, HD, None).iter().map(|offer| offer.pixels).collect();
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
        let misread = [offer(1280, 720, 30_000, Pixels::Nv12), offer(1280, 720, 0, Pixels::Nv12)];
        assert_eq!(best_first(&misread, HD, None), []);
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
