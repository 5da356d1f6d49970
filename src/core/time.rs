//! Time as the studio counts it: integer nanoseconds on one monotonic clock, frame rates as fractions. Floating-point
//! seconds exist only at the edges (figures on screen, JSON), because sums of rounded seconds drift.

use serde::{Deserialize, Serialize};

/// One second in nanoseconds.
pub const SECOND: u64 = 1_000_000_000;

/// A point on the machine's monotonic clock, in nanoseconds. Only differences mean anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Moment(pub u64);

impl Moment {
    /// Nanoseconds from `earlier` to `self`; zero when `earlier` is later.
    pub fn since(self, earlier: Moment) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Signed seconds from `other` to `self`.
    pub fn secs_from(self, other: Moment) -> f64 {
        if self.0 >= other.0 { secs(self.0 - other.0) } else { -secs(other.0 - self.0) }
    }

    /// The moment `secs` seconds later (earlier when negative), clamped at the clock's start.
    pub fn plus_secs(self, secs: f64) -> Moment {
        let shift = (secs * SECOND as f64).round();
        if shift >= 0.0 { Moment(self.0.saturating_add(shift as u64)) } else { Moment(self.0.saturating_sub((-shift) as u64)) }
    }
}

/// Nanoseconds as seconds.
pub fn secs(nanos: u64) -> f64 {
    nanos as f64 / SECOND as f64
}

/// Seconds as nanoseconds; negative and non-finite values become zero.
pub fn nanos(secs: f64) -> u64 {
    if secs.is_finite() && secs > 0.0 { (secs * SECOND as f64).round() as u64 } else { 0 }
}

/// Frames per second as a fraction (30/1, 30000/1001).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rate {
    pub num: u32,
    pub den: u32,
}

impl Rate {
    /// A whole number of frames per second.
    pub const fn whole(fps: u32) -> Rate {
        Rate { num: fps, den: 1 }
    }

    /// Frames per second; zero for a broken fraction.
    pub fn fps(self) -> f64 {
        if self.den == 0 { 0.0 } else { f64::from(self.num) / f64::from(self.den) }
    }

    /// When frame `number` (from 0) begins, in nanoseconds. Exact to the nanosecond: computed from the start, never summed.
    pub fn frame_start(self, number: u64) -> u64 {
        if self.num == 0 {
            return 0;
        }
        (u128::from(number) * u128::from(self.den) * u128::from(SECOND) / u128::from(self.num)) as u64
    }

    /// How long one frame lasts, in nanoseconds.
    pub fn frame_nanos(self) -> u64 {
        self.frame_start(1)
    }
}

impl std::fmt::Display for Rate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.num, self.den)
    }
}

/// `m:ss`, or `h:mm:ss` from an hour on. Whole seconds, rounded down as clocks do.
pub fn clock(nanos: u64) -> String {
    let total = nanos / SECOND;
    let (h, m, s) = (total / 3600, total / 60 % 60, total % 60);
    if h > 0 { format!("{h}:{m:02}:{s:02}") } else { format!("{m}:{s:02}") }
}

/// `mm:ss:ff`, the timecode shown in review; frames at `rate`.
pub fn timecode(nanos: u64, rate: Rate) -> String {
    let total = nanos / SECOND;
    let frame = (nanos % SECOND) as f64 / SECOND as f64 * rate.fps();
    // A frame's start is rounded down to a nanosecond, so look a hair past it.
    let frame = (frame + 1e-4).floor() as u64;
    format!("{:02}:{:02}:{:02}", total / 60, total % 60, frame)
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A wall clock's `2026-11-21T14:32:05` as people say it: `at 14:32` today, `on 19 Nov at 14:32` on another day, with the year where that is another one. `None` for what is no time.
pub fn when(at: &str, today: Option<&str>) -> Option<String> {
    let (day, time) = at.split_once('T')?;
    let time = time.get(..5)?;
    if today == Some(day) {
        return Some(format!("at {time}"));
    }
    let mut parts = day.split('-');
    let (year, month, date) = (parts.next()?, parts.next()?, parts.next()?);
    let month = MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?)?;
    let date = date.trim_start_matches('0');
    let this_year = today.is_none_or(|today| today.split('-').next() == Some(year));
    Some(if this_year { format!("on {date} {month} at {time}") } else { format!("on {date} {month} {year} at {time}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frame_starts_do_not_drift() {
        let ntsc = Rate { num: 30000, den: 1001 };
        assert_eq!(ntsc.frame_start(30000), 1001 * SECOND);
        assert_eq!(Rate::whole(30).frame_start(90), 3 * SECOND);
    }

    #[test]
    fn moments_move_both_ways() {
        let t = Moment(5 * SECOND);
        assert_eq!(t.plus_secs(-2.0), Moment(3 * SECOND));
        assert_eq!(t.plus_secs(-9.0), Moment(0));
        assert!((Moment(1).secs_from(Moment(SECOND + 1)) + 1.0).abs() < 1e-12);
    }

    #[test]
    fn clocks_read_as_people_expect() {
        assert_eq!(clock(142 * SECOND), "2:22");
        assert_eq!(clock(3_725 * SECOND), "1:02:05");
        assert_eq!(timecode(Rate::whole(30).frame_start(37 * 30 + 12), Rate::whole(30)), "00:37:12");
    }
}
