//! A folder of things that can be made again: bounded in bytes, the longest unused going first, and deleted by anybody at any time
//! without harm. Nothing here is synced, so what a power cut left torn must be noticed by whoever reads it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use super::{Error, files, names};

/// When the limit is passed, the oldest go until this part is left, in eighths.
const KEEP_EIGHTHS: u64 = 7;

/// How exactly it is known when a thing was last used; writing it down at each look would wear the disk for nothing.
const USED_WITHIN: Duration = Duration::from_secs(3600);

/// A temporary file older than this is a leftover.
const LEFTOVER: Duration = Duration::from_secs(3600);

/// Shared by threads and, with less exact bounds, by processes.
#[derive(Debug)]
pub struct DiskCache {
    folder: PathBuf,
    limit: u64,
    /// Bytes in it; not known before the first is added.
    bytes: Mutex<Option<u64>>,
}

impl DiskCache {
    /// Nothing is made or read before it is used.
    pub fn new(folder: PathBuf, limit: u64) -> DiskCache {
        DiskCache { folder, limit, bytes: Mutex::new(None) }
    }

    /// What was kept under this name.
    pub fn get(&self, name: &str) -> Option<Vec<u8>> {
        let path = self.path(name).ok()?;
        let bytes = fs::read(&path).ok()?;
        mark_used(&path);
        Some(bytes)
    }

    pub fn has(&self, name: &str) -> bool {
        self.path(name).is_ok_and(|path| path.is_file())
    }

    /// Keeps bytes under a name. A cache that can't be written is no reason to fail: it is said in the log.
    pub fn put(&self, name: &str, bytes: &[u8]) {
        if let Err(error) = self.write(name, bytes) {
            tracing::warn!(%error, "the cache was not written");
            return;
        }
        let mut total = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let now = match *total {
            Some(total) => total.saturating_add(bytes.len() as u64),
            None => entries(&self.folder).iter().map(|entry| entry.bytes).sum(),
        };
        *total = Some(if now > self.limit { self.shrink() } else { now });
    }

    /// Removes what is kept under this name, as when it is not what its name says.
    pub fn remove(&self, name: &str) {
        if let Ok(path) = self.path(name) {
            let _ = fs::remove_file(path);
        }
    }

    /// In 256 folders, because some file systems are slow with a hundred thousand names in one.
    fn path(&self, name: &str) -> Result<PathBuf, Error> {
        let name = names::checked(name)?;
        let head: String = name.chars().take(2).collect();
        Ok(self.folder.join(head).join(name))
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        use super::error::sorted;
        let path = self.path(name)?;
        let folder = files::folder_of(&path);
        // Each time: somebody may have deleted it.
        fs::create_dir_all(folder).map_err(sorted("made", folder))?;
        let temporary = folder.join(files::temporary_name());
        let written = fs::write(&temporary, bytes).and_then(|()| fs::rename(&temporary, &path));
        if written.is_err() {
            let _ = fs::remove_file(&temporary);
        }
        written.map_err(sorted("written", &path))
    }

    /// Deletes the longest unused; the bytes that are left.
    fn shrink(&self) -> u64 {
        let mut entries = entries(&self.folder);
        entries.sort_by_key(|entry| entry.used);
        let mut bytes: u64 = entries.iter().map(|entry| entry.bytes).sum();
        let now = SystemTime::now();
        for entry in entries {
            let leftover = entry.temporary && now.duration_since(entry.used).is_ok_and(|age| age > LEFTOVER);
            if leftover || (!entry.temporary && bytes > self.limit / 8 * KEEP_EIGHTHS) {
                // Another process may have been faster.
                let _ = fs::remove_file(&entry.path);
                bytes = bytes.saturating_sub(entry.bytes);
            }
        }
        bytes
    }
}

struct Entry {
    path: PathBuf,
    bytes: u64,
    used: SystemTime,
    temporary: bool,
}

