//! What can't be used gets a sentence of its own, leaves nothing behind, and does not hold up the others.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::Path;

use onetake::core::problem::Kind;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::rig::{PICTURES, Place, beep, beep_bytes, copy, film, launch, picture};

/// Files changed at random; each takes GStreamer a moment.
const FUZZED: u32 = 40;

/// Names tried; each is a file that really comes in.
const NAMED: u32 = 24;

fn png_head(width: u32, height: u32) -> Vec<u8> {
    let mut chunk = b"IHDR".to_vec();
    chunk.extend(width.to_be_bytes());
    chunk.extend(height.to_be_bytes());
    chunk.extend([8, 6, 0, 0, 0]);
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    png.extend(&chunk);
    png.extend(crc32(&chunk).to_be_bytes());
    png.extend(b"\0\0\0\x20IDAT\x78\x9c");
    png
}

/// As PNG has it (ISO 3309).
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

#[test]
fn each_bad_file_gets_its_sentence_and_the_good_ones_come_in() {
    let place = Place::new();
    let folder = place.folder.path().join("in");
    beep(&place.file("good.wav"), 1);
    film(&place.file("whole.mp4"));
    let whole = fs::read(place.file("whole.mp4")).unwrap();
    let index = whole.windows(4).position(|name| name == b"moov").unwrap() - 4;
    picture(&place.file("whole.png"), 400, 300, false);
    let png = fs::read(place.file("whole.png")).unwrap();
    launch(&format!("{PICTURES} ! matroskamux ! OUT"), &place.file("whole.mkv"));
    let mkv = fs::read(place.file("whole.mkv")).unwrap();
    let mut wav = beep_bytes(2);
    wav.truncate(wav.len() - 100);
    place.write("empty.mp4", b"");
    place.write("letter.mp4", b"Dear all,\n\nthis is no film.\n");
    place.write("list.mp4", b"#EXTM3U\n#EXT-X-VERSION:3\nhttp://127.0.0.1:9/secret.ts\n\0\0\0");
    place.write("rubbish.mov", &(0..9000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect::<Vec<_>>());
    place.write("broken-off.mp4", &whole[..whole.len() - 500]);
    place.write("no-index.mp4", &whole[..index]);
    place.write("broken-off.mkv", &mkv[..mkv.len() / 2]);
    place.write("broken-off.wav", &wav);
    place.write("broken-off.png", &png[..png.len() / 2]);
    place.write("huge.png", &png_head(100_000, 100_000));
    place.write("heavy.png", &png_head(16_000, 16_000));
    place.write("moving.gif", b"GIF89a\x01\0\x01\0\0\0\0;");
    // Four gigabytes, of which the disk keeps a few bytes.
    place.write("long.png", &png_head(10, 10));
    File::options().write(true).open(place.file("long.png")).unwrap().set_len(4 << 30).unwrap();
    place.write("long.mov", b"\0\0\0\x10ftypqt  \0\0\0\0");
    File::options().write(true).open(place.file("long.mov")).unwrap().set_len(4 << 30).unwrap();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        place.file("pipe.mp4"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::from_raw_mode(0o600),
        0,
    )
    .unwrap();
    symlink("/etc/passwd", place.file("out.mp4")).unwrap();
    symlink("nowhere.mp4", place.file("nowhere.mp4")).unwrap();
    symlink("/dev/zero", place.file("zero.mp4")).unwrap();

    let (report, follower) = place.import(&copy(&[&folder]));
    assert_eq!((report.added.len(), report.known.len()), (4, 0), "{:?}", follower.outcomes());
    let expected: &[(&str, &str)] = &[
        ("broken-off.mkv", "breaks off"),
        ("broken-off.mp4", "breaks off"),
        ("broken-off.png", "is not a picture that can be used"),
        ("broken-off.wav", "breaks off"),
        ("empty.mp4", "is empty"),
        ("heavy.png", "is too large (16000 × 16000 needs more than 256 MB of memory)"),
        ("huge.png", "is too large (100000 × 100000"),
        ("letter.mp4", "is not a media file"),
        ("list.mp4", "is not a media file"),
        ("long.mov", "has no index"),
        ("long.png", "is too large (its file is larger than 256 MB)"),
        ("moving.gif", "its format is Gif"),
        ("no-index.mp4", "has no index"),
        ("nowhere.mp4", "is a link that leads nowhere"),
        ("out.mp4", "is a link that leads out of its folder"),
        ("pipe.mp4", "is a pipe, not a file"),
        ("rubbish.mov", "is not a media file"),
        ("zero.mp4", "is a link that leads out of its folder"),
    ];
    let mut told = follower.refusals();
    told.sort();
    for ((name, sentence), (expected_name, part)) in told.iter().zip(expected) {
        assert_eq!(name, expected_name, "{told:#?}");
        assert!(sentence.contains(part) && sentence.ends_with('.'), "{name}: {sentence}");
    }
    assert_eq!((told.len(), report.refused), (expected.len(), expected.len() as u64), "{told:#?}");
    assert!(fs::read(place.file("whole.mp4")).unwrap() == whole, "what is imported is only read");
    place.assert_in_order();
    // All that was found is accounted for.
    let last = follower.progress().pop().unwrap();
    assert_eq!((last.files_done, last.bytes_done), (last.files, last.bytes));
}

#[test]
fn devices_folders_of_the_studio_and_what_is_not_there_are_named() {
    let place = Place::new();
    let own = place.house.folder.root().to_owned();
    for (path, sentence) in [
        (Path::new("/dev/null"), "is a device"),
        (&place.file("nothing.mp4"), "was not found"),
        (&own, "lies in the studio's own folder"),
        (&own.join("library.db"), "lies in the studio's own folder"),
    ] {
        let problem = place.one(path).unwrap_err();
        assert!(problem.to_string().contains(sentence), "{problem}");
        assert_eq!(problem.kind, Kind::Usage);
    }
    // The folder around it may be imported, without it.
    beep(&place.file("a.wav"), 1);
    let (report, follower) = place.import(&copy(&[place.folder.path()]));
    assert_eq!((report.added.len(), follower.refusals().len()), (1, 1), "{:?}", follower.refusals());
    place.assert_in_order();
}

#[test]
fn a_file_that_may_not_be_read_is_said() {
    let place = Place::new();
    beep(&place.file("a.wav"), 1);
    if rustix::process::geteuid().is_root() {
        println!("skipped: permissions do not hold root back");
        return;
    }
    fs::set_permissions(place.file("a.wav"), std::os::unix::fs::PermissionsExt::from_mode(0o000)).unwrap();
    let problem = place.one(&place.file("a.wav")).unwrap_err();
    assert!(problem.what.contains("can't be read"), "{problem}");
}

/// A file that grows, shrinks or is replaced while it is read must not come in as something that never was.
#[test]
fn a_file_that_is_still_written_is_refused() {
    use onetake::core::import::{Outcome, Progress, Wanted};
    use onetake::jobs::glance::maker::Maker;
    use onetake::jobs::import::{Orders, Watch, import};

    struct Writer<'a>(&'a Path);
    impl Watch for Writer<'_> {
        fn progress(&self, _: &Progress) {}
        fn became(&self, outcome: &Outcome) {
            if outcome.file.ends_with("a.wav") {
                use std::io::Write;
                File::options().append(true).open(self.0).unwrap().write_all(b"more").unwrap();
            }
        }
    }
    let place = Place::new();
    beep(&place.file("a.wav"), 1);
    // Twelve megabytes: it is read for a while after it was opened, and the one before it ends in that time or before.
    let mut long = beep_bytes(2);
    long[40..44].copy_from_slice(&12_000_000u32.to_le_bytes());
    long[4..8].copy_from_slice(&12_000_036u32.to_le_bytes());
    long.resize(12_000_044, 7);
    let growing = place.write("b.wav", &long);
    let wanted = Wanted { paths: vec![place.file("a.wav"), growing.clone()], ..Wanted::default() };
    let report = import(&place.house, &Maker::new(&place.house.folder), &wanted, &Orders::default(), &Writer(&growing));
    // Grown before it was opened it is whole in its new length, while it was read it is refused; never the old length with new bytes.
    assert_eq!(report.added.len() + report.refused as usize, 2, "{report:?}");
    for (_, problem) in &report.refusals {
        assert!(problem.what.contains("changed while it was read"), "{problem}");
    }
    place.assert_in_order();
}

