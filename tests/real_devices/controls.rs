//! What can be set on a camera: set while it streams, read back, and refused in order.

use onetake::capture::{Error, controls, devices};
use onetake::core::camera_controls::{CameraControl, Shape, named};
use onetake::core::device::DeviceChoice;

use super::{PATIENCE, Unplugged, skipped, take};

fn control(camera: &str, name: &str) -> CameraControl {
    let all = controls::list(camera).unwrap();
    all.into_iter().find(|control| control.known.name == name).unwrap_or_else(|| panic!("no {name}"))
}

#[test]
fn controls_are_set_and_read_back_while_the_camera_streams() {
    if skipped() {
        return;
    }
    let camera = devices::list().cameras[0].name.clone();
    let taken = take(&DeviceChoice::Named(camera.clone())).unwrap();
    let before = controls::list(&camera).unwrap();
    println!("{before:#?}");
    for name in ["brightness", "contrast", "saturation", "hue"] {
        let known = named(name).unwrap();
        let Shape::Number { low, high, .. } = control(&camera, name).shape else { panic!("{name} is no number") };
        for (wanted, has) in
            [(low, low), (high, high), (high.saturating_add(99_999), high), ((low + high) / 2, (low + high) / 2)]
        {
            controls::set(&camera, known, wanted).unwrap();
            assert_eq!(control(&camera, name).value, has, "{name} {wanted}");
        }
        controls::set(&camera, known, control(&camera, name).default).unwrap();
        assert_eq!(control(&camera, name).value, control(&camera, name).default);
    }
    taken.frames.recv_timeout(PATIENCE).expect("it goes on");
}

#[test]
fn a_switch_takes_what_it_governs_and_gives_it_back() {
    if skipped() {
        return;
    }
    let camera = devices::list().cameras[0].name.clone();
    let (auto, gain) = (named("auto_gain").unwrap(), named("gain").unwrap());
    for on in [1, 0] {
        controls::set(&camera, auto, on).unwrap();
        let all = controls::list(&camera).unwrap();
        let of = |name: &str| all.iter().find(|control| control.known.name == name).unwrap();
        assert_eq!((of("auto_gain").value, of("gain").is_governed(&all)), (on, on != 0));
    }
    controls::set(&camera, gain, 7).unwrap();
    assert_eq!(control(&camera, "gain").value, 7);
}

#[test]
fn a_camera_that_was_pulled_or_has_no_such_control_refuses_in_words() {
    if skipped() {
        return;
    }
    let camera = devices::list().cameras[0].name.clone();
    let error = controls::set(&camera, named("focus").unwrap(), 5).unwrap_err();
    assert!(matches!(&error, Error::Refused { control: "Focus", .. }), "{error:?}");
    let unplugged = Unplugged::now();
    for error in [controls::list(&camera).err().unwrap(), controls::set(&camera, named("hue").unwrap(), 5).unwrap_err()] {
        assert!(matches!(error, Error::Absent { .. }), "{error:?}");
    }
    drop(unplugged);
}
