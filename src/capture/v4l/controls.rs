//! Setting exposure, focus and the like through a handle of our own: V4L2 lets a second program do so while the camera
//! streams to the first. Structures and numbers as in the kernel's `videodev2.h` and `v4l2-controls.h`.
//!
//! Every answer of a driver is taken as a stranger's: ranges may be the wrong way round, menus endless, names not text, and
//! a control may be gone by the next call.

use std::fs::File;
use std::os::fd::AsFd;

use rustix::io::{Errno, Result};
use rustix::ioctl::{Updater, ioctl, opcode};

use super::node;
use crate::core::camera_controls::{CameraControl, KNOWN, Known, Shape};

/// `struct v4l2_queryctrl`.
#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Query {
    id: u32,
    kind: u32,
    name: [u8; 32],
    minimum: i32,
    maximum: i32,
    step: i32,
    default: i32,
    flags: u32,
    reserved: [u32; 2],
}

/// `struct v4l2_querymenu`, which is packed; the name shares its place with a number.
#[repr(C)]
#[derive(Clone, Copy)]
struct Item {
    id: u32,
    index: u32,
    name: [u8; 32],
    reserved: u32,
}

/// `struct v4l2_control`.
#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Setting {
    id: u32,
    value: i32,
}

const INTEGER: u32 = 1;
const BOOLEAN: u32 = 2;
const MENU: u32 = 3;
const INTEGER_MENU: u32 = 9;
const DISABLED: u32 = 0x01;
const READ_ONLY: u32 = 0x04;
const INACTIVE: u32 = 0x10;
const WRITE_ONLY: u32 = 0x40;

/// `V4L2_EXPOSURE_MANUAL`; automatic is 0 or, with the aperture left alone, 3.
const MANUAL_EXPOSURE: i32 = 1;
const AUTOMATIC_EXPOSURE: [i32; 2] = [3, 0];
/// Menus longer than this are a driver's mistake.
const MAX_ITEMS: i32 = 64;

/// How a control of ours is one of the kernel's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Same,
    /// Ours is on when theirs is off.
    Opposite,
    /// Ours is a switch, theirs a menu of ways to expose.
    Exposure,
}

/// The kernel's number for a control, and how it is read.
fn of_kernel(known: &Known) -> Option<(u32, Way)> {
    const USER: u32 = 0x0098_0900;
    const CAMERA: u32 = 0x009a_0900;
    Some(match known.name {
        "brightness" => (USER, Way::Same),
        "contrast" => (USER + 1, Way::Same),
        "saturation" => (USER + 2, Way::Same),
        "hue" => (USER + 3, Way::Same),
        "auto_white_balance" => (USER + 12, Way::Same),
        "auto_gain" => (USER + 18, Way::Same),
        "gain" => (USER + 19, Way::Same),
        "power_line" => (USER + 24, Way::Same),
        "white_balance" => (USER + 26, Way::Same),
        "sharpness" => (USER + 27, Way::Same),
        "backlight" => (USER + 28, Way::Same),
        "auto_exposure" => (CAMERA + 1, Way::Exposure),
        "exposure_time" => (CAMERA + 2, Way::Same),
        "steady_rate" => (CAMERA + 3, Way::Opposite),
        "focus" => (CAMERA + 10, Way::Same),
        "auto_focus" => (CAMERA + 12, Way::Same),
        "zoom" => (CAMERA + 13, Way::Same),
        _ => return None,
    })
}

/// What can be set on the camera now, in the order of `KNOWN`.
pub fn list(index: u32) -> std::io::Result<Vec<CameraControl>> {
    let file = File::open(node(index))?;
    Ok(KNOWN.iter().filter_map(|known| read(&file, known)).collect())
}

/// Sets one control to the nearest value it takes.
pub fn set(index: u32, known: &'static Known, value: i64) -> std::io::Result<()> {
    let file = File::open(node(index))?;
    let (id, way) = of_kernel(known).ok_or(Errno::INVAL)?;
    let control = read(&file, known).ok_or(Errno::INVAL)?;
    let value = control.fitting(value);
    let raw = match way {
        Way::Same => i32::try_from(value).map_err(|_| Errno::RANGE)?,
        Way::Opposite => i32::from(value == 0),
        Way::Exposure if value == 0 => MANUAL_EXPOSURE,
        Way::Exposure => automatic_exposure(&file, &query(&file, id)?),
    };
    Ok(assign(&file, id, raw)?)
}

/// The control as it is; `None` when this camera has none of that kind or does not let it be read and set.
fn read(file: &File, known: &'static Known) -> Option<CameraControl> {
    let (id, way) = of_kernel(known)?;
    let query = query(file, id).ok()?;
    if query.flags & (DISABLED | READ_ONLY | WRITE_ONLY) != 0 {
        return None;
    }
    let value = value(file, id).unwrap_or(query.default);
    let shape = shape(file, &query, way)?;
    let ours = |raw: i32| match way {
        Way::Same => i64::from(raw),
        Way::Opposite => i64::from(raw == 0),
        Way::Exposure => i64::from(AUTOMATIC_EXPOSURE.contains(&raw)),
    };
    Some(CameraControl { known, shape, value: ours(value), default: ours(query.default), idle: query.flags & INACTIVE != 0 })
}

