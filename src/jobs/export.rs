//! Export of a take: a film that plays everywhere, made from the take's own file, and its entry in the library.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use serde_json::{Value, json};

use super::house::House;
use super::library;
use crate::blobs::{files, media, names};
use crate::clock;
use crate::core::asset::{Asset, AssetId, Facts, Kind, Source, Status};
use crate::core::export::{Clip, Export};
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
    let film = std::fs::canonicalize(film).unwrap_or_else(|_| film.to_owned());
    let inside = film.strip_prefix(house.folder.root()).ok().filter(|path| path.starts_with("exports"));
    let Some(path) = inside.unwrap_or(&film).to_str() else {
        let what = format!("The film {} is not listed in the library, because its name is not Unicode.", film.display());
        return Err(Problem::usage(what, "Give it another name with --to."));
    };
    let at = clock::wall();
    let known = house.db.asset_at(path)?.filter(|asset| asset.source == Source::Export);
    let settings = settings(take, denoised);
    let asset = Asset {
        project: house.db.project(&take.project)?.map(|project| project.id),
        path: path.to_owned(),
        linked: inside.is_none(),
        bytes: files::length(&film)?,
        sha256: Some(files::sha256_file(&film, |_| {})?),
        status: Status::Ready,
        problem: None,
        metadata: json!({ "project_id": take.project, "exported_at": at, "export_settings": settings }),
        updated_at: at.clone(),
        ..known.unwrap_or_else(|| entry(take, &film, &at))
    };
    house.db.save_asset(&asset)?;
    media::write_sidecar(&house.folder, &asset)?;
    library::note_scripts(house, &take.project);
    let clip = Clip { asset: AssetId(take.id.0.clone()), start: 0, end: take.nanos };
    let export =
        Export { asset: asset.id.clone(), project: Some(take.project.clone()), settings, exported_at: at, clips: vec![clip] };
    house.db.save_export(&export)?;
    Ok(asset.id)
}

/// What the other systems of this kind call `export_settings`.
fn settings(take: &Take, denoised: bool) -> Value {
    let resolution = if take.is_sound() { Value::Null } else { format!("{}x{}", take.width, take.height).into() };
    let fps = if take.is_sound() { Value::Null } else { take.rate.fps().into() };
    json!({ "resolution": resolution, "fps": fps, "codec": "copy", "container": "mp4", "denoised": denoised })
}

/// A film's entry before anything is known of its file.
fn entry(take: &Take, film: &Path, at: &str) -> Asset {
    let name = film.file_stem().map_or_else(|| take.title.clone(), |name| name.to_string_lossy().into_owned());
    let (kind, mime) = if take.is_sound() { (Kind::Audio, "audio/mp4") } else { (Kind::Video, "video/mp4") };
    Asset {
        id: AssetId(uuid::Uuid::now_v7().to_string()),
        project: None,
        owner: None,
        team: None,
        take: None,
        name,
        description: String::new(),
        category: String::new(),
        kind,
        source: Source::Export,
        status: Status::Ready,
        problem: None,
        path: String::new(),
        linked: false,
        bytes: 0,
        sha256: None,
        facts: Facts {
            nanos: take.nanos,
            width: take.width,
            height: take.height,
            rate: take.rate,
            mime: mime.into(),
            ..Facts::default()
        },
        metadata: json!({}),
        created_at: at.to_owned(),
        updated_at: at.to_owned(),
        binned_at: None,
        tags: Vec::new(),
    }
}
