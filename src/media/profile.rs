//! From an encoder profile to a GStreamer element. Profiles are data because the best encoder is a question of the machine:
//! a new one is a few lines of TOML, and a wrong line is an error that names it, never a panic.

use std::io::ErrorKind;
use std::path::Path;

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

/// The profiles in the file at `path` if there is one, else the built-in ones; with what is wrong about the file. A take can be
/// made all the same then: with the built-in ones.
pub fn in_force(path: &Path) -> (Profiles, Option<Problem>) {
    let own = match std::fs::read_to_string(path) {
        Ok(text) => Profiles::parse(&text),
        Err(error) if error.kind() == ErrorKind::NotFound => return (shipped(), None),
        Err(error) => Err(Problem::usage(format!("The encoder profiles can't be read: {error}."), "")),
    };
    match own {
        Ok(profiles) => (profiles, None),
        Err(problem) => {
            let fix = format!("The built-in ones are used. Correct or remove {}.", path.display());
            (shipped(), Some(Problem { fix, ..problem }))
        }
    }
}

/// A test holds that they can be read.
fn shipped() -> Profiles {
    built_in().unwrap_or_else(|_| Profiles { video: Vec::new(), audio: Vec::new() })
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

    /// For pictures of a film that nobody waits for: twice the bits, since it is looked at more than once and cut again.
    pub fn film(format: &VideoFormat) -> Numbers {
        let usual = Numbers::video(format);
        Numbers { bps: usual.bps * 2, ..usual }
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
        chain.push(make_described(&numbers.expand(element), &format!("{name}-after-{at}"))?);
    }
    Ok(chain)
}

/// An element as `gst-launch` would have it: its name, then properties, such as `h264parse config-interval=1`.
fn make_described(text: &str, name: &str) -> Result<gst::Element, Error> {
    let mut words = text.split_whitespace();
    let element = make(words.next().unwrap_or_default(), name)?;
    for word in words {
        let (property, value) = word.split_once('=').unwrap_or((word, "true"));
        set(&element, property, value)?;
    }
    Ok(element)
}

#[cfg(test)]
mod tests {
    use gstreamer::prelude::ObjectExt;

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
    fn a_persons_own_file_is_used_and_a_wrong_one_is_told_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("encode_profiles.toml");
        let built_in = built_in().unwrap();
        assert_eq!(in_force(&path), (built_in.clone(), None));
        let own = "[[video]]\nname = \"Mine\"\nelement = \"x264enc\"\n[[audio]]\nname = \"Opus\"\nelement = \"opusenc\"\n";
        std::fs::write(&path, own).unwrap();
        let (profiles, complaint) = in_force(&path);
        assert_eq!((profiles.video[0].name.as_str(), complaint), ("Mine", None));
        for (wrong, what) in [
            ("[[video]]\nname = \"A\"\nelemnt = 1\n", "line 3"),
            ("video = []\naudio = []\n", "no video"),
            ("[[video]\n", "line 1"),
        ] {
            std::fs::write(&path, wrong).unwrap();
            let (profiles, complaint) = in_force(&path);
            let problem = complaint.unwrap();
            assert_eq!(profiles, built_in);
            assert!(problem.what.contains(what) && problem.fix.contains("encode_profiles.toml"), "{problem:?}");
        }
        std::fs::write(&path, [0xff, 0xfe]).unwrap();
        assert!(in_force(&path).1.is_some());
    }

    #[test]
    fn what_follows_an_encoder_may_have_properties() {
        super::super::init().unwrap();
        let after = vec!["h264parse config-interval=1".into(), "identity error-after={gop}".into()];
        let encoder = Encoder { after, ..built_in().unwrap().audio[0].clone() };
        let made = make_encoder(&encoder, Numbers { gop: 30, ..Numbers::audio() }, "probe").unwrap();
        assert_eq!((made[1].property::<i32>("config-interval"), made[2].property::<i32>("error-after")), (1, 30));
        let wrong = Encoder { after: vec!["identity drop=yes".into()], ..encoder };
        assert!(make_encoder(&wrong, Numbers::audio(), "probe").unwrap_err().to_string().contains("drop"));
        // Opus goes up to 650 kbit/s.
        let high = make_encoder(&built_in().unwrap().audio[0], Numbers { bps: 700_000, ..Numbers::audio() }, "probe");
        assert!(high.unwrap_err().to_string().contains("bitrate = 700000"));
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