fn shape(file: &File, query: &Query, way: Way) -> Option<Shape> {
    if way != Way::Same {
        return Some(Shape::Switch);
    }
    match query.kind {
        BOOLEAN => Some(Shape::Switch),
        INTEGER if query.minimum < query.maximum => Some(Shape::Number {
            low: i64::from(query.minimum),
            high: i64::from(query.maximum),
            step: i64::from(query.step.max(1)),
        }),
        MENU | INTEGER_MENU => {
            let items = menu(file, query);
            (items.len() > 1).then_some(Shape::Menu(items))
        }
        _ => None,
    }
}

/// A menu's items; numbers in between may be missing.
fn menu(file: &File, query: &Query) -> Vec<(i64, String)> {
    let (first, last) = (query.minimum.max(0), query.maximum.min(query.minimum.saturating_add(MAX_ITEMS)));
    let items = (first..=last).filter_map(|at| Some((at, item(file, query.id, at.unsigned_abs()).ok()?)));
    let words = items.map(|(at, item)| {
        let text = match query.kind {
            INTEGER_MENU => i64::from_ne_bytes(*item.name.first_chunk::<8>().unwrap_or(&[0; 8])).to_string(),
            _ => text(&item.name),
        };
        (i64::from(at), text)
    });
    words.collect()
}

/// The automatic way this camera knows.
fn automatic_exposure(file: &File, query: &Query) -> i32 {
    let has = |way: &i32| item(file, query.id, way.unsigned_abs()).is_ok();
    let usual = Some(query.default).filter(|default| AUTOMATIC_EXPOSURE.contains(default));
    usual.or_else(|| AUTOMATIC_EXPOSURE.into_iter().find(has)).unwrap_or(AUTOMATIC_EXPOSURE[0])
}

/// Up to the first zero, whatever the bytes are.
fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).trim().to_owned()
}

fn query(file: &File, id: u32) -> Result<Query> {
    let mut query = Query { id, ..Query::default() };
    // SAFETY: the number is VIDIOC_QUERYCTRL's, which reads `id` and fills the rest of one `Query`, all plain integers.
    unsafe { ioctl(file.as_fd(), Updater::<{ opcode::read_write::<Query>(b'V', 36) }, Query>::new(&mut query)) }?;
    Ok(query)
}

fn item(file: &File, id: u32, index: u32) -> Result<Item> {
    let mut item = Item { id, index, name: [0; 32], reserved: 0 };
    // SAFETY: the number is VIDIOC_QUERYMENU's, which reads `id` and `index` and fills the rest of one `Item`.
    unsafe { ioctl(file.as_fd(), Updater::<{ opcode::read_write::<Item>(b'V', 37) }, Item>::new(&mut item)) }?;
    Ok(item)
}

fn value(file: &File, id: u32) -> Result<i32> {
    let mut setting = Setting { id, value: 0 };
    // SAFETY: the number is VIDIOC_G_CTRL's, which reads `id` and fills `value` of one `Setting`.
    unsafe { ioctl(file.as_fd(), Updater::<{ opcode::read_write::<Setting>(b'V', 27) }, Setting>::new(&mut setting)) }?;
    Ok(setting.value)
}

fn assign(file: &File, id: u32, value: i32) -> Result<()> {
    let mut setting = Setting { id, value };
    // SAFETY: the number is VIDIOC_S_CTRL's, which reads and may correct one `Setting`.
    unsafe { ioctl(file.as_fd(), Updater::<{ opcode::read_write::<Setting>(b'V', 28) }, Setting>::new(&mut setting)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sizes in the kernel's header: they are part of the numbers of the calls.
    #[test]
    fn structures_have_the_kernels_size() {
        assert_eq!((size_of::<Query>(), size_of::<Item>(), size_of::<Setting>()), (68, 44, 8));
    }

    #[test]
    fn every_known_control_has_a_number_of_the_kernels_and_no_two_the_same() {
        let mut numbers: Vec<u32> = KNOWN.iter().map(|known| of_kernel(known).expect(known.name).0).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), KNOWN.len());
    }

    #[test]
    fn a_camera_that_is_not_there_or_no_camera_is_an_error() {
        assert!(list(60_000).is_err());
        assert!(set(60_000, &KNOWN[0], 1).is_err());
        let no_camera = File::open("/dev/null").unwrap();
        assert!(KNOWN.iter().all(|known| read(&no_camera, known).is_none()));
    }

    #[test]
    fn names_of_drivers_end_at_the_zero() {
        assert_eq!(text(b"50 Hz\0rubbish"), "50 Hz");
        assert_eq!(text(&[0xFF, b'a']), "\u{FFFD}a");
    }
}
