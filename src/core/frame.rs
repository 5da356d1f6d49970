//! A picture or a block of sound on its way from a device to a screen or a file, as the device gave it. Colour is converted
//! on the GPU (screen) or in the encoder's pipeline (file), never here.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::time::{Moment, Rate};

/// How the bytes of a frame are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pixels {
    /// 4:2:0, a luma plane, then one plane of interleaved Cb Cr at half size.
    Nv12,
    /// 4:2:0, three planes Y, Cb, Cr.
    I420,
    /// 4:2:2 packed: Y0 Cb Y1 Cr.
    Yuyv,
    /// One JPEG picture.
    Mjpeg,
    /// Packed R G B A, full range, sRGB, not premultiplied.
    Rgba,
    /// Packed B G R and a byte that means nothing, full range, sRGB: a screen's own pixels.
    Bgrx,
}

/// The matrix between YCbCr and RGB. Ignored for `Rgba` and `Bgrx`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Matrix {
    /// ITU-R BT.601: webcams below HD and all MJPEG (JFIF).
    Bt601,
    /// ITU-R BT.709: HD.
    #[default]
    Bt709,
}

/// What every frame of one source has in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct VideoFormat {
    pub width: u32,
    pub height: u32,
    pub rate: Rate,
    pub pixels: Pixels,
    pub matrix: Matrix,
    /// Luma 0–255 (JFIF) instead of 16–235.
    pub full_range: bool,
}

impl VideoFormat {
    /// Bytes of one tightly packed frame; `None` for MJPEG, whose frames vary. Odd sizes round chroma up.
    pub fn frame_bytes(&self) -> Option<usize> {
        let (w, h) = (self.width as usize, self.height as usize);
        let (cw, ch) = (w.div_ceil(2), h.div_ceil(2));
        match self.pixels {
            Pixels::Nv12 | Pixels::I420 => Some(w * h + 2 * cw * ch),
            Pixels::Yuyv => Some(cw * 4 * h),
            Pixels::Rgba | Pixels::Bgrx => Some(w * h * 4),
            Pixels::Mjpeg => None,
        }
    }
}

/// One picture. Planes are tightly packed in the order of `Pixels`. Cloning shares the bytes.
#[derive(Clone, Debug)]
pub struct Frame {
    pub format: VideoFormat,
    pub data: Bytes,
    /// When it was taken, on the monotonic clock.
    pub stamp: Moment,
    /// Counts up by one per frame of its source; a gap means frames the source lost.
    pub number: u64,
}

impl Frame {
    /// A picture of nothing, which only has its time: what a file without pictures shows.
    pub fn empty(stamp: Moment) -> Frame {
        let format = VideoFormat {
            width: 0,
            height: 0,
            rate: Rate { num: 0, den: 1 },
            pixels: Pixels::I420,
            matrix: Matrix::default(),
            full_range: false,
        };
        Frame { format, data: Bytes::new(), stamp, number: 0 }
    }

    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }
}

/// What every block of one microphone has in common. Samples are interleaved `f32`, −1 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AudioFormat {
    pub sample_rate: u32,
    pub channels: u16,
}

/// A block of sound.
#[derive(Clone, Debug)]
pub struct AudioBlock {
    pub format: AudioFormat,
    /// Interleaved samples, a whole number of audio frames.
    pub samples: Vec<f32>,
    /// When its first sample was taken, on the monotonic clock.
    pub stamp: Moment,
}

impl AudioBlock {
    /// Audio frames (samples per channel) in the block.
    pub fn frames(&self) -> usize {
        self.samples.len() / usize::from(self.format.channels.max(1))
    }
}

/// A decoded still, sRGB, R G B A, tightly packed.
#[derive(Clone, Debug)]
pub struct Still {
    pub width: u32,
    pub height: u32,
    pub rgba: Bytes,
}
