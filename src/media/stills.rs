//! Single pictures out of a film, small and upright, at given times: for tiles and for scrubbing.
//!
//! ```text
//! filesrc ─ decodebin ─ videoconvert ─ videoflip (as the file says) ─ videoscale ─ videoconvert ─ appsink (paused; one picture a seek)
//! ```

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;
use gstreamer_video as gst_video;
use gstreamer_video::VideoFrameExt;

use super::decode::{Want, check, leave_out_unwanted};
use super::elements::{chain, chain_running, discard, make, pad};
use super::error::Error;
use crate::core::frame::Still;
use crate::core::time::SECOND;

/// A picture that does not come within this time never comes.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often it is looked whether somebody still wants it.
const LOOK_EVERY_MS: u64 = 50;

/// Times further apart than this are met by the nearest key picture: decoding up to the exact one costs more than it shows.
const NEAR_NANOS: u64 = 4 * SECOND;

/// The pictures of `path` at these times (nanoseconds), each at most `most.0` × `most.1`, in the film's own proportions. A time
/// that gives none is shown as the one before. `Cancelled` when `cancel` is set.
pub fn stills(path: &Path, times: &[u64], most: (u32, u32), cancel: &AtomicBool) -> Result<Vec<Still>, Error> {
    super::init()?;
    check(path)?;
    let film = Film::open(path, most)?;
    let mut stills: Vec<Still> = Vec::new();
    // The first picture tells that there is one at all.
    let first = film.picture(path, cancel)?;
    let gap = times.windows(2).map(|pair| pair[1].abs_diff(pair[0])).min().unwrap_or(0);
    let exactness =
        if gap > NEAR_NANOS { gst::SeekFlags::KEY_UNIT | gst::SeekFlags::SNAP_NEAREST } else { gst::SeekFlags::ACCURATE };
    for &time in times {
        let there = film.pipeline.seek_simple(gst::SeekFlags::FLUSH | exactness, gst::ClockTime::from_nseconds(time));
        let still = match there.map(|()| film.picture(path, cancel)) {
            Ok(Err(error @ (Error::Cancelled | Error::Timeout { .. }))) => return Err(error),
            Ok(Ok(still)) => still,
            // Files that can't be sought in, or end before they say, show what came before.
            _ => stills.last().unwrap_or(&first).clone(),
        };
        stills.push(still);
    }
    Ok(stills)
}

/// A film that stands still.
struct Film {
    pipeline: gst::Pipeline,
    sink: gst_app::AppSink,
    /// The sink is part of the pipeline: before that it claims to be at its end.
    linked: Arc<AtomicBool>,
    /// All streams are known and none has pictures.
    blind: Arc<AtomicBool>,
    hung: AtomicBool,
}

impl Film {
    fn open(path: &Path, most: (u32, u32)) -> Result<Film, Error> {
        let side = |most: u32| gst::IntRange::new(1, i32::try_from(most.max(1)).unwrap_or(i32::MAX));
        let caps = gst::Caps::builder("video/x-raw")
            .field("format", "RGBA")
            .field("pixel-aspect-ratio", gst::Fraction::new(1, 1))
            .field("width", side(most.0))
            .field("height", side(most.1))
            .build();
        let sink = gst_app::AppSink::builder().name("stills").caps(&caps).sync(false).max_buffers(1).build();
        let pipeline = gst::Pipeline::builder().name("stills").build();
        let film = Film { pipeline, sink, linked: Arc::default(), blind: Arc::default(), hung: AtomicBool::new(false) };
        let source = make("filesrc", "source")?;
        source.set_property("location", path);
        let decoder = make("decodebin", "decoder")?;
        chain(&film.pipeline, &[source, decoder.clone()])?;
        leave_out_unwanted(&decoder, &Want { video: Some(caps), audio: None });
        film.link(&decoder);
        // A failure to start is on the bus, with its reason.
        let _ = film.pipeline.set_state(gst::State::Paused);
        Ok(film)
    }

