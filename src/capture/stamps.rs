//! Numbers and stamps where drivers give neither well: a camera's frames counted by their stamps, their times of arrival
//! smoothed, and a smooth line from a microphone's sample count to the monotonic clock.

use crate::core::time::{Moment, Rate, SECOND};

/// Intervals the usual one is taken from: odd, and long enough that one gap does not move the median.
const WINDOW: usize = 9;
/// An interval this many times the usual one means lost frames; jitter stays below, a single loss is 2.
const GAP: f64 = 1.6;

/// Numbers a camera's frames, and tells when they were taken. V4L2 counts them, but the driver library hides the count, so
/// losses are read off the stamps: an interval much longer than the usual one. The usual one follows the camera, which may
/// slow down in the dark.
#[derive(Clone, Debug, Default)]
pub struct FrameCounter {
    last: Option<Moment>,
    number: u64,
    recent: [u64; WINDOW],
    seen: usize,
    arrivals: Arrivals,
    newest: Moment,
}

impl FrameCounter {
    /// Time and number of the frame with this stamp. `exact` stamps come from the driver and are taken as they are; the others
    /// are times of arrival, which are smoothed, and whose gaps are the machine's and not the camera's. Times always go up.
    pub fn take(&mut self, stamp: Moment, exact: bool) -> (Moment, u64) {
        let time = if exact { stamp } else { self.arrivals.smooth(stamp) };
        self.newest = time.max(Moment(self.newest.0 + 1));
        (self.newest, self.number(stamp, exact))
    }

    fn number(&mut self, stamp: Moment, exact: bool) -> u64 {
        let Some(last) = self.last.replace(stamp) else {
            return self.number;
        };
        let interval = stamp.since(last);
        let mut step = 1;
        if exact && self.seen >= WINDOW {
            let mut sorted = self.recent;
            sorted.sort_unstable();
            let times = interval as f64 / sorted[WINDOW / 2].max(1) as f64;
            if times > GAP {
                step = times.round() as u64;
            }
        }
        self.recent[self.seen % WINDOW] = interval;
        self.seen += 1;
        self.number += step;
        self.number
    }
}

/// Frames that the line through times of arrival looks back over: a second or two.
const MEMORY: f64 = 48.0;
/// A frame further than this part of an interval from its place is not late: the camera changed its pace.
const IN_STEP: f64 = 0.4;
/// Nor is it when so many frames in a row are off by more than this part to the same side.
const LEAN: f64 = 0.15;
const LEANING: i32 = 3;
/// So many intervals without a frame are a pause, not losses.
const MOST_LOST: f64 = 8.0;

/// A line through the times at which frames arrived, so that a busy machine's delays do not shake the picture. It is drawn
/// anew when the camera changes its pace; frames that were lost on the way, or left out by a camera in the dark, do not
/// bend it.
#[derive(Clone, Debug, Default)]
struct Arrivals {
    /// Frames since the line began, up to `MEMORY`.
    count: f64,
    /// The newest frame on the line, nanoseconds, and the interval between two.
    at: f64,
    interval: f64,
    /// Frames in a row that came too late, or too early when negative.
    leaning: i32,
}

impl Arrivals {
    /// When the frame that arrived at this moment was due.
    fn smooth(&mut self, arrival: Moment) -> Moment {
        let arrival = arrival.0 as f64;
        let since = arrival - self.at;
        let steps = (since / self.interval).round();
        let late = since - steps * self.interval;
        self.lean(late / self.interval);
        let near = late.abs() <= IN_STEP * self.interval && self.leaning.abs() < LEANING;
        let in_step = self.interval > 0.0 && (1.0..=MOST_LOST).contains(&steps) && near;
        match self.count {
            0.0 => self.begin(arrival),
            1.0 if since > 0.0 => (self.at, self.interval, self.count) = (arrival, since, 2.0),
            _ if in_step => self.follow(steps, late),
            _ => self.begin(arrival),
        }
        Moment(self.at.max(0.0) as u64)
    }

