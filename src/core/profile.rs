//! Encoder profiles as data: which elements with which properties make a take's picture and sound. The file is
//! `assets/encode_profiles.toml`; which of them work here is found by really encoding (`media::probe`).

use serde::{Deserialize, Serialize};

use super::frame::VideoFormat;
use super::problem::Problem;

/// One way to encode, of picture or sound.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Encoder {
    /// Shown to people and written into the journal.
    pub name: String,
    /// GStreamer element.
    pub element: String,
    /// Property values as `gst-launch` would take them. `{gop}` becomes the frames in a second, `{kbps}` and `{bps}` the
    /// bit rate for the size.
    #[serde(default)]
    pub properties: std::collections::BTreeMap<String, String>,
    /// Elements between the encoder and the muxer (parsers), in order; each may have properties: `h264parse config-interval=1`.
    #[serde(default)]
    pub after: Vec<String>,
    /// Hardware encoders are tried first and dropped when they fail.
    #[serde(default)]
    pub hardware: bool,
}

/// All profiles, best first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profiles {
    pub video: Vec<Encoder>,
    pub audio: Vec<Encoder>,
}

impl Profiles {
    /// Reads the TOML text of a profile file.
    pub fn parse(text: &str) -> Result<Profiles, Problem> {
        let profiles: Profiles = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            Problem::usage(
                format!("The encoder profiles can't be read: {} in line {line}.", error.message()),
                "Correct or remove the file; the built-in profiles are used without it.",
            )
        })?;
        if profiles.video.is_empty() || profiles.audio.is_empty() {
            return Err(Problem::usage("The encoder profiles name no video or no audio encoder.", "Add at least one of each."));
        }
        Ok(profiles)
    }
}

/// Bits per second of sound: transparent for a voice in stereo with every codec of the built-in profiles.
pub const AUDIO_BPS: u64 = 160_000;

/// Bits per second for a talking head at this size: 0.1 bit a pixel, which is 2.8 Mbit/s at 1280×720×30, within 1–40 Mbit/s.
pub fn video_bps(format: &VideoFormat) -> u64 {
    let pixels_per_sec = f64::from(format.width) * f64::from(format.height) * format.rate.fps();
    ((pixels_per_sec * 0.1) as u64).clamp(1_000_000, 40_000_000)
}
