//! Cameras pulled and plugged in again: heard of at once, and recorded on by the real program.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use onetake::capture::devices;
use onetake::core::journal::{self, Event};
use onetake::core::take::{JOURNAL_FILE, MEDIA_FILE};
use onetake::core::time::SECOND;
use onetake::media::inspect;

use super::{PATIENCE, Running, Unplugged, skipped, wait_for};

/// So long a repeated picture stands for a camera that is gone, in nanoseconds.
const STAND_IN_STEP: u64 = SECOND / 10;

#[test]
fn a_camera_that_is_pulled_or_plugged_in_is_heard_of() {
    if skipped() {
        return;
    }
    let (sender, told) = channel();
    let on_change = move |found: devices::Devices| sender.send(found.cameras.len()).unwrap_or_default();
    let _watch = devices::watch(on_change).unwrap();
    let heard = |wanted: usize| {
        let begin = Instant::now();
        while told.recv_timeout(PATIENCE).unwrap() != wanted {}
        println!("{wanted} cameras after {:.2} s", begin.elapsed().as_secs_f64());
    };
    heard(2);
    let unplugged = Unplugged::now();
    heard(0);
    drop(unplugged);
    heard(2);
}

#[test]
fn a_take_goes_on_with_the_camera_that_comes_back() {
    if skipped() {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let (script, data) = (place.path().join("script.md"), place.path().join("data"));
    fs::write(&script, "## One\n\nA few words to be read from the screen.\n").unwrap();
    let camera = devices::list().cameras[0].name.clone();
    let child = Command::new(env!("CARGO_BIN_EXE_onetake"))
        .args(["take", &script.to_string_lossy(), "--seconds", "600", "--size", "320x180", "--fps", "5", "--json"])
        .args(["--camera", &camera, "--microphone", "plughw:CARD=Loopback,DEV=1", "--data", &data.to_string_lossy()])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut child = Running(child);
    let folder =
        wait_for("a take that rolls", || take_folder(&data).filter(|folder| journal_of(folder).contains("\"rolling\"")));
    std::thread::sleep(Duration::from_secs(2));
    let unplugged = Unplugged::now();
    wait_for("the loss in the journal", || journal_of(&folder).contains("device_lost").then_some(()));
    std::thread::sleep(Duration::from_secs(2));
    drop(unplugged);
    // An emulated encoder is far behind, so what counts is what has reached the disk.
    let back = wait_for("its return in the journal", || entries_of(&folder).find_map(came_back));
    let safe = |(t, event): (u64, Event)| matches!(event, Event::Safe { .. }) && t > back + SECOND;
    wait_for("pictures after its return on the disk", || entries_of(&folder).any(safe).then_some(()));
    assert!(Command::new("kill").args(["-INT", &child.0.id().to_string()]).status().unwrap().success());
    let status = wait_for("the end", || child.0.try_wait().unwrap());
    assert!(status.success(), "{status}");

    let mut times = Vec::new();
    inspect::inspect(&folder.join(MEDIA_FILE), |picture| times.push(picture.pts), |_| ()).unwrap();
    // What stands in for a camera that is gone comes ten times a second, the camera's own pictures five times at most.
    let own = times.windows(2).filter(|pair| pair[1] > back && pair[1] - pair[0] > STAND_IN_STEP * 3 / 2).count();
    let after = times.iter().filter(|time| **time > back).count();
    println!("back at {:.1} s; {} pictures, {after} after that, {own} of them new", back as f64 / 1e9, times.len());
    assert!(times[0] < back && own > 2, "it is recorded on");
}

fn take_folder(data: &Path) -> Option<PathBuf> {
    fs::read_dir(data.join("takes")).ok()?.flatten().map(|item| item.path()).find(|path| path.is_dir())
}

fn entries_of(folder: &Path) -> impl Iterator<Item = (u64, Event)> {
    journal::read(&journal_of(folder)).0.into_iter().map(|entry| (entry.t, entry.event))
}

/// When a device came back.
fn came_back((t, event): (u64, Event)) -> Option<u64> {
    matches!(event, Event::DeviceBack { .. }).then_some(t)
}

fn journal_of(folder: &Path) -> String {
    fs::read_to_string(folder.join(JOURNAL_FILE)).unwrap_or_default()
}
