//! `project.json` and a project's row, kept saying the same: the row is what is worked with, the file what outlives it.

use std::path::Path;

use crate::blobs::projects;
use crate::core::problem::Problem;
use crate::core::project::{Project, details};

use super::house::House;

/// Writes the file after something of the row has changed. A folder that is gone, or is not the library's own, is left alone.
pub fn keep(house: &House, project: &Project) -> Result<(), Problem> {
    let folder = Path::new(&project.folder);
    match house.db.details(&project.id)? {
        Some(known) if folder.is_dir() && folder.starts_with(house.folder.projects()) => {
            Ok(projects::write_details(folder, &details::write(project, &known))?)
        }
        _ => Ok(()),
    }
}

/// Takes the file over into the row; false when there is none. What it refers to and is not in this library is left out.
pub fn learn(house: &House, project: &Project) -> Result<bool, Problem> {
    let Some(text) = projects::read_details(Path::new(&project.folder))? else { return Ok(false) };
    house.db.save_details(&project.id, &details::read(&text)?.details)?;
    Ok(true)
}
