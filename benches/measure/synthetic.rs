//! What the scripts need of the synthetic devices: their pictures as raw files, for a peer to encode, and the proof of a
//! file that was recorded from them.
//!
//! `measure write FOLDER COUNT` makes COUNT files `00000.nv12` … of 1280×720 at 30 a second. `measure tone FILE SECONDS PPM`
//! writes what a microphone hears in that time whose crystal is off by PPM: raw 16-bit mono at 48 kHz. `measure check FILE…`
//! prints one JSON object for each file: `jobs::proof::Proof`, or `{"error": …}`.

use std::path::Path;

use onetake::core::synthetic::{Painter, drifting_sound};
use onetake::core::time::Rate;
use onetake::jobs::proof;

pub fn write(folder: &Path, count: u64) {
    let painter = Painter::new(1280, 720, Rate::whole(30));
    let mut picture = Vec::new();
    for number in 0..count {
        painter.draw(number, &mut picture);
        std::fs::write(folder.join(format!("{number:05}.nv12")), &picture).expect("room for the pictures");
    }
}

pub fn tone(file: &Path, seconds: u64, ppm: i32) {
    const RATE: u32 = 48_000;
    let mut samples = vec![0.0; (f64::from(RATE) * seconds as f64 * (1.0 + f64::from(ppm) / 1e6)) as usize];
    drifting_sound(0, RATE, ppm, 1, &mut samples);
    let bytes: Vec<u8> = samples.iter().flat_map(|sample| ((sample * 32_767.0) as i16).to_le_bytes()).collect();
    std::fs::write(file, bytes).expect("room for the sound");
}

pub fn check(file: &Path) {
    match proof::check(file) {
        Ok(proof) => println!("{}", serde_json::to_string(&proof).expect("a proof is plain data")),
        Err(problem) => println!("{}", serde_json::json!({ "error": problem.what })),
    }
}
