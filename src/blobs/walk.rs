//! The files that a person means by naming files and folders. Folders are gone through to their ends, but never out of them:
//! a link inside that leads elsewhere is said and left alone.

use std::fs;
use std::path::{Path, PathBuf};

use super::source::{Refusal, ordinary};

/// The most files that are taken at once.
pub const MAX_FILES: usize = 200_000;

/// A file that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub path: PathBuf,
    /// Its size now.
    pub bytes: u64,
}

/// What a walk meets.
#[derive(Debug)]
pub enum Met {
    File(Seen),
    Refused(PathBuf, Refusal),
}

/// Tells `meet` of the file at `path`, or of every file in the folder at `path` and those below, folder by folder in the order of
/// their names. Hidden ones in folders are passed over. `own` is the studio's folder, whose files are not taken. `meet` ends the
/// walk by giving false.
pub fn walk(path: &Path, own: &Path, meet: &mut dyn FnMut(Met) -> bool) {
    if let Err(refusal) = begin(path, own, meet) {
        meet(Met::Refused(path.to_owned(), refusal));
    }
}

fn begin(path: &Path, own: &Path, meet: &mut dyn FnMut(Met) -> bool) -> Result<(), Refusal> {
    if fs::symlink_metadata(path).is_ok_and(|facts| facts.is_symlink()) && !path.exists() {
        return Err(Refusal::LeadsNowhere(path.to_owned()));
    }
    // What the person named themselves may be a link to anywhere.
    let real = fs::canonicalize(path).map_err(Refusal::reading(path))?;
    if real.starts_with(own) {
        return Err(Refusal::Own(path.to_owned()));
    }
    let facts = fs::metadata(&real).map_err(Refusal::reading(path))?;
    if !facts.is_dir() {
        ordinary(path, &facts)?;
        meet(Met::File(Seen { path: real, bytes: facts.len() }));
        return Ok(());
    }
    let mut found = 0;
    let mut waiting = vec![real.clone()];
    while let Some(folder) = waiting.pop() {
        let mut below = Vec::new();
        for item in contents(&folder, meet) {
            let went_on = match look(&item, &real, own) {
                Ok(Some(Item::Folder)) => {
                    below.push(item);
                    true
                }
                Ok(Some(Item::File(_))) if found == MAX_FILES => {
                    return Err(Refusal::TooMany { path: path.to_owned(), limit: MAX_FILES });
                }
                Ok(Some(Item::File(bytes))) => {
                    found += 1;
                    meet(Met::File(Seen { path: item, bytes }))
                }
                Ok(None) => true,
                Err(refusal) => meet(Met::Refused(item, refusal)),
            };
            if !went_on {
                return Ok(());
            }
        }
        waiting.extend(below.into_iter().rev());
    }
    Ok(())
}

/// What is in a folder and not hidden, by name. One that can't be read costs only itself.
fn contents(folder: &Path, meet: &mut dyn FnMut(Met) -> bool) -> Vec<PathBuf> {
    let items = match fs::read_dir(folder) {
        Ok(items) => items,
        Err(error) => {
            meet(Met::Refused(folder.to_owned(), Refusal::reading(folder)(error)));
            return Vec::new();
        }
    };
    let mut paths: Vec<PathBuf> =
        items.flatten().filter(|item| !item.file_name().as_encoded_bytes().starts_with(b".")).map(|item| item.path()).collect();
    paths.sort();
    paths
}

enum Item {
    Folder,
    /// And its size.
    File(u64),
}

/// What lies at `path` in the folder `root`; `None` when it is a link to something that is met anyway.
fn look(path: &Path, root: &Path, own: &Path) -> Result<Option<Item>, Refusal> {
    let facts = fs::symlink_metadata(path).map_err(Refusal::reading(path))?;
    if facts.is_symlink() {
        let Ok(real) = fs::canonicalize(path) else { return Err(Refusal::LeadsNowhere(path.to_owned())) };
        return if real.starts_with(root) { Ok(None) } else { Err(Refusal::LeadsOut(path.to_owned())) };
    }
    if facts.is_dir() {
        return if path == own { Err(Refusal::Own(path.to_owned())) } else { Ok(Some(Item::Folder)) };
    }
    ordinary(path, &facts)?;
    Ok(Some(Item::File(facts.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(path: &Path, own: &Path) -> (Vec<String>, Vec<String>) {
        let (mut files, mut refusals) = (Vec::new(), Vec::new());
        walk(path, own, &mut |met| {
            match met {
                Met::File(seen) => files.push(seen.path.file_name().unwrap().to_string_lossy().into_owned()),
                Met::Refused(_, refusal) => refusals.push(refusal.to_string()),
            }
            true
        });
        (files, refusals)
    }

    #[test]
    fn folders_are_gone_through_in_order_and_hidden_things_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("clips");
        fs::create_dir_all(root.join("b/deep")).unwrap();
        for name in ["c.mp4", "a.mp4", "b/2.mp4", "b/deep/3.mp4", "b/1.mp4", ".hidden.mp4"] {
            fs::write(root.join(name), "x").unwrap();
        }
        let own = folder.path().join("data");
        let (files, refusals) = names(&root, &own);
        assert_eq!(files, ["a.mp4", "c.mp4", "1.mp4", "2.mp4", "3.mp4"]);
        assert!(refusals.is_empty(), "{refusals:?}");
        assert_eq!(names(&root.join(".hidden.mp4"), &own).0, [".hidden.mp4"], "what is named is meant");
        let mut first = 0;
        walk(&root, &own, &mut |_| {
            first += 1;
            false
        });
        assert_eq!(first, 1, "the walk ends when it is told to");
    }

    #[cfg(unix)]
    #[test]
    fn links_never_lead_out_and_never_in_circles() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let (root, own) = (folder.path().join("clips"), folder.path().join("data"));
        fs::create_dir_all(&root).unwrap();
        fs::write(folder.path().join("secret.mp4"), "x").unwrap();
        fs::write(root.join("a.mp4"), "x").unwrap();
        symlink(folder.path().join("secret.mp4"), root.join("b.mp4")).unwrap();
        symlink("/", root.join("c")).unwrap();
        symlink(&root, root.join("d")).unwrap();
        symlink("a.mp4", root.join("e.mp4")).unwrap();
        symlink("nowhere", root.join("f.mp4")).unwrap();
        let (files, refusals) = names(&root, &own);
        assert_eq!(files, ["a.mp4"]);
        let ends: Vec<&str> = refusals.iter().map(|text| &text[text.find("clips/").unwrap()..]).collect();
        assert_eq!(
            ends,
            [
                "clips/b.mp4 is a link that leads out of its folder.",
                "clips/c is a link that leads out of its folder.",
                "clips/f.mp4 is a link that leads nowhere."
            ]
        );
        // What the person names is followed.
        assert_eq!(names(&root.join("b.mp4"), &own).0, ["secret.mp4"]);
        assert_eq!(names(&root.join("f.mp4"), &own).1.len(), 1);
    }

    #[test]
    fn the_studios_own_folder_is_not_taken() {
        let folder = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap();
        let own = root.join("data");
        fs::create_dir_all(own.join("media")).unwrap();
        fs::write(own.join("media/1.mp4"), "x").unwrap();
        fs::write(root.join("a.mp4"), "x").unwrap();
        let (files, refusals) = names(&root, &own);
        assert_eq!((files, refusals.len()), (vec!["a.mp4".to_owned()], 1));
        assert_eq!(
            names(&own.join("media/1.mp4"), &own),
            (Vec::new(), vec![format!("{} lies in the studio's own folder.", own.join("media/1.mp4").display())])
        );
    }
}
