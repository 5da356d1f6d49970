//! A bundle becomes a project of this library: what is here already keeps its id, what comes gets another where both would have
//! the same.

use std::collections::BTreeMap;
use std::path::Path;

use crate::blobs::bundle::{self, Landing, Staged};
use crate::blobs::media;
use crate::core::asset::{Asset, AssetId, Status};
use crate::core::bundle::{Arrived, Progress, renamed};
use crate::core::problem::Problem;
use crate::core::project::Project;
use crate::core::take::TakeId;

use super::super::house::House;
use super::super::{details, library, projects, rebuild};

/// Brings in the project of a bundle. `None` when `progress` said to stop; then, as after any error, nothing has changed.
pub fn unpack(house: &House, from: &Path, progress: &mut dyn FnMut(Progress) -> bool) -> Result<Option<Arrived>, Problem> {
    let Some(mut staged) = bundle::stage(&house.folder, from, progress)? else { return Ok(None) };
    let (bytes, known) = (staged.manifest.bytes(), adapt(house, &mut staged)?);
    let landing = staged.seal(&house.folder)?;
    let takes = landing.takes().iter().map(|take| TakeId(take.clone())).collect();
    let assets = landing.assets().map(|asset| AssetId(asset.to_owned())).collect();
    let project = land(house, landing)?;
    let Project { id, title, folder } = project;
    Ok(Some(Arrived { project: id, title, folder, takes, assets, known, bytes }))
}

/// Finishes what a crash left between its seal and its end. What can't be finished now waits; nobody's work is held up by it.
pub fn land_rest(house: &House) {
    let landings = bundle::landings(&house.folder).unwrap_or_else(|error| {
        tracing::warn!(%error, "projects that were being brought in were not looked for");
        Vec::new()
    });
    for landing in landings {
        let project = landing.project().to_owned();
        match land(house, landing) {
            Ok(_) => tracing::info!(project, "a project that was being brought in is finished"),
            Err(problem) => tracing::warn!(%problem, project, "a project that was being brought in waits"),
        }
    }
}

/// Files to their places, then the rows, which are made from the files as those of a lost library are: one that can't be made is
/// passed over, and its file is a finding.
fn land(house: &House, landing: Landing) -> Result<Project, Problem> {
    let folder = landing.land(&house.folder)?;
    let (project, _) = projects::enter(house, &folder.to_string_lossy())?;
    for id in landing.assets() {
        let sidecar = house.folder.media().join(format!("{id}.json"));
        pass_over(&sidecar, rebuild::asset(house, &sidecar).map(drop));
    }
    library::reconcile(house)?;
    for take in landing.takes() {
        let take = TakeId(take.clone());
        pass_over(&house.folder.takes().join(&take.0), rebuild::words_about_take(house, &take));
    }
    // What it refers to and is not here is left out, so the file is written again.
    pass_over(&folder, details::learn(house, &project).and_then(|_| details::keep(house, &project)));
    landing.done()?;
    Ok(project)
}

fn pass_over(path: &Path, made: Result<(), Problem>) {
    if let Err(problem) = made {
        tracing::warn!(%problem, path = %path.display(), "part of a project that was brought in was passed over");
    }
}

/// Gives other ids where this library has the same, and leaves out the media it has. Gives how many were left out.
fn adapt(house: &House, staged: &mut Staged) -> Result<usize, Problem> {
    let mut new: BTreeMap<String, String> = BTreeMap::new();
    for at in 0..staged.takes.len() {
        let id = staged.takes[at].clone();
        let here = [house.folder.takes(), house.folder.bin()].iter().any(|folder| folder.join(&id.0).exists());
        if here || house.db.take(&id)?.is_some() {
            let other = media::new_id().0;
            new.insert(id.0, other.clone());
            staged.rename_take(at, TakeId(other))?;
        }
    }
    let mut known = 0;
    for at in (0..staged.assets.len()).rev() {
        let asset = staged.assets[at].clone();
        if let Some(same) = same(house, &asset)? {
            new.insert(asset.id.0, same.id.0);
            staged.drop_asset(at)?;
            known += 1;
        } else if house.db.asset(&asset.id)?.is_some() || taken(house, &asset) {
            let other = media::new_id().0;
            new.insert(asset.id.0, other.clone());
            staged.rename_asset(at, &other)?;
        }
    }
    staged.details = staged.details.take().map(|details| renamed(details, &|id| new.get(id).cloned()));
    Ok(known)
}

/// The asset of this library with the same bytes, if it can be used.
fn same(house: &House, asset: &Asset) -> Result<Option<Asset>, Problem> {
    let Some(sha256) = &asset.sha256 else { return Ok(None) };
    let usable =
        |known: &Asset| known.status == Status::Ready && known.binned_at.is_none() && known.file(house.folder.root()).is_file();
    Ok(house.db.asset_by_sha256(sha256)?.filter(usable))
}

/// Something of this library lies where the asset would.
fn taken(house: &House, asset: &Asset) -> bool {
    let sidecar = house.folder.media().join(format!("{}.json", asset.id));
    sidecar.exists() || asset.file(house.folder.root()).exists() || house.folder.bin().join(&asset.id.0).exists()
}
