//! Setting the camera in the settings sheet: what a webcam has, shown, changed, remembered, and given back.

#[allow(dead_code, reason = "other pages need more of it")]
mod rig;

use egui::vec2;
use egui_kittest::kittest::Queryable;
use onetake::core::camera_controls::{CameraControl, Shape, named};
use onetake::core::device::Device;
use onetake::studio::devices::controls;
use onetake::studio::{Effect, Message, Page, Sheet, devices};
use rig::{Rig, camera_frame, look, video, window};

type Window = egui_kittest::Harness<'static, Rig>;

const CAMERA: &str = "HD Webcam";

/// On the Record page with a webcam open.
fn ready() -> Rig {
    let mut rig = Rig::new();
    rig.tell(Message::Go(Page::Record));
    let session = rig.effects.iter().find_map(|effect| match effect {
        Effect::Devices(devices::Effect::Open { session, .. }) => Some(*session),
        _ => None,
    });
    let session = session.expect("devices are opened on entering");
    let device = Device { name: CAMERA.into(), label: CAMERA.into() };
    let opened = Ok(Some((device, video(1280, 720), false)));
    rig.tell(Message::Devices(devices::Message::CameraOpened { session, opened }));
    rig.tell(Message::Devices(devices::Message::MicrophoneOpened { session, opened: Ok(None) }));
    rig.screen.feeds.camera.publish(camera_frame(1280, 720, rig.now));
    rig
}

/// A webcam's controls as it comes.
fn webcam_controls() -> Vec<CameraControl> {
    let control = |name: &str, shape: Shape, value: i64| CameraControl {
        known: named(name).unwrap(),
        shape,
        value,
        default: value,
        idle: false,
    };
    let number = |low, high, step| Shape::Number { low, high, step };
    let lamps = [(0, "Disabled"), (1, "50 Hz"), (2, "60 Hz")].map(|(value, label)| (value, label.to_owned()));
    vec![
        control("auto_exposure", Shape::Switch, 1),
        control("exposure_time", number(3, 2047, 1), 157),
        control("steady_rate", Shape::Switch, 0),
        control("gain", number(0, 255, 1), 64),
        control("auto_white_balance", Shape::Switch, 1),
        control("white_balance", number(2800, 6500, 10), 4600),
        control("auto_focus", Shape::Switch, 0),
        control("focus", number(0, 250, 5), 30),
        control("brightness", number(0, 255, 1), 128),
        control("power_line", Shape::Menu(lamps.to_vec()), 1),
    ]
}

#[test]
fn a_camera_is_set_in_the_settings_sheet() {
    let sizes = [("1280", vec2(1280.0, 800.0), 1.0), ("1024", vec2(1024.0, 640.0), 1.0), ("150", vec2(853.0, 533.0), 1.5)];
    for (name, size, scale) in sizes {
        let mut rig = ready();
        rig.tell(Message::Sheet(Sheet::Settings));
        let tell = |message| Message::Devices(devices::Message::Controls(message));
        rig.tell(tell(controls::Message::Listed { camera: CAMERA.to_owned(), controls: webcam_controls() }));
        let mut window = window(rig, size, scale);
        assert!(window.query_by_label("Automatic exposure").is_none(), "folded away at first");
        scroll_and_click(&mut window, "Camera controls");
        look(&mut window, &format!("camera-controls-{name}"));
        assert!(window.query_by_label_contains("Exposure time: ").is_none(), "the camera decides");
        scroll_and_click(&mut window, "Automatic exposure");
        let set = |window: &Window, control: &str| window.state().model.settings.camera_controls[CAMERA].get(control).copied();
        assert_eq!(set(&window, "auto_exposure"), Some(0));
        window.get_by_label("Exposure time: 16 ms").focus();
        window.run_steps(2);
        window.key_press(egui::Key::ArrowRight);
        window.run_steps(3);
        assert!(set(&window, "exposure_time").is_some_and(|value| value > 157));
        let asked = |effect: &Effect| match effect {
            Effect::Devices(devices::Effect::Controls { camera, .. }) => camera == CAMERA,
            _ => false,
        };
        assert!(window.state().has(asked));
        window.get_by_label("Flicker of lamps: 50 Hz").scroll_to_me();
        window.run_steps(6);
        look(&mut window, &format!("camera-controls-set-{name}"));
        window.get_by_label("Flicker of lamps: 50 Hz").click();
        window.run_steps(3);
        window.get_by_label("60 Hz").click();
        window.run_steps(3);
        assert_eq!(set(&window, "power_line"), Some(2));
        scroll_and_click(&mut window, "Set the camera as it comes");
        assert!(!window.state().model.settings.camera_controls.contains_key(CAMERA));
        scroll_and_click(&mut window, "Fewer camera controls");
        assert!(window.query_by_label("Automatic focus").is_none());
    }
}

/// A row's words and its switch have the same name; the switch comes last.
fn scroll_and_click(window: &mut Window, label: &str) {
    window.query_all_by_label(label).last().expect(label).scroll_to_me();
    window.run_steps(6);
    window.query_all_by_label(label).last().expect(label).click();
    window.run_steps(4);
}
