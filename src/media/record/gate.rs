//! Pause and resume, as pure arithmetic: what comes during a pause is left out, and what comes after it is dated back by as long
//! as the pause was, so that whoever stands behind the gate sees a take without a pause.
//!
//! ```text
//! pictures   ┃   ┃   ┃   ┃   ·   ·   ·   ┃   ┃   ┃      in the file: ┃   ┃   ┃   ┃   ┃   ┃   ┃
//! sound      ═══════════════╲─────────╱═══════════      in the file: ═══════════════════════════
//!                        cut│         │until                                         │
//! ```
//!
//! The sound is cut at `cut`. The next picture follows the last one as the rate says; with that the end of the pause is known,
//! and the sound goes on from there. Hence sound that comes before that picture is held for a moment. Both sides of the joint are
//! faded over some milliseconds, without which it clicks.

use std::collections::VecDeque;

use crate::core::frame::{AudioBlock, Frame};
use crate::core::take_clock::TakeClock;
use crate::core::time::{Moment, SECOND};

/// Length of each fade: too short to be heard as one, long enough for the deepest voice.
const FADE_NANOS: u64 = 5_000_000;

/// How long after a resume a picture is waited for. A camera that has gone must not hold up the sound.
const PICTURE_LIMIT_NANOS: u64 = 500_000_000;

/// Sound of a pause that is kept at least: an order to go on may come a little late.
const HOLD_NANOS: u64 = 100_000_000;

/// A pause waits for the end of sound that was let through; beyond this its stamps are wrong.
const AHEAD_NANOS: u64 = SECOND;

/// What lets a take's pictures and sound through, or not.
#[derive(Debug)]
pub struct Gate {
    /// `None` until the take begins.
    clock: Option<TakeClock>,
    state: State,
    /// Nominal time between pictures; `None` where there are none, then a pause ends when it is told to.
    frame_nanos: Option<u64>,
    /// Length of all pauses that are over.
    shift: u64,
    /// When the last pause ended; sound before it is left out.
    opened: Moment,
    /// Stamp of the last picture let through.
    picture: Option<Moment>,
    /// Number of the last picture that came, let through or not.
    seen: Option<u64>,
    /// Numbers that were left out.
    left_out: u64,
    /// End of the sound that was let through.
    heard: Option<Moment>,
    /// The newest sound of a pause: its end belongs before the picture the take goes on with.
    held: VecDeque<AudioBlock>,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Open,
    /// Nothing from `cut` on.
    Closed {
        cut: Moment,
    },
    /// It goes on with the first picture from `at` on.
    Opening {
        cut: Moment,
        at: Moment,
    },
}

/// What the gate lets through at once, dated as if there had been no pause.
#[derive(Debug, Default)]
pub struct Passed {
    pub frame: Option<Frame>,
    pub sound: Vec<AudioBlock>,
    /// The pause ended with this.
    pub resumed: bool,
}

impl Gate {
    /// `frame_nanos` is the pictures' nominal distance, where there are pictures.
    pub fn new(frame_nanos: Option<u64>) -> Gate {
        Gate {
            clock: None,
            state: State::Open,
            frame_nanos,
            shift: 0,
            opened: Moment(0),
            picture: None,
            seen: None,
            left_out: 0,
            heard: None,
            held: VecDeque::new(),
        }
    }

    /// The take's clock, once the take has begun.
    pub fn clock(&self) -> Option<&TakeClock> {
        self.clock.as_ref()
    }

    /// The take began; before, it can't be paused.
    pub fn begin(&mut self, zero: Moment) {
        self.clock.get_or_insert_with(|| TakeClock::starting(zero));
    }

    /// True for a block that passes as it is.
    pub fn waves_through(&mut self, block: &AudioBlock) -> bool {
        let untouched = matches!(self.state, State::Open) && self.opened == Moment(0);
        if untouched {
            self.heard = Some(end(block));
        }
        untouched
    }

