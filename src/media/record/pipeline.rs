//! The recording pipeline.
//!
//! ```text
//! pictures ─ [jpeg] ─ picture-convert ─ picture-scale ─ picture-caps ─ picture-encoder ─ after… ─ picture-queue ┐
//! appsrc     jpegdec  videoconvert      videoscale      4:2:0, size    from the profile           encoded data  │
//!                                                                                                               ├ mux ───────── file
//! sound ─── sound-convert ─ sound-resample ─ sound-encoder ─ after… ─ sound-queue ──────────────────────────────┘ matroskamux   filesink
//! appsrc    audioconvert    audioresample    from the profile         encoded data
//! ```
//!
//! The queues stand *behind* the encoders: while the muxer waits for the other stream, or the disk for itself, what piles
//! up is small, and the encoder goes on. A take of sound alone has the lower half. Scaling costs nothing until a camera changes the size of its pictures. Each appsrc is a queue with a thread already, so none stands before.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;

use super::{Counters, Plan};
use crate::core::frame::{Pixels, VideoFormat};
use crate::core::profile::Encoder;
use crate::media::elements::{chain, make, pad, set};
use crate::media::error::Error;
use crate::media::frames::{audio_caps, encoder_caps, video_caps};
use crate::media::profile::{Numbers, make_encoder};

/// Names by which the bus tells an encoder's failure from any other.
pub const PICTURE_ENCODER: &str = "picture-encoder";
pub const SOUND_ENCODER: &str = "sound-encoder";

/// How much encoded data may wait for a slow disk before frames are dropped: ten seconds, or 64 MB.
const WAITING_NANOS: u64 = 10_000_000_000;
const WAITING_BYTES: u32 = 64 << 20;

/// Ticks of the file's clock: 0.1 ms. Matroska's usual 1 ms would shift each frame of 30 a second by up to half of one;
/// 16-bit block times then allow clusters of 3.2 s, and ours have one at most.
const TICK_NANOS: i64 = 100_000;
const CLUSTER_NANOS: i64 = 1_000_000_000;

/// A pipeline that is linked and not yet started.
#[derive(Debug)]
pub struct Graph {
    pub pipeline: gst::Pipeline,
    pub pictures: Option<gst_app::AppSrc>,
    pub sound: Option<gst_app::AppSrc>,
}

pub fn build(plan: &Plan, counters: &Arc<Counters>) -> Result<Graph, Error> {
    let pipeline = gst::Pipeline::builder().name("record").build();
    let mux = make_mux()?;
    let file = make_file(plan)?;
    chain(&pipeline, &[mux.clone(), file])?;

    let pictures = match (&plan.video, &plan.video_encoder) {
        (Some(format), Some(encoder)) => Some(build_pictures(&pipeline, &mux, (format, encoder), counters)?),
        (Some(_), None) => return Err(Error::NoEncoder { kind: "picture", tried: "none".into() }),
        (None, _) => None,
    };

    let sound = match (&plan.audio, &plan.audio_encoder) {
        (Some(format), Some(encoder)) => {
            let sound = make_sound(format)?;
            let mut sound_chain = vec![sound.clone().upcast()];
            sound_chain.push(make("audioconvert", "sound-convert")?);
            sound_chain.push(make("audioresample", "sound-resample")?);
            sound_chain.extend(make_encoder(encoder, Numbers::audio(), SOUND_ENCODER)?);
            sound_chain.push(make_queue("sound-queue")?);
            chain(&pipeline, &sound_chain)?;
            let input = into_mux(sound_chain.last(), &mux, "audio_%u")?;
            if pictures.is_none() {
                follow_length(&input, counters);
            }
            Some(sound)
        }
        (Some(_), None) => return Err(Error::NoEncoder { kind: "sound", tried: "none".into() }),
        (None, _) => None,
    };
    Ok(Graph { pipeline, pictures, sound })
}

fn build_pictures(
    pipeline: &gst::Pipeline,
    mux: &gst::Element,
    (format, encoder): (&VideoFormat, &Encoder),
    counters: &Arc<Counters>,
) -> Result<gst_app::AppSrc, Error> {
    let pictures = make_source("pictures", &video_caps(format)?);
    let mut picture_chain = vec![pictures.clone().upcast()];
    if format.pixels == Pixels::Mjpeg {
        picture_chain.push(make_jpeg()?);
    }
    picture_chain.push(make("videoconvert", "picture-convert")?);
    picture_chain.push(make("videoscale", "picture-scale")?);
    picture_chain.push(make_picture_caps(format)?);
    picture_chain.extend(make_encoder(encoder, Numbers::video(format), PICTURE_ENCODER)?);
    picture_chain.push(make_queue("picture-queue")?);
    chain(pipeline, &picture_chain)?;
    let input = into_mux(picture_chain.last(), mux, "video_%u")?;
    count_pictures(&input, counters);
    follow_length(&input, counters);
    Ok(pictures)
}

