//! The real binary in bad places: a disk that fills, a library that is locked or lost, a device that is not there, outputs
//! that are closed, a server that does not answer. Each time: one clear sentence, the right exit code, and nothing lost.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use onetake::blobs::takes;
use onetake::core::take::{JOURNAL_FILE, TakeState};
use onetake::db::Db;
use onetake::jobs::proof;
use serde_json::Value;

const SCRIPT: &str = "---\ntitle: Fault\n---\n\n## One\n\nThe first scene is short.\n\n## Two\n\nThe second is a bit longer.\n";
const SYNTHETIC: [&str; 4] = ["--camera", "synthetic", "--microphone", "synthetic"];
/// Anything here that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(60);

struct Place {
    folder: tempfile::TempDir,
    data: PathBuf,
}

impl Place {
    fn new() -> Place {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("fault.md"), SCRIPT).unwrap();
        let data = folder.path().join("data");
        Place { folder, data }
    }

    fn script(&self) -> String {
        self.folder.path().join("fault.md").to_string_lossy().into_owned()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_onetake"));
        command.args(arguments).arg("--data").arg(&self.data).arg("--json").env_remove("ONETAKE_TOKEN").env_remove("DISPLAY");
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn take(&self, seconds: &str) -> Command {
        let script = self.script();
        let mut arguments = vec!["take", &script, "--seconds", seconds];
        arguments.extend(SYNTHETIC);
        self.command(&arguments)
    }

    /// A take that is rolling, and its folder.
    fn rolling(&self, seconds: &str) -> (Guard, PathBuf) {
        let child = Guard(self.take(seconds).spawn().unwrap());
        let folder = wait_for("a take's folder", || take_folders(&self.data).pop());
        let journal = folder.join(JOURNAL_FILE);
        wait_for("the first frame", || {
            fs::read_to_string(&journal).is_ok_and(|text| text.contains("\"rolling\"")).then_some(())
        });
        (child, folder)
    }

    fn library(&self) -> Db {
        Db::open(&self.data.join("library.db")).unwrap()
    }
}

/// Ends a child that a failing test would leave behind.
struct Guard(Child);

impl Guard {
    fn output(mut self) -> Output {
        let status = wait_for("the process to end", || self.0.try_wait().unwrap());
        let mut output = Output { status, stdout: Vec::new(), stderr: Vec::new() };
        std::io::Read::read_to_end(&mut self.0.stdout.take().unwrap(), &mut output.stdout).unwrap();
        std::io::Read::read_to_end(&mut self.0.stderr.take().unwrap(), &mut output.stderr).unwrap();
        output
    }

    fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([name, &self.0.id().to_string()]).status().unwrap().success());
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The last line of the output as JSON, after checking the exit code.
fn last_object(output: &Output, code: i32) -> Value {
    let out = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(code), "{out}\n{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(out.lines().last().unwrap_or_default()).unwrap_or_else(|e| panic!("{e}: {out}"))
}

fn text<'a>(answer: &'a Value, key: &str) -> &'a str {
    answer[key].as_str().unwrap_or_else(|| panic!("no {key} in {answer}"))
}

fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(value) = look() {
            return value;
        }
        assert!(begin.elapsed() < LIMIT, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn take_folders(data: &Path) -> Vec<PathBuf> {
    fs::read_dir(data.join("takes")).into_iter().flatten().flatten().map(|item| item.path()).filter(|p| p.is_dir()).collect()
}

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
    let Some(_disk) = SmallDisk::mount(&place.data, "16m") else {
        println!("skipped: mounting a small tmpfs needs root");
        return;
    };
    let (child, folder) = place.rolling("60");
    // Another program takes all that is left but two megabytes.
    let filler = place.data.join("filler");
    let free = onetake::blobs::files::free_bytes(&place.data).unwrap();
    fs::write(&filler, vec![0u8; (free - (2 << 20)) as usize]).unwrap();
    let answer = last_object(&child.output(), 4);
    assert!(text(&answer, "error").contains("disk is full") && text(&answer, "fix").contains("kept"), "{answer}");
    let proof = proof::check(Path::new(text(&answer, "media"))).unwrap();
    assert!(proof.complete() && Some(proof.frames) == answer["frames"].as_u64(), "{proof:?} {answer}");
    assert_eq!(takes::read_take_folder(&folder).unwrap().state, TakeState::Finished);
    let rows = place.library().all_takes().unwrap();
    assert_eq!(rows.iter().map(|take| (take.state, take.frames)).collect::<Vec<_>>(), [(TakeState::Finished, proof.frames)]);

    let refused = last_object(&place.take("1").output().unwrap(), 4);
    assert!(text(&refused, "error").contains("too full"), "{refused}");
    assert_eq!(take_folders(&place.data), [folder], "a take that is refused leaves nothing");
    fs::remove_file(&filler).unwrap();
    last_object(&place.take("1").output().unwrap(), 0);
}

