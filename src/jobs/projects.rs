//! Projects on the disk: open, import, save, and the pictures of their scenes.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::blobs::{self, pictures};
use crate::core::problem::Problem;
use crate::core::project::{NEW_SCRIPT, Project};
use crate::core::script::Script;
use crate::studio::{Message, notice, prepare};

use super::house::{House, Ways};
use super::{demo, details};

/// Scene pictures are kept at most this large in memory: full HD, as the program is drawn.
const PICTURE_WIDTH: u32 = 1920;
const PICTURE_HEIGHT: u32 = 1080;

/// The name of a project that has none yet.
const NEW_TITLE: &str = "Untitled";

/// A file dialog that is gone faster than a person can act was never shown.
pub(super) const NO_DIALOG: Duration = Duration::from_millis(400);

/// Opens the demo, making it when it is not there.
pub fn open_demo(house: &House) -> Result<(Project, String), Problem> {
    let project = demo::project(house)?;
    let text = blobs::projects::read_script(Path::new(&project.folder))?;
    Ok((project, text))
}

/// Opens the project in a folder. Its row and its `project.json` say the same from then on: the row's, or, when the library did
/// not know the project, what somebody put there.
pub fn open(house: &House, folder: &str) -> Result<(Project, String), Problem> {
    let id = Path::new(folder).file_name().map(|name| name.to_string_lossy().into_owned());
    let known = id.map(|id| house.db.project(&id)).transpose()?.flatten().is_some();
    let (project, text) = enter(house, folder)?;
    let agreed = if known { details::keep(house, &project) } else { details::learn(house, &project).map(drop) };
    if let Err(problem) = agreed {
        tracing::warn!(%problem, folder, "what is known of a project besides its script was passed over");
    }
    Ok((project, text))
}

/// Makes the row of the project in a folder, from its script alone.
pub(super) fn enter(house: &House, folder: &str) -> Result<(Project, String), Problem> {
    let path = Path::new(folder);
    let text = blobs::projects::read_script(path)?;
    let title = Script::markdown(text.clone()).title().to_owned();
    let id = path.file_name().map_or_else(|| folder.to_owned(), |name| name.to_string_lossy().into_owned());
    let project = Project { id, title, folder: folder.to_owned() };
    house.db.save_project(&project)?;
    Ok((project, text))
}

/// A project with one scene that says what to do with it.
pub fn new(house: &House) -> Result<(Project, String), Problem> {
    let project = blobs::projects::create(&house.folder, NEW_TITLE, NEW_SCRIPT, &[])?;
    house.db.save_project(&project)?;
    details::keep(house, &project)?;
    Ok((project, NEW_SCRIPT.to_owned()))
}

/// Copies a script file, and the pictures it names, into a project of its own. The file is only read.
pub fn import(house: &House, ways: &Ways, path: &str) -> Result<(Project, String), Problem> {
    let file = Path::new(path);
    let text = blobs::projects::read_script_file(file)?;
    let name = file.file_name().map_or_else(|| path.to_owned(), |name| name.to_string_lossy().into_owned());
    let mut script = Script::of_file(&name, &text);
    if script.words() == 0 {
        let what = format!("“{name}” has no spoken words, so there is nothing to record.");
        return Err(Problem::usage(what, "Write some text under a “## Heading” and open it again."));
    }
    if script.front.title.is_none() {
        script = script.with_title(name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem));
    }
    if let Some(known) = same_text(house, script.source()) {
        return Ok((known, script.source().to_owned()));
    }
    create(house, script, file.parent().unwrap_or(Path::new(".")), |problem| {
        ways.outbox.send(Message::Notice(notice::Message::Say(problem.to_string())));
    })
}

/// A project of a script and copies of the pictures it names, which lie in `beside`. A picture that can't be taken over stays named
/// in the script, since a take can be made without it; `complain` hears why.
pub fn create(
    house: &House,
    mut script: Script,
    beside: &Path,
    complain: impl Fn(Problem),
) -> Result<(Project, String), Problem> {
    let found: Vec<(usize, std::path::PathBuf)> = (script.scenes.iter().enumerate())
        .filter_map(|(scene, content)| Some((scene, beside.join(content.picture()?))))
        .filter(|(_, picture)| picture.is_file())
        .collect();
    let project = blobs::projects::create(&house.folder, script.title(), script.source(), &[])?;
    for (scene, picture) in found {
        match pictures::import(Path::new(&project.folder), &picture) {
            Ok(copied) => script = script.with_directive(scene, "picture", Some(&copied)),
            Err(error) => complain(error.into()),
        }
    }
    blobs::projects::save_script(Path::new(&project.folder), script.source())?;
    house.db.save_project(&project)?;
    details::keep(house, &project)?;
    Ok((project, script.source().to_owned()))
}

/// The project that holds exactly this text: a file that is opened again leads to the takes it already has.
fn same_text(house: &House, text: &str) -> Option<Project> {
    let known = house.db.projects().ok()?;
    known.into_iter().find(|p| blobs::projects::read_script(Path::new(&p.folder)).is_ok_and(|script| script == text))
}

pub fn save(house: &House, project: &Project, text: &str) -> Result<(), Problem> {
    blobs::projects::save_script(Path::new(&project.folder), text)?;
    let title = Script::markdown(text).title().to_owned();
    let project = Project { title, ..project.clone() };
    house.db.save_project(&project)?;
    // The script is safe either way.
    if let Err(problem) = details::keep(house, &project) {
        tracing::warn!(%problem, project = project.id, "project.json was not written");
    }
    Ok(())
}

