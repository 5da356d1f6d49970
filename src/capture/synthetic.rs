//! The synthetic camera and microphone: `core::synthetic` paced on the monotonic clock.
//!
//! Every deadline is computed from the common start moment, and stamps are the ideal times, so a busy machine makes frames
//! late but never wrong; one that falls far behind skips numbers, as a real camera would, instead of delivering old frames
//! in a burst.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use bytes::Bytes;

use super::stop::{Stop, StopSignal};
use super::watch::Reporter;
use super::{Error, OnBlock, OnEvent, OnFrame, Wanted, What};
use crate::clock;
use crate::core::device::{Device, DeviceChoice, DeviceEvent};
use crate::core::frame::{AudioBlock, AudioFormat, Frame, VideoFormat};
use crate::core::synthetic::{Fault, Painter, drifting_sound};
use crate::core::time::{Moment, Rate, SECOND};

/// What the synthetic devices are called in lists, settings and journals.
pub const NAME: &str = "synthetic";

/// A camera this many frames behind skips to the present.
const MAX_FRAMES_BEHIND: u64 = 3;
/// A microphone this many blocks (half a second) behind skips to the present; real ones have as much in their buffers.
const MAX_BLOCKS_BEHIND: u64 = 50;

const BLOCKS_PER_SECOND: u32 = 100;
const AUDIO: AudioFormat = AudioFormat { sample_rate: 48_000, channels: 2 };
/// What a microphone with that fault changes to.
const CHANGED_AUDIO: AudioFormat = AudioFormat { sample_rate: 44_100, channels: 2 };

/// Without a picture for this long a camera with a fault has stalled, as a real one has.
const STALL_NANOS: u64 = SECOND / 2;

pub fn camera_device() -> Device {
    Device { name: NAME.to_owned(), label: "Synthetic camera".to_owned() }
}

pub fn microphone_device() -> Device {
    Device { name: NAME.to_owned(), label: "Synthetic microphone".to_owned() }
}

/// The fault that a choice asks for, if it is one of a synthetic device with a fault.
pub fn fault(choice: &DeviceChoice) -> Option<Fault> {
    match choice {
        DeviceChoice::Named(name) => Fault::of_name(name),
        _ => None,
    }
}

/// Starts the camera; frame 0 belongs at `start`, which may have passed.
pub fn camera(
    wanted: Wanted,
    start: Moment,
    fault: Option<Fault>,
    on_frame: OnFrame,
    on_event: OnEvent,
) -> Result<(VideoFormat, Stop), Error> {
    let (width, height) = (even(wanted.width, 160, 7680), even(wanted.height, 90, 4320));
    let painter = Painter::new(width, height, sane(wanted.rate));
    let format = painter.format();
    let stop = Stop::new();
    let signal = stop.signal();
    // Tests read frames' times from it.
    tracing::debug!(start = start.0, "synthetic camera");
    let Some(fault) = fault else {
        spawn(What::Camera, move || run_camera(&painter, start, &signal, on_frame))?;
        return Ok((format, stop));
    };
    let reporter = Arc::new(Reporter::new(camera_device().label, on_event));
    let (watched, watching) = (Arc::clone(&reporter), stop.signal());
    spawn(What::Camera, move || watched.watch(&watching, STALL_NANOS))?;
    let changed = Painter::new(even(width / 2, 160, 7680), even(height / 2, 90, 4320), format.rate);
    spawn(What::Camera, move || run_faulty_camera(&[painter, changed], start, fault, &signal, &reporter, on_frame))?;
    Ok((format, stop))
}

/// Starts the microphone; sample 0 belongs at `start`, which may have passed. `gaps` counts skips.
pub fn microphone(
    start: Moment,
    gaps: Arc<AtomicU64>,
    fault: Option<Fault>,
    on_block: OnBlock,
    on_event: OnEvent,
) -> Result<(AudioFormat, Stop), Error> {
    let stop = Stop::new();
    let signal = stop.signal();
    spawn(What::Microphone, move || run_microphone(start, &signal, &gaps, fault, on_block, &on_event))?;
    Ok((AUDIO, stop))
}

/// The camera with a fault: the same frames at the same times, as far as the fault lets them through.
fn run_faulty_camera(
    painters: &[Painter; 2],
    start: Moment,
    fault: Fault,
    signal: &StopSignal,
    reporter: &Reporter,
    mut on_frame: OnFrame,
) {
    let [whole, changed] = painters;
    let mut unplugged = false;
    let rate = whole.format().rate;
    let mut number = present(clock::now().since(start), rate);
    while !unplugged {
        let stamp = Moment(start.0.saturating_add(rate.frame_start(number)));
        if signal.wait_until(stamp) {
            return;
        }
        let elapsed = stamp.since(start);
        unplugged = fault.gone(elapsed);
        let newest = present(clock::now().since(start), rate);
        if newest > number + MAX_FRAMES_BEHIND {
            number = newest;
            continue;
        }
        // The even ones stay, so that flashes do.
        let silent = fault.frozen(elapsed) || (fault.dark(elapsed) && !number.is_multiple_of(2));
        if !unplugged && !silent && reporter.alive(stamp) {
            on_frame(paint(if fault.changed(elapsed) { changed } else { whole }, number, stamp));
        }
        number += 1;
    }
    reporter.lost("it was unplugged");
    signal.stop();
}

