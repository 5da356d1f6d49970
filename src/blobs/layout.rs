//! Where everything lies under the data folder. Only this file knows these names.
//!
//! ```text
//! onetake/           studio.lock   queue.lock   library.db   kiosk.json   machine.json
//!                    encode_profiles.toml   engines.toml (both the person's own)
//!   projects/{id}/   script.md     project.json   pictures/   clips/   sounds/
//!   takes/{id}/      take.mkv      journal.jsonl   screen.mkv (when the screen was recorded)
//!   media/           {id}.{ending}  {id}.json (what the library knows of it)
//!   bin/{id}/        a take's folder, or an asset's file and sidecar, and when it came
//!   exports/         films that were made and not put elsewhere, and their captions
//!   cache/           pictures and waveforms of assets, models of engines; may be deleted at any time
//!     landing/{job}/ what an engine is handing over; goes when it is in the library
//!     arriving/      clips and sounds of projects that come from a server
//!   videos/          what this machine, as a server, was sent   (rows say data/videos/…)
//!   incoming/        what it is being sent
//!   shared/          files of projects it keeps for others, by hash; arriving/ what of them is not whole yet
//!   logs/
//! ```

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};

use super::error::sorted;
use super::{Error, files, names, projects};
use crate::core::project::{CLIPS_FOLDER, PICTURES_FOLDER, SOUNDS_FOLDER};
use crate::core::shared::is_digest;

/// What the paths of assets begin with.
pub(super) const MEDIA: &str = "media";
pub(super) const BIN: &str = "bin";
pub(super) const EXPORTS: &str = "exports";
/// Where what comes in parts lies until it is whole.
const ARRIVING: &str = "arriving";

/// What rows put before a file's name under `videos()`.
const VIDEO_ROWS: &str = "data/videos/";

/// An opened data folder: all its parts exist and can be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFolder {
    root: PathBuf,
}

