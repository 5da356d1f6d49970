//! An import is cancelled, held while a take runs, and stopped by its disk.

use std::fs;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use onetake::core::import::{Became, Outcome, Progress};
use onetake::core::problem::Kind;
use onetake::jobs::glance::maker::Maker;
use onetake::jobs::house::{Claim, House};
use onetake::jobs::import::{Orders, Watch, import};

use super::rig::{Place, beep, beep_bytes, copy};

/// So many files are listed at a time.
const WAITING: usize = 64;

/// Anything here that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(120);

/// Does something after so many files, once.
struct After<'a> {
    files: u64,
    done: AtomicBool,
    what: &'a (dyn Fn() + Sync),
}

impl Watch for After<'_> {
    fn progress(&self, _: &Progress) {}

    fn became(&self, outcome: &Outcome) {
        assert!(matches!(outcome.became, Became::Added(_)), "{outcome:?}");
        let number: u64 = outcome.file.rsplit('-').next().unwrap().trim_end_matches(".wav").parse().unwrap();
        if number + 1 >= self.files && !self.done.swap(true, Ordering::Relaxed) {
            (self.what)();
        }
    }
}

fn beeps(place: &Place, number: u32) {
    for n in 0..number {
        beep(&place.file(&format!("beep-{n:03}.wav")), n);
    }
}

#[test]
fn cancelling_keeps_what_is_in_and_leaves_nothing_half() {
    let place = Place::new();
    beeps(&place, 120);
    let orders = Orders::default();
    let cancel = || orders.cancel.store(true, Ordering::Relaxed);
    let watch = After { files: 5, done: AtomicBool::new(false), what: &cancel };
    let report =
        import(&place.house, &Maker::new(&place.house.folder), &copy(&[&place.folder.path().join("in")]), &orders, &watch);
    assert_eq!(report.stopped.map(|problem| problem.kind), Some(Kind::Cancelled));
    // What had been copied meanwhile is listed.
    assert!((5..=WAITING + 5).contains(&report.added.len()), "{}", report.added.len());
    assert_eq!(place.assets().len(), report.added.len());
    place.assert_in_order();
    // Again, and the rest comes in.
    let (again, _) = place.import(&copy(&[&place.folder.path().join("in")]));
    assert_eq!(again.added.len() + again.known.len(), 120);
    place.assert_in_order();
}

#[test]
fn a_take_holds_an_import_until_it_ends() {
    struct Held(AtomicBool);
    impl Watch for Held {
        fn progress(&self, progress: &Progress) {
            if progress.held {
                assert_eq!((progress.files_done, progress.sentence().as_str()), (0, "Waits for the end of the take"));
                self.0.store(true, Ordering::Relaxed);
            }
        }
        fn became(&self, _: &Outcome) {}
    }
    let place = Arc::new(Place::new());
    beeps(&place, 4);
    let orders = Arc::new(Orders::default());
    orders.gate.shut(true);
    let held = Arc::new(Held(AtomicBool::new(false)));
    let (theirs, told, seen) = (Arc::clone(&place), Arc::clone(&orders), Arc::clone(&held));
    let running = std::thread::spawn(move || {
        import(&theirs.house, &Maker::new(&theirs.house.folder), &copy(&[&theirs.folder.path().join("in")]), &told, &*seen)
    });
    let begin = Instant::now();
    while !held.0.load(Ordering::Relaxed) {
        assert!(begin.elapsed() < LIMIT, "it was not held");
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(place.assets().is_empty() && place.names("media").is_empty(), "nothing is written meanwhile");
    orders.gate.shut(false);
    assert_eq!(running.join().unwrap().added.len(), 4);
    place.assert_in_order();
}

#[test]
fn a_held_import_can_be_cancelled() {
    let place = Place::new();
    beeps(&place, 4);
    let orders = Arc::new(Orders::default());
    orders.gate.shut(true);
    let told = Arc::clone(&orders);
    let cancel = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        told.cancel.store(true, Ordering::Relaxed);
    });
    let report = import(
        &place.house,
        &Maker::new(&place.house.folder),
        &copy(&[&place.folder.path().join("in")]),
        &orders,
        &super::rig::Follower::default(),
    );
    cancel.join().unwrap();
    assert_eq!((report.added.len(), report.stopped.map(|problem| problem.kind)), (0, Some(Kind::Cancelled)));
}

