//! Walks a media file and shows everything in it: each picture's luma and all the sound, as fast as they decode. The
//! self-test and the tests read takes back through it, so it reports true times and hides nothing that is there.

use std::path::Path;

use gstreamer as gst;
use gstreamer_video as gst_video;
use gstreamer_video::VideoFrameExt;

use super::decode::{Decoding, Item, Want, stream_time};
use super::error::Error;
use super::frames::{audio_caps, format_of, samples_of};
use crate::core::frame::{AudioFormat, VideoFormat};
use crate::core::time::SECOND;

/// Rate of the sound given to `on_sound`.
pub const SAMPLE_RATE: u32 = 48_000;

/// One decoded picture.
#[derive(Clone, Copy, Debug)]
pub struct Picture<'a> {
    /// When it is shown, in nanoseconds from the file's start.
    pub pts: u64,
    /// As decoded; matrix and range as the file tells them.
    pub format: VideoFormat,
    pub width: u32,
    pub height: u32,
    /// Bytes from one line to the next in `luma`.
    pub stride: usize,
    /// The luma plane, `height` lines.
    pub luma: &'a [u8],
}

/// A stretch of decoded sound.
#[derive(Clone, Copy, Debug)]
pub struct Sound<'a> {
    /// When its first sample is heard, in nanoseconds from the file's start.
    pub pts: u64,
    /// All channels averaged into one, at `SAMPLE_RATE`.
    pub samples: &'a [f32],
}

/// What the file held.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Totals {
    pub video_frames: u64,
    /// Samples at `SAMPLE_RATE`.
    pub sound_samples: u64,
    /// End of the last picture or sound, whichever is later, in nanoseconds.
    pub nanos: u64,
    /// The codec's name in words, when the file has such a stream.
    pub video_codec: Option<String>,
    pub audio_codec: Option<String>,
}

/// Decodes `path` to its end.
///
/// Errors when it is missing, empty, no media, or breaks off in decoding; what was decoded until then has been shown.
/// A file that merely ends early (its program was killed) is no error.
pub fn inspect(path: &Path, mut on_picture: impl FnMut(Picture), mut on_sound: impl FnMut(Sound)) -> Result<Totals, Error> {
    super::init()?;
    let pictures = gst::Caps::builder("video/x-raw").field("format", gst::List::new(["I420", "NV12"])).build();
    let sound = audio_caps(&AudioFormat { sample_rate: SAMPLE_RATE, channels: 1 });
    let decoding = Decoding::start(path, Want { video: Some(pictures), audio: Some(sound) })?;
    let mut totals = Totals::default();
    loop {
        match decoding.next() {
            Item::Picture(sample) => {
                if let Some(end) = show_picture(&sample, &mut on_picture) {
                    totals.video_frames += 1;
                    totals.nanos = totals.nanos.max(end);
                }
            }
            Item::Sound(sample) => {
                if let Some((count, end)) = show_sound(&sample, &mut on_sound) {
                    totals.sound_samples += count;
                    totals.nanos = totals.nanos.max(end);
                }
            }
            Item::VideoCodec(name) => totals.video_codec = Some(name),
            Item::AudioCodec(name) => totals.audio_codec = Some(name),
            Item::Failed(error) => return Err(error),
            Item::End if totals.video_frames == 0 && totals.sound_samples == 0 => {
                return Err(Error::NotMedia(path.to_owned()));
            }
            Item::End => return Ok(totals),
        }
    }
}

/// Gives a picture to the closure and returns when it ends.
fn show_picture(sample: &gst::Sample, on_picture: &mut impl FnMut(Picture)) -> Option<u64> {
    let info = gst_video::VideoInfo::from_caps(sample.caps()?).ok()?;
    let format = format_of(&info)?;
    let buffer = sample.buffer()?;
    let pts = stream_time(sample)?;
    let frame = gst_video::VideoFrameRef::from_buffer_ref_readable(buffer, &info).ok()?;
    let stride = usize::try_from(*frame.plane_stride().first()?).ok()?;
    let luma = frame.plane_data(0).ok()?;
    on_picture(Picture { pts, format, width: format.width, height: format.height, stride, luma });
    Some(pts + buffer.duration().map_or(0, gst::ClockTime::nseconds))
}

/// Gives sound to the closure and returns its length in samples and when it ends.
fn show_sound(sample: &gst::Sample, on_sound: &mut impl FnMut(Sound)) -> Option<(u64, u64)> {
    let pts = stream_time(sample)?;
    let map = sample.buffer()?.map_readable().ok()?;
    let samples = samples_of(&map);
    on_sound(Sound { pts, samples: &samples });
    let count = samples.len() as u64;
    Some((count, pts + count * SECOND / u64::from(SAMPLE_RATE)))
}
