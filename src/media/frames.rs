//! Frames on their way into and out of GStreamer. Ours are tightly packed; GStreamer rounds its lines up to four bytes and
//! decoders pad them further, so each buffer says how its planes lie, and bytes are copied only where they must be.

use std::borrow::Cow;

use bytes::Bytes;
use gstreamer as gst;
use gstreamer_video as gst_video;
use gstreamer_video::VideoFrameExt;

use super::error::Error;
use crate::core::frame::{AudioFormat, Frame, Matrix, Pixels, VideoFormat};
use crate::core::time::{Moment, Rate};

/// Largest side that is accepted; H.264 level 6.2 ends at 8192 too.
const MAX_SIDE: u32 = 16_384;

/// The caps of a source of such frames: size, rate, layout and colour.
pub(super) fn video_caps(format: &VideoFormat) -> Result<gst::Caps, Error> {
    let wrong = || Error::Format { width: format.width, height: format.height, rate: format.rate.to_string() };
    let (num, den) = match (i32::try_from(format.rate.num), i32::try_from(format.rate.den)) {
        (Ok(num), Ok(den)) if num > 0 && den > 0 => (num, den),
        _ => return Err(wrong()),
    };
    if format.width == 0 || format.height == 0 || format.width > MAX_SIDE || format.height > MAX_SIDE {
        return Err(wrong());
    }
    let fps = gst::Fraction::new(num, den);
    let Some(pixels) = raw_format(format.pixels) else {
        return Ok(gst::Caps::builder("image/jpeg")
            .field("width", format.width as i32)
            .field("height", format.height as i32)
            .field("framerate", fps)
            .build());
    };
    let info = gst_video::VideoInfo::builder(pixels, format.width, format.height)
        .fps(fps)
        .colorimetry(&colorimetry(format).ok_or_else(wrong)?)
        .build()
        .map_err(|_| wrong())?;
    info.to_caps().map_err(|_| wrong())
}

/// 4:2:0, which every H.264 player shows. Without it a converter keeps 4:2:2 or 4:4:4, which hardware players do not.
/// RGB is turned into BT.709, limited range; YCbCr keeps its colour.
pub(super) fn encoder_caps(format: &VideoFormat) -> gst::Caps {
    let caps = gst::Caps::builder("video/x-raw").field("format", gst::List::new(["I420", "NV12"]));
    match format.pixels {
        Pixels::Rgba | Pixels::Bgrx => caps.field("colorimetry", "bt709").build(),
        _ => caps.build(),
    }
}

pub(super) fn audio_caps(format: &AudioFormat) -> gst::Caps {
    gst::Caps::builder("audio/x-raw")
        .field("format", if cfg!(target_endian = "little") { "F32LE" } else { "F32BE" })
        .field("layout", "interleaved")
        .field("rate", format.sample_rate as i32)
        .field("channels", i32::from(format.channels))
        .build()
}

/// The `f32` samples of a mapped buffer; copied only when they are not aligned.
pub(super) fn samples_of(bytes: &[u8]) -> Cow<'_, [f32]> {
    match bytemuck::try_cast_slice(bytes) {
        Ok(samples) => Cow::Borrowed(samples),
        Err(_) => {
            let (whole, _) = bytes.as_chunks::<4>();
            Cow::Owned(whole.iter().map(|bytes| f32::from_ne_bytes(*bytes)).collect())
        }
    }
}

/// The frame as a buffer that shares its bytes; `None` when they are fewer than the format needs.
pub(super) fn wrap(frame: &Frame) -> Option<gst::Buffer> {
    let format = &frame.format;
    let Some((pixels, needed)) = raw_format(format.pixels).zip(format.frame_bytes()) else {
        return (!frame.data.is_empty()).then(|| gst::Buffer::from_slice(frame.data.clone()));
    };
    if frame.data.len() < needed {
        return None;
    }
    let mut buffer = gst::Buffer::from_slice(frame.data.slice(..needed));
    let (offsets, strides) = tight_planes(format);
    gst_video::VideoMeta::add_full(
        buffer.get_mut()?,
        gst_video::VideoFrameFlags::empty(),
        pixels,
        format.width,
        format.height,
        &offsets,
        &strides,
    )
    .ok()?;
    Some(buffer)
}

