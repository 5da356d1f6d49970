//! A data folder with its database, files of all kinds to bring in, and someone who follows.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use gstreamer as gst;
use gstreamer::prelude::*;
use onetake::core::asset::{Asset, AssetId};
use onetake::core::import::{Became, Outcome, Progress, Report, Wanted};
use onetake::core::problem::Problem;
use onetake::jobs::glance::maker::Maker;
use onetake::jobs::house::{Claim, House};
use onetake::jobs::import::{Orders, Watch, import};

/// A file that takes longer than this to be made never is.
const LIMIT_SECS: u64 = 120;

pub struct Place {
    pub folder: tempfile::TempDir,
    pub house: House,
}

impl Place {
    pub fn new() -> Place {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("in")).unwrap();
        let house = House::open(Some(&folder.path().join("data")), Claim::Shared).unwrap();
        Place { folder, house }
    }

    /// A file outside of the library.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join("in").join(name)
    }

    pub fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.file(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    pub fn import(&self, wanted: &Wanted) -> (Report, Follower) {
        let follower = Follower::default();
        let report = import(&self.house, &Maker::new(&self.house.folder), wanted, &Orders::default(), &follower);
        (report, follower)
    }

    /// Copies one file in.
    pub fn one(&self, path: &Path) -> Result<Asset, Problem> {
        let (report, follower) = self.import(&copy(&[path]));
        assert!(report.stopped.is_none(), "{:?}", report.stopped);
        let [outcome] = &follower.outcomes()[..] else { panic!("{:?}", follower.outcomes()) };
        match &outcome.became {
            Became::Added(id) | Became::Known(id) => Ok(self.asset(id)),
            Became::Refused(problem) => Err(problem.clone()),
        }
    }

    pub fn asset(&self, id: &AssetId) -> Asset {
        self.house.db.asset(id).unwrap().unwrap()
    }

    pub fn assets(&self) -> Vec<Asset> {
        self.house.db.all_assets().unwrap()
    }

    /// Names of what lies in a part of the data folder.
    pub fn names(&self, part: &str) -> Vec<String> {
        let items = fs::read_dir(self.house.folder.root().join(part)).into_iter().flatten().flatten();
        let mut names: Vec<String> = items.map(|item| item.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// Every row has its whole file and its sidecar, and nothing else lies there.
    pub fn assert_in_order(&self) {
        let mut expected = Vec::new();
        for asset in self.assets() {
            assert!(asset.binned_at.is_none() && !asset.linked, "{asset:?}");
            let file = asset.file(self.house.folder.root());
            assert_eq!(fs::metadata(&file).unwrap().len(), asset.bytes, "{asset:?}");
            let sha256 = onetake::blobs::files::sha256_file(&file, |_| {}).unwrap();
            assert_eq!(Some(sha256), asset.sha256, "{asset:?}");
            let sidecar = onetake::blobs::media::read_sidecar(&file.with_extension("json")).unwrap();
            assert_eq!((&sidecar.id, &sidecar.sha256, &sidecar.name), (&asset.id, &asset.sha256, &asset.name));
            expected.push(file.file_name().unwrap().to_string_lossy().into_owned());
            expected.push(format!("{}.json", asset.id));
        }
        expected.sort();
        assert_eq!(self.names("media"), expected);
    }
}

pub fn copy(paths: &[&Path]) -> Wanted {
    Wanted { paths: paths.iter().map(|path| path.to_path_buf()).collect(), ..Wanted::default() }
}

/// Keeps what it is told.
#[derive(Default)]
pub struct Follower {
    outcomes: Mutex<Vec<Outcome>>,
    progress: Mutex<Vec<Progress>>,
}

impl Follower {
    pub fn outcomes(&self) -> Vec<Outcome> {
        self.outcomes.lock().unwrap().clone()
    }

    pub fn progress(&self) -> Vec<Progress> {
        self.progress.lock().unwrap().clone()
    }

    /// What was refused, by the file's name.
    pub fn refusals(&self) -> Vec<(String, String)> {
        let outcomes = self.outcomes();
        let refused = outcomes.iter().filter_map(|outcome| match &outcome.became {
            Became::Refused(problem) => Some((name(&outcome.file), problem.to_string())),
            _ => None,
        });
        refused.collect()
    }
}

fn name(path: &str) -> String {
    Path::new(path).file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

impl Watch for Follower {
    fn progress(&self, progress: &Progress) {
        self.progress.lock().unwrap().push(progress.clone());
    }

    fn became(&self, outcome: &Outcome) {
        self.outcomes.lock().unwrap().push(outcome.clone());
    }
}

/// Runs a pipeline, as `gst-launch` would, to its end. `OUT` in it stands for the file.
pub fn launch(pipeline: &str, out: &Path) {
    onetake::media::init().unwrap();
    let pipeline = pipeline.replace("OUT", &format!("filesink location=\"{}\"", out.display()));
    let pipeline = gst::parse::launch(&pipeline).unwrap();
    pipeline.set_state(gst::State::Playing).unwrap();
    let limit = gst::ClockTime::from_seconds(LIMIT_SECS);
    let message = pipeline.bus().unwrap().timed_pop_filtered(limit, &[gst::MessageType::Eos, gst::MessageType::Error]).unwrap();
    assert_eq!(message.type_(), gst::MessageType::Eos, "{message:?}");
    pipeline.set_state(gst::State::Null).unwrap();
}

/// Two seconds of a moving ball, 320 × 240 at 30 pictures a second, H.264.
pub const PICTURES: &str =
    "videotestsrc num-buffers=60 pattern=ball ! video/x-raw,width=320,height=240,framerate=30/1 ! x264enc key-int-max=30";

/// Two seconds of a tone that swells.
pub const SOUND: &str = "audiotestsrc num-buffers=100 samplesperbuffer=960 ! audio/x-raw,rate=48000,channels=2 ! audioconvert";

/// A film with sound, two seconds.
pub fn film(path: &Path) {
    launch(&format!("{PICTURES} ! queue ! mp4mux name=mux ! OUT {SOUND} ! avenc_aac ! queue ! mux."), path);
}

/// A short sound whose content depends on `seed`.
pub fn beep(path: &Path, seed: u32) {
    fs::write(path, beep_bytes(seed)).unwrap();
}

/// A tenth of a second as WAV, mono, 8 kHz, 16 bits.
pub fn beep_bytes(seed: u32) -> Vec<u8> {
    let samples: Vec<u8> = (0..800u32).flat_map(|n| ((n * (97 + seed) % 8000) as i16).to_le_bytes()).collect();
    let mut wav = Vec::new();
    wav.extend(b"RIFF");
    wav.extend((36 + samples.len() as u32 + 4).to_le_bytes());
    wav.extend(b"WAVEfmt ");
    wav.extend(16u32.to_le_bytes());
    wav.extend([1, 0, 1, 0]);
    wav.extend(8000u32.to_le_bytes());
    wav.extend(16000u32.to_le_bytes());
    wav.extend([2, 0, 16, 0]);
    wav.extend(b"data");
    wav.extend((samples.len() as u32 + 4).to_le_bytes());
    wav.extend(samples);
    wav.extend(seed.to_le_bytes());
    wav
}

/// A picture with a red ground; with holes when `holes`.
pub fn picture(path: &Path, width: u32, height: u32, holes: bool) {
    let pixel = |x: u32, _: u32| image::Rgba([200, (x % 256) as u8, 30, if holes && x < width / 2 { 0 } else { 255 }]);
    let pixels = image::RgbaImage::from_fn(width, height, pixel);
    let format = image::ImageFormat::from_path(path).unwrap();
    let whole = image::DynamicImage::from(pixels);
    let whole = if format == image::ImageFormat::Jpeg { image::DynamicImage::from(whole.into_rgb8()) } else { whole };
    whole.save_with_format(path, format).unwrap();
}
