//! The library's database made from what lies in the data folder: when it is lost, when it is damaged, when it is asked for.
//! The folders are what is true; what no folder tells (versions, users, receipts) is taken over from the old file where that can
//! be read.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::blobs::hold;
use crate::blobs::layout::DataFolder;
use crate::blobs::{self, files, media, takes};
use crate::clock;
use crate::core::asset::{Asset, AssetId};
use crate::core::problem::{Kind, Problem};
use crate::core::take::{TakeId, TakeState};
use crate::db::{self, Carried, Db};

use super::house::House;
use super::{details, library, projects};

/// Assets written in one step: each step costs a sync of the disk.
const AT_ONCE: usize = 500;

/// What the folders gave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Found {
    pub projects: usize,
    pub takes: usize,
    pub assets: usize,
    /// In the bin, takes and assets.
    pub binned: usize,
    /// What could not be read, one sentence each; it stays where it is.
    pub passed_over: Vec<String>,
}

/// What a rebuild did.
#[derive(Clone, Debug, Default)]
pub struct Rebuilt {
    pub found: Found,
    /// From the old file; `None` when there was none, or it could not be read at all.
    pub carried: Option<Carried>,
    /// Why nothing came from the old file.
    pub unreadable: Option<String>,
    /// Takes the old file knew and whose folders are gone.
    pub gone: Vec<String>,
    /// Where the old file is now.
    pub old: Option<PathBuf>,
}

/// Whether interrupted takes are mended on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mending {
    Yes,
    /// Nothing in the folders is changed.
    No,
}

/// Makes the database of a data folder anew, and puts it in its place when it is complete. With `dry` nothing changes: what would
/// come of it is told.
pub fn run(path: Option<&Path>, dry: bool) -> Result<Rebuilt, Problem> {
    let folder = match path {
        Some(path) => DataFolder::open(path)?,
        None => DataFolder::open_default()?,
    };
    let _lock = folder.lock()?;
    let place = folder.database();
    let unreadable = match place.is_file() {
        true => readable(&place, dry)?,
        false => Some("there is none".to_owned()),
    };
    let workshop = Workshop::new(&folder)?;
    let db = Db::open(&workshop.database())?;
    db.sync_at_the_end()?;
    let mut rebuilt = Rebuilt { unreadable, ..Rebuilt::default() };
    if rebuilt.unreadable.is_none() && place.is_file() {
        match db.carry_over(&place) {
            Ok(carried) => rebuilt.carried = Some(carried),
            // Not the old file's fault.
            Err(error @ db::Error::Full(_)) => return Err(error.into()),
            Err(error) => rebuilt.unreadable = Some(error.to_string()),
        }
    }
    let house = House::around(folder.clone(), db, None)?;
    rebuilt.gone = forget_gone(&house)?;
    rebuilt.found = from_folders(&house, if dry { Mending::No } else { Mending::Yes })?;
    // The last handle closes the file, and with it its log goes into it.
    drop(house);
    if !dry {
        rebuilt.old = workshop.put_in_place(&folder)?;
    }
    Ok(rebuilt)
}

/// Fills a library in which nothing is listed: its file was lost or moved away.
pub fn when_empty(house: &House) -> Result<(), Problem> {
    if house.db.lists_nothing()? {
        from_folders(house, Mending::Yes)?;
    }
    Ok(())
}

/// Why the old file can't be read; an error when it is not to be replaced.
fn readable(place: &Path, dry: bool) -> Result<Option<String>, Problem> {
    match if dry { db::replaceable(place) } else { db::retire(place) } {
        Ok(()) => Ok(None),
        Err(error @ (db::Error::Newer { .. } | db::Error::Foreign(_))) => Err(error.into()),
        Err(db::Error::Busy(_)) => Err(Problem::new(
            Kind::Refused,
            "The library is open in another Onetake: a server or a command.",
            "Stop it, then rebuild again.",
        )),
        Err(error) => Ok(Some(error.to_string())),
    }
}

