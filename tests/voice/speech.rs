//! Speakers: text to sound at the recogniser's rate, by programs that need no network.

use std::process::{Command, Stdio};

use onetake::core::follow::{Mono, RATE};
use onetake::core::frame::{AudioBlock, AudioFormat};
use onetake::core::time::Moment;

/// A synthetic speaker.
#[derive(Clone, Copy, Debug)]
pub enum Voice {
    /// Voice and words a minute.
    Espeak(&'static str, u32),
    /// Voice and how much longer everything takes.
    Flite(&'static str, f32),
}

/// Samples below this are silence at the ends of what a synthesiser gives.
const QUIET: u16 = 250;

impl Voice {
    /// Speaks a text; silence at both ends is cut off.
    pub fn say(self, text: &str) -> Vec<i16> {
        let file = tempfile::Builder::new().suffix(".wav").tempfile().unwrap();
        let path = file.path().to_str().unwrap();
        let mut command = match self {
            Voice::Espeak(voice, wpm) => {
                let mut command = Command::new("espeak-ng");
                command.args(["-v", voice, "-s", &wpm.to_string(), "-w", path, text]);
                command
            }
            Voice::Flite(voice, stretch) => {
                let mut command = Command::new("flite");
                let stretch = format!("duration_stretch={stretch}");
                command.args(["-voice", voice, "--setf", &stretch, "-t", text, "-o", path]);
                command
            }
        };
        let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        assert!(status.is_ok_and(|status| status.success()), "espeak-ng and flite are needed: run scripts/setup test");
        let samples = wav(&std::fs::read(path).unwrap());
        let loud = |sample: &i16| sample.unsigned_abs() > QUIET;
        let from = samples.iter().position(loud).unwrap_or(0);
        let to = samples.iter().rposition(loud).map_or(samples.len(), |at| at + 1);
        samples[from..to].to_vec()
    }
}

/// Reads a 16-bit mono WAV file and brings it to the recogniser's rate.
fn wav(bytes: &[u8]) -> Vec<i16> {
    let u32_at = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    let data = bytes.windows(4).position(|window| window == b"data").unwrap() + 8;
    let format = AudioFormat { sample_rate: u32_at(24), channels: 1 };
    let samples = bytes[data..].chunks_exact(2).map(|pair| f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_768.0);
    let mut out = Vec::new();
    let mut mono = Mono::new(format).unwrap();
    let mut samples: Vec<f32> = samples.collect();
    samples.extend(vec![0.0; format.sample_rate as usize / 20]);
    mono.push(&AudioBlock { format, samples, stamp: Moment(0) }, &mut out);
    out
}

/// Silence with the hiss of a quiet room.
pub fn room(secs: f64) -> Vec<i16> {
    let mut state = 0x2545_f491_u32;
    let mut noise = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state % 41) as i16 - 20
    };
    (0..(secs * f64::from(RATE)) as usize).map(|_| noise()).collect()
}
