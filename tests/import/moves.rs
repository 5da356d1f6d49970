//! Where files lie: copied, linked, in the bin and out of it, lost and found.

use std::fs;

use onetake::blobs::media::read_sidecar;
use onetake::core::asset::Status;
use onetake::core::import::{Became, Wanted};
use onetake::jobs::assets;

use super::rig::{Place, beep, copy, picture};

fn link(place: &Place, names: &[&str]) -> Wanted {
    Wanted { paths: names.iter().map(|name| place.file(name)).collect(), link: true, ..Wanted::default() }
}

#[test]
fn the_same_bytes_are_one_asset_whatever_their_name() {
    let place = Place::new();
    for name in ["a.wav", "b.wav", "c.wav"] {
        beep(&place.file(name), 5);
    }
    beep(&place.file("other.wav"), 6);
    let (report, _) = place.import(&copy(&[&place.folder.path().join("in")]));
    assert_eq!((report.added.len(), report.known.len()), (2, 2));
    let (report, _) = place.import(&copy(&[&place.folder.path().join("in")]));
    assert_eq!((report.added.len(), report.known.len()), (0, 4));
    assert_eq!(report.sentence(), "4 files were there already.");
    place.assert_in_order();
}

#[test]
fn linked_files_are_never_touched() {
    let place = Place::new();
    beep(&place.file("a.wav"), 1);
    let before = fs::metadata(place.file("a.wav")).unwrap().modified().unwrap();
    let (report, _) = place.import(&link(&place, &["a.wav"]));
    let asset = place.asset(&report.added[0]);
    let real = fs::canonicalize(place.file("a.wav")).unwrap();
    assert_eq!((asset.linked, asset.path.as_str()), (true, real.to_str().unwrap()));
    assert_eq!(place.names("media"), [format!("{}.json", asset.id)], "its sidecar alone");
    assets::bin(&place.house, &asset.id).unwrap();
    let binned = place.asset(&asset.id);
    assert!(binned.binned_at.is_some() && binned.path == asset.path);
    assert_eq!(place.names("media"), [""; 0]);
    assert_eq!(place.names(&format!("bin/{}", asset.id)), [format!("{}.json", asset.id), "binned_at".into()]);
    assets::empty_bin(&place.house, 0).unwrap();
    assert!(place.house.db.asset(&asset.id).unwrap().is_none());
    assert_eq!(fs::metadata(place.file("a.wav")).unwrap().modified().unwrap(), before);
}

#[test]
fn what_goes_to_the_bin_comes_back_whole() {
    let place = Place::new();
    picture(&place.file("a.png"), 20, 10, true);
    let asset = place.one(&place.file("a.png")).unwrap();
    let file = asset.file(place.house.folder.root());
    assets::bin(&place.house, &asset.id).unwrap();
    let binned = place.asset(&asset.id);
    assert!(!file.exists() && binned.file(place.house.folder.root()).is_file());
    assert_eq!(binned.path, format!("bin/{0}/{0}.png", asset.id));
    let in_bin = place.house.folder.bin().join(&asset.id.0).join(format!("{}.json", asset.id));
    assert_eq!(read_sidecar(&in_bin).map(|asset| asset.binned_at), Some(binned.binned_at.clone()));
    // Thirty days are not over.
    assert_eq!(assets::empty_bin(&place.house, 30).unwrap(), 0);
    assets::restore(&place.house, &asset.id).unwrap();
    let back = place.asset(&asset.id);
    assert_eq!((back.path.as_str(), &back.binned_at, back.sha256.clone()), (asset.path.as_str(), &None, asset.sha256.clone()));
    assert_eq!(place.names("bin"), [""; 0]);
    place.assert_in_order();
    // Once more, and for good.
    assets::bin(&place.house, &asset.id).unwrap();
    assert_eq!(assets::empty_bin(&place.house, 0).unwrap(), 1);
    assert!(place.house.db.asset(&asset.id).unwrap().is_none());
    assert_eq!((place.names("bin"), place.names("media")), (Vec::new(), Vec::new()));
}

