//! A person has chosen between two versions. The one that gives way becomes a project of its own before anything is replaced, so
//! that a choice can be regretted.

use std::path::Path;

use super::place::place;
use super::step::{agree, step};
use super::{Fault, Hand, Server, files, pictures};
use crate::core::project::Project;
use crate::core::script::Script;
use crate::core::sync::{Arrival, Conflict};
use crate::studio::sync::{Choice, Outcome};

pub(super) async fn resolve(
    hand: &Hand,
    server: &Server,
    project: &Project,
    conflict: &Conflict,
    choice: Choice,
) -> Result<Outcome, Fault> {
    let folder = Path::new(&project.folder);
    let Some(mut tie) = hand.house.db.sync(&project.id, &server.url)? else { return step(hand, server, project).await };
    let title = Script::markdown(conflict.mine.script.clone()).title().to_owned();
    match choice {
        Choice::Mine => {
            let named = aside(&title, &conflict.facts.device, &conflict.facts.made_at);
            place(hand, server, &conflict.theirs, Some(&named), Some(folder)).await?;
            // What is here is from now on an edit of what is there.
            agree(hand, &mut tie, conflict.facts.revision, conflict.theirs.clone())?;
            return step(hand, server, project).await;
        }
        Choice::Theirs => {
            let named = aside(&title, &conflict.device, &conflict.written_at);
            place(hand, server, &conflict.mine, Some(&named), Some(folder)).await?;
        }
        Choice::Both => {
            let named = format!("{title} ({})", conflict.device);
            let other = place(hand, server, &conflict.mine, Some(&named), Some(folder)).await?;
            // It goes to the server too; when that fails now, it does when it is opened.
            if let Err(fault) = step(hand, server, &other).await {
                tracing::info!(problem = %crate::studio::sync::Trouble::from(fault).problem, "a copy is kept here for now");
            }
        }
    }
    let wanted = conflict.theirs.clone();
    pictures::fetch(hand, server, folder, &wanted, &conflict.mine.pictures).await?;
    files::make_way(&hand.hashes, folder, &wanted, Some(&conflict.mine))?;
    let (theirs, over) = (wanted.clone(), conflict.mine.script.clone());
    Ok(Outcome::Arrived(Box::new(Arrival { theirs, revision: conflict.facts.revision, wanted, over })))
}

/// What a version is called that gave way.
fn aside(title: &str, device: &str, at: &str) -> String {
    let at: String = at.replace('T', " ").chars().take(16).collect();
    let device = if device.is_empty() { "server" } else { device };
    format!("{title} ({device}, {at})")
}
