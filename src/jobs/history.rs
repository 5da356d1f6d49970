//! A project's versions in the library: kept, thinned, told, compared, made into projects of their own. Also what commands ask
//! of them.

use std::path::Path;
use std::sync::Arc;

use crate::blobs;
use crate::clock;
use crate::core::history::compare::compare;
use crate::core::history::{Kind, Outline, Version};
use crate::core::problem::Problem;
use crate::core::project::Project;
use crate::core::script::Script;
use crate::core::undo::Steps;
use crate::db::{KeptVersion, NewVersion};
use crate::studio::Message;
use crate::studio::history::{Effect, Message as History};

use super::house::{House, Ways};
use super::projects;

/// What in it changes with each saving and publishing, and so is none of a version's.
const NOT_OF_A_VERSION: [&str; 2] = ["status", "updated_at"];
/// The largest that is kept with a version.
const MAX_DETAILS_BYTES: usize = 4 << 20;

pub fn run(house: &House, ways: &Ways, effect: Effect) {
    let tell = |message: History| ways.outbox.send(Message::History(message));
    match effect {
        Effect::Recall { project, text, opening } => recall(house, ways, &project, text, opening),
        Effect::Keep { project, text, kind, name, steps, opening, revision } => {
            let result = keep(house, &project, kind, name.as_deref(), &text, Some(&steps));
            let kept = result.is_ok();
            tell(History::Kept { opening, revision, result: result.map(|kept| kept.sha256) });
            if kept && kind == Kind::Published {
                stands(house, ways, &project, opening);
            }
        }
        Effect::List { project, opening } => list(house, ways, &project, opening),
        Effect::Compare { project, seq, text, revision } => {
            let result = house.db.version_text(&project.id, seq).map_err(Problem::from).map(|old| {
                let comparison = compare(&Script::markdown(old.as_str()), &Script::markdown(text));
                (old.into(), Arc::new(comparison))
            });
            tell(History::Compared { seq, revision, result });
        }
        Effect::Fork { project, seq, opening } => match fork(house, &project, seq) {
            Ok(opened) => super::open(ways, Ok(opened)),
            Err(problem) => tell(History::Failed { opening, problem }),
        },
        Effect::Name { project, seq, name, opening } => match house.db.name_version(&project.id, seq, name.as_deref()) {
            Ok(()) => list(house, ways, &project, opening),
            Err(error) => tell(History::Failed { opening, problem: error.into() }),
        },
        Effect::Withdraw { project, opening } => match withdraw(house, &project) {
            Ok(()) => stands(house, ways, &project, opening),
            Err(problem) => tell(History::Failed { opening, problem }),
        },
    }
}

/// The answer to an effect that can't be run now.
pub fn refused(effect: &Effect, problem: Problem) -> Option<Message> {
    let message = match effect {
        Effect::Keep { opening, revision, .. } => {
            History::Kept { opening: *opening, revision: *revision, result: Err(problem) }
        }
        Effect::Compare { seq, revision, .. } => History::Compared { seq: *seq, revision: *revision, result: Err(problem) },
        Effect::Fork { opening, .. } | Effect::Name { opening, .. } | Effect::Withdraw { opening, .. } => {
            History::Failed { opening: *opening, problem }
        }
        // Nobody waits for these.
        Effect::Recall { .. } | Effect::List { .. } => return None,
    };
    Some(Message::History(message))
}

/// Keeps a state of a project's script, and lets those go that have outlived their time.
pub fn keep(
    house: &House,
    project: &Project,
    kind: Kind,
    name: Option<&str>,
    text: &str,
    steps: Option<&Steps>,
) -> Result<KeptVersion, Problem> {
    let made_at = clock::wall();
    let outline = Outline::of(&Script::markdown(text));
    let details = details(project);
    let kept = house.db.keep_version(&NewVersion {
        project: &project.id,
        kind,
        name,
        made_at: &made_at,
        outline: &outline,
        text,
        details: details.as_deref(),
        steps,
    })?;
    if kind == Kind::Published {
        super::details::keep(house, project)?;
    }
    if kept.fresh
        && let Err(error) = house.db.thin_versions(&project.id, &made_at)
    {
        tracing::warn!(%error, project = project.id, "old versions were not thinned");
    }
    Ok(kept)
}

/// A project's versions, the newest first.
pub fn versions(house: &House, project: &Project) -> Result<Vec<Version>, Problem> {
    Ok(house.db.versions(&project.id)?)
}