/// The studio's claim on a data folder; given up when dropped or when the process ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl DataFolder {
    /// Opens or creates the folder and its parts. The folder it lies in must exist.
    pub fn open(path: &Path) -> Result<DataFolder, Error> {
        let parent = files::folder_of(path);
        if !path.exists() && !parent.is_dir() {
            return Err(Error::FolderMissing(parent.to_owned()));
        }
        make(path)?;
        let root = fs::canonicalize(path).map_err(sorted("opened", path))?;
        if root.to_str().is_none() {
            // Rows and journals hold paths as text.
            return Err(Error::Name(root.to_string_lossy().into_owned()));
        }
        let data = DataFolder { root };
        let parts = [
            data.projects(),
            data.takes(),
            data.media(),
            data.videos(),
            data.incoming(),
            data.bin(),
            data.exports(),
            data.cache(),
            data.shared(),
            data.logs(),
        ];
        for part in parts {
            make(&part)?;
            writable(&part)?;
        }
        writable(&data.root)?;
        Ok(data)
    }

    /// Opens `default_path`, making the folders above it too, as XDG asks of programs.
    pub fn open_default() -> Result<DataFolder, Error> {
        let path = default_path()?;
        let parent = files::folder_of(&path);
        fs::create_dir_all(parent).map_err(|source| Error::Unwritable { path: parent.to_owned(), source })?;
        DataFolder::open(&path)
    }

    /// Claims the folder for one studio. `Error::InUse` names the process that has it. Servers and commands do without.
    pub fn lock(&self) -> Result<Lock, Error> {
        self.claim("studio.lock")
    }

    /// Claims the queue of jobs for one process, whichever it is; the others look on. As `lock`.
    pub fn lock_queue(&self) -> Result<Lock, Error> {
        self.claim("queue.lock")
    }

    fn claim(&self, name: &str) -> Result<Lock, Error> {
        let path = self.root.join(name);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|source| Error::Unwritable { path: self.root.clone(), source })?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                // Not readable, or not written yet: the lock stands all the same.
                let _ = file.read_to_string(&mut text);
                return Err(Error::InUse { path: self.root.clone(), pid: text.trim().parse().ok() });
            }
            Err(TryLockError::Error(error)) => return Err(sorted("locked", &path)(error)),
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()))
            .map_err(sorted("written", &path))?;
        Ok(Lock { _file: file })
    }

    /// Clears away what crashes left unfinished in the studio's own parts a day or more before `now` (RFC 3339 UTC); tells how
    /// many things went. Asks for the lock because another studio's unfinished work is not ours to judge.
    pub fn sweep(&self, _lock: &Lock, now: &str) -> Result<u32, Error> {
        let before = day_before(now)?;
        let mut swept = 0;
        for folder in self.worked_in()? {
            swept += files::sweep(&folder, before)?;
        }
        Ok(swept)
    }

    /// How many things `sweep` would clear away.
    pub fn leftovers(&self, now: &str) -> Result<usize, Error> {
        let before = day_before(now)?;
        let mut left = 0;
        for folder in self.worked_in()? {
            left += files::leftovers(&folder, before)?.len();
        }
        Ok(left)
    }

    /// Folders in which something is made under a temporary name; what is received is the server's, what is cached the cache's.
    fn worked_in(&self) -> Result<Vec<PathBuf>, Error> {
        let mut folders =
            vec![self.root.clone(), self.projects(), self.takes(), self.media(), self.bin(), self.exports(), self.shared()];
        for project in projects::list(self)? {
            let parts = [PICTURES_FOLDER, CLIPS_FOLDER, SOUNDS_FOLDER].map(|part| project.join(part));
            folders.push(project);
            folders.extend(parts.into_iter().filter(|part| part.is_dir()));
        }
        Ok(folders)
    }

    /// The folder itself, absolute.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// How fast this machine encodes, as it was measured.
    pub fn machine(&self) -> PathBuf {
        self.root.join("machine.json")
    }

    /// The person's own encoder profiles, if they wrote any.
    pub fn encoder_profiles(&self) -> PathBuf {
        self.root.join("encode_profiles.toml")
    }

    /// The person's own engines, if they described any.
    pub fn engines(&self) -> PathBuf {
        self.root.join("engines.toml")
    }

    /// The person's own workflows for ComfyUI, each as `NAME.json`.
    pub fn workflows(&self) -> PathBuf {
        self.root.join("workflows")
    }

    /// Where a job's results come to lie before they are in the library. `Error::Name` for what is no id.
    pub fn landing(&self, job: &str) -> Result<PathBuf, Error> {
        Ok(self.cache().join("landing").join(names::checked(job)?))
    }

    /// Where an engine's own list of models is kept. `Error::Name` for what is no name.
    pub fn models(&self, engine: &str) -> Result<PathBuf, Error> {
        Ok(self.cache().join("models").join(format!("{}.json", names::checked(engine)?)))
    }

    pub fn database(&self) -> PathBuf {
        self.root.join("library.db")
    }

    /// Where a prompter without a studio keeps its place.
    pub fn kiosk(&self) -> PathBuf {
        self.root.join("kiosk.json")
    }

    pub fn projects(&self) -> PathBuf {
        self.root.join("projects")
    }

    pub fn takes(&self) -> PathBuf {
        self.root.join("takes")
    }

    pub fn videos(&self) -> PathBuf {
        self.root.join("videos")
    }

    pub fn incoming(&self) -> PathBuf {
        self.root.join("incoming")
    }

    /// Files of assets, and their sidecars.
    pub fn media(&self) -> PathBuf {
        self.root.join(MEDIA)
    }

    /// What can be made again.
    pub fn cache(&self) -> PathBuf {
        self.root.join("cache")
    }

    pub fn bin(&self) -> PathBuf {
        self.root.join(BIN)
    }

    /// Films that were made and not put elsewhere.
    pub fn exports(&self) -> PathBuf {
        self.root.join(EXPORTS)
    }

    pub fn logs(&self) -> PathBuf {
        self.root.join("logs")
    }

    pub fn shared(&self) -> PathBuf {
        self.root.join("shared")
    }

    /// Where the picture with this SHA-256 (lower-case hex) lies.
    pub fn shared_object(&self, sha256: &str) -> Result<PathBuf, Error> {
        if !is_digest(sha256) {
            return Err(Error::Name(sha256.chars().take(100).collect()));
        }
        Ok(self.shared().join(&sha256[..2]).join(sha256))
    }

    /// Where a large one arrives in parts, for each giver (a user's id) apart.
    pub fn shared_arriving(&self, sha256: &str, giver: Option<&str>) -> Result<PathBuf, Error> {
        if !is_digest(sha256) {
            return Err(Error::Name(sha256.chars().take(100).collect()));
        }
        let name = format!("{sha256}-{}", giver.unwrap_or("owner"));
        Ok(self.shared_parts().join(names::checked(&name)?))
    }

    /// Where large files of projects arrive in parts on this machine, as a server.
    pub fn shared_parts(&self) -> PathBuf {
        self.shared().join(ARRIVING)
    }

    /// Where a project's file with this SHA-256 arrives in parts from a server.
    pub fn fetched_part(&self, sha256: &str) -> Result<PathBuf, Error> {
        Ok(self.cache().join(ARRIVING).join(names::checked(sha256)?))
    }

    /// What a row says of the file `name` under `videos()`: `data/videos/{name}`.
    pub fn video_row(&self, name: &str) -> Result<String, Error> {
        Ok(format!("{VIDEO_ROWS}{}", names::checked(name)?))
    }

    /// Where the file a row speaks of lies. Only names that `video_row` can make are accepted.
    pub fn video_file(&self, file_path: &str) -> Result<PathBuf, Error> {
        let name = file_path.strip_prefix(VIDEO_ROWS).ok_or_else(|| Error::Name(file_path.chars().take(100).collect()))?;
        Ok(self.videos().join(names::checked(name)?))
    }
}

/// A day before `now` (RFC 3339 UTC), in seconds since 1970.
fn day_before(now: &str) -> Result<u64, Error> {
    const DAY: i64 = 86_400;
    let now: jiff::Timestamp = now.parse().map_err(|_| Error::Time(now.chars().take(100).collect()))?;
    Ok(u64::try_from(now.as_second() - DAY).unwrap_or(0))
}

/// The data folder when none is named: `onetake` in the user's data folder (`$XDG_DATA_HOME`, else `~/.local/share`).
pub fn default_path() -> Result<PathBuf, Error> {
    let folders = directories::ProjectDirs::from("", "", "onetake").ok_or(Error::NoHome)?;
    Ok(folders.data_dir().to_owned())
}

fn make(folder: &Path) -> Result<(), Error> {
    match fs::create_dir(folder) {
        // Without this a power cut takes the folder, and with it everything that was synced inside.
        Ok(()) => files::sync_folder(files::folder_of(folder)),
        Err(error) if error.kind() == ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(Error::NotAFolder(folder.to_owned())),
        Err(source) => Err(Error::Unwritable { path: files::folder_of(folder).to_owned(), source }),
    }
}

/// Permission bits do not tell: read-only mounts and full quotas have the right ones. So a file is made and removed.
fn writable(folder: &Path) -> Result<(), Error> {
    let probe = folder.join(files::temporary_name());
    let unwritable = |source| Error::Unwritable { path: folder.to_owned(), source };
    File::create_new(&probe).map_err(unwritable)?;
    fs::remove_file(&probe).map_err(unwritable)
}