/// A project by what a person calls it: its id, title or folder, or the beginning of one that no other shares.
pub fn find(house: &House, wanted: &str) -> Result<Project, Problem> {
    let known = house.db.projects()?;
    let folder = std::fs::canonicalize(wanted).ok();
    let is = |project: &&Project| {
        project.id == wanted || project.title == wanted || folder.as_deref().is_some_and(|f| f == Path::new(&project.folder))
    };
    if let Some(found) = known.iter().find(is) {
        return Ok(found.clone());
    }
    let begun = |name: &str| name.to_lowercase().starts_with(&wanted.to_lowercase());
    let begins: Vec<&Project> = known.iter().filter(|project| begun(&project.id) || begun(&project.title)).collect();
    match begins.as_slice() {
        [one] if !wanted.is_empty() => Ok((*one).clone()),
        [] | [_] => {
            let titles: Vec<&str> = known.iter().take(5).map(|project| project.id.as_str()).collect();
            let fix = format!("There are {}.", if titles.is_empty() { "none yet".to_owned() } else { titles.join(", ") });
            Err(Problem::usage(format!("There is no project “{wanted}” in the library."), fix))
        }
        several => {
            let ids: Vec<&str> = several.iter().take(5).map(|project| project.id.as_str()).collect();
            Err(Problem::usage(format!("Several projects begin with “{wanted}”."), format!("Say which: {}.", ids.join(", "))))
        }
    }
}

/// Tells the projects whose folders are there.
pub fn list(house: &House, ways: &Ways) {
    match house.db.projects() {
        Ok(projects) => {
            let there = projects.into_iter().filter(|project| Path::new(&project.folder).is_dir()).collect();
            ways.outbox.send(Message::Prepare(prepare::Message::Projects(there)));
        }
        Err(error) => ways.outbox.problem(error),
    }
}

/// Copies a picture into the project for a scene.
pub fn give_picture(ways: &Ways, project: &Project, scene: usize, path: &str) {
    let result = pictures::import(Path::new(&project.folder), Path::new(path)).map_err(Problem::from);
    ways.outbox.send(Message::Prepare(prepare::Message::PictureGiven { scene, result }));
}

/// Decodes a scene's picture onto the shelf.
pub fn load_picture(ways: &Ways, project: &Project, picture: String) {
    let path = Path::new(&project.folder).join(&picture);
    let result = pictures::decode_still(&path, PICTURE_WIDTH, PICTURE_HEIGHT)
        .map(|still| ways.feeds.pictures.put(picture.clone(), still))
        .map_err(Problem::from);
    ways.outbox.send(Message::Prepare(prepare::Message::PictureLoaded { picture, result }));
}

pub fn pick_script(house: &Arc<House>, ways: Ways) {
    let dialog = rfd::AsyncFileDialog::new()
        .set_title("Open a script")
        .add_filter("Scripts", &["md", "markdown", "txt"])
        .add_filter("All files", &["*"]);
    pick(house, ways, dialog, |path| Message::Prepare(prepare::Message::Import(path)));
}

pub fn pick_picture(house: &Arc<House>, ways: Ways, scene: usize) {
    let dialog = rfd::AsyncFileDialog::new()
        .set_title("Choose a picture")
        .add_filter("Pictures", &["png", "jpg", "jpeg", "webp"])
        .add_filter("All files", &["*"]);
    pick(house, ways, dialog, move |path| Message::Prepare(prepare::Message::GivePicture { scene, path }));
}

/// What can be done with a file where there is no dialog.
pub(super) const DROP: &str = "Drop the file onto the window instead";

/// Asks for a folder.
pub(super) fn pick_folder(house: &House, ways: Ways, title: &str, message: impl Fn(String) -> Message + Send + 'static) {
    let dialog = rfd::AsyncFileDialog::new().set_title(title);
    shown(house, ways, async move { dialog.pick_folder().await }, "Use “onetake library” in a terminal instead", message);
}

/// Shows a file dialog; where the desktop has none, says what to do instead.
fn pick(house: &House, ways: Ways, dialog: rfd::AsyncFileDialog, message: impl Fn(String) -> Message + Send + 'static) {
    shown(house, ways, async move { dialog.pick_file().await }, DROP, message);
}

/// Waits for a dialog's answer. `instead` is what a person can do where there is none.
fn shown(
    house: &House,
    ways: Ways,
    answer: impl Future<Output = Option<rfd::FileHandle>> + Send + 'static,
    instead: &'static str,
    message: impl Fn(String) -> Message + Send + 'static,
) {
    house.runtime.spawn(async move {
        let shown = Instant::now();
        match answer.await {
            Some(file) => ways.outbox.send(message(file.path().to_string_lossy().into_owned())),
            None if shown.elapsed() < NO_DIALOG => ways.outbox.problem(no_dialog(instead)),
            None => {}
        }
    });
}

/// `instead` is what a person can do without.
pub(super) fn no_dialog(instead: &str) -> Problem {
    let fix = format!("{instead}, or install xdg-desktop-portal or zenity.");
    Problem::missing("This desktop has no file dialog to show.", fix)
}
