//! A project goes from one data folder to another as one folder, and is there what it was here.

use std::fs;
use std::path::{Path, PathBuf};

use onetake::core::asset::{Asset, AssetId};
use onetake::core::bundle::{Progress, Takes};
use onetake::jobs::bundle::{pack, unpack};
use serde_json::Value;

use crate::rig::{Place, picture, tree};
use crate::take_folder::Like;

/// Exports the project; its folder.
fn export(place: &Place, project: &str, more: &[&str]) -> PathBuf {
    let to = place.at("out");
    fs::create_dir_all(&to).unwrap();
    let to = to.display().to_string();
    let answer = place.run(&[&["library", "export", project, "--to", &to], more].concat(), 0);
    PathBuf::from(answer["folder"].as_str().unwrap())
}

fn import(place: &Place, folder: &Path) -> Value {
    place.run(&["library", "import-project", folder.to_str().unwrap()], 0)
}

fn ids(answer: &Value, key: &str) -> Vec<String> {
    answer[key].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect()
}

/// Brings a picture into the project; its id.
fn bring(place: &Place, project: &str, name: &str, seed: u8) -> AssetId {
    picture(&place.at(name), seed);
    let answer = place.run(&["library", "import", place.at(name).to_str().unwrap(), "--project", project], 0);
    AssetId(answer["assets"][0].as_str().unwrap().to_owned())
}

#[test]
fn everything_of_a_project_is_there_on_the_other_side() {
    let (here, project) = Place::with_project();
    let (media, screen) = (vec![7u8; 300_000], vec![9u8; 70_000]);
    let take = here.take(Like { project: &project, media: &media, screen: Some(&screen), ..Like::default() });
    let asset = bring(&here, &project, "Laterne – なぜ.png", 1);
    let house = here.house();
    house.db.describe(&asset, "By the window").unwrap();
    house.db.tag(&[asset.clone(), AssetId(take.clone())], "dawn").unwrap();
    house.db.describe(&AssetId(take.clone()), "The good one").unwrap();
    onetake::jobs::assets::sidecar(&house, &asset).unwrap();
    onetake::jobs::assets::sidecar(&house, &AssetId(take.clone())).unwrap();
    let mut details = house.db.details(&project).unwrap().unwrap();
    (details.description, details.tags) = ("About mornings".into(), vec!["essay".into()]);
    house.db.save_details(&project, &details).unwrap();

    let folder = export(&here, &project, &[]);
    assert_eq!(folder.file_name().unwrap(), "Why we write");
    let there = Place::new();
    let arrived = import(&there, &folder);
    assert_eq!((ids(&arrived, "takes"), ids(&arrived, "assets")), (vec![take.clone()], vec![asset.0.clone()]));

    let (before, after) = (here.db(), there.db());
    let row = after.take(&onetake::core::take::TakeId(take.clone())).unwrap().unwrap();
    let home = there.data().canonicalize().unwrap();
    assert!(Path::new(&row.media).starts_with(&home) && fs::read(&row.media).unwrap() == media);
    assert!(fs::read(row.screen_media().unwrap()).unwrap() == screen);
    assert_eq!(after.takes(arrived["project"].as_str().unwrap()).unwrap(), [row]);
    let same = |asset: Asset| (asset.name, asset.description, asset.tags, asset.sha256, asset.bytes, asset.facts);
    for id in [asset, AssetId(take)] {
        let (was, is) = (before.asset(&id).unwrap().unwrap(), after.asset(&id).unwrap().unwrap());
        assert_eq!(is.project.as_deref(), arrived["project"].as_str());
        assert_eq!(same(is), same(was));
    }
    let told = after.details(arrived["project"].as_str().unwrap()).unwrap().unwrap();
    assert_eq!((told.description.as_str(), &told.tags[..]), ("About mornings", &["essay".to_owned()][..]));
    let project_folder = PathBuf::from(arrived["folder"].as_str().unwrap());
    let script = |folder: &Path| fs::read(folder.join("script.md")).unwrap();
    assert_eq!(script(&project_folder), script(&folder));
    assert!(project_folder.join("pictures/lantern.png").is_file());
    here.assert_sound();
    there.assert_sound();
}

