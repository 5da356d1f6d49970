//! A project as this machine has it: its folder read into the document that travels. A picture that is not there (it could not be
//! fetched yet) counts as the one both sides agreed on, so that its absence is never sent as a change.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use super::Fault;
use crate::blobs::{self, details, files};
use crate::core::generate::Role;
use crate::core::problem::Problem;
use crate::core::project::Project;
use crate::core::script::{Scene, Script};
use crate::core::shared::{Document, MAX_OBJECT_BYTES, Picture};
use crate::db::Db;

/// Files whose hashes are remembered; more are hashed again.
const REMEMBERED: usize = 4096;

/// Hashes of pictures, by path, as long as length and time of the file stay the same.
#[derive(Debug, Default)]
pub(super) struct Hashes(Mutex<HashMap<PathBuf, (u64, SystemTime, String)>>);

impl Hashes {
    /// Length and SHA-256 of a file; `None` when there is none that could travel.
    pub fn of(&self, path: &Path) -> Result<Option<(u64, String)>, Fault> {
        let Ok(facts) = std::fs::metadata(path) else { return Ok(None) };
        if !facts.is_file() || facts.len() > MAX_OBJECT_BYTES {
            return Ok(None);
        }
        let changed = facts.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        let known = self.lock().get(path).filter(|(bytes, at, _)| (*bytes, *at) == (facts.len(), changed)).cloned();
        if let Some((bytes, _, sha256)) = known {
            return Ok(Some((bytes, sha256)));
        }
        let sha256 = files::sha256_file(path, |_| {})?;
        let mut all = self.lock();
        if all.len() >= REMEMBERED {
            all.clear();
        }
        all.insert(path.to_owned(), (facts.len(), changed, sha256.clone()));
        Ok(Some((facts.len(), sha256)))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<PathBuf, (u64, SystemTime, String)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads a project's folder. `base` is what both sides agreed on last.
pub(super) fn read(db: &Db, hashes: &Hashes, project: &Project, base: Option<&Document>) -> Result<Document, Fault> {
    let folder = Path::new(&project.folder);
    let script = blobs::projects::read_script(folder)?;
    let Some(details) = details::read(folder)? else {
        let what = format!("What “{}” says beside its script can't be read (project.json).", project.title);
        return Err(Problem::disk(what, format!("Repair or remove the file in {}.", project.folder)).into());
    };
    let pictures = pictures(hashes, folder, &script, base)?;
    Ok(Document::new(script, details, db.stage(&project.id)?, pictures))
}

/// The pictures the script names, each once, in its order.
fn pictures(hashes: &Hashes, folder: &Path, script: &str, base: Option<&Document>) -> Result<Vec<Picture>, Fault> {
    let script = Script::markdown(script);
    let mut seen = HashSet::new();
    let mut pictures = Vec::new();
    let named = |scene: &Scene| [Role::Picture, Role::End].map(|role| scene.part(role).map(str::to_owned));
    for path in script.scenes.iter().flat_map(named).flatten() {
        let named = Picture { path: path.clone(), sha256: String::new(), bytes: 0 };
        if named.file_name().is_none() || !seen.insert(path.clone()) {
            continue;
        }
        let agreed = || base.and_then(|base| base.pictures.iter().find(|picture| picture.path == path)).cloned();
        let here = hashes.of(&folder.join(&path))?.map(|(bytes, sha256)| Picture { sha256, bytes, ..named });
        pictures.extend(here.or_else(agreed));
    }
    Ok(pictures)
}