/// All that lies in the data folder, as rows. What can't be read is passed over; it stays where it is.
fn from_folders(house: &House, mending: Mending) -> Result<Found, Problem> {
    let mut found = Found::default();
    for folder in blobs::projects::list(&house.folder)? {
        match projects::enter(house, &folder.to_string_lossy()) {
            Ok(_) => found.projects += 1,
            Err(problem) => found.pass_over(&folder, &problem),
        }
    }
    for folder in takes::list(&house.folder)? {
        match take(house, &folder, mending) {
            Ok(()) => found.takes += 1,
            Err(problem) => found.pass_over(&folder, &problem),
        }
    }
    assets(house, &mut found)?;
    // After the assets they speak of, and the projects they come from.
    for project in house.db.projects()? {
        if let Err(problem) = details::learn(house, &project) {
            found.pass_over(Path::new(&project.folder), &problem);
        }
    }
    binned(house, &mut found)?;
    Ok(found)
}

impl Found {
    fn pass_over(&mut self, folder: &Path, problem: &Problem) {
        tracing::warn!(%problem, folder = %folder.display(), "a folder was passed over");
        self.passed_over.push(format!("{}: {}", folder.display(), problem.what));
    }
}

fn take(house: &House, folder: &Path, mending: Mending) -> Result<(), Problem> {
    let take = takes::read_take_folder(folder)?;
    // Some process still writes it; its row comes with its end.
    let Some(hold) = hold::hold(folder)? else { return Ok(()) };
    match (take.state, mending) {
        (TakeState::Interrupted, Mending::Yes) => _ = library::close_off(house, take.clone(), &hold)?,
        _ => house.db.save_take(&take)?,
    }
    words_about_take(house, &take.id)
}

fn assets(house: &House, found: &mut Found) -> Result<(), Problem> {
    let ids = media::sidecars(&house.folder)?;
    let paths: Vec<PathBuf> = ids.iter().map(|id| house.folder.media().join(format!("{id}.json"))).collect();
    for paths in paths.chunks(AT_ONCE) {
        let told = paths.iter().filter_map(|path| media::read_sidecar(path));
        let assets: Vec<Asset> = told.map(|asset| here(house, asset)).collect::<Result<_, _>>()?;
        if assets.len() == paths.len() && house.db.save_assets(&assets).is_ok() {
            found.assets += assets.len();
            continue;
        }
        // One of them is at fault; each by itself, so that the others come in.
        for path in paths {
            match asset(house, path) {
                Ok(true) => found.assets += 1,
                Ok(false) => found.passed_over.push(format!("{}: it says nothing that can be used.", path.display())),
                Err(problem) => found.pass_over(path, &problem),
            }
        }
    }
    Ok(())
}

/// Makes the row of the asset a sidecar tells of; false when it tells of none. What it belongs to and is not here is left out.
pub fn asset(house: &House, sidecar: &Path) -> Result<bool, Problem> {
    let Some(asset) = media::read_sidecar(sidecar) else { return Ok(false) };
    house.db.save_asset(&here(house, asset)?)?;
    Ok(true)
}

/// What a person said of a take lies in its folder, if they said anything.
pub fn words_about_take(house: &House, take: &TakeId) -> Result<(), Problem> {
    let Some(row) = house.db.take(take)? else { return Ok(()) };
    let Some(said) = media::read_sidecar(&Path::new(&row.folder).join(media::TAKE_SIDECAR)) else { return Ok(()) };
    let Some(known) = house.db.asset(&AssetId(take.0.clone()))? else { return Ok(()) };
    let Asset { name, description, category, tags, .. } = said;
    house.db.save_asset(&Asset { name, description, category, tags, ..known })?;
    Ok(())
}

/// The asset as far as this library knows what it refers to.
fn here(house: &House, asset: Asset) -> Result<Asset, Problem> {
    let project = match asset.project {
        Some(id) => house.db.project(&id)?.map(|project| project.id),
        None => None,
    };
    // Who it belonged to is a row; where rows were lost nobody owns it.
    let known = house.db.asset(&asset.id)?;
    let (owner, team) = known.map_or((None, None), |known| (known.owner, known.team));
    Ok(Asset { project, owner, team, ..asset })
}

