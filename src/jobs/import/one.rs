//! One file on its way in: looked at, read and copied, compared with what is there, listed. Until its row is written nothing of it
//! remains when it is refused.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};

use serde_json::json;

use crate::blobs::files;
use crate::blobs::media::group::Arrival;
use crate::blobs::media::{self, Draft, Stop};
use crate::blobs::source::{Refusal, Source};
use crate::blobs::walk::Seen;
use crate::clock;
use crate::core::asset::{Asset, AssetId, Source as Origin, Status};
use crate::core::import::{Became, Wanted};
use crate::core::problem::{self, Problem};

use super::super::assets;
use super::super::house::House;
use super::landing::{Landing, Waiting};
use super::tally::Tally;
use super::told::{Told, told};
use super::{Orders, refused};

/// Room that stays free on the disk: what a take needs to come to its end.
const KEEP_FREE_BYTES: u64 = 32 << 20;

/// The longest ending of a name that is one: what follows a full stop may also be the rest of a title.
const LONGEST_ENDING: usize = 5;

/// Where files come in.
pub(super) struct Hall<'a> {
    house: &'a House,
    wanted: &'a Wanted,
    orders: &'a Orders,
    tally: &'a Tally<'a>,
    /// Locked from finding a file new until it waits there: two workers with the same bytes must not both find that they are new.
    landing: Mutex<Landing>,
    /// What lies in the bin, by hash.
    binned: OnceLock<HashMap<String, AssetId>>,
    stopped: Mutex<Option<Problem>>,
}

/// It ended before the file was done with: cancelled, or `Hall::stopped` says why.
pub(super) struct Ended;

impl<'a> Hall<'a> {
    pub fn new(house: &'a House, wanted: &'a Wanted, orders: &'a Orders, tally: &'a Tally<'a>) -> Hall<'a> {
        Hall { house, wanted, orders, tally, landing: Mutex::default(), binned: OnceLock::new(), stopped: Mutex::new(None) }
    }

    /// Why nothing more can come in.
    pub fn stopped(&self) -> Option<Problem> {
        self.stopped.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn ended(&self) -> bool {
        self.orders.cancelled() || self.stopped().is_some()
    }

    /// Takes a file in, or says why not; `None` when it waits to be listed with others, which is told then.
    pub fn bring_in(&self, slot: usize, seen: &Seen) -> Result<Option<Became>, Ended> {
        if !self.tally.pass(self.orders) {
            return Err(Ended);
        }
        let path = &seen.path;
        // A panic in a decoder is a bug; it must not take the other files with it.
        let taken = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.take_in(slot, seen)));
        let failed =
            || Ok(Some(refused(Problem::failed(format!("{} could not be examined.", path.display()), "It was left alone."))));
        match taken.unwrap_or_else(|_| failed()) {
            Ok(became) => Ok(became),
            Err(Stop::Source(refusal)) => Ok(Some(refused(refusal))),
            Err(Stop::Cancelled) => Err(Ended),
            Err(Stop::Disk(error)) => Err(self.stop(error.into())),
        }
    }

    /// Lists what waits, if it has waited long enough, or `all` of it at the end. False when that failed.
    pub fn settle(&self, all: bool) -> bool {
        let mut landing = self.landing.lock().unwrap_or_else(PoisonError::into_inner);
        if !all && !landing.is_due() {
            return true;
        }
        match landing.land(self.house, self.tally) {
            Ok(()) => true,
            Err(problem) => {
                self.stop(problem);
                false
            }
        }
    }

    fn take_in(&self, slot: usize, seen: &Seen) -> Result<Option<Became>, Stop> {
        let path = &seen.path;
        let mut source = Source::open(path)?;
        let told = match told(&mut source, &self.orders.cancel)? {
            Ok(told) => told,
            Err(problem) if problem.kind == problem::Kind::Cancelled => return Err(Stop::Cancelled),
            Err(problem) => return Ok(Some(refused(problem))),
        };
        let mut go_on = |done| {
            self.tally.read(slot, done);
            self.tally.pass(self.orders) && self.settle(false)
        };
        let (draft, sha256) = if self.wanted.link {
            // Its path is kept as text.
            path.to_str().ok_or_else(|| Refusal::Name(path.to_owned()))?;
            (None, media::sha256(&mut source, &mut go_on)?)
        } else {
            if let Some(problem) = self.no_room(path, source.bytes()) {
                self.stop(problem);
                return Err(Stop::Cancelled);
            }
            let draft = media::copy_in(&self.house.folder, &mut source, &mut go_on)?;
            let sha256 = draft.sha256.clone();
            (Some(draft), sha256)
        };
        let mut landing = self.landing.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(became) = landing.waiting_as(&sha256).or_else(|| self.known(&sha256)) {
            return Ok(Some(became));
        }
        landing.push(self.arrival(seen, source.bytes(), sha256, told, draft));
        drop(landing);
        if self.settle(false) { Ok(None) } else { Err(Stop::Cancelled) }
    }

