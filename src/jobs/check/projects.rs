//! Projects: each row has its folder, each folder its row, each script its pictures, and `project.json` says what the row says.

use std::path::Path;

use crate::blobs::{self, names};
use crate::core::finding::{About, Finding};
use crate::core::problem::Problem;
use crate::core::project::{DETAILS_FILE, Project, details};
use crate::core::scene_parts::PARTS;
use crate::core::script::Script;
use crate::jobs::{details as kept, projects};

use super::Look;

pub(super) fn look(look: &mut Look<'_>) -> Result<(), Problem> {
    let rows = look.house.db.projects()?;
    for project in &rows {
        let folder = Path::new(&project.folder);
        if !folder.is_dir() {
            let what = format!("The folder of the project “{}” is gone.", project.title);
            look.find(Finding::new(About::Project, what, "Put it back from a copy; until then it is not listed.").at(folder));
            continue;
        }
        script(look, project, folder);
        details_file(look, project, folder)?;
    }
    for folder in blobs::projects::list(&look.house.folder)? {
        if rows.iter().any(|project| Path::new(&project.folder) == folder) {
            continue;
        }
        let what = format!("The project in {} is not in the library.", folder.display());
        let place = folder.clone();
        look.mend(Finding::repairable(About::Project, what).at(&folder), move |house| {
            projects::open(house, &place.to_string_lossy()).map(drop)
        });
    }
    Ok(())
}

fn script(look: &mut Look<'_>, project: &Project, folder: &Path) {
    let text = match blobs::projects::read_script(folder) {
        Ok(text) => text,
        Err(error) => {
            let problem = Problem::from(error);
            return look.find(Finding::new(About::Project, problem.what, problem.fix).at(folder));
        }
    };
    for (scene, content) in Script::markdown(text).scenes.iter().enumerate() {
        for (role, file) in PARTS.into_iter().filter_map(|role| Some((role, content.part(role)?))) {
            let inside = file.split('/').all(|name| names::checked(name).is_ok());
            if !inside || !folder.join(file).is_file() {
                let (number, what) = (scene + 1, role.words());
                let what = format!("Scene {number} of “{}” names the {what} {file}, which is not there.", project.title);
                let fix = format!("Choose a {} for the scene, or put the file back.", role.words());
                look.find(Finding::new(About::Project, what, fix).at(folder));
            }
        }
    }
}

fn details_file(look: &mut Look<'_>, project: &Project, folder: &Path) -> Result<(), Problem> {
    let file = folder.join(DETAILS_FILE);
    let Some(known) = look.house.db.details(&project.id)? else { return Ok(()) };
    let what = match blobs::projects::read_details(folder) {
        // Nothing was ever said of it.
        Ok(None) if known == untouched(&known) => return Ok(()),
        Ok(None) => format!("“{}” has no {DETAILS_FILE}, so a lost library would lose what is known of it.", project.title),
        Ok(Some(text)) => match details::read(&text) {
            Ok(read) if agree(&read.details, &known) => return Ok(()),
            Ok(_) => format!("{} says something else than the library.", file.display()),
            Err(details::Unreadable::Newer(_)) => {
                let problem = Problem::from(details::Unreadable::Newer(0));
                let what = format!("{} was written by a newer Onetake.", file.display());
                look.find(Finding::new(About::Project, what, problem.fix).at(&file));
                return Ok(());
            }
            Err(error) => format!("{} can't be read: {error}.", file.display()),
        },
        Err(error) => Problem::from(error).what,
    };
    let project = project.clone();
    look.mend(Finding::repairable(About::Project, what).at(&file), move |house| kept::keep(house, &project));
    Ok(())
}

/// Details of which nobody has said anything but when they were made.
fn untouched(known: &details::Details) -> details::Details {
    details::Details {
        created_at: known.created_at.clone(),
        updated_at: known.updated_at.clone(),
        ..details::Details::default()
    }
}

/// When they were written down is no difference.
fn agree(file: &details::Details, row: &details::Details) -> bool {
    let timeless = |details: &details::Details| details::Details { updated_at: String::new(), ..details.clone() };
    timeless(file) == timeless(row)
}
