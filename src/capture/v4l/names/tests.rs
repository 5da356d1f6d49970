//! Names of cameras in made-up machines: the kernel's tree as folders and links in a temporary place.

use std::os::unix::fs::symlink;

use super::*;

/// A machine's device tree.
struct Machine(tempfile::TempDir);

/// A USB camera as it is plugged in.
#[derive(Clone, Copy)]
struct Usb {
    /// Bus number today, port.
    bus: u32,
    port: &'static str,
    model: &'static str,
    serial: &'static str,
}

const LOGI: Usb = Usb { bus: 1, port: "2", model: "082d", serial: "A1B2C3" };
const CHEAP: Usb = Usb { bus: 1, port: "3", model: "6366", serial: "" };

impl Machine {
    fn new() -> Machine {
        let machine = Machine(tempfile::tempdir().unwrap());
        fs::create_dir_all(machine.sys().join("class/video4linux")).unwrap();
        fs::create_dir_all(machine.sys().join("devices")).unwrap();
        machine
    }

    fn sys(&self) -> PathBuf {
        self.0.path().join("sys")
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.sys().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("{text}\n")).unwrap();
    }

    /// A node of the device at `path` under `devices`.
    fn node(&self, number: u32, path: &str, own: &str, card: &str) {
        let node = format!("devices/{path}/video4linux/video{number}");
        self.write(&format!("{node}/name"), card);
        self.write(&format!("{node}/index"), own);
        symlink(self.sys().join("devices").join(path), self.sys().join(&node).join("device")).unwrap();
        let class = self.sys().join(format!("class/video4linux/video{number}"));
        symlink(self.sys().join(&node), class).unwrap();
    }

    /// Plugs a camera in; it gets two nodes, as webcams do.
    fn plug(&self, number: u32, usb: Usb) {
        let Usb { bus, port, model, serial } = usb;
        let hub = format!("devices/pci0000:00/0000:00:14.0/usb{bus}");
        self.write(&format!("{hub}/version"), " 2.00");
        self.write(&format!("{hub}/idVendor"), "1d6b");
        self.write(&format!("{hub}/idProduct"), "0002");
        let device = format!("{hub}/{bus}-{port}");
        self.write(&format!("{device}/idVendor"), "046d");
        self.write(&format!("{device}/idProduct"), model);
        if !serial.is_empty() {
            self.write(&format!("{device}/serial"), serial);
        }
        let interface = format!("{device}/{bus}-{port}:1.0").trim_start_matches("devices/").to_owned();
        self.node(number, &interface, "0", "HD Webcam");
        self.node(number + 1, &interface, "1", "HD Webcam");
    }

    fn names(&self) -> BTreeMap<u32, Names> {
        all(Roots { sys: &self.sys(), dev: &self.0.path().join("dev") })
    }

    fn name(&self, number: u32) -> String {
        self.names()[&number].stable.clone()
    }
}

#[test]
fn a_camera_with_a_serial_number_is_the_same_in_another_port_and_under_another_number() {
    let (one, other) = (Machine::new(), Machine::new());
    one.plug(0, LOGI);
    other.plug(4, Usb { bus: 3, port: "1.4", ..LOGI });
    assert_eq!(one.name(0), "v4l:usb-046d:082d-A1B2C3");
    assert_eq!(other.name(4), one.name(0));
    assert_eq!(one.name(1), "v4l:usb-046d:082d-A1B2C3#1", "its second node is another");
}

#[test]
fn one_without_is_known_by_its_port_however_the_buses_are_numbered() {
    let (one, other, moved) = (Machine::new(), Machine::new(), Machine::new());
    one.plug(0, CHEAP);
    other.plug(2, Usb { bus: 2, ..CHEAP });
    moved.plug(0, Usb { port: "4", ..CHEAP });
    assert_eq!(one.name(0), "v4l:pci0000:00/0000:00:14.0/usb2-3:1.0");
    assert_eq!(other.name(2), one.name(0));
    assert_ne!(moved.name(0), one.name(0));
}

