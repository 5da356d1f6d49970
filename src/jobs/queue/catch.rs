//! What an engine made, brought into the library: told by its content, hashed, given a second name among the media, listed. Done twice
//! it is the same asset, so that a crash between two steps costs nothing.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::blobs::media::group::{self, Arrival};
use crate::blobs::media::{self, Stop};
use crate::blobs::source::Source;
use crate::clock;
use crate::core::asset::{Asset, AssetId, Source as Origin, Status};
use crate::core::engine::Form;
use crate::core::generate::{Place, Role, Wish};
use crate::core::job::{Kind, State};
use crate::core::problem::Problem;
use crate::core::queue::Row;
use crate::db::LandedFile;

use super::super::gate::Gate;
use super::super::house::House;
use super::super::import::told::told;
use super::super::offline::painting;

/// Characters of a prompt that a name has.
const NAME_CHARS: usize = 60;

/// What the library says of a file that comes in.
pub(super) struct About {
    pub project: Option<String>,
    pub name: String,
    pub description: String,
    pub source: Origin,
    pub metadata: Value,
}

/// Brings in all that lies in a job's landing folder.
pub(super) fn catch(
    house: &House,
    gate: &Gate,
    row: &Row,
    form: Option<Form>,
    folder: &Path,
    files: &[LandedFile],
) -> Result<Vec<AssetId>, Problem> {
    let never = AtomicBool::new(false);
    let mut assets = Vec::new();
    for (number, file) in (1..).zip(files) {
        if file.name.contains(['/', '\\']) || file.name.starts_with('.') {
            return Err(Problem::failed("What came has a name that is none.", "Make it again."));
        }
        let about = about(row, form, number, files.len());
        assets.push(bring_in(house, gate, &never, &folder.join(&file.name), &about)?);
    }
    Ok(assets)
}

/// Brings in one file, or finds the asset that has the same bytes.
pub(super) fn bring_in(
    house: &House,
    gate: &Gate,
    cancel: &AtomicBool,
    path: &Path,
    about: &About,
) -> Result<AssetId, Problem> {
    let mut source = Source::open(path)?;
    let told = told(&mut source, cancel)??;
    let mut go_on = |_| gate.pass(cancel) && !cancel.load(Ordering::Relaxed);
    let own = path.starts_with(house.folder.cache());
    let drafted = if own {
        media::take_in(&house.folder, &mut source, &mut go_on)
    } else {
        media::copy_in(&house.folder, &mut source, &mut go_on)
    };
    let draft = drafted.map_err(|stop| match stop {
        Stop::Source(refusal) => refusal.into(),
        Stop::Disk(error) => error.into(),
        Stop::Cancelled => Problem::cancelled(),
    })?;
    if let Some(known) = house.db.asset_by_sha256(&draft.sha256)?
        && known.file(house.folder.root()).is_file()
    {
        return Ok(known.id);
    }
    let (id, now) = (media::new_id(), clock::wall());
    let asset = Asset {
        path: media::path_of(&id, told.ending),
        id,
        project: about.project.clone().filter(|project| matches!(house.db.project(project), Ok(Some(_)))),
        owner: None,
        team: None,
        take: None,
        name: about.name.clone(),
        description: about.description.clone(),
        category: String::new(),
        kind: told.kind,
        source: about.source,
        status: Status::Ready,
        problem: None,
        linked: false,
        bytes: draft.bytes,
        sha256: Some(draft.sha256.clone()),
        facts: told.facts,
        metadata: about.metadata.clone(),
        created_at: now.clone(),
        updated_at: now,
        binned_at: None,
        tags: Vec::new(),
    };
    let mut arrivals = [Arrival { asset, draft: Some(draft) }];
    group::publish(&house.folder, &mut arrivals)?;
    let [Arrival { asset, .. }] = arrivals;
    if let Err(error) = house.db.save_asset(&asset) {
        media::withdraw(&house.folder, &asset);
        return Err(error.into());
    }
    Ok(asset.id)
}

/// Clears away what lies in landing folders that nobody comes back to: those of jobs that are done, cancelled or unknown. What a failed
/// job left was paid for and stays.
pub(super) fn sweep(house: &House) {
    let Ok(folders) = std::fs::read_dir(house.folder.cache().join("landing")) else { return };
    for folder in folders.flatten() {
        let job = folder.file_name().to_string_lossy().into_owned();
        let wanted = match house.db.job(&job) {
            Ok(Some(job)) => !matches!(job.state, State::Done | State::Cancelled),
            Ok(None) => false,
            Err(_) => true,
        };
        if !wanted && let Err(error) = std::fs::remove_dir_all(folder.path()) {
            tracing::debug!(%error, job, "a landing folder stays");
        }
    }
}

/// What is said of a file that a job made. The sidecar has it too, so that it outlives the database.
fn about(row: &Row, form: Option<Form>, number: usize, of: usize) -> About {
    let wish: Wish = serde_json::from_value(row.job.params.clone()).unwrap_or_default();
    let name = wish.scene.as_ref().map_or_else(|| line(&row.prompt, "Untitled"), titled);
    let ours = form == Some(Form::Offline);
    // Our painter says what of the words it could draw.
    let drawn = (ours && row.job.kind == Kind::Image).then(|| painting::account(&row.job.id, &row.prompt, row.job.seed, &wish));
    let mut about = About {
        project: row.job.project.clone(),
        name: if of > 1 { format!("{name} ({number})") } else { name },
        description: row.prompt.clone(),
        source: Origin::Generated,
        metadata: json!({
            "generated": {
                "job": row.job.id,
                "engine": row.job.engine,
                "model": row.job.model,
                "seed": row.job.seed,
                "ai": !ours,
            },
        }),
    };
    if let Some(drawn) = drawn {
        about.metadata["generated"]["drawn"] = drawn.into();
    }
    about
}

fn titled(place: &Place) -> String {
    let role = match place.role {
        Role::Picture => "picture",
        Role::End => "end picture",
        Role::Clip => "clip",
        Role::Voice => "voice",
        Role::Music => "music",
    };
    match place.heading.trim() {
        "" => format!("Scene {}, {role}", place.scene + 1),
        heading => format!("{}, {role}", line(heading, "Scene")),
    }
}

/// The beginning of a text, on one line.
pub(super) fn line(text: &str, else_: &str) -> String {
    let words: Vec<&str> = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect();
    let line = words.join(" ");
    match line.chars().count() {
        0 => else_.to_owned(),
        count if count <= NAME_CHARS => line,
        _ => line.chars().take(NAME_CHARS - 1).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_short_line_and_never_empty() {
        assert_eq!(line(" a\n lamp ", "x"), "a lamp");
        assert_eq!(line("\n", "x"), "x");
        assert_eq!(line(&"ű ".repeat(200), "x").chars().count(), NAME_CHARS);
        let place = |heading: &str| titled(&Place { scene: 2, heading: heading.into(), role: Role::End });
        assert_eq!(place("Dawn"), "Dawn, end picture");
        assert_eq!(place(" "), "Scene 3, end picture");
    }
}
