//! What is not as it should be is found, each in a sentence, and put right where that loses nothing.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use onetake::core::asset::{Asset, AssetId, Status};
use onetake::core::take::TakeId;
use serde_json::Value;

use crate::rig::{Place, picture};
use crate::take_folder::Like;

struct Full {
    place: Place,
    project: String,
    take: String,
    asset: AssetId,
}

fn full() -> Full {
    let (place, project) = Place::with_project();
    let take = place.take(Like { project: &project, ..Like::default() });
    picture(&place.at("one.png"), 1);
    let answer = place.run(&["library", "import", place.at("one.png").to_str().unwrap(), "--project", &project], 0);
    let asset = AssetId(answer["assets"][0].as_str().unwrap().to_owned());
    place.assert_sound();
    Full { place, project, take, asset }
}

impl Full {
    fn asset(&self) -> Asset {
        self.place.db().asset(&self.asset).unwrap().unwrap()
    }

    fn media(&self) -> PathBuf {
        self.asset().file(&self.place.data())
    }

    fn sidecar(&self) -> PathBuf {
        self.place.data().join(format!("media/{}.json", self.asset))
    }

    fn project_folder(&self) -> PathBuf {
        self.place.data().join("projects").join(&self.project)
    }

    fn take_folder(&self) -> PathBuf {
        self.place.data().join("takes").join(&self.take)
    }
}

fn findings(place: &Place, more: &[&str], code: i32) -> Vec<Value> {
    let answer = place.run(&[&["library", "check"], more].concat(), code);
    assert_eq!(answer["ok"].as_bool(), Some(code == 0), "{answer}");
    answer["findings"].as_array().unwrap().clone()
}

/// The one finding, about this.
fn only(place: &Place, about: &str) -> Value {
    let found = findings(place, &["--fast"], 1);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["about"], about, "{found:?}");
    for key in ["what", "fix"] {
        let text = found[0][key].as_str().unwrap();
        assert!(text.ends_with('.') && text.len() > 10, "{text}");
    }
    found[0].clone()
}

#[test]
fn what_can_be_put_right_is() {
    type Harm = fn(&Full);
    let harms: [(&str, &str, Harm); 9] = [
        ("a sidecar is gone", "asset", |full| fs::remove_file(full.sidecar()).unwrap()),
        ("a sidecar is rubbish", "asset", |full| fs::write(full.sidecar(), "{").unwrap()),
        ("a sidecar is old", "asset", |full| full.place.db().rename(&full.asset, "Another name").unwrap()),
        ("a row of an asset is gone", "asset", |full| full.place.db().forget(&full.asset).unwrap()),
        ("details are gone", "project", |full| {
            let mut details = full.place.db().details(&full.project).unwrap().unwrap();
            details.description = "Said".into();
            full.place.db().save_details(&full.project, &details).unwrap();
            fs::remove_file(full.project_folder().join("project.json")).unwrap();
        }),
        ("details are rubbish", "project", |full| fs::write(full.project_folder().join("project.json"), "\0").unwrap()),
        ("details are old", "project", |full| {
            let mut details = full.place.db().details(&full.project).unwrap().unwrap();
            details.category = "film".into();
            full.place.db().save_details(&full.project, &details).unwrap();
        }),
        ("a folder has no row", "project", |full| {
            let copy = full.place.data().join("projects/copy");
            fs::create_dir(&copy).unwrap();
            fs::write(copy.join("script.md"), "## One\n\nWords.\n").unwrap();
        }),
        ("a crash left something", "leftover", |full| {
            // A name of the year 2020.
            let stamp = uuid::Timestamp::from_unix(uuid::NoContext, 1_600_000_000, 0);
            let name = format!(".new-{}", uuid::Uuid::new_v7(stamp));
            fs::write(full.place.data().join("media").join(name), "half").unwrap();
        }),
    ];
    for (what, about, harm) in harms {
        let full = full();
        harm(&full);
        assert_eq!(only(&full.place, about)["repairable"], true, "{what}");
        let repaired = findings(&full.place, &["--repair"], 0);
        assert!(repaired.len() == 1 && repaired[0]["repaired"] == true, "{what}: {repaired:?}");
        full.place.assert_sound();
    }
}

