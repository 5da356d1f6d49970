//! Files that this machine keeps as a server, by their SHA-256: `shared/{two letters}/{hash}`. A file under its hash has these
//! bytes; what arrives is checked before it gets the name.

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;

use sha2::{Digest, Sha256};

use super::error::sorted;
use super::layout::DataFolder;
use super::{Error, files};

/// A picture on its way in, under a temporary name; removed when it is dropped before it was kept.
#[derive(Debug)]
pub struct Arriving {
    path: PathBuf,
    file: File,
    hasher: Sha256,
    pub bytes: u64,
}

impl Arriving {
    pub fn new(data: &DataFolder) -> Result<Arriving, Error> {
        let path = data.shared().join(files::temporary_name());
        let file = File::create_new(&path).map_err(sorted("made", &path))?;
        Ok(Arriving { path, file, hasher: Sha256::new(), bytes: 0 })
    }

    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.file.write_all(bytes).map_err(sorted("written", &self.path))?;
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    /// Gives it its name, if the bytes are those of `sha256`; false when they are not. What lies there already is the same.
    pub fn keep(self, data: &DataFolder, sha256: &str) -> Result<bool, Error> {
        if files::hex(&self.hasher.clone().finalize()) != sha256 {
            return Ok(false);
        }
        let path = data.shared_object(sha256)?;
        let folder = files::folder_of(&path);
        self.file.sync_all().map_err(sorted("written", &path))?;
        fs::create_dir_all(folder).map_err(sorted("made", folder))?;
        fs::rename(&self.path, &path).map_err(sorted("written", &path))?;
        files::sync_folder(folder)?;
        files::sync_folder(&data.shared())?;
        Ok(true)
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        // Renamed by then when all went well; what can't be removed now is found by the sweep.
        let _ = fs::remove_file(&self.path);
    }
}

/// Removes a picture; no error when it is gone.
pub fn remove(data: &DataFolder, sha256: &str) -> Result<(), Error> {
    let path = data.shared_object(sha256)?;
    match fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(sorted("deleted", &path)(error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_bytes_get_the_name() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataFolder::open(folder.path()).unwrap();
        let sha256 = files::hex(&Sha256::digest(b"picture"));
        let mut wrong = Arriving::new(&data).unwrap();
        wrong.write(b"other").unwrap();
        assert!(!wrong.keep(&data, &sha256).unwrap());
        for _ in 0..2 {
            let mut right = Arriving::new(&data).unwrap();
            right.write(b"pic").unwrap();
            right.write(b"ture").unwrap();
            assert!(right.keep(&data, &sha256).unwrap());
        }
        assert_eq!(fs::read(data.shared_object(&sha256).unwrap()).unwrap(), b"picture");
        let left: Vec<_> = fs::read_dir(data.shared()).unwrap().collect();
        assert_eq!(left.len(), 1, "nothing temporary is left");
        remove(&data, &sha256).unwrap();
        remove(&data, &sha256).unwrap();
        for bad in ["", "..", "../x", &"A".repeat(64), &"g".repeat(64)] {
            assert!(data.shared_object(bad).is_err(), "{bad}");
        }
    }
}
