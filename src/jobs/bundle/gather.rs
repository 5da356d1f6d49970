//! What belongs to a project, as the pieces of a bundle: script, particulars, pictures, media, takes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::blobs::bundle::{Piece, Source};
use crate::blobs::media::TAKE_SIDECAR;
use crate::blobs::{files, projects};
use crate::core::asset::{Asset, AssetId, Sidecar};
use crate::core::bundle::Takes;
use crate::core::library::Query;
use crate::core::problem::Problem;
use crate::core::project::{CLIPS_FOLDER, DETAILS_FILE, PICTURES_FOLDER, Project, SCRIPT_FILE, SOUNDS_FOLDER};
use crate::core::span::Verdict;
use crate::core::take::{Take, TakeId, TakeState};

use super::super::details;
use super::super::house::House;

/// Everything of the project, in the order it is copied: what is small and says what the rest is comes first.
pub(super) fn pieces(house: &House, project: &Project, takes: Takes) -> Result<Vec<Piece>, Problem> {
    let folder = Path::new(&project.folder);
    details::keep(house, project)?;
    let mut pieces = vec![file(SCRIPT_FILE, folder.join(SCRIPT_FILE))?];
    if let Some(text) = projects::read_details(folder)? {
        pieces.push(Piece { path: DETAILS_FILE.into(), source: Source::Text(text) });
    }
    for part in [PICTURES_FOLDER, CLIPS_FOLDER, SOUNDS_FOLDER] {
        pieces.extend(all_in(part, &folder.join(part))?);
    }
    for asset in assets(house, project)?.values() {
        pieces.extend(media(house, asset)?);
    }
    for take in wanted(house, project, takes)? {
        pieces.extend(take_pieces(house, &take)?);
    }
    Ok(pieces)
}

/// The project's assets, and those of others that it plays.
fn assets(house: &House, project: &Project) -> Result<BTreeMap<String, Asset>, Problem> {
    let found = house.db.find(&Query { project: Some(project.id.clone()), ..Query::default() })?;
    let mut assets: Vec<Asset> = house.db.entries(&found)?.into_iter().map(|entry| entry.asset).collect();
    for id in house.db.details(&project.id)?.iter().flat_map(|details| details.arrangement.assets()) {
        assets.extend(house.db.asset(id)?);
    }
    let kept = assets.into_iter().filter(|asset| asset.take.is_none() && asset.binned_at.is_none());
    Ok(kept.map(|asset| (asset.id.0.clone(), asset)).collect())
}

/// An asset's file and sidecar. One that is linked goes along as a copy: where it is brought to, there is nothing to link.
fn media(house: &House, asset: &Asset) -> Result<[Piece; 2], Problem> {
    let from = asset.file(house.folder.root());
    if !from.is_file() {
        let what = format!("The file of “{}” is not where it was: {}.", asset.name, from.display());
        return Err(Problem::usage(what, "Put it back, or take it out of the project, and export again."));
    }
    let ending = from.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
    let path = format!("media/{}{ending}", asset.id);
    let alone = Asset { path: path.clone(), linked: false, owner: None, team: None, ..asset.clone() };
    let sidecar = Source::Text(Sidecar::of(&alone).to_json());
    Ok([file(&path, from)?, Piece { path: format!("media/{}.json", asset.id), source: sidecar }])
}

/// The takes that go along.
fn wanted(house: &House, project: &Project, takes: Takes) -> Result<Vec<Take>, Problem> {
    if takes == Takes::None {
        return Ok(Vec::new());
    }
    let unanswered: Vec<TakeId> = house.db.unanswered()?.into_iter().map(|(take, _)| take.id).collect();
    let all = house.db.takes(&project.id)?;
    if let Some(running) = all.iter().find(|take| take.state == TakeState::Recording) {
        let what = format!("Take {} of “{}” is still being recorded.", running.number, running.title);
        return Err(Problem::refused(what, "Stop it, then export the project."));
    }
    let kept = |take: &Take| {
        let nothing = !take.spans.is_empty() && take.spans.iter().all(|span| span.verdict == Verdict::Rejected);
        !nothing && !unanswered.contains(&take.id)
    };
    Ok(all.into_iter().filter(|take| takes == Takes::All || kept(take)).collect())
}

/// All of a take's folder, and what a person said of it.
fn take_pieces(house: &House, take: &Take) -> Result<Vec<Piece>, Problem> {
    let place = format!("takes/{}", take.id);
    let mut pieces = all_in(&place, Path::new(&take.folder))?;
    let about = format!("{place}/{TAKE_SIDECAR}");
    pieces.retain(|piece| piece.path != about);
    if let Some(asset) = house.db.asset(&AssetId(take.id.0.clone()))? {
        let alone = Asset { owner: None, team: None, ..asset };
        pieces.push(Piece { path: about, source: Source::Text(Sidecar::of(&alone).to_json()) });
    }
    Ok(pieces)
}

/// The ordinary files of a folder that is ours; what is hidden is unfinished.
fn all_in(place: &str, folder: &Path) -> Result<Vec<Piece>, Problem> {
    let items = match fs::read_dir(folder) {
        Ok(items) => items,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            let what = format!("{} can't be read ({error}).", folder.display());
            return Err(Problem::disk(what, "Check the disk and its permissions, then try again."));
        }
    };
    let mut paths: Vec<PathBuf> = items.flatten().map(|item| item.path()).collect();
    paths.retain(|path| path.symlink_metadata().is_ok_and(|facts| facts.is_file()));
    paths.sort();
    let named = paths.into_iter().filter_map(|path| {
        let name = path.file_name()?.to_str()?;
        (!name.starts_with('.')).then(|| file(&format!("{place}/{name}"), path.clone()))
    });
    named.collect()
}

fn file(path: &str, from: PathBuf) -> Result<Piece, Problem> {
    let bytes = files::length(&from)?;
    Ok(Piece { path: path.to_owned(), source: Source::File(from, bytes) })
}
