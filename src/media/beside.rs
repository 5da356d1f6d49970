//! Pictures of a second file beside a player: the screen, while the take's own file plays with its sound. The player leads; a
//! thread here looks where it is and shows the picture that belongs there, whether it plays, steps, stands or is dragged.
//!
//! ```text
//! filesrc ─ decodebin ─ videoconvert ─ appsink (waits to be asked) ─> the newest picture not after the player's ─> slot
//! ```

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;
use tracing::{debug, warn};

use super::decode::{check, stream_time};
use super::elements::{chain, discard, make, pad};
use super::error::Error;
use super::frames::unwrap;
use crate::core::frame::Frame;
use crate::core::latest::Latest;
use crate::core::time::{Moment, SECOND};

/// How often it is looked where the player is: three times in a picture of 30 a second.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Further ahead than this it is faster to seek than to decode what lies between.
const FAR_NANOS: u64 = SECOND;

/// A screen's pictures are at most this far apart (`core::screen::Pace`), so a seek that begins so much earlier finds the one
/// that is still shown.
const BEFORE_NANOS: u64 = SECOND / 2;

/// A seek that shows nothing for so long is asked for again.
const SEEK_LIMIT: Duration = Duration::from_secs(2);

/// How long a picture may take before it is looked again where the player is.
const PATIENCE_MS: u64 = 40;

/// A second file that is shown. Dropping it ends that; the last picture stays in the slot.
#[derive(Debug)]
pub struct Beside {
    quit: Arc<AtomicBool>,
}

impl Beside {
    /// Shows `path`, whose first picture is `offset` nanoseconds after the player's first. `position` is the player's, in
    /// nanoseconds. Frames carry the player's time as their stamp.
    pub fn open(
        path: &Path,
        offset: i64,
        position: impl Fn() -> u64 + Send + 'static,
        frames: Latest<Frame>,
    ) -> Result<Beside, Error> {
        super::init()?;
        check(path)?;
        let pipeline = gst::Pipeline::builder().name("beside").build();
        let source = make("filesrc", "source")?;
        source.set_property("location", path);
        let decoder = make("decodebin", "decoder")?;
        let convert = make("videoconvert", "to-pictures")?;
        let caps = gst::Caps::builder("video/x-raw").field("format", gst::List::new(["I420", "NV12"])).build();
        let sink = gst_app::AppSink::builder().name("pictures").caps(&caps).sync(false).max_buffers(2).build();
        chain(&pipeline, &[source, decoder.clone()])?;
        chain(&pipeline, &[convert.clone(), sink.clone().upcast()])?;
        let input = pad(&convert, "sink")?;
        decoder.connect_pad_added(move |_, source| {
            if !input.is_linked() && source.link(&input).is_err() {
                debug!("a stream of the second file is not shown");
            }
        });
        let quit = Arc::new(AtomicBool::new(false));
        let follower = Follower { pipeline, sink, offset, frames, ahead: None, shown: None, floor: 0, sought: None, number: 0 };
        let ending = Arc::clone(&quit);
        std::thread::Builder::new()
            .name("beside".into())
            .spawn(move || follower.run(&position, &ending))
            .map_err(|error| Error::build("beside", error))?;
        Ok(Beside { quit })
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        self.quit.store(true, Ordering::Relaxed);
    }
}

/// The thread's own.
struct Follower {
    pipeline: gst::Pipeline,
    sink: gst_app::AppSink,
    offset: i64,
    frames: Latest<Frame>,
    /// The picture after the one that is shown, and its time in the file.
    ahead: Option<(u64, gst::Sample)>,
    /// The time of the one that is shown.
    shown: Option<u64>,
    /// The last place that was sought: nothing between it and what is shown there is in the file.
    floor: u64,
    /// When that was.
    sought: Option<Instant>,
    number: u64,
}

impl Follower {
    fn run(mut self, position: &dyn Fn() -> u64, quit: &AtomicBool) {
        // A failure to start is on the bus, with its reason.
        let _ = self.pipeline.set_state(gst::State::Playing);
        while !quit.load(Ordering::Relaxed) {
            if let Some(error) = self.failed() {
                warn!(error, "the second file is not shown any more");
                break;
            }
            self.follow(position());
            std::thread::sleep(LOOK_EVERY);
        }
        discard(self.pipeline);
    }

    /// Shows the picture that belongs to this place of the player's.
    fn follow(&mut self, position: u64) {
        let wanted = position.saturating_add_signed(self.offset.saturating_neg());
        // While a seek is under way nothing is decoded yet; where it leads to counts.
        let decoded = self.ahead.as_ref().map(|(time, _)| *time).or(self.shown).unwrap_or(self.floor);
        let least = self.shown.map_or(self.floor, |shown| shown.min(self.floor));
        let elsewhere = wanted < least || wanted > decoded.saturating_add(FAR_NANOS);
        let waits = self.shown.is_none() && self.sought.is_some_and(|sought| sought.elapsed() < SEEK_LIMIT);
        if elsewhere && !waits {
            self.seek(wanted);
        }
        let mut newest = None;
        loop {
            if self.ahead.is_none() {
                self.ahead = self.pull();
            }
            // Before its first picture the first one is shown.
            let due = |time: u64| time <= wanted || (self.shown.is_none() && newest.is_none());
            match self.ahead.take_if(|(time, _)| due(*time)) {
                Some(picture) => newest = Some(picture),
                None => break,
            }
        }
        if let Some((time, sample)) = newest {
            self.show(time, &sample);
        }
    }

    fn show(&mut self, time: u64, sample: &gst::Sample) {
        self.shown = Some(time);
        let Some(frame) = unwrap(sample, Moment(time.saturating_add_signed(self.offset)), self.number) else { return };
        self.number += 1;
        self.frames.publish(frame);
    }

    fn seek(&mut self, wanted: u64) {
        let from = gst::ClockTime::from_nseconds(wanted.saturating_sub(BEFORE_NANOS));
        if let Err(error) = self.pipeline.seek_simple(gst::SeekFlags::FLUSH | gst::SeekFlags::ACCURATE, from) {
            debug!(%error, "the second file can't be sought in");
            return;
        }
        (self.ahead, self.shown, self.floor, self.sought) = (None, None, wanted, Some(Instant::now()));
    }

    fn pull(&self) -> Option<(u64, gst::Sample)> {
        let sample = self.sink.try_pull_sample(gst::ClockTime::from_mseconds(PATIENCE_MS))?;
        stream_time(&sample).map(|time| (time, sample))
    }

    fn failed(&self) -> Option<String> {
        let message = self.pipeline.bus()?.pop_filtered(&[gst::MessageType::Error])?;
        match message.view() {
            gst::MessageView::Error(error) => Some(error.error().message().to_owned()),
            _ => None,
        }
    }
}
