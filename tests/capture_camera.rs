//! A real V4L2 camera and a real ALSA card through the same door as everything else. Both exist in the virtual machine that
//! `scripts/test-devices` starts, where these tests are run one by one; elsewhere they are skipped, with a word why.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use onetake::capture::{Error, OpenCamera, Wanted, What, devices, open_camera, open_microphone};
use onetake::clock;
use onetake::core::device::{DeviceChoice, DeviceEvent};
use onetake::core::frame::{AudioBlock, Frame, Matrix};
use onetake::core::problem::Problem;
use onetake::core::synthetic::{find_clicks, sound};
use onetake::core::time::{Rate, SECOND};

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
    let (frame_sender, frames) = channel();
    let (event_sender, events) = channel();
    let on_frame = move |frame| drop(frame_sender.send(frame));
    let on_event = move |event| drop(event_sender.send(event));
    open_camera(choice, WANTED, clock::now(), on_frame, on_event).map(|camera| Taken { camera, frames, events })
}

fn end_of<T>(channel: &Receiver<T>) -> RecvTimeoutError {
    loop {
        if let Err(end) = channel.recv_timeout(PATIENCE) {
            return end;
        }
    }
}

/// Unplugs vivid's first device when made, plugs it in again when dropped.
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

#[test]
fn frames_arrive_whole_and_stamped() {
    if skipped() {
        return;
    }
    let listed = devices::list().cameras;
    println!("{listed:?}");
    assert_eq!(listed.len(), 1, "{listed:?}");
    let taken = take(&DeviceChoice::Named(listed[0].name.clone())).unwrap();
    println!("{:?}", taken.camera);
    let format = taken.camera.format;
    assert_eq!((format.width, format.height), (640, 360));
    // vivid's webcam says sRGB, hence BT.601 by the kernel's own defaults.
    assert_eq!((format.matrix, format.full_range), (Matrix::Bt601, false));

    let frames: Vec<Frame> = (0..30).map(|_| taken.frames.recv_timeout(PATIENCE).unwrap()).collect();
    assert!(frames.iter().all(|frame| Some(frame.data.len()) == format.frame_bytes()));
    assert!(frames.windows(2).all(|pair| pair[1].stamp > pair[0].stamp && pair[1].number > pair[0].number));
    assert!(clock::now().since(frames[29].stamp) < 2 * SECOND, "stamps are on the monotonic clock");
    assert!(frames[29].data.iter().any(|&byte| byte != frames[29].data[0]), "there is a picture");
    let span = frames[29].stamp.since(frames[0].stamp);
    println!("30 frames in {:.3} s, numbers 0 to {}", span as f64 / SECOND as f64, frames[29].number);

    drop(taken.camera);
    assert_eq!(end_of(&taken.frames), RecvTimeoutError::Disconnected, "dropping the handle ends the thread");
}

#[test]
fn an_open_camera_is_busy_and_free_again_once_dropped() {
    if skipped() {
        return;
    }
    let first = take(&DeviceChoice::Auto).unwrap();
    assert!(!first.camera.synthetic, "{:?}", first.camera.skipped);
    let error = take(&DeviceChoice::Named(first.camera.device.name.clone())).err();
    assert!(matches!(error, Some(Error::Busy { .. })), "{error:?}");
    first.frames.recv_timeout(PATIENCE).expect("the first goes on");
    let name = first.camera.device.name.clone();
    drop(first);
    let again = take(&DeviceChoice::Named(name)).unwrap();
    again.frames.recv_timeout(PATIENCE).unwrap();
}

