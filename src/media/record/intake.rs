//! What becomes of each frame and block that is handed over: its time in the take, or the reason it is left out.
//!
//! Time zero is the first accepted frame's stamp (in a take of sound alone, the first sound's); everything else keeps its
//! distance from it. Sound that arrives before the first frame waits a moment, since a microphone is faster than a camera and
//! its sound may belong to the first picture.
//!
//! The muxer waits until each stream has something. So when a camera falls silent, its last picture is repeated ten times a
//! second (still pictures cost some hundred bytes) as far as the sound has come; when a microphone does, silence is written
//! as far as the picture has come. The device may come back at any time.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use gstreamer as gst;
use tracing::{trace, warn};

use super::lane::Lane;
use super::pipeline::Graph;
use super::sound::Sound;
use super::watch::OnEvent;
use super::{Counters, Event, Plan};
use crate::core::frame::{AudioBlock, AudioFormat, Frame, VideoFormat};
use crate::core::time::{Moment, SECOND};
use crate::media::frames::{video_caps, wrap};

/// Raw frames that may wait for the encoder: half a second, and no more memory than this.
const WAITING_BYTES: u64 = 128 << 20;

/// A camera that is silent for longer has stopped; webcams in the dark still give five frames a second.
const CAMERA_GONE_NANOS: u64 = 500_000_000;

/// A microphone that is silent for longer has stopped; sound servers deliver in bursts of up to half a second.
const MICROPHONE_GONE_NANOS: u64 = SECOND;

/// Once a device has stopped, the stand-in follows the other this far behind, in steps of the half.
const STAND_IN_LAG_NANOS: u64 = 200_000_000;
const STAND_IN_STEP_NANOS: u64 = STAND_IN_LAG_NANOS / 2;

/// Takes what devices give and pushes it into the pipeline.
#[derive(Debug)]
pub struct Intake {
    pictures: Option<Pictures>,
    sound: Option<Sound>,
    /// The microphone's format as planned, and whether it was told that it gives another.
    microphone: Option<AudioFormat>,
    sound_warned: bool,
    on_event: Told,
    counters: Arc<Counters>,
    zero: Option<Moment>,
    /// The newest picture, for repeating, and when it is shown.
    newest: Option<(gst::Buffer, u64)>,
    number: Option<u64>,
    camera_gone: bool,
    warned: bool,
    closed: bool,
}

/// The picture's side.
#[derive(Debug)]
struct Pictures {
    lane: Lane,
    format: VideoFormat,
    /// What the camera gives now; the pipeline makes `format` of it.
    given: VideoFormat,
}

/// Where it is told that a device has changed.
struct Told(Arc<OnEvent>);

impl std::fmt::Debug for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Told")
    }
}

/// Channels of a microphone that are recorded.
pub fn kept_channels(format: &AudioFormat) -> u16 {
    format.channels.clamp(1, 2)
}

impl Intake {
    pub fn new(plan: &Plan, graph: Graph, counters: Arc<Counters>, on_event: Arc<OnEvent>) -> Intake {
        let kept = |format: AudioFormat| AudioFormat { channels: kept_channels(&format), ..format };
        let sound = graph.sound.zip(plan.audio).map(|(lane, format)| Sound::new(lane, kept(format)));
        let pictures = graph.pictures.zip(plan.video);
        let pictures = pictures.map(|(lane, format)| Pictures { lane, format, given: format });
        let on_event = Told(on_event);
        Intake {
            on_event,
            pictures,
            sound,
            microphone: plan.audio,
            sound_warned: false,
            counters,
            zero: None,
            newest: None,
            number: None,
            camera_gone: false,
            warned: false,
            closed: false,
        }
    }

    /// When the take began.
    pub fn zero(&self) -> Option<Moment> {
        self.zero
    }

