//! A large file that comes in parts, known by its SHA-256: what has arrived stays when the line breaks and is gone on with. It gets its
//! name only when all of it is there and is what it was said to be. Who gives and who fetches projects' clips use the same.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::error::sorted;
use super::{Error, files};

/// What has arrived. It is held against others while it is open, and stays on the disk when it is dropped.
#[derive(Debug)]
pub struct Partial {
    path: PathBuf,
    file: File,
    pub bytes: u64,
}

impl Partial {
    /// Goes on with what lies at `path`, or begins there. `None` while somebody else does.
    pub fn open(path: &Path) -> Result<Option<Partial>, Error> {
        let folder = files::folder_of(path);
        fs::create_dir_all(folder).map_err(sorted("made", folder))?;
        let file = OpenOptions::new().append(true).create(true).open(path).map_err(sorted("made", path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(sorted("locked", path)(error)),
        }
        let bytes = file.metadata().map_err(sorted("read", path))?.len();
        Ok(Some(Partial { path: path.to_owned(), file, bytes }))
    }

    /// How much has arrived at `path`.
    pub fn arrived(path: &Path) -> u64 {
        fs::metadata(path).map_or(0, |facts| facts.len())
    }

    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.file.write_all(bytes).map_err(sorted("written", &self.path))?;
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    /// Forgets what has arrived.
    pub fn restart(&mut self) -> Result<(), Error> {
        self.file.set_len(0).map_err(sorted("written", &self.path))?;
        self.bytes = 0;
        Ok(())
    }

    /// Whether these are the bytes of that hash; others are of no use and go. `None` when `go_on`, asked at every megabyte, said no.
    pub fn is(&mut self, sha256: &str, mut go_on: impl FnMut() -> bool) -> Result<Option<bool>, Error> {
        self.file.sync_all().map_err(sorted("written", &self.path))?;
        let same = files::sha256_while(&self.path, |_| go_on())?.map(|of| of == sha256);
        if same == Some(false) {
            fs::remove_file(&self.path).map_err(sorted("deleted", &self.path))?;
        }
        Ok(same)
    }

    /// Gives it its name; what lies there is replaced.
    pub fn name(self, to: &Path) -> Result<(), Error> {
        let folder = files::folder_of(to);
        fs::create_dir_all(folder).map_err(sorted("made", folder))?;
        match fs::rename(&self.path, to) {
            // The cache is on another disk.
            Err(error) if error.kind() == std::io::ErrorKind::CrossesDevices => {
                super::parts::copy(&self.path, to)?;
                fs::remove_file(&self.path).map_err(sorted("deleted", &self.path))?;
            }
            Err(error) => return Err(sorted("written", to)(error)),
            Ok(()) => {}
        }
        files::sync_folder(folder)
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn what_broke_off_is_gone_on_with_and_only_the_right_bytes_get_the_name() {
        let folder = tempfile::tempdir().unwrap();
        let (path, to) = (folder.path().join("parts/x"), folder.path().join("clips/a.mp4"));
        let sha256 = files::hex(&Sha256::digest(b"a clip"));
        let mut first = Partial::open(&path).unwrap().unwrap();
        first.write(b"a c").unwrap();
        assert!(Partial::open(&path).unwrap().is_none(), "one at a time");
        drop(first);
        assert_eq!(Partial::arrived(&path), 3);
        let mut second = Partial::open(&path).unwrap().unwrap();
        second.write(b"lip").unwrap();
        assert_eq!(second.is(&sha256, || false).unwrap(), None);
        assert_eq!(second.is(&sha256, || true).unwrap(), Some(true));
        second.name(&to).unwrap();
        assert_eq!((fs::read(&to).unwrap().as_slice(), path.exists()), (&b"a clip"[..], false));
        let mut wrong = Partial::open(&path).unwrap().unwrap();
        wrong.write(b"a clap").unwrap();
        assert_eq!((wrong.is(&sha256, || true).unwrap(), path.exists()), (Some(false), false));
    }

    #[test]
    fn it_can_begin_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        let mut partial = Partial::open(&path).unwrap().unwrap();
        partial.write(b"too much").unwrap();
        partial.restart().unwrap();
        partial.write(b"new").unwrap();
        assert_eq!((partial.bytes, fs::read(&path).unwrap().as_slice()), (3, &b"new"[..]));
    }
}
