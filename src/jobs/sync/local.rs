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
use crate::core::script::Script;
use crate::core::shared::{Document, MAX_MEDIA_BYTES, MAX_OBJECT_BYTES, SharedFile};
use crate::db::Db;

/// Files whose hashes are remembered; more are hashed again.
const REMEMBERED: usize = 4096;

/// Hashes of a project's files, by path, as long as length and time of the file stay the same.
#[derive(Debug, Default)]
pub(super) struct Hashes(Mutex<HashMap<PathBuf, (u64, SystemTime, String)>>);

impl Hashes {
    /// Length and SHA-256 of a picture; `None` when there is none that could travel.
    pub fn of(&self, path: &Path) -> Result<Option<(u64, String)>, Fault> {
        if let Some(known) = self.known(path) {
            return Ok(Some(known));
        }
        match std::fs::metadata(path) {
            Ok(facts) if facts.is_file() && facts.len() <= MAX_OBJECT_BYTES => self.learn(path, || true),
            _ => Ok(None),
        }
    }

    /// What is known of a file as it is now, without reading it.
    pub fn known(&self, path: &Path) -> Option<(u64, String)> {
        let (bytes, changed) = stamp(path)?;
        let all = self.lock();
        let (of, at, sha256) = all.get(path)?;
        ((*of, *at) == (bytes, changed)).then(|| (bytes, sha256.clone()))
    }

    /// Reads a file through; `None` when `go_on`, asked at every megabyte, said no.
    pub fn learn(&self, path: &Path, mut go_on: impl FnMut() -> bool) -> Result<Option<(u64, String)>, Fault> {
        let stamp = stamp(path);
        let Some(sha256) = files::sha256_while(path, |_| go_on())? else { return Ok(None) };
        let (bytes, changed) = stamp.unwrap_or((0, SystemTime::UNIX_EPOCH));
        let mut all = self.lock();
        if all.len() >= REMEMBERED {
            all.clear();
        }
        all.insert(path.to_owned(), (bytes, changed, sha256.clone()));
        Ok(Some((bytes, sha256)))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<PathBuf, (u64, SystemTime, String)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Length and time of a file, by which it is the same; `None` where there is none.
fn stamp(path: &Path) -> Option<(u64, SystemTime)> {
    let facts = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    Some((facts.len(), facts.modified().unwrap_or(SystemTime::UNIX_EPOCH)))
}

/// Reads a project's folder. `base` is what both sides agreed on last.
pub(super) fn read(db: &Db, hashes: &Hashes, project: &Project, base: Option<&Document>) -> Result<Document, Fault> {
    let folder = Path::new(&project.folder);
    let text = blobs::projects::read_script(folder)?;
    let Some(details) = details::read(folder)? else {
        let what = format!("What “{}” says beside its script can't be read (project.json).", project.title);
        return Err(Problem::disk(what, format!("Repair or remove the file in {}.", project.folder)).into());
    };
    let script = Script::markdown(text.clone());
    let pictures = pictures(hashes, folder, &script, base)?;
    let media = media(hashes, folder, &script, base);
    Ok(Document::new(text, details, db.stage(&project.id)?, pictures).with_media(media))
}

/// The pictures the script names, each once, in its order.
fn pictures(hashes: &Hashes, folder: &Path, script: &Script, base: Option<&Document>) -> Result<Vec<SharedFile>, Fault> {
    let mut pictures = Vec::new();
    for path in named(script, &[Role::Picture, Role::End], SharedFile::picture_name) {
        let agreed = || base.and_then(|base| base.pictures.iter().find(|picture| picture.path == path)).cloned();
        let here = hashes.of(&folder.join(&path))?;
        let here = here.map(|(bytes, sha256)| SharedFile { path: path.clone(), sha256, bytes });
        pictures.extend(here.or_else(agreed));
    }
    Ok(pictures)
}

/// The clips and sounds the script names. One whose hash nobody knows yet counts as the one both sides agreed on, so that the words
/// never wait for a large file to be read.
fn media(hashes: &Hashes, folder: &Path, script: &Script, base: Option<&Document>) -> Vec<SharedFile> {
    let of = |path: String| {
        let agreed = || base.and_then(|base| base.media.iter().find(|file| file.path == path)).cloned();
        let here = hashes.known(&folder.join(&path)).filter(|(bytes, _)| *bytes <= MAX_MEDIA_BYTES);
        here.map(|(bytes, sha256)| SharedFile { path: path.clone(), sha256, bytes }).or_else(agreed)
    };
    named_media(script).into_iter().filter_map(of).collect()
}

/// Where the clips and sounds lie that a script names, from the project's folder.
pub(super) fn named_media(script: &Script) -> Vec<String> {
    named(script, &[Role::Clip, Role::Voice, Role::Music], SharedFile::media_name)
}

/// The files that scenes name for these parts, each once, as far as they lie where such files lie.
fn named(script: &Script, roles: &[Role], name: fn(&SharedFile) -> Option<&str>) -> Vec<String> {
    let mut seen = HashSet::new();
    let all = script.scenes.iter().flat_map(|scene| roles.iter().filter_map(|role| scene.part(*role)));
    let is_one = |path: &&str| {
        let file = SharedFile { path: (*path).to_owned(), sha256: String::new(), bytes: 0 };
        name(&file).is_some() && seen.insert((*path).to_owned())
    };
    all.filter(is_one).map(str::to_owned).collect()
}