#[test]
fn an_old_date_in_the_bin_ends_there() {
    let place = Place::new();
    picture(&place.file("a.png"), 20, 10, false);
    let asset = place.one(&place.file("a.png")).unwrap();
    assets::bin(&place.house, &asset.id).unwrap();
    let date = place.house.folder.bin().join(&asset.id.0).join("binned_at");
    fs::write(&date, "2020-01-01T00:00:00Z").unwrap();
    // As every look through the library does.
    onetake::jobs::library::reconcile(&place.house).unwrap();
    assert!(place.house.db.asset(&asset.id).unwrap().is_none());
    assert_eq!(place.names("bin"), [""; 0]);
}

#[test]
fn importing_what_lies_in_the_bin_brings_it_back() {
    let place = Place::new();
    beep(&place.file("a.wav"), 1);
    let asset = place.one(&place.file("a.wav")).unwrap();
    assets::bin(&place.house, &asset.id).unwrap();
    let (report, _) = place.import(&copy(&[&place.file("a.wav")]));
    assert_eq!(report.known, std::slice::from_ref(&asset.id));
    assert_eq!(place.asset(&asset.id).binned_at, None);
    place.assert_in_order();
}

#[test]
fn a_lost_file_is_missing_until_it_is_there_again() {
    let place = Place::new();
    beep(&place.file("a.wav"), 1);
    let (report, _) = place.import(&link(&place, &["a.wav"]));
    let asset = place.asset(&report.added[0]);
    fs::rename(place.file("a.wav"), place.file("elsewhere.wav")).unwrap();
    let looked = assets::looked_for(&place.house, asset.clone());
    assert_eq!(looked.status, Status::Missing);
    assert_eq!(place.asset(&asset.id).status, Status::Missing);
    assert!(assets::missing(&looked).unwrap().what.ends_with("a.wav is gone."));
    fs::rename(place.file("elsewhere.wav"), place.file("a.wav")).unwrap();
    assert_eq!(assets::looked_for(&place.house, looked).status, Status::Ready);
    assert_eq!(place.asset(&asset.id).problem, None);
    // The same bytes from elsewhere are the same asset, which keeps its id.
    fs::rename(place.file("a.wav"), place.file("moved.wav")).unwrap();
    let (report, follower) = place.import(&copy(&[&place.file("moved.wav")]));
    assert_eq!((report.known, report.refused), (vec![asset.id.clone()], 0));
    assert!(matches!(follower.outcomes()[0].became, Became::Known(_)));
    let found = place.asset(&asset.id);
    assert_eq!((found.status, found.linked, found.name.as_str()), (Status::Ready, false, "a"));
    place.assert_in_order();
}

/// A crash may come between any two steps of a move; the next start finishes it.
#[test]
fn half_done_moves_are_finished() {
    let place = Place::new();
    beep(&place.file("a.wav"), 1);
    let asset = place.one(&place.file("a.wav")).unwrap();
    let root = place.house.folder.root().to_owned();
    // Files went to the bin, the row did not follow.
    let binned = onetake::blobs::media::bin::bin(&place.house.folder, &asset, "2026-11-20T12:00:00Z").unwrap();
    assets::reconcile(&place.house).unwrap();
    assert_eq!(place.asset(&asset.id), asset);
    place.assert_in_order();
    // The row went, and half of the files.
    place.house.db.bin(&asset.id, "2026-11-20T12:00:00Z").unwrap();
    fs::create_dir(place.house.folder.bin().join(&asset.id.0)).unwrap();
    onetake::blobs::media::write_sidecar(&place.house.folder, &binned).unwrap();
    assets::reconcile(&place.house).unwrap();
    let row = place.asset(&asset.id);
    assert!(row.path.starts_with("bin/") && row.file(&root).is_file(), "{row:?}");
    assert_eq!(place.names("media"), [""; 0]);
    assets::restore(&place.house, &asset.id).unwrap();
    place.assert_in_order();
    // A file came in whole, its row did not.
    place.house.db.forget(&asset.id).unwrap();
    assets::reconcile(&place.house).unwrap();
    assert_eq!(place.asset(&asset.id).sha256, asset.sha256);
    place.assert_in_order();
    // A sidecar alone means nothing.
    fs::remove_file(asset.file(&root)).unwrap();
    place.house.db.forget(&asset.id).unwrap();
    assets::reconcile(&place.house).unwrap();
    assert!(place.house.db.asset(&asset.id).unwrap().is_none());
}