#[test]
fn what_is_here_already_is_neither_lost_nor_doubled() {
    let (place, project) = Place::with_project();
    let take = place.take(Like { project: &project, ..Like::default() });
    let asset = bring(&place, &project, "one.png", 1);
    let folder = export(&place, &project, &[]);
    let before = tree(&place.data());
    let mut seen = vec![project.clone()];
    for _ in 0..2 {
        let arrived = import(&place, &folder);
        let (own, takes) = (arrived["project"].as_str().unwrap().to_owned(), ids(&arrived, "takes"));
        assert!(!seen.contains(&own) && takes.len() == 1 && takes[0] != take, "{arrived}");
        assert_eq!(
            (ids(&arrived, "assets").len(), arrived["known"].as_u64()),
            (0, Some(1)),
            "the same bytes are the same asset"
        );
        let rows = place.db().takes(&own).unwrap();
        assert_eq!((rows.len(), rows[0].id.0.as_str(), rows[0].number), (1, takes[0].as_str(), 1));
        seen.push(own);
    }
    let after = tree(&place.data());
    assert!(before.iter().all(|(path, bytes)| after.get(path) == Some(bytes)), "what was there is as it was");
    assert!(place.db().asset(&asset).unwrap().is_some());
    // Without the library's own copy its id is free, and then it comes with the project.
    place.assert_sound();
}

#[test]
fn takes_go_along_as_they_are_wanted() {
    let (place, project) = Place::with_project();
    let good = place.take(Like { project: &project, ..Like::default() });
    let spoilt = place.take(Like { project: &project, number: 2, spoilt: true, ..Like::default() });
    let has = |folder: &Path, take: &str| folder.join("takes").join(take).join("take.mkv").is_file();
    let all = export(&place, &project, &[]);
    assert!(has(&all, &good) && has(&all, &spoilt));
    let kept = export(&place, &project, &["--takes", "kept"]);
    assert_eq!(kept.file_name().unwrap(), "Why we write 2", "an older one is not touched");
    assert!(has(&kept, &good) && !has(&kept, &spoilt));
    let none = export(&place, "Why we write", &["--takes", "none"]);
    assert!(!none.join("takes").exists() && none.join("script.md").is_file());
    let answer = place.run(&["library", "export", "nothing", "--to", "."], 2);
    crate::rig::assert_helpful(&answer);
    let answer = place.run(&["library", "export", &project, "--to", "/no/such/folder"], 4);
    crate::rig::assert_helpful(&answer);
}

#[test]
fn what_is_linked_goes_along_as_a_copy_and_what_is_gone_is_said() {
    let (place, project) = Place::with_project();
    picture(&place.at("outside.png"), 3);
    let outside = place.at("outside.png").display().to_string();
    place.run(&["library", "import", &outside, "--link", "--project", &project], 0);
    let folder = export(&place, &project, &[]);
    let there = Place::new();
    let arrived = import(&there, &folder);
    let asset = there.db().asset(&AssetId(ids(&arrived, "assets").remove(0))).unwrap().unwrap();
    assert!(!asset.linked && asset.path.starts_with("media/"));
    there.assert_sound();
    fs::remove_file(&outside).unwrap();
    let to = place.at("out").display().to_string();
    let before = tree(&place.at("out"));
    let answer = place.run(&["library", "export", &project, "--to", &to], 2);
    crate::rig::assert_helpful(&answer);
    assert!(tree(&place.at("out")) == before, "complete or not there");
}

#[test]
fn one_that_is_cancelled_leaves_nothing() {
    let (place, project) = Place::with_project();
    place.take(Like { project: &project, media: &vec![1u8; 5 << 20], ..Like::default() });
    let (to, there) = (place.at("out"), Place::new());
    fs::create_dir(&to).unwrap();
    let house = place.house();
    let row = house.db.project(&project).unwrap().unwrap();
    let folder = pack(&house, &row, Takes::All, &to, &mut |_| true).unwrap().unwrap().0;
    let other = there.house();
    let before = (tree(&to), tree(&there.data()));
    let steps = std::cell::Cell::new(0);
    for stop in 0..4 {
        steps.set(0);
        let mut until = |progress: Progress| {
            assert!(progress.done_bytes <= progress.total_bytes);
            steps.set(steps.get() + 1);
            steps.get() <= stop
        };
        assert_eq!(pack(&house, &row, Takes::All, &to, &mut until).unwrap(), None);
        steps.set(0);
        assert_eq!(unpack(&other, &folder, &mut until).unwrap(), None);
        assert!((tree(&to), tree(&there.data())) == before, "after {stop} steps");
    }
    assert!(there.db().projects().unwrap().is_empty());
}
