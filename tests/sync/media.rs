//! Clips and sounds follow the words to the server and to other machines: in parts, gone on with where the line broke, checked by their
//! hash. Words never wait for them, and one that is missing is said to be missing.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use onetake::blobs::files;
use onetake::core::shared::{Document, Offer, SharedFile, Stage};
use onetake::remote::projects::{Newest, Projects, Put};
use onetake::remote::{Error, Held};

use crate::rig::{Device, OWNER, Random, Site, Studio, script, wait};

/// More than one part, and not a whole number of them.
const CLIP_BYTES: usize = (9 << 20) + 12_345;
/// What a part has (`remote::objects`).
const PART_BYTES: u64 = 4 << 20;
/// Anything here that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(120);

fn noise(seed: u64, bytes: usize) -> Vec<u8> {
    let mut random = Random(seed);
    (0..bytes.div_ceil(8)).flat_map(|_| random.below(u64::MAX).to_le_bytes()).take(bytes).collect()
}

/// A file on the disk and what the wire says of it.
fn file(path: &Path, named: &str, bytes: &[u8]) -> SharedFile {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
    SharedFile { path: named.into(), sha256: files::sha256_file(path, |_| {}).unwrap(), bytes: bytes.len() as u64 }
}

fn text(title: &str) -> String {
    script(title, &["> film: clips/a.mp4\n> sound: sounds/a.wav", "One."])
}

fn folder(studio: &Studio) -> PathBuf {
    studio.project().folder.into()
}

/// Looks at the server again and again until this is so.
fn looks_until(studio: &mut Studio, what: &str, holds: impl Fn(&Studio) -> bool) {
    let begin = Instant::now();
    while !holds(studio) {
        assert!(begin.elapsed() < LIMIT, "never so: {what}; {:?}", studio.model.sync.files);
        studio.look();
        studio.turn();
    }
}

fn newest(client: &Projects, title: &str) -> Document {
    let id = wait(client.list()).unwrap().into_iter().find(|facts| facts.title == title).expect("it is on the server").id;
    let Ok(Newest::Changed(version)) = wait(client.newest(&id, 0, "")) else { panic!("not seen") };
    version.document
}

#[test]
fn clips_and_sounds_follow_the_words_to_other_machines() {
    let site = Site::new();
    let (desk, couch) = (Device::new(&site.url(), OWNER), Device::new(&site.url(), OWNER));
    let mut studio = desk.open();
    studio.begin(&script("Filmed", &["One."]));
    let here = folder(&studio);
    let clip = noise(1, CLIP_BYTES);
    let made = file(&here.join("clips/a.mp4"), "clips/a.mp4", &clip);
    file(&here.join("sounds/a.wav"), "sounds/a.wav", b"a voice");
    studio.write(&text("Filmed"));
    studio.settle();
    let client = site.client(OWNER);
    looks_until(&mut studio, "the server has the clip", |_| wait(client.has_object(&made.sha256)).unwrap());
    assert_eq!(newest(&client, "Filmed").media[0], made);
    let mut other = couch.open();
    other.open_remote("Filmed");
    assert_eq!(other.text(), text("Filmed"));
    let there = folder(&other);
    looks_until(&mut other, "both have come", |_| there.join("clips/a.mp4").is_file() && there.join("sounds/a.wav").is_file());
    assert!(fs::read(there.join("clips/a.mp4")).unwrap() == clip);
    assert_eq!(fs::read(there.join("sounds/a.wav")).unwrap(), b"a voice");
    looks_until(&mut other, "nothing is left to do", |studio| studio.in_step() && studio.model.sync.files.word().is_none());
    // Another clip under the same name goes the same way back; the one before is kept beside it.
    let second = noise(2, 1000);
    fs::write(there.join("clips/a.mp4"), &second).unwrap();
    looks_until(&mut other, "the new one is on the server", |_| newest(&client, "Filmed").media[0].bytes == 1000);
    looks_until(&mut studio, "the new one is here", |_| fs::read(here.join("clips/a.mp4")).is_ok_and(|bytes| bytes == second));
    assert!(fs::read(here.join("clips/a-2.mp4")).unwrap() == clip);
    assert_eq!((studio.text(), studio.conflicts + other.conflicts), (other.text(), 0));
}

