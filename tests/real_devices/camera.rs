//! One camera and two: pictures whole and stamped, in every layout and size, busy, pulled, forbidden.

use std::process::Command;

use onetake::capture::{Error, Wanted, What, devices};
use onetake::clock;
use onetake::core::device::{DeviceChoice, DeviceEvent};
use onetake::core::frame::{Frame, Matrix, Pixels};
use onetake::core::problem::Problem;
use onetake::core::time::{Rate, SECOND};

use std::sync::mpsc::RecvTimeoutError;

use super::{PATIENCE, Taken, Unplugged, end_of, skipped, take, take_as};

#[test]
fn frames_arrive_whole_and_stamped() {
    if skipped() {
        return;
    }
    let listed = devices::list().cameras;
    println!("{listed:?}");
    assert_eq!(listed.len(), 2, "{listed:?}");
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
        .args(["--exact", "camera::child_without_permission", "--ignored", "--nocapture"])
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

/// Mean luma of a part of the picture's width, over its middle rows.
fn luma(frame: &Frame, from: f64, to: f64) -> f64 {
    let (width, height) = (frame.format.width as usize, frame.format.height as usize);
    let columns = (from * width as f64) as usize..(to * width as f64) as usize;
    let at = |row: usize, column: usize| match frame.format.pixels {
        Pixels::Yuyv => frame.data[(row * width + column) * 2],
        _ => frame.data[row * width + column],
    };
    let rows = height * 2 / 5..height * 3 / 5;
    let values: Vec<f64> = rows.flat_map(|row| columns.clone().map(move |column| f64::from(at(row, column)))).collect();
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

#[test]
fn each_layout_shows_the_same_picture() {
    if skipped() {
        return;
    }
    let mut seen = Vec::new();
    for pixels in [Pixels::Yuyv, Pixels::Nv12] {
        let Taken { camera, frames, .. } = take_as(&DeviceChoice::Auto, super::WANTED, Some(pixels)).unwrap();
        assert!(!camera.synthetic, "{pixels:?}: {:?}", camera.skipped);
        assert_eq!(camera.format.pixels, pixels);
        let frame = frames.recv_timeout(PATIENCE).unwrap();
        assert_eq!(Some(frame.data.len()), frame.format.frame_bytes(), "{pixels:?}");
        // Colour bars from white to black.
        let bars: Vec<f64> =
            (0..8).map(|bar| luma(&frame, (f64::from(bar) + 0.3) / 8.0, (f64::from(bar) + 0.7) / 8.0)).collect();
        println!("{pixels:?}: {bars:.0?}");
        assert!(bars[0] > bars[7] + 100.0, "{pixels:?}: {bars:?}");
        seen.push(bars);
    }
    assert!(seen[0].iter().zip(&seen[1]).all(|(yuyv, nv12)| (yuyv - nv12).abs() < 8.0), "{seen:?}");
    // One it has not: nothing else is taken for it.
    let name = devices::list().cameras[0].name.clone();
    let error = take_as(&DeviceChoice::Named(name), super::WANTED, Some(Pixels::Mjpeg)).err().unwrap();
    assert!(matches!(error, Error::NoFormat { .. }), "{error:?}");
}

#[test]
fn sizes_that_a_camera_has_not_give_the_nearest_that_is_large_enough() {
    if skipped() {
        return;
    }
    for ((width, height, fps), least) in
        [((640, 350, 30), (640, 360)), ((1270, 700, 15), (1280, 720)), ((100, 90, 240), (320, 180))]
    {
        let wanted = Wanted { width, height, rate: Rate::whole(fps) };
        let taken = take_as(&DeviceChoice::Auto, wanted, None).unwrap();
        let format = taken.camera.format;
        println!("{width} x {height} at {fps}: {format:?}");
        assert!(!taken.camera.synthetic, "{:?}", taken.camera.skipped);
        assert_eq!((format.width, format.height), least);
        let frame = taken.frames.recv_timeout(PATIENCE).unwrap();
        assert_eq!(Some(frame.data.len()), format.frame_bytes());
    }
}

#[test]
fn two_cameras_have_names_of_their_own_and_run_at_once() {
    if skipped() {
        return;
    }
    let listed = devices::list().cameras;
    let [first, second] = &listed[..] else { panic!("{listed:?}") };
    assert!(first.name != second.name && first.label != second.label, "{listed:?}");
    let [one, other] = [first, second].map(|camera| take(&DeviceChoice::Named(camera.name.clone())).unwrap());
    for taken in [&one, &other] {
        (0..3).for_each(|_| drop(taken.frames.recv_timeout(PATIENCE).unwrap()));
    }
    assert_eq!((&one.camera.device, &other.camera.device), (first, second));
}
