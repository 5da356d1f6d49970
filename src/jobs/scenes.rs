//! What the scenes of a project want done: what was made for them is looked up, a chosen file is copied into the project, the last
//! picture of a clip becomes a file, clips are compared where they meet.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use crate::blobs::{self, parts};
use crate::core::asset::{Asset, AssetId};
use crate::core::captions::Form;
use crate::core::engine::Money;
use crate::core::generate::{InputRole, Place};
use crate::core::problem::Problem;
use crate::core::scene_parts;
use crate::core::script::Script;
use crate::core::seam::{Print, Seam};
use crate::db;
use crate::media::ends;
use crate::studio::scenes::board::place_of;
use crate::studio::scenes::{Effect, Found, Message as Told, Version, film};
use crate::studio::{Message, library, notice};

use super::house::{House, Ways};
use super::{assets, film as joining, projects};

/// A clip's last picture, where the next clip begins with it.
const KEPT: (u32, u32) = (3840, 3840);
/// A film's progress is told in steps of a hundredth.
const TOLD: f32 = 0.01;
/// Where the last pictures of clips lie in the cache.
const FRAMES: &str = "frames";

/// Runs one effect and tells what came of it. Dialogs are `save`'s, films `film`'s.
pub fn run(house: &House, ways: &Ways, effect: Effect) {
    match effect {
        Effect::Look { project } => {
            let result = look(house, &project).map(Box::new);
            tell(ways, Told::Looked { project, result });
        }
        Effect::Keep { project, folder, place, asset } => {
            let result = keep(house, Path::new(&folder), &place, &asset);
            tell(ways, Told::Kept { project, place, asset, result });
        }
        Effect::Put { project, place, asset } => {
            if let Err(problem) = put(house, &project, &place, &asset) {
                ways.outbox.problem(problem);
            }
        }
        Effect::End { project, folder, film } => {
            let result = end(house, &project, &Path::new(&folder).join(&film)).map(|path| path.to_string_lossy().into_owned());
            tell(ways, Told::Ended { project, film, result });
        }
        Effect::Bin(asset) => {
            if let Err(problem) = assets::bin(house, &asset) {
                ways.outbox.problem(problem);
            }
            tell(ways, Told::Look);
            ways.outbox.send(Message::Library(library::Message::Changed));
        }
        Effect::Film(film::Effect::Seams { project, folder, pairs }) => {
            let seam =
                |(first, second): &(String, String)| seam(&Path::new(&folder).join(first), &Path::new(&folder).join(second));
            let seams = pairs.into_iter().map(|pair| (pair.clone(), seam(&pair))).collect();
            tell(ways, Told::Film(film::Message::Seams { project, seams }));
        }
        // Dialogs and films have ways of their own.
        Effect::Save(_) | Effect::Film(_) => {}
    }
}

/// All that was made for a project's scenes, and how its jobs stand.
pub fn look(house: &House, project: &str) -> Result<Found, Problem> {
    let made = house.db.made_for(project)?.into_iter().filter_map(version).collect();
    let film = house.db.newest_film(project)?.map(Arc::new);
    Ok(Found { made, rows: house.db.newest_jobs(project)?, film })
}

fn version(made: db::Made) -> Option<Version> {
    let job = made.job;
    let cost = job.cost_micros.map(|micros| Money { micros, currency: job.currency.clone() });
    let inputs = job.inputs.iter().filter_map(|(role, asset)| Some((InputRole::named(role)?, asset.clone())));
    Some(Version {
        inputs: inputs.collect(),
        place: place_of(&job)?,
        asset: Arc::new(made.asset),
        prompt: made.prompt,
        prompt_version: job.prompt_version,
        seed: job.seed,
        engine: job.engine,
        model: job.model,
        job: job.id,
        cost,
    })
}

/// Copies an asset's file into a project's folder and gives its path there.
pub fn keep(house: &House, folder: &Path, place: &Place, asset: &AssetId) -> Result<String, Problem> {
    let known = house.db.asset(asset)?.ok_or_else(|| {
        Problem::usage("What was made is not in the library any more.", "Make it again, or put it back from the bin.")
    })?;
    let (title, tag) = (&place.heading, scene_parts::tag(asset));
    Ok(parts::keep(folder, place.role.folder(), title, tag, &known.file(house.folder.root()))?)
}

/// Puts an asset into a project that no window has open, where its scene lacks it. Answers whether it did.
pub fn put(house: &House, project: &str, place: &Place, asset: &AssetId) -> Result<bool, Problem> {
    let Some(project) = house.db.project(project)? else { return Ok(false) };
    let folder = Path::new(&project.folder);
    let script = Script::markdown(blobs::projects::read_script(folder)?);
    let lacks = |scene: &usize| script.scenes[*scene].part(place.role).is_none();
    let Some(scene) = scene_parts::find(&script, place).filter(lacks) else { return Ok(false) };
    let path = keep(house, folder, place, asset)?;
    let text = script.with_directive(scene, place.role.directive(), Some(&path));
    projects::save(house, &project, text.source())?;
    Ok(true)
}

/// The last picture of a clip, as a file in the cache.
fn end(house: &House, project: &str, film: &Path) -> Result<PathBuf, Problem> {
    let last = ends::last(film, KEPT, &AtomicBool::new(false))?;
    let stem = film.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let target = house.folder.cache().join(FRAMES).join(format!("{project}-{stem}.png"));
    parts::write_png(&last, &target)?;
    Ok(target)
}