/// Puts a version in the place of the script's text, which is kept before. For a project that no window has open.
pub fn restore(house: &House, project: &Project, seq: i64) -> Result<(), Problem> {
    let text = house.db.version_text(&project.id, seq)?;
    let present = blobs::projects::read_script(Path::new(&project.folder))?;
    if text == present {
        return Ok(());
    }
    keep(house, project, Kind::BeforeRestore, None, &present, None)?;
    projects::save(house, project, &text)?;
    // The step back to what was there is the window's to take.
    let (steps, of) = house.db.steps(&project.id)?.unwrap_or_default();
    let mut steps = if of == present { steps } else { Steps::default() };
    steps.record(&present, &text, false);
    keep(house, project, Kind::Draft, None, &text, Some(&steps))?;
    Ok(())
}

/// Publishes the script as it is on the disk.
pub fn publish(house: &House, project: &Project, name: Option<&str>) -> Result<Version, Problem> {
    let text = blobs::projects::read_script(Path::new(&project.folder))?;
    if Script::markdown(text.as_str()).words() == 0 {
        return Err(Problem::usage("A script without a word can't be published.", "Write something first."));
    }
    let kept = keep(house, project, Kind::Published, name, &text, None)?;
    let found = versions(house, project)?.into_iter().find(|version| version.seq == kept.seq);
    found.ok_or_else(|| Problem::failed("The published version is not in the list.", "Publish it again."))
}

/// A version as a project of its own, with its pictures; the project it came from is its parent.
pub fn fork(house: &House, project: &Project, seq: i64) -> Result<(Project, String), Problem> {
    let script = Script::markdown(house.db.version_text(&project.id, seq)?);
    let title = format!("{} (copy)", script.title());
    let made = projects::create(house, script.with_title(&title), Path::new(&project.folder), |problem| {
        tracing::warn!(%problem, "a picture was not copied");
    })?;
    house.db.descend(&made.0.id, &project.id)?;
    super::details::keep(house, &made.0)?;
    Ok(made)
}

/// A published project is a draft again.
pub fn withdraw(house: &House, project: &Project) -> Result<(), Problem> {
    house.db.withdraw(&project.id, &clock::wall())?;
    super::details::keep(house, project)
}

fn recall(house: &House, ways: &Ways, project: &Project, text: String, opening: u64) {
    let first = house.db.versions(&project.id).is_ok_and(|versions| versions.is_empty());
    let kind = if first { Kind::Imported } else { Kind::Draft };
    match keep(house, project, kind, None, &text, None) {
        Ok(kept) => {
            let steps = steps(house, project, &text);
            let standing = house.db.standing(&project.id).unwrap_or_default();
            let message = History::Recalled { opening, steps, standing, sha256: kept.sha256 };
            ways.outbox.send(Message::History(message));
        }
        // The script can be written all the same; the next text is tried again.
        Err(problem) => ways.outbox.send(Message::History(History::Failed { opening, problem })),
    }
}

/// What could be undone when the project was left. When its file was changed since, by another program or by the last seconds
/// before a power cut, that is one more step.
fn steps(house: &House, project: &Project, text: &str) -> Steps {
    let known = house.db.steps(&project.id).unwrap_or_else(|error| {
        tracing::warn!(%error, project = project.id, "what could be undone is not known");
        None
    });
    let Some((mut steps, of)) = known else { return Steps::default() };
    if of != text {
        steps.record(&of, text, false);
    }
    steps
}

fn list(house: &House, ways: &Ways, project: &Project, opening: u64) {
    let message = match house.db.versions(&project.id) {
        Ok(versions) => History::Listed { opening, versions },
        Err(error) => History::Failed { opening, problem: error.into() },
    };
    ways.outbox.send(Message::History(message));
}

fn stands(house: &House, ways: &Ways, project: &Project, opening: u64) {
    match house.db.standing(&project.id) {
        Ok(standing) => {
            ways.outbox.send(Message::History(History::Stands { opening, standing }));
            list(house, ways, project, opening);
        }
        Err(error) => ways.outbox.send(Message::History(History::Failed { opening, problem: error.into() })),
    }
}

/// What stands in the project's folder beside its script; nothing where that is no JSON object of a sensible size.
fn details(project: &Project) -> Option<String> {
    let text = blobs::projects::read_details(Path::new(&project.folder)).ok()??;
    if text.len() > MAX_DETAILS_BYTES {
        return None;
    }
    let mut details: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&text).ok()?;
    NOT_OF_A_VERSION.iter().for_each(|key| _ = details.remove(*key));
    serde_json::to_string(&details).ok()
}

#[cfg(test)]
mod tests;