    fn begin(&mut self, arrival: f64) {
        *self = Arrivals { count: 1.0, at: arrival, interval: 0.0, leaning: 0 };
    }

    fn lean(&mut self, part: f64) {
        let side = if part > LEAN { 1 } else { -i32::from(part < -LEAN) };
        self.leaning = if side == self.leaning.signum() { self.leaning + side } else { side };
    }

    /// The weights are those of the straight line with the least squares through all frames so far; from `MEMORY` frames on
    /// they stay, and the line forgets (an alpha-beta filter).
    fn follow(&mut self, steps: f64, late: f64) {
        self.count = (self.count + 1.0).min(MEMORY);
        let n = self.count;
        let (place, pace) = (2.0 * (2.0 * n - 1.0) / (n * (n + 1.0)), 6.0 / (n * (n + 1.0)));
        self.at += steps * self.interval + place * late;
        self.interval += pace * late / steps;
    }
}

/// A driver's wall-clock stamp on the monotonic clock: it is as old as the wall clock says, unless that is absurd (the clock
/// was set, the driver has none). The `bool` says whether it was used; otherwise the moment is `now`.
pub fn monotonic(captured_wall_nanos: Option<u128>, wall_nanos: u128, now: Moment) -> (Moment, bool) {
    /// Drivers hold a few frames at most; at 5 frames a second that is below a second.
    const MAX_AGE: u128 = SECOND as u128;
    let age = captured_wall_nanos.and_then(|captured| wall_nanos.checked_sub(captured)).filter(|&age| age < MAX_AGE);
    match age {
        Some(age) => (Moment(now.0.saturating_sub(age as u64)), true),
        None => (now, false),
    }
}

/// Measurements the first line is drawn through.
pub const PRIMING: usize = 10;
/// How strongly one measurement moves the line and its slope: a second-order loop of 0.1 Hz at 100 measurements a second,
/// critically damped, so that milliseconds of callback jitter become microseconds.
const MOVE: f64 = 0.0089;
const TILT: f64 = 0.000_039;
/// Callbacks longer than this many times 10 ms move the line no further, which keeps the loop stable.
const MAX_LENGTH: f64 = 10.0;
/// A measurement further off than this counts as this far off.
const MAX_PULL_NANOS: f64 = 5e6;
/// Sound cards are within 0.1 % of their nominal rate; 0.5 % leaves room for virtual ones.
const MAX_TILT: f64 = 0.005;
/// So far off, so many times in a row, means that sound was lost unseen.
const JUMP_NANOS: f64 = 50e6;
const JUMP_COUNT: usize = 20;

/// A line from sample indices to moments, drawn through jittery measurements.
#[derive(Clone, Debug)]
pub struct SampleClock {
    nominal: f64,
    /// Nanoseconds per sample.
    period: f64,
    /// A point on the line.
    index: u64,
    nanos: f64,
    far_off: usize,
}

impl SampleClock {
    /// A line through the first measurements: the first sample's index and moment of each callback. `None` without any.
    pub fn prime(sample_rate: u32, measured: &[(u64, Moment)]) -> Option<SampleClock> {
        let nominal = SECOND as f64 / f64::from(sample_rate.max(1));
        let &(index, _) = measured.first()?;
        let mut starts: Vec<f64> =
            measured.iter().map(|&(at, moment)| moment.0 as f64 - (at - index) as f64 * nominal).collect();
        starts.sort_by(f64::total_cmp);
        Some(SampleClock { nominal, period: nominal, index, nanos: starts[starts.len() / 2], far_off: 0 })
    }

