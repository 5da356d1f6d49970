//! Recording, playing and reading media: the only module that names GStreamer.
//!
//! GStreamer works through threads of its own and reports on a bus; each file here owns one kind of pipeline, draws it in
//! its heading, and turns what the bus says into typed events and errors. Frames come in and go out as `core::frame`, so
//! that nothing above knows which framework moves them.

pub mod beside;
mod decode;
pub mod denoise;
mod elements;
pub mod ends;
pub mod error;
pub mod examine;
pub mod export;
mod extent;
mod files;
pub mod film;
mod frames;
pub mod hearing;
mod index;
pub mod inspect;
pub mod join;
mod matroska;
pub mod measure;
mod opus;
pub mod peaks;
pub mod play;
pub mod probe;
pub mod profile;
pub mod record;
pub mod reel;
pub mod repair;
mod run;
pub mod screencast;
pub mod settled;
pub mod stills;
pub mod voice_file;

use std::sync::OnceLock;

use gstreamer as gst;
use gstreamer::glib;
use gstreamer::prelude::*;

pub use error::Error;
pub use index::length;

/// Starts GStreamer, once; every entry point of this module calls it. The first call of a process may scan plugins (0.7 s
/// when the registry is cold), so call it early on a thread of its own and never on the way to the first frame.
pub fn init() -> Result<(), Error> {
    static STARTED: OnceLock<Result<(), glib::Error>> = OnceLock::new();
    STARTED.get_or_init(start).clone().map_err(Error::Init)
}

fn start() -> Result<(), glib::Error> {
    gst::init()?;
    // Where there is no sound card OpenAL writes to the terminal of whoever runs us; the other sinks fail quietly.
    if let Some(openal) = gst::Registry::get().lookup_feature("openalsink") {
        openal.set_rank(gst::Rank::NONE);
    }
    Ok(())
}

/// GStreamer's version, for `onetake doctor`.
pub fn version() -> String {
    gst::version_string().to_string()
}
