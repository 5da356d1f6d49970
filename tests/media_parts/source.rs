//! A camera and a microphone made of arithmetic. Each picture carries its number as light and dark squares, large enough to
//! survive any encoder; each whole second begins with a white half and a click.

use std::path::Path;

use onetake::core::frame::{AudioBlock, AudioFormat, Frame, Matrix, Pixels, VideoFormat};
use onetake::core::profile::Encoder;
use onetake::core::time::{Moment, Rate, SECOND};
use onetake::media::inspect::{Picture, inspect};
use onetake::media::record::{Plan, Recorder};
use onetake::media::{init, probe, profile};

pub const FPS: u32 = 30;
pub const VIDEO: VideoFormat = VideoFormat {
    width: 320,
    height: 240,
    rate: Rate::whole(FPS),
    pixels: Pixels::Nv12,
    matrix: Matrix::Bt709,
    full_range: false,
};
pub const AUDIO: AudioFormat = AudioFormat { sample_rate: 48_000, channels: 1 };

/// Samples of one block, 10 ms.
pub const BLOCK: u64 = 480;

/// Where the take's clock begins; far from zero, so that nothing passes by taking stamps for times.
pub const BASE: u64 = 1_000 * SECOND;

const BITS: usize = 16;
const SQUARE: usize = 20;
const DARK: u8 = 40;
const LIGHT: u8 = 210;

/// Picture `number`, taken at its place on the 30 Hz grid.
pub fn frame(number: u64) -> Frame {
    frame_of(VIDEO, number)
}

/// The same in another 8-bit planar format.
pub fn frame_of(format: VideoFormat, number: u64) -> Frame {
    let (w, h) = (format.width as usize, format.height as usize);
    let mut data = vec![128u8; format.frame_bytes().expect("a raw format")];
    for y in 0..h {
        for x in 0..w {
            data[y * w + x] = match y {
                y if y < 2 * SQUARE => match number >> (x / SQUARE).min(BITS) & 1 {
                    1 if x / SQUARE < BITS => LIGHT,
                    _ => DARK,
                },
                y if y > h / 2 && number.is_multiple_of(u64::from(FPS)) => 235,
                _ => (64 + (x + y + number as usize) % 64) as u8,
            };
        }
    }
    Frame { format, data: data.into(), stamp: Moment(BASE + format.rate.frame_start(number)), number }
}

/// The number in a picture's luma.
pub fn number_in(luma: &[u8], stride: usize) -> u64 {
    (0..BITS).fold(0, |number, bit| {
        let sample = luma[SQUARE * stride + bit * SQUARE + SQUARE / 2];
        number | u64::from(sample > (DARK + LIGHT) / 2) << bit
    })
}

/// Whether a picture carries the flash.
pub fn flashes(picture: &Picture) -> bool {
    let (x, y) = (picture.width as usize / 2, picture.height as usize * 3 / 4);
    picture.luma[y * picture.stride + x] > 190
}

/// Block `at` of the microphone: a quiet tone, and a click of 2 ms at each whole second.
pub fn block(at: u64) -> AudioBlock {
    let rate = u64::from(AUDIO.sample_rate);
    let sample = |i: u64| match i % rate {
        i if i < 96 => 0.9,
        _ => 0.05 * (i as f32 * 440.0 / rate as f32 * std::f32::consts::TAU).sin(),
    };
    let samples = (at * BLOCK..(at + 1) * BLOCK).map(sample).collect();
    AudioBlock { format: AUDIO, samples, stamp: Moment(BASE + at * BLOCK * SECOND / rate) }
}

/// The software encoders of the built-in profiles, as they are chosen.
pub fn plan(file: &Path) -> Plan {
    init().expect("GStreamer");
    let profiles = profile::built_in().expect("profiles");
    let chosen = probe::choose(&profiles, &VIDEO, true).expect("encoders");
    Plan {
        file: file.to_owned(),
        video: Some(VIDEO),
        audio: Some(AUDIO),
        video_encoder: Some(chosen.video),
        spare_encoders: Vec::new(),
        audio_encoder: chosen.audio,
        keep_free_bytes: 0,
    }
}

pub fn encoder(name: &str) -> Encoder {
    let profiles = profile::built_in().expect("profiles");
    profiles.video.into_iter().chain(profiles.audio).find(|e| e.element == name).expect("a built-in encoder")
}

/// Gives frames and sound at the speed of real devices; `keep` says which pictures and which blocks are handed over.
pub fn perform(
    recorder: &Recorder,
    frames: std::ops::Range<u64>,
    keep_frame: impl Fn(u64) -> bool,
    keep_block: impl Fn(u64) -> bool,
) {
    let blocks_a_second = u64::from(AUDIO.sample_rate) / BLOCK;
    let began = std::time::Instant::now();
    let from = VIDEO.rate.frame_start(frames.start);
    let mut next_block = frames.start * blocks_a_second / u64::from(FPS);
    for number in frames {
        let due = VIDEO.rate.frame_start(number) - from;
        let early = due.saturating_sub(began.elapsed().as_nanos() as u64);
        std::thread::sleep(std::time::Duration::from_nanos(early));
        if keep_frame(number) {
            recorder.push_frame(&frame(number));
        }
        while next_block * SECOND / blocks_a_second < VIDEO.rate.frame_start(number + 1) {
            if keep_block(next_block) {
                recorder.push_sound(&block(next_block));
            }
            next_block += 1;
        }
    }
}

/// Numbers and times of all pictures, and all the sound laid on one time line at 48 kHz.
#[derive(Debug, Default)]
pub struct ReadBack {
    pub numbers: Vec<u64>,
    pub times: Vec<u64>,
    pub flashes: Vec<u64>,
    pub sound: Vec<f32>,
    /// When the first sound is heard.
    pub sound_starts: Option<u64>,
}

pub fn read_back(path: &Path) -> ReadBack {
    let mut numbers = Vec::new();
    let mut times = Vec::new();
    let mut flash_times = Vec::new();
    let mut sound: Vec<f32> = Vec::new();
    let mut sound_starts = None;
    let totals = inspect(
        path,
        |picture| {
            numbers.push(number_in(picture.luma, picture.stride));
            times.push(picture.pts);
            if flashes(&picture) {
                flash_times.push(picture.pts);
            }
        },
        |block| {
            sound_starts.get_or_insert(block.pts);
            let at = (u128::from(block.pts) * 48_000 / u128::from(SECOND)) as usize;
            // Rounded time stamps may overlap by a fraction of a millisecond; the count goes on.
            if at > sound.len() + 48 {
                sound.resize(at, 0.0);
            }
            sound.extend_from_slice(block.samples);
        },
    )
    .expect("a readable file");
    assert_eq!(totals.video_frames, numbers.len() as u64);
    ReadBack { numbers, times, flashes: flash_times, sound, sound_starts }
}

impl ReadBack {
    /// When each click begins, nanoseconds: the first sample above half the click's height after a quiet stretch.
    pub fn clicks(&self) -> Vec<u64> {
        let mut clicks = Vec::new();
        let mut quiet_since = 0;
        for (at, sample) in self.sound.iter().enumerate() {
            if sample.abs() > 0.45 {
                if at >= quiet_since {
                    clicks.push(at as u64 * SECOND / 48_000);
                }
                quiet_since = at + 4_800;
            }
        }
        clicks
    }
}
