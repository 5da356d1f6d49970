//! A camera and a microphone on a clock of their own. Both look at the same world, in which a lamp flashes and a click sounds
//! at each whole second; what they say about when they saw and heard it is more or less true.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use onetake::capture::blocks::{self, Blocks, Feed};
use onetake::capture::stamps::{FrameCounter, PRIMING};
use onetake::core::frame::{AudioBlock, AudioFormat, Frame, VideoFormat};
use onetake::core::synthetic::{Painter, drifting_sound};
use onetake::core::time::{Moment, Rate, SECOND};

/// The smallest picture whose number can be read back.
pub const WIDTH: u32 = 160;
pub const HEIGHT: u32 = 90;

/// Where the world's clock begins; far from zero, so that nothing passes by taking stamps for times.
const BASE: u64 = 1_000 * SECOND;

/// How long the devices run before the take: a studio's are open long before somebody presses the key.
const RUN_UP: u64 = 2 * SECOND;

/// The take begins beside everything: no frame, no block and no second begins there.
pub const BEGIN: u64 = RUN_UP + 337_654_321;

/// Arrivals are late by up to this: what a busy desktop does.
const JITTER: u64 = 6_000_000;

/// How long after the take's begin a late device begins.
const LATE_CAMERA: u64 = 700_000_000;
const LATE_MICROPHONE: u64 = 600_000_000;

/// Callbacks a second.
const CALLBACKS: u32 = 50;

/// What is wrong with the devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    None,
    /// Frames and sound arrive late, each by another time, and nobody else stamps them.
    Jitter,
    /// Frames are lost, and once a stretch of sound.
    Drops,
    /// The microphone's crystal is off by parts in a million, and its callbacks come late too.
    Drift(i32),
    LateCamera,
    LateMicrophone,
    /// The camera gives every other frame for a second, as webcams do in the dark.
    Dark,
}

/// What there is to record.
#[derive(Clone, Copy, Debug)]
pub struct World {
    pub rate: Rate,
    pub sample_rate: u32,
    pub trouble: Trouble,
}

/// What a device hands over.
pub enum Given {
    Frame(Frame),
    Sound(AudioBlock),
}

impl World {
    pub fn video(&self) -> VideoFormat {
        Painter::new(WIDTH, HEIGHT, self.rate).format()
    }

    pub fn audio(&self) -> AudioFormat {
        AudioFormat { sample_rate: self.sample_rate, channels: 1 }
    }

    /// Whether the camera gives frame `number` in a take that began at `BEGIN`.
    pub fn gives_frame(&self, number: u64) -> bool {
        let at = self.rate.frame_start(number);
        match self.trouble {
            Trouble::Drops => !(20..23).contains(&(number % 50)),
            Trouble::LateCamera => at >= BEGIN + LATE_CAMERA,
            Trouble::Dark => number.is_multiple_of(2) || !(BEGIN + SECOND..BEGIN + 2 * SECOND).contains(&at),
            _ => true,
        }
    }

    /// Whether the microphone gives the click of `second` in a take that began at `BEGIN`.
    pub fn hears(&self, second: u64) -> bool {
        self.trouble != Trouble::LateMicrophone || second * SECOND >= BEGIN + LATE_MICROPHONE
    }

    fn frame_late(&self, number: u64) -> u64 {
        if self.trouble == Trouble::Jitter { noise(number * 2) * JITTER / 1_000 } else { 0 }
    }

    fn callback_late(&self, number: u64) -> u64 {
        match self.trouble {
            Trouble::Jitter => noise(number * 2 + 1) * JITTER / 1_000,
            Trouble::Drift(_) => noise(number * 2 + 1) * JITTER / 3_000,
            _ => 0,
        }
    }

    fn ppm(&self) -> i32 {
        if let Trouble::Drift(ppm) = self.trouble { ppm } else { 0 }
    }

