//! The fingerprint beside an uploaded take, and the making of a whole file out of a damaged one. The damaged file stays where it is,
//! untouched, until the new one is proven and takes its place in one step.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::error::sorted;
use super::layout::DataFolder;
use super::{Error, files};
use crate::core::blocks::{Blocks, Measure};

/// Inside a take's folder, from its upload on.
pub const BLOCKS_FILE: &str = "blocks.sha256";

/// Bytes read and copied at a time.
const STRIDE: usize = 1 << 20;

/// A take's file as it was uploaded, and to where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// As the library names it.
    pub server: String,
    /// The server's id of it; none from a server that keeps no recordings.
    pub recording: Option<String>,
    pub blocks: Blocks,
}

/// Keeps the fingerprint of a take that has arrived.
pub fn save(folder: &Path, sent: &Sent) -> Result<(), Error> {
    let recording = sent.recording.as_deref().unwrap_or_default();
    let text = format!("server {}\nrecording {recording}\n{}", sent.server, sent.blocks.text());
    files::write_atomic(&folder.join(BLOCKS_FILE), text.as_bytes())
}

/// The fingerprint of a take; `None` when it was never uploaded, or what is there can't be read.
pub fn load(folder: &Path) -> Option<Sent> {
    let text = fs::read_to_string(folder.join(BLOCKS_FILE)).ok()?;
    let (server, rest) = text.strip_prefix("server ")?.split_once('\n')?;
    let (recording, rest) = rest.strip_prefix("recording ")?.split_once('\n')?;
    let recording = Some(recording.to_owned()).filter(|id| !id.is_empty());
    Some(Sent { server: server.to_owned(), recording, blocks: Blocks::read(rest)? })
}

/// Length of a file; `None` when there is none.
pub fn length(path: &Path) -> Result<Option<u64>, Error> {
    match fs::metadata(path) {
        Ok(facts) => Ok(Some(facts.len())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(sorted("read", path)(error)),
    }
}

/// A file's fingerprint; of no bytes when there is no file. `progress` hears the bytes read so far and answers whether to go
/// on; `None` when it did not.
pub fn measure(path: &Path, progress: impl FnMut(u64) -> bool) -> Result<Option<Blocks>, Error> {
    match File::open(path) {
        Ok(file) => measured(file, progress).map_err(sorted("read", path)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Some(Blocks::default())),
        Err(error) => Err(sorted("read", path)(error)),
    }
}

fn measured(mut file: File, mut progress: impl FnMut(u64) -> bool) -> io::Result<Option<Blocks>> {
    let (mut measure, mut buffer) = (Measure::default(), vec![0u8; STRIDE]);
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(Some(measure.finish())),
            Ok(read) => measure.update(&buffer[..read]),
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        }
        if !progress(measure.bytes()) {
            return Ok(None);
        }
    }
}

/// A whole file in the making. Dropped without `replace` it is gone.
#[derive(Debug)]
pub struct Mending {
    file: File,
    temporary: PathBuf,
    target: PathBuf,
    replaced: bool,
}

impl Mending {
    /// Begins with what is good of `target`: all of its first `length` bytes but the stretches in `damage`.
    pub fn begin(data: &DataFolder, target: &Path, length: u64, damage: &[Range<u64>]) -> Result<Mending, Error> {
        // Beside the takes' folders: leftovers of a crash there are swept.
        let temporary = data.takes().join(files::temporary_name());
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(&temporary);
        let file = file.map_err(sorted("written", target))?;
        let mending = Mending { file, temporary, target: target.to_owned(), replaced: false };
        mending.file.set_len(length).map_err(sorted("written", target))?;
        mending.keep(length, damage).map_err(sorted("copied", target))?;
        Ok(mending)
    }

    /// Puts bytes in their place.
    pub fn write(&self, at: u64, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all_at(bytes, at)
    }

    /// The fingerprint of what is there now.
    pub fn measure(&self) -> Result<Blocks, Error> {
        let measured = measure(&self.temporary, |_| true)?;
        Ok(measured.unwrap_or_default())
    }

