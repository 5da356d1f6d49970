//! What can go wrong with files, as people need to hear it: which file or folder, and what to do.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::core::problem::{Kind, Problem};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("There is no home folder to keep the studio's data in.")]
    NoHome,
    #[error("The folder {} does not exist.", .0.display())]
    FolderMissing(PathBuf),
    #[error("{} is not a folder.", .0.display())]
    NotAFolder(PathBuf),
    #[error("The folder {} can't be written ({source}).", path.display())]
    Unwritable { path: PathBuf, source: io::Error },
    /// Another process holds the data folder's lock; its id when it could be read.
    #[error("The data folder {} is in use by another Onetake{}.", path.display(), pid_text(*pid))]
    InUse { path: PathBuf, pid: Option<u32> },
    #[error("The disk is full: {} was not written.", .0.display())]
    Full(PathBuf),
    #[error("{} was not found.", .0.display())]
    NotFound(PathBuf),
    #[error("There is something at {} already.", .0.display())]
    Exists(PathBuf),
    #[error("The name {0:?} can't be used for a file.")]
    Name(String),
    #[error("{0:?} is not a time.")]
    Time(String),
    #[error("{} is not a script: it is not an ordinary file.", .0.display())]
    NotAFile(PathBuf),
    #[error("The script {} has {bytes} bytes; the largest that is read has {limit}.", path.display())]
    ScriptTooLarge { path: PathBuf, bytes: u64, limit: u64 },
    /// `byte` counts from 0, `line` from 1.
    #[error("{} is not a text in UTF-8: line {line}, byte {byte} {what}.", path.display())]
    ScriptNotText { path: PathBuf, byte: usize, line: usize, what: &'static str },
    #[error("{} is not a picture that can be used ({detail}).", path.display())]
    Picture { path: PathBuf, detail: String },
    #[error("The picture {} is too large ({detail}).", path.display())]
    PictureTooLarge { path: PathBuf, detail: String },
    #[error("The take folder {} has no readable journal ({detail}).", path.display())]
    Journal { path: PathBuf, detail: String },
    #[error("The project folder {} can't be used: {detail}.", path.display())]
    Bundle { path: PathBuf, detail: String },
    #[error("The file {} says nothing: {detail}.", path.display())]
    Unreadable { path: PathBuf, detail: String },
    #[error("Take {0} is still being recorded.")]
    StillRecording(String),
    #[error("{} can't be {action} ({source}).", path.display())]
    Io { action: &'static str, path: PathBuf, source: io::Error },
}

/// Sorts an error of the system for what was done to `path`; `action` completes "can't be …".
pub(super) fn sorted(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
    move |source| {
        let path = path.to_owned();
        match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Error::Full(path),
            ErrorKind::NotFound => Error::NotFound(path),
            ErrorKind::AlreadyExists => Error::Exists(path),
            _ => Error::Io { action, path, source },
        }
    }
}

fn pid_text(pid: Option<u32>) -> String {
    pid.map(|pid| format!(" (process {pid})")).unwrap_or_default()
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        let (kind, fix) = match &error {
            Error::NoHome => (Kind::Disk, "Set HOME, or name a data folder."),
            Error::FolderMissing(_) => (Kind::Disk, "Create it, or choose another folder."),
            Error::NotAFolder(_) => (Kind::Usage, "Choose a folder."),
            Error::Unwritable { .. } => (Kind::Disk, "Allow writing there, or choose another folder."),
            Error::InUse { .. } => (Kind::Refused, "Close the other one, or choose another data folder."),
            Error::Full(_) => (Kind::Disk, "Free some space on that disk, then try again."),
            Error::NotFound(_) => (Kind::Usage, "Check the path; it may have been moved or deleted."),
            Error::Exists(_) => (Kind::Usage, "Choose another name."),
            Error::Name(_) => (Kind::Usage, "Use a name without slashes that is not empty and does not begin with a dot."),
            Error::Time(_) => (Kind::Usage, "Write it like 2026-11-20T12:00:00Z."),
            Error::NotAFile(_) => (Kind::Usage, "Choose a text file."),
            Error::ScriptTooLarge { .. } => (Kind::Usage, "Split it into several scripts."),
            Error::ScriptNotText { .. } => (Kind::Usage, "Save it as plain text in UTF-8 and open it again."),
            Error::Picture { .. } => (Kind::Usage, "Choose a PNG, JPEG or WebP picture."),
            Error::PictureTooLarge { .. } => (Kind::Usage, "Make it smaller and import it again."),
            Error::Journal { .. } => {
                (Kind::Failed, "The folder was left as it is; its media file can be opened in any player.")
            }
            Error::Bundle { .. } => (Kind::Usage, "Export the project again where it comes from; nothing was changed here."),
            Error::Unreadable { .. } => (Kind::Failed, "Run “onetake library check”, which tells what can be put right."),
            Error::StillRecording(_) => (Kind::Refused, "Stop the take first."),
            Error::Io { .. } => (Kind::Disk, "Check the disk and its permissions, then try again."),
        };
        Problem::new(kind, error.to_string(), fix)
    }
}