    /// Lets nothing through from `at` on, or a few milliseconds later where sound has gone through already. Called again while
    /// it opens, it stays closed. Whether a pause began.
    pub fn pause(&mut self, at: Moment) -> bool {
        if let State::Opening { cut, .. } = self.state {
            self.state = State::Closed { cut };
        }
        let Some(clock) = self.clock.as_mut().filter(|_| matches!(self.state, State::Open)) else { return false };
        let after = |moment: Moment, nanos: u64| Moment(moment.0.saturating_add(nanos));
        let sound = self.heard.map(|end| after(end, FADE_NANOS)).filter(|end| end.since(at) <= AHEAD_NANOS);
        let picture = self.picture.map(|stamp| after(stamp, 1));
        // The fade in after a pause that is just over has its time, too.
        let fresh = after(self.opened, 2 * FADE_NANOS);
        let cut = [sound, picture, Some(fresh)].into_iter().flatten().fold(at, Moment::max);
        clock.pause(cut);
        self.state = State::Closed { cut };
        true
    }

    /// Goes on with what comes from `at` on: at once, or with a coming picture where there are pictures.
    pub fn resume(&mut self, at: Moment) -> Passed {
        let mut passed = Passed::default();
        let State::Closed { cut } = self.state else { return passed };
        let at = at.max(cut);
        if self.frame_nanos.is_none() || self.picture.is_none() {
            self.open(cut, at, &mut passed);
        } else {
            self.state = State::Opening { cut, at };
        }
        passed
    }

    /// What becomes of a picture.
    pub fn frame(&mut self, frame: &Frame) -> Passed {
        let mut passed = Passed::default();
        let before = self.seen.replace(frame.number).unwrap_or(frame.number.saturating_sub(1));
        match self.state {
            State::Open => {}
            State::Closed { cut } | State::Opening { cut, .. } if frame.stamp < cut => {}
            State::Opening { cut, at } if frame.stamp >= at => {
                let until = self.until(cut, frame.stamp).unwrap_or(at);
                self.open(cut, until, &mut passed);
            }
            State::Closed { .. } | State::Opening { .. } => {
                self.left_out += frame.number.saturating_sub(before);
                return passed;
            }
        }
        self.picture = Some(frame.stamp);
        passed.frame =
            Some(Frame { stamp: self.dated(frame.stamp), number: frame.number.saturating_sub(self.left_out), ..frame.clone() });
        passed
    }

    /// What becomes of a block of sound.
    pub fn sound(&mut self, block: &AudioBlock) -> Passed {
        let mut passed = Passed::default();
        match self.state {
            State::Open => passed.sound.extend(self.piece(block, self.opened, None)),
            State::Closed { cut } => {
                self.hold(block, end(block));
                passed.sound.extend(self.piece(block, self.opened, Some(cut)));
            }
            State::Opening { cut, at } => {
                self.hold(block, at);
                if block.stamp.since(at) > PICTURE_LIMIT_NANOS {
                    self.open(cut, at, &mut passed);
                } else {
                    passed.sound.extend(self.piece(block, self.opened, Some(cut)));
                }
            }
        }
        self.note_heard(&passed);
        passed
    }

    /// Where the pause ends when this picture is the first after it: where the picture then follows the last one.
    fn until(&self, cut: Moment, stamp: Moment) -> Option<Moment> {
        let (frame_nanos, last) = (self.frame_nanos?, self.picture?);
        let due = last.0.saturating_add(frame_nanos);
        // A camera that was silent before the pause keeps its true times.
        if due.abs_diff(cut.0) > frame_nanos {
            return None;
        }
        Some(Moment(stamp.0.saturating_add(cut.0).saturating_sub(due)))
    }

    /// Keeps sound that the take may go on with when it is told to at `at`: the pause may end a picture earlier.
    fn hold(&mut self, block: &AudioBlock, at: Moment) {
        let oldest = at.0.saturating_sub(HOLD_NANOS.max(2 * self.frame_nanos.unwrap_or(0)));
        self.held.push_back(block.clone());
        while self.held.front().is_some_and(|block| end(block).0 < oldest) {
            self.held.pop_front();
        }
    }

