//! A project's files copied into one folder: complete under its name, or not there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::super::error::sorted;
use super::super::{Error, files, names};
use super::copy::copy;
use super::unusable;
use crate::core::bundle::{Listed, MANIFEST_FILE, Manifest, Progress};

/// Folders of the same title beside each other.
const MOST_OF_A_NAME: u32 = 999;

/// A file of the bundle that is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Within the bundle, with `/`.
    pub path: String,
    pub source: Source,
}

/// What a piece is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A copy of this file, which has so many bytes.
    File(PathBuf, u64),
    Text(String),
}

impl Source {
    fn bytes(&self) -> u64 {
        match self {
            Source::File(_, bytes) => *bytes,
            Source::Text(text) => text.len() as u64,
        }
    }
}

/// Makes the bundle in the folder `to`, named after its title; `manifest` lists no files yet. `progress` answers whether to go
/// on; `None` when it did not, and then nothing is left.
pub fn pack(
    manifest: Manifest,
    pieces: &[Piece],
    to: &Path,
    progress: &mut dyn FnMut(Progress) -> bool,
) -> Result<Option<(PathBuf, Manifest)>, Error> {
    if !to.is_dir() {
        return Err(if to.exists() { Error::NotAFolder(to.to_owned()) } else { Error::FolderMissing(to.to_owned()) });
    }
    let total_bytes = pieces.iter().map(|piece| piece.source.bytes()).fold(0, u64::saturating_add);
    if files::free_bytes(to)? < total_bytes {
        return Err(Error::Full(to.join(names::safe_name(&manifest.title, "Untitled"))));
    }
    let unfinished = Unfinished::new(to)?;
    let mut told = Progress { done_bytes: 0, total_bytes };
    let mut listed = Vec::new();
    for piece in pieces {
        let mut moved = |bytes: u64| {
            told.done_bytes += bytes;
            progress(told)
        };
        match unfinished.add(piece, &mut moved)? {
            Some(file) => listed.push(file),
            None => return Ok(None),
        }
    }
    let manifest = Manifest { files: listed, ..manifest };
    let text = serde_json::to_string_pretty(&manifest).unwrap_or_default();
    files::write_new(&unfinished.folder.join(MANIFEST_FILE), text.as_bytes())?;
    let folder = unfinished.finish(to, &manifest.title)?;
    Ok(Some((folder, manifest)))
}

/// A bundle being made; removed when it is dropped before it has its name.
struct Unfinished {
    folder: PathBuf,
}

impl Unfinished {
    fn new(to: &Path) -> Result<Unfinished, Error> {
        let folder = to.join(files::temporary_name());
        fs::create_dir(&folder).map_err(sorted("made", &folder))?;
        Ok(Unfinished { folder })
    }

    fn add(&self, piece: &Piece, moved: &mut dyn FnMut(u64) -> bool) -> Result<Option<Listed>, Error> {
        let path = self.folder.join(&piece.path);
        let folder = files::folder_of(&path);
        fs::create_dir_all(folder).map_err(sorted("made", folder))?;
        let (bytes, sha256) = match &piece.source {
            Source::File(from, _) => match copy(from, &path, u64::MAX, moved)? {
                Some(copied) => (copied.bytes, copied.sha256),
                None => return Ok(None),
            },
            Source::Text(text) => {
                files::write_new(&path, text.as_bytes())?;
                moved(text.len() as u64);
                (text.len() as u64, files::sha256_file(&path, |_| {})?)
            }
        };
        Ok(Some(Listed { path: piece.path.clone(), bytes, sha256 }))
    }

    fn finish(mut self, to: &Path, title: &str) -> Result<PathBuf, Error> {
        for folder in folders(&self.folder)? {
            files::sync_folder(&folder)?;
        }
        let name = names::safe_name(title, "Untitled");
        for number in 1..=MOST_OF_A_NAME {
            let folder = to.join(if number == 1 { name.clone() } else { format!("{name} {number}") });
            match files::rename_new(&self.folder, &folder) {
                Ok(()) => {
                    self.folder = PathBuf::new();
                    files::sync_folder(to)?;
                    return Ok(folder);
                }
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(sorted("made", &folder)(error)),
            }
        }
        Err(unusable(&to.join(name), "there are too many of this name"))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.folder.as_os_str().is_empty() {
            // What stays has a name that says what it is.
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// A folder and those in it, at any depth; links are not followed.
pub(super) fn folders(folder: &Path) -> Result<BTreeSet<PathBuf>, Error> {
    let (mut waiting, mut found) = (vec![folder.to_owned()], BTreeSet::new());
    while let Some(folder) = waiting.pop() {
        for item in fs::read_dir(&folder).map_err(sorted("read", &folder))? {
            let item = item.map_err(sorted("read", &folder))?;
            if item.file_type().is_ok_and(|kind| kind.is_dir()) {
                waiting.push(item.path());
            }
        }
        found.insert(folder);
    }
    Ok(found)
}
