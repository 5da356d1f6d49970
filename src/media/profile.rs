//! From an encoder profile to a GStreamer element. Profiles are data because the best encoder is a question of the machine:
//! a new one is a few lines of TOML, and a wrong line is an error that names it, never a panic.

use gstreamer as gst;

use super::elements::{make, set};
use super::error::Error;
use crate::core::frame::VideoFormat;
use crate::core::problem::Problem;
use crate::core::profile::{AUDIO_BPS, Encoder, Profiles, video_bps};

/// The profiles shipped inside the program.
pub fn built_in() -> Result<Profiles, Problem> {
    Profiles::parse(include_str!("../../assets/encode_profiles.toml"))
}

/// What the placeholders of a profile stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Numbers {
    gop: u64,
    bps: u64,
}

impl Numbers {
    /// For pictures: a key frame each second, so that a seek never decodes more than a second.
    pub fn video(format: &VideoFormat) -> Numbers {
        Numbers { gop: (format.rate.fps().round() as u64).max(1), bps: video_bps(format) }
    }

    pub fn audio() -> Numbers {
        Numbers { gop: 1, bps: AUDIO_BPS }
    }

    /// `{gop}`, `{kbps}` and `{bps}` replaced by numbers.
    pub fn expand(self, text: &str) -> String {
        text.replace("{gop}", &self.gop.to_string())
            .replace("{kbps}", &(self.bps / 1000).to_string())
            .replace("{bps}", &self.bps.to_string())
    }
}

/// The encoder and what follows it, configured and in order, ready to be linked. The first is named `name`.
pub(super) fn make_encoder(encoder: &Encoder, numbers: Numbers, name: &str) -> Result<Vec<gst::Element>, Error> {
    let first = make(&encoder.element, name)?;
    for (property, value) in &encoder.properties {
        set(&first, property, &numbers.expand(value))?;
    }
    let mut chain = vec![first];
    for (at, element) in encoder.after.iter().enumerate() {
        chain.push(make(element, &format!("{name}-after-{at}"))?);
    }
    Ok(chain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::frame::{Matrix, Pixels};
    use crate::core::time::Rate;

    fn hd() -> VideoFormat {
        VideoFormat {
            width: 1280,
            height: 720,
            rate: Rate { num: 30_000, den: 1001 },
            pixels: Pixels::Nv12,
            matrix: Matrix::Bt709,
            full_range: false,
        }
    }

    #[test]
    fn placeholders_become_numbers() {
        let numbers = Numbers::video(&hd());
        assert_eq!(numbers.expand("key-int-max={gop} {kbps} {bps}"), "key-int-max=30 2762 2762037");
        assert_eq!(numbers.expand("{unknown}"), "{unknown}");
    }

    #[test]
    fn built_in_profiles_stand_and_hardware_comes_first() {
        let profiles = built_in().unwrap();
        let first_software = profiles.video.iter().position(|e| !e.hardware).unwrap();
        assert!(profiles.video[first_software..].iter().all(|e| !e.hardware));
        assert_eq!(profiles.video[first_software].element, "x264enc");
    }

    #[test]
    fn every_installed_element_takes_its_properties() {
        super::super::init().unwrap();
        let profiles = built_in().unwrap();
        let mut installed = 0;
        for (encoder, numbers) in profiles
            .video
            .iter()
            .map(|e| (e, Numbers::video(&hd())))
            .chain(profiles.audio.iter().map(|e| (e, Numbers::audio())))
        {
            match make_encoder(encoder, numbers, "probe") {
                Ok(_) => installed += 1,
                Err(Error::NoElement(_)) => {}
                Err(error) => panic!("{}: {error}", encoder.name),
            }
        }
        assert!(installed >= 2, "a picture and a sound encoder at least");
    }

    #[test]
    fn a_wrong_property_is_named() {
        super::super::init().unwrap();
        let mut encoder = built_in().unwrap().audio[0].clone();
        encoder.properties.insert("no-such-thing".into(), "1".into());
        let error = make_encoder(&encoder, Numbers::audio(), "probe").unwrap_err();
        assert!(error.to_string().contains("no-such-thing"), "{error}");
    }
}
