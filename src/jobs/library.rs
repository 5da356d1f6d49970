//! Takes, settings and the bin: the database and the take folders kept in step.

use std::path::Path;

use crate::blobs::hold::{self, Hold};
use crate::blobs::{self, files, takes};
use crate::clock;
use crate::core::problem::Problem;
use crate::core::settings::Settings;
use crate::core::span;
use crate::core::take::{Take, TakeId, TakeState};
use crate::core::upload::{Arrived, Status};
use crate::media::repair;
use crate::studio::{Message, heal, review, upload};

use super::house::{House, Ways};
use super::{assets, proof, rescue, screen};

/// Days a deleted take or asset stays in the bin.
const BIN_DAYS: u32 = 30;

pub fn save_settings(house: &House, ways: &Ways, settings: &Settings) {
    match serde_json::to_string(settings) {
        Ok(json) => {
            if let Err(error) = house.db.save_settings(&json) {
                ways.outbox.problem(error);
            }
        }
        Err(error) => tracing::error!(%error, "settings can't be written as JSON"),
    }
}

/// Tells the takes of a project and where each stands on its way to the server.
pub fn list(house: &House, ways: &Ways, project: &str) {
    rescue::recover(house, ways);
    note_scripts(house, project);
    let takes = house.db.takes(project).map_err(Problem::from);
    let to_storage = super::objects::wanted(&house.settings().0.storage);
    for take in takes.iter().flatten() {
        let damage = super::heal::glance(take);
        ways.outbox.send(Message::Heal(heal::Message::Noticed { take: take.id.clone(), damage }));
        if let Some(phase) = sent(house, &take.id, to_storage) {
            ways.outbox.send(Message::Upload(upload::Message::Known { take: take.id.clone(), phase }));
        }
    }
    ways.outbox.send(Message::Review(review::Message::Listed(takes)));
}

/// Where a take stands on its way to where takes go now: the storage, or servers.
fn sent(house: &House, take: &TakeId, to_storage: bool) -> Option<upload::Phase> {
    if to_storage {
        let receipt = house.db.object_receipts(Some(&take.0)).unwrap_or_default().into_iter().next()?;
        let goal = super::objects::goal(&house.settings().0.storage)?;
        return Some(upload::Phase::Uploaded(Arrived { recording: None, sha256: receipt.sha256, goal }));
    }
    let rows = house.db.uploads_of(take).unwrap_or_default().into_iter();
    let phases = rows.filter_map(|row| match (row.status, row.sha256, row.problem) {
        (Status::Uploaded, Some(sha256), _) => {
            let goal = super::upload::goal_of(house, &row.server);
            Some(upload::Phase::Uploaded(Arrived { recording: row.recording, sha256, goal }))
        }
        (Status::Failed, _, Some(problem)) => {
            Some(upload::Phase::Failed(Problem::refused(problem, "Upload again; what arrived is kept.")))
        }
        _ => None,
    });
    // Somewhere else counts for more than a copy on this computer.
    let is_elsewhere = |phase: &upload::Phase| matches!(phase, upload::Phase::Uploaded(arrived) if !arrived.goal.is_here());
    let phases: Vec<upload::Phase> = phases.collect();
    let elsewhere = phases.iter().rposition(is_elsewhere);
    elsewhere.or(phases.len().checked_sub(1)).and_then(|at| phases.into_iter().nth(at))
}

/// Notes which scripts the project's takes were read from, where that is not known yet: lineage begins there. A take whose journal
/// can't be read is passed over.
pub fn note_scripts(house: &House, project: &str) {
    let noted = house.db.takes_without_script(project).map_err(Problem::from).and_then(|takes| {
        for take in takes {
            match takes::scripts(Path::new(&take.folder)) {
                Ok(scripts) => house.db.note_take_scripts(&take.id, &take.project, &scripts)?,
                Err(error) => tracing::warn!(%error, take = %take.id, "what script this take was read from is not known"),
            }
        }
        Ok(())
    });
    if let Err(problem) = noted {
        tracing::warn!(%problem, "the scripts of takes could not be noted");
    }
}

/// Brings the rows in line with the folders: takes whose process died are measured, mended and closed as interrupted, folders
/// without a row get one. A take that some process still writes is left alone. Gives the interrupted takes that were found now
/// and that the person has not kept yet.
pub fn reconcile(house: &House) -> Result<Vec<Take>, Problem> {
    assets::empty_bin(house, BIN_DAYS)?;
    let mut recovered = Vec::new();
    for folder in takes::list(&house.folder)? {
        let id = TakeId(folder.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned()));
        let known = house.db.take(&id)?;
        if known.as_ref().is_some_and(|take| take.state != TakeState::Recording) {
            continue;
        }
        // One folder that can't be read must not hide the others.
        let hold = match hold::hold(&folder) {
            Ok(Some(hold)) => hold,
            Ok(None) => continue,
            Err(error) => {
                tracing::warn!(%error, folder = %folder.display(), "a take folder was passed over");
                continue;
            }
        };
        match takes::read_take_folder(&folder) {
            Ok(take) if take.state == TakeState::Interrupted => recovered.extend(close_off(house, take, &hold)?),
            Ok(take) => house.db.save_take(&take)?,
            Err(error) => tracing::warn!(%error, folder = %folder.display(), "a take folder was passed over"),
        }
    }
    Ok(recovered)
}

