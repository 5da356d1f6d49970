//! Assets come back as they went in; a take is one by itself; what a person gave one stays; what is used can't go.

use super::super::Error;
use super::{asset, asset_id, library, project, take};
use crate::core::asset::{Asset, Facts, Kind, Source, Status};
use crate::core::library::Query;
use crate::core::problem::{Kind as Class, Problem};
use crate::core::project::details::Details;
use crate::core::project::timeline::{Arrangement, AudioTrack};
use crate::core::take::{Take, TakeId, TakeState};
use crate::core::time::Rate;
use crate::core::upload;

const AT: &str = "2026-11-21T09:00:00.000Z";

#[test]
fn an_asset_comes_back_as_it_was_saved() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    db.save_project(&project("p", "Why we write")).unwrap();
    let full = Asset {
        project: Some("p".into()),
        description: "Größe \"x\"; DROP TABLE assets; --".into(),
        category: "b-roll".into(),
        kind: Kind::Overlay,
        source: Source::Generated,
        status: Status::Failed,
        problem: Some("It is cut off.".into()),
        linked: true,
        path: "/elsewhere/日本.png".into(),
        bytes: i64::MAX as u64,
        sha256: Some("ab".repeat(32)),
        facts: Facts {
            sample_rate: 48_000,
            channels: 2,
            audio_codec: "AAC".into(),
            mime: "image/png".into(),
            ..Facts::default()
        },
        tags: vec!["Alpha".into(), "beta".into()],
        ..asset("b", "日本 🎬")
    };
    for saved in [asset("a", "First"), full.clone(), Asset { tags: vec!["beta".into()], ..full.clone() }] {
        db.save_asset(&saved).unwrap();
        assert_eq!(db.asset(&saved.id).unwrap(), Some(saved));
    }
    assert_eq!(db.asset_by_sha256(&"ab".repeat(32)).unwrap().map(|found| found.id), Some(asset_id("b")));
    assert_eq!(db.asset_at("/elsewhere/日本.png").unwrap().map(|found| found.id), Some(asset_id("b")));
    assert_eq!(db.asset(&asset_id("none")).unwrap(), None);
    let tags: Vec<_> = db.tags().unwrap().into_iter().map(|tag| (tag.name, tag.assets)).collect();
    assert_eq!(tags, [("beta".to_owned(), 1)], "a tag that nothing has is gone");
    let (second, first) = (db.seq(&asset_id("b")).unwrap().unwrap(), db.seq(&asset_id("a")).unwrap().unwrap());
    let entries = db.entries(&[second, 999, first]).unwrap();
    assert_eq!(entries.iter().map(|entry| entry.asset.id.0.as_str()).collect::<Vec<_>>(), ["b", "a"]);
    assert_eq!(db.all_assets().unwrap().len(), 2);
}

#[test]
fn a_wrong_asset_is_refused_and_nothing_of_it_stays() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    let wrong = [
        Asset { name: String::new(), ..asset("w", "x") },
        Asset { project: Some("no such project".into()), ..asset("w", "x") },
        Asset { sha256: Some("short".into()), ..asset("w", "x") },
        Asset { bytes: u64::MAX, ..asset("w", "x") },
        Asset { metadata: serde_json::json!([1]), ..asset("w", "x") },
        Asset { source: Source::Recording, ..asset("w", "x") },
        Asset { facts: Facts { rate: Rate { num: 1, den: 0 }, ..Facts::default() }, ..asset("w", "x") },
    ];
    for wrong in wrong {
        let error = db.save_assets(&[asset("good", "Good"), wrong]).unwrap_err();
        assert!(matches!(error, Error::Value { .. } | Error::Orphan { .. }), "{error}");
        assert_eq!(db.all_assets().unwrap(), []);
    }
}

