//! One project, once: look at both sides, judge, and do what one side alone can want. What changes the text here, or needs a
//! person, is handed to the studio.

use std::path::Path;

use super::{Fault, Hand, Server, files, local, pictures};
use crate::clock;
use crate::core::project::Project;
use crate::core::shared::{Document, Offer, Version};
use crate::core::sync::{Arrival, Conflict, Verdict, judge};
use crate::db::ProjectSync;
use crate::remote::projects::{Newest, Put};
use crate::studio::sync::Outcome;

/// Times that others may be faster in one step; then the next one has another try.
const TRIES: u32 = 4;

/// Brings a project in step, as far as nobody has to be asked.
pub(super) async fn step(hand: &Hand, server: &Server, project: &Project) -> Result<Outcome, Fault> {
    let known = hand.house.db.sync(&project.id, &server.url)?;
    let mut tie = known.unwrap_or_else(|| ProjectSync {
        project: project.id.clone(),
        server: server.url.clone(),
        remote: uuid::Uuid::now_v7().to_string(),
        revision: 0,
        base: None,
        sent_sha256: None,
    });
    for _ in 0..TRIES {
        let mine = local::read(&hand.house.db, &hand.hashes, project, tie.base.as_ref())?;
        // One that was never sent is on no server; one that was may be, whatever the answer was.
        if tie.revision == 0 && tie.sent_sha256.is_none() && push(hand, server, project, &mut tie, &mine).await? {
            return Ok(Outcome::Sent);
        }
        match server.projects.newest(&tie.remote, tie.revision, &mine.sha256()).await? {
            Newest::Unchanged if tie.base.as_ref().is_some_and(|base| base.sha256() == mine.sha256()) => {
                return Ok(Outcome::Same);
            }
            Newest::Unchanged => {
                if push(hand, server, project, &mut tie, &mine).await? {
                    return Ok(Outcome::Sent);
                }
            }
            Newest::Changed(version) => {
                if let Some(outcome) = changed(hand, server, project, &mut tie, mine, *version).await? {
                    return Ok(outcome);
                }
            }
            Newest::Gone if tie.revision > 0 => return Ok(Outcome::Gone),
            Newest::Gone => {
                if push(hand, server, project, &mut tie, &mine).await? {
                    return Ok(Outcome::Sent);
                }
            }
        }
    }
    Ok(Outcome::Overtaken)
}

/// The server has another version than both agreed on.
async fn changed(
    hand: &Hand,
    server: &Server,
    project: &Project,
    tie: &mut ProjectSync,
    mine: Document,
    version: Version,
) -> Result<Option<Outcome>, Fault> {
    let Version { facts, document: theirs, contains } = version;
    if tie.sent_sha256.as_ref() == Some(&facts.sha256) {
        // It was sent from here, and the answer got lost: that is what both agree on.
        tie.base = Some(theirs.clone());
    }
    let verdict = if contains { Verdict::Pull } else { judge(tie.base.as_ref(), &mine, &theirs) };
    let wanted = match verdict {
        Verdict::Same => {
            agree(hand, tie, facts.revision, mine)?;
            return Ok(Some(Outcome::Same));
        }
        Verdict::Push => {
            agree(hand, tie, facts.revision, theirs)?;
            return Ok(push(hand, server, project, tie, &mine).await?.then_some(Outcome::Sent));
        }
        Verdict::Conflict => {
            let written_at = written_at(project);
            let (device, facts) = (hand.device.clone(), super::here(facts));
            return Ok(Some(Outcome::Differs(Box::new(Conflict { mine, theirs, facts, written_at, device }))));
        }
        Verdict::Pull => theirs.clone(),
        Verdict::Merge(both) => *both,
    };
    let agreed = tie.base.as_ref().map_or(&[][..], |base| &base.pictures);
    let folder = Path::new(&project.folder);
    pictures::fetch(hand, server, folder, &wanted, agreed).await?;
    files::make_way(&hand.hashes, folder, &wanted, tie.base.as_ref())?;
    Ok(Some(Outcome::Arrived(Box::new(Arrival { theirs, revision: facts.revision, wanted, over: mine.script }))))
}

/// Puts what is here as the version after the one both agreed on. False when somebody was faster.
async fn push(hand: &Hand, server: &Server, project: &Project, tie: &mut ProjectSync, mine: &Document) -> Result<bool, Fault> {
    let folder = Path::new(&project.folder);
    let offer = Offer { device: hand.device.clone(), document: mine.clone() };
    // Before the first byte: after a crash it is known what may have arrived.
    tie.sent_sha256 = Some(mine.sha256());
    hand.house.db.save_sync(tie)?;
    let base = (tie.revision > 0).then_some(tie.revision);
    for _ in 0..2 {
        pictures::give(hand, server, folder, mine).await?;
        match server.projects.put(&tie.remote, base, &offer).await? {
            Put::Kept(facts) => {
                agree(hand, tie, facts.revision, mine.clone())?;
                return Ok(true);
            }
            // The server lost pictures that this run gave, or another token gave them.
            Put::Missing(_) => hand.given().clear(),
            Put::Stale | Put::Gone => return Ok(false),
        }
    }
    Ok(false)
}

/// Both sides have this version.
pub(super) fn agree(hand: &Hand, tie: &mut ProjectSync, revision: u64, document: Document) -> Result<(), Fault> {
    (tie.revision, tie.base, tie.sent_sha256) = (revision, Some(document), None);
    Ok(hand.house.db.save_sync(tie)?)
}

/// When the script was last written here, by the clock of this place.
fn written_at(project: &Project) -> String {
    let file = Path::new(&project.folder).join(crate::core::project::SCRIPT_FILE);
    let changed = std::fs::metadata(file).and_then(|facts| facts.modified()).ok();
    let stamp = changed.and_then(|time| jiff::Timestamp::try_from(time).ok());
    stamp.and_then(|stamp| clock::local(&stamp.to_string())).unwrap_or_default()
}
