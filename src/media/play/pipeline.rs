//! The playing pipeline.
//!
//! ```text
//!            ┌ to-pictures ─── upright ─────── pictures (appsink, on the clock, newest only) ─ Shared::show
//! playbin ───┤ videoconvert    videoflip
//!            └ denoise ─ scaletempo ─ volume ─ speaker (autoaudiosink)
//! ```
//!
//! playbin and not playbin3, which crashes on some broken files (1.22: its probe meets the end of a stream that never
//! began); opening and seeking take the same time with both.
//!
//! Where no sound device works, autoaudiosink puts a clocked fake in its own place, so pictures play in real time on a
//! machine without a sound card too.

use std::path::Path;
use std::sync::Arc;

use gstreamer as gst;
use gstreamer::glib;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;

use super::Shared;
use crate::media::denoise::make_denoise;
use crate::media::elements::{chain, make, pad, set};
use crate::media::error::Error;

/// Name by which the bus tells a sound device's failure from any other.
pub const SPEAKER: &str = "speaker";

/// Name of the sink that shows pictures.
pub const PICTURES: &str = "pictures";

pub fn build(path: &Path, shared: &Arc<Shared>) -> Result<gst::Pipeline, Error> {
    let uri = glib::filename_to_uri(path, None).map_err(|error| Error::build("play", error))?;
    let playbin = make("playbin", "play")?;
    // Our own sink converts; subtitles and visualisations are not ours.
    set(&playbin, "flags", "video+audio+native-video+soft-volume")?;
    playbin.set_property("uri", uri.as_str());
    playbin.set_property("video-sink", make_picture_sink(shared)?);
    playbin.set_property("audio-filter", make_audio_filter(shared)?);
    playbin.set_property("audio-sink", make("autoaudiosink", SPEAKER)?);
    playbin.downcast().map_err(|_| Error::build("play", "playbin is no pipeline"))
}

/// Noise goes before voices are stretched: the suppressor knows them at their own speed.
fn make_audio_filter(shared: &Arc<Shared>) -> Result<gst::Bin, Error> {
    let bin = gst::Bin::builder().name("audio-filter").build();
    let (denoise, tempo) = (make_denoise(Arc::clone(&shared.denoise))?, make("scaletempo", "tempo")?);
    chain(&bin, &[denoise.clone().upcast(), tempo.clone()])?;
    for (element, name) in [(denoise.upcast(), "sink"), (tempo, "src")] {
        let end = gst::GhostPad::with_target(&pad(&element, name)?).map_err(|error| Error::build("audio-filter", error))?;
        bin.add_pad(&end).map_err(|error| Error::build("audio-filter", error))?;
    }
    Ok(bin)
}

/// Takes the sound device out after it failed: a clocked sink that swallows.
pub fn silence(pipeline: &gst::Pipeline) -> Result<(), Error> {
    let sink = make("fakesink", "no-speaker")?;
    sink.set_property("sync", true);
    pipeline.set_property("audio-sink", sink);
    Ok(())
}

fn make_picture_sink(shared: &Arc<Shared>) -> Result<gst::Bin, Error> {
    let bin = gst::Bin::builder().name("picture-sink").build();
    let convert = make("videoconvert", "to-pictures")?;
    let upright = make("videoflip", "upright")?;
    set(&upright, "video-direction", "auto")?;
    let sink = make_pictures(shared);
    chain(&bin, &[convert.clone(), upright, sink.upcast()])?;
    let input = gst::GhostPad::with_target(&pad(&convert, "sink")?).map_err(|error| Error::build("picture-sink", error))?;
    bin.add_pad(&input).map_err(|error| Error::build("picture-sink", error))?;
    Ok(bin)
}

fn make_pictures(shared: &Arc<Shared>) -> gst_app::AppSink {
    let caps = gst::Caps::builder("video/x-raw").field("format", gst::List::new(["I420", "NV12"])).build();
    let sink = gst_app::AppSink::builder().name(PICTURES).caps(&caps).sync(true).max_buffers(1).drop(true).build();
    sink.set_qos(true);
    let (preroll, sample) = (Arc::clone(shared), Arc::clone(shared));
    sink.set_callbacks(
        gst_app::AppSinkCallbacks::builder()
            .new_preroll(move |sink| {
                preroll.show(&sink.pull_preroll().map_err(|_| gst::FlowError::Eos)?);
                Ok(gst::FlowSuccess::Ok)
            })
            .new_sample(move |sink| {
                sample.show(&sink.pull_sample().map_err(|_| gst::FlowError::Eos)?);
                Ok(gst::FlowSuccess::Ok)
            })
            .build(),
    );
    sink
}
