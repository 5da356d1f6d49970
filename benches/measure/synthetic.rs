//! What the scripts need of the synthetic devices: their pictures as raw files, for a peer to encode, and the proof of a
//! file that was recorded from them.
//!
//! `measure write FOLDER COUNT` makes COUNT files `00000.nv12` … of 1280×720 at 30 a second. `measure check FILE…` prints one
//! JSON object for each file: `jobs::proof::Proof`, or `{"error": …}`.

use std::path::Path;

use onetake::core::synthetic::Painter;
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

pub fn check(file: &Path) {
    match proof::check(file) {
        Ok(proof) => println!("{}", serde_json::to_string(&proof).expect("a proof is plain data")),
        Err(problem) => println!("{}", serde_json::json!({ "error": problem.what })),
    }
}
