//! Disks that are full, fill up on the way, or may not be written: one sentence, and everything is as it was.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use onetake::core::bundle::Takes;
use onetake::core::problem::Kind;
use onetake::jobs::bundle::{pack, unpack};
use onetake::jobs::house::{Claim, House};

use crate::rig::{Place, assert_helpful, tree};
use crate::take_folder::Like;

const MB: usize = 1 << 20;

/// A file system of some megabytes in memory, unmounted when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None` where this user may not mount, which is said.
    fn mount(at: PathBuf, size: &str) -> Option<SmallDisk> {
        fs::create_dir(&at).unwrap();
        let option = format!("size={size}");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &option, "tmpfs"]).arg(&at).stderr(Stdio::null()).status();
        let mounted = mounted.ok()?.success().then(|| SmallDisk(at));
        if mounted.is_none() {
            println!("skipped: mounting a small tmpfs needs root");
        }
        mounted
    }

    /// Another program takes all that is left.
    fn fill(&self) {
        let free = onetake::blobs::files::free_bytes(&self.0).unwrap() as usize;
        let mut taken = vec![0u8; free];
        while !taken.is_empty() && fs::write(self.0.join("filler"), &taken).is_err() {
            taken.truncate(taken.len().saturating_sub(4096));
        }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// A project with a take of six megabytes.
fn project() -> (Place, String) {
    let (place, project) = Place::with_project();
    place.take(Like { project: &project, media: &vec![3u8; 6 * MB], ..Like::default() });
    (place, project)
}

#[test]
fn a_disk_without_room_takes_no_export() {
    let (place, project) = project();
    let Some(disk) = SmallDisk::mount(place.at("stick"), "4m") else { return };
    let answer = place.run(&["library", "export", &project, "--to", disk.0.to_str().unwrap()], 4);
    assert_helpful(&answer);
    assert_eq!(fs::read_dir(&disk.0).unwrap().count(), 0);
    drop(disk);
    fs::remove_dir(place.at("stick")).unwrap();
    // One that seemed to have room, and then had none.
    let Some(disk) = SmallDisk::mount(place.at("stick"), "12m") else { return };
    let house = place.house();
    let row = house.db.project(&project).unwrap().unwrap();
    let mut filled = false;
    let mut fill = |_| {
        if !std::mem::replace(&mut filled, true) {
            disk.fill();
        }
        true
    };
    let problem = pack(&house, &row, Takes::All, &disk.0, &mut fill).unwrap_err();
    assert_eq!(problem.kind, Kind::Disk, "{problem}");
    let left: Vec<_> = fs::read_dir(&disk.0).unwrap().flatten().map(|item| item.file_name()).collect();
    assert_eq!(left, ["filler"], "complete or not there");
}

#[test]
fn a_library_without_room_takes_no_project() {
    let (here, project) = project();
    fs::create_dir(here.at("out")).unwrap();
    let answer = here.run(&["library", "export", &project, "--to", here.at("out").to_str().unwrap()], 0);
    let folder = PathBuf::from(answer["folder"].as_str().unwrap());
    let there = Place::new();
    let Some(disk) = SmallDisk::mount(there.data(), "11m") else { return };
    let house = House::open(Some(&there.data()), Claim::Shared).unwrap();
    let before = tree(&there.data());
    let mut filled = false;
    let mut fill = |_| {
        if !std::mem::replace(&mut filled, true) {
            disk.fill();
        }
        true
    };
    let problem = unpack(&house, &folder, &mut fill).unwrap_err();
    assert_eq!(problem.kind, Kind::Disk, "{problem}");
    fs::remove_file(there.data().join("filler")).unwrap();
    assert!(tree(&there.data()) == before && house.db.projects().unwrap().is_empty());
    drop(house);
    let filler = there.data().join("filler");
    fs::write(&filler, vec![0u8; 5 * MB]).unwrap();
    let answer = there.run(&["library", "import-project", folder.to_str().unwrap()], 4);
    assert_helpful(&answer);
    fs::remove_file(&filler).unwrap();
    assert!(tree(&there.data()) == before);
    there.run(&["library", "import-project", folder.to_str().unwrap()], 0);
    there.assert_sound();
}

#[test]
fn a_library_that_may_not_be_written_is_said() {
    let place = Place::new();
    let Some(disk) = SmallDisk::mount(place.data(), "16m") else { return };
    drop(place.house());
    let remount = |how: &str| Command::new("mount").args(["-o", how]).arg(&disk.0).status().unwrap().success();
    assert!(remount("remount,ro"));
    for arguments in [&["library", "rebuild"][..], &["library", "import-project", "/tmp"], &["library", "check", "--repair"]] {
        assert_helpful(&place.run(arguments, 4));
    }
    assert!(remount("remount,rw"));
    place.assert_sound();
}

#[test]
fn a_disk_without_room_keeps_its_old_library() {
    let place = Place::new();
    let Some(disk) = SmallDisk::mount(place.data(), "8m") else { return };
    drop(place.house());
    let before = fs::read(place.data().join("library.db")).unwrap();
    disk.fill();
    assert_helpful(&place.run(&["library", "rebuild"], 4));
    assert!(fs::read(place.data().join("library.db")).unwrap() == before);
    let beside = |name: &str| Path::new(name).file_name().is_some_and(|name| name.to_string_lossy().starts_with(".new-"));
    let left = fs::read_dir(place.data()).unwrap().flatten().any(|item| beside(&item.file_name().to_string_lossy()));
    assert!(!left, "nothing is left of the try");
    fs::remove_file(place.data().join("filler")).unwrap();
    place.run(&["library", "rebuild"], 0);
    place.assert_sound();
}
