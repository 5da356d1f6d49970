//! The database is lost, damaged, or simply asked for anew: what the folders tell comes from them, the rest from the old file
//! where that can be read.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;

use onetake::core::asset::{Asset, AssetId};
use onetake::core::project::Project;
use onetake::core::project::details::Details;
use onetake::core::take::{Take, TakeId};
use onetake::core::upload::Status;
use onetake::db::{Db, Upload};
use proptest::prelude::*;
use serde_json::Value;

use crate::rig::{Place, assert_helpful, picture, tree};
use crate::take_folder::Like;

/// Everything of a library that its folders tell.
#[derive(Debug, PartialEq)]
struct Told {
    projects: BTreeMap<String, (Project, Details)>,
    takes: Vec<Take>,
    binned: Vec<(Take, String)>,
    assets: BTreeMap<String, Asset>,
}

fn told(place: &Place) -> Told {
    let db = place.db();
    let details = |id: &str| Details { updated_at: String::new(), ..db.details(id).unwrap().unwrap() };
    let projects =
        db.projects().unwrap().into_iter().map(|project| (project.id.clone(), (project.clone(), details(&project.id))));
    let assets = db.all_assets().unwrap().into_iter().map(|asset| {
        // When the row of a take was written is nobody's business.
        let asset = if asset.take.is_some() { Asset { updated_at: String::new(), ..asset } } else { asset };
        (asset.id.0.clone(), asset)
    });
    Told {
        projects: projects.collect(),
        takes: db.all_takes().unwrap(),
        binned: db.binned_takes().unwrap(),
        assets: assets.collect(),
    }
}

/// A library with something of everything in it.
fn full() -> (Place, String) {
    let (place, project) = Place::with_project();
    let (take, binned) = (
        place.take(Like { project: &project, ..Like::default() }),
        place.take(Like { project: &project, number: 2, ..Like::default() }),
    );
    for seed in [1, 2] {
        picture(&place.at(&format!("{seed}.png")), seed);
        let path = place.at(&format!("{seed}.png")).display().to_string();
        place.run(&["library", "import", &path, "--project", &project, "--tag", "dawn"], 0);
    }
    let house = place.house();
    let assets: Vec<Asset> = house.db.all_assets().unwrap().into_iter().filter(|asset| asset.take.is_none()).collect();
    onetake::jobs::assets::bin(&house, &assets[1].id).unwrap();
    onetake::jobs::assets::bin(&house, &AssetId(binned)).unwrap();
    house.db.describe(&AssetId(take.clone()), "The good one").unwrap();
    onetake::jobs::assets::sidecar(&house, &AssetId(take)).unwrap();
    let mut details = house.db.details(&project).unwrap().unwrap();
    details.description = "About mornings".into();
    house.db.save_details(&project, &details).unwrap();
    drop(house);
    place.run(&["library", "check", "--repair", "--fast"], 0);
    (place, project)
}

fn receipt(place: &Place) -> Upload {
    let take = place.db().all_takes().unwrap().remove(0);
    Upload {
        take: take.id,
        server: "https://studio.example".into(),
        location: None,
        recording: Some("r".into()),
        sha256: Some(onetake::blobs::files::sha256_file(Path::new(&take.media), |_| {}).unwrap()),
        bytes: take.bytes,
        status: Status::Uploaded,
        growing: false,
        attempt: 0,
        problem: None,
        updated_at: "2026-11-20T12:00:00.000Z".into(),
        screen: None,
    }
}

#[test]
fn a_lost_library_comes_back_from_its_folders() {
    let (place, _) = full();
    let before = told(&place);
    for ending in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(place.data().join(format!("library.db{ending}")));
    }
    let answer = place.run(&["library", "rebuild"], 0);
    assert_eq!((answer["projects"].as_u64(), answer["takes"].as_u64(), answer["assets"].as_u64()), (Some(1), Some(1), Some(1)));
    assert_eq!((answer["binned"].as_u64(), answer.get("old")), (Some(2), None));
    assert_eq!(told(&place), before);
    place.assert_sound();
    // The same when nobody asks: a studio that finds no library makes it.
    fs::remove_file(place.data().join("library.db")).unwrap();
    drop(place.house());
    assert_eq!(told(&place), before);
}

#[test]
fn what_no_folder_tells_comes_from_the_old_file() {
    let (place, _) = full();
    let receipt = receipt(&place);
    place.db().save_upload(&receipt).unwrap();
    place.db().save_settings("{\"zoom\":1.5}").unwrap();
    let before = told(&place);
    let bytes = fs::read(place.data().join("library.db")).unwrap();
    let dry = place.run(&["library", "rebuild", "--dry-run"], 0);
    assert_eq!((dry["dry_run"].as_bool(), dry.get("old")), (Some(true), None));
    assert!(dry["carried"]["uploads"] == 1 && dry["carried"]["settings"] == 1, "{dry}");
    assert!(fs::read(place.data().join("library.db")).unwrap() == bytes, "nothing was changed");
    let answer = place.run(&["library", "rebuild"], 0);
    assert!(Path::new(answer["old"].as_str().unwrap()).is_file());
    assert_eq!(told(&place), before);
    assert_eq!(place.db().uploads_of(&receipt.take).unwrap(), [receipt]);
    assert_eq!(place.db().settings().unwrap().as_deref(), Some("{\"zoom\":1.5}"));
    // What is looked for is found again, though the words were indexed anew.
    let words = |text: &str| onetake::core::library::Query { words: text.into(), ..Default::default() };
    assert_eq!(place.db().find(&words("good one")).unwrap().len(), 1);
    place.assert_sound();
}