/// Mends a take that broke off, and saves its row. Gives it unless the person has said before that it is kept.
pub(super) fn close_off(house: &House, take: Take, hold: &Hold) -> Result<Option<Take>, Problem> {
    // Before it is mended, which is the last writing to its file.
    let broke_off = blobs::rescue::interruption(&take);
    let take = measured(take, hold);
    let at = match broke_off {
        Ok(broke_off) if broke_off.kept => {
            house.db.save_take(&take)?;
            return Ok(None);
        }
        Ok(broke_off) => broke_off.at,
        Err(error) => {
            tracing::warn!(%error, take = %take.id, "when the take broke off is not known");
            take.started_at.clone()
        }
    };
    // Its state comes last: a crash before that finds it again, and no question is lost.
    house.db.save_take(&Take { state: TakeState::Recording, ..take.clone() })?;
    house.db.ask_about(&take.id, &at)?;
    house.db.save_take(&take)?;
    Ok(Some(take))
}

/// An interrupted take's length and frames come from its file, whose index is written where it is missing: the journal knows
/// only when it last wrote. The hold tells that nobody else writes the take.
pub(super) fn measured(take: Take, hold: &Hold) -> Take {
    let take = screen::measured(take, hold);
    if take.state != TakeState::Interrupted {
        return take;
    }
    let media = Path::new(&take.media);
    let checkpoint = takes::checkpoint(Path::new(&take.folder)).unwrap_or_default();
    match repair::survey(media, checkpoint) {
        Ok(survey) => {
            let (mut nanos, mut frames) = (survey.nanos, survey.frames);
            let bytes = repair::mend(media, &survey).unwrap_or_else(|error| {
                tracing::warn!(%error, take = %take.id, "an interrupted take's index could not be written");
                // Behind damage in its middle there may be more; a player finds it.
                if let Ok(found) = proof::length(media) {
                    (nanos, frames) = (nanos.max(found.0), frames.max(found.1));
                }
                files::length(media).unwrap_or(take.bytes)
            });
            let frames = if take.is_sound() { 0 } else { frames };
            let mut take = Take { nanos, frames, bytes, ..take };
            cut_scenes(&mut take);
            take.spans = span::fitted(&take.spans, take.nanos);
            take
        }
        Err(error) => {
            tracing::warn!(%error, take = %take.id, "an interrupted take has no readable picture");
            take
        }
    }
}

/// The journal may know of more than the file holds: its lines are smaller and reach the disk first.
fn cut_scenes(take: &mut Take) {
    let nanos = take.nanos;
    take.scenes.retain(|mark| mark.start == 0 || mark.start < nanos);
    for mark in &mut take.scenes {
        (mark.start, mark.end) = (mark.start.min(nanos), mark.end.min(nanos));
    }
    if let Some(last) = take.scenes.last_mut() {
        last.end = nanos;
    }
}

/// Keeps or rejects a stretch that was read again: first in the take's folder, then in its row.
pub fn judge(house: &House, ways: &Ways, take: &Take, start: u64, end: u64, kept: bool) {
    let judged = || -> Result<_, Problem> {
        let spans = takes::judge(take, start, end, kept)?;
        house.db.save_take(&Take { spans: spans.clone(), ..take.clone() })?;
        Ok(spans)
    };
    ways.outbox.send(Message::Review(review::Message::Judged { take: take.id.clone(), result: judged() }));
}

pub fn bin(house: &House, ways: &Ways, take: &Take) {
    let result = move_to_bin(house, take);
    ways.outbox.send(Message::Review(review::Message::Deleted { take: take.id.clone(), result }));
}

/// Who wants a take back from the bin keeps it, interrupted or not.
pub fn restore(house: &House, ways: &Ways, take: &TakeId, project: &str) {
    let restored = take_from_bin(house, take).and_then(|take| match take.state {
        TakeState::Interrupted => rescue::keep(house, &take),
        _ => Ok(()),
    });
    match restored {
        Ok(()) => list(house, ways, project),
        Err(problem) => ways.outbox.problem(problem),
    }
}

/// Moves the take's folder, and its row with it.
pub(super) fn move_to_bin(house: &House, take: &Take) -> Result<(), Problem> {
    let at = clock::wall();
    let moved = takes::move_to_bin(&house.folder, take, &at)?;
    house.db.save_take(&moved)?;
    Ok(house.db.bin_take(&take.id, &at)?)
}

pub(super) fn take_from_bin(house: &House, take: &TakeId) -> Result<Take, Problem> {
    let all = house.db.binned_takes()?;
    let Some((row, _)) = all.into_iter().find(|(row, _)| row.id == *take) else {
        return Err(Problem::usage("This take is not in the bin.", "It may have been there for more than 30 days."));
    };
    let moved = takes::restore(&house.folder, &row)?;
    house.db.restore_take(take)?;
    house.db.save_take(&moved)?;
    Ok(moved)
}

/// SHA-256 of a take's file, lower-case hex.
pub fn sha256(take: &Take) -> Result<String, Problem> {
    Ok(files::sha256_file(Path::new(&take.media), |_| {})?)
}

/// SHA-256 of the file that this data folder's server stored for a recording, read again from the disk.
pub fn stored_sha256(house: &House, recording: Option<&str>) -> Result<String, Problem> {
    let row = match recording {
        Some(id) => house.db.recording(id)?,
        None => None,
    };
    let Some(row) = row else { return Err(Problem::failed("The server has no row of the recording.", "")) };
    let file = house.folder.video_file(&row.file_path)?;
    Ok(files::sha256_file(&file, |_| {})?)
}

/// Shows a folder in the system's file manager.
pub fn reveal(ways: &Ways, folder: &str) {
    let opener = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else {
        "xdg-open"
    };
    if std::process::Command::new(opener).arg(folder).spawn().is_err() {
        ways.outbox.problem(Problem::missing(
            format!("No file manager could be opened ({opener} is missing)."),
            format!("The take is in {folder}"),
        ));
    }
}
