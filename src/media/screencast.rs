//! Pictures of a screen that the desktop gives as a PipeWire stream.
//!
//! ```text
//! pipewiresrc ─ videoconvert ─ pictures (appsink) ─> the caller
//! ```
//!
//! A stream gives a picture when something changes. Each is stamped when it arrives, some milliseconds after it was drawn:
//! desktops do not agree on what their own stamps mean.

use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use bytes::Bytes;
use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;
use gstreamer_video as gst_video;
use gstreamer_video::VideoFrameExt;

use super::elements::{chain, discard, make, set};
use super::error::Error;
use crate::clock;
use crate::core::frame::{Frame, Matrix, Pixels, VideoFormat};
use crate::core::time::Rate;

/// The element, and what is missing without it.
pub const ELEMENT: &str = "pipewiresrc";

/// How often the thread looks whether it is to end.
const LOOK_EVERY_MS: u64 = 100;

const BYTES_PER_PIXEL: usize = 4;

/// A stream that gives pictures. Dropping it ends that, without waiting.
#[derive(Debug)]
pub struct Screencast {
    /// Closing it ends the thread.
    _running: Sender<()>,
}

/// Reads the stream `node` of the PipeWire server at `remote`. Pictures are at most `rate` a second; `on_frame` must not block.
/// `on_lost` is told once, in words, when the stream has ended.
pub fn start(
    remote: OwnedFd,
    node: u32,
    rate: Rate,
    mut on_frame: impl FnMut(Frame) + Send + 'static,
    on_lost: impl FnOnce(String) + Send + 'static,
) -> Result<Screencast, Error> {
    super::init()?;
    let source = make(ELEMENT, "source")?;
    set(&source, "fd", &remote.as_raw_fd().to_string())?;
    set(&source, "path", &node.to_string())?;
    let caps = gst::Caps::builder("video/x-raw").field("format", "BGRx").build();
    let pictures = gst_app::AppSink::builder().name("pictures").caps(&caps).sync(false).max_buffers(1).drop(true).build();
    let least = rate.frame_nanos() / 2;
    let (mut number, mut newest) = (0, None);
    let on_sample = move |sink: &gst_app::AppSink| {
        let stamp = clock::now();
        let sample = sink.pull_sample().map_err(|_| gst::FlowError::Eos)?;
        // A screen of 144 pictures a second is recorded at the take's rate.
        if newest.is_none_or(|newest| stamp.since(newest) >= least)
            && let Some((format, data)) = picture(&sample, rate)
        {
            on_frame(Frame { format, data, stamp, number });
            (number, newest) = (number + 1, Some(stamp));
        }
        Ok(gst::FlowSuccess::Ok)
    };
    pictures.set_callbacks(gst_app::AppSinkCallbacks::builder().new_sample(on_sample).build());
    let pipeline = gst::Pipeline::builder().name("screencast").build();
    chain(&pipeline, &[source, make("videoconvert", "convert")?, pictures.upcast()])?;
    let (running, end) = channel();
    let body = move || {
        // A failure to start is on the bus, with its reason.
        let _ = pipeline.set_state(gst::State::Playing);
        let lost = watch(&pipeline, &end);
        discard(pipeline);
        // The stream must not outlive the connection it came by.
        drop(remote);
        if let Some(lost) = lost {
            on_lost(lost);
        }
    };
    std::thread::Builder::new().name("screencast".into()).spawn(body).map_err(|error| Error::build("screencast", error))?;
    Ok(Screencast { _running: running })
}

/// Waits for the end; why, when it was not asked for.
fn watch(pipeline: &gst::Pipeline, end: &Receiver<()>) -> Option<String> {
    let bus = pipeline.bus()?;
    while end.recv_timeout(Duration::ZERO) == Err(RecvTimeoutError::Timeout) {
        let message = bus.timed_pop_filtered(
            gst::ClockTime::from_mseconds(LOOK_EVERY_MS),
            &[gst::MessageType::Error, gst::MessageType::Eos],
        );
        match message.as_ref().map(|message| message.view()) {
            Some(gst::MessageView::Error(error)) => return Some(error.error().message().to_owned()),
            Some(_) => return Some("the desktop ended it".to_owned()),
            None => {}
        }
    }
    None
}

/// A sample's pixels, rows tightly packed, sides even.
fn picture(sample: &gst::Sample, rate: Rate) -> Option<(VideoFormat, Bytes)> {
    let info = gst_video::VideoInfo::from_caps(sample.caps()?).ok()?;
    let frame = gst_video::VideoFrameRef::from_buffer_ref_readable(sample.buffer()?, &info).ok()?;
    let (width, height) = (info.width() / 2 * 2, info.height() / 2 * 2);
    let stride = usize::try_from(*frame.plane_stride().first()?).ok()?;
    let line = width as usize * BYTES_PER_PIXEL;
    let rows = frame.plane_data(0).ok()?;
    let mut data = Vec::with_capacity(line * height as usize);
    for row in rows.chunks(stride.max(1)).take(height as usize) {
        data.extend_from_slice(row.get(..line)?);
    }
    let whole = data.len() == line * height as usize && !data.is_empty();
    let format = VideoFormat { width, height, rate, pixels: Pixels::Bgrx, matrix: Matrix::Bt709, full_range: true };
    whole.then(|| (format, data.into()))
}
