//! Which encoders work here, found by encoding. An element that is installed may have no device behind it, refuse the size,
//! or take everything and give nothing; the only answer to trust is bytes that came out.
//!
//! ```text
//! videotestsrc ─ source-caps ─ videoconvert ─ encode-caps ─ ENCODER ─ after… ─ fakesink (counted)
//! audiotestsrc ─ source-caps ─ audioconvert ─ audioresample ─ ENCODER ─ after… ─ fakesink (counted)
//! ```

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use gstreamer as gst;
use gstreamer::prelude::*;
use tracing::debug;

use super::elements::{chain, discard, make, pad, set};
use super::error::Error;
use super::frames::{audio_caps, encoder_caps, video_caps};
use super::profile::{Numbers, make_encoder};
use crate::core::frame::{AudioFormat, Pixels, VideoFormat};
use crate::core::profile::{Encoder, Profiles};

/// Pictures encoded in a trial: more than any encoder's look-ahead without B-frames.
const PICTURES: u64 = 12;

/// Blocks of sound in a trial, 0.3 s in all.
const BLOCKS: i32 = 30;
const BLOCK_SAMPLES: i32 = 480;

/// A trial takes some 50 ms; a graphics driver may compile something at first.
const LIMIT: Duration = Duration::from_secs(8);

/// Sound as the studio's microphones give it.
const SOUND: AudioFormat = AudioFormat { sample_rate: 48_000, channels: 2 };

/// The encoders to record with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    pub video: Encoder,
    /// What is installed of the profiles after it, in their order: what a take goes on with when that one fails.
    pub spares: Vec<Encoder>,
    pub audio: Option<Encoder>,
}

/// One encoder's trial, for `onetake doctor`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    pub name: String,
    pub element: String,
    pub hardware: bool,
    pub ok: bool,
    /// What came out, or why nothing did.
    pub detail: String,
}

/// Whether an element of this name is installed.
pub fn installed(element: &str) -> bool {
    super::init().is_ok() && gst::ElementFactory::find(element).is_some()
}

/// Encodes a dozen pictures of this format; the bytes that came out.
pub fn encoder_works(encoder: &Encoder, format: &VideoFormat) -> Result<u64, Error> {
    super::init()?;
    // MJPEG is decoded before the encoder, which sees 4:2:0.
    let raw = match format.pixels {
        Pixels::Mjpeg => VideoFormat { pixels: Pixels::I420, ..*format },
        _ => *format,
    };
    let source = make("videotestsrc", "source")?;
    source.set_property("num-buffers", PICTURES as i32);
    set(&source, "pattern", "smpte")?;
    let mut elements = vec![source, caps_filter("source-caps", &video_caps(&raw)?)?];
    elements.push(make("videoconvert", "convert")?);
    elements.push(caps_filter("encode-caps", &encoder_caps(&raw))?);
    elements.extend(make_encoder(encoder, Numbers::video(format), "encoder")?);
    let (bytes, buffers) = run(encoder, elements)?;
    if buffers < PICTURES {
        let detail = format!("{buffers} of {PICTURES} pictures came out");
        return Err(Error::Encoder { encoder: encoder.name.clone(), detail });
    }
    Ok(bytes)
}

/// Encodes a third of a second of sound; the bytes that came out.
pub fn sound_encoder_works(encoder: &Encoder, format: &AudioFormat) -> Result<u64, Error> {
    super::init()?;
    let source = make("audiotestsrc", "source")?;
    source.set_property("num-buffers", BLOCKS);
    source.set_property("samplesperbuffer", BLOCK_SAMPLES);
    let kept = AudioFormat { channels: format.channels.clamp(1, 2), ..*format };
    let mut elements = vec![source, caps_filter("source-caps", &audio_caps(&kept))?];
    elements.push(make("audioconvert", "convert")?);
    elements.push(make("audioresample", "resample")?);
    elements.extend(make_encoder(encoder, Numbers::audio(), "encoder")?);
    run(encoder, elements).map(|(bytes, _)| bytes)
}