    /// The asset with the same bytes, if there is one whose file is there; it is brought out of the bin.
    fn known(&self, sha256: &str) -> Option<Became> {
        let known = match self.house.db.asset_by_sha256(sha256) {
            Ok(Some(known)) => known,
            Ok(None) => self.out_of_bin(sha256)?,
            Err(error) => {
                tracing::warn!(%error, "whether a file is known was not found out");
                return None;
            }
        };
        let known = assets::looked_for(self.house, known);
        if known.status != Status::Ready {
            return None;
        }
        for tag in &self.wanted.tags {
            if let Err(error) = self.house.db.tag(std::slice::from_ref(&known.id), tag) {
                tracing::warn!(%error, "a known file was not tagged");
            }
        }
        if !self.wanted.tags.is_empty()
            && let Err(problem) = assets::sidecar(self.house, &known.id)
        {
            tracing::warn!(%problem, "a sidecar does not know of a tag");
        }
        Some(Became::Known(known.id))
    }

    fn out_of_bin(&self, sha256: &str) -> Option<Asset> {
        let id = self.binned.get_or_init(|| assets::binned_by_sha256(self.house)).get(sha256)?;
        // Somebody may have brought it out, or emptied the bin, since.
        let asset = self.house.db.asset(id).ok().flatten().filter(|asset| asset.binned_at.is_some())?;
        match assets::restore(self.house, &asset.id) {
            Ok(()) => self.house.db.asset(id).ok().flatten(),
            Err(problem) => {
                tracing::warn!(%problem, "a known file stays in the bin");
                None
            }
        }
    }

    /// A file that is new, as it will be listed: with its copy, or where it lies.
    fn arrival(&self, seen: &Seen, bytes: u64, sha256: String, told: Told, draft: Option<Draft>) -> Waiting {
        let path = &seen.path;
        let missing = self.house.db.asset_by_sha256(&sha256).ok().flatten().filter(|asset| asset.take.is_none());
        // A file that was lost and is brought again is the same asset.
        let id = missing.as_ref().map_or_else(media::new_id, |asset| asset.id.clone());
        let now = clock::wall();
        let new = || Asset {
            id: id.clone(),
            project: self.wanted.project.clone(),
            owner: None,
            team: None,
            take: None,
            name: name_of(path),
            description: String::new(),
            category: String::new(),
            kind: told.kind,
            source: Origin::Upload,
            status: Status::Ready,
            problem: None,
            path: String::new(),
            linked: false,
            bytes,
            sha256: Some(sha256.clone()),
            facts: told.facts.clone(),
            metadata: json!({ "original_name": path.file_name().unwrap_or_default().to_string_lossy() }),
            created_at: now.clone(),
            updated_at: now.clone(),
            binned_at: None,
            tags: sorted(&self.wanted.tags),
        };
        let place = match &draft {
            Some(_) => media::path_of(&id, told.ending),
            None => path.to_string_lossy().into_owned(),
        };
        let found = missing.is_some();
        let asset = Asset {
            path: place,
            linked: draft.is_none(),
            status: Status::Ready,
            problem: None,
            updated_at: now.clone(),
            ..missing.unwrap_or_else(new)
        };
        Waiting { seen: seen.clone(), found, arrival: Arrival { asset, draft } }
    }

    fn stop(&self, problem: Problem) -> Ended {
        self.stopped.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(problem);
        Ended
    }

    /// Says that a copy would leave too little, before it is begun.
    fn no_room(&self, path: &Path, bytes: u64) -> Option<Problem> {
        let free = files::free_bytes(&self.house.folder.media()).ok()?;
        (free < bytes.saturating_add(KEEP_FREE_BYTES)).then(|| {
            let (free, bytes) = (free as f64 / 1e6, bytes as f64 / 1e6);
            let what = format!("The disk has {free:.0} MB left, too little to copy {} ({bytes:.0} MB).", path.display());
            Problem::disk(what, "Free some space, or link the files instead of copying them.")
        })
    }
}

/// What people call a file: its name without the ending, on one line.
fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let stem = match name.rsplit_once('.') {
        Some((stem, ending))
            if !stem.is_empty()
                && (1..=LONGEST_ENDING).contains(&ending.len())
                && ending.bytes().all(|c| c.is_ascii_alphanumeric()) =>
        {
            stem
        }
        _ => &name,
    };
    let line: String = stem.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match line.trim() {
        "" => "Untitled".to_owned(),
        line => line.to_owned(),
    }
}

/// In the order in which an asset keeps them.
fn sorted(tags: &[String]) -> Vec<String> {
    let mut tags: Vec<String> = tags.iter().map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect();
    tags.sort();
    tags.dedup();
    tags
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_lose_their_ending_and_nothing_else() {
        for (file, name) in [
            ("/clips/Dawn.mp4", "Dawn"),
            ("Dr. Strange", "Dr. Strange"),
            ("なぜ書くのか.webm", "なぜ書くのか"),
            ("לילה טוב.mov", "לילה טוב"),
            ("a\nb.mp4", "a b"),
            (".mp4", ".mp4"),
            ("archive.tar.gz", "archive.tar"),
            (" .png", "Untitled"),
        ] {
            assert_eq!(name_of(Path::new(file)), name, "{file:?}");
        }
    }

    proptest! {
        #[test]
        fn any_name_gives_one_line_that_is_not_empty(name in "[^/\0]{1,200}") {
            let name = name_of(Path::new(&name));
            prop_assert!(!name.trim().is_empty());
            prop_assert!(!name.chars().any(char::is_control));
        }
    }
}
