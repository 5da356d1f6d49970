//! How long the disk will hold: what a take will need, told from what it needs, and from what everything else on the disk does.
//!
//! One rule serves the figure on the screen and the end of a take: the next half minute is expected to cost what the last one
//! cost, whoever wrote it, and never less than the take itself writes. So a take is ended while half a minute is left at the
//! present rate, and a program that fills the disk within seconds ends it half-way there, in order, instead of at the last byte.

use std::collections::VecDeque;

use super::frame::VideoFormat;
use super::profile::{AUDIO_BPS, video_bps};
use super::time::Moment;

/// What a take leaves free on its disk, so that its last seconds, its journal, the library and the script find room. The
/// largest takes write less than half of it between two looks.
pub const KEEP_FREE_BYTES: u64 = 4 << 20;

/// A take is ended when less than this is left.
pub const END_SECS: u64 = 30;

/// A take that could not last for half of this is not begun.
pub const LEAST_SECS: u64 = 2 * END_SECS;

/// How far back is looked.
const WINDOW_SECS: f64 = 30.0;

/// Over less time than this a rate is no rate.
const SHORTEST_SECS: f64 = 5.0;

/// Bytes a second of a take in these formats, as its encoders are asked for.
pub fn bytes_per_sec(video: Option<&VideoFormat>, sound: bool) -> u64 {
    (video.map_or(0, video_bps) + if sound { AUDIO_BPS } else { 0 }) / 8
}

/// Seconds that `free` bytes last at a rate, after what is kept free.
pub fn secs_at(free: u64, keep: u64, bytes_per_sec: f64) -> u64 {
    (free.saturating_sub(keep) as f64 / bytes_per_sec.max(1.0)) as u64
}

/// Looks at the disk of a running take now and then.
#[derive(Clone, Debug)]
pub struct Outlook {
    /// Bytes a second that the encoders are asked for.
    nominal: f64,
    keep: u64,
    looks: VecDeque<Look>,
}

#[derive(Clone, Copy, Debug)]
struct Look {
    at: Moment,
    free: u64,
    take: u64,
}

impl Outlook {
    /// For a take that should write `bytes_per_sec` and must leave `keep` bytes free.
    pub fn new(bytes_per_sec: u64, keep: u64) -> Outlook {
        Outlook { nominal: bytes_per_sec as f64, keep, looks: VecDeque::new() }
    }

    /// Takes note of the space that is free and of the take's size. Call it a few times a second.
    pub fn look(&mut self, at: Moment, free: u64, take: u64) {
        self.looks.push_back(Look { at, free, take });
        // The oldest one that is kept is the first that lies a whole window back.
        while self.looks.get(1).is_some_and(|second| at.secs_from(second.at) >= WINDOW_SECS) {
            self.looks.pop_front();
        }
    }

    /// Seconds that are left; `None` before the first look.
    pub fn secs_left(&self) -> Option<u64> {
        self.looks.back().map(|last| secs_at(last.free, self.keep, self.bytes_per_sec()))
    }

    /// True when the take should be ended.
    pub fn is_over(&self) -> bool {
        let kept = self.looks.back().is_none_or(|last| last.free >= self.keep);
        !kept || self.secs_left().is_some_and(|secs| secs < END_SECS)
    }

