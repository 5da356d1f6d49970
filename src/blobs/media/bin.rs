//! Assets in the bin: `bin/{id}/` with the file, its sidecar and the day it came. At any moment of a move the file is in one of the
//! two places, and doing it again, or undoing it, finishes what a crash left half done.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::super::error::sorted;
use super::super::layout::{self, DataFolder};
use super::super::{Error, files, names, takes};
use super::{SIDECAR, write_sidecar};
use crate::core::asset::{Asset, AssetId};

/// In an asset's folder there: the path it had.
const FROM_FILE: &str = "from";

/// Moves the asset's file to the bin, dated `at` (RFC 3339 UTC); that of a linked asset stays where it is. Gives the asset as it is
/// then. Takes go their own way (`blobs::takes`).
pub fn bin(data: &DataFolder, asset: &Asset, at: &str) -> Result<Asset, Error> {
    takes::time(at)?;
    let id = names::checked(&asset.id.0)?;
    let folder = data.bin().join(id);
    match fs::create_dir(&folder) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(sorted("made", &folder)(error)),
        _ => {}
    }
    let mut binned = Asset { binned_at: Some(at.to_owned()), ..asset.clone() };
    if !asset.linked {
        binned.path = format!("{}/{id}/{}", layout::BIN, file_name(asset)?);
    }
    files::write_atomic(&folder.join(takes::BINNED_FILE), at.as_bytes())?;
    if !asset.linked && !asset.path.starts_with(&format!("{}/", layout::BIN)) {
        files::write_atomic(&folder.join(FROM_FILE), asset.path.as_bytes())?;
    }
    write_sidecar(data, &binned)?;
    if !asset.linked {
        move_file(&asset.file(data.root()), &binned.file(data.root()))?;
    }
    remove(&data.media().join(format!("{id}.{SIDECAR}")))?;
    files::sync_folder(&folder)?;
    files::sync_folder(&data.bin())?;
    files::sync_folder(&data.media())?;
    Ok(binned)
}

/// Moves it back out. Gives the asset as it is then.
pub fn restore(data: &DataFolder, asset: &Asset) -> Result<Asset, Error> {
    let id = names::checked(&asset.id.0)?;
    let folder = data.bin().join(id);
    let mut restored = Asset { binned_at: None, ..asset.clone() };
    if !asset.linked {
        restored.path = came_from(&folder).unwrap_or(format!("{}/{}", layout::MEDIA, file_name(asset)?));
    }
    write_sidecar(data, &restored)?;
    if !asset.linked {
        move_file(&folder.join(file_name(asset)?), &restored.file(data.root()))?;
    }
    files::sync_folder(files::folder_of(&restored.file(data.root())))?;
    files::sync_folder(&data.media())?;
    remove(&folder.join(format!("{id}.{SIDECAR}")))?;
    remove(&folder.join(FROM_FILE))?;
    remove(&folder.join(takes::BINNED_FILE))?;
    match fs::remove_dir(&folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(sorted("removed", &folder)(error)),
        _ => files::sync_folder(&data.bin()).map(|()| restored),
    }
}

/// Whether an asset in the bin lies there as its row says.
pub fn is_settled(data: &DataFolder, asset: &Asset) -> bool {
    let place = asset.file(data.root());
    asset.linked || (place.starts_with(data.bin()) && place.is_file())
}

/// An asset's folder in the bin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binned {
    pub id: AssetId,
    pub folder: PathBuf,
    /// When it came, when that can be read.
    pub at: Option<String>,
}

/// All assets in the bin that are no takes.
pub fn list(data: &DataFolder) -> Result<Vec<Binned>, Error> {
    let folders = takes::folders_in(&data.bin())?;
    let binned = folders.into_iter().filter_map(|folder| {
        let id = sidecar_id(&folder)?;
        Some(Binned { id, at: takes::binned_at(&folder), folder })
    });
    Ok(binned.collect())
}

/// The asset a folder of the bin belongs to; `None` for a take's.
pub(in super::super) fn sidecar_id(folder: &Path) -> Option<AssetId> {
    let id = folder.file_name()?.to_str()?;
    folder.join(format!("{id}.{SIDECAR}")).is_file().then(|| AssetId(id.to_owned()))
}

/// Deletes an asset's folder in the bin for good.
pub fn delete(data: &DataFolder, id: &AssetId) -> Result<(), Error> {
    let folder = data.bin().join(names::checked(&id.0)?);
    // Out of the list first: a crash while deleting then leaves only something to sweep.
    let leaving = data.bin().join(files::temporary_name());
    match fs::rename(&folder, &leaving) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(sorted("deleted", &folder)(error)),
        Ok(()) => fs::remove_dir_all(&leaving).map_err(sorted("deleted", &folder)),
    }
}

/// The path a file in the bin had, when it leads to a folder of the library.
fn came_from(folder: &Path) -> Option<String> {
    let path = fs::read_to_string(folder.join(FROM_FILE)).ok()?;
    let (part, name) = path.split_once('/')?;
    ([layout::MEDIA, layout::EXPORTS].contains(&part) && names::checked(name).is_ok()).then(|| path.clone())
}

fn file_name(asset: &Asset) -> Result<&str, Error> {
    names::checked(asset.path.rsplit('/').next().unwrap_or_default())
}

/// Moves a file, or finds it moved already. One that is in neither place is missing before and after.
fn move_file(from: &Path, to: &Path) -> Result<(), Error> {
    match files::rename_new(from, to) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => other.map_err(sorted("moved", from)),
    }
}

fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(sorted("removed", path)(error)),
        _ => Ok(()),
    }
}
