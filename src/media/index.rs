//! When each picture of a file is shown, and where the file really ends. Read without decoding.
//!
//! A file whose program was killed tells a wrong length or none, and pictures of a real camera do not sit on a grid; so
//! the player steps and snaps by this list instead of by the frame rate.
//!
//! ```text
//! filesrc ─ decodebin (told to stop at the demuxer) ─ fakesink per stream, each buffer's times noted by a probe
//! ```

use std::io::Read;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

use gstreamer as gst;
use gstreamer::prelude::*;

use super::decode::{check, is_container};
use super::elements::{chain, chain_running, make, pad};
use super::error::Error;
use super::run::to_end;

/// The pictures of a file in the order they are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Index {
    /// Start of each picture in nanoseconds of the file's time, ascending.
    starts: Vec<u64>,
    /// End of the last picture or sound.
    end: u64,
}

impl Index {
    /// Reads `path` through. `Cancelled` when `cancel` is set.
    pub fn read(path: &Path, cancel: &AtomicBool) -> Result<Index, Error> {
        super::init()?;
        check(path)?;
        let found = Arc::new(Mutex::new(Index::default()));
        let pipeline = gst::Pipeline::builder().name("index").build();
        let source = make("filesrc", "source")?;
        source.set_property("location", path);
        let demuxer = make("decodebin", "demuxer")?;
        chain(&pipeline, &[source.clone(), demuxer.clone()])?;
        demuxer.connect("autoplug-continue", false, |values| {
            let caps = values.get(2).and_then(|value| value.get::<gst::Caps>().ok());
            Some(caps.as_ref().is_some_and(is_container).to_value())
        });
        note_streams(&pipeline, &demuxer, &found);
        let read = || source.query_position::<gst::format::Bytes>().map_or(0, |position| *position);
        to_end(pipeline, cancel, read, |message| Error::reading(path, message))?;
        let mut index = std::mem::take(&mut *found.lock().unwrap_or_else(PoisonError::into_inner));
        // With B-frames, pictures are stored in another order than they are shown.
        index.starts.sort_unstable();
        index.starts.dedup();
        Ok(index)
    }

    pub fn end(&self) -> u64 {
        self.end
    }

    /// The picture that is on screen at `nanos`: its number from 0 and its start. `None` without pictures.
    pub fn at(&self, nanos: u64) -> Option<(usize, u64)> {
        let after = self.starts.partition_point(|&start| start <= nanos);
        let number = after.saturating_sub(1);
        self.starts.get(number).map(|&start| (number, start))
    }

    /// The picture somebody means by `nanos`: containers round times to a millisecond or less, so a time a hair before a
    /// picture's start is that picture.
    pub fn meant(&self, nanos: u64) -> Option<(usize, u64)> {
        self.at(nanos.saturating_add(ROUNDING_NANOS))
    }

    /// The picture `steps` away from the one meant by `nanos`, no further than the first and the last.
    pub fn step(&self, nanos: u64, steps: i64) -> Option<(usize, u64)> {
        let (number, _) = self.meant(nanos)?;
        let last = self.starts.len().saturating_sub(1);
        let number = usize::try_from((number as i64).saturating_add(steps).max(0)).unwrap_or(last).min(last);
        self.starts.get(number).map(|&start| (number, start))
    }

    /// A time surely inside picture `number`: a quarter into it. Its very start may belong to the picture before, whose
    /// length is rounded up.
    pub fn inside(&self, number: usize) -> Option<u64> {
        let start = *self.starts.get(number)?;
        let next = self.starts.get(number + 1).copied().unwrap_or(self.end.max(start));
        Some(start + (next.saturating_sub(start) / 4).min(QUARTER_MOST))
    }
}

/// Half of Matroska's usual millisecond, and a tenth for the reader's own rounding.
const ROUNDING_NANOS: u64 = 600_000;

/// Length in nanoseconds and number of pictures of `path`, read through without decoding: true also for a file whose header
/// was never finished.
pub fn length(path: &Path) -> Result<(u64, u64), Error> {
    let index = Index::read(path, &AtomicBool::new(false))?;
    Ok((index.end, index.starts.len() as u64))
}

/// A picture that stays for long (a lost camera) is entered no deeper than this.
const QUARTER_MOST: u64 = 8_000_000;

fn note_streams(pipeline: &gst::Pipeline, demuxer: &gst::Element, found: &Arc<Mutex<Index>>) {
    let (weak, found) = (pipeline.downgrade(), Arc::clone(found));
    demuxer.connect_pad_added(move |_, source| {
        let Some(pipeline) = weak.upgrade() else { return };
        let caps = source.current_caps().unwrap_or_else(|| source.query_caps(None));
        let video = caps.structure(0).is_some_and(|s| s.name().starts_with("video/"));
        if let Err(error) = note_stream(&pipeline, source, video, &found) {
            tracing::debug!(%error, "a stream is left out of the index");
        }
    });
}

