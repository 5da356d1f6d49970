//! The pictures of a film one after the other, at one size whatever the film's is: turned upright, scaled, with bars where the
//! proportions differ.

use std::path::Path;

use bytes::Bytes;
use gstreamer as gst;

use super::decode::{Decoding, Item, Want, stream_time};
use super::error::Error;
use super::film::SOUND;
use super::frames::{audio_caps, samples_of, unwrap};
use crate::core::time::Moment;

/// A film that is read from its beginning on.
#[derive(Debug)]
pub struct Reel {
    decoding: Option<Decoding>,
    /// The picture that shows, and from when.
    shown: Option<(u64, Bytes)>,
    /// The one after it.
    next: Option<(u64, Bytes)>,
}

impl Reel {
    /// Pictures as I420 in this size, which must be even. Fails when the file has none.
    pub fn open(path: &Path, [width, height]: [u32; 2]) -> Result<Reel, Error> {
        super::init()?;
        let caps = gst::Caps::builder("video/x-raw")
            .field("format", "I420")
            .field("width", width as i32)
            .field("height", height as i32)
            .field("pixel-aspect-ratio", gst::Fraction::new(1, 1))
            .field("colorimetry", "bt709")
            .build();
        let decoding = Decoding::start(path, Want { video: Some(caps), audio: None })?;
        let mut reel = Reel { decoding: Some(decoding), shown: None, next: None };
        reel.shown = reel.read()?;
        reel.next = reel.read()?;
        if reel.shown.is_none() { Err(Error::NotMedia(path.to_owned())) } else { Ok(reel) }
    }

    /// The picture that shows at this time (nanoseconds from the beginning); the last one behind the end. Times must not go back.
    pub fn at(&mut self, time: u64) -> Result<Bytes, Error> {
        while let Some((from, _)) = &self.next {
            // Rounding of rates: a picture that begins within a hair is meant.
            if *from > time + 1_000_000 {
                break;
            }
            self.shown = self.next.take();
            self.next = self.read()?;
        }
        Ok(self.shown.as_ref().map(|(_, picture)| picture.clone()).unwrap_or_default())
    }

    fn read(&mut self) -> Result<Option<(u64, Bytes)>, Error> {
        let Some(decoding) = &self.decoding else { return Ok(None) };
        loop {
            match decoding.next() {
                Item::Picture(sample) => {
                    let time = stream_time(&sample).unwrap_or(0);
                    if let Some(frame) = unwrap(&sample, Moment(time), 0) {
                        return Ok(Some((time, frame.data)));
                    }
                }
                Item::End => {
                    self.decoding = None;
                    return Ok(None);
                }
                // Pictures that came before a break are shown; the last of them stays.
                Item::Failed(error) if self.shown.is_some() => {
                    tracing::warn!(%error, "a clip breaks off");
                    self.decoding = None;
                    return Ok(None);
                }
                Item::Failed(error) => return Err(error),
                Item::Sound(_) | Item::VideoCodec(_) | Item::AudioCodec(_) => {}
            }
        }
    }
}

/// The sound of a file from its beginning, interleaved stereo at 48 kHz, `most` samples of each channel at most; empty when it has none.
pub fn sound(path: &Path, most: usize) -> Result<Vec<f32>, Error> {
    let decoding = Decoding::start(path, Want { video: None, audio: Some(audio_caps(&SOUND)) })?;
    let most = most * usize::from(SOUND.channels);
    let mut samples: Vec<f32> = Vec::new();
    while samples.len() < most {
        match decoding.next() {
            Item::Sound(sample) => {
                let Some(map) = sample.buffer().and_then(|buffer| buffer.map_readable().ok()) else { continue };
                samples.extend_from_slice(&samples_of(&map));
            }
            Item::Failed(error) if samples.is_empty() => return Err(error),
            Item::End | Item::Failed(_) => break,
            Item::Picture(_) | Item::VideoCodec(_) | Item::AudioCodec(_) => {}
        }
    }
    samples.truncate(most);
    Ok(samples)
}