/// A file system in memory, unmounted when dropped.
struct SmallDisk(std::path::PathBuf);

impl SmallDisk {
    /// `None` where this user may not mount.
    fn mount(at: &std::path::Path, options: &str) -> Option<SmallDisk> {
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(at).stderr(Stdio::null()).status();
        mounted.ok()?.success().then(|| SmallDisk(at.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// A house on a small disk, beside files on a large one.
fn on_small_disk(options: &str) -> Option<(SmallDisk, Place)> {
    let place = Place::new();
    let data = place.folder.path().join("small");
    fs::create_dir(&data).unwrap();
    let disk = SmallDisk::mount(&data, options)?;
    let house = House::open(Some(&data), Claim::Shared).unwrap();
    Some((disk, Place { house, ..place }))
}

#[test]
fn a_disk_without_room_stops_the_import_with_one_sentence() {
    let Some((_disk, place)) = on_small_disk("size=48m") else {
        println!("skipped: mounting a small tmpfs needs root");
        return;
    };
    beep(&place.file("beep-000.wav"), 1);
    for (name, megabytes) in [("large-1.wav", 10u32), ("large-2.wav", 30)] {
        let mut long = beep_bytes(megabytes);
        let body = megabytes << 20;
        long[40..44].copy_from_slice(&body.to_le_bytes());
        long[4..8].copy_from_slice(&(body + 36).to_le_bytes());
        long.resize(body as usize + 44, 7);
        place.write(name, &long);
    }
    let (report, follower) = place.import(&copy(&[&place.folder.path().join("in")]));
    let problem = report.stopped.unwrap();
    assert_eq!(problem.kind, Kind::Disk);
    assert!(problem.what.contains("MB left, too little to copy") && problem.fix.contains("link"), "{problem}");
    assert_eq!(follower.refusals(), [], "the file is not at fault");
    assert!(!report.added.is_empty() && report.added.len() < 3);
    place.assert_in_order();
}

#[test]
fn a_disk_that_becomes_read_only_keeps_what_is_in() {
    let Some((disk, place)) = on_small_disk("size=200m") else {
        println!("skipped: mounting a small tmpfs needs root");
        return;
    };
    beeps(&place, 120);
    // Open for writing, a file system can't be made read-only: so the folder is covered by one that is.
    let cover = || {
        let media = place.house.folder.media();
        let bound = Command::new("mount").args(["--bind", "-o", "ro"]).arg(&media).arg(&media).status();
        assert!(bound.unwrap().success());
        assert!(Command::new("mount").args(["-o", "remount,ro,bind"]).arg(&media).status().unwrap().success());
    };
    let watch = After { files: 3, done: AtomicBool::new(false), what: &cover };
    let wanted = copy(&[&place.folder.path().join("in")]);
    let report = import(&place.house, &Maker::new(&place.house.folder), &wanted, &Orders::default(), &watch);
    assert!(Command::new("umount").arg("-l").arg(place.house.folder.media()).status().unwrap().success());
    let problem = report.stopped.unwrap();
    assert_eq!(problem.kind, Kind::Disk, "{problem}");
    assert!(problem.what.contains("can't be written"), "{problem}");
    assert!((2..120).contains(&report.added.len()), "{}", report.added.len());
    // What could not be removed is a leftover that is swept.
    let lock = place.house.folder.lock().unwrap();
    place.house.folder.sweep(&lock, "2036-01-01T00:00:00Z").unwrap();
    place.assert_in_order();
    drop(disk);
}
