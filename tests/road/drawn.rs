//! What the fakes make: a picture whose colour and number come from the words it was ordered with, a clip that goes from the colours of
//! one picture to those of another, a voice whose pitch comes from its words.

use std::io::{Cursor, Write};
use std::process::{Command, Stdio};

use image::{Rgb, RgbImage};

pub const WIDTH: u32 = 320;
pub const HEIGHT: u32 = 180;
/// Frames a second of a clip.
const RATE: u32 = 25;
/// Seconds that a voice speaks, whatever it says.
pub const VOICE_SECS: f64 = 1.2;
const SAMPLE_RATE: u32 = 24_000;

/// FNV-1a: the same number for the same words, everywhere.
fn number(words: &str) -> u64 {
    words.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The colour of a picture that was ordered with these words: one of a full circle of hues.
pub fn colour(words: &str) -> [u8; 3] {
    let hue = (number(words) % 360) as f64 / 60.0;
    let (strong, weak) = (200.0, 50.0);
    let between = weak + (strong - weak) * (1.0 - (hue % 2.0 - 1.0).abs());
    let [red, green, blue] = match hue as u32 {
        0 => [strong, between, weak],
        1 => [between, strong, weak],
        2 => [weak, strong, between],
        3 => [weak, between, strong],
        4 => [between, weak, strong],
        _ => [strong, weak, between],
    };
    [red as u8, green as u8, blue as u8]
}

/// The pitch of a voice that says these words, in hertz.
pub fn pitch(words: &str) -> f64 {
    300.0 + 50.0 * (number(words) % 8) as f64
}

/// How far two colours are from each other: the largest difference of one part.
pub fn far(one: [u8; 3], other: [u8; 3]) -> u8 {
    one.iter().zip(other).map(|(one, other)| one.abs_diff(other)).max().unwrap_or(0)
}

/// A PNG with the colour of the words and a number of two digits that comes from them.
pub fn picture(words: &str) -> Vec<u8> {
    let mut image = RgbImage::from_pixel(WIDTH, HEIGHT, Rgb(colour(words)));
    let number = number(words) / 360 % 100;
    for (place, digit) in [number / 10, number % 10].into_iter().enumerate() {
        draw_digit(&mut image, 100 + 70 * place as u32, 40, digit as usize);
    }
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// The seven strokes of a digit, as on a clock: left, top, width, height.
const STROKES: [[u32; 4]; 7] =
    [[0, 0, 50, 10], [40, 0, 10, 50], [40, 50, 10, 50], [0, 90, 50, 10], [0, 50, 10, 50], [0, 0, 10, 50], [0, 45, 50, 10]];
/// Which strokes each digit has, one bit each.
const DIGITS: [u8; 10] =
    [0b011_1111, 0b000_0110, 0b101_1011, 0b100_1111, 0b110_0110, 0b110_1101, 0b111_1101, 0b000_0111, 0b111_1111, 0b110_1111];

fn draw_digit(image: &mut RgbImage, left: u32, top: u32, digit: usize) {
    for (stroke, [x, y, width, height]) in STROKES.into_iter().enumerate() {
        if DIGITS[digit] >> stroke & 1 == 1 {
            for (dx, dy) in (0..height).flat_map(|dy| (0..width).map(move |dx| (dx, dy))) {
                image.put_pixel(left + x + dx, top + y + dy, Rgb([250, 250, 250]));
            }
        }
    }
}

/// An MP4 of so many seconds that goes from one picture (PNG) to another, evenly.
pub fn clip(first: &[u8], last: &[u8], secs: f64) -> Vec<u8> {
    let decode = |bytes: &[u8]| image::load_from_memory(bytes).expect("a picture goes along").to_rgb8();
    let (first, last) = (decode(first), decode(last));
    assert_eq!(((first.width(), first.height()), (last.width(), last.height())), ((WIDTH, HEIGHT), (WIDTH, HEIGHT)));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("clip.mp4");
    let mut ffmpeg = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", &format!("{WIDTH}x{HEIGHT}")])
        .args(["-r", &RATE.to_string(), "-i", "-", "-pix_fmt", "yuv420p", "-preset", "ultrafast", "-crf", "16"])
        .args(["-colorspace", "smpte170m", "-movflags", "+faststart"])
        .arg(&file)
        .stdin(Stdio::piped())
        .spawn()
        .expect("ffmpeg is installed for tests");
    let mut frames = ffmpeg.stdin.take().unwrap();
    let count = (secs * f64::from(RATE)).round() as u32;
    for frame in 0..count {
        let part = frame * 256 / (count - 1).max(1);
        let mixed: Vec<u8> = first
            .as_raw()
            .iter()
            .zip(last.as_raw())
            .map(|(first, last)| ((u32::from(*first) * (256 - part) + u32::from(*last) * part) / 256) as u8)
            .collect();
        frames.write_all(&mixed).unwrap();
    }
    drop(frames);
    assert!(ffmpeg.wait().unwrap().success());
    std::fs::read(file).unwrap()
}

/// A WAV that hums at the pitch of the words.
pub fn voice(words: &str) -> Vec<u8> {
    let count = (VOICE_SECS * f64::from(SAMPLE_RATE)) as u32;
    let step = pitch(words) * std::f64::consts::TAU / f64::from(SAMPLE_RATE);
    let sample = |at: u32| ((f64::from(at) * step).sin() * 9_000.0) as i16;
    let samples: Vec<u8> = (0..count).flat_map(|at| sample(at).to_le_bytes()).collect();
    let mut wav = Vec::new();
    let mut put = |bytes: &[u8]| wav.extend_from_slice(bytes);
    put(b"RIFF");
    put(&(36 + samples.len() as u32).to_le_bytes());
    put(b"WAVEfmt ");
    put(&16u32.to_le_bytes());
    // PCM, one channel.
    put(&1u16.to_le_bytes());
    put(&1u16.to_le_bytes());
    put(&SAMPLE_RATE.to_le_bytes());
    put(&(SAMPLE_RATE * 2).to_le_bytes());
    put(&2u16.to_le_bytes());
    put(&16u16.to_le_bytes());
    put(b"data");
    put(&(samples.len() as u32).to_le_bytes());
    put(&samples);
    wav
}
