//! A folder as a place for files. Reading and deleting are object_store's; writing is ours, because what stands under its final name
//! must be synced, and because a large file must go on after a restart: its parts are written where they belong in a file that is
//! renamed when all are there.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;

use super::error::Error;
use crate::blobs::files;

#[derive(Clone, Debug)]
pub(super) struct Folder {
    root: Arc<PathBuf>,
}

impl Folder {
    pub fn new(root: PathBuf) -> Folder {
        Folder { root: Arc::new(root) }
    }

    /// Where an object lies. Keys are made by `Place::key`, which lets none lead out; a part that would is left out here too.
    pub fn file(&self, key: &str) -> PathBuf {
        let inside = key.split('/').filter(|part| !matches!(*part, "" | "." | ".."));
        inside.fold(self.root.to_path_buf(), |path, part| path.join(part))
    }

    pub async fn put(&self, key: &str, bytes: Bytes) -> Result<(), Error> {
        self.at_work(key, move |target| {
            let temporary = beside(&target, &files::temporary_name());
            let written = File::create_new(&temporary)
                .and_then(|mut file| file.write_all(&bytes).and_then(|()| file.sync_all()))
                .and_then(|()| in_place(&temporary, &target));
            if written.is_err() {
                let _ = fs::remove_file(&temporary);
            }
            written
        })
        .await
    }

    /// The upload's id is the name of the unfinished file and the size of its parts.
    pub async fn begin(&self, key: &str, part_bytes: u64) -> Result<String, Error> {
        let name = files::temporary_name();
        let id = format!("{name}/{part_bytes}");
        self.at_work(key, move |target| File::create_new(beside(&target, &name)).map(|_| ())).await?;
        Ok(id)
    }

    /// Written and synced: it counts as arrived.
    pub async fn part(&self, key: &str, upload: &str, number: u64, bytes: Bytes) -> Result<String, Error> {
        let (name, part_bytes) = self.unfinished(upload)?;
        let written = self.at_work(key, move |target| {
            let file = OpenOptions::new().write(true).open(beside(&target, &name))?;
            file.write_all_at(&bytes, number.saturating_mul(part_bytes))?;
            file.sync_data()
        });
        written.await.map(|()| String::new()).map_err(|error| self.forgotten(error))
    }

    pub async fn complete(&self, key: &str, upload: &str) -> Result<(), Error> {
        let (name, _) = self.unfinished(upload)?;
        let completed = self.at_work(key, move |target| {
            let temporary = beside(&target, &name);
            File::open(&temporary)?.sync_all()?;
            in_place(&temporary, &target)
        });
        completed.await.map_err(|error| self.forgotten(error))
    }

    pub async fn abort(&self, key: &str, upload: &str) -> Result<(), Error> {
        let (name, _) = self.unfinished(upload)?;
        let removed = self.at_work(key, move |target| fs::remove_file(beside(&target, &name)));
        removed.await.map_err(|error| self.forgotten(error))
    }

    fn unfinished(&self, upload: &str) -> Result<(String, u64), Error> {
        let known = upload.split_once('/').and_then(|(name, bytes)| Some((name.to_owned(), bytes.parse().ok()?)));
        let gone = || Error::NoUpload { host: self.root.display().to_string() };
        known.filter(|(name, _)| name.starts_with(files::TEMPORARY)).ok_or_else(gone)
    }

    /// An unfinished file that somebody removed is an upload that is not known any more.
    fn forgotten(&self, error: Error) -> Error {
        match error {
            Error::Folder { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                Error::NoUpload { host: self.root.display().to_string() }
            }
            other => other,
        }
    }

    /// On the blocking pool, with the folder that the object lies in made.
    async fn at_work(&self, key: &str, work: impl FnOnce(PathBuf) -> io::Result<()> + Send + 'static) -> Result<(), Error> {
        let (target, root) = (self.file(key), Arc::clone(&self.root));
        let done = tokio::task::spawn_blocking(move || {
            // The root itself is never made: a drive that is not mounted must not be filled in its absence.
            fs::metadata(&*root)?;
            fs::create_dir_all(files::folder_of(&target))?;
            work(target)
        });
        let path = self.root.to_path_buf();
        done.await
            .unwrap_or_else(|_| Err(io::Error::other("it was cut short")))
            .map_err(|source| Error::Folder { path, source })
    }
}

fn beside(target: &Path, name: &str) -> PathBuf {
    files::folder_of(target).join(name)
}

fn in_place(temporary: &Path, target: &Path) -> io::Result<()> {
    fs::rename(temporary, target)?;
    File::open(files::folder_of(target))?.sync_all()
}
