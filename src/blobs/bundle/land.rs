//! A sealed bundle: each piece moves to its place. Every move can be done again, so that whoever finds one half landed after a
//! crash lands the rest.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};

use super::super::error::sorted;
use super::super::layout::DataFolder;
use super::super::{Error, files, names};
use super::place::{MEDIA_FOLDER, TAKES_FOLDER};
use super::stage::PROJECT;
use super::unusable;
use crate::core::project::SCRIPT_FILE;

/// What sealed bundles' names begin with. Not a temporary name: nothing in them may be swept.
const LANDING: &str = ".landing-";
const PLAN_FILE: &str = "plan.json";

/// What goes where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Plan {
    /// Id of the project here; its folder is there already, empty.
    pub project: String,
    pub takes: Vec<String>,
    /// Names of files in the media folder; each has a sidecar.
    pub media: Vec<String>,
}

impl Plan {
    pub fn write(&self, folder: &Path) -> Result<(), Error> {
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        files::write_new(&folder.join(PLAN_FILE), text.as_bytes())
    }
}

/// A bundle that has been sealed, held by this process.
#[derive(Debug)]
pub struct Landing {
    folder: PathBuf,
    plan: Plan,
    _hold: File,
}

/// Those that a crash left, and that no other process is landing right now.
pub fn landings(data: &DataFolder) -> Result<Vec<Landing>, Error> {
    let root = data.root();
    let mut found = Vec::new();
    for item in fs::read_dir(root).map_err(sorted("read", root))? {
        let item = item.map_err(sorted("read", root))?;
        if item.file_name().as_encoded_bytes().starts_with(LANDING.as_bytes()) {
            found.extend(Landing::open(&item.path())?);
        }
    }
    Ok(found)
}

impl Landing {
    /// Seals the staged bundle in `folder`, whose plan is written.
    pub(super) fn seal(data: &DataFolder, folder: &Path, plan: Plan) -> Result<Landing, Error> {
        // Held before it has its name: who looks for landings must not take this one over.
        let hold = hold(folder)?.ok_or_else(|| Error::Exists(folder.to_owned()))?;
        let sealed = data.root().join(format!("{LANDING}{}", uuid::Uuid::now_v7()));
        files::rename_new(folder, &sealed).map_err(sorted("renamed", folder))?;
        files::sync_folder(data.root())?;
        Ok(Landing { folder: sealed, plan, _hold: hold })
    }

    fn open(folder: &Path) -> Result<Option<Landing>, Error> {
        let hold = match hold(folder) {
            Ok(Some(hold)) => hold,
            Ok(None) => return Ok(None),
            // Another process has just finished it.
            Err(Error::NotFound(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        let path = folder.join(PLAN_FILE);
        let text = fs::read_to_string(&path).map_err(sorted("read", &path))?;
        let plan: Plan = serde_json::from_str(&text).map_err(|error| unusable(folder, error.to_string()))?;
        Ok(Some(Landing { folder: folder.to_owned(), plan, _hold: hold }))
    }

    /// Moves everything to its place, synced: takes, then media, then the project, which makes the rest show. Gives the project's
    /// folder.
    pub fn land(&self, data: &DataFolder) -> Result<PathBuf, Error> {
        for take in &self.plan.takes {
            let name = names::checked(take)?;
            rest(&self.folder.join(TAKES_FOLDER).join(name), &data.takes().join(name))?;
        }
        files::sync_folder(&data.takes())?;
        for media in &self.plan.media {
            let name = names::checked(media)?;
            let sidecar = format!("{}.json", name.split('.').next().unwrap_or_default());
            // A sidecar without its file would be a finding; a file without its sidecar is one too, and says less.
            for name in [sidecar.as_str(), name] {
                rest(&self.folder.join(MEDIA_FOLDER).join(name), &data.media().join(name))?;
            }
        }
        files::sync_folder(&data.media())?;
        let project = data.projects().join(names::checked(&self.plan.project)?);
        if !project.join(SCRIPT_FILE).is_file() {
            let from = self.folder.join(PROJECT);
            // Onto the empty folder that keeps its id.
            fs::rename(&from, &project).map_err(sorted("moved", &from))?;
            files::sync_folder(&data.projects())?;
        }
        Ok(project)
    }

    /// Id of the project here.
    pub fn project(&self) -> &str {
        &self.plan.project
    }

    pub fn takes(&self) -> &[String] {
        &self.plan.takes
    }

    /// Ids of its assets.
    pub fn assets(&self) -> impl Iterator<Item = &str> {
        self.plan.media.iter().map(|name| name.split('.').next().unwrap_or_default())
    }

    /// Everything has its place and its row.
    pub fn done(self) -> Result<(), Error> {
        fs::remove_dir_all(&self.folder).map_err(sorted("removed", &self.folder))
    }
}

/// Moves one piece, unless it has been moved.
fn rest(from: &Path, to: &Path) -> Result<(), Error> {
    match files::rename_new(from, to) {
        Err(error) if error.kind() == ErrorKind::NotFound && to.symlink_metadata().is_ok() => Ok(()),
        other => other.map_err(sorted("moved", from)),
    }
}

/// The lock on a sealed bundle; `None` when another process has it.
fn hold(folder: &Path) -> Result<Option<File>, Error> {
    let path = folder.join(PLAN_FILE);
    let file = File::open(&path).map_err(sorted("opened", &path))?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Some(file)),
        Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
        Err(errno) => Err(sorted("locked", &path)(errno.into())),
    }
}
