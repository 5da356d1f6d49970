//! What Linux knows about a camera and nokhwa does not tell: a name that survives restarts (`names`), what can be set on it
//! (`controls`), whether a node is a camera at all (webcams have a second node for metadata), and the rows and colours of
//! the format that was set. Structures and numbers as in the kernel's `videodev2.h`.

pub mod controls;
pub mod names;

use std::fs::{self, File};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use rustix::ioctl::{Getter, Updater, ioctl, opcode};

use crate::core::frame::Matrix;

/// How rows lie in memory and what their numbers mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Bytes from one row of the first plane to the next.
    pub row_bytes: usize,
    pub matrix: Matrix,
    pub full_range: bool,
}

/// `struct v4l2_capability`.
#[repr(C)]
struct Capability {
    driver: [u8; 16],
    card: [u8; 32],
    bus_info: [u8; 32],
    version: u32,
    capabilities: u32,
    device_caps: u32,
    reserved: [u32; 3],
}

/// `struct v4l2_format` with `struct v4l2_pix_format` in its union, which holds pointers and is aligned for them.
#[repr(C, align(8))]
struct Format {
    kind: u32,
    #[cfg(target_pointer_width = "64")]
    padding: u32,
    width: u32,
    height: u32,
    pixel_format: u32,
    field: u32,
    bytes_per_line: u32,
    size_image: u32,
    colorspace: u32,
    private: u32,
    flags: u32,
    ycbcr_encoding: u32,
    quantization: u32,
    transfer: u32,
    rest: [u32; 38],
}

const CAPTURE: u32 = 1;
const HAS_DEVICE_CAPS: u32 = 0x8000_0000;
const BUFFER_CAPTURE: u32 = 1;
const COLORSPACE_REC709: u32 = 3;
const COLORSPACE_JPEG: u32 = 7;
const ENCODING_DEFAULT: u32 = 0;
const ENCODING_709: [u32; 2] = [2, 4];
const QUANTIZATION_DEFAULT: u32 = 0;
const QUANTIZATION_FULL: u32 = 1;

/// Whether the node gives pictures. A node that cannot be asked (no permission) is taken for a camera when it is its
/// device's first, so that the person learns why it does not work.
pub fn is_camera(index: u32) -> bool {
    let Ok(file) = File::open(node(index)) else {
        return fs::read_to_string(sys_file(index, "index")).is_ok_and(|own| own.trim() == "0");
    };
    // SAFETY: the number is VIDIOC_QUERYCAP's, which fills one `Capability`, a structure of plain integers.
    let caps = unsafe { ioctl(file.as_fd(), Getter::<{ opcode::read::<Capability>(b'V', 0) }, Capability>::new()) };
    caps.is_ok_and(|caps| {
        let own = if caps.capabilities & HAS_DEVICE_CAPS != 0 { caps.device_caps } else { caps.capabilities };
        own & CAPTURE != 0
    })
}

/// The layout of the format that is set; `None` when the node does not tell.
pub fn layout(index: u32) -> Option<Layout> {
    let file = File::open(node(index)).ok()?;
    let mut format = Format::ask();
    // SAFETY: the number is VIDIOC_G_FMT's, which reads `kind` and fills the rest of one `Format`, all plain integers.
    unsafe { ioctl(file.as_fd(), Updater::<{ opcode::read_write::<Format>(b'V', 4) }, Format>::new(&mut format)) }.ok()?;
    Some(format.layout())
}

impl Format {
    fn ask() -> Format {
        Format {
            kind: BUFFER_CAPTURE,
            #[cfg(target_pointer_width = "64")]
            padding: 0,
            width: 0,
            height: 0,
            pixel_format: 0,
            field: 0,
            bytes_per_line: 0,
            size_image: 0,
            colorspace: 0,
            private: 0,
            flags: 0,
            ycbcr_encoding: 0,
            quantization: 0,
            transfer: 0,
            rest: [0; 38],
        }
    }

    /// Defaults as the header's `V4L2_MAP_YCBCR_ENC_DEFAULT` and `V4L2_MAP_QUANTIZATION_DEFAULT`: sRGB webcams are BT.601.
    fn layout(&self) -> Layout {
        let rec709 = match self.ycbcr_encoding {
            ENCODING_DEFAULT => self.colorspace == COLORSPACE_REC709,
            encoding => ENCODING_709.contains(&encoding),
        };
        let full_range = match self.quantization {
            QUANTIZATION_DEFAULT => self.colorspace == COLORSPACE_JPEG,
            quantization => quantization == QUANTIZATION_FULL,
        };
        let matrix = if rec709 { Matrix::Bt709 } else { Matrix::Bt601 };
        Layout { row_bytes: self.bytes_per_line as usize, matrix, full_range }
    }
}

fn node(index: u32) -> PathBuf {
    Path::new("/dev").join(format!("video{index}"))
}

fn sys_file(index: u32, name: &str) -> PathBuf {
    Path::new("/sys/class/video4linux").join(format!("video{index}")).join(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sizes in the kernel's header: they are part of the numbers of the calls.
    #[test]
    fn structures_have_the_kernels_size() {
        assert_eq!(size_of::<Capability>(), 104);
        assert_eq!(size_of::<Format>(), if cfg!(target_pointer_width = "64") { 208 } else { 204 });
    }

    #[test]
    fn a_node_that_is_not_there_has_no_layout() {
        assert!(!is_camera(60_000));
        assert_eq!(layout(60_000), None);
    }

    #[test]
    fn colours_follow_the_headers_defaults() {
        let layout = |colorspace, ycbcr_encoding, quantization| {
            Format { colorspace, ycbcr_encoding, quantization, bytes_per_line: 1280, ..Format::ask() }.layout()
        };
        let of = |row: Layout| (row.matrix, row.full_range);
        assert_eq!(of(layout(8, 0, 0)), (Matrix::Bt601, false), "sRGB webcam");
        assert_eq!(of(layout(3, 0, 0)), (Matrix::Bt709, false), "HDMI grabber");
        assert_eq!(of(layout(8, 2, 1)), (Matrix::Bt709, true), "said outright");
        assert_eq!(of(layout(7, 0, 0)), (Matrix::Bt601, true), "JPEG");
    }
}
