//! The waveform of a file: only its sound is decoded, as fast as it goes, and only the peaks are kept.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use gstreamer as gst;
use gstreamer_audio as gst_audio;

use super::decode::{Decoding, Item, Want, stream_time};
use super::error::Error;
use super::frames::samples_of;
use crate::core::peaks::{Peaks, Scanner};
use crate::core::time::SECOND;

/// A hole in the sound shorter than this is a rounding of time stamps (Matroska counts in milliseconds), not silence.
const ROUNDING_NANOS: u64 = 5_000_000;

/// A hole longer than this is a broken time stamp: no take lasts a day.
const LONGEST_HOLE_NANOS: u64 = 24 * 3600 * SECOND;

/// Decodes the sound of `path` into its peaks; empty when it has no sound. Setting `cancel` ends it with
/// `Error::Cancelled` within a few blocks.
pub fn peaks(path: &Path, cancel: &AtomicBool) -> Result<Peaks, Error> {
    let native = if cfg!(target_endian = "little") { "F32LE" } else { "F32BE" };
    let caps = gst::Caps::builder("audio/x-raw").field("format", native).field("layout", "interleaved").build();
    let decoding = Decoding::start(path, Want { video: None, audio: Some(caps) })?;
    let mut track = None;
    loop {
        if cancel.load(Ordering::Relaxed) {
            return Err(Error::Cancelled);
        }
        match decoding.next() {
            Item::Sound(sample) => scan(&mut track, &sample),
            Item::Failed(error) => return Err(error),
            Item::End => return Ok(track.map(|track: Track| track.scanner.finish()).unwrap_or_default()),
            Item::Picture(_) | Item::VideoCodec(_) | Item::AudioCodec(_) => {}
        }
    }
}

/// The waveform so far and where on the time line it has come to.
#[derive(Debug)]
struct Track {
    scanner: Scanner,
    rate: u64,
    channels: usize,
    /// Audio frames scanned, silence included.
    frames: u64,
}

/// Adds a block where its time stamp says it belongs; what is missing before it counts as silence.
fn scan(track: &mut Option<Track>, sample: &gst::Sample) {
    let Some(info) = sample.caps().and_then(|caps| gst_audio::AudioInfo::from_caps(caps).ok()) else { return };
    let Some(map) = sample.buffer().and_then(|buffer| buffer.map_readable().ok()) else { return };
    let track = track.get_or_insert_with(|| Track {
        scanner: Scanner::new(info.rate(), info.channels() as u16),
        rate: u64::from(info.rate()).max(1),
        channels: (info.channels() as usize).max(1),
        frames: 0,
    });
    if let Some(pts) = stream_time(sample) {
        let here = (u128::from(track.frames) * u128::from(SECOND) / u128::from(track.rate)) as u64;
        if pts > here + ROUNDING_NANOS && pts - here < LONGEST_HOLE_NANOS {
            let mut missing = (u128::from(pts - here) * u128::from(track.rate) / u128::from(SECOND)) as u64;
            track.frames += missing;
            let second = vec![0.0; track.rate as usize * track.channels];
            while missing > 0 {
                let now = missing.min(track.rate);
                track.scanner.push(&second[..now as usize * track.channels]);
                missing -= now;
            }
        }
    }
    let samples = samples_of(&map);
    track.frames += (samples.len() / track.channels) as u64;
    track.scanner.push(&samples);
}
