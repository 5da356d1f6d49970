//! A data folder of its own, the real binary at work in it, and what lies in it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use onetake::blobs::layout::DataFolder;
use onetake::db::Db;
use onetake::jobs::house::{Claim, House};
use serde_json::Value;

use crate::answer::answered;
use crate::take_folder::{self, Like};

pub const SCRIPT: &str =
    "---\ntitle: Why we write\n---\n\n## One\n\n> picture: pictures/lantern.png\n\nFirst words.\n\n## Two\n\nMore words.\n";

pub struct Place {
    pub folder: tempfile::TempDir,
}

impl Place {
    pub fn new() -> Place {
        Place { folder: tempfile::tempdir().unwrap() }
    }

    /// One with a project “Why we write” (a scene with a picture) in it; the project's id.
    pub fn with_project() -> (Place, String) {
        let place = Place::new();
        fs::create_dir(place.at("pictures")).unwrap();
        picture(&place.at("pictures/lantern.png"), 8);
        fs::write(place.at("why.md"), SCRIPT).unwrap();
        let house = place.house();
        let (outbox, _inbox) = onetake::jobs::inbox::inbox(|| {});
        let ways = onetake::jobs::house::Ways { outbox, feeds: Default::default(), text: Default::default() };
        let path = place.at("why.md").display().to_string();
        let (project, _) = onetake::jobs::projects::import(&house, &ways, &path).unwrap();
        (place, project.id)
    }

    pub fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn data(&self) -> PathBuf {
        self.at("data")
    }

    pub fn layout(&self) -> DataFolder {
        DataFolder::open(&self.data()).unwrap()
    }

    pub fn house(&self) -> House {
        House::open(Some(&self.data()), Claim::Shared).unwrap()
    }

    pub fn db(&self) -> Db {
        Db::open(&self.data().join("library.db")).unwrap()
    }

    /// Puts a take into the project, as if it had been recorded.
    pub fn take(&self, like: Like<'_>) -> String {
        let (take, _) = take_folder::make(&self.layout(), like);
        onetake::jobs::library::reconcile(&self.house()).unwrap();
        take.0
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_onetake"));
        command.args(arguments).arg("--data").arg(self.data()).arg("--json");
        command.env_remove("ONETAKE_TOKEN").env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs to the end; the last object it wrote.
    pub fn run(&self, arguments: &[&str], code: i32) -> Value {
        answered(&self.command(arguments).output().unwrap(), code)
    }

    /// Everything is as it should be.
    pub fn assert_sound(&self) {
        let answer = self.run(&["library", "check"], 0);
        assert_eq!(answer["findings"].as_array().map(Vec::len), Some(0), "{answer}");
    }
}

/// One sentence that ends, and what to do.
pub fn assert_helpful(answer: &Value) {
    for key in ["error", "fix"] {
        let text = answer[key].as_str().unwrap_or_default();
        assert!(text.len() > 10 && text.ends_with('.') && text.len() < 600, "{key} of {answer}");
        assert!(!text.contains("panicked") && !text.contains("Err("), "{answer}");
    }
}

/// A small picture that is really one; `seed` makes it another.
pub fn picture(path: &Path, seed: u8) {
    let pixel = |x: u32, y: u32| image::Rgb([x as u8 * 3, y as u8 * 5, seed]);
    image::RgbImage::from_fn(64, 36, pixel).save(path).unwrap();
}

/// Files below a folder and their bytes, but the database and what is beside it, locks and logs.
pub fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let (mut waiting, mut found) = (vec![folder.to_owned()], BTreeMap::new());
    while let Some(at) = waiting.pop() {
        // Whoever is at work there may have moved it on.
        for item in fs::read_dir(&at).into_iter().flatten().flatten() {
            let (path, name) = (item.path(), item.file_name().to_string_lossy().into_owned());
            if at == folder && (name.starts_with("library.db") || name == "studio.lock" || name == "logs" || name == "cache") {
                continue;
            }
            if item.file_type().is_ok_and(|kind| kind.is_dir()) {
                waiting.push(path);
            } else {
                found.insert(path.strip_prefix(folder).unwrap().to_owned(), fs::read(&path).unwrap_or_default());
            }
        }
    }
    found
}
