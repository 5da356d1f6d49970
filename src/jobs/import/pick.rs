//! The desktop's own dialog for files, or for a folder, to be brought in.

use std::path::PathBuf;
use std::time::Instant;

use crate::core::import::Wanted;
use crate::studio::{Message, import};

use super::super::house::{House, Ways};
use super::super::projects::{DROP, NO_DIALOG, no_dialog};

/// Shows it; what was chosen comes back as an import.
pub(super) fn show(house: &House, ways: Ways, folder: bool, link: bool, project: Option<String>) {
    house.runtime.spawn(async move {
        let shown = Instant::now();
        let dialog = rfd::AsyncFileDialog::new();
        let chosen = if folder {
            dialog.set_title("Import a folder").pick_folders().await
        } else {
            let dialog = dialog.set_title("Import films, sound and pictures");
            dialog.add_filter("Media", MEDIA).add_filter("All files", &["*"]).pick_files().await
        };
        match chosen {
            Some(handles) => {
                let paths: Vec<PathBuf> = handles.iter().map(|handle| handle.path().to_owned()).collect();
                let wanted = Wanted { paths, link, project, tags: Vec::new() };
                ways.outbox.send(Message::Import(import::Message::Import(wanted)));
            }
            None if shown.elapsed() < NO_DIALOG => ways.outbox.problem(no_dialog(DROP)),
            None => {}
        }
    });
}

/// Endings that are shown first. What a file is, is told by its content.
const MEDIA: &[&str] = &[
    "mp4", "mov", "m4v", "mkv", "webm", "avi", "mpg", "mpeg", "ts", "mts", "mxf", "wav", "mp3", "m4a", "aac", "flac", "ogg",
    "opus", "aiff", "png", "jpg", "jpeg", "webp",
];
