//! Whole files: written under a temporary name, synced, renamed, and the folder synced too, so that after a power cut there
//! is the old file or the new one. A rename without the syncs may leave an empty file under the final name.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::Error;
use super::error::sorted;

/// What temporary names begin with; leftovers of a crash are found by it.
pub const TEMPORARY: &str = ".new-";

/// Bytes read at a time when hashing; progress is told as often.
const CHUNK: usize = 1024 * 1024;

/// Replaces the file at `path` by `bytes`, or leaves it as it was. The folder must exist.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let folder = folder_of(path);
    let temporary = folder.join(temporary_name());
    // A person knows the file, not the name it has on its way.
    let written = write_as(&temporary, bytes)
        .map_err(sorted("written", path))
        .and_then(|()| fs::rename(&temporary, path).map_err(sorted("written", path)))
        .and_then(|()| sync_folder(folder));
    if written.is_err() {
        // It may never have been made; what counts is the first error.
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// Writes a file that must not exist yet, synced. The folder is not synced.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    write_as(path, bytes).map_err(sorted("written", path))
}

/// Makes the names in a folder durable: what was created, renamed or removed in it.
pub fn sync_folder(folder: &Path) -> Result<(), Error> {
    File::open(folder).and_then(|file| file.sync_all()).map_err(sorted("synced", folder))
}

/// Bytes that this process may still write on the disk that holds `path`.
pub fn free_bytes(path: &Path) -> Result<u64, Error> {
    let facts = rustix::fs::statvfs(path).map_err(|error| sorted("measured", path)(error.into()))?;
    Ok(facts.f_bavail.saturating_mul(facts.f_frsize))
}

/// Size of a file in bytes.
pub fn length(path: &Path) -> Result<u64, Error> {
    fs::metadata(path).map(|facts| facts.len()).map_err(sorted("read", path))
}

/// SHA-256 of a file as lower-case hex. `progress` hears the bytes read so far, about once per megabyte.
pub fn sha256_file(path: &Path, mut progress: impl FnMut(u64)) -> Result<String, Error> {
    let whole = sha256_while(path, |bytes| {
        progress(bytes);
        true
    })?;
    Ok(whole.unwrap_or_default())
}

/// The same as long as `go_on` says so, which is asked about once per megabyte; `None` when it did not.
pub fn sha256_while(path: &Path, mut go_on: impl FnMut(u64) -> bool) -> Result<Option<String>, Error> {
    let mut file = File::open(path).map_err(sorted("read", path))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0u8; CHUNK];
    let mut total = 0;
    loop {
        let read = match file.read(&mut buffer) {
            Ok(0) => return Ok(Some(hex(&hasher.finalize()))),
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(sorted("read", path)(error)),
        };
        hasher.update(&buffer[..read]);
        total += read as u64;
        if !go_on(total) {
            return Ok(None);
        }
    }
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A name for something unfinished; no two are alike.
pub fn temporary_name() -> String {
    format!("{TEMPORARY}{}", uuid::Uuid::now_v7())
}

/// Removes what a crash left unfinished in `folder` before `before` (seconds since 1970) and tells how many there were. What
/// another process is making right now is younger than that.
pub fn sweep(folder: &Path, before: u64) -> Result<u32, Error> {
    let left = leftovers(folder, before)?;
    for path in &left {
        let is_folder = path.symlink_metadata().is_ok_and(|facts| facts.is_dir());
        if is_folder { fs::remove_dir_all(path) } else { fs::remove_file(path) }.map_err(sorted("deleted", path))?;
    }
    Ok(left.len() as u32)
}

/// What `sweep` would remove.
pub fn leftovers(folder: &Path, before: u64) -> Result<Vec<PathBuf>, Error> {
    let mut left = Vec::new();
    for item in fs::read_dir(folder).map_err(sorted("read", folder))? {
        let item = item.map_err(sorted("read", folder))?;
        let name = item.file_name();
        let made = name
            .to_str()
            .and_then(|name| uuid::Uuid::parse_str(name.strip_prefix(TEMPORARY)?).ok()?.get_timestamp())
            .map(|stamp| stamp.to_unix().0);
        if made.is_none_or(|made| made >= before) {
            continue;
        }
        left.push(item.path());
    }
    Ok(left)
}

/// Writes `bytes` into `folder` as `name`, or as `stem-2.ext`, `stem-3.ext` … when that is taken, and returns the path. Synced.
pub fn write_unique(folder: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf, Error> {
    let temporary = folder.join(temporary_name());
    let written = write_as(&temporary, bytes).map_err(sorted("written", &folder.join(name)));
    let result = written.and_then(|()| rename_unique(&temporary, folder, name));
    if result.is_err() {
        // It may never have been made; what counts is the first error.
        let _ = fs::remove_file(&temporary);
    }
    let path = result?;
    sync_folder(folder)?;
    Ok(path)
}

/// Gives a file the next free name beside its own: `stem-2.ext`, `stem-3.ext` …
pub fn put_aside(path: &Path) -> Result<PathBuf, Error> {
    let folder = folder_of(path);
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let aside = rename_unique(path, folder, &name)?;
    sync_folder(folder)?;
    Ok(aside)
}

fn write_as(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes).and_then(|()| file.sync_all())
}

