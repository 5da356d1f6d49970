//! Export of a take: a film that plays everywhere, made from the take's own file, and its entry in the library.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use serde_json::{Value, json};

use super::exported::{self, Film};
use super::house::House;
use super::library;
use crate::blobs::names;
use crate::core::asset::{AssetId, Facts, Kind};
use crate::core::export::Clip;
use crate::core::problem::Problem;
use crate::core::take::Take;
use crate::media::export::{Sound, to_mp4};

/// Where a take's film goes when nobody says otherwise.
pub fn usual_place(house: &House, take: &Take) -> PathBuf {
    let title = names::safe_name(&take.title, "Untitled");
    // The same container; players know by the name that there is nothing to see.
    let ending = if take.is_sound() { "m4a" } else { "mp4" };
    house.folder.exports().join(format!("{title} - take {}.{ending}", take.number))
}

/// The take's screen as a film; its size in bytes. Times in it are those of its own file (`ScreenTrack::offset`).
pub fn screen(take: &Take, to: &Path, progress: impl FnMut(f32), cancel: &AtomicBool) -> Result<u64, Problem> {
    let media = take.screen_media().ok_or_else(|| {
        let what = format!("The screen was not recorded with take {} of “{}”.", take.number, take.title);
        Problem::usage(what, "Export it without its screen.")
    })?;
    Ok(to_mp4(Path::new(&media), to, Sound::AsRecorded, progress, cancel)?)
}

/// Where the screen's film goes, beside the take's.
pub fn screen_name(film: &Path) -> PathBuf {
    let stem = film.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    film.with_file_name(format!("{stem} (screen).mp4"))
}

/// Writes the film; its size in bytes. Pictures are copied, and so is the sound unless `denoise` takes its noise out.
/// `progress` is told a fraction from 0 to 1.
pub fn film(take: &Take, to: &Path, denoise: bool, progress: impl FnMut(f32), cancel: &AtomicBool) -> Result<u64, Problem> {
    let sound = if denoise { Sound::Denoised } else { Sound::AsRecorded };
    Ok(to_mp4(Path::new(&take.media), to, sound, progress, cancel)?)
}

/// Enters a film into the library: as an asset, with what it was cut from. One that replaced another keeps its entry.
pub fn enter(house: &House, take: &Take, film: &Path, denoised: bool) -> Result<AssetId, Problem> {
    let (kind, mime) = if take.is_sound() { (Kind::Audio, "audio/mp4") } else { (Kind::Video, "video/mp4") };
    let facts = Facts {
        nanos: take.nanos,
        width: take.width,
        height: take.height,
        rate: take.rate,
        mime: mime.into(),
        ..Facts::default()
    };
    let clip = Clip { asset: AssetId(take.id.0.clone()), start: 0, end: take.nanos };
    let settings = settings(take, denoised);
    library::note_scripts(house, &take.project);
    let made = Film { file: film, title: &take.title, kind, facts, project: &take.project, settings, clips: vec![clip] };
    exported::enter(house, made)
}

/// Its `export_settings`.
fn settings(take: &Take, denoised: bool) -> Value {
    let resolution = if take.is_sound() { Value::Null } else { format!("{}x{}", take.width, take.height).into() };
    let fps = if take.is_sound() { Value::Null } else { take.rate.fps().into() };
    json!({ "resolution": resolution, "fps": fps, "codec": "copy", "container": "mp4", "denoised": denoised })
}
