//! The demo project, carried inside the program so that the first start needs nothing.

use crate::blobs::projects;
use crate::core::problem::Problem;
use crate::core::project::Project;

use super::house::House;

const TITLE: &str = "Why we write";

/// The demo script's text.
pub const SCRIPT: &str = include_str!("../../assets/demo/script.md");

const PICTURES: [(&str, &[u8]); 5] = [
    ("01-opening.jpg", include_bytes!("../../assets/demo/pictures/01-opening.jpg")),
    ("02-the-habit.jpg", include_bytes!("../../assets/demo/pictures/02-the-habit.jpg")),
    ("03-eight-minutes.jpg", include_bytes!("../../assets/demo/pictures/03-eight-minutes.jpg")),
    ("04-what-stays.jpg", include_bytes!("../../assets/demo/pictures/04-what-stays.jpg")),
    ("05-your-turn.jpg", include_bytes!("../../assets/demo/pictures/05-your-turn.jpg")),
];

/// Makes the demo project, or finds the one there is: it may have been edited.
pub fn project(house: &House) -> Result<Project, Problem> {
    let project = projects::demo(&house.folder, TITLE, SCRIPT.as_bytes(), &PICTURES)?;
    house.db.save_project(&project)?;
    Ok(project)
}
