//! From a sound card's callback through a ring of one second to blocks of 10 ms with smooth stamps. Knows no device, so that
//! gaps, drift and jitter are tested without one.
//!
//! A mark says where a callback's samples begin, counted from the stream's start, and when they were taken. Samples that do
//! not fit into the ring are counted and left out, so later ones keep their time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::Thread;

use super::stamps::{SampleClock, sample_nanos};
use crate::core::frame::{AudioBlock, AudioFormat};
use crate::core::time::Moment;

const BLOCKS_PER_SECOND: u32 = 100;
/// Marks in their ring: a second of callbacks of a few milliseconds.
const MARKS: usize = 512;

/// The callback's end of the rings.
pub struct Feed {
    samples: rtrb::Producer<f32>,
    marks: rtrb::Producer<Mark>,
    next: u64,
    channels: usize,
    full: bool,
    /// The device lost samples since the last mark.
    overrun: bool,
    gaps: Arc<AtomicU64>,
    reader: Thread,
}

/// What is known about one callback's samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    /// The first sample's place, counted per channel from the stream's start, those included that did not fit.
    index: u64,
    /// Samples per channel.
    frames: usize,
    /// When the first sample was taken, with the callback's jitter.
    moment: Moment,
    /// The device lost samples before this one, and nobody knows how many.
    overrun: bool,
}

/// The reading end of the rings.
#[derive(Debug)]
pub struct Blocks {
    format: AudioFormat,
    samples: rtrb::Consumer<f32>,
    marks: rtrb::Consumer<Mark>,
    gaps: Arc<AtomicU64>,
    /// Measurements until there are enough for a clock.
    measured: Vec<(u64, Moment)>,
    clock: Option<SampleClock>,
    /// The next sample's place.
    next: u64,
    /// The block that is being filled, and its first sample's moment.
    filling: Vec<f32>,
    stamp: Moment,
    /// No block may begin before this.
    earliest: Moment,
}

/// Both ends of rings that hold a second of `format`. `gaps` counts stretches of lost sound; `reader` is woken by each
/// callback.
pub fn pair(format: AudioFormat, gaps: Arc<AtomicU64>, reader: Thread) -> (Feed, Blocks) {
    let channels = usize::from(format.channels.max(1));
    let (sample_sender, samples) = rtrb::RingBuffer::new(format.sample_rate as usize * channels);
    let (mark_sender, marks) = rtrb::RingBuffer::new(MARKS);
    let counted = Arc::clone(&gaps);
    let feed = Feed {
        samples: sample_sender,
        marks: mark_sender,
        next: 0,
        channels,
        full: false,
        overrun: false,
        gaps: counted,
        reader,
    };
    let blocks = Blocks {
        format,
        samples,
        marks,
        gaps,
        measured: Vec::new(),
        clock: None,
        next: 0,
        filling: Vec::new(),
        stamp: Moment(0),
        earliest: Moment(0),
    };
    (feed, blocks)
}

impl Feed {
    /// Takes a callback's interleaved samples, `frames` per channel, the first of them taken at `moment`; `overrun` says that
    /// the device lost some before. Neither locks nor allocates.
    pub fn accept(&mut self, frames: usize, moment: Moment, overrun: bool, samples: impl Iterator<Item = f32>) {
        let index = self.next;
        self.next += frames as u64;
        self.overrun |= overrun;
        let wanted = frames * self.channels;
        let room = if self.marks.is_full() { None } else { self.samples.write_chunk_uninit(wanted).ok() };
        let Some(room) = room else {
            // One stretch, however many callbacks it lasts.
            if !std::mem::replace(&mut self.full, true) {
                self.gaps.fetch_add(1, Ordering::Relaxed);
            }
            return;
        };
        self.full = false;
        room.fill_from_iter(samples);
        // There is room: only this side fills the ring.
        let _ = self.marks.push(Mark { index, frames, moment, overrun: std::mem::take(&mut self.overrun) });
        self.reader.unpark();
    }
}

impl Blocks {
    /// Reads the first `wanted` callbacks for their stamps alone; `true` once there were enough. The sound of this tenth of
    /// a second is dropped: devices settle in it, and nothing is recorded yet.
    pub fn prime(&mut self, wanted: usize) -> bool {
        while self.measured.len() < wanted {
            let Ok(mark) = self.marks.pop() else {
                return false;
            };
            self.measured.push((mark.index, mark.moment));
            self.skip(&mark);
        }
        self.clock = SampleClock::prime(self.format.sample_rate, &self.measured);
        self.clock.is_some()
    }

    /// Hands on every block that is complete; says whether any sound had come.
    pub fn take(&mut self, on_block: &mut dyn FnMut(AudioBlock)) -> bool {
        let mut came = false;
        while let Ok(mark) = self.marks.pop() {
            came = true;
            self.follow(&mark, on_block);
            self.read(mark.frames, on_block);
        }
        came
    }

    /// Brings the clock up to a mark, and ends the block where sound was lost before it.
    fn follow(&mut self, mark: &Mark, on_block: &mut dyn FnMut(AudioBlock)) {
        let Some(clock) = &mut self.clock else {
            return;
        };
        // What did not fit into the ring was counted by the other side.
        let mut broken = mark.index != self.next;
        if mark.overrun {
            clock.jump(mark.index, mark.moment);
            self.gaps.fetch_add(1, Ordering::Relaxed);
            broken = true;
        } else if clock.measure(mark.index, mark.moment) {
            self.gaps.fetch_add(1, Ordering::Relaxed);
            broken = true;
        }
        if broken {
            self.flush(on_block);
        }
        self.next = mark.index;
    }

