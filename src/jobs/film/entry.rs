//! A film's entry in the library: an asset like any export, with what it was cut from.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::Wanted;
use crate::blobs::files;
use crate::core::asset::{AssetId, Facts, Kind};
use crate::core::export::Clip;
use crate::core::joining::Transition;
use crate::core::problem::Problem;
use crate::core::project::Project;
use crate::core::time::nanos;
use crate::jobs::exported::{self, Film};
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
    clips: Vec<Clip>,
) -> Result<AssetId, Problem> {
    let [width, height] = plan.size;
    let fade = match plan.transition {
        Transition::Cut => 0,
        Transition::CrossFade { ms } => ms,
    };
    let settings = json!({
        "resolution": format!("{width}x{height}"), "fps": plan.rate.fps(), "codec": "h264", "container": "mp4", "crossfade_ms": fade, "scenes": clips.len(), "captions": plan.captions.len(),
    });
    let facts = Facts {
        nanos: joined.nanos,
        width,
        height,
        rate: plan.rate,
        video_codec: "H.264".into(),
        mime: "video/mp4".into(),
        ..Facts::default()
    };
    let made =
        Film { file: &wanted.to, title: &project.title, kind: Kind::Video, facts, project: &project.id, settings, clips };
    exported::enter(house, made)
}
