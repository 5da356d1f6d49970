//! The writing pipeline: what the encoders give, into one file.
//!
//! ```text
//! lane of pictures ═ picture-in ┐
//! (see lane)         appsrc     ├ mux ───────── file
//! lane of sound ════ sound-in ──┘ matroskamux   filesink
//! ```
//!
//! The encoders are pipelines of their own (`encode`), so that one that fails or hangs takes nothing else with it. What piles up
//! while the muxer waits for the other stream, or the disk for itself, waits in the two sources here: it is encoded, hence small,
//! and the encoders go on. A take of sound alone has the lower half.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Sender;

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;

use super::encode::Raw;
use super::lane::Lane;
use super::swap::Word;
use super::{Counters, Plan};
use crate::core::frame::AudioFormat;
use crate::media::elements::{chain, make, pad, set};
use crate::media::error::Error;

/// How much encoded data may wait for a slow disk before frames are dropped: ten seconds, or 64 MB.
const WAITING_NANOS: u64 = 10_000_000_000;
const WAITING_BYTES: u64 = 64 << 20;

/// Ticks of the file's clock: 0.1 ms. Matroska's usual 1 ms would shift each frame of 30 a second by up to half of one;
/// 16-bit block times then allow clusters of 3.2 s, and ours have one at most.
const TICK_NANOS: i64 = 100_000;
const CLUSTER_NANOS: i64 = 1_000_000_000;

/// The writing pipeline, linked and not yet started, and the lanes that lead into it, which are.
#[derive(Debug)]
pub struct Graph {
    pub pipeline: gst::Pipeline,
    pub pictures: Option<Lane>,
    pub sound: Option<Lane>,
}

pub fn build(plan: &Plan, counters: &Arc<Counters>, words: &Sender<Word>) -> Result<Graph, Error> {
    let pipeline = gst::Pipeline::builder().name("record").build();
    let mux = make_mux()?;
    let file = make_file(plan)?;
    chain(&pipeline, &[mux.clone(), file])?;
    let pictures = match (plan.video, &plan.video_encoder) {
        (Some(format), Some(encoder)) => {
            let input = make_input(&pipeline, "picture-in")?;
            let into = into_mux(&input, &mux, "video_%u")?;
            count_pictures(&into, counters);
            follow_length(&into, counters);
            Some(Lane::start(Raw::Pictures(format), input, encoder, words.clone())?)
        }
        (Some(_), None) => return Err(Error::NoEncoder { kind: "picture", tried: "none".into() }),
        (None, _) => None,
    };
    let sound = match (&plan.audio, &plan.audio_encoder) {
        (Some(format), Some(encoder)) => {
            let input = make_input(&pipeline, "sound-in")?;
            let into = into_mux(&input, &mux, "audio_%u")?;
            if pictures.is_none() {
                follow_length(&into, counters);
            }
            let kept = AudioFormat { channels: super::intake::kept_channels(format), ..*format };
            Some(Lane::start(Raw::Sound(kept), input, encoder, words.clone())?)
        }
        (Some(_), None) => return Err(Error::NoEncoder { kind: "sound", tried: "none".into() }),
        (None, _) => None,
    };
    Ok(Graph { pipeline, pictures, sound })
}

/// Where an encoder's output waits. A full one holds the encoder up, never a device.
fn make_input(pipeline: &gst::Pipeline, name: &str) -> Result<gst_app::AppSrc, Error> {
    let input = gst_app::AppSrc::builder().name(name).format(gst::Format::Time).is_live(false).block(true).build();
    input.set_max_bytes(WAITING_BYTES);
    input.set_property("max-time", WAITING_NANOS);
    pipeline.add(&input).map_err(|error| Error::build(name, error))?;
    Ok(input)
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

/// Links to a new input of the muxer. The input is named: a source may give anything, and the muxer would offer it a subtitle
/// track.
fn into_mux(source: &gst_app::AppSrc, mux: &gst::Element, template: &str) -> Result<gst::Pad, Error> {
    let input = mux.request_pad_simple(template).ok_or_else(|| Error::build("mux", format!("no {template}")))?;
    pad(source.upcast_ref(), "src")?.link(&input).map_err(|error| Error::build("mux", error))?;
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