    /// Takes a callback's measurement. `true` when the line had to jump: sound was lost before this sample.
    pub fn measure(&mut self, index: u64, moment: Moment) -> bool {
        let predicted = self.at(index);
        let error = moment.0 as f64 - predicted;
        self.far_off = if error.abs() > JUMP_NANOS { self.far_off + 1 } else { 0 };
        if self.far_off >= JUMP_COUNT {
            self.jump(index, moment);
            return true;
        }
        let samples = index.saturating_sub(self.index);
        let pull = error.clamp(-MAX_PULL_NANOS, MAX_PULL_NANOS);
        // The gains are for 10 ms; callbacks may be longer or shorter.
        let length = (samples as f64 * self.nominal / 10e6).min(MAX_LENGTH);
        self.nanos = predicted + pull * MOVE * length;
        self.index = index;
        if samples > 0 {
            let (least, most) = (self.nominal * (1.0 - MAX_TILT), self.nominal * (1.0 + MAX_TILT));
            self.period = (self.period + pull * TILT * length * length / samples as f64).clamp(least, most);
        }
        false
    }

    /// Starts the line anew at a measurement, after a known loss.
    pub fn jump(&mut self, index: u64, moment: Moment) {
        (self.index, self.nanos, self.far_off) = (index, moment.0 as f64, 0);
    }

    /// When sample `index` was taken.
    pub fn moment(&self, index: u64) -> Moment {
        Moment(self.at(index).max(0.0).round() as u64)
    }

    fn at(&self, index: u64) -> f64 {
        self.nanos + (index as f64 - self.index as f64) * self.period
    }
}

