//! The sound of an exported file when it is to be freed of noise: the one stream that is decoded and encoded again.
//!
//! ```text
//! source ─ encoded ─ decode-sound ─ denoise ──────── to-encoder ─── opus ───── sound ─ mux
//! parsebin queue     decodebin      media::denoise   audioconvert   opusenc    queue
//! ```
//!
//! Opus, whatever the take has: it is the one codec whose run-up the MP4 tells every reader, so that sound stays where it was.

use gstreamer as gst;
use gstreamer::prelude::*;

use super::make_queue;
use crate::media::denoise::{Switch, make_denoise};
use crate::media::elements::{chain_running, make, pad};
use crate::media::error::Error;

/// Bits a second: transparent for a voice in stereo, also after the take's own coding.
const BPS: i32 = 160_000;

/// Links an encoded stream through the suppressor to the muxer's pad for it.
pub(super) fn link(pipeline: &gst::Pipeline, source: &gst::Pad, to: &gst::Pad) -> Result<(), Error> {
    let (encoded, decoder) = (make_queue("encoded")?, make("decodebin", "decode-sound")?);
    let denoise = make_denoise(Switch::new(true.into()))?;
    let encoder = make("opusenc", "opus")?;
    encoder.set_property("bitrate", BPS);
    let done = make_queue("sound")?;
    chain_running(pipeline, &[denoise.clone().upcast(), make("audioconvert", "to-encoder")?, encoder, done.clone()])?;
    let out = pad(&done, "src")?;
    out.link(to).map_err(|error| Error::build("sound", error))?;
    let decoded = denoise.static_pad("sink").ok_or_else(|| Error::build("denoise", "no sink"))?;
    decoder.connect_pad_added(move |decoder, source| {
        if let Err(error) = source.link(&decoded) {
            gst::element_error!(decoder, gst::StreamError::Format, ["the sound can't be worked on: {error}"]);
        }
    });
    chain_running(pipeline, &[encoded.clone(), decoder])?;
    source.link(&pad(&encoded, "sink")?).map_err(|error| Error::build("encoded", error))?;
    Ok(())
}
