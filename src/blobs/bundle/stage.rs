//! A bundle on its way in: checked against its manifest while it is copied, adapted to this library, and sealed when there is
//! nothing more that could go wrong with it.
//!
//! ```text
//! {data folder}/.new-…/   project/ (script.md, project.json, pictures/)   media/   takes/{id}/   plan.json
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use serde_json::Value;

use super::super::error::sorted;
use super::super::layout::DataFolder;
use super::super::{Error, files, names, projects, takes};
use super::copy::copy;
use super::land::{Landing, Plan};
use super::pack::folders;
use super::place::{MEDIA_FOLDER, Place, TAKES_FOLDER};
use super::unusable;
use crate::core::asset::{Asset, Sidecar, Source, Status};
use crate::core::bundle::{Listed, MANIFEST_FILE, MAX_MANIFEST_BYTES, Manifest, Progress};
use crate::core::project::{DETAILS_FILE, PICTURES_FOLDER, details};
use crate::core::take::TakeId;

pub(super) const PROJECT: &str = "project";
/// The largest sidecar that is read.
const MAX_SIDECAR_BYTES: u64 = 16 << 20;

/// A bundle that has been copied and found whole. Removed when it is dropped unsealed.
#[derive(Debug)]
pub struct Staged {
    folder: PathBuf,
    pub manifest: Manifest,
    pub takes: Vec<TakeId>,
    /// From their sidecars, whose paths are those of the library.
    pub assets: Vec<Asset>,
    /// Its `project.json`.
    pub details: Option<Value>,
}

/// Copies the bundle in the folder `from` into the data folder and checks each file of it. `progress` answers whether to go on;
/// `None` when it did not. Nothing shows until it is sealed.
pub fn stage(data: &DataFolder, from: &Path, progress: &mut dyn FnMut(Progress) -> bool) -> Result<Option<Staged>, Error> {
    let manifest = read_manifest(from)?;
    let places = places(from, &manifest)?;
    let total_bytes = manifest.bytes();
    if files::free_bytes(data.root())? < total_bytes {
        return Err(Error::Full(data.root().to_owned()));
    }
    let mut staged = Staged::empty(data, manifest.clone())?;
    let mut told = Progress { done_bytes: 0, total_bytes };
    for (listed, place) in manifest.files.iter().zip(places) {
        let mut moved = |bytes: u64| {
            told.done_bytes += bytes;
            progress(told)
        };
        if !staged.bring(from, listed, place, &mut moved)? {
            return Ok(None);
        }
    }
    staged.read(from)?;
    Ok(Some(staged))
}

/// The manifest of the bundle in a folder.
fn read_manifest(from: &Path) -> Result<Manifest, Error> {
    match fs::metadata(from) {
        Ok(facts) if facts.is_dir() => {}
        Ok(_) => return Err(Error::NotAFolder(from.to_owned())),
        Err(error) => return Err(sorted("read", from)(error)),
    }
    let path = from.join(MANIFEST_FILE);
    if !path.symlink_metadata().is_ok_and(|facts| facts.is_file()) {
        return Err(unusable(from, format!("it has no {MANIFEST_FILE}, so it is no exported project")));
    }
    let text = read_text(&path, MAX_MANIFEST_BYTES)?;
    Manifest::read(&text).map_err(|error| unusable(from, error.to_string()))
}

/// Where each file belongs; an error for a list that no export makes.
fn places<'a>(from: &Path, manifest: &'a Manifest) -> Result<Vec<Place<'a>>, Error> {
    let mut seen = BTreeSet::new();
    let mut places = Vec::new();
    for file in &manifest.files {
        let Some(place) = Place::of(&file.path) else {
            return Err(unusable(from, format!("its list names {:?}, which is no place for a file", short(&file.path))));
        };
        if !seen.insert(&file.path) {
            return Err(unusable(from, format!("its list names {} twice", file.path)));
        }
        places.push(place);
    }
    if !places.contains(&Place::Script) {
        return Err(unusable(from, "it has no script"));
    }
    Ok(places)
}

impl Staged {
    fn empty(data: &DataFolder, manifest: Manifest) -> Result<Staged, Error> {
        let folder = data.root().join(files::temporary_name());
        let staged = Staged { folder, manifest, takes: Vec::new(), assets: Vec::new(), details: None };
        for part in [
            staged.folder.clone(),
            staged.folder.join(PROJECT),
            staged.folder.join(PROJECT).join(PICTURES_FOLDER),
            staged.folder.join(MEDIA_FOLDER),
            staged.folder.join(TAKES_FOLDER),
        ] {
            fs::create_dir(&part).map_err(sorted("made", &part))?;
        }
        Ok(staged)
    }

