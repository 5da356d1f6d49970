//! The power goes. A real take is recorded under a tracer; from what it asked of its disk the folder is made again as a disk
//! may hold it that lost its power at a given moment: only bytes that were synced, under names whose folder was synced. The
//! second way is harsher: what was not synced yet is there or not by chance, call by call, as a disk reorders it. The studio
//! then opens that folder.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use onetake::blobs::takes;
use onetake::core::take::{JOURNAL_FILE, MEDIA_FILE, TakeState};
use onetake::core::time::Moment;
use onetake::jobs::house::{Claim, House};
use onetake::jobs::library;

use super::place::{Film, Guard, PROGRAM, Place, RATE, answered, assert_recovered};
use super::record_log::{Act, CALLS, Log, parse};
use super::report;

const PROMISE_SECS: f64 = 1.0;
/// A machine that is busy with other things syncs late.
const MOST_SECS: f64 = 3.0;

/// A take, and what it asked of its disk.
struct Recording {
    place: Place,
    log: Log,
    camera_start: Moment,
    /// Monotonic less wall time, in seconds.
    clock_shift: f64,
    film: Film,
    folder: PathBuf,
}

#[test]
fn a_power_cut_costs_a_second_at_most() {
    let Some(recording) = record() else {
        println!("skipped: strace is missing, or this user may not trace programs");
        return;
    };
    let moments: Vec<usize> = worst_moments(&recording);
    assert!(moments.len() > 10, "{} syncs", moments.len());
    let cuts = report::rounds("ONETAKE_CUTS", 8, 400);
    let torn = |round: usize| round % 2 == 1;
    report::several(cuts, |round| {
        // Spread over the take, its end included, in the plain and in the harsh way.
        let share = (round / 2 * 2) as f64 / (cuts.max(3) - 2) as f64;
        let moment = moments[((moments.len() - 1) as f64 * share.min(1.0)) as usize];
        let disk = Disk::replay(&recording.log[..moment]);
        check(&recording, moment, &disk, torn(round), round < 2);
    });
}

/// What is left of the take when the power goes right before the act `moment`.
fn check(recording: &Recording, moment: usize, disk: &Disk, torn: bool, second_take: bool) {
    let place = Place::new();
    disk.materialise(recording.place.folder.path(), place.folder.path(), torn);
    let (first, _) = recording.film.pictures[0];
    let zero = recording.camera_start.0 + RATE.frame_start(first);
    let end = recording.camera_start.0 + RATE.frame_start(recording.film.last() + 1);
    let gone = ((recording.log[moment].0 + recording.clock_shift) * 1e9) as u64;
    let shot = gone.min(end).saturating_sub(zero) as f64 / 1e9;
    let folder = place.data.join("takes").join(recording.folder.file_name().unwrap());
    let kept = if folder.join(JOURNAL_FILE).exists() { recover(recording, &place, &folder, torn) } else { 0.0 };
    let lost = (shot - kept).max(0.0);
    report::trial(if torn { "power cut, unsynced writes by chance" } else { "power cut" }, lost, PROMISE_SECS);
    assert!(lost < MOST_SECS, "{lost} s of {shot} s");
    if second_take {
        answered(&place.take("1").output().unwrap(), 0);
    }
}

/// Lets the studio open the folder; seconds of the take that are there.
fn recover(recording: &Recording, place: &Place, folder: &Path, torn: bool) -> f64 {
    let media = folder.join(MEDIA_FILE);
    let safe = takes::checkpoint(folder).unwrap();
    let length = fs::metadata(&media).map_or(0, |facts| facts.len());
    assert!(safe.is_none_or(|safe| safe.bytes <= length), "the journal says {safe:?}, the file has {length} bytes");
    let house = House::open(Some(&place.data), Claim::Alone).unwrap();
    library::reconcile(&house).unwrap();
    let row = house.db.all_takes().unwrap().into_iter().find(|take| Path::new(&take.folder).file_name() == folder.file_name());
    // Without its opening line the folder is no take yet.
    let Some(row) = row.filter(|row| row.frames > 0) else { return 0.0 };
    assert!(safe.is_none_or(|safe| row.frames >= safe.frames && row.nanos >= safe.nanos), "{row:?} {safe:?}");
    let film = Film::read(&media);
    if !torn {
        // What chance left of the newest writes may hold a spoilt picture.
        assert_eq!(film.unreadable, 0);
        if row.state == TakeState::Interrupted {
            assert_recovered(&row, &film);
        }
    }
    let originals: HashMap<u64, u64> = recording.film.pictures.iter().copied().collect();
    let same = film.pictures.iter().filter(|(number, time)| originals.get(number).is_some_and(|t| t.abs_diff(*time) < 200_000));
    let newest = same.map(|(number, _)| *number).max().unwrap_or(0);
    RATE.frame_start((newest + 1).saturating_sub(recording.film.pictures[0].0)) as f64 / 1e9
}

