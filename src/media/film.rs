//! A film written from pictures and sound that are made one after the other, as fast as they come.
//!
//! ```text
//! appsrc (pictures) ─ videoconvert ─ caps 4:2:0 ─ ENCODER … ─ queue ┐
//!                                                                   ├ mp4mux (index first) ─ filesink (renamed when it is whole)
//! appsrc (sound) ─ audioconvert ─ audioresample ─ ENCODER … ─ queue ┤
//! appsrc (captions, where there are some) ─────────────────── queue ┘
//! ```
//!
//! Captions are all there before the first picture, since the muxer waits for whoever has nothing to give it.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use bytes::Bytes;
use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;

use super::elements::{chain, make, pad};
use super::error::Error;
use super::files::Temporary;
use super::frames::{audio_caps, encoder_caps, video_caps, wrap};
use super::opus;
use super::probe;
use super::profile::{Numbers, make_encoder};
use super::run::to_end;
use crate::core::captions::Caption;
use crate::core::frame::{AudioFormat, Frame, VideoFormat};
use crate::core::profile::{Encoder, Profiles};
use crate::core::time::{Moment, SECOND};

/// Sound of every film.
pub const SOUND: AudioFormat = AudioFormat { sample_rate: 48_000, channels: 2 };

/// What waits for an encoder: some pictures, so that drawing and encoding go on side by side, and few enough to bound the memory.
const PICTURES_AHEAD: u64 = 4;
const SOUND_AHEAD_BYTES: u64 = 4 << 20;

/// What a queue before the muxer may hold of one stream while the other catches up.
const QUEUE_BYTES: u32 = 64 << 20;

/// What a film has besides pictures.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tracks<'a> {
    pub sound: bool,
    /// A track that players show when somebody asks for it; none where this is empty.
    pub captions: &'a [Caption],
}

/// A film that is being written; dropped before `end` it leaves nothing.
#[derive(Debug)]
pub struct Film {
    pipeline: Running,
    pictures: gst_app::AppSrc,
    sound: Option<gst_app::AppSrc>,
    format: VideoFormat,
    to: PathBuf,
    whole: Temporary,
    data: Temporary,
    frames: u64,
    samples: u64,
}

impl Film {
    /// Begins a film of such pictures at `to`, by the first encoder that works.
    pub fn begin(to: &Path, format: VideoFormat, tracks: Tracks<'_>, profiles: &Profiles) -> Result<Film, Error> {
        super::init()?;
        let chosen = probe::choose(&for_mp4(profiles), &format, tracks.sound)?;
        let (whole, data) = (Temporary::beside(to, "part"), Temporary::beside(to, "data"));
        let pipeline = gst::Pipeline::builder().name("film").build();
        let mux = make("mp4mux", "mux")?;
        mux.set_property("faststart", true);
        // Beside the target: the default is the system's temporary folder, which may be small, or memory.
        mux.set_property("faststart-file", data.path());
        let file = make("filesink", "file")?;
        file.set_property("location", whole.path());
        chain(&pipeline, &[mux.clone(), file])?;
        let frame_bytes = format.frame_bytes().unwrap_or_default() as u64;
        let pictures = source("pictures", &video_caps(&format)?, frame_bytes * PICTURES_AHEAD);
        let mut elements =
            vec![pictures.clone().upcast(), make("videoconvert", "convert")?, caps_filter(&encoder_caps(&format))?];
        elements.extend(make_encoder(&chosen.video, Numbers::film(&format), "encoder")?);
        link(&pipeline, elements, &mux, "video_%u", "pictures-queue")?;
        let sound = match chosen.audio {
            Some(encoder) if tracks.sound => Some(begin_sound(&pipeline, &mux, &encoder)?),
            _ => None,
        };
        let words = (!tracks.captions.is_empty()).then(|| begin_captions(&pipeline, &mux)).transpose()?;
        // A failure to start is on the bus, with its reason.
        let _ = pipeline.set_state(gst::State::Playing);
        if let Some(words) = words {
            say(&words, tracks.captions);
        }
        Ok(Film { pipeline: Running(pipeline), pictures, sound, format, to: to.to_owned(), whole, data, frames: 0, samples: 0 })
    }

    /// Adds a picture, tightly packed in the film's format; waits while the encoder is busy.
    pub fn picture(&mut self, data: Bytes) -> Result<(), Error> {
        let frame = Frame { format: self.format, data, stamp: Moment(0), number: self.frames };
        let Some(mut buffer) = wrap(&frame) else {
            let rate = self.format.rate.to_string();
            return Err(Error::Format { width: self.format.width, height: self.format.height, rate });
        };
        let (from, to) = (self.format.rate.frame_start(self.frames), self.format.rate.frame_start(self.frames + 1));
        if let Some(buffer) = buffer.get_mut() {
            buffer.set_pts(gst::ClockTime::from_nseconds(from));
            buffer.set_duration(gst::ClockTime::from_nseconds(to - from));
        }
        self.frames += 1;
        self.pictures.push_buffer(buffer).map(drop).map_err(|_| self.failure())
    }