fn paint(painter: &Painter, number: u64, stamp: Moment) -> Frame {
    let format = painter.format();
    let mut data = Vec::with_capacity(format.frame_bytes().unwrap_or_default());
    painter.draw(number, &mut data);
    Frame { format, data: Bytes::from(data), stamp, number }
}

fn run_camera(painter: &Painter, start: Moment, signal: &StopSignal, mut on_frame: OnFrame) {
    let format = painter.format();
    let mut number = present(clock::now().since(start), format.rate);
    loop {
        let stamp = Moment(start.0.saturating_add(format.rate.frame_start(number)));
        if signal.wait_until(stamp) {
            return;
        }
        let newest = present(clock::now().since(start), format.rate);
        if newest > number + MAX_FRAMES_BEHIND {
            tracing::debug!(number, newest, "synthetic camera skips");
            number = newest;
            continue;
        }
        tracing::trace!(number, "picture");
        on_frame(paint(painter, number, stamp));
        number += 1;
    }
}

fn run_microphone(
    start: Moment,
    signal: &StopSignal,
    gaps: &AtomicU64,
    fault: Option<Fault>,
    mut on_block: OnBlock,
    on_event: &OnEvent,
) {
    let ppm = fault.map_or(0, Fault::drift_ppm);
    let block_rate = Rate { num: BLOCKS_PER_SECOND * 1_000_000u32.saturating_add_signed(ppm), den: 1_000_000 };
    let mut block = present(clock::now().since(start), block_rate);
    loop {
        // A block is complete when its last sample has been.
        if signal.wait_until(Moment(start.0.saturating_add(block_rate.frame_start(block + 1)))) {
            return;
        }
        let newest = present(clock::now().since(start), block_rate);
        if newest > block + MAX_BLOCKS_BEHIND {
            tracing::debug!(block, newest, "synthetic microphone skips");
            gaps.fetch_add(1, Ordering::Relaxed);
            block = newest;
            continue;
        }
        let stamp = Moment(start.0.saturating_add(block_rate.frame_start(block)));
        let elapsed = stamp.since(start);
        if fault.is_some_and(|fault| fault.gone(elapsed)) {
            let (device, detail) = (microphone_device().label, "it was unplugged".to_owned());
            return on_event(DeviceEvent::Lost { device, detail });
        }
        if !fault.is_some_and(|fault| fault.frozen(elapsed)) {
            let changed = fault.is_some_and(|fault| fault.changed(elapsed));
            on_block(play(block, if changed { CHANGED_AUDIO } else { AUDIO }, ppm, stamp));
        }
        block += 1;
    }
}

fn play(block: u64, format: AudioFormat, ppm: i32, stamp: Moment) -> AudioBlock {
    let frames = u64::from(format.sample_rate / BLOCKS_PER_SECOND);
    let mut samples = vec![0.0; frames as usize * usize::from(format.channels)];
    drifting_sound(block * frames, format.sample_rate, ppm, format.channels, &mut samples);
    AudioBlock { format, samples, stamp }
}

fn spawn(what: What, run: impl FnOnce() + Send + 'static) -> Result<(), Error> {
    let spawned = thread::Builder::new().name(what.to_string()).spawn(run);
    spawned.map(drop).map_err(|error| Error::Failed { what, device: NAME.to_owned(), detail: error.to_string() })
}

/// The newest frame that has begun `elapsed` nanoseconds after the start.
fn present(elapsed: u64, rate: Rate) -> u64 {
    (u128::from(elapsed) * u128::from(rate.num) / (u128::from(rate.den) * u128::from(SECOND))) as u64
}

/// Whole pairs of pixels, because colour has half the resolution and encoders insist on it.
fn even(size: u32, least: u32, most: u32) -> u32 {
    size.clamp(least, most) / 2 * 2
}

fn sane(rate: Rate) -> Rate {
    if (1.0..=240.0).contains(&rate.fps()) { rate } else { Rate::whole(30) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_present_frame_has_begun_and_the_next_has_not() {
        let ntsc = Rate { num: 30000, den: 1001 };
        for elapsed in (0..20 * SECOND).step_by(7_654_321) {
            let number = present(elapsed, ntsc);
            assert!(ntsc.frame_start(number) <= elapsed && elapsed < ntsc.frame_start(number + 1) + 1);
        }
    }

    #[test]
    fn odd_wishes_become_possible_ones() {
        assert_eq!((even(1281, 160, 7680), even(0, 90, 4320), even(u32::MAX, 160, 7680)), (1280, 90, 7680));
        assert_eq!(sane(Rate { num: 1, den: 0 }), Rate::whole(30));
        assert_eq!(sane(Rate::whole(60)), Rate::whole(60));
    }
}
