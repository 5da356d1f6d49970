//! Real V4L2 cameras and real ALSA cards through the same door as everything else. They exist in the virtual machine that
//! `scripts/test-devices` starts, where these tests are run one by one; elsewhere they are skipped, with a word why.
//!
//! The machine has two cameras of `vivid`, which are two nodes of one device, and a sound card of `snd-aloop`.

mod camera;
mod controls;
mod microphone;
mod plugging;

use std::fs;
use std::process::Child;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use onetake::capture::{Error, OpenCamera, Wanted, open_camera_as};
use onetake::clock;
use onetake::core::device::{DeviceChoice, DeviceEvent};
use onetake::core::frame::{Frame, Pixels};
use onetake::core::time::Rate;

const WANTED: Wanted = Wanted { width: 640, height: 360, rate: Rate::whole(30) };
/// Under emulation everything is some ten times slower.
const PATIENCE: Duration = Duration::from_secs(60);

struct Taken {
    camera: OpenCamera,
    frames: Receiver<Frame>,
    events: Receiver<DeviceEvent>,
}

fn skipped() -> bool {
    let skipped = std::env::var_os("ONETAKE_TEST_DEVICES").is_none();
    if skipped {
        println!("skipped: needs the devices that scripts/test-devices brings");
    }
    skipped
}

fn take(choice: &DeviceChoice) -> Result<Taken, Error> {
    take_as(choice, WANTED, None)
}

fn take_as(choice: &DeviceChoice, wanted: Wanted, only: Option<Pixels>) -> Result<Taken, Error> {
    let (frame_sender, frames) = channel();
    let (event_sender, events) = channel();
    let on_frame = move |frame| drop(frame_sender.send(frame));
    let on_event = move |event| drop(event_sender.send(event));
    let opened = open_camera_as(choice, wanted, only, clock::now(), on_frame, on_event);
    opened.map(|camera| Taken { camera, frames, events })
}

fn end_of<T>(channel: &Receiver<T>) -> RecvTimeoutError {
    loop {
        if let Err(end) = channel.recv_timeout(PATIENCE) {
            return end;
        }
    }
}

fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let patience = Instant::now() + 3 * PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < patience, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Unplugs both cameras when made, plugs them in again when dropped.
struct Unplugged;

impl Unplugged {
    fn now() -> Unplugged {
        fs::write("/sys/bus/platform/drivers/vivid/unbind", "vivid.0").unwrap();
        Unplugged
    }
}

impl Drop for Unplugged {
    fn drop(&mut self) {
        drop(fs::write("/sys/bus/platform/drivers/vivid/bind", "vivid.0"));
    }
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
