//! What a prompter without a studio needs of the disk: its script, read again when somebody changes it, and its place, so
//! that after a power cut it stands where it stood. And the layout thread, without the rest of a studio's hands.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::house::{House, Ways};
use super::layout::Layouter;
use super::worker::Worker;
use crate::blobs::{self, files};
use crate::core::problem::Problem;
use crate::core::prompter::{Look, Pace};
use crate::core::script::Script;
use crate::studio::{Effect, prompter};

/// Where a prompter stood, and how it looked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// Absolute path of the script.
    pub script: PathBuf,
    /// Length of the script's text in bytes: another length, another text.
    pub bytes: usize,
    /// Position in ems, good as long as text and look are the same.
    pub position: f64,
    /// Scene and sentence at the eye line, and how many ems beyond its beginning.
    pub scene: usize,
    pub line: usize,
    pub beyond: f64,
    pub look: Look,
    pub pace: Pace,
}

/// The disk's side of a kiosk.
#[derive(Debug)]
pub struct Kiosk {
    layout: Layouter,
    disk: Worker,
    file: PathBuf,
    script: PathBuf,
    changed: Option<SystemTime>,
    /// A place is on its way to the disk.
    writing: Arc<AtomicBool>,
}

/// Where the prompter stood when it was last shown; `None` when it never was. A file that can't be read is said in the log
/// and taken as none, because a kiosk must start.
pub fn remembered(house: &House) -> Option<Standing> {
    let text = std::fs::read(house.folder.kiosk()).ok()?;
    match serde_json::from_slice::<Standing>(&text) {
        Ok(standing) => Some(Standing { look: standing.look.clone().bounded(), ..standing }),
        Err(error) => {
            tracing::warn!(%error, "the place of the prompter can't be read");
            None
        }
    }
}

/// A script file as Markdown, and its whole path.
pub fn read(path: &Path) -> Result<(PathBuf, Script), Problem> {
    let text = blobs::projects::read_script_file(path)?;
    let whole = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let script = Script::of_file(&name, &text);
    if script.words() == 0 {
        let what = format!("“{}” has no spoken words, so there is nothing to show.", path.display());
        return Err(Problem::usage(what, "Write some text under a “## Heading” and start the prompter again."));
    }
    Ok((whole, script))
}

impl Kiosk {
    /// For the script at this path.
    pub fn start(house: &House, ways: Ways, script: PathBuf) -> Result<Kiosk, Problem> {
        let failed = |error: std::io::Error| {
            Problem::failed(format!("A worker thread could not be started: {error}."), "Close other programs and try again.")
        };
        Ok(Kiosk {
            layout: Layouter::start(ways).map_err(failed)?,
            disk: Worker::start("kiosk-disk").map_err(failed)?,
            file: house.folder.kiosk(),
            changed: changed(&script),
            script,
            writing: Arc::default(),
        })
    }

    /// Runs what a prompter asks for; a kiosk has no hands for anything else.
    pub fn run(&self, effect: Effect) {
        if let Effect::Prompter(prompter::Effect::LayOut { sheet, look }) = effect {
            self.layout.lay_out(sheet, look);
        }
    }

    /// Writes the place without waiting. False while the one before is still being written: ask again.
    pub fn remember(&self, standing: Standing) -> bool {
        if self.writing.swap(true, Ordering::AcqRel) {
            return false;
        }
        let (file, writing) = (self.file.clone(), Arc::clone(&self.writing));
        let queued = self.disk.submit(move || {
            let written = serde_json::to_vec(&standing).map(|text| files::write_atomic(&file, &text));
            if let Ok(Err(error)) = written {
                tracing::warn!(%error, "the place of the prompter could not be kept");
            }
            writing.store(false, Ordering::Release);
        });
        if !queued {
            self.writing.store(false, Ordering::Release);
        }
        queued
    }

    /// The script, when its file was changed and can be read. A file that is being written is looked at again later.
    pub fn changed_script(&mut self) -> Option<Script> {
        let now = changed(&self.script)?;
        if self.changed == Some(now) {
            return None;
        }
        self.changed = Some(now);
        match read(&self.script) {
            Ok((_, script)) => Some(script),
            Err(problem) => {
                tracing::warn!(%problem, "the changed script is not shown");
                None
            }
        }
    }

    /// Ends in order: the last place is on the disk.
    pub fn finish(self, standing: Option<Standing>) {
        while let Some(standing) = standing.clone() {
            if self.remember(standing) {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        self.disk.finish();
        self.layout.finish();
    }
}

fn changed(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|facts| facts.modified()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::house::Claim;

    #[test]
    fn a_place_that_was_damaged_is_no_place() {
        let folder = tempfile::tempdir().unwrap();
        let house = House::open(Some(folder.path()), Claim::Shared).unwrap();
        assert_eq!(remembered(&house), None);
        let standing = Standing {
            script: "/tmp/a.md".into(),
            bytes: 3,
            position: 1.5,
            scene: 0,
            line: 1,
            beyond: 0.25,
            look: Look::default(),
            pace: Pace::default(),
        };
        std::fs::write(house.folder.kiosk(), serde_json::to_vec(&standing).unwrap()).unwrap();
        assert_eq!(remembered(&house), Some(standing));
        std::fs::write(house.folder.kiosk(), b"{\"script\":").unwrap();
        assert_eq!(remembered(&house), None);
    }

    #[test]
    fn what_can_not_be_shown_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("empty.md");
        std::fs::write(&path, "# Title\n\n[cue]\n").unwrap();
        let problem = read(&path).unwrap_err();
        assert!(problem.exit_code() == 2 && problem.what.contains("empty.md"), "{problem}");
        let problem = read(&folder.path().join("none.md")).unwrap_err();
        assert!(problem.exit_code() == 2 && problem.what.contains("none.md"), "{problem}");
    }
}
