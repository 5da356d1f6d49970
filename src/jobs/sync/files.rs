//! Clips and sounds on the disk: what makes way for a version that came, and what two projects of one machine share.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::Fault;
use super::local::Hashes;
use crate::blobs::{self, parts};
use crate::core::problem::Problem;
use crate::core::shared::Document;

/// Puts aside what lies where another clip or sound is to be, under a name beside it; that one is fetched later. Without this it would
/// be taken for a change made here.
pub(super) fn make_way(hashes: &Hashes, folder: &Path, wanted: &Document, before: Option<&Document>) -> Result<(), Fault> {
    for file in &wanted.media {
        if before.is_some_and(|before| before.media.contains(file)) {
            continue;
        }
        let path = folder.join(&file.path);
        if !path.is_file() {
            continue;
        }
        let here = hashes.known(&path).map_or_else(|| hashes.learn(&path, || true), |known| Ok(Some(known)))?;
        if here.is_some_and(|(_, sha256)| sha256 != file.sha256) {
            blobs::files::put_aside(&path)?;
        }
    }
    Ok(())
}

/// Gives a project the clips and sounds that another one on this disk has, without a second copy where the disk can do that: such a
/// file is never written into, only replaced.
pub(super) fn share(hashes: &Hashes, from: &Path, to: &Path, document: &Document) -> Result<(), Fault> {
    for file in &document.media {
        let (source, target) = (from.join(&file.path), to.join(&file.path));
        let same = match hashes.known(&source) {
            Some((_, sha256)) => sha256 == file.sha256,
            None => fs::metadata(&source).is_ok_and(|facts| facts.is_file() && facts.len() == file.bytes),
        };
        if !same {
            continue;
        }
        let folder = blobs::files::folder_of(&target);
        let made = fs::create_dir_all(folder).and_then(|()| fs::hard_link(&source, &target));
        match made {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            // Another disk, or one that knows no such thing.
            Err(_) => parts::copy(&source, &target).map_err(Problem::from)?,
        }
    }
    Ok(())
}
