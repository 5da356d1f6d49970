//! From a take's Matroska to the MP4 that the world expects, by copying the streams: nothing is decoded, so nothing is lost.
//! Only sound that is to be freed of noise goes another way (`sound`); pictures are copied even then.
//!
//! ```text
//!                   ┌ queue ┐
//! source ─ parser ──┤       ├ mux (mp4mux, index first) ─ file (temporary name, then renamed)
//! filesrc  parsebin └ queue ┘
//! ```
//!
//! Takes whose program died work too: their streams are whole, and the MP4 gets the index the Matroska lacks. So do takes in
//! which one encoder took another's place: their parameters are in the stream, before each key picture, and the muxer is told only
//! of the first (it would put the last in its place, and decoders would begin with the wrong ones).

mod sound;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::OnceLock;
use std::sync::PoisonError;
use std::sync::atomic::AtomicBool;

use gstreamer as gst;
use gstreamer::prelude::*;

use super::decode::check;
use super::elements::{chain, chain_running, make, pad};
use super::error::Error;
use super::files::Temporary;
use super::opus;
use super::run::to_end;

/// What a queue may hold of one stream while the muxer waits for the other. Limits of time and count make a badly
/// interleaved file hang; this one is twelve seconds of the highest bit rate, and bounds the memory.
const QUEUE_BYTES: u32 = 64 << 20;

/// Reading is this part of the work; moving the index to the front is the rest.
const READING: f32 = 0.9;

/// What becomes of the sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sound {
    /// Copied, as everything else.
    AsRecorded,
    /// Steady noise is taken out.
    Denoised,
}

/// Copies the streams of `from` into an MP4 at `to`, index first, replacing what is there. `progress` is told a fraction
/// from 0 to 1 a few times a second. Setting `cancel` ends it with `Error::Cancelled`; `to` is then as it was.
/// Gives the size of the new file in bytes.
pub fn remux_mp4(from: &Path, to: &Path, progress: impl FnMut(f32), cancel: &AtomicBool) -> Result<u64, Error> {
    to_mp4(from, to, Sound::AsRecorded, progress, cancel)
}

/// The same, with a choice of the sound.
pub fn to_mp4(from: &Path, to: &Path, sound: Sound, mut progress: impl FnMut(f32), cancel: &AtomicBool) -> Result<u64, Error> {
    super::init()?;
    check(from)?;
    let total = std::fs::metadata(from).map_err(|error| Error::file(from, error))?.len().max(1);
    let whole = Temporary::beside(to, "part");
    let data = Temporary::beside(to, "data");
    let pipeline = gst::Pipeline::builder().name("remux").build();
    let source = make("filesrc", "source")?;
    source.set_property("location", from);
    let mux = make_mux(data.path())?;
    chain(&pipeline, &[mux.clone(), make_file(whole.path())?])?;
    let parser = make("parsebin", "parser")?;
    chain(&pipeline, &[source.clone(), parser.clone()])?;
    let refused = link_streams(&pipeline, &parser, &mux, from, sound);
    let moved = || {
        let read = source.query_position::<gst::format::Bytes>().map_or(0, |position| *position);
        progress(READING * (read as f32 / total as f32).min(1.0));
        read + size_of_file(data.path()) + size_of_file(whole.path())
    };
    let result = to_end(pipeline, cancel, moved, |message| failure(from, to, message));
    // Why a stream was not linked says more than what the pipeline made of it.
    if let Some(error) = refused.lock().unwrap_or_else(PoisonError::into_inner).take() {
        return Err(error);
    }
    result?;
    opus::mend(whole.path()).map_err(|error| Error::file(to, error))?;
    let bytes = whole.keep(to)?;
    progress(1.0);
    Ok(bytes)
}

fn make_mux(data: &Path) -> Result<gst::Element, Error> {
    let mux = make("mp4mux", "mux")?;
    mux.set_property("faststart", true);
    // Beside the target: the default is the system's temporary folder, which may be small, or memory.
    mux.set_property("faststart-file", data);
    Ok(mux)
}

