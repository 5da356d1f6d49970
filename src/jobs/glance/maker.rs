//! Makes what is seen of an asset at a glance, or takes it from the cache on the disk, where it lies under the file's hash: the same
//! file is looked at once, however often it is imported.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use crate::blobs::cache::DiskCache;
use crate::blobs::layout::DataFolder;
use crate::blobs::{pictures, stills};
use crate::core::asset::{Asset, Kind, Status};
use crate::core::frame::Still;
use crate::core::glance::{Glance, STRIP_FRAMES};
use crate::core::peaks::Peaks;
use crate::core::problem::Problem;
use crate::media;

/// Bytes that the cache may take on the disk: pictures and waveforms of some ten thousand assets.
const CACHE_BYTES: u64 = 1 << 30;

/// A film is known by what it shows a tenth into it, when its title is over.
const TENTH: u64 = 10;

/// What a waveform in the cache begins with: its form.
const WAVE_MAGIC: &[u8; 8] = b"peaks 1\n";

/// What was made.
#[derive(Debug)]
pub enum Made {
    Still(Still),
    Wave(Peaks),
}

#[derive(Debug)]
pub struct Maker {
    cache: DiskCache,
}

impl Maker {
    pub fn new(folder: &DataFolder) -> Maker {
        Maker { cache: DiskCache::new(folder.cache().join("glances"), CACHE_BYTES) }
    }

    /// Whether there is such a thing of such an asset at all.
    pub fn exists(asset: &Asset, glance: Glance) -> bool {
        match (asset.kind, glance) {
            (Kind::Video, Glance::Wave) => !asset.facts.audio_codec.is_empty() || asset.take.is_some(),
            (Kind::Video, _) | (Kind::Audio, Glance::Wave) => true,
            (Kind::Image | Kind::Overlay, Glance::Thumb | Glance::Preview) => true,
            _ => false,
        }
    }

    /// Takes it from the cache, or makes and keeps it. `root` is the data folder. `cancel` ends it within a moment.
    pub fn make(&self, root: &Path, asset: &Asset, glance: Glance, cancel: &AtomicBool) -> Result<Made, Problem> {
        let name = cached_name(asset, glance);
        if let Some(made) = self.cached(&name, glance) {
            return Ok(made);
        }
        let made = self.produce(root, asset, glance, cancel)?;
        // What is shown now is what will be shown from the cache: holes on a ground, for one.
        Ok(self.cached(&name, glance).unwrap_or(made))
    }

    /// Makes and keeps it for later, if it is not kept yet.
    pub fn prepare(&self, root: &Path, asset: &Asset, glance: Glance, cancel: &AtomicBool) -> Result<(), Problem> {
        if self.cache.has(&cached_name(asset, glance)) {
            return Ok(());
        }
        self.produce(root, asset, glance, cancel).map(drop)
    }

    fn produce(&self, root: &Path, asset: &Asset, glance: Glance, cancel: &AtomicBool) -> Result<Made, Problem> {
        if !Maker::exists(asset, glance) {
            return Err(Problem::usage(format!("“{}” has nothing of this kind to show.", asset.name), ""));
        }
        if asset.status == Status::Importing {
            return Err(Problem::usage(format!("“{}” is not finished yet.", asset.name), "Wait until it is."));
        }
        let made = produce(&asset.file(root), asset, glance, cancel)?;
        let bytes = match &made {
            Made::Still(still) => stills::to_jpeg(still),
            Made::Wave(peaks) => Some([WAVE_MAGIC, &peaks.0[..]].concat()),
        };
        if let Some(bytes) = bytes {
            self.cache.put(&cached_name(asset, glance), &bytes);
        }
        Ok(made)
    }

    fn cached(&self, name: &str, glance: Glance) -> Option<Made> {
        let bytes = self.cache.get(name)?;
        let read = match glance {
            Glance::Wave => bytes.strip_prefix(WAVE_MAGIC).map(|peaks| Made::Wave(Peaks(peaks.to_vec()))),
            _ => stills::from_jpeg(&bytes).map(Made::Still),
        };
        if read.is_none() {
            // A power cut tore it.
            self.cache.remove(name);
        }
        read
    }
}

