//! Looks through the library: database, folders and what they say of each other. Nothing is changed unless it is asked for, and
//! then only what can be put right without losing anything.

mod assets;
mod projects;
mod recordings;
mod takes;

use std::path::Path;

use crate::blobs::files;
use crate::clock;
use crate::core::finding::{About, Finding};
use crate::core::problem::Problem;

use super::house::House;

/// How it is looked through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Manner {
    /// Files are looked at, not read.
    pub fast: bool,
    /// What can be put right is.
    pub repair: bool,
}

/// What is being looked at, and all that was found.
pub(super) struct Look<'a> {
    house: &'a House,
    manner: Manner,
    found: Vec<Finding>,
    /// Hears the name of each file that is read.
    reading: &'a mut dyn FnMut(&Path),
}

/// All that is not as it should be, sorted by what it is about. `reading` hears each file that is read to its end.
pub fn run(house: &House, manner: Manner, reading: &mut dyn FnMut(&Path)) -> Result<Vec<Finding>, Problem> {
    let mut look = Look { house, manner, found: Vec::new(), reading };
    for line in house.db.integrity()? {
        let fix = "Run “onetake library rebuild”, which makes it anew from the folders.";
        look.find(Finding::new(About::Database, format!("The database is damaged: {line}."), fix));
    }
    projects::look(&mut look)?;
    takes::look(&mut look)?;
    assets::look(&mut look)?;
    recordings::look(&mut look)?;
    leftovers(&mut look)?;
    let mut found = look.found;
    found.sort_by(|a, b| (a.about, &a.path, &a.what).cmp(&(b.about, &b.path, &b.what)));
    Ok(found)
}

impl Look<'_> {
    fn find(&mut self, finding: Finding) {
        self.found.push(finding);
    }

    /// A finding that `repair` puts right, when that is wanted; if it can't, why is said instead of how.
    fn mend(&mut self, finding: Finding, repair: impl FnOnce(&House) -> Result<(), Problem>) {
        let finding = match self.manner.repair.then(|| repair(self.house)) {
            None => finding,
            Some(Ok(())) => Finding { repaired: true, ..finding },
            Some(Err(problem)) => Finding { fix: problem.to_string(), repairable: false, ..finding },
        };
        self.find(finding);
    }

    /// Whether a file is not what it was: another length, or, when files are read, another hash. `None` when it is.
    fn changed(&mut self, file: &Path, bytes: u64, sha256: Option<&str>) -> Result<Option<String>, Problem> {
        let length = files::length(file)?;
        if length != bytes {
            return Ok(Some(format!("has {length} bytes instead of {bytes}")));
        }
        let (Some(sha256), false) = (sha256.filter(|sha256| !sha256.is_empty()), self.manner.fast) else { return Ok(None) };
        (self.reading)(file);
        let same = files::sha256_file(file, |_| {})?.eq_ignore_ascii_case(sha256);
        Ok((!same).then(|| "is no longer what it was: its SHA-256 differs".to_owned()))
    }
}

/// What crashes left. It goes by itself at a studio's next start; a repair does it now.
fn leftovers(look: &mut Look<'_>) -> Result<(), Problem> {
    let now = clock::wall();
    match look.house.folder.leftovers(&now)? {
        0 => {}
        left => {
            let what = format!("{left} unfinished files or folders of a crash lie in the data folder.");
            look.mend(Finding::repairable(About::Leftover, what), |house| house.sweep_now());
        }
    }
    Ok(())
}
