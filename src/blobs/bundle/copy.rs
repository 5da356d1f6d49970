//! Copying a file and knowing afterwards what was copied: hashed on its way, synced at its end.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::super::error::sorted;
use super::super::{Error, files};
use super::unusable;

/// Bytes at a time.
const CHUNK: usize = 1 << 20;

/// A file that was copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Copied {
    pub bytes: u64,
    /// Lower-case hex.
    pub sha256: String,
}

/// Copies an ordinary file to a new one, at most `most` bytes of it and one more, so that a longer one is noticed. `moved` hears
/// the bytes of each step and answers whether to go on; `None` when it did not.
pub(super) fn copy(from: &Path, to: &Path, most: u64, moved: &mut dyn FnMut(u64) -> bool) -> Result<Option<Copied>, Error> {
    let mut source = open(from)?.take(most.saturating_add(1));
    let mut target = OpenOptions::new().write(true).create_new(true).open(to).map_err(sorted("written", to))?;
    let (mut hasher, mut bytes, mut buffer) = (Sha256::new(), 0u64, vec![0u8; CHUNK]);
    loop {
        let read = match source.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(sorted("read", from)(error)),
        };
        target.write_all(&buffer[..read]).map_err(sorted("written", to))?;
        hasher.update(&buffer[..read]);
        bytes += read as u64;
        if !moved(read as u64) {
            return Ok(None);
        }
    }
    target.sync_all().map_err(sorted("written", to))?;
    Ok(Some(Copied { bytes, sha256: files::hex(&hasher.finalize()) }))
}

/// Opens an ordinary file: no link to follow elsewhere, no pipe that would make this wait for its other end.
fn open(path: &Path) -> Result<File, Error> {
    let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
    let opened = OpenOptions::new().read(true).custom_flags(flags.bits() as i32).open(path);
    let file = match opened {
        Err(error) if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
            return Err(unusable(path, "it is a link to another place"));
        }
        other => other.map_err(sorted("read", path))?,
    };
    match file.metadata() {
        Ok(facts) if facts.is_file() => Ok(file),
        Ok(_) => Err(unusable(path, "it is not an ordinary file")),
        Err(error) => Err(sorted("read", path)(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ordinary_files_are_copied_and_their_hash_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("abc"), "abc").unwrap();
        let copied = copy(&at("abc"), &at("copy"), 3, &mut |_| true).unwrap().unwrap();
        // FIPS 180-4's example.
        assert_eq!(copied.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(copy(&at("abc"), &at("longer"), 1, &mut |_| true).unwrap().unwrap().bytes, 2, "longer than it should be");
        assert_eq!(copy(&at("abc"), &at("stopped"), 3, &mut |_| false).unwrap(), None);
        assert!(matches!(copy(&at("abc"), &at("copy"), 3, &mut |_| true), Err(Error::Exists(_))));
        std::os::unix::fs::symlink(at("abc"), at("link")).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, at("pipe"), rustix::fs::Mode::RUSR).unwrap();
        for name in ["link", "pipe", "."] {
            assert!(matches!(copy(&at(name), &at("other"), 3, &mut |_| true), Err(Error::Bundle { .. })), "{name}");
        }
        assert!(matches!(copy(&at("none"), &at("other"), 3, &mut |_| true), Err(Error::NotFound(_))));
    }
}