/// The first encoder of each list that works.
pub fn choose(profiles: &Profiles, format: &VideoFormat, has_audio: bool) -> Result<Chosen, Error> {
    super::init()?;
    // A wrong format would fail every encoder; say so instead of naming them all.
    video_caps(format)?;
    let video = first(&profiles.video, "picture", |encoder| encoder_works(encoder, format))?;
    let after = profiles.video.iter().skip_while(|encoder| **encoder != video).skip(1);
    let spares = after.filter(|encoder| installed(&encoder.element)).cloned().collect();
    let audio = if has_audio { Some(choose_sound(profiles)?) } else { None };
    Ok(Chosen { video, spares, audio })
}

/// The first encoder of sound that works, for a take of sound alone.
pub fn choose_sound(profiles: &Profiles) -> Result<Encoder, Error> {
    super::init()?;
    first(&profiles.audio, "sound", |encoder| sound_encoder_works(encoder, &SOUND))
}

/// Tries every encoder of the profiles.
pub fn report(profiles: &Profiles, format: &VideoFormat) -> Vec<Trial> {
    let video = profiles.video.iter().map(|encoder| trial(encoder, encoder_works(encoder, format)));
    let audio = profiles.audio.iter().map(|encoder| trial(encoder, sound_encoder_works(encoder, &SOUND)));
    video.chain(audio).collect()
}

fn trial(encoder: &Encoder, result: Result<u64, Error>) -> Trial {
    let (ok, detail) = match result {
        Ok(bytes) => (true, format!("{bytes} bytes")),
        Err(error) => (false, error.to_string()),
    };
    Trial { name: encoder.name.clone(), element: encoder.element.clone(), hardware: encoder.hardware, ok, detail }
}

fn first(encoders: &[Encoder], kind: &'static str, works: impl Fn(&Encoder) -> Result<u64, Error>) -> Result<Encoder, Error> {
    let mut tried = Vec::new();
    for encoder in encoders {
        match works(encoder) {
            Ok(_) => return Ok(encoder.clone()),
            Err(error) => {
                debug!(encoder = encoder.name, %error, "encoder left out");
                tried.push(encoder.name.as_str());
            }
        }
    }
    Err(Error::NoEncoder { kind, tried: tried.join(", ") })
}

fn caps_filter(name: &str, caps: &gst::Caps) -> Result<gst::Element, Error> {
    let filter = make("capsfilter", name)?;
    filter.set_property("caps", caps);
    Ok(filter)
}

/// Runs the chain into a counting sink; bytes and buffers that came out.
fn run(encoder: &Encoder, mut elements: Vec<gst::Element>) -> Result<(u64, u64), Error> {
    let sink = make("fakesink", "sink")?;
    sink.set_property("sync", false);
    let counts = Arc::new([AtomicU64::new(0), AtomicU64::new(0)]);
    let counted = Arc::clone(&counts);
    pad(&sink, "sink")?.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
        if let Some(buffer) = info.buffer() {
            counted[0].fetch_add(buffer.size() as u64, Ordering::Relaxed);
            counted[1].fetch_add(1, Ordering::Relaxed);
        }
        gst::PadProbeReturn::Ok
    });
    elements.push(sink);
    let pipeline = gst::Pipeline::builder().name("probe").build();
    chain(&pipeline, &elements)?;
    match wait(&pipeline, encoder) {
        // It may hang in going down too.
        Err(error @ Error::Timeout { .. }) => {
            discard(pipeline);
            return Err(error);
        }
        // A graphics card encodes few streams at once; this place is free again before the recorder asks.
        result => {
            let _ = pipeline.set_state(gst::State::Null);
            result?;
        }
    }
    let (bytes, buffers) = (counts[0].load(Ordering::Relaxed), counts[1].load(Ordering::Relaxed));
    if bytes == 0 {
        return Err(Error::Encoder { encoder: encoder.name.clone(), detail: "nothing came out".into() });
    }
    Ok((bytes, buffers))
}

