//! Files that came in, given their names together: a disk takes as long to sync one as to sync thirty, and a folder of a thousand
//! pictures should not wait five thousand times.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::super::error::sorted;
use super::super::layout::DataFolder;
use super::super::{Error, files};
use super::{Draft, sidecar_path, withdraw};
use crate::core::asset::{Asset, Sidecar};

/// For fewer the whole disk is not asked to sync: it may have other things to write.
#[cfg(target_os = "linux")]
const FEW: usize = 3;

/// An asset that is ready to be published, with its copy unless it is linked.
#[derive(Debug)]
pub struct Arrival {
    pub asset: Asset,
    pub draft: Option<Draft>,
}

/// A sidecar under a temporary name, and the one it gets. Dropping it removes what has none yet.
struct Waiting {
    temporary: PathBuf,
    place: PathBuf,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        // Mostly renamed since.
        let _ = fs::remove_file(&self.temporary);
    }
}

/// Syncs copies and sidecars, then gives each its name: the sidecar first, for a file has its name only when its sidecar is there.
/// On an error none of them is there.
pub fn publish(data: &DataFolder, arrivals: &mut [Arrival]) -> Result<(), Error> {
    let mut sidecars = Vec::with_capacity(arrivals.len());
    for arrival in arrivals.iter() {
        let place = sidecar_path(data, &arrival.asset)?;
        let temporary = data.media().join(files::temporary_name());
        let waiting = Waiting { temporary, place };
        fs::write(&waiting.temporary, Sidecar::of(&arrival.asset).to_json()).map_err(sorted("written", &waiting.place))?;
        sidecars.push(waiting);
    }
    sync(data, arrivals, &sidecars)?;
    let named = name(data, arrivals, &sidecars).and_then(|()| files::sync_folder(&data.media()));
    if named.is_err() {
        arrivals.iter().filter(|arrival| arrival.draft.as_ref().is_none_or(|draft| draft.path.is_none())).for_each(|arrival| {
            withdraw(data, &arrival.asset);
        });
    }
    named
}

fn name(data: &DataFolder, arrivals: &mut [Arrival], sidecars: &[Waiting]) -> Result<(), Error> {
    for (arrival, sidecar) in arrivals.iter_mut().zip(sidecars) {
        fs::rename(&sidecar.temporary, &sidecar.place).map_err(sorted("written", &sidecar.place))?;
        let Some(draft) = &mut arrival.draft else { continue };
        let place = arrival.asset.file(data.root());
        let from = draft.path.as_deref().unwrap_or(Path::new(""));
        if let Err(error) = files::rename_new(from, &place) {
            // Without its file it means nothing.
            let _ = fs::remove_file(&sidecar.place);
            return Err(sorted("written", &place)(error));
        }
        draft.path = None;
    }
    Ok(())
}

fn sync(data: &DataFolder, arrivals: &[Arrival], sidecars: &[Waiting]) -> Result<(), Error> {
    let folder = data.media();
    #[cfg(target_os = "linux")]
    if arrivals.len() > FEW {
        let opened = File::open(&folder).map_err(sorted("synced", &folder))?;
        return rustix::fs::syncfs(opened).map_err(|error| sorted("synced", &folder)(error.into()));
    }
    let copies = arrivals.iter().filter_map(|arrival| arrival.draft.as_ref()?.path.as_deref());
    for path in copies.chain(sidecars.iter().map(|sidecar| sidecar.temporary.as_path())) {
        File::open(path).and_then(|file| file.sync_all()).map_err(sorted("synced", &folder))?;
    }
    Ok(())
}
