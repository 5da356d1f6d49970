//! Disks that fill, fail, become slow or read-only, before, during and at the end of a take. Tracing programs (strace) make the
//! faults of a device that a machine with good disks can't have; where they are missing, that is said.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use onetake::blobs::takes;
use onetake::core::disk::KEEP_FREE_BYTES;
use onetake::core::take::TakeState;
use onetake::jobs::proof;

use super::place::{Film, PROGRAM, Place, answered, assert_recovered, take_folders, text, wait_for};
use super::report;

/// A file system of some megabytes in memory, unmounted when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None` where this user may not mount.
    fn mount(at: &Path, size: &str) -> Option<SmallDisk> {
        fs::create_dir(at).unwrap();
        let option = format!("size={size}");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &option, "tmpfs"]).arg(at).stderr(Stdio::null()).status();
        mounted.ok()?.success().then(|| SmallDisk(at.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_disk_that_fills_ends_the_take_in_order_and_refuses_the_next() {
    let place = Place::new();
    let Some(_disk) = SmallDisk::mount(&place.data, "48m") else {
        println!("skipped: mounting a small tmpfs needs root");
        return;
    };
    let rolling = place.rolling("60");
    let folder = rolling.folder.clone();
    // Another program takes all that is left but two megabytes.
    let filler = place.data.join("filler");
    let free = onetake::blobs::files::free_bytes(&place.data).unwrap();
    fs::write(&filler, vec![0u8; (free - (2 << 20)) as usize]).unwrap();
    let answer = rolling.answer(4);
    assert!(text(&answer, "error").contains("disk is nearly full") && text(&answer, "fix").contains("kept"), "{answer}");
    let proof = proof::check(Path::new(text(&answer, "media"))).unwrap();
    assert!(proof.complete() && Some(proof.frames) == answer["frames"].as_u64(), "{proof:?} {answer}");
    assert_eq!(takes::read_take_folder(&folder).unwrap().state, TakeState::Finished);
    let rows = place.library().all_takes().unwrap();
    assert_eq!(rows.iter().map(|take| (take.state, take.frames)).collect::<Vec<_>>(), [(TakeState::Finished, proof.frames)]);

    let refused = answered(&place.take("1").output().unwrap(), 4);
    assert!(text(&refused, "error").contains("too full"), "{refused}");
    assert_eq!(take_folders(&place.data), [folder], "a take that is refused leaves nothing");
    fs::remove_file(&filler).unwrap();
    answered(&place.take("1").output().unwrap(), 0);
    report::trial("disk fills during the take", 0.0, 0.0);
    report::trial("disk too full before the take", 0.0, 0.0);
}

/// The take is told by what goes, before all is gone: it ends while there is more left than it must leave anyway.
#[test]
fn a_program_that_fills_the_disk_ends_the_take_while_there_is_room() {
    const LEAVE: u64 = 12 << 20;
    let place = Place::new();
    let Some(_disk) = SmallDisk::mount(&place.data, "96m") else {
        println!("skipped: mounting a small tmpfs needs root");
        return;
    };
    let mut rolling = place.rolling("120");
    let (folder, said) = (rolling.folder.clone(), rolling.said());
    let mut filler = fs::File::create(place.data.join("filler")).unwrap();
    let ended = wait_for("the take to end by itself", || {
        let free = onetake::blobs::files::free_bytes(&place.data).unwrap();
        if free > LEAVE {
            filler.write_all(&vec![0; 1 << 20]).unwrap();
            std::thread::sleep(Duration::from_millis(60));
        }
        rolling.child.0.try_wait().unwrap()
    });
    let answer = rolling.answer(4);
    assert!(ended.code() == Some(4) && text(&answer, "error").contains("disk is nearly full"), "{answer}");
    assert!(onetake::blobs::files::free_bytes(&place.data).unwrap() > KEEP_FREE_BYTES, "{answer}");
    // Long before that it was said that five minutes are not left.
    assert!(said().contains("The disk has room for"), "{}", said());
    let proof = proof::check(Path::new(text(&answer, "media"))).unwrap();
    assert!(proof.complete() && Some(proof.frames) == answer["frames"].as_u64(), "{proof:?} {answer}");
    assert_eq!(takes::read_take_folder(&folder).unwrap().state, TakeState::Finished);
    report::trial("another program fills the disk", 0.0, 0.0);
}

#[test]
fn a_disk_that_is_full_when_a_take_ends_keeps_the_take() {
    report::several(report::rounds("ONETAKE_FULL", 1, 5), |_| {
        let place = Place::new();
        let Some(_disk) = SmallDisk::mount(&place.data, "48m") else {
            println!("skipped: mounting a small tmpfs needs root");
            return;
        };
        let rolling = place.rolling("60");
        let (media, folder, start) = (rolling.media(), rolling.folder.clone(), rolling.camera_start());
        std::thread::sleep(Duration::from_secs(1));
        // Not a byte is left for the file's index, the journal's last line, and the library.
        let filler = place.data.join("filler");
        let free = onetake::blobs::files::free_bytes(&place.data).unwrap();
        let moment = onetake::clock::now();
        rolling.child.signal("-INT");
        let _ = fs::write(&filler, vec![0u8; free as usize + (4 << 20)]);
        // It may have closed its files before the disk was full.
        let output = rolling.child.output();
        assert!(matches!(output.status.code(), Some(0 | 1 | 4)), "{output:?}");
        let lost = Film::read(&media).lost_before(moment, start);
        fs::remove_file(&filler).unwrap();
        let row = place.second_take_and_row_of(&folder);
        let film = Film::read(&media);
        match row.state {
            TakeState::Finished => assert_eq!(row.frames, film.pictures.len() as u64),
            _ => assert_recovered(&row, &film),
        }
        report::trial("disk full at the end", lost, 0.5);
        assert!(lost < 2.0, "{lost}");
    });
}

#[test]
fn a_data_folder_that_becomes_read_only_keeps_the_take() {
    let Some(bound) = without_rights() else {
        println!("skipped: as root this needs setpriv");
        return;
    };
    let place = Place::new();
    let rolling = place.roll(place.take_behind(bound(), "4"));
    let (media, folder) = (rolling.media(), rolling.folder.clone());
    writable(&place.data, false);
    let output = rolling.child.output();
    let film = Film::read(&media);
    assert!(film.pictures.len() > 60 && film.unreadable == 0, "{output:?}");
    film.assert_true_times();
    let refused = answered(&place.take_behind(bound(), "1").output().unwrap(), 4);
    assert!(text(&refused, "error").contains("can't be written") && !text(&refused, "fix").is_empty(), "{refused}");
    writable(&place.data, true);
    let row = place.second_take_and_row_of(&folder);
    assert_eq!(row.frames, film.pictures.len() as u64, "{row:?}");
    report::trial("data folder made read-only", 0.0, 0.0);
}

#[test]
fn a_disk_that_fails_ends_the_take_and_keeps_what_was_written() {
    for (calls, code, fault) in
        [("write,writev,pwrite64", 1, "disk fails while writing"), ("fdatasync,fsync", 4, "disk fails while syncing")]
    {
        let place = Place::new();
        let rolling = place.rolling("60");
        let (media, folder) = (rolling.media(), rolling.folder.clone());
        let start = rolling.camera_start();
        std::thread::sleep(Duration::from_secs(1));
        let moment = onetake::clock::now();
        let Some(_tracer) = inject(&rolling.pid().to_string(), &media, calls, "error=EIO") else { return };
        let answer = rolling.answer(code);
        assert!(!text(&answer, "error").is_empty() && !text(&answer, "fix").is_empty(), "{answer}");
        let film = Film::read(&media);
        place.second_take_and_row_of(&folder);
        let lost = film.lost_before(moment, start);
        report::trial(fault, lost, 0.25);
        assert!(lost < 1.5, "{lost}");
    }
}

#[test]
fn a_slow_disk_costs_no_picture() {
    let place = Place::new();
    let rolling = place.rolling("8");
    let (media, folder) = (rolling.media(), rolling.folder.clone());
    let Some(_tracer) = inject(&rolling.pid().to_string(), &media, "fdatasync", "delay_enter=2s") else { return };
    let answer = rolling.answer(0);
    let film = Film::read(&media);
    assert_eq!((film.unreadable, film.pictures.len() as u64), (0, answer["frames"].as_u64().unwrap()));
    assert!(film.longest_gap_secs() < 1.0, "{}", film.longest_gap_secs());
    place.second_take_and_row_of(&folder);
    report::trial("disk takes 2 s for a sync", film.longest_gap_secs() - 1.0 / 30.0, 0.5);
}

#[test]
fn a_disk_that_stands_still_stalls_nothing_but_itself() {
    let place = Place::new();
    let rolling = place.rolling("10");
    let (media, folder) = (rolling.media(), rolling.folder.clone());
    // The thread behind the encoders hangs in one write for four seconds; its queue holds ten.
    let Some(_tracer) = inject(&rolling.pid().to_string(), &media, "write,writev,pwrite64", "delay_enter=4s:when=20") else {
        return;
    };
    let answer = rolling.answer(0);
    let film = Film::read(&media);
    assert_eq!((film.unreadable, film.pictures.len() as u64), (0, answer["frames"].as_u64().unwrap()));
    assert!(film.longest_gap_secs() < 1.0, "{}", film.longest_gap_secs());
    film.assert_true_times();
    place.second_take_and_row_of(&folder);
    report::trial("encoded data can't be written for 4 s", film.longest_gap_secs() - 1.0 / 30.0, 0.5);
}

/// A tracer at work on a running program; lets go of it when dropped.
struct Tracer(std::process::Child);

impl Drop for Tracer {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}

/// Makes `calls` on one file go wrong in a running program; `None` where nobody may trace.
fn inject(pid: &str, file: &Path, calls: &str, fault: &str) -> Option<Tracer> {
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-o", "/dev/null", "-p", pid, "-P"]).arg(fs::canonicalize(file).unwrap());
    command.args(["-e", &format!("trace={calls}"), "-e", &format!("inject={calls}:{fault}")]);
    let tracer = command.stdin(Stdio::null()).spawn();
    let Ok(child) = tracer else {
        println!("skipped: strace is not installed");
        return None;
    };
    let mut tracer = Tracer(child);
    let traced = || {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        status.lines().any(|line| line.starts_with("TracerPid:") && !line.ends_with("\t0"))
    };
    wait_for("the tracer", || {
        let ended = tracer.0.try_wait().unwrap().is_some();
        (ended || traced()).then_some(())
    });
    if traced() {
        return Some(tracer);
    }
    println!("skipped: this user may not trace programs");
    None
}

/// Our program as someone whom permissions bind: root without the right to pass them over.
fn without_rights() -> Option<impl Fn() -> Command> {
    let root = rustix::process::geteuid().is_root();
    let setpriv = Command::new("setpriv").arg("--version").stdout(Stdio::null()).status().is_ok_and(|status| status.success());
    if root && !setpriv {
        return None;
    }
    Some(move || {
        if !root {
            return Command::new(PROGRAM.as_os_str());
        }
        let mut command = Command::new("setpriv");
        command.args(["--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"]);
        command.arg(PROGRAM.as_os_str());
        command
    })
}

fn writable(folder: &PathBuf, yes: bool) {
    let mode = if yes { "u+w" } else { "a-w" };
    assert!(Command::new("chmod").args(["-R", mode]).arg(folder).status().unwrap().success());
}