/// Right before each sync of the take's file or journal was done: the most was waiting then.
fn worst_moments(recording: &Recording) -> Vec<usize> {
    let ours = |path: &Path| path.starts_with(&recording.folder);
    let done = recording.log.iter().enumerate().filter(|(_, (_, act))| matches!(act, Act::Synced { path, .. } if ours(path)));
    done.map(|(at, _)| at).collect()
}

fn record() -> Option<Recording> {
    let place = Place::new();
    let log = place.folder.path().with_extension("strace");
    let mut tracer = Command::new("strace");
    tracer.args(["-f", "-ttt", "-y", "-xx", "-s", "4000000", "--seccomp-bpf", "-e", &format!("trace={CALLS}"), "-o"]);
    tracer.arg(&log).arg(PROGRAM.as_os_str());
    let traced = Command::new("strace").args(["-o", "/dev/null", "true"]).stderr(Stdio::null()).status();
    if !traced.is_ok_and(|status| status.success()) {
        return None;
    }
    let output = Guard(place.take_behind(tracer, "8").spawn().unwrap()).output();
    let answer = answered(&output, 0);
    let wall = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs_f64();
    let clock_shift = onetake::clock::now().0 as f64 / 1e9 - wall;
    let text = fs::read_to_string(&log).unwrap();
    fs::remove_file(&log).unwrap();
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    let start = err.split("start=").nth(1).expect("the camera's start");
    let digits: String = start.chars().take_while(char::is_ascii_digit).collect();
    let root = fs::canonicalize(place.folder.path()).unwrap();
    Some(Recording {
        log: parse(&text, &root),
        camera_start: Moment(digits.parse().unwrap()),
        clock_shift,
        film: Film::read(Path::new(answer["media"].as_str().unwrap())),
        folder: PathBuf::from(answer["folder"].as_str().unwrap()),
        place,
    })
}

/// A disk's content: what programs see, and what is on it for good.
#[derive(Default)]
struct Disk {
    files: Vec<Content>,
    /// Files by path; `None` is a folder.
    seen: BTreeMap<PathBuf, Option<usize>>,
    kept: BTreeMap<PathBuf, Option<usize>>,
}

#[derive(Clone, Default)]
struct Content {
    seen: Vec<u8>,
    kept: Vec<u8>,
    /// What was done since `kept`, with the number of the act.
    waiting: Vec<(usize, Change)>,
}

#[derive(Clone)]
enum Change {
    Write(u64, Vec<u8>),
    Cut(u64),
}

/// What a sync brings to the disk: the state when it was asked for.
enum Asked {
    File(usize, Vec<u8>),
    Folder(BTreeMap<PathBuf, Option<usize>>),
}

impl Disk {
    fn replay(log: &[(f64, Act)]) -> Disk {
        let mut disk = Disk::default();
        let mut asked: HashMap<usize, Asked> = HashMap::new();
        for (number, (_, act)) in log.iter().enumerate() {
            match act {
                Act::Open { path, truncated } => disk.open(number, path, *truncated),
                Act::Folder(path) => drop(disk.seen.insert(path.clone(), None)),
                Act::Write { path, at, bytes } => disk.change(number, path, Change::Write(*at, bytes.clone())),
                Act::Cut { path, length } => disk.change(number, path, Change::Cut(*length)),
                Act::Rename { from, to } => {
                    if let Some(file) = disk.seen.remove(from) {
                        disk.seen.insert(to.clone(), file);
                    }
                }
                Act::Remove(path) => drop(disk.seen.remove(path)),
                Act::Asked { path } => drop(asked.insert(number, disk.state(path))),
                Act::Synced { path, asked: question } => match asked.remove(question) {
                    Some(Asked::File(file, bytes)) => {
                        disk.files[file].kept = bytes;
                        disk.files[file].waiting.retain(|(at, _)| at > question);
                    }
                    Some(Asked::Folder(names)) => {
                        disk.kept.retain(|name, _| name.parent() != Some(path));
                        disk.kept.extend(names);
                    }
                    None => {}
                },
            }
        }
        disk
    }