/// A decoded NV12 or I420 sample as a frame of ours, lines tightly packed. Bytes are shared when they lie like that already.
pub(super) fn unwrap(sample: &gst::Sample, stamp: Moment, number: u64) -> Option<Frame> {
    let info = gst_video::VideoInfo::from_caps(sample.caps()?).ok()?;
    let format = format_of(&info)?;
    let buffer = sample.buffer_owned()?;
    let needed = format.frame_bytes()?;
    let mapped = gst_video::VideoFrame::from_buffer_readable(buffer, &info).ok()?;
    let (offsets, strides) = tight_planes(&format);
    let planes = offsets.len();
    let tight = mapped.buffer().n_memory() == 1
        && mapped.buffer().size() >= needed
        && mapped.plane_offset().get(..planes) == Some(&offsets[..])
        && mapped.plane_stride().get(..planes) == Some(&strides[..]);
    if tight {
        let shared = mapped.into_buffer().into_mapped_buffer_readable().ok()?;
        let data = Bytes::from_owner(Shared(shared)).slice(..needed);
        return Some(Frame { format, data, stamp, number });
    }
    let mut packed = Vec::with_capacity(needed);
    for plane in 0..planes {
        let (line, lines) = plane_size(&format, plane);
        let stride = usize::try_from(*mapped.plane_stride().get(plane)?).ok()?;
        let data = mapped.plane_data(plane as u32).ok()?;
        for row in data.chunks(stride.max(1)).take(lines) {
            packed.extend_from_slice(row.get(..line)?);
        }
    }
    (packed.len() == needed).then(|| Frame { format, data: packed.into(), stamp, number })
}

/// What a decoded stream's caps say in our words; `None` for layouts other than NV12 and I420.
pub(super) fn format_of(info: &gst_video::VideoInfo) -> Option<VideoFormat> {
    let pixels = match info.format() {
        gst_video::VideoFormat::Nv12 => Pixels::Nv12,
        gst_video::VideoFormat::I420 => Pixels::I420,
        _ => return None,
    };
    let fps = info.fps();
    let rate = Rate { num: u32::try_from(fps.numer()).ok()?, den: u32::try_from(fps.denom()).ok()? };
    let colour = info.colorimetry();
    let matrix = match colour.matrix() {
        gst_video::VideoColorMatrix::Bt601 | gst_video::VideoColorMatrix::Fcc => Matrix::Bt601,
        _ => Matrix::Bt709,
    };
    let full_range = colour.range() == gst_video::VideoColorRange::Range0_255;
    Some(VideoFormat { width: info.width(), height: info.height(), rate, pixels, matrix, full_range })
}

/// Lets a mapped buffer own the bytes of a frame.
struct Shared(gst::MappedBuffer<gst::buffer::Readable>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        self.0.as_slice()
    }
}

fn raw_format(pixels: Pixels) -> Option<gst_video::VideoFormat> {
    match pixels {
        Pixels::Nv12 => Some(gst_video::VideoFormat::Nv12),
        Pixels::I420 => Some(gst_video::VideoFormat::I420),
        Pixels::Yuyv => Some(gst_video::VideoFormat::Yuy2),
        Pixels::Rgba => Some(gst_video::VideoFormat::Rgba),
        Pixels::Bgrx => Some(gst_video::VideoFormat::Bgrx),
        Pixels::Mjpeg => None,
    }
}

/// As GStreamer writes colour: a name, or range:matrix:transfer:primaries by number. Transfer and primaries follow the
/// matrix; RGB is sRGB (IEC 61966-2-1), whose primaries are those of BT.709.
fn colorimetry(format: &VideoFormat) -> Option<gst_video::VideoColorimetry> {
    let text = match (format.pixels, format.matrix, format.full_range) {
        (Pixels::Rgba | Pixels::Bgrx, _, _) => "sRGB",
        (_, Matrix::Bt601, false) => "bt601",
        (_, Matrix::Bt709, false) => "bt709",
        (_, Matrix::Bt601, true) => "1:4:16:4",
        (_, Matrix::Bt709, true) => "1:3:5:1",
    };
    text.parse().ok()
}

