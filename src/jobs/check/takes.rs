//! Takes: each row has its folder and its whole file, each folder can be read. Whether a take is byte for byte what was uploaded
//! is `heal`'s to say.

use std::path::Path;

use crate::blobs::{files, hold, takes};
use crate::core::finding::{About, Finding};
use crate::core::problem::Problem;
use crate::core::take::{Take, TakeId, TakeState};

use super::Look;

pub(super) fn look(look: &mut Look<'_>) -> Result<(), Problem> {
    let binned = look.house.db.binned_takes()?.into_iter().map(|(take, _)| take);
    let rows: Vec<Take> = look.house.db.all_takes()?.into_iter().chain(binned).collect();
    for take in &rows {
        row(look, take)?;
    }
    for folder in takes::list(&look.house.folder)? {
        let id = TakeId(folder.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned()));
        // One that is being recorded gets its row from whoever records it.
        if rows.iter().any(|take| take.id == id) || hold::is_held(&folder) {
            continue;
        }
        match takes::read_take_folder(&folder) {
            Ok(_) => {
                let what = format!("The take in {} is not in the library.", folder.display());
                let repair = |house: &super::House| crate::jobs::library::reconcile(house).map(drop);
                look.mend(Finding::repairable(About::Take, what).at(&folder), repair);
            }
            Err(error) => {
                let problem = Problem::from(error);
                look.find(Finding::new(About::Take, problem.what, problem.fix).at(&folder));
            }
        }
    }
    Ok(())
}

fn row(look: &mut Look<'_>, take: &Take) -> Result<(), Problem> {
    let (folder, media) = (Path::new(&take.folder), Path::new(&take.media));
    let name = format!("Take {} of “{}”", take.number, take.title);
    if !folder.is_dir() {
        let fix = "Put it back from a copy; “onetake library rebuild” forgets takes that are gone.";
        look.find(Finding::new(About::Take, format!("The folder of {name} is gone."), fix).at(folder));
        return Ok(());
    }
    if take.state == TakeState::Recording {
        return Ok(());
    }
    let mut of = |file: &Path, bytes: u64, what: &str| -> Result<(), Problem> {
        let fix = "If it was uploaded, “onetake heal” brings it back; else put it back from a copy.";
        if !file.is_file() {
            // A take that broke off before its first picture has no file.
            if bytes > 0 {
                look.find(Finding::new(About::Take, format!("{what} of {name} is gone."), fix).at(file));
            }
            return Ok(());
        }
        let length = files::length(file)?;
        if length != bytes {
            let what = format!("{what} of {name} has {length} bytes instead of {bytes}.");
            look.find(Finding::new(About::Take, what, fix).at(file));
        }
        Ok(())
    };
    of(media, take.bytes, "The file")?;
    match (&take.screen, take.screen_media()) {
        (Some(track), Some(file)) => of(Path::new(&file), track.bytes, "The screen's file"),
        _ => Ok(()),
    }
}
