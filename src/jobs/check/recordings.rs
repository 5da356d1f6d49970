//! What this machine, as a server, was sent: each row that says “uploaded” has its whole file, each file its row.

use std::collections::HashSet;
use std::path::PathBuf;

use crate::core::finding::{About, Finding};
use crate::core::problem::Problem;
use crate::core::upload::Status;

use super::Look;
use super::assets::visible;

pub(super) fn look(look: &mut Look<'_>) -> Result<(), Problem> {
    let mut known: HashSet<PathBuf> = HashSet::new();
    for row in look.house.db.recordings()? {
        if row.status != Status::Uploaded {
            continue;
        }
        let file = look.house.folder.video_file(&row.file_path)?;
        let fix = "Upload it again from where it was recorded.";
        if !file.is_file() {
            look.find(
                Finding::new(About::Recording, format!("The recording “{}” has lost its file.", row.title), fix).at(&file),
            );
        } else if let Some(how) = look.changed(&file, row.bytes, Some(&row.sha256))? {
            look.find(Finding::new(About::Recording, format!("The recording “{}” {how}.", row.title), fix).at(&file));
        }
        known.insert(file);
    }
    for path in visible(&look.house.folder.videos())? {
        if !known.contains(&path) {
            let what = format!("No recording knows {}.", path.display());
            let fix = "Keep it with “onetake library import”, or delete it.";
            look.find(Finding::new(About::Leftover, what, fix).at(&path));
        }
    }
    Ok(())
}
