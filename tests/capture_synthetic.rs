//! The synthetic camera and microphone through the same door as real ones, in real time: ideal stamps, numbers without
//! doubles, flash and click at the same moment, an end as soon as the handle is dropped. And choices that can't be met.

use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use onetake::capture::{Error, OpenCamera, OpenMicrophone, Wanted, What, devices, open_camera, open_microphone};
use onetake::clock;
use onetake::core::device::DeviceChoice;
use onetake::core::frame::{AudioBlock, Frame};
use onetake::core::problem::Problem;
use onetake::core::synthetic::{find_clicks, is_flash, read_number};
use onetake::core::time::{Moment, Rate, SECOND};

const WANTED: Wanted = Wanted { width: 320, height: 180, rate: Rate::whole(30) };
/// A machine that delivers nothing for this long has failed the test for reasons of its own.
const PATIENCE: Duration = Duration::from_secs(20);

fn camera(wanted: Wanted, start: Moment) -> (OpenCamera, Receiver<Frame>) {
    let (sender, frames) = channel();
    let on_frame = move |frame| drop(sender.send(frame));
    let events = |event| panic!("no event can come: {event:?}");
    (open_camera(&DeviceChoice::Synthetic, wanted, start, on_frame, events).unwrap(), frames)
}

fn microphone(start: Moment) -> (OpenMicrophone, Receiver<AudioBlock>) {
    let (sender, blocks) = channel();
    let on_block = move |block| drop(sender.send(block));
    let events = |event| panic!("no event can come: {event:?}");
    (open_microphone(&DeviceChoice::Synthetic, true, start, on_block, events).unwrap(), blocks)
}

fn end_of<T>(channel: &Receiver<T>) -> RecvTimeoutError {
    loop {
        if let Err(end) = channel.recv_timeout(PATIENCE) {
            return end;
        }
    }
}

fn luma_of(frame: &Frame) -> (usize, usize, usize) {
    (frame.format.width as usize, frame.format.height as usize, frame.format.width as usize)
}

#[test]
fn flash_and_click_fall_on_the_same_moment() {
    let start = clock::now();
    let (camera, frames) = camera(WANTED, start);
    let (microphone, blocks) = microphone(start);
    assert!(camera.synthetic && microphone.synthetic);

    let flash = loop {
        let frame = frames.recv_timeout(PATIENCE).unwrap();
        let (width, height, stride) = luma_of(&frame);
        assert_eq!(read_number(&frame.data, width, height, stride), Some(frame.number));
        assert_eq!(frame.stamp, Moment(start.0 + WANTED.rate.frame_start(frame.number)), "stamps are the ideal times");
        if frame.number > 0 && is_flash(&frame.data, width, height, stride) {
            break frame.stamp;
        }
    };

    let mut sound = Vec::new();
    let mut first = None;
    let clicks = loop {
        let block = blocks.recv_timeout(PATIENCE).unwrap();
        assert_eq!(block.frames(), 480);
        first.get_or_insert(block.stamp);
        sound.extend(block.samples.chunks(2).map(|frame| frame[0]));
        let clicks = find_clicks(&sound, microphone.format.sample_rate);
        if block.stamp > flash {
            break clicks;
        }
    };
    let click = |&at: &usize| Moment(first.unwrap().0 + at as u64 * SECOND / 48_000);
    assert!(
        clicks.iter().any(|at| click(at) == flash),
        "flash {flash:?}, clicks {:?}",
        clicks.iter().map(click).collect::<Vec<_>>()
    );
    assert_eq!(microphone.gaps(), 0);
}

#[test]
fn a_camera_opened_late_joins_the_numbering() {
    let start = Moment(clock::now().0 - 100 * SECOND);
    let (_camera, frames) = camera(WANTED, start);
    assert!(frames.recv_timeout(PATIENCE).unwrap().number >= 3000);
}

#[test]
fn a_slow_consumer_loses_numbers_not_order() {
    let (sender, frames) = channel();
    let on_frame = move |frame: Frame| {
        // Six frames long: further behind than the camera lets itself fall.
        std::thread::sleep(Duration::from_millis(100));
        let _ = sender.send(frame.number);
    };
    let wanted = Wanted { rate: Rate::whole(60), ..WANTED };
    let _camera = open_camera(&DeviceChoice::Synthetic, wanted, clock::now(), on_frame, |_| ()).unwrap();
    let numbers: Vec<u64> = (0..6).map(|_| frames.recv_timeout(PATIENCE).unwrap()).collect();
    assert!(numbers.windows(2).all(|pair| pair[1] > pair[0]), "{numbers:?}");
    assert!(numbers[5] - numbers[0] > 5, "{numbers:?}");
}

#[test]
fn dropping_the_handle_ends_the_thread() {
    let (camera, frames) = camera(WANTED, clock::now());
    let (microphone, blocks) = microphone(clock::now());
    frames.recv_timeout(PATIENCE).unwrap();
    blocks.recv_timeout(PATIENCE).unwrap();
    drop((camera, microphone));
    // The closures own the senders: once the threads have ended, so have the channels.
    assert_eq!(end_of(&frames), RecvTimeoutError::Disconnected);
    assert_eq!(end_of(&blocks), RecvTimeoutError::Disconnected);
}

#[test]
fn wishes_are_bounded() {
    let wanted = Wanted { width: 1, height: 0, rate: Rate { num: 0, den: 0 } };
    let (camera, frames) = camera(wanted, clock::now());
    assert_eq!((camera.format.width, camera.format.height, camera.format.rate), (160, 90, Rate::whole(30)));
    assert_eq!(Some(frames.recv_timeout(PATIENCE).unwrap().data.len()), camera.format.frame_bytes());
}

#[test]
fn a_named_device_that_is_absent_is_an_error_and_not_another_device() {
    let name = "v4l:no-such-device";
    let named = DeviceChoice::Named(name.to_owned());
    let error = open_camera(&named, WANTED, clock::now(), |_| (), |_| ()).unwrap_err();
    assert_eq!(error, Error::Absent { what: What::Camera, name: name.to_owned() });
    let error = open_microphone(&named, true, clock::now(), |_| (), |_| ()).unwrap_err();
    assert_eq!(error, Error::Absent { what: What::Microphone, name: name.to_owned() });
    assert!(Problem::from(error).what.contains(name));
}

#[test]
fn no_device_is_no_device() {
    let error = open_camera(&DeviceChoice::None, WANTED, clock::now(), |_| (), |_| ()).unwrap_err();
    assert_eq!(error, Error::NoDevice { what: What::Camera });
    let error = open_microphone(&DeviceChoice::None, true, clock::now(), |_| (), |_| ()).unwrap_err();
    assert_eq!(error, Error::NoDevice { what: What::Microphone });
}

#[test]
fn auto_takes_what_is_there_and_always_gives_a_picture() {
    let present = devices::list();
    let (sender, frames) = channel();
    let on_frame = move |frame| drop(sender.send(frame));
    let camera = open_camera(&DeviceChoice::Auto, WANTED, clock::now(), on_frame, |_| ()).unwrap();
    assert_eq!(camera.synthetic, camera.skipped.len() == present.cameras.len(), "{camera:?} {present:?}");
    assert_eq!(frames.recv_timeout(PATIENCE).unwrap().format, camera.format);

    let microphone = open_microphone(&DeviceChoice::Auto, false, clock::now(), |_| (), |_| ());
    match microphone {
        Ok(microphone) => assert!(!microphone.synthetic, "never made-up sound beside a real picture"),
        Err(error) => assert_eq!(error, Error::NoDevice { what: What::Microphone }),
    }
}