#[test]
fn a_take_is_an_asset_and_they_never_disagree() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    let rolling = Take { state: TakeState::Recording, nanos: 0, bytes: 0, ..take("t", "p", 3) };
    db.save_take(&rolling).unwrap();
    let listed = || db.asset(&asset_id("t")).unwrap().unwrap();
    assert_eq!((listed().status, listed().project), (Status::Importing, None), "its project is not listed yet");
    db.save_project(&project("p", "P")).unwrap();
    assert_eq!(listed().project.as_deref(), Some("p"));
    db.save_take(&take("t", "p", 3)).unwrap();
    let asset = listed();
    assert_eq!(asset.name, "Why we write – なぜ · take 3");
    assert_eq!((asset.kind, asset.source, asset.status), (Kind::Video, Source::Recording, Status::Ready));
    assert_eq!((asset.path.as_str(), asset.bytes), ("/data/takes/t/take.mkv", 48_000_000));
    assert_eq!(asset.facts.rate, Rate { num: 30_000, den: 1_001 });
    assert_eq!(asset.metadata["recording_duration_ms"], 142_000);
    assert_eq!(asset.metadata["recorded_at"], "2026-11-20T12:00:03.000Z");
    assert_eq!(asset.take, Some(TakeId("t".into())));

    // What the person gave it outlives what the folder tells anew.
    db.rename(&asset.id, "The good one").unwrap();
    db.tag(std::slice::from_ref(&asset.id), "keeper").unwrap();
    db.save_take(&Take { title: "Renamed".into(), bytes: 5, ..take("t", "p", 3) }).unwrap();
    assert_eq!((listed().name.as_str(), listed().bytes, &listed().tags[..]), ("The good one", 5, &["keeper".to_owned()][..]));

    // The bin is the take's.
    for refused in [db.bin(&asset.id, AT), db.restore(&asset.id), db.forget(&asset.id)] {
        assert!(matches!(refused, Err(Error::OfTake { .. })));
    }
    db.bin_take(&TakeId("t".into()), AT).unwrap();
    assert_eq!(listed().binned_at.as_deref(), Some(AT));
    db.restore_take(&TakeId("t".into())).unwrap();
    assert_eq!(listed().binned_at, None);
    let other = Asset { binned_at: Some(AT.into()), ..listed() };
    assert!(matches!(db.save_asset(&other), Err(Error::Value { .. })));
    db.forget_take(&TakeId("t".into())).unwrap();
    assert_eq!(db.asset(&asset.id).unwrap(), None);
}

#[test]
fn no_take_is_refused_for_its_entry_in_the_library() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    let strange = [
        Take { title: String::new(), media: String::new(), rate: Rate { num: 0, den: 0 }, ..take("a", "", 1) },
        Take { width: 0, height: 0, title: " ".into(), ..take("b", "p", 0) },
        Take { title: "\u{0}".into(), nanos: i64::MAX as u64, started_at: String::new(), ..take("c", "p", u32::MAX) },
    ];
    for take in &strange {
        db.save_take(take).unwrap();
        db.save_take(&Take { bytes: 1, ..take.clone() }).unwrap();
        assert!(db.asset(&asset_id(&take.id.0)).unwrap().is_some());
    }
    let sound = db.asset(&asset_id("b")).unwrap().unwrap();
    assert_eq!((sound.kind, sound.name.as_str()), (Kind::Audio, "Untitled · take 0"));
    assert_eq!(db.find(&Query::default()).unwrap().len(), 3);
}

#[test]
fn an_upload_tells_the_takes_hash() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    db.save_take(&take("t", "p", 1)).unwrap();
    let mut row = super::super::Upload {
        take: TakeId("t".into()),
        server: "https://studio.example".into(),
        location: None,
        recording: None,
        sha256: None,
        bytes: 48_000_000,
        status: upload::Status::Uploading,
        growing: false,
        attempt: 1,
        problem: None,
        updated_at: AT.into(),
        screen: None,
    };
    db.save_upload(&row).unwrap();
    (row.status, row.sha256) = (upload::Status::Uploaded, Some("cd".repeat(32)));
    db.save_upload(&row).unwrap();
    assert_eq!(db.asset_by_sha256(&"cd".repeat(32)).unwrap().map(|found| found.id), Some(asset_id("t")));
    // Other bytes have another hash.
    db.save_take(&Take { bytes: 7, ..take("t", "p", 1) }).unwrap();
    assert_eq!(db.asset(&asset_id("t")).unwrap().unwrap().sha256, None);
}