    /// Adds sound: interleaved stereo at 48 kHz. A film without sound does not take any.
    pub fn sound(&mut self, samples: &[f32]) -> Result<(), Error> {
        let Some(sound) = &self.sound else { return Ok(()) };
        let count = (samples.len() / usize::from(SOUND.channels)) as u64;
        let at = |sample: u64| sample * SECOND / u64::from(SOUND.sample_rate);
        let mut buffer = gst::Buffer::from_slice(bytemuck::cast_slice::<f32, u8>(samples).to_vec());
        if let Some(buffer) = buffer.get_mut() {
            buffer.set_pts(gst::ClockTime::from_nseconds(at(self.samples)));
            buffer.set_duration(gst::ClockTime::from_nseconds(at(self.samples + count) - at(self.samples)));
        }
        self.samples += count;
        sound.push_buffer(buffer).map(drop).map_err(|_| self.failure())
    }

    /// Pictures so far.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Writes the rest and gives the film its name; its size in bytes. Setting `cancel` leaves nothing.
    pub fn end(self, cancel: &AtomicBool) -> Result<u64, Error> {
        let _ = self.pictures.end_of_stream();
        if let Some(sound) = &self.sound {
            let _ = sound.end_of_stream();
        }
        let (whole, data) = (self.whole.path().to_owned(), self.data.path().to_owned());
        let moved = || size_of_file(&whole) + size_of_file(&data);
        to_end(self.pipeline.0.clone(), cancel, moved, |message| Error::writing(&self.to, message))?;
        opus::mend(self.whole.path()).map_err(|error| Error::file(&self.to, error))?;
        self.whole.keep(&self.to)
    }

    /// Why a picture was not taken: what the bus says.
    fn failure(&self) -> Error {
        let message = self
            .pipeline
            .0
            .bus()
            .and_then(|bus| bus.timed_pop_filtered(gst::ClockTime::from_mseconds(500), &[gst::MessageType::Error]));
        match message.as_ref().map(|message| message.view()) {
            Some(gst::MessageView::Error(error)) => Error::writing(&self.to, error),
            _ => Error::build("film", "it takes no more pictures"),
        }
    }
}

/// Stopped when it is dropped.
#[derive(Debug)]
struct Running(gst::Pipeline);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.set_state(gst::State::Null);
    }
}

/// The encoders whose streams an MP4 can hold.
fn for_mp4(profiles: &Profiles) -> Profiles {
    let fits = |encoder: &&Encoder| !encoder.element.starts_with("vp8") && !encoder.element.starts_with("vp9");
    Profiles { video: profiles.video.iter().filter(fits).cloned().collect(), audio: profiles.audio.clone() }
}

fn begin_sound(pipeline: &gst::Pipeline, mux: &gst::Element, encoder: &Encoder) -> Result<gst_app::AppSrc, Error> {
    let sound = source("sound", &audio_caps(&SOUND), SOUND_AHEAD_BYTES);
    let mut elements = vec![sound.clone().upcast(), make("audioconvert", "to-sound")?, make("audioresample", "to-rate")?];
    elements.extend(make_encoder(encoder, Numbers::audio(), "sound-encoder")?);
    link(pipeline, elements, mux, "audio_%u", "sound-queue")?;
    Ok(sound)
}

/// A track of timed text (3GPP TS 26.245), which the muxer makes of plain words.
fn begin_captions(pipeline: &gst::Pipeline, mux: &gst::Element) -> Result<gst_app::AppSrc, Error> {
    let caps = gst::Caps::builder("text/x-raw").field("format", "utf8").build();
    let words = source("captions", &caps, 0);
    link(pipeline, vec![words.clone().upcast()], mux, "subtitle_%u", "captions-queue")?;
    Ok(words)
}

/// Gives all captions. A pipeline that did not start takes none, and says why when the first picture comes.
fn say(words: &gst_app::AppSrc, captions: &[Caption]) {
    for caption in captions {
        let mut buffer = gst::Buffer::from_slice(caption.text.clone().into_bytes());
        if let Some(buffer) = buffer.get_mut() {
            buffer.set_pts(gst::ClockTime::from_nseconds(caption.start));
            buffer.set_duration(gst::ClockTime::from_nseconds(caption.end.saturating_sub(caption.start)));
        }
        let _ = words.push_buffer(buffer);
    }
    let _ = words.end_of_stream();
}

fn source(name: &str, caps: &gst::Caps, most_bytes: u64) -> gst_app::AppSrc {
    gst_app::AppSrc::builder().name(name).caps(caps).format(gst::Format::Time).block(true).max_bytes(most_bytes).build()
}

fn caps_filter(caps: &gst::Caps) -> Result<gst::Element, Error> {
    let filter = make("capsfilter", "encode-caps")?;
    filter.set_property("caps", caps);
    Ok(filter)
}

/// Elements, a queue, the muxer.
fn link(
    pipeline: &gst::Pipeline,
    mut elements: Vec<gst::Element>,
    mux: &gst::Element,
    template: &str,
    queue_name: &str,
) -> Result<(), Error> {
    let queue = make("queue", queue_name)?;
    queue.set_property("max-size-buffers", 0u32);
    queue.set_property("max-size-time", 0u64);
    queue.set_property("max-size-bytes", QUEUE_BYTES);
    elements.push(queue.clone());
    chain(pipeline, &elements)?;
    let input = mux.request_pad_simple(template).ok_or_else(|| Error::build("mux", "no room for a stream"))?;
    pad(&queue, "src")?.link(&input).map(drop).map_err(|error| Error::build(queue_name, error))
}

/// 0 for a file that is not there yet.
fn size_of_file(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |facts| facts.len())
}