/// Bytes of a line and number of lines of one plane, tightly packed.
fn plane_size(format: &VideoFormat, plane: usize) -> (usize, usize) {
    let (w, h) = (format.width as usize, format.height as usize);
    let (cw, ch) = (w.div_ceil(2), h.div_ceil(2));
    match (format.pixels, plane) {
        (Pixels::Nv12 | Pixels::I420, 0) => (w, h),
        (Pixels::Nv12, _) => (2 * cw, ch),
        (Pixels::I420, _) => (cw, ch),
        (Pixels::Yuyv, _) => (4 * cw, h),
        (Pixels::Rgba | Pixels::Bgrx, _) => (4 * w, h),
        (Pixels::Mjpeg, _) => (0, 0),
    }
}

/// Where each plane begins and how long its lines are.
fn tight_planes(format: &VideoFormat) -> (Vec<usize>, Vec<i32>) {
    let planes = match format.pixels {
        Pixels::Nv12 => 2,
        Pixels::I420 => 3,
        Pixels::Yuyv | Pixels::Rgba | Pixels::Bgrx => 1,
        Pixels::Mjpeg => 0,
    };
    let mut offset = 0;
    (0..planes)
        .map(|plane| {
            let (line, lines) = plane_size(format, plane);
            let begins = offset;
            offset += line * lines;
            (begins, line as i32)
        })
        .unzip()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(width: u32, height: u32, pixels: Pixels) -> VideoFormat {
        VideoFormat { width, height, rate: Rate::whole(30), pixels, matrix: Matrix::Bt601, full_range: true }
    }

    #[test]
    fn frames_go_in_and_come_out_unchanged_at_awkward_sizes() {
        super::super::init().unwrap();
        for (width, height) in [(64, 48), (66, 50), (35, 21)] {
            for pixels in [Pixels::Nv12, Pixels::I420] {
                let format = format(width, height, pixels);
                let data: Vec<u8> = (0..format.frame_bytes().unwrap()).map(|i| (i % 251) as u8).collect();
                let frame = Frame { format, data: data.into(), stamp: Moment(5), number: 7 };
                let buffer = wrap(&frame).unwrap();
                let sample = gst::Sample::builder().buffer(&buffer).caps(&video_caps(&format).unwrap()).build();
                let back = unwrap(&sample, Moment(5), 7).unwrap();
                assert_eq!(back.format, format);
                assert_eq!(back.data, frame.data, "{width}×{height} {pixels:?}");
            }
        }
    }

    #[test]
    fn padded_lines_are_packed() {
        super::super::init().unwrap();
        // GStreamer's own layout for 35 pixels has lines of 36 bytes.
        let format = format(35, 21, Pixels::I420);
        let info = gst_video::VideoInfo::from_caps(&video_caps(&format).unwrap()).unwrap();
        let mut bytes = vec![0u8; info.size()];
        bytes[36] = 9;
        let buffer = gst::Buffer::from_mut_slice(bytes);
        let sample = gst::Sample::builder().buffer(&buffer).caps(&info.to_caps().unwrap()).build();
        let frame = unwrap(&sample, Moment(0), 0).unwrap();
        assert_eq!(frame.data.len(), format.frame_bytes().unwrap());
        assert_eq!(frame.data[35], 9);
    }

    #[test]
    fn short_frames_and_impossible_formats_are_refused() {
        super::super::init().unwrap();
        let fine = format(64, 48, Pixels::Nv12);
        let short = Frame { format: fine, data: Bytes::from_static(&[0; 9]), stamp: Moment(0), number: 0 };
        assert!(wrap(&short).is_none());
        assert!(video_caps(&VideoFormat { width: 0, ..fine }).is_err());
        assert!(video_caps(&VideoFormat { rate: Rate { num: 0, den: 0 }, ..fine }).is_err());
    }
}
