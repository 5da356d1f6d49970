//! One encoder at work, in a pipeline of its own.
//!
//! ```text
//! pictures ─ [jpeg] ─ convert ────── scale ──────── caps ────────── picture-encoder ─ after… ─ [parse] ─ out
//! appsrc     jpegdec  videoconvert   videoscale     4:2:0, size     from the profile           h264parse appsink
//!
//! sound ─ convert ─────── resample ────── sound-encoder ─ after… ─ out
//! appsrc  audioconvert    audioresample   from the profile         appsink
//! ```
//!
//! Scaling costs nothing until a camera changes the size of its pictures. The source is a queue with a thread already, so none
//! stands behind it.
//!
//! H.264 carries its parameter sets with every key picture, so that a stream may go on with another encoder's
//! (`docs/RELIABILITY.md`), and a piece of a file can be decoded without its head.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;
use tracing::debug;

use crate::core::frame::{AudioFormat, Pixels, VideoFormat};
use crate::core::profile::Encoder;
use crate::media::elements::{chain, make, pad, set};
use crate::media::error::Error;
use crate::media::frames::{audio_caps, encoder_caps, video_caps};
use crate::media::profile::{Numbers, make_encoder};

/// What goes into a lane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Raw {
    Pictures(VideoFormat),
    Sound(AudioFormat),
}

/// A running encoder.
#[derive(Debug)]
pub struct Encoding {
    pub pipeline: gst::Pipeline,
    pub source: gst_app::AppSrc,
    /// Stamp of the newest picture that left the JPEG decoder; only kept where there is one.
    pub decoded: Option<Arc<AtomicU64>>,
}

/// Who hears of what an encoder does, on its own threads.
pub trait Hear: Send + Sync + 'static {
    /// A block came out. What is answered goes back to the encoder.
    fn encoded(&self, sample: gst::Sample) -> Result<gst::FlowSuccess, gst::FlowError>;
    /// Everything came out.
    fn emptied(&self);
    /// It is broken. May be told more than once.
    fn failed(&self, error: Error);
}

impl Raw {
    /// For sentences and names.
    pub fn word(&self) -> &'static str {
        match self {
            Raw::Pictures(_) => "picture",
            Raw::Sound(_) => "sound",
        }
    }

    pub fn caps(&self) -> Result<gst::Caps, Error> {
        match self {
            Raw::Pictures(format) => video_caps(format),
            Raw::Sound(format) => Ok(audio_caps(format)),
        }
    }

    fn numbers(&self) -> Numbers {
        match self {
            Raw::Pictures(format) => Numbers::video(format),
            Raw::Sound(_) => Numbers::audio(),
        }
    }

    /// What makes of a device's output what encoders take.
    fn front(&self) -> Result<Vec<gst::Element>, Error> {
        match self {
            Raw::Pictures(format) => {
                let jpeg = (format.pixels == Pixels::Mjpeg).then(make_jpeg).transpose()?;
                let rest = [make("videoconvert", "convert")?, make("videoscale", "scale")?, make_picture_caps(format)?];
                Ok(jpeg.into_iter().chain(rest).collect())
            }
            Raw::Sound(_) => Ok(vec![make("audioconvert", "convert")?, make("audioresample", "resample")?]),
        }
    }
}

impl Encoding {
    /// Starts an encoder; what it then does is told to `hear`.
    pub fn start(raw: &Raw, encoder: &Encoder, hear: impl Hear) -> Result<Encoding, Error> {
        let name = format!("encode-{}", raw.word());
        let pipeline = gst::Pipeline::builder().name(name).build();
        let source = make_source(raw)?;
        let mut elements: Vec<gst::Element> = vec![source.clone().upcast()];
        elements.extend(raw.front()?);
        elements.extend(make_encoder(encoder, raw.numbers(), &format!("{}-encoder", raw.word()))?);
        carry_parameters(&mut elements)?;
        let hear: Arc<dyn Hear> = Arc::new(hear);
        elements.push(make_out(raw, &hear)?.upcast());
        chain(&pipeline, &elements)?;
        let decoded = match pipeline.by_name("jpeg") {
            Some(jpeg) => Some(note_decoded(&pad(&jpeg, "src")?)),
            None => None,
        };
        watch(&pipeline, encoder, hear);
        let encoding = Encoding { pipeline, source, decoded };
        match encoding.pipeline.set_state(gst::State::Playing) {
            Ok(_) => Ok(encoding),
            Err(_) => {
                encoding.stop();
                Err(Error::Encoder { encoder: encoder.name.clone(), detail: "it did not start".into() })
            }
        }
    }