    /// When the microphone takes the first sample of callback `number`, in the world's time.
    fn callback_start(&self, number: u64) -> u64 {
        Rate { num: CALLBACKS * 1_000_000u32.saturating_add_signed(self.ppm()), den: 1_000_000 }.frame_start(number)
    }

    /// Lets the devices run to `end`; what they give from the take's begin on goes to `take`, in the order of time.
    pub fn run(&self, end: u64, mut take: impl FnMut(Given)) {
        let mut camera = Camera::new(*self);
        let mut microphone = Microphone::new(*self);
        let mut give = |given: Given, stamp: Moment| {
            if stamp.0 >= BASE + BEGIN {
                take(given);
            }
        };
        while camera.next_at() < end || microphone.next_at() < end {
            if camera.next_at() <= microphone.next_at() {
                if let Some(frame) = camera.next() {
                    let stamp = frame.stamp;
                    give(Given::Frame(frame), stamp);
                }
            } else {
                microphone.next(&mut |block| {
                    let stamp = block.stamp;
                    give(Given::Sound(block), stamp);
                });
            }
        }
    }
}

struct Camera {
    world: World,
    painter: Painter,
    counter: FrameCounter,
    number: u64,
}

impl Camera {
    fn new(world: World) -> Camera {
        Camera { world, painter: Painter::new(WIDTH, HEIGHT, world.rate), counter: FrameCounter::default(), number: 0 }
    }

    fn next_at(&self) -> u64 {
        self.world.rate.frame_start(self.number)
    }

    fn next(&mut self) -> Option<Frame> {
        let (at, number) = (self.next_at(), self.number);
        self.number += 1;
        if !self.world.gives_frame(number) {
            return None;
        }
        // Only a driver's own stamps are exact.
        let exact = self.world.trouble != Trouble::Jitter;
        let (stamp, counted) = self.counter.take(Moment(BASE + at + self.world.frame_late(number)), exact);
        let mut data = Vec::new();
        if at + SECOND > BEGIN {
            self.painter.draw(number, &mut data);
        }
        Some(Frame { format: self.painter.format(), data: data.into(), stamp, number: counted })
    }
}

struct Microphone {
    world: World,
    feed: Feed,
    blocks: Blocks,
    primed: bool,
    number: u64,
}

impl Microphone {
    fn new(world: World) -> Microphone {
        let (feed, blocks) = blocks::pair(world.audio(), Arc::new(AtomicU64::new(0)), std::thread::current());
        let number = if world.trouble == Trouble::LateMicrophone {
            // The first tenth of a second, in which its clock is told, is not heard.
            (BEGIN + LATE_MICROPHONE) * u64::from(CALLBACKS) / SECOND - PRIMING as u64
        } else {
            0
        };
        Microphone { world, feed, blocks, primed: false, number }
    }

    /// Sound is there when its last sample is.
    fn next_at(&self) -> u64 {
        self.world.callback_start(self.number + 1)
    }

    fn next(&mut self, give: &mut dyn FnMut(AudioBlock)) {
        let lost = self.world.trouble == Trouble::Drops && self.number == LOST_CALLBACK;
        if lost {
            self.number += LOST_CALLBACKS;
        }
        let number = self.number;
        self.number += 1;
        let frames = (self.world.sample_rate / CALLBACKS) as usize;
        let mut samples = vec![0.0; frames];
        drifting_sound(number * frames as u64, self.world.sample_rate, self.world.ppm(), 1, &mut samples);
        let moment = Moment(BASE + self.world.callback_start(number) + self.world.callback_late(number));
        self.feed.accept(frames, moment, lost, samples.into_iter());
        if !self.primed {
            self.primed = self.blocks.prime(PRIMING);
        } else {
            self.blocks.take(give);
        }
    }
}

/// Where sound is lost: a tenth of a second, away from every click.
const LOST_CALLBACK: u64 = (BEGIN + 1_100_000_000) / 20_000_000;
const LOST_CALLBACKS: u64 = 5;

/// A number from 0 to 999 that looks like chance and is always the same.
fn noise(of: u64) -> u64 {
    (of.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) % 1_000
}