    fn open(&mut self, cut: Moment, until: Moment, passed: &mut Passed) {
        let until = until.max(cut);
        if let Some(clock) = &mut self.clock {
            clock.resume(until);
        }
        self.shift += until.since(cut);
        self.opened = until;
        self.state = State::Open;
        passed.resumed = true;
        let held = std::mem::take(&mut self.held);
        passed.sound.extend(held.iter().filter_map(|block| self.piece(block, self.opened, None)));
        self.note_heard(passed);
    }

    fn note_heard(&mut self, passed: &Passed) {
        if let Some(last) = passed.sound.last() {
            self.heard = Some(Moment(end(last).0.saturating_add(self.shift)));
        }
    }

    fn dated(&self, stamp: Moment) -> Moment {
        Moment(stamp.0.saturating_sub(self.shift))
    }

    /// What of a block lies from `from` to `to`, faded beside them and dated back; `None` when that is nothing.
    fn piece(&self, block: &AudioBlock, from: Moment, to: Option<Moment>) -> Option<AudioBlock> {
        let rate = block.format.sample_rate.max(1);
        // Audio frames of the block that begin before a moment.
        let before = |moment: Moment| {
            let frames = (u128::from(moment.since(block.stamp)) * u128::from(rate)).div_ceil(u128::from(SECOND));
            frames.min(block.frames() as u128) as usize
        };
        let (first, last) = (before(from), to.map_or(block.frames(), before));
        if first >= last {
            return None;
        }
        let channels = usize::from(block.format.channels.max(1));
        let mut samples = block.samples[first * channels..last * channels].to_vec();
        let stamp_of = |frame: usize| block.stamp.0 + (frame as u128 * u128::from(SECOND) / u128::from(rate)) as u64;
        let near = |edge: Moment| stamp_of(first) < edge.0 + FADE_NANOS && stamp_of(last) + FADE_NANOS > edge.0;
        if (from.0 > 0 && near(from)) || to.is_some_and(near) {
            for (i, frame) in samples.chunks_exact_mut(channels).enumerate() {
                let stamp = stamp_of(first + i);
                let risen = if from.0 > 0 { stamp.saturating_sub(from.0) } else { FADE_NANOS };
                let left = to.map_or(FADE_NANOS, |to| to.0.saturating_sub(stamp));
                let gain = risen.min(left).min(FADE_NANOS) as f32 / FADE_NANOS as f32;
                frame.iter_mut().for_each(|sample| *sample *= gain);
            }
        }
        Some(AudioBlock { format: block.format, samples, stamp: self.dated(Moment(stamp_of(first))) })
    }
}