    /// What the disk is expected to lose in a second.
    fn bytes_per_sec(&self) -> f64 {
        let (Some(first), Some(last)) = (self.looks.front(), self.looks.back()) else { return self.nominal };
        let secs = last.at.secs_from(first.at);
        // The take's own rate, led over from what was asked for to what was seen.
        let seen = last.take.saturating_sub(first.take) as f64 / secs.max(SHORTEST_SECS);
        let trust = (secs / WINDOW_SECS).clamp(0.0, 1.0);
        let own = seen.max(self.nominal + (seen - self.nominal) * trust);
        // Whatever went, over a whole window: a burst of another program is no reason to expect it for ever.
        own.max(first.free.saturating_sub(last.free) as f64 / WINDOW_SECS.max(secs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::frame::{Matrix, Pixels};
    use crate::core::time::Rate;

    const MB: u64 = 1_000_000;

    /// Looks four times a second for `secs` seconds at a disk that begins with `free` bytes.
    fn watched(
        outlook: &mut Outlook,
        from: f64,
        secs: f64,
        free: impl Fn(f64) -> u64,
        take: impl Fn(f64) -> u64,
    ) -> Option<f64> {
        (0..=(secs * 4.0) as u64).map(|i| from + i as f64 / 4.0).find(|t| {
            outlook.look(Moment(0).plus_secs(*t), free(*t), take(*t));
            outlook.is_over()
        })
    }

    fn after(rate: f64) -> impl Fn(f64) -> u64 {
        move |t| (t * rate) as u64
    }

    #[test]
    fn before_there_is_a_figure_the_encoders_bit_rate_counts() {
        let mut outlook = Outlook::new(MB, 0);
        assert_eq!((outlook.secs_left(), outlook.is_over()), (None, false));
        outlook.look(Moment(0), 600 * MB, 0);
        assert_eq!(outlook.secs_left(), Some(600));
    }

    #[test]
    fn a_quiet_picture_leaves_more_time_little_by_little() {
        let mut outlook = Outlook::new(MB, 0);
        let mut shown = vec![600];
        for t in 0..=40 {
            outlook.look(Moment(0).plus_secs(f64::from(t)), 600 * MB, after(250_000.0)(f64::from(t)));
            shown.push(outlook.secs_left().unwrap());
        }
        assert_eq!(shown.last(), Some(&2400), "at a quarter of the rate it lasts four times as long");
        assert!(shown.windows(2).all(|pair| pair[1] >= pair[0] && pair[1] < pair[0] + 400), "{shown:?}");
        assert!(shown[5] < 720, "a few seconds are not much of a figure: {shown:?}");
    }

    #[test]
    fn the_recent_rate_counts_and_not_the_takes_mean() {
        let mut outlook = Outlook::new(MB, 0);
        watched(&mut outlook, 0.0, 100.0, |_| 900 * MB, after(100_000.0));
        assert_eq!(outlook.secs_left(), Some(9000));
        watched(&mut outlook, 100.25, 40.0, |_| 900 * MB, |t| 10 * MB + after(3e6)(t - 100.0));
        assert_eq!(outlook.secs_left(), Some(300));
    }

    #[test]
    fn a_take_ends_half_a_minute_before_the_disk_is_full() {
        let mut outlook = Outlook::new(MB, KEEP_FREE_BYTES);
        let end = watched(&mut outlook, 0.0, 300.0, |t| (200 * MB).saturating_sub(after(1e6)(t)), after(1e6)).unwrap();
        let left = 200.0 - KEEP_FREE_BYTES as f64 / 1e6 - end;
        assert!((left - 30.0).abs() < 1.0, "{left} s were left");
    }

    #[test]
    fn a_program_that_fills_the_disk_ends_the_take_half_way() {
        let mut outlook = Outlook::new(MB / 3, KEEP_FREE_BYTES);
        watched(&mut outlook, 0.0, 60.0, |_| 1000 * MB, after(3e5));
        let filled = |t: f64| (1000 * MB).saturating_sub(after(1e8)(t - 60.0));
        let end = watched(&mut outlook, 60.25, 20.0, filled, after(3e5)).unwrap();
        assert!((460..560).contains(&(filled(end) / MB)), "{} MB were left", filled(end) / MB);
    }

    #[test]
    fn a_burst_of_another_program_passes() {
        let mut outlook = Outlook::new(MB / 3, KEEP_FREE_BYTES);
        watched(&mut outlook, 0.0, 60.0, |_| 2000 * MB, after(3e5));
        let burst = |t: f64| 2000 * MB - after(1e8)((t - 60.0).min(5.0));
        assert_eq!(watched(&mut outlook, 60.25, 60.0, burst, after(3e5)), None);
        assert_eq!(outlook.secs_left(), Some((1500 * MB - KEEP_FREE_BYTES) / 300_000));
    }

    #[test]
    fn what_is_kept_free_ends_a_take_at_any_rate() {
        let mut outlook = Outlook::new(1, KEEP_FREE_BYTES);
        outlook.look(Moment(0), KEEP_FREE_BYTES - 1, 0);
        assert!(outlook.is_over());
    }

    #[test]
    fn space_that_comes_back_is_seen_and_old_looks_are_forgotten() {
        let mut outlook = Outlook::new(MB, 0);
        for i in 0..100_000_u64 {
            outlook.look(Moment(i * 150_000_000), 100 * MB + (i % 7) * MB, i * 150_000);
        }
        assert!(outlook.looks.len() < 210 && !outlook.is_over(), "{}", outlook.looks.len());
    }

    #[test]
    fn rates_are_those_the_encoders_are_asked_for() {
        let video = VideoFormat {
            width: 1280,
            height: 720,
            rate: Rate::whole(30),
            pixels: Pixels::Nv12,
            matrix: Matrix::Bt709,
            full_range: false,
        };
        assert_eq!(bytes_per_sec(Some(&video), true), (2_764_800 + 160_000) / 8);
        assert_eq!(bytes_per_sec(None, true), 20_000);
        assert_eq!(secs_at(10 * MB, 4 * MB, 1e6), 6);
        assert_eq!(secs_at(MB, 4 * MB, 0.0), 0);
    }
}
