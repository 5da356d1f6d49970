//! The player's thread: sleeps on the bus, does one thing at a time, and owns every change of the pipeline's state.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;
use tracing::{debug, warn};

use super::pipeline::{PICTURES, SPEAKER, silence};
use super::{Event, NOWHERE, Seek, Shared};
use crate::core::frame::{Frame, VideoFormat};
use crate::core::time::{Moment, Rate};
use crate::media::elements::discard;
use crate::media::error::Error;
use crate::media::frames::format_of;
use crate::media::index::is_unfinished;

/// A seek that has not ended by then is given up and the next one tried: two in five hundred hung when this was measured.
const SEEK_LIMIT: Duration = Duration::from_secs(3);

/// How long `Opened` waits for the real length before it tells the one in the header; and how long when the header's is
/// known to be wrong (a take whose program died), which is half an hour of recording in one second of reading.
const LENGTH_LIMIT: Duration = Duration::from_millis(200);
const UNFINISHED_LENGTH_LIMIT: Duration = Duration::from_secs(10);

/// A file that shows nothing for this long never will: some broken headers make a demuxer wait without an error.
const OPEN_LIMIT: Duration = Duration::from_secs(20);

/// How often the thread looks around without a message; also the grain of the position without pictures.
const LOOK_EVERY_MS: u64 = 40;

pub struct Control {
    path: PathBuf,
    pipeline: gst::Pipeline,
    bus: gst::Bus,
    shared: Arc<Shared>,
    on_event: Box<dyn Fn(Event) + Send + Sync>,
    stage: Stage,
    /// When the running seek began.
    seeking: Option<Instant>,
    rate: f64,
    playing: bool,
    ended: bool,
    silenced: bool,
    /// The file's own word about its length is wrong.
    unfinished: bool,
}

/// How far opening has come.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    Opening(Instant),
    /// The first picture is shown; the length is awaited.
    Measuring(Instant),
    Open,
    Failed,
}

impl Control {
    pub fn new(
        path: PathBuf,
        pipeline: gst::Pipeline,
        bus: gst::Bus,
        shared: Arc<Shared>,
        on_event: Box<dyn Fn(Event) + Send + Sync>,
    ) -> Control {
        Control {
            unfinished: is_unfinished(&path),
            path,
            pipeline,
            bus,
            shared,
            on_event,
            stage: Stage::Opening(Instant::now()),
            seeking: None,
            rate: 1.0,
            playing: false,
            ended: false,
            silenced: false,
        }
    }

    pub fn run(mut self) {
        // A failure is on the bus, with its reason.
        let _ = self.pipeline.set_state(gst::State::Paused);
        while !self.shared.quit.load(Ordering::Relaxed) {
            if let Some(message) = self.bus.timed_pop(gst::ClockTime::from_mseconds(LOOK_EVERY_MS)) {
                self.message(&message);
            }
            if matches!(self.stage, Stage::Opening(since) if since.elapsed() > OPEN_LIMIT) {
                self.fail(Error::Timeout { what: "the file's reader", seconds: OPEN_LIMIT.as_secs() });
            }
            self.tell_opened();
            self.watch_position();
            if matches!(self.stage, Stage::Measuring(_) | Stage::Open) {
                self.work();
            }
        }
        if self.stage != Stage::Failed {
            let _ = self.pipeline.set_state(gst::State::Null);
        }
    }

    fn message(&mut self, message: &gst::Message) {
        match message.view() {
            gst::MessageView::AsyncDone(_) if matches!(self.stage, Stage::Opening(_)) => {
                self.stage = Stage::Measuring(Instant::now())
            }
            gst::MessageView::AsyncDone(_) => self.seek_done(),
            gst::MessageView::Eos(_) => self.end(),
            gst::MessageView::Error(error) => self.error(error),
            gst::MessageView::Warning(warning) => debug!(error = %warning.error(), "warning while playing"),
            _ => {}
        }
    }

