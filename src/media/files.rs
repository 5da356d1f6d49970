//! Files that appear whole or not at all: written under another name beside their place, synced, renamed.

use std::fs::File;
use std::path::{Path, PathBuf};

use tracing::warn;

use super::error::Error;

/// A file on its way; removed when dropped before `keep`.
#[derive(Debug)]
pub(super) struct Temporary {
    path: Option<PathBuf>,
}

impl Temporary {
    /// A name beside `place`, told apart by `suffix` and this process; nothing is created.
    pub fn beside(place: &Path, suffix: &str) -> Temporary {
        let mut name = std::ffi::OsString::from(".");
        name.push(place.file_name().unwrap_or_default());
        name.push(format!(".{}.{suffix}", std::process::id()));
        Temporary { path: Some(place.with_file_name(name)) }
    }

    pub fn path(&self) -> &Path {
        self.path.as_deref().unwrap_or(Path::new(""))
    }

    /// Brings the content to the disk and gives it its name; its size.
    pub fn keep(mut self, place: &Path) -> Result<u64, Error> {
        let file = File::open(self.path()).map_err(|error| Error::file(place, error))?;
        file.sync_all().map_err(|error| Error::file(place, error))?;
        let bytes = file.metadata().map_err(|error| Error::file(place, error))?.len();
        std::fs::rename(self.path(), place).map_err(|error| Error::file(place, error))?;
        self.path = None;
        sync_folder(place);
        Ok(bytes)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            // It may never have been created.
            let _ = std::fs::remove_file(path);
        }
    }
}

/// Makes a file's name durable. Some file systems refuse to sync folders; the file itself is synced all the same.
pub(super) fn sync_folder(path: &Path) {
    let folder = folder_of(path);
    if let Err(error) = File::open(folder).and_then(|folder| folder.sync_all()) {
        warn!(%error, folder = %folder.display(), "the folder could not be synced");
    }
}

/// The folder a file is in; `.` for a bare name.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_appears_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("film.mp4");
        let dropped = Temporary::beside(&place, "part");
        std::fs::write(dropped.path(), b"half").unwrap();
        drop(dropped);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        let kept = Temporary::beside(&place, "part");
        std::fs::write(kept.path(), b"whole").unwrap();
        assert_eq!(kept.keep(&place).unwrap(), 5);
        assert_eq!(std::fs::read(&place).unwrap(), b"whole");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