fn make_sound(format: &crate::core::frame::AudioFormat) -> Result<gst_app::AppSrc, Error> {
    let kept = crate::core::frame::AudioFormat { channels: super::intake::kept_channels(format), ..*format };
    Ok(make_source("sound", &audio_caps(&kept)))
}

/// A source that takes what it is given at once. Its own limits are off: `intake` looks at its level and drops.
fn make_source(name: &str, caps: &gst::Caps) -> gst_app::AppSrc {
    gst_app::AppSrc::builder().name(name).caps(caps).format(gst::Format::Time).is_live(false).block(false).max_bytes(0).build()
}

/// A broken picture of a webcam is skipped, not fatal.
fn make_jpeg() -> Result<gst::Element, Error> {
    let jpeg = make("jpegdec", "jpeg")?;
    set(&jpeg, "max-errors", "-1")?;
    Ok(jpeg)
}

fn make_picture_caps(format: &VideoFormat) -> Result<gst::Element, Error> {
    let filter = make("capsfilter", "picture-caps")?;
    let mut caps = encoder_caps(format);
    for (name, side) in [("width", format.width), ("height", format.height)] {
        let side = i32::try_from(side).map_err(|error| Error::build("picture-caps", error))?;
        caps.make_mut().set(name, side);
    }
    filter.set_property("caps", caps);
    Ok(filter)
}

fn make_queue(name: &str) -> Result<gst::Element, Error> {
    let queue = make("queue", name)?;
    queue.set_property("max-size-time", WAITING_NANOS);
    queue.set_property("max-size-bytes", WAITING_BYTES);
    queue.set_property("max-size-buffers", 0u32);
    Ok(queue)
}

fn make_mux() -> Result<gst::Element, Error> {
    let mux = make("matroskamux", "mux")?;
    mux.set_property("timecodescale", TICK_NANOS);
    mux.set_property("max-cluster-duration", CLUSTER_NANOS);
    mux.set_property("writing-app", "Onetake");
    Ok(mux)
}

/// Unbuffered, so that a block is in the kernel's hands when it is written; the default sink keeps 64 KB, half a second of
/// an easy picture, in a process that may be killed.
fn make_file(plan: &Plan) -> Result<gst::Element, Error> {
    let file = make("filesink", "file")?;
    file.set_property("location", plan.file.as_path());
    set(&file, "buffer-mode", "unbuffered")?;
    file.set_property("sync", false);
    file.set_property("async", false);
    Ok(file)
}

/// Links the end of a chain to a new input of the muxer. The input is named: a queue takes anything, and the muxer would
/// offer it a subtitle track.
fn into_mux(last: Option<&gst::Element>, mux: &gst::Element, template: &str) -> Result<gst::Pad, Error> {
    let input = mux.request_pad_simple(template).ok_or_else(|| Error::build("mux", format!("no {template}")))?;
    let Some(last) = last else { return Ok(input) };
    pad(last, "src")?.link(&input).map_err(|error| Error::build("mux", error))?;
    Ok(input)
}

/// Counts what reaches the muxer.
fn count_pictures(input: &gst::Pad, counters: &Arc<Counters>) {
    let counters = Arc::clone(counters);
    input.add_probe(gst::PadProbeType::BUFFER, move |_, _| {
        counters.muxed.fetch_add(1, Ordering::Relaxed);
        gst::PadProbeReturn::Ok
    });
}

/// Publishes how far this stream has come at the muxer.
fn follow_length(input: &gst::Pad, counters: &Arc<Counters>) {
    let counters = Arc::clone(counters);
    input.add_probe(gst::PadProbeType::BUFFER, move |pad, info| {
        if let Some(end) = info.buffer().and_then(|buffer| running_end(pad, buffer)) {
            counters.recorded_nanos.fetch_max(end, Ordering::Relaxed);
        }
        gst::PadProbeReturn::Ok
    });
}

/// When a buffer ends, in the take's time. Encoders shift their stamps to make room for reordering; the segment undoes it.
fn running_end(pad: &gst::Pad, buffer: &gst::BufferRef) -> Option<u64> {
    let event = pad.sticky_event::<gst::event::Segment>(0)?;
    let segment = event.segment().downcast_ref::<gst::ClockTime>()?;
    let begin = segment.to_running_time(buffer.pts()?)?;
    Some(begin.nseconds() + buffer.duration().map_or(0, gst::ClockTime::nseconds))
}