/// When a block's last sample is over.
fn end(block: &AudioBlock) -> Moment {
    let nanos = block.frames() as u128 * u128::from(SECOND) / u128::from(block.format.sample_rate.max(1));
    Moment(block.stamp.0.saturating_add(nanos as u64))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::core::frame::{AudioFormat, Matrix, Pixels, VideoFormat};
    use crate::core::time::Rate;

    const RATE: Rate = Rate::whole(30);
    const FORMAT: AudioFormat = AudioFormat { sample_rate: 48_000, channels: 1 };
    const BASE: u64 = 50 * SECOND;
    const MS: u64 = 1_000_000;
    /// Two roundings to a whole sample and one to a nanosecond.
    const SAMPLE_NANOS: u64 = 2 * SECOND / 48_000 + 1;

    /// Picture `number` of a camera whose pictures come `phase` after the sound's blocks.
    fn frame(number: u64, phase: u64) -> Frame {
        let format =
            VideoFormat { width: 2, height: 2, rate: RATE, pixels: Pixels::Nv12, matrix: Matrix::Bt709, full_range: false };
        Frame { format, data: vec![0; 6].into(), stamp: Moment(BASE + phase + RATE.frame_start(number)), number }
    }

    /// Ten milliseconds of a constant, so that only the fades change it.
    fn block(at: u64) -> AudioBlock {
        AudioBlock { format: FORMAT, samples: vec![1.0; 480], stamp: Moment(BASE + at * 10 * MS) }
    }

    /// Devices in order of time before a gate, and what came through.
    struct Stage {
        gate: Gate,
        phase: u64,
        /// How much later pictures arrive than sound of the same moment.
        camera_late: u64,
        frames: Vec<Frame>,
        sound: Vec<AudioBlock>,
    }

    impl Stage {
        fn new(phase: u64, camera_late: u64) -> Stage {
            let mut gate = Gate::new(Some(RATE.frame_nanos()));
            gate.begin(Moment(BASE + phase));
            Stage { gate, phase, camera_late, frames: Vec::new(), sound: Vec::new() }
        }

        /// Runs for `ms`, doing what is due at its time.
        fn run(&mut self, ms: u64, mut due: impl FnMut(&mut Gate, u64)) {
            let (mut number, mut at) = (0, 0);
            for now in (BASE..BASE + ms * MS).step_by(MS as usize) {
                due(&mut self.gate, now);
                while end(&block(at)).0 <= now {
                    let passed = self.gate.sound(&block(at));
                    self.take(passed);
                    at += 1;
                }
                while frame(number, self.phase).stamp.0 + self.camera_late <= now {
                    let passed = self.gate.frame(&frame(number, self.phase));
                    self.take(passed);
                    number += 1;
                }
            }
        }

        fn take(&mut self, passed: Passed) {
            self.frames.extend(passed.frame);
            self.sound.extend(passed.sound);
        }

        fn assert_joined(&self) {
            for pair in self.frames.windows(2) {
                assert_eq!(pair[1].number, pair[0].number + 1);
                let apart = pair[1].stamp.since(pair[0].stamp);
                assert!(apart.abs_diff(RATE.frame_nanos()) <= 1, "{apart} ns from one picture to the next");
            }
            for pair in self.sound.windows(2) {
                let apart = pair[1].stamp.0.abs_diff(end(&pair[0]).0);
                assert!(apart <= SAMPLE_NANOS, "{apart} ns from one block to the next");
            }
        }
    }

    #[test]
    fn a_pause_leaves_out_what_comes_and_joins_what_is_left() {
        let mut stage = Stage::new(7 * MS, 40 * MS);
        stage.run(3_000, |gate, now| match (now - BASE) / MS {
            1_000 => assert!(gate.pause(Moment(now))),
            1_800 => assert!(!gate.resume(Moment(now)).resumed, "a picture is waited for"),
            _ => {}
        });
        stage.assert_joined();
        let clock = stage.gate.clock().unwrap();
        let pause = clock.last_pause().unwrap();
        assert!(pause.from.0 >= BASE + 1_000 * MS && pause.from.0 <= BASE + 1_020 * MS, "{pause:?}");
        let long = pause.until.unwrap().since(pause.from);
        assert!(long.abs_diff(800 * MS) <= RATE.frame_nanos() + 20 * MS, "{long}");
        // What belongs together stays together: each stamp is earlier by just the pause.
        let last = stage.frames.last().unwrap().stamp.0;
        assert_eq!((last + long - BASE - 7 * MS) % RATE.frame_nanos() / 100, 0, "its picture lies on the camera's own grid");
    }

    #[test]
    fn both_sides_of_the_joint_are_faded() {
        let mut stage = Stage::new(0, 0);
        stage.run(2_000, |gate, now| match (now - BASE) / MS {
            500 => _ = gate.pause(Moment(now)),
            900 => _ = gate.resume(Moment(now)),
            _ => {}
        });
        let all: Vec<f32> = stage.sound.iter().flat_map(|block| block.samples.iter().copied()).collect();
        let steepest = all.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
        // A step per sample of a fade of 5 ms is 1/240.
        assert!(steepest < 0.01, "{steepest}");
        let quiet = all.iter().filter(|sample| **sample < 0.999).count();
        assert!((400..=500).contains(&quiet), "{quiet} samples are faded: 5 ms on each side");
        assert!(all.iter().copied().fold(1.0, f32::min) < 0.01);
    }

    #[test]
    fn a_camera_that_is_gone_does_not_hold_up_the_sound() {
        let mut gate = Gate::new(Some(RATE.frame_nanos()));
        gate.begin(Moment(BASE));
        gate.frame(&frame(0, 0));
        (0..100).for_each(|at| _ = gate.sound(&block(at)));
        gate.pause(Moment(BASE + 1_000 * MS));
        gate.resume(Moment(BASE + 1_500 * MS));
        let passed: Vec<Passed> = (100..260).map(|at| gate.sound(&block(at))).collect();
        let through: u64 = passed.iter().flat_map(|passed| &passed.sound).map(|block| block.frames() as u64).sum();
        let pause = gate.clock().unwrap().last_pause().unwrap();
        assert_eq!(pause.until, Some(Moment(BASE + 1_500 * MS)));
        assert!((through as i64 - 48 * 1_105).abs() <= 1, "{through} samples: 5 ms before the pause, 1.1 s after it");
        assert_eq!(passed.iter().filter(|passed| passed.resumed).count(), 1);
    }

    #[test]
    fn without_pictures_a_pause_ends_when_it_is_told_to() {
        let mut gate = Gate::new(None);
        assert!(!gate.pause(Moment(BASE)), "nothing has begun");
        gate.begin(Moment(BASE));
        assert!(gate.pause(Moment(BASE + 100 * MS)) && !gate.pause(Moment(BASE + 120 * MS)));
        assert!(gate.resume(Moment(BASE + 200 * MS)).resumed && !gate.resume(Moment(BASE + 220 * MS)).resumed);
        assert_eq!(gate.clock().unwrap().time(Moment(BASE + 300 * MS)), 200 * MS);
    }

    #[test]
    fn who_thinks_better_of_it_stays_paused() {
        let mut stage = Stage::new(0, 30 * MS);
        stage.run(2_000, |gate, now| match (now - BASE) / MS {
            500 => _ = gate.pause(Moment(now)),
            701 => _ = gate.resume(Moment(now)),
            702 => assert!(!gate.pause(Moment(now)), "it had not gone on"),
            1_200 => _ = gate.resume(Moment(now)),
            _ => {}
        });
        stage.assert_joined();
        assert_eq!(stage.gate.clock().unwrap().turns(), 2);
    }

    proptest! {
        /// However often and however fast somebody presses: no gap, nothing twice, and the clock knows of each pause.
        #[test]
        fn pictures_and_sound_stay_joined(
            presses in proptest::collection::vec(1u64..700, 1..10), phase in 0u64..33, camera_late in 0u64..90,
        ) {
            let mut stage = Stage::new(phase * MS, camera_late * MS);
            let mut at = 300;
            let presses: Vec<u64> = presses.into_iter().map(|gap| { at += gap; at }).collect();
            stage.run(at + 1_000, |gate, now| {
                for press in presses.iter().enumerate().filter(|(_, press)| **press == (now - BASE) / MS) {
                    if press.0 % 2 == 0 { _ = gate.pause(Moment(now)) } else { _ = gate.resume(Moment(now)) }
                }
            });
            stage.assert_joined();
            let clock = stage.gate.clock().unwrap();
            for frame in &stage.frames {
                prop_assert!(frame.stamp.0 <= BASE + phase * MS + clock.time(Moment(BASE + (at + 1_000) * MS)));
            }
            let heard = stage.sound.last().map_or(0, |block| end(block).0) - BASE;
            let shown = stage.frames.last().map_or(0, |frame| frame.stamp.0) - BASE;
            prop_assert!(heard.abs_diff(shown) <= (camera_late + 3 * 34) * MS, "sound to {heard}, pictures to {shown}");
        }
    }
}
