//! A film that was written, entered into the library as an export: one that replaced another keeps its entry.

use std::path::Path;

use serde_json::{Value, json};

use super::house::House;
use crate::blobs::{files, media};
use crate::clock;
use crate::core::asset::{Asset, AssetId, Facts, Kind, Source, Status};
use crate::core::export::{Clip, Export};
use crate::core::problem::Problem;

/// What whoever made the film knows of it.
#[derive(Debug)]
pub(super) struct Film<'a> {
    pub file: &'a Path,
    /// Its name where the file has none.
    pub title: &'a str,
    pub kind: Kind,
    pub facts: Facts,
    /// Id of the project it was made from.
    pub project: &'a str,
    /// A JSON object; what the other systems of this kind call `export_settings`.
    pub settings: Value,
    /// What it was cut from, in its order.
    pub clips: Vec<Clip>,
}

/// Enters it: as an asset with its sidecar, and with what it was cut from.
pub(super) fn enter(house: &House, made: Film<'_>) -> Result<AssetId, Problem> {
    let file = std::fs::canonicalize(made.file).unwrap_or_else(|_| made.file.to_owned());
    let inside = file.strip_prefix(house.folder.root()).ok().filter(|path| path.starts_with("exports"));
    let Some(path) = inside.unwrap_or(&file).to_str() else {
        let what = format!("The film {} is not listed in the library, because its name is not Unicode.", file.display());
        return Err(Problem::usage(what, "Give it another name."));
    };
    let at = clock::wall();
    let known = house.db.asset_at(path)?.filter(|asset| asset.source == Source::Export);
    let name = file.file_stem().map_or_else(|| made.title.to_owned(), |name| name.to_string_lossy().into_owned());
    let asset = Asset {
        path: path.to_owned(),
        linked: inside.is_none(),
        bytes: files::length(&file)?,
        sha256: Some(files::sha256_file(&file, |_| {})?),
        kind: made.kind,
        facts: made.facts,
        project: house.db.project(made.project)?.map(|project| project.id),
        status: Status::Ready,
        problem: None,
        metadata: json!({ "project_id": made.project, "exported_at": at, "export_settings": made.settings }),
        updated_at: at.clone(),
        ..known.unwrap_or_else(|| entry(name, &at))
    };
    house.db.save_asset(&asset)?;
    media::write_sidecar(&house.folder, &asset)?;
    let (id, project) = (asset.id, Some(made.project.to_owned()));
    house.db.save_export(&Export {
        asset: id.clone(),
        project,
        settings: made.settings,
        exported_at: at,
        clips: made.clips,
    })?;
    Ok(id)
}

/// An entry before anything is known of its file.
fn entry(name: String, at: &str) -> Asset {
    Asset {
        id: media::new_id(),
        project: None,
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
        path: String::new(),
        linked: false,
        bytes: 0,
        sha256: None,
        facts: Facts::default(),
        metadata: json!({}),
        created_at: at.to_owned(),
        updated_at: at.to_owned(),
        binned_at: None,
        tags: Vec::new(),
    }
}
