//! Pictures on their way: given to the server before the version that shows them, fetched before the script that names them.

use std::path::Path;

use super::{Fault, Hand, Server};
use crate::blobs::files;
use crate::core::problem::Problem;
use crate::core::shared::{Document, SharedFile};

/// Gives the server what it lacks of a document's pictures. What is not on this disk the server has already.
pub(super) async fn give(hand: &Hand, server: &Server, folder: &Path, document: &Document) -> Result<(), Fault> {
    for picture in &document.pictures {
        if hand.given().contains(&picture.sha256) {
            continue;
        }
        if !server.projects.has_object(&picture.sha256).await? {
            let path = folder.join(&picture.path);
            match hand.hashes.of(&path)? {
                // It changed since; the next step sends it as it is then.
                Some((_, sha256)) if sha256 != picture.sha256 => continue,
                Some(_) => {}
                None => continue,
            }
            let bytes = tokio::fs::read(&path).await.map_err(|error| {
                Problem::disk(format!("{} can't be read ({error}).", path.display()), "Check that the file may be read.")
            })?;
            server.projects.give_object(&picture.sha256, bytes.into()).await?;
        }
        hand.given().insert(picture.sha256.clone());
    }
    Ok(())
}

/// Fetches what this disk lacks of a document's pictures into a project's folder. A picture of one's own that lies under the same
/// name, and that `agreed` does not know, is kept beside it.
pub(super) async fn fetch(
    hand: &Hand,
    server: &Server,
    folder: &Path,
    document: &Document,
    agreed: &[SharedFile],
) -> Result<(), Fault> {
    for picture in &document.pictures {
        let Some(name) = picture.picture_name() else { continue };
        let path = folder.join(&picture.path);
        let here = hand.hashes.of(&path)?;
        if here.as_ref().is_some_and(|(_, sha256)| *sha256 == picture.sha256) {
            continue;
        }
        let beside = files::folder_of(&path);
        std::fs::create_dir_all(beside).map_err(|error| unwritable(beside, &error))?;
        let temporary = beside.join(files::temporary_name());
        let fetched = fetch_one(server, picture, &temporary).await;
        let placed = fetched.and_then(|()| {
            if here.is_some_and(|(_, sha256)| !agreed.iter().any(|known| known.sha256 == sha256)) {
                let bytes = std::fs::read(&path).map_err(|error| unwritable(&path, &error))?;
                files::write_unique(beside, name, &bytes)?;
            }
            std::fs::rename(&temporary, &path).map_err(|error| unwritable(&path, &error))?;
            Ok(files::sync_folder(beside)?)
        });
        if placed.is_err() {
            // It may never have been made; what counts is the first error.
            let _ = std::fs::remove_file(&temporary);
        }
        placed?;
        hand.given().insert(picture.sha256.clone());
    }
    Ok(())
}

/// A file with exactly the bytes that were named.
async fn fetch_one(server: &Server, picture: &SharedFile, to: &Path) -> Result<(), Fault> {
    server.projects.fetch_object(&picture.sha256, picture.bytes, to).await?;
    if files::sha256_file(to, |_| {})? == picture.sha256 {
        return Ok(());
    }
    let what = format!("The server sent another picture than “{}”.", picture.path);
    Err(Problem::refused(what, "Try again; check the server's disk.").into())
}

fn unwritable(path: &Path, error: &std::io::Error) -> Problem {
    Problem::disk(
        format!("{} can't be written ({error}).", path.display()),
        "Check that the disk has space and may be written.",
    )
}