    fn seek_done(&mut self) {
        self.seeking = None;
        if self.shared.wanted().seek.is_none() {
            self.shared.aim.store(NOWHERE, Ordering::Relaxed);
        }
    }

    fn end(&mut self) {
        // An end that a flushing seek overtook is not one.
        if self.seeking.is_some() || self.stage == Stage::Failed {
            return;
        }
        self.ended = true;
        self.set_playing(false);
        (self.on_event)(Event::Ended);
    }

    fn error(&mut self, message: &gst::message::Error) {
        let from_speaker = message.src().is_some_and(|src| src.path_string().split('/').any(|p| p.contains(SPEAKER)));
        if from_speaker && !std::mem::replace(&mut self.silenced, true) {
            warn!(error = %message.error(), "the sound device failed; playing on without sound");
            if self.restart().is_ok() {
                return;
            }
        }
        self.fail(Error::reading(&self.path, message));
    }

    fn fail(&mut self, error: Error) {
        if std::mem::replace(&mut self.stage, Stage::Failed) == Stage::Failed {
            return;
        }
        (self.playing, self.seeking) = (false, None);
        self.shared.playing.store(false, Ordering::Relaxed);
        self.shared.aim.store(NOWHERE, Ordering::Relaxed);
        // What hangs while opening may hang while stopping; this thread must still hear that it is dropped.
        discard(self.pipeline.clone());
        (self.on_event)(Event::Failed(error));
    }

    /// Builds the sound's end anew without a device and goes on where it was.
    fn restart(&mut self) -> Result<(), Error> {
        let opening = matches!(self.stage, Stage::Opening(_));
        let _ = self.pipeline.set_state(gst::State::Null);
        silence(&self.pipeline)?;
        self.pipeline.set_state(gst::State::Paused).map_err(|error| Error::build("play", error))?;
        if opening {
            return Ok(());
        }
        self.stage = Stage::Opening(Instant::now());
        let mut wanted = self.shared.wanted();
        wanted.playing.get_or_insert(self.playing);
        let nanos = self.shared.shown.load(Ordering::Relaxed);
        wanted.seek.get_or_insert(Seek { nanos, exact: true });
        Ok(())
    }

    fn tell_opened(&mut self) {
        let Stage::Measuring(since) = self.stage else { return };
        let limit = if self.unfinished { UNFINISHED_LENGTH_LIMIT } else { LENGTH_LIMIT };
        if self.shared.index.get().is_none() && since.elapsed() < limit {
            return;
        }
        self.stage = Stage::Open;
        if self.shared.duration.load(Ordering::Relaxed) == 0 {
            let header = self.pipeline.query_duration::<gst::ClockTime>().map_or(0, gst::ClockTime::nseconds);
            // The index may have ended in between; its word counts.
            let _ = self.shared.duration.compare_exchange(0, header, Ordering::Relaxed, Ordering::Relaxed);
        }
        let format = self.format();
        (self.on_event)(Event::Opened {
            nanos: self.shared.duration.load(Ordering::Relaxed),
            width: format.map_or(0, |f| f.width),
            height: format.map_or(0, |f| f.height),
            rate: format.map_or(Rate { num: 0, den: 1 }, |f| f.rate),
        });
    }

    /// Without pictures nothing else tells the position: an empty one carries it to the screen.
    fn watch_position(&self) {
        if self.stage != Stage::Open || self.format().is_some() {
            return;
        }
        let Some(position) = self.pipeline.query_position::<gst::ClockTime>().map(gst::ClockTime::nseconds) else { return };
        let known = self.shared.frames.get().is_some_and(|frame| frame.stamp.0 == position);
        if !known && !self.shared.quit.load(Ordering::Relaxed) {
            self.shared.shown.store(position, Ordering::Relaxed);
            self.shared.frames.publish(Frame::empty(Moment(position)));
        }
    }