fn note_stream(pipeline: &gst::Pipeline, source: &gst::Pad, video: bool, found: &Arc<Mutex<Index>>) -> Result<(), Error> {
    let sink = make("fakesink", &format!("notes-{}", source.name()))?;
    sink.set_property("sync", false);
    chain_running(pipeline, std::slice::from_ref(&sink))?;
    let input = pad(&sink, "sink")?;
    let found = Arc::clone(found);
    input.add_probe(gst::PadProbeType::BUFFER, move |pad, info| {
        let Some((begin, end)) = info.buffer().and_then(|buffer| times(pad, buffer)) else { return gst::PadProbeReturn::Ok };
        let mut index = found.lock().unwrap_or_else(PoisonError::into_inner);
        if video {
            index.starts.push(begin);
        }
        index.end = index.end.max(end);
        gst::PadProbeReturn::Ok
    });
    source.link(&input).map(drop).map_err(|error| Error::build("index", error))
}

/// Begin and end of a buffer in the file's time.
fn times(pad: &gst::Pad, buffer: &gst::BufferRef) -> Option<(u64, u64)> {
    let event = pad.sticky_event::<gst::event::Segment>(0)?;
    let segment = event.segment().downcast_ref::<gst::ClockTime>()?;
    let begin = segment.to_stream_time(buffer.pts()?)?.nseconds();
    Some((begin, begin + buffer.duration().map_or(0, gst::ClockTime::nseconds)))
}

/// Whether this is a Matroska file whose length was never filled in: its writer died, and the duration it tells is not
/// the real one. The segment's size then is all ones (RFC 8794, section 6.2).
pub(super) fn is_unfinished(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(HEAD_BYTES).read_to_end(&mut head));
    read.is_ok() && segment_size_unknown(&head) == Some(true)
}

/// An EBML header with all the elements it may have is shorter than this.
const HEAD_BYTES: u64 = 256;
const EBML_ID: [u8; 4] = [0x1a, 0x45, 0xdf, 0xa3];
pub(super) const SEGMENT_ID: [u8; 4] = [0x18, 0x53, 0x80, 0x67];

fn segment_size_unknown(head: &[u8]) -> Option<bool> {
    let rest = head.strip_prefix(&EBML_ID)?;
    let (size, _, rest) = number(rest)?;
    let rest = rest.get(usize::try_from(size).ok()?..)?.strip_prefix(&SEGMENT_ID)?;
    let (_, unknown, _) = number(rest)?;
    Some(unknown)
}

/// A variable-length number of EBML: its value, whether all its bits are ones ("unknown"), and what follows.
pub(super) fn number(bytes: &[u8]) -> Option<(u64, bool, &[u8])> {
    let length = bytes.first()?.leading_zeros() as usize + 1;
    if length > 8 {
        return None;
    }
    let (own, rest) = bytes.split_at_checked(length)?;
    let all = own.iter().fold(0u64, |value, &byte| value << 8 | u64::from(byte));
    let ones = (1u64 << (7 * length)) - 1;
    let value = all & ones;
    Some((value, value == ones, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_found_by_time_and_by_steps() {
        const MS: u64 = 1_000_000;
        let index = Index { starts: vec![0, 33 * MS, 67 * MS, 400 * MS], end: 433 * MS };
        assert_eq!(index.at(0), Some((0, 0)));
        assert_eq!(index.at(67 * MS - 1), Some((1, 33 * MS)));
        assert_eq!(index.meant(67 * MS - 1), Some((2, 67 * MS)));
        assert_eq!(index.at(9_999 * MS), Some((3, 400 * MS)));
        assert_eq!(index.step(66 * MS, 1), Some((2, 67 * MS)));
        assert_eq!(index.step(66 * MS, -5), Some((0, 0)));
        assert_eq!(index.step(400 * MS, 1), Some((3, 400 * MS)));
        assert_eq!(Index::default().at(5), None);
    }

    #[test]
    fn a_time_inside_belongs_to_the_picture() {
        let index = Index { starts: vec![0, 33_000_000, 67_000_000], end: 100_000_000 };
        for number in 0..3 {
            assert_eq!(index.at(index.inside(number).unwrap()).unwrap().0, number);
        }
        assert_eq!(index.inside(3), None);
    }

    #[test]
    fn an_unfinished_segment_is_seen() {
        let ebml = [&EBML_ID[..], &[0x82, 0, 0]].concat();
        let unfinished = [&ebml[..], &SEGMENT_ID, &[1, 255, 255, 255, 255, 255, 255, 255]].concat();
        let finished = [&ebml[..], &SEGMENT_ID, &[1, 0, 0, 0, 0, 0, 9, 9]].concat();
        assert_eq!(segment_size_unknown(&unfinished), Some(true));
        assert_eq!(segment_size_unknown(&finished), Some(false));
        assert_eq!(segment_size_unknown(&unfinished[..9]), None);
        assert_eq!(segment_size_unknown(b"RIFF"), None);
    }
}