fn make_file(path: &Path) -> Result<gst::Element, Error> {
    let file = make("filesink", "file")?;
    file.set_property("location", path);
    Ok(file)
}

fn make_queue(name: &str) -> Result<gst::Element, Error> {
    let queue = make("queue", name)?;
    queue.set_property("max-size-buffers", 0u32);
    queue.set_property("max-size-time", 0u64);
    queue.set_property("max-size-bytes", QUEUE_BYTES);
    Ok(queue)
}

type Refusal = Arc<Mutex<Option<Error>>>;

fn link_streams(pipeline: &gst::Pipeline, parser: &gst::Element, mux: &gst::Element, from: &Path, sound: Sound) -> Refusal {
    let refused = Refusal::default();
    let (weak, weak_mux) = (pipeline.downgrade(), mux.downgrade());
    let (noted, from): (_, PathBuf) = (Arc::clone(&refused), from.to_owned());
    parser.connect_pad_added(move |_, source| {
        let (Some(pipeline), Some(mux)) = (weak.upgrade(), weak_mux.upgrade()) else { return };
        let Err(error) = link_stream(&pipeline, &mux, source, &from, sound) else { return };
        noted.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        gst::element_error!(mux, gst::StreamError::Format, ["a stream can't be copied"]);
    });
    refused
}

fn link_stream(
    pipeline: &gst::Pipeline,
    mux: &gst::Element,
    source: &gst::Pad,
    from: &Path,
    sound: Sound,
) -> Result<(), Error> {
    let caps = source.current_caps().unwrap_or_else(|| source.query_caps(None));
    let name = caps.structure(0).map(|s| s.name().to_string()).unwrap_or_default();
    let template = match name.split('/').next() {
        Some("video") => "video_%u",
        Some("audio") => "audio_%u",
        // Subtitles and attachments of imported files are not ours to carry.
        _ => return Ok(()),
    };
    let refused = || Error::NotForMp4 { path: from.to_owned(), codec: codec_name(&caps) };
    if template == "audio_%u" && sound == Sound::Denoised {
        let input = mux.request_pad_simple(template).ok_or_else(refused)?;
        return sound::link(pipeline, source, &input);
    }
    let takes = mux.pad_template(template).is_some_and(|template| template.caps().can_intersect(&caps));
    if !takes {
        return Err(refused());
    }
    let queue = make_queue(&format!("queue-{}", source.name()))?;
    chain_running(pipeline, std::slice::from_ref(&queue))?;
    let input = mux.request_pad_simple(template).ok_or_else(refused)?;
    keep_first_caps(&input);
    pad(&queue, "src")?.link(&input).map_err(|_| refused())?;
    source.link(&pad(&queue, "sink")?).map_err(|_| refused())?;
    Ok(())
}

/// The first description of a stream stands for all that follow. (Dropping the later ones upsets GStreamer's own count of them.)
fn keep_first_caps(input: &gst::Pad) {
    let first = OnceLock::new();
    input.add_probe(gst::PadProbeType::EVENT_DOWNSTREAM, move |_, info| {
        if let Some(event) = info.event_mut().filter(|event| event.type_() == gst::EventType::Caps) {
            *event = first.get_or_init(|| event.clone()).clone();
        }
        gst::PadProbeReturn::Ok
    });
}

/// A codec's name in words.
fn codec_name(caps: &gst::Caps) -> String {
    gstreamer_pbutils::pb_utils_get_codec_description(caps).to_string()
}

/// Whether it was the reading or the writing that failed.
fn failure(from: &Path, to: &Path, message: &gst::message::Error) -> Error {
    let writer = message.src().is_some_and(|src| ["mux", "file"].contains(&src.name().as_str()));
    if writer { Error::writing(to, message) } else { Error::reading(from, message) }
}

/// 0 for a file that is not there yet.
fn size_of_file(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |facts| facts.len())
}