    /// Copies one file in; false when it was told to stop.
    fn bring(&self, from: &Path, listed: &Listed, place: Place<'_>, moved: &mut dyn FnMut(u64) -> bool) -> Result<bool, Error> {
        without_links(from, &listed.path)?;
        let to = place.staged(&self.folder);
        let folder = files::folder_of(&to);
        fs::create_dir_all(folder).map_err(sorted("made", folder))?;
        let copied = match copy(&from.join(&listed.path), &to, listed.bytes, moved) {
            Err(Error::NotFound(path)) if path.starts_with(from) => {
                return Err(unusable(from, format!("{} is missing", listed.path)));
            }
            other => other?,
        };
        let Some(copied) = copied else { return Ok(false) };
        if copied.bytes != listed.bytes || !copied.sha256.eq_ignore_ascii_case(&listed.sha256) {
            return Err(unusable(from, format!("{} is not what was exported: it is damaged or was changed", listed.path)));
        }
        Ok(true)
    }

    /// What has come, read as the library will read it.
    fn read(&mut self, from: &Path) -> Result<(), Error> {
        let project = self.folder.join(PROJECT);
        projects::read_script(&project).map_err(|error| unusable(from, format!("its script can't be read: {error}")))?;
        if let Some(text) = projects::read_details(&project).map_err(|error| unusable(from, error.to_string()))? {
            let readable = details::read(&text).map_err(|error| format!("its {DETAILS_FILE}: {error}"));
            let value = readable.and_then(|_| serde_json::from_str(&text).map_err(|error| error.to_string()));
            self.details = Some(value.map_err(|error| unusable(from, error))?);
        }
        for folder in subfolders(&self.folder.join(TAKES_FOLDER))? {
            let take =
                takes::read_take_folder(&folder).map_err(|error| unusable(from, format!("one of its takes: {error}")))?;
            if folder.file_name().is_none_or(|name| name != take.id.0.as_str()) {
                return Err(unusable(from, format!("the take {} lies in a folder of another name", take.id)));
            }
            self.takes.push(take.id);
        }
        self.read_assets(from)
    }

    fn read_assets(&mut self, from: &Path) -> Result<(), Error> {
        let media = self.folder.join(MEDIA_FOLDER);
        let mut by_stem: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for item in fs::read_dir(&media).map_err(sorted("read", &media))? {
            let name = item.map_err(sorted("read", &media))?.file_name().to_string_lossy().into_owned();
            let stem = name.split('.').next().unwrap_or_default().to_owned();
            by_stem.entry(stem).or_default().push(name);
        }
        for (stem, names) in by_stem {
            let sidecar = format!("{stem}.json");
            let (sidecars, others): (Vec<&String>, Vec<&String>) = names.iter().partition(|name| **name == sidecar);
            let ([_], [file]) = (&sidecars[..], &others[..]) else {
                return Err(unusable(from, format!("media/{stem} is not one file with its {sidecar}")));
            };
            let text = read_text(&media.join(&sidecar), MAX_SIDECAR_BYTES)?;
            let asset = Sidecar::read(&text).map_err(|error| unusable(from, format!("media/{sidecar}: {error}")))?;
            let possible = asset.source != Source::Recording && !asset.name.is_empty() && asset.facts.nanos < u64::MAX / 2;
            if asset.id.0 != stem || asset.take.is_some() || !possible {
                return Err(unusable(from, format!("media/{sidecar} is about something else")));
            }
            let bytes = files::length(&media.join(file))?;
            let sha256 = self.hash_of(&format!("{MEDIA_FOLDER}/{file}"));
            let own = Asset { owner: None, team: None, binned_at: None, status: Status::Ready, problem: None, ..asset };
            self.assets.push(Asset { path: format!("{MEDIA_FOLDER}/{file}"), linked: false, bytes, sha256, ..own });
        }
        Ok(())
    }

    fn hash_of(&self, path: &str) -> Option<String> {
        self.manifest.files.iter().find(|file| file.path == path).map(|file| file.sha256.to_ascii_lowercase())
    }

    /// Gives a take another id.
    pub fn rename_take(&mut self, at: usize, new: TakeId) -> Result<(), Error> {
        let takes = self.folder.join(TAKES_FOLDER);
        let from = takes.join(names::checked(&self.takes[at].0)?);
        let to = takes.join(names::checked(&new.0)?);
        files::rename_new(&from, &to).map_err(sorted("renamed", &from))?;
        self.takes[at] = new;
        Ok(())
    }

