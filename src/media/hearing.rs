//! The sound of a file as recognisers of speech want it: one channel, 16 kHz, in a file that is small and loses nothing.
//!
//! ```text
//! filesrc ─ decodebin ─ audioconvert ─ audioresample ─ 16 kHz mono ─ flacenc ─ filesink (temporary name, then renamed)
//! ```
//!
//! FLAC, because every recogniser takes it and speech of half an hour is below the 25 MB that most allow.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use gstreamer as gst;
use gstreamer::prelude::*;

use super::decode::{Want, check, leave_out_unwanted};
use super::elements::{chain, make, pad};
use super::error::Error;
use super::files::Temporary;
use super::run::to_end;

/// What recognisers work at.
const RATE: i32 = 16_000;

/// Writes the first sound of `from` to `to`; its size in bytes. `Error::NotMedia` for a file without sound. Setting `cancel` ends it.
pub fn extract(from: &Path, to: &Path, cancel: &AtomicBool) -> Result<u64, Error> {
    super::init()?;
    check(from)?;
    let whole = Temporary::beside(to, "part");
    let pipeline = gst::Pipeline::builder().name("hearing").build();
    let source = make("filesrc", "source")?;
    source.set_property("location", from);
    let decoder = make("decodebin", "decoder")?;
    let caps = gst::Caps::builder("audio/x-raw").field("rate", RATE).field("channels", 1).field("format", "S16LE").build();
    leave_out_unwanted(&decoder, &Want { video: None, audio: Some(caps.clone()) });
    chain(&pipeline, &[source, decoder.clone()])?;
    let (convert, form, file) = (make("audioconvert", "convert")?, make("capsfilter", "form")?, make("filesink", "file")?);
    form.set_property("caps", caps);
    file.set_property("location", whole.path());
    chain(&pipeline, &[convert.clone(), make("audioresample", "resample")?, form, make("flacenc", "flac")?, file.clone()])?;
    let heard = link_first_sound(&decoder, &pad(&convert, "sink")?);
    let moved = || file.query_position::<gst::format::Bytes>().map_or(0, |position| *position) + written(whole.path());
    let result = to_end(pipeline, cancel, moved, |message| {
        let writer = message.src().is_some_and(|src| src.name() == "file");
        if writer { Error::writing(to, message) } else { Error::reading(from, message) }
    });
    // Without a sound the sink never sees an end, or the reader complains that nothing is linked.
    if !heard.load(Ordering::Relaxed) && !matches!(result, Err(Error::Cancelled)) {
        return Err(Error::NotMedia(from.to_owned()));
    }
    result?;
    whole.keep(to)
}

/// Links the decoder's first sound; true once there was one.
fn link_first_sound(decoder: &gst::Element, to: &gst::Pad) -> Arc<AtomicBool> {
    let heard = Arc::new(AtomicBool::new(false));
    let (noted, to) = (Arc::clone(&heard), to.clone());
    decoder.connect_pad_added(move |_, source| {
        let caps = source.current_caps().unwrap_or_else(|| source.query_caps(None));
        let sound = caps.structure(0).is_some_and(|structure| structure.name().starts_with("audio/x-raw"));
        if sound && !to.is_linked() && source.link(&to).is_ok() {
            noted.store(true, Ordering::Relaxed);
        }
    });
    heard
}

fn written(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |facts| facts.len())
}