    fn link(&self, decoder: &gst::Element) {
        let found = Arc::new(AtomicBool::new(false));
        let (weak, sink, taken) = (self.pipeline.downgrade(), self.sink.clone(), Arc::clone(&found));
        let linked = Arc::clone(&self.linked);
        decoder.connect_pad_added(move |_, source| {
            let Some(pipeline) = weak.upgrade() else { return };
            let caps = source.current_caps().unwrap_or_else(|| source.query_caps(None));
            let raw = caps.structure(0).is_some_and(|s| s.name() == "video/x-raw");
            if !raw || taken.swap(true, Ordering::Relaxed) {
                return;
            }
            match show(&pipeline, source, &sink) {
                Ok(()) => linked.store(true, Ordering::Relaxed),
                Err(error) => {
                    tracing::debug!(%error, "no pictures of a film");
                    gst::element_error!(pipeline, gst::StreamError::Format, ["its pictures can't be shown"]);
                }
            }
        });
        let blind = Arc::clone(&self.blind);
        decoder.connect_no_more_pads(move |_| blind.store(!found.load(Ordering::Relaxed), Ordering::Relaxed));
    }

    /// The picture it stands at.
    fn picture(&self, path: &Path, cancel: &AtomicBool) -> Result<Still, Error> {
        let begin = Instant::now();
        let bus = self.pipeline.bus().ok_or_else(|| Error::build("stills", "no bus"))?;
        let slice = gst::ClockTime::from_mseconds(LOOK_EVERY_MS);
        loop {
            if cancel.load(Ordering::Relaxed) {
                return Err(Error::Cancelled);
            }
            let linked = self.linked.load(Ordering::Relaxed);
            if linked && let Some(sample) = self.sink.try_pull_preroll(slice) {
                return still(&sample).ok_or_else(|| Error::NotMedia(path.to_owned()));
            }
            let wait = if linked { gst::ClockTime::ZERO } else { slice };
            if let Some(message) = bus.timed_pop_filtered(wait, &[gst::MessageType::Error])
                && let gst::MessageView::Error(error) = message.view()
            {
                return Err(Error::reading(path, error));
            }
            if (linked && self.sink.is_eos()) || self.blind.load(Ordering::Relaxed) {
                return Err(Error::NotMedia(path.to_owned()));
            }
            if begin.elapsed() > PATIENCE {
                self.hung.store(true, Ordering::Relaxed);
                return Err(Error::Timeout { what: "the decoder", seconds: PATIENCE.as_secs() });
            }
        }
    }
}

impl Drop for Film {
    fn drop(&mut self) {
        if self.hung.load(Ordering::Relaxed) {
            discard(self.pipeline.clone());
        } else {
            let _ = self.pipeline.set_state(gst::State::Null);
        }
    }
}

/// The chain from the decoder to the sink.
fn show(pipeline: &gst::Pipeline, source: &gst::Pad, sink: &gst_app::AppSink) -> Result<(), Error> {
    // The first converter makes of what is rare something that can be turned.
    let turn = make("videoflip", "turn")?;
    super::elements::set(&turn, "video-direction", "auto")?;
    let first = make("videoconvert", "to-turn")?;
    let elements = [first.clone(), turn, make("videoscale", "scale")?, make("videoconvert", "to-rgba")?, sink.clone().upcast()];
    chain_running(pipeline, &elements)?;
    source.link(&pad(&first, "sink")?).map(drop).map_err(|error| Error::build("stills", error))
}

fn still(sample: &gst::Sample) -> Option<Still> {
    let info = gst_video::VideoInfo::from_caps(sample.caps()?).ok()?;
    let frame = gst_video::VideoFrameRef::from_buffer_ref_readable(sample.buffer()?, &info).ok()?;
    let (width, height) = (info.width(), info.height());
    let (line, stride) = (width as usize * 4, usize::try_from(*frame.plane_stride().first()?).ok()?);
    let data = frame.plane_data(0).ok()?;
    let mut rgba = Vec::with_capacity(line * height as usize);
    for row in data.chunks(stride.max(1)).take(height as usize) {
        rgba.extend_from_slice(row.get(..line)?);
    }
    (rgba.len() == line * height as usize).then(|| Still { width, height, rgba: Bytes::from(rgba) })
}
