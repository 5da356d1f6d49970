//! Runs a pipeline that works through a file as fast as it can, to its end. A broken file can make a demuxer wait for ever
//! without an error, so the run is given up when nothing moves any more.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use gstreamer as gst;
use gstreamer::prelude::*;

use super::elements::discard;
use super::error::Error;

/// How often progress is looked at and a cancellation noticed.
const LOOK_EVERY_MS: u64 = 50;

/// Nothing moves for this long only in a pipeline that hangs; a disk that wakes up needs half of it.
const PATIENCE: Duration = Duration::from_secs(20);

/// Plays `pipeline` to its end and takes it down. `moved` is asked a few times a second for a number that changes as long
/// as work goes on; `failed` sorts an error message. `Cancelled` when `cancel` is set.
pub(super) fn to_end(
    pipeline: gst::Pipeline,
    cancel: &AtomicBool,
    mut moved: impl FnMut() -> u64,
    failed: impl Fn(&gst::message::Error) -> Error,
) -> Result<(), Error> {
    let result = watch(&pipeline, cancel, &mut moved, failed);
    match result {
        // What hangs while running may hang while stopping.
        Err(Error::Timeout { .. }) => discard(pipeline),
        _ => {
            let _ = pipeline.set_state(gst::State::Null);
        }
    }
    result
}

fn watch(
    pipeline: &gst::Pipeline,
    cancel: &AtomicBool,
    moved: &mut impl FnMut() -> u64,
    failed: impl Fn(&gst::message::Error) -> Error,
) -> Result<(), Error> {
    let bus = pipeline.bus().ok_or_else(|| Error::build(&pipeline.name(), "no bus"))?;
    // A failure to start is on the bus, with its reason.
    let _ = pipeline.set_state(gst::State::Playing);
    let (mut last, mut since) = (0, Instant::now());
    while !cancel.load(Ordering::Relaxed) {
        let slice = gst::ClockTime::from_mseconds(LOOK_EVERY_MS);
        let message = bus.timed_pop_filtered(slice, &[gst::MessageType::Error, gst::MessageType::Eos]);
        match message.as_ref().map(|message| message.view()) {
            Some(gst::MessageView::Error(error)) => return Err(failed(error)),
            Some(_) => return Ok(()),
            None => {}
        }
        let now = moved();
        if now != last {
            (last, since) = (now, Instant::now());
        } else if since.elapsed() > PATIENCE {
            return Err(Error::Timeout { what: "the file's reader", seconds: PATIENCE.as_secs() });
        }
    }
    Err(Error::Cancelled)
}

#[cfg(test)]
mod tests {
    use super::super::elements::{chain, make};
    use super::*;

    fn pipeline(source: &str) -> gst::Pipeline {
        super::super::init().unwrap();
        let pipeline = gst::Pipeline::new();
        let source = make(source, "source").unwrap();
        source.set_property("num-buffers", 3);
        chain(&pipeline, &[source, make("fakesink", "sink").unwrap()]).unwrap();
        pipeline
    }

    #[test]
    fn it_ends_and_can_be_cancelled() {
        let go_on = AtomicBool::new(false);
        assert!(to_end(pipeline("videotestsrc"), &go_on, || 0, |_| Error::Cancelled).is_ok());
        let stop = AtomicBool::new(true);
        assert!(matches!(to_end(pipeline("videotestsrc"), &stop, || 0, |_| Error::Cancelled), Err(Error::Cancelled)));
    }
}