/// The folder a path lies in; `.` for a bare name.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Renames without ever replacing, so that two writers can't have the same name.
fn rename_unique(temporary: &Path, folder: &Path, name: &str) -> Result<PathBuf, Error> {
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => (stem, format!(".{ending}")),
        _ => (name, String::new()),
    };
    for number in 1..=9_999 {
        let candidate = if number == 1 { name.to_owned() } else { format!("{stem}-{number}{ending}") };
        let path = folder.join(candidate);
        match rename_new(temporary, &path) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(sorted("written", &path)(error)),
        }
    }
    Err(Error::Exists(folder.join(name)))
}

/// Renames a file or folder; `AlreadyExists` when there is something under the new name.
pub(super) fn rename_new(from: &Path, to: &Path) -> std::io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // File systems without that flag (some network mounts): look first, which leaves a moment between.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) if to.symlink_metadata().is_err() => fs::rename(from, to),
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => Err(ErrorKind::AlreadyExists.into()),
        other => Ok(other?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("script.md");
        write_atomic(&path, b"one").unwrap();
        write_atomic(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_failed_write_leaves_the_old_file_and_no_temporary() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("taken");
        fs::create_dir(&target).unwrap();
        fs::write(target.join("inside"), "kept").unwrap();
        assert!(write_atomic(&target, b"new").is_err_and(|error| error.to_string().contains("taken")));
        assert_eq!(fs::read(target.join("inside")).unwrap(), b"kept");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_full_disk_is_named() {
        // The kernel's own full disk.
        let error = OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .and_then(|mut file| file.write_all(b"x"))
            .map_err(sorted("written", Path::new("/dev/full")))
            .unwrap_err();
        assert!(matches!(error, Error::Full(_)), "{error}");
        assert_eq!(crate::core::problem::Problem::from(error).kind, crate::core::problem::Kind::Disk);
    }

    #[test]
    fn digests_are_those_of_the_standard_and_progress_reaches_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("abc");
        fs::write(&path, "abc").unwrap();
        // FIPS 180-4's example.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256_file(&path, |_| {}).unwrap(), expected);
        fs::write(&path, vec![7u8; 3 * CHUNK + 5]).unwrap();
        let mut seen = Vec::new();
        sha256_file(&path, |bytes| seen.push(bytes)).unwrap();
        assert_eq!(seen.last(), Some(&(3 * CHUNK as u64 + 5)));
        assert!(seen.is_sorted());
    }

    #[test]
    fn unique_names_never_overwrite() {
        let folder = tempfile::tempdir().unwrap();
        for (bytes, name) in [("a", "p.png"), ("b", "p-2.png"), ("c", "p-3.png")] {
            let path = write_unique(folder.path(), "p.png", bytes.as_bytes()).unwrap();
            assert_eq!(path, folder.path().join(name));
            assert_eq!(fs::read(&path).unwrap(), bytes.as_bytes());
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
    }

    #[test]
    fn what_makes_way_gets_the_next_name() {
        let folder = tempfile::tempdir().unwrap();
        for (text, name) in [("first", "clip-2.mp4"), ("second", "clip-3.mp4")] {
            fs::write(folder.path().join("clip.mp4"), text).unwrap();
            assert_eq!(put_aside(&folder.path().join("clip.mp4")).unwrap(), folder.path().join(name));
            assert_eq!(fs::read_to_string(folder.path().join(name)).unwrap(), text);
        }
        assert!(!folder.path().join("clip.mp4").exists());
    }

    #[test]
    fn only_old_leftovers_are_swept() {
        let folder = tempfile::tempdir().unwrap();
        let (file, inside) = (folder.path().join(temporary_name()), folder.path().join(temporary_name()));
        fs::write(&file, "half").unwrap();
        fs::create_dir(&inside).unwrap();
        fs::write(inside.join("x"), "half").unwrap();
        let kept = [".new-", ".new-tricks", "0193f0a0-0000-7000-8000-000000000000", "script.md"];
        kept.iter().for_each(|name| fs::write(folder.path().join(name), "whole").unwrap());
        let second = |path: &Path| {
            let name = path.file_name().unwrap().to_str().unwrap().strip_prefix(TEMPORARY).unwrap();
            uuid::Uuid::parse_str(name).unwrap().get_timestamp().unwrap().to_unix().0
        };
        assert_eq!(sweep(folder.path(), second(&file)).unwrap(), 0);
        assert_eq!(sweep(folder.path(), second(&inside) + 1).unwrap(), 2);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), kept.len());
    }

    #[test]
    fn free_space_is_a_figure_of_this_disk() {
        assert!(free_bytes(&std::env::temp_dir()).unwrap() > 0);
        assert!(matches!(free_bytes(Path::new("/no/such/place")), Err(Error::NotFound(_))));
    }
}
