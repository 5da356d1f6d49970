//! Project folders: a script and the pictures it names. A folder appears whole under its name or not at all.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::error::sorted;
use super::layout::DataFolder;
use super::{Error, files, names, pictures};
use crate::core::project::{DEMO, DETAILS_FILE, MAX_DETAILS_BYTES, MAX_SCRIPT_BYTES, PICTURES_FOLDER, Project, SCRIPT_FILE};

/// Makes a project from a script's text and copies of picture files. Its id comes from the title, or is a UUID when the title
/// has no ASCII letters or digits; a taken one gets a number.
pub fn create(data: &DataFolder, title: &str, script: &str, picture_files: &[PathBuf]) -> Result<Project, Error> {
    let id = match names::slug(title) {
        slug if slug.is_empty() => uuid::Uuid::now_v7().to_string(),
        slug => slug,
    };
    let draft = Draft::new(data)?;
    files::write_new(&draft.folder.join(SCRIPT_FILE), checked_size(&draft.folder, script)?)?;
    for picture in picture_files {
        pictures::import(&draft.folder, picture)?;
    }
    draft.publish(data, title, &id)
}

/// Writes the demo project from bytes that the program carries: a script and pictures by file name. When there is one
/// already it is left as it is, because it may have been edited.
pub fn demo(data: &DataFolder, title: &str, script: &[u8], picture_files: &[(&str, &[u8])]) -> Result<Project, Error> {
    let folder = data.projects().join(DEMO);
    if folder.join(SCRIPT_FILE).is_file() {
        return Ok(project(DEMO, title, &folder));
    }
    let draft = Draft::new(data)?;
    files::write_new(&draft.folder.join(SCRIPT_FILE), script)?;
    for (name, bytes) in picture_files {
        files::write_new(&draft.folder.join(PICTURES_FOLDER).join(names::checked(name)?), bytes)?;
    }
    draft.publish(data, title, DEMO)
}

/// Folders that hold a script, by name: for a library that lost its rows. The title is the script's to tell.
pub fn list(data: &DataFolder) -> Result<Vec<PathBuf>, Error> {
    let root = data.projects();
    let mut folders = Vec::new();
    for item in fs::read_dir(&root).map_err(sorted("read", &root))? {
        let item = item.map_err(sorted("read", &root))?;
        let hidden = item.file_name().as_encoded_bytes().starts_with(b".");
        if !hidden && item.path().join(SCRIPT_FILE).is_file() {
            folders.push(item.path());
        }
    }
    folders.sort();
    Ok(folders)
}

/// The script of a project's folder.
pub fn read_script(folder: &Path) -> Result<String, Error> {
    read_script_file(&folder.join(SCRIPT_FILE))
}

/// A script from any file: UTF-8 of at most `MAX_SCRIPT_BYTES`. A byte order mark is dropped, line ends are kept.
pub fn read_script_file(path: &Path) -> Result<String, Error> {
    // Before opening, because opening a pipe would wait for its other end.
    let facts = fs::metadata(path).map_err(sorted("read", path))?;
    if !facts.is_file() {
        return Err(Error::NotAFile(path.to_owned()));
    }
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(MAX_SCRIPT_BYTES + 1).read_to_end(&mut bytes)).map_err(sorted("read", path))?;
    if bytes.len() as u64 > MAX_SCRIPT_BYTES {
        return Err(too_large(path, facts.len().max(bytes.len() as u64)));
    }
    let not_text = |byte: usize, what| {
        let line = 1 + bytes[..byte].iter().filter(|b| **b == b'\n').count();
        Error::ScriptNotText { path: path.to_owned(), byte, line, what }
    };
    let text = std::str::from_utf8(&bytes).map_err(|error| not_text(error.valid_up_to(), "is not UTF-8"))?;
    if let Some(byte) = text.find('\0') {
        return Err(not_text(byte, "is a zero, as in binary files"));
    }
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text).to_owned())
}