fn entries(folder: &Path) -> Vec<Entry> {
    let folders = fs::read_dir(folder).into_iter().flatten().flatten();
    let items = folders.flat_map(|folder| fs::read_dir(folder.path()).into_iter().flatten().flatten());
    items
        .filter_map(|item| {
            let facts = item.metadata().ok().filter(|facts| facts.is_file())?;
            let temporary = item.file_name().as_encoded_bytes().starts_with(files::TEMPORARY.as_bytes());
            Some(Entry { path: item.path(), bytes: facts.len(), used: facts.modified().ok()?, temporary })
        })
        .collect()
}

/// The time of the last change serves as that of the last use: many disks don't note the latter.
fn mark_used(path: &Path) {
    let now = SystemTime::now();
    let recent = |used: SystemTime| now.duration_since(used).is_ok_and(|age| age < USED_WITHIN);
    let Ok(file) = File::options().append(true).open(path) else { return };
    if !file.metadata().and_then(|facts| facts.modified()).is_ok_and(recent) {
        // A cache on a disk that can't be written still serves.
        let _ = file.set_modified(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn age(cache: &DiskCache, name: &str, hours: u64) {
        let file = File::options().append(true).open(cache.path(name).unwrap()).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(hours * 3600)).unwrap();
    }

    #[test]
    fn the_longest_unused_goes_when_the_limit_is_passed() {
        let folder = tempfile::tempdir().unwrap();
        let cache = DiskCache::new(folder.path().join("thumbs"), 1000);
        for (name, hours) in [("aa-1", 9), ("bb-2", 8), ("cc-3", 7), ("dd-4", 6)] {
            cache.put(name, &[7; 240]);
            age(&cache, name, hours);
        }
        assert_eq!(cache.get("aa-1"), Some(vec![7; 240]), "it was used now, though it is the oldest");
        cache.put("ee-5", &[7; 240]);
        let there: Vec<bool> = ["aa-1", "bb-2", "cc-3", "dd-4", "ee-5"].map(|name| cache.has(name)).to_vec();
        assert_eq!(there, [true, false, false, true, true], "seven eighths are left");
        // What another run kept is counted too.
        let again = DiskCache::new(folder.path().join("thumbs"), 1000);
        again.put("ff-6", &[7; 400]);
        assert!(!again.has("dd-4") && again.has("ff-6"));
    }

    #[test]
    fn it_may_be_deleted_at_any_time_and_names_never_lead_out() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("thumbs");
        let cache = DiskCache::new(root.clone(), 1000);
        assert_eq!(cache.get("aa-1"), None);
        cache.put("aa-1", b"one");
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(cache.get("aa-1"), None);
        cache.put("aa-1", b"two");
        assert_eq!(cache.get("aa-1"), Some(b"two".to_vec()));
        cache.remove("aa-1");
        assert!(!cache.has("aa-1"));
        for name in ["../../x", "/etc/x", "", "a/b"] {
            cache.put(name, b"x");
            assert_eq!(cache.get(name), None, "{name}");
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn leftovers_of_a_crash_go_with_the_next_shrinking() {
        let folder = tempfile::tempdir().unwrap();
        let cache = DiskCache::new(folder.path().to_owned(), 100);
        cache.put("aa-1", &[0; 10]);
        let leftover = folder.path().join("aa").join(files::temporary_name());
        fs::write(&leftover, [0; 500]).unwrap();
        File::options().append(true).open(&leftover).unwrap().set_modified(SystemTime::now() - 2 * LEFTOVER).unwrap();
        let fresh = folder.path().join("aa").join(files::temporary_name());
        fs::write(&fresh, [0; 10]).unwrap();
        DiskCache::new(folder.path().to_owned(), 100).put("aa-2", &[0; 10]);
        assert!(!leftover.exists() && fresh.exists(), "the fresh one is being written");
        assert!(cache.has("aa-2"));
    }
}