    /// Takes it down; waits for its threads.
    pub fn stop(self) {
        self.mute();
        if self.pipeline.set_state(gst::State::Null).is_err() {
            debug!("an encoder did not stop in order");
        }
    }

    /// Takes it down on a thread of its own: one that hangs may hang in stopping too.
    pub fn discard(self) {
        self.mute();
        crate::media::elements::discard(self.pipeline);
    }

    fn mute(&self) {
        if let Some(bus) = self.pipeline.bus() {
            bus.unset_sync_handler();
        }
    }
}

/// A source that takes what it is given at once. Its own limits are off: `lane` counts what waits. The encoder works in its thread,
/// which is called like it.
fn make_source(raw: &Raw) -> Result<gst_app::AppSrc, Error> {
    let name = match raw {
        Raw::Pictures(_) => "pictures",
        Raw::Sound(_) => "sound",
    };
    let caps = raw.caps()?;
    let source = gst_app::AppSrc::builder().name(name).caps(&caps).format(gst::Format::Time);
    Ok(source.is_live(false).block(false).max_bytes(0).build())
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

/// Makes the last parser write the parameter sets before each key picture; puts one in where a profile has none.
fn carry_parameters(elements: &mut Vec<gst::Element>) -> Result<(), Error> {
    const PARSER: &str = "h264parse";
    let is_parser =
        |element: &gst::Element| element.factory().is_some_and(|f| [PARSER, "h265parse"].contains(&f.name().as_str()));
    let gives_h264 = |element: &gst::Element| {
        let caps = element.static_pad("src").map(|pad| pad.query_caps(None));
        caps.is_some_and(|caps| !caps.is_any() && caps.iter().all(|structure| structure.name() == "video/x-h264"))
    };
    if !elements.iter().any(is_parser) && elements.last().is_some_and(gives_h264) {
        elements.push(make(PARSER, "parse")?);
    }
    for parser in elements.iter().filter(|element| is_parser(element)) {
        set(parser, "config-interval", "-1")?;
    }
    Ok(())
}

fn make_out(raw: &Raw, hear: &Arc<dyn Hear>) -> Result<gst_app::AppSink, Error> {
    let caps = muxable(raw)?;
    let out = gst_app::AppSink::builder().name("out").caps(&caps).sync(false).async_(false).build();
    let (sample, end) = (Arc::clone(hear), Arc::clone(hear));
    out.set_callbacks(
        gst_app::AppSinkCallbacks::builder()
            .new_sample(move |out| sample.encoded(out.pull_sample().map_err(|_| gst::FlowError::Eos)?))
            .eos(move |_| end.emptied())
            .build(),
    );
    Ok(out)
}

/// What the muxer takes; of H.264 whole pictures with their length before them, and the first parameter sets in the caps.
fn muxable(raw: &Raw) -> Result<gst::Caps, Error> {
    let wanted = match raw {
        Raw::Pictures(_) => "video_%u",
        Raw::Sound(_) => "audio_%u",
    };
    let factory = gst::ElementFactory::find("matroskamux").ok_or_else(|| Error::NoElement("matroskamux".into()))?;
    let templates = factory.static_pad_templates();
    let template = templates.iter().find(|template| template.name_template() == wanted);
    let mut caps =
        template.map(|template| template.caps()).ok_or_else(|| Error::build("matroskamux", format!("no {wanted}")))?;
    for structure in caps.make_mut().iter_mut().filter(|structure| structure.name() == "video/x-h264") {
        structure.set("stream-format", "avc");
    }
    Ok(caps)
}

fn note_decoded(pad: &gst::Pad) -> Arc<AtomicU64> {
    let decoded = Arc::new(AtomicU64::new(0));
    let noted = Arc::clone(&decoded);
    pad.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
        if let Some(pts) = info.buffer().and_then(|buffer| buffer.pts()) {
            noted.store(pts.nseconds(), Ordering::Relaxed);
        }
        gst::PadProbeReturn::Ok
    });
    decoded
}

fn watch(pipeline: &gst::Pipeline, encoder: &Encoder, hear: Arc<dyn Hear>) {
    let Some(bus) = pipeline.bus() else { return };
    let name = encoder.name.clone();
    bus.set_sync_handler(move |_, message| {
        if let gst::MessageView::Error(message) = message.view() {
            debug!(error = %message.error(), detail = message.debug().as_deref().unwrap_or_default(), "encoder failed");
            hear.failed(Error::encoding(&name, message));
        }
        gst::BusSyncReply::Drop
    });
}