#[test]
fn what_only_a_person_can_put_right_is_said_and_left_alone() {
    type Harm = fn(&Full);
    let harms: [(&str, &str, Harm); 10] = [
        ("a film is gone", "asset", |full| fs::remove_file(full.media()).unwrap()),
        ("a film is cut", "asset", |full| fs::write(full.media(), "x").unwrap()),
        ("a take's folder is gone", "take", |full| fs::remove_dir_all(full.take_folder()).unwrap()),
        ("a take's file is gone", "take", |full| fs::remove_file(full.take_folder().join("take.mkv")).unwrap()),
        ("a take's file is cut", "take", |full| fs::write(full.take_folder().join("take.mkv"), "p").unwrap()),
        ("a folder is no take", "take", |full| {
            let folder = full.place.data().join("takes/stranger");
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join("journal.jsonl"), "rubbish\n").unwrap();
        }),
        ("a scene's picture is gone", "project", |full| {
            fs::remove_file(full.project_folder().join("pictures/lantern.png")).unwrap();
        }),
        ("a project's folder is gone", "project", |full| fs::remove_dir_all(full.project_folder()).unwrap()),
        ("a stranger among the media", "leftover", |full| {
            fs::write(full.place.data().join("media/stranger.mp4"), "x").unwrap();
        }),
        ("a stranger among the recordings", "leftover", |full| {
            fs::write(full.place.data().join("videos/stranger.mkv"), "x").unwrap();
        }),
    ];
    for (what, about, harm) in harms {
        let full = full();
        harm(&full);
        let before = inodes(&full.place.data());
        let found = only(&full.place, about);
        assert_eq!((&found["repairable"], &found["repaired"]), (&Value::Bool(false), &Value::Bool(false)), "{what}");
        let again = findings(&full.place, &["--repair", "--fast"], 1);
        assert!(again.len() == 1 && again[0]["repaired"] == false, "{what}: {again:?}");
        let after = inodes(&full.place.data());
        assert!(before.iter().all(|path| after.contains(path)), "{what}: nothing was deleted");
    }
}

/// What lies in the library's own parts.
fn inodes(data: &Path) -> Vec<(PathBuf, u64)> {
    let (mut waiting, mut found) = (["projects", "takes", "media", "videos"].map(|part| data.join(part)).to_vec(), Vec::new());
    while let Some(folder) = waiting.pop() {
        for item in fs::read_dir(&folder).unwrap().flatten() {
            let facts = item.metadata().unwrap();
            match facts.is_dir() {
                true => waiting.push(item.path()),
                // Sidecars are written anew when a row changes.
                false if item.path().extension().is_none_or(|ending| ending != "json") => {
                    found.push((item.path(), facts.ino()))
                }
                false => {}
            }
        }
    }
    found
}

#[test]
fn a_byte_that_changed_is_found_when_files_are_read() {
    let full = full();
    let mut bytes = fs::read(full.media()).unwrap();
    bytes[30] ^= 1;
    fs::write(full.media(), bytes).unwrap();
    assert_eq!(findings(&full.place, &["--fast"], 0), Vec::<Value>::new(), "the length is right");
    let found = findings(&full.place, &[], 1);
    assert!(found.len() == 1 && found[0]["what"].as_str().unwrap().contains("SHA-256"), "{found:?}");
}

#[test]
fn a_file_that_was_gone_and_is_back_can_be_used_again() {
    let full = full();
    let aside = full.place.at("aside");
    fs::rename(full.media(), &aside).unwrap();
    findings(&full.place, &["--repair", "--fast"], 1);
    assert_eq!(full.asset().status, Status::Missing);
    fs::rename(&aside, full.media()).unwrap();
    let found = findings(&full.place, &["--repair", "--fast"], 0);
    assert!(found.iter().all(|found| found["repaired"] == true), "{found:?}");
    assert_eq!((full.asset().status, full.asset().problem), (Status::Ready, None));
    full.place.assert_sound();
}

#[test]
fn a_damaged_database_is_said_and_made_anew() {
    let full = full();
    let path = full.place.data().join("library.db");
    fs::write(&path, vec![0x55u8; 8192]).unwrap();
    let answer = full.place.run(&["library", "check"], 2);
    crate::rig::assert_helpful(&answer);
    full.place.run(&["library", "rebuild"], 0);
    assert_eq!(full.asset().name, "one");
    assert!(full.place.db().take(&TakeId(full.take.clone())).unwrap().is_some());
    full.place.assert_sound();
}
