//! A virtual screen. Needs Xvfb, which `scripts/setup test` installs.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::guard::Guard;

/// A screen of that many pixels with nothing on it, and its name for `DISPLAY`.
pub fn start(width: u32, height: u32) -> (Guard, String) {
    let size = format!("{width}x{height}x24");
    let mut server = Command::new("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", &size, "-nolisten", "tcp"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("Xvfb is needed: run scripts/setup test");
    let mut number = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
    (Guard(server), format!(":{}", number.trim()))
}