/// By content; a take, whose hash is not known, by itself and its size.
fn cached_name(asset: &Asset, glance: Glance) -> String {
    let key = asset.sha256.clone().unwrap_or_else(|| {
        // Beginnings of ids are alike, and the cache's folders are made of beginnings.
        let turned: String = asset.id.0.chars().rev().collect();
        format!("{turned}-{}", asset.bytes)
    });
    let ending = if glance == Glance::Wave { "peaks" } else { "jpg" };
    format!("{key}-{}.{ending}", glance.name())
}

fn produce(file: &Path, asset: &Asset, glance: Glance, cancel: &AtomicBool) -> Result<Made, Problem> {
    if glance == Glance::Wave {
        return Ok(Made::Wave(media::peaks::peaks(file, cancel)?));
    }
    let most = glance.size();
    if asset.kind != Kind::Video {
        return Ok(Made::Still(pictures::decode_still(file, most.0, most.1)?));
    }
    let nanos = asset.facts.nanos;
    let times: Vec<u64> = match glance {
        Glance::Strip => (0..u64::from(STRIP_FRAMES)).map(|n| (2 * n + 1) * (nanos / u64::from(2 * STRIP_FRAMES))).collect(),
        _ => vec![nanos / TENTH],
    };
    let mut shown = media::stills::stills(file, &times, most, cancel)?;
    let still = if glance == Glance::Strip { stills::row(&shown) } else { shown.pop() };
    let nothing = || {
        Problem::failed(format!("“{}” shows no picture.", asset.name), "Play it in another program to see whether it is whole.")
    };
    still.map(Made::Still).ok_or_else(nothing)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asset(kind: Kind) -> Asset {
        serde_json::from_value(serde_json::json!({
            "id": "0193a", "name": "a", "description": "", "category": "", "kind": kind, "source": "upload", "status": "ready",
            "path": "media/0193a.png", "linked": false, "bytes": 9, "facts": {}, "metadata": {}, "created_at": "", "updated_at": "",
            "tags": []
        }))
        .unwrap()
    }

    #[test]
    fn each_kind_has_its_own_things_to_show() {
        let shows = |kind| Glance::ALL.map(|glance| Maker::exists(&asset(kind), glance));
        assert_eq!(shows(Kind::Image), [true, true, false, false]);
        assert_eq!(shows(Kind::Audio), [false, false, false, true]);
        assert_eq!(shows(Kind::Video), [true, true, true, false], "a silent film has no waveform");
    }

    #[test]
    fn a_torn_entry_is_made_again_and_the_file_is_not_asked_twice() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataFolder::open(folder.path()).unwrap();
        let maker = Maker::new(&data);
        let picture = Asset { sha256: Some("ab".repeat(32)), ..asset(Kind::Image) };
        let file = picture.file(data.root());
        image::RgbaImage::from_pixel(900, 300, image::Rgba([200, 0, 0, 255])).save(&file).unwrap();
        let cancel = AtomicBool::new(false);
        let size = |made| match made {
            Ok(Made::Still(still)) => Some((still.width, still.height)),
            _ => None,
        };
        assert_eq!(size(maker.make(data.root(), &picture, Glance::Thumb, &cancel)), Some((480, 160)));
        let name = cached_name(&picture, Glance::Thumb);
        maker.cache.put(&name, b"\xff\xd8torn");
        assert_eq!(size(maker.make(data.root(), &picture, Glance::Thumb, &cancel)), Some((480, 160)));
        std::fs::remove_file(&file).unwrap();
        assert_eq!(size(maker.make(data.root(), &picture, Glance::Thumb, &cancel)), Some((480, 160)), "from the cache");
        assert_eq!(size(maker.make(data.root(), &picture, Glance::Preview, &cancel)), None);
    }
}