/// How long `samples` last, in nanoseconds.
pub fn sample_nanos(samples: u64, sample_rate: u32) -> u64 {
    Rate { num: sample_rate.max(1), den: 1 }.frame_start(samples)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(millis: &[u64]) -> Vec<u64> {
        let mut counter = FrameCounter::default();
        millis.iter().map(|&at| counter.take(Moment(at * 1_000_000), true).1).collect()
    }

    /// Times that come out, less the true ones, of frames that arrive late by up to `jitter`, in milliseconds.
    fn errors(truth: &[f64], jitter: f64) -> Vec<f64> {
        let mut counter = FrameCounter::default();
        let mut state = 1u32;
        let mut last = Moment(0);
        let of_frame = |&truth: &f64| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let late = f64::from(state >> 8) / f64::from(1 << 24) * jitter;
            let (time, _) = counter.take(Moment((1e9 + (truth + late) * 1e6) as u64), false);
            assert!(time > last, "times go up");
            last = time;
            (time.0 as f64 - 1e9) / 1e6 - truth
        };
        truth.iter().map(of_frame).collect()
    }

    fn spread(errors: &[f64]) -> f64 {
        errors.iter().copied().fold(f64::MIN, f64::max) - errors.iter().copied().fold(f64::MAX, f64::min)
    }

    #[test]
    fn times_of_arrival_are_smoothed() {
        let even: Vec<f64> = (0..900).map(|n| f64::from(n) * 1e3 / 30.0).collect();
        let settled = spread(&errors(&even, 8.0)[30..]);
        assert!(settled < 5.0, "8 ms of jitter leave {settled}");
        assert!(spread(&errors(&even, 0.0)) < 1e-3, "what is even stays so");
    }

    #[test]
    fn frames_left_out_and_a_camera_in_the_dark_keep_their_times() {
        let lost = (0..900).filter(|n| n % 40 != 13 && !(300..306).contains(n));
        let lost: Vec<f64> = lost.map(|n| f64::from(n) * 1e3 / 30.0).collect();
        assert!(spread(&errors(&lost, 6.0)[30..]) < 4.0);
        // 30 a second, then 15, then 20, then 30 again.
        let mut at = 0.0;
        let changing: Vec<f64> = (0..800)
            .map(|n| {
                at += 1e3 / [30.0, 15.0, 20.0, 30.0][n / 200];
                at
            })
            .collect();
        let off = errors(&changing, 4.0);
        assert!(off.iter().all(|off| off.abs() < 20.0), "never off by as much as a picture lasts: {off:?}");
        for settled in [60..200, 260..400, 460..600, 660..800] {
            let left = spread(&off[settled.clone()]);
            assert!(left < 3.0, "{settled:?}: 4 ms of jitter leave {left}");
        }
    }

    #[test]
    fn even_frames_count_by_one_and_losses_show() {
        let mut stamps: Vec<u64> = (0..20).map(|n| n * 33 + n % 3).collect();
        assert_eq!(numbers(&stamps), (0..20).collect::<Vec<_>>());
        stamps.push(20 * 33 + 66);
        stamps.push(20 * 33 + 99);
        assert_eq!(numbers(&stamps)[19..], [19, 22, 23]);
    }

    #[test]
    fn a_camera_that_slows_down_in_the_dark_stops_counting_as_lossy() {
        let stamps: Vec<u64> = (0..20).map(|n| n * 33).chain((1..30).map(|n| 19 * 33 + n * 66)).collect();
        let numbers = numbers(&stamps);
        assert!(numbers[numbers.len() - 20..].windows(2).all(|pair| pair[1] == pair[0] + 1), "{numbers:?}");
    }

    #[test]
    fn times_of_arrival_have_no_gaps() {
        let mut counter = FrameCounter::default();
        let last = (0..40u64).map(|n| counter.take(Moment((n + n / 20 * 30) * 33_000_000), false)).last();
        assert_eq!(last.map(|(_, number)| number), Some(39));
    }

    #[test]
    fn absurd_driver_stamps_are_replaced_by_now() {
        let now = Moment(50 * SECOND);
        let wall = 1_000_000 * u128::from(SECOND);
        assert_eq!(monotonic(Some(wall - 20_000_000), wall, now), (Moment(50 * SECOND - 20_000_000), true));
        assert_eq!(monotonic(None, wall, now), (now, false));
        assert_eq!(monotonic(Some(wall + 1), wall, now), (now, false), "from the future");
        assert_eq!(monotonic(Some(7), wall, now), (now, false), "clock was set");
    }

    /// A card 80 ppm fast, callbacks late by up to 4 ms.
    fn measured(callbacks: u64) -> impl Iterator<Item = (u64, Moment, f64)> {
        (0..callbacks).map(|n| {
            let truth = 1e12 + n as f64 * 480.0 * (1e9 / 48_000.0) * (1.0 - 80e-6);
            let late = (n * 2_654_435_761 % 1000) as f64 * 4_000.0;
            (n * 480, Moment((truth + late) as u64), truth)
        })
    }

    #[test]
    fn jitter_is_smoothed_and_drift_followed() {
        let first: Vec<_> = measured(PRIMING as u64).map(|(index, moment, _)| (index, moment)).collect();
        let mut clock = SampleClock::prime(48_000, &first).unwrap();
        let mut last = None;
        for (index, moment, truth) in measured(6_000) {
            assert!(!clock.measure(index, moment));
            let stamp = clock.moment(index).0 as f64;
            // The mean lateness (2 ms) cannot be told from latency; what is left of 4 ms of jitter is below half of one.
            assert!((stamp - truth - 2e6).abs() < 1.5e6, "{index}: {}", stamp - truth);
            if index > 480 * 3_000 {
                assert!((stamp - truth - 2e6).abs() < 0.3e6, "{index}: {}", stamp - truth);
                let step: f64 = stamp - last.unwrap();
                assert!((step - 10e6).abs() < 60e3, "{index}: {step}");
            }
            last = Some(stamp);
        }
    }

    #[test]
    fn lost_sound_is_seen_once() {
        let mut clock = SampleClock::prime(48_000, &[(0, Moment(SECOND))]).unwrap();
        let jumps = (0..500u64)
            .filter(|&n| clock.measure(n * 480, Moment(SECOND + n * 10_000_000 + if n > 100 { 200_000_000 } else { 0 })))
            .count();
        assert_eq!(jumps, 1);
        assert!(clock.moment(500 * 480).since(Moment(SECOND + 5_200_000_000)) < 1_000_000);
    }
}
