//! `project.json` and a project's row, kept saying the same: the row is what is worked with, the file what outlives it.

use std::path::Path;

use crate::blobs::projects;
use crate::core::problem::Problem;
use crate::core::project::{Details, Project};
use crate::core::project_file::{PROJECT_FILE, ProjectFile};

use super::house::House;

/// Writes the file after something of the row has changed. A folder that is gone is left alone.
pub fn keep(house: &House, project: &Project) -> Result<(), Problem> {
    let folder = Path::new(&project.folder);
    if !folder.is_dir() {
        return Ok(());
    }
    let Some(details) = house.db.project_details(&project.id)? else { return Ok(()) };
    let details = serde_json::to_value(details)
        .map_err(|error| Problem::failed(format!("What is known of “{}” can't be written ({error}).", project.title), ""))?;
    Ok(projects::write_file(folder, &ProjectFile::of(&project.title, details))?)
}

/// Takes the file over into the row; false when there is none. What it refers to and is not in this library is left out.
pub fn learn(house: &House, project: &Project) -> Result<bool, Problem> {
    let folder = Path::new(&project.folder);
    if !folder.join(PROJECT_FILE).is_file() {
        return Ok(false);
    }
    let file = projects::read_file(folder)?;
    let mut details: Details = serde_json::from_value(file.details).map_err(|error| {
        let what = format!("{} says nothing: {error}.", folder.join(PROJECT_FILE).display());
        Problem::failed(what, "Run “onetake library check”, which tells what can be put right.")
    })?;
    let known = house.db.projects()?;
    details.parent = details.parent.filter(|parent| *parent != project.id && known.iter().any(|other| other.id == *parent));
    house.db.save_project_details(&project.id, &details)?;
    Ok(true)
}