#[test]
fn words_never_wait_for_a_clip_and_a_missing_one_is_said_to_be_missing() {
    let site = Site::new();
    let client = site.client(OWNER);
    let outside = tempfile::tempdir().unwrap();
    let clip = file(&outside.path().join("a.mp4"), "clips/a.mp4", &noise(3, CLIP_BYTES));
    let words = script("Early", &["> film: clips/a.mp4", "One."]);
    let document = Document::new(words.clone(), Default::default(), Stage::Draft, Vec::new()).with_media(vec![clip.clone()]);
    let offer = Offer { device: "another".into(), document };
    let id = uuid::Uuid::now_v7().to_string();
    assert!(matches!(wait(client.put(&id, None, &offer)), Ok(Put::Kept(_))), "the words are taken without their clip");
    let couch = Device::new(&site.url(), OWNER);
    let mut studio = couch.open();
    studio.open_remote("Early");
    assert_eq!(studio.text(), words);
    looks_until(&mut studio, "it is missing", |studio| studio.model.sync.files.missing == ["clips/a.mp4"]);
    let said = studio.model.sync.files.about("clips/a.mp4").unwrap();
    assert!(said.contains("not on this machine"), "{said}");
    // Meanwhile words go there and come back, and the clip stays named.
    studio.write(&words.replace("One.", "One and two."));
    studio.settle();
    assert_eq!(newest(&client, "Early").media, std::slice::from_ref(&clip));
    assert!(wait(client.give_rest(&clip.sha256, &outside.path().join("a.mp4"), 0, |_| true)).unwrap());
    let there = folder(&studio).join("clips/a.mp4");
    looks_until(&mut studio, "it has come", |_| there.is_file());
    assert_eq!(files::sha256_file(&there, |_| {}).unwrap(), clip.sha256);
    looks_until(&mut studio, "nothing is missing", |studio| studio.model.sync.files.missing.is_empty());
}

#[test]
fn what_broke_off_is_gone_on_with_and_only_the_right_bytes_are_taken() {
    let mut site = Site::new();
    let client = site.client(OWNER);
    let outside = tempfile::tempdir().unwrap();
    let path = outside.path().join("a.mp4");
    let bytes = noise(4, CLIP_BYTES);
    let clip = file(&path, "clips/a.mp4", &bytes);
    let mut parts = 0;
    let whole = wait(client.give_rest(&clip.sha256, &path, 0, |_| {
        parts += 1;
        parts < 2
    }));
    assert!(!whole.unwrap());
    site.kill();
    site.start();
    assert_eq!(wait(client.held(&clip.sha256)).unwrap(), Held::Part(PART_BYTES), "it outlives the server's process");
    // Who begins elsewhere is told where to go on.
    let mut seen = Vec::new();
    let whole = wait(client.give_rest(&clip.sha256, &path, 0, |at| {
        seen.push(at);
        true
    }));
    assert!(whole.unwrap());
    assert_eq!(seen, [0, PART_BYTES, 2 * PART_BYTES]);
    assert_eq!(wait(client.held(&clip.sha256)).unwrap(), Held::Whole);
    // The way back, broken off and gone on with.
    let mut got = Vec::new();
    let ended = wait(client.fetch_rest::<Error>(&clip.sha256, clip.bytes, 0, |piece| {
        got.extend_from_slice(piece);
        Ok(got.len() < 5_000_000)
    }));
    assert_eq!(ended.unwrap(), Some(false));
    let from = got.len() as u64;
    let ended = wait(client.fetch_rest::<Error>(&clip.sha256, clip.bytes, from, |piece| {
        got.extend_from_slice(piece);
        Ok(true)
    }));
    assert!(ended.unwrap() == Some(true) && got == bytes);
    // Other bytes under a hash are refused, and nothing of them stays.
    let lie = "a".repeat(64);
    let refused = wait(client.give_rest(&lie, &path, 0, |_| true));
    assert!(matches!(refused, Err(Error::Declined { status: 422, .. })), "{refused:?}");
    assert_eq!(wait(client.held(&lie)).unwrap(), Held::Part(0));
    assert_eq!(fs::read_dir(site.data.join("shared/arriving")).unwrap().count(), 0);
}

#[test]
fn a_clip_is_nobodys_by_its_hash_alone() {
    let site = Site::new();
    let anna = site.client(&site.user("Anna", Some(("Films", "editor"))));
    let ben = site.client(&site.user("Ben", Some(("Films", "viewer"))));
    let cleo = site.client(&site.user("Cleo", None));
    let outside = tempfile::tempdir().unwrap();
    let path = outside.path().join("a.mp4");
    let clip = file(&path, "clips/a.mp4", &noise(5, 6 << 20));
    let naming = |words: &str| {
        let document = Document::new(words.into(), Default::default(), Stage::Draft, Vec::new());
        Offer { device: "desk".into(), document: document.with_media(vec![clip.clone()]) }
    };
    // Cleo names it in a project of hers, before it has come and after.
    let hers = uuid::Uuid::now_v7().to_string();
    assert!(matches!(wait(cleo.put(&hers, None, &naming("Cleo's."))), Ok(Put::Kept(_))));
    let project = uuid::Uuid::now_v7().to_string();
    assert!(matches!(wait(anna.put(&project, None, &naming("Anna's."))), Ok(Put::Kept(_))));
    wait(anna.share(&project, Some("Films"))).unwrap();
    assert_eq!(wait(ben.held(&clip.sha256)).unwrap(), Held::Part(0));
    assert!(wait(anna.give_rest(&clip.sha256, &path, 0, |_| true)).unwrap());
    assert!(matches!(wait(cleo.put(&hers, Some(1), &naming("Cleo's again."))), Ok(Put::Kept(_))));
    let fetches = |client: &Projects| wait(client.fetch_rest::<Error>(&clip.sha256, clip.bytes, 0, |_| Ok(true))).unwrap();
    assert_eq!([fetches(&anna), fetches(&ben), fetches(&cleo)], [Some(true), Some(true), None]);
}