    /// Takes the damaged file's place, synced.
    pub fn replace(mut self) -> Result<(), Error> {
        self.file.sync_all().map_err(sorted("written", &self.target))?;
        fs::rename(&self.temporary, &self.target).map_err(sorted("replaced", &self.target))?;
        self.replaced = true;
        files::sync_folder(files::folder_of(&self.target))
    }

    fn keep(&self, length: u64, damage: &[Range<u64>]) -> io::Result<()> {
        let old = match File::open(&self.target) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            other => other?,
        };
        let mut buffer = vec![0u8; STRIDE];
        let ends = damage.iter().map(|range| range.start).chain([length]);
        let starts = std::iter::once(0).chain(damage.iter().map(|range| range.end));
        for (mut at, end) in starts.zip(ends) {
            while at < end {
                let want = (end - at).min(STRIDE as u64) as usize;
                old.read_exact_at(&mut buffer[..want], at)?;
                self.file.write_all_at(&buffer[..want], at)?;
                at += want as u64;
            }
        }
        Ok(())
    }
}

impl Drop for Mending {
    fn drop(&mut self) {
        if !self.replaced {
            // If it stays, it is swept after a day.
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MB: u64 = 1 << 20;

    fn place() -> (tempfile::TempDir, DataFolder, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let data = DataFolder::open(&folder.path().join("data")).unwrap();
        let take = data.takes().join("one");
        fs::create_dir(&take).unwrap();
        (folder, data, take)
    }

    #[test]
    fn a_fingerprint_is_kept_beside_the_take() {
        let (_folder, _, take) = place();
        assert_eq!(load(&take), None);
        fs::write(take.join("take.mkv"), vec![7u8; MB as usize + 3]).unwrap();
        let blocks = measure(&take.join("take.mkv"), |_| true).unwrap().unwrap();
        for recording in [Some("0193".to_owned()), None] {
            let sent = Sent { server: "https://studio.example".into(), recording, blocks: blocks.clone() };
            save(&take, &sent).unwrap();
            assert_eq!(load(&take), Some(sent));
        }
        let text = fs::read_to_string(take.join(BLOCKS_FILE)).unwrap();
        for cut in [0, 5, 30, text.len() - 30] {
            fs::write(take.join(BLOCKS_FILE), &text[..cut]).unwrap();
            assert_eq!(load(&take), None, "{cut}");
        }
        assert_eq!(measure(&take.join("take.mkv"), |_| false).unwrap(), None);
        assert_eq!(measure(&take.join("none"), |_| true).unwrap(), Some(Blocks::default()));
        assert_eq!((length(&take.join("none")).unwrap(), length(&take.join("take.mkv")).unwrap()), (None, Some(MB + 3)));
    }

    #[test]
    fn only_a_finished_mending_changes_anything() {
        let (_folder, data, take) = place();
        let target = take.join("take.mkv");
        let good: Vec<u8> = (0..3 * MB + 9).map(|at| (at >> 9) as u8).collect();
        let mut bad = good.clone();
        bad[MB as usize + 1] ^= 1;
        fs::write(&target, &bad).unwrap();
        let damage = MB..2 * MB;
        let damage = std::slice::from_ref(&damage);
        drop(Mending::begin(&data, &target, good.len() as u64, damage).unwrap());
        assert!(fs::read(&target).unwrap() == bad);
        assert_eq!(fs::read_dir(data.takes()).unwrap().count(), 1);
        let mending = Mending::begin(&data, &target, good.len() as u64, damage).unwrap();
        mending.write(MB, &good[MB as usize..2 * MB as usize]).unwrap();
        assert!(fs::read(&target).unwrap() == bad);
        mending.replace().unwrap();
        assert!(fs::read(&target).unwrap() == good);
        // From a file that is gone everything must come.
        fs::remove_file(&target).unwrap();
        let all = 0..good.len() as u64;
        let mending = Mending::begin(&data, &target, good.len() as u64, std::slice::from_ref(&all)).unwrap();
        mending.write(0, &good).unwrap();
        assert_eq!(mending.measure().unwrap().bytes, good.len() as u64);
        mending.replace().unwrap();
        assert!(fs::read(&target).unwrap() == good);
        assert_eq!(fs::read_dir(data.takes()).unwrap().count(), 1);
    }
}
