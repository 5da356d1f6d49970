//! The library's own media files: `media/{id}.{ending}` and beside each its sidecar, `media/{id}.json`. A file has its name only
//! when it is whole, synced, and its sidecar is there; the sidecar alone means nothing.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::error::sorted;
use super::layout::DataFolder;
use super::source::{Refusal, Source};
use super::{Error, files, names};
use crate::core::asset::{Asset, AssetId, Sidecar};

pub mod bin;
pub mod group;

/// Bytes read, hashed and written at a time; as often it is asked whether to go on.
const CHUNK: usize = 1024 * 1024;

/// What a sidecar's name ends with.
pub(super) const SIDECAR: &str = "json";

/// A sidecar larger than this is none.
const MAX_SIDECAR_BYTES: u64 = 4 * 1024 * 1024;

/// Why reading a file into the library ended early.
#[derive(Debug)]
pub enum Stop {
    /// The file's fault: the next one may be fine.
    Source(Refusal),
    /// The library's disk: the next one would meet the same.
    Disk(Error),
    /// Nobody wants it any more.
    Cancelled,
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Stop {
        Stop::Source(refusal)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Stop {
        Stop::Disk(error)
    }
}

/// A copy under a temporary name, whole, but not synced before it is published (`group`): one that turns out to be known already need
/// never reach the disk. Dropping it removes it.
#[derive(Debug)]
pub struct Draft {
    path: Option<PathBuf>,
    pub sha256: String,
    pub bytes: u64,
}

/// An id for a new asset; ids sort by the time they were made.
pub fn new_id() -> AssetId {
    AssetId(uuid::Uuid::now_v7().to_string())
}

/// Path of an asset's file from the data folder.
pub fn path_of(id: &AssetId, ending: &str) -> String {
    format!("{}/{}.{ending}", super::layout::MEDIA, id.0)
}

/// The SHA-256 of a source, lower-case hex. `go_on` hears the bytes read so far, about once per megabyte, and may end it.
pub fn sha256(source: &mut Source, go_on: &mut dyn FnMut(u64) -> bool) -> Result<String, Stop> {
    Ok(read(source, go_on, |_| Ok(()))?.0)
}

/// Copies a source into the library under a temporary name, and hashes it on the way.
pub fn copy_in(data: &DataFolder, source: &mut Source, go_on: &mut dyn FnMut(u64) -> bool) -> Result<Draft, Stop> {
    let folder = data.media();
    let path = folder.join(files::temporary_name());
    let made = OpenOptions::new().write(true).create_new(true).open(&path).map_err(sorted("written", &folder))?;
    let mut draft = Draft { path: Some(path), sha256: String::new(), bytes: 0 };
    let mut file = &made;
    // A person knows the library's folder, not the name a file has on its way.
    (draft.sha256, draft.bytes) = read(source, go_on, |part| file.write_all(part).map_err(sorted("written", &folder)))?;
    Ok(draft)
}

/// Takes a file of our own into the library: hashed, and given a second name there, so that it stays where it is until whoever made it
/// lets it go. Copied where the disk has no second names.
pub fn take_in(data: &DataFolder, source: &mut Source, go_on: &mut dyn FnMut(u64) -> bool) -> Result<Draft, Stop> {
    let path = data.media().join(files::temporary_name());
    if fs::hard_link(source.path(), &path).is_err() {
        return copy_in(data, source, go_on);
    }
    let mut draft = Draft { path: Some(path), sha256: String::new(), bytes: 0 };
    (draft.sha256, draft.bytes) = read(source, go_on, |_| Ok(()))?;
    Ok(draft)
}

/// Reads a source to its end; its hash and its size.
fn read(
    source: &mut Source,
    go_on: &mut dyn FnMut(u64) -> bool,
    mut take: impl FnMut(&[u8]) -> Result<(), Error>,
) -> Result<(String, u64), Stop> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; CHUNK.min(usize::try_from(source.bytes()).unwrap_or(CHUNK).max(1))];
    let mut total = 0;
    loop {
        if !go_on(total) {
            return Err(Stop::Cancelled);
        }
        let got = source.read(&mut buffer)?;
        if got == 0 {
            break;
        }
        hasher.update(&buffer[..got]);
        take(&buffer[..got])?;
        total += got as u64;
    }
    source.unchanged()?;
    Ok((files::hex(&hasher.finalize()), total))
}

impl Drop for Draft {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            // What can't be removed now is swept a day later.
            let _ = fs::remove_file(path);
        }
    }
}

/// Where the sidecar of an asset lies: that of a take in the take's folder, that of one in the bin beside its file there, any other
/// among the media.
pub fn sidecar_path(data: &DataFolder, asset: &Asset) -> Result<PathBuf, Error> {
    let id = names::checked(&asset.id.0)?;
    if asset.take.is_some() {
        return Ok(asset.file(data.root()).with_file_name(TAKE_SIDECAR));
    }
    let folder = if asset.binned_at.is_some() { data.bin().join(id) } else { data.media() };
    Ok(folder.join(format!("{id}.{SIDECAR}")))
}

/// In a take's folder: what the library knows of it besides its journal.
pub const TAKE_SIDECAR: &str = "asset.json";

/// Writes or replaces the sidecar of an asset.
pub fn write_sidecar(data: &DataFolder, asset: &Asset) -> Result<(), Error> {
    files::write_atomic(&sidecar_path(data, asset)?, Sidecar::of(asset).to_json().as_bytes())
}

/// Reads a sidecar; `None` when it is not there or says nothing that can be used, which is logged.
pub fn read_sidecar(path: &Path) -> Option<Asset> {
    use std::io::Read;
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(MAX_SIDECAR_BYTES).read_to_string(&mut text));
    match read {
        Ok(_) => Sidecar::read(&text)
            .inspect_err(|error| tracing::warn!(%error, path = %path.display(), "a sidecar was passed over"))
            .ok(),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => {
            tracing::warn!(%error, path = %path.display(), "a sidecar was passed over");
            None
        }
    }
}

/// Ids of the sidecars among the media.
pub fn sidecars(data: &DataFolder) -> Result<Vec<AssetId>, Error> {
    let folder = data.media();
    let mut ids = Vec::new();
    for item in fs::read_dir(&folder).map_err(sorted("read", &folder))? {
        let path = item.map_err(sorted("read", &folder))?.path();
        if path.extension().is_some_and(|ending| ending == SIDECAR)
            && let Some(id) = path.file_stem().and_then(|stem| stem.to_str())
        {
            ids.push(AssetId(id.to_owned()));
        }
    }
    ids.sort();
    Ok(ids)
}

/// Takes back what `group::publish` did, for an asset whose row could not be written.
pub fn withdraw(data: &DataFolder, asset: &Asset) {
    if !asset.linked {
        // The file first: a sidecar alone means nothing.
        let _ = fs::remove_file(asset.file(data.root()));
    }
    remove_sidecar(data, &asset.id);
}

fn remove_sidecar(data: &DataFolder, id: &AssetId) {
    let _ = fs::remove_file(data.media().join(format!("{}.{SIDECAR}", id.0)));
}
