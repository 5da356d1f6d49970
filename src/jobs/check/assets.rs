//! Assets: each row has its file, whole, and its sidecar; each file among the media has its row.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::blobs::{files, media, takes};
use crate::core::asset::{Asset, Status};
use crate::core::finding::{About, Finding};
use crate::core::problem::Problem;
use crate::jobs::{assets, rebuild};

use super::{House, Look};

pub(super) fn look(look: &mut Look<'_>) -> Result<(), Problem> {
    let mut known: HashSet<PathBuf> = HashSet::new();
    for asset in look.house.db.all_assets()? {
        // A take's file is the take's, but what a person said of it lies beside it.
        known.insert(asset.file(look.house.folder.root()));
        known.insert(media::sidecar_path(&look.house.folder, &asset)?);
        if asset.take.is_none() && asset.status != Status::Importing {
            file(look, &asset)?;
            // What was just put right stands in the row by now.
            let row = look.house.db.asset(&asset.id)?;
            sidecar(look, &row.unwrap_or(asset))?;
        }
    }
    for folder in [look.house.folder.media(), look.house.folder.exports()] {
        strangers(look, &folder, &known)?;
    }
    bin(look, &known)
}

fn file(look: &mut Look<'_>, asset: &Asset) -> Result<(), Problem> {
    let file = asset.file(look.house.folder.root());
    if !file.is_file() {
        let what = format!("The file of “{}” is not where it was.", asset.name);
        let fix =
            if asset.linked { "Put it back there, or import it from where it is now." } else { "Put it back from a copy." };
        look.find(Finding::new(About::Asset, what.clone(), fix).at(&file));
        return note(look, asset, Status::Missing, Some(what));
    }
    if let Some(how) = look.changed(&file, asset.bytes, asset.sha256.as_deref())? {
        let fix = "Put it back from a copy, or import it anew as it is now.";
        look.find(Finding::new(About::Asset, format!("The file of “{}” {how}.", asset.name), fix).at(&file));
        return Ok(());
    }
    if asset.status == Status::Missing {
        let found = Finding::repairable(About::Asset, format!("The file of “{}” is back.", asset.name)).at(&file);
        let asset = Asset { status: Status::Ready, problem: None, ..asset.clone() };
        look.mend(found, move |house| keep(house, &asset));
    }
    Ok(())
}

/// What was found stands in the row, so that lists show it; only when rows are to be touched.
fn note(look: &Look<'_>, asset: &Asset, status: Status, problem: Option<String>) -> Result<(), Problem> {
    if look.manner.repair && asset.status != status {
        keep(look.house, &Asset { status, problem, ..asset.clone() })?;
    }
    Ok(())
}

fn keep(house: &House, asset: &Asset) -> Result<(), Problem> {
    house.db.save_asset(asset)?;
    assets::sidecar(house, &asset.id)
}

fn sidecar(look: &mut Look<'_>, asset: &Asset) -> Result<(), Problem> {
    let path = media::sidecar_path(&look.house.folder, asset)?;
    let what = match media::read_sidecar(&path) {
        Some(said) if said == *asset => return Ok(()),
        Some(_) => format!("The sidecar of “{}” says something else than the library.", asset.name),
        None => format!("“{}” has no sidecar that can be read, so a lost library would lose it.", asset.name),
    };
    // It lies beside its file: where that is gone with its folder there is no place for it.
    if files::length(&path).is_err() && !path.parent().is_some_and(Path::is_dir) {
        return Ok(());
    }
    let id = asset.id.clone();
    look.mend(Finding::repairable(About::Asset, what).at(&path), move |house| assets::sidecar(house, &id));
    Ok(())
}

/// Captions lie beside their film, under its name.
fn is_captions(path: &Path, known: &HashSet<PathBuf>) -> bool {
    let captions = path.extension().is_some_and(|ending| ending == "srt" || ending == "vtt");
    captions
        && known.iter().any(|film| {
            film.with_extension("") == path.with_extension("") && film.extension().is_some_and(|ending| ending == "mp4")
        })
}

/// Files that no row knows.
fn strangers(look: &mut Look<'_>, folder: &Path, known: &HashSet<PathBuf>) -> Result<(), Problem> {
    for path in visible(folder)? {
        if known.contains(&path) || is_captions(&path, known) {
            continue;
        }
        // A sidecar that says what it is beside is a row that was lost.
        let own = media::read_sidecar(&path).filter(|_| path.extension().is_some_and(|ending| ending == "json"));
        match own.map(|asset| asset.file(look.house.folder.root())) {
            Some(file) if file.is_file() => {
                let what = format!("The asset that {} tells of is not in the library.", path.display());
                let place = path.clone();
                look.mend(Finding::repairable(About::Asset, what).at(&path), move |house| {
                    rebuild::asset(house, &place).map(drop)
                });
            }
            _ if path.with_extension("json").is_file() && media::read_sidecar(&path.with_extension("json")).is_some() => {}
            _ => {
                let what = format!("Nothing in the library knows {}.", path.display());
                let fix = "Keep it with “onetake library import”, or delete it.";
                look.find(Finding::new(About::Leftover, what, fix).at(&path));
            }
        }
    }
    Ok(())
}

/// Folders in the bin that are neither a take's nor an asset's, or that no row knows.
fn bin(look: &mut Look<'_>, known: &HashSet<PathBuf>) -> Result<(), Problem> {
    let assets = media::bin::list(&look.house.folder)?;
    for binned in &assets {
        let sidecar = binned.folder.join(format!("{}.json", binned.id));
        if !known.contains(&sidecar) {
            let what = format!("The asset in {} is not in the library.", binned.folder.display());
            look.mend(Finding::repairable(About::Asset, what).at(&sidecar.clone()), move |house| {
                rebuild::asset(house, &sidecar).map(drop)
            });
        }
    }
    for folder in takes::list_bin(&look.house.folder)? {
        let asset = assets.iter().any(|binned| binned.folder == folder);
        if !asset && let Err(error) = takes::read_take_folder(&folder) {
            let problem = Problem::from(error);
            look.find(Finding::new(About::Leftover, problem.what, "It goes with the bin after 30 days.").at(&folder));
        }
    }
    Ok(())
}

/// What lies in a folder and is not hidden.
pub(super) fn visible(folder: &Path) -> Result<Vec<PathBuf>, Problem> {
    let items = fs::read_dir(folder).map_err(|error| {
        let what = format!("{} can't be read ({error}).", folder.display());
        Problem::disk(what, "Check the disk and its permissions, then try again.")
    })?;
    let mut paths: Vec<PathBuf> = items.flatten().map(|item| item.path()).collect();
    paths.retain(|path| path.file_name().is_some_and(|name| !name.as_encoded_bytes().starts_with(b".")));
    paths.sort();
    Ok(paths)
}