    fn open(&mut self, number: usize, path: &Path, truncated: bool) {
        if !matches!(self.seen.get(path), Some(Some(_))) {
            self.files.push(Content::default());
            self.seen.insert(path.to_owned(), Some(self.files.len() - 1));
        } else if truncated {
            self.change(number, path, Change::Cut(0));
        }
    }

    fn change(&mut self, number: usize, path: &Path, change: Change) {
        let Some(Some(file)) = self.seen.get(path) else { return };
        let content = &mut self.files[*file];
        change.apply(&mut content.seen);
        content.waiting.push((number, change));
    }

    fn state(&self, path: &Path) -> Asked {
        match self.seen.get(path) {
            Some(Some(file)) => Asked::File(*file, self.files[*file].seen.clone()),
            _ => {
                let inside = self.seen.iter().filter(|(name, _)| name.parent() == Some(path));
                Asked::Folder(inside.map(|(name, file)| (name.clone(), *file)).collect())
            }
        }
    }

    /// Makes files and folders under `to` as they would be found under `from` after the power came back.
    fn materialise(&self, from: &Path, to: &Path, torn: bool) {
        let from = fs::canonicalize(from).unwrap();
        let by_chance = |_: &(&PathBuf, &Option<usize>)| torn && report::chance() < 0.5;
        let new = self.seen.iter().filter(|(name, _)| !self.kept.contains_key(*name)).filter(by_chance);
        let names: BTreeMap<_, _> = self.kept.iter().chain(new).collect();
        // Sorted, so a folder comes before what is in it; what lies in a folder that is not there is not there.
        for (name, file) in names {
            let place = to.join(name.strip_prefix(&from).unwrap());
            if !place.parent().is_some_and(Path::is_dir) {
                continue;
            }
            match file {
                None => fs::create_dir_all(&place).unwrap(),
                Some(file) => fs::write(&place, self.files[*file].found(torn)).unwrap(),
            }
        }
    }
}

impl Content {
    fn found(&self, torn: bool) -> Vec<u8> {
        let mut bytes = self.kept.clone();
        for (_, change) in self.waiting.iter().filter(|_| torn && report::chance() < 0.5) {
            change.apply(&mut bytes);
        }
        bytes
    }
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Change::Write(at, written) => {
                let (at, end) = (*at as usize, *at as usize + written.len());
                bytes.resize(bytes.len().max(end), 0);
                bytes[at..end].copy_from_slice(written);
            }
            Change::Cut(length) => bytes.resize(*length as usize, 0),
        }
    }
}

#[test]
fn only_what_was_synced_under_a_synced_name_is_kept() {
    let from = tempfile::tempdir().unwrap();
    let root = fs::canonicalize(from.path()).unwrap();
    let (folder, file) = (root.join("a"), root.join("a/b"));
    let write = |at, text: &str| Act::Write { path: file.clone(), at, bytes: text.as_bytes().to_vec() };
    let acts = [
        Act::Folder(folder.clone()),
        Act::Open { path: file.clone(), truncated: true },
        write(0, "kept"),
        Act::Asked { path: file.clone() },
        write(4, "gone"),
        Act::Synced { path: file.clone(), asked: 3 },
        Act::Asked { path: folder.clone() },
        Act::Synced { path: folder.clone(), asked: 6 },
        Act::Asked { path: root.clone() },
        Act::Synced { path: root.clone(), asked: 8 },
    ];
    let log: Log = acts.into_iter().map(|act| (0.0, act)).collect();
    let found = |until: usize| {
        let to = tempfile::tempdir().unwrap();
        Disk::replay(&log[..until]).materialise(&root, to.path(), false);
        fs::read_to_string(to.path().join("a/b")).ok()
    };
    assert_eq!(found(log.len()).as_deref(), Some("kept"));
    assert_eq!(found(log.len() - 1), None, "the folder's own name was not synced");
    assert_eq!(found(7), None);
}