/// What lies in the bin, since when.
fn binned(house: &House, found: &mut Found) -> Result<(), Problem> {
    for folder in takes::list_bin(&house.folder)? {
        let (Ok(take), Some(at)) = (takes::read_take_folder(&folder), takes::binned_at(&folder)) else { continue };
        let Some(hold) = hold::hold(&folder)? else { continue };
        house.db.save_take(&library::measured(take.clone(), &hold))?;
        house.db.bin_take(&take.id, &at)?;
        words_about_take(house, &take.id)?;
        found.binned += 1;
    }
    for binned in media::bin::list(&house.folder)? {
        match asset(house, &binned.folder.join(format!("{}.json", binned.id))) {
            Ok(true) => found.binned += 1,
            Ok(false) => found.passed_over.push(format!("{}: its sidecar says nothing.", binned.folder.display())),
            Err(problem) => found.pass_over(&binned.folder, &problem),
        }
    }
    Ok(())
}

/// Forgets the takes whose folders are gone, unless something refers to them.
fn forget_gone(house: &House) -> Result<Vec<String>, Problem> {
    let binned = house.db.binned_takes()?.into_iter().map(|(take, _)| take);
    let all = house.db.all_takes()?.into_iter().chain(binned);
    let mut gone = Vec::new();
    for take in all {
        let there = [house.folder.takes(), house.folder.bin()].iter().any(|folder| folder.join(&take.id.0).is_dir());
        if !there {
            match house.db.forget_take(&take.id) {
                Ok(()) => gone.push(format!("Take {} of “{}” ({})", take.number, take.title, take.id)),
                Err(error) => tracing::warn!(%error, take = %take.id, "a take that is gone stays listed"),
            }
        }
    }
    Ok(gone)
}

/// Where the new file is made; removed when it is dropped.
struct Workshop {
    folder: PathBuf,
}

impl Workshop {
    fn new(data: &DataFolder) -> Result<Workshop, Problem> {
        let folder = data.root().join(files::temporary_name());
        match std::fs::create_dir(&folder) {
            Ok(()) => Ok(Workshop { folder }),
            Err(error) => Err(disk("made", &folder, &error)),
        }
    }

    fn database(&self) -> PathBuf {
        self.folder.join("library.db")
    }

    /// The old file, with what SQLite keeps beside it, makes way; the new one takes its place. A crash in between leaves no
    /// library, which the next start makes from the folders.
    fn put_in_place(&self, data: &DataFolder) -> Result<Option<PathBuf>, Problem> {
        let place = data.database();
        let synced = std::fs::File::open(self.database()).and_then(|file| file.sync_all());
        synced.map_err(|error| disk("written", &place, &error))?;
        let stamp: String = clock::wall().chars().filter(|c| c.is_ascii_digit()).take(14).collect();
        let old = data.root().join(format!("library.db.before-rebuild-{stamp}"));
        let beside = |path: &Path, ending: &str| PathBuf::from(format!("{}{ending}", path.display()));
        let mut moved = None;
        // The file before its log: a log alone is cleared away by SQLite, a file without its log has lost something.
        for ending in ["", "-wal", "-shm"] {
            match std::fs::rename(beside(&place, ending), beside(&old, ending)) {
                Ok(()) if ending.is_empty() => moved = Some(old.clone()),
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(disk("moved", &place, &error)),
                _ => {}
            }
        }
        std::fs::rename(self.database(), &place).map_err(|error| disk("written", &place, &error))?;
        files::sync_folder(data.root())?;
        Ok(moved)
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        // What stays is swept after a day.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn disk(action: &str, path: &Path, error: &std::io::Error) -> Problem {
    Problem::disk(
        format!("{} can't be {action} ({error}).", path.display()),
        "Check the disk and its permissions, then try again.",
    )
}
