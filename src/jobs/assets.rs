//! Assets on the disk and in the database kept in step: the bin, the sidecars, files that are gone and come back. A take's asset goes
//! the take's way (`library`).

use std::collections::HashMap;

use crate::blobs::media::{self, bin};
use crate::blobs::takes;
use crate::clock;
use crate::core::asset::{Asset, AssetId, Status};
use crate::core::problem::Problem;
use crate::core::take::TakeId;

use super::house::House;
use super::library;

/// Moves an asset to the bin. Refused with a sentence while something uses it.
pub fn bin(house: &House, id: &AssetId) -> Result<(), Problem> {
    let asset = known(house, id)?;
    if let Some(take) = &asset.take {
        let take = house.db.take(take)?.ok_or_else(|| gone(id))?;
        return library::move_to_bin(house, &take);
    }
    let at = clock::wall();
    // The row first: it knows who uses it.
    house.db.bin(id, &at)?;
    let binned = bin::bin(&house.folder, &asset, &at)?;
    Ok(house.db.save_asset(&binned)?)
}

/// Brings an asset back from the bin.
pub fn restore(house: &House, id: &AssetId) -> Result<(), Problem> {
    let asset = known(house, id)?;
    if let Some(take) = &asset.take {
        return library::take_from_bin(house, take).map(drop);
    }
    if asset.binned_at.is_none() {
        return Ok(());
    }
    let restored = bin::restore(&house.folder, &asset)?;
    Ok(house.db.save_asset(&restored)?)
}

/// Deletes, for good, what has been in the bin for more than `days` days, takes too; tells how many things went. What is still
/// used stays.
pub fn empty_bin(house: &House, days: u32) -> Result<u64, Problem> {
    let now = clock::wall();
    let mut gone = 0;
    let used = |id: &TakeId| house.db.users_of(&AssetId(id.0.clone())).map_or(true, |users| !users.is_empty());
    for id in takes::empty_bin_older_than(&house.folder, days, &now, used)? {
        gone += 1;
        if let Err(error) = house.db.forget_take(&id) {
            tracing::warn!(%error, "a take left the bin but not the library");
        }
    }
    for binned in bin::list(&house.folder)? {
        if binned.at.as_deref().is_some_and(|at| !older(at, &now, days)) {
            continue;
        }
        match house.db.forget(&binned.id) {
            Ok(()) => {
                bin::delete(&house.folder, &binned.id)?;
                gone += 1;
            }
            Err(error) => tracing::info!(%error, "an asset stays in the bin"),
        }
    }
    Ok(gone)
}

/// Whether `at` is more than `days` days before `now`; with no days everything is. Both RFC 3339 UTC.
fn older(at: &str, now: &str, days: u32) -> bool {
    let secs = |text: &str| text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_second);
    match (secs(at), secs(now)) {
        (Some(at), Some(now)) => days == 0 || at < now - i64::from(days) * 86_400,
        _ => false,
    }
}

/// What lies in the bin, by hash: a file that is imported again is brought out of it.
pub(super) fn binned_by_sha256(house: &House) -> HashMap<String, AssetId> {
    let binned = bin::list(&house.folder).unwrap_or_default();
    let known = binned.into_iter().filter_map(|binned| house.db.asset(&binned.id).ok().flatten());
    known.filter_map(|asset| asset.sha256.map(|sha256| (sha256, asset.id))).collect()
}

/// Writes the sidecar of an asset as its row is now; after each change of a row, so that both say the same.
pub fn sidecar(house: &House, id: &AssetId) -> Result<(), Problem> {
    Ok(media::write_sidecar(&house.folder, &known(house, id)?)?)
}

/// The same for several.
pub fn sidecars(house: &House, ids: &[AssetId]) -> Result<(), Problem> {
    ids.iter().try_for_each(|id| sidecar(house, id))
}

/// Finishes what a crash left half done: moves to and from the bin, and files that had come in but were not listed yet.
pub fn reconcile(house: &House) -> Result<(), Problem> {
    for binned in bin::list(&house.folder)? {
        let Some(asset) = house.db.asset(&binned.id)? else { continue };
        let settled = match &asset.binned_at {
            // It was on its way; a person who looks for it looks in the library first.
            None => bin::restore(&house.folder, &asset)?,
            Some(_) if bin::is_settled(&house.folder, &asset) => continue,
            Some(at) => bin::bin(&house.folder, &asset, at)?,
        };
        house.db.save_asset(&settled)?;
    }
    for id in media::sidecars(&house.folder)? {
        if house.db.seq(&id)?.is_some() {
            continue;
        }
        let path = house.folder.media().join(format!("{}.json", id.0));
        // A sidecar alone means nothing: its file comes after it.
        let root = house.folder.root();
        let found = media::read_sidecar(&path).filter(|asset| asset.id == id && asset.file(root).is_file());
        let Some(asset) = found else { continue };
        let twin = asset.sha256.as_deref().map(|sha256| house.db.asset_by_sha256(sha256)).transpose()?.flatten();
        if twin.is_some_and(|twin| twin.file(root).is_file()) {
            // It was imported again since, and the same bytes are listed.
            media::withdraw(&house.folder, &asset);
        } else {
            house.db.save_asset(&asset)?;
        }
    }
    Ok(())
}

/// The asset with its status as its file really is: one that is not where it was is missing until it is there again. The change
/// is kept.
pub fn looked_for(house: &House, asset: Asset) -> Asset {
    let there = asset.file(house.folder.root()).is_file();
    let status = match (asset.status, there) {
        (Status::Ready, false) => Status::Missing,
        (Status::Missing, true) => Status::Ready,
        _ => return asset,
    };
    let problem = (status == Status::Missing).then(|| gone_sentence(&asset, house));
    if asset.take.is_none() {
        // The row may say more by now than what was drawn.
        let row = house.db.asset(&asset.id).ok().flatten().map(|row| Asset { status, problem: problem.clone(), ..row });
        if let Some(Err(error)) = row.map(|row| house.db.save_asset(&row)) {
            tracing::warn!(%error, asset = %asset.id, "that a file is missing was not kept");
        }
    }
    Asset { status, problem, ..asset }
}

/// Why an asset can't be shown, when its file is gone.
pub fn missing(asset: &Asset) -> Option<Problem> {
    (asset.status == Status::Missing).then(|| {
        let what = asset.problem.clone().unwrap_or_else(|| format!("The file of “{}” is gone.", asset.name));
        Problem::usage(what, "Put it back where it was, or import it again.")
    })
}

fn gone_sentence(asset: &Asset, house: &House) -> String {
    format!("The file {} is gone.", asset.file(house.folder.root()).display())
}

fn known(house: &House, id: &AssetId) -> Result<Asset, Problem> {
    house.db.asset(id)?.ok_or_else(|| gone(id))
}

fn gone(id: &AssetId) -> Problem {
    Problem::usage(format!("There is no asset {id} in the library."), "It may have been deleted since.")
}
