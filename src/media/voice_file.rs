//! Sound of any kind as the WAV file that narrations are kept in: 48 kHz, 16 bits, one channel.
//!
//! ```text
//! filesrc ─ decodebin ─ audioconvert ─ audioresample ─ caps ─ wavenc ─ filesink
//! ```

use std::path::Path;
use std::sync::atomic::AtomicBool;

use gstreamer as gst;
use gstreamer::prelude::*;

use super::decode::check;
use super::elements::{chain, make, pad};
use super::error::Error;
use super::files::Temporary;
use super::run::to_end;

/// Samples a second.
const RATE: i32 = 48_000;

/// Writes `from` as a narration to `to`; its size in bytes.
pub fn convert(from: &Path, to: &Path, cancel: &AtomicBool) -> Result<u64, Error> {
    super::init()?;
    check(from)?;
    let whole = Temporary::beside(to, "part");
    let pipeline = gst::Pipeline::builder().name("voice-file").build();
    let source = make("filesrc", "source")?;
    source.set_property("location", from);
    let decoder = make("decodebin", "decoder")?;
    chain(&pipeline, &[source, decoder.clone()])?;
    let caps = make("capsfilter", "caps")?;
    let format = gst::Caps::builder("audio/x-raw").field("format", "S16LE").field("rate", RATE).field("channels", 1).build();
    caps.set_property("caps", &format);
    let file = make("filesink", "file")?;
    file.set_property("location", whole.path());
    let first = make("audioconvert", "convert")?;
    chain(&pipeline, &[first.clone(), make("audioresample", "resample")?, caps, make("wavenc", "wav")?, file])?;
    let input = pad(&first, "sink")?;
    decoder.connect_pad_added(move |decoder, source| {
        if input.is_linked() {
            return;
        }
        if let Err(error) = source.link(&input) {
            gst::element_error!(decoder, gst::StreamError::Format, ["the sound can't be converted: {error}"]);
        }
    });
    let written = || std::fs::metadata(whole.path()).map_or(0, |facts| facts.len());
    to_end(pipeline, cancel, written, |message| Error::reading(from, message))?;
    whole.keep(to)
}
