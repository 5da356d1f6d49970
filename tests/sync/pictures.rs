//! Scenes' pictures travel with the script: given once, checked by their hash, and none of one's own is ever replaced by another.

use std::fs;
use std::path::{Path, PathBuf};

use onetake::blobs::files;
use onetake::remote::Error;
use onetake::studio::prepare::Tile;
use onetake::studio::{Message, prepare};

use crate::rig::{Device, OWNER, Site, Studio, script, wait};

fn picture(folder: &Path, name: &str, shade: u8) -> PathBuf {
    let path = folder.join(name);
    image::RgbImage::from_pixel(64, 36, image::Rgb([shade, 90, 30])).save(&path).unwrap();
    path
}

fn give(studio: &mut Studio, path: &Path) {
    let before = studio.model.prepare.revision;
    let path = path.to_string_lossy().into_owned();
    studio.send(Message::Prepare(prepare::Message::GivePicture { scene: 0, path }));
    studio.until("the picture is in the script", |studio| studio.model.prepare.revision > before);
    studio.send(Message::Prepare(prepare::Message::SaveNow));
    studio.until("the script is saved", |studio| studio.model.prepare.saved == prepare::Saved::Clean);
}

fn shown(studio: &mut Studio) -> PathBuf {
    studio.until("the picture is shown", |studio| matches!(studio.model.prepare.tiles.first(), Some(Tile::Ready { .. })));
    let named = studio.model.prepare.script.scenes[0].picture().unwrap().to_owned();
    Path::new(&studio.project().folder).join(named)
}

#[test]
fn a_picture_is_the_same_on_both_sides() {
    let site = Site::new();
    let (desk, couch) = (Device::new(&site.url(), OWNER), Device::new(&site.url(), OWNER));
    let outside = tempfile::tempdir().unwrap();
    let mut studio = desk.open();
    studio.begin(&script("Pictured", &["One."]));
    give(&mut studio, &picture(outside.path(), "Ünter – 猫.png", 200));
    studio.settle();
    let mut other = couch.open();
    other.open_remote("Pictured");
    let (here, there) = (shown(&mut studio), shown(&mut other));
    assert_eq!(fs::read(&here).unwrap(), fs::read(&there).unwrap());
    // Another picture, and back.
    give(&mut other, &picture(outside.path(), "second.png", 10));
    other.settle();
    studio.settle();
    let wanted = other.text().to_owned();
    studio.until("the other's picture is named here", |studio| studio.text() == wanted);
    assert_eq!(fs::read(shown(&mut studio)).unwrap(), fs::read(shown(&mut other)).unwrap());
    assert!(here.is_file(), "the first is kept");
}

#[test]
fn a_picture_of_ones_own_under_the_same_name_is_kept() {
    let site = Site::new();
    let (desk, couch) = (Device::new(&site.url(), OWNER), Device::new(&site.url(), OWNER));
    let outside = tempfile::tempdir().unwrap();
    let mut studio = desk.open();
    studio.begin(&script("Named", &["One."]));
    studio.settle();
    let mut other = couch.open();
    other.open_remote("Named");
    let own = Path::new(&other.project().folder).join("pictures");
    fs::create_dir_all(&own).unwrap();
    picture(&own, "same.png", 1);
    let bytes = fs::read(own.join("same.png")).unwrap();
    give(&mut studio, &picture(outside.path(), "same.png", 250));
    studio.settle();
    other.settle();
    assert_eq!(fs::read(shown(&mut other)).unwrap(), fs::read(shown(&mut studio)).unwrap());
    let all: Vec<Vec<u8>> = fs::read_dir(&own).unwrap().flatten().map(|item| fs::read(item.path()).unwrap()).collect();
    assert!(all.contains(&bytes), "what lay there is kept beside it");
}

#[test]
fn a_picture_that_is_missing_here_is_not_taken_away_there() {
    let site = Site::new();
    let desk = Device::new(&site.url(), OWNER);
    let outside = tempfile::tempdir().unwrap();
    let mut studio = desk.open();
    studio.begin(&script("Missing", &["One."]));
    give(&mut studio, &picture(outside.path(), "a.png", 3));
    studio.settle();
    fs::remove_file(shown(&mut studio)).unwrap();
    studio.write(&studio.text().replace("One.", "One and more."));
    studio.settle();
    let facts = wait(site.client(OWNER).list()).unwrap().remove(0);
    let Ok(onetake::remote::projects::Newest::Changed(version)) = wait(site.client(OWNER).newest(&facts.id, 0, "")) else {
        panic!("gone")
    };
    assert_eq!(version.document.pictures.len(), 1);
}

#[test]
fn only_the_right_bytes_are_taken() {
    let site = Site::new();
    let client = site.client(OWNER);
    let bytes = b"not really a picture".to_vec();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x");
    fs::write(&file, &bytes).unwrap();
    let sha256 = files::sha256_file(&file, |_| {}).unwrap();
    let wrong = wait(client.give_object(&"a".repeat(64), bytes.clone().into()));
    assert!(matches!(wrong, Err(Error::Declined { status: 422, .. })), "{wrong:?}");
    assert!(!wait(client.has_object(&sha256)).unwrap());
    for _ in 0..2 {
        wait(client.give_object(&sha256, bytes.clone().into())).unwrap();
    }
    let fetched = folder.path().join("fetched");
    wait(client.fetch_object(&sha256, bytes.len() as u64, &fetched)).unwrap();
    assert_eq!(fs::read(&fetched).unwrap(), bytes);
    assert!(wait(client.fetch_object(&sha256, 3, &folder.path().join("short"))).is_err());
}