    /// Format of the pictures, when there are any.
    fn format(&self) -> Option<VideoFormat> {
        let sink = self.pipeline.by_name(PICTURES)?;
        let caps = sink.downcast::<gst_app::AppSink>().ok()?.static_pad("sink")?.current_caps()?;
        format_of(&gstreamer_video::VideoInfo::from_caps(&caps).ok()?)
    }

    /// Takes up what was asked for, as far as it can be done now.
    fn work(&mut self) {
        let volume = self.shared.wanted().volume.take();
        if let Some(volume) = volume {
            self.pipeline.set_property("volume", volume);
        }
        if self.seeking.is_some_and(|since| since.elapsed() < SEEK_LIMIT) {
            return;
        }
        if self.seeking.take().is_some() {
            warn!("a seek did not end; trying the next one");
        }
        let playing = self.shared.wanted().playing.take();
        if let Some(false) = playing {
            self.set_playing(false);
        }
        let again = playing == Some(true) && self.ended;
        if let Some(seek) = self.next_seek(again) {
            self.seek(seek);
        }
        if let Some(true) = playing {
            self.set_playing(true);
        }
    }

    /// The place to go to, if any: of a seek, of steps, of the start after the end, or this one at another speed.
    fn next_seek(&mut self, again: bool) -> Option<Seek> {
        let index = self.shared.index();
        let mut wanted = self.shared.wanted();
        let here = self.shared.shown.load(Ordering::Relaxed);
        let rate = wanted.rate.filter(|rate| *rate != self.rate);
        if wanted.steps != 0 && self.shared.index.get().is_none() {
            // Steps wait until the pictures are known; everything else with them, to keep the order.
            return None;
        }
        let steps = std::mem::take(&mut wanted.steps);
        let seek = wanted.seek.take();
        wanted.rate = None;
        self.rate = rate.unwrap_or(self.rate);
        let base = seek.map_or(here, |seek| seek.nanos);
        if steps != 0 {
            let nanos = match index.and_then(|index| index.step(base, steps)) {
                Some((_, start)) => start,
                None => base.saturating_add_signed(steps.saturating_mul(self.frame_nanos())),
            };
            return Some(Seek { nanos, exact: true });
        }
        match seek {
            Some(seek) => Some(seek),
            None if again => Some(Seek { nanos: 0, exact: true }),
            None => rate.map(|_| Seek { nanos: here, exact: true }),
        }
    }

    fn frame_nanos(&self) -> i64 {
        self.format().map_or(0, |format| format.rate.frame_nanos() as i64)
    }

    fn seek(&mut self, seek: Seek) {
        // Past the end a pipeline shows nothing; the last picture is what one wants to see there.
        let last = self.shared.duration.load(Ordering::Relaxed).saturating_sub(1);
        let nanos = seek.nanos.min(last);
        let index = self.shared.index().filter(|_| seek.exact);
        let inside = index.and_then(|index| index.meant(nanos).and_then(|(number, _)| index.inside(number)));
        let target = gst::ClockTime::from_nseconds(inside.unwrap_or(nanos));
        let how = if seek.exact { gst::SeekFlags::ACCURATE } else { gst::SeekFlags::KEY_UNIT | gst::SeekFlags::SNAP_BEFORE };
        self.shared.aim.store(nanos, Ordering::Relaxed);
        let end = gst::ClockTime::NONE;
        let flags = gst::SeekFlags::FLUSH | how;
        match self.pipeline.seek(self.rate, flags, gst::SeekType::Set, target, gst::SeekType::None, end) {
            Ok(()) => {
                self.seeking = Some(Instant::now());
                self.ended = false;
            }
            Err(error) => {
                warn!(%error, "the file can't be sought in");
                self.shared.aim.store(NOWHERE, Ordering::Relaxed);
            }
        }
    }

    fn set_playing(&mut self, playing: bool) {
        self.playing = playing;
        self.shared.playing.store(playing, Ordering::Relaxed);
        let state = if playing { gst::State::Playing } else { gst::State::Paused };
        // A failure is on the bus, with its reason.
        let _ = self.pipeline.set_state(state);
    }
}