/// How one clip goes over into the next; `None` when one of them can't be looked at.
fn seam(first: &Path, second: &Path) -> Option<Seam> {
    let ends = |path: &Path| match ends::ends(path, &AtomicBool::new(false)) {
        Ok(ends) => Some(ends),
        Err(error) => {
            tracing::debug!(%error, "a clip's seam is not compared");
            None
        }
    };
    let ((_, last), (first, _)) = (ends(first)?, ends(second)?);
    Some(Seam::between(&Print::of(&last)?, &Print::of(&first)?))
}

/// Joins a project's scenes into a film of its title among the exports, and tells how far it is. Setting `cancel` leaves nothing.
pub fn join(house: &House, ways: &Ways, order: film::Effect, cancel: &AtomicBool) {
    let film::Effect::Join { project, title, choice, aspect, resolution, secs } = order else { return };
    let mut told = 0.0;
    let progress = |part: f32| {
        if part - told >= TOLD {
            told = part;
            ways.outbox.try_send(Message::Scenes(Told::Film(film::Message::Progress(part))));
        }
    };
    let some = |text: String| (!text.is_empty()).then_some(text);
    let made = target(house, &title).and_then(|to| {
        let wanted = joining::Wanted {
            to,
            transition: film::transition(choice),
            aspect: some(aspect),
            resolution: some(resolution),
            paint: false,
            seconds: secs,
            fit_words: choice.fit_words,
            captions: choice.captions.then_some(Form::Srt),
        };
        joining::film(house, &project, &wanted, progress, cancel)
    });
    let result = match made {
        Ok(made) => listed(house, &made).map(Some),
        Err(_) if cancel.load(Ordering::Relaxed) => Ok(None),
        Err(problem) => Err(problem),
    };
    tell(ways, Told::Film(film::Message::Joined(result)));
    ways.outbox.send(Message::Library(library::Message::Changed));
}

/// The film as the library lists it.
fn listed(house: &House, made: &joining::Made) -> Result<Arc<Asset>, Problem> {
    let asset = made.asset.as_ref().and_then(|asset| house.db.asset(asset).ok().flatten());
    asset.map(Arc::new).ok_or_else(|| {
        let what = format!("The film is in {}, but the library does not list it.", made.file.display());
        Problem::failed(what, "Import it from there.")
    })
}

/// Where the next film of this title goes: with a number when there is one. No caption file of another film is in its way.
fn target(house: &House, title: &str) -> Result<PathBuf, Problem> {
    let name = blobs::names::safe_name(title, "film");
    let named = |number: u32| match number {
        1 => format!("{name}.mp4"),
        number => format!("{name} {number}.mp4"),
    };
    let is_free = |film: &PathBuf| !film.exists() && !joining::words::beside(film, Form::Srt).exists();
    let free = (1..10_000).map(|number| house.folder.exports().join(named(number))).find(is_free);
    free.ok_or_else(|| Problem::disk("There are ten thousand films of this project.", "Delete some of them."))
}

/// Asks where to, and copies an asset's file there.
pub fn save(house: &Arc<House>, ways: &Ways, asset: &Asset) {
    let from = asset.file(house.folder.root());
    let ending = from.extension().map(|ending| ending.to_string_lossy().into_owned()).unwrap_or_default();
    let named = asset.name.strip_suffix(&format!(".{ending}")).unwrap_or(&asset.name);
    let name = format!("{}.{ending}", blobs::names::safe_name(named, "onetake"));
    let dialog = rfd::AsyncFileDialog::new().set_title("Save a copy").set_file_name(name);
    let ways = ways.clone();
    let shown = Instant::now();
    house.runtime.spawn(async move {
        match dialog.save_file().await {
            Some(to) => {
                let path = to.path().to_owned();
                let target = path.clone();
                let copied = tokio::task::spawn_blocking(move || parts::copy(&from, &target)).await;
                match copied {
                    Ok(Ok(())) => {
                        ways.outbox.send(Message::Notice(notice::Message::Say(format!("Saved as {}.", path.display()))))
                    }
                    Ok(Err(error)) => ways.outbox.problem(error),
                    Err(error) => tracing::error!(%error, "saving a copy ended early"),
                }
            }
            None if shown.elapsed() < projects::NO_DIALOG => {
                ways.outbox.problem(projects::no_dialog("Take it from the data folder’s media folder instead"));
            }
            None => {}
        }
    });
}

fn tell(ways: &Ways, message: Told) {
    ways.outbox.send(Message::Scenes(message));
}

/// An answer for an effect that could not be taken on.
pub(super) fn refused(effect: &Effect, problem: Problem) -> Message {
    match effect {
        Effect::Look { project } => Message::Scenes(Told::Looked { project: project.clone(), result: Err(problem) }),
        Effect::Keep { project, place, asset, .. } => {
            let (project, place, asset) = (project.clone(), place.clone(), asset.clone());
            Message::Scenes(Told::Kept { project, place, asset, result: Err(problem) })
        }
        Effect::End { project, film, .. } => {
            Message::Scenes(Told::Ended { project: project.clone(), film: film.clone(), result: Err(problem) })
        }
        _ => Message::Notice(notice::Message::Problem(problem)),
    }
}

/// True for what decodes films, which may take a while.
pub(super) fn slow(effect: &Effect) -> bool {
    matches!(effect, Effect::End { .. } | Effect::Film(_))
}

#[cfg(test)]
mod tests;
