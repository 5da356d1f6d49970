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
pub fn unpack(
    house: &House,
    from: &Path,
    progress: &mut dyn FnMut(Progress) -> bool,
) -> Result<Option<Arrived>, Problem> {
    let Some(mut staged) = bundle::stage(&house.folder, from, progress)? else { return Ok(None) };
    let (bytes, known) = (staged.manifest.bytes(), adapt(house, &mut staged)?);
    let landing = staged.seal(&house.folder)?;
    let takes = landing.takes().iter().map(|take| TakeId(take.clone())).collect();
    let assets = landing.assets().map(|asset| AssetId(asset.to_owned())).collect();
    let project = land(house, landing)?;
    let Project { id, title, folder } = project;
    Ok(Some(Arrived { project: id, title, folder, takes, assets, known, bytes }))
}

/// Finishes what a crash left between its seal and its end.
pub fn land_rest(house: &House) -> Result<(), Problem> {
    for landing in bundle::landings(&house.folder)? {
        tracing::info!(project = landing.project(), "a project that was being brought in is finished");
        land(house, landing)?;
    }
    Ok(())
}

/// Files to their places, then the rows, which are made from the files as those of a lost library are.
fn land(house: &House, landing: Landing) -> Result<Project, Problem> {
    let folder = landing.land(&house.folder)?;
    let (project, _) = projects::open(house, &folder.to_string_lossy())?;
    for id in landing.assets() {
        rebuild::asset(house, &house.folder.media().join(format!("{id}.json")))?;
    }
    library::reconcile(house)?;
    for take in landing.takes() {
        rebuild::words_about_take(house, &TakeId(take.clone()))?;
    }
    details::learn(house, &project)?;
    // What it referred to and is not here has been left out.
    details::keep(house, &project)?;
    landing.done()?;
    Ok(project)
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
    let usable = |known: &Asset| {
        known.status == Status::Ready && known.binned_at.is_none() && known.file(house.folder.root()).is_file()
    };
    Ok(house.db.asset_by_sha256(sha256)?.filter(usable))
}

/// Something of this library lies where the asset would.
fn taken(house: &House, asset: &Asset) -> bool {
    let sidecar = house.folder.media().join(format!("{}.json", asset.id));
    sidecar.exists() || asset.file(house.folder.root()).exists() || house.folder.bin().join(&asset.id.0).exists()
}