#[test]
fn two_equal_cameras_are_told_apart() {
    for serial in ["", "SN0001", "0000"] {
        let machine = Machine::new();
        let twin = Usb { serial, ..CHEAP };
        machine.plug(0, twin);
        machine.plug(2, Usb { port: "4", ..twin });
        let names = machine.names();
        let stable: std::collections::BTreeSet<&str> = names.values().map(|names| names.stable.as_str()).collect();
        assert_eq!(stable.len(), 4, "{stable:?}");
        // The other way round the next time.
        let swapped = Machine::new();
        swapped.plug(2, twin);
        swapped.plug(0, Usb { port: "4", ..twin });
        assert_eq!((swapped.name(2), swapped.name(0)), (machine.name(0), machine.name(2)));
    }
}

#[test]
fn the_name_from_before_an_equal_camera_came_still_means_one() {
    let machine = Machine::new();
    machine.plug(0, LOGI);
    let before = machine.name(0);
    machine.plug(2, Usb { port: "7", ..LOGI });
    assert_ne!(machine.name(0), before);
    assert_eq!(number_of(&machine.names(), &before), Some(0));
}

#[test]
fn cameras_that_are_no_devices_are_known_by_what_they_call_themselves() {
    let machine = Machine::new();
    machine.write("class/video4linux/video7/name", "OBS Virtual Camera");
    assert_eq!(machine.name(7), "v4l:named-OBS_Virtual_Camera");
    machine.write("class/video4linux/video9/name", "OBS Virtual Camera");
    assert_ne!(machine.name(7), machine.name(9));
}

#[test]
fn a_driver_without_a_bus_is_known_by_its_place() {
    let machine = Machine::new();
    machine.node(0, "platform/vivid.0", "0", "vivid");
    machine.node(1, "platform/vivid.1", "0", "vivid");
    assert_eq!((machine.name(0), machine.name(1)), ("v4l:platform/vivid.0".into(), "v4l:platform/vivid.1".into()));
    // Several cameras of one device, each the first of its own.
    let machine = Machine::new();
    machine.node(0, "platform/vivid.0", "0", "vivid-000");
    machine.node(1, "platform/vivid.0", "0", "vivid-001");
    machine.node(2, "platform/vivid.0", "0", "vivid-001");
    let names = [0, 1, 2].map(|number| machine.name(number));
    assert_eq!(names[0], "v4l:platform/vivid.0@vivid-000");
    assert_eq!(names[1..], ["v4l:platform/vivid.0@video1", "v4l:platform/vivid.0@video2"]);
}

#[test]
fn links_of_udev_and_paths_are_understood() {
    let machine = Machine::new();
    machine.plug(0, LOGI);
    let dev = machine.0.path().join("dev");
    fs::create_dir_all(dev.join("v4l/by-id")).unwrap();
    fs::write(dev.join("video0"), "").unwrap();
    symlink("../../video0", dev.join("v4l/by-id/usb-Logi_A1B2C3-video-index0")).unwrap();
    let names = machine.names();
    for name in ["v4l:usb-Logi_A1B2C3-video-index0", "v4l:pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0", &machine.name(0)] {
        assert_eq!(number_of(&names, name), Some(0), "{name}");
    }
    assert_eq!(number_of(&names, "v4l:video0"), None);
}

#[test]
fn a_tree_that_makes_no_sense_gives_names_all_the_same() {
    let machine = Machine::new();
    machine.write("class/video4linux/video3/index", "");
    machine.write("class/video4linux/videoX/name", "no number");
    fs::create_dir_all(machine.sys().join("class/video4linux/video5")).unwrap();
    symlink("/nowhere", machine.sys().join("class/video4linux/video5/device")).unwrap();
    let names = machine.names();
    assert_eq!(names.keys().copied().collect::<Vec<_>>(), [3, 5]);
    assert!(names.values().all(|names| names.stable.starts_with("v4l:named-video")));
    assert!(all(Roots { sys: Path::new("/nowhere"), dev: Path::new("/nowhere") }).is_empty());
}