/// Plays to the end of the stream, an error, or the limit.
fn wait(pipeline: &gst::Pipeline, encoder: &Encoder) -> Result<(), Error> {
    let failed = |detail: String| Error::Encoder { encoder: encoder.name.clone(), detail };
    let bus = pipeline.bus().ok_or_else(|| failed("no bus".into()))?;
    let started = Instant::now();
    // The reason of a refusal is on the bus.
    let refused = pipeline.set_state(gst::State::Playing).is_err();
    while started.elapsed() < LIMIT {
        let slice = gst::ClockTime::from_mseconds(if refused { 0 } else { 200 });
        let message = bus.timed_pop_filtered(slice, &[gst::MessageType::Error, gst::MessageType::Eos]);
        match message.as_ref().map(|message| message.view()) {
            Some(gst::MessageView::Error(error)) => return Err(failed(error.error().message().to_owned())),
            Some(_) => return Ok(()),
            None if refused => return Err(failed("it did not start".into())),
            None => {}
        }
    }
    Err(Error::Timeout { what: "the encoder", seconds: LIMIT.as_secs() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::frame::Matrix;
    use crate::core::time::Rate;
    use crate::media::profile::built_in;

    fn format(width: u32, height: u32, pixels: Pixels) -> VideoFormat {
        VideoFormat { width, height, rate: Rate::whole(30), pixels, matrix: Matrix::Bt709, full_range: false }
    }

    #[test]
    fn the_first_that_works_is_chosen_and_the_absent_are_passed_over() {
        let mut profiles = built_in().unwrap();
        let absent = Encoder { name: "Absent".into(), element: "nosuchenc".into(), ..profiles.video[0].clone() };
        profiles.video.insert(0, absent);
        let chosen = choose(&profiles, &format(320, 240, Pixels::Nv12), true).unwrap();
        assert!(installed(&chosen.video.element));
        assert!(chosen.audio.is_some());
    }

    #[test]
    fn every_pixel_layout_of_a_camera_is_encoded() {
        let profiles = built_in().unwrap();
        for pixels in [Pixels::Nv12, Pixels::I420, Pixels::Yuyv, Pixels::Mjpeg, Pixels::Rgba, Pixels::Bgrx] {
            let chosen = choose(&profiles, &format(320, 240, pixels), false).unwrap();
            assert!(encoder_works(&chosen.video, &format(320, 240, pixels)).unwrap() > 0, "{pixels:?}");
        }
    }

    #[test]
    fn the_report_names_each_profile_and_why_it_failed() {
        let mut profiles = built_in().unwrap();
        let absent = Encoder { name: "Absent".into(), element: "nosuchenc".into(), ..profiles.video[0].clone() };
        profiles.video = vec![absent];
        let trials = report(&profiles, &format(320, 240, Pixels::Nv12));
        assert_eq!(trials.len(), 1 + profiles.audio.len());
        assert!(!trials[0].ok && trials[0].detail.contains("nosuchenc"));
        assert!(trials[1].ok, "{:?}", trials[1]);
    }

    #[test]
    fn nothing_that_works_is_an_error_that_lists_what_was_tried() {
        let mut profiles = built_in().unwrap();
        let absent = Encoder { name: "Absent".into(), element: "nosuchenc".into(), ..profiles.video[0].clone() };
        profiles.video = vec![absent];
        let error = choose(&profiles, &format(320, 240, Pixels::Nv12), false).unwrap_err();
        assert!(error.to_string().contains("Absent"), "{error}");
        assert!(matches!(choose(&profiles, &format(0, 240, Pixels::Nv12), false), Err(Error::Format { .. })));
    }
}
