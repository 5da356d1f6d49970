//! Files that lie outside and are only read: each is opened in a way that can't block, and refused in words when it is no
//! ordinary file or has nothing in it.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::core::problem::{Kind, Problem};

/// Why a file or folder from outside was not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("{} was not found.", .0.display())]
    NotFound(PathBuf),
    #[error("{} is a link that leads nowhere.", .0.display())]
    LeadsNowhere(PathBuf),
    #[error("{} is a link that leads out of its folder.", .0.display())]
    LeadsOut(PathBuf),
    #[error("{} is {what}, not a file.", path.display())]
    NotOrdinary { path: PathBuf, what: &'static str },
    #[error("{} is empty.", .0.display())]
    Empty(PathBuf),
    #[error("{} lies in the studio's own folder.", .0.display())]
    Own(PathBuf),
    #[error("There are more than {limit} files in {}.", path.display())]
    TooMany { path: PathBuf, limit: usize },
    #[error("{} changed while it was read.", .0.display())]
    Changed(PathBuf),
    #[error("The name of {} is not Unicode, so it can't be linked.", .0.display())]
    Name(PathBuf),
    #[error("{} can't be read ({source}).", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
}

impl Refusal {
    /// Sorts an error of the system while `path` was read.
    pub(super) fn reading(path: &Path) -> impl FnOnce(io::Error) -> Refusal {
        move |source| match source.kind() {
            ErrorKind::NotFound => Refusal::NotFound(path.to_owned()),
            _ => Refusal::Unreadable { path: path.to_owned(), source },
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Problem {
        let fix = match &refusal {
            Refusal::NotFound(_) => "Check the path; it may have been moved or deleted.",
            Refusal::LeadsNowhere(_) => "Delete the link, or put back what it led to.",
            Refusal::LeadsOut(_) => "Import what it leads to by itself.",
            Refusal::NotOrdinary { .. } => "Choose a file.",
            Refusal::Empty(_) => "Copy it again from where it came; nothing of it arrived.",
            Refusal::Own(_) => "What is there is in the library already.",
            Refusal::TooMany { .. } => "Import it in parts.",
            Refusal::Changed(_) => "Wait until it is written, then import it again.",
            Refusal::Name(_) => "Import a copy of it, or rename it.",
            Refusal::Unreadable { .. } => "Check its permissions and its disk, then try again.",
        };
        let kind = if matches!(refusal, Refusal::Unreadable { .. }) { Kind::Disk } else { Kind::Usage };
        Problem::new(kind, refusal.to_string(), fix)
    }
}

/// An ordinary file with something in it, opened for reading.
#[derive(Debug)]
pub struct Source {
    file: File,
    path: PathBuf,
    bytes: u64,
    modified: Option<SystemTime>,
}

impl Source {
    pub fn open(path: &Path) -> Result<Source, Refusal> {
        // Looked at before it is opened, because opening some devices does something.
        ordinary(path, &std::fs::metadata(path).map_err(Refusal::reading(path))?)?;
        let file = open(path).map_err(Refusal::reading(path))?;
        let facts = file.metadata().map_err(Refusal::reading(path))?;
        ordinary(path, &facts)?;
        if facts.len() == 0 {
            return Err(Refusal::Empty(path.to_owned()));
        }
        Ok(Source { file, path: path.to_owned(), bytes: facts.len(), modified: facts.modified().ok() })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its size when it was opened.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Its first bytes, at most `most` of them; reading goes on at the beginning.
    pub fn head(&mut self, most: usize) -> Result<Vec<u8>, Refusal> {
        use std::io::Seek;
        let mut head = Vec::new();
        let read = (&self.file).take(most as u64).read_to_end(&mut head);
        read.and_then(|_| self.file.rewind()).map_err(Refusal::reading(&self.path))?;
        Ok(head)
    }

    /// The next bytes; 0 at its end.
    pub fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Refusal> {
        loop {
            match self.file.read(buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                other => return other.map_err(Refusal::reading(&self.path)),
            }
        }
    }

    /// That nobody wrote to it since it was opened.
    pub fn unchanged(&self) -> Result<(), Refusal> {
        let facts = self.file.metadata().map_err(Refusal::reading(&self.path))?;
        let same = facts.len() == self.bytes && facts.modified().ok() == self.modified;
        if same { Ok(()) } else { Err(Refusal::Changed(self.path.clone())) }
    }
}

/// Refuses what is no file; says what it is instead.
pub(super) fn ordinary(path: &Path, facts: &Metadata) -> Result<(), Refusal> {
    if facts.is_file() {
        return Ok(());
    }
    Err(Refusal::NotOrdinary { path: path.to_owned(), what: kind_of(facts) })
}

#[cfg(unix)]
fn kind_of(facts: &Metadata) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    let kind = facts.file_type();
    match () {
        () if kind.is_dir() => "a folder",
        () if kind.is_fifo() => "a pipe",
        () if kind.is_socket() => "a socket",
        () if kind.is_block_device() || kind.is_char_device() => "a device",
        () => "something else",
    }
}

#[cfg(not(unix))]
fn kind_of(facts: &Metadata) -> &'static str {
    if facts.is_dir() { "a folder" } else { "something else" }
}

/// Without waiting, should a pipe have taken the file's place since it was looked at.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new().read(true).custom_flags(rustix::fs::OFlags::NONBLOCK.bits() as i32).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_with_something_in_them_are_opened() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a");
        assert!(matches!(Source::open(&file), Err(Refusal::NotFound(_))));
        assert!(matches!(Source::open(folder.path()), Err(Refusal::NotOrdinary { what: "a folder", .. })));
        std::fs::write(&file, "").unwrap();
        assert!(matches!(Source::open(&file), Err(Refusal::Empty(_))));
        std::fs::write(&file, "abcdef").unwrap();
        let mut source = Source::open(&file).unwrap();
        assert_eq!((source.bytes(), source.head(3).unwrap()), (6, b"abc".to_vec()));
        let mut all = [0; 16];
        assert_eq!((source.read(&mut all).unwrap(), &all[..6]), (6, &b"abcdef"[..]), "the head is read again");
        source.unchanged().unwrap();
        std::fs::write(&file, "abcdefg").unwrap();
        assert!(matches!(source.unchanged(), Err(Refusal::Changed(_))));
    }

    #[cfg(unix)]
    #[test]
    fn pipes_and_devices_are_named_and_never_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe.mp4");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, rustix::fs::Mode::from_raw_mode(0o600), 0)
            .unwrap();
        let refusal = Source::open(&pipe).unwrap_err();
        assert!(refusal.to_string().ends_with("pipe.mp4 is a pipe, not a file."), "{refusal}");
        assert!(matches!(Source::open(Path::new("/dev/zero")), Err(Refusal::NotOrdinary { what: "a device", .. })));
    }
}