    fn read(&mut self, frames: usize, on_block: &mut dyn FnMut(AudioBlock)) {
        let channels = usize::from(self.format.channels.max(1));
        let full = (self.format.sample_rate / BLOCKS_PER_SECOND).max(1) as usize * channels;
        let mut left = frames * channels;
        while left > 0 {
            if self.filling.is_empty() {
                let moment = self.clock.as_ref().map_or(Moment(0), |clock| clock.moment(self.next));
                self.stamp = moment.max(self.earliest);
                self.filling.reserve_exact(full);
            }
            let wanted = left.min(full - self.filling.len());
            let Ok(chunk) = self.samples.read_chunk(wanted) else {
                return;
            };
            let (first, second) = chunk.as_slices();
            self.filling.extend_from_slice(first);
            self.filling.extend_from_slice(second);
            chunk.commit_all();
            left -= wanted;
            self.next += (wanted / channels) as u64;
            if self.filling.len() == full {
                self.flush(on_block);
            }
        }
    }

    fn flush(&mut self, on_block: &mut dyn FnMut(AudioBlock)) {
        if self.filling.is_empty() {
            return;
        }
        let block = AudioBlock { format: self.format, samples: std::mem::take(&mut self.filling), stamp: self.stamp };
        // After a correction backwards blocks may overlap a little, but never change their order.
        self.earliest = Moment(self.stamp.0 + sample_nanos(block.frames() as u64, self.format.sample_rate) / 2);
        on_block(block);
    }

    fn skip(&mut self, mark: &Mark) {
        self.next = mark.index + mark.frames as u64;
        if let Ok(chunk) = self.samples.read_chunk(mark.frames * usize::from(self.format.channels.max(1))) {
            chunk.commit_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::time::SECOND;

    const STEREO: AudioFormat = AudioFormat { sample_rate: 48_000, channels: 2 };

    struct Bench {
        feed: Feed,
        blocks: Blocks,
        gaps: Arc<AtomicU64>,
        given: Vec<AudioBlock>,
    }

    impl Bench {
        fn new() -> Bench {
            let gaps = Arc::new(AtomicU64::new(0));
            let (feed, blocks) = pair(STEREO, Arc::clone(&gaps), std::thread::current());
            let mut bench = Bench { feed, blocks, gaps, given: Vec::new() };
            bench.callback(480, 0, false);
            assert!(!bench.blocks.prime(2) && !bench.take());
            bench.callback(480, 0, false);
            assert!(bench.blocks.prime(2));
            bench
        }

        /// A callback whose samples carry their own index; late by `late` nanoseconds.
        fn callback(&mut self, frames: usize, late: u64, overrun: bool) {
            let first = self.feed.next;
            let moment = Moment(SECOND + sample_nanos(first, 48_000) + late);
            let samples = (first..first + frames as u64).flat_map(|index| [index as f32; 2]);
            self.feed.accept(frames, moment, overrun, samples);
        }

        fn take(&mut self) -> bool {
            let given = &mut self.given;
            self.blocks.take(&mut |block| given.push(block))
        }

        fn gaps(&self) -> u64 {
            self.gaps.load(Ordering::Relaxed)
        }
    }

    #[test]
    fn callbacks_of_any_size_become_blocks_of_ten_milliseconds() {
        let mut bench = Bench::new();
        for frames in [1, 479, 1000, 37, 443, 480, 960] {
            bench.callback(frames, 0, false);
        }
        assert!(bench.take());
        assert_eq!(bench.given.len(), 7);
        for (n, block) in bench.given.iter().enumerate() {
            let first = 960 + n as u64 * 480;
            assert_eq!((block.frames(), block.samples[0], block.samples[959]), (480, first as f32, (first + 479) as f32));
            assert!(block.stamp.0.abs_diff(SECOND + sample_nanos(first, 48_000)) < 1_000);
        }
        assert_eq!(bench.gaps(), 0);
    }

    #[test]
    fn samples_that_do_not_fit_leave_a_gap_of_their_length() {
        let mut bench = Bench::new();
        // A second fits; what comes until the reader takes it does not.
        for _ in 0..120 {
            bench.callback(479, 0, false);
        }
        let lost = 960 + 479 * 100..960 + 479 * 120;
        bench.take();
        bench.callback(480, 0, false);
        bench.take();
        let frames: Vec<_> = bench.given.iter().map(AudioBlock::frames).collect();
        assert_eq!(frames.iter().sum::<usize>(), 479 * 100 + 480);
        assert_eq!(frames[frames.len() - 2], 479 * 100 % 480, "the block before the gap is short");
        let last = bench.given.last().unwrap();
        assert_eq!(last.samples[0], lost.end as f32);
        assert!(last.stamp.0.abs_diff(SECOND + sample_nanos(lost.end, 48_000)) < 1_000);
        assert_eq!(bench.gaps(), 1, "one stretch");
    }

    #[test]
    fn an_overrun_in_the_device_moves_the_clock_at_once() {
        let mut bench = Bench::new();
        bench.callback(480, 0, false);
        bench.callback(480, 300_000_000, true);
        bench.take();
        assert_eq!(bench.given[1].stamp, Moment(SECOND + sample_nanos(1440, 48_000) + 300_000_000));
        assert_eq!(bench.gaps(), 1);
    }

    #[test]
    fn blocks_never_change_their_order() {
        let mut bench = Bench::new();
        bench.callback(480, 400_000_000, true);
        bench.callback(480, 0, true);
        bench.take();
        assert!(bench.given[1].stamp > bench.given[0].stamp);
    }
}
