//! Decoding a file as fast as it goes, for those who want its contents and not a show: inspection and waveforms.
//!
//! ```text
//! filesrc ─ decodebin ┬─ videoconvert ─ capsfilter ─ appsink ┐
//!                     └─ audioconvert ─ audioresample ─ appsink ┴─ one bounded channel ─ the caller
//! ```
//!
//! Both streams and the bus end in one channel, so the caller has one place to wait and the pipeline can't deadlock on a
//! reader who waits for the other stream. A stream nobody wants is not decoded at all.

use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;

use super::elements::{chain, chain_running, discard, make, pad};
use super::error::Error;

/// Samples that wait for the caller: enough to keep the decoder's threads busy, few enough to bound memory (4 MB frames).
const AHEAD: usize = 8;

/// A decoder that gives nothing for this long hangs on a broken file.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is taken out of a file, and as what.
#[derive(Clone, Debug)]
pub(super) struct Want {
    pub video: Option<gst::Caps>,
    pub audio: Option<gst::Caps>,
}

/// What comes out, in the order of each stream.
#[derive(Debug)]
pub(super) enum Item {
    Picture(gst::Sample),
    Sound(gst::Sample),
    /// The name of a codec, when the file tells it.
    VideoCodec(String),
    AudioCodec(String),
    End,
    Failed(Error),
}

/// A running decoder; dropping it stops it.
#[derive(Debug)]
pub(super) struct Decoding {
    pipeline: gst::Pipeline,
    items: Option<Receiver<Item>>,
    /// It gave nothing for too long, and may hang in stopping too.
    hung: Cell<bool>,
}

impl Decoding {
    /// Starts to decode `path`. A file that is missing or empty is refused here, everything else in the items.
    pub fn start(path: &Path, want: Want) -> Result<Decoding, Error> {
        super::init()?;
        check(path)?;
        let (sender, items) = sync_channel(AHEAD);
        let pipeline = gst::Pipeline::builder().name("decode").build();
        let decoding = Decoding { pipeline: pipeline.clone(), items: Some(items), hung: Cell::new(false) };
        let source = make("filesrc", "source")?;
        source.set_property("location", path);
        let decoder = make("decodebin", "decoder")?;
        chain(&pipeline, &[source, decoder.clone()])?;
        leave_out_unwanted(&decoder, &want);
        link_streams(&pipeline, &decoder, want, sender.clone());
        watch(&pipeline, path, sender);
        // A failure to start is on the bus, with its reason.
        let _ = pipeline.set_state(gst::State::Playing);
        Ok(decoding)
    }

    /// The next item; waits for it. Every decoding gives `End` or `Failed` once.
    pub fn next(&self) -> Item {
        match self.items.as_ref().map(|items| items.recv_timeout(PATIENCE)) {
            Some(Ok(item)) => item,
            Some(Err(RecvTimeoutError::Timeout)) => {
                self.hung.set(true);
                Item::Failed(Error::Timeout { what: "the decoder", seconds: PATIENCE.as_secs() })
            }
            _ => Item::End,
        }
    }
}

impl Drop for Decoding {
    fn drop(&mut self) {
        // Closing the channel first frees the streaming threads that wait for room in it.
        self.items = None;
        if self.hung.get() {
            discard(self.pipeline.clone());
            return;
        }
        let _ = self.pipeline.set_state(gst::State::Null);
        if let Some(bus) = self.pipeline.bus() {
            bus.unset_sync_handler();
        }
    }
}

/// Refuses what is not there or has no content, which GStreamer would report in many ways.
pub(super) fn check(path: &Path) -> Result<(), Error> {
    let facts = std::fs::metadata(path).map_err(|error| Error::file(path, error))?;
    if facts.is_dir() {
        return Err(Error::NotMedia(path.to_owned()));
    }
    if facts.len() == 0 {
        return Err(Error::Empty(path.to_owned()));
    }
    Ok(())
}

/// Which of the two kinds a stream is, by its caps' name.
fn kind(caps: Option<gst::Caps>) -> Option<&'static str> {
    let caps = caps?;
    let name = caps.structure(0)?.name();
    match name {
        name if name.starts_with("video/") || name.starts_with("image/") => Some("video"),
        name if name.starts_with("audio/") => Some("audio"),
        _ => None,
    }
}

/// Tells decodebin to stop at the demuxer for streams nobody wants. Containers are `video/quicktime` and such: those are
/// never left out, since the wanted stream is inside.
pub(super) fn leave_out_unwanted(decoder: &gst::Element, want: &Want) {
    let (video, audio) = (want.video.is_some(), want.audio.is_some());
    decoder.connect("autoplug-continue", false, move |values| {
        let caps = values.get(2).and_then(|value| value.get::<gst::Caps>().ok());
        let container = caps.as_ref().is_some_and(is_container);
        let go_on = match kind(caps) {
            Some("video") => video || container,
            Some("audio") => audio || container,
            _ => true,
        };
        Some(go_on.to_value())
    });
}