    pub fn frame(&mut self, frame: &Frame) {
        let Some(given) = self.pictures.as_ref().map(|pictures| pictures.given).filter(|_| !self.closed) else { return };
        self.count_missed(frame.number);
        let zero = self.zero.unwrap_or(frame.stamp);
        let pts = frame.stamp.since(zero);
        let late = frame.stamp < zero || self.newest.as_ref().is_some_and(|(_, newest)| pts <= *newest);
        if late || self.counters.ended.load(Ordering::Relaxed) || !self.has_room() {
            trace!(number = frame.number, late, "frame dropped");
            self.counters.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let Some(buffer) = self.fits(frame).then(|| wrap(frame)).flatten() else {
            self.refuse(frame);
            return;
        };
        if frame.format != given && !self.change(frame.format) {
            self.refuse(frame);
            return;
        }
        if !self.push_picture(buffer, pts) {
            self.counters.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        self.counters.frames.fetch_add(1, Ordering::Relaxed);
        self.camera_gone = false;
        if self.zero.is_none() {
            self.zero = Some(zero);
            if let Some(sound) = &mut self.sound {
                sound.place_early(zero);
            }
        }
        self.stand_in_for_microphone(pts);
    }

    pub fn sound(&mut self, block: &AudioBlock) {
        let Some(sound) = self.sound.as_mut().filter(|_| !self.closed) else { return };
        if self.microphone != Some(block.format) && !std::mem::replace(&mut self.sound_warned, true) {
            let (now, planned) = (block.format.sample_rate, sound.sample_rate());
            self.on_event.0(Event::Changed(format!(
                "The microphone changed its sound to {now} Hz. The take goes on at {planned} Hz."
            )));
        }
        if self.pictures.is_none() {
            self.zero.get_or_insert(block.stamp);
        }
        let Some(zero) = self.zero else {
            sound.keep_early(block);
            return;
        };
        let gap = sound.block(block, zero);
        self.counters.audio_gaps.fetch_add(u64::from(gap), Ordering::Relaxed);
        let heard = sound.end_nanos();
        self.stand_in_for_camera(heard);
    }

    /// No more input; what is inside flows out to the end.
    pub fn close(&mut self) {
        if std::mem::replace(&mut self.closed, true) {
            return;
        }
        if let Some(pictures) = &self.pictures {
            let _ = pictures.lane.end_of_stream();
        }
        if let Some(sound) = &mut self.sound {
            sound.close();
        }
    }

    fn count_missed(&mut self, number: u64) {
        let missed = self.number.map_or(0, |last| number.saturating_sub(last.saturating_add(1)));
        self.counters.missed.fetch_add(missed, Ordering::Relaxed);
        self.number = Some(number);
    }

    /// Whether another frame may wait for the encoder.
    pub fn has_room(&self) -> bool {
        let Some(Pictures { lane, format, .. }) = &self.pictures else { return false };
        // A JPEG of a webcam stays below this guess, so more of them may wait; they cost little.
        let size = format.frame_bytes().unwrap_or(1 << 20).max(1) as u64;
        let half_second = (format.rate.fps() / 2.0).ceil() as u64;
        let limit = half_second.clamp(4, (WAITING_BYTES / size).max(4));
        lane.has_room(size, limit * size)
    }

    /// Pictures may change their size, not become JPEG or cease to be it: the decoder is there or not.
    fn fits(&self, frame: &Frame) -> bool {
        self.pictures.as_ref().is_some_and(|pictures| frame.format.pixels == pictures.format.pixels)
    }

    /// The camera gives another format from now on.
    fn change(&mut self, format: VideoFormat) -> bool {
        let (Ok(caps), Some(pictures)) = (video_caps(&format), self.pictures.as_mut()) else { return false };
        pictures.lane.set_caps(Some(&caps));
        let sizes = |format: VideoFormat| (format.width, format.height);
        let given = std::mem::replace(&mut pictures.given, format);
        if sizes(format) != sizes(given) {
            let (w, h) = sizes(format);
            let (width, height) = sizes(pictures.format);
            let what = format!("The camera changed its picture to {w}×{h}. The take goes on at {width}×{height}.");
            warn!("{what}");
            self.on_event.0(Event::Changed(what));
        }
        true
    }

    fn refuse(&mut self, frame: &Frame) {
        self.counters.dropped.fetch_add(1, Ordering::Relaxed);
        if !self.warned {
            warn!(format = ?frame.format, bytes = frame.data.len(), "a frame of another format than planned is left out");
            self.warned = true;
        }
    }

    fn push_picture(&mut self, mut buffer: gst::Buffer, pts: u64) -> bool {
        let Some(Pictures { lane, format, .. }) = &self.pictures else { return false };
        if let Some(buffer) = buffer.get_mut() {
            buffer.set_pts(gst::ClockTime::from_nseconds(pts));
            buffer.set_duration(gst::ClockTime::from_nseconds(format.rate.frame_nanos()));
        }
        // Copies the description; the picture itself is shared.
        let kept = buffer.copy();
        let pushed = lane.push_buffer(buffer).is_ok();
        if pushed {
            self.newest = Some((kept, pts));
        }
        pushed
    }

    /// Repeats the newest picture while the sound has run ahead of a camera that has stopped.
    fn stand_in_for_camera(&mut self, heard: u64) {
        // Nothing is lacking in a take that takes no more pictures.
        if self.counters.ended.load(Ordering::Relaxed) {
            return;
        }
        let Some(pictures) = &self.pictures else { return };
        let slowest = 3 * pictures.format.rate.frame_nanos();
        let limit = if self.camera_gone { STAND_IN_LAG_NANOS } else { CAMERA_GONE_NANOS.max(slowest) };
        while let Some((buffer, shown)) = self.newest.as_ref().map(|(buffer, shown)| (buffer.copy(), *shown)) {
            let lag = if self.camera_gone { STAND_IN_LAG_NANOS } else { limit };
            if heard < shown + lag || !self.has_room() {
                return;
            }
            self.camera_gone = true;
            // Counted first: the muxer may count it as a picture before the push returns.
            self.counters.stand_ins.fetch_add(1, Ordering::Relaxed);
            if !self.push_picture(buffer, shown + STAND_IN_STEP_NANOS) {
                return;
            }
        }
    }

    /// Writes silence while the picture has run ahead of a microphone that has stopped.
    fn stand_in_for_microphone(&mut self, shown: u64) {
        let Some(sound) = self.sound.as_mut() else { return };
        let lag = if sound.is_gone() { STAND_IN_LAG_NANOS } else { MICROPHONE_GONE_NANOS };
        if shown < sound.end_nanos() + lag {
            return;
        }
        if sound.stand_in(shown.saturating_sub(STAND_IN_STEP_NANOS)) {
            self.counters.audio_gaps.fetch_add(1, Ordering::Relaxed);
        }
    }
}