    /// Gives an asset another id.
    pub fn rename_asset(&mut self, at: usize, new: &str) -> Result<(), Error> {
        let media = self.folder.join(MEDIA_FOLDER);
        let asset = &mut self.assets[at];
        let file = asset.path.trim_start_matches("media/").to_owned();
        let ending = file.split_once('.').map_or_else(String::new, |(_, ending)| format!(".{ending}"));
        let name = format!("{}{ending}", names::checked(new)?);
        files::rename_new(&media.join(&file), &media.join(&name)).map_err(sorted("renamed", &media.join(&file)))?;
        let sidecar = media.join(format!("{}.json", asset.id));
        fs::remove_file(&sidecar).map_err(sorted("removed", &sidecar))?;
        (asset.id.0, asset.path) = (new.to_owned(), format!("{MEDIA_FOLDER}/{name}"));
        Ok(())
    }

    /// Leaves an asset out: the library has it.
    pub fn drop_asset(&mut self, at: usize) -> Result<(), Error> {
        let asset = self.assets.remove(at);
        for path in [self.folder.join(&asset.path), self.folder.join(MEDIA_FOLDER).join(format!("{}.json", asset.id))] {
            fs::remove_file(&path).map_err(sorted("removed", &path))?;
        }
        Ok(())
    }

    /// Makes everything in it this library's and closes it: from here on it only moves to its place. The project's id is taken
    /// at once, with a number when there is one like it.
    pub fn seal(mut self, data: &DataFolder) -> Result<Landing, Error> {
        let project = projects::reserve(data, &self.manifest.project)?;
        let sealed = self.adopt(&project).and_then(|plan| Landing::seal(data, &self.folder, plan));
        match &sealed {
            Ok(_) => self.folder = PathBuf::new(),
            // Empty still; who lists projects passes it over either way.
            Err(_) => _ = fs::remove_dir(data.projects().join(&project)),
        }
        sealed
    }

    fn adopt(&mut self, project: &str) -> Result<Plan, Error> {
        for take in &self.takes {
            takes::adopt(&self.folder.join(TAKES_FOLDER).join(&take.0), take, project)?;
        }
        for asset in &mut self.assets {
            asset.project = Some(project.to_owned());
            let path = self.folder.join(MEDIA_FOLDER).join(format!("{}.json", asset.id));
            files::write_atomic(&path, Sidecar::of(asset).to_json().as_bytes())?;
        }
        if let Some(details) = &mut self.details {
            if let Some(id) = details.get_mut("id") {
                *id = Value::String(project.to_owned());
            }
            let text = serde_json::to_string_pretty(details).unwrap_or_default();
            projects::write_details(&self.folder.join(PROJECT), &format!("{text}\n"))?;
        }
        let plan = Plan {
            project: project.to_owned(),
            takes: self.takes.iter().map(|take| take.0.clone()).collect(),
            media: self.assets.iter().map(|asset| asset.path.trim_start_matches("media/").to_owned()).collect(),
        };
        plan.write(&self.folder)?;
        for folder in folders(&self.folder)? {
            files::sync_folder(&folder)?;
        }
        Ok(plan)
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if !self.folder.as_os_str().is_empty() {
            // What stays is swept after a day.
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// Refuses a path of which some part is a link: it may lead anywhere.
fn without_links(from: &Path, path: &str) -> Result<(), Error> {
    let mut at = from.to_owned();
    for part in Path::new(path).components() {
        let Component::Normal(name) = part else { return Err(unusable(from, format!("{path:?} is no place for a file"))) };
        at.push(name);
        if at.symlink_metadata().is_ok_and(|facts| facts.file_type().is_symlink()) {
            return Err(unusable(from, format!("{path} is a link to another place")));
        }
    }
    Ok(())
}

fn read_text(path: &Path, most: u64) -> Result<String, Error> {
    let mut text = String::new();
    let file = File::open(path).map_err(sorted("read", path))?;
    file.take(most + 1).read_to_string(&mut text).map_err(|error| unusable(path, error.to_string()))?;
    if text.len() as u64 > most { Err(unusable(path, format!("it has more than {} MB", most >> 20))) } else { Ok(text) }
}

fn subfolders(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let items = fs::read_dir(folder).map_err(sorted("read", folder))?;
    let mut found: Vec<PathBuf> = items.flatten().map(|item| item.path()).filter(|path| path.is_dir()).collect();
    found.sort();
    Ok(found)
}

/// As much of a name from outside as a sentence bears.
fn short(text: &str) -> String {
    text.chars().take(100).collect()
}