/// Whether some demuxer takes these caps.
pub(super) fn is_container(caps: &gst::Caps) -> bool {
    let demuxers = gst::ElementFactory::factories_with_type(gst::ElementFactoryType::DEMUXER, gst::Rank::MARGINAL);
    demuxers.iter().any(|factory| factory.can_sink_any_caps(caps))
}

fn link_streams(pipeline: &gst::Pipeline, decoder: &gst::Element, want: Want, sender: SyncSender<Item>) {
    let linked = Arc::new([AtomicBool::new(false), AtomicBool::new(false)]);
    let weak = pipeline.downgrade();
    let (seen, ends) = (Arc::clone(&linked), sender.clone());
    decoder.connect_pad_added(move |_, source| {
        let Some(pipeline) = weak.upgrade() else { return };
        let caps = source.current_caps().or_else(|| Some(source.query_caps(None)));
        let raw = caps.as_ref().and_then(|c| c.structure(0)).is_some_and(|s| s.name().ends_with("/x-raw"));
        let (slot, wanted, pictures) = match kind(caps) {
            Some("video") => (&seen[0], &want.video, true),
            Some("audio") => (&seen[1], &want.audio, false),
            _ => return,
        };
        let Some(wanted) = wanted else { return };
        if !raw || slot.swap(true, Ordering::Relaxed) {
            return;
        }
        if let Err(error) = branch(&pipeline, source, wanted, pictures, sender.clone()) {
            let _ = sender.send(Item::Failed(error));
        }
    });
    decoder.connect_no_more_pads(move |_| {
        if linked.iter().all(|slot| !slot.load(Ordering::Relaxed)) {
            let _ = ends.send(Item::End);
        }
    });
}

/// Converter and sink of one stream, added to the running pipeline.
fn branch(
    pipeline: &gst::Pipeline,
    source: &gst::Pad,
    caps: &gst::Caps,
    pictures: bool,
    sender: SyncSender<Item>,
) -> Result<(), Error> {
    let name = if pictures { "pictures" } else { "sound" };
    let sink = gst_app::AppSink::builder().name(name).caps(caps).sync(false).max_buffers(1).build();
    sink.set_callbacks(
        gst_app::AppSinkCallbacks::builder()
            .new_sample(move |sink| {
                let sample = sink.pull_sample().map_err(|_| gst::FlowError::Eos)?;
                let item = if pictures { Item::Picture(sample) } else { Item::Sound(sample) };
                sender.send(item).map(|()| gst::FlowSuccess::Ok).map_err(|_| gst::FlowError::Eos)
            })
            .build(),
    );
    // Who names a size wants it whatever the file's is: upright, with bars where the proportions differ.
    let scaled = caps.structure(0).is_some_and(|wanted| wanted.has_field("width"));
    let elements = if pictures && scaled {
        let turn = make("videoflip", "turn")?;
        super::elements::set(&turn, "video-direction", "auto")?;
        let scale = make("videoscale", "scale")?;
        super::elements::set(&scale, "add-borders", "true")?;
        vec![make("videoconvert", "to-turn")?, turn, scale, make("videoconvert", "to-pictures")?, sink.upcast()]
    } else if pictures {
        vec![make("videoconvert", "to-pictures")?, sink.upcast()]
    } else {
        vec![make("audioconvert", "to-sound")?, make("audioresample", "to-rate")?, sink.upcast()]
    };
    chain_running(pipeline, &elements)?;
    let Some(first) = elements.first() else { return Ok(()) };
    source.link(&pad(first, "sink")?).map_err(|error| Error::build(name, error))?;
    Ok(())
}

/// Forwards the bus into the channel.
fn watch(pipeline: &gst::Pipeline, path: &Path, sender: SyncSender<Item>) {
    let Some(bus) = pipeline.bus() else { return };
    let path = path.to_owned();
    bus.set_sync_handler(move |_, message| {
        match message.view() {
            gst::MessageView::Error(error) => {
                let _ = sender.send(Item::Failed(Error::reading(&path, error)));
            }
            gst::MessageView::Eos(_) => {
                let _ = sender.send(Item::End);
            }
            gst::MessageView::Tag(tag) => {
                let tags = tag.tags();
                if let Some(codec) = tags.get::<gst::tags::VideoCodec>() {
                    let _ = sender.send(Item::VideoCodec(codec.get().to_owned()));
                }
                if let Some(codec) = tags.get::<gst::tags::AudioCodec>() {
                    let _ = sender.send(Item::AudioCodec(codec.get().to_owned()));
                }
            }
            _ => {}
        }
        gst::BusSyncReply::Drop
    });
}

/// A buffer's time in the file: its running position, freed of the segment's shift.
pub(super) fn stream_time(sample: &gst::Sample) -> Option<u64> {
    let pts = sample.buffer()?.pts()?;
    let segment = sample.segment().and_then(|segment| segment.downcast_ref::<gst::ClockTime>());
    match segment {
        Some(segment) => segment.to_stream_time(pts).map(gst::ClockTime::nseconds),
        None => Some(pts.nseconds()),
    }
}