#[test]
fn a_library_that_is_locked_when_a_take_ends_costs_nothing() {
    let place = Place::new();
    let (child, folder) = place.rolling("2");
    let other = rusqlite::Connection::open(place.data.join("library.db")).unwrap();
    other.busy_timeout(LIMIT).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let answer = last_object(&child.output(), 1);
    assert!(text(&answer, "error").contains("locked") && text(&answer, "fix").contains("whole in"), "{answer}");
    assert_eq!(answer["frames"].as_u64(), Some(60), "{answer}");
    other.execute_batch("ROLLBACK").unwrap();
    assert!(proof::check(Path::new(text(&answer, "media"))).unwrap().complete());
    // The next command finds the row behind the folder and mends it.
    let sent = last_object(&place.command(&["upload", "last"]).output().unwrap(), 0);
    assert_eq!(text(&sent, "status"), "uploaded");
    let row = place.library().all_takes().unwrap().remove(0);
    assert_eq!((row.state, row.frames), (TakeState::Finished, 60));
    assert_eq!(fs::canonicalize(folder).unwrap(), Path::new(&row.folder));
}

#[test]
fn a_lost_library_is_made_again_from_the_folders() {
    let place = Place::new();
    last_object(&place.take("1").output().unwrap(), 0);
    let before = (place.library().all_takes().unwrap(), place.library().projects().unwrap());
    let path = place.data.join("library.db");
    fs::write(&path, vec![7u8; 9_000]).unwrap();
    for name in ["library.db-wal", "library.db-shm"] {
        let _ = fs::remove_file(place.data.join(name));
    }
    let refused = last_object(&place.take("1").output().unwrap(), 2);
    assert!(text(&refused, "error").contains("not a database") && text(&refused, "fix").contains("Move"), "{refused}");
    fs::rename(&path, place.data.join("moved-away")).unwrap();
    last_object(&place.take("1").output().unwrap(), 0);
    let (takes, projects) = (place.library().all_takes().unwrap(), place.library().projects().unwrap());
    assert!(takes.contains(&before.0[0]), "{takes:?}");
    assert_eq!(takes.iter().map(|take| take.number).max(), Some(2), "the take after it has the next number");
    assert_eq!(projects, before.1, "the script leads to the project it had");
}

#[test]
fn a_microphone_that_is_not_there_is_said_before_the_take() {
    let place = Place::new();
    let script = place.script();
    let arguments = ["take", &script, "--seconds", "1", "--camera", "synthetic", "--microphone", "No such microphone"];
    let refused = last_object(&place.command(&arguments).output().unwrap(), 3);
    assert!(text(&refused, "error").contains("No such microphone"), "{refused}");
    assert!(take_folders(&place.data).is_empty());
}

#[test]
fn outputs_that_are_closed_or_full_are_no_reason_to_fail() {
    let place = Place::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_onetake"));
    command.arg("doctor").arg("--data").arg(&place.data).stderr(Stdio::null());
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let code = command.stdout(full).status().unwrap().code();
    // 3 where this machine lacks something; never a panic's 101.
    assert!(matches!(code, Some(0 | 3)), "{code:?}");
    let mut child = Guard(command.stdout(Stdio::piped()).spawn().unwrap());
    drop(child.0.stdout.take());
    let status = wait_for("the doctor to end", || child.0.try_wait().unwrap());
    assert_eq!(status.code(), code);
}

#[test]
fn an_upload_to_a_server_that_never_answers_can_be_cancelled_and_done_again() {
    let place = Place::new();
    last_object(&place.take("1").output().unwrap(), 0);
    let deaf = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", deaf.local_addr().unwrap());
    let token = "faults-token-0123456789-abcdefgh";
    let child = Guard(place.command(&["upload", "last", "--server", &url, "--token", token]).spawn().unwrap());
    let _held = deaf.accept().unwrap();
    child.signal("-INT");
    let answer = last_object(&child.output(), 130);
    assert!(text(&answer, "error").contains("cancelled") && !text(&answer, "fix").is_empty(), "{answer}");

    let other = Place::new();
    let mut server = Guard(other.command(&["serve", "--token", token]).spawn().unwrap());
    let mut line = String::new();
    BufReader::new(server.0.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let hello: Value = serde_json::from_str(&line).unwrap();
    let sent = place.command(&["upload", "last", "--server", text(&hello, "listening"), "--token", token]).output().unwrap();
    assert_eq!(text(&last_object(&sent, 0), "status"), "uploaded");
}

#[test]
fn a_length_that_is_no_number_is_refused() {
    let place = Place::new();
    for seconds in ["nan", "inf", "0", "1e9"] {
        assert_eq!(place.command(&["selftest", "--seconds", seconds]).output().unwrap().status.code(), Some(2), "{seconds}");
    }
}
