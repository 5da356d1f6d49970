//! What a film shows and says, read by another program: the colour of its ground in each picture, and the pitch that is heard.

use std::path::Path;
use std::process::Command;

/// Pictures are looked at through a grid of so many cells.
const COLUMNS: usize = 32;
const ROWS: usize = 18;
/// The corner that holds nothing but the ground, in cells.
const CORNER: (usize, usize) = (8, 3);
const SAMPLE_RATE: usize = 8_000;
/// Anything quieter is silence; the voices are at a quarter of the whole.
const SILENCE: f64 = 0.01;

pub struct Film {
    /// The ground of each picture.
    pub grounds: Vec<[u8; 3]>,
    samples: Vec<f32>,
}

impl Film {
    pub fn read(file: &Path) -> Film {
        let scaled = format!("scale={COLUMNS}:{ROWS}:flags=area");
        let pictures = ffmpeg(file, &["-vf", &scaled, "-f", "rawvideo", "-pix_fmt", "rgb24"]);
        let sound = ffmpeg(file, &["-f", "f32le", "-ac", "1", "-ar", &SAMPLE_RATE.to_string()]);
        let samples = sound.chunks_exact(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap())).collect();
        Film { grounds: pictures.chunks_exact(COLUMNS * ROWS * 3).map(ground).collect(), samples }
    }

    fn samples(&self, from: f64, to: f64) -> &[f32] {
        let at = |secs: f64| ((secs * SAMPLE_RATE as f64) as usize).min(self.samples.len());
        &self.samples[at(from)..at(to)]
    }

    pub fn silent(&self, from: f64, to: f64) -> bool {
        let part = self.samples(from, to);
        part.iter().map(|sample| f64::from(sample.abs())).sum::<f64>() / (part.len().max(1) as f64) < SILENCE
    }

    /// The pitch that is heard, in hertz: half as many times does it change its sign in a second.
    pub fn pitch(&self, from: f64, to: f64) -> f64 {
        let turns = self.samples(from, to).windows(2).filter(|pair| (pair[0] < 0.0) != (pair[1] < 0.0)).count();
        turns as f64 / (to - from) / 2.0
    }
}

fn ground(picture: &[u8]) -> [u8; 3] {
    let cells = (0..CORNER.1).flat_map(|row| (0..CORNER.0).map(move |column| (row * COLUMNS + column) * 3));
    let mut sums = [0usize; 3];
    for cell in cells {
        (0..3).for_each(|part| sums[part] += usize::from(picture[cell + part]));
    }
    sums.map(|sum| (sum / (CORNER.0 * CORNER.1)) as u8)
}

fn ffmpeg(file: &Path, arguments: &[&str]) -> Vec<u8> {
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-i"]).arg(file).args(arguments).arg("-");
    let output = command.output().expect("ffmpeg is installed for tests");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}