#[test]
fn folders_win_over_rows_and_takes_that_are_gone_are_forgotten() {
    let (place, project) = full();
    let gone = place.take(Like { project: &project, number: 7, ..Like::default() });
    let take = place.db().all_takes().unwrap().into_iter().find(|take| take.id.0 != gone).unwrap();
    place.db().save_take(&Take { nanos: 1, title: "Wrong".into(), ..take.clone() }).unwrap();
    fs::remove_dir_all(place.data().join("takes").join(&gone)).unwrap();
    let answer = place.run(&["library", "rebuild"], 0);
    let said = answer["gone"].as_array().unwrap();
    assert!(said.len() == 1 && said[0].as_str().unwrap().contains(&gone), "{answer}");
    assert_eq!(place.db().take(&take.id).unwrap(), Some(take));
    assert_eq!(place.db().take(&TakeId(gone)).unwrap(), None);
    place.assert_sound();
}

#[test]
fn an_old_file_that_says_nothing_makes_way_and_is_kept() {
    let (place, _) = full();
    let before = told(&place);
    let path = place.data().join("library.db");
    let whole = fs::read(&path).unwrap();
    let mut torn = whole.clone();
    torn[4096..].fill(0x5a);
    for bad in [&b"not a database at all, but long enough to be asked"[..], &torn[..], &whole[..whole.len() / 3], &[][..]] {
        fs::write(&path, bad).unwrap();
        for ending in ["-wal", "-shm"] {
            let _ = fs::remove_file(place.data().join(format!("library.db{ending}")));
        }
        let answer = place.run(&["library", "rebuild"], 0);
        let old = answer["old"].as_str().unwrap();
        assert!(fs::read(old).unwrap().len() == bad.len(), "{answer}");
        fs::remove_file(old).unwrap();
        let after = told(&place);
        assert_eq!((&after.takes, &after.binned, &after.assets), (&before.takes, &before.binned, &before.assets));
        assert_eq!(after.projects, before.projects);
        place.assert_sound();
    }
}

#[test]
fn what_is_not_ours_to_replace_is_not() {
    let (place, _) = full();
    // Another studio has the folder.
    let lock = place.layout().lock().unwrap();
    assert_helpful(&place.run(&["library", "rebuild"], 5));
    drop(lock);
    // A server has the library open.
    let mut child =
        place.command(&["serve", "--listen", "127.0.0.1:0", "--token", "the-token-of-this-one-test"]).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(serde_json::from_str::<Value>(&line).unwrap()["listening"].is_string());
    let before = tree(&place.data());
    assert_helpful(&place.run(&["library", "rebuild"], 5));
    assert!(tree(&place.data()) == before);
    child.kill().unwrap();
    child.wait().unwrap();
    place.run(&["library", "rebuild"], 0);
    place.assert_sound();
}

proptest! {
    // Each case opens real libraries with full syncs.
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_said_of_assets_comes_back(
        said in prop::collection::vec(("\\PC{1,20}", "\\PC{0,30}", prop::collection::vec("[a-zé ]{1,8}", 0..3), any::<bool>()), 0..6),
    ) {
        let place = Place::new();
        let house = place.house();
        for (at, (name, description, tags, linked)) in said.iter().enumerate() {
            let name = if name.trim().is_empty() { "Untitled" } else { name };
            let id = onetake::blobs::media::new_id();
            let path = if *linked { place.at(&format!("{at}.png")).display().to_string() } else { format!("media/{id}.png") };
            fs::write(house.folder.root().join(&path), "picture").unwrap();
            let asset = Asset { id: id.clone(), name: name.into(), description: description.clone(), path, linked: *linked, ..asset() };
            house.db.save_asset(&asset).unwrap();
            for tag in tags.iter().filter(|tag| !tag.trim().is_empty()) {
                house.db.tag(std::slice::from_ref(&id), tag).unwrap();
            }
            onetake::jobs::assets::sidecar(&house, &id).unwrap();
        }
        let before = house.db.all_assets().unwrap();
        drop(house);
        fs::remove_file(place.data().join("library.db")).unwrap();
        place.run(&["library", "rebuild"], 0);
        let sorted = |mut assets: Vec<Asset>| {
            assets.sort_by(|a, b| a.id.cmp(&b.id));
            assets
        };
        let after = Db::open(&place.data().join("library.db")).unwrap().all_assets().unwrap();
        prop_assert_eq!(sorted(after), sorted(before));
    }
}

/// A picture that was brought in.
fn asset() -> Asset {
    use onetake::core::asset::{Facts, Kind, Source, Status};
    Asset {
        id: AssetId(String::new()),
        project: None,
        owner: None,
        team: None,
        take: None,
        name: String::new(),
        description: String::new(),
        category: String::new(),
        kind: Kind::Image,
        source: Source::Upload,
        status: Status::Ready,
        problem: None,
        path: String::new(),
        linked: false,
        bytes: 7,
        sha256: None,
        facts: Facts::default(),
        metadata: serde_json::json!({}),
        created_at: "2026-11-20T12:00:00Z".into(),
        updated_at: "2026-11-20T12:00:00Z".into(),
        binned_at: None,
        tags: Vec::new(),
    }
}