#[test]
fn a_pulled_camera_is_lost() {
    if skipped() {
        return;
    }
    let taken = take(&DeviceChoice::Auto).unwrap();
    let device = taken.camera.device.clone();
    taken.frames.recv_timeout(PATIENCE).unwrap();
    let unplugged = Unplugged::now();
    let event = taken.events.recv_timeout(PATIENCE).unwrap();
    println!("{event:?}");
    assert!(matches!(event, DeviceEvent::Lost { .. }), "{event:?}");
    assert_eq!(end_of(&taken.frames), RecvTimeoutError::Disconnected);
    assert_eq!(devices::list().cameras, []);
    let error = take(&DeviceChoice::Named(device.name.clone())).err().unwrap();
    assert_eq!(error, Error::Absent { what: What::Camera, name: device.name.clone() });
    assert!(take(&DeviceChoice::Auto).unwrap().camera.synthetic);

    drop(unplugged);
    let back = take(&DeviceChoice::Named(device.name)).expect("it has the same name when it is plugged in again");
    back.frames.recv_timeout(PATIENCE).unwrap();
}

#[test]
fn a_forbidden_camera_names_the_group() {
    if skipped() {
        return;
    }
    let program = std::env::current_exe().unwrap();
    let status = Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(program)
        .args(["--exact", "child_without_permission", "--ignored", "--nocapture"])
        .status()
        .unwrap();
    assert!(status.success());
}

#[test]
#[ignore = "started by a_forbidden_camera_names_the_group, as a user without rights"]
fn child_without_permission() {
    let taken = take(&DeviceChoice::Auto).unwrap();
    assert!(taken.camera.synthetic);
    let problem = Problem::from(taken.camera.skipped[0].clone());
    println!("{problem}");
    assert!(matches!(taken.camera.skipped[0], Error::Denied { .. }) && problem.fix.contains("`video`"), "{problem:?}");
}

#[test]
fn a_sound_card_is_listed_once_and_heard() {
    if skipped() {
        return;
    }
    let name = "plughw:CARD=Loopback,DEV=1";
    // The first listing loads ALSA's plug-ins, which takes longer than its limit under emulation.
    let patience = Instant::now() + PATIENCE;
    let listed = loop {
        let listed = devices::list().microphones;
        if listed.iter().any(|device| device.name.ends_with(name)) {
            break listed;
        }
        assert!(Instant::now() < patience, "{listed:?}");
    };
    println!("{listed:?}");
    let path = std::env::temp_dir().join("sound.raw");
    let mut samples = vec![0f32; 60 * 48_000 * 2];
    sound(1, 48_000, 2, &mut samples);
    let bytes: Vec<u8> = samples.iter().flat_map(|sample| ((sample * 32767.0) as i16).to_le_bytes()).collect();
    fs::write(&path, bytes).unwrap();
    let player = Command::new("aplay")
        .args(["-q", "-t", "raw", "-f", "S16_LE", "-r", "48000", "-c", "2", "-D", "hw:CARD=Loopback,DEV=0"])
        .arg(&path)
        .stderr(Stdio::inherit())
        .spawn();
    let _player = Running(player.expect("aplay is in alsa-utils"));

    let (sender, blocks) = channel();
    let on_block = move |block| drop(sender.send(block));
    let microphone = open_microphone(&DeviceChoice::Named(name.to_owned()), false, clock::now(), on_block, |_| ()).unwrap();
    println!("{microphone:?}");
    let mut heard: Vec<AudioBlock> = Vec::new();
    let mut mono = Vec::new();
    let mut clicks = Vec::new();
    while clicks.len() < 3 {
        let block = blocks.recv_timeout(PATIENCE).unwrap();
        mono.extend(block.samples.chunks(2).map(|frame| frame[0]));
        heard.push(block);
        if heard.len().is_multiple_of(50) {
            clicks = find_clicks(&mono, 48_000);
            assert!(heard.len() < 4_000, "no clicks, {} gaps", microphone.gaps());
        }
    }
    assert!(heard.windows(2).all(|pair| pair[1].stamp > pair[0].stamp));
    println!("{} blocks, clicks at {clicks:?}, {} gaps", heard.len(), microphone.gaps());
}