/// Replaces a project's script, whole or not at all.
pub fn save_script(folder: &Path, text: &str) -> Result<(), Error> {
    let path = folder.join(SCRIPT_FILE);
    files::write_atomic(&path, checked_size(&path, text)?)
}

/// The text of a project's `project.json`; `None` when it has none.
pub fn read_details(folder: &Path) -> Result<Option<String>, Error> {
    let path = folder.join(DETAILS_FILE);
    let unreadable = |detail: String| Error::Unreadable { path: path.clone(), detail };
    match fs::metadata(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(sorted("read", &path)(error)),
        Ok(facts) if facts.is_file() && facts.len() <= MAX_DETAILS_BYTES => {}
        Ok(_) => return Err(unreadable(format!("it is no file of at most {} MB", MAX_DETAILS_BYTES >> 20))),
    }
    fs::read_to_string(&path).map(Some).map_err(|error| unreadable(error.to_string()))
}

/// Writes `project.json`, whole or not at all; one that says the same is left as it is.
pub fn write_details(folder: &Path, text: &str) -> Result<(), Error> {
    let path = folder.join(DETAILS_FILE);
    if fs::read_to_string(&path).is_ok_and(|there| there == text) {
        return Ok(());
    }
    files::write_atomic(&path, text.as_bytes())
}

/// Takes an id for a project that is on its way, with a number when there is one like it: an empty folder of that name, onto
/// which the project's own is moved.
pub fn reserve(data: &DataFolder, id: &str) -> Result<String, Error> {
    let plain = names::slug(id);
    let id = if plain.is_empty() { uuid::Uuid::now_v7().to_string() } else { plain };
    // The demo's own id is the program's.
    let first = if id == DEMO { 2 } else { 1 };
    for number in first..=9_999 {
        let id = if number == 1 { id.clone() } else { format!("{id}-{number}") };
        let folder = data.projects().join(&id);
        match fs::create_dir(&folder) {
            Ok(()) => return Ok(id),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(sorted("made", &folder)(error)),
        }
    }
    Err(Error::Exists(data.projects().join(id)))
}

/// A project being made, under a name that no list shows. Removed when it is dropped unpublished.
struct Draft {
    folder: PathBuf,
}

impl Draft {
    fn new(data: &DataFolder) -> Result<Draft, Error> {
        let folder = data.projects().join(files::temporary_name());
        fs::create_dir(&folder).map_err(sorted("made", &folder))?;
        let draft = Draft { folder };
        let pictures = draft.folder.join(PICTURES_FOLDER);
        fs::create_dir(&pictures).map_err(sorted("made", &pictures))?;
        Ok(draft)
    }

    /// Gives the folder its name, or the name with a number when there is one like it.
    fn publish(self, data: &DataFolder, title: &str, id: &str) -> Result<Project, Error> {
        files::sync_folder(&self.folder.join(PICTURES_FOLDER))?;
        files::sync_folder(&self.folder)?;
        for number in 1..=9_999 {
            let id = if number == 1 { id.to_owned() } else { format!("{id}-{number}") };
            let folder = data.projects().join(&id);
            match files::rename_new(&self.folder, &folder) {
                Ok(()) => {
                    files::sync_folder(&data.projects())?;
                    return Ok(project(&id, title, &folder));
                }
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(sorted("made", &folder)(error)),
            }
        }
        Err(Error::Exists(data.projects().join(id)))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Gone already when it was published; a leftover costs only its space.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn project(id: &str, title: &str, folder: &Path) -> Project {
    Project { id: id.to_owned(), title: title.to_owned(), folder: folder.display().to_string() }
}

fn checked_size<'a>(path: &Path, text: &'a str) -> Result<&'a [u8], Error> {
    if text.len() as u64 > MAX_SCRIPT_BYTES { Err(too_large(path, text.len() as u64)) } else { Ok(text.as_bytes()) }
}

fn too_large(path: &Path, bytes: u64) -> Error {
    Error::ScriptTooLarge { path: path.to_owned(), bytes, limit: MAX_SCRIPT_BYTES }
}
