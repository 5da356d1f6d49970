//! Files of a project's scenes beside its pictures: clips, voices, pictures that clips end with. Each is a copy of an asset's file, under
//! a name that says which scene it is for and ends with the asset's tag (`core::scene_parts::tag`).

use std::fs;
use std::path::Path;

use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder};

use super::error::sorted;
use super::{Error, files, names};
use crate::core::frame::Still;

/// Copies an asset's file into `folder` of a project and gives its path from the project's folder, as scripts write it. One that is
/// there already is left as it is.
pub fn keep(project_folder: &Path, folder: &str, title: &str, tag: &str, source: &Path) -> Result<String, Error> {
    let stem = match names::slug(title) {
        slug if slug.is_empty() => "scene".to_owned(),
        slug => slug,
    };
    let ending = source.extension().map(|ending| format!(".{}", ending.to_string_lossy().to_lowercase())).unwrap_or_default();
    let name = format!("{stem}-{tag}{ending}");
    let beside = project_folder.join(folder);
    fs::create_dir_all(&beside).map_err(sorted("made", &beside))?;
    let path = beside.join(names::checked(&name)?);
    let relative = format!("{folder}/{name}");
    if files::length(source)? == path.metadata().map_or(u64::MAX, |facts| facts.len()) {
        return Ok(relative);
    }
    copy(source, &path)?;
    Ok(relative)
}

/// Copies a file to `target`, which is replaced whole or not at all.
pub fn copy(source: &Path, target: &Path) -> Result<(), Error> {
    let folder = files::folder_of(target);
    let temporary = folder.join(files::temporary_name());
    let written = fs::copy(source, &temporary)
        .and_then(|_| fs::File::open(&temporary)?.sync_all())
        .and_then(|()| fs::rename(&temporary, target))
        .map_err(sorted("written", target));
    if written.is_err() {
        // It may never have been made; what counts is the first error.
        let _ = fs::remove_file(&temporary);
    }
    written?;
    files::sync_folder(folder)
}

/// Writes a still as PNG, whole or not at all.
pub fn write_png(still: &Still, target: &Path) -> Result<(), Error> {
    let mut png = Vec::new();
    PngEncoder::new(&mut png)
        .write_image(&still.rgba, still.width, still.height, ExtendedColorType::Rgba8)
        .map_err(|error| Error::Picture { path: target.to_owned(), detail: error.to_string() })?;
    let folder = files::folder_of(target);
    fs::create_dir_all(folder).map_err(sorted("made", folder))?;
    files::write_atomic(target, &png)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_named_after_its_scene_and_its_asset() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("0193.PNG");
        fs::write(&source, "pixels").unwrap();
        let keep = || keep(folder.path(), "clips", "The habit!", "0123456789ab", &source).unwrap();
        assert_eq!(keep(), "clips/the-habit-0123456789ab.png");
        let kept = folder.path().join(keep());
        assert_eq!(fs::read(&kept).unwrap(), b"pixels");
        fs::write(&kept, "half").unwrap();
        keep();
        assert_eq!(fs::read(&kept).unwrap(), b"pixels", "what broke off is mended");
        assert_eq!(fs::read_dir(folder.path().join("clips")).unwrap().count(), 1);
    }

    #[test]
    fn what_can_not_be_copied_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let gone = folder.path().join("gone.png");
        assert!(keep(folder.path(), "clips", "なぜ", "0123456789ab", &gone).is_err());
        assert_eq!(fs::read_dir(folder.path().join("clips")).unwrap().count(), 0);
    }
}
