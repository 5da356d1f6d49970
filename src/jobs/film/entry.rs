//! A film's entry in the library: an asset like any export, with what it was cut from.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::Wanted;
use crate::blobs::{files, media};
use crate::clock;
use crate::core::asset::{Asset, AssetId, Facts, Kind, Source, Status};
use crate::core::export::{Clip, Export};
use crate::core::joining::Transition;
use crate::core::problem::Problem;
use crate::core::project::Project;
use crate::core::time::nanos;
use crate::jobs::house::House;
use crate::media::join::{Joined, Plan, Scene};

/// What the scenes were cut from, as far as the library knows it: told by the bytes, since a project holds copies.
pub(super) fn origins(house: &House, files_of: &[Option<PathBuf>], scenes: &[Scene]) -> Vec<Clip> {
    let known =
        |path: &Path| files::sha256_file(path, |_| {}).ok().and_then(|hash| house.db.asset_by_sha256(&hash).ok().flatten());
    let mut clips = Vec::new();
    for (file, scene) in files_of.iter().zip(scenes) {
        let Some(asset) = file.as_deref().and_then(known) else { continue };
        let end = if asset.kind == Kind::Image { 0 } else { nanos(scene.fit.shown) };
        clips.push(Clip { asset: asset.id, start: 0, end });
    }
    let voices = scenes.iter().filter_map(|scene| scene.narration.as_deref()).filter_map(known);
    clips.extend(voices.map(|asset| Clip { start: 0, end: asset.facts.nanos, asset: asset.id }));
    clips
}

/// Enters the film; one that replaced another keeps its entry.
pub(super) fn enter(
    house: &House,
    project: &Project,
    wanted: &Wanted,
    plan: &Plan,
    joined: &Joined,
    clips: &[Clip],
) -> Result<AssetId, Problem> {
    let film = std::fs::canonicalize(&wanted.to).unwrap_or_else(|_| wanted.to.clone());
    let inside = film.strip_prefix(house.folder.root()).ok().filter(|path| path.starts_with("exports"));
    let Some(path) = inside.unwrap_or(&film).to_str() else {
        let what = format!("The film {} is not listed in the library, because its name is not Unicode.", film.display());
        return Err(Problem::usage(what, "Give it another name with --output."));
    };
    let at = clock::wall();
    let known = house.db.asset_at(path)?.filter(|asset| asset.source == Source::Export);
    let [width, height] = plan.size;
    let fade = match plan.transition {
        Transition::Cut => 0,
        Transition::CrossFade { ms } => ms,
    };
    let settings = json!({
        "resolution": format!("{width}x{height}"), "fps": plan.rate.fps(), "codec": "h264", "container": "mp4", "crossfade_ms": fade, "scenes": clips.len(), "captions": plan.captions.len(),
    });
    let name = film.file_stem().map_or_else(|| project.title.clone(), |name| name.to_string_lossy().into_owned());
    let asset = Asset {
        id: known.as_ref().map_or_else(media::new_id, |asset| asset.id.clone()),
        project: Some(project.id.clone()),
        owner: None,
        team: None,
        take: None,
        name,
        description: String::new(),
        category: String::new(),
        kind: Kind::Video,
        source: Source::Export,
        status: Status::Ready,
        problem: None,
        path: path.to_owned(),
        linked: inside.is_none(),
        bytes: joined.bytes,
        sha256: Some(files::sha256_file(&film, |_| {})?),
        facts: Facts {
            nanos: joined.nanos,
            width,
            height,
            rate: plan.rate,
            video_codec: "H.264".into(),
            mime: "video/mp4".into(),
            ..Facts::default()
        },
        metadata: json!({ "project_id": project.id, "exported_at": at, "export_settings": settings }),
        created_at: known.as_ref().map_or_else(|| at.clone(), |asset| asset.created_at.clone()),
        updated_at: at.clone(),
        binned_at: None,
        tags: known.map(|asset| asset.tags).unwrap_or_default(),
    };
    house.db.save_asset(&asset)?;
    media::write_sidecar(&house.folder, &asset)?;
    let export =
        Export { asset: asset.id.clone(), project: Some(project.id.clone()), settings, exported_at: at, clips: clips.to_vec() };
    house.db.save_export(&export)?;
    Ok(asset.id)
}