#[test]
fn damage_at_random_never_leaves_half_a_file() {
    let place = Place::new();
    film(&place.file("a.mp4"));
    picture(&place.file("b.png"), 40, 30, true);
    let films: Vec<Vec<u8>> =
        ["a.mp4", "b.png"].iter().map(|name| fs::read(place.file(name)).unwrap()).chain([beep_bytes(3)]).collect();
    let damage = (
        0..films.len(),
        prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        prop::option::of(any::<prop::sample::Index>()),
    );
    let config = Config { cases: FUZZED, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&damage, |(which, changes, end)| {
            let mut bytes = films[which].clone();
            for (at, value) in changes {
                // The first bytes decide who reads it at all.
                let at = at.index(bytes.len().min(2000));
                bytes[at] = value;
            }
            if let Some(end) = end {
                bytes.truncate(end.index(bytes.len()));
            }
            let file = place.write("damaged", &bytes);
            if let Err(problem) = place.one(&file) {
                prop_assert!(problem.what.ends_with('.') && problem.what.len() > 20, "{problem:?}");
            }
            Ok(())
        })
        .unwrap();
    place.assert_in_order();
}

#[test]
fn any_name_that_a_disk_can_keep_is_kept() {
    let place = Place::new();
    let seed = std::cell::Cell::new(100);
    let config = Config { cases: NAMED, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&"[^/\0.][^/\0]{0,50}", |name| {
            seed.set(seed.get() + 1);
            let path = place.file(&name);
            beep(&path, seed.get());
            let asset = place.one(&path).unwrap();
            let line: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            prop_assert!(line.contains(&asset.name) || asset.name == "Untitled", "{name:?} became {:?}", asset.name);
            prop_assert_eq!(asset.metadata["original_name"].as_str(), Some(name.as_str()));
            prop_assert!(asset.path.starts_with("media/") && asset.path.ends_with(".wav"));
            fs::remove_file(&path).unwrap();
            Ok(())
        })
        .unwrap();
    // A name that is no Unicode is shown as far as it can be.
    let strange =
        place.folder.path().join("in").join(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"a\xffb.wav"));
    beep(&strange, 1);
    assert_eq!(place.one(&strange).unwrap().name, "a\u{fffd}b");
    place.assert_in_order();
}
