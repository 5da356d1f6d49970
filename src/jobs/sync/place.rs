//! Projects made from documents: one of the server that is opened here for the first time, and a version that gave way to another
//! and must not get lost.

use std::path::Path;

use super::step::agree;
use super::{Fault, Hand, Server, adopt, files, pictures};
use crate::blobs;
use crate::core::problem::Problem;
use crate::core::project::Project;
use crate::core::script::Script;
use crate::core::shared::Document;
use crate::db::ProjectSync;
use crate::remote::projects::Newest;

/// The project here that is the server's `remote`; it is fetched when there is none.
pub(super) async fn open(hand: &Hand, server: &Server, remote: &str) -> Result<Project, Fault> {
    let here = hand.house.db.synced(&server.url)?.into_iter().find(|(_, id)| id == remote);
    if let Some((id, _)) = here {
        let known = hand.house.db.projects()?.into_iter().find(|project| project.id == id);
        if let Some(project) = known.filter(|project| Path::new(&project.folder).is_dir()) {
            return Ok(project);
        }
        // Its folder is gone; it comes anew.
        hand.house.db.forget_sync(&id, &server.url)?;
    }
    let Newest::Changed(version) = server.projects.newest(remote, 0, "").await? else {
        let problem = Problem::refused("This project is not on the server any more.", "Look at the list again.");
        return Err(problem.into());
    };
    let project = place(hand, server, &version.document, None, None).await?;
    let mut tie = ProjectSync {
        project: project.id.clone(),
        server: server.url.clone(),
        remote: remote.to_owned(),
        revision: 0,
        base: None,
        sent_sha256: None,
    };
    agree(hand, &mut tie, version.facts.revision, version.document)?;
    Ok(project)
}

/// A project of its own with this content. Files that lie in `beside` come from there; clips and sounds that do not come later.
pub(super) async fn place(
    hand: &Hand,
    server: &Server,
    document: &Document,
    title: Option<&str>,
    beside: Option<&Path>,
) -> Result<Project, Fault> {
    let script = Script::markdown(document.script.clone());
    let script = title.map_or(script.clone(), |title| script.with_title(title));
    let title = script.title().to_owned();
    let project = blobs::projects::create(&hand.house.folder, &title, script.source(), &[])?;
    let folder = Path::new(&project.folder);
    for picture in &document.pictures {
        let Some(source) = beside.map(|beside| beside.join(&picture.path)) else { continue };
        let same = hand.hashes.of(&source)?.is_some_and(|(_, sha256)| sha256 == picture.sha256);
        if same && let Ok(bytes) = std::fs::read(&source) {
            blobs::files::write_atomic(&folder.join(&picture.path), &bytes)?;
        }
    }
    if let Some(beside) = beside {
        files::share(&hand.hashes, beside, folder, document)?;
    }
    pictures::fetch(hand, server, folder, document, &[]).await?;
    adopt::beside(hand, &project, &Document { script: script.source().to_owned(), ..document.clone() })?;
    Ok(project)
}