#[test]
fn names_words_and_tags_are_changed_and_checked() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    db.save_assets(&[asset("a", "A"), asset("b", "B")]).unwrap();
    let (a, b) = (asset_id("a"), asset_id("b"));
    db.rename(&a, "  Morning \n").unwrap();
    db.describe(&a, "In the fog").unwrap();
    db.categorise(&a, "b-roll").unwrap();
    let changed = db.asset(&a).unwrap().unwrap();
    assert_eq!(
        (changed.name.as_str(), changed.description.as_str(), changed.category.as_str()),
        ("Morning", "In the fog", "b-roll")
    );
    assert!(changed.updated_at > asset("a", "A").updated_at);
    assert!(matches!(db.rename(&a, " \t "), Err(Error::Value { .. })));
    assert!(matches!(db.rename(&asset_id("none"), "x"), Err(Error::Unknown { .. })));

    db.tag(&[a.clone(), b.clone()], " Fog ").unwrap();
    db.tag(std::slice::from_ref(&b), "fog").unwrap();
    db.tag(std::slice::from_ref(&b), "sea\nside").unwrap();
    assert_eq!(db.asset(&b).unwrap().unwrap().tags, ["Fog", "sea side"]);
    db.bin(&b, AT).unwrap();
    let tags = || db.tags().unwrap().into_iter().map(|tag| (tag.name, tag.assets)).collect::<Vec<_>>();
    assert_eq!(tags(), [("Fog".to_owned(), 1), ("sea side".to_owned(), 0)]);
    db.untag(&[a.clone(), b.clone()], "FOG").unwrap();
    db.untag(std::slice::from_ref(&a), "never had").unwrap();
    assert_eq!(tags(), [("sea side".to_owned(), 0)]);
    for empty in ["", "  ", &"x".repeat(101)] {
        assert!(matches!(db.tag(std::slice::from_ref(&a), empty), Err(Error::Value { .. })), "{empty:?}");
    }
    assert!(db.tag(&[a.clone(), asset_id("none")], "half").is_err());
    assert_eq!(db.asset(&a).unwrap().unwrap().tags, [] as [String; 0], "all or none");
}

#[test]
fn what_a_project_plays_can_neither_be_binned_nor_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    db.save_asset(&asset("song", "Song")).unwrap();
    db.save_project(&project("p", "My film")).unwrap();
    let song = asset_id("song");
    let track = AudioTrack { asset: Some(song.clone()), ..AudioTrack::default() };
    let arrangement = Arrangement { audio_tracks: vec![track], ..Arrangement::default() };
    db.save_details("p", &Details { arrangement, ..Details::default() }).unwrap();
    for refused in [db.bin(&song, AT), db.forget(&song)] {
        let error = refused.unwrap_err();
        assert!(matches!(&error, Error::Used { by, .. } if by.contains("My film")), "{error}");
        assert_eq!(Problem::from(error).kind, Class::Refused);
    }
    assert_eq!(db.users_of(&song).unwrap(), ["the project “My film”"]);
    db.save_details("p", &Details::default()).unwrap();
    db.bin(&song, AT).unwrap();
    db.bin(&song, "2027-01-01T00:00:00.000Z").unwrap();
    assert_eq!(db.asset(&song).unwrap().unwrap().binned_at.as_deref(), Some(AT), "what lies there keeps its date");
    db.restore(&song).unwrap();
    db.forget(&song).unwrap();
    db.forget(&song).unwrap();
    assert_eq!(db.asset(&song).unwrap(), None);
    assert!(matches!(db.bin(&song, AT), Err(Error::Unknown { .. })));
}
